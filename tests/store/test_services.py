"""Local stores answer from what they hold: no query makes them call an address."""

from __future__ import annotations

from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Literal, NamedNode, Quad
from servers import listening

from kg.core.errors import QueryError
from kg.store.embedded.store import EmbeddedStore
from kg.store.memory_rdflib import RdflibStore
from kg.store.protocol import Solutions

if TYPE_CHECKING:
    from collections.abc import Iterator

A = NamedNode("http://example.org/a")
QUADS = [Quad(A, A, Literal("SERVICE <http://example.org/>"), A)]
STORES = pytest.mark.parametrize("store", [EmbeddedStore.of(QUADS), RdflibStore.of(QUADS)], ids=["oxigraph", "rdflib"])


@pytest.fixture
def calls() -> Iterator[tuple[str, list[str]]]:
    """The address of a server, and what it was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(500)

        do_POST = do_GET  # noqa: N815 - named by the standard library

        def log_message(self, *_: object) -> None:
            pass

    with listening(HTTPServer(("127.0.0.1", 0), Handler)) as address:
        yield f"{address}/sparql", asked


@STORES
@pytest.mark.parametrize(
    "text",
    [
        "SELECT * WHERE {{ SERVICE <{}> {{ ?s ?p ?o }} }}",
        "SELECT * WHERE {{ service silent <{}> {{ ?s ?p ?o }} }}",
        "ASK {{ OPTIONAL {{ {{ SELECT ?s {{ ?s ?p ?o FILTER EXISTS {{ SERVICE <{}> {{ ?s ?p ?o }} }} }} }} }} }}",
        "SELECT * WHERE {{ VALUES ?at {{ <{}> }} SERVICE ?at {{ ?s ?p ?o }} }}",
        "SELECT * WHERE {{ \\u0053ERVICE <{}> {{ ?s ?p ?o }} }}",
        "SELECT * WHERE {{ LATERAL {{ SERVICE SILENT <{}> {{ ?s ?p ?o }} }} }}",
        "# a comment\nCONSTRUCT {{ ?s ?p ?o }} WHERE {{ SERVICE <{}> {{ ?s ?p ?o }} }}",
        "SELECT * FROM <{}> WHERE {{ SERVICE ?o {{ ?s ?p ?o }} }}",
    ],
)
def test_a_service_is_refused_before_anything_is_asked(
    store: EmbeddedStore, text: str, calls: tuple[str, list[str]]
) -> None:
    address, asked = calls
    with pytest.raises(QueryError):
        store.query(text.format(address))
    assert asked == []


@STORES
def test_the_error_shows_where_the_service_stands(store: EmbeddedStore) -> None:
    with pytest.raises(QueryError, match="never does") as caught:
        store.query("SELECT * WHERE {\n  ?s ?p ?o .\n  SERVICE <http://example.org/sparql> { ?s ?q ?x }\n}")
    assert (caught.value.line, caught.value.column, caught.value.token) == (3, 3, "SERVICE")
    assert "--endpoint" in caught.value.hint


@STORES
def test_a_graph_that_is_not_held_is_not_fetched(store: EmbeddedStore, calls: tuple[str, list[str]]) -> None:
    address, asked = calls
    for clause in (f"FROM <{address}>", f"FROM NAMED <{address}>", f"FROM <{A.value}> FROM <{address}>"):
        store.query(f"SELECT * {clause} WHERE {{ ?s ?p ?o }}")
    assert asked == []


@STORES
def test_an_update_is_no_query(store: EmbeddedStore, calls: tuple[str, list[str]]) -> None:
    address, asked = calls
    for text in (f"LOAD <{address}>", "INSERT DATA { <a:a> <a:b> <a:c> }", "CLEAR ALL"):
        with pytest.raises(QueryError):
            store.query(text)
    assert asked == []
    assert len(store) == 1


@STORES
@pytest.mark.parametrize(
    "text",
    [
        'SELECT ?s { ?s ?p "SERVICE <http://example.org/>" }',
        "SELECT ?s { ?s ?p ?service } # SERVICE",
        'SELECT ?s { ?s ?p "\\u0053ERVICE <http://example.org/>" }',
    ],
)
def test_the_word_elsewhere_is_no_call(store: EmbeddedStore, text: str) -> None:
    answer = store.query(text)
    assert isinstance(answer, Solutions)
    assert len(answer) == 1


@STORES
def test_a_quote_written_as_an_escape_hides_no_call(store: EmbeddedStore, calls: tuple[str, list[str]]) -> None:
    address, asked = calls
    text = f'SELECT * {{ ?s ?p "\\u0022 . SERVICE SILENT <{address}> {{ ?a ?b \\u0022" }} }}'
    with suppress(QueryError):  # to Oxigraph all of it is one string, and then a brace too many
        store.query(text)
    with suppress(QueryError):
        store.query(text.removesuffix(" }"))
    assert asked == []
