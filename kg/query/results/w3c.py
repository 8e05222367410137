"""The formats of the W3C for results: SPARQL 1.1 CSV, TSV and JSON, and SPARQL XML (second edition).

The recommendations do not say how CSV and TSV write a truth value; both write the one word, as Oxigraph does. Triple
terms and directions of texts are written as the drafts of SPARQL 1.2 do.
"""

from __future__ import annotations

import csv
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.core.terms import ITS, SPARQL_RESULTS, XSD, as_turtle
from kg.core.text import refuse_alien
from kg.query.results.answers import ExplainedFalse, ExplainedSolutions, PartialSolutions, plain
from kg.store.protocol import Solutions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from kg.query.results.answers import Tabular
    from kg.store.protocol import Rows, Term


def to_csv(answer: Tabular) -> str:
    """Return values as CSV, without their kind.

    IRIs and texts are written as they are, blank nodes by label, line ends as in RFC 4180.

    A row of a single empty value is written as two quotes: readers of CSV skip an empty line.
    """
    return f"{_word(answer)}\r\n" if isinstance(answer, bool) else "".join(_csv_lines(answer))


def _csv_lines(answer: Rows) -> Iterator[str]:
    lines: list[str] = []
    writer = csv.writer(_Lines(lines))
    for row in chain(
        (answer.variables,), (["" if term is None else plain(term) for term in row] for row in answer.rows)
    ):
        writer.writerow(row)
        yield lines.pop()


class _Lines:
    """Something to write to, which keeps what is written in a list."""

    def __init__(self, lines: list[str]) -> None:
        self.write = lines.append


def to_tsv(answer: Tabular) -> str:
    """Return terms as Turtle writes them, with their language tags and datatypes."""
    return f"{_word(answer)}\n" if isinstance(answer, bool) else "".join(_tsv_lines(answer))


def _tsv_lines(answer: Rows) -> Iterator[str]:
    yield "\t".join(f"?{name}" for name in answer.variables) + "\n"
    for row in answer.rows:
        yield "\t".join(map(_turtle, row)) + "\n"


def _turtle(term: Term | None) -> str:
    """Return a term as Turtle writes it; a tab may stand there as it is, but not in TSV."""
    return "" if term is None else as_turtle(term).replace("\t", "\\t")


def _word(answer: bool) -> str:  # noqa: FBT001 - the answer itself
    return "true" if answer else "false"


def to_json(answer: Tabular | ExplainedFalse) -> str:
    """Return solutions, a line each, or a truth value as JSON."""
    if isinstance(answer, Solutions):
        return "".join(_json_lines(answer, lambda: _diagnosis(answer)))
    import json

    return json.dumps(results_object(answer), ensure_ascii=False, indent=1) + "\n"


def _json_lines(answer: Rows, after: Callable[[], Mapping[str, Any]]) -> Iterator[str]:
    """Yield solutions as JSON; ``after`` is asked for further members when all rows have been written."""
    import json

    encode = json.JSONEncoder(ensure_ascii=False).encode  # written in C, unlike the encoder that indents
    yield f'{{\n "head": {encode({"vars": list(answer.variables)})},\n "results": {{"bindings": ['
    before, end = "\n", ""
    for row in answer.rows:
        yield f"{before}   {encode(_binding(answer.variables, row))}"
        before, end = ",\n", "\n "
    yield f"{end}]}}"
    for name, value in after().items():
        yield f",\n {encode(name)}: {encode(value)}"
    yield "\n}\n"


def results_object(answer: Tabular | ExplainedFalse) -> dict[str, Any]:
    """Return the object that the JSON form writes out.

    An answer that explains its emptiness has the member ``diagnosis`` besides, one that type errors left something out
    of the member ``losses``.
    """
    if not isinstance(answer, Solutions):
        return {"head": {}, "boolean": bool(answer), **_diagnosis(answer)}
    bindings = [_binding(answer.variables, row) for row in answer.rows]
    return {"head": {"vars": list(answer.variables)}, "results": {"bindings": bindings}, **_diagnosis(answer)}


def _diagnosis(answer: Tabular | ExplainedFalse) -> dict[str, Any]:
    if isinstance(answer, PartialSolutions):
        return {"losses": answer.losses.to_json()}
    return {"diagnosis": answer.diagnosis.to_json()} if isinstance(answer, ExplainedSolutions | ExplainedFalse) else {}


def _binding(variables: Sequence[str], row: Sequence[Term | None]) -> dict[str, Any]:
    return {name: _json_term(term) for name, term in zip(variables, row, strict=True) if term is not None}


def _json_term(term: Term) -> dict[str, Any]:
    if isinstance(term, NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, BlankNode):
        return {"type": "bnode", "value": term.value}
    if isinstance(term, Literal):
        about = {"type": "literal", "value": term.value}
        if term.language:
            about["xml:lang"] = term.language
            if term.direction:
                about["its:dir"] = term.direction.value
        elif term.datatype.value != f"{XSD}string":
            about["datatype"] = term.datatype.value
        return about
    parts = {"subject": term.subject, "predicate": term.predicate, "object": term.object}
    return {"type": "triple", "value": {name: _json_term(part) for name, part in parts.items()}}


def stream(answer: Rows, form: str, after: Callable[[], Mapping[str, Any]]) -> Iterator[bytes]:
    """Yield solutions in a format that is written by row, piece by piece, without holding their rows.

    ``after`` is asked for further members of JSON, such as losses, when all rows have been written.
    """
    writers = {"csv": _csv_lines, "tsv": _tsv_lines, "xml": _xml_lines}
    lines = _json_lines(answer, after) if form == "json" else writers[form](answer)
    while piece := "".join(islice(lines, _LINES_AT_ONCE)):
        yield piece.encode()


_LINES_AT_ONCE: Final = 1_000
_ESCAPES: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#xD;", "\t": "&#x9;", "\n": "&#xA;"}
)


def to_xml(answer: Tabular) -> str:
    """Return solutions or a truth value as XML.

    Raises:
        QueryError: a value has a character that XML 1.0 cannot hold in any spelling.

    """
    return "".join(_xml_lines(answer))


def _xml_lines(answer: Tabular | Rows) -> Iterator[str]:
    return (f"{line}\n" for line in _lines(answer))


def _lines(answer: Tabular | Rows) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<sparql xmlns="{SPARQL_RESULTS}">'
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
                    yield f'   <binding name="{_text(name)}">{_xml_term(term)}</binding>'
            yield "  </result>"
        yield " </results>"
    yield "</sparql>"


def _xml_term(term: Term) -> str:
    if isinstance(term, NamedNode):
        return f"<uri>{_text(term.value)}</uri>"
    if isinstance(term, BlankNode):
        return f"<bnode>{_text(term.value)}</bnode>"
    if isinstance(term, Literal):
        about = ""
        if term.language:
            about = f' xml:lang="{_text(term.language)}"'
            if term.direction:
                about += f' xmlns:its="{ITS}" its:version="2.0" its:dir="{term.direction.value}"'
        elif term.datatype.value != f"{XSD}string":
            about = f' datatype="{_text(term.datatype.value)}"'
        return f"<literal{about}>{_text(term.value)}</literal>"
    parts = {"subject": term.subject, "predicate": term.predicate, "object": term.object}
    return f"<triple>{''.join(f'<{name}>{_xml_term(part)}</{name}>' for name, part in parts.items())}</triple>"


def _text(value: str) -> str:
    refuse_alien(value, "XML", "ask for json, csv or tsv")
    return value.translate(_ESCAPES)
