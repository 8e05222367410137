"""Proofs by lists, which are whole, and by properties that have no name."""

from __future__ import annotations

import pytest
from pyoxigraph import RdfFormat, Triple, parse

from kg.reason.backward import Memory
from kg.reason.closure import closure
from kg.reason.proofs import Prover

PREFIXES = """
@prefix : <http://example.org/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
"""


def triples(turtle: str) -> list[Triple]:
    return [quad.triple for quad in parse(PREFIXES + turtle, format=RdfFormat.TURTLE)]


def rule_of(conclusion: str, given: str) -> str | None:
    stated = triples(given)
    proof = Prover(stated.__contains__, Memory([*stated, *triples(conclusion)]).match).prove(triples(conclusion)[0])
    return proof.rule if proof else None


WHOLE = {
    "cls-int1": (":a a :C .", ":C owl:intersectionOf {} . :a a :A ."),
    "prp-key": (":a owl:sameAs :b .", ":C owl:hasKey {} . :a a :C ; :A 1 . :b a :C ; :A 1 ."),
    "prp-spo2": (":a :p :b .", ":p owl:propertyChainAxiom {} . :a :A :b ."),
}
BROKEN = {"empty": "()", "without an end": "[ rdf:first :A ]", "without a member": "[ rdf:rest () ]"}


@pytest.mark.parametrize(("rule", "conclusion", "given"), [(rule, *texts) for rule, texts in WHOLE.items()], ids=WHOLE)
def test_a_whole_list_proves(rule: str, conclusion: str, given: str) -> None:
    assert rule_of(conclusion, given.format("( :A )")) == rule


@pytest.mark.parametrize("made", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize(("conclusion", "given"), WHOLE.values(), ids=WHOLE)
def test_a_list_that_is_empty_or_breaks_off_proves_nothing(conclusion: str, given: str, made: str) -> None:
    assert rule_of(conclusion, given.format(made)) is None


def test_a_list_that_comes_back_to_itself_proves_nothing() -> None:
    cells = ":1 rdf:first :A ; rdf:rest :2 . :2 rdf:first :A ; rdf:rest :1 ."
    assert rule_of(":a a :C .", f":C owl:intersectionOf :1 . {cells} :a a :A .") is None


INVERSES = {
    "above a property": ("prp-inv1", ":b :q :a .", ":p rdfs:subPropertyOf [ owl:inverseOf :q ] . :a :p :b ."),
    "below a property": ("prp-spo1", ":b :p :a .", "[ owl:inverseOf :q ] rdfs:subPropertyOf :p . :a :q :b ."),
    "in a chain": ("prp-spo2", ":b :p :c .", ":p owl:propertyChainAxiom ( [ owl:inverseOf :q ] :q ) . :a :q :b , :c ."),
}


@pytest.mark.parametrize(("rule", "conclusion", "given"), INVERSES.values(), ids=INVERSES)
def test_an_inverse_without_a_name_follows_and_proves(rule: str, conclusion: str, given: str) -> None:
    assert triples(conclusion)[0] in closure(parse(PREFIXES + given, format=RdfFormat.TURTLE))
    assert rule_of(conclusion, given) == rule
