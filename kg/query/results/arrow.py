"""Solutions as an Arrow table, typed column by column."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from kg.query.results.extras import optional_package
from kg.query.results.typedcolumns import decimal_digits, typed_columns

if TYPE_CHECKING:
    import pyarrow as pa

    from kg.query.results.typedcolumns import Column
    from kg.store.protocol import Solutions


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
