"""Every inferred statement of the shipped graph is explained down to files and printed cells."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import commandline
import pytest
from nightly import sample
from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, parse

import kg
from kg.commands.explain import explain_row, explain_thing, explainer
from kg.core.errors import QueryError
from kg.core.resources import shipped_documents
from kg.core.terms import BASE, CLOSURE, expand, rebase
from kg.explanation import Explainer, Explanation, Kind
from kg.explanation.model import FORMATS
from kg.graph.graph import Graph
from kg.pipeline.building import build, write
from kg.pipeline.reading import read_statements
from kg.reason.closure import closure
from kg.store.embedded.store import EmbeddedStore

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def graph() -> Graph:
    return kg.open()


@pytest.fixture(scope="module")
def explaining(graph: Graph) -> Explainer:
    return explainer(graph)


def statements_of(graph: Graph, name: str) -> list[Triple]:
    answer = graph.query(f"SELECT ?s ?p ?o WHERE {{ GRAPH <{BASE}graph/{name}> {{ ?s ?p ?o }} }} ORDER BY ?s ?p ?o")
    return [Triple(*row) for row in answer.rows]


def about_a_document(statement: Triple) -> bool:
    return statement.subject.value.startswith(f"{BASE}id/k") or "/id/technology" in statement.subject.value


@pytest.mark.parametrize("name", ["closure", "derived"])
def test_every_inferred_statement_rests_on_places_in_files(name: str, graph: Graph, explaining: Explainer) -> None:
    statements = statements_of(graph, name)
    assert len(statements) > 1000
    for statement in sample(statements, 60, kind=lambda statement: statement.predicate):
        explanation = explaining.explain(statement)
        assert explanation.because, statement
        leaves = explanation.leaves()
        unplaced = [leaf for leaf in leaves if leaf.kind is not Kind.ASSERTED or leaf.place is None]
        # the valence of a state of something is computed by a rule whose proof ends there
        assert all("/provenance" in leaf.graph or "ontology/valence" in str(leaf.statement) for leaf in unplaced), (
            statement
        )
        if about_a_document(statement):
            assert any(
                leaf.place and leaf.place.line and "/" in leaf.place.file for leaf in leaves if leaf not in unplaced
            ), statement


def test_what_follows_from_observations_rests_on_printed_cells(graph: Graph, explaining: Explainer) -> None:
    statements = [each for each in statements_of(graph, "closure") if "/observation/" in each.subject.value]
    assert len(statements) > 1000
    for statement in sample(
        statements, 300, kind=lambda statement: (statement.predicate, statement.subject.value[:60])
    ):
        leaves = explaining.explain(statement).leaves()
        assert any(leaf.stated or (leaf.place and leaf.place.cell) for leaf in leaves), statement


def test_a_link_that_a_rule_made_is_explained_by_the_statements_that_the_rule_matched(
    graph: Graph, explaining: Explainer
) -> None:
    (found,) = explain_thing(explaining, graph, "Altos Computer Systems", "alliedWith", "Tau Giken")
    assert (found.kind, found.rule) == (Kind.DERIVED, "allied-with")
    assert found.words == "Two organizations that take part as partners in one alliance are allied with each other."
    assert len(found.because) == 6
    assert all(str(each.place).startswith("kanai-hara-1992/alliances.yaml:") for each in found.because)


def test_a_statement_of_the_ontology_is_its_own_and_no_document_states_it(explaining: Explainer) -> None:
    found = explaining.explain(Triple(expand("stage:commercialization"), expand("rdf:type"), expand("motkg:Stage")))
    assert (found.kind, found.graph, found.stated) == (Kind.ASSERTED, f"{BASE}graph/ontology", ())


def test_what_was_computed_rests_on_each_of_the_values_it_was_computed_from(
    graph: Graph, explaining: Explainer
) -> None:
    statistic = NamedNode(f"{BASE}id/derived/audit/kirihata-mot/implied-size/existence/basic-research")
    inputs = {row[0] for row in graph.query(f"SELECT ?input {{ {statistic} prov:wasDerivedFrom ?input }}").rows}
    (statement,) = explaining.statements(statistic, expand("motkg:statisticValue"))
    found = explaining.explain(statement)
    assert found.kind is Kind.COMPUTED
    assert {each.statement.subject for each in found.because} == inputs
    assert len(inputs) == 3


def test_a_row_is_explained_by_the_cells_behind_it(graph: Graph, explaining: Explainer) -> None:
    found = explain_row(explaining, graph, "specialists-by-stage", {}, 15)
    cells = {leaf.place.cell for top in found for leaf in top.leaves() if leaf.place and leaf.place.cell}
    assert "r17c3" in cells
    assert {each.kind for each in found} == {Kind.ASSERTED, Kind.COMPUTED, Kind.DERIVED}


EXAMPLE = """
@prefix : <http://example.org/> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:C owl:onProperty :p ; owl:someValuesFrom :D . :D rdfs:subClassOf :E . :q rdfs:subPropertyOf :p . :r owl:inverseOf :q .
:p a owl:TransitiveProperty . :b :r :a . :b a :D . :b :p :c . :f a owl:FunctionalProperty . :x :f :y , :z . :y :q :w .
:g owl:propertyChainAxiom :l1 . :l1 rdf:first :p ; rdf:rest :l2 . :l2 rdf:first :q ; rdf:rest rdf:nil . :c :q :d .
:K owl:hasKey :l2 . :c a :K . :c2 a :K ; :q :d .
"""
INFERRED = {
    "some value": ("a", "type", "C", "cls-svf1"),
    "transitive": ("a", "p", "c", "prp-trp"),
    "inverse": ("a", "q", "b", "prp-inv1"),
    "functional": ("y", "sameAs", "z", "prp-fp"),
    "identity": ("z", "q", "w", "eq-rep-s"),
    "chain": ("b", "g", "d", "prp-spo2"),
    "key": ("c", "sameAs", "c2", "prp-key"),
}


@pytest.mark.parametrize(("subject", "predicate", "value", "rule"), INFERRED.values(), ids=INFERRED)
def test_a_rule_is_found_with_what_it_needs(subject: str, predicate: str, value: str, rule: str) -> None:
    given = [
        Quad(*quad.triple, NamedNode("http://example.org/graph")) for quad in parse(EXAMPLE, format=RdfFormat.TURTLE)
    ]
    closed = [Quad(*triple, CLOSURE) for triple in closure(given)]
    known = {"type": expand("rdf:type"), "sameAs": expand("owl:sameAs")}
    nodes = (
        NamedNode(f"http://example.org/{name}") if name not in known else known[name]
        for name in (subject, predicate, value)
    )
    found = Explainer(EmbeddedStore.of([*given, *closed])).explain(Triple(*nodes))
    assert found.rule == rule
    assert {leaf.statement for leaf in found.leaves()} <= {quad.triple for quad in given}


def test_what_the_graph_does_not_hold_is_an_error_that_says_so(graph: Graph, explaining: Explainer) -> None:
    with pytest.raises(QueryError, match="does not hold"):
        explain_thing(explaining, graph, "Altos Computer Systems", "alliedWith", "specialist:venture-capital")
    with pytest.raises(QueryError, match="has no alliedWth") as raised:
        explain_thing(explaining, graph, "Altos Computer Systems", "alliedWth")
    assert "alliedWith" in str(raised.value)
    with pytest.raises(QueryError, match="no row 99"):
        explain_row(explaining, graph, "specialists-by-stage", {}, 99)


def test_a_curie_stands_for_what_lies_below_the_base_of_the_graph() -> None:
    base = "https://example.org/kg/"
    thing, knows, other = (NamedNode(f"{base}{name}") for name in ("id/a", "ontology/alliedWith", "id/b"))
    store = EmbeddedStore.of([Quad(thing, knows, other, NamedNode(f"{base}graph/mine"))])
    for predicate, value in (("motkg:alliedWith", "id:b"), ("alliedWith", "<https://example.org/kg/id/b>")):
        (found,) = explain_thing(Explainer(store, base=base), Graph(store, base), "id:a", predicate, value)
        assert (found.statement, found.kind) == (Triple(thing, knows, other), Kind.ASSERTED)


def test_a_graph_under_another_base_is_explained_like_the_shipped_one(
    tmp_path: Path, graph: Graph, explaining: Explainer
) -> None:
    base = "https://example.org/kg/"
    write(build(shipped_documents(), base=base), tmp_path / "build")
    moved = kg.open(tmp_path / "build")
    for names in (("Altos Computer Systems", "alliedWith"), ("motkg:Alliance", "rdfs:label")):
        here, there = (
            [
                (each.kind, each.rule, str(each.place), rebase(each.statement.subject.value, base))
                for top in found
                for each in top.walk()
            ]
            for found in (
                explain_thing(explaining, graph, *names),
                explain_thing(explainer(moved, read_statements(tmp_path / "build")[1]), moved, *names),
            )
        )
        assert here
        assert sorted(here) == sorted(there)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (("http://example.org/a b",), "'http://example.org/a b' is no IRI"),
        (("Altos Computer Systems", "motkg:allied<With"), "has no motkg:allied<With"),
        (("Altos Computer Systems", "alliedWith", "http://example.org/a b"), "no such value"),
    ],
)
def test_what_only_begins_like_an_iri_is_an_error_that_says_so(
    names: tuple[str, ...], message: str, graph: Graph, explaining: Explainer
) -> None:
    with pytest.raises(QueryError, match=message):
        explain_thing(explaining, graph, *names)


def rendered(form: str, graph: Graph, explaining: Explainer) -> tuple[list[Explanation], str]:
    found = explain_thing(explaining, graph, "Altos Computer Systems", "alliedWith")
    return found, FORMATS[form](found, explaining.labels(found))


def test_the_text_names_statement_rule_file_and_place(graph: Graph, explaining: Explainer) -> None:
    _, text = rendered("text", graph, explaining)
    first, second, *_ = text.splitlines()
    assert first == "Altos Computer Systems — allied with — Tau Giken"
    assert second.startswith("│  derived by allied-with: Two organizations")
    assert "asserted: kanai-hara-1992/alliances.yaml:" in text


def test_the_pictures_show_every_statement(graph: Graph, explaining: Explainer) -> None:
    found, svg = rendered("svg", graph, explaining)
    drawn = [element for element in ET.fromstring(svg).iter() if element.tag.endswith("text")]  # noqa: S314 - our own text
    assert len(drawn) == 2 * sum(1 for top in found for _ in top.walk())
    _, dot = rendered("dot", graph, explaining)
    assert dot.count("->") == 6


def test_prov_says_what_was_derived_from_what_and_where_it_stands(graph: Graph, explaining: Explainer) -> None:
    found, turtle = rendered("prov", graph, explaining)
    triples = [quad.triple for quad in parse(turtle, format=RdfFormat.TURTLE)]
    assert sum(1 for triple in triples if triple.predicate == expand("prov:wasDerivedFrom")) == len(found[0].because)
    assert any(
        triple.predicate == expand("prov:hadPrimarySource") and "/span/" in triple.object.value for triple in triples
    )


def test_the_command_writes_json_of_a_row() -> None:
    answer = commandline.kg("explain", "--query", "factors-at-stage", "--set", "stage=commercialization", "-f", "json")
    found = json.loads(answer.stdout)
    assert found
    assert all(each["kind"] in set(Kind) for each in found)
