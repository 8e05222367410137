"""The type of a column: numbers, dates and truth values where every term of the column is one, text otherwise.

Integers widen to decimals and decimals to doubles where they meet in a column, as SPARQL 1.1 section 17.1 promotes them
in arithmetic. A literal whose text is not of its datatype, or too long for the type, makes a column of text.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from pyoxigraph import Literal

from kg.query.results.cells import XSD, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kg.store.protocol import Solutions, Term

Value: TypeAlias = "str | int | float | bool | Decimal | date | datetime"

LONGEST_DECIMAL: Final = 38  # digits of a 128-bit decimal
_INTEGERS: Final = frozenset(
    f"{XSD}{name}"
    for name in (
        "integer", "long", "int", "short", "byte", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger",
        "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte",
    )
)  # fmt: skip
_KINDS: Final = {
    **dict.fromkeys(_INTEGERS, "integer"),
    f"{XSD}decimal": "decimal",
    f"{XSD}double": "double",
    f"{XSD}float": "double",
    f"{XSD}boolean": "boolean",
    f"{XSD}gYear": "year",
    f"{XSD}date": "date",
    f"{XSD}dateTime": "dateTime",
}
_PROMOTION: Final = ("integer", "decimal", "double")
_LEXICAL: Final = {
    "integer": re.compile(r"[+-]?[0-9]+"),
    "decimal": re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"),
    "double": re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?INF|NaN"),
    "boolean": re.compile(r"true|false|0|1"),
    "year": re.compile(r"-?[0-9]{4,9}"),
    "date": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "dateTime": re.compile(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})?"
    ),
}
_READERS: Final[dict[str, Callable[[str], Value]]] = {
    "integer": int,
    "decimal": Decimal,
    "double": float,
    "boolean": {"true": True, "1": True, "false": False, "0": False}.__getitem__,
    "year": int,
    "date": date.fromisoformat,
    "dateTime": datetime.fromisoformat,
}


class Column(NamedTuple):
    """A column: its name, its ``kind`` (integer, decimal, double, boolean, year, date, dateTime, instant or text) and its values.

    An instant is a point in time with its offset from UTC; a dateTime has none.
    """

    name: str
    kind: str
    values: tuple[Value | None, ...]


def typed_columns(solutions: Solutions) -> list[Column]:
    """Return the columns of solutions with their types."""
    return [
        typed_column(name, [row[index] for row in solutions.rows]) for index, name in enumerate(solutions.variables)
    ]


def typed_column(name: str, terms: Sequence[Term | None]) -> Column:
    """Return a column of terms with its type."""
    kind = _kind({_kind_of(term) for term in terms if term is not None})
    texts = [None if term is None else plain(term) for term in terms]
    if kind != "text":
        try:
            values = tuple(None if text is None else _READERS[kind](text) for text in texts)
        except ValueError:  # a day that no calendar has
            return Column(name, "text", tuple(texts))
        return _within_limits(Column(name, kind, values), texts)
    return Column(name, kind, tuple(texts))


def _kind_of(term: Term) -> str:
    if not isinstance(term, Literal):
        return "text"
    kind = _KINDS.get(term.datatype.value, "text")
    return kind if kind == "text" or _LEXICAL[kind].fullmatch(term.value) else "text"


def _kind(kinds: set[str]) -> str:
    """Return the one kind that holds all."""
    if len(kinds) == 1:
        return kinds.pop()
    return max(kinds, key=_PROMOTION.index) if kinds and kinds <= set(_PROMOTION) else "text"


def _within_limits(column: Column, texts: list[str | None]) -> Column:
    """Return the column as text if a number is too long for its type, or if only some points in time have an offset."""
    fits, kind = True, column.kind
    if kind == "integer":
        fits = all(-(2**63) <= value < 2**63 for value in column.values if isinstance(value, int))
    elif kind == "decimal":
        whole, scale = decimal_digits(column)
        fits = whole + scale <= LONGEST_DECIMAL
    elif kind == "dateTime":
        offsets = {value.tzinfo is not None for value in column.values if isinstance(value, datetime)}
        fits, kind = len(offsets) == 1, "instant" if True in offsets else kind
    return Column(column.name, kind, column.values) if fits else Column(column.name, "text", tuple(texts))


def decimal_digits(column: Column) -> tuple[int, int]:
    """Return how many digits a column of decimals needs before and after the point."""
    whole, scale = 1, 0
    for value in column.values:
        if isinstance(value, Decimal):
            _, digits, exponent = value.as_tuple()
            after = -int(exponent)
            whole, scale = max(whole, len(digits) - after), max(scale, after)
    return whole, scale
