"""Validate only what changed, with the same report as a full run.

:func:`validate_changes` takes the report before a change and the statements added and removed, and validates the focus
nodes that they can affect. ``kg.shacl.incremental.state`` keeps data and report in a folder (``--save-state``),
``filechanges`` finds what changed in files since, and ``since`` puts both together for ``kg validate --since``.
"""

from __future__ import annotations

from kg.shacl.incremental.affected import affected_focus_nodes
from kg.shacl.incremental.lookups import ColumnLookups, Lookups, Overlaid, QuadLookups
from kg.shacl.incremental.merging import validate_changes

__all__ = ["ColumnLookups", "Lookups", "Overlaid", "QuadLookups", "affected_focus_nodes", "validate_changes"]
