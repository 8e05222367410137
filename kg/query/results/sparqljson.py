"""SPARQL 1.1 Query Results JSON Format (W3C Recommendation, 2013).

Quoted triples as the drafts of SPARQL 1.2 write them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.query.results.cells import XSD
from kg.query.results.emptiness import ExplainedFalse, ExplainedSolutions
from kg.store.protocol import Solutions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.query.results.cells import Tabular
    from kg.store.protocol import Term


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

    An answer that explains its emptiness has the member ``diagnosis`` besides.
    """
    if not isinstance(answer, Solutions):
        return {"head": {}, "boolean": bool(answer), **_diagnosis(answer)}
    bindings = [_binding(answer.variables, row) for row in answer.rows]
    return {"head": {"vars": list(answer.variables)}, "results": {"bindings": bindings}, **_diagnosis(answer)}


def _diagnosis(answer: Tabular | ExplainedFalse) -> dict[str, Any]:
    return {"diagnosis": answer.diagnosis.to_json()} if isinstance(answer, ExplainedSolutions | ExplainedFalse) else {}


def _binding(variables: Sequence[str], row: Sequence[Term | None]) -> dict[str, Any]:
    return {name: _term(term) for name, term in zip(variables, row, strict=True) if term is not None}


def _term(term: Term) -> dict[str, Any]:
    if isinstance(term, NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, BlankNode):
        return {"type": "bnode", "value": term.value}
    if isinstance(term, Literal):
        about = {"type": "literal", "value": term.value}
        if term.language:
            about["xml:lang"] = term.language
        elif term.datatype.value != f"{XSD}string":
            about["datatype"] = term.datatype.value
        return about
    parts = {"subject": term.subject, "predicate": term.predicate, "object": term.object}
    return {"type": "triple", "value": {name: _term(part) for name, part in parts.items()}}
