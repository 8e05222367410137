"""No SPARQL text of a shapes graph reaches an address: each is read first, and what evaluates has no network."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

import pytest
import rdflib
from click.testing import CliRunner
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse
from servers import counting_connections

from kg.cli.validate import command
from kg.core.errors import InputError, KGError, StoreError
from kg.core.rdflibterms import offline
from kg.shacl import Shapes, read_shapes, validate
from kg.shacl.pyshacl_engine import run_pyshacl
from kg.store.memory_rdflib import RdflibStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from servers import Connections

PREFIXES = """\
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix : <http://example.org/> .
"""
DATA = ':a a :C ; :p "secret" .'
CALL = ":S sh:targetClass :C ; sh:sparql [ sh:select 'SELECT $this { $this a ?c FILTER (<http://example.org/f>(1) = 2) }' ] ."
KINDS = {
    "target": ":S a sh:NodeShape ; sh:target [ a sh:SPARQLTarget ; sh:select '''{select}''' ] ; sh:nodeKind sh:IRI .",
    "target type": ":T a sh:SPARQLTargetType ; rdfs:subClassOf sh:Target ; sh:parameter [ sh:path :o ] ; sh:select '''{select}''' ."
    " :S a sh:NodeShape ; sh:target [ a :T ; :o 1 ] ; sh:nodeKind sh:IRI .",
    "select function": ":f a sh:SPARQLFunction ; sh:parameter [ sh:path :o ] ; sh:returnType xsd:string ; sh:select '''{select}''' . CALL",
    "ask function": ":f a sh:SPARQLFunction ; sh:parameter [ sh:path :o ] ; sh:returnType xsd:boolean ; sh:ask '''{ask}''' . CALL",
    "constraint": ":S sh:targetClass :C ; sh:sparql [ sh:select '''{select}''' ] .",
    "deactivated constraint": ":S sh:targetClass :C ; sh:nodeKind sh:IRI ; sh:sparql [ sh:deactivated true ; sh:select '''{select}''' ] .",
    "validator": ":K a sh:ConstraintComponent ; sh:parameter [ sh:path :k ] ; sh:validator [ sh:ask '''{ask}''' ] ."
    " :S sh:targetClass :C ; :k 1 .",
    "node validator": ":K a sh:ConstraintComponent ; sh:parameter [ sh:path :k ] ; sh:nodeValidator [ sh:select '''{select}''' ] ."
    " :S sh:targetClass :C ; :k 1 .",
    "property validator": ":K a sh:ConstraintComponent ; sh:parameter [ sh:path :k ] ; sh:propertyValidator [ sh:select '''{select}''' ] ."
    " :S sh:targetClass :C ; sh:property [ sh:path :p ; :k 1 ] .",
    "rule": ":S sh:targetClass :C ; sh:nodeKind sh:IRI ; sh:rule [ a sh:SPARQLRule ; sh:construct '''{construct}''' ] .",
    "expression": ":S sh:targetClass :C ; sh:expression [ sh:select '''{select}''' ] .",
    "update": ":S sh:targetClass :C ; sh:nodeKind sh:IRI . :u sh:update '''LOAD <{at}>''' .",
}
REACHING = {
    "service": "?this :p ?x SERVICE <{at}> {{ ?this ?q ?x }}",
    "silent service in a subquery of an option": "OPTIONAL {{ {{ SELECT ?this {{ SERVICE SILENT <{at}> {{ ?this ?q ?x }} }} }} }}",
    "service in EXISTS": "?this :p ?x FILTER NOT EXISTS {{ SERVICE <{at}> {{ ?this ?q ?x }} }}",
    "service at a variable": "VALUES ?at {{ <{at}> }} SERVICE ?at {{ ?this ?q ?x }}",
    "service as an escape": "?this :p ?x \\\\u0053ERVICE <{at}> {{ ?this ?q ?x }}",
    "a letter whose capital is S": "?this :p ?x \u017fERVICE <{at}> {{ ?this ?q ?x }}",
}
ENGINES = pytest.mark.parametrize("engine", ["auto", "pyshacl", "sparql"])


@pytest.fixture
def calls() -> Iterator[Connections]:
    with counting_connections() as connections:
        yield connections


def kind_of_text(kind: str, pattern: str, at: str, clause: str = "") -> str:
    where = pattern.format(at=at).replace(":p", "<http://example.org/p>")
    clause = clause.format(at=at)
    shapes = KINDS[kind].format(
        select=f"SELECT ?this {clause} WHERE {{ {where} }}",
        ask=f"ASK {clause} {{ {where} }}",
        construct=f"CONSTRUCT {{ ?this ?q ?x }} {clause} WHERE {{ {where} }}",
        at=at,
    )
    return shapes.replace("CALL", CALL)


def run(folder: Path, shapes: str, *options: str) -> tuple[int, str]:
    (folder / "data.ttl").write_text(PREFIXES + DATA, encoding="utf-8")
    (folder / "shapes.ttl").write_text(PREFIXES + shapes, encoding="utf-8")
    outcome = CliRunner().invoke(command, [str(folder / "data.ttl"), "--shapes", str(folder / "shapes.ttl"), *options])
    if isinstance(outcome.exception, KGError):
        return 2, str(outcome.exception)  # as the command ends for every such error
    return outcome.exit_code, outcome.output


def test_the_listener_counts_a_connection(calls: Connections) -> None:
    with socket.create_connection(calls.place):
        pass
    assert calls.count() == 1


@ENGINES
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_text_is_refused_for_a_service(tmp_path: Path, kind: str, engine: str, calls: Connections) -> None:
    code, told = run(tmp_path, kind_of_text(kind, REACHING["service"], calls.address), "--engine", engine)
    assert calls.count() == 0
    if kind in {"rule", "update"}:  # no engine runs them
        assert code == (1 if kind == "rule" else 0)
        return
    assert code == 2
    if kind != "expression":
        assert "with SERVICE, which would send data" in told
        assert "shapes.ttl:3:" in told
        assert "http://example.org/" in told


@ENGINES
@pytest.mark.parametrize("pattern", REACHING)
def test_a_service_is_found_wherever_it_stands(tmp_path: Path, pattern: str, engine: str, calls: Connections) -> None:
    code, told = run(tmp_path, kind_of_text("target", REACHING[pattern], calls.address), "--engine", engine)
    assert (calls.count(), code) == (0, 2)
    assert "SERVICE" in told


@ENGINES
@pytest.mark.parametrize("clause", ["FROM <{at}>", "FROM NAMED <{at}>"])
@pytest.mark.parametrize(
    "kind", ["target", "target type", "select function", "ask function", "constraint", "validator"]
)
def test_no_text_names_a_graph_to_read(tmp_path: Path, kind: str, clause: str, engine: str, calls: Connections) -> None:
    code, told = run(tmp_path, kind_of_text(kind, "?this :p ?x", calls.address, clause), "--engine", engine)
    assert (calls.count(), code) == (0, 2)
    assert "with FROM" in told


@pytest.mark.parametrize(
    "declared",
    [
        'sh:prefix "e" ; sh:namespace "http://x/> SELECT ?this { SERVICE <{at}> { ?this ?p ?o } } #"',
        'sh:prefix "e: <http://x/> SELECT ?this { SERVICE <{at}> { ?this ?p ?o } } #" ; sh:namespace "http://x/"',
    ],
)
def test_a_prefix_declaration_holds_no_query(tmp_path: Path, declared: str, calls: Connections) -> None:
    shapes = f":o sh:declare [ {declared.replace('{at}', calls.address)} ] . " + KINDS["target"].replace(
        "sh:select '''{select}'''", "sh:prefixes :o ; sh:select 'SELECT ?this { ?this ?p ?o }'"
    )
    code, told = run(tmp_path, shapes)
    assert (calls.count(), code) == (0, 2)
    assert "has an sh:" in told


def test_the_words_in_strings_and_names_reach_nothing(tmp_path: Path) -> None:
    string = r'"SERVICE <http://example.org/> \\u0053ERVICE FROM LOAD"'
    where = f"?this :p ?service FILTER (?service NOT IN ({string}, <http://example.org/from>))"
    shapes = kind_of_text("target", where, "").replace("sh:IRI", "sh:Literal")
    code, told = run(tmp_path, shapes)
    assert code == 1
    assert "does not conform: 1 result" in told


@ENGINES
def test_imports_are_not_fetched(tmp_path: Path, engine: str, calls: Connections) -> None:
    shapes = f"<> owl:imports <{calls.address}> . " + kind_of_text("target", "?this :p ?x", calls.address)
    code, told = run(tmp_path, shapes, "--engine", engine)
    assert (calls.count(), code) == (0, 1)
    assert "imports" in told


@pytest.mark.parametrize("kind", ["target", "target type", "select function", "ask function"])
def test_what_the_parser_cannot_read_no_other_engine_sees(tmp_path: Path, kind: str) -> None:
    code, told = run(tmp_path, kind_of_text(kind, "LATERAL {{ ?this ?q ?x }}", ""))
    assert code == (
        2 if "function" in kind else 1
    )  # a shape that cannot be read is left out; a function is for pySHACL
    assert "cannot be read" in told


def test_shapes_that_were_not_read_from_files_are_refused_before_pyshacl_runs() -> None:
    quads = tuple(parse(PREFIXES + kind_of_text("constraint", "?this :p", ""), RdfFormat.TURTLE))
    with pytest.raises(InputError, match="cannot be read"):
        run_pyshacl([], Shapes({}, quads))


@pytest.mark.parametrize("kind", ["target", "target type", "select function", "ask function"])
@pytest.mark.parametrize("pattern", ["service", "silent service in a subquery of an option", "service in EXISTS"])
def test_an_unforeseen_door_ends_in_an_error_and_not_in_an_answer(
    monkeypatch: pytest.MonkeyPatch, kind: str, pattern: str, calls: Connections
) -> None:
    monkeypatch.setattr("kg.shacl.shapes.queries.refused_texts", lambda *_, **__: ())
    monkeypatch.setattr("kg.shacl.pyshacl_engine.refuse_texts", lambda *_: None)
    text = kind_of_text(kind, REACHING[pattern], calls.address)

    def run_it() -> None:
        validate(parse(PREFIXES + DATA, RdfFormat.TURTLE), read_shapes(parse(PREFIXES + text, RdfFormat.TURTLE)))

    with pytest.raises((StoreError, InputError), match=r"beyond the graph|SERVICE, which SHACL forbids"):
        run_it()
    assert calls.count() == 0


def test_the_rdflib_store_has_no_network_either(monkeypatch: pytest.MonkeyPatch, calls: Connections) -> None:
    monkeypatch.setattr("kg.store.memory_rdflib.refuse_services", lambda _: None)
    node = NamedNode("http://example.org/a")
    store = RdflibStore.of([Quad(node, node, Literal("secret"))])
    for pattern in ("SERVICE <{}> {{ ?s ?p ?o }}", "?s ?p ?o FILTER NOT EXISTS {{ SERVICE <{}> {{ ?s ?p ?o }} }}"):
        with pytest.raises(KGError, match="beyond the graph"):
            store.query(f"SELECT * WHERE {{ {pattern.format(calls.address)} }}")
    assert calls.count() == 0


def test_behind_the_wall_a_graph_of_that_name_is_read_from_nowhere(tmp_path: Path, calls: Connections) -> None:
    (tmp_path / "graph.ttl").write_text(PREFIXES + DATA, encoding="utf-8")
    for name in (calls.address, (tmp_path / "graph.ttl").as_uri()):
        for clause in (f"FROM <{name}>", f"FROM NAMED <{name}>"):
            with pytest.raises(StoreError, match="beyond the graph"), offline(refusing_graphs=True):
                list(rdflib.Dataset().query(f"SELECT * {clause} WHERE {{ ?s ?p ?o }}"))
    assert calls.count() == 0


def test_the_wall_keeps_one_thread_in_and_leaves_no_trace(calls: Connections) -> None:
    def connect() -> None:
        with socket.create_connection(calls.place):
            pass

    def try_everything() -> None:
        other = threading.Thread(target=connect)
        other.start()
        other.join()
        for attempt in (
            connect,
            lambda: rdflib.Graph().parse(calls.address),
            lambda: socket.getaddrinfo("localhost", 80),
        ):
            with pytest.raises(StoreError, match="beyond the graph"):
                attempt()

    before = dict(vars(socket.socket)), socket.getaddrinfo
    with pytest.raises(StoreError, match="beyond the graph"), offline():
        try_everything()
    assert (dict(vars(socket.socket)), socket.getaddrinfo) == before
    assert calls.count() == 1  # by the other thread
    connect()
    assert calls.count() == 2


@pytest.mark.parametrize("engine", ["auto", "pyshacl"])
def test_a_text_that_nothing_runs_may_be_anything(tmp_path: Path, engine: str) -> None:
    """Such as the query of a constraint in a report, without the prefixes that it was declared with."""
    shapes = ":S sh:targetClass :C ; sh:nodeKind sh:Literal . :old a sh:ValidationResult ; sh:sourceConstraint [ sh:select 'SELECT e:x' ] ."
    code, told = run(tmp_path, shapes, "--engine", engine)
    assert (code, "does not conform: 1 result" in told) == (1, True)


def test_a_namespace_may_be_written_as_an_iri(tmp_path: Path) -> None:
    declared = "<> sh:declare [ sh:prefix 'e' ; sh:namespace <http://example.org/> ] ."
    shapes = (
        f"{declared} :S sh:targetClass :C ; sh:sparql [ sh:prefixes <> ; sh:select 'SELECT $this {{ $this a e:C }}' ] ."
    )
    code, told = run(tmp_path, shapes)
    assert (code, "does not conform: 1 result" in told) == (1, True)
