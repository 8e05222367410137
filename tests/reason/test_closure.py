from __future__ import annotations

import pytest
from pyoxigraph import RdfFormat, parse

from kg.errors import ReasonerError
from kg.reason.closure import closure

PREFIXES = """
@prefix : <http://example.org/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def triples(turtle: str) -> set[str]:
    return {str(quad.triple) for quad in parse(PREFIXES + turtle, format=RdfFormat.TURTLE)}


def derived(turtle: str) -> set[str]:
    return {str(triple) for triple in closure(quad.triple for quad in parse(PREFIXES + turtle, format=RdfFormat.TURTLE))}


RULES = {
    "prp-dom": (":p rdfs:domain :C . :a :p :b .", ":a a :C ."),
    "prp-rng": (":p rdfs:range :C . :a :p :b .", ":b a :C ."),
    "prp-symp": (":p a owl:SymmetricProperty . :a :p :b .", ":b :p :a ."),
    "prp-trp": (":p a owl:TransitiveProperty . :a :p :b . :b :p :c . :c :p :d .", ":a :p :d . :a :p :c . :b :p :d ."),
    "prp-spo1": (":p rdfs:subPropertyOf :q . :a :p 1 .", ":a :q 1 ."),
    "prp-eqp": (":p owl:equivalentProperty :q . :a :q :b .", ":a :p :b ."),
    "prp-inv": (":p owl:inverseOf :q . :a :p :b . :c :q :d .", ":b :q :a . :d :p :c ."),
    "cls-hv1": (":C owl:onProperty :p ; owl:hasValue :v . :a a :C .", ":a :p :v ."),
    "cls-hv2": (":C owl:onProperty :p ; owl:hasValue :v . :a :p :v .", ":a a :C ."),
    "cls-int1": (":C owl:equivalentClass [ owl:intersectionOf ( :A :B ) ] . :a a :A , :B .", ":a a :C ."),
    "cls-int2": (":C owl:equivalentClass [ owl:intersectionOf ( :A :B ) ] . :a a :C .", ":a a :A , :B ."),
    "cax-sco": (":A rdfs:subClassOf :B . :B rdfs:subClassOf :C . :a a :A .", ":a a :B , :C . :A rdfs:subClassOf :C ."),
    "cax-eqc": (":A owl:equivalentClass :B . :a a :A . :b a :B .", ":a a :B . :b a :A ."),
    "scm-spo": (":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :r .", ":p rdfs:subPropertyOf :r ."),
    "domain of a superproperty": (":p rdfs:subPropertyOf :q . :q rdfs:domain :C . :a :p :b .", ":a :q :b . :a a :C ."),
}


@pytest.mark.parametrize(("given", "expected"), RULES.values(), ids=RULES)
def test_a_rule_derives_what_the_standard_says(given: str, expected: str) -> None:
    assert triples(expected) <= derived(given)


@pytest.mark.parametrize(("given", "expected"), RULES.values(), ids=RULES)
def test_nothing_is_derived_that_owlrl_does_not_derive(given: str, expected: str) -> None:  # noqa: ARG001
    assert derived(given) <= owlrl_closure(PREFIXES + given)


def owlrl_closure(turtle: str) -> set[str]:
    import owlrl
    import rdflib

    graph = rdflib.Graph().parse(data=turtle, format="turtle")
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    plain = {
        (s, p, o)
        for s, p, o in graph
        if not any(isinstance(term, rdflib.BNode) for term in (s, p, o)) and not isinstance(s, rdflib.Literal)
    }
    text = "".join(f"{s.n3()} {p.n3()} {o.n3()} .\n" for s, p, o in plain)
    return {str(quad.triple) for quad in parse(text, format=RdfFormat.N_TRIPLES)}


def test_on_the_shipped_ontology_and_a_document_the_closure_agrees_with_owlrl() -> None:
    from kg.loaders import load_ontology
    from kg.resources import ontology_dir

    rows = "\n".join(
        f"<https://w3id.org/motkg/id/x/observation/{i}> a <https://w3id.org/motkg/ontology/ShareObservation> ;"
        " <https://w3id.org/motkg/ontology/stage> <https://w3id.org/motkg/concept/stage/commercialization> ;"
        " <https://w3id.org/motkg/ontology/statedAt> <https://w3id.org/motkg/id/x/span/1-2> ."
        for i in range(5)
    )
    joint = (
        "<https://w3id.org/motkg/id/x/alliance/a> a <https://w3id.org/motkg/ontology/JointVentureAlliance> ."
        "<https://w3id.org/motkg/id/x/org/a> <https://w3id.org/motkg/ontology/alliedWith> <https://w3id.org/motkg/id/x/org/b> ."
    )
    schema = [
        quad.triple
        for quad in load_ontology(ontology_dir()).quads
        if quad.predicate.value.rpartition("#")[2]
        in {
            "subClassOf",
            "subPropertyOf",
            "domain",
            "range",
            "type",
            "equivalentClass",
            "intersectionOf",
            "first",
            "rest",
            "onProperty",
            "hasValue",
        }
        and "/concept/" not in quad.subject.value
    ]
    text = "".join(f"{triple} .\n" for triple in schema) + rows + joint
    ours = {str(triple) for triple in closure(quad.triple for quad in parse(text, format=RdfFormat.TURTLE))}
    theirs = owlrl_closure(text)
    assert ours <= theirs
    ours_or_given = ours | {str(quad.triple) for quad in parse(text, format=RdfFormat.TURTLE)}
    data = {line for line in theirs if "/id/x/" in line.split(" ", 1)[0]}
    trivial = ("owl#Thing>", "owl#sameAs>", ".well-known/genid")
    assert {line for line in data if not any(word in line for word in trivial)} <= ours_or_given


@pytest.mark.parametrize(
    "axiom", [":p a owl:FunctionalProperty .", ":C owl:hasKey ( :p ) .", ":a owl:sameAs :b .", ":C owl:someValuesFrom :D ."]
)
def test_an_axiom_without_a_rule_is_refused_by_name(axiom: str) -> None:
    with pytest.raises(ReasonerError, match=r"owl:(FunctionalProperty|hasKey|sameAs|someValuesFrom)"):
        derived(axiom)
