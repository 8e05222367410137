"""The closure, its contradictions and the steps of proofs are those of the tables of the standard, tried out one by one."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest
from owlrules import ORDERS, PREFIXES, TABLE, Known, closed, forbidden, instances, statements, term
from pyoxigraph import BlankNode, Literal, RdfFormat, Triple, parse

from kg.columns.reading import columns_of_quads
from kg.reason.backward import Memory, Steps
from kg.reason.closure import Closure
from kg.reason.justification import contradictions
from kg.reason.owl2rl import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from owlrules import Statement

# Axioms and facts of which several meet in a generated graph.
AXIOMS = """
:A rdfs:subClassOf :B . | :B rdfs:subClassOf :C . | :C rdfs:subClassOf :A . | :A owl:equivalentClass :D . | :D owl:equivalentClass :B .
:p rdfs:subPropertyOf :q . | :q rdfs:subPropertyOf :r . | :r rdfs:subPropertyOf :p . | :p owl:equivalentProperty :r . | :q owl:equivalentProperty :p .
:p owl:inverseOf :q . | :q owl:inverseOf :r . | :p rdfs:domain :A . | :q rdfs:domain :B . | :p rdfs:range :C . | :r rdfs:range :D .
:p a owl:TransitiveProperty . | :q a owl:SymmetricProperty . | :r a owl:FunctionalProperty . | :q a owl:InverseFunctionalProperty .
:p owl:propertyChainAxiom ( :q :r ) . | :r owl:propertyChainAxiom ( :q :p :q ) . | :q owl:propertyChainAxiom ( :r ) .
:A owl:intersectionOf ( :B :C ) . | :D owl:intersectionOf ( :A :C :B ) . | :C owl:unionOf ( :A :D ) . | :B owl:unionOf ( :D ) .
:E owl:onProperty :p ; owl:someValuesFrom :A . | :F owl:onProperty :p ; owl:someValuesFrom :B . | :G owl:onProperty :q ; owl:someValuesFrom :A .
:E owl:onProperty :p ; owl:allValuesFrom :A . | :F owl:onProperty :p ; owl:allValuesFrom :B . | :G owl:onProperty :q ; owl:allValuesFrom :A .
:E owl:onProperty :q ; owl:hasValue :a . | :F owl:onProperty :r ; owl:hasValue :a . | :G owl:onProperty :p ; owl:hasValue :b .
:H owl:onProperty :r ; owl:someValuesFrom owl:Thing . | :E rdfs:subClassOf :A . | :A rdfs:subClassOf :F . | :B rdfs:subClassOf :G .
:C owl:hasKey ( :p ) . | :A owl:hasKey ( :q :r ) . | :A owl:oneOf ( :a :b ) . | :B owl:oneOf ( :c ) .
:H owl:onProperty :p ; owl:maxCardinality "1"^^xsd:nonNegativeInteger . | :A rdfs:subClassOf :H .
:I owl:onProperty :q ; owl:maxQualifiedCardinality "1"^^xsd:nonNegativeInteger ; owl:onClass :B . | :B rdfs:subClassOf :I .
:J owl:onProperty :r ; owl:maxQualifiedCardinality "1"^^xsd:nonNegativeInteger ; owl:onClass owl:Thing . | :C rdfs:subClassOf :J .
"""
FACTS = """:a :p :b . | :b :p :c . | :c :p :d . | :a :q :b . | :b :q :d . | :c :q :a . | :a :r :c . | :b :r :a . | :d :r :b . | :a :p :d .
:a a :A . | :b a :B . | :c a :C . | :d a :D . | :a a :E . | :b a :F . | :c a :G . | :d a :H . | :b a :I . | :a a :J . | :d a :A . | :c a :A ."""
SAME = ":a owl:sameAs :b . | :c owl:sameAs :d . | :p owl:sameAs :q . | :A owl:sameAs :B ."


def parts(text: str) -> list[str]:
    return [part.strip() for line in text.strip().splitlines() for part in line.split(" | ")]


def generated(seed: int, *, same: bool = False) -> list[str]:
    """Return the lines of a graph made at random, the same for a seed everywhere."""
    random = Random(seed)  # noqa: S311 - the same graphs every time
    axioms = [line for line in parts(AXIOMS) if not same or "( " not in line]  # whose members would have two names
    lines = random.sample(axioms, 5) + random.sample(parts(FACTS), 6)
    lines += random.sample(parts(SAME), 1) if same else []
    random.shuffle(lines)
    return lines


def themed(seed: int) -> str:
    """Return a graph with axioms of one kind, a few others, and facts."""
    random = Random(900 + seed)  # noqa: S311 - the same graphs every time
    themes = [parts(line) for line in AXIOMS.strip().splitlines()]
    lines = random.sample(parts(AXIOMS), 2) + random.sample(parts(FACTS), 7) + themes[seed % len(themes)]
    return "\n".join(dict.fromkeys(lines))


def shown(found: Iterable[Statement]) -> set[str]:
    """Leave out what holds of everything, and what no statement of RDF can say."""
    return {
        f"{s} {p} {o}"
        for s, p, o in found
        if not isinstance(s, Literal | BlankNode) and not isinstance(o, BlankNode) and s != o and o != term("owl:Thing")
    }


def closure_of(turtle: str) -> Closure:
    return Closure(columns_of_quads(parse(PREFIXES + turtle, format=RdfFormat.TURTLE)))


def expected(turtle: str) -> set[str]:
    """Return what follows; that two names of one class lie below each other is a matter of course."""
    given = statements(turtle)
    known = closed(given)
    same = {(s, o) for s, p, o in known if p == term("owl:sameAs")}
    return shown(each for each in known - given if not (each[1] in ORDERS and (each[0], each[2]) in same))


def follows(kept: Closure, turtle: str) -> set[str]:
    same = {(s, o) for s, p, o in closed(statements(turtle)) if p == term("owl:sameAs")}
    found = ((triple.subject, triple.predicate, triple.object) for triple in kept.derived())
    return shown(each for each in found if not (each[1] in ORDERS and (each[0], each[2]) in same))


@pytest.mark.parametrize("seed", range(24))
def test_a_closure_is_what_the_rules_give(seed: int) -> None:
    turtle = "\n".join(generated(seed, same=seed % 4 == 0))
    assert follows(closure_of(turtle), turtle) == expected(turtle)


@pytest.mark.parametrize("seed", range(20))
def test_a_closure_that_grows_is_what_the_rules_give_for_all_of_it(seed: int) -> None:
    lines = generated(100 + seed, same=seed % 3 == 0)
    kept = closure_of("\n".join(lines[:4]))
    for place in range(4, len(lines), 3):
        kept.add(parse(PREFIXES + "\n".join(lines[place : place + 3]), format=RdfFormat.TURTLE))
    assert follows(kept, "\n".join(lines)) == expected("\n".join(lines))


# --- steps backwards -----------------------------------------------------------------------------------------------------


def alike(premises: Iterable[Statement]) -> frozenset[Statement]:
    """Return premises of which it makes no difference which of two things is said to be the same as the other."""
    same = term("owl:sameAs")
    return frozenset((min(s, o, key=str), p, max(s, o, key=str)) if p == same else (s, p, o) for s, p, o in premises)


Step = tuple[str, frozenset["Statement"], "Statement"]


def steps(given: set[Statement]) -> set[Step]:
    """Return every step to every statement, of those whose premises hold."""
    triples = [Triple(*each) for each in given]  # type: ignore[arg-type]
    back = Steps(Memory(triples).match)
    found: set[Step] = set()
    for triple in triples:
        conclusion = (triple.subject, triple.predicate, triple.object)
        for rule, needed in back.to(triple):
            premises = [(each.subject, each.predicate, each.object) for each in needed]
            if given.issuperset(premises):
                found.add((rule, alike(premises), conclusion))
    return found


def useful(rule: str, premises: Iterable[Statement], conclusion: Statement) -> bool:
    """Whether a step may be part of a proof that begins with something else than its end."""
    needed = alike(premises)
    reflexive = any(s == o and p in {term(f"rdfs:sub{kind}Of") for kind in ("Class", "Property")} for s, p, o in needed)
    return alike([conclusion]).isdisjoint(needed) and not reflexive and conclusion[0] != conclusion[2] and bool(rule)


def compared(
    found: Iterable[tuple[str, Iterable[Statement], Statement]],
) -> set[Step]:
    return {
        (rule, alike(premises), min(alike([conclusion]), key=str))
        for rule, premises, conclusion in found
        if useful(rule, premises, conclusion)
    }


# Graphs in which every rule of a kind has something to say.
KINDS = {
    "some": """:E owl:onProperty :p ; owl:someValuesFrom :A . :F owl:onProperty :p ; owl:someValuesFrom :B .
        :G owl:onProperty :q ; owl:someValuesFrom :A . :H owl:onProperty :p ; owl:someValuesFrom :A .
        :A rdfs:subClassOf :B . :p rdfs:subPropertyOf :q . :a :p :b , 1 . :b a :A .""",
    "only": """:E owl:onProperty :p ; owl:allValuesFrom :A . :F owl:onProperty :p ; owl:allValuesFrom :B .
        :G owl:onProperty :q ; owl:allValuesFrom :A . :H owl:onProperty :p ; owl:allValuesFrom :A .
        :A rdfs:subClassOf :B . :p rdfs:subPropertyOf :q . :a a :G ; :p :b .""",
    "value": """:E owl:onProperty :p ; owl:hasValue :A . :F owl:onProperty :p ; owl:hasValue :B . :A rdfs:subClassOf :B .
        :G owl:onProperty :q ; owl:hasValue :A . :H owl:onProperty :p ; owl:hasValue :A . :p rdfs:subPropertyOf :q .""",
    "ends": """:p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :r ; rdfs:range :C . :r rdfs:domain :A .
        :A rdfs:subClassOf :B . :C owl:equivalentClass :D . :D rdfs:subClassOf :E . :a :p :b .""",
    "lists": """:A owl:intersectionOf ( :B :C ) . :D owl:unionOf ( :A :E ) . :p owl:propertyChainAxiom ( :q :r :q ) .
        :F owl:oneOf ( :y :z ) . :B owl:hasKey ( :p :s ) . :a :q :b . :b :r :c . :c :q :d . :x :p :d . :a :s 1 . :x :s 1 .
        :a a :B , :C . :x a :B . :b a :E .""",
    "one": """:A owl:onProperty :p ; owl:maxCardinality "1"^^xsd:nonNegativeInteger . :a a :A ; :p :b , :c . :d :p :e .
        :B owl:onProperty :q ; owl:maxQualifiedCardinality "1"^^xsd:nonNegativeInteger ; owl:onClass :C . :b a :B ; :q :d , :e , :f .
        :d a :C . :e a :C . :D owl:onProperty :r ; owl:maxQualifiedCardinality "1"^^xsd:nonNegativeInteger ; owl:onClass owl:Thing .
        :g a :D ; :r :h , :i . :K owl:onProperty :s ; owl:maxCardinality "2"^^xsd:nonNegativeInteger . :k a :K ; :s :l , :m .""",
    "functions": ":p a owl:FunctionalProperty . :q a owl:InverseFunctionalProperty . :a :p :b , :c . :d :q :e . :f :q :e . :b :r :g .",
    "pairs": """:p owl:equivalentProperty :q . :r owl:inverseOf :s . :r a owl:TransitiveProperty . :s a owl:SymmetricProperty .
        :a :p :b . :b :q :a . :a :r :b . :b :r :c . :c :s :d . :a :p 1 . :a :q "x"@en .""",
    "names": ":a owl:sameAs :b . :b owl:sameAs :c . :p owl:sameAs :q . :a :p :d . :d :r :c . :d :r 1 .",
}


def by_key(found: Iterable[tuple[str, frozenset[Statement], Statement]]) -> set[frozenset[Statement]]:
    return {alike([conclusion]) for rule, _, conclusion in found if rule == "prp-key"}


@pytest.mark.parametrize("turtle", KINDS.values(), ids=KINDS)
def test_a_closure_is_what_the_rules_of_a_kind_give(turtle: str) -> None:
    assert follows(closure_of(turtle), turtle) == expected(turtle) != set()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("order", ["as written", "backwards", "shuffled"])
def test_the_order_in_which_statements_come_makes_no_difference(kind: str, order: str) -> None:
    """Each statement comes by itself, so that each premise of a rule is once the last."""
    quads = list(parse(PREFIXES + KINDS[kind], format=RdfFormat.TURTLE))
    if order == "backwards":
        quads.reverse()
    elif order == "shuffled":
        Random(kind).shuffle(quads)  # noqa: S311 - the same order every time
    kept = Closure(columns_of_quads(quads[:1]))
    for quad in quads[1:]:
        kept.add([quad])
    assert follows(kept, KINDS[kind]) == expected(KINDS[kind])


GRAPHS = [*KINDS.values(), *map(themed, range(len(AXIOMS.strip().splitlines())))]


@pytest.mark.parametrize("turtle", GRAPHS, ids=range(len(GRAPHS)))
def test_the_steps_to_a_statement_are_the_rules_that_conclude_it(turtle: str) -> None:
    same = term("owl:sameAs")
    known = Known(closed(statements(turtle)))
    given = [
        (each.rule, each.premises, each.conclusion)
        for each in instances(known)
        if not (each.rule.startswith("eq-rep") and each.conclusion[1] == same)
    ]
    expected, found = compared(given), compared(steps(known.all))
    keys = {each for each in expected if each[0] == "prp-key"}
    assert found <= expected
    assert expected - found <= keys  # of several values that two things share, one is enough
    assert by_key(found) == by_key(expected)


def test_each_rule_without_a_list_stands_in_the_table() -> None:
    listed = {"prp-spo2", "prp-key", "cls-int1", "cls-int2", "cls-uni", "cls-oo", "scm-int", "scm-uni"}
    assert {name.strip() for name in TABLE} | listed == {name for name, rule in RULES.items() if not rule.forbids}


# --- contradictions ------------------------------------------------------------------------------------------------------

DENIALS = """
:A owl:disjointWith :B . | :C owl:disjointWith :D . | :A owl:complementOf :C . | :B rdfs:subClassOf owl:Nothing .
:p a owl:IrreflexiveProperty . | :q a owl:AsymmetricProperty . | :p a owl:AsymmetricProperty . | :p owl:propertyDisjointWith :q .
:n1 owl:sourceIndividual :a ; owl:assertionProperty :p ; owl:targetIndividual :b .
:n2 owl:sourceIndividual :b ; owl:assertionProperty :s ; owl:targetValue 1 . | :n3 owl:sourceIndividual :a ; owl:targetIndividual :b .
:n4 owl:assertionProperty :p ; owl:targetIndividual :b . | :n5 owl:sourceIndividual :a ; owl:assertionProperty :p .
:K1 owl:onProperty :p ; owl:maxCardinality "0"^^xsd:nonNegativeInteger . | :A rdfs:subClassOf :K1 .
:K2 owl:onProperty :q ; owl:maxQualifiedCardinality "0"^^xsd:nonNegativeInteger ; owl:onClass :B . | :C rdfs:subClassOf :K2 .
:K3 owl:onProperty :r ; owl:maxQualifiedCardinality "0"^^xsd:nonNegativeInteger ; owl:onClass owl:Thing . | :D rdfs:subClassOf :K3 .
:K4 owl:onProperty :r ; owl:maxCardinality "2"^^xsd:nonNegativeInteger . | :B rdfs:subClassOf :K4 .
:l1 a owl:AllDisjointClasses ; owl:members ( :A :C :D ) . | :l2 a owl:AllDisjointProperties ; owl:members ( :p :q :r ) .
:l3 owl:members ( :A :B ) . | :l4 a owl:AllDifferent ; owl:members ( :p :q ) . | :l5 a owl:AllDisjointClasses ; owl:distinctMembers ( :A :B ) .
"""
MORE = ":a :p :a . | :b :q :b . | :b :p :a . | :b :q :a . | :b :s 1 . | :b :s 2 . | :a :r :b . | :a a :B . | :c a :D . | :b a :A ."


@pytest.mark.parametrize("seed", range(24))
def test_what_is_forbidden_is_what_the_rules_forbid(seed: int) -> None:
    random = Random(500 + seed)  # noqa: S311 - the same graphs every time
    lines = random.sample(parts(DENIALS), 6) + random.sample(parts(FACTS), 8) + random.sample(parts(MORE), 5)
    identifying = ("Functional", "ardinality", "hasKey")
    lines += random.sample([line for line in parts(AXIOMS) if not any(word in line for word in identifying)], 3)
    turtle = "\n".join(lines)
    found = closure_of(turtle).contradictions()
    told = {
        (each.rule, frozenset((triple.subject, triple.predicate, triple.object) for triple in each.statements))
        for each in found
    }
    assert {(rule, alike(clash)) for rule, clash in told} == {
        (rule, alike(clash)) for rule, clash in forbidden(statements(turtle))
    }
    assert len(found) == len(told)


@pytest.mark.parametrize(
    ("turtle", "clashes"),
    [
        (":x owl:sameAs :y . :x owl:differentFrom :y .", {"eq-diff1": ["x y"]}),
        (":x owl:sameAs :y . :z owl:differentFrom :y .", {}),
        (":p a owl:FunctionalProperty . :a :p :x , :y . :y owl:differentFrom :x .", {"eq-diff1": ["x y"]}),
        # every name of the thing is told: what makes two of them one may lead over another
        (":x owl:sameAs :z . :z owl:sameAs :y . :x owl:differentFrom :y .", {"eq-diff1": ["x y", "x z"]}),
        (":l a owl:AllDifferent ; owl:members ( :a :b :c ) . :c owl:sameAs :a .", {"eq-diff2": ["a c"]}),
        (":l a owl:AllDifferent ; owl:distinctMembers ( :a :b ) . :a owl:sameAs :b .", {"eq-diff3": ["a b"]}),
        (":l a owl:AllDifferent ; owl:members ( :a :b ) . :a owl:sameAs :c .", {}),
        (":x owl:differentFrom :x .", {"eq-diff1": ["x x"]}),
    ],
)
def test_what_is_different_and_the_same_is_told_by_its_names(turtle: str, clashes: dict[str, list[str]]) -> None:
    found: dict[str, list[str]] = {}
    for each in closure_of(turtle).contradictions():
        assert {triple.predicate for triple in each.statements} == {term("owl:sameAs")}
        ends = [sorted((str(triple.subject)[-2], str(triple.object)[-2])) for triple in each.statements]
        found[each.rule] = sorted(" ".join(pair) for pair in ends)
    assert found == clashes


@pytest.mark.parametrize(
    "turtle",
    [
        ":p a owl:FunctionalProperty . :a :p :x , :y . :y owl:differentFrom :x .",
        ":a owl:sameAs :d . :d owl:sameAs :c . :a owl:differentFrom :c .",
        ":l a owl:AllDifferent ; owl:members ( :a :b ) . :a owl:sameAs :d . :d owl:sameAs :b .",
    ],
)
def test_what_makes_two_names_one_is_part_of_the_reason(turtle: str) -> None:
    given = list(parse(PREFIXES + turtle, format=RdfFormat.TURTLE))
    (found,) = contradictions([*given, *parse(PREFIXES + ":e :f :g . :g owl:sameAs :h .", format=RdfFormat.TURTLE)])
    assert set(found.statements) == {quad.triple for quad in given}


@pytest.mark.parametrize(
    ("turtle", "rule"),
    [
        (":A owl:disjointWith :B . {} a :A , :B .", "cax-dw"),
        (":p a owl:IrreflexiveProperty . {0} :p {0} .", "prp-irp"),
        (":p a owl:AsymmetricProperty . {0} :p {0} .", "prp-asyp"),
        (":C owl:onProperty :p ; owl:maxCardinality '0'^^xsd:nonNegativeInteger . {} a :C ; :p :b .", "cls-maxc1"),
    ],
)
@pytest.mark.parametrize("members", [19, 20, 21])
def test_of_one_axiom_the_first_twenty_contradictions_are_told(turtle: str, rule: str, members: int) -> None:
    axiom, _, clash = turtle.partition(" . ")
    found = closure_of(
        f"{axiom} . " + " ".join(clash.format(f":a{number}") for number in range(members))
    ).contradictions()
    assert [each.rule for each in found] == [rule] * min(members, 20)
    assert len({each.statements for each in found}) == len(found)


@pytest.mark.parametrize(
    ("turtle", "told"),
    [
        (':p rdfs:range :A , :B . :A owl:disjointWith :B . :a :p "x" .', ':a :p "x" . :p rdfs:range :A , :B .'),
        (":p rdfs:range owl:Nothing . :a :p 1 .", ":a :p 1 . :p rdfs:range owl:Nothing ."),
        # where no range says so, what leads to the value
        (":C owl:onProperty :p ; owl:allValuesFrom owl:Nothing . :a a :C ; :p 1 . :b :q 2 .", ":a :p 1 ."),
        (":C owl:onProperty :p ; owl:allValuesFrom owl:Nothing . :a a :C ; :p 1 . :b :q 1 .", ":a :p 1 . :b :q 1 ."),
        # a property without a name is told by the one that it turns
        ("[] owl:inverseOf :p ; a owl:IrreflexiveProperty . :a :p :a .", ":a :p :a ."),
        ("[] owl:inverseOf :p ; owl:propertyDisjointWith :q . :a :p :b . :b :q :a .", ":a :p :b . :b :q :a ."),
    ],
)
def test_a_clash_that_rdf_cannot_state_is_told_by_what_it_can(turtle: str, told: str) -> None:
    (found,) = closure_of(turtle).contradictions()
    assert {(each.subject, each.predicate, each.object) for each in found.statements} == statements(told)
