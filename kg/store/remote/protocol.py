"""Requests and answers of the SPARQL 1.1 Protocol.

SPARQLWrapper makes the requests: a query by GET or as a posted form, an update as a posted form. Answers are read as
they arrive; whatever is not a whole answer is an error.
"""

from __future__ import annotations

import html
import re
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, BinaryIO, Final, cast
from urllib.parse import quote_plus

from pyoxigraph import QueryResultsFormat, QuerySolutions, RdfFormat, Triple, parse_query_results
from SPARQLWrapper import GET, JSON, POST, TURTLE, URLENCODED, SPARQLWrapper

from kg.core.errors import KGError, QueryError, StoreError
from kg.core.rdfreading import parse_rdf
from kg.store.remote.transport import Request

if TYPE_CHECKING:
    import urllib.request
    from collections.abc import Generator, Iterable, Iterator

    from kg.store.protocol import Term
    from kg.store.remote.transport import Response


ROWS: Final = "application/sparql-results+json, application/json;q=0.5"
TRIPLES: Final = "application/n-triples, text/turtle;q=0.8, application/rdf+xml;q=0.5"
_LONGEST_ADDRESS: Final = 2000


class _Wrapper(SPARQLWrapper):
    """A SPARQLWrapper that makes a request and leaves the sending to motkg.

    motkg limits its time and keeps credentials to one server.
    """

    def made(self) -> urllib.request.Request:
        """Return the request that ``query`` would send."""
        return self._createRequest()


def query_request(endpoint: str, text: str, form: str, accept: str, graphs: Iterable[str] = ()) -> Request:
    """Return the request that asks a query, with what the answer may look like.

    ``graphs`` are the data set to ask, if not the server's own.

    It is never a query posted as such, which some servers leave unanswered.
    """
    wrapper = _wrapper(endpoint, text, form, accept)
    length = len(quote_plus(text))
    for graph in graphs:
        wrapper.addParameter("default-graph-uri", graph)
        wrapper.addParameter("named-graph-uri", graph)
        length += 2 * len(quote_plus(graph)) + 40
    wrapper.setMethod(GET if length <= _LONGEST_ADDRESS else POST)
    return _request(wrapper, again=True)


def update_request(endpoint: str, text: str) -> Request:
    """Return the request that carries out an update.

    It is not sent twice: the first may have been done though its answer was lost.
    """
    wrapper = _wrapper(endpoint, text, "INSERT", "*/*")
    wrapper.setMethod(POST)
    return _request(wrapper, again=False)


def _wrapper(endpoint: str, text: str, form: str, accept: str) -> _Wrapper:
    wrapper = _Wrapper(
        endpoint, returnFormat=TURTLE if form in {"CONSTRUCT", "DESCRIBE"} else JSON
    )  # it warns of what does not fit
    wrapper.setOnlyConneg(True)
    # Set past setQuery(), which guesses the form with an expression that reads words in comments and IRIs.
    wrapper.queryString, wrapper.queryType = text, form
    wrapper.setRequestMethod(URLENCODED)
    wrapper.addCustomHttpHeader("Accept", accept)
    return wrapper


def _request(wrapper: _Wrapper, *, again: bool) -> Request:
    made = wrapper.made()
    headers = {name: value for name, value in made.header_items() if name not in {"User-agent", "Content-length"}}
    body = made.data if isinstance(made.data, bytes) else None
    return Request(made.get_method(), made.full_url, headers, body, again)


_FORMATS: Final = {
    "application/sparql-results+json": QueryResultsFormat.JSON,
    "application/json": QueryResultsFormat.JSON,
    "application/sparql-results+xml": QueryResultsFormat.XML,
}
_SHOWN: Final = 400


def check(response: Response, source: str) -> None:
    """Check the status of a response.

    Raises:
        QueryError: it does not accept the text.
        StoreError: it refuses or fails, or gives what it had when its time ran out.

    """
    status = response.status
    if status == HTTPStatus.BAD_REQUEST:
        raise QueryError(f"{source} does not accept the query: {plain(response.words())}")
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        words = response.words()
        raise StoreError(
            f"{source}: status {status}: {plain(words) or HTTPStatus(status).phrase}",
            endpoint=source,
            status=status,
            answer=words,
        )
    if response.headers.get("X-SQL-State"):  # Virtuoso: its time ran out, and what it had by then comes with status 200
        words = response.headers.get("X-SQL-Message", response.headers["X-SQL-State"])
        raise StoreError(f"{source}: a partial answer: {words}", endpoint=source, status=status, answer=words)


def solutions(response: Response, source: str) -> tuple[tuple[str, ...], Iterator[tuple[Term | None, ...]]]:
    """Return the variables of an answer to SELECT, and its rows while they arrive.

    Raises:
        StoreError, LimitError: it is no such answer, is broken, or breaks off; the iterator raises these too.

    """
    with whole(response, source):
        results = parse_query_results(response.stream, format=_format(response, source))
        if not isinstance(results, QuerySolutions):
            raise StoreError(f"{source}: the answer is not one to SELECT", endpoint=source, status=response.status)
        names = tuple(variable.value for variable in results.variables)
    return names, _rows(results, names, response, source)


def _rows(
    results: QuerySolutions, names: tuple[str, ...], response: Response, source: str
) -> Iterator[tuple[Term | None, ...]]:
    with whole(response, source):
        for solution in results:
            yield tuple(solution[name] for name in names)


def truth(response: Response, source: str) -> bool:
    """Return the answer to ASK; raises ``StoreError`` where it is none."""
    with whole(response, source):
        results = parse_query_results(response.stream, format=_format(response, source))
        if isinstance(results, QuerySolutions):
            raise StoreError(f"{source}: the answer is not one to ASK", endpoint=source, status=response.status)
        return bool(results)


def triples(response: Response, source: str) -> Iterator[Triple]:
    """Yield the triples of an answer to CONSTRUCT or DESCRIBE while they arrive; raises as ``solutions`` does."""
    syntax = RdfFormat.from_media_type(response.kind)
    if syntax is None:
        raise _no_answer(response, source)
    with whole(response, source):
        for quad in parse_rdf(cast("BinaryIO", response.stream), syntax):
            yield Triple(quad.subject, quad.predicate, quad.object)


@contextmanager
def whole(response: Response, source: str) -> Generator[None]:
    """Turn the errors of a parser into errors of motkg.

    A failure to read takes precedence over a failure to parse.
    """
    try:
        yield
    except KGError:
        raise
    except (SyntaxError, ValueError, OSError, KeyError, TypeError, AttributeError) as error:
        if response.body.failure is not None:
            raise response.body.failure from error
        message = f"{source}: not a whole answer in {response.kind} ({error})"
        raise StoreError(message, endpoint=source, status=response.status) from error


def row_limit(response: Response) -> int | None:
    """Return the number of rows at which the server says it has cut the answer off (Virtuoso's header), or ``None``."""
    limit = response.headers.get("X-SPARQL-MaxRows", "")
    return int(limit) if limit.isdecimal() and int(limit) else None


def check_uncut(rows: int, limit: int | None, source: str) -> None:
    """Raise ``StoreError`` where an answer has as many rows as the server gives at most."""
    if limit is not None and rows >= limit:
        raise StoreError(f"{source}: the server cuts answers off at {limit} rows", endpoint=source, status=200)


def plain(answer: str) -> str:
    """Return the words of a page, without its markup."""
    answer = answer.partition("\n\nSPARQL query:\n")[0]  # Virtuoso says the query again, which the asker knows
    text = re.sub(r"(?is)<(script|style)\b.*?</\1>|<[!/a-z][^>]*>", " ", answer)
    words = " ".join(html.unescape(text).split())
    return words if len(words) <= _SHOWN else f"{words[:_SHOWN]}…"


def check_rows(response: Response, source: str) -> None:
    """Raise ``StoreError`` where an answer is not in a format of rows and truth values."""
    _format(response, source)


def _format(response: Response, source: str) -> QueryResultsFormat:
    if response.kind in _FORMATS:
        return _FORMATS[response.kind]
    raise _no_answer(response, source)


def _no_answer(response: Response, source: str) -> StoreError:
    words = response.words()
    message = f"{source}: not an answer of SPARQL but {response.kind or 'nothing that is named'}: {plain(words)}"
    return StoreError(message, endpoint=source, status=response.status, answer=words)
