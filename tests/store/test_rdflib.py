from __future__ import annotations

import pytest
import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple
from rdflib.plugins import sparql

from kg.core.errors import QueryError, StoreError
from kg.core.rdflibterms import from_rdflib, to_rdflib
from kg.store.memory_rdflib import RdflibStore
from kg.store.protocol import Solutions

XSD = "http://www.w3.org/2001/XMLSchema#"
A, B, P, G, H = (NamedNode(f"http://example.org/{name}") for name in "abpgh")
TERMS = [
    A,
    BlankNode("x1"),
    Literal("plain"),
    Literal("日本", language="ja"),
    Literal("01", datatype=NamedNode(f"{XSD}integer")),
    Literal("+1.50", datatype=NamedNode(f"{XSD}decimal")),
    Literal("1", datatype=NamedNode(f"{XSD}boolean")),
    Literal("2020-01-01", datatype=NamedNode(f"{XSD}dateTime")),
    Literal("", datatype=NamedNode("http://example.org/type")),
]


@pytest.mark.parametrize("term", TERMS, ids=str)
def test_a_term_comes_back_as_it_went(term: NamedNode | BlankNode | Literal) -> None:
    assert from_rdflib(to_rdflib(term)) == term


@pytest.mark.parametrize("term", TERMS, ids=str)
def test_a_term_is_answered_as_it_was_written(term: NamedNode | BlankNode | Literal) -> None:
    answer = RdflibStore.of([Quad(A, P, term, G)]).query("SELECT ?o { ?s ?p ?o }")
    assert isinstance(answer, Solutions)
    assert answer.rows == ((term,),)


def test_a_literal_in_a_query_stays_as_written() -> None:
    store = RdflibStore.of([Quad(A, P, Literal("1", datatype=NamedNode(f"{XSD}integer")))])
    assert store.query(f'ASK {{ ?s ?p "1"^^<{XSD}integer> }}') is True
    answer = store.query(f'SELECT ("01"^^<{XSD}integer> AS ?x) {{}}')
    assert isinstance(answer, Solutions)
    assert answer.rows == ((Literal("01", datatype=NamedNode(f"{XSD}integer")),),)


def test_the_default_graph_is_the_union_and_graphs_stay_apart() -> None:
    store = RdflibStore.of([Quad(A, P, B, G), Quad(A, P, B, H), Quad(B, P, A)])
    assert len(store) == 3
    assert set(store.quads()) == {Quad(A, P, B, G), Quad(A, P, B, H), Quad(B, P, A)}
    everywhere, inside = store.query("SELECT * { ?s ?p ?o }"), store.query("SELECT ?g { GRAPH ?g { ?s ?p ?o } }")
    assert isinstance(everywhere, Solutions)
    assert isinstance(inside, Solutions)
    assert len(everywhere) == 2
    assert {row[0] for row in inside.rows} == {G, H}


def test_ask_and_construct() -> None:
    store = RdflibStore.of([Quad(A, P, B, G)])
    assert store.query("ASK { ?s ?p ?o }") is True
    assert store.query(f"ASK {{ {B} ?p ?o }}") is False
    assert store.query("CONSTRUCT { ?o ?p ?s } WHERE { ?s ?p ?o }") == [Triple(B, P, A)]


def test_from_reads_a_graph_it_holds_and_fetches_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fetched(*_: object, **__: object) -> None:
        raise AssertionError("rdflib tried to fetch a graph")

    monkeypatch.setattr(rdflib.Graph, "parse", fetched)
    store = RdflibStore.of([Quad(A, P, B, G), Quad(B, P, A, H)])
    held = store.query("SELECT ?s FROM <http://example.org/g> { ?s ?p ?o }")
    other = store.query(
        "SELECT ?s FROM <http://example.org/elsewhere> FROM NAMED <http://example.org/too> { ?s ?p ?o }"
    )
    assert isinstance(held, Solutions)
    assert isinstance(other, Solutions)
    assert held.rows == ((A,),)
    assert other.rows == ()


def test_the_switches_of_rdflib_are_put_back() -> None:
    before = rdflib.NORMALIZE_LITERALS, sparql.SPARQL_LOAD_GRAPHS
    store = RdflibStore.of([])
    store.query("ASK {}")
    with pytest.raises(QueryError):
        store.query("ASK { ?s }")
    assert (rdflib.NORMALIZE_LITERALS, sparql.SPARQL_LOAD_GRAPHS) == before == (True, True)


def test_a_triple_term_is_refused() -> None:
    with pytest.raises(StoreError, match="no triple terms"):
        to_rdflib(Triple(A, P, B))


def test_an_update_is_refused() -> None:
    with pytest.raises(QueryError, match="INSERT is an update"):
        RdflibStore.of([]).query(f"INSERT DATA {{ {A} {P} {B} }}")
