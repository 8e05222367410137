"""The Python interface: results, data frames, statements, drawings, and the catalogue as functions."""

from __future__ import annotations

import datetime as dt
import inspect
import keyword
from decimal import Decimal
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, parse
from rdflib.compare import isomorphic

import kg
from kg.core.errors import QueryError, StoreError
from kg.graph.graph import Graph
from kg.query.results.html import MOST_BOXES, draw
from kg.query.results.typed import value_of
from kg.store.embedded.store import EmbeddedStore

if TYPE_CHECKING:
    from pathlib import Path

XSD = "http://www.w3.org/2001/XMLSchema#"
SVG = "{http://www.w3.org/2000/svg}"
STAGES = """
CONSTRUCT { ?stage a motkg:Stage ; skos:prefLabel ?label ; motkg:precedes ?next }
WHERE { ?stage skos:inScheme scheme:stage ; a motkg:Stage ; skos:prefLabel ?label . OPTIONAL { ?stage motkg:precedes ?next } }
"""


def example(*triples: tuple[str, str]) -> list[Triple]:
    return [
        Triple(
            NamedNode(f"http://example.org/{a}"),
            NamedNode("http://example.org/p"),
            NamedNode(f"http://example.org/{b}"),
        )
        for a, b in triples
    ]


@pytest.mark.parametrize(
    ("text", "datatype", "value"),
    [
        ("7", "integer", 7),
        ("1992", "gYear", 1992),
        ("0.364", "decimal", Decimal("0.364")),
        ("1e3", "double", 1000.0),
        ("true", "boolean", True),
        ("0", "boolean", False),
        ("2004-05-06", "date", dt.date(2004, 5, 6)),
        ("2004-05-06T07:08:09Z", "dateTime", dt.datetime(2004, 5, 6, 7, 8, 9, tzinfo=dt.UTC)),
        ("07:08:09", "time", dt.time(7, 8, 9)),
        ("text", "string", "text"),
        ("P1Y", "duration", "P1Y"),
        ("seven", "integer", "seven"),
        ("a.b", "decimal", "a.b"),
        ("yes", "boolean", "yes"),
        ("2004-13-01", "date", "2004-13-01"),
    ],
)
def test_a_literal_becomes_the_value_that_it_writes(text: str, datatype: str, value: object) -> None:
    given = value_of(Literal(text, datatype=NamedNode(XSD + datatype)))
    assert given == value
    assert type(given) is type(value)


def test_other_terms_become_text() -> None:
    assert value_of(None) is None
    assert value_of(NamedNode("http://example.org/a")) == "http://example.org/a"
    assert value_of(Literal("段階", language="ja")) == "段階"
    assert value_of(BlankNode("x")) == "_:x"
    assert value_of(Literal("7", datatype=NamedNode("http://example.org/integer"))) == "7"


def test_rows_are_python_values_and_terms(graph: Graph) -> None:
    result = graph.query("factors-at-stage", {"stage": "commercialization"})
    first = {"rank": 1, "factor": "human resources", "share": Decimal(53), "n": 40}
    first["document"] = "Kirihata on MOT and the valley of death"
    assert len(result) == 7
    assert next(iter(result)) == result[0] == first
    assert result[-1]["factor"] == "external linkage"
    assert [row["rank"] for row in result[2:4]] == [3, 3]
    assert next(result.terms)["factor"] == result.rows[0][1] == Literal("human resources", language="en")
    assert "human resources" in str(result)
    assert repr(result) == "<Result: 7 rows of rank, factor, share, n, document>"


def test_data_frames_have_types(graph: Graph) -> None:
    import polars as pl
    import pyarrow as pa

    result = graph.query("factors-at-stage")
    arrow, pandas, polars = result.to_arrow(), result.to_pandas(), result.to_polars()
    assert arrow.column_names == list(pandas.columns) == polars.columns == ["rank", "factor", "share", "n", "document"]
    assert arrow.schema.field("rank").type == pa.int64()
    assert pandas["share"].mean() == pytest.approx((53 + 50 + 30 + 30 + 23 + 18 + 15) / 7)
    assert str(pandas["rank"].dtype) == "Int64"
    assert polars["share"].to_list()[0] == Decimal(53)
    assert polars.schema["factor"] == pl.String


def test_a_whole_number_stays_whole_beside_an_unbound_one(graph: Graph) -> None:
    pandas = graph.query("SELECT ?n { VALUES ?n { 1 UNDEF } }").to_pandas()
    assert str(pandas["n"].dtype) == "Int64"
    assert pandas["n"].isna().tolist() == [False, True]


def test_a_table_in_a_notebook_has_labels_links_and_languages(graph: Graph) -> None:
    stage = "https://w3id.org/motkg/concept/stage/commercialization"
    result = graph.query(
        f'SELECT ?stage ?label ?n ?text {{ VALUES (?stage ?n ?text) {{ (<{stage}> 7 "<b>&") }} ?stage skos:prefLabel ?label }}'
    )
    html = result._repr_html_()
    assert f'<a href="{stage}">commercialization <code>stage:commercialization</code></a>' in html
    assert '<td style="text-align:left" lang="ja">事業化</td>' in html
    assert '<td style="text-align:right">7</td>' in html
    assert "&lt;b&gt;&amp;" in html
    assert "<b>" not in html


def test_only_addresses_of_the_web_become_links(graph: Graph) -> None:
    html = graph.query("SELECT (IRI('javascript:alert(1)') AS ?x) {}")._repr_html_()
    assert "javascript:alert(1)" in html
    assert "href" not in html


def test_a_long_table_in_a_notebook_says_how_much_is_left_out(graph: Graph) -> None:
    html = graph.query("SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 250")._repr_html_()
    assert html.count("<tr>") == 101
    assert "and 150 more rows" in html


def test_an_empty_result_says_why(graph: Graph) -> None:
    result = graph.query("SELECT ?x { ?x a motkg:Stagee }")
    assert len(result) == 0
    assert any("motkg:Stage" in str(reason) for reason in result.why_empty())
    assert "motkg:Stagee" in str(result)
    assert "No rows." in result._repr_html_()
    assert "motkg:Stage" in result._repr_html_()
    assert graph.query("SELECT (COUNT(*) AS ?n) { ?x a motkg:Stagee }").why_empty()
    assert graph.query("SELECT (COUNT(*) AS ?n) { ?x a motkg:Stage }").why_empty() == []


def test_ask(graph: Graph) -> None:
    assert graph.ask("ASK { ?x a motkg:Stage }") is True
    assert graph.ask("ASK { ?x a motkg:Stage ; motkg:precedes ?x }") is False


@pytest.mark.parametrize(
    ("method", "query", "hint"),
    [
        ("query", "ASK {}", r"ask\(\)"),
        ("query", "DESCRIBE stage:commercialization", r"construct\(\)"),
        ("ask", "SELECT * {}", r"query\(\)"),
        ("construct", "factors-at-stage", r"query\(\)"),
        ("construct", "ASK {}", r"ask\(\)"),
    ],
)
def test_a_query_of_another_form_is_sent_to_its_method(graph: Graph, method: str, query: str, hint: str) -> None:
    with pytest.raises(QueryError, match=hint):
        getattr(graph, method)(query)


def test_statements_become_turtle_and_rdflib(graph: Graph) -> None:
    statements = graph.construct(STAGES)
    turtle = statements.to_turtle()
    assert len(statements) == 3 * 3 + 2
    assert {triple for triple in statements} == {quad.triple for quad in parse(turtle, format=RdfFormat.TURTLE)}  # noqa: C416
    assert "@prefix stage:" in turtle
    assert "@prefix oa:" not in turtle
    assert isomorphic(statements.to_rdflib(), rdflib.Graph().parse(data=turtle, format="turtle"))
    assert dict(statements.to_rdflib().namespaces())["motkg"] == rdflib.URIRef("https://w3id.org/motkg/ontology/")


def test_a_small_graph_is_drawn(graph: Graph) -> None:
    svg = graph.construct(STAGES)._repr_html_()
    drawing = ET.fromstring(svg)  # noqa: S314 - our own text
    words = ["".join(text.itertext()) for text in drawing.iter(f"{SVG}text")]
    assert {"basic research", "product development", "commercialization"} <= set(words)
    assert words.count("precedes") == 2
    assert words.count("a stage") == 3
    assert [each for each in words if each.endswith(": 事業化")] != []


def test_boxes_do_not_overlap_and_lie_inside(graph: Graph) -> None:
    described = graph.construct("DESCRIBE stage:commercialization").triples
    for triples in (
        example(("a", "b"), ("b", "c"), ("c", "a"), ("a", "d"), ("d", "d"), ("e", "f")),
        example(("a", "a")),
        described,
    ):
        drawing = ET.fromstring(draw(triples, {}))  # noqa: S314 - our own text
        whole, *boxes = [
            tuple(int(each.get(name, 0)) for name in ("x", "y", "width", "height"))
            for each in drawing.iter(f"{SVG}rect")
        ]
        for index, (x, y, width, height) in enumerate(boxes):
            assert 0 <= x <= whole[2] - width
            assert 0 <= y <= whole[3] - height
            for left, top, breadth, depth in boxes[:index]:
                assert x >= left + breadth or left >= x + width or y >= top + depth or top >= y + height
        assert len({each.get("id") for each in drawing.iter(f"{SVG}marker")}) == 1


def test_a_large_graph_is_listed_instead_of_drawn(graph: Graph) -> None:
    assert draw(example(*((f"a{n}", f"a{n + 1}") for n in range(MOST_BOXES - 1))), {}) != ""
    assert draw(example(*((f"a{n}", f"a{n + 1}") for n in range(MOST_BOXES))), {}) == ""
    assert "<table>" in graph.construct("CONSTRUCT WHERE { ?s a motkg:Claim }")._repr_html_()


def test_what_is_drawn_cannot_break_out() -> None:
    one = NamedNode("http://example.org/a")
    svg = draw([Triple(one, one, Literal("</text><script>"))], {one.value: '<a href="x">'})
    assert [each.tag for each in ET.fromstring(svg).iter() if each.tag.endswith(("script", "}a"))] == []  # noqa: S314 - our own text


def test_no_statements_say_why(graph: Graph) -> None:
    statements = graph.construct("CONSTRUCT WHERE { ?s a motkg:Stagee }")
    assert any("motkg:Stage" in str(reason) for reason in statements.why_empty())
    assert "motkg:Stage" in statements._repr_html_()


def test_every_query_is_a_function_with_the_parameters_of_its_file(graph: Graph) -> None:
    questions = {query.name.replace("-", "_"): query for query in graph.catalogue}
    assert dir(graph.questions) == sorted(questions)
    for name, query in questions.items():
        function = getattr(graph.questions, name)
        arguments = inspect.signature(function).parameters
        assert [
            argument.removesuffix("_") if keyword.iskeyword(argument[:-1]) else argument for argument in arguments
        ] == list(query.parameters)
        assert all(argument.kind is inspect.Parameter.KEYWORD_ONLY for argument in arguments.values())
        assert inspect.getdoc(function).startswith(query.summary)  # type: ignore[union-attr]
        assert all(about.description in function.__doc__ for about in query.parameters.values())


def test_a_question_takes_labels_and_numbers(graph: Graph) -> None:
    ask = graph.questions
    assert str(inspect.signature(ask.factors_at_stage)).startswith("(*, stage: str = 'stage:commercialization'")
    assert inspect.signature(ask.search_space).parameters["m"].default == 200
    assert ask.factors_at_stage(stage="basic research")[0]["share"] == 45
    assert (
        ask.factors_at_stage(stage=NamedNode("https://w3id.org/motkg/concept/stage/basic-research"))[0]["share"] == 45
    )
    assert ask.factors_at_stage()[0] == ask.factors_at_stage(stage="事業化")[0] == ask.factors_at_stage(stage=None)[0]
    assert list(ask.search_space(n=10, m=20, gatekeepers_a=4, gatekeepers_b=5)[0].values())[:6] == [
        10,
        20,
        200,
        4,
        5,
        20,
    ]
    assert len(ask.go_betweens(from_="https://w3id.org/motkg/id/kanai-hara-1992/org/kinkei-system")) == len(
        ask.go_betweens()
    )


def test_names_that_are_not_there_are_answered_with_near_ones(graph: Graph) -> None:
    with pytest.raises(AttributeError, match="did you mean factors_at_stage"):
        graph.questions.factor_at_stage  # noqa: B018
    with pytest.raises(QueryError, match="no parameter 'stag'"):
        graph.questions.factors_at_stage(stag="commercialization")
    with pytest.raises(QueryError, match="commercialization"):
        graph.questions.factors_at_stage(stage="comercialization")
    with pytest.raises(TypeError):
        graph.questions.factors_at_stage("commercialization")
    assert not hasattr(graph.questions, "_ipython_display_")


def test_stores_are_opened_by_name(graph: Graph, tmp_path: Path) -> None:
    reference = kg.open(store="rdflib")
    assert len(reference.store) == len(graph.store)
    query = "SELECT ?stage ?label { ?stage a motkg:Stage ; skos:prefLabel ?label } ORDER BY ?stage ?label"
    assert list(reference.query(query)) == list(graph.query(query)) != []
    with pytest.raises(QueryError, match="did you mean rdflib"):
        kg.open(store="rdfllib")
    with pytest.raises(QueryError, match="holds its own graph"):
        kg.open(tmp_path, endpoint="http://127.0.0.1:1/sparql")
    with pytest.raises(StoreError, match="1/sparql: "):
        kg.open(endpoint="http://127.0.0.1:1/sparql").ask("ASK {}")


def test_labels_stand_beside_things_of_any_store() -> None:
    thing, label = NamedNode("http://example.org/a"), NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
    graph = Graph(EmbeddedStore.of([Quad(thing, label, Literal("a thing", language="en"))]))
    assert "a thing <code>&lt;http://example.org/a&gt;</code>" in graph.query("SELECT ?s { ?s ?p ?o }")._repr_html_()
