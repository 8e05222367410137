"""Results of queries as text: a table for the terminal, csv, tsv, json and markdown.

The formats csv, tsv and json are those of the W3C SPARQL 1.1 Query Results recommendations.
"""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.errors import QueryError, near_names
from kg.terms import compact

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.store.protocol import Solutions, Term

STRING: Final = "http://www.w3.org/2001/XMLSchema#string"


def readable(term: Term | None) -> str:
    """Gives a term as people read it: the text of a literal, an IRI as a CURIE."""
    if term is None:
        return ""
    if isinstance(term, Literal):
        return term.value
    return compact(term.value) if isinstance(term, NamedNode) else str(term)


def to_table(solutions: Solutions, width: int = 0) -> str:
    """Gives a table drawn with lines; ``width`` in columns, 0 for as wide as it needs."""
    from rich import box  # noqa: PLC0415 - drawing is the only use of rich
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for index, name in enumerate(solutions.variables):
        numeric = all(_is_number(row[index]) for row in solutions.rows)
        table.add_column(name, justify="right" if numeric else "left", overflow="fold")
    for row in solutions.rows:
        table.add_row(*map(_plain, row))
    out = io.StringIO()
    Console(file=out, width=width or 10_000, highlight=False, markup=False, emoji=False).print(table)
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


def _plain(term: Term | None) -> str:
    return readable(term)


def _is_number(term: Term | None) -> bool:
    return term is None or (isinstance(term, Literal) and term.datatype.value.endswith(("#integer", "#decimal", "#double")))


def to_csv(solutions: Solutions) -> str:
    """Gives SPARQL 1.1 Query Results CSV: plain values, CRLF line ends."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(solutions.variables)
    writer.writerows([_value(term) for term in row] for row in solutions.rows)
    return out.getvalue()


def _value(term: Term | None) -> str:
    if isinstance(term, (NamedNode, Literal)):
        return term.value
    return "" if term is None else str(term)


def to_tsv(solutions: Solutions) -> str:
    """Gives SPARQL 1.1 Query Results TSV: terms as Turtle writes them."""
    lines = ["\t".join(f"?{name}" for name in solutions.variables)]
    lines += ["\t".join("" if term is None else str(term).replace("\t", "\\t") for term in row) for row in solutions.rows]
    return "".join(f"{line}\n" for line in lines)


def to_json(solutions: Solutions) -> str:
    """Gives SPARQL 1.1 Query Results JSON."""
    bindings = [
        {name: _json(term) for name, term in zip(solutions.variables, row, strict=True) if term is not None} for row in solutions.rows
    ]
    answer = {"head": {"vars": list(solutions.variables)}, "results": {"bindings": bindings}}
    return json.dumps(answer, ensure_ascii=False, indent=1) + "\n"


def _json(term: Term) -> dict[str, str]:
    if isinstance(term, NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, Literal):
        about = {"type": "literal", "value": term.value}
        if term.language:
            about["xml:lang"] = term.language
        elif term.datatype.value != STRING:
            about["datatype"] = term.datatype.value
        return about
    return {"type": "bnode", "value": term.value if isinstance(term, BlankNode) else str(term)}


def to_markdown(solutions: Solutions) -> str:
    """Gives a table in GitHub's Markdown."""
    lines = ["| " + " | ".join(solutions.variables) + " |", "|" + " --- |" * len(solutions.variables)]
    lines += ["| " + " | ".join(readable(term).replace("|", "\\|").replace("\n", " ") for term in row) + " |" for row in solutions.rows]
    return "".join(f"{line}\n" for line in lines)


FORMATS: Final[dict[str, Callable[[Solutions], str]]] = {
    "table": to_table,
    "csv": to_csv,
    "tsv": to_tsv,
    "json": to_json,
    "markdown": to_markdown,
}


def render(solutions: Solutions, form: str, width: int = 0) -> str:
    """Gives the solutions in a format by name.

    Raises:
        QueryError: there is no such format.

    """
    if form not in FORMATS:
        raise QueryError(f"no format is called '{form}'", hint=f"formats: {', '.join(FORMATS)}", near=near_names(form, FORMATS))
    return to_table(solutions, width) if form == "table" else FORMATS[form](solutions)
