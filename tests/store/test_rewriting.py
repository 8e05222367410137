"""The embedded store rewrites what gains, where it gains, once, and with the same answers."""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from pyoxigraph import QuerySolutions, RdfFormat, Store

from kg.store import rewriting
from kg.store.embedded import EmbeddedStore
from kg.store.rewriting import Rewriter, may_gain

BENCHMARK = Path(__file__).parent.parent.parent / "benchmarks" / "stores"
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


def test_the_twelve_questions_have_the_same_answers(network: Store, questions: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rewriting, "SMALLEST", 0)
    store = EmbeddedStore(network)
    changed = set()
    for name, text in questions.items():
        direct = network.query(text, use_default_graph_as_union=True)
        assert isinstance(direct, QuerySolutions)
        assert sorted(map(str, store.query(text).rows)) == sorted(str(tuple(row)) for row in direct), name
        if store.rewritten(text) != text:
            changed.add(name)
    assert {"negation", "cube slice"} <= changed


def test_a_small_store_is_asked_as_written(network: Store) -> None:
    text = PREFIXES + "SELECT ?f { ?f a :Firm FILTER NOT EXISTS { ?a :partner ?f . ?a :status 'active' } }"
    assert EmbeddedStore(network).rewritten(text) == text
    assert Rewriter(network).rewritten(text) != text


def test_a_text_is_read_and_counted_once(network: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    rewriter = Rewriter(network)
    text = PREFIXES + "SELECT ?f { ?f a :Firm ; :sector ?s FILTER(?s IN (<https://example.org/network/sector/1>)) }"
    first = rewriter.rewritten(text)
    monkeypatch.setattr(Rewriter, "_better", None)
    assert rewriter.rewritten(text) == first != text


def test_counting_stops_at_the_limit_and_is_remembered(network: Store) -> None:
    from kg.sparql import TriplesBlock, parse

    block = parse(PREFIXES + "ASK { ?f a :Firm }").where.elements[0]  # type: ignore[union-attr]
    assert isinstance(block, TriplesBlock)
    rewriter = Rewriter(network)
    assert rewriter.count(block.triples[0], 10) == 10
    everything = rewriter.count(block.triples[0], 10_000)
    assert 200 < everything < 300
    assert rewriter.count(block.triples[0], 10) == 10
    assert rewriter.count(block.triples[0], 20_000) == everything


def test_what_is_no_sparql_is_left_to_the_engine(network: Store) -> None:
    text = "SELECT ?f { ?f a :Firm FILTER EXISTS { "
    assert Rewriter(network).rewritten(text) == text


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
