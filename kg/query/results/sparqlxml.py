"""SPARQL Query Results XML Format (W3C Recommendation, second edition, 2013).

Quoted triples as SPARQL 1.2 drafts them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.core.errors import QueryError
from kg.query.results.cells import XSD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.query.results.cells import Tabular
    from kg.store.protocol import Term

_ESCAPES: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#xD;", "\t": "&#x9;", "\n": "&#xA;"}
)
_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # all but production 2 of XML 1.0


def to_xml(answer: Tabular) -> str:
    """Return solutions or a truth value as XML.

    Raises:
        QueryError: a value has a character that XML 1.0 cannot hold in any spelling.

    """
    return "".join(f"{line}\n" for line in _lines(answer))


def _lines(answer: Tabular) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<sparql xmlns="http://www.w3.org/2005/sparql-results#">'
    if isinstance(answer, bool):
        yield " <head/>"
        yield f" <boolean>{'true' if answer else 'false'}</boolean>"
    else:
        yield " <head>"
        yield from (f'  <variable name="{_text(name)}"/>' for name in answer.variables)
        yield " </head>"
        yield " <results>"
        for row in answer.rows:
            yield "  <result>"
            for name, term in zip(answer.variables, row, strict=True):
                if term is not None:
                    yield f'   <binding name="{_text(name)}">{_term(term)}</binding>'
            yield "  </result>"
        yield " </results>"
    yield "</sparql>"


def _term(term: Term) -> str:
    if isinstance(term, NamedNode):
        return f"<uri>{_text(term.value)}</uri>"
    if isinstance(term, BlankNode):
        return f"<bnode>{_text(term.value)}</bnode>"
    if isinstance(term, Literal):
        about = ""
        if term.language:
            about = f' xml:lang="{_text(term.language)}"'
        elif term.datatype.value != f"{XSD}string":
            about = f' datatype="{_text(term.datatype.value)}"'
        return f"<literal{about}>{_text(term.value)}</literal>"
    parts = {"subject": term.subject, "predicate": term.predicate, "object": term.object}
    return f"<triple>{''.join(f'<{name}>{_term(part)}</{name}>' for name, part in parts.items())}</triple>"


def _text(value: str) -> str:
    alien = _NOT_XML.search(value)
    if alien:
        raise QueryError(
            f"XML cannot hold the character U+{ord(alien[0]):04X} in '{value!r}'", hint="ask for json, csv or tsv"
        )
    return value.translate(_ESCAPES)
