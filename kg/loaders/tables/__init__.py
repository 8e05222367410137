"""Tables of firms, alliances, people and the like, to lines of N-Triples by a map.

A ``TableSource`` reads CSV, Parquet, Arrow, JSON lines, Excel and databases in batches of columns; ``read_map`` reads
the map, whose keys are those of case files; a ``TableConverter`` turns each batch into lines, and what it cannot
convert into ``Reject`` s with row, column and reason. ``infer_map`` proposes a map for a table. No step handles single
rows in Python. ``docs/reference/firm-tables.md`` describes the map.

Example:
    >>> from kg.loaders.tables import TableSource
    >>> TableSource("register.sqlite::firms").name
    'firms'

"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.core import lazy_names

if TYPE_CHECKING:
    from kg.loaders.tables.infer import infer_map
    from kg.loaders.tables.mapfile import map_schema, read_map
    from kg.loaders.tables.readers import Reject, Rejects
    from kg.loaders.tables.rows import KnownIds, TableConverter
    from kg.loaders.tables.tables import TableSource

__all__ = [
    "KnownIds",
    "Reject",
    "Rejects",
    "TableConverter",
    "TableSource",
    "infer_map",
    "map_schema",
    "read_map",
]

__getattr__ = lazy_names(
    __name__,
    {
        "KnownIds": "kg.loaders.tables.rows",
        "Reject": "kg.loaders.tables.readers",
        "Rejects": "kg.loaders.tables.readers",
        "TableConverter": "kg.loaders.tables.rows",
        "TableSource": "kg.loaders.tables.tables",
        "infer_map": "kg.loaders.tables.infer",
        "map_schema": "kg.loaders.tables.mapfile",
        "read_map": "kg.loaders.tables.mapfile",
    },
)
