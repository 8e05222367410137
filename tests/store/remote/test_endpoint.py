"""The client of endpoints, against Fuseki and against a server that answers as badly as servers do."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple
from servers import listening

from kg.core.errors import LimitError, QueryError, StoreError
from kg.store.protocol import Solutions
from kg.store.remote.store import EndpointStore

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

XSD = "http://www.w3.org/2001/XMLSchema#"
A, B, P, G, H = (NamedNode(f"http://example.org/{name}") for name in "abpgh")
JSON = "application/sparql-results+json"
ROWS = '{"head": {"vars": ["x"]}, "results": {"bindings": [{"x": {"type": "uri", "value": "http://example.org/a"}}]}}'


class Request:
    """What the server was asked."""

    def __init__(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0))).decode()
        self.method = handler.command
        self.kind = handler.headers.get("Content-Type", "")
        self.accept = handler.headers.get("Accept", "")
        self.fields = parse_qs(body or urlsplit(handler.path).query)


@contextmanager
def server(answer: Callable[[BaseHTTPRequestHandler], None]) -> Generator[tuple[str, list[Request]]]:
    """Runs a server that says yes to every ASK and answers everything else as it is told."""
    seen: list[Request] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            request = Request(self)
            seen.append(request)
            if request.fields["query"][0].startswith("ASK"):
                send(self, 200, JSON, '{"head": {}, "boolean": true}')
            else:
                answer(self)

        do_POST = do_GET  # noqa: N815 - the name that http.server looks for

        def log_message(self, *_: object) -> None:
            pass

    with listening(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as address:
        yield f"{address}/sparql", seen


def send(handler: BaseHTTPRequestHandler, status: int, kind: str, body: str, **headers: str) -> None:
    content = body.encode()
    handler.send_response(status)
    for name, value in {"Content-Type": kind, "Content-Length": str(len(content)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(content)


def asked(status: int, kind: str, body: str, text: str = "SELECT ?x { ?x ?p ?o }", **headers: str) -> object:
    with server(lambda handler: send(handler, status, kind, body, **headers)) as (address, _):
        return EndpointStore(address, timeout=5).query(text)


def test_terms_are_read_as_the_server_writes_them() -> None:
    terms = {
        "iri": {"type": "uri", "value": "http://example.org/a"},
        "node": {"type": "bnode", "value": "b10"},
        "plain": {"type": "literal", "value": 'a\n"b"'},
        "japanese": {"type": "literal", "value": "事業化", "xml:lang": "ja"},
        "number": {"type": "typed-literal", "value": "01", "datatype": f"{XSD}integer"},
    }
    body = json.dumps(
        {"head": {"vars": [*terms, "unbound"]}, "results": {"bindings": [terms, {"node": terms["node"]}]}}
    )
    answer = asked(200, JSON, body)
    assert isinstance(answer, Solutions)
    first, second = answer.rows
    assert first[0] == A
    assert isinstance(first[1], BlankNode)
    assert first[2:] == (
        Literal('a\n"b"'), Literal("事業化", language="ja"), Literal("01", datatype=NamedNode(f"{XSD}integer")), None,
    )  # fmt: skip
    assert second[1] == first[1]
    assert second[0] is None


@pytest.mark.parametrize("length", [0, 5000])
def test_a_short_query_is_got_and_a_long_one_posted_as_a_form(length: int) -> None:
    text = "SELECT ?x { ?x ?p ?o } #" + "x" * length
    with server(lambda handler: send(handler, 200, JSON, ROWS)) as (address, seen):
        EndpointStore(address).query(text)
    assert seen[-1].method == ("POST" if length else "GET")
    assert seen[-1].kind == ("application/x-www-form-urlencoded" if length else "")
    assert seen[-1].fields["query"] == [text]
    assert JSON in seen[-1].accept


def test_words_in_comments_do_not_change_what_is_asked_for() -> None:
    with server(lambda handler: send(handler, 200, JSON, ROWS)) as (address, seen):
        EndpointStore(address).query("#+ summary: construct or insert?\nSELECT ?x { ?x ?p ?o }")
    assert JSON in seen[-1].accept
    assert list(seen[-1].fields) == ["query"]


def test_an_update_does_not_leave_the_house() -> None:
    with (
        server(lambda handler: send(handler, 200, JSON, ROWS)) as (address, seen),
        pytest.raises(QueryError, match="DROP is an update"),
    ):
        EndpointStore(address).query("DROP ALL")
    assert seen == []


@pytest.mark.parametrize("status", [401, 403, 404, 500, 503])
def test_a_refusal_tells_endpoint_status_and_the_words_of_the_server(status: int) -> None:
    with pytest.raises(
        StoreError, match=r"^http://127\.0\.0\.1:\d+/sparql: status \d+: Overloaded: try <later> é$"
    ) as caught:
        asked(
            status,
            "text/html",
            "<html><style>p {}</style><p>Overloaded: try <later> é</p></html>".replace("<later>", "&lt;later&gt;"),
        )
    assert caught.value.status == status
    assert caught.value.answer.startswith("<html>")


def test_a_query_that_the_server_does_not_accept() -> None:
    with pytest.raises(QueryError, match="does not accept the query: line 1: Encountered 'x'"):
        asked(400, "text/plain", "line 1: Encountered 'x'\n")


@pytest.mark.parametrize(
    ("kind", "body", "message"),
    [
        (
            "text/html",
            "<html><body>Welcome to the <b>portal</b></body></html>",
            "not an answer of SPARQL but text/html: Welcome to the portal",
        ),
        (JSON, "<html>", "not a whole answer"),
        (JSON, "", "not a whole answer"),
        (JSON, ROWS[:-3], "not a whole answer"),
        (JSON, '{"error": "x"}', "not a whole answer"),
        (JSON, '{"head": {}, "boolean": true}', "not one to SELECT"),
        (JSON, ROWS.replace("/a", "/ a"), "not a whole answer"),
        (JSON, ROWS.replace("uri", "url"), "Unexpected term type: 'url'"),
    ],
)
def test_what_is_no_answer_is_an_error(kind: str, body: str, message: str) -> None:
    with pytest.raises(StoreError, match=message):
        asked(200, kind, body)


def test_a_triple_that_the_server_repeats_is_given_once() -> None:
    body = f"{A} {P} {B} .\n{B} {P} {A} .\n{A} {P} {B} .\n"
    assert asked(200, "application/n-triples", body, "CONSTRUCT WHERE { ?s ?p ?o }") == [
        Triple(A, P, B),
        Triple(B, P, A),
    ]


def test_an_answer_that_the_server_cuts_short_is_an_error() -> None:
    with pytest.raises(StoreError, match="a partial answer: out of time"):
        asked(200, JSON, ROWS, X_SQL_State="S1TAT", X_SQL_Message="out of time")
    with pytest.raises(StoreError, match="cuts answers off at 1 rows"):
        asked(200, JSON, ROWS, X_SPARQL_MaxRows="1")
    assert len(asked(200, JSON, ROWS, X_SPARQL_MaxRows="2")) == 1  # type: ignore[arg-type]


@pytest.mark.parametrize("chunked", [False, True])
def test_an_answer_that_breaks_off_is_an_error(chunked: bool) -> None:  # noqa: FBT001
    def half(handler: BaseHTTPRequestHandler) -> None:
        handler.protocol_version = "HTTP/1.1"
        handler.send_response(200)
        handler.send_header("Content-Type", JSON)
        handler.send_header(*(("Transfer-Encoding", "chunked") if chunked else ("Content-Length", "1000")))
        handler.end_headers()
        handler.wfile.write(f"{len(ROWS):x}\r\n{ROWS}\r\n".encode() if chunked else ROWS.encode())
        handler.close_connection = True

    with server(half) as (address, _), pytest.raises(StoreError, match="the answer broke off"):
        EndpointStore(address, timeout=5).query("SELECT ?x { ?x ?p ?o }")


@pytest.mark.parametrize("drip", [False, True])
def test_a_server_that_hangs_or_drips_is_left_in_time(drip: bool) -> None:  # noqa: FBT001
    done = threading.Event()

    def slow(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", JSON)
        handler.end_headers()
        while drip and not done.wait(0.05):
            handler.wfile.write(b" ")
            handler.wfile.flush()
        done.wait(10)

    start = time.monotonic()
    with server(slow) as (address, _):
        try:
            with pytest.raises(LimitError, match=r"within 0\.5 s"):
                EndpointStore(address, timeout=0.5).query("SELECT ?x { ?x ?p ?o }")
        finally:
            done.set()
    assert time.monotonic() - start < 5


def test_nobody_listens() -> None:
    with server(lambda handler: send(handler, 200, JSON, ROWS)) as (address, _):
        pass
    with pytest.raises(StoreError, match="Connection refused"):
        EndpointStore(address).query("ASK {}")


@pytest.mark.parametrize("address", ["file:///etc/hostname", "ftp://example.org/", "example.org/sparql", "http://", ""])
def test_only_addresses_of_the_web_are_endpoints(address: str) -> None:
    with pytest.raises(QueryError, match="not the address of an endpoint"):
        EndpointStore(address)


@pytest.mark.java
def test_graphs_that_the_server_keeps_apart_are_read_as_one(loaded: Callable[[str, list[Quad]], EndpointStore]) -> None:
    quads = [Quad(A, P, B, G), Quad(A, P, B, H), Quad(B, P, Literal("x", language="ja"), H)]
    store = loaded("apart", quads)
    answer = store.query("SELECT ?s { ?s ?p ?o } ORDER BY ?s")
    inside = store.query("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g")
    assert isinstance(answer, Solutions)
    assert isinstance(inside, Solutions)
    assert answer.rows == ((A,), (B,))
    assert inside.rows == ((G,), (H,))
    assert store.select("SELECT ?s FROM <http://example.org/g> { ?s ?p ?o }").rows == ((A,),)
    assert len(store) == 3
    assert set(store.quads()) == set(quads)


@pytest.mark.java
def test_fuseki_answers_every_form(fusekis: tuple[EndpointStore, EndpointStore]) -> None:
    store, _ = fusekis
    stage = NamedNode("https://w3id.org/motkg/concept/stage/commercialization")
    label = Triple(stage, NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel"), Literal("事業化", language="ja"))
    assert store.query(f"ASK {{ {stage} a motkg:Stage }}") is True
    assert store.query(f"ASK {{ {stage} a motkg:Firm }}") is False
    assert store.query(f"CONSTRUCT WHERE {{ {stage} skos:prefLabel '事業化'@ja }}") == [label]
    described = store.query(f"DESCRIBE {stage}")
    assert isinstance(described, list)
    assert label in described


@pytest.mark.java
def test_fuseki_says_where_a_query_is_wrong(fusekis: tuple[EndpointStore, EndpointStore]) -> None:
    with pytest.raises(QueryError, match="line 2"):
        fusekis[0].query("SELECT ?s {\n ?s skos:prefLabel }")
