"""The embedded store rewrites what gains, where it gains, once, and with the same answers."""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import QuerySolutions, RdfFormat, Store

from kg.store.embedded import rewriter as rewriting
from kg.store.embedded.prepared import in_full
from kg.store.embedded.rewriter import Counts, Rewriter, may_gain
from kg.store.embedded.rewriting import patterns
from kg.store.embedded.store import EmbeddedStore, size_on_disk
from kg.store.embedded.writable import WritableEmbeddedStore

if TYPE_CHECKING:
    from collections.abc import Iterator

BENCHMARK = Path(__file__).parents[3] / "benchmarks" / "stores"
PREFIXES = "PREFIX : <https://example.org/network/> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The network of the benchmark, small."""
    file = tmp_path_factory.mktemp("network") / "network.nq"
    subprocess.run([sys.executable, str(BENCHMARK / "generate.py"), "6000", str(file)], check=True, capture_output=True)
    store = Store()
    store.bulk_load(path=str(file), format=RdfFormat.N_QUADS)
    return store


@pytest.fixture(scope="module")
def questions() -> dict[str, str]:
    made = runpy.run_path(str(BENCHMARK / "queries.py"))
    assert len(made["QUERIES"]) == 12
    return {name: made["text_of"](name) for name in made["QUERIES"]}


def test_the_twelve_questions_have_the_same_answers(
    network: Store, questions: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewriting, "SMALLEST", 1)
    store = EmbeddedStore(network)
    changed = set()
    for name, text in questions.items():
        direct = network.query(text, use_default_graph_as_union=True)
        assert isinstance(direct, QuerySolutions)
        assert sorted(map(str, store.query(text).rows)) == sorted(str(tuple(row)) for row in direct), name
        if store.rewritten(text) != text:
            changed.add(name)
    assert {"negation", "cube slice"} <= changed


def test_files_that_the_engine_removes_meanwhile_have_no_size(tmp_path: Path) -> None:
    (tmp_path / "000007.sst").write_bytes(b"12345")
    (tmp_path / "000009.sst").symlink_to(tmp_path / "gone.sst")
    assert size_on_disk(tmp_path) == 5


def test_a_small_store_is_asked_as_written(network: Store) -> None:
    text = PREFIXES + "SELECT ?f { ?f a :Firm FILTER NOT EXISTS { ?a :partner ?f . ?a :status 'active' } }"
    assert EmbeddedStore(network).rewritten(text) == text
    assert Rewriter(network, in_memory=False).rewritten(text) != text


class Engine:
    """The engine, with what it was asked of the union; whether graphs share statements it is asked graph by graph."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.asked: list[str] = []

    def query(
        self, text: str, *, use_default_graph_as_union: bool = False, prefixes: dict[str, str] | None = None
    ) -> object:
        if use_default_graph_as_union:
            self.asked.append(text)
        return self._store.query(text, prefixes=prefixes, use_default_graph_as_union=use_default_graph_as_union)

    def named_graphs(self) -> Iterator[object]:
        return self._store.named_graphs()

    def quads_for_pattern(self, *terms: object) -> Iterator[object]:
        return self._store.quads_for_pattern(*terms)  # type: ignore[arg-type]


@pytest.fixture
def engine(network: Store, monkeypatch: pytest.MonkeyPatch) -> Engine:
    monkeypatch.setattr(rewriting, "SMALLEST", 1)
    return Engine(network)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?l { <https://example.org/network/firm/12> rdfs:label ?l }",
        "SELECT ?f ?l { ?f a :Firm ; rdfs:label ?l } ORDER BY ?l LIMIT 3",
        "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    ],
)
def test_a_text_without_a_form_to_rewrite_is_all_that_the_engine_is_asked(engine: Engine, text: str) -> None:
    whole = PREFIXES + text
    EmbeddedStore(engine).query(whole)  # type: ignore[arg-type] # it does what the store does
    assert len(engine.asked) == 1
    assert engine.asked[0] is whole


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?f { ?f :sector <https://example.org/network/sector/1> FILTER NOT EXISTS { ?a :partner ?f . ?a :status 'active' } }",
        "SELECT ?c { ?a :cites ?c . ?d rdfs:label ?l FILTER(?c = ?d) }",
        "SELECT ?f ?l { ?f rdfs:label ?l FILTER(?f IN (<https://example.org/network/firm/1>)) }",
        "SELECT ?p { <https://example.org/network/firm/1> :practises ?p ; a :Firm FILTER(?p = <https://example.org/network/practice/1>) }",
        "SELECT ?f { <https://example.org/network/firm/1> a :Firm ; :sector <https://example.org/network/sector/1> ; :code ?f }",
    ],
)
def test_a_rewriting_that_needs_no_counts_takes_none(engine: Engine, text: str) -> None:
    EmbeddedStore(engine).query(PREFIXES + text)  # type: ignore[arg-type]
    assert not [asked for asked in engine.asked if "COUNT" in asked]
    assert engine.asked[0].startswith("ASK")
    assert len(engine.asked) == 2


CHOICE = (
    PREFIXES
    + """SELECT ?o { ?o a :Observation . ?o :stage <https://example.org/network/stage/commercialization> .
  ?o :factor <https://example.org/network/factor/3> }"""
)


def test_a_text_is_read_and_counted_once(engine: Engine) -> None:
    store = EmbeddedStore(engine)  # type: ignore[arg-type]
    first = store.query(CHOICE)
    counted = [asked for asked in engine.asked if "COUNT" in asked]
    assert len(counted) == 3
    engine.asked.clear()
    assert store.query(CHOICE) == first
    assert engine.asked == [in_full(store.rewritten(CHOICE))] != [in_full(CHOICE)]


def test_counting_keeps_to_its_budget_and_goes_further_when_a_text_is_asked_again(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewriting, "BUDGETS", (20, 40, 4000))
    monkeypatch.setattr(patterns, "LIMITS", (10, 1000))
    rewriter = Rewriter(engine, in_memory=False)  # type: ignore[arg-type]
    for counted in (2, 3):  # of ten statements each
        assert rewriter.rewritten(CHOICE) == CHOICE
        assert not rewriter.settled(CHOICE)
        assert len(engine.asked) == counted
    assert rewriter.rewritten(CHOICE) != CHOICE
    assert rewriter.settled(CHOICE)


def test_what_was_counted_is_known(network: Store) -> None:
    from kg.sparql import TriplesBlock, parse

    block = parse(PREFIXES + "ASK { ?f a :Firm }").where.elements[0]  # type: ignore[union-attr]
    assert isinstance(block, TriplesBlock)
    known = Counts(network)
    assert known.within(10)(block.triples[0], 10) == 10
    assert known.within(9)(block.triples[0], 10) == 10
    few = known.within(9)
    assert few(block.triples[0], 11) is None
    assert few.declined
    everything = known.within(10_000)(block.triples[0], 10_000)
    assert everything is not None
    assert 200 < everything < 300
    assert known.within(0)(block.triples[0], 10) == 10
    assert known.within(0)(block.triples[0], 20_000) == everything


def test_a_store_that_has_grown_is_judged_anew(monkeypatch: pytest.MonkeyPatch, network: Store) -> None:
    monkeypatch.setattr(rewriting, "SMALLEST", 1000)
    store = WritableEmbeddedStore.in_memory()
    text = PREFIXES + "SELECT ?f { ?f a :Firm FILTER NOT EXISTS { ?a :partner ?f . ?a :status 'active' } }"
    assert store.rewritten(text) == text
    store.load(network.quads_for_pattern(None, None, None))
    assert store.rewritten(text) != text


def test_what_is_no_sparql_is_left_to_the_engine(network: Store) -> None:
    text = "SELECT ?f { ?f a :Firm FILTER EXISTS { "
    assert Rewriter(network, in_memory=False).rewritten(text) == text


@pytest.mark.parametrize(
    ("text", "gains"),
    [
        ("SELECT ?l { <http://example.org/1> rdfs:label ?l }", False),
        ("SELECT ?l { ?f :code 'F1' ; rdfs:label ?l }", False),
        ("SELECT ?l { ?f rdfs:label ?l FILTER(LANG(?l) > 'en') }", False),
        ("SELECT ?f { ?f a :Firm FILTER NOT EXISTS { ?a :partner ?f } }", True),
        ("SELECT ?f { ?f :sector ?s FILTER(?s in (:one)) }", True),
        ("SELECT ?o { ?o :stage <http://example.org/s> . ?o :factor <http://example.org/f> }", True),
    ],
)
def test_only_texts_that_may_hold_such_a_form_are_read(text: str, gains: bool) -> None:  # noqa: FBT001 - a column of the table
    assert may_gain(text) is gains
