"""Limits of a query hold in the process that reads its text and collects its answer, not only in the engine's."""

from __future__ import annotations

import gc
import itertools
import sys
import time
from typing import TYPE_CHECKING

import pytest
from commandline import kg
from pyoxigraph import Literal, NamedNode, Quad

from kg.core.errors import LimitError, QueryError
from kg.sparql import size
from kg.sparql.size import MOST_CHARACTERS, refuse_large
from kg.store.embedded import EmbeddedStore, LimitedStore, limited
from kg.store.embedded.limited import ending_after

if TYPE_CHECKING:
    from pathlib import Path

PREDICATE = NamedNode("urn:x:p")
ROWS = 4_000

# An alarm may go off while hypothesis listens to the collector of garbage; what it raises there is lost, and comes again.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(scope="module")
def store() -> EmbeddedStore:
    return EmbeddedStore.of(Quad(NamedNode(f"urn:x:{n}"), PREDICATE, Literal("x" * 1_000)) for n in range(ROWS))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is limited on Linux only")
def test_rows_are_collected_within_the_limit_on_memory(store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine needs little for these rows, so that only what arrives is beyond the limit."""
    narrow = LimitedStore(store, memory=200_000_000)
    assert len(narrow.select("SELECT * { ?s ?p ?o }").rows) == ROWS
    held = itertools.count(0, 150_000_000)
    monkeypatch.setattr(limited, "_memory_held", lambda: next(held))
    monkeypatch.setattr(limited, "_ROWS_BETWEEN", 1_000)
    for query in ("SELECT * { ?s ?p ?o }", "CONSTRUCT WHERE { ?s ?p ?o }"):
        with pytest.raises(LimitError, match="needed more than 200 MB of memory"):
            narrow.query(query)
    narrow.close()


def test_what_arrives_is_within_the_limit_on_memory() -> None:
    limits = limited._Limits(None, 10**12)
    limits.check(10**12)
    with pytest.raises(LimitError, match="needed more than 1000 GB"):
        limits.check(10**12 + 1)


def test_an_answer_is_collected_within_the_limit_on_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited, "_ROWS_BETWEEN", 1)
    limits = limited._Limits(0.05, None)
    kept = limits.kept(range(2))
    assert next(kept) == 0
    time.sleep(0.06)
    with pytest.raises(LimitError, match=r"no whole answer within 0\.05 s"):
        next(kept)


def test_a_text_is_read_within_the_limit_on_time() -> None:
    with pytest.raises(LimitError, match=r"the query was not read within 0\.05 s"), limited.ending_after(0.05):
        sum(1 for _ in itertools.count())
    with limited.ending_after(0.05):
        pass
    time.sleep(0.06)  # no alarm is left


def test_a_query_of_many_patterns_is_ended_at_its_limit_before_the_engine_sees_it(tmp_path: Path) -> None:
    (tmp_path / "data.ttl").write_text("<urn:x:a> <urn:x:p> 1 .", encoding="utf-8")
    text = f"SELECT * {{ {'?s ?p ?o . ' * 100_000} }}"
    begin = time.monotonic()
    ran = kg("query", "-", "--timeout", "0.2", "--data", "data.ttl", stdin=text, cwd=tmp_path)
    assert (ran.returncode, "within 0.2 s; " in ran.stderr) == (2, True)
    assert time.monotonic() - begin < 20


def test_a_text_has_at_most_so_many_characters_and_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(size, "MOST_PIECES", 1_000)
    refuse_large(f"SELECT * {{ VALUES ?x {{ {'1 ' * 900} }} }}")
    with pytest.raises(QueryError, match="the query has more than 1,000 words and signs"):
        refuse_large(f"SELECT * {{ VALUES ?x {{ {'1 ' * 1_000} }} }}")
    with pytest.raises(QueryError, match="characters, more than 16,777,216"):
        refuse_large(" " * (MOST_CHARACTERS + 1))


def test_a_limit_that_is_lost_while_garbage_is_collected_is_told_again() -> None:
    def collected(phase: str, _: object) -> None:
        if phase == "start":
            time.sleep(0.08)

    def work() -> None:
        gc.collect()  # the first alarm goes off in the call back, where what it raises is ignored
        time.sleep(5)

    gc.callbacks.append(collected)
    try:
        with pytest.raises(LimitError, match="was not read within"), ending_after(0.03):
            work()
    finally:
        gc.callbacks.remove(collected)
    time.sleep(0.15)  # no alarm is left
