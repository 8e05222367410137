"""The audit of printed evidence: what cannot be as printed, what is unlikely, and what follows from what is printed."""

from __future__ import annotations

from kg.evidence.audit.model import Answers, Audit, Cell, Certainty, Finding, Note, Remark, Statistic, Table
from kg.evidence.audit.run import audit, audit_graph, audit_tables

__all__ = [
    "Answers",
    "Audit",
    "Cell",
    "Certainty",
    "Finding",
    "Note",
    "Remark",
    "Statistic",
    "Table",
    "audit",
    "audit_graph",
    "audit_tables",
]
