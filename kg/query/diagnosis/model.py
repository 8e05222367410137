"""A diagnosis: causes, the most probable first, each at a place of the query and with a suggested correction.

`explain` renders a diagnosis as text for a terminal.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from kg.core.errors import did_you_mean
from kg.core.text import TextInNotebooks
from kg.sparql.tokens import Source, width

if TYPE_CHECKING:
    from kg.sparql import Span


class Kind(StrEnum):
    """The kinds of causes."""

    UNKNOWN_TERM = "unknown-term"
    WRONG_PREFIX = "wrong-prefix"
    UNUSED_TERM = "unused-term"
    OTHER_LITERAL = "other-literal"
    WRONG_GRAPH = "wrong-graph"
    WRONG_DIRECTION = "wrong-direction"
    CLASS_CLASH = "class-clash"
    WRONG_VALUE = "wrong-value"
    UNBOUND_VARIABLE = "unbound-variable"
    EXPRESSION_ERROR = "expression-error"
    FILTER = "filter"
    MINUS = "minus"
    VALUES = "values"
    HAVING = "having"
    LIMIT = "limit"
    OFFSET = "offset"
    AGGREGATE = "aggregate"
    JOIN = "join"
    NO_STATEMENT = "no-statement"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something to write at the place of a cause. ``query`` is the whole corrected text, empty where there is none.

    ``gives_rows`` says that the corrected query was asked and is not empty.
    """

    replacement: str
    query: str = ""
    gives_rows: bool = False


@dataclass(frozen=True, slots=True)
class Cause(TextInNotebooks):
    """One reason why an answer is empty. ``written`` is the text that stands at ``span``."""

    kind: Kind
    sentence: str
    span: Span
    written: str
    suggestions: tuple[Suggestion, ...] = ()
    also: tuple[Span, ...] = ()
    score: float = 0.0

    @property
    def line(self) -> int:
        """The line of the query text, from 1."""
        return self.span.line

    @property
    def column(self) -> int:
        """The column of the query text, from 1."""
        return self.span.column

    @property
    def confirmed(self) -> bool:
        """Whether one of the suggestions was tried and gives the query an answer."""
        return any(suggestion.gives_rows for suggestion in self.suggestions)

    def __str__(self) -> str:
        """Return the cause in words, with its place and what may be meant."""
        text = f"line {self.line}, column {self.column}: {self.sentence}"
        if self.suggestions:
            text += f"; {did_you_mean(suggestion.replacement for suggestion in self.suggestions)}" + (
                " With it the query has an answer." if self.suggestions[0].gives_rows else ""
            )
        return text

    def to_json(self) -> dict[str, Any]:
        """Return the cause as JSON values."""
        return {
            "kind": str(self.kind),
            "message": self.sentence,
            "line": self.line,
            "column": self.column,
            "start": self.span.start,
            "end": self.span.end,
            "written": self.written,
            "suggestions": [
                {"replacement": each.replacement, "query": each.query, "givesRows": each.gives_rows}
                for each in self.suggestions
            ],
        }


@dataclass(frozen=True, slots=True)
class Diagnosis(TextInNotebooks):
    """Why a query has no answer. ``complete`` is False where a limit on time or probes ended the search early.

    ``file`` is the file whose lines the causes refer to; empty where the query came as text.
    """

    causes: tuple[Cause, ...]
    complete: bool = True
    probes: int = 0
    file: str = ""

    def sentences(self) -> list[str]:
        """Return the causes in words, the most probable first."""
        return [str(cause) for cause in self.causes]

    def __str__(self) -> str:
        """Return one cause a line."""
        return "\n".join(self.sentences())

    def to_json(self) -> dict[str, Any]:
        """Return the diagnosis as JSON values."""
        about = {"file": self.file} if self.file else {}
        return {**about, "causes": [cause.to_json() for cause in self.causes], "complete": self.complete}


SHOWN: Final = 3  # of many values or corrections so many are named
_WIDTH: Final = 100  # of a line of a query that is shown


def explain(diagnosis: Diagnosis, text: str) -> str:
    """Return the causes with their lines of the query text, each line ending with a line break."""
    lines = []
    for number, cause in enumerate(diagnosis.causes, 1):
        lines += [f"  {number}. {cause.sentence}", *_place(cause, text, diagnosis.file), *_advice(cause)]
    if not diagnosis.complete:
        lines.append("  the search for the cause was ended by its limits")
    elif not diagnosis.causes:
        lines.append("  no part of the query accounts for it alone")
    return "".join(f"{line}\n" for line in lines)


def _place(cause: Cause, text: str, file: str) -> list[str]:
    line = Source(text).line(cause.line)
    start = cause.column - 1
    length = max(1, min(cause.span.end - cause.span.start, len(line) - start))
    cut = max(0, start - 20) if start + length > _WIDTH else len(line) - len(line.lstrip())
    before = "…" if cut and line[:cut].strip() else ""
    shown = before + line[cut : cut + _WIDTH].rstrip() + ("…" if line[cut + _WIDTH :].strip() else "")
    start += len(before) - cut
    head = f"     {file}:{cause.line}:{cause.column}: " if file else f"     line {cause.line}: "
    return [
        f"{head}{shown}",
        " " * (width(head) + width(shown[:start])) + "^" * max(1, width(shown[start : start + length])),
    ]


def _advice(cause: Cause) -> list[str]:
    if not cause.suggestions:
        return []
    good = [each.replacement for each in cause.suggestions if each.gives_rows]
    if good:
        return [f"     {did_you_mean(good)} With that the query has an answer."]
    return [f"     {did_you_mean(each.replacement for each in cause.suggestions)}"]
