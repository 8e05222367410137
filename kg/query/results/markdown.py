"""A table in GitHub Flavored Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from kg.query.results.cells import numeric_columns, readable

if TYPE_CHECKING:
    from kg.store.protocol import Solutions, Term

_MARKS: Final = "\\`*_[]<|~&"
_ESCAPES: Final = str.maketrans({**{mark: f"\\{mark}" for mark in _MARKS}, "\r": " ", "\n": "<br>", "\t": " "})


def to_markdown(solutions: Solutions) -> str:
    """Return a table whose cells show the values as they are: what Markdown would read as a mark is escaped."""
    rules = ["---:" if numeric else "---" for numeric in numeric_columns(solutions)]
    lines = [
        [name.translate(_ESCAPES) for name in solutions.variables],
        rules,
        *(list(map(_cell, row)) for row in solutions.rows),
    ]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _cell(term: Term | None) -> str:
    text = readable(term)
    if isinstance(term, NamedNode) and text.startswith("<"):
        return text.replace("|", "%7C")  # a link as Markdown writes it
    return text.replace("\r\n", "\n").translate(_ESCAPES)
