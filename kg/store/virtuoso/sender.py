"""Send queries to Virtuoso and read its JSON: rows, truth values, and descriptions in RDF/JSON.

In these formats alone doubles have all their digits.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, Protocol

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kg.core.errors import StoreError
from kg.core.nesting import parse_json
from kg.core.terms import XSD
from kg.store.protocol import Solutions
from kg.store.remote import protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from kg.store.protocol import Term
    from kg.store.remote.transport import Response


_LABEL: Final = re.compile(r"[A-Za-z0-9_](?:[\w.-]*[\w-])?", re.ASCII)
_ASK: Final = "__ASK_RETVAL"  # the one column of the table in which it answers ASK with a number
_BOOLEAN: Final = f"{XSD}boolean"
_TRUTHS: Final = {"0": "false", "1": "true"}


def read_json(body: bytes, source: str) -> Solutions | bool:
    """Read an answer to SELECT or ASK; ``source`` is who gave it.

    Blank nodes keep their labels as far as RDF allows these.

    Raises:
        StoreError: the text is not such an answer, or only the beginning of one.

    """
    try:
        content = parse_json(body)
        if "boolean" in content:
            return bool(content["boolean"])
        names = tuple(str(name) for name in content["head"]["vars"])
        bindings = content["results"]["bindings"]
        if names == (_ASK,):
            return any(binding[_ASK]["value"] != "0" for binding in bindings)
        return Solutions(
            names,
            tuple(tuple(_term(binding[name]) if name in binding else None for name in names) for binding in bindings),
        )
    except (ValueError, KeyError, TypeError) as error:
        beginning = body[:80].decode(errors="replace").strip()
        message = f"{source}: not a whole answer in SPARQL's JSON ({error!r}); it begins {beginning!r}"
        raise StoreError(message, endpoint=source, status=200, answer=beginning) from error


def read_rdf_json(body: bytes, source: str) -> list[Triple]:
    """Read triples in RDF/JSON (W3C Note, 2013); numbers keep the digits that they are written with.

    Raises:
        StoreError: the text is not RDF/JSON, or only the beginning of it.

    """
    try:
        content = parse_json(body, parse_float=str, parse_int=str)
        return [
            Triple(
                _node(subject) if subject.startswith(("_:", "nodeID:")) else NamedNode(subject),
                NamedNode(predicate),
                _term(value),
            )
            for subject, properties in content.items()
            for predicate, values in properties.items()
            for value in values
        ]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(
            f"{source}: not a whole answer in RDF/JSON ({error!r})", endpoint=source, status=200
        ) from error


def _node(label: str) -> BlankNode:
    label = label.removeprefix("_:")
    return BlankNode(label if _LABEL.fullmatch(label) else "b" + label.encode().hex())


def _term(about: dict[str, Any]) -> Term:
    kind, value = about["type"], about["value"]
    if kind == "uri":
        return NamedNode(value)
    if kind == "bnode":
        return _node(value)
    if kind in {"literal", "typed-literal"}:  # the second is from the draft of 2007, and Virtuoso still writes it
        if language := about.get("xml:lang") or about.get("lang"):
            return Literal(value, language=language)
        datatype = about.get("datatype")
        if datatype == _BOOLEAN:  # it holds truth values as numbers
            value = _TRUTHS.get(value, value)
        return Literal(value, datatype=NamedNode(datatype)) if datatype else Literal(value)
    raise ValueError(f"unknown type of term '{kind}'")


class Endpoint(Protocol):
    """What a `Sender` needs of a remote store."""

    endpoint: str

    def send(self, text: str, form: str, accept: str = "") -> AbstractContextManager[Response]:
        """Send one request with a query as it is, and return the response to read while the block lasts."""


class Sender:
    """Asks one endpoint."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint

    def rows(self, text: str) -> tuple[Solutions, int | None]:
        """Return the rows that come back, and the limit at which they were cut off, if they were."""
        with self._endpoint.send(text, "SELECT") as response:
            answer = _read(response, self._endpoint.endpoint)
            limit = protocol.row_limit(response)
        if isinstance(answer, bool):
            raise StoreError(
                f"{self._endpoint.endpoint}: the answer is not one to SELECT",
                endpoint=self._endpoint.endpoint,
                status=200,
            )
        return answer, limit

    def truth(self, text: str) -> bool:
        """Return the answer to ASK."""
        with self._endpoint.send(text, "ASK") as response:
            return read_truth(response, self._endpoint.endpoint)

    def description(self, text: str) -> list[Triple]:
        """Return the answer to DESCRIBE."""
        with self._endpoint.send(text, "DESCRIBE", "application/rdf+json") as response:
            return list(dict.fromkeys(read_rdf_json(response.body.read(), self._endpoint.endpoint)))


def read_truth(response: Response, source: str) -> bool:
    """Return the answer to ASK, which Virtuoso 7 may write as a table of one number.

    Raises:
        StoreError: it is no such answer.

    """
    answer = _read(response, source)
    if isinstance(answer, bool):
        return answer
    raise StoreError(f"{source}: the answer is not one to ASK", endpoint=source, status=response.status)


def _read(response: Response, source: str) -> Solutions | bool:
    protocol.check_rows(response, source)
    with protocol.whole(response, source):
        return read_json(response.body.read(), source)
