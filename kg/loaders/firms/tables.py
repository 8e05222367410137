"""Tables to batches of rows: CSV, Parquet, Arrow, JSON lines, Excel and tables of databases.

Each batch is a frame with the wanted columns as texts (or lists of texts) and the number of each row. Nothing here touches a
single row in Python; memory is bounded by the size of a batch, for Excel and JSON by the file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kg.errors import InputError, Problem, near_names
from kg.loaders.firms import readers
from kg.loaders.firms.texts import ROW, texts

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    import polars as pl

    from kg.loaders.firms.readers import Reader
    from kg.loaders.firms.rejects import Reject

ENDINGS: Final = ("csv", "tsv", "parquet", "arrow", "jsonl", "ndjson", "xlsx", "db", "sqlite", "sqlite3", "duckdb")
SEPARATOR: Final = "::"


@dataclass(frozen=True, slots=True)
class TableSource:
    """A table to read: ``firms.csv``, ``register.sqlite::firms`` or ``postgresql://host/db::firms``.

    ``name`` is what maps and messages call it: the name of the file without its ending, or of the table.
    """

    written: str
    delimiter: str = ""
    encoding: str = ""
    sheet: str = ""
    empty: tuple[str, ...] = ()
    malformed: list[Reject] = field(default_factory=list, compare=False)

    @property
    def location(self) -> str:
        """The file or the address of the database."""
        return self.written.rpartition(SEPARATOR)[0] if SEPARATOR in self.written else self.written

    @property
    def table(self) -> str:
        """The table within a database or the sheet within a workbook, or nothing."""
        return self.written.rpartition(SEPARATOR)[2] if SEPARATOR in self.written else self.sheet

    @property
    def name(self) -> str:
        """What maps call the table."""
        return self.table if SEPARATOR in self.written else Path(self.location).stem

    @property
    def path(self) -> Path | None:
        """The file, or nothing for the address of a database."""
        return None if "://" in self.location else Path(self.location)

    def open(self) -> Reader:
        """Opens the table.

        Raises:
            InputError: it cannot be read, or its ending is unknown.

        """
        path = self.path
        if path is None:
            return readers.read_url(self.location, self.table)
        ending = path.suffix.removeprefix(".").lower()
        if not path.is_file():
            folder = path.parent
            names = [file.name for file in folder.iterdir()] if folder.is_dir() else []
            near = tuple(str(folder / name) if str(folder) != "." else name for name in near_names(path.name, names))
            raise InputError([Problem(str(path), 0, 0, "there is no such file", near=near)])
        if ending in _READERS:
            return _READERS[ending](self, path)
        near = tuple(f".{name}" for name in near_names(ending, ENDINGS))
        raise InputError(
            [Problem(str(path), 0, 0, f"the ending '{path.suffix}' names no kind of table", f"one of .{', .'.join(ENDINGS)}", near)]
        )

    def batches(self, columns: Collection[str]) -> Iterator[pl.DataFrame]:
        """Gives the rows in batches: the columns as texts without blanks around them, nothing where a cell is empty, and ``ROW``.

        Raises:
            InputError: the table cannot be read, or breaks off.

        """
        self.malformed.clear()
        for frame in self.open().batches(list(columns)):
            yield texts(frame, columns, self.empty)


_READERS: Final[dict[str, Callable[[TableSource, Path], Reader]]] = {
    "csv": lambda source, _: readers.read_csv(source, ","),
    "tsv": lambda source, _: readers.read_csv(source, "\t"),
    "parquet": lambda _, path: readers.read_parquet(path),
    "arrow": lambda _, path: readers.read_arrow(path),
    "feather": lambda _, path: readers.read_arrow(path),
    "jsonl": lambda _, path: readers.read_json_lines(path),
    "ndjson": lambda _, path: readers.read_json_lines(path),
    "xlsx": lambda source, path: readers.read_workbook(path, source.table),
    "db": lambda source, path: readers.read_sqlite(path, source.table),
    "sqlite": lambda source, path: readers.read_sqlite(path, source.table),
    "sqlite3": lambda source, path: readers.read_sqlite(path, source.table),
    "duckdb": lambda source, path: readers.read_duckdb(path, source.table),
}

__all__ = ["ENDINGS", "ROW", "TableSource"]
