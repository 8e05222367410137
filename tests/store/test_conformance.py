"""What every store does alike when it is read: the same tests on Oxigraph in memory and on disk, rdflib, Fuseki and Virtuoso."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from openers import NAMES, Opened, opened_store
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, parse

if TYPE_CHECKING:
    from collections.abc import Generator

    from kg.store.protocol import QuadStore

XSD = "http://www.w3.org/2001/XMLSchema#"
EX = "http://example.org/conformance/"


def iri(name: str) -> NamedNode:
    return NamedNode(EX + name)


def typed(value: str, datatype: str) -> Literal:
    return Literal(value, datatype=NamedNode(XSD + datatype))


G, H = iri("g"), iri("h")
A, B, P, Q = iri("a"), iri("b"), iri("p"), iri("q")
LONG = "the same thirty characters and more, " * 3
VALUES = [
    Literal('a "quoted"\n\tline \\ and é'),
    Literal("事業化", language="ja"),
    Literal("stage", language="en"),
    Literal(""),
    typed("42", "integer"),
    typed("0.1234567890123", "decimal"),
    typed("true", "boolean"),
    typed("1987-11-06", "date"),
    NamedNode("http://example.org/with(brackets)?and=query#é"),
]
QUADS = [*(Quad(A, P, value, G) for value in VALUES), Quad(B, Q, A, H), Quad(B, Q, B, H)]


@pytest.fixture(scope="module", params=NAMES)
def opened(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Generator[Opened]:
    """A store that holds QUADS, which the tests here leave as they are."""
    with pytest.MonkeyPatch.context() as patch:
        made = opened_store(request, tmp_path_factory.mktemp("store"), patch, "scratch")
        made.store.load(QUADS)
        yield made


@pytest.fixture
def store(opened: Opened) -> QuadStore:
    return opened.store


def test_what_was_loaded_is_counted_by_graph(store: QuadStore) -> None:
    assert store.graphs() == {G.value: len(VALUES), H.value: 2}
    assert len(store) == len(QUADS)


def test_quads_come_back_as_they_were(store: QuadStore) -> None:
    assert set(store.quads()) == set(QUADS)


def test_from_and_graph_choose(store: QuadStore) -> None:
    count = "SELECT (COUNT(*) AS ?n)"
    assert store.select(f"{count} FROM {H} {{ ?s ?p ?o }}").rows == ((typed("2", "integer"),),)
    assert store.select(f"{count} {{ GRAPH {G} {{ ?s ?p ?o }} }}").rows == ((typed(str(len(VALUES)), "integer"),),)
    assert Counter(store.select("SELECT ?g { GRAPH ?g { ?s ?p ?o } }").rows) == {(G,): len(VALUES), (H,): 2}


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_terms_are_found_and_given_back(store: QuadStore, value: Literal | NamedNode) -> None:
    assert store.select(f"SELECT ?x {{ {A} {P} ?x FILTER(sameTerm(?x, {value})) }}").rows == ((value,),)


def test_unbound_is_none_and_truth_is_boolean(store: QuadStore) -> None:
    answer = store.select(f"SELECT ?s ?none (BOUND(?none) AS ?b) (1 < 2 AS ?c) {{ ?s {Q} {A} }}")
    assert answer.variables == ("s", "none", "b", "c")
    assert answer.rows == ((B, None, typed("false", "boolean"), typed("true", "boolean")),)


def test_construct_gives_triples(store: QuadStore) -> None:
    assert set(store.construct(f"CONSTRUCT {{ ?o {P} ?s }} {{ ?s {Q} ?o }}")) == {Triple(A, P, B), Triple(B, P, B)}
    assert set(store.construct("CONSTRUCT WHERE { ?s ?p ?o }")) == {quad.triple for quad in QUADS}
    (made,) = store.construct(f"CONSTRUCT {{ _:b {Q} ?s }} {{ ?s {Q} {A} }}")
    assert isinstance(made.subject, BlankNode)


def test_describe_gives_what_is_said_of_a_thing(store: QuadStore) -> None:
    assert Triple(B, Q, A) in store.construct(f"DESCRIBE {B}")


@pytest.mark.parametrize("syntax", [RdfFormat.N_QUADS, RdfFormat.TRIG, RdfFormat.JSON_LD], ids=str)
def test_a_dump_holds_every_quad(store: QuadStore, syntax: RdfFormat) -> None:
    assert set(parse(b"".join(store.dump(syntax)), format=syntax)) == set(QUADS)


def test_a_dump_without_graphs_holds_every_triple(store: QuadStore) -> None:
    read = parse(b"".join(store.dump(RdfFormat.TURTLE)), format=RdfFormat.TURTLE)
    assert {quad.triple for quad in read} == {quad.triple for quad in QUADS}
