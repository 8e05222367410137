"""Stores of quads behind one protocol, whichever engine holds them.

`QuadStore` is what the other packages use: queries, quads, graphs, dumps; `WritableStore` adds updates and loading.
`EmbeddedStore` is Oxigraph in this process, `LimitedStore` the same in a process that can be ended, `RdflibStore` is
rdflib in memory, and `EndpointStore` any server that speaks the SPARQL 1.1 Protocol.

Example:
    >>> store = EmbeddedStore.of(quads)
    >>> store.select("SELECT ?s { ?s a motkg:Stage }").rows
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.core import lazy_names

if TYPE_CHECKING:
    from kg.store.embedded.limited import LimitedStore
    from kg.store.embedded.store import EmbeddedStore
    from kg.store.memory_rdflib import RdflibStore
    from kg.store.protocol import Capabilities, Interruptible, QuadStore, Solutions, WritableStore
    from kg.store.remote.store import EndpointStore
    from kg.store.remote.writing import WritableEndpointStore

__all__ = [
    "Capabilities",
    "EmbeddedStore",
    "EndpointStore",
    "Interruptible",
    "LimitedStore",
    "QuadStore",
    "RdflibStore",
    "Solutions",
    "WritableEndpointStore",
    "WritableStore",
]

__getattr__ = lazy_names(
    __name__,
    {
        "Capabilities": "kg.store.protocol",
        "EmbeddedStore": "kg.store.embedded.store",
        "EndpointStore": "kg.store.remote.store",
        "Interruptible": "kg.store.protocol",
        "LimitedStore": "kg.store.embedded.limited",
        "QuadStore": "kg.store.protocol",
        "RdflibStore": "kg.store.memory_rdflib",
        "Solutions": "kg.store.protocol",
        "WritableEndpointStore": "kg.store.remote.writing",
        "WritableStore": "kg.store.protocol",
    },
)
