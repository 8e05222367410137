"""What a report says that helps to mend data and shapes, and what it does not count as doubtful."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.commands.validate import check, read_data, read_given_shapes
from kg.shacl import render

if TYPE_CHECKING:
    from pathlib import Path

    from kg.shacl import Report

PREFIXES = """\
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix : <https://example.org/> .
"""


def run(folder: Path, data: str, shapes: str, *, strict: bool = False) -> Report:
    (folder / "data.ttl").write_text(PREFIXES + data, encoding="utf-8")
    (folder / "shapes.ttl").write_text(PREFIXES + shapes, encoding="utf-8")
    read = read_data([str(folder / "data.ttl")], with_ontology=False)
    return check(read, read_given_shapes([folder / "shapes.ttl"]), strict=strict)


def told(folder: Path, data: str, shapes: str) -> str:
    """The report in words, with advice."""
    report = run(folder, data, shapes)
    return render(report, "human", shapes=read_given_shapes([folder / "shapes.ttl"]).shapes)


def kinds(report: Report) -> list[str]:
    return sorted(concern.kind for concern in report.concerns if not concern.allowed)


@pytest.mark.parametrize(
    ("data", "shapes", "misspelt"),
    [
        # nothing resembles what the data does not use
        (":a a :Firm .", ":S sh:targetClass :Firm ; sh:property [ sh:path :name ] .", False),
        (":a a :Firm .", ":S sh:targetClass :Firm ; sh:disjoint :other .", False),
        (":a a :Firm .", ":S sh:targetClass :Firm . :T sh:targetClass :Person ; sh:class :Person .", False),
        # alike, but the shapes speak of both names
        (":a a :Firm ; :name 1 .", ":S sh:targetClass :Firm ; sh:property [ sh:path :name ] , [ sh:path :names ] .", False),
        (":a a :Firm ; :name 1 .", ":S sh:targetClass :Firm ; sh:property [ sh:path :names ] .", True),
        (":a a :Firm . :b a :Persn .", ":S sh:targetClass :Firm . :T sh:targetClass :Person .", True),
        # letters that changed places, even where the shapes speak of both
        (":a a :Firm .", ":S sh:targetClass :Firm , :Frim .", True),
        (":a a :Firm ; :ab 1 .", ":S sh:targetClass :Firm ; sh:property [ sh:path :ab ] , [ sh:path :ba ] .", True),
        (":a a :Firm ; :abc 1 .", ":S sh:targetClass :Firm ; sh:property [ sh:path :abc ] , [ sh:path :cba ] .", False),
        # RDF Schema has no such term
        (":a a :Firm .", ":S sh:targetClass :Firm ; sh:property [ sh:path rdfs:nothing ] .", True),
        # the same name in a namespace that is almost the same, and in another one
        (
            ":a a :Firm ; <http://schema.org/name> 1 .",
            ":S sh:targetClass :Firm ; sh:property [ sh:path <https://schema.org/name> ] .",
            True,
        ),
        (
            ":a a :Firm ; <http://xmlns.com/foaf/0.1/name> 1 .",
            ":S sh:targetClass :Firm ; sh:property [ sh:path <https://schema.org/name> ] .",
            False,
        ),
    ],
)  # fmt: skip
def test_a_name_that_the_data_does_not_use_counts_where_it_may_be_misspelt(
    tmp_path: Path, data: str, shapes: str, *, misspelt: bool
) -> None:
    report = run(tmp_path, data, shapes)
    assert report.fails() is misspelt
    assert len(kinds(report)) == misspelt
    expected = [concern for concern in report.concerns if concern.expected]
    assert all(concern.allowed for concern in expected)
    assert len(expected) + misspelt == len(report.concerns)
    strict = run(tmp_path, data, shapes, strict=True)
    assert len(kinds(strict)) == len(report.concerns)
    assert strict.fails()


def test_names_count_where_the_shapes_applied_to_nothing(tmp_path: Path) -> None:
    report = run(tmp_path, ":a a :Firm .", ":S sh:targetClass :Person ; sh:property [ sh:path :name ] .")
    assert kinds(report) == ["empty-target", "unknown-name"]


def test_a_report_counts_what_the_data_does_not_use_on_one_line(tmp_path: Path) -> None:
    shapes = ":S sh:targetClass :Firm , :Person ; sh:property [ sh:path :name ] , [ sh:path :age ] ."
    assert render(run(tmp_path, ":a a :Firm .", shapes), "human").splitlines() == [
        "conforms: 1 focus node checked with the columnar engine",
        "",
        "1 target and 2 names of the shapes occur nowhere in the data; --strict lists and counts such",
    ]
    lines = render(run(tmp_path, ":a a :Firm .", shapes, strict=True), "human").splitlines()
    options = ["--allow-empty-targets)", "--allow-unknown-names)", "--allow-unknown-names)"]
    assert [line.rpartition(" (")[2] for line in lines[3:]] == options


@pytest.mark.parametrize(
    ("value", "constraint", "advice"),
    [
        ('"31"', "sh:datatype xsd:integer", 'write 31 instead of "31"'),
        ("3.5", "sh:datatype xsd:integer", "write a whole number such as 12 instead of 3.5"),
        ('"x"@en', "sh:datatype xsd:string", '"x"@en has a language; write "x" instead of "x"@en'),
        ("17", "sh:datatype xsd:string", 'write "17" instead of 17'),
        ('"x"', "sh:datatype rdf:langString", 'add the tag of its language to "x", as in "…"@en'),
        (":b", "sh:datatype xsd:date", "write a literal of type xsd:date instead of :b"),
        (
            '"2001-13-01"^^xsd:date',
            "sh:datatype xsd:date",
            'write a date such as 2001-12-31 instead of "2001-13-01"^^xsd:date',
        ),
        ('"2001-12-01"', "sh:datatype xsd:date", 'write "2001-12-01"^^xsd:date instead of "2001-12-01"'),
        ("130", "sh:maxExclusive 130", "give a value below 130 instead of 130"),
        ('"130"', "sh:maxExclusive 130", 'give a value that can be compared with 130 instead of "130"'),
        (":b", "sh:minInclusive 1", "give a value that can be compared with 1 instead of :b"),
        ('"GMBH"', 'sh:in ( "GmbH" "AG" )', 'did you mean "GmbH" (one of 2) instead of "GMBH"?'),
        ('"AG"@de', 'sh:in ( "GmbH" "AG" )', 'did you mean "AG" (one of 2) instead of "AG"@de?'),
        ('"Ltd"', 'sh:in ( "GmbH" "AG" )', 'use one of "GmbH", "AG" instead of "Ltd"'),
        (":amce", "sh:class :Company", "the data says nothing about :amce; did you mean :acme?"),
        (
            ":xyz",
            "sh:class :Company",
            "the data says nothing about :xyz: state that it is an instance of :Company, or use another value",
        ),
        (":a", "sh:class :Company", "state that :a is an instance of :Company (:a a :Company), or use another value"),
        ("1", "sh:class :Company", "replace 1 by an instance of :Company"),
    ],
)
def test_advice_says_what_to_write(tmp_path: Path, value: str, constraint: str, advice: str) -> None:
    data = f":a a :Firm ; :p {value} . :acme a :Company ; :q 1 ."
    text = told(tmp_path, data, f":S sh:targetClass :Firm ; sh:property :S-p . :S-p sh:path :p ; {constraint} .")
    assert f"  fix: {advice}\n" in text


def test_a_misspelt_property_of_a_closed_shape_is_answered_with_the_nearest(tmp_path: Path) -> None:
    shapes = ":S sh:targetNode :a ; sh:closed true ; sh:property [ sh:path :name ] , [ sh:path :age ] ."
    text = told(tmp_path, ':a :name "x" ; :nmae "y" ; :xyz "z" .', shapes)
    assert ':nmae "y"; fix: did you mean :name? If not, remove :nmae, or allow the property in the shape\n' in text
    assert ':xyz "z"; fix: remove :xyz from it, or allow the property in the shape\n' in text


def test_a_shape_without_a_name_goes_by_its_path_and_place(tmp_path: Path) -> None:
    text = told(tmp_path, ":a :age 1 .", "\n:S sh:targetNode :a ;\n  sh:property [ sh:path :name ; sh:minCount 1 ] .")
    assert f"Violation :name of {tmp_path / 'shapes.ttl'}:6:15 (1): sh:minCount does not hold\n" in text


def test_prefixes_that_two_files_give_other_namespaces_shorten_nothing(tmp_path: Path) -> None:
    shapes = ":S sh:targetNode :a ; sh:property :S-p . :S-p sh:path :p ; sh:minCount 1 ."
    report = run(tmp_path, "@prefix : <https://example.com/> . :b :p 1 .", shapes)
    assert "Violation <https://example.org/S-p> (1)" in render(report, "human")


def test_programs_get_whole_names_and_people_those_of_the_files(tmp_path: Path) -> None:
    report = run(tmp_path, ":b :q 1 .", ":S sh:targetNode :a ; sh:property :S-p . :S-p sh:path :p ; sh:minCount 1 .")
    for form in ("human", "github", "html"):
        assert "example.org" not in render(report, form).replace(str(tmp_path), "")
    for form in ("json", "sarif", "junit"):
        assert "https://example.org/S-p" in render(report, form)


def test_a_query_with_a_function_that_nobody_defines_leaves_out_its_shape_alone(tmp_path: Path) -> None:
    calling = ':T sh:targetNode :a ; sh:sparql [ sh:select "SELECT $this { FILTER(<urn:f>($this)) }" ] .'
    report = run(tmp_path, ":a :p 1 .", f":S sh:targetNode :a ; sh:property [ sh:path :q ; sh:minCount 1 ] . {calling}")
    assert len(report.results) == 1
    (concern,) = (concern for concern in report.concerns if not concern.allowed)
    assert concern.kind == "ill-formed-shape"
    assert "calls urn:f, which is no function of SPARQL or of the shapes" in concern.message
