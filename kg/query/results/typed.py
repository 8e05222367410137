"""Typed values and columns: Python values, Arrow tables, Parquet, Arrow IPC files and Excel workbooks.

A column is of numbers, dates or truth values where every term in it is one, and of text otherwise. Integers widen to
decimals and decimals to doubles where they meet in a column, as SPARQL 1.1 section 17.1 promotes them in arithmetic. A
literal whose text is not of its datatype, or too long for the type, makes a column of text.
"""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from pyoxigraph import Literal, NamedNode

from kg.core.errors import QueryError
from kg.core.terms import XSD, as_turtle
from kg.query.results.answers import optional_package, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pyarrow as pa

    from kg.store.protocol import Solutions, Term


Value: TypeAlias = "str | int | float | bool | Decimal | date | datetime"

LONGEST_DECIMAL: Final = 38  # digits of a 128-bit decimal
_INTEGERS: Final = frozenset(
    f"{XSD}{name}"
    for name in (
        "integer", "long", "int", "short", "byte", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger",
        "negativeInteger", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte",
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
    """A column: its name, its ``kind`` and its values.

    A kind is integer, decimal, double, boolean, year, date, dateTime, instant or text.

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


def to_arrow(solutions: Solutions) -> pa.Table:
    """Return the solutions as an Arrow table.

    A column of integers or years is int64, of decimals decimal128, of doubles float64, of truth values bool, of dates
    date32, of points in time timestamp in microseconds; every other column is of strings: the text of literals and
    whole IRIs. Unbound is null.

    Raises:
        QueryError: pyarrow is not installed.

    """
    arrow = optional_package("pyarrow", "tables", "an Arrow table")
    columns = typed_columns(solutions)
    arrays = [_array(column) for column in columns]
    table: pa.Table = arrow.table(arrays, names=[column.name for column in columns])
    return table


def _array(column: Column) -> pa.Array:
    import pyarrow as pa

    if column.kind == "decimal":
        whole, scale = decimal_digits(column)
        values = [None if value is None else Decimal(str(value)) for value in column.values]
        return pa.array(values, pa.decimal128(whole + scale, scale))
    types = {
        "integer": pa.int64(),
        "double": pa.float64(),
        "boolean": pa.bool_(),
        "year": pa.int64(),
        "date": pa.date32(),
        "dateTime": pa.timestamp("us"),
        "instant": pa.timestamp("us", tz="UTC"),
    }
    return pa.array(column.values, types.get(column.kind, pa.string()))


def to_parquet(solutions: Solutions) -> bytes:
    """Return a Parquet file."""
    table = to_arrow(solutions)
    from pyarrow import parquet

    out = io.BytesIO()
    parquet.write_table(table, out)
    return out.getvalue()


def to_arrow_file(solutions: Solutions) -> bytes:
    """Return an Arrow IPC file (also called Feather 2), which can be mapped into memory."""
    table = to_arrow(solutions)
    from pyarrow import ipc

    out = io.BytesIO()
    with ipc.new_file(out, table.schema) as writer:
        writer.write_table(table)
    return out.getvalue()


def to_arrow_stream(solutions: Solutions) -> bytes:
    """Return an Arrow IPC stream, which can be read while it arrives."""
    table = to_arrow(solutions)
    from pyarrow import ipc

    out = io.BytesIO()
    with ipc.new_stream(out, table.schema) as writer:
        writer.write_table(table)
    return out.getvalue()


MOST_ROWS: Final = 1_048_576
MOST_COLUMNS: Final = 16_384
LONGEST_TEXT: Final = 32_767
DIGITS: Final = 15  # what Excel keeps of a number
FIRST_YEAR: Final = 1900
_TIMELESS: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - the format has no time zones; the same in every file, so that bytes repeat


def to_xlsx(solutions: Solutions) -> bytes:
    """Return a workbook with numbers, dates and booleans as such.

    Everything else is text that Excel does not calculate.

    A number of more digits than Excel keeps is written as text. Points in time are given in UTC.

    Raises:
        QueryError: xlsxwriter is not installed, or there is more than a sheet can hold.

    """
    xlsxwriter = optional_package("xlsxwriter", "tables", "an Excel workbook")
    if len(solutions.rows) >= MOST_ROWS or len(solutions.variables) > MOST_COLUMNS:
        limits = f"{MOST_ROWS - 1:,} rows and {MOST_COLUMNS:,} columns"
        raise QueryError(f"a sheet of Excel holds at most {limits}", hint="ask for parquet or csv")
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": _TIMELESS})
    sheet = book.add_worksheet("results")
    styles = {
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "dateTime": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
    }
    styles["instant"] = styles["dateTime"]
    bold = book.add_format({"bold": True})
    for number, column in enumerate(typed_columns(solutions)):
        sheet.write_string(0, number, column.name, bold)
        for row, value in enumerate(column.values, 1):
            if value is not None:
                _write(sheet, (row, number), value, styles.get(column.kind))
    sheet.freeze_panes(1, 0)
    if solutions.rows and solutions.variables:
        sheet.autofilter(0, 0, len(solutions.rows), len(solutions.variables) - 1)
        sheet.autofit()
    book.close()
    return out.getvalue()


def _write(sheet: Any, place: tuple[int, int], value: Value, style: Any) -> None:  # noqa: ANN401 - xlsxwriter has no types
    if isinstance(value, bool):
        sheet.write_boolean(*place, value)
    elif style is not None and not isinstance(value, str) and getattr(value, "year", 0) >= FIRST_YEAR:
        moment = value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) and value.tzinfo else value
        sheet.write_datetime(*place, moment, style)
    elif isinstance(value, (int, float, Decimal)) and _kept(value):
        sheet.write_number(*place, value)
    else:
        text = str(value)
        if len(text) > LONGEST_TEXT:
            raise QueryError(
                f"a cell of Excel holds {LONGEST_TEXT:,} characters, not {len(text):,}", hint="ask for parquet or csv"
            )
        sheet.write_string(*place, text)


def _kept(number: float | Decimal) -> bool:
    """Return whether Excel keeps a number as it is."""
    if isinstance(number, float):
        return number - number == 0  # neither infinite nor not a number
    return len(Decimal(number).normalize().as_tuple().digits) <= DIGITS


_PYTHON_READERS: Final[dict[str, Callable[[str], Any]]] = {
    **dict.fromkeys((*_INTEGERS, f"{XSD}gYear"), int),
    f"{XSD}decimal": Decimal,
    f"{XSD}double": float,
    f"{XSD}float": float,
    f"{XSD}boolean": {"true": True, "1": True, "false": False, "0": False}.__getitem__,
    f"{XSD}date": date.fromisoformat,
    f"{XSD}dateTime": datetime.fromisoformat,
    f"{XSD}time": time.fromisoformat,
}


def value_of(term: Term | None) -> Any:  # noqa: ANN401 - the type is that of the datatype
    """Return an int, Decimal, float, bool, date, datetime, time or str; an IRI in full; None for an unbound variable.

    A year is an int. A literal that is not of the form of its datatype, or whose datatype has no counterpart in Python,
    is its text.
    """
    if term is None:
        return None
    if isinstance(term, NamedNode):
        return term.value
    if not isinstance(term, Literal):
        return as_turtle(term)
    reader = _PYTHON_READERS.get(term.datatype.value)
    if reader is None:
        return term.value
    try:
        return reader(term.value)
    except (ValueError, KeyError, InvalidOperation):
        return term.value
