"""Validate some focus nodes, some shapes, and data with what follows from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from pyoxigraph import Quad, RdfFormat, parse

import kg
from kg.cli.validate import command
from kg.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

PREFIXES = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix ex: <https://example.org/> .
"""
DATA = "ex:a a ex:Firm ; ex:p 1 . ex:b a ex:Firm ; ex:p 1 . ex:c a ex:Other ; ex:p 1 ."
SHAPES = """ex:S sh:targetClass ex:Firm ; sh:property ex:P . ex:P sh:path ex:p ; sh:maxCount 0 .
ex:T sh:target [ sh:select 'SELECT ?this { ?this a <https://example.org/Other> }' ] ; sh:nodeKind sh:Literal .
ex:Old sh:targetClass ex:Firm ; sh:deactivated true ; sh:nodeKind sh:Literal .
ex:Free sh:nodeKind sh:Literal ."""


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("data.ttl").write_text(PREFIXES + DATA, encoding="utf-8")
    Path("shapes.ttl").write_text(PREFIXES + SHAPES, encoding="utf-8")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, ["data.ttl", "--shapes", "shapes.ttl", "--no-progress", *arguments])


def found(engine: str = "auto", **part: Sequence[str]) -> list[tuple[str, str]]:
    report = kg.validate("data.ttl", shapes="shapes.ttl", engine=engine, **part)  # type: ignore[arg-type]
    return sorted((str(r.focus)[-2:-1], str(r.shape)[-2:-1]) for r in report.results)


@pytest.mark.parametrize("engine", ["auto", "sparql", "pyshacl"])
@pytest.mark.parametrize(
    ("part", "wanted"),
    [
        ({}, [("a", "P"), ("b", "P"), ("c", "T")]),
        ({"focus": ["https://example.org/a"]}, [("a", "P")]),
        ({"focus": ["<https://example.org/c>", "ex:b"]}, [("b", "P"), ("c", "T")]),
        ({"only": ["ex:T"]}, [("c", "T")]),
        ({"only": ["ex:T"], "focus": ["ex:a"]}, [("a", "T")]),
        ({"only": ["ex:Free"], "focus": ["ex:a", "ex:b"]}, [("a", "e"), ("b", "e")]),
        ({"only": ["ex:P"], "focus": ["ex:a"]}, [("a", "P")]),
    ],
)
def test_a_part_has_the_results_of_its_nodes_and_shapes(
    part: dict[str, list[str]], wanted: list[tuple[str, str]], engine: str
) -> None:
    assert found(engine, **part) == wanted


def test_the_options_choose_the_same_part() -> None:
    done = run("--focus", "ex:a", "--shape", "ex:S")
    assert (done.exit_code, "1 result, 1 focus node" in done.output) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--shape", "ex:Nope"), "--shape: <https://example.org/Nope> is no shape"),
        (("--shape", "ex:SS"), "https://example.org/S"),
        (("--focus", "ex:nobody"), "--focus: <https://example.org/nobody> is no node of the data"),
        (("--focus", "no iri"), "is no IRI"),
    ],
)
def test_an_unknown_name_is_told(arguments: tuple[str, str], told: str) -> None:
    error = run(*arguments).exception
    assert isinstance(error, InputError)
    assert told in str(error)


@pytest.mark.parametrize(
    "arguments",
    [("--shape", "ex:Free"), ("--shape", "ex:Old"), ("--shape", "ex:T", "--shape", "ex:Old", "--focus", "ex:a")],
)
def test_a_part_to_which_nothing_applies_is_no_clean_run(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.exit_code == 1
    assert ("is applied to what was chosen" in done.output) == ("ex:T" not in arguments)


def test_a_part_needs_whole_data() -> None:
    assert run("--focus", "ex:a", "--save-state", "state").exit_code == 2


SCHEMA = """ex:Firm rdfs:subClassOf ex:Agent . ex:Small rdfs:subClassOf ex:Firm . ex:q rdfs:subPropertyOf ex:p ;
rdfs:domain ex:Small ; rdfs:range ex:Place . ex:d ex:q ex:e , "text" ."""


@pytest.mark.parametrize("regime", ["rdfs", "owlrl"])
def test_data_is_validated_with_what_follows_from_it(regime: str) -> None:
    Path("data.ttl").write_text(PREFIXES + SCHEMA, encoding="utf-8")
    Path("shapes.ttl").write_text(
        PREFIXES + "ex:S sh:targetClass ex:Agent ; sh:property [ sh:path ex:p ; sh:maxCount 0 ] ."
        " ex:T sh:targetClass ex:Place ; sh:class ex:None . ex:U sh:targetNode ex:d ; sh:class ex:Small .",
        encoding="utf-8",
    )
    assert found() == [("d", "U")]
    results = kg.validate("data.ttl", shapes="shapes.ttl", infer=regime).results  # type: ignore[arg-type]
    assert sorted(str(r.focus)[-2:-1] + str(r.component).rpartition("#")[2][:5] for r in results) == [
        "dMaxCo",
        "eClass",
    ]
    assert run("--infer", regime).exit_code == 1


def test_owl_follows_further_than_rdfs_and_bad_types_never() -> None:
    Path("data.ttl").write_text(PREFIXES + "ex:x owl:sameAs ex:y . ex:y a ex:Firm .", encoding="utf-8")
    Path("shapes.ttl").write_text(PREFIXES + "ex:S sh:targetClass ex:Firm ; sh:nodeKind sh:Literal .", encoding="utf-8")
    assert len(kg.validate("data.ttl", shapes="shapes.ttl", infer="rdfs").results) == 1
    assert len(kg.validate("data.ttl", shapes="shapes.ttl", infer="owlrl").results) == 2


def test_the_rules_of_rdfs_apply_to_what_they_derive() -> None:
    from kg.commands.validate.part import by_rdfs

    text = "ex:sub rdfs:subPropertyOf rdfs:subClassOf . ex:A ex:sub ex:B . ex:x a ex:A ."
    derived = set(by_rdfs(parse(PREFIXES + text, RdfFormat.TURTLE)))
    wanted = list(parse(PREFIXES + "ex:A rdfs:subClassOf ex:B . ex:x a ex:B .", RdfFormat.TURTLE))
    assert derived == {Quad(quad.subject, quad.predicate, quad.object) for quad in wanted}
