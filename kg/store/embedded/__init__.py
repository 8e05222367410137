"""The embedded engine: Oxigraph in memory or on disk, with queries that can be ended and bulk loads.

`EmbeddedStore` answers queries in this process, `LimitedStore` in a second one with a deadline and a limit on memory.
`BulkStore` fills a store on disk. Queries that the engine evaluates badly are rewritten first, with the same answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.core import lazy_names

if TYPE_CHECKING:
    from kg.store.embedded.bulk import BulkStore
    from kg.store.embedded.limited import LimitedStore
    from kg.store.embedded.store import EmbeddedStore
    from kg.store.embedded.writable import WritableEmbeddedStore

__all__ = ["BulkStore", "EmbeddedStore", "LimitedStore", "WritableEmbeddedStore"]

__getattr__ = lazy_names(
    __name__,
    {
        "BulkStore": "kg.store.embedded.bulk",
        "EmbeddedStore": "kg.store.embedded.store",
        "LimitedStore": "kg.store.embedded.limited",
        "WritableEmbeddedStore": "kg.store.embedded.writable",
    },
)
