"""Borders of the closure and of proofs: datatypes, numbers, limits, blocks, depths."""

from __future__ import annotations

import io
from importlib import import_module
from itertools import product
from typing import TYPE_CHECKING

import pytest
from owlrules import PREFIXES
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from kg.columns.reading import columns_of_quads
from kg.core.errors import LimitError, ReasonerError
from kg.reason.backward import Memory
from kg.reason.closure import Closure, closure, materialization
from kg.reason.closure.axioms import cardinality, cells, reached, transitive
from kg.reason.owl2rl import RULES, words
from kg.reason.proofs import DEEPEST, Proof, Prover
from kg.reason.rules import apply_rules, read_rules

if TYPE_CHECKING:
    from pathlib import Path

    from pyoxigraph import Quad

    from kg.columns.graph import Node

E = "http://example.org/"


def quads(turtle: str) -> list[Quad]:
    return list(parse(PREFIXES + turtle, format=RdfFormat.TURTLE))


def triples(turtle: str) -> set[Triple]:
    return {quad.triple for quad in quads(turtle)}


def kept(turtle: str, **options: int) -> Closure:
    return Closure(columns_of_quads(quads(turtle)), **options)


def node(closed: Closure, name: str) -> int:
    """Return the position of a term of what follows."""
    found = {int(one) for _, subjects, objects in closed.rows() for one in (*subjects, *objects)}
    return next(one for one in found if closed.terms.node(one) == NamedNode(E + name))


def test_each_name_of_the_package_is_there() -> None:
    for name in ("kg.reason", "kg.reason.closure", "kg.reason.instore"):
        package = import_module(name)
        assert [each for each in package.__all__ if not hasattr(package, each)] == []


def test_a_rule_is_told_in_words_and_what_is_none_in_none() -> None:
    assert words("cax-sco") == RULES["cax-sco"].words != ""
    assert words("no such rule") == ""


# --- the closure ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("1", 1), (" 1 ", 1), ("+1", 1), ("01", 1), ("12", 12), ("-1", -1), ("1.0", -1), ("", -1), ("x", -1), ("+", -1)],
)  # fmt: skip
def test_the_number_of_a_cardinality(text: str, number: int) -> None:
    assert cardinality(text) == number


@pytest.mark.parametrize(
    ("pairs", "above"),
    [
        ([], {}),
        ([(1, 2)], {1: {2}}),
        ([(1, 2), (2, 3)], {1: {2, 3}, 2: {3}}),
        ([(1, 2), (2, 1)], {1: {2}, 2: {1}}),  # itself left out
        ([(1, 1)], {1: set()}),
        ([(1, 2), (1, 3), (3, 4), (4, 1)], {1: {2, 3, 4}, 3: {1, 2, 4}, 4: {1, 2, 3}}),
    ],
)
def test_what_lies_above_in_any_number_of_steps(pairs: list[tuple[int, int]], above: dict[int, set[int]]) -> None:
    assert transitive(pairs) == above


def test_what_is_reached_is_each_thing_once() -> None:
    steps = {1: [2, 3], 2: [4], 3: [4], 4: [1]}
    assert sorted(reached([1, 1], lambda one: steps.get(one, []))) == [1, 2, 3, 4]
    assert list(reached([], lambda one: [one])) == []


@pytest.mark.parametrize(
    ("links", "found"),
    [
        ({}, None),
        ({1: (10, 0)}, [(1, 10, 0)]),
        ({1: (10, 2), 2: (20, 0)}, [(1, 10, 2), (2, 20, 0)]),
        ({1: (10, 2)}, None),
        ({1: (10, 1)}, None),
        ({1: (10, 2), 2: (20, 1)}, None),
    ],
)
def test_a_list_is_whole_or_none(links: dict[int, tuple[int, int]], found: list[tuple[int, int, int]] | None) -> None:
    assert cells(1, links.get, 0) == found
    assert cells(0, links.get, 0) == []


@pytest.mark.parametrize(
    ("given", "follows"),
    [
        # whether a value has its datatype is for shapes to say
        (":p rdfs:range xsd:integer . :a :p 1 , :b .", ""),
        (":p rdfs:range rdfs:Literal . :a :p 1 , :b .", ""),
        (":p rdfs:range :D . :a :p 1 , :b .", ":b a :D ."),
        # different literals never are one
        (":p a owl:FunctionalProperty . :a :p 1 , 2 .", ""),
        (":p a owl:FunctionalProperty . :a :p 1 , :b , :c .", ":b owl:sameAs :c . :c owl:sameAs :b ."),
        # each key by itself, and only whole
        (":A owl:hasKey ( :p ) . :B owl:hasKey ( :q ) . :x a :B ; :q 1 . :y a :B ; :q 1 .", ":x owl:sameAs :y . :y owl:sameAs :x ."),
        (":A owl:hasKey ( :p :q ) . :x a :A ; :q 1 . :y a :A ; :q 1 .", ""),
        (":A owl:hasKey ( :p :q ) . :x a :A ; :p 1 ; :q 1 . :y a :A ; :p 2 ; :q 1 .", ""),
        (":A owl:hasKey () . :x a :A . :y a :A .", ""),
        (":A owl:intersectionOf () . :x a :B .", ""),
        # a greatest number of two says nothing
        (":C owl:onProperty :p ; owl:maxCardinality '2'^^xsd:nonNegativeInteger . :a a :C ; :p :b , :c .", ""),
        (":C owl:onProperty :p ; owl:maxCardinality 'x' . :a a :C ; :p :b , :c .", ""),
        # of one class without a filler nothing is known
        (":C owl:onProperty :p ; owl:maxQualifiedCardinality '1'^^xsd:nonNegativeInteger . :a a :C ; :p :b , :c .", ""),
    ],
)  # fmt: skip
def test_what_follows_at_the_borders_of_rules(given: str, follows: str) -> None:
    assert set(closure(quads(given))) == triples(follows)
    grown = kept(":nothing :of :this .")
    for quad in quads(given):
        grown.add([quad])
    assert set(grown.derived()) == triples(follows)


def test_a_closure_may_have_as_many_statements_as_its_limit() -> None:
    text = ":A rdfs:subClassOf :B . :a a :A ."  # which make three
    assert kept(text).size == 3
    assert kept(text, limit=3).size == 3
    with pytest.raises(LimitError, match="more than 2 statements"):
        kept(text, limit=2)
    grown = kept(":A rdfs:subClassOf :B .", limit=2)
    with pytest.raises(LimitError, match="more than 2 statements"):
        grown.add(quads(":a a :A ."))


@pytest.mark.parametrize("block", [1, 2, 3, 100])
def test_what_follows_is_written_in_blocks(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(materialization, "_BLOCK", block)
    closed = kept(
        ":p rdfs:subPropertyOf :q . :a :p 1 , 2 , 'x\\n\"'@en , :b ; :r :c . :A rdfs:subClassOf :B . :a a :A ."
    )
    for graph in (None, NamedNode("urn:g")):
        file = io.BytesIO()
        assert closed.write(file, graph) == 5
        read = list(parse(file.getvalue(), format=RdfFormat.N_QUADS))
        assert {quad.triple for quad in read} == triples(":a :q 1 , 2 , 'x\\n\"'@en , :b ; a :B .")
        assert {str(quad.graph_name) for quad in read} == {"<urn:g>" if graph else "DEFAULT"}
        assert len(read) == 5


def test_members_are_told_by_all_their_names_and_axioms_by_their_terms() -> None:
    closed = kept(":a owl:sameAs :b . :a a :A . :A rdfs:subClassOf :B . :c a :C .")
    assert {member.value[-1] for member in closed.members(node(closed, "B"))} == {"a", "b"}  # type: ignore[union-attr]
    assert closed.axioms.superclasses == {node(closed, "A"): {node(closed, "B")}}
    assert Closure(columns_of_quads([])).axioms.superclasses == {}
    assert Closure(columns_of_quads([])).contradictions() == []


# --- proofs --------------------------------------------------------------------------------------------------------------


def test_triples_are_found_by_any_of_their_parts() -> None:
    names = [NamedNode(E + name) for name in "ab"]
    values: list[Node] = [*names, Literal("x")]
    stated = [
        Triple(one, other, last) for one, other, last in product(names, names, values) if one != other or last != other
    ]
    memory = Memory(stated)
    for asked in product((None, *names), (None, *names), (None, *names, Literal("x"))):
        wanted = [each for each in stated if all(part in {None, own} for part, own in zip(asked, each, strict=True))]
        assert memory.match(*asked) == wanted == memory.match(*asked)


def chain(length: int) -> set[Triple]:
    return triples(":a a :A0 . " + " ".join(f":A{n} rdfs:subClassOf :A{n + 1} ." for n in range(length)))


class Asked:
    """Statements that count how often they are asked for."""

    def __init__(self, given: set[Triple]) -> None:
        self.given = given
        self.times = 0
        self._memory = Memory(sorted(given, key=str))

    def match(self, *parts: Node | None) -> list[Triple]:
        self.times += 1
        return self._memory.match(*parts)

    @property
    def prover(self) -> Prover:
        return Prover(self.given.__contains__, self.match)


def deep(proof: Proof) -> int:
    return 1 + max(map(deep, proof.premises), default=-1) if proof.premises else 0


def only(turtle: str) -> Triple:
    (triple,) = triples(turtle)
    return triple


@pytest.mark.parametrize("length", [0, 1, 3])
def test_a_proof_has_as_many_levels_as_it_needs(length: int) -> None:
    asked = Asked(chain(length))
    last = only(f":a a :A{length} .")
    proof = asked.prover.prove(last, length)
    assert proof is not None
    assert deep(proof) == length
    assert proof.rule == ("cax-sco" if length else "")
    if length:
        assert asked.prover.prove(last, length - 1) is None


def test_a_proof_has_no_more_levels_than_a_dozen_if_nothing_else_is_said() -> None:
    assert DEEPEST == 12
    found = [Asked(chain(length)).prover.prove(only(f":a a :A{length} .")) for length in (12, 13)]
    assert [proof is not None for proof in found] == [True, False]


def test_the_shallowest_proof_is_found() -> None:
    given = chain(4) | triples(":a :p :b . :p rdfs:domain :A4 .")
    proof = Asked(given).prover.prove(only(":a a :A4 ."))
    assert proof is not None
    assert (proof.rule, deep(proof)) == ("prp-dom", 1)


def test_what_only_leads_back_to_itself_is_no_proof() -> None:
    asked = Asked(triples(":A rdfs:subClassOf :B . :B rdfs:subClassOf :A . :a a :C ."))
    assert asked.prover.prove(only(":a a :A .")) is None


def test_what_has_failed_is_not_tried_again_at_the_same_depth() -> None:
    asked = Asked(chain(3))
    prover = asked.prover
    assert prover.prove(only(":b a :A3 .")) is None
    times = asked.times
    assert prover.prove(only(":b a :A3 .")) is None
    assert asked.times == times
    assert prover.prove(only(":b a :A3 ."), DEEPEST + 1) is None
    assert asked.times > times


def test_what_is_proved_is_not_proved_again() -> None:
    asked = Asked(chain(3))
    prover = asked.prover
    first = prover.prove(only(":a a :A3 ."))
    times = asked.times
    assert prover.prove(only(":a a :A3 .")) is first
    assert asked.times == times


@pytest.mark.parametrize("inverse", [":A owl:equivalentClass [ {} ] .", "[ {} ] owl:equivalentClass :A ."])
def test_what_a_class_without_a_name_says_is_proved_through_it(inverse: str) -> None:
    text = inverse.format("owl:intersectionOf ( :B :C )") + " :a a :A . :b a :B , :C ."
    read = quads(text)  # once, since nodes without a name have another name each time
    stated, follows = {quad.triple for quad in read}, closure(read)
    names = {f"{triple.subject} {triple.object}".replace(E, "") for triple in follows}
    assert {"<a> <B>", "<a> <C>", "<b> <A>", "<A> <B>", "<A> <C>"} <= names
    prover = Prover(stated.__contains__, Memory([*stated, *follows]).match)
    assert all(prover.prove(triple) for triple in follows)


# --- rules of folders ----------------------------------------------------------------------------------------------------


def test_rules_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b.rq", "a.rq", "c.txt"):
        (tmp_path / name).write_text(f"CONSTRUCT {{ ?s <urn:{name}> ?o }} WHERE {{ ?s ?p ?o }}", encoding="utf-8")
    assert [(name, name in text) for name, text in read_rules(tmp_path)] == [("a.rq", True), ("b.rq", True)]
    made = apply_rules(quads(":a :p :b . :c :p :d ."), [tmp_path])
    assert made == sorted(made, key=str)
    assert len(made) == 4


def test_a_rule_that_asks_elsewhere_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "x.rq").write_text(
        "CONSTRUCT { ?s ?p ?o } WHERE { SERVICE <http://x.example/> { ?s ?p ?o } }", encoding="utf-8"
    )
    with pytest.raises(ReasonerError, match=r"^x\.rq: \S[^\n]*SERVICE[^\n]*; a rule reads the graph alone$"):
        list(read_rules(tmp_path))
