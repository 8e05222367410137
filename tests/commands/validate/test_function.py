"""``kg.validate``: one report, whether the data comes as names, as files or as statements that a program holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import rdflib
from pyoxigraph import RdfFormat, Store, parse

import kg
from kg.core.errors import InputError, QueryError
from kg.shacl import load_shapes, render

if TYPE_CHECKING:
    from pathlib import Path

DATA = "@prefix : <https://example.org/> . :a a :Firm ; :size 1 , 2 . :b a :Firm ; :size 3 ."
SHAPES = """\
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <https://example.org/> .
:S a sh:NodeShape ; sh:targetClass :Firm ; sh:property [ sh:path :size ; sh:maxCount 1 ] .
"""


@pytest.fixture(name="shapes")
def _shapes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "firms.ttl").write_text(DATA, encoding="utf-8")
    (tmp_path / "shapes.ttl").write_text(SHAPES, encoding="utf-8")
    return tmp_path / "shapes.ttl"


def test_data_is_a_name_several_names_or_statements(shapes: Path) -> None:
    quads = list(parse(DATA, format=RdfFormat.TURTLE))
    store = Store()
    store.extend(quads)
    kinds = ("firms.ttl", shapes.parent / "firms.ttl", ["firms.ttl"], quads, store, rdflib.Graph().parse("firms.ttl"))
    for data in kinds:
        report = kg.validate(data, shapes="shapes.ttl")
        assert [result.focus.value for result in report.results] == ["https://example.org/a"], data
        assert (report.conforms, report.fails(), report.focus_nodes) == (False, True, 2)


def test_shapes_are_files_or_shapes_that_were_read(shapes: Path) -> None:
    reports = [kg.validate("firms.ttl", shapes=given) for given in (shapes, [shapes], load_shapes([shapes]))]
    assert [len(report.results) for report in reports] == [1, 1, 1]


def test_a_report_prints_as_the_command_does(shapes: Path) -> None:
    report = kg.validate("firms.ttl", shapes=shapes)
    assert str(report) == report.render() == render(report, "human", shapes=report.shapes)
    assert "keep at most 1" in str(report)
    assert report.render("html").startswith("<!DOCTYPE html>")
    with pytest.raises(QueryError, match=r"no format is called 'hmtl'"):
        report.render("hmtl")


def test_a_build_in_memory_is_validated_like_the_folder_of_it(tmp_path: Path) -> None:
    built = kg.build(output=tmp_path / "build", base="https://example.org/kg/")
    for report in (kg.validate(built), kg.validate(tmp_path / "build")):
        assert report.conforms
        assert report.focus_nodes == built.report.focus_nodes


@pytest.mark.usefixtures("shapes")
def test_statements_without_one_that_the_shapes_are_about_are_told() -> None:
    report = kg.validate(list(parse(DATA, format=RdfFormat.TURTLE)))
    assert [concern.kind for concern in report.concerns] == ["unchecked-data"]
    assert kg.validate([], shapes="shapes.ttl").concerns[0].kind == "empty-data"
    with pytest.raises(InputError, match=r"did you mean firms\.ttl"):
        kg.validate("firm.ttl")
