"""Texts of data are shown and command nothing, in every form that answers, explanations and reports have.

A corpus of hostile texts goes through each renderer, and a parser of the form judges what came out.
"""

from __future__ import annotations

import io
import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Triple, parse

import kg
from kg.core.errors import QueryError
from kg.core.text import NOT_XML, in_dot, in_script, markup, printable, unmarked
from kg.explanation.model import FORMATS as EXPLANATION_FORMATS
from kg.explanation.model import Explanation, Kind
from kg.publishing.answers import FORMATS as GRAPH_FORMATS
from kg.publishing.answers import dump
from kg.query.catalogue.declarations import Chart
from kg.query.results import charts, encode, render
from kg.query.results.charts import draw, specification, to_altair
from kg.query.results.html import draw as draw_graph
from kg.query.results.html import to_html
from kg.store.protocol import Solutions

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

TEXTS = (
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "]]><x/>",
    "&lt;b&gt; &amp; &#60;",
    "\x1b[31mred\x1b]0;title\x07",
    "a\n::error::b",
    "a\r\n\x85\u2028b",
    "\x00\x08\x0b\x9b",
    "\u202egnp.exe\u2066",
    "\ufffe\uffff\ufeff",
    "[l](http://evil.example) {0} ![i](x)",
    "| a | `b` ~~c~~",
    "\\end{tabular}\\input{/etc/passwd}%",
    "=1+1",
    '\\N \\" \\\\',
)
THING, LABEL = NamedNode("https://example.org/a"), NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
SOLUTIONS = Solutions(("n", "text"), tuple((Literal(n), Literal(text)) for n, text in enumerate(TEXTS)))
TRIPLES = [Triple(NamedNode(f"{THING.value}{n}"), LABEL, Literal(text)) for n, text in enumerate(TEXTS)]
CHART = Chart("bar", x="n", y="text")
ALIEN = [text for text in TEXTS if re.search(NOT_XML, text)]
SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <https://example.org/> .
ex:S a sh:NodeShape ; sh:targetSubjectsOf <http://www.w3.org/2000/01/rdf-schema#label> ;
  sh:property [ sh:path <http://www.w3.org/2000/01/rdf-schema#label> ; sh:maxLength 0 ] .
"""


class _Page(HTMLParser):
    """The elements, attributes and texts of a page, as a browser finds them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.scripts = 0
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.scripts += tag == "script"
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def assert_inert_page(page: str, scripts: int = 0) -> None:
    found = _Page(page)
    assert found.scripts == scripts
    assert not {"img", "b", "x", "i"} & found.tags
    assert not [name for name, _ in found.attributes if name.startswith("on")]
    assert_seen(page)


def assert_seen(text: str) -> None:
    """Every line holds only characters that are seen."""
    assert [line for line in text.split("\n") if printable(line) != line] == []


def all_texts(element: ET.Element) -> str:
    return " ".join([*element.itertext(), *(value for child in element.iter() for value in child.attrib.values())])


def explanations() -> list[Explanation]:
    return [Explanation(triple, Kind.ASSERTED, graph="https://example.org/g") for triple in TRIPLES]


def test_texts_are_shown_in_a_terminal_and_in_tables_for_documents() -> None:
    for form in ("table", "markdown", "latex"):
        assert_seen(render(SOLUTIONS, form))


def test_markdown_holds_no_mark_of_the_data() -> None:
    rows = render(SOLUTIONS, "markdown").splitlines()
    assert len(rows) == len(TEXTS) + 2
    for row in rows[2:]:
        assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) == 3
        assert not re.search(r"(?<!\\)<(?!br>)", row)


@pytest.mark.parametrize("form", ["csv", "tsv", "json"])
def test_forms_for_programs_keep_every_character(form: str) -> None:
    content = encode(SOLUTIONS, form).decode()
    if form == "json":
        assert [row["text"]["value"] for row in json.loads(content)["results"]["bindings"]] == list(TEXTS)
    assert "\x1b[31mred" in content or "\\u001b[31mred" in content.lower()


def test_xml_for_programs_is_well_formed_or_refused() -> None:
    for text in TEXTS:
        answer = Solutions(("text",), ((Literal(text),),))
        quad = Quad(THING, LABEL, Literal(text), DefaultGraph())
        if text in ALIEN:
            with pytest.raises(QueryError, match=r"XML cannot hold the character U\+"):
                render(answer, "xml")
            with pytest.raises(QueryError, match=r"RDF/XML cannot hold the character U\+"):
                dump([quad], "rdf")
        else:
            ET.fromstring(render(answer, "xml"))  # noqa: S314 - our own
            ET.fromstring(dump([quad], "rdf"))  # noqa: S314 - our own


@pytest.mark.parametrize("form", [form for form in GRAPH_FORMATS if form not in {"rdf", "owl"}])
def test_other_syntaxes_of_graphs_keep_every_character(form: str) -> None:
    written = dump([Quad(*triple, DefaultGraph()) for triple in TRIPLES], form)
    assert {quad.object.value for quad in parse(written, format=GRAPH_FORMATS[form])} == set(TEXTS)


def test_a_workbook_can_be_read() -> None:
    openpyxl = pytest.importorskip("openpyxl")
    sheet = openpyxl.load_workbook(io.BytesIO(encode(SOLUTIONS, "xlsx"))).active
    assert sheet.cell(len(TEXTS), 2).data_type == "s"  # =1+1 is text
    assert sheet.cell(2, 2).value == TEXTS[0]


def test_tables_and_drawings_of_notebooks_are_well_formed_and_hold_no_markup_of_the_data() -> None:
    labels = {triple.subject.value: text for triple, text in zip(TRIPLES, TEXTS, strict=True)}
    assert_inert_page(to_html(SOLUTIONS.variables, SOLUTIONS.rows, labels))
    for triple in TRIPLES:
        drawing = draw_graph([triple], labels)
        ET.fromstring(drawing)  # noqa: S314 - our own
        assert_inert_page(drawing)


@pytest.mark.parametrize("form", EXPLANATION_FORMATS)
def test_explanations_are_inert_in_every_form(form: str) -> None:
    text = EXPLANATION_FORMATS[form](explanations(), {})
    if form in {"text", "dot", "svg"}:
        assert_seen(text)
    match form:
        case "text":
            assert len(text.splitlines()) == 2 * len(TEXTS)
        case "svg":
            assert_inert_page(text)
            assert "::error::" in all_texts(ET.fromstring(text))  # noqa: S314 - our own
        case "json":
            assert [each["words"] for each in json.loads(text)] == [
                printable(each["words"]) for each in json.loads(text)
            ]
        case "prov":
            assert list(parse(text, format=RdfFormat.TURTLE))
        case "dot":
            assert all(
                re.fullmatch(r'  s\d+ \[label="(?:[^"\\\n]|\\["\\n])*"\];', line) for line in text.splitlines()[2:-1]
            )


def test_a_picture_of_a_chart_shows_every_text() -> None:
    svg = draw(CHART, SOLUTIONS, "svg", heading=TEXTS[7]).decode()
    root = ET.fromstring(svg)  # noqa: S314 - our own
    assert_inert_page(svg)
    assert "red\\u001B]0;title" in all_texts(root)


def test_a_page_with_a_chart_has_no_script_of_the_data(monkeypatch: pytest.MonkeyPatch) -> None:
    import vl_convert

    monkeypatch.setattr(vl_convert, "javascript_bundle", lambda snippet: snippet)  # seconds, and always the same
    page = draw(CHART, SOLUTIONS, "html", heading=TEXTS[0]).decode()
    assert_inert_page(page, scripts=2)
    assert re.findall(r"</script", page) == ["</script"] * 2
    found = re.search(r'vegaEmbed\("#chart", (\{.*\}), (\{.*?\}\S*, .*\})\);</script>', page)
    assert found
    assert [row["text"] for row in json.loads(found[1])["data"]["values"]] == list(map(printable, TEXTS))
    assert "default-src 'none'" in page


def test_an_object_of_altair_holds_nothing_that_ends_a_script() -> None:
    assert not re.search(r"<[a-zA-Z/!?]", json.dumps(specification(to_altair(CHART, SOLUTIONS, {}, "", unmarked))))


def test_numbers_that_no_axis_shows_are_left_out() -> None:
    xsd = "http://www.w3.org/2001/XMLSchema#"
    numbers = [Literal(text, datatype=NamedNode(xsd + "double")) for text in ("INF", "NaN", "-INF", "1.5")]
    drawn = to_altair(CHART, Solutions(("n", "text"), tuple((number, Literal("a")) for number in numbers)), {})
    assert specification(drawn)["data"]["values"] == [{"n": None, "text": "a"}, {"n": 1.5, "text": "a"}]


def test_reports_of_validation_are_inert_in_every_form(tmp_path: Path) -> None:
    (tmp_path / "shapes.ttl").write_text(SHAPES, encoding="utf-8")
    report = kg.validate(TRIPLES, shapes=tmp_path / "shapes.ttl", with_ontology=False)
    assert len(report.results) == len(TEXTS)
    assert_seen(report.render("human"))
    assert_seen(report.render("github"))
    assert sum(line.startswith("::") for line in report.render("github").splitlines()) <= len(TEXTS) + 1
    assert_inert_page(report.render("html"))
    junit = report.render("junit")
    assert_seen(junit)
    ET.fromstring(junit)  # noqa: S314 - our own
    sarif = json.loads(report.render("sarif"))
    messages = [result["message"]["text"] for result in sarif["runs"][0]["results"]]
    assert len(messages) == len(TEXTS)
    assert not any(re.search(r"(?<!\\)\]\(", message) for message in messages)
    assert not any(re.search(r"(?<!\{)\{\d+\}(?!\})", message) for message in messages)


def inside(texts: Iterable[str]) -> str:
    return "".join(f"<p title='{markup(text)}'>{markup(text)}</p>" for text in texts)


def test_one_function_knows_how_to_write_a_text_into_each_medium() -> None:
    assert_inert_page(inside(TEXTS))
    assert json.loads(in_script(list(TEXTS))) == list(TEXTS)
    assert not re.search("[<>&]", in_script(list(TEXTS)))
    assert in_dot('a"\\N\nb&lt;\x1b') == '"a\\"\\\\N\\nb&amp;lt;\\\\u001B"'
    assert unmarked("a</b><c a<1 <\u00e9") == "a<\u2060/b><\u2060c a<1 <\u00e9"


def test_a_chart_that_no_picture_can_show_is_refused_and_one_that_ends_its_process_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    many = Solutions(("n", "text"), tuple((Literal(n), Literal(f"text {n}")) for n in range(charts.MOST_NAMES + 1)))
    with pytest.raises(QueryError, match="the column 'text' has 501 different texts; a chart shows at most 500"):
        draw(CHART, many, "svg")
    with pytest.raises(QueryError, match="a text of 1,001 characters in the column 'text' is too long for a chart"):
        draw(CHART, Solutions(("n", "text"), ((Literal(1), Literal("x" * 1_001)),)), "json")
    monkeypatch.setattr(charts, "_DRAWING", "import os; os.abort()")
    with pytest.raises(QueryError, match="the chart cannot be drawn as png"):
        draw(CHART, SOLUTIONS, "png")
