"""Rows of Python values, as drivers of databases give them, to columns of texts."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from kg.core.errors import InputError, Problem
from kg.loaders.tables.texts import ROW

if TYPE_CHECKING:
    from collections.abc import Sequence

_PLAIN: Final = {str, type(None)}
_MIDNIGHT: Final = " 00:00:00"


def frame_of_rows(rows: Sequence[Sequence[Any]], columns: Sequence[str], first: int, name: str) -> pl.DataFrame:
    """Return a batch of rows whose first has the number ``first``; an array of the database is a list.

    Raises:
        InputError: a cell holds bytes that are no text; ``name`` is the database in the message.

    """
    numbers = pl.Series(ROW, range(first, first + len(rows)), pl.UInt32)
    series = [numbers]
    for column, values in zip(columns, zip(*rows, strict=True), strict=False):
        try:
            series.append(_column(column, values))
        except UnicodeDecodeError as error:
            row = first + next(number for number, value in enumerate(values) if _is_no_text(value))
            raise InputError(
                [Problem(f"{name}: row {row}, column '{column}'", 0, 0, "the cell holds bytes that are no text")]
            ) from error
    return pl.DataFrame(series)


def _column(name: str, values: Sequence[Any]) -> pl.Series:
    kinds = set(map(type, values))
    if kinds <= _PLAIN:
        return pl.Series(name, values, pl.String)
    found = [_text(value) for value in values]
    if kinds & {list, tuple}:
        lists = [value if isinstance(value, list) or value is None else [value] for value in found]
        return pl.Series(name, lists, pl.List(pl.String))
    return pl.Series(name, found, pl.String)


def _text(value: Any) -> Any:  # noqa: ANN401, PLR0911 - whatever a driver gives; a line a type
    match value:
        case None | str():
            return value
        case bool():
            return "true" if value else "false"
        case float():
            return repr(value).removesuffix(".0")
        case Decimal():
            return format(value, "f")
        case datetime():
            return value.isoformat(sep=" ").removesuffix(_MIDNIGHT)
        case date():
            return value.isoformat()
        case bytes() | bytearray() | memoryview():
            return bytes(value).decode()
        case list() | tuple():
            return [_text(item) for item in value]
        case dict():
            return json.dumps(value, ensure_ascii=False, default=str)
        case _:
            return str(value)


def _is_no_text(value: Any) -> bool:  # noqa: ANN401 - whatever a driver gives
    try:
        _text(value)
    except UnicodeDecodeError:
        return True
    return False
