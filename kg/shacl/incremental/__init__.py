"""Validation of a change: only the focus nodes that it can affect, merged with the earlier report."""

from __future__ import annotations

from kg.shacl.incremental.affected import affected_focus_nodes
from kg.shacl.incremental.lookups import ColumnLookups, Lookups, Overlaid, QuadLookups
from kg.shacl.incremental.merging import validate_changes

__all__ = ["ColumnLookups", "Lookups", "Overlaid", "QuadLookups", "affected_focus_nodes", "validate_changes"]
