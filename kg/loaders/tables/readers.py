"""The parts that readers of tables share, and the readers of Parquet and Arrow.

The shared parts are batches of rows, the texts of cells, and rejected rows.
"""

from __future__ import annotations

import csv
import importlib
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import polars as pl
import pyarrow as pa

from kg.core.errors import InputError, Problem, StoreError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from polars._typing import PolarsDataType

ROW: Final = "\x00row"
_MIDNIGHT: Final = " 00:00:00"
_SAID: Final = (pl.String, pl.Categorical, pl.Boolean, pl.Binary, pl.Null)
HEADER: Final = ("table", "row", "column", "value", "reason", "expected", "near")
_LONGEST: Final = 200
BATCH: Final = 1 << 16
PASSWORD: Final = "KG_DATABASE_PASSWORD"  # noqa: S105 - the name of a setting
"""The environment variable with the password of a database."""
ENCODINGS: Final = "UTF-8, or encoding: in the map, for example cp932 for Japanese Windows, latin-1, utf-16"
UNREADABLE: Final = (pa.ArrowException, OSError, UnicodeDecodeError, pl.exceptions.PanicException)
"""What is raised for a file that is damaged, or whose names or texts are no UTF-8."""
Batches = Callable[[list[str]], Iterator[pl.DataFrame]]


def texts(frame: pl.DataFrame, columns: Collection[str], name: str, empty: tuple[str, ...] = ()) -> pl.DataFrame:
    """Return columns as texts without white space around them; what is blank, or one of ``empty``, is nothing.

    Lists stay lists.

    Raises:
        InputError: a column of the table ``name`` holds what no text can say, such as bytes that are none.

    """
    for column in columns:
        _refuse_what_is_no_text(frame, column, name)
    wanted = [_text(pl.col(column), frame.schema[column], empty).alias(column) for column in columns]
    try:
        return frame.select(pl.col(ROW), *wanted)
    except pl.exceptions.PanicException as error:  # of dates that no calendar of the engine reaches
        column = next((column for column in columns if _panics(frame, column, empty)), "")
        message = f"the column '{column}' holds a date or time that is out of range"
        raise InputError([Problem(name, 0, 0, message, "years from -262143 to 262142")]) from error


def _panics(frame: pl.DataFrame, column: str, empty: tuple[str, ...]) -> bool:
    try:
        frame.select(_text(pl.col(column), frame.schema[column], empty))
    except pl.exceptions.PanicException:
        return True
    return False


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
    if isinstance(kind, pl.String | pl.Categorical | pl.Enum):
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
    if held := no_text(kind):
        message = f"the column '{column}' holds {held}, which no text can say"
        raise InputError([Problem(name, 0, 0, message, "texts, numbers, dates, or lists of these")])


def no_text(kind: pl.DataType) -> str:
    """Say what cells of a type hold that no text can say, or nothing."""
    item = _instance(kind.inner) if isinstance(kind, pl.List) else kind
    if item.is_numeric() or item.is_temporal() or item in _SAID or isinstance(item, pl.Enum):
        return ""
    return f"{item} in {'lists' if item is not kind else 'its cells'}"


@dataclass(frozen=True, slots=True, order=True)
class Reject:
    """One fault of one row; a row may have several.

    Rows count from 1, the heading left out; 0 means the whole table. ``value`` is the text of the cell, ``shown`` what
    ``{}`` in the reason stands for where that is something else, such as the id that was made of it.
    """

    table: str
    row: int
    column: str
    value: str
    reason: str
    expected: str = ""
    near: tuple[str, ...] = ()
    shown: str = ""

    def problem(self) -> Problem:
        """Return the fault as a problem whose address is the row."""
        told = self.shown or self.value
        shown = told if len(told) <= _LONGEST else f"{told[:_LONGEST]}…"
        place = f"{self.table}: row {self.row}" + (f", column '{self.column}'" if self.column else "")
        return Problem(place, 0, 0, self.reason.replace("{}", f"'{shown}'"), self.expected, self.near)


@dataclass
class Rejects:
    """The faults found so far: their number, the first of them, and how often each unknown value was met.

    When a ``file`` is given every fault is written to it as CSV as it is found, so that millions of them need no
    memory.
    """

    file: Path | None = None
    kept: int = 20
    first: list[Reject] = field(default_factory=list)
    count: int = 0
    rows: int = 0
    unmatched: Counter[tuple[str, str]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """Begin the file.

        Raises:
            StoreError: it cannot be written.

        """
        try:
            self._stream = self.file.open("w", encoding="utf-8", newline="") if self.file else None
        except OSError as error:
            raise StoreError(f"{self.file}: {error.strerror}") from error
        self._writer = csv.writer(self._stream) if self._stream else None
        if self._writer:
            self._writer.writerow(HEADER)

    def add(self, found: list[Reject], rows: int) -> None:
        """Add faults of ``rows`` further rows."""
        self.count += len(found)
        self.unmatched.update(
            (reject.column, reject.value) for reject in found if reject.near or "concept" in reject.reason
        )
        self.rows += rows
        self.first += found[: max(0, self.kept - len(self.first))]
        if self._writer:
            self._writer.writerows(
                (
                    r.table,
                    r.row,
                    r.column,
                    r.value,
                    r.reason.replace("{}", f"'{r.shown or r.value}'"),
                    r.expected,
                    " ".join(r.near),
                )
                for r in found
            )

    def close(self) -> None:
        """End the file."""
        if self._stream:
            self._stream.close()


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
    except UNREADABLE as error:
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
    except UNREADABLE as error:
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
    except UNREADABLE as error:
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


def unreadable(name: str, error: BaseException, row: int = 0) -> InputError:
    """Explain why a table cannot be read; an encoding is guessed at, since that is the usual reason."""
    where = f"after row {row - 1}: " if row > 1 else ""
    if isinstance(error, UnicodeDecodeError):
        return InputError([Problem(name, 0, 0, f"{where}the text is not {error.encoding}", ENCODINGS)])
    words = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else " ".join(str(error).split())
    return InputError([Problem(name, 0, 0, f"{where}the table cannot be read: {words}")])


def _flat_names(schema: Any, name: str) -> tuple[str, ...]:  # noqa: ANN401 - pyarrow has no types
    try:
        written = list(schema.names)
        refuse_twice(written, name)
        found = flat(pl.DataFrame(schema.empty_table())).columns
    except InputError:
        raise
    except UNREADABLE as error:
        raise unreadable(name, error) from error
    nameless = {f"column_{number}" for number, heading in enumerate(written) if not heading} - {*written}
    return tuple("" if heading in nameless else heading for heading in found)
