"""What readers of tables share, and those of Parquet and Arrow.

Each knows its columns and gives batches of rows with their numbers.
"""

from __future__ import annotations

import importlib
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl
import pyarrow as pa

from kg.core.errors import InputError, Problem, StoreError
from kg.loaders.tables.texts import ROW

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

BATCH: Final = 1 << 16
ENCODINGS: Final = "UTF-8, or encoding: in the map, for example cp932 for Japanese Windows, latin-1, utf-16"

Batches = Callable[[list[str]], Iterator[pl.DataFrame]]


@dataclass(frozen=True, slots=True)
class Reader:
    """An opened table: its columns, its number of rows where that is known without reading, and its batches."""

    columns: tuple[str, ...]
    rows: int | None
    batches: Batches


def read_parquet(path: Path) -> Reader:
    """Read Parquet, in batches of rows."""
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise unreadable(str(path), error) from error
    schema = file.schema_arrow
    names = _flat_names(schema, str(path))

    def batches(columns: list[str]) -> Iterator[pl.DataFrame]:
        with parquet.ParquetFile(path) as again:
            yield from numbered(again.iter_batches(BATCH, columns=outer_columns(columns, schema.names)), str(path))

    return Reader(names, file.metadata.num_rows, batches)


def read_arrow(path: Path) -> Reader:
    """Read an Arrow file (Feather), one record batch after the other."""
    try:
        with pa.memory_map(str(path)) as mapped:
            schema = pa.ipc.open_file(mapped).schema
    except (pa.ArrowException, OSError) as error:
        raise unreadable(str(path), error) from error
    names = _flat_names(schema, str(path))

    def batches(columns: list[str]) -> Iterator[pl.DataFrame]:
        chosen = outer_columns(columns, schema.names)
        with pa.memory_map(str(path)) as mapped:
            file = pa.ipc.open_file(mapped)
            yield from numbered((file.get_batch(i).select(chosen) for i in range(file.num_record_batches)), str(path))

    return Reader(names, None, batches)


def opened(name: str) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Open a file for reading bytes, unpacked where its name says that it is packed."""
    return pa.input_stream(name, compression="detect")


def of_frame(frame: pl.DataFrame) -> Reader:
    """Yield a reader of a table that is in memory; ``frame`` has the numbers of its rows in ``ROW``."""

    def batches(columns: list[str]) -> Iterator[pl.DataFrame]:
        for start in range(0, len(frame), BATCH):
            yield frame.slice(start, BATCH).select(ROW, *columns)

    return Reader(tuple(column for column in frame.columns if column != ROW), len(frame), batches)


def numbered(batches: Any, name: str) -> Iterator[pl.DataFrame]:  # noqa: ANN401 - pyarrow has no types
    """Yield batches of Arrow as frames, their rows numbered."""
    row = 1
    try:
        for batch in batches:
            frame = flat(pl.DataFrame(batch))
            yield frame.with_row_index(ROW, row)
            row += len(frame)
    except (pa.ArrowException, OSError) as error:
        raise unreadable(name, error, row) from error


def flat(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the members of objects as columns of their own, called ``address.city``."""
    while objects := [name for name, kind in frame.schema.items() if isinstance(kind, pl.Struct)]:
        for name in objects:
            frame = frame.with_columns(pl.col(name).name.prefix_fields(f"{name}.")).unnest(name)
    return frame


def outer_columns(wanted: Sequence[str], known: Sequence[str]) -> list[str]:
    """Return the columns that hold the wanted ones: themselves, or the objects of which they are members."""
    return list(dict.fromkeys(column if column in known else column.partition(".")[0] for column in wanted))


def refuse_twice(headings: Sequence[str], name: str, line: int = 0) -> None:
    """Refuse a table in which a heading stands twice, since a map could not say which it means.

    Raises:
        InputError: one does.

    """
    twice = sorted(heading for heading, count in Counter(headings).items() if heading and count > 1)
    if twice:
        problems = [
            Problem(name, line, line, f"the heading '{heading}' stands twice", "each heading once") for heading in twice
        ]
        raise InputError(problems)


def needed(module: str, what: str) -> Any:  # noqa: ANN401 - an optional module
    """Import what only some tables need.

    Raises:
        StoreError: it is not installed.

    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise StoreError(f"to read {what}, install the package {module}: pip install {module}") from error


def unreadable(name: str, error: Exception, row: int = 0) -> InputError:
    """Explain why a table cannot be read; an encoding is guessed at, since that is the usual reason."""
    where = f"after row {row - 1}: " if row > 1 else ""
    if isinstance(error, UnicodeDecodeError):
        return InputError([Problem(name, 0, 0, f"{where}the text is not {error.encoding}", ENCODINGS)])
    words = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else " ".join(str(error).split())
    return InputError([Problem(name, 0, 0, f"{where}the table cannot be read: {words}")])


def _flat_names(schema: Any, name: str) -> tuple[str, ...]:  # noqa: ANN401 - pyarrow has no types
    refuse_twice(schema.names, name)
    return tuple(flat(pl.DataFrame(schema.empty_table())).columns)
