"""A report in each of its forms."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse

from kg.core.origin import Origin
from kg.core.terms import SH, expand
from kg.shacl import FORMATS, Concern, Figures, Report, Shapes, read_shapes, render, validate
from kg.shacl.nodes import DataGraph
from kg.shacl.pyshacl_engine import read_results
from kg.shacl.report.forms.objects import read_report

SCHEMA = Path(__file__).parent / "schemas" / "sarif-2.1.0-rtm.5.json"
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


def shapes() -> Shapes:
    return read_shapes(parse(TEXT + SHAPES, RdfFormat.TURTLE))


def report() -> Report:
    data = list(parse(TEXT + DATA, RdfFormat.TURTLE))
    form = next(quad for quad in data if quad.predicate == expand("motkg:allianceForm"))
    origins = {data[0]: Origin("alliances.yaml", 3, 7), form: Origin("tables/forms, new.csv", 4, 2, "r3c2")}
    concern = Concern(
        "empty-target",
        "sh:targetClass motkg:Aliance of shape:Alliance",
        expand("shape:Alliance"),
        expand("motkg:Aliance"),
        ("motkg:Alliance",),
    )
    return replace(validate(data, shapes(), origins=origins), concerns=(concern,))


def test_human_groups_results_by_severity_and_says_what_to_do_and_where() -> None:
    text = render(report(), "human", shapes=shapes(), labels={expand("id:a"): "Alliance A"})
    assert text == (
        "does not conform: 2 results, 2 focus nodes checked with the columnar engine, 1 concern about the run\n"
        "\n"
        "Violation shape:Alliance-form (1): sh:maxLength does not hold\n"
        '  fix: write at most 3 characters instead of "loose"@en\n'
        '  tables/forms, new.csv:4:2 (r3c2): id:b motkg:allianceForm/rdfs:label "loose"@en\n'
        "\n"
        'Warning shape:Alliance-label (1): Give it a "name".\n'
        "  fix: give at least 1 of rdfs:label\n"
        "  alliances.yaml:3:7: Alliance A (id:a) rdfs:label\n"
        "\n"
        "about the run itself:\n"
        "  target that matches nothing: sh:targetClass motkg:Aliance of shape:Alliance; did you mean motkg:Alliance? "
        "(--allow-empty-targets)\n"
    )


def test_human_tells_what_is_allowed_accepted_and_measured() -> None:
    found = replace(
        report().allowing({"empty-target"}), accepted=3, settled=1, figures=Figures(1.5, 0.25, 12345, 250_000_000)
    )
    text = render(found, "human")
    assert "1 target matches nothing, which is allowed here: shape:Alliance: sh:targetClass motkg:Aliance\n" in text
    assert "the baseline accepts 3 results; 1 of its entries no longer occur\n" in text
    assert text.endswith("12,345 statements: load 1.50 s, validation 0.25 s, peak memory 250 MB\n")


def test_human_of_a_clean_run_is_one_line() -> None:
    clean = Report(conforms=True, results=(), empty_targets=(), delegated=(), engine="columnar", focus_nodes=1)
    assert render(clean, "human") == "conforms: 1 focus node checked with the columnar engine\n"


def test_turtle_is_a_standard_report_that_reads_back_the_same() -> None:
    quads = list(parse(render(report(), "turtle"), RdfFormat.TURTLE))
    graph = DataGraph(quads)
    assert Counter(result.key for result in read_results(graph)) == Counter(result.key for result in report().results)
    assert {message.language for result in read_results(graph) for message in result.messages} == {"en", "ja"}
    (answer,) = graph.forward(expand("sh:conforms")).values()
    assert [value.value for value in answer] == ["false"]


def test_json_has_every_part() -> None:
    document = json.loads(render(report(), "json", shapes=shapes()))
    assert (document["conforms"], document["clean"]) == (False, False)
    assert document["results"][0] == {
        "focusNode": "https://w3id.org/motkg/id/a",
        "path": "rdfs:label",
        "pathStructure": "http://www.w3.org/2000/01/rdf-schema#label",
        "component": "http://www.w3.org/ns/shacl#MinCountConstraintComponent",
        "shape": "https://w3id.org/motkg/shape/Alliance-label",
        "severity": "http://www.w3.org/ns/shacl#Warning",
        "messages": [
            {"value": 'Give it a "name".', "language": "en"},
            {"value": "名称を与えてください。", "language": "ja"},
        ],
        "fix": "give at least 1 of rdfs:label",
        "origin": {"file": "alliances.yaml", "line": 3, "column": 7},
    }
    assert document["results"][1]["value"] == {"value": "loose", "language": "en"}
    assert document["concerns"][0]["near"] == ["motkg:Alliance"]
    assert NamedNode(document["emptyTargets"][0]["term"]) == expand("motkg:Aliance")


def test_json_reads_back_as_the_report_that_it_was() -> None:
    text = """:S sh:targetNode "x" , 5 ; sh:property [ sh:path [ sh:inversePath ( :p [ sh:zeroOrMorePath :q ] ) ] ; sh:minCount 1 ] ;
        sh:path [ sh:alternativePath ( :p [ sh:oneOrMorePath :q ] ) ] ; sh:minCount 1 ."""
    prefixes = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <https://example.org/> ."
    some = read_shapes(
        parse(
            prefixes + text.replace("sh:property", "sh:node [ sh:property").replace(" ;\n", " ] ;\n"), RdfFormat.TURTLE
        )
    )
    for found in (report(), validate([], some)):
        again = read_report(render(found, "json"))
        assert [(r.key, r.messages) for r in again.results] == [(r.key, r.messages) for r in found.results]
        assert render(again, "json") == render(found, "json")


def test_sarif_keeps_to_its_schema_and_points_at_line_and_column() -> None:
    log = json.loads(render(report(), "sarif", shapes=shapes()))
    jsonschema.Draft4Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(log)
    (run,) = log["runs"]
    warning, error, concern = run["results"]
    assert [warning["level"], error["level"], concern["level"]] == ["warning", "error", "error"]
    assert warning["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "alliances.yaml"},
        "region": {"startLine": 3, "startColumn": 7},
    }
    assert error["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "tables/forms%2C%20new.csv"
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_sarif_of_anything_that_can_be_reported_keeps_to_its_schema() -> None:
    bare = replace(
        report().results[0],
        origin=None,
        shape=BlankNode("s"),
        focus=BlankNode("f"),
        value=Literal("\u0000"),
        messages=(),
    )
    concerns = (Concern("no-shapes", "holds no shape"), Concern("empty-data", "none", allowed=True))
    far = replace(bare, origin=Origin("/somewhere else/a.ttl", 0, 0), severity=NamedNode("https://example.org/Grave"))
    log = json.loads(render(replace(report(), results=(bare, far), concerns=concerns), "sarif"))
    jsonschema.Draft4Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(log)
    assert [result["level"] for result in log["runs"][0]["results"]] == ["warning", "error", "error", "note"]


def test_sarif_makes_no_link_or_placeholder_of_data() -> None:
    odd = replace(report().results[0], messages=(Literal("{0} [l](http://evil.example)"),))
    (run,) = json.loads(render(replace(report(), results=(odd,)), "sarif"))["runs"]
    assert r"{{0}} \[l\](http://evil.example)" in run["results"][0]["message"]["text"]
    assert run["tool"]["driver"]["rules"][0]["shortDescription"]["text"] == r"{{0}} \[l\](http://evil.example)"


def test_junit_has_a_failing_case_for_each_shape_and_one_for_each_concern() -> None:
    suites = ET.fromstring(render(report(), "junit", shapes=shapes()))  # noqa: S314 - our own text
    cases = {case.get("classname"): case for case in suites.iter("testcase")}
    assert (suites.get("tests"), suites.get("failures"), suites.get("errors")) == ("4", "2", "1")
    assert cases["shape:Alliance"].find("failure") is None
    failure = cases["shape:Alliance-label"].find("failure")
    assert failure is not None
    assert (cases["shape:Alliance-label"].get("file"), cases["shape:Alliance-label"].get("line")) == (
        "alliances.yaml",
        "3",
    )
    assert "alliances.yaml:3:7: Warning sh:minCount id:a rdfs:label" in (failure.text or "")
    assert cases["empty-target"].find("error") is not None


def test_junit_holds_text_that_xml_cannot() -> None:
    odd = replace(report().results[0], value=Literal("\u0000<&\ufffe"))
    assert ET.fromstring(render(replace(report(), results=(odd,)), "junit")).tag == "testsuites"  # noqa: S314 - our own text


def test_github_commands_escape_what_would_end_them() -> None:
    assert render(report(), "github", shapes=shapes()) == (
        '::warning file=alliances.yaml,line=3,col=7,title=shape%3AAlliance-label sh%3AminCount::id:a rdfs:label: Give it a "name".'
        "%0Afix: give at least 1 of rdfs:label\n"
        "::error file=tables/forms%2C new.csv,line=4,col=2,title=shape%3AAlliance-form sh%3AmaxLength::id:b motkg:allianceForm/rdfs:label "
        '"loose"@en: sh:maxLength does not hold%0Afix: write at most 3 characters instead of "loose"@en\n'
        "::error title=kg validate empty-target::target that matches nothing: sh:targetClass motkg:Aliance of shape:Alliance; "
        "did you mean motkg:Alliance?\n"
    )


def test_github_says_nothing_of_a_clean_run() -> None:
    clean = Report(conforms=True, results=(), empty_targets=(), delegated=(), engine="columnar", focus_nodes=1)
    assert render(clean, "github") == ""


class Page(HTMLParser):
    """Notes what a page loads, whether its elements are closed, and the texts in each language."""

    VOID = frozenset({"meta", "br", "link", "img"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.loaded: list[str] = []
        self.texts: dict[str, list[str]] = {"en": [], "ja": []}
        self.headers: list[dict[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.loaded += [
            value for name, value in attrs if name in {"src", "href"} and value and not value.startswith("#")
        ]
        if tag == "th":
            self.headers.append(found)
        if tag not in self.VOID:
            self.open.append((tag, found))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        language = next((found["lang"] for _, found in reversed(self.open) if "lang" in found), "en")
        self.texts[str(language)].append(data)


def test_the_page_stands_alone_in_two_languages_and_its_tables_have_headers() -> None:
    text = render(report(), "html", shapes=shapes(), labels={expand("id:a"): "<b>A & B</b>"})
    page = Page(text)
    assert page.open == []
    assert page.loaded == []
    assert {header.get("scope") for header in page.headers} == {"col", "row"}
    assert any('Give it a "name".' in one for one in page.texts["en"])
    assert any("名称を与えてください。" in one for one in page.texts["ja"])
    assert any("rdfs:label の値を1個以上与えてください" in one for one in page.texts["ja"])
    assert "<b>A & B</b>" in "".join(page.texts["en"])


@pytest.mark.parametrize("form", FORMATS)
def test_every_form_of_every_report_ends_with_a_line_break(form: str) -> None:
    assert render(report(), form).endswith("\n")


def test_a_value_that_is_a_triple_term_is_the_same_in_every_form() -> None:
    data = list(parse(TEXT + 'id:a a motkg:Alliance ; rdfs:label <<( id:a id:b "x"@en )>> .', RdfFormat.TURTLE))
    target = "shape:A sh:targetClass motkg:Alliance ; sh:property [ sh:path rdfs:label ; sh:nodeKind sh:IRI ] ."
    found = validate(data, read_shapes(parse(TEXT + target, RdfFormat.TURTLE)))
    (term,) = (quad.object for quad in data if quad.predicate == expand("rdfs:label"))
    stated = parse(render(found, "turtle"), RdfFormat.TURTLE)
    assert [quad.object for quad in stated if quad.predicate.value == f"{SH}value"] == [term]
    assert [result.value for result in read_report(render(found, "json")).results] == [term]
    assert f"<<( {term} )>>" in render(found, "json").replace('\\"', '"')
