"""The axioms of an ontology as queries: which rules there are for a token, what they ask, and what they cannot do."""

from __future__ import annotations

import re

import pytest
from owlrules import PREFIXES
from pyoxigraph import BlankNode, NamedNode, Quad, QueryTriples, RdfFormat, Store, parse

from kg.columns.reading import columns_of_quads
from kg.reason.closure import Closure
from kg.reason.instore.consequences import Consequences, Rule

E = "http://example.org/"
OWL = "http://www.w3.org/2002/07/owl#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"


def consequences(turtle: str) -> Consequences:
    def named(node: object) -> object:
        return NamedNode(f"{E}.well-known/genid/{node.value}") if isinstance(node, BlankNode) else node

    parsed = parse(PREFIXES + turtle, format=RdfFormat.TURTLE)
    quads = [Quad(named(each.subject), each.predicate, named(each.object)) for each in parsed]  # type: ignore[arg-type]
    return Consequences(Closure(columns_of_quads(quads)))


def token(written: str) -> str:
    kind, _, name = written.rpartition(" ")
    return f"{kind} <{E}{name[1:]}>".strip() if name.startswith(":") else f"{kind} <{OWL}{name[4:]}>".strip()


def short(text: str) -> str:
    """Leave out the namespace of the example, and name every anonymous class alike."""
    words = ["[]" if "genid" in word else word for word in text.split()]
    return " ".join(words).replace(E, "")


DIRECT = {
    "classes above": (":A rdfs:subClassOf :B . :B rdfs:subClassOf :C .", "a :A", {"?x a <B>", "?x a <C>"}),
    "no class above": (":A rdfs:subClassOf :B .", "a :B", set()),
    "a token that no axiom knows": (":A rdfs:subClassOf :B .", "a :X", set()),
    "equivalent classes": (":A owl:equivalentClass :B .", "a :B", {"?x a <A>"}),
    "parts of an intersection": (":C owl:intersectionOf ( :A :B ) .", "a :C", {"?x a <A>", "?x a <B>"}),
    "properties above": (":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :r .", ":p", {"?x <q> ?y", "?x <r> ?y"}),
    "inverse": (":p owl:inverseOf :q .", ":p", {"?y <q> ?x"}),
    "inverse, the other way": (":p owl:inverseOf :q .", ":q", {"?y <p> ?x"}),
    "symmetric": (":p a owl:SymmetricProperty .", ":p", {"?y <p> ?x"}),
    "inverse of the inverse": (":p owl:inverseOf :q . :q owl:inverseOf :r .", ":p", {"?y <q> ?x", "?x <r> ?y"}),
    "domain and range": (":p rdfs:domain :A ; rdfs:range :B .", ":p", {"?x a <A>", "?y a <B>"}),
    "ends of what lies above": (
        ":p rdfs:subPropertyOf :q . :q rdfs:domain :A ; rdfs:range :B .",
        ":p",
        {"?x <q> ?y", "?x a <A>", "?y a <B>"},
    ),
    "ends of the inverse": (
        ":p owl:inverseOf :q . :q rdfs:domain :A ; rdfs:range :B .",
        ":p",
        {"?y <q> ?x", "?y a <A>", "?x a <B>"},
    ),
    "a hidden class that no join looks at": (":A rdfs:subClassOf [ owl:unionOf ( :A :B ) ] .", "a :A", set()),
    "a hidden class that a join looks at": (
        ":A rdfs:subClassOf [ owl:onProperty :p ; owl:hasValue :v ] .",
        "a :A",
        {"?x a []"},
    ),
    "a class that everything is in": (":A rdfs:subClassOf owl:Thing . :p rdfs:domain owl:Thing .", "a :A", set()),
}


@pytest.mark.parametrize(("ontology", "of", "expected"), DIRECT.values(), ids=DIRECT)
def test_what_follows_from_one_statement(ontology: str, of: str, expected: set[str]) -> None:
    rules = consequences(ontology)
    assert token(of) in rules.tokens or not expected
    found = rules.direct(token(of))
    assert {short(rule.new) for rule in found} == expected
    assert len(found) == len(expected)
    for rule in found:
        assert rule.premises == {token(of)}
        assert rule.old == (f"?x {token(of)}" if of.startswith("a ") else f"?x {token(of)} ?y")
        assert rule.conclusion == (rule.new[3:] if rule.new[3:].startswith("a ") else rule.new.split()[1])
        assert rule.of_class is of.startswith("a ")


JOINED = {
    "cls-int1": (":C owl:intersectionOf ( :A :B ) .", {("?x a <A> . ?x a <B>", "?x a <C>")}),
    "cls-svf1": (":C owl:onProperty :p ; owl:someValuesFrom :D .", {("?x <p> ?y . ?y a <D>", "?x a <C>")}),
    "cls-svf2": (":C owl:onProperty :p ; owl:someValuesFrom owl:Thing .", {("?x <p> ?y", "?x a <C>")}),
    "cls-avf": (":C owl:onProperty :p ; owl:allValuesFrom :D .", {("?x a <C> . ?x <p> ?y", "?y a <D>")}),
    "values": (
        ":C owl:onProperty :p ; owl:hasValue :v .",
        {("?x a <C>", "?x <p> <v>"), ("?x <p> <v>", "?x a <C>")},
    ),
    "prp-trp": (":p a owl:TransitiveProperty .", {("?v0 <p> ?v1 . ?v1 <p> ?v2", "?v0 <p> ?v2")}),
    "prp-spo2": (
        ":p owl:propertyChainAxiom ( :q :r :s ) .",
        {("?v0 <q> ?v1 . ?v1 <r> ?v2 . ?v2 <s> ?v3", "?v0 <p> ?v3")},
    ),
    "none": (":A rdfs:subClassOf :B .", set()),
}


@pytest.mark.parametrize(("ontology", "expected"), JOINED.values(), ids=JOINED)
def test_what_follows_from_statements_together(ontology: str, expected: set[tuple[str, str]]) -> None:
    rules = consequences(ontology)
    assert {(short(rule.old), short(rule.new)) for rule in rules.joined} == expected
    for rule in rules.joined:
        tokens = {part.split(" ", 1)[1] if " a " in part else part.split()[1] for part in rule.old.split(" . ")}
        assert rule.premises == tokens
        assert rule.conclusion == (rule.new.split(" ", 1)[1] if " a " in rule.new else rule.new.split()[1])
        assert rule.of_class is all(each.startswith("a ") for each in tokens)
    assert rules.joining == {each for rule in rules.joined for each in rule.premises}
    assert rules.joining <= {*rules.tokens}


STATED = """<urn:g> { :a :p :b , 1 ; :q :c . } <urn:h> { :d :p :e . :e a :B . }"""


@pytest.mark.parametrize(
    ("rule", "graphs", "made"),
    [
        (("?x :p ?y", "?x :r ?y"), (), {"a r b", "a r 1", "d r e"}),
        (("?x :p ?y", "?x :r ?y"), ("urn:g",), {"a r b", "a r 1"}),
        (("?x :p ?y", "?x :r ?y"), ("urn:g", "urn:h"), {"a r b", "a r 1", "d r e"}),
        (("?x :p ?y", "?x :r ?y"), ("urn:z",), set()),
        (("?x :p ?y", "?y a :B"), (), {"b a B"}),  # no literal, and nothing that is there
        (("?x :p ?y", "?y :s ?x"), (), {"b s a", "e s d"}),
    ],
)
def test_a_rule_as_a_query_makes_what_is_not_there(
    rule: tuple[str, str], graphs: tuple[str, ...], made: set[str]
) -> None:
    store = Store()
    store.load(f"@prefix : <{E}> . {STATED}".encode(), format=RdfFormat.TRIG)
    old, new = (re.sub(r":(\w+)", rf"<{E}\1>", text) for text in rule)
    answer = store.query(Rule(frozenset(), "", new, old).query(graphs), use_default_graph_as_union=True)
    assert isinstance(answer, QueryTriples)
    told = {" ".join(re.split("[/#]", part.value)[-1] for part in triple) for triple in answer}
    assert {each.replace("type", "a") for each in told} == made


OBSTACLES = {
    "a functional property": (":p a owl:FunctionalProperty .", [":p"], "the functional property"),
    "an inverse functional property": (":p a owl:InverseFunctionalProperty .", [":p"], "the inverse functional property"),
    "a greatest number": (
        ":C owl:onProperty :p ; owl:maxCardinality '1'^^xsd:nonNegativeInteger .",
        [":p", "a :C", "a owl:Thing"],
        "the greatest number of",
    ),
    "a greatest number in a class": (
        ":C owl:onProperty :p ; owl:maxQualifiedCardinality '1'^^xsd:nonNegativeInteger ; owl:onClass :D .",
        [":p", "a :C", "a :D"],
        "the greatest number of",
    ),
    "a key": (":C owl:hasKey ( :p :q ) .", [":p", ":q", "a :C"], f"the key of <{E}C>"),
    "identity": ("", ["owl:sameAs"], "owl:sameAs"),
    "no greatest number of two": (
        ":C owl:onProperty :p ; owl:maxCardinality '2'^^xsd:nonNegativeInteger .", ["owl:sameAs"], "owl:sameAs"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("ontology", "tokens", "told"), OBSTACLES.values(), ids=OBSTACLES)
def test_statements_by_which_two_things_may_be_one_are_no_matter_of_queries(
    ontology: str, tokens: list[str], told: str
) -> None:
    rules = consequences(f"{ontology} :A rdfs:subClassOf :B .")
    asked = {token(each) for each in (":p", ":q", ":r", "a :A", "a :C", "a :D", "a owl:Thing", "owl:sameAs")}
    for concluded in (True, False):
        found = {each: rules.obstacle(each, concluded=concluded) for each in asked}
        assert {each for each, words in found.items() if words} == {token(each) for each in [*tokens, "owl:sameAs"]}
        assert all(told in found[token(each)] and "two things are one" in found[token(each)] for each in tokens)
    assert {*map(token, tokens)} <= {*rules.tokens}


@pytest.mark.parametrize(
    ("of", "told"),
    [
        (f"<{RDFS}subClassOf>", f"<{RDFS}subClassOf> follows, which makes new axioms"),
        (f"<{OWL}inverseOf>", f"<{OWL}inverseOf> follows, which makes new axioms"),
        (f"a <{OWL}TransitiveProperty>", f"<{OWL}TransitiveProperty> follows, which makes new axioms"),
        ("<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>", "follows, which makes new axioms"),
        (f"a <{OWL}Class>", ""),
        (f"<{RDFS}label>", ""),
        (f"<{OWL}differentFrom>", ""),
    ],
)
def test_an_axiom_that_a_rule_concludes_is_no_matter_of_queries(of: str, told: str) -> None:
    rules = consequences(":A rdfs:subClassOf :B .")
    assert told in rules.obstacle(of, concluded=True)
    assert bool(rules.obstacle(of, concluded=True)) is bool(told)
    assert rules.obstacle(of, concluded=False) == ""


@pytest.mark.parametrize(
    ("ontology", "leads"),
    [
        (":C owl:onProperty :p ; owl:someValuesFrom :D .", True),  # is the value a :D?
        (":C owl:onProperty :p ; owl:someValuesFrom owl:Thing .", False),
        (":C owl:onProperty :p ; owl:allValuesFrom :D .", True),
        (":C owl:onProperty :p ; owl:hasValue 1 .", False),
        (":p a owl:TransitiveProperty .", True),
        (":r owl:propertyChainAxiom ( :p :s ) .", True),
        (":p rdfs:subPropertyOf :q . :q a owl:TransitiveProperty .", True),
        (":p rdfs:range :D . :C owl:intersectionOf ( :D :A ) .", True),
        (":p rdfs:range :D . :C owl:intersectionOf ( :B :A ) .", False),
        (":p rdfs:domain :D . :C owl:intersectionOf ( :D :A ) .", False),
        (":p owl:inverseOf :s . :C owl:onProperty :s ; owl:hasValue :v .", True),  # the value gets a property
        (":p rdfs:subPropertyOf :q .", False),
        ("", False),
    ],
)
def test_values_take_part_in_a_join_where_a_rule_looks_at_them(ontology: str, leads: bool) -> None:  # noqa: FBT001 - a column of the table
    rules = consequences(f"{ontology} :X rdfs:subClassOf :Y . :p rdfs:subPropertyOf :above .")
    assert rules.tokens
    assert rules.led_to_by_values(token(":p")) is leads
    assert rules.led_to_by_values(token("a :X")) is False
    assert rules.led_to_by_values(token(":nowhere")) is False


@pytest.mark.parametrize(
    ("ontology", "told"),
    [
        ("rdf:type rdfs:subPropertyOf :kind .", True),
        ("rdf:type rdfs:domain :Thing .", True),
        (":p owl:propertyChainAxiom ( :q rdf:type ) .", True),
        ("rdf:type owl:propertyChainAxiom ( :q :r ) .", True),
        (":C owl:onProperty rdf:type ; owl:hasValue :D .", True),
        (":p rdfs:subPropertyOf rdf:type .", False),  # which is concluded, and told then
        (":p rdfs:domain :A .", False),
    ],
)
def test_an_axiom_about_types_is_no_matter_of_queries(ontology: str, told: bool) -> None:  # noqa: FBT001 - a column of the table
    assert consequences(ontology).general_obstacle == ("an axiom speaks of rdf:type as of any property" if told else "")


def test_hidden_are_classes_without_a_name_and_the_class_of_everything() -> None:
    rules = consequences(
        ":A rdfs:subClassOf [ owl:onProperty :p ; owl:hasValue :v ] , owl:Thing . :q rdfs:range owl:Thing ."
    )
    hidden = [each for each in rules.tokens if rules.hidden(each)]
    assert [short(each) for each in hidden] == ["a []"]
    assert not rules.hidden(token("a :A"))
    assert rules.tokens == sorted({*rules.tokens})
    rules.direct(token(":q"))
    assert rules.hidden(token("a owl:Thing"))


def test_the_ontology_gives_members_to_hidden_classes_at_which_joins_look() -> None:
    rules = consequences(
        ":C owl:onProperty :p ; owl:someValuesFrom [ owl:oneOf ( :v :w ) ] . :B owl:unionOf ( [ owl:oneOf ( :x ) ] :A ) ."
        " :D owl:onProperty :q ; owl:someValuesFrom :E . :y a :E ."
    )
    members = list(rules.members_of_hidden())
    assert {short(str(triple.subject)) for triple in members} == {"<v>", "<w>"}
    assert {short(str(triple.object)) for triple in members} == {"[]"}
