"""Tables to batches of rows: CSV, Parquet, Arrow, JSON lines, Excel and tables of databases.

Each batch is a frame with the wanted columns as texts (or lists of texts) and the number of each row. Nothing here
touches a single row in Python but the values that drivers of databases give one by one; memory is bounded by the size
of a batch, for Excel and JSON by the file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kg.core.errors import InputError, Problem, near_names
from kg.loaders.tables.readers import PASSWORD, ROW, read_arrow, read_parquet, texts
from kg.loaders.tables.textfiles import places_in_csv, places_in_json, read_csv, read_json_lines

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    import polars as pl

    from kg.loaders.tables.model import TableMap
    from kg.loaders.tables.readers import Reader, Reject

ENDINGS: Final = ("csv", "tsv", "parquet", "arrow", "jsonl", "ndjson", "xlsx", "db", "sqlite", "sqlite3", "duckdb")
SEPARATOR: Final = "::"
DELIMITERS: Final = {"csv": ",", "tsv": "\t"}
PACKED: Final = (".gz", ".bz2", ".zst")
_UNPACKED: Final = ("csv", "tsv", "jsonl", "ndjson")
_SECRET: Final = re.compile(
    r"^\w[\w+.-]*://[^/?#@]*:[^@]*@|[?&;\s{](?:\w*(?:passw(?:or)?d|passphrase|secret|token|apikey|api_key)|pwd)\s*=",
    re.IGNORECASE,
)
"""A password in an address: before the ``@``, or as a setting, also of a connection string (``odbc_connect``)."""
_MOST_ESCAPES: Final = 8


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
    skip: int = 0
    footer: int = 0
    malformed: list[Reject] = field(default_factory=list, compare=False)

    def __post_init__(self) -> None:
        """Refuse passwords, which would stay in the history of the shell and in the store's manifest.

        Raises:
            InputError: the address of a database holds one.

        """
        if "://" in self.written and _holds_secret(self.written):
            shown = self.written.partition("://")[0] + "://…"
            expected = (
                f"the password in {PASSWORD}, or where the database's own programs look for it, such as ~/.pgpass"
            )
            raise InputError(
                [Problem(shown, 0, 0, "the address holds a password, which would stay in histories and logs", expected)]
            )

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
        if SEPARATOR in self.written:
            return self.table
        path = Path(self.location)
        return Path(path.stem).stem if path.suffix.lower() in PACKED else path.stem

    @property
    def path(self) -> Path | None:
        """The file, or nothing for the address of a database."""
        return None if "://" in self.location else Path(self.location)

    @property
    def ending(self) -> str:
        """The ending of the file name that gives the format of the table, without that of the compression.

        Nothing for an address.
        """
        path = self.path
        if path is None:
            return ""
        return (Path(path.stem) if path.suffix.lower() in PACKED else path).suffix.removeprefix(".").lower()

    def open(self) -> Reader:
        """Open the table.

        Raises:
            InputError: it cannot be read, or its ending is unknown.
            StoreError: a database cannot be reached, or what reads such tables is not installed.

        """
        path = self.path
        if path is None:
            from kg.loaders.tables.databases import read_url

            return read_url(self.location, self.table)
        if not path.is_file():
            raise InputError([_missing(path)])
        if self.skip and self.ending not in {*DELIMITERS, "xlsx"}:
            message = f"a .{self.ending} file has no lines above its heading"
            raise InputError([Problem(str(path), 0, 0, message, "a map without skip:")])
        if self.ending in {*ENDINGS, "feather"}:
            if path.suffix.lower() in PACKED and self.ending not in _UNPACKED:
                message = f"a .{self.ending} file is read unpacked only"
                raise InputError([Problem(str(path), 0, 0, message, "the file without its packing")])
            return self._opened(path)
        near = tuple(f".{name}" for name in near_names(self.ending, ENDINGS))
        message = f"the ending '{path.suffix}' names no kind of table"
        raise InputError([Problem(str(path), 0, 0, message, "" if near else f"one of .{', .'.join(ENDINGS)}", near)])

    def _opened(self, path: Path) -> Reader:
        """Open a file by its ending; what only databases and workbooks need is imported for them."""
        match self.ending:
            case "csv" | "tsv":
                return read_csv(self, DELIMITERS[self.ending])
            case "jsonl" | "ndjson":
                return read_json_lines(self)
            case "parquet":
                return read_parquet(path)
            case "arrow" | "feather":
                return read_arrow(path)
            case "xlsx":
                from kg.loaders.tables.workbooks import read_workbook

                return read_workbook(path, self.table, self.skip)
        from kg.loaders.tables.databases import read_duckdb, read_sqlite

        return read_duckdb(path, self.table) if self.ending == "duckdb" else read_sqlite(path, self.table)

    def batches(self, columns: Collection[str]) -> Iterator[pl.DataFrame]:
        """Yield the rows in batches: the columns as texts, and ``ROW``.

        Texts have no blanks around them, and an empty cell is null.

        Raises:
            InputError: the table cannot be read, or breaks off.

        """
        self.malformed.clear()
        frames = self.open().batches(list(columns))
        for frame in _without_last(frames, self.footer, self.malformed) if self.footer else frames:
            yield texts(frame, columns, self.location, self.empty)

    def places(self, cells: Collection[tuple[int, int]]) -> dict[tuple[int, int], tuple[int, int]]:
        """Return line and column of some cells, each by row and column from 1, where the table is a text.

        Nothing where it is none.
        """
        if self.ending in DELIMITERS:
            return places_in_csv(self, DELIMITERS[self.ending], cells)
        return places_in_json(self, cells) if self.ending in {"jsonl", "ndjson"} else {}


def _holds_secret(address: str) -> bool:
    """Return whether an address holds a password, however often its characters are escaped."""
    from urllib.parse import unquote_plus

    for _ in range(_MOST_ESCAPES):
        if _SECRET.search(address):
            return True
        address, before = unquote_plus(address), address
        if address == before:
            return False
    return True


def source_of(table: TableMap, written: str) -> TableSource:
    """Return the table that a map describes, as it is written on the command line."""
    return TableSource(written, table.delimiter, table.encoding, table.sheet, table.empty, table.skip, table.footer)


def _without_last(frames: Iterator[pl.DataFrame], count: int, malformed: list[Reject]) -> Iterator[pl.DataFrame]:
    """Yield all rows but the last, malformed ones among them; no more than ``count`` are held back."""
    import polars as pl

    held: list[pl.DataFrame] = []
    for frame in frames:
        held.append(frame)
        while len(held) > 1 and sum(map(len, held[1:])) >= count:
            yield held.pop(0)
    rows = sorted({row for frame in held for row in frame[ROW]} | {reject.row for reject in malformed})
    last = set(rows[-count:])
    malformed[:] = [reject for reject in malformed if reject.row not in last]
    for frame in held:
        yield frame.filter(~pl.col(ROW).is_in(sorted(last)))


def _missing(path: Path) -> Problem:
    if path.is_dir():
        return Problem(str(path), 0, 0, "that is a folder", "a file")
    folder = path.parent
    names = [file.name for file in folder.iterdir()] if folder.is_dir() else []
    near = tuple(str(folder / name) if str(folder) != "." else name for name in near_names(path.name, names))
    return Problem(str(path), 0, 0, "there is no such file", near=near)
