"""Answers of queries in the formats that they leave the house in: tables, truth values and graphs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.core.errors import QueryError, near_names
from kg.query.results import FORMATS, encode, find_format, format_of_file

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.query.results.emptiness import ExplainedFalse
    from kg.store.protocol import Answer

# The names by which people know the syntaxes of graphs, with the suffixes of their files, which name them in
# `kg.publishing.dump`.
GRAPH_NAMES: Final = {
    "turtle": "ttl",
    "n-triples": "nt",
    "json-ld": "jsonld",
    "rdf/xml": "rdf",
    "trig": "trig",
    "n-quads": "nq",
}
_OTHER_SUFFIXES: Final = {"json": "jsonld", "xml": "rdf"}


def choose_format(answer: Answer | ExplainedFalse, form: str, suffix: str) -> str:
    """Return the name of the format for an answer: the one asked for, else that of the file, else a table or Turtle.

    Raises:
        QueryError: there is no such format, or not for this kind of answer.

    """
    if not isinstance(answer, list):
        if form in {*GRAPH_NAMES, *GRAPH_NAMES.values()} - FORMATS.keys():
            raise QueryError(f"{form} holds graphs, and the query gives a table", hint=f"formats: {', '.join(FORMATS)}")
        return find_format(form).name if form else format_of_file(suffix).name if suffix else "table"
    wanted = form or suffix.removeprefix(".").lower() or "ttl"
    chosen = GRAPH_NAMES.get(wanted, wanted if form else _OTHER_SUFFIXES.get(wanted, wanted))
    if chosen not in GRAPH_NAMES.values():
        hint = f"formats of graphs: {', '.join(GRAPH_NAMES)}"
        raise QueryError(
            f"{wanted} is no format of graphs, and the query gives a graph",
            hint=hint,
            near=near_names(wanted, GRAPH_NAMES),
        )
    return chosen


def answer_bytes(answer: Answer | ExplainedFalse, form: str, labels: Mapping[str, str] | None = None) -> bytes:
    """Return an answer in a format that ``choose_format`` gave; ``labels`` are for the drawn table.

    Raises:
        QueryError: the package that the format needs is missing, or the format cannot hold the answer.

    """
    if isinstance(answer, list):
        from pyoxigraph import Quad

        from kg.publishing.dump import dump

        return dump([Quad(triple.subject, triple.predicate, triple.object) for triple in answer], form)
    return encode(answer, form, labels)
