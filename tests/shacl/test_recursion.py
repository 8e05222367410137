"""Recursive shapes: where the data lead back to nothing, they mean what shapes written out to that depth mean."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nightly import examples
from pyoxigraph import Quad, RdfFormat, parse

from kg.shacl import Report, read_shapes, validate

if TYPE_CHECKING:
    from kg.shacl.engine import Engine

PREFIXES = """\
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <https://example.org/> .
"""
DEPTH = 5
ENGINES = pytest.mark.parametrize("engine", ["auto", "sparql"])


def quads(text: str) -> list[Quad]:
    return list(parse(PREFIXES + text, RdfFormat.TURTLE))


def run(data: str, shapes: str, engine: Engine = "auto") -> Report:
    return validate(quads(data), read_shapes(quads(shapes)), engine=engine)


def found(report: Report) -> Counter[tuple[str, str, str]]:
    return Counter(
        (str(r.focus)[21:-1], "" if r.value is None else str(r.value)[21:-1], r.component.value[27:-19])
        for r in report.results
    )


BODIES = (
    "sh:property [ sh:path :p ; sh:maxCount 1 ; sh:node {next} ]",
    "sh:property [ sh:path :p ; sh:node {next} ] ; sh:not [ sh:path :q ; sh:minCount 2 ]",
    "sh:or ( [ sh:path :p ; sh:minCount 2 ] [ sh:path :q ; sh:minCount 1 ; sh:node {next} ] )",
    "sh:xone ( [ sh:path :p ; sh:node {next} ] [ sh:path :q ; sh:minCount 1 ] )",
    "sh:not [ sh:path :p ; sh:minCount 1 ; sh:node {next} ]",
    "sh:property [ sh:path :p ; sh:qualifiedValueShape {next} ; sh:qualifiedMinCount 1 ] ; sh:property [ sh:path :q ; sh:maxCount 1 ]",
    "sh:and ( [ sh:path [ sh:alternativePath ( :p :q ) ] ; sh:node {next} ] [ sh:path :q ; sh:maxCount 1 ] )",
)
LATER = st.sampled_from([(a, p, b) for a in range(DEPTH) for b in range(a + 1, DEPTH) for p in "pq"])


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(LATER, max_size=10, unique=True), st.sampled_from(BODIES))
def test_without_a_circle_in_the_data_recursion_is_the_shapes_written_out(
    statements: list[tuple[int, str, int]], body: str
) -> None:
    data = " ".join(f":n{a} :{p} :n{b} ." for a, p, b in statements)
    targets = " , ".join(f":n{number}" for number in range(DEPTH))
    recursive = run(data, f":S sh:targetNode {targets} ; {body.format(next=':S')} .")
    out = " ".join(f":S{level} {body.format(next=f':S{level + 1}')} ." for level in range(DEPTH))
    written_out = run(data, f":S0 sh:targetNode {targets} . {out} :S{DEPTH} sh:nodeKind sh:IRI .")
    assert not recursive.left_out
    assert found(recursive) == found(written_out)


PLACES = ":Place sh:targetClass :T ; sh:property [ sh:path :in ; sh:maxCount 1 ; sh:node :Place ] ."


@ENGINES
def test_a_circle_in_the_data_leaves_out_what_depends_on_it_and_nothing_else(engine: Engine) -> None:
    data = """:a a :T ; :in :b . :b a :T ; :in :a . :c a :T ; :in :a , :d . :d a :T .
              :e a :T ; :in :f , :g . :f a :T . :g a :T . :h a :T ; :in :e ."""
    others = " :Other sh:targetClass :T ; sh:nodeKind sh:Literal ."
    report = run(data, PLACES + others, engine)
    assert [one.shape.value for one in report.left_out if hasattr(one.shape, "value")] == ["https://example.org/Place"]
    assert "3 focus nodes (<https://example.org/a>, …)" in report.left_out[0].reason
    assert found(report) == Counter(
        [
            *((node, node, "NodeKind") for node in "abcdefgh"),
            ("e", "", "MaxCount"),
            ("h", "e", "Node"),
            ("c", "", "MaxCount"),  # holds however recursion is read
        ]
    )


@ENGINES
@pytest.mark.parametrize(
    "shapes",
    [
        ":S sh:targetClass :T ; sh:node :S .",
        ":S sh:targetClass :T ; sh:node :U . :U sh:not :S .",
        ":S sh:targetClass :T ; sh:property :P . :P sh:path :in ; sh:property :P ; sh:nodeKind sh:IRI .",
    ],
)
def test_a_shape_that_says_nothing_but_itself_is_left_out_and_ends(shapes: str, engine: Engine) -> None:
    report = run(":a a :T ; :in :a .", shapes, engine)
    assert (report.results, len(report.left_out)) == ((), 1)


def test_a_recursive_shape_that_no_target_reaches_is_no_concern() -> None:
    report = run(
        ":a a :T ; :in :a .",
        f"{PLACES.replace('sh:targetClass :T ; ', '')} :S sh:targetClass :T ; sh:nodeKind sh:Literal .",
    )
    assert (len(report.results), report.left_out) == (1, ())


def test_property_shapes_within_themselves_follow_a_long_chain() -> None:
    chain = " ".join(f":n{number} :in :n{number + 1} ." for number in range(2000))
    shapes = ":S sh:targetNode :n0 ; sh:property :P . :P sh:path :in ; sh:property :P ; sh:pattern '0$' ."
    report = run(chain, shapes)
    assert (len(report.results), report.left_out) == (1800, ())


NESTED = """:S a sh:NodeShape ; sh:targetNode :a0 ; sh:property :P .
:P a sh:PropertyShape ; sh:path :next ; sh:property :P , :Q . :Q a sh:PropertyShape ; sh:path :bad ; sh:maxCount 0 ."""


def diamonds(count: int) -> str:
    """Return data in which 2 to the power of ``count`` ways lead from the first node to the last."""
    steps = (f":a{n} :next :b{n} , :c{n} . :b{n} :next :a{n + 1} . :c{n} :next :a{n + 1} ." for n in range(count))
    return f"{' '.join(steps)} :a{count} :bad 1 ."


@pytest.mark.parametrize("count", [1, 3, 70])
def test_a_result_to_which_many_ways_lead_is_given_once_and_told(count: int) -> None:
    report = run(diamonds(count), NESTED)
    assert found(report) == {(f"a{count}", "", "MaxCount"): 1}
    (left_out,) = report.left_out
    assert left_out.reason == (
        "it refers to itself, and a result is about nodes to which the data lead in several ways: each is given once, "
        "and not once for each way"
    )


def test_ways_of_different_lengths_are_several_too() -> None:
    report = run(":a0 :next :x , :y . :y :next :x . :x :bad 1 .", NESTED)
    assert found(report) == {("x", "", "MaxCount"): 1}
    assert len(report.left_out) == 1


def test_nothing_is_told_where_one_way_leads_to_each_result() -> None:
    report = run(":a0 :next :x , :y . :y :bad 1 . :x :next :z . :z :bad 1 .", NESTED)
    assert found(report) == {("y", "", "MaxCount"): 1, ("z", "", "MaxCount"): 1}
    assert report.left_out == ()
    fine = run(diamonds(3).replace(":a3 :bad", ":other :bad"), NESTED)
    assert (found(fine), fine.left_out) == ({}, ())
