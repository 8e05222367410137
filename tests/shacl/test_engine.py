"""What a validation says besides its results: empty targets, shapes handed to pySHACL, origins, multiplicity."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from nightly import examples
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse
from shaclgraphs import PATHS, constraints, graph_of, triples

from kg.core.origin import Origin
from kg.shacl import Report, Shapes, read_shapes, validate
from kg.shacl.columnar.querystore import QueryStore
from kg.shacl.nodes import CannotSelectError

if TYPE_CHECKING:
    from kg.shacl.engine import Engine

PREFIXES = """\
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix : <https://example.org/> .
"""
EX = "https://example.org/"


def quads(text: str) -> list[Quad]:
    return list(parse(PREFIXES + text, RdfFormat.TRIG))


def shapes(text: str) -> Shapes:
    return read_shapes(quads(text))


def found(report: Report) -> list[tuple[str, str | None, str]]:
    return [
        (
            str(r.focus.value).removeprefix(EX),
            None if r.value is None else str(r.value.value).removeprefix(EX),
            r.component.value[27:-19],
        )
        for r in report.results
    ]


def test_a_target_that_matches_nothing_is_reported_with_near_names_when_its_own_is_unknown() -> None:
    data = quads(":Alliance a :Class . :a a :Alliance . :Firm a :Class .")
    targets = "sh:targetClass :Aliance , :Firm ; sh:targetNode :a , :b ; sh:targetSubjectsOf :nowhere"
    report = validate(data, shapes(f":S sh:nodeKind sh:IRI ; {targets} ."))
    empty = {
        (target.kind, str(target.term.value).removeprefix(EX)): (target.known, target.near)
        for target in report.empty_targets
    }
    assert empty == {
        ("targetClass", "Aliance"): (False, ("<https://example.org/Alliance>",)),
        ("targetClass", "Firm"): (True, ()),
        ("targetNode", "b"): (False, ()),
        ("targetSubjectsOf", "nowhere"): (False, ()),
    }
    assert report.conforms


def test_deactivated_shapes_have_no_empty_targets_and_no_results() -> None:
    report = validate(
        quads(":a a :C ."), shapes(":S sh:targetClass :C , :D ; sh:deactivated true ; sh:nodeKind sh:Literal .")
    )
    assert (report.conforms, report.empty_targets, report.focus_nodes) == (True, (), 0)


def test_the_union_of_all_graphs_is_validated_and_a_triple_in_two_graphs_counts_once() -> None:
    data = quads(":g1 { :a a :C ; :p 1 . } :g2 { :a :p 1 . } :g3 { :D rdfs:subClassOf :C . :b a :D . }")
    report = validate(
        data, shapes(":S sh:targetClass :C ; sh:property :P . :P sh:path :p ; sh:minCount 1 ; sh:maxCount 1 .")
    )
    assert found(report) == [("b", None, "MinCount")]


RECURSIVE = ":S sh:targetClass :C ; sh:nodeKind sh:Literal ; sh:property :P . :P sh:path :p ; sh:node :S ."


def test_pyshacl_goes_round_a_circle_of_shapes_when_it_is_asked_for() -> None:
    report = validate(quads(":a a :C ; :p :b . :b :p :a ."), shapes(RECURSIVE), engine="pyshacl")
    assert ("a", "a", "NodeKind") in found(report)


@pytest.mark.parametrize("engine", ["auto", "pyshacl"])
@pytest.mark.parametrize("constraint", ["sh:nodeKind sh:Literal", "sh:path :p ; sh:minCount 1"])
def test_a_shape_that_only_its_target_makes_a_shape_is_run(constraint: str, engine: Engine) -> None:
    text = f':S sh:target [ a sh:SPARQLTarget ; sh:select "SELECT ?this WHERE {{ ?this a ?c }}" ] ; {constraint} .'
    assert [focus for focus, *_ in found(validate(quads(":a a :C ."), shapes(text), engine=engine))] == ["a"]


def test_a_shape_handed_on_in_the_middle_gives_no_result_twice() -> None:
    query = "SELECT $this WHERE { $this a <https://example.org/C> OPTIONAL { $this a ?d } }"
    text = f':S sh:targetClass :C ; sh:nodeKind sh:Literal ; sh:sparql [ sh:select "{query}" ] .'
    with patch.object(QueryStore, "query", side_effect=CannotSelectError("the store is not at home")):
        report = validate(quads(":b a :C ."), shapes(text))
    assert sorted(result.component.value[27:-19] for result in report.results) == ["NodeKind", "SPARQL"]
    assert [delegation.reason for delegation in report.delegated] == ["the store is not at home"]


def test_a_query_tells_blank_nodes_from_iris_though_they_go_by_iris_in_the_store() -> None:
    query = "SELECT $this WHERE { $this a ?c OPTIONAL { $this a ?d } FILTER (isBlank($this) && !isIRI($this) || STRENDS(STR($this), '/a')) }"
    report = validate(
        quads("_:b a :C . :a a :C ."), shapes(f':S sh:targetClass :C ; sh:sparql [ sh:select "{query}" ] .')
    )
    assert [str(result.focus) for result in report.results] == ["<https://example.org/a>", "_:b"]


def test_blank_nodes_are_focus_nodes_of_sparql_constraints_like_others() -> None:
    query = "SELECT $this ?value WHERE { $this <https://example.org/p> ?value OPTIONAL { $this a ?d } }"
    report = validate(
        quads("_:b a :C ; :p _:c ."), shapes(f':S sh:targetClass :C ; sh:sparql [ sh:select "{query}" ] .')
    )
    assert [(str(result.focus), str(result.value)) for result in report.results] == [("_:b", "_:c")]
    assert report.delegated == ()


def test_a_sparql_constraint_fills_its_message_and_takes_path_and_value_from_the_query() -> None:
    text = """:S sh:targetClass :C ; sh:sparql [ sh:message "{$this} has {?value}"@en ; sh:prefixes :ns ;
        sh:select "SELECT $this ?value (ex:p AS ?path) WHERE { $this ex:p ?value }" ] .
        :ns sh:declare [ sh:prefix "ex" ; sh:namespace "https://example.org/" ] ."""
    (result,) = validate(quads(":a a :C ; :p :x . :b :p :y ."), shapes(text)).results
    assert (result.path, result.value) == (NamedNode(EX + "p"), NamedNode(EX + "x"))
    assert result.messages == (Literal("https://example.org/a has https://example.org/x", language="en"),)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT $this WHERE { $this ex:p ?x . FILTER NOT EXISTS { $this ex:q ?x } }",
        "SELECT $this WHERE { { $this ex:p ?x } UNION { $this ex:q ?x FILTER ($this = ?x) } }",
        "SELECT $this WHERE { $this a ex:C OPTIONAL { $this ex:q ?x } FILTER (!BOUND(?x)) }",
        "SELECT $this ?value WHERE { { SELECT $this (COUNT(?x) AS ?value) WHERE { $this ex:p ?x } GROUP BY $this } FILTER (?value > 1) }",
        "SELECT $this WHERE { $this a ex:C . FILTER (STR($this) = 'https://example.org/a') } # { $this",
    ],
)
def test_one_query_for_all_focus_nodes_gives_what_one_query_for_each_gives(query: str) -> None:
    data = quads(":a a :C ; :p 1 , 2 . :b a :C ; :p 1 ; :q 1 , :b . :c a :C . :d :p 1 , 2 .")
    constraint = f'[ sh:prefixes :ns ; sh:select """{query}""" ]'
    declared = ' :ns sh:declare [ sh:prefix "ex" ; sh:namespace "https://example.org/" ] .'
    together = validate(data, shapes(f":S sh:targetClass :C ; sh:sparql {constraint} .{declared}"), engine="columnar")
    apart = [
        validate(data, shapes(f":S sh:targetNode :{name} ; sh:sparql {constraint} .{declared}"), engine="columnar")
        for name in "abc"
    ]
    assert together.delegated == ()
    assert together.results
    assert Counter(result.key for result in together.results) == Counter(
        result.key for report in apart for result in report.results
    )


def test_origins_are_those_of_the_statement_at_fault_or_of_the_focus_node() -> None:
    data = quads(":a a :C ; :p :x . :b a :C .")
    origins = {quad: Origin("case.yaml", line, 3) for line, quad in enumerate(data, 1)}
    report = validate(
        data,
        shapes(":S sh:targetClass :C ; sh:property :P . :P sh:path :p ; sh:minCount 1 ; sh:class :D ."),
        origins=origins,
    )
    lines = {(quad.subject.value, quad.predicate.value): origins[quad].line for quad in data}
    assert [(result.focus.value, result.origin.line) for result in report.results if result.origin] == [
        (EX + "a", lines[EX + "a", EX + "p"]),
        (EX + "b", next(line for (subject, _), line in lines.items() if subject == EX + "b")),
    ]


@pytest.mark.parametrize(
    ("values", "limits", "wrong"),
    [
        ("1", "2", []),
        ("2", "2 , 3", ["2"]),
        ("1 , 5", "2 , 3", ["5", "5"]),
        ('"a"', "2", ["a"]),
        (":x", ":y", ["x"]),
        ('"many"^^xsd:integer', "2", ["many"]),
        ("1", '"2"^^xsd:decimal , "x"@en', ["1"]),
    ],
)
def test_less_than_gives_one_result_for_each_pair_that_is_not_in_order(
    values: str, limits: str, wrong: list[str]
) -> None:
    report = validate(
        quads(f":a :p {values} ; :q {limits} ."), shapes(":S sh:targetNode :a ; sh:path :p ; sh:lessThan :q .")
    )
    assert found(report) == [("a", value, "LessThan") for value in wrong]


DISJOINT = (
    "sh:property [ sh:path :q ; sh:qualifiedValueShape [ sh:nodeKind sh:IRI ] ; sh:qualifiedMaxCount 0 ;"
    " sh:qualifiedValueShapesDisjoint true ] ,"
    " [ sh:path :p ; sh:qualifiedValueShape [ sh:class :b ] ; sh:qualifiedMaxCount 0 ]"
)
TRIPLES = triples()
CONSTRAINTS = constraints(
    [
        "sh:minCount 2", "sh:maxCount 1", "sh:class :b", "sh:nodeKind sh:IRI", "sh:in ( :a 1 )", "sh:hasValue :a",
        "sh:uniqueLang true", "sh:minInclusive 2", "sh:datatype xsd:integer", 'sh:languageIn ( "en" )', "sh:equals :q",
        "sh:disjoint :q", 'sh:pattern "^[x1]$"', "sh:not [ sh:class :b ]",
        "sh:or ( [ sh:class :b ] [ sh:nodeKind sh:Literal ] )", "sh:maxLength 1", "sh:node [ sh:closed true ]",
        "sh:xone ( [ sh:nodeKind sh:IRI ] [ sh:in ( :a ) ] )", "sh:property [ sh:path :q ; sh:minCount 1 ]",
        "sh:qualifiedValueShape [ sh:nodeKind sh:IRI ] ; sh:qualifiedMinCount 1",
        "sh:and ( [ sh:class :b ] [ sh:nodeKind sh:IRI ] )", "sh:minLength 2", "sh:maxInclusive 1", "sh:minExclusive 1",
        "sh:maxExclusive 2", "sh:closed true ; sh:ignoredProperties ( :q )", 'sh:flags "i" ; sh:pattern "^X"',
        DISJOINT,
    ],
)  # fmt: skip


@settings(max_examples=examples(150), deadline=None)
@given(TRIPLES, CONSTRAINTS, PATHS)
def test_both_engines_agree_on_any_graph(statements: list[tuple[str, str, str]], chosen: list[str], path: str) -> None:
    data = quads(graph_of(statements))
    some = shapes(f":S sh:targetNode :a ; sh:targetClass :c ; sh:path {path} ; {' ; '.join(chosen)} .")
    native, reference = (
        Counter(r.key for r in validate(data, some, engine=engine).results) for engine in ("columnar", "pyshacl")
    )
    assert native == reference
