"""The stores that hold the shipped graph, and those that hold the invented firms with it."""

from __future__ import annotations

import http.client
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from kg.publishing.answers import lines
from kg.store.embedded.store import EmbeddedStore
from kg.store.memory_rdflib import RdflibStore
from kg.store.remote.store import EndpointStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyoxigraph import Quad


@pytest.fixture(scope="session")
def oxigraphs(shipped: list[Quad], with_firms: list[Quad]) -> tuple[EmbeddedStore, EmbeddedStore]:
    return EmbeddedStore.of(shipped), EmbeddedStore.of(with_firms)


@pytest.fixture(scope="session")
def rdflibs(shipped: list[Quad], with_firms: list[Quad]) -> tuple[RdflibStore, RdflibStore]:
    return RdflibStore.of(shipped), RdflibStore.of(with_firms)


@pytest.fixture(scope="session")
def loaded(fuseki: str) -> Callable[[str, list[Quad]], EndpointStore]:
    """Loads quads into a data set of Fuseki."""

    def load(name: str, quads: list[Quad]) -> EndpointStore:
        server = http.client.HTTPConnection(urlsplit(fuseki).netloc, timeout=120)
        server.request("POST", f"/{name}", lines(quads).encode(), {"Content-Type": "application/n-quads"})
        assert server.getresponse().status in {200, 201, 204}
        server.close()
        return EndpointStore(f"{fuseki}/{name}")

    return load


@pytest.fixture(scope="session")
def fusekis(
    loaded: Callable[[str, list[Quad]], EndpointStore], shipped: list[Quad], with_firms: list[Quad]
) -> tuple[EndpointStore, EndpointStore]:
    return loaded("shipped", shipped), loaded("firms", with_firms)
