"""Closing a store by queries gives what the closure in memory gives, or says why it cannot."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from nightly import examples
from pyoxigraph import BlankNode, NamedNode, Quad, RdfFormat, Store, Triple, parse

from kg.commands.load import LoadRequest, load
from kg.core.errors import LimitError
from kg.core.terms import BASE, expand
from kg.pipeline.reading import read_store_manifest
from kg.reason.closure import closure
from kg.reason.instore.closing import Closing
from kg.reason.owl2rl import RULES
from kg.store.embedded.bulk import BulkStore

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PREFIXES = """
@prefix : <http://example.org/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
EVERYTHING = 1000
INTO = NamedNode("urn:x:closure")


class InMemory(BulkStore):
    """The engine without a disk, which is what takes time with small stores."""

    def __init__(self) -> None:
        self._store = Store()


def quads(turtle: str, graph: str) -> list[Quad]:
    """Reads Turtle into a graph; blank nodes become IRIs, as those of the shipped ontology do."""

    def named(node: object) -> object:
        return NamedNode(f"http://example.org/.well-known/genid/{node.value}") if isinstance(node, BlankNode) else node

    parsed = parse(PREFIXES + turtle, format=RdfFormat.TURTLE)
    return [Quad(named(quad.subject), quad.predicate, named(quad.object), NamedNode(graph)) for quad in parsed]  # type: ignore[arg-type]


def closed(ontology: list[Quad], loads: Sequence[list[Quad]], limit: int, *, alone: bool) -> tuple[set[Triple], str]:
    """Loads and closes some data, one after the other.

    Gives what was added, and why the first that was not closed was not.
    """
    with tempfile.TemporaryDirectory() as folder, InMemory() as store:
        if not alone:
            store.store.bulk_extend(ontology)
            store.store.bulk_extend(Quad(*parts(triple), NamedNode("urn:x:shipped")) for triple in closure(ontology))
        for number, load in enumerate(loads):
            store.store.bulk_extend(load)
            reason = Closing(store, ontology, INTO, Path(folder)).close([f"urn:x:load-{number}"], limit)
            if reason:
                return set(), reason
        assert {quad.graph_name.value for quad in store.store if "motkg" in str(quad.graph_name)} == set()
        return {quad.triple for quad in store.store.quads_for_pattern(None, None, None, INTO)}, ""


def parts(triple: Triple) -> tuple[NamedNode, NamedNode, NamedNode]:
    return triple.subject, triple.predicate, triple.object  # type: ignore[return-value]


def follows(ontology: list[Quad], data: Iterable[Quad]) -> set[Triple]:
    """Gives what the closure of both adds to the closed ontology."""
    return set(closure([*ontology, *data])) - set(closure(ontology))


BY_QUERIES = {
    "cax-sco": (":A rdfs:subClassOf :B . :B rdfs:subClassOf :C .", ":a a :A .", ":a a :B , :C ."),
    "cax-eqc1": (":A owl:equivalentClass :B .", ":a a :A .", ":a a :B ."),
    "cax-eqc2": (":A owl:equivalentClass :B .", ":b a :B .", ":b a :A ."),
    "cls-int2": (":C owl:intersectionOf ( :A :B ) .", ":a a :C .", ":a a :A , :B ."),
    "cls-uni": (":C owl:unionOf ( :A :B ) .", ":a a :A . :b a :B .", ":a a :C . :b a :C ."),
    "prp-eqp1": (":p owl:equivalentProperty :q .", ":a :p :b .", ":a :q :b ."),
    "prp-eqp2": (":p owl:equivalentProperty :q .", ":a :q :b .", ":a :p :b ."),
    "prp-spo1": (":p rdfs:subPropertyOf :q .", ':a :p :b , "x" .', ':a :q :b , "x" .'),
    "prp-dom": (":p rdfs:domain :C . :C rdfs:subClassOf :D .", ":a :p 1 .", ":a a :C , :D ."),
    "prp-rng": (":p rdfs:range :C . :q rdfs:subPropertyOf :p .", ":a :q :b .", ":a :p :b . :b a :C ."),
    "prp-symp": (":p a owl:SymmetricProperty .", ":a :p :b .", ":b :p :a ."),
    "prp-inv2": (":p owl:inverseOf :q .", ":a :q :b .", ":b :p :a ."),
    "prp-inv1": (
        ":p owl:inverseOf :q . :q rdfs:subPropertyOf :r . :r rdfs:domain :C .",
        ":a :p :b .",
        ":b :q :a ; :r :a ; a :C .",
    ),
    "prp-trp": (":p a owl:TransitiveProperty .", ":a :p :b . :b :p :c . :c :p :d .", ":a :p :c , :d . :b :p :d ."),
    "prp-spo2": (
        ":p owl:propertyChainAxiom ( :q :r ) . :p rdfs:range :C .",
        ":a :q :b . :b :r :c .",
        ":a :p :c . :c a :C .",
    ),
    "cls-int1": (":C owl:equivalentClass [ owl:intersectionOf ( :A :B ) ] .", ":a a :A , :B . :b a :A .", ":a a :C ."),
    "cls-hv1": (":C owl:onProperty :p ; owl:hasValue :v . :p rdfs:domain :D .", ":a a :C .", ":a :p :v ; a :D ."),
    "cls-hv2": (":C owl:equivalentClass [ owl:onProperty :p ; owl:hasValue 1 ] .", ":a :p 1 .", ":a a :C ."),
    "a class by a value, and its value by the class": (
        ":C owl:equivalentClass [ owl:intersectionOf ( :A [ owl:onProperty :p ; owl:hasValue :v ] ) ] .",
        ":a a :A ; :p :v . :b a :C . :c :p :v .",
        ":a a :C . :b a :A ; :p :v .",
    ),
    "cls-svf1": (":C owl:onProperty :p ; owl:someValuesFrom :D .", ":a :p :b . :b a :D .", ":a a :C ."),
    "cls-svf2": (":C owl:onProperty :p ; owl:someValuesFrom owl:Thing .", ":a :p :b , 1 .", ":a a :C ."),
    "cls-avf": (":C owl:onProperty :p ; owl:allValuesFrom :D .", ":a a :C ; :p :b .", ":b a :D ."),
    "cls-oo": (":C owl:onProperty :p ; owl:someValuesFrom [ owl:oneOf ( :v :w ) ] .", ":a :p :w .", ":a a :C ."),
    "an individual of the ontology": (
        ":C owl:onProperty :p ; owl:someValuesFrom :D . :v a :D .",
        ":a :p :v .",
        ":a a :C .",
    ),
}


def test_each_rule_that_queries_apply_has_a_case() -> None:
    assert {rule.name for rule in RULES.values() if rule.by_queries} == RULES.keys() & BY_QUERIES.keys()


@pytest.mark.parametrize("alone", [False, True])
@pytest.mark.parametrize(("ontology", "data", "expected"), BY_QUERIES.values(), ids=BY_QUERIES)
def test_a_rule_is_applied_by_queries(ontology: str, data: str, expected: str, *, alone: bool) -> None:
    axioms, load = quads(ontology, "urn:x:ontology"), quads(data, "urn:x:load-0")
    added, reason = closed(axioms, [load], 0, alone=alone)
    assert not reason
    assert added == {quad.triple for quad in quads(expected, "urn:x:g")} == follows(axioms, load)


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize(("ontology", "data", "expected"), BY_QUERIES.values(), ids=BY_QUERIES)
def test_statements_that_come_one_load_after_the_other_are_closed_as_all_together(
    ontology: str, data: str, expected: str, *, backwards: bool
) -> None:
    axioms = quads(ontology, "urn:x:ontology")
    triples = [
        f"{part} ." for part in data.replace(" ; ", f" . {data.split(maxsplit=1)[0]} ").removesuffix(".").split(" . ")
    ]
    loads = [quads(text, f"urn:x:load-{number}") for number, text in enumerate(triples[::-1] if backwards else triples)]
    added, reason = closed(axioms, loads, 0, alone=True)
    assert not reason
    stated = {quad.triple for load in loads for quad in load}
    assert added - stated == {quad.triple for quad in quads(expected, "urn:x:g")} - stated


@pytest.mark.parametrize(("limit", "reason"), [(1, "no more than 1 statements"), (2, ""), (3, "")])
def test_a_store_is_closed_in_memory_up_to_a_number_of_statements(limit: int, reason: str) -> None:
    load = quads(":a owl:sameAs :b . :a :p :c .", "urn:x:load-0")
    added, why = closed([], [load], limit, alone=True)
    assert reason in why
    assert bool(why) is bool(reason)
    assert {str(triple.subject)[-2] for triple in added} == (set() if reason else {"b"})


def test_an_axiom_of_the_ontology_or_of_a_class_with_itself_is_no_obstacle() -> None:
    axioms = quads(":A rdfs:subClassOf :B .", "urn:x:ontology")
    for said in (":A rdfs:subClassOf :B .", ":X rdfs:subClassOf :X .", ":l rdf:first :x ."):
        _, reason = closed(axioms, [quads(f"{said} :c a :A .", "urn:x:load-0")], 0, alone=True)
        assert not reason, said
    for said in (
        ":B rdfs:subClassOf :A .",
        ":a owl:sameAs :b .",
        ":p a owl:SymmetricProperty .",
        ":C owl:hasKey ( :p ) .",
    ):
        _, reason = closed(axioms, [quads(f"{said} :c a :A .", "urn:x:load-0")], 0, alone=True)
        assert "is no statement of the ontology's" in reason, said


IN_MEMORY = {
    "identity by a functional property": (":p a owl:FunctionalProperty .", ":a :p :b , :c .", "functional property"),
    "identity by an inverse functional property": (
        ":p a owl:InverseFunctionalProperty .",
        ":b :p :a . :c :p :a .",
        "inverse functional",
    ),
    "identity by a key": (":C owl:hasKey ( :p ) .", ":a a :C ; :p 1 . :b a :C ; :p 1 .", "key of"),
    "identity by number": (
        ":C owl:onProperty :p ; owl:maxCardinality '1'^^xsd:nonNegativeInteger .",
        ":a a :C ; :p :b , :c .",
        "greatest number",
    ),
    "identity that is stated": ("", ":a owl:sameAs :b ; :p :c .", "sameAs"),
    "identity that follows": (":p rdfs:subPropertyOf owl:sameAs .", ":a :p :b ; :q :c .", "sameAs"),
    "an axiom in the data": ("", ":A rdfs:subClassOf :B . :a a :A .", "subClassOf"),
    "an axiom that follows": (":isA rdfs:subPropertyOf rdfs:subClassOf .", ":A :isA :B . :a a :A .", "subClassOf"),
    "a class that follows": (
        ":typed rdfs:subPropertyOf rdf:type . :A rdfs:subClassOf :B .",
        ":a :typed :A .",
        "rdf-syntax-ns#type",
    ),
    "a property of rdf:type": ("rdf:type rdfs:subPropertyOf :kind .", ":a a :A .", "rdf:type"),
    "a literal in the middle": (
        ":C owl:onProperty :p ; owl:someValuesFrom :D . :q rdfs:subPropertyOf :p ; rdfs:range :D .",
        ":a :q 1 .",
        "literals",
    ),
    "a literal with a property": (
        ":r owl:propertyChainAxiom ( :p :q ) . :q owl:inverseOf :p .",
        ":a :p 1 . :b :p 1 .",
        "literals",
    ),
}


@pytest.mark.parametrize("alone", [False, True])
@pytest.mark.parametrize(("ontology", "data", "why"), IN_MEMORY.values(), ids=IN_MEMORY)
def test_what_queries_cannot_conclude_is_concluded_in_memory_or_refused_with_its_reason(
    ontology: str, data: str, why: str, *, alone: bool
) -> None:
    axioms, load = quads(ontology, "urn:x:ontology"), quads(data, "urn:x:load-0")
    _, reason = closed(axioms, [load], 0, alone=alone)
    assert why in reason
    assert "no more than 0 statements are closed in memory" in reason
    added, reason = closed(axioms, [load], EVERYTHING, alone=alone)
    assert not reason
    assert added == follows(axioms, load) != set()


NAMES = st.sampled_from([f":{name}" for name in "abcd"])
CLASSES = st.sampled_from([":A", ":B", ":C", ":D"])
PROPERTIES = st.sampled_from([":p", ":q", ":r"])


def statement(pattern: str, **some: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.fixed_dictionaries(some).map(lambda chosen: pattern.format(**chosen))


def restriction(filler: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    kinds = st.sampled_from(["someValuesFrom", "allValuesFrom"])
    some = statement(
        "[ owl:onProperty {p} ; owl:{k} {A} ]", p=PROPERTIES, k=kinds, A=st.one_of(filler, st.just("owl:Thing"))
    )
    return st.one_of(
        some, statement("[ owl:onProperty {p} ; owl:hasValue {v} ]", p=PROPERTIES, v=st.one_of(NAMES, st.just('"x"')))
    )


EXPRESSIONS = st.recursive(
    st.one_of(CLASSES, statement("[ owl:oneOf ( {a} {b} ) ]", a=NAMES, b=NAMES)),
    lambda inner: st.one_of(
        restriction(inner),
        statement("[ owl:{o} ( {A} {B} ) ]", A=inner, B=inner, o=st.sampled_from(["intersectionOf", "unionOf"])),
    ),
    max_leaves=3,
)
AXIOMS = st.one_of(
    statement("{A} {r} {B} .", A=CLASSES, B=EXPRESSIONS, r=st.sampled_from(["rdfs:subClassOf", "owl:equivalentClass"])),
    statement("{p} {r} {q} .", p=PROPERTIES, q=PROPERTIES, r=st.sampled_from(["rdfs:subPropertyOf", "owl:inverseOf"])),
    statement("{p} {r} {A} .", p=PROPERTIES, A=EXPRESSIONS, r=st.sampled_from(["rdfs:domain", "rdfs:range"])),
    statement("{p} a owl:{k}Property .", p=PROPERTIES, k=st.sampled_from(["Transitive", "Symmetric"])),
    statement("{p} owl:propertyChainAxiom ( {q} {r} ) .", p=PROPERTIES, q=PROPERTIES, r=PROPERTIES),
)
FACTS = st.one_of(
    statement("{a} {p} {b} .", a=NAMES, p=PROPERTIES, b=NAMES),
    statement("{a} a {A} .", a=NAMES, A=CLASSES),
    statement("{a} {p} {n} .", a=NAMES, p=PROPERTIES, n=st.sampled_from(["1", '"x"', '"x"@en'])),
)
DATA = st.lists(FACTS, min_size=1, max_size=5)


@settings(max_examples=examples(80), deadline=None)
@given(
    axioms=st.lists(AXIOMS, min_size=1, max_size=5),
    facts=st.lists(FACTS, max_size=1),
    first=DATA,
    then=DATA,
    alone=st.booleans(),
)
def test_whatever_the_axioms_a_closed_store_is_the_closure_in_memory(
    axioms: list[str], facts: list[str], first: list[str], then: list[str], *, alone: bool
) -> None:
    ontology = quads("\n".join([*axioms, *facts]), "urn:x:ontology")
    loads = [quads("\n".join(texts), f"urn:x:load-{number}") for number, texts in enumerate((first, then))]
    expected = follows(ontology, loads[0] + loads[1]) - {quad.triple for quad in loads[1]}
    expected |= follows(ontology, loads[0]) & {quad.triple for quad in loads[1]}
    added, reason = closed(ontology, loads, 0, alone=alone)
    event("in memory" if reason else "by queries")
    if reason:
        assert "literals" in reason
        added, reason = closed(ontology, loads, EVERYTHING, alone=alone)
        assert not reason
    assert added == expected


RDF = {
    "axioms of its own": ("a.ttl", "<urn:x:A> rdfs:subClassOf motkg:SmallFirm . <urn:x:a> a <urn:x:A> .", "SmallFirm"),
    "graphs of its own": (
        "a.trig",
        "<urn:x:g> { <urn:x:a> a motkg:SmallFirm } <urn:x:h> { <urn:x:b> a motkg:SmallFirm }",
        "Firm",
    ),
    "no graph among graphs": ("a.trig", "<urn:x:a> a motkg:SmallFirm .", "Firm"),
    "things that are one": ("a.ttl", "<urn:x:a> owl:sameAs <urn:x:b> . <urn:x:b> a motkg:SmallFirm .", "SmallFirm"),
    "a class by a value": (
        "a.ttl",
        "<urn:x:a> a motkg:Alliance ; motkg:allianceForm <https://w3id.org/motkg/concept/alliance-form/joint-venture> .",
        "JointVentureAlliance",
    ),
}


@pytest.mark.parametrize(("name", "text", "kind"), RDF.values(), ids=RDF)
@pytest.mark.parametrize("base", [BASE, "https://firms.example/"])
def test_an_rdf_file_is_closed_whatever_it_holds(name: str, text: str, kind: str, base: str, tmp_path: Path) -> None:
    prefixes = "".join(f"@prefix {prefix}: <{expand(f'{prefix}:').value}> .\n" for prefix in ("rdfs", "owl", "motkg"))
    (tmp_path / name).write_text((prefixes + text).replace(BASE, base), encoding="utf-8")
    loaded = load(LoadRequest((str(tmp_path / name),), tmp_path / "store", alone=True, base=base))
    assert loaded.closed
    typed = Quad(
        NamedNode("urn:x:a"), expand("rdf:type"), NamedNode(f"{base}ontology/{kind}"), NamedNode(f"{base}graph/closure")
    )
    with BulkStore(tmp_path / "store" / "store") as store:
        assert typed in store.store


def test_a_store_that_is_too_large_for_what_it_needs_is_left_open_or_refused_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.reason.instore.closing.CLOSED_UP_TO", 0)
    (tmp_path / "a.nt").write_text("<urn:x:a> <http://www.w3.org/2002/07/owl#sameAs> <urn:x:b> .\n", encoding="utf-8")
    request = LoadRequest((str(tmp_path / "a.nt"),), tmp_path / "store", alone=True)
    loaded = load(request)
    assert not loaded.closed
    assert "sameAs" in loaded.left_open
    assert read_store_manifest(tmp_path / "store")["loads"][0]["closed"] is False
    with pytest.raises(
        LimitError, match=r"sameAs.* no more than 0 statements are closed in memory; nothing was loaded"
    ):
        load(replace(request, target=tmp_path / "other", close=True))
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("more", ["", ":b a :C ; :p 1 ."], ids=["by queries", "in memory"])
def test_what_follows_about_a_blank_node_is_said_of_that_node(more: str, tmp_path: Path) -> None:
    axioms = quads(":A rdfs:subClassOf :B . :C owl:hasKey ( :p ) .", "urn:x:ontology")
    triples = [quad.triple for quad in parse(PREFIXES + ":a :q [ a :A ] ." + more, RdfFormat.TURTLE)]
    with BulkStore(tmp_path / "store") as store:
        store.load_lines(["".join(f"{triple} .\n" for triple in triples).encode()], NamedNode("urn:x:load-0"))
        assert not Closing(store, axioms, INTO, tmp_path).close(["urn:x:load-0"], EVERYTHING)
        led_to = {quad.object for quad in store.store.quads_for_pattern(None, NamedNode("http://example.org/q"), None)}
        typed = {quad.subject for quad in store.store.quads_for_pattern(None, None, NamedNode("http://example.org/B"))}
    assert led_to == typed
    assert len(typed) == 1
