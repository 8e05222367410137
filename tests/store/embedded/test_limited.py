"""Limits end a query and never the session: by deadline, by memory, by Ctrl-C, and when the engine crashes."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from kg.core.errors import LimitError, QueryError, StoreError
from kg.query.diagnosis import Limits, diagnose
from kg.store.embedded import limited
from kg.store.embedded.limited import LimitedStore, read_size
from kg.store.embedded.store import EmbeddedStore
from kg.store.protocol import Solutions

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes are limited on POSIX systems")
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
GREEDY = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i ?f ?c"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
XSD = "http://www.w3.org/2001/XMLSchema#"
STRANGE = [
    Literal("a\tb\nc\r\"'\\"),
    Literal("01", datatype=NamedNode(f"{XSD}integer")),
    Literal("1.0", datatype=NamedNode(f"{XSD}decimal")),
    Literal("INF", datatype=NamedNode(f"{XSD}double")),
    Literal("x", language="en-GB"),
    Literal("1", datatype=NamedNode("http://example.org/own")),
    Literal(""),
    Literal("?x <a> _:b"),
    BlankNode("b0"),
    NamedNode("http://example.org/é"),
]


@pytest.fixture(scope="module")
def held() -> EmbeddedStore:
    iri = NamedNode("http://example.org/p")
    things = [NamedNode(f"http://example.org/{number}") for number in range(700)]
    quads = [Quad(thing, iri, Literal(number), iri) for number, thing in enumerate(things)]
    return EmbeddedStore.of([*quads, *(Quad(things[0], iri, term, iri) for term in STRANGE)])


@pytest.fixture(scope="module", params=["disk", "memory"])
def inner(
    request: pytest.FixtureRequest, held: EmbeddedStore, tmp_path_factory: pytest.TempPathFactory
) -> EmbeddedStore:
    if request.param == "memory":
        return held
    folder = tmp_path_factory.mktemp("limited") / "index"
    EmbeddedStore.write(folder, held.quads())
    return EmbeddedStore.read_only(folder)


def test_answers_are_exactly_those_of_the_store(inner: EmbeddedStore) -> None:
    store = LimitedStore(inner, timeout=60)
    for text in (
        "SELECT ?o ?none { <http://example.org/0> ?p ?o } ORDER BY STR(?o) STR(DATATYPE(?o))",
        "SELECT * {}",
        "ASK { ?s ?p 5 }",
        "ASK { ?s ?p 'nothing' }",
        "SELECT ?s { ?s ?p 'nothing' }",
    ):
        assert store.query(text) == inner.query(text)
    made = "CONSTRUCT { ?s <http://example.org/q> ?o } WHERE { ?s ?p ?o }"
    assert set(store.construct(made)) == set(inner.construct(made))
    assert len(store) == len(inner)
    assert store.graphs() == inner.graphs()
    store.close()


def test_the_default_graph_is_counted_among_the_graphs() -> None:
    node, name = NamedNode("http://example.org/a"), NamedNode("http://example.org/g")
    store = EmbeddedStore.of([Quad(node, node, node), Quad(node, node, node, name), Quad(node, node, name, name)])
    assert dict(LimitedStore(store).graphs()) == {"": 1, name.value: 2}


def test_a_wrong_query_is_told_as_ever_and_costs_nothing(held: EmbeddedStore) -> None:
    store = LimitedStore(held)
    with pytest.raises(QueryError, match="cannot be run"):
        store.query("SELECT ?x {")
    worker = store._worker
    assert len(store.select(COUNT)) == 1
    assert store._worker is worker
    store.close()


def test_a_deadline_ends_the_query_and_the_next_one_is_answered(inner: EmbeddedStore) -> None:
    store = LimitedStore(inner, timeout=0.5)
    store.timeout = None
    store.query(COUNT)
    store.timeout = 0.5
    process = store._worker._process
    start = time.monotonic()
    with pytest.raises(LimitError, match=r"within 0\.5 s"):
        store.query(ENDLESS)
    assert time.monotonic() - start < 5
    assert process.wait(10) == -signal.SIGKILL
    store.timeout = None
    assert isinstance(store.query(COUNT), Solutions)
    store.close()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux limits the memory of a process")
def test_memory_ends_the_query_and_says_so(inner: EmbeddedStore) -> None:
    store = LimitedStore(inner, timeout=60, memory=read_size("100M"))
    with pytest.raises(LimitError, match="100 MB of memory"):
        store.query(GREEDY)
    assert isinstance(store.query(COUNT), Solutions)
    store.close()


@pytest.fixture(params=[True, False], ids=["signals interrupt", "signals restart"])
def interrupting(request: pytest.FixtureRequest) -> Iterator[None]:
    """Signals end a call of the system, as Python has it, or let it go on afterwards, as they do once Polars is imported."""
    signal.siginterrupt(signal.SIGINT, request.param)
    yield
    signal.siginterrupt(signal.SIGINT, True)  # noqa: FBT003 - it takes no names


@pytest.mark.usefixtures("interrupting")
def test_ctrl_c_ends_the_query_and_not_the_session(held: EmbeddedStore) -> None:
    store = LimitedStore(held)
    store.query(COUNT)
    process = store._worker._process
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        store.query(ENDLESS)
    assert process.wait(10) == -signal.SIGKILL
    assert isinstance(store.query(COUNT), Solutions)
    store.close()


def test_a_query_is_interrupted_from_another_thread(held: EmbeddedStore) -> None:
    store = LimitedStore(held)
    threading.Timer(0.5, store.interrupt).start()
    with pytest.raises(LimitError, match="interrupted"):
        store.query(ENDLESS)
    assert isinstance(store.query(COUNT), Solutions)
    store.close()


def test_a_diagnosis_that_its_limit_ends_lets_the_next_query_be_answered(held: EmbeddedStore) -> None:
    store = LimitedStore(held)
    store.query(COUNT)
    assert not diagnose(f"{ENDLESS} HAVING (COUNT(*) < 0)", store, Limits(seconds=0.5)).complete
    begun = time.monotonic()
    assert isinstance(store.query(COUNT), Solutions)
    assert time.monotonic() - begun < 5
    store.close()


def test_a_crash_is_an_error_of_the_store(held: EmbeddedStore) -> None:
    store = LimitedStore(held)
    store.query(COUNT)
    threading.Timer(0.3, store._worker._process.send_signal, (signal.SIGSEGV,)).start()
    with pytest.raises(StoreError, match="SIGSEGV"):
        store.query(ENDLESS)
    store.close()


def test_a_store_that_is_let_go_leaves_no_process(held: EmbeddedStore) -> None:
    store = LimitedStore(held)
    store.query(COUNT)
    process = store._worker._process
    del store
    gc.collect()
    assert process.wait(10) == -signal.SIGKILL


@pytest.mark.parametrize("inner", ["disk"], indirect=True)
def test_a_query_does_not_outlive_the_process_that_asked(inner: EmbeddedStore) -> None:
    code = (
        "import sys, pathlib\nfrom kg.store.embedded.store import EmbeddedStore\nfrom kg.store.embedded.limited import LimitedStore\n"
        f"store = LimitedStore(EmbeddedStore.read_only(pathlib.Path({str(inner.folder)!r})))\nstore.query({COUNT!r})\n"
        f"print(store._worker._process.pid, flush=True)\nstore.query({ENDLESS!r})\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        time.sleep(0.3)
        parent.kill()
    deadline = time.monotonic() + 10
    while _lives(worker) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _lives(worker)


def _lives(number: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{number}/status").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False


def test_limits_that_are_none_are_refused(held: EmbeddedStore) -> None:
    for wrong in ({"timeout": 0.0}, {"timeout": -1.0}, {"memory": 0}):
        with pytest.raises(QueryError):
            LimitedStore(held, **wrong)


def test_sizes_are_read_as_people_write_them() -> None:
    sizes = {"800000": 800_000, "500M": 500_000_000, "1.5G": 1_500_000_000, "2GiB": 2 << 30, "64 kb": 64_000}
    assert {text: read_size(text) for text in sizes} == sizes
    for wrong in ("", "much", "-5M", "5X"):
        with pytest.raises(QueryError, match="no size"):
            read_size(wrong)


def test_a_process_is_ended_where_no_thread_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python 3.12 starts none while it ends."""

    def refused(_: threading.Thread) -> None:
        raise RuntimeError("can't create new thread at interpreter shutdown")

    said = tempfile.TemporaryFile()  # noqa: SIM115 - what ends the process closes it
    process = subprocess.Popen(["sleep", "60"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    monkeypatch.setattr(threading.Thread, "start", refused)
    limited._end(process, said)
    assert process.poll() is not None
    assert said.closed
