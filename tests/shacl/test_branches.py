"""A result of a shape that refers to others says which of them does not hold, and why, in every form."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, NamedNode, RdfFormat, parse

from kg.commands.validate import check, read_data, read_given_shapes
from kg.shacl import render
from kg.shacl.nodes import DataGraph, sh
from kg.shacl.pyshacl_engine import read_results
from kg.shacl.report.report import Concern

if TYPE_CHECKING:
    from pathlib import Path

    from kg.shacl import Report
    from kg.shacl.shapes.shapes import Shapes

PREFIXES = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <https://example.org/> .\n"
OTHERS = """
:Zip sh:property [ sh:path :zip ; sh:maxLength 5 ; sh:message "a zip code has five digits" ] , [ sh:path :city ; sh:minCount 1 ] .
:Box sh:property [ sh:path :box ; sh:minCount 1 ] .
:Any sh:nodeKind sh:BlankNodeOrIRI .
"""


def run(folder: Path, constraint: str, data: str = ":a :home [ :zip '123456' ] .") -> tuple[Report, Shapes]:
    (folder / "data.ttl").write_text(PREFIXES + data, encoding="utf-8")
    shapes = f"{PREFIXES}:S sh:targetSubjectsOf :home ; sh:property [ sh:path :home ; {constraint} ] .{OTHERS}"
    (folder / "shapes.ttl").write_text(shapes, encoding="utf-8")
    given = read_given_shapes([folder / "shapes.ttl"])
    return check(read_data([str(folder / "data.ttl")], with_ontology=False), given), given.shapes


@pytest.mark.parametrize(
    ("constraint", "reasons"),
    [
        ("sh:node :Zip", [":Zip: _ :city: sh:minCount does not hold", ':Zip: _ :zip "123456": a zip code has five digits']),
        ("sh:or ( :Zip :Box )", [
            ":Zip: _ :city: sh:minCount does not hold", ':Zip: _ :zip "123456": a zip code has five digits',
            ":Box: _ :box: sh:minCount does not hold"]),
        ("sh:and ( :Any :Box )", [":Any: holds", ":Box: _ :box: sh:minCount does not hold"]),
        ("sh:xone ( :Any [ sh:nodeKind sh:BlankNode ] )", [":Any: holds", "shape 2 of 2: holds"]),
        ("sh:node [ sh:or ( :Box ) ]", ["because: _: sh:or does not hold", "  :Box: _ :box: sh:minCount does not hold"]),
    ],
)  # fmt: skip
def test_the_reasons_stand_below_the_value(tmp_path: Path, constraint: str, reasons: list[str]) -> None:
    report, shapes = run(tmp_path, constraint)
    (result,) = report.results
    lines = render(report, "human", shapes=shapes).replace(str(result.value), "_").splitlines()
    assert [line[4:] for line in lines if line.startswith("    ")] == reasons


def test_the_graph_of_a_report_says_what_its_blank_nodes_are_and_why(tmp_path: Path) -> None:
    report, shapes = run(
        tmp_path, "sh:or ( :Zip :Box )", ":a :home [ :zip '123456' ; :in [ :name 'x' ] ] . [] :other 1 ."
    )
    graph = DataGraph(parse(render(report, "turtle", shapes=shapes), RdfFormat.TURTLE))
    (result,) = read_results(graph)
    assert [text.value for text in result.messages] == [("sh:or does not hold: make "
        f"{result.value} conform to one of <https://example.org/Zip>, <https://example.org/Box>")]  # fmt: skip
    details = [detail for found in graph.forward(sh("detail")).values() for detail in found]
    assert len(details) == 3
    assert all(len(graph.objects(detail, sh("resultMessage"))) == 1 for detail in details)
    mentioned = {node for _, _, value in graph.triples() for node in [value] if isinstance(node, BlankNode)}
    assert all(any(node in graph.forward(predicate) for predicate in graph.predicates()) for node in mentioned)
    assert len(graph.forward(NamedNode("https://example.org/name"))) == 1
    assert not graph.forward(NamedNode("https://example.org/other"))


def test_json_has_the_branches(tmp_path: Path) -> None:
    report, shapes = run(tmp_path, "sh:xone ( :Zip :Box )")
    (result,) = json.loads(render(report, "json", shapes=shapes))["results"]
    assert [(branch["shape"][20:], len(branch["results"])) for branch in result["branches"]] == [("Zip", 2), ("Box", 1)]


def test_a_long_report_has_reasons_for_some_values_and_recursive_shapes_none(tmp_path: Path) -> None:
    from kg.shacl.report.branches import MOST_VALUES

    report, _ = run(tmp_path, "sh:node :Box", " ".join(f":a{n} :home :b{n} ." for n in range(MOST_VALUES + 20)))
    assert sum(result.hint is not None and len(result.hint.branches) == 1 for result in report.results) == MOST_VALUES
    report, _ = run(tmp_path, "sh:nodeKind sh:Literal ; sh:node :S", ":a :home :b . :b :home :c . :c :zip 1 .")
    assert report.results
    assert not any(result.hint and result.hint.branches for result in report.results)


def test_the_graph_in_json_ld_is_that_in_turtle(tmp_path: Path) -> None:
    report, shapes = run(tmp_path, "sh:or ( :Zip :Box )")
    graphs = []
    for form, syntax in (("turtle", RdfFormat.TURTLE), ("jsonld", RdfFormat.JSON_LD)):
        graph = Dataset(parse(render(report, form, shapes=shapes), syntax))
        graph.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
        graphs.append(graph)
    assert graphs[0] == graphs[1]


def test_a_table_has_a_row_for_each_result_and_concern_and_no_formula(tmp_path: Path) -> None:
    data = """:a :home "=1+1" , "two\\nlines" . :c a :Thing ."""
    report, shapes = run(tmp_path, 'sh:nodeKind sh:IRI ; sh:message "say, \\"where\\""', data)
    report = replace(
        report, concerns=(*report.concerns, Concern("no-shapes", "nothing", NamedNode("https://example.org/S")))
    )
    rows = list(csv.DictReader(io.StringIO(render(report, "csv", shapes=shapes))))
    results = [row for row in rows if row["severity"] == "Violation"]
    assert [(row["value"], row["message"], row["line"]) for row in results] == [
        ("'=1+1", 'say, "where"', "2"), ("two\\nlines", 'say, "where"', "2"),
    ]  # fmt: skip
    assert [row["component"] for row in rows if row["severity"] == "concern"] == ["no-shapes"]
    assert results[0]["file"].endswith("data.ttl")
