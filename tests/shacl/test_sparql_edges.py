"""SHACL-SPARQL at its edges: where a query could pass in silence, it is run as it stands or refused."""

from __future__ import annotations

import pytest
from pyoxigraph import Quad, RdfFormat, parse

from kg.core.errors import InputError
from kg.shacl import Report, read_shapes, validate

EX = "http://example.com/ns#"
PREFIXES = f"""\
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix ex: <{EX}> .
ex: sh:declare [ sh:prefix "ex" ; sh:namespace "{EX}" ] .
"""
DATA = "ex:a a ex:C ; ex:p 1 , 2 . ex:b a ex:C ; ex:p 5 . ex:x ex:q [] ."


def quads(text: str) -> list[Quad]:
    return list(parse(PREFIXES + text, RdfFormat.TURTLE))


def run(shapes: str, engine: str = "columnar") -> Report:
    return validate(quads(DATA), read_shapes(quads(shapes)), engine=engine)


def values(report: Report) -> list[tuple[str, str]]:
    return sorted((str(r.focus.value).removeprefix(EX), str(r.value.value) if r.value else "") for r in report.results)


def constraint(query: str) -> str:
    return f'ex:S sh:targetClass ex:C ; sh:sparql [ sh:prefixes ex: ; sh:select """{query}""" ] .'


def component(validator: str, *, least: str = "4", on: str = "sh:path ex:p ; sh:minCount 0 ;") -> str:
    return f"""ex:Least a sh:ConstraintComponent ; sh:parameter [ sh:path ex:least ] ; {validator} .
      ex:S sh:targetClass ex:C ; {on} ex:least {least} ."""


@pytest.mark.parametrize("selection", ["$this $value $least", "$value $this ?least"])
def test_a_subquery_hands_out_the_parameter_that_it_has_to_select(selection: str) -> None:
    ask = f'sh:validator [ sh:ask "ASK {{ {{ SELECT {selection} WHERE {{ FILTER ($value >= $least) }} }} }}" ]'
    assert values(run(component(ask))) == [("a", "1"), ("a", "2")]


@pytest.mark.parametrize("grouped", ["", " $least"])
def test_a_parameter_has_its_value_after_the_pattern_too(grouped: str) -> None:
    query = f"SELECT $this (COUNT(?x) AS ?value) WHERE {{ $this ex:p ?x }} GROUP BY $this{grouped} HAVING (COUNT(?x) > $least) ORDER BY $least"
    select = f'sh:nodeValidator [ sh:prefixes ex: ; sh:select "{query}" ]'
    assert values(run(component(select, least="1", on=""))) == [("a", "2")]


def test_a_text_of_an_aggregate_is_computed_where_there_are_blank_nodes() -> None:
    report = run(constraint("SELECT $this (STR(MAX(?x)) AS ?value) WHERE { $this ex:p ?x } GROUP BY $this"))
    assert (values(report), report.delegated) == ([("a", "2"), ("b", "5")], ())


def test_the_placeholder_of_a_path_is_left_alone_in_texts_and_comments() -> None:
    query = "SELECT $this ?value ('see $PATH' AS ?message) WHERE { $this $PATH ?value FILTER (?value > 4) } # $PATH"
    text = f'ex:S sh:targetClass ex:C ; sh:path ex:p ; sh:sparql [ sh:select """{query}\n""" ] .'
    assert [result.messages[0].value for result in run(text).results] == ["see $PATH"]
    assert len(run(constraint("SELECT $this ('no $PATH' AS ?message) WHERE { $this ex:p 5 }")).results) == 1


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("SELECT $this FROM ex:g WHERE { $this ex:p ?x }", "FROM"),
        ("SELECT $this FROM NAMED ex:g WHERE { $this ex:p ?x }", "FROM"),
        ("SELECT $this WHERE { GRAPH ex:g { $this ex:p ?x } }", "GRAPH"),
        ("SELECT $this WHERE { FILTER EXISTS { GRAPH ?g { $this ex:p ?x } } }", "GRAPH"),
    ],
)
def test_a_query_that_looks_into_a_graph_that_is_not_there_is_refused(query: str, told: str) -> None:
    with pytest.raises(InputError, match=f"query with {told}"):
        run(constraint(query))


ASK = 'sh:validator [ sh:ask "ASK { FILTER ($value > $least) }" ]'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (component("sh:labelTemplate 'at least {$least}'"), "has no SPARQL validator"),
        (component(ASK).replace("ex:Least a", "[] a"), "is no IRI"),
    ],
)
def test_a_component_that_nothing_can_check_is_refused(text: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        run(text)


TARGET = 'sh:target [ a sh:SPARQLTarget ; sh:prefixes ex: ; sh:select "SELECT ?this WHERE { ?this a ex:C }" ]'
FUNCTION = """ex:count a sh:SPARQLFunction ; sh:parameter [ sh:path ex:of ] ; sh:returnType xsd:integer ; sh:prefixes ex: ;
  sh:select "SELECT (COUNT(?x) AS ?r) WHERE { $of ex:p ?x }" ."""


@pytest.mark.parametrize("engine", ["columnar", "sparql"])
def test_what_pyshacl_has_to_run_sees_the_whole_graph_of_a_server_too(engine: str) -> None:
    assert values(run(f"ex:S {TARGET} ; sh:property [ sh:path ex:q ; sh:minCount 1 ] .", engine)) == [
        ("a", ""),
        ("b", ""),
    ]
    assert values(run(FUNCTION + constraint("SELECT $this WHERE { FILTER (ex:count($this) > 1) }"), engine)) == [
        ("a", EX + "a")
    ]
