"""Cells of any type to texts in the lexical forms of XML Schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Collection

    from polars._typing import PolarsDataType

ROW: Final = "\x00row"
_MIDNIGHT: Final = " 00:00:00"


def texts(frame: pl.DataFrame, columns: Collection[str], empty: tuple[str, ...] = ()) -> pl.DataFrame:
    """Gives columns as texts without white space around them; what is blank, or one of ``empty``, is nothing. Lists stay lists."""
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
    text = column.cast(pl.String)
    if kind in {pl.String, pl.Categorical} or isinstance(kind, pl.Enum):
        text = text.str.strip_chars()
        return pl.when(text.is_in(["", *empty])).then(None).otherwise(text) if empty else pl.when(text != "").then(text)
    return text


def _instance(kind: PolarsDataType) -> pl.DataType:
    return kind() if isinstance(kind, type) else kind
