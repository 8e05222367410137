"""Rows go to a file as they are found: memory does not grow with their number, and nothing else changes."""

from __future__ import annotations

import csv
import io
import json
import time
import tracemalloc
from typing import TYPE_CHECKING

import pytest
from commandline import kg
from pyoxigraph import Literal, NamedNode, Quad, QueryResultsFormat, parse_query_results

from kg.commands.query import answer_query
from kg.core.errors import LimitError, QueryError
from kg.graph import Graph
from kg.store.embedded import EmbeddedStore, LimitedStore, limited
from kg.store.protocol import RowStream

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

STREAMED = ("csv", "tsv", "json", "xml")
PREDICATE = NamedNode("urn:x:p")


def crossed(count: int, more: str = "") -> str:
    """Return a query of ``count`` times ``count`` rows, which the engine finds one by one."""
    numbers = " ".join(map(str, range(count)))
    return f"SELECT ?a ?b {{ VALUES ?a {{ {numbers} }} VALUES ?b {{ {numbers} }} {more} }}"


def peak_of(work: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.fixture(scope="module")
def graph() -> Graph:
    quads = [Quad(NamedNode(f"urn:x:{n}"), PREDICATE, Literal(n)) for n in range(3)]
    text = Literal('a\t"b"\nc\r\n,é', language="fr")
    return Graph(EmbeddedStore.of([*quads, Quad(NamedNode("urn:x:t"), PREDICATE, text)]))


@pytest.mark.parametrize("form", STREAMED)
def test_memory_does_not_grow_with_the_rows(graph: Graph, form: str) -> None:
    def read(count: int) -> int:
        return sum(map(len, answer_query(graph, crossed(count), {}, form=form).pieces))

    few, many = (peak_of(lambda count=count: read(count)) for count in (40, 100))  # 1,600 rows, 10,000 rows
    assert many < 1.5 * few


def test_memory_of_the_collecting_process_does_not_grow_with_the_rows(
    graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limited, "_READ_AT_ONCE", 4_096)
    store = LimitedStore(graph.store, timeout=60)  # type: ignore[arg-type] # a store in memory

    def read(count: int) -> int:
        answer = store.stream(crossed(count))
        assert isinstance(answer, RowStream)
        return sum(1 for _ in answer.rows)

    assert read(10) == 100
    few, many = (peak_of(lambda count=count: read(count)) for count in (60, 150))  # 3,600 rows, 22,500 rows
    assert many < 1.5 * few
    store.close()


@pytest.mark.parametrize("form", STREAMED)
def test_streamed_rows_are_those_of_the_engine(graph: Graph, form: str) -> None:
    text = "SELECT ?s ?o ?none { ?s <urn:x:p> ?o OPTIONAL { ?s <urn:x:q> ?none } } ORDER BY ?s"
    content = answer_query(graph, text, {}, form=form).content
    expected = graph.store.select(text)
    if form == "csv":
        head, *rows = csv.reader(io.StringIO(content.decode(), newline=""))
        assert head == ["s", "o", "none"]
        assert rows == [[s.value, o.value, ""] for s, o, _ in expected.rows]  # type: ignore[union-attr] # all bound
        return
    syntax = {"tsv": "TSV", "json": "JSON", "xml": "XML"}[form]
    read = parse_query_results(content, format=getattr(QueryResultsFormat, syntax))
    assert tuple(map(tuple, read)) == expected.rows  # type: ignore[arg-type] # solutions


@pytest.mark.parametrize(
    "text", ["SELECT * { ?s <urn:x:p> ?o } ORDER BY ?s", "SELECT ?o { VALUES ?o { UNDEF 1 UNDEF } }", "SELECT * {}"]
)
def test_the_process_of_a_query_gives_the_rows_of_the_engine(graph: Graph, text: str) -> None:
    store = LimitedStore(graph.store, timeout=60)  # type: ignore[arg-type] # a store in memory
    streamed, held = store.stream(text), graph.store.select(text)
    assert isinstance(streamed, RowStream)
    assert (streamed.variables, tuple(streamed.rows)) == (held.variables, held.rows)
    assert store.stream("ASK { ?s ?p ?o }") is True
    assert store.stream("CONSTRUCT WHERE { <urn:x:1> ?p ?o }") == graph.store.construct(
        "CONSTRUCT WHERE { <urn:x:1> ?p ?o }"
    )
    store.close()


def test_rows_that_are_not_read_to_the_end_leave_the_store_free(graph: Graph) -> None:
    store = LimitedStore(graph.store, timeout=60)  # type: ignore[arg-type] # a store in memory
    streamed = store.stream(crossed(300))
    assert isinstance(streamed, RowStream)
    next(streamed.rows)
    streamed.rows.close()  # type: ignore[attr-defined] # a generator
    assert store.ask("ASK { ?s ?p ?o }")
    store.close()


def test_the_limit_on_time_holds_while_rows_are_written(graph: Graph) -> None:
    store = LimitedStore(graph.store, timeout=0.5)  # type: ignore[arg-type] # a store in memory
    rendered = answer_query(Graph(store), crossed(300), {}, form="csv")
    pieces = iter(rendered.pieces)
    next(pieces)
    time.sleep(0.6)
    with pytest.raises(LimitError, match=r"no whole answer within 0\.5 s"):
        list(pieces)
    store.close()


def test_more_rows_than_memory_are_written_within_a_limit_on_memory(tmp_path: Path) -> None:
    """The 90,000 rows take more than 20 MB as objects."""
    (tmp_path / "data.ttl").write_text("<urn:x:a> <urn:x:p> 1 .", encoding="utf-8")
    ran = kg("query", "-", "--memory", "20M", "--data", "data.ttl", "-o", "a.csv", stdin=crossed(300), cwd=tmp_path)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert (tmp_path / "a.csv").read_bytes().count(b"\r\n") == 1 + 300 * 300


def test_an_error_in_the_middle_leaves_no_file(tmp_path: Path) -> None:
    """XML cannot hold the character U+0001, which the last of the rows has."""
    (tmp_path / "data.ttl").write_text('<urn:x:a> <urn:x:p> "\\u0001" .', encoding="utf-8")
    text = f"SELECT * {{ {{ {crossed(60)} }} UNION {{ ?s ?p ?o }} }}"
    (tmp_path / "a.xml").write_text("before", encoding="utf-8")
    ran = kg("query", "-", "--data", "data.ttl", "-o", "a.xml", stdin=text, cwd=tmp_path)
    assert (ran.returncode, "XML" in ran.stderr) == (2, True)
    assert {path.name: path.read_text("utf-8") for path in tmp_path.glob("*a.xml*")} == {"a.xml": "before"}


def test_what_is_lost_is_told_after_the_rows(graph: Graph) -> None:
    text = "SELECT ?o (?o + 1 AS ?more) { ?s <urn:x:p> ?o }"
    rendered = answer_query(graph, text, {}, form="json")
    held = json.loads(rendered.content)
    assert len(held["results"]["bindings"]) == 4
    assert "SELECT gives ?more no value" in held["losses"]["causes"][0]["message"]
    assert "SELECT gives ?more no value" in rendered.remarks


def test_columns_are_chosen_of_streamed_rows(graph: Graph) -> None:
    text = "SELECT ?s ?o { ?s <urn:x:p> ?o FILTER(ISNUMERIC(?o)) } ORDER BY ?s"
    assert answer_query(graph, text, {}, form="csv", columns="o").content == b"o\r\n0\r\n1\r\n2\r\n"
    with pytest.raises(QueryError, match="no column 'x'"):
        answer_query(graph, text, {}, form="csv", columns="x")
