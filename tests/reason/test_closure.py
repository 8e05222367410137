from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nightly import examples
from pyoxigraph import NamedNode, RdfFormat, parse

from kg.columns.reading import columns_of_quads
from kg.core.errors import LimitError
from kg.core.terms import RDF
from kg.reason.backward import Memory
from kg.reason.closure import Closure, closure
from kg.reason.owl2rl import RULES
from kg.reason.proofs import Proof, Prover

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
    return {str(triple) for triple in closure(parse(PREFIXES + turtle, format=RdfFormat.TURTLE))}


DERIVATIONS = {
    "prp-dom": (":p rdfs:domain :C . :a :p :b .", ":a a :C ."),
    "prp-rng": (":p rdfs:range :C . :a :p :b .", ":b a :C ."),
    "prp-symp": (":p a owl:SymmetricProperty . :a :p :b .", ":b :p :a ."),
    "prp-trp": (":p a owl:TransitiveProperty . :a :p :b . :b :p :c . :c :p :d .", ":a :p :d . :a :p :c . :b :p :d ."),
    "prp-spo1": (":p rdfs:subPropertyOf :q . :a :p 1 .", ":a :q 1 ."),
    "prp-eqp1": (":p owl:equivalentProperty :q . :a :p :b .", ":a :q :b ."),
    "prp-eqp2": (":p owl:equivalentProperty :q . :a :q :b .", ":a :p :b ."),
    "prp-inv1": (":p owl:inverseOf :q . :a :p :b .", ":b :q :a ."),
    "prp-inv2": (":p owl:inverseOf :q . :c :q :d .", ":d :p :c ."),
    "cls-hv1": (":C owl:onProperty :p ; owl:hasValue :v . :a a :C .", ":a :p :v ."),
    "cls-hv2": (":C owl:onProperty :p ; owl:hasValue :v . :a :p :v .", ":a a :C ."),
    "cls-int1": (":C owl:equivalentClass [ owl:intersectionOf ( :A :B ) ] . :a a :A , :B .", ":a a :C ."),
    "cls-int2": (":C owl:equivalentClass [ owl:intersectionOf ( :A :B ) ] . :a a :C .", ":a a :A , :B ."),
    "cax-sco": (":A rdfs:subClassOf :B . :B rdfs:subClassOf :C . :a a :A .", ":a a :B , :C . :A rdfs:subClassOf :C ."),
    "cax-eqc1": (":A owl:equivalentClass :B . :a a :A .", ":a a :B ."),
    "cax-eqc2": (":A owl:equivalentClass :B . :b a :B .", ":b a :A ."),
    "eq-sym": (":a owl:sameAs :b .", ":b owl:sameAs :a ."),
    "eq-trans": (":a owl:sameAs :b . :b owl:sameAs :c .", ":a owl:sameAs :c . :c owl:sameAs :a ."),
    "eq-rep-s": (":a owl:sameAs :b . :a :p :v .", ":b :p :v ."),
    "eq-rep-p": (":p owl:sameAs :q . :a :p :v .", ":a :q :v ."),
    "eq-rep-o": (":a owl:sameAs :b . :v :p :a .", ":v :p :b ."),
    "prp-fp": (":p a owl:FunctionalProperty . :a :p :b , :c .", ":b owl:sameAs :c ."),
    "prp-ifp": (":p a owl:InverseFunctionalProperty . :b :p :a . :c :p :a .", ":b owl:sameAs :c ."),
    "prp-spo2": (":p owl:propertyChainAxiom ( :q :r :s ) . :a :q :b . :b :r :c . :c :s :d .", ":a :p :d ."),
    "prp-key": (
        ":C owl:hasKey ( :p :q ) . :a a :C ; :p 1 ; :q :x . :b a :C ; :p 1 ; :q :x . :c a :C ; :p 1 .",
        ":a owl:sameAs :b .",
    ),
    "cls-uni": (":C owl:unionOf ( :A :B ) . :a a :A .", ":a a :C ."),
    "cls-svf1": (":C owl:onProperty :p ; owl:someValuesFrom :D . :a :p :b . :b a :D .", ":a a :C ."),
    "cls-svf2": (":C owl:onProperty :p ; owl:someValuesFrom owl:Thing . :a :p :b .", ":a a :C ."),
    "cls-avf": (":C owl:onProperty :p ; owl:allValuesFrom :D . :a a :C ; :p :b .", ":b a :D ."),
    "cls-maxc2": (
        ":C owl:onProperty :p ; owl:maxCardinality '1'^^xsd:nonNegativeInteger . :a a :C ; :p :b , :c .",
        ":b owl:sameAs :c .",
    ),
    "cls-maxqc3": (
        """:C owl:onProperty :p ; owl:maxQualifiedCardinality '1'^^xsd:nonNegativeInteger ; owl:onClass :D .
        :a a :C ; :p :b , :c , :d . :b a :D . :c a :D .""",
        ":b owl:sameAs :c .",
    ),
    "cls-maxqc4": (
        ":C owl:onProperty :p ; owl:maxQualifiedCardinality '1'^^xsd:nonNegativeInteger ; owl:onClass owl:Thing . :a a :C ; :p :b , :c .",
        ":b owl:sameAs :c .",
    ),
    "cls-oo": (":C owl:oneOf ( :a :b ) .", ":a a :C . :b a :C ."),
    "scm-eqc1": (":A owl:equivalentClass :B .", ":A rdfs:subClassOf :B . :B rdfs:subClassOf :A ."),
    "scm-eqc2": (":A rdfs:subClassOf :B . :B rdfs:subClassOf :A .", ":A owl:equivalentClass :B ."),
    "scm-eqp1": (":p owl:equivalentProperty :q .", ":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :p ."),
    "scm-eqp2": (":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :p .", ":p owl:equivalentProperty :q ."),
    "scm-dom1": (":p rdfs:domain :C . :C rdfs:subClassOf :D .", ":p rdfs:domain :D ."),
    "scm-dom2": (":p rdfs:subPropertyOf :q . :q rdfs:domain :C .", ":p rdfs:domain :C ."),
    "scm-rng1": (":p rdfs:range :C . :C rdfs:subClassOf :D .", ":p rdfs:range :D ."),
    "scm-rng2": (":p rdfs:subPropertyOf :q . :q rdfs:range :C .", ":p rdfs:range :C ."),
    "scm-hv": (
        ":C owl:onProperty :p ; owl:hasValue :v . :D owl:onProperty :q ; owl:hasValue :v . :p rdfs:subPropertyOf :q .",
        ":C rdfs:subClassOf :D .",
    ),
    "scm-svf1": (
        ":C owl:onProperty :p ; owl:someValuesFrom :A . :D owl:onProperty :p ; owl:someValuesFrom :B . :A rdfs:subClassOf :B .",
        ":C rdfs:subClassOf :D .",
    ),
    "scm-svf2": (
        ":C owl:onProperty :p ; owl:someValuesFrom :A . :D owl:onProperty :q ; owl:someValuesFrom :A . :p rdfs:subPropertyOf :q .",
        ":C rdfs:subClassOf :D .",
    ),
    "scm-avf1": (
        ":C owl:onProperty :p ; owl:allValuesFrom :A . :D owl:onProperty :p ; owl:allValuesFrom :B . :A rdfs:subClassOf :B .",
        ":C rdfs:subClassOf :D .",
    ),
    "scm-avf2": (
        ":C owl:onProperty :p ; owl:allValuesFrom :A . :D owl:onProperty :q ; owl:allValuesFrom :A . :p rdfs:subPropertyOf :q .",
        ":D rdfs:subClassOf :C .",
    ),
    "scm-int": (":C owl:intersectionOf ( :A :B ) .", ":C rdfs:subClassOf :A , :B ."),
    "scm-uni": (":C owl:unionOf ( :A :B ) .", ":A rdfs:subClassOf :C . :B rdfs:subClassOf :C ."),
    "an axiom that follows": (":isA rdfs:subPropertyOf rdfs:subClassOf . :A :isA :B . :a a :A .", ":a a :B ."),
    "a class that follows": (
        ":typed rdfs:subPropertyOf rdf:type . :A rdfs:subClassOf :B . :a :typed :A .",
        ":a a :B .",
    ),
    "a property of rdf:type": ("rdf:type rdfs:subPropertyOf :kind . :a a :A .", ":a :kind :A ."),
    "scm-sco": (":A rdfs:subClassOf :B . :B rdfs:subClassOf :C .", ":A rdfs:subClassOf :C ."),
    "scm-spo": (":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :r .", ":p rdfs:subPropertyOf :r ."),
    "domain of a superproperty": (":p rdfs:subPropertyOf :q . :q rdfs:domain :C . :a :p :b .", ":a :q :b . :a a :C ."),
}


@pytest.mark.parametrize(("given", "expected"), DERIVATIONS.values(), ids=DERIVATIONS)
def test_a_rule_derives_what_the_standard_says(given: str, expected: str) -> None:
    assert triples(expected) <= derived(given)


# Statements of a case from which its conclusion does not follow: they are there to stay out of it.
BESIDE = {"prp-key": (":c a :C ; :p 1 .",), "cls-maxqc3": (":a :p :d .",)}


@pytest.mark.parametrize("name", DERIVATIONS)
def test_a_rule_needs_each_of_its_premises(name: str) -> None:
    given, expected = DERIVATIONS[name]
    beside = triples("".join(BESIDE.get(name, ())))
    quads = list(parse(PREFIXES + given, format=RdfFormat.TURTLE))
    parts = {f"{RDF}first", f"{RDF}rest"}
    needed = [quad for quad in quads if quad.predicate.value not in parts and str(quad.triple) not in beside]
    assert needed
    for quad in needed:
        rest = [other for other in quads if other is not quad]
        stated = {str(other.triple) for other in rest}
        assert not triples(expected) <= stated | {str(triple) for triple in closure(rest)}, quad


@pytest.mark.parametrize(
    ("given", "conclusion"),
    [
        (DERIVATIONS["prp-key"][0], ":a owl:sameAs :c ."),  # :c has no :q
        (DERIVATIONS["prp-key"][0].replace(":b a :C ; :p 1 ; :q :x", ":b a :C ; :p 1 ; :q :y"), ":a owl:sameAs :b ."),
        (DERIVATIONS["cls-maxqc3"][0], ":b owl:sameAs :d ."),  # :d is no :D
        (DERIVATIONS["cls-int1"][0].replace(":A , :B", ":A"), ":a a :C ."),
        (DERIVATIONS["cls-maxc2"][0].replace("'1'", "'2'"), ":b owl:sameAs :c ."),
        (DERIVATIONS["prp-spo2"][0].replace(":b :r :c", ":x :r :c"), ":a :p :d ."),
        (DERIVATIONS["cls-hv2"][0].replace(":a :p :v", ":a :p :w"), ":a a :C ."),
        (DERIVATIONS["prp-fp"][0].replace(":b , :c", ":b . :x :p :c"), ":b owl:sameAs :c ."),
        (DERIVATIONS["prp-ifp"][0].replace(":c :p :a", ":c :p :x"), ":b owl:sameAs :c ."),
        (":p a owl:TransitiveProperty . :a :p :b . :x :p :c .", ":a :p :c ."),
        (":p rdfs:subPropertyOf :q . :a :q :b .", ":a :p :b ."),
        (":A rdfs:subClassOf :B . :a a :B .", ":a a :A ."),
        (":p rdfs:domain :C . :a :p :b .", ":b a :C ."),
        (":p rdfs:range :C . :a :p :b .", ":a a :C ."),
        (":C owl:onProperty :p ; owl:someValuesFrom :D . :a :p :b .", ":a a :C ."),
        (":C owl:onProperty :p ; owl:allValuesFrom :D . :a :p :b .", ":b a :D ."),
    ],
)
def test_what_lacks_a_premise_does_not_follow(given: str, conclusion: str) -> None:
    assert not triples(conclusion) & derived(given)


def with_derived_premises(turtle: str, *, classes: bool) -> str:
    """Return statements from which those of some Turtle follow, though those about classes, or all others, by a rule only."""
    lines = []
    for quad in parse(PREFIXES + turtle, format=RdfFormat.TURTLE):
        subject, predicate, value = str(quad.subject), str(quad.predicate), str(quad.object)
        typed, own = quad.predicate.value == f"{RDF}type", "http://example.org/"
        if classes and typed and own in value and own in subject:
            lines.append(
                f"{subject} :given :anything . :given rdfs:domain {value} .".replace(
                    ":given", f"<{own}given-{len(lines)}>"
                )
            )
        elif not classes and not typed and own in predicate and isinstance(quad.object, NamedNode):
            lines.append(
                f"{value} <{own}inverse-{len(lines)}> {subject} . <{own}inverse-{len(lines)}> owl:inverseOf {predicate} ."
            )
        else:
            lines.append(f"{subject} {predicate} {value} .")
    return "\n".join(lines)


@pytest.mark.parametrize("classes", [True, False], ids=["classes", "properties"])
@pytest.mark.parametrize(("given", "expected"), DERIVATIONS.values(), ids=DERIVATIONS)
def test_a_rule_takes_premises_that_follow_themselves(given: str, expected: str, classes: bool) -> None:  # noqa: FBT001 - a parameter
    changed = with_derived_premises(given, classes=classes)
    assert triples(expected) <= derived(changed) | triples(changed)


@pytest.mark.parametrize(("given", "expected"), DERIVATIONS.values(), ids=DERIVATIONS)
def test_nothing_is_derived_that_owlrl_does_not_derive(given: str, expected: str) -> None:  # noqa: ARG001
    assert derived(given) <= owlrl_closure(PREFIXES + given)


def proofs(turtle: str) -> list[Proof]:
    """Prove what follows from some Turtle, as far as it has a proof of the usual depth."""
    given = {quad.triple for quad in parse(PREFIXES + turtle, format=RdfFormat.TURTLE)}
    follows = closure(parse(PREFIXES + turtle, format=RdfFormat.TURTLE))
    match = Memory([*given, *follows]).match
    return [proof for triple in follows if (proof := Prover(given.__contains__, match).prove(triple)) is not None]


def rules_of(proof: Proof) -> set[str]:
    return {proof.rule, *(rule for premise in proof.premises for rule in rules_of(premise))} - {""}


def test_each_rule_of_the_table_has_a_case_and_each_case_a_rule() -> None:
    """A case without a rule of its name joins several, and has words instead."""
    assert {name for name, rule in RULES.items() if not rule.forbids} == {
        name for name in DERIVATIONS if " " not in name
    }
    assert {name for name, rule in RULES.items() if rule.forbids} == FALSE.keys()


# OWL 2 Profiles, section 4.3: tables 4 (equality), 5 (properties), 6 (classes), 7 (class axioms), 9 (schema vocabulary)
@pytest.mark.parametrize(("prefix", "table"), [("eq", 4), ("prp", 5), ("cls", 6), ("cax", 7), ("scm", 9)])
def test_a_rule_stands_in_the_table_of_its_prefix(prefix: str, table: int) -> None:
    assert {rule.table for rule in RULES.values() if rule.name.startswith(f"{prefix}-")} == {table}


@pytest.mark.parametrize(
    ("name", "given"), [(name, case[0]) for name, case in DERIVATIONS.items() if name in RULES], ids=str
)
def test_a_proof_names_the_rule_that_derives(name: str, given: str) -> None:
    assert name in {rule for proof in proofs(given) for rule in rules_of(proof)}


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
    from kg.core.resources import ontology_dir
    from kg.loaders import load_ontology

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
    ours = {str(triple) for triple in closure(parse(text, format=RdfFormat.TURTLE))}
    theirs = owlrl_closure(text)
    assert ours <= theirs
    ours_or_given = ours | {str(quad.triple) for quad in parse(text, format=RdfFormat.TURTLE)}
    data = {line for line in theirs if "/id/x/" in line.split(" ", 1)[0]}
    trivial = ("owl#Thing>", "owl#sameAs>", ".well-known/genid")
    assert {line for line in data if not any(word in line for word in trivial)} <= ours_or_given


FALSE = {
    "eq-diff1": ":a owl:sameAs :b ; owl:differentFrom :b .",
    "eq-diff2": "[] a owl:AllDifferent ; owl:members ( :a :b :c ) . :a owl:sameAs :c .",
    "eq-diff3": "[] a owl:AllDifferent ; owl:distinctMembers ( :a :b :c ) . :a owl:sameAs :c .",
    "prp-irp": ":p a owl:IrreflexiveProperty . :a :p :a .",
    "prp-asyp": ":p a owl:AsymmetricProperty . :a :p :b . :b :p :a .",
    "prp-pdw": ":p owl:propertyDisjointWith :q . :a :p :b ; :q :b .",
    "prp-adp": "[] a owl:AllDisjointProperties ; owl:members ( :p :q ) . :a :p :b ; :q :b .",
    "prp-npa1": "[] owl:sourceIndividual :a ; owl:assertionProperty :p ; owl:targetIndividual :b . :a :p :b .",
    "prp-npa2": "[] owl:sourceIndividual :a ; owl:assertionProperty :p ; owl:targetValue 1 . :a :p 1 .",
    "cls-nothing2": ":a a owl:Nothing .",
    "cls-com": ":A owl:complementOf :B . :a a :A , :B .",
    "cls-maxc1": ":C owl:onProperty :p ; owl:maxCardinality '0'^^xsd:nonNegativeInteger . :a a :C ; :p :b .",
    "cls-maxqc1": """:C owl:onProperty :p ; owl:maxQualifiedCardinality '0'^^xsd:nonNegativeInteger ; owl:onClass :D .
        :a a :C ; :p :b . :b a :D .""",
    "cls-maxqc2": """:C owl:onProperty :p ; owl:maxQualifiedCardinality '0'^^xsd:nonNegativeInteger ; owl:onClass owl:Thing .
        :a a :C ; :p :b .""",
    "cax-dw": ":A owl:disjointWith :B . :D rdfs:subClassOf :A , :B . :a a :D .",
    "cax-adc": "[] a owl:AllDisjointClasses ; owl:members ( :A :B :C ) . :a a :A , :C .",
}


def closed(turtle: str) -> Closure:
    return Closure(columns_of_quads(parse(PREFIXES + turtle, format=RdfFormat.TURTLE)))


@pytest.mark.parametrize(("rule", "turtle"), FALSE.items(), ids=FALSE)
def test_what_cannot_be_true_is_a_contradiction_with_the_statements_that_clash(rule: str, turtle: str) -> None:
    found = closed(turtle).contradictions()
    assert [contradiction.rule for contradiction in found] == [rule]
    assert all(statement.subject.value.startswith("http://example.org/") for statement in found[0].statements)


@pytest.mark.parametrize(("given", "_expected"), DERIVATIONS.values(), ids=DERIVATIONS)
def test_what_can_be_true_is_no_contradiction(given: str, _expected: str) -> None:
    assert closed(given).contradictions() == []


BROKEN = {
    "breaks off": "_:1 rdf:first :A .",
    "breaks off later": "_:1 rdf:first :A ; rdf:rest _:2 .",
    "comes back to itself": "_:1 rdf:first :A ; rdf:rest _:1 .",
    "holds two members in one cell": "_:1 rdf:first :A , :B ; rdf:rest () .",
    "goes on in two ways": "_:1 rdf:first :A ; rdf:rest () , ( :B ) .",
}


@pytest.mark.parametrize("cells", BROKEN.values(), ids=BROKEN)
def test_of_a_list_that_is_none_nothing_follows_and_nothing_is_forbidden(cells: str) -> None:
    axioms = ":C owl:intersectionOf _:1 . :p owl:propertyChainAxiom _:1 . :D owl:hasKey _:1 ."
    assert derived(f"{cells} {axioms} :a a :A . :b :A :c . :d a :D . :e a :D .") == set()
    assert closed(f"{cells} [] a owl:AllDisjointClasses ; owl:members _:1 . :a a :A , :B .").contradictions() == []


def test_a_number_of_values_in_one_class_is_contradicted_by_the_class_of_the_value_too() -> None:
    (contradiction,) = closed(FALSE["cls-maxqc1"]).contradictions()
    assert {str(statement) for statement in contradiction.statements} == triples(":a a :C ; :p :b . :b a :D .")


def test_a_list_of_different_members_forbids_nothing_to_classes() -> None:
    assert closed("[] a owl:AllDisjointClasses ; owl:distinctMembers ( :A :B ) . :a a :A , :B .").contradictions() == []


def test_a_list_that_arrives_in_pieces_says_something_when_it_is_whole() -> None:
    kept = closed(":C owl:intersectionOf :1 . :1 rdf:first :A . :a a :A . :b a :A , :B .")
    assert shown(kept) == set()
    kept.add(parse(PREFIXES + ":1 rdf:rest ( :B ) .", format=RdfFormat.TURTLE))
    assert triples(":b a :C .") <= shown(kept)
    assert not triples(":a a :C .") & shown(kept)


UNSTATABLE = {
    "a property that is a blank node": ":p rdfs:subPropertyOf [ owl:inverseOf :q ] . :a :p :b .",
    "a property that is a literal": ":p rdfs:subPropertyOf 1 . :a :p :b . :p rdfs:subPropertyOf [ owl:inverseOf :q ] .",
}


@pytest.mark.parametrize("given", UNSTATABLE.values(), ids=UNSTATABLE)
def test_what_rdf_cannot_state_is_used_and_not_given(given: str) -> None:
    file = io.BytesIO()
    closed(given).write(file)
    assert (
        {str(quad.triple) for quad in parse(file.getvalue(), format=RdfFormat.N_TRIPLES)}
        == derived(given)
        == triples(":b :q :a .")
    )


NAMES = st.sampled_from([f":{name}" for name in "abcd"])
CLASSES = st.sampled_from([":A", ":B", ":C", ":D"])
PROPERTIES = st.sampled_from([":p", ":q", ":r"])


def statement(pattern: str, **parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.fixed_dictionaries(parts).map(lambda chosen: pattern.format(**chosen))


FACTS = st.one_of(
    statement("{a} {p} {b} .", a=NAMES, p=PROPERTIES, b=NAMES),
    statement("{a} a {A} .", a=NAMES, A=CLASSES),
    statement("{a} {p} {n} .", a=NAMES, p=PROPERTIES, n=st.sampled_from(["1", '"x"', '"x"@en'])),
)
AXIOMS = st.one_of(
    statement("{A} {r} {B} .", A=CLASSES, B=CLASSES, r=st.sampled_from(["rdfs:subClassOf", "owl:equivalentClass"])),
    statement("{p} {r} {q} .", p=PROPERTIES, q=PROPERTIES, r=st.sampled_from(["rdfs:subPropertyOf", "owl:inverseOf"])),
    statement("{p} {r} {A} .", p=PROPERTIES, A=CLASSES, r=st.sampled_from(["rdfs:domain", "rdfs:range"])),
    statement(
        "{p} a owl:{k}Property .",
        p=PROPERTIES,
        k=st.sampled_from(["Transitive", "Symmetric", "Functional", "InverseFunctional"]),
    ),
    statement("{p} owl:propertyChainAxiom ( {q} {r} ) .", p=PROPERTIES, q=PROPERTIES, r=PROPERTIES),
    statement(
        "{C} owl:{o} ( {A} {B} ) .", C=CLASSES, A=CLASSES, B=CLASSES, o=st.sampled_from(["intersectionOf", "unionOf"])
    ),
    statement(
        "{C} owl:onProperty {p} ; owl:{o} {A} .",
        C=CLASSES,
        p=PROPERTIES,
        A=CLASSES,
        o=st.sampled_from(["someValuesFrom", "allValuesFrom"]),
    ),
    statement("{C} owl:onProperty {p} ; owl:hasValue {a} .", C=CLASSES, p=PROPERTIES, a=NAMES),
    statement("{a} owl:sameAs {b} .", a=NAMES, b=NAMES),
)
DECLARED = ":A a owl:Class . :B a owl:Class . :C a owl:Class . :D a owl:Class .\n" + "".join(
    f":{p} a owl:ObjectProperty ." for p in "pqr"
)
KEYS = statement("{C} owl:hasKey ( {p} ) .", C=CLASSES, p=PROPERTIES)  # owlrl merges members that have no value at all
TRIVIAL = ("owl#Thing>", "rdf-schema#Resource>", ".well-known/genid", "owl#Nothing>", "rdf-schema#Class>")


def without_trivial(lines: set[str]) -> set[str]:
    """Leaves what concerns the names of the example, and none that a term says of itself only because it is there."""
    kept = set()
    for line in lines:
        subject, predicate, value = line.split(" ", 2)
        reflexive = subject == value and predicate.rpartition("#")[2].rstrip(">") in {
            *("sameAs", "subClassOf", "subPropertyOf", "equivalentClass", "equivalentProperty")
        }
        if (
            subject.startswith("<http://example.org/")
            and not reflexive
            and not any(word in line for word in TRIVIAL)
            and "_:" not in line
        ):
            kept.add(line)
    return kept


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(AXIOMS, max_size=6), st.lists(FACTS, min_size=1, max_size=8))
def test_whatever_the_axioms_the_closure_is_that_of_owlrl(axioms: list[str], facts: list[str]) -> None:
    functional = any(
        "Functional" in axiom for axiom in axioms
    )  # different literals are never merged, though owlrl does so
    text = "\n".join(
        [DECLARED, *axioms] + [fact for fact in facts if not functional or not fact.endswith(("1 .", '" .', '"@en .'))]
    )
    ours = {str(triple) for triple in closure(parse(PREFIXES + text, format=RdfFormat.TURTLE))} | triples(text)
    assert without_trivial(ours) == without_trivial(owlrl_closure(PREFIXES + text) | triples(text))


@settings(max_examples=examples(40), deadline=None)
@given(st.lists(AXIOMS, max_size=4), st.lists(FACTS, min_size=1, max_size=4))
def test_whatever_the_axioms_what_is_proved_by_rules_is_what_follows(axioms: list[str], facts: list[str]) -> None:
    # a proof is made of statements of RDF, which has none with a literal as its subject
    text = "\n".join([*axioms, *(fact for fact in facts if not fact.endswith(("1 .", '" .', '"@en .')))])
    follows = closure(parse(PREFIXES + text, format=RdfFormat.TURTLE))
    proved = {proof.statement for proof in proofs(text)}
    assert proved == set(follows)


@settings(max_examples=examples(150), deadline=None)
@given(
    st.lists(st.one_of(AXIOMS, KEYS, FACTS), min_size=1, max_size=10),
    st.lists(st.one_of(FACTS, FACTS, AXIOMS, KEYS), max_size=4),
)
def test_adding_statements_gives_what_closing_all_of_them_gives(first: list[str], then: list[str]) -> None:
    kept = closed("\n".join(first))
    for one in then:
        kept.add(parse(PREFIXES + one, format=RdfFormat.TURTLE))
    anew = closed("\n".join(first + then))
    assert shown(kept) == shown(anew)


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (":a owl:sameAs :b . :p owl:inverseOf :q .", ":c :p :b ."),
        (":a owl:sameAs :b . :p owl:inverseOf :q .", ":c :p :a ."),
        (":a owl:sameAs :b . :p a owl:TransitiveProperty . :b :p :d .", ":c :p :b ."),
        (":p rdfs:range :A . :p a owl:FunctionalProperty . :a :p 1 .", ":a :p 2 , 'new' , :b , :c ."),
        (":p a owl:InverseFunctionalProperty . :a :p :x . :b :p :y .", ":x owl:sameAs :y ."),
    ],
)
def test_what_is_added_meets_what_is_the_same(first: str, then: str) -> None:
    kept = closed(first)
    kept.add(parse(PREFIXES + then, format=RdfFormat.TURTLE))
    assert shown(kept) == shown(closed(first + then)) != set()
    assert not shown(kept) & triples(first + then)


def shown(closure: Closure) -> set[str]:
    """Gives what follows; anonymous classes bear other names each time they are read."""
    return {line for line in map(str, closure.derived()) if "_:" not in line}


def test_what_follows_is_written_as_statements_of_a_graph() -> None:
    file = io.BytesIO()
    kept = closed(r':A rdfs:subClassOf :B . :a a :A . :p rdfs:subPropertyOf :q . :a :p "\"é\\n\""@en .')
    assert kept.write(file, NamedNode("http://example.org/g")) == 2
    written = {str(quad.triple) for quad in parse(file.getvalue(), format=RdfFormat.N_QUADS)}
    assert written == {str(triple) for triple in kept.derived()}


def test_a_closure_without_bounds_is_refused() -> None:
    chain = " ".join(f":n{i} :p :n{i + 1} ." for i in range(200))
    with pytest.raises(LimitError, match="more than 1,000 statements"):
        Closure(
            columns_of_quads(parse(PREFIXES + ":p a owl:TransitiveProperty ." + chain, format=RdfFormat.TURTLE)),
            limit=1000,
        )
