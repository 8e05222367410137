"""RDF files asked as they lie, and the limits of ``kg.open`` and ``kg query``."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import Dataset, Literal, NamedNode, Quad, Store

import kg
from kg.core.errors import InputError, LimitError, QueryError
from kg.core.inputs import quads_of
from kg.core.terms import base_of_file
from kg.graph import opening
from kg.store.embedded.store import EmbeddedStore

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
    assert list(graph.store.graphs()) == [base_of_file(file)]  # type: ignore[attr-defined]


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


XSD_INTEGER = NamedNode("http://www.w3.org/2001/XMLSchema#integer")
KNOWS = "http://example.org/knows"
PAIRS = [(f"http://example.org/{a}", f"http://example.org/{b}") for a, b in ("ab", "bc")]


def held_statements() -> dict[str, object]:
    quads = [Quad(NamedNode(a), NamedNode(KNOWS), NamedNode(b)) for a, b in PAIRS]
    plain, dataset = rdflib.Graph(), rdflib.Dataset()
    store = Store()
    store.extend(quads)
    for a, b in PAIRS:
        plain.add((rdflib.URIRef(a), rdflib.URIRef(KNOWS), rdflib.URIRef(b)))
        dataset.graph(rdflib.URIRef("http://example.org/named")).add(
            (rdflib.URIRef(a), rdflib.URIRef(KNOWS), rdflib.URIRef(b))
        )
    return {
        "quads": quads,
        "triples": (quad.triple for quad in quads),
        "pyoxigraph store": store,
        "pyoxigraph dataset": Dataset(quads),
        "rdflib graph": plain,
        "rdflib dataset": dataset,
        "embedded store": EmbeddedStore.of(quads),
    }


@pytest.mark.parametrize("form", held_statements())
def test_statements_that_a_program_holds_are_a_graph(form: str) -> None:
    result = kg.open(held_statements()[form]).query(f"SELECT ?a ?b {{ ?a <{KNOWS}> ?b }} ORDER BY ?a")  # type: ignore[arg-type]
    assert [(row["a"], row["b"]) for row in result] == PAIRS


def test_a_dataset_of_rdflib_keeps_its_graphs_and_its_default_graph() -> None:
    dataset = rdflib.Dataset()
    integer = rdflib.Literal("01", datatype=rdflib.XSD.integer, normalize=False)
    dataset.add((rdflib.URIRef("x:a"), rdflib.URIRef("x:p"), rdflib.URIRef("x:b")))
    dataset.graph(rdflib.URIRef("x:g")).add((rdflib.URIRef("x:c"), rdflib.URIRef("x:p"), integer))
    opened = kg.open(dataset)
    assert dict(opened.store.graphs()) == {"": 1, "x:g": 1}
    assert {str(quad.object) for quad in quads_of(dataset)} == {"<x:b>", str(Literal("01", datatype=XSD_INTEGER))}


def test_one_rdf_file_is_opened_by_its_path(file: Path) -> None:
    for opened in (kg.open(file), kg.open(str(file)), kg.open(data=file), kg.open(data=str(file))):
        assert len(opened.store) == 2
    with pytest.raises(InputError, match="cannot be read"):
        kg.open(file.with_name("absent.ttl"))
    with pytest.raises(QueryError, match="held by oxigraph"):
        kg.open(file, store="rdflib")


@pytest.mark.parametrize(
    "text", ["<x:a> <x:p> <x:b> .", "@prefix : <x:> . :a :p :b .", "PREFIX : <x:>\n:a :p :b .", "a\nb", "", b"<x:a>"]
)
def test_a_text_of_rdf_is_not_taken_for_a_path(text: str) -> None:
    with pytest.raises(InputError, match=r"expected a path, or statements: pyoxigraph\.parse"):
        kg.open(text)


@pytest.mark.parametrize("wrong", [7, [7], [("x:a", "x:p", "x:b")], object()])
def test_what_holds_no_statements_is_refused(wrong: object) -> None:
    with pytest.raises(InputError, match="no statement"):
        kg.open(wrong)  # type: ignore[arg-type]


def test_a_graph_ends_its_process_when_a_block_is_left(file: Path) -> None:
    with kg.open(file, timeout=100) as graph:
        assert graph.ask("ASK { ?s ?p ?o }")
        worker = graph.store._worker  # type: ignore[attr-defined]
        assert worker.alive
    assert not worker.alive
    with kg.open(file) as graph:
        assert graph.ask("ASK { ?s ?p ?o }")


def test_names_mean_the_same_as_for_every_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for number in (1, 2):
        (tmp_path / f"part{number}.ttl").write_text(f"<x:s> <x:p> {number} .", encoding="utf-8")
    assert len(kg.open("part*.ttl").query("SELECT ?o { ?s ?p ?o }").rows) == 2
    assert len(kg.open(data=[tmp_path]).query("SELECT ?o { ?s ?p ?o }").rows) == 2
    with pytest.raises(InputError, match=r"part3\.ttl: the file cannot be read: .* did you mean part"):
        kg.open("part3.ttl")
    with pytest.raises(QueryError, match="is an address, and no file"):
        kg.open("https://example.org/sparql")
