"""Servers that break in every way: each ends in an error of ours that says what happened, in bounded time."""

from __future__ import annotations

import gzip
import json
import re
import socketserver
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from servers import listening

from kg.core.errors import KGError, LimitError, QueryError, StoreError
from kg.store.remote.store import EndpointStore
from kg.store.remote.writing import WritableEndpointStore

if TYPE_CHECKING:
    import socket
    from collections.abc import Generator
    from pathlib import Path

    from servers import Fuseki

JSON = "application/sparql-results+json"
ROWS = json.dumps(
    {"head": {"vars": ["x"]}, "results": {"bindings": [{"x": {"type": "literal", "value": "a"}}] * 3}}
).encode()
TRUE = b'{"head": {}, "boolean": true}'
SELECT = "SELECT ?x { ?s ?p ?x }"


def response(status: int, kind: str, body: bytes, *headers: str, length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    lines = [
        f"HTTP/1.1 {status} Some Reason",
        f"Content-Type: {kind}",
        f"Content-Length: {size}",
        "Connection: close",
        *headers,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Seen(list[str]):
    """The requests that a server got: their first lines and headers."""

    def queries(self) -> list[str]:
        return [
            request for request in self if "query=ASK" not in request and "ASK+" not in request.partition("\r\n")[0]
        ]


Answer = "Callable[[socket.socket, int], None] | bytes"


@contextmanager
def server(answer: Answer) -> Generator[tuple[str, Seen]]:
    """Runs a server that says yes to the ASK that comes first, and then answers with bytes, or by a function that gets the socket."""
    seen = Seen()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            text = b""
            while b"\r\n\r\n" not in text and (part := self.request.recv(65536)):
                text += part
            seen.append(text.decode())
            if b"query=ASK" in text:
                self.request.sendall(response(200, JSON, TRUE))
            elif callable(answer):
                answer(self.request, len(seen.queries()))
            else:
                self.request.sendall(answer)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_: object) -> None:
            """Says nothing of clients that went away, which is what they should do here."""

    with listening(Server(("127.0.0.1", 0), Handler)) as address:
        yield f"{address}/sparql", seen


def asked(answer: Answer, timeout: float = 1.0, largest: int = 1 << 20, text: str = SELECT) -> object:
    with server(answer) as (address, _):
        return EndpointStore(address, timeout, largest).query(text)


def hang(_: socket.socket, __: int) -> None:
    time.sleep(4)


def hang_in_the_body(connection: socket.socket, _: int) -> None:
    connection.sendall(response(200, JSON, ROWS[:40], length=1000))
    time.sleep(4)


def reset(connection: socket.socket, _: int) -> None:
    connection.sendall(response(200, JSON, ROWS[:40], length=1000))


def endless(connection: socket.socket, _: int) -> None:
    connection.sendall(response(200, JSON, b'{"head": {"vars": ["x"]}, "results": {"bindings": [', length=1 << 40))
    row = b'{"x": {"type": "literal", "value": "a"}},' * 1000
    while True:
        connection.sendall(row)


def bomb(connection: socket.socket, _: int) -> None:
    packed = gzip.compress(b'{"head": {"vars": ["x"]}, "results": {"bindings": [' + b" " * (1 << 25))
    connection.sendall(response(200, JSON, packed, "Content-Encoding: gzip"))


FAULTS: dict[str, tuple[Answer, type[KGError], str]] = {
    "hangs before headers": (hang, LimitError, "no answer within 1 s"),
    "hangs mid-body": (hang_in_the_body, LimitError, "no whole answer within 1 s"),
    "breaks off": (reset, StoreError, "the answer broke off"),
    "half a JSON": (response(200, JSON, ROWS[:-20]), StoreError, "not a whole answer"),
    "a part of a row": (response(200, JSON, ROWS[: len(ROWS) // 2]), StoreError, "not a whole answer"),
    "HTML with 200": (
        response(200, "text/html", b"<html><p>Please log in</p>"),
        StoreError,
        "text/html: Please log in",
    ),
    "HTML that says it is JSON": (response(200, JSON, b"<html><p>Please log in</p>"), StoreError, "not a whole answer"),
    "no content type": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        StoreError,
        "not an answer of SPARQL but nothing that is named",
    ),
    "a wrong content type": (response(200, "image/png", b"\x89PNG"), StoreError, "image/png"),
    "triples for rows": (response(200, "text/turtle", b"<a:b> <a:b> <a:b> ."), StoreError, "text/turtle"),
    "gigantic": (endless, LimitError, "larger than 1,048,576 bytes"),
    "a gzip bomb": (bomb, LimitError, "larger than 1,048,576 bytes"),
    "invalid UTF-8": (response(200, JSON, ROWS.replace(b'"a"', b'"\xff"')), StoreError, "not a whole answer"),
    "a truncated gzip": (
        response(200, JSON, gzip.compress(ROWS)[:-9], "Content-Encoding: gzip"),
        StoreError,
        "the answer broke off: its gzip",
    ),
    "no gzip": (response(200, JSON, ROWS, "Content-Encoding: gzip"), StoreError, "the answer broke off"),
    "a redirect loop": (response(302, "text/html", b"", "Location: /sparql"), StoreError, "more than 5 redirects"),
    "a redirect elsewhere": (
        response(302, "text/html", b"", "Location: http://example.org/x"),
        StoreError,
        "elsewhere, to http://example.org:80",
    ),
    "no HTTP": (b"SSH-2.0-OpenSSH\r\n", StoreError, "127.0.0.1"),
    "an empty answer": (response(200, JSON, b""), StoreError, "not a whole answer"),
    **{
        f"{status}": (response(status, "text/plain", b"Sorry"), StoreError, f"status {status}: Sorry")
        for status in (401, 403, 404, 500, 503)
    },
    "400": (response(400, "text/plain", b"line 1: what?"), QueryError, "does not accept the query: line 1: what?"),
    "a partial answer": (
        response(200, JSON, ROWS, "X-SQL-State: S1TAT", "X-SQL-Message: RC"),
        StoreError,
        "a partial answer: RC",
    ),
    "a cut answer": (response(200, JSON, ROWS, "X-SPARQL-MaxRows: 3"), StoreError, "cuts answers off at 3 rows"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_an_error_in_bounded_time(fault: str) -> None:
    answer, kind, message = FAULTS[fault]
    start = time.monotonic()
    with pytest.raises(kind, match=message):
        asked(answer)
    assert time.monotonic() - start < 3


@pytest.mark.parametrize("fault", ["hangs mid-body", "breaks off", "half a JSON", "gigantic", "a cut answer"])
def test_rows_end_with_the_error(fault: str) -> None:
    answer, kind, message = FAULTS[fault]
    with server(answer) as (address, _), pytest.raises(kind, match=message):
        list(EndpointStore(address, 1.0, 1 << 20).rows(SELECT))


def test_rows_are_given_while_the_server_still_sends() -> None:
    more = threading.Event()

    def slowly(connection: socket.socket, _: int) -> None:
        row = b'{"x": {"type": "literal", "value": "a"}}'
        start = b'{"head": {"vars": ["x"]}, "results": {"bindings": [' + b",".join([row] * 200)
        end = b"," + row + b"]}}"
        connection.sendall(response(200, JSON, start, length=len(start) + len(end)))
        assert more.wait(5)
        connection.sendall(end)

    with server(slowly) as (address, _):
        rows = EndpointStore(address, 5).rows(SELECT)
        assert next(rows)
        more.set()
        assert 1 + sum(1 for _ in rows) == 201


def test_a_query_is_tried_again_and_an_update_is_not() -> None:
    def busy_once(connection: socket.socket, number: int) -> None:
        connection.sendall(
            response(503, "text/plain", b"busy", "Retry-After: 0") if number == 1 else response(200, JSON, ROWS)
        )

    with server(busy_once) as (address, seen):
        assert len(EndpointStore(address).select(SELECT)) == 3
        assert len(seen.queries()) == 2
    with server(busy_once) as (address, seen):
        with pytest.raises(StoreError, match="status 503: busy"):
            WritableEndpointStore(address).update("CLEAR ALL")
        assert len(seen.queries()) == 1


def test_a_wait_that_is_too_long_is_not_begun() -> None:
    start = time.monotonic()
    with pytest.raises(StoreError, match="status 429: later"):
        asked(response(429, "text/plain", b"later", "Retry-After: 3600"))
    assert time.monotonic() - start < 1


def test_a_redirect_within_the_server_is_followed() -> None:
    def moved(connection: socket.socket, number: int) -> None:
        connection.sendall(
            response(307, "text/html", b"", "Location: /other?query=x") if number == 1 else response(200, JSON, ROWS)
        )

    with server(moved) as (address, seen):
        assert len(EndpointStore(address).select(SELECT)) == 3
        assert seen[-1].startswith("GET /other?query=x ")


def test_an_update_does_not_follow_a_redirect_that_would_change_it() -> None:
    with server(response(302, "text/html", b"", "Location: /other")) as (address, seen):
        with pytest.raises(StoreError, match=r"has moved what was to be written, to http://127\.0\.0\.1:"):
            WritableEndpointStore(address).update("CLEAR ALL")
        assert len(seen.queries()) == 1


@pytest.mark.java
def test_a_server_that_is_killed_while_it_answers(java: str, fuseki_jar: Path, tmp_path: Path) -> None:
    from servers import running_fuseki

    with running_fuseki(java, fuseki_jar, tmp_path, unions=(), apart=("memory",)) as fuseki:
        seen = _rows_until_killed(fuseki)
    assert seen < 1_000_000


def _rows_until_killed(fuseki: Fuseki) -> int:
    address = f"{fuseki.address}/memory"
    numbers = " ".join(map(str, range(1000)))
    store = EndpointStore(address, timeout=20)
    rows = store.rows(f"SELECT ?x ?y {{ VALUES ?x {{ {numbers} }} VALUES ?y {{ {numbers} }} }}")
    seen = 0
    try:
        for seen, _ in enumerate(rows, 1):
            if seen == 1000:
                fuseki.process.kill()
    except StoreError as error:
        assert re.search("broke off|not a whole answer", str(error))  # noqa: PT017 - what matters besides is how many rows came before
        return seen
    return 1_000_000
