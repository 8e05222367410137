"""What every store does alike when it is written: the same tests on Oxigraph in memory and on disk, rdflib, Fuseki and Virtuoso."""

from __future__ import annotations

import io
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from openers import NAMES, Opened, mark_gap, opened_store
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat

from kg.core.errors import InputError, QueryError
from kg.store.embedded.writable import WritableEmbeddedStore

if TYPE_CHECKING:
    from pathlib import Path

    from kg.store.protocol import QuadStore, WritableStore

XSD = "http://www.w3.org/2001/XMLSchema#"
EX = "http://example.org/conformance/"
A, B, P, Q, G, H = (NamedNode(f"{EX}{name}") for name in "abpqgh")
QUADS = [Quad(A, P, Literal("old"), G), Quad(B, Q, A, H), Quad(B, Q, B, H)]
LONG = "the same thirty characters and more, " * 3


def typed(value: str, datatype: str) -> Literal:
    return Literal(value, datatype=NamedNode(XSD + datatype))


@pytest.fixture(params=NAMES)
def opened(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """An empty store; the default graph of the one on Fuseki is kept apart."""
    return opened_store(request, tmp_path, monkeypatch, "memory")


@pytest.fixture
def store(opened: Opened) -> WritableStore:
    opened.store.load(QUADS)
    return opened.store


def test_a_triple_of_two_graphs_is_one_in_their_union(opened: Opened, request: pytest.FixtureRequest) -> None:
    virtuoso = "Virtuoso gives a triple for each graph that it stands in, unless it is asked about one graph"
    mark_gap(request, opened.name, {"virtuoso": virtuoso})
    opened.store.load([Quad(A, P, B, G), Quad(A, P, B, H)])
    assert opened.store.select("SELECT ?x { ?s ?p ?x }").rows == ((B,),)


def test_double_keeps_its_digits(opened: Opened) -> None:
    opened.store.load([Quad(A, P, typed("0.12345678901234E0", "double"), G)])
    (row,) = opened.store.select("SELECT ?x (?x * 2 AS ?y) { ?s ?p ?x }").rows
    assert [float(getattr(term, "value", "nan")) for term in row] == [0.12345678901234, 0.24691357802468]


def test_a_literal_keeps_its_spelling(opened: Opened, request: pytest.FixtureRequest) -> None:
    gaps = {
        "memory": "Oxigraph holds integers as numbers of 64 bits",
        "disk": "Oxigraph holds integers as numbers of 64 bits",
        "virtuoso": "Virtuoso holds integers as numbers of 64 bits",
    }
    mark_gap(request, opened.name, gaps)
    opened.store.load([Quad(A, P, typed("01", "integer"), G)])
    assert opened.store.select("SELECT ?x { ?s ?p ?x }").rows == ((typed("01", "integer"),),)


def test_an_integer_of_any_size_is_kept(opened: Opened, request: pytest.FixtureRequest) -> None:
    mark_gap(request, opened.name, {"virtuoso": "Virtuoso 7 gives what lies beyond 64 bits back as another term"})
    big = typed("123456789012345678901234567890", "integer")
    opened.store.load([Quad(A, P, big, G)])
    assert opened.store.select("SELECT ?x { ?s ?p ?x }").rows == ((big,),)


def test_blank_nodes_keep_their_shape(opened: Opened) -> None:
    one, other = BlankNode("x"), BlankNode("y")
    opened.store.load([Quad(one, P, other, G), Quad(other, P, one, G), Quad(A, P, one, G)])
    assert len(opened.store.select(f"SELECT ?x {{ {A} {P} ?x . ?x {P} ?y . ?y {P} ?x FILTER(isBlank(?x)) }}").rows) == 1


def test_order_goes_to_the_end_of_long_texts(opened: Opened) -> None:
    texts = [Literal(f"{LONG}{end}") for end in "dacb"]
    opened.store.load([Quad(A, P, text, G) for text in texts])
    assert [row[0] for row in opened.store.select("SELECT ?x { ?s ?p ?x } ORDER BY ?x").rows] == sorted(texts, key=str)
    down = opened.store.select("SELECT DISTINCT ?x { ?s ?p ?x } ORDER BY DESC(?x) LIMIT 2 OFFSET 1").rows
    assert [row[0] for row in down] == sorted(texts, key=str, reverse=True)[1:3]


def test_no_row_is_missing_from_a_large_answer(opened: Opened) -> None:
    quads = [Quad(A, P, typed(str(number), "integer"), G) for number in range(2500)]
    opened.store.load(quads)
    assert Counter(row[0] for row in opened.store.select("SELECT ?x { ?s ?p ?x }").rows) == Counter(
        quad.object for quad in quads
    )
    top = opened.store.select("SELECT ?x { ?s ?p ?x } ORDER BY DESC(?x) LIMIT 1100").rows
    assert [int(row[0].value) for row in top] == list(range(2499, 1399, -1))
    assert len(opened.store.construct("CONSTRUCT WHERE { ?s ?p ?o }")) == 2500
    assert len(list(opened.store.quads())) == 2500


def test_updates_change_what_they_say(store: WritableStore) -> None:
    store.update(f"INSERT DATA {{ GRAPH {G} {{ {B} {P} 'new' }} }} ; DELETE WHERE {{ GRAPH {H} {{ {B} {Q} ?x }} }}")
    assert store.ask(f"ASK {{ {B} {P} 'new' }}")
    assert not store.ask(f"ASK {{ {B} {Q} ?x }}")
    store.update(f"PREFIX ex: <{EX}> MOVE GRAPH ex:g TO GRAPH ex:k")
    assert store.graphs() == {EX + "k": 2}


@pytest.mark.parametrize(
    "text",
    [
        "LOAD <http://127.0.0.1:1/x>",
        "INSERT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1:1/x> { ?s ?p ?o } }",
        r"\u004cOAD <http://127.0.0.1:1/x>",
    ],
)
def test_no_update_fetches(store: WritableStore, text: str) -> None:
    with pytest.raises(QueryError, match="line 1, column"):
        store.update(text)
    assert len(store) == len(QUADS)


def test_a_file_is_loaded_into_a_graph(opened: Opened, tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text(f"{A} {P} 1, 2 .", encoding="utf-8")
    assert opened.store.load(tmp_path / "a.ttl", graph=G.value) == 2
    assert opened.store.graphs() == {G.value: 2}


def test_a_file_with_a_fault_is_named_with_its_line(opened: Opened, tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text(f"{A} {P} 1 .\n{A} {P} .\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.ttl:2"):
        opened.store.load(tmp_path / "a.ttl", graph=G.value)
    assert len(opened.store) == 0


def test_faults_of_queries_are_errors(store: WritableStore) -> None:
    for text in ("SELECT ?x { ?x }", "DROP ALL", "", "SELECT"):
        with pytest.raises(QueryError):
            store.query(text)
    with pytest.raises(QueryError, match="SELECT"):
        store.select("ASK {}")
    with pytest.raises(QueryError, match="ASK"):
        store.ask("SELECT * {}")
    with pytest.raises(QueryError, match="CONSTRUCT"):
        store.construct("ASK {}")
    with pytest.raises(QueryError):
        store.update("INSERT DATA { <a> }")
    assert len(store) == len(QUADS)


def test_capabilities_are_what_the_store_does(opened: Opened) -> None:
    can = opened.store.capabilities()
    assert can.update
    assert can.union_default_graph
    assert can.graph_store_protocol == (opened.name in {"fuseki", "virtuoso"})
    expected = {
        "memory": "Oxigraph",
        "disk": "Oxigraph",
        "rdflib": "rdflib",
        "fuseki": "Fuseki",
        "virtuoso": "Virtuoso",
    }
    assert can.engine.startswith(expected[opened.name])


def test_the_cap_of_an_engine_is_known(opened: Opened) -> None:
    opened.store.load([Quad(A, P, typed(str(number), "integer"), G) for number in range(1500)])
    assert opened.store.capabilities().row_limit == (1000 if opened.name == "virtuoso" else None)


def test_reading_stores_have_no_way_to_write() -> None:
    from kg.store.embedded.store import EmbeddedStore
    from kg.store.memory_rdflib import RdflibStore
    from kg.store.remote.store import EndpointStore

    for reading in (EmbeddedStore, RdflibStore, EndpointStore):
        assert not {"update", "load", "put", "post", "delete"} & set(dir(reading))


def test_a_dump_is_streamed() -> None:
    store: QuadStore = WritableEmbeddedStore.in_memory()
    store.load(Quad(A, P, typed(str(number), "integer"), G) for number in range(25_000))  # type: ignore[attr-defined]
    pieces = list(store.dump(RdfFormat.N_QUADS))
    assert len(pieces) == 3
    assert sum(1 for _ in io.BytesIO(b"".join(pieces))) == 25_000
