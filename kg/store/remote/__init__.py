"""Remote engines: any server that speaks the SPARQL 1.1 Protocol, for reading, writing and loading.

`EndpointStore` reads, `WritableEndpointStore` also updates, and `load_remote` loads any number of statements so that a
load that was interrupted can go on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.core.lazy import exports

if TYPE_CHECKING:
    from kg.store.remote.load import load_remote
    from kg.store.remote.store import EndpointStore
    from kg.store.remote.writing import WritableEndpointStore

__all__ = ["EndpointStore", "WritableEndpointStore", "load_remote"]

__getattr__ = exports(
    __name__,
    {
        "load": ("load_remote",),
        "store": ("EndpointStore",),
        "writing": ("WritableEndpointStore",),
    },
)
