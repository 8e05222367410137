from __future__ import annotations

import ast
import json
import struct
import subprocess
import sys
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from pyoxigraph import Literal, NamedNode

from kg.core.errors import InputError, QueryError
from kg.core.resources import queries_dir
from kg.query.catalogue.catalogue import Catalogue
from kg.query.catalogue.declarations import Chart
from kg.query.results import answers
from kg.query.results.charts import draw
from kg.store.protocol import Solutions

if TYPE_CHECKING:
    from pathlib import Path

    from kg.graph.graph import Graph
    from kg.query.catalogue.catalogue import CatalogueQuery

WITH_CHART = [query for query in Catalogue(queries_dir()) if query.chart and query.chart.mark != "graph"]
INTEGER = NamedNode("http://www.w3.org/2001/XMLSchema#integer")
BANDS = Solutions(
    ("name", "low", "high"),
    (
        (Literal("b"), Literal("10", datatype=INTEGER), Literal("20", datatype=INTEGER)),
        (Literal("a"), None, Literal("50", datatype=INTEGER)),
        (Literal("a"), None, Literal("50", datatype=INTEGER)),
    ),
)


def number(text: str) -> float | None:
    return float(text) if text else None


def text_of(term: object) -> str:
    return str(getattr(term, "value", "")) if term is not None else ""


def test_ten_questions_have_charts() -> None:
    assert len(WITH_CHART) >= 10


@pytest.mark.parametrize("query", WITH_CHART, ids=lambda query: query.name)
def test_the_specification_holds_the_numbers_of_the_answer(query: CatalogueQuery, graph: Graph) -> None:
    assert query.chart
    solutions = graph.store.query(graph.text(query.name, {}))
    assert isinstance(solutions, Solutions)
    spec = json.loads(draw(query.chart, solutions, "json", query.columns, query.summary))
    used = list(query.chart.columns.values())
    places = [solutions.variables.index(name) for name in used]
    quantitative = {about["field"] for about in spec["encoding"].values() if about.get("type") == "quantitative"} | {
        query.chart.x2
    }
    wanted = {
        tuple(
            number(text_of(row[at])) if name in quantitative else text_of(row[at])
            for name, at in zip(used, places, strict=True)
        )
        for row in solutions.rows
    }
    drawn = [tuple(value[name] for name in used) for value in spec["data"]["values"]]
    assert set(drawn) == wanted
    assert len(drawn) == len(wanted)
    assert quantitative & set(used)
    assert spec["$schema"].startswith("https://vega.github.io/schema/vega-lite/")


def test_names_keep_the_order_of_the_answer_in_axis_and_stack() -> None:
    rows = [(stage, answer) for stage in ("late", "early") for answer in ("some", "none", "many")]
    one = Literal("1", datatype=INTEGER)
    solutions = Solutions(
        ("stage", "answer", "n"), tuple((Literal(stage), Literal(answer), one) for stage, answer in rows)
    )
    spec = json.loads(draw(Chart("bar", x="n", y="stage", color="answer"), solutions, "json"))
    assert spec["encoding"]["y"]["sort"] == ["late", "early"]
    assert spec["encoding"]["color"]["sort"] == ["some", "none", "many"]
    assert [value["order"] for value in spec["data"]["values"]] == [0, 1, 2, 0, 1, 2]


def test_a_range_with_one_end_is_drawn_at_that_end_and_each_row_once() -> None:
    spec = json.loads(
        draw(Chart("bar", x="low", x2="high", y="name"), BANDS, "json", {"low": "lower limit", "high": "upper limit"})
    )
    assert spec["data"]["values"] == [{"low": 10, "high": 20, "name": "b"}, {"low": None, "high": 50, "name": "a"}]
    assert spec["encoding"]["x"]["title"] == ["Lower limit", "to", "Upper limit"]
    assert {step["as"] for step in spec["transform"]} == {"low", "high"}


def test_pictures_are_what_their_names_say() -> None:
    chart = Chart("bar", x="high", y="name", title="事業化")
    svg = ET.fromstring(draw(chart, BANDS, "svg"))  # noqa: S314 - our own picture
    assert svg.tag == "{http://www.w3.org/2000/svg}svg"
    assert float(svg.attrib["width"]) > 300
    texts = {element.text for element in svg.iter("{http://www.w3.org/2000/svg}text")}
    assert {"a", "b", "事業化"} <= texts
    png = draw(chart, BANDS, "png")
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", png[16:24])
    assert width > 600
    assert height > 60
    html = draw(chart, BANDS, "html").decode()
    assert "<script src=" not in html
    assert html.lstrip().lower().startswith("<!doctype html>")


def test_charts_repeat_byte_for_byte_in_another_process() -> None:
    code = (
        "import hashlib; from pyoxigraph import Literal;"
        "from kg.query.results.charts import draw;"
        "from kg.query.catalogue.declarations import Chart; from kg.store.protocol import Solutions;"
        "rows = tuple((Literal(n), Literal(i)) for i, n in enumerate('cab'));"
        "chart = Chart('bar', x='n', y='name', color='name');"
        "drawn = {form: draw(chart, Solutions(('name', 'n'), rows), form) for form in ('svg', 'png', 'html', 'json')};"
        "print({form: (len(it), hashlib.sha256(it).hexdigest()) for form, it in drawn.items()})"
    )
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout
        for _ in range(2)
    ]
    drawn = ast.literal_eval(runs[0])
    assert [form for form, (length, _) in drawn.items() if length] == ["svg", "png", "html", "json"]
    assert runs[0] == runs[1]


def test_refusals_say_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    chart = Chart("bar", x="high", y="name")
    with pytest.raises(QueryError, match="formats of charts: svg, png, html, json"):
        draw(chart, BANDS, "pdf")
    with pytest.raises(QueryError, match="no rows"):
        draw(chart, Solutions(BANDS.variables, ()), "svg")
    with pytest.raises(QueryError, match="no column 'hihg'") as caught:
        draw(Chart("bar", x="hihg", y="name"), BANDS, "svg")
    assert caught.value.near == ("high",)

    def missing(name: str) -> None:
        raise ModuleNotFoundError(f"No module named '{name}'", name=name)

    monkeypatch.setattr(answers, "import_module", missing)
    with pytest.raises(QueryError, match=r"motkg\[charts\]"):
        draw(chart, BANDS, "svg")


HEADER = "#+ summary: x\n#+ columns:\n#+   stage: the stage\n#+   share: a share\n#+ chart:\n#+   mark: {mark}\n#+   {key}: {x}\n#+   y: stage\n"
BROKEN = {
    "an unknown column": ({"x": "shaer"}, 7, 4, "the chart's x is no column: 'shaer'", ("share",)),
    "an unknown mark": ({"mark": "barr"}, 6, 4, "no mark is called 'barr'", ("bar",)),
    "an unknown key": ({"key": "xx"}, 7, 4, "unknown key 'xx' of the chart", ()),
    "no x": ({"key": "facet"}, 5, 3, "the chart has no x", ()),
    "a number for a column": ({"x": "12"}, 7, 4, "'x' of the chart needs a text", ()),
}


@pytest.mark.parametrize(("change", "line", "indent", "message", "near"), BROKEN.values(), ids=BROKEN)
def test_a_broken_chart_is_told_by_line(  # noqa: PLR0913, PLR0917 - a row of the table above
    tmp_path: Path, change: dict[str, str], line: int, indent: int, message: str, near: tuple[str, ...]
) -> None:
    (tmp_path / "topic").mkdir()
    header = HEADER.format(**{"mark": "bar", "key": "x", "x": "share", **change})
    (tmp_path / "topic" / "q.rq").write_text(
        f"{header}SELECT ?stage ?share WHERE {{ ?stage ?p ?share }}\n", encoding="utf-8"
    )
    with pytest.raises(InputError) as caught:
        Catalogue(tmp_path)["q"]
    problem = caught.value.problems[0]
    assert message in problem.message
    assert problem.line == line
    assert problem.column >= indent
    assert set(near) <= set(problem.near)


# Signed graphs

SIGNED = Solutions(
    ("cause", "effect", "sign"),
    tuple(
        tuple(map(Literal, row))
        for row in (("a", "b", "+"), ("b", "c", "-"), ("c", "a", "+"), ("x", "<y>", "?"), ("a", "c", "-"))
    ),
)
GRAPH = Chart("graph", x="cause", y="effect", color="sign")


def test_a_graph_has_an_arrow_for_each_row_and_a_place_of_its_own_for_each_thing() -> None:
    spec = json.loads(draw(GRAPH, SIGNED, "json", {}, "What does what?"))
    arrows = [(value["cause"], value["effect"], value["sign"]) for value in spec["data"]["values"]]
    assert arrows == [tuple(text_of(term) for term in row) for row in SIGNED.rows]
    nodes = spec["layer"][-1]["data"]["values"]
    assert sorted(node["name"] for node in nodes) == ["<y>", "a", "b", "c", "x"]
    assert len({(node["nodeX"], node["nodeY"]) for node in nodes}) == len(nodes)
    assert spec["title"] == ["What does what?"]


def test_the_sign_of_an_arrow_shows_in_dashes_and_a_mark_and_not_by_colour_alone() -> None:
    rule, _, mark, _ = json.loads(draw(GRAPH, SIGNED, "json"))["layer"]
    dashes = rule["encoding"]["strokeDash"]["scale"]
    assert dashes["domain"] == ["+", "-", "?"]
    assert len({tuple(dash) for dash in dashes["range"]}) == 3
    assert mark["encoding"]["text"]["field"] == "sign"


def test_causes_stand_left_of_effects_but_for_arrows_that_close_a_circle() -> None:
    spec = json.loads(draw(GRAPH, SIGNED, "json"))
    left = {node["name"]: node["nodeX"] for node in spec["layer"][-1]["data"]["values"]}
    assert left["a"] < left["b"] < left["c"]
    assert left["x"] < left["<y>"]


def test_a_drawn_graph_holds_every_name_as_text() -> None:
    svg = ET.fromstring(draw(GRAPH, SIGNED, "svg"))  # noqa: S314 - our own picture
    texts = [element.text for element in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert {"a", "b", "c", "x", "<y>", "+", "-", "?"} <= set(texts)
