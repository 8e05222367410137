"""Slips of people who know SPARQL and not this graph: what is named first, and with which correction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.query.diagnosis import Kind, diagnose

if TYPE_CHECKING:
    from kg.graph.graph import Graph

_STAGES = "?s a motkg:Stage ; skos:prefLabel ?l"
SLIPS = [
    ("SELECT * { ?s a motkg:Stage ; rdfs:label ?l }", Kind.WRONG_VALUE, "skos:prefLabel"),
    ("SELECT * { ?s a motkg:Stage ; dcterms:label ?l }", Kind.UNKNOWN_TERM, "skos:prefLabel"),
    ("SELECT * { ?s a motkg:Stage ; <http://schema.org/name> ?l }", Kind.UNKNOWN_TERM, "skos:prefLabel"),
    (
        "SELECT * { ?o motkg:stage <https://w3id.org/motkg/concept/stage/commercialization/> }",
        Kind.UNKNOWN_TERM,
        "stage:commercialization",
    ),
    (
        'SELECT * { ?o motkg:stage "https://w3id.org/motkg/concept/stage/commercialization" }',
        Kind.WRONG_VALUE,
        "stage:commercialization",
    ),
    (
        'SELECT * { ?o motkg:stage ?v FILTER(?v = "stage:commercialization") }',
        Kind.WRONG_VALUE,
        "stage:commercialization",
    ),
    (f"SELECT * {{ {_STAGES} FILTER(DATATYPE(?l) = xsd:string) }}", Kind.OTHER_LITERAL, "rdf:langString"),
    ("SELECT * { ?o skos:notation ?v FILTER(DATATYPE(?v) = xsd:double) }", Kind.OTHER_LITERAL, "xsd:integer"),
    (
        'SELECT * { ?s skos:prefLabel "\uff43\uff4f\uff4dmercialization"@en }',
        Kind.OTHER_LITERAL,
        '"commercialization"@en',
    ),
    (
        "SELECT * { GRAPH ?g { ?d a motkg:DerivedStatistic ; prov:wasDerivedFrom [ motkg:stage ?s ] } }",
        Kind.WRONG_GRAPH,
        "no GRAPH",
    ),
    (f"CONSTRUCT {{ ?sx rdfs:label ?l }} WHERE {{ {_STAGES} }}", Kind.UNBOUND_VARIABLE, "?s"),
    (f"CONSTRUCT {{ ?l rdfs:label ?s }} WHERE {{ {_STAGES} }}", Kind.EXPRESSION_ERROR, ""),
    (f"CONSTRUCT {{ ?s rdfs:label ?l }} WHERE {{ {_STAGES} }} LIMIT 0", Kind.LIMIT, ""),
    (f"CONSTRUCT {{ ?s rdfs:label ?l }} WHERE {{ {_STAGES} }} OFFSET 9000", Kind.OFFSET, ""),
    (f"DESCRIBE ?s WHERE {{ {_STAGES} }} OFFSET 9000", Kind.OFFSET, ""),
]


@pytest.mark.parametrize(("text", "kind", "suggestion"), SLIPS)
def test_the_cause_is_first(graph: Graph, text: str, kind: Kind, suggestion: str) -> None:
    cause = diagnose(text, graph.store).causes[0]
    assert cause.kind is kind, cause
    assert not suggestion or suggestion in [each.replacement for each in cause.suggestions], cause


def test_conditions_that_exclude_each_other_are_named_together(graph: Graph) -> None:
    text = "SELECT * { ?o sdmx-measure:obsValue ?v FILTER(?v > 60) FILTER(?v < 10) }"
    first = diagnose(text, graph.store).causes[0]
    assert first.kind is Kind.FILTER
    assert first.sentence.startswith("no solution fulfils all of these, though some fulfil each: '?v > 60', '?v < 10'")
    assert {text[span.start : span.end] for span in (first.span, *first.also)} == {"?v > 60", "?v < 10"}


def test_what_a_path_must_not_have_is_no_cause(graph: Graph) -> None:
    causes = diagnose("SELECT * { ?s a motkg:Stage ; !(owl:sameAs|motkg:noSuchTerm) 12345 }", graph.store).causes
    assert causes
    assert all(
        "sameAs" not in cause.written and "noSuchTerm" not in cause.written
        for cause in causes
        if cause.kind is Kind.UNKNOWN_TERM
    )


def test_no_name_of_the_search_shows_in_a_sentence(graph: Graph) -> None:
    causes = diagnose("SELECT * { ?o skos:broader+/motkg:sampleSize ?x }", graph.store).causes
    assert causes
    assert not any("__" in cause.sentence for cause in causes)
