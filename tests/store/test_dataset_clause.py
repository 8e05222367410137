from __future__ import annotations

import pytest
from pyoxigraph import NamedNode, Quad

from kg.store.embedded.store import EmbeddedStore
from kg.store.memory_rdflib import RdflibStore
from kg.store.protocol import Solutions, names_graphs

ONE, TWO = NamedNode("http://example.org/one"), NamedNode("http://example.org/two")
QUADS = [Quad(graph, NamedNode("http://example.org/p"), graph, graph) for graph in (ONE, TWO)]


@pytest.mark.parametrize("store", [EmbeddedStore.of(QUADS), RdflibStore.of(QUADS)], ids=["oxigraph", "rdflib"])
@pytest.mark.parametrize(
    ("clause", "count"),
    [("", 2), ("FROM <http://example.org/one>", 1), ("FROM <http://example.org/one> FROM <http://example.org/two>", 2)],
)
def test_from_chooses_the_default_graph_and_without_it_the_union_is_asked(
    store: EmbeddedStore, clause: str, count: int
) -> None:
    answer = store.query(f"SELECT ?s {clause} WHERE {{ ?s ?p ?o }}")
    assert isinstance(answer, Solutions)
    assert len(answer) == count


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?from WHERE { ?from ?p ?o }",
        'SELECT ?s { ?s ?p "FROM <x:y>" } # FROM <x:y>',
        "SELECT ?s { ?s motkg:from skos:a }",
    ],
)
def test_the_word_elsewhere_is_no_clause(text: str) -> None:
    assert not names_graphs(text)
