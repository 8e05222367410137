"""Requests of the SPARQL 1.1 Protocol, made by SPARQLWrapper: a query by GET or as a posted form, an update as a posted form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote_plus

from SPARQLWrapper import GET, JSON, POST, TURTLE, URLENCODED, SPARQLWrapper

from kg.store.remote.transport import Request

if TYPE_CHECKING:
    import urllib.request
    from collections.abc import Iterable

ROWS: Final = "application/sparql-results+json, application/json;q=0.5"
TRIPLES: Final = "application/n-triples, text/turtle;q=0.8, application/rdf+xml;q=0.5"
_LONGEST_ADDRESS: Final = 2000


class _Wrapper(SPARQLWrapper):
    """SPARQLWrapper that makes a request and leaves the sending to us, who bound it in time and keep credentials to one server."""

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
