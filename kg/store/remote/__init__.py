"""Remote engines: any server that speaks the SPARQL 1.1 Protocol, for reading, writing and loading.

`EndpointStore` reads, `WritableEndpointStore` also updates, and `load_remote` loads any number of statements so that a
load that was interrupted can go on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.core import lazy_names

if TYPE_CHECKING:
    from kg.store.remote.load import load_remote
    from kg.store.remote.store import EndpointStore
    from kg.store.remote.writing import WritableEndpointStore

__all__ = ["EndpointStore", "WritableEndpointStore", "load_remote"]

__getattr__ = lazy_names(
    __name__,
    {
        "EndpointStore": "kg.store.remote.store",
        "WritableEndpointStore": "kg.store.remote.writing",
        "load_remote": "kg.store.remote.load",
    },
)
