"""The audit of printed evidence: what cannot be as printed, what is unlikely, and what follows from what is printed.

``audit_graph`` audits what a graph says, ``audit_tables`` tables alone. Both return an ``Audit`` with ``Finding`` s,
each with its certainty, what is printed, what was expected, and how that was computed. ``docs/explanation/audit.md``
says what an audit can see.

Example:
    >>> audit_tables([]).findings
    ()

"""

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
