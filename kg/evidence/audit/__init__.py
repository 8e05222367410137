"""The audit of printed evidence: what cannot be as printed, what is unlikely, and what follows from what is printed."""

from __future__ import annotations

from kg.evidence.audit.model import Audit, Certainty, Finding, Note, Remark, Statistic
from kg.evidence.audit.run import audit, audit_graph, audit_tables
from kg.evidence.audit.tables import Answers, Cell, Table

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
