"""An Excel workbook (Office Open XML) of one sheet."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from kg.core.errors import QueryError
from kg.query.results.extras import optional_package
from kg.query.results.typedcolumns import typed_columns

if TYPE_CHECKING:
    from kg.query.results.typedcolumns import Value
    from kg.store.protocol import Solutions

MOST_ROWS: Final = 1_048_576
MOST_COLUMNS: Final = 16_384
LONGEST_TEXT: Final = 32_767
DIGITS: Final = 15  # what Excel keeps of a number
FIRST_YEAR: Final = 1900
_TIMELESS: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - the format has no time zones; the same in every file, so that bytes repeat


def to_xlsx(solutions: Solutions) -> bytes:
    """Return a workbook: numbers, dates and truth values as such, everything else as text that Excel does not calculate.

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
