"""A shapes graph is read whole or refused: nothing in it is passed over in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyoxigraph import NamedNode, RdfFormat, parse

from kg.core.errors import InputError
from kg.shacl import Shapes, load_shapes, read_shapes, validate
from kg.shacl.nodes import AlternativePath, InversePath, RepeatedPath, SequencePath, path_text, path_turtle

if TYPE_CHECKING:
    from pathlib import Path

PREFIXES = """\
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix : <https://example.org/> .
"""
P, Q = NamedNode("https://example.org/p"), NamedNode("https://example.org/q")


def shapes(text: str) -> Shapes:
    return read_shapes(parse(PREFIXES + text, RdfFormat.TURTLE))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "hold no shape"),
        (":S a sh:NodeShape ; sh:mincount 1 .", "unknown SHACL term sh:mincount; did you mean sh:minCount"),
        (":S a sh:NodShape .", "unknown SHACL term sh:NodShape; did you mean sh:NodeShape"),
        (":S sh:targetClas :C .", "unknown SHACL term sh:targetClas; did you mean sh:targetClass"),
        (
            ":S a sh:NodeShape ; sh:rule :r .",
            "sh:rule (1 use): rules are not applied",
        ),
        (
            ":S a sh:NodeShape ; sh:minCount 1 .",
            "has sh:minCount, which only a property shape may have: give it an sh:path",
        ),
        (":S a sh:PropertyShape .", "is a property shape without sh:path"),
        (":S a sh:NodeShape ; sh:property [ sh:class :C ] .", "is a property shape without sh:path"),
        (":S a sh:PropertyShape ; sh:path :p , :q .", "has more than one value of sh:path"),
        (":S sh:path :p ; sh:maxCount 1 , 2 .", "has more than one value of sh:maxCount"),
        (':S sh:path :p ; sh:minCount "1" .', "has an sh:minCount that is no xsd:integer of at least 0"),
        (":S sh:path :p ; sh:minCount -1 .", "has an sh:minCount that is no xsd:integer of at least 0"),
        (':S sh:path :p ; sh:class "C" .', "has an sh:class that is no IRI"),
        (":S sh:path :p ; sh:nodeKind sh:Iri .", "has an sh:nodeKind that SHACL does not know"),
        (":S sh:path :p ; sh:minInclusive :one .", "has an sh:minInclusive that is no literal"),
        (":S sh:path :p ; sh:in :list .", "is not a well-formed RDF list"),
        (":S sh:path ( :p ) ; sh:minCount 1 .", "is a sequence path of fewer than two steps"),
        (
            ":S sh:path [ sh:alternativePath ( :p ) ] ; sh:minCount 1 .",
            "is an alternative path of fewer than two choices",
        ),
        (
            ":S sh:path [ sh:inversePath :p ; sh:zeroOrMorePath :p ] ; sh:minCount 1 .",
            "is not a well-formed property path",
        ),
        ("_:p sh:inversePath _:p . :S sh:path _:p ; sh:minCount 1 .", "is not a well-formed property path"),
        (":S sh:path :p ; sh:qualifiedValueShape :T .", "has sh:qualifiedValueShape without"),
        (':S a sh:NodeShape ; sh:sparql [ sh:message "no query" ] .', "has an sh:sparql without exactly one sh:select"),
    ],
)
def test_a_shapes_graph_that_says_less_than_it_seems_to_is_refused(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        shapes(text)
    assert message in str(caught.value)


def test_all_faults_of_a_shapes_graph_are_reported_at_once() -> None:
    with pytest.raises(InputError) as caught:
        shapes(":S a sh:NodeShape ; sh:minCount 1 . :T a sh:PropertyShape ; sh:path :p , :q .")
    assert len(caught.value.problems) == 2


def test_data_beside_the_shapes_may_use_other_words_of_the_namespace() -> None:
    assert set(shapes(":S a sh:NodeShape . :thing a :Thing ; sh:nodeShape :S .").by_node) == {
        NamedNode("https://example.org/S")
    }


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        (r"\\p{Lx}", "'Lx' is no category"),
        ("(", "cannot be run"),
        ("a", "unknown flag 'z'"),
    ],
)
def test_a_pattern_that_no_engine_can_run_is_refused(pattern: str, message: str) -> None:
    flags = ' ; sh:flags "z"' if "flag" in message else ""
    with pytest.raises(InputError) as caught:
        validate([], shapes(f':S sh:targetClass :C ; sh:path :p ; sh:pattern "{pattern}"{flags} .'))
    assert message in str(caught.value)


def test_shapes_without_any_target_are_refused() -> None:
    with pytest.raises(InputError, match="no shape has a target"):
        validate([], shapes(":S a sh:NodeShape ; sh:nodeKind sh:IRI ."))


@pytest.mark.parametrize(
    ("written", "path", "text"),
    [
        (":p", P, "<https://example.org/p>"),
        ("[ sh:inversePath :p ]", InversePath(P), "^<https://example.org/p>"),
        (
            "( skos:broader :q )",
            SequencePath((NamedNode("http://www.w3.org/2004/02/skos/core#broader"), Q)),
            "skos:broader/<https://example.org/q>",
        ),
        ("[ sh:alternativePath ( skos:broader skos:narrower ) ]", None, "skos:broader|skos:narrower"),
        ("[ sh:zeroOrMorePath :p ]", RepeatedPath(P, "*"), "<https://example.org/p>*"),
        (
            "[ sh:oneOrMorePath [ sh:inversePath :p ] ]",
            RepeatedPath(InversePath(P), "+"),
            "(^<https://example.org/p>)+",
        ),
        (
            "( [ sh:zeroOrOnePath :p ] :q )",
            SequencePath((RepeatedPath(P, "?"), Q)),
            "(<https://example.org/p>?)/<https://example.org/q>",
        ),
        ("[ sh:alternativePath ( :p ( :q :p ) ) ]", AlternativePath((P, SequencePath((Q, P)))), None),
    ],
)
def test_a_path_is_read_and_written(written: str, path: object, text: str | None) -> None:
    (shape,) = shapes(f":S sh:path {written} ; sh:minCount 1 .").by_node.values()
    assert shape.path is not None
    assert path is None or shape.path == path
    assert text is None or path_text(shape.path) == text
    (again,) = shapes(f":S sh:path {path_turtle(shape.path)} ; sh:minCount 1 .").by_node.values()
    assert again.path == shape.path


def test_a_file_that_is_not_turtle_is_refused_with_line_and_column(tmp_path: Path) -> None:
    (tmp_path / "bad.ttl").write_text("@prefix : <https://example.org/> .\n:S :p ; .\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_shapes([tmp_path / "bad.ttl", tmp_path / "missing.ttl"])
    assert [(problem.file.rsplit("/", 1)[1], problem.line) for problem in caught.value.problems] == [
        ("bad.ttl", 2),
        ("missing.ttl", 0),
    ]


def test_a_folder_stands_for_the_turtle_files_in_it(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.ttl").write_text(f"{PREFIXES} :{name} a sh:NodeShape .", encoding="utf-8")
    assert len(load_shapes([tmp_path]).by_node) == 2
