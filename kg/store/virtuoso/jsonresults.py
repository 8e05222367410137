"""What Virtuoso 7 writes as JSON: rows, truth values, and descriptions in RDF/JSON, in which alone doubles have all their digits."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kg.core.errors import StoreError
from kg.store.protocol import Solutions

if TYPE_CHECKING:
    from kg.store.protocol import Term

_LABEL: Final = re.compile(r"[A-Za-z0-9_](?:[\w.-]*[\w-])?", re.ASCII)
_ASK: Final = "__ASK_RETVAL"  # the one column of the table in which it answers ASK with a number
_BOOLEAN: Final = "http://www.w3.org/2001/XMLSchema#boolean"
_TRUTHS: Final = {"0": "false", "1": "true"}


def read_json(body: bytes, source: str) -> Solutions | bool:
    """Read an answer to SELECT or ASK; ``source`` is who gave it.

    Blank nodes keep their labels as far as RDF allows these.

    Raises:
        StoreError: the text is not such an answer, or only the beginning of one.

    """
    try:
        content = json.loads(body)
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
        content = json.loads(body, parse_float=str, parse_int=str)
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
