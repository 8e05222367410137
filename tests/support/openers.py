"""Empty stores of every kind, opened for writing."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from kg.store.embedded.writable import WritableEmbeddedStore
from kg.store.memory_rdflib import WritableRdflibStore
from kg.store.remote.writing import WritableEndpointStore

if TYPE_CHECKING:
    from pathlib import Path

    from servers import Fuseki, Virtuoso

    from kg.store.protocol import WritableStore

NAMES = ["memory", "disk", "rdflib", pytest.param("fuseki", marks=pytest.mark.java), "virtuoso"]


class Opened(NamedTuple):
    name: str
    store: WritableStore


def opened_store(
    request: pytest.FixtureRequest, folder: Path, patch: pytest.MonkeyPatch, fuseki_data_set: str
) -> Opened:
    """Opens the store that a fixture is asked for; those of servers are emptied first."""
    name = request.param
    if name == "memory":
        return Opened(name, WritableEmbeddedStore.in_memory())
    if name == "disk":
        return Opened(name, WritableEmbeddedStore.open(folder / "store"))
    if name == "rdflib":
        return Opened(name, WritableRdflibStore.in_memory())
    if name == "fuseki":
        fuseki: Fuseki = request.getfixturevalue("fuseki_server")
        remote = WritableEndpointStore(f"{fuseki.address}/{fuseki_data_set}")
    else:
        virtuoso: Virtuoso = request.getfixturevalue("virtuoso_server")
        patch.setenv("KG_ENDPOINT_USER", "dba")
        patch.setenv("KG_ENDPOINT_PASSWORD", "dba")
        remote = WritableEndpointStore(f"{virtuoso.address}/sparql")
    for graph in remote.graphs():
        remote.delete(graph)
    return Opened(name, remote)


def mark_gap(request: pytest.FixtureRequest, name: str, gaps: dict[str, str]) -> None:
    """Marks the gap of an engine, if it has one, with what was found by asking it."""
    if name in gaps:
        request.applymarker(pytest.mark.xfail(reason=gaps[name], strict=True))
