"""A remote store: any endpoint that speaks the SPARQL 1.1 protocol, asked by GET or by a posted form, never by a posted query.

Whatever is not a whole answer is an error: a page of HTML, an answer that breaks off, one that the server says is partial, and
one that does not end in time.
"""

from __future__ import annotations

import ast
import html
import http.client
import re
import socket
import time
import urllib.error
from typing import TYPE_CHECKING, Final
from urllib.parse import quote_plus, urlsplit

from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, parse
from SPARQLWrapper import GET, JSON, POST, TURTLE, URLENCODED, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import SPARQLWrapperException

from kg.errors import LimitError, QueryError, StoreError
from kg.store.jsonresults import read_json
from kg.store.prologue import query_form, with_prefixes
from kg.store.protocol import Solutions
from kg.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.store.protocol import Answer

TIMEOUT: Final = 60.0
_LONGEST_ADDRESS: Final = 2000
_CHUNK: Final = 1 << 16
_SHOWN: Final = 400


class EndpointStore:
    """A ``QuadStore`` at an address. Known prefixes need no declaration.

    Where the default graph of the server is empty and its named graphs are not, every request names all graphs, as SPARQL 1.1
    Protocol 2.1.4 allows, so that a query sees the union as in every other store. ``timeout`` is in seconds.
    """

    def __init__(self, endpoint: str, timeout: float = TIMEOUT) -> None:
        if urlsplit(endpoint).scheme not in {"http", "https"} or not urlsplit(endpoint).hostname:
            raise QueryError(f"'{endpoint}' is not the address of an endpoint", hint="write an http or https URL")
        self.endpoint = endpoint
        self.timeout = timeout
        self._graphs: tuple[str, ...] | None = None

    def query(self, text: str) -> Answer:
        """Answers a SPARQL query; see ``QuadStore.query``.

        Raises:
            QueryError: the text is no query, or the server does not accept it.
            StoreError: the server cannot be reached, refuses, or answers with something that is not a whole answer.
            LimitError: the answer did not end within the timeout.

        """
        form = query_form(text)
        if self._graphs is None:
            self._graphs = self._unmerged()
        return self._ask(text, form, self._graphs)

    def quads(self) -> Iterable[Quad]:
        """Gives every quad of the named graphs; of a large endpoint, more than fits."""
        answer = self.query("SELECT ?s ?p ?o ?g WHERE { GRAPH ?g { ?s ?p ?o } }")
        return [Quad(*row) for row in answer.rows] if isinstance(answer, Solutions) else []  # type: ignore[arg-type]

    def __len__(self) -> int:
        """Gives the number of quads in the named graphs."""
        answer = self.query("SELECT (COUNT(*) AS ?count) WHERE { GRAPH ?g { ?s ?p ?o } }")
        return int(getattr(answer.rows[0][0], "value", 0)) if isinstance(answer, Solutions) else 0

    def _unmerged(self) -> tuple[str, ...]:
        if self._ask("ASK { ?s ?p ?o }", "ASK", ()) or not self._ask("ASK { GRAPH ?g { ?s ?p ?o } }", "ASK", ()):
            return ()
        answer = self._ask("SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }", "SELECT", ())
        names = [row[0] for row in answer.rows] if isinstance(answer, Solutions) else []
        return tuple(sorted(name.value for name in names if isinstance(name, NamedNode)))

    def _ask(self, text: str, form: str, graphs: tuple[str, ...]) -> Answer:
        deadline = time.monotonic() + self.timeout
        try:
            response = self._request(with_prefixes(text), form, graphs).query().response
            with response:
                body = _whole(response, deadline)
                return self._read(body, response.headers, form)
        except TimeoutError as error:
            raise LimitError(f"{self.endpoint}: no whole answer within {self.timeout:g} s") from error
        except SPARQLWrapperException as error:
            status = getattr(error.__context__, "code", 0)
            raise self._refused(status, _words_of(error)) from error
        except urllib.error.HTTPError as error:
            with error:
                raise self._refused(error.code, error.read().decode(errors="replace")) from error
        except urllib.error.URLError as error:
            if isinstance(error.reason, (TimeoutError, socket.timeout)):
                raise LimitError(f"{self.endpoint}: no answer within {self.timeout:g} s") from error
            raise StoreError(f"{self.endpoint}: {error.reason}", endpoint=self.endpoint) from error
        except (http.client.HTTPException, OSError) as error:
            raise StoreError(f"{self.endpoint}: the answer broke off: {error!r}", endpoint=self.endpoint) from error

    def _request(self, text: str, form: str, graphs: tuple[str, ...]) -> SPARQLWrapper:
        solutions = form in {"SELECT", "ASK"}
        request = SPARQLWrapper(self.endpoint, returnFormat=JSON if solutions else TURTLE, agent=f"motkg/{VERSION}")
        request.setOnlyConneg(True)
        # Set past setQuery(), which guesses the form with an expression that reads words in comments and IRIs.
        request.queryString, request.queryType = text, form
        request.timeout = self.timeout  # type: ignore[assignment]  # setTimeout() would cut off the fraction
        request.setRequestMethod(URLENCODED)
        for graph in graphs:
            request.addParameter("default-graph-uri", graph)
            request.addParameter("named-graph-uri", graph)
        length = len(quote_plus(text)) + sum(2 * len(quote_plus(graph)) + 40 for graph in graphs)
        request.setMethod(GET if length <= _LONGEST_ADDRESS else POST)
        return request

    def _read(self, body: bytes, headers: http.client.HTTPMessage, form: str) -> Answer:
        kind = headers.get_content_type()
        if headers.get("X-SQL-State"):  # Virtuoso: its time ran out, and what it had by then comes with status 200
            words = headers.get("X-SQL-Message", headers["X-SQL-State"])
            raise StoreError(f"{self.endpoint}: a partial answer: {words}", endpoint=self.endpoint, status=200, answer=words)
        if form in {"SELECT", "ASK"}:
            if kind not in {"application/sparql-results+json", "application/json"}:
                raise self._not_an_answer(kind, body)
            answer = read_json(body, self.endpoint)
            limit = headers.get("X-SPARQL-MaxRows", "")
            if isinstance(answer, Solutions) and limit.isdigit() and 0 < int(limit) <= len(answer):
                raise StoreError(f"{self.endpoint}: the server cuts answers off at {limit} rows", endpoint=self.endpoint, status=200)
            if isinstance(answer, bool) != (form == "ASK"):
                raise StoreError(f"{self.endpoint}: the answer is not one to {form}", endpoint=self.endpoint, status=200)
            return answer
        syntax = RdfFormat.from_media_type(kind)
        if syntax is None:
            raise self._not_an_answer(kind, body)
        try:
            return list({Triple(quad.subject, quad.predicate, quad.object) for quad in parse(body, format=syntax)})
        except (SyntaxError, ValueError) as error:
            raise StoreError(f"{self.endpoint}: the answer is broken: {error}", endpoint=self.endpoint, status=200) from error

    def _refused(self, status: int, answer: str) -> QueryError | StoreError:
        words = _plain(answer)
        if status == http.HTTPStatus.BAD_REQUEST:
            return QueryError(f"{self.endpoint} does not accept the query: {words}")
        return StoreError(f"{self.endpoint}: status {status}: {words}", endpoint=self.endpoint, status=status, answer=answer)

    def _not_an_answer(self, kind: str, body: bytes) -> StoreError:
        words = body.decode(errors="replace")
        message = f"{self.endpoint}: not an answer of SPARQL but {kind}: {_plain(words)}"
        return StoreError(message, endpoint=self.endpoint, status=200, answer=words)


def _whole(response: http.client.HTTPResponse, deadline: float) -> bytes:
    """Reads a body to its end; a server that sends a little now and then does not hold it past the deadline."""
    parts = []
    while part := response.read1(_CHUNK):
        parts.append(part)
        if time.monotonic() > deadline:
            raise TimeoutError
    if response.length:
        raise http.client.IncompleteRead(b"".join(parts), response.length)
    return b"".join(parts)


def _words_of(error: SPARQLWrapperException) -> str:
    """Gives what the server said, which SPARQLWrapper keeps only as the notation of bytes at the end of its message."""
    _, _, notation = str(error).partition("Response:\n")
    return bytes(ast.literal_eval(notation)).decode(errors="replace") if notation else str(error)


def _plain(answer: str) -> str:
    text = re.sub(r"(?is)<(script|style)\b.*?</\1>|<[!/a-z][^>]*>", " ", answer)
    words = " ".join(html.unescape(text).split())
    return words if len(words) <= _SHOWN else f"{words[:_SHOWN]}…"
