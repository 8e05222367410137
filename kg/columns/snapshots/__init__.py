"""Keep columns in a folder between runs, and change a few statements without rewriting it.

:func:`write_snapshot` writes the columns of a graph as plain arrays; :func:`open_snapshot` maps them into memory, which
takes no time whatever their size. :class:`PatchedColumns` adds and removes statements. ``kg.columns.snapshots.chunks``
finds the parts of a file that changed. Only ``kg validate --since`` and ``--save-state`` use this package.
"""

from __future__ import annotations

from kg.columns.snapshots.files import open_array, open_snapshot, write_array, write_snapshot
from kg.columns.snapshots.patched import PatchedColumns

__all__ = ["PatchedColumns", "open_array", "open_snapshot", "write_array", "write_snapshot"]
