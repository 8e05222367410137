"""The formats of the W3C for results: SPARQL 1.1 CSV, TSV and JSON, and SPARQL XML (second edition).

The recommendations do not say how CSV and TSV write a truth value; both write the one word, as Oxigraph does. Triple
terms and directions of texts are written as the drafts of SPARQL 1.2 do.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.core.terms import ITS, SPARQL_RESULTS, XSD, as_turtle
from kg.core.text import refuse_alien
from kg.query.results.answers import ExplainedFalse, ExplainedSolutions, PartialSolutions, plain
from kg.store.protocol import Solutions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.query.results.answers import Tabular
    from kg.store.protocol import Term


def to_csv(answer: Tabular) -> str:
    """Return values as CSV, without their kind.

    IRIs and texts are written as they are, blank nodes by label, line ends as in RFC 4180.

    A row of a single empty value is written as two quotes: readers of CSV skip an empty line.
    """
    if isinstance(answer, bool):
        return f"{_word(answer)}\r\n"
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(answer.variables)
    writer.writerows(["" if term is None else plain(term) for term in row] for row in answer.rows)
    return out.getvalue()


def to_tsv(answer: Tabular) -> str:
    """Return terms as Turtle writes them, with their language tags and datatypes."""
    if isinstance(answer, bool):
        return f"{_word(answer)}\n"
    lines = ["\t".join(f"?{name}" for name in answer.variables)]
    lines += ["\t".join(map(_turtle, row)) for row in answer.rows]
    return "".join(f"{line}\n" for line in lines)


def _turtle(term: Term | None) -> str:
    """Return a term as Turtle writes it; a tab may stand there as it is, but not in TSV."""
    return "" if term is None else as_turtle(term).replace("\t", "\\t")


def _word(answer: bool) -> str:  # noqa: FBT001 - the answer itself
    return "true" if answer else "false"


def to_json(answer: Tabular | ExplainedFalse) -> str:
    """Return solutions, a line each, or a truth value as JSON."""
    import json

    encode = json.JSONEncoder(ensure_ascii=False).encode  # written in C, unlike the encoder that indents
    if not isinstance(answer, Solutions):
        return json.dumps(results_object(answer), ensure_ascii=False, indent=1) + "\n"
    bindings = ",\n".join(f"   {encode(_binding(answer.variables, row))}" for row in answer.rows)
    rows = f"\n{bindings}\n " if bindings else ""
    members = {"head": encode({"vars": list(answer.variables)}), "results": f'{{"bindings": [{rows}]}}'}
    members |= {name: encode(value) for name, value in _diagnosis(answer).items()}
    return "{\n" + ",\n".join(f" {encode(name)}: {text}" for name, text in members.items()) + "\n}\n"


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


_ESCAPES: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#xD;", "\t": "&#x9;", "\n": "&#xA;"}
)


def to_xml(answer: Tabular) -> str:
    """Return solutions or a truth value as XML.

    Raises:
        QueryError: a value has a character that XML 1.0 cannot hold in any spelling.

    """
    return "".join(f"{line}\n" for line in _lines(answer))


def _lines(answer: Tabular) -> Iterator[str]:
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
