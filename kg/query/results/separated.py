"""SPARQL 1.1 Query Results CSV and TSV Formats (W3C Recommendation, 2013).

Neither says how a truth value is written; both write the one word, as Oxigraph does.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from kg.query.results.cells import plain

if TYPE_CHECKING:
    from kg.query.results.cells import Tabular
    from kg.store.protocol import Term


def to_csv(answer: Tabular) -> str:
    """Return values without their kind: IRIs and texts as they are, blank nodes by label, line ends as RFC 4180 has them.

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
    """Return a term in N-Triples form, which is Turtle too; a tab may stand there as it is, but not in TSV."""
    return "" if term is None else str(term).replace("\t", "\\t")


def _word(answer: bool) -> str:  # noqa: FBT001 - the answer itself
    return "true" if answer else "false"
