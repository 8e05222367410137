"""Tables of databases: SQLite and DuckDB files, opened for reading only, and whatever SQLAlchemy reaches.

A file of a database comes with SQL of its own: the views in it. What they can do is limited here. They read nothing but
their own file, load no extension, and are given up after ``PATIENCE`` seconds.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from contextlib import closing, contextmanager, nullcontext
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from kg.core.errors import InputError, LimitError, Problem, StoreError, near_names
from kg.loaders.tables.readers import BATCH, PASSWORD, ROW, Reader, flat, needed, numbered, outer_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
    from pathlib import Path

PATIENCE: Final = 60.0
"""The seconds in which a view of a file has to be counted, and any table of it to return each batch of its rows."""
_LONGEST_VALUE: Final = 1 << 26
_HELD: Final = "4GB"
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


@contextmanager
def _patiently(interrupt: Callable[[], None], place: str) -> Generator[None]:
    """Interrupt what a database does in the block when it takes too long; ``place`` names the view in the message.

    Raises:
        LimitError: it did.

    """
    late = threading.Event()

    def give_up() -> None:
        late.set()
        interrupt()

    timer = threading.Timer(PATIENCE, give_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    except Exception as error:
        if late.is_set():
            hint = "store the rows of a view that takes so long in a table, and load that"
            raise LimitError(f"{place} was not read within {PATIENCE:g} s; {hint}") from error
        raise
    finally:
        timer.cancel()


def confine_sqlite(database: sqlite3.Connection) -> None:
    """Keep the schema of an SQLite file that others made from doing more than to read it.

    The settings are those that SQLite recommends for such files ("Defense Against The Dark Arts").
    """
    database.execute("PRAGMA trusted_schema = OFF")
    database.execute("PRAGMA cell_size_check = ON")
    database.execute("PRAGMA mmap_size = 0")
    database.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)


def read_sqlite(path: Path, table: str) -> Reader:
    """Read a table or view of an SQLite file. A column may hold values of any type, as SQLite allows."""

    def connect() -> sqlite3.Connection:
        database = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        try:
            confine_sqlite(database)
        except sqlite3.Error:
            database.close()
            raise
        return database

    listing = """SELECT name, type = 'view' FROM sqlite_schema
        WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' ORDER BY 1"""
    try:
        with closing(connect()) as database:
            is_view = dict(database.execute(listing))
            chosen = _chosen(str(path), table, list(is_view))
            limit = _patiently(database.interrupt, f"{path}::{chosen}") if is_view[chosen] else nullcontext()
            with limit:  # a table has an end
                described = database.execute(f"SELECT * FROM {_quoted(chosen)} LIMIT 0").description  # noqa: S608
                counted = database.execute(f"SELECT count(*) FROM {_quoted(chosen)}").fetchone()  # noqa: S608 - quoted
            columns, rows = tuple(about[0] for about in described), int(counted[0])
    except (sqlite3.Error, UnicodeDecodeError) as error:  # names that are no text
        raise StoreError(f"{path}: {error}") from error

    def batches(wanted: list[str]) -> Iterator[pl.DataFrame]:
        row = 0
        try:
            with closing(connect()) as database:
                cursor = database.cursor()
                with _patiently(database.interrupt, f"{path}::{chosen}"):
                    cursor.execute(f"SELECT {_columns(wanted)} FROM {_quoted(chosen)}")  # noqa: S608 - quoted
                    found = cursor.fetchmany(BATCH)
                while found:
                    yield frame_of_rows(found, wanted, row + 1, str(path))
                    row += len(found)
                    with _patiently(database.interrupt, f"{path}::{chosen}"):
                        found = cursor.fetchmany(BATCH)
        except sqlite3.Error as error:
            raise StoreError(f"{path}: after row {row}: {error}") from error

    return Reader(columns, rows, batches)


def read_duckdb(path: Path, table: str) -> Reader:
    """Read a table or view of a DuckDB file; those outside the schema ``main`` are called ``schema.table``."""
    duckdb = needed("duckdb", "DuckDB files")
    listing = "SELECT table_schema, table_name, table_type = 'VIEW' FROM information_schema.tables ORDER BY 1, 2"
    try:
        with duckdb.connect(str(path), read_only=True, config=_CONFINED) as database:
            known = {
                name if schema == "main" else f"{schema}.{name}": (f"{_quoted(schema)}.{_quoted(name)}", is_view)
                for schema, name, is_view in database.sql(listing).fetchall()
            }
            chosen = _chosen(str(path), table, list(known))
            place, is_view = known[chosen]
            limit = _patiently(database.interrupt, f"{path}::{chosen}") if is_view else nullcontext()
            with limit:
                empty = database.sql(f"SELECT * FROM {place} LIMIT 0").to_arrow_reader(1).read_all()  # noqa: S608
                ((rows,),) = database.sql(f"SELECT count(*) FROM {place}").fetchall()  # noqa: S608 - quoted
            columns, outer = tuple(flat(pl.DataFrame(empty)).columns), empty.column_names
    except duckdb.Error as error:
        raise StoreError(f"{path}: {_words(error)}") from error

    def batches(wanted: list[str]) -> Iterator[pl.DataFrame]:
        query = f"SELECT {_columns(outer_columns(wanted, outer))} FROM {place}"  # noqa: S608 - quoted
        try:
            with duckdb.connect(str(path), read_only=True, config=_CONFINED) as database:
                yield from numbered(_arrow_batches(database, query, f"{path}::{chosen}"), str(path))
        except duckdb.Error as error:
            raise StoreError(f"{path}: {_words(error)}") from error

    return Reader(columns, rows, batches)


_CONFINED: Final = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "memory_limit": _HELD,
    "temp_directory": "",
    "lock_configuration": "true",
}
"""What DuckDB recommends for files that others made: their views read no other file, and no address."""


def _arrow_batches(database: Any, query: str, place: str) -> Iterator[Any]:  # noqa: ANN401 - an optional module
    with _patiently(database.interrupt, place):
        batches = database.sql(query).to_arrow_reader(BATCH)
    while True:
        with _patiently(database.interrupt, place):
            batch = next(batches, None)
        if batch is None:
            return
        yield batch


def read_url(address: str, table: str) -> Reader:
    """Read a table or view of a database that SQLAlchemy can reach, in the order of its primary key where it has one.

    Tables outside the default schema are called ``schema.table``. A user without a password gets that of
    ``KG_DATABASE_PASSWORD``, if it is set; otherwise the database's own settings count.
    """
    sqlalchemy = needed("sqlalchemy", "databases")
    failures = (sqlalchemy.exc.SQLAlchemyError, ImportError, ValueError)
    shown = address.partition("://")[0] + "://…"
    try:
        url = sqlalchemy.make_url(address)
        shown = url.render_as_string(hide_password=True)
        engine = sqlalchemy.create_engine(_opened_for_reading(url), poolclass=sqlalchemy.pool.NullPool)
        if url.get_backend_name() == "sqlite":
            sqlalchemy.event.listen(engine, "connect", lambda connection, _: confine_sqlite(connection))
        inspector = sqlalchemy.inspect(engine)
        schema, chosen = _place(inspector, shown, table)
        columns = tuple(column["name"] for column in inspector.get_columns(chosen, schema))
        key = inspector.get_pk_constraint(chosen, schema)["constrained_columns"]
    except failures as error:
        raise StoreError(f"{shown}: {_words(error)}") from error

    def batches(wanted: list[str]) -> Iterator[pl.DataFrame]:
        cells = [sqlalchemy.column(name) for name in wanted] or [sqlalchemy.literal(1)]
        asked = (
            sqlalchemy.select(*cells)
            .select_from(sqlalchemy.table(chosen, schema=schema))
            .order_by(*map(sqlalchemy.column, key))
        )
        row = 0
        try:
            with engine.connect().execution_options(yield_per=BATCH) as connection:
                for found in connection.execute(asked).partitions():
                    yield frame_of_rows(found, wanted, row + 1, shown)
                    row += len(found)
        except failures as error:
            raise StoreError(f"{shown}: after row {row}: {_words(error)}") from error

    return Reader(columns, None, batches)


def _opened_for_reading(url: Any) -> Any:  # noqa: ANN401 - an optional module
    """Return an address with the password of the environment.

    That of an SQLite file as one that neither makes nor changes it.
    """
    if url.get_backend_name() == "sqlite" and url.database:
        return url.set(database=f"file:{url.database}").update_query_dict({"mode": "ro", "uri": "true"})
    known = os.environ.get(PASSWORD)
    return url.set(password=known) if known and url.username and not url.password else url


def _place(inspector: Any, shown: str, table: str) -> tuple[str | None, str]:  # noqa: ANN401 - an optional module
    """Return the schema, if it is not the default one, and the name of a table or view."""
    known = sorted([*inspector.get_table_names(), *inspector.get_view_names()])
    schema, dot, local = table.rpartition(".")
    if table not in known and dot and schema in inspector.get_schema_names():
        there = [*inspector.get_table_names(schema), *inspector.get_view_names(schema)]
        return schema, _chosen(shown, table, [f"{schema}.{name}" for name in there]).removeprefix(f"{schema}.") or local
    return None, _chosen(shown, table, known)


def _chosen(name: str, table: str, known: list[str]) -> str:
    """Return the requested table, or the only one when none is requested.

    Raises:
        InputError: there is none of that name, or there are several to choose from.

    """
    if not table and len(known) == 1:
        return known[0]
    if table in known:
        return table
    listed = f"one of {', '.join(known)}" if known else ""
    if table:
        near = near_names(table, known)
        raise InputError([Problem(name, 0, 0, f"no table is called '{table}'", "" if near else listed, near)])
    message = f"the database holds {len(known)} tables" if known else "the database holds no table"
    raise InputError([Problem(name, 0, 0, message, f"{name}::<table>, {listed}" if known else "")])


def _words(error: Exception) -> str:
    """Return what a driver says of a failure, on one line, without where to read of it and without the password."""
    if isinstance(error, ImportError):
        return f"the driver is not installed ({error})"
    words = " ".join(str(getattr(error, "orig", None) or error).partition("(Background on this error")[0].split())
    return words.replace(secret, "…") if (secret := os.environ.get(PASSWORD)) else words


def _columns(names: Iterable[str]) -> str:
    return ", ".join(map(_quoted, names)) or "1"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
