"""After a change, validating what it can affect gives the report of a full run, whatever the change."""

from __future__ import annotations

from collections import Counter
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nightly import examples
from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from kg.columns import columns_of_quads
from kg.shacl import Report, Shapes, read_shapes, validate
from kg.shacl.incremental import ColumnLookups, Overlaid, QuadLookups, affected_focus_nodes, merging, validate_changes

PREFIXES = """\
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix : <https://example.org/> .
"""
EX = "https://example.org/"
# Shapes whose queries tell where they look.
QUERIES = '''
:Chain sh:targetClass :c ; sh:property :Shared ; sh:sparql [ sh:select """
  SELECT $this ?value WHERE { $this <https://example.org/p> ?value . ?x <https://example.org/q>/<https://example.org/p>* ?value .
    FILTER NOT EXISTS { ?x <https://example.org/r> ?y . ?y a <https://example.org/d> } } """ ] .
:Count sh:targetSubjectsOf :p ; sh:minCount 1 ; sh:path :q ; sh:sparql [ sh:select """
  SELECT DISTINCT $this ?value WHERE { $this ^<https://example.org/p> ?value OPTIONAL { ?value <https://example.org/r> ?r }
    { ?value <https://example.org/q> 1 } UNION { $this <https://example.org/q> ?value } FILTER (!BOUND(?r)) } """ ] .
'''
# Shapes with every target, path and way to look around a node; :Everywhere shares a property shape with :Links.
SHAPES = """
:Typed sh:targetClass :c ; sh:property :TypedP , [ sh:path ( :p [ sh:inversePath :q ] ) ; sh:class :d ; sh:maxCount 1 ] .
:TypedP sh:path :p ; sh:minCount 1 ; sh:node :Small ; sh:property [ sh:path :q ; sh:class :c ; sh:nodeKind sh:IRI ] .
:Small sh:property [ sh:path [ sh:alternativePath ( :q rdfs:subClassOf ) ] ; sh:maxCount 1 ; sh:lessThan :r ] .
:Subject sh:targetSubjectsOf :q ; sh:closed true ; sh:ignoredProperties ( :q :p rdfs:subClassOf ) ; sh:or ( [ sh:class :c ] :Small ) .
:Object sh:targetObjectsOf :p ; sh:targetNode :a , 7 ; sh:path [ sh:zeroOrMorePath :p ] ; sh:not [ sh:class :d ] ;
  sh:disjoint :q ; sh:maxCount 2 .
:Links sh:targetClass :d ; sh:property :Shared ; sh:equals :p ;
  sh:property [ sh:path :p ; sh:qualifiedValueShape [ sh:class :c ] ; sh:qualifiedMinCount 1 ; sh:qualifiedMaxCount 1 ] .
:Shared sh:path [ sh:oneOrMorePath :q ] ; sh:maxCount 1 ; sh:xone ( [ sh:class :c ] [ sh:class :d ] [ sh:nodeKind sh:Literal ] ) .
"""
SHARED = ":Shared sh:path [ sh:oneOrMorePath :q ] ; sh:maxCount 1 ."
EVERYWHERE = """
:Everywhere sh:targetClass :c ; sh:property :Shared ; sh:sparql [ sh:select
  "SELECT $this ?value WHERE { $this <https://example.org/p> ?value . ?x <https://example.org/p> <https://example.org/a> }" ] .
"""
SUBJECTS = st.sampled_from([":a", ":b", ":c", ":d", ":e"])
PREDICATES = st.sampled_from([":p", ":q", ":r", "a", "rdfs:subClassOf"])
OBJECTS = st.sampled_from([":a", ":b", ":c", ":d", ":e", "1", "7"])
GRAPHS = st.sampled_from([":g", ":h"])
QUADS = st.lists(st.tuples(GRAPHS, SUBJECTS, PREDICATES, OBJECTS), max_size=14)


def quads(statements: list[tuple[str, str, str, str]]) -> list[Quad]:
    return list(parse(PREFIXES + "".join(f"{g} {{ {s} {p} {o} }} " for g, s, p, o in statements), RdfFormat.TRIG))


def shapes(text: str) -> Shapes:
    return read_shapes(parse(PREFIXES + text, RdfFormat.TURTLE))


def told(report: Report) -> tuple[object, ...]:
    empty = {(target.shape, target.kind, target.term, target.known, target.near) for target in report.empty_targets}
    return (
        report.conforms,
        Counter((r.key, r.messages) for r in report.results),
        empty,
        report.focus_nodes,
        report.delegated,
    )


def triples(data: list[Quad]) -> set[tuple[object, ...]]:
    return {(quad.subject, quad.predicate, quad.object) for quad in data}


@pytest.mark.parametrize("text", [SHAPES, SHAPES + EVERYWHERE, QUERIES + SHARED], ids=["core", "anywhere", "queries"])
@settings(max_examples=examples(60), deadline=None)
@given(QUADS, QUADS, QUADS, st.booleans())
def test_a_change_gives_the_report_of_a_full_run(text: str, kept: list, gone: list, come: list, columns: bool) -> None:  # noqa: FBT001
    some = shapes(text)
    old, new = quads(kept + gone), quads(kept + come)
    added, removed = triples(new) - triples(old), triples(old) - triples(new)
    lookups = ColumnLookups(columns_of_quads(new)) if columns else QuadLookups(new)
    with patch.object(merging, "SHARE", 0):  # a graph of this size would always be validated whole
        report = validate_changes(
            validate(old, some),
            some,
            lookups,
            added,
            removed,
            validate=validate,
            whole=lambda part: validate(new, part),
        )
    assert told(report) == told(validate(new, some))


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        # :Links shares a property shape with :Everywhere, which is validated anew: what it reported of :x must not be
        # lost
        (SHAPES + EVERYWHERE, ":x a :d ; :q :a , :b . :y a :c .", ":x a :d ; :q :a , :b . :y a :c ; :p :b ."),
        # the last statement about a target node goes
        (":S sh:targetNode :t ; sh:path :p ; sh:maxCount 1 .", ":t :r 1 . :z :r 1 .", ":z :r 1 ."),
        # the last subject of a property, and the last instance of a class below the target, go
        (":S sh:targetSubjectsOf :q ; sh:nodeKind sh:IRI .", ":t :q 1 . :z :r 1 .", ":z :r 1 ."),
        (":S sh:targetClass :c ; sh:nodeKind sh:IRI .", ":e rdfs:subClassOf :c . :t a :e .", ":e rdfs:subClassOf :c ."),
        # a shape that another engine must look at is still said to be left to it
        (
            ':S sh:target [ a sh:SPARQLTarget ; sh:select "SELECT ?this { ?this <https://example.org/p> 1 }" ] ; sh:in ( 1 ) .',
            ":t :p 2 .",
            ":t :p 1 .",
        ),
    ],
    ids=["shared property shape", "target node", "target property", "target class", "delegated shape"],
)
def test_what_a_change_does_elsewhere_is_seen(text: str, old: str, new: str) -> None:
    some = shapes(text)
    before, after = (list(parse(PREFIXES + each, RdfFormat.TURTLE)) for each in (old, new))
    added, removed = triples(after) - triples(before), triples(before) - triples(after)
    earlier, expected = validate(before, some), validate(after, some)
    with patch.object(merging, "SHARE", 0):
        report = validate_changes(
            earlier,
            some,
            QuadLookups(after),
            added,
            removed,
            validate=validate,
            whole=lambda part: validate(after, part),
        )
    assert told(report) == told(expected)
    assert expected.results or expected.delegated or told(expected) != told(earlier)


CHAIN = quads(
    [
        (":g", ":a", ":p", ":b"),
        (":g", ":b", ":p", ":c"),
        (":g", ":x", "a", ":t"),
        (":g", ":b", "a", ":u"),
        (":g", ":c", ":q", "1"),
    ]
)


@pytest.mark.parametrize(
    ("shape", "change", "wanted"),
    [
        (":S sh:targetSubjectsOf :p ; sh:property [ sh:path :q ; sh:minCount 1 ] .", ":b :q 1", {"b"}),
        (":S sh:targetSubjectsOf :p ; sh:property [ sh:path ( :p :q ) ; sh:minCount 1 ] .", ":c :q 2", {"b"}),
        (
            ":S sh:targetSubjectsOf :p ; sh:property [ sh:path [ sh:oneOrMorePath :p ] ; sh:maxCount 1 ] .",
            ":c :p :d",
            {"a", "b", "c"},
        ),
        (":S sh:targetSubjectsOf :p ; sh:property [ sh:path :p ; sh:class :t ] .", ":b a :t", {"a"}),
        (":S sh:targetSubjectsOf :p ; sh:property [ sh:path :p ; sh:class :t ] .", ":u rdfs:subClassOf :t", {"a"}),
        (":S sh:targetClass :t ; sh:nodeKind sh:IRI .", ":y a :t", {"y"}),
        (":S sh:targetClass :t ; sh:nodeKind sh:IRI .", ":u rdfs:subClassOf :t", {"b"}),
        (":S sh:targetSubjectsOf :p ; sh:nodeKind sh:IRI .", ":b :q 1", set()),
        (":S sh:targetSubjectsOf :p ; sh:closed true .", ":b :r 1", {"b"}),
        (
            ":S sh:targetSubjectsOf :p ; sh:path :p ; sh:node [ sh:path [ sh:inversePath :q ] ; sh:maxCount 1 ] .",
            ":z :q :b",
            {"a"},
        ),
    ],
)
def test_exactly_the_nodes_that_a_change_can_reach_are_affected(shape: str, change: str, wanted: set[str]) -> None:
    (added,) = triples(list(parse(f"{PREFIXES}{change} .", RdfFormat.TURTLE)))
    new = Overlaid(QuadLookups(CHAIN), [added])
    affected = affected_focus_nodes(shapes(shape), new, [added], [])
    assert affected[NamedNode(f"{EX}S")] == {NamedNode(EX + name) for name in wanted}


def test_a_shape_whose_query_is_not_joined_to_this_may_look_anywhere_and_one_without_a_change_nowhere() -> None:
    some = shapes(EVERYWHERE + ":Shared sh:path :q .")
    change = [(NamedNode(f"{EX}a"), NamedNode(f"{EX}z"), NamedNode(f"{EX}b"))]
    node = NamedNode(f"{EX}Everywhere")
    assert affected_focus_nodes(some, QuadLookups([]), change, [])[node] is None
    assert affected_focus_nodes(some, QuadLookups([]), [], [])[node] == frozenset()


def test_a_small_change_does_not_validate_the_whole_graph_again() -> None:
    some = shapes(":S sh:targetSubjectsOf :p ; sh:property [ sh:path :q ; sh:maxCount 1 ] .")
    old = quads([(":g", f":n{number}", ":p", "1") for number in range(40)])
    added = triples(quads([(":g", ":n3", ":q", "1"), (":g", ":n3", ":q", "7")]))
    new = Overlaid(QuadLookups(old), added)
    asked: list[int] = []

    def few(data: list[Quad], part: Shapes) -> Report:
        asked.append(len(data))
        return validate(data, part)

    def whole(_: Shapes) -> Report:
        raise AssertionError("the whole graph was validated")

    report = validate_changes(validate(old, some), some, new, added, [], validate=few, whole=whole)
    assert [result.focus.value for result in report.results] == [f"{EX}n3"]
    assert max(asked) == 2


def test_a_change_of_nearly_everything_is_a_full_run() -> None:
    some = shapes(":S sh:targetSubjectsOf :p ; sh:property [ sh:path :q ; sh:maxCount 1 ] .")
    old = quads([(":g", f":n{number}", ":p", "1") for number in range(8)])
    new = [*old, *quads([(":g", f":n{number}", ":q", "1") for number in range(8)])]
    full: list[Shapes] = []

    def whole(part: Shapes) -> Report:
        full.append(part)
        return validate(new, part)

    validate_changes(
        validate(old, some), some, QuadLookups(new), triples(new) - triples(old), [], validate=validate, whole=whole
    )
    assert full == [some]
