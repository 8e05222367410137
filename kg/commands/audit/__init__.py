"""What ``kg audit`` does: reads case files, survey tables, a build or a text, and audits what they print."""

from __future__ import annotations

from kg.commands.audit.run import AuditReport, audit

__all__ = ["AuditReport", "audit"]
