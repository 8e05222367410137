"""RDF files asked as they lie, and the limits of ``kg.open`` and ``kg query``."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import kg
from kg.core.errors import InputError, LimitError, QueryError
from kg.graph import opening

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
KG = [sys.executable, "-m", "kg"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.ttl"
    path.write_text("@prefix : <http://example.org/> .\n:a :knows :b . :b :knows :c .\n", encoding="utf-8")
    return path


@pytest.fixture
def many(tmp_path: Path) -> Path:
    path = tmp_path / "many.nt"
    path.write_text(
        "".join(
            f"<http://example.org/{n}> <http://example.org/p> <http://example.org/{n + 1}> .\n" for n in range(2000)
        )
    )
    return path


def test_small_files_are_asked_in_memory(file: Path) -> None:
    graph = kg.open(data=[file])
    assert len(graph.store) == 2
    assert graph.store.folder is None  # type: ignore[attr-defined]
    assert list(graph.store.graphs()) == [file.as_uri()]  # type: ignore[attr-defined]


def test_large_files_get_an_index_that_follows_their_changes(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "LARGEST_IN_MEMORY", 10)
    first = opening.open_files([file])
    assert first.folder is not None
    assert opening.open_files([file]).folder == first.folder
    file.write_text(
        file.read_text(encoding="utf-8") + "<http://example.org/c> a <http://example.org/New> .\n", encoding="utf-8"
    )
    changed = opening.open_files([file])
    assert changed.folder != first.folder
    assert (len(first), len(changed)) == (2, 3)


def test_a_broken_file_is_told_with_its_place_and_leaves_no_index(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text("@prefix : <http://example.org/> .\n:a :knows\n", encoding="utf-8")
    for limit in (10, 1000):
        monkeypatch.setattr(opening, "LARGEST_IN_MEMORY", limit)
        with pytest.raises(InputError) as raised:
            opening.open_files([file])
        assert raised.value.problems[0].line >= 2
    with pytest.raises(InputError, match="no syntax of RDF"):
        opening.open_files([file.rename(file.with_suffix(".what"))])
    with pytest.raises(InputError, match="cannot be read"):
        opening.open_files([Path("absent.ttl")])


def test_a_limit_reaches_the_queries_of_an_opened_graph(many: Path) -> None:
    graph = kg.open(data=[many], timeout=0.5)
    graph.store.timeout = None  # type: ignore[attr-defined]
    assert graph.ask("ASK { ?s ?p ?o }")
    graph.store.timeout = 0.5  # type: ignore[attr-defined]
    with pytest.raises(LimitError):
        graph.query(ENDLESS)
    graph.store.timeout = None  # type: ignore[attr-defined]
    assert graph.ask("ASK { ?s ?p ?o }")


def test_limits_that_nothing_could_keep_are_refused(file: Path) -> None:
    with pytest.raises(QueryError, match="only oxigraph"):
        kg.open(store="rdflib", timeout=5)
    with pytest.raises(QueryError, match="only oxigraph"):
        kg.open(endpoint="http://localhost:1/sparql", memory=10**9)
    with pytest.raises(QueryError, match="of their own"):
        kg.open(data=[file], store="rdflib")
    assert kg.open(endpoint="http://localhost:1/sparql", timeout=5).store.timeout == 5  # type: ignore[attr-defined]


def test_a_deadline_of_the_command_is_an_error_with_a_sentence(many: Path) -> None:
    done = subprocess.run(
        [*KG, "query", "--data", str(many), "--timeout", "0.5", ENDLESS], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "kg: no whole answer within 0.5 s; the query was ended\n"


@pytest.mark.parametrize("limits", [[], ["--timeout", "100"]], ids=["in the process", "beside it"])
def test_ctrl_c_ends_the_command_at_once_without_a_traceback(limits: list[str], many: Path) -> None:
    with subprocess.Popen(
        [*KG, "query", "--data", str(many), *limits, ENDLESS], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        time.sleep(1.5)
        process.send_signal(signal.SIGINT)
        start = time.monotonic()
        said = process.communicate(timeout=20)
    assert time.monotonic() - start < 5
    assert process.returncode == -signal.SIGINT  # which a shell shows as 130
    assert said == (b"", b"")


def test_the_command_asks_a_file_and_shows_what_the_engine_is_asked(file: Path) -> None:
    text = "SELECT ?x { ?x <http://example.org/knows> ?y }"
    asked = subprocess.run(
        [*KG, "query", "--data", str(file), "-f", "csv", text], capture_output=True, text=True, check=True
    )
    assert sorted(asked.stdout.split()) == ["http://example.org/a", "http://example.org/b", "x"]
    plan = subprocess.run(
        [*KG, "query", "--data", str(file), "--explain-plan", text], capture_output=True, text=True, check=True
    )
    assert plan.stdout == f"# asked as written; held in memory of a process\n{text}\n"


@pytest.mark.parametrize(
    "imported", ["kg", "polars, kg"]
)  # Polars changes what becomes of a read that a signal interrupts
def test_ctrl_c_at_a_prompt_ends_the_query_and_the_session_lives(imported: str, many: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-q", "-i"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as session:
        assert session.stdin is not None
        assert session.stdout is not None
        session.stdin.write(f"import {imported}\ngraph = kg.open(data=[{str(many)!r}])\n")
        session.stdin.write("print(graph.ask('ASK { ?s ?p ?o }'), flush=True)\n")
        session.stdin.flush()
        assert session.stdout.readline() == "True\n"
        session.stdin.write(f"graph.query({ENDLESS!r})\n")
        session.stdin.flush()
        time.sleep(1)
        session.send_signal(signal.SIGINT)
        said, errors = session.communicate("print(graph.ask('ASK { ?s ?p ?o }'))\n", timeout=30)
    assert said == "True\n"
    assert "KeyboardInterrupt" in errors
    assert session.returncode == 0
