"""CSV (RFC 4180) and JSON lines, compressed or not, with the place of every row that breaks the form."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
import polars as pl
import pyarrow as pa

from kg.core.errors import InputError, Problem
from kg.core.nesting import MAX_DEPTH, too_deep
from kg.core.text import counted
from kg.loaders.tables.readers import ENCODINGS, ROW, Reader, Reject, flat, of_frame, opened, refuse_twice, unreadable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

_BLOCK: Final = 1 << 23
_HEAD: Final = 1 << 16
_BOMS: Final = (b"\xff\xfe", b"\xfe\xff")
_BOMS_OF_UTF_32: Final = (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")
_MALFORMED: Final = re.compile(r"Row #(\d+): Expected (\d+) columns, got (\d+)")
_NOT_TEXT: Final = re.compile(r"Row #(\d+): .*invalid UTF8")
_BOM: Final = b"\xef\xbb\xbf"
# A number that a double may not hold to its last digit.
_LONG: Final = re.compile(rb"[0-9][0-9.]{15}")
_LAST_FAULTS: Final[dict[bytes, dict[int, str]]] = {}
_NESTED: Final = r"^[\[{]"


class TextSource(Protocol):
    """What a reader of text files needs to know of a table."""

    @property
    def name(self) -> str:
        """What maps call the table."""

    @property
    def location(self) -> str:
        """The path of the file."""

    @property
    def delimiter(self) -> str:
        """The delimiter that the map states, or an empty text."""

    @property
    def encoding(self) -> str:
        """The encoding that the map states, or an empty text."""

    @property
    def skip(self) -> int:
        """The number of lines above the heading."""

    @property
    def malformed(self) -> list[Reject]:
        """The rows that break the format, filled while batches are read."""


def read_csv(source: TextSource, delimiter: str) -> Reader:
    """Read CSV: every cell as it is written, quotes taken off.

    A row with too many or too few cells is noted in ``malformed``.

    Raises:
        InputError: the file is empty, is in another encoding, or has a heading twice; or, while batches are read,
            breaks off.

    """
    return _CsvFile(source, delimiter).reader()


class _CsvFile:
    def __init__(self, source: TextSource, delimiter: str) -> None:
        self.name = source.location
        self.source = source
        self.delimiter = source.delimiter or delimiter
        self.encoding = source.encoding or self._told_by_beginning()
        self._bad: list[int] = []
        self._written: dict[str, str] = {}

    def reader(self) -> Reader:
        try:
            with _quiet(), self._opened(None, _Counting(self.name)) as stream:
                written = stream.schema.names
        except (pa.ArrowException, UnicodeDecodeError, LookupError, OSError) as error:
            if "Empty CSV file" not in str(error):
                raise self._unreadable(error, 0) from error
            try:
                written = self._lone_heading()
            except UnicodeDecodeError as wrong:
                raise self._unreadable(wrong, 0) from wrong
        finally:
            self.source.malformed.clear()
        names = tuple(name.strip() for name in written)
        refuse_twice(names, self.name, line=1)
        self._written = dict(zip(names, written, strict=True))
        return Reader(names, None, self.batches)

    def batches(self, columns: list[str]) -> Iterator[pl.DataFrame]:
        self._bad.clear()
        row = 1
        counted = _Counting(self.name)
        wanted = columns or list(self._written)
        try:
            with _quiet(), self._opened([self._written[name] for name in wanted], counted) as stream:
                for batch in _ahead(stream):
                    last = row + len(batch) + len(self._bad)
                    numbers = np.setdiff1d(np.arange(row, last, dtype=np.uint32), np.array(self._bad, dtype=np.uint32))
                    row = int(numbers[len(batch) - 1]) + 1 if len(batch) else row
                    frame = pl.DataFrame(batch.rename_columns(wanted))
                    yield frame.with_columns(pl.Series(ROW, numbers[: len(batch)]))
        except (pa.ArrowException, UnicodeDecodeError, OSError) as error:
            if "Empty CSV file" in str(error):  # a heading without a line end, and nothing else
                return
            raise self._unreadable(error, row) from error
        if counted.quotes % 2 and (line := unclosed_quote(self.source, self.delimiter, self.encoding)):
            message = "a quotation mark in this row is never closed, so that all that follows it is one cell"
            raise InputError([Problem(self.name, line, 1, message, 'a closing "; one inside a cell is written twice')])

    def _opened(self, columns: list[str] | None, counted: _Counting) -> Any:  # noqa: ANN401 - pyarrow has no types
        from pyarrow import csv as arrow_csv

        convert = arrow_csv.ConvertOptions(strings_can_be_null=False, include_columns=columns or [])
        if columns:
            convert.column_types = {column: pa.string() for column in columns}
        return arrow_csv.open_csv(
            pa.PythonFile(counted, mode="r"),
            # One thread, so that a malformed row knows its number; the other one fills the store meanwhile.
            read_options=arrow_csv.ReadOptions(
                use_threads=False, block_size=_BLOCK, encoding=self.encoding or "utf8", skip_rows=self.source.skip
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=self.delimiter, newlines_in_values=True, invalid_row_handler=self._malformed
            ),
            convert_options=convert,
        )

    def _malformed(self, row: Any) -> str:  # noqa: ANN401 - pyarrow has no types
        number = int(row.number) - 1 - self.source.skip
        self._bad.append(number)
        reason = f"the row has {row.actual_columns} cells, the heading {row.expected_columns}"
        self.source.malformed.append(Reject(self.source.name, number, "", row.text or "", reason))
        return "skip"

    def _told_by_beginning(self) -> str:
        """Return the encoding that the first bytes tell, or nothing."""
        try:
            with opened(self.name) as stream:
                head = stream.read(_HEAD)
        except (pa.ArrowException, OSError) as error:
            raise unreadable(self.name, error) from error
        if not head.strip(b"\r\n\t \xef\xbb\xbf"):
            raise InputError([Problem(self.name, 0, 0, "the file is empty", "a row of headings")])
        if head.startswith(_BOMS_OF_UTF_32):
            return "utf-32"
        if head.startswith(_BOMS):
            return "utf-16"
        if not self.source.encoding and b"\x00" in head.partition(b"\n")[0]:
            raise InputError(
                [Problem(self.name, 1, 1, "the heading holds NUL characters, so it is not UTF-8", ENCODINGS)]
            )
        return ""

    def _lone_heading(self) -> list[str]:
        with opened(self.name) as stream:
            text = stream.read(_BLOCK).decode(self.encoding or "utf-8-sig")
        below = "".join(text.splitlines(keepends=True)[self.source.skip :])
        return next(csv.reader(io.StringIO(below, newline=""), delimiter=self.delimiter), [])

    def _unreadable(self, error: Exception, row: int) -> InputError:
        text = str(error)
        if found := _NOT_TEXT.search(text):
            return InputError(
                [
                    Problem(
                        f"{self.name}: row {int(found[1]) - 1 - self.source.skip}",
                        0,
                        0,
                        "the text is not UTF-8",
                        ENCODINGS,
                    )
                ]
            )
        if found := _MALFORMED.search(text):  # told to nobody before: its text could not be decoded
            message = f"the row has {found[3]} cells, the heading {found[2]}, and its text is not UTF-8"
            return InputError(
                [Problem(f"{self.name}: row {int(found[1]) - 1 - self.source.skip}", 0, 0, message, ENCODINGS)]
            )
        if "Could not skip initial" in text:
            message = f"no heading is left after {counted(self.source.skip, 'line')} of the file"
            return InputError([Problem(self.name, 0, 0, message)])
        if "straddl" in text:
            message = (
                f"after row {max(row - 1, 0)}: a row is longer than {_BLOCK >> 20} MB, or a quotation mark is never "
                "closed"
            )
            return InputError([Problem(self.name, 0, 0, message)])
        return unreadable(self.name, error, row)


@contextmanager
def _quiet() -> Iterator[None]:
    """Have nothing printed about a malformed row that Arrow cannot decode: it raises an error for it besides."""
    before = sys.unraisablehook

    def hook(raised: sys.UnraisableHookArgs) -> None:
        told = getattr(raised.object, "__func__", None) is _CsvFile._malformed  # noqa: SLF001 - of this module
        if not (told and isinstance(raised.exc_value, UnicodeDecodeError)):
            before(raised)

    sys.unraisablehook = hook
    try:
        yield
    finally:
        sys.unraisablehook = before


def _ahead(batches: Iterable[Any]) -> Iterator[Any]:
    """Yield what another thread takes from an iterable meanwhile, one ahead."""
    coming = iter(batches)
    with ThreadPoolExecutor(1, "reader") as pool:
        found = pool.submit(next, coming, None)
        while (batch := found.result()) is not None:
            found = pool.submit(next, coming, None)
            yield batch


class _Counting:
    """A file, unpacked where it is packed, whose quotation marks are counted."""

    closed = False

    def __init__(self, name: str) -> None:
        self._stream = opened(name)
        self.quotes = 0

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        text: bytes = self._stream.read(size)
        self.quotes += text.count(b'"')
        return text

    def close(self) -> None:
        """Close the file."""
        self.closed = True
        self._stream.close()


def _records(source: TextSource, delimiter: str, encoding: str) -> Iterator[tuple[int, str]]:
    """Yield the rows as written, the heading first, each with the line on which it begins; empty lines are no rows."""
    csv.field_size_limit(1 << 30)
    lines: list[str] = []

    def kept(text: Iterable[str]) -> Iterator[str]:
        for line in text:
            lines.append(line)
            yield line

    begin = 1 + source.skip
    with io.TextIOWrapper(
        opened(source.location), encoding=encoding or "utf-8-sig", errors="replace", newline=""
    ) as text:
        for _ in range(source.skip):
            text.readline()
        for cells in csv.reader(kept(text), delimiter=delimiter):
            if cells:
                yield begin, "".join(lines)
            begin += len(lines)
            lines.clear()


def places_in_csv(
    source: TextSource, delimiter: str, cells: Collection[tuple[int, int]]
) -> dict[tuple[int, int], tuple[int, int]]:
    """Return line and column, both from 1, of some cells of a file.

    Each cell is given by row and column from 1, without the heading.
    """
    file = _CsvFile(source, delimiter)
    wanted: dict[int, list[int]] = {}
    for row, column in cells:
        wanted.setdefault(row, []).append(column)
    found: dict[tuple[int, int], tuple[int, int]] = {}
    for row, (line, text) in enumerate(_records(source, file.delimiter, file.encoding)):
        if row in wanted:
            starts = _starts(text, file.delimiter)
            for column in wanted.pop(row):
                before = text[: starts[column - 1]]
                found[row, column] = (line + before.count("\n"), len(before) - before.rfind("\n"))
        if not wanted:
            break
    return found


def _starts(text: str, delimiter: str) -> list[int]:
    """Return where each cell of a row begins."""
    mark = re.escape(delimiter)
    starts = [0]
    cell = re.compile(rf'(?:"(?:[^"]|"")*")?[^{mark}]*')
    while (end := cell.match(text, starts[-1]).end()) < len(text):  # type: ignore[union-attr] # it may be empty, so there is one
        starts.append(end + len(delimiter))
    return starts


def unclosed_quote(source: TextSource, delimiter: str, encoding: str) -> int:
    """Return the line of the row in which a quotation mark is never closed, or 0."""
    line, last = 0, ""
    for line, last in _records(source, delimiter, encoding):  # noqa: B007 - the last one counts
        pass
    try:
        for _ in csv.reader(io.StringIO(last, newline=""), delimiter=delimiter, strict=True):
            pass
    except csv.Error as error:
        return line if "unexpected end of data" in str(error) else 0
    return 0


def read_json_lines(source: TextSource) -> Reader:
    """Read JSON lines. Members of objects are columns ``address.city``.

    A number is read as its double says it, or as it is written where the double has other digits; a text as it is.

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


def places_in_json(source: TextSource, cells: Collection[tuple[int, int]]) -> dict[tuple[int, int], tuple[int, int]]:
    """Return line and column of the objects that some rows are, by row and column of each cell."""
    with opened(source.location) as stream:
        filled = [number for number, line in enumerate(stream.read().splitlines(), 1) if line.strip()]
    return {cell: (filled[cell[0] - 1], 1) for cell in cells}


def _frame(lines: list[bytes], source: TextSource, faults: list[Reject]) -> pl.DataFrame:
    """Return the objects as rows; each line is looked at first, since the reader of tables is lenient."""
    wrong = _faults_of(lines)
    for number, fault in wrong.items():
        faults.append(Reject(source.name, number, "", lines[number - 1].decode(errors="replace"), fault))
    rows = [number for number in range(1, len(lines) + 1) if number not in wrong]
    if not rows:
        reasons = [
            Problem(f"{source.location}: row {fault.row}", 0, 0, fault.reason, "an object a line")
            for fault in faults[:1]
        ]
        raise InputError(reasons)
    chosen = [lines[number - 1] for number in rows]
    try:
        frame = None if any(map(_LONG.search, chosen)) else pl.read_ndjson(b"\n".join(chosen), infer_schema_length=None)
    except (pl.exceptions.PolarsError, ValueError):  # rows of several types
        frame = None
    frame = _frame_of_objects(chosen) if frame is None else frame
    return frame.insert_column(0, pl.Series(ROW, rows, pl.UInt32))


def _faults_of(lines: list[bytes]) -> dict[int, str]:
    """Return the lines, from 1, that are no objects, and why; kept for the next reading, since a load reads thrice."""
    digest = hashlib.blake2b(b"\n".join(lines)).digest()
    if digest not in _LAST_FAULTS:
        _LAST_FAULTS.clear()
        _LAST_FAULTS[digest] = {number: fault for number, line in enumerate(lines, 1) if (fault := _fault(line))}
    return _LAST_FAULTS[digest]


def _fault(line: bytes) -> str:
    """Explain why a line is no object, or nothing."""
    if column := too_deep(line):
        return f"the line is nested deeper than {MAX_DEPTH} levels at column {column}"
    try:
        found = json.loads(line.decode(), parse_constant=_no_number, object_pairs_hook=_each_once)
        if b"\\u" in line:
            json.dumps(found, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        return f"the line is no JSON: {error.msg} at column {error.colno}"
    except UnicodeDecodeError:
        return "the line is not UTF-8"
    except UnicodeEncodeError:
        return "the line holds half of a surrogate pair, which is no character"
    except ValueError as error:
        return str(error)
    return "" if isinstance(found, dict) else "the line is no JSON object"


def _no_number(text: str) -> float:
    raise ValueError(f"the line is no JSON: {text} is no number")


def _each_once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) < len(members):
        twice = next(name for name, count in Counter(name for name, _ in members).items() if count > 1)
        raise ValueError(f"the member '{twice}' stands twice in an object")
    return found


def _frame_of_objects(lines: list[bytes]) -> pl.DataFrame:
    """Return objects as rows of texts and lists of texts, where cells of a column differ in type or have long numbers.

    What no text can say, such as lists of objects, is a column of such lists without any.
    """
    rows: list[dict[str, Any]] = []
    for line in lines:
        row: dict[str, Any] = {}
        _flatten(json.loads(line, parse_int=_Number, parse_float=_digits), "", row)
        rows.append(row)
    columns: dict[str, pl.Series] = {}
    for name in dict.fromkeys(name for row in rows for name in row):
        cells = [row.get(name) for row in rows]
        lists = [cell for cell in cells if isinstance(cell, list)]
        if any(isinstance(item, dict | list) for cell in lists for item in cell):
            columns[name] = pl.Series(name, [None] * len(cells), pl.List(pl.Struct({"": pl.String})))
        elif lists and not any(isinstance(cell, str | bool) for cell in cells):
            texts = [cell and [_item(item) for item in cell] for cell in cells]
            columns[name] = pl.Series(name, texts, pl.List(pl.String))
        else:
            written = [
                json.dumps(cell, ensure_ascii=False) if isinstance(cell, list) else _item(cell) for cell in cells
            ]
            columns[name] = pl.Series(name, written, pl.String)
    return pl.DataFrame(columns)


class _Number(str):
    """A number of JSON in its digits."""

    __slots__ = ()


def _digits(text: str) -> _Number:
    """Return a number as its double says it, or as it is written where a double does not hold its digits."""
    told = repr(float(text)).removesuffix(".0")
    return _Number(told if Decimal(told) == Decimal(text) else text)


def _flatten(value: dict[str, Any], before: str, row: dict[str, Any]) -> None:
    for name, member in value.items():
        if isinstance(member, dict):
            _flatten(member, f"{before}{name}.", row)
        else:
            row[before + name] = member


def _with_lists(frame: pl.DataFrame, lines: list[bytes], source: TextSource, faults: list[Reject]) -> pl.DataFrame:
    """Make lists of columns whose cells are lists in some rows.

    Leave out rows with an object where others have a text.
    """
    wrong: set[int] = set()
    for column in [name for name, kind in frame.schema.items() if kind == pl.String]:
        rows = frame.filter(pl.col(column).str.contains(_NESTED))[ROW]
        nested = {row: value for row in rows if isinstance(value := _member(lines[row - 1], column), list | dict)}
        for row, value in nested.items():
            if isinstance(value, dict) or any(isinstance(item, dict | list) for item in value):
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
