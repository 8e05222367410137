"""Cells of any type to texts in the lexical forms of XML Schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from kg.core.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Collection

    from polars._typing import PolarsDataType

ROW: Final = "\x00row"
_MIDNIGHT: Final = " 00:00:00"
_SAID: Final = (pl.String, pl.Categorical, pl.Boolean, pl.Binary, pl.Null)


def texts(frame: pl.DataFrame, columns: Collection[str], name: str, empty: tuple[str, ...] = ()) -> pl.DataFrame:
    """Return columns as texts without white space around them; what is blank, or one of ``empty``, is nothing.

    Lists stay lists.

    Raises:
        InputError: a column of the table ``name`` holds what no text can say, such as bytes that are none.

    """
    for column in columns:
        _refuse_what_is_no_text(frame, column, name)
    wanted = [_text(pl.col(name), frame.schema[name], empty).alias(name) for name in columns]
    return frame.select(pl.col(ROW), *wanted)


def _text(column: pl.Expr, kind: pl.DataType, empty: tuple[str, ...]) -> pl.Expr:
    if isinstance(kind, pl.List):
        inner = _text(pl.element(), _instance(kind.inner), empty)
        return column.list.eval(inner, parallel=False)
    if kind.is_float():
        return column.cast(pl.String).str.strip_suffix(".0")
    if kind == pl.Date:
        return column.dt.strftime("%Y-%m-%d")
    if isinstance(kind, pl.Datetime):
        return column.dt.strftime("%Y-%m-%d %H:%M:%S").str.strip_suffix(_MIDNIGHT)
    text = column.dt.to_string("iso") if isinstance(kind, pl.Duration) else column.cast(pl.String)
    if kind in {pl.String, pl.Categorical} or isinstance(kind, pl.Enum):
        text = text.str.strip_chars()
        return pl.when(text.is_in(["", *empty])).then(None).otherwise(text) if empty else pl.when(text != "").then(text)
    return text


def _instance(kind: PolarsDataType) -> pl.DataType:
    return kind() if isinstance(kind, type) else kind


def _refuse_what_is_no_text(frame: pl.DataFrame, column: str, name: str) -> None:
    kind = frame.schema[column]
    if kind == pl.Binary:
        for row, cell in frame.select(ROW, column).iter_rows():  # few tables have bytes where a text is meant
            try:
                (cell or b"").decode()
            except UnicodeDecodeError as error:
                place = f"{name}: row {row}, column '{column}'"
                raise InputError([Problem(place, 0, 0, "the cell holds bytes that are no text in UTF-8")]) from error
    item = _instance(kind.inner) if isinstance(kind, pl.List) else kind
    if not (item.is_numeric() or item.is_temporal() or item in _SAID or isinstance(item, pl.Enum)):
        message = f"the column '{column}' holds {item} in {'lists' if item is not kind else 'its cells'}, which no text can say"
        raise InputError([Problem(name, 0, 0, message, "texts, numbers, dates, or lists of these")])
