"""SHACL-SPARQL: constraints, components, pre-bound variables and what is forbidden, by the examples of W3C SHACL sections 5 and 6."""

from __future__ import annotations

from collections import Counter
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nightly import examples
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from kg.core.errors import InputError
from kg.shacl import Report, Shapes, read_shapes, validate
from kg.shacl.columnar.select import Evaluator, NotColumnarError
from kg.shacl.report.forms import render
from kg.shacl.report.forms.objects import read_report
from kg.shacl.shapes import examine_shapes

PREFIXES = """\
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix ex: <http://example.com/ns#> .
ex: a owl:Ontology ; owl:imports sh: ; sh:declare [ sh:prefix "ex" ; sh:namespace "http://example.com/ns#"^^xsd:anyURI ] .
"""
EX = "http://example.com/ns#"


def quads(text: str) -> list[Quad]:
    return list(parse(PREFIXES + text, RdfFormat.TRIG))


def shapes(text: str) -> Shapes:
    return read_shapes(quads(text))


def found(report: Report) -> list[tuple[str, str | None]]:
    def name(node: object) -> str | None:
        return None if node is None else str(node.value).removeprefix(EX)  # type: ignore[attr-defined]

    return sorted((str(name(result.focus)), name(result.value)) for result in report.results)


LANGUAGE_EXAMPLE = """
ex:LanguageExampleShape a sh:NodeShape ; sh:targetClass ex:Country ;
  sh:sparql [ a sh:SPARQLConstraint ; sh:message "Values are literals with German language tag." ; sh:prefixes ex: ;
    sh:select \"\"\"SELECT $this (ex:germanLabel AS ?path) ?value
      WHERE { $this ex:germanLabel ?value . FILTER (!isLiteral(?value) || !langMatches(lang(?value), "de")) }\"\"\" ] .
"""
COUNTRIES = """
ex:ValidCountry a ex:Country ; ex:germanLabel "Spanien"@de .
ex:InvalidCountry a ex:Country ; ex:germanLabel "Spain"@en .
"""


def test_the_example_of_section_5_1() -> None:
    (result,) = validate(quads(COUNTRIES), shapes(LANGUAGE_EXAMPLE)).results
    assert (result.focus, result.path, result.value) == (
        NamedNode(f"{EX}InvalidCountry"), NamedNode(f"{EX}germanLabel"), Literal("Spain", language="en"),
    )  # fmt: skip
    assert result.messages == (Literal("Values are literals with German language tag."),)
    assert result.component.value.endswith("#SPARQLConstraintComponent")


def test_a_constraint_of_a_property_shape_knows_its_path_by_the_placeholder() -> None:
    text = """ex:S a sh:NodeShape ; sh:targetClass ex:Country ; sh:property [ sh:path {path} ; sh:sparql [ sh:prefixes ex: ;
      sh:select \"\"\"SELECT $this ?value WHERE {{ $this $PATH ?value . FILTER (!isLiteral(?value) || !langMatches(lang(?value), "de")) }}\"\"\" ] ] ."""
    assert found(validate(quads(COUNTRIES), shapes(text.format(path="ex:germanLabel")))) == [
        ("InvalidCountry", "Spain")
    ]
    assert found(
        validate(quads(COUNTRIES), shapes(text.format(path="[ sh:alternativePath ( ex:germanLabel ex:other ) ]")))
    ) == [("InvalidCountry", "Spain")]


PATTERN_COMPONENT = """
ex:PatternConstraintComponent a sh:ConstraintComponent ;
  sh:parameter [ sh:path ex:pattern ] , [ sh:path ex:flags ; sh:optional true ] ;
  sh:validator [ a sh:SPARQLAskValidator ; sh:message "Value does not match pattern \\"{$pattern}\\"" ;
    sh:ask \"\"\"ASK { FILTER (!isBlank($value) && IF(bound($flags), regex(str($value), $pattern, $flags), regex(str($value), $pattern))) }\"\"\" ] .
"""


@pytest.mark.parametrize(
    ("flags", "wrong"), [("", [("a", "Alpha"), ("a", "beta")]), ('; ex:flags "i"', [("a", "beta")])]
)
def test_the_pattern_component_of_section_6_with_its_optional_parameter(
    flags: str, wrong: list[tuple[str, str]]
) -> None:
    some = shapes(
        f'{PATTERN_COMPONENT} ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:property [ sh:path ex:p ; ex:pattern "^al" {flags} ] .'
    )
    report = validate(quads('ex:a ex:p "alpha" , "Alpha" , "beta" .'), some)
    assert found(report) == wrong
    assert {result.component for result in report.results} == {NamedNode(f"{EX}PatternConstraintComponent")}
    assert report.results[0].messages == (Literal('Value does not match pattern "^al"'),)


LANG_COMPONENT = """
ex:LanguageConstraintComponentUsingSELECT a sh:ConstraintComponent ; rdfs:label "Language constraint component" ;
  sh:parameter [ sh:path ex:lang ; sh:datatype xsd:string ; sh:minLength 2 ] ; sh:labelTemplate "Values are literals with language \\"{$lang}\\"" ;
  sh:propertyValidator [ a sh:SPARQLSelectValidator ; sh:message "Values are literals with language \\"{?lang}\\"" ;
    sh:select \"\"\"SELECT DISTINCT $this ?value WHERE { $this $PATH ?value . FILTER (!isLiteral(?value) || !langMatches(lang(?value), $lang)) }\"\"\" ] .
"""


def test_the_language_component_of_section_6_makes_a_constraint_of_each_value_of_its_only_parameter() -> None:
    some = shapes(
        f'{LANG_COMPONENT} ex:S a sh:NodeShape ; sh:targetClass ex:Country ; sh:property [ sh:path ex:germanLabel ; ex:lang "de" , "en" ] .'
    )
    report = validate(quads(COUNTRIES), some)
    assert found(report) == [("InvalidCountry", "Spain"), ("ValidCountry", "Spanien")]
    assert {str(message.value) for result in report.results for message in result.messages} == {
        'Values are literals with language "de"', 'Values are literals with language "en"',
    }  # fmt: skip


def test_a_component_without_a_validator_for_the_kind_of_shape_is_ignored_as_the_standard_says() -> None:
    text = f'{LANG_COMPONENT} ex:S a sh:NodeShape ; sh:targetClass ex:Country ; ex:lang "fr" .'
    read, (concern,) = examine_shapes(parse(PREFIXES + text, RdfFormat.TURTLE))
    assert validate(quads(COUNTRIES), read).conforms
    assert (concern.kind, "has no SPARQL validator" in concern.message) == ("unsupported-part", True)


def test_a_component_of_two_parameters_takes_one_value_of_each() -> None:
    component = """ex:Between a sh:ConstraintComponent ; sh:parameter [ sh:path ex:low ] , [ sh:path ex:high ] ;
      sh:validator [ sh:ask "ASK { FILTER ($value >= $low && $value <= $high) }" ] ."""
    data = quads("ex:a ex:p 1 , 5 , 9 .")
    assert found(validate(data, shapes(f"{component} ex:S sh:targetNode ex:a ; sh:path ex:p ; sh:minCount 0 ; ex:low 2 ; ex:high 6 ."))) == [
        ("a", "1"), ("a", "9"),
    ]  # fmt: skip
    with pytest.raises(InputError, match="several values"):
        shapes(f"{component} ex:S sh:targetNode ex:a ; sh:path ex:p ; sh:minCount 0 ; ex:low 2 , 3 ; ex:high 6 .")


def test_messages_of_validators_name_what_they_judge() -> None:
    component = """ex:Least a sh:ConstraintComponent ; sh:parameter [ sh:path ex:least ] ; sh:message "{$value} of {?this} is below {$least}"@en ;
      sh:validator [ sh:ask "ASK { FILTER ($value >= $least) }" ] ."""
    report = validate(
        quads("ex:a ex:p 1 , 5 ."),
        shapes(f"{component} ex:S sh:targetNode ex:a ; sh:path ex:p ; sh:minCount 0 ; ex:least 2 ."),
    )
    assert [result.messages for result in report.results] == [(Literal(f"1 of {EX}a is below 2", language="en"),)]


def test_the_shapes_graph_and_the_current_shape_can_be_asked() -> None:
    text = """ex:S a sh:NodeShape ; sh:targetNode ex:a , ex:b ; ex:refuses ex:a ; sh:sparql [ sh:prefixes ex: ;
      sh:select "SELECT $this WHERE { GRAPH $shapesGraph { $currentShape ex:refuses $this } }" ] ."""
    assert found(validate(quads(""), shapes(text))) == [("a", "a")]


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("SELECT $this WHERE { FILTER (bound($this)) }", ["a", "b"]),
        ("SELECT $this WHERE { { FILTER ($this = ex:a) } }", ["a"]),
        ("SELECT $this WHERE { { FILTER ($this = ex:a) } UNION { FILTER ($this = ex:b) } }", ["a", "b"]),
        ("SELECT $this WHERE { { SELECT $this WHERE { FILTER ($this = ex:b) } } }", ["b"]),
        ("SELECT $this WHERE { FILTER NOT EXISTS { $this ex:p ?x } }", ["b"]),
        ("SELECT $this WHERE { BIND ($this AS ?that) FILTER (?that = ex:a) }", ["a"]),
        ("SELECT $this ?value WHERE { $this ex:p ?value } ORDER BY ?value LIMIT 1", ["a"]),
        ("SELECT $this WHERE { OPTIONAL { $this ex:p ?x FILTER ($this = ex:a) } FILTER (!bound(?x)) }", ["b"]),
    ],
)
def test_this_is_bound_everywhere_in_a_query(query: str, wrong: list[str]) -> None:
    report = validate(
        quads("ex:a ex:p 1 , 2 ."),
        shapes(f'ex:S sh:targetNode ex:a , ex:b ; sh:sparql [ sh:prefixes ex: ; sh:select "{query}" ] .'),
    )
    assert [focus for focus, _ in found(report)] == wrong
    assert report.delegated == ()


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELECT $this WHERE { $this ?p ?o MINUS { $this a ?c } }", "MINUS"),
        ("SELECT $this WHERE { SERVICE <http://x> { $this ?p ?o } }", "SERVICE"),
        ("SELECT $this WHERE { VALUES ?x { 1 } $this ?p ?x }", "VALUES"),
        ("SELECT (?x AS ?this) WHERE { ?x ?p ?o }", "AS ?this"),
        ("SELECT $this WHERE { BIND (1 AS ?currentShape) }", "AS ?currentShape"),
        ("SELECT $this WHERE { { SELECT ?x WHERE { $this ?p ?x } } }", "subquery that does not select ?this"),
        ("SELECT ?x WHERE { ?x ?p ?o }", "does not select"),
        ("ASK { $this ?p ?o }", "another kind of query"),
        ("SELECT $this WHERE { $this nowhere:p ?o }", "cannot be read"),
        ("SELECT $this WHERE { $this ?p", "cannot be read"),
        ("SELECT $this WHERE { $this $PATH ?o }", "no path"),
    ],
)
def test_a_query_that_shacl_forbids_is_refused_when_it_is_read(query: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        shapes(f'ex:S sh:targetClass ex:C ; sh:sparql [ sh:prefixes ex: ; sh:select "{query}" ] .')
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "parameter", ["sh:path ex:this", "sh:path ex:value", "sh:path ex:a-b", "sh:optional true ; sh:path ex:only"]
)
def test_a_component_whose_parameters_cannot_be_used_is_refused(parameter: str) -> None:
    with pytest.raises(InputError, match="parameter"):
        shapes(f"ex:C a sh:ConstraintComponent ; sh:parameter [ {parameter} ] . ex:S a sh:NodeShape .")


def test_prefixes_come_from_imported_ontologies_too_and_must_not_contradict() -> None:
    text = """ex:one owl:imports ex:two . ex:two sh:declare [ sh:prefix "e" ; sh:namespace "http://example.com/ns#"^^xsd:anyURI ] .
      ex:three sh:declare [ sh:prefix "e" ; sh:namespace "http://example.com/other#"^^xsd:anyURI ] .
      ex:S sh:targetNode ex:a ; sh:sparql [ sh:prefixes {names} ; sh:select "SELECT $this WHERE {{ $this e:p ?x }}" ] ."""
    assert found(validate(quads("ex:a ex:p 1 ."), shapes(text.format(names="ex:one")))) == [("a", "a")]
    with pytest.raises(InputError, match="two namespaces"):
        shapes(text.format(names="ex:one , ex:three"))


@pytest.mark.parametrize("filtered", ["", "OPTIONAL { $this ex:q ?q }"])
def test_values_are_reported_as_they_were_written(filtered: str) -> None:
    query = f"SELECT $this ?value WHERE {{ $this ex:p ?value . {filtered} FILTER (?value < 5) }}"
    some = shapes(f'ex:S sh:targetNode ex:a ; sh:sparql [ sh:prefixes ex: ; sh:select "{query}" ] .')
    (result,) = validate(quads('ex:a ex:p "007"^^xsd:integer , "0004"^^xsd:integer .'), some).results
    assert result.value == Literal("0004", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#integer"))


FILTERS = st.sampled_from(
    [
        "?x = $this", "?x != ?y", "?x < 2 || ?y = ex:a", "!(?x > 1)", "?y IN (ex:a, 1)", "?y NOT IN (ex:b)", "isIRI(?x) && isLiteral(?y)",
        "NOT EXISTS { $this ex:q ?z }", "EXISTS { ?x ex:p ?y }", "NOT EXISTS { ?y ex:q ?z FILTER (?z != ?x) }", "!bound(?w)",
    ]
)  # fmt: skip
PATTERNS = st.sampled_from(
    ["$this ex:p ?x . $this ex:q ?y", "$this ex:p ?x . ?x ex:q ?y", "?x ex:p $this ; ex:q ?y", "$this ex:p/ex:q ?x . ?x ^ex:p ?y",
     "$this ex:p* ?x . ?x ex:q+ ?y", "$this ex:p ?x , ?y", "$this ex:p ?x . ?y ex:q ex:b . ?x ex:q ?y"]
)  # fmt: skip
NODES = st.sampled_from(["ex:a", "ex:b", "ex:c", "1", "2", '"x"', "1.5"])
TRIPLES = st.lists(
    st.tuples(st.sampled_from(["ex:a", "ex:b", "ex:c"]), st.sampled_from(["ex:p", "ex:q"]), NODES), max_size=10
)


@settings(max_examples=examples(200), deadline=None)
@given(TRIPLES, PATTERNS, st.lists(FILTERS, max_size=2), st.sampled_from(["", "DISTINCT "]))
def test_columns_answer_as_the_store_does(
    triples: list[tuple[str, str, str]], pattern: str, filters: list[str], distinct: str
) -> None:
    query = f"SELECT {distinct}$this (?x AS ?value) WHERE {{ {pattern} {' '.join(f'FILTER ({each})' for each in filters)} }}"
    query = query.replace("(?x AS ?value)", "?value").replace("?x", "?value")
    some = shapes(f'ex:S sh:targetNode ex:a , ex:b ; sh:sparql [ sh:prefixes ex: ; sh:select """{query}""" ] .')
    data = quads(" ".join(f"{s} {p} {o} ." for s, p, o in triples))
    columnar = validate(data, some)
    with patch.object(Evaluator, "group", side_effect=NotColumnarError("asked not to")):
        stored = validate(data, some)
    assert Counter(r.key for r in columnar.results) == Counter(r.key for r in stored.results)


OPTIONAL_COMPONENT = """
ex:Told a sh:ConstraintComponent ; sh:parameter [ sh:path ex:required ] , [ sh:path ex:further ; sh:optional true ] ;
  sh:nodeValidator [ a sh:SPARQLSelectValidator ; sh:message "{$required} {?further} {$this}" ;
    sh:select \"\"\"SELECT DISTINCT $this (COALESCE($further, "none") AS ?value) WHERE { FILTER (bound($required)) }\"\"\" ] ;
  sh:propertyValidator [ a sh:SPARQLSelectValidator ;
    sh:select \"\"\"SELECT DISTINCT $this ?value WHERE { $this $PATH ?value . FILTER (?value = $required || ?value = $further) }\"\"\" ] ;
  sh:validator [ a sh:SPARQLAskValidator ; sh:ask "ASK { FILTER (false) }" ] .
"""


@pytest.mark.parametrize(
    ("further", "value", "message"), [("", "none", "x {?further}"), ('; ex:further "y"', "y", "x y")]
)
def test_a_node_shape_takes_the_node_validator_whose_optional_parameter_may_be_unbound(
    further: str, value: str, message: str
) -> None:
    some = shapes(f'{OPTIONAL_COMPONENT} ex:S a sh:NodeShape ; sh:targetNode ex:a ; ex:required "x" {further} .')
    (result,) = validate(quads(""), some).results
    assert (result.path, result.value, result.messages) == (None, Literal(value), (Literal(f"{message} {EX}a"),))
    assert result.component == NamedNode(f"{EX}Told")


def test_a_property_shape_takes_the_property_validator() -> None:
    some = shapes(
        f'{OPTIONAL_COMPONENT} ex:S a sh:PropertyShape ; sh:path ex:p ; sh:targetNode ex:a ; ex:required "x" ; ex:further "z" .'
    )
    report = validate(quads('ex:a ex:p "x" , "y" , "z" .'), some)
    assert [(str(result.path), str(result.value)) for result in report.results] == [
        (f"<{EX}p>", '"x"'),
        (f"<{EX}p>", '"z"'),
    ]


def test_an_ask_validator_judges_each_value_node_with_this_bound_too() -> None:
    component = """ex:Other a sh:ConstraintComponent ; sh:parameter [ sh:path ex:other ] ;
      sh:validator [ a sh:SPARQLAskValidator ; sh:prefixes ex: ; sh:ask "ASK { $this ex:p $value . FILTER ($value != $other) }" ] ."""
    shape = (
        "ex:S a sh:NodeShape ; sh:targetNode ex:a ; {} . ex:P sh:path ex:p ; sh:severity sh:Warning ; ex:other ex:x ."
    )
    data = quads("ex:a ex:p ex:x , ex:y .")
    (result,) = validate(data, shapes(component + shape.format("sh:property ex:P"))).results
    assert (result.value, result.level, result.shape) == (NamedNode(f"{EX}x"), "warning", NamedNode(f"{EX}P"))
    (result,) = validate(data, shapes(component + shape.format("sh:node ex:P"))).results
    assert result.component.value.endswith("#NodeConstraintComponent")
    assert validate(data, shapes(component + shape.format("sh:not ex:P"))).conforms


def test_results_of_a_constraint_name_it_and_have_its_message_the_severity_of_the_shape_and_one_result_for_each_solution() -> (
    None
):
    text = """ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:severity sh:Info ; sh:message "of the shape" ;
      sh:sparql ex:One , ex:Other , [ sh:deactivated true ; sh:select "SELECT $this WHERE {}" ] .
      ex:One sh:prefixes ex: ; sh:message "{?value} {$this} {?nothing}" ; sh:select "SELECT $this ?value WHERE { $this ex:p ?value }" .
      ex:Other sh:prefixes ex: ; sh:select "SELECT $this WHERE { $this ex:p ?x }" ."""
    report = validate(quads("ex:a ex:p 1 , 2 ."), shapes(text))
    assert Counter((str(r.constraint), str(r.value), r.messages[0].value, r.level) for r in report.results) == {
        (f"<{EX}One>", str(Literal(1)), f"1 {EX}a {{?nothing}}", "info"): 1,
        (f"<{EX}One>", str(Literal(2)), f"2 {EX}a {{?nothing}}", "info"): 1,
        (f"<{EX}Other>", f"<{EX}a>", "of the shape", "info"): 2,
    }
    assert f"sh:sourceConstraint <{EX}One>" in render(report, "turtle")
    assert read_report(render(report, "json")).results == report.results


def test_a_path_of_the_query_is_reported_and_one_that_is_no_iri_is_not() -> None:
    query = "SELECT $this ?path ?value WHERE { $this ?path ?value }"
    (result,) = validate(
        quads("ex:a ex:p 1 ."), shapes(f'ex:S sh:targetNode ex:a ; sh:sparql [ sh:select "{query}" ] .')
    ).results
    assert result.path == NamedNode(f"{EX}p")
    query = "SELECT $this (1 AS ?path) WHERE { $this ?p ?value }"
    (result,) = validate(
        quads("ex:a ex:p 1 ."), shapes(f'ex:S sh:targetNode ex:a ; sh:sparql [ sh:select "{query}" ] .')
    ).results
    assert result.path is None


def test_a_query_that_reports_a_failure_ends_the_run() -> None:
    query = "SELECT $this ?failure WHERE { BIND (true AS ?failure) }"
    with pytest.raises(InputError, match="reports a failure"):
        validate(quads(""), shapes(f'ex:S sh:targetNode ex:a ; sh:sparql [ sh:select "{query}" ] .'))


FUNCTION = 'ex:double a sh:SPARQLFunction ; sh:parameter [ sh:path ex:of ] ; sh:returnType xsd:integer ; sh:select "SELECT ($of * 2 AS ?r) {}" .'


def test_a_function_of_the_shapes_graph_is_run_by_pyshacl_and_an_unknown_one_is_refused() -> None:
    shape = 'ex:S sh:targetNode ex:a ; sh:sparql [ sh:prefixes ex: ; sh:select "SELECT $this WHERE { $this ex:p ?x FILTER (ex:double(?x) = 4) }" ] .'
    report = validate(quads("ex:a ex:p 2 ."), shapes(FUNCTION + shape))
    assert [one.shape for one in report.delegated] == [NamedNode(f"{EX}S")]
    assert found(report) == [("a", "a")]
    with pytest.raises(InputError, match=r"calls http://example\.com/ns#double"):
        validate(quads("ex:a ex:p 2 ."), shapes(shape))
