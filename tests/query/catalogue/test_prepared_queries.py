"""Places of what is wrong with a query are those of the text that a person wrote, whatever text the store is asked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import altair as alt
import pyoxigraph
import pytest
from pyoxigraph import NamedNode

from kg.core.errors import QueryError
from kg.core.terms import BASE
from kg.graph.graph import Graph
from kg.query.diagnosis import Kind, diagnose
from kg.query.diagnosis.model import explain
from kg.query.results import render
from kg.query.results.answers import ExplainedFalse
from kg.store.embedded.store import EmbeddedStore

if TYPE_CHECKING:
    from kg.query.catalogue.catalogue import CatalogueQuery

OTHER: str = "https://example.org/mot/"
FIRMS = {"stage": "commercialization", "factor": "funding", "specialist": "venture capital"}


@pytest.fixture(scope="module")
def moved(graph: Graph) -> Graph:
    """The shipped graph below another base."""
    text = (pyoxigraph.serialize(graph.store.quads(), format=pyoxigraph.RdfFormat.N_QUADS) or b"").decode()
    quads = pyoxigraph.parse(text.replace(BASE, OTHER), format=pyoxigraph.RdfFormat.N_QUADS)
    return Graph(EmbeddedStore.of(quads), OTHER)


def place_in(query: CatalogueQuery, word: str) -> tuple[int, int]:
    lines = query.text.splitlines()
    number = next(number for number, line in enumerate(lines, 1) if word in line and not line.startswith("#+"))
    return number, lines[number - 1].index(word) + 1


def test_a_catalogue_query_with_parameters_is_explained_at_the_lines_of_its_file(graph: Graph, moved: Graph) -> None:
    query = graph.catalogue["firms-at-stage-facing-factor"]
    for each in (graph, moved):
        diagnosis = each.diagnose(query.name, FIRMS)
        (cause, *_) = diagnosis.causes
        assert (cause.kind, cause.written) == (Kind.UNUSED_TERM, "motkg:isAtStage")
        assert (cause.line, cause.column) == place_in(query, "motkg:isAtStage")
        assert diagnosis.file == "queries/firms/firms-at-stage-facing-factor.rq"
        assert diagnosis.to_json()["file"] == diagnosis.file
        shown = explain(diagnosis, query.text).splitlines()[1]
        assert shown.startswith(f"     {diagnosis.file}:{cause.line}:{cause.column}: ?theFirm motkg:isAtStage")


def test_the_value_of_a_parameter_is_named_and_not_its_default(graph: Graph) -> None:
    diagnosis = graph.diagnose("who-said-what", {"speaker": "Jun Funabiki"})
    (cause, *_) = diagnosis.causes
    assert cause.sentence.startswith("the value of the parameter 'speaker', <")
    assert cause.written.endswith("/person/funabiki-jun>")
    assert (cause.line, cause.column) == place_in(
        graph.catalogue["who-said-what"], "<https://w3id.org/motkg/id/kanai-hara-1992/person/nishigaki>"
    )


def test_a_bound_that_is_a_parameter_is_told_with_what_it_bounds(graph: Graph) -> None:
    (cause, *_) = graph.diagnose("factors-above-share", {"minimum": "99"}).causes
    assert cause.kind is Kind.FILTER
    assert cause.sentence.endswith("; ?share lies between 3 and 53; ?minimum is 99")


@pytest.mark.parametrize(
    "text", ["SELECT ?s WHERE {\n  ?s a motkg:Stage ;\n    motkg:stgae ?o .\n}", "ASK {\n\n    ?o motkg:stgae ?s }"]
)
def test_a_text_below_another_base_keeps_its_lines(text: str, graph: Graph, moved: Graph) -> None:
    for each in (graph, moved):
        (cause, *_) = each.diagnose(text).causes
        assert (cause.line, cause.column, cause.written) == (3, 5 if "SELECT" in text else 8, "motkg:stgae")
        assert cause.suggestions[0].replacement == "motkg:stage"
        assert "motkg:stage" in cause.suggestions[0].query
        assert cause.suggestions[0].query.startswith(text[:10])


def test_a_corrected_query_below_another_base_was_asked_there(moved: Graph) -> None:
    (cause, *_) = moved.diagnose("SELECT ?o WHERE { ?o a motkg:CorelationObservation }").causes
    assert cause.confirmed
    assert len(moved.query(cause.suggestions[0].query)) == 51


def test_no_is_explained_in_words_and_in_json(graph: Graph) -> None:
    text = "ASK { ?s a motkg:Stge }"
    assert graph.ask(text) is False
    (sentence,) = graph.why_empty(text)
    assert "did you mean motkg:Stage?" in sentence
    told = json.loads(render(ExplainedFalse(graph.diagnose(text)), "json"))
    assert (told["head"], told["boolean"]) == ({}, False)
    assert told["diagnosis"]["causes"][0]["suggestions"][0]["query"] == "ASK { ?s a motkg:Stage }"
    assert render(ExplainedFalse(graph.diagnose(text)), "csv") == "false\r\n"
    assert graph.why_empty("ASK { ?s a motkg:Stage }") == []


@pytest.mark.parametrize(
    "form",
    ["CONSTRUCT WHERE {{ {} }}", "CONSTRUCT {{ ?s a motkg:Found }} WHERE {{ {} }}", "DESCRIBE ?s WHERE {{ {} }}"],
)
def test_no_statements_are_explained(form: str, graph: Graph) -> None:
    statements = graph.construct(form.format("?s a motkg:Stge"))
    assert statements.diagnosis is not None
    assert statements.diagnosis.causes[0].suggestions[0].replacement == "motkg:Stage"
    assert statements.why_empty() == statements.diagnosis.sentences()
    assert graph.construct(form.format("?s a motkg:Stage")).diagnosis is None


@pytest.mark.parametrize("count", ["COUNT(*)", "COUNT(?s)", "COUNT(DISTINCT ?s)", "SUM(?n)"])
def test_a_count_of_nothing_is_explained(count: str, graph: Graph) -> None:
    result = graph.query(f"SELECT ({count} AS ?x) WHERE {{ ?s a motkg:Smaple ; motkg:sampleSize ?n }}")
    assert len(result) == 1
    assert result.diagnosis is not None
    assert result.diagnosis.causes[0].suggestions[0].replacement == "motkg:Sample"
    assert graph.query("SELECT (0 AS ?x) {}").diagnosis is None


def test_a_result_gives_its_diagnosis_renderings_and_chart(graph: Graph) -> None:
    empty = graph.query("SELECT ?s { ?s a motkg:Stge }")
    assert empty.diagnosis is not None
    assert empty.why_empty() == empty.diagnosis.sentences()
    assert json.loads(empty.to_json())["diagnosis"]["causes"][0]["kind"] == "unknown-term"
    result = graph.questions.factors_at_stage(stage="commercialization")
    assert result.diagnosis is None
    assert result.to_csv().splitlines()[:2] == [
        "rank,factor,share,n,document",
        "1,human resources,53,40,Kirihata on MOT and the valley of death",
    ]
    assert result.to_markdown() == result.render("markdown")
    assert json.loads(result.to_json()).keys() == {"head", "results"}
    chart = result.chart()
    assert isinstance(chart, alt.Chart)
    assert chart.to_dict()["mark"]["type"] == "bar"
    with pytest.raises(QueryError, match="no chart"):
        graph.query("SELECT ?s { ?s a motkg:Stage }").chart()


def test_a_diagnosis_takes_a_prepared_query(graph: Graph) -> None:
    prepared = graph.prepare("firms-at-stage-facing-factor", FIRMS)
    assert prepared.terms["stage"] == NamedNode(f"{BASE}concept/stage/commercialization")
    assert diagnose(prepared, graph.store).causes == graph.diagnose("firms-at-stage-facing-factor", FIRMS).causes
