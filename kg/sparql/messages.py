"""The sentence of an error, with the line it is about and a caret under the place."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from kg.core.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.sparql.tokens import Source
    from kg.sparql.tree import Span

_WIDEST: Final = 120  # characters of a line that are shown
_BEFORE: Final = 60  # of them, at most so many before the place when the line is longer


def error(source: Source, span: Span, message: str, *, hint: str = "", near: Sequence[str] = ()) -> QueryError:
    """Return the error for a stretch of a query."""
    text = f"line {span.line}, column {span.column}: {message}\n{excerpt(source, span)}"
    token = source.text[span.start : span.end]
    return QueryError(text, hint=hint, near=near, line=span.line, column=span.column, token=token)


def excerpt(source: Source, span: Span) -> str:
    """Return the line where a span begins, its number before it, and carets below the span, aligned on wide characters too."""
    line = source.line(span.line).expandtabs(1)
    column = span.column - 1
    length = max(1, min(span.end - span.start, len(line) - column))
    cut = max(0, column - _BEFORE) if len(line) > _WIDEST else 0
    shown = line[cut : cut + _WIDEST]
    before = ("…" if cut else "") + shown[: column - cut]
    after = shown[column - cut :] + ("…" if len(line) > cut + _WIDEST else "")
    number = f"{span.line:>4}"
    marked = width(shown[column - cut : column - cut + length]) or 1
    return f"{number} | {before}{after}\n{' ' * len(number)} | {' ' * width(before)}{'^' * marked}"


def width(text: str) -> int:
    """Return the columns that a text takes in a terminal."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )
