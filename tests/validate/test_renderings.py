"""A report as text, as Turtle and as JSON."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass

from pyoxigraph import NamedNode, RdfFormat, parse

from kg.terms import expand
from kg.validate import Report, read_shapes, render, validate
from kg.validate.data import DataGraph
from kg.validate.results import read_results

TEXT = """\
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix motkg: <https://w3id.org/motkg/ontology/> .
@prefix shape: <https://w3id.org/motkg/shape/> .
@prefix id: <https://w3id.org/motkg/id/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
SHAPES = """
shape:Alliance sh:targetClass motkg:Alliance , motkg:Aliance ; sh:property shape:Alliance-label , shape:Alliance-form .
shape:Alliance-label sh:path rdfs:label ; sh:minCount 1 ; sh:severity sh:Warning ;
    sh:message "Give it a \\"name\\"."@en , "名称を与えてください。"@ja .
shape:Alliance-form sh:path ( motkg:allianceForm rdfs:label ) ; sh:maxLength 3 .
"""
DATA = """
id:a a motkg:Alliance . id:b a motkg:Alliance ; rdfs:label "B" ; motkg:allianceForm id:form . id:form rdfs:label "loose"@en .
"""


@dataclass(frozen=True)
class Place:
    file: str
    line: int
    column: int


def report() -> Report:
    data = list(parse(TEXT + DATA, RdfFormat.TURTLE))
    return validate(data, read_shapes(parse(TEXT + SHAPES, RdfFormat.TURTLE)), origins={data[0]: Place("alliances.yaml", 3, 7)})


def test_text_groups_results_and_says_what_to_do_and_where() -> None:
    assert render(report(), "human", labels={expand("id:a"): "Alliance A"}) == (
        "does not conform: 2 results, 2 focus nodes checked by native\n"
        "\n"
        "Violation shape:Alliance-form (1): sh:MaxLength does not hold\n"
        '  id:b motkg:allianceForm/rdfs:label "loose"@en\n'
        "\n"
        'Warning shape:Alliance-label (1): Give it a "name".\n'
        "  alliances.yaml:3:7: Alliance A (id:a) rdfs:label\n"
        "\n"
        "targets that match nothing:\n"
        "  shape:Alliance: sh:targetClass motkg:Aliance, but motkg:Aliance occurs nowhere in the data; "
        "did you mean motkg:Alliance or motkg:allianceForm?\n"
    )


def test_text_of_a_good_graph_is_one_line() -> None:
    data = parse(TEXT + 'id:a a motkg:Alliance ; rdfs:label "A" .', RdfFormat.TURTLE)
    shapes = parse(TEXT + SHAPES.replace(" , motkg:Aliance", ""), RdfFormat.TURTLE)
    good = validate(data, read_shapes(shapes))
    assert render(good, "human") == "conforms: 1 focus nodes checked by native\n"


def test_turtle_is_a_standard_report_that_reads_back_the_same() -> None:
    quads = list(parse(render(report(), "turtle"), RdfFormat.TURTLE))
    graph = DataGraph(quads)
    assert Counter(result.key for result in read_results(graph)) == Counter(result.key for result in report().results)
    assert {message.language for result in read_results(graph) for message in result.messages} == {"en", "ja"}
    (answer,) = graph.forward(expand("sh:conforms")).values()
    assert [value.value for value in answer] == ["false"]


def test_json_has_every_part() -> None:
    document = json.loads(render(report(), "json"))
    assert document["conforms"] is False
    assert document["results"][0] == {
        "focusNode": "https://w3id.org/motkg/id/a",
        "path": "rdfs:label",
        "component": "http://www.w3.org/ns/shacl#MinCountConstraintComponent",
        "shape": "https://w3id.org/motkg/shape/Alliance-label",
        "severity": "http://www.w3.org/ns/shacl#Warning",
        "messages": [{"value": 'Give it a "name".', "language": "en"}, {"value": "名称を与えてください。", "language": "ja"}],
        "origin": {"file": "alliances.yaml", "line": 3, "column": 7},
    }
    assert document["results"][1]["value"] == {"value": "loose", "language": "en"}
    assert document["emptyTargets"][0]["near"] == ["motkg:Alliance", "motkg:allianceForm"]
    assert NamedNode(document["emptyTargets"][0]["term"]) == expand("motkg:Aliance")
