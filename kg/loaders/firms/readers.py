"""Readers of kinds of tables. Each knows its columns and gives batches of rows with their numbers."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl
import pyarrow as pa

from kg.errors import InputError, Problem, StoreError, near_names
from kg.loaders.firms.rejects import Reject
from kg.loaders.firms.texts import ROW

if TYPE_CHECKING:
    from pathlib import Path

    from kg.loaders.firms.tables import TableSource

BATCH: Final = 1 << 16
_BLOCK: Final = 1 << 23

Batches = Callable[[list[str]], Iterator[pl.DataFrame]]


@dataclass(frozen=True, slots=True)
class Reader:
    """An opened table: its columns, its number of rows where that is known without reading, and its batches."""

    columns: tuple[str, ...]
    rows: int | None
    batches: Batches


def read_csv(source: TableSource, delimiter: str) -> Reader:
    """Reads CSV: every cell as it is written, quotes taken off. A row with too many or too few cells is noted in ``malformed``."""
    from pyarrow import csv  # noqa: PLC0415 - other tables need no CSV

    name = source.location
    bad: list[int] = []

    def malformed(row: Any) -> str:  # noqa: ANN401 - pyarrow has no types
        number = int(row.number) - 1
        bad.append(number)
        reason = f"the row has {row.actual_columns} cells, the heading {row.expected_columns}"
        source.malformed.append(Reject(source.name, number, "", row.text or "", reason))
        return "skip"

    def opened(columns: list[str] | None) -> Any:  # noqa: ANN401 - pyarrow has no types
        convert = csv.ConvertOptions(strings_can_be_null=False, include_columns=columns or [])
        if columns:
            convert.column_types = {column: pa.string() for column in columns}
        return csv.open_csv(
            name,
            # One thread, so that a malformed row knows its number; the other one fills the store meanwhile.
            read_options=csv.ReadOptions(use_threads=False, block_size=_BLOCK, encoding=source.encoding or "utf8"),
            parse_options=csv.ParseOptions(delimiter=source.delimiter or delimiter, newlines_in_values=True, invalid_row_handler=malformed),
            convert_options=convert,
        )

    def batches(columns: list[str]) -> Iterator[pl.DataFrame]:
        bad.clear()
        row = 1
        try:
            with opened(columns or list(names)) as stream:
                for batch in stream:
                    numbers = np.setdiff1d(np.arange(row, row + len(batch) + len(bad), dtype=np.uint32), np.array(bad, dtype=np.uint32))
                    row = int(numbers[len(batch) - 1]) + 1 if len(batch) else row
                    frame = pl.DataFrame(batch)
                    yield frame.with_columns(pl.Series(ROW, numbers[: len(batch)]))
        except (pa.ArrowException, UnicodeDecodeError, OSError) as error:
            raise _unreadable(name, error, row) from error

    try:
        with opened(None) as stream:
            names = tuple(stream.schema.names)
    except (pa.ArrowException, UnicodeDecodeError, LookupError, OSError) as error:
        raise _unreadable(name, error) from error
    finally:
        source.malformed.clear()
    twice = sorted({column for column in names if names.count(column) > 1})
    if twice:
        raise InputError([Problem(name, 1, 0, f"the heading '{column}' stands twice", "each heading once") for column in twice])
    return Reader(names, None, batches)


def read_parquet(path: Path) -> Reader:
    """Reads Parquet, in batches of rows."""
    from pyarrow import parquet  # noqa: PLC0415 - other tables need no Parquet

    try:
        file = parquet.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(str(path), error) from error
    schema = file.schema_arrow

    def batches(columns: list[str]) -> Iterator[pl.DataFrame]:
        needed = list(dict.fromkeys(column if column in schema.names else column.partition(".")[0] for column in columns))
        with parquet.ParquetFile(path) as again:
            yield from _numbered(again.iter_batches(BATCH, columns=needed), str(path))

    names = tuple(_flat(pl.DataFrame(schema.empty_table())).columns)
    return Reader(names, file.metadata.num_rows, batches)


def read_arrow(path: Path) -> Reader:
    """Reads an Arrow file (Feather), one record batch after the other."""
    try:
        with pa.memory_map(str(path)) as mapped:
            names = tuple(pa.ipc.open_file(mapped).schema.names)
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(str(path), error) from error

    def batches(columns: list[str]) -> Iterator[pl.DataFrame]:
        with pa.memory_map(str(path)) as mapped:
            file = pa.ipc.open_file(mapped)
            yield from _numbered((file.get_batch(i).select(columns) for i in range(file.num_record_batches)), str(path))

    return Reader(names, None, batches)


def read_json_lines(path: Path) -> Reader:
    """Reads JSON lines. Members of objects are columns ``address.city``; a number is read as its double says it, a text as it is."""
    return _of_frame(lambda: pl.read_ndjson(path, infer_schema_length=None), str(path))


def read_workbook(path: Path, sheet: str) -> Reader:
    """Reads the first or the named sheet of an Excel workbook, every cell as a text."""
    fastexcel = _needed("fastexcel", "Excel workbooks")

    def read() -> pl.DataFrame:
        book = fastexcel.read_excel(path)
        if sheet and sheet not in book.sheet_names:
            raise InputError([Problem(str(path), 0, 0, f"no sheet is called '{sheet}'", near=near_names(sheet, book.sheet_names))])
        frame = pl.DataFrame(book.load_sheet(sheet or 0, dtypes="string").to_arrow())
        return frame.with_columns(pl.all().str.strip_suffix(" 00:00:00"))

    return _of_frame(read, str(path))


def read_sqlite(path: Path, table: str) -> Reader:
    """Reads a table of an SQLite file, opened for reading only."""
    dbapi = _needed("adbc_driver_sqlite.dbapi", "SQLite files", "adbc-driver-sqlite")
    names = "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' ORDER BY 1"

    def rows(connection: Any, text: str) -> Any:  # noqa: ANN401 - an optional module
        with connection.cursor() as cursor:
            cursor.execute(text)
            yield from cursor.fetch_record_batch()

    return _of_database(lambda: dbapi.connect(f"file:{path}?mode=ro"), str(path), table, names, rows)


def read_duckdb(path: Path, table: str) -> Reader:
    """Reads a table of a DuckDB file, opened for reading only."""
    duckdb = _needed("duckdb", "DuckDB files")
    names = "SELECT table_name FROM information_schema.tables ORDER BY 1"

    def rows(connection: Any, text: str) -> Any:  # noqa: ANN401 - an optional module
        return connection.sql(text).to_arrow_reader(BATCH)

    return _of_database(lambda: duckdb.connect(str(path), read_only=True), str(path), table, names, rows)


def read_url(url: str, table: str) -> Reader:
    """Reads a table of a database that SQLAlchemy can reach, in batches; passwords are best left to the database's own settings."""
    sqlalchemy = _needed("sqlalchemy", "databases")
    shown = sqlalchemy.make_url(url).render_as_string(hide_password=True)
    try:
        engine = sqlalchemy.create_engine(url)
        known = sqlalchemy.inspect(engine).get_table_names()
        columns = tuple(column["name"] for column in sqlalchemy.inspect(engine).get_columns(table)) if table in known else ()
    except (sqlalchemy.exc.SQLAlchemyError, ImportError) as error:
        raise StoreError(f"{shown}: {error}") from error
    if table not in known:
        raise _no_table(shown, table, known)

    def batches(wanted: list[str]) -> Iterator[pl.DataFrame]:
        chosen = sqlalchemy.select(*(sqlalchemy.column(name) for name in wanted)).select_from(sqlalchemy.table(table))
        row = 1
        with engine.connect() as connection:
            for frame in pl.read_database(chosen, connection, iter_batches=True, batch_size=BATCH, infer_schema_length=None):
                yield frame.with_row_index(ROW, row)
                row += len(frame)

    return Reader(columns, None, batches)


def _of_database(connect: Callable[[], Any], name: str, table: str, list_tables: str, stream: Callable[[Any, str], Any]) -> Reader:
    try:
        with connect() as connection, connection.cursor() as cursor:
            cursor.execute(list_tables)
            known = [row[0] for row in cursor.fetchall()]
            if not table and len(known) == 1:
                table = known[0]
            if table not in known:
                raise _no_table(name, table, known)  # noqa: TRY301 - its own error passes through below
            cursor.execute(f"SELECT * FROM {_quoted(table)} LIMIT 0")  # noqa: S608 - quoted, and one of the tables
            columns = tuple(column[0] for column in cursor.description)
            cursor.execute(f"SELECT count(*) FROM {_quoted(table)}")  # noqa: S608 - quoted, and one of the tables
            rows = int(cursor.fetchone()[0])
    except InputError:
        raise
    except Exception as error:  # each driver has a tree of errors of its own
        raise StoreError(f"{name}: {error}") from error

    def batches(wanted: list[str]) -> Iterator[pl.DataFrame]:
        text = f"SELECT {', '.join(map(_quoted, wanted)) or '*'} FROM {_quoted(table)}"  # noqa: S608 - quoted
        with connect() as connection:
            yield from _numbered(stream(connection, text), name)

    return Reader(columns, rows, batches)


def _of_frame(read: Callable[[], pl.DataFrame], name: str) -> Reader:
    try:
        frame = _flat(read())
    except (pl.exceptions.PolarsError, ValueError, OSError) as error:
        raise _unreadable(name, error) from error

    def batches(columns: list[str]) -> Iterator[pl.DataFrame]:
        for start in range(0, len(frame), BATCH):
            yield frame.slice(start, BATCH).select(columns).with_row_index(ROW, start + 1)

    return Reader(tuple(frame.columns), len(frame), batches)


def _numbered(batches: Any, name: str) -> Iterator[pl.DataFrame]:  # noqa: ANN401 - pyarrow has no types
    row = 1
    try:
        for batch in batches:
            frame = _flat(pl.DataFrame(batch))
            yield frame.with_row_index(ROW, row)
            row += len(frame)
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(name, error, row) from error


def _flat(frame: pl.DataFrame) -> pl.DataFrame:
    """Gives the members of objects as columns of their own, called ``address.city``."""
    while objects := [name for name, kind in frame.schema.items() if isinstance(kind, pl.Struct)]:
        for name in objects:
            frame = frame.with_columns(pl.col(name).name.prefix_fields(f"{name}.")).unnest(name)
    return frame


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _no_table(name: str, table: str, known: list[str]) -> InputError:
    message = f"no table is called '{table}'" if table else f"it holds {len(known)} tables"
    expected = "" if table else f"{name}::<table>; tables: {', '.join(known)}"
    return InputError([Problem(name, 0, 0, message, expected, near_names(table, known))])


def _needed(module: str, what: str, package: str = "") -> Any:  # noqa: ANN401 - an optional module
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise StoreError(f"to read {what}, install motkg[load] ({package or module} is missing)") from error


def _unreadable(name: str, error: Exception, row: int = 0) -> InputError:
    """Says why a table cannot be read; an encoding is guessed at, since that is the usual reason."""
    where = f"after row {row - 1}: " if row > 1 else ""
    if isinstance(error, UnicodeDecodeError):
        expected = "UTF-8, or encoding: in the map, for example cp932 for Japanese Windows"
        return InputError([Problem(name, 0, 0, f"{where}the text is not {error.encoding}", expected)])
    return InputError([Problem(name, 0, 0, f"{where}the table cannot be read: {error}")])
