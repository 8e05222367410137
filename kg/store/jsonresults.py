"""SPARQL 1.1 Query Results JSON, read into terms as servers write it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kg.errors import StoreError
from kg.store.protocol import Solutions

if TYPE_CHECKING:
    from kg.store.protocol import Term

_LABEL: Final = re.compile(r"[A-Za-z0-9_](?:[\w.-]*[\w-])?", re.ASCII)
_VIRTUOSO_BOOLEAN: Final = "__ASK_RETVAL"  # Virtuoso 7 answers ASK with a table of one number


def read_json(body: bytes, source: str) -> Solutions | bool:
    """Reads an answer to SELECT or ASK; ``source`` is who gave it. Blank nodes keep their labels as far as RDF allows these.

    Raises:
        StoreError: the text is not such an answer, or only the beginning of one.

    """
    try:
        content = json.loads(body)
        if "boolean" in content:
            return bool(content["boolean"])
        names = tuple(str(name) for name in content["head"]["vars"])
        bindings = content["results"]["bindings"]
        if names == (_VIRTUOSO_BOOLEAN,):
            return any(binding[_VIRTUOSO_BOOLEAN]["value"] != "0" for binding in bindings)
        return Solutions(names, tuple(tuple(_term(binding[name]) if name in binding else None for name in names) for binding in bindings))
    except (ValueError, KeyError, TypeError) as error:
        beginning = body[:80].decode(errors="replace").strip()
        message = f"{source}: not a whole answer in SPARQL's JSON ({error!r}); it begins {beginning!r}"
        raise StoreError(message, endpoint=source, status=200, answer=beginning) from error


def _term(about: dict[str, Any]) -> Term:
    kind, value = about["type"], about["value"]
    if kind == "uri":
        return NamedNode(value)
    if kind == "bnode":
        return BlankNode(value if _LABEL.fullmatch(value) else "b" + value.encode().hex())
    if kind in {"literal", "typed-literal"}:  # the second is from the draft of 2007, and Virtuoso still writes it
        if about.get("xml:lang"):
            return Literal(value, language=about["xml:lang"])
        return Literal(value, datatype=NamedNode(about["datatype"])) if "datatype" in about else Literal(value)
    if kind == "triple":
        return Triple(*(_term(value[part]) for part in ("subject", "predicate", "object")))  # type: ignore[arg-type]
    raise ValueError(f"unknown type of term '{kind}'")
