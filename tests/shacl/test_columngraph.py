"""What shapes ask of a graph in columns: paths, instances, targets, and the statements themselves."""

from __future__ import annotations

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse

from kg.columns import columns_of_quads
from kg.shacl.columnar import columngraph
from kg.shacl.columnar.columngraph import ColumnGraph
from kg.shacl.columnar.querystore import lines
from kg.shacl.nodes import SUBCLASS, AlternativePath, InversePath, Path, RepeatedPath, SequencePath

TEXT = """@prefix : <https://example.org/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:a :p :b . :b :p :c . :c :p :a . :a :q 1 , "01"^^<http://www.w3.org/2001/XMLSchema#integer> . :x :p _:n .
:b a :D . :c a :C . :D rdfs:subClassOf :C . :C rdfs:subClassOf :D .
"""
P, Q = NamedNode("https://example.org/p"), NamedNode("https://example.org/q")


def name(local: str) -> NamedNode:
    return NamedNode(f"https://example.org/{local}")


@pytest.fixture(scope="module")
def graph() -> ColumnGraph:
    return ColumnGraph(columns_of_quads(parse(TEXT, RdfFormat.TURTLE)), (P, Q, *map(name, "abcxCD"), name("nowhere")))


def reached(graph: ColumnGraph, path: Path, *starts: str) -> list[tuple[str, str]]:
    owners, values = graph.values(path, graph.terms.positions(map(name, starts)))
    nodes = zip(graph.terms.nodes(owners.tolist()), graph.terms.nodes(values.tolist()), strict=True)
    return sorted((str(a.value)[20:], str(b.value).removeprefix("https://example.org/")) for a, b in nodes)


@pytest.mark.parametrize(
    ("path", "ends"),
    [
        (P, ["b"]),
        (InversePath(P), ["c"]),
        (SequencePath((P, P)), ["c"]),
        (InversePath(SequencePath((P, P))), ["b"]),
        (AlternativePath((P, InversePath(P))), ["b", "c"]),
        (RepeatedPath(P, "*"), ["a", "b", "c"]),
        (RepeatedPath(P, "+"), ["a", "b", "c"]),
        (RepeatedPath(P, "?"), ["a", "b"]),
        (Q, ["01", "1"]),
        (name("nowhere"), []),
        (RepeatedPath(name("nowhere"), "*"), ["a"]),
    ],
)
def test_value_nodes_along_every_form_of_path(graph: ColumnGraph, path: Path, ends: list[str]) -> None:
    assert reached(graph, path, "a") == [("a", end) for end in ends]


@pytest.mark.parametrize("cls", ["C", "D", "nowhere"])
def test_instances_are_the_same_by_their_types_and_by_all_instances_of_the_class(
    monkeypatch: pytest.MonkeyPatch, cls: str
) -> None:
    quads = list(parse(TEXT, RdfFormat.TURTLE))
    some = (P, *map(name, "abcxCD"), name("nowhere"))
    told = []
    for few in (0, 1 << 20):
        monkeypatch.setattr(columngraph, "_FEW", few)
        one = ColumnGraph(columns_of_quads(quads), some)
        told.append(one.instances(one.terms.positions(map(name, "abcx")), name(cls)).tolist())
    assert told[0] == told[1] == [cls != "nowhere" and node in "bc" for node in "abcx"]


def test_each_pair_comes_once_and_every_start_has_its_own(graph: ColumnGraph) -> None:
    assert reached(graph, P, "a", "b", "x")[:2] == [("a", "b"), ("b", "c")]
    assert len(reached(graph, RepeatedPath(P, "*"), "a", "b", "c")) == 9


@pytest.mark.parametrize("cls", ["C", "D"])
def test_instances_of_classes_that_are_each_below_the_other(graph: ColumnGraph, cls: str) -> None:
    assert {str(node) for node in graph.terms.nodes(graph.members(name(cls)).tolist())} == {
        str(name("b")),
        str(name("c")),
    }


def test_a_graph_mentions_its_terms_and_not_those_it_was_asked_about(graph: ColumnGraph) -> None:
    assert graph.mentions(name("a"))
    assert graph.mentions(SUBCLASS)
    assert not graph.mentions(name("nowhere"))
    assert not graph.mentions(name("never"))
    assert "nowhere" not in graph.locals_of["https://example.org/"]
    assert "D" in graph.locals_of["https://example.org/"]


def test_statements_come_back_as_written(graph: ColumnGraph) -> None:
    assert {str(triple[2]) for triple in graph.triples() if triple[1] == Q} == {
        str(Literal(1)),
        str(Literal("01", datatype=Literal(1).datatype)),
    }
    assert {triple[0] for triple in graph.triples() if isinstance(triple[2], BlankNode)} == {name("x")}


def test_text_for_a_store_holds_the_wanted_predicates_and_names_blank_nodes(graph: ColumnGraph) -> None:
    text = b"".join(lines(graph, frozenset({P.value})))
    assert len(list(parse(text, RdfFormat.N_TRIPLES))) == 4
    assert b"_:" not in text
    assert len(list(parse(b"".join(lines(graph)), RdfFormat.N_TRIPLES))) == graph.columns.size
