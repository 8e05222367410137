"""Reads JSON lines. What is no object, and an object where other rows have a text, is a faulty row."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import polars as pl
import pyarrow as pa

from kg.core.errors import InputError, Problem
from kg.core.jsontext import MAX_DEPTH, too_deep
from kg.loaders.tables.readers import Reader, flat, of_frame, opened, unreadable
from kg.loaders.tables.rejects import Reject
from kg.loaders.tables.texts import ROW

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from kg.loaders.tables.tables import TableSource

_BOM: Final = b"\xef\xbb\xbf"
_NESTED: Final = r"^[\[{]"


def read_json_lines(source: TableSource) -> Reader:
    """Read JSON lines. Members of objects are columns ``address.city``.

    A number is read as its double says it, a text as it is.

    Where some rows have a list and others one text, the text is a list of one. Faulty rows are noted in ``malformed``.

    Raises:
        InputError: the file cannot be read, or no line of it is an object.

    """
    name = source.location
    try:
        with opened(name) as stream:
            text: bytes = stream.read().removeprefix(_BOM)
    except (pa.ArrowException, OSError) as error:
        raise unreadable(name, error) from error
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise InputError([Problem(name, 0, 0, "the file is empty", "an object a line")])
    faults: list[Reject] = []
    frame = _frame(lines, source, faults)
    frame = _with_lists(flat(frame), lines, source, faults)
    reader = of_frame(frame)

    def batches(columns: list[str]) -> Iterator[pl.DataFrame]:
        source.malformed.extend(faults)
        yield from reader.batches(columns)

    return Reader(reader.columns, reader.rows, batches)


def places_in_json(source: TableSource, cells: Collection[tuple[int, int]]) -> dict[tuple[int, int], tuple[int, int]]:
    """Return line and column of the objects that some rows are, by row and column of each cell."""
    with opened(source.location) as stream:
        filled = [number for number, line in enumerate(stream.read().splitlines(), 1) if line.strip()]
    return {cell: (filled[cell[0] - 1], 1) for cell in cells}


def _frame(lines: list[bytes], source: TableSource, faults: list[Reject]) -> pl.DataFrame:
    """Return the objects as rows; lines that are none are looked for only if the file as a whole cannot be read."""
    frame = _whole_frame(lines)
    if frame is not None:
        return frame.with_row_index(ROW, 1)
    rows = []
    for number, line in enumerate(lines, 1):
        if fault := _fault(line):
            faults.append(Reject(source.name, number, "", line.decode(errors="replace"), fault))
        else:
            rows.append(number)
    if not rows:
        reasons = [
            Problem(f"{source.location}: row {fault.row}", 0, 0, fault.reason, "an object a line")
            for fault in faults[:1]
        ]
        raise InputError(reasons)
    try:
        frame = pl.read_ndjson(b"\n".join(lines[number - 1] for number in rows), infer_schema_length=None)
    except (pl.exceptions.PolarsError, ValueError) as error:
        raise unreadable(source.location, error) from error
    return frame.insert_column(0, pl.Series(ROW, rows, pl.UInt32))


def _whole_frame(lines: list[bytes]) -> pl.DataFrame | None:
    """Return the frame of all lines, unless one of them is faulty.

    What is nested too deeply would end the process inside Polars.
    """
    if any(map(too_deep, lines)):
        return None
    try:
        return pl.read_ndjson(b"\n".join(lines), infer_schema_length=None)
    except (pl.exceptions.PolarsError, ValueError):
        return None


def _fault(line: bytes) -> str:
    """Explain why a line is no object, or nothing."""
    if column := too_deep(line):
        return f"the line is nested deeper than {MAX_DEPTH} levels at column {column}"
    try:
        found = json.loads(line)
    except json.JSONDecodeError as error:
        return f"the line is no JSON: {error.msg} at column {error.colno}"
    except UnicodeDecodeError:
        return "the line is not UTF-8"
    return "" if isinstance(found, dict) else "the line is no JSON object"


def _with_lists(frame: pl.DataFrame, lines: list[bytes], source: TableSource, faults: list[Reject]) -> pl.DataFrame:
    """Make lists of columns whose cells are lists in some rows, and leave out rows with an object where others have a text."""
    wrong: set[int] = set()
    for column in [name for name, kind in frame.schema.items() if kind == pl.String]:
        rows = frame.filter(pl.col(column).str.contains(_NESTED))[ROW]
        nested = {row: value for row in rows if isinstance(value := _member(lines[row - 1], column), list | dict)}
        for row, value in nested.items():
            if isinstance(value, dict):
                wrong.add(row)
                shown = json.dumps(value, ensure_ascii=False)
                faults.append(Reject(source.name, row, column, shown, "{} is an object, where other rows have a text"))
        if any(isinstance(value, list) for value in nested.values()):
            cells = [
                nested.get(row, text if text is None else [text]) for row, text in frame.select(ROW, column).iter_rows()
            ]
            texts = [[_item(item) for item in cell] if isinstance(cell, list) else None for cell in cells]
            frame = frame.with_columns(pl.Series(column, texts, pl.List(pl.String)))
    return frame.filter(~pl.col(ROW).is_in(sorted(wrong))) if wrong else frame


def _member(line: bytes, column: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    found = json.loads(line)
    for name in [column] if column in found else column.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _item(value: Any) -> str | None:  # noqa: ANN401 - whatever JSON holds
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)
