"""Reads sheets of Excel workbooks, every cell as a text."""

from __future__ import annotations

import re
import zipfile
import zlib
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from kg.core.errors import InputError, Problem, near_names
from kg.core.text import counted
from kg.loaders.tables.readers import ROW, Reader, needed, of_frame, refuse_twice, unreadable

if TYPE_CHECKING:
    from pathlib import Path

_MIDNIGHT: Final = " 00:00:00"
_UNNAMED: Final = "__UNNAMED__"
# A cell with a formula and without the value that it had when the workbook was last computed (ECMA-376, part 1, section
# 18.3.1.4).
_UNCOMPUTED: Final = re.compile(rb'<c r="([A-Z]+\d+)"(?![^>]*t="str")[^>]*><f[^>]*>[^<]*</f>(?:<v\s*/>|<v></v>)?</c>')
_DIGIT: Final = "^-?[0-9]"
# More digits than tell a double from its neighbours.
_LONG: Final = r"^-?[0-9.]{17,}$"
# A time of day is the fraction of a day, which the reader adds to the day before the first.
_TIME_ALONE: Final = r"^1899-12-3[01] (?P<time>[0-9:.]+)$"
_ERROR: Final = re.compile(r"Error\((\w+)\)")
ERRORS: Final = {
    "NA": "#N/A",
    "Ref": "#REF!",
    "Div0": "#DIV/0!",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Num": "#NUM!",
    "Value": "#VALUE!",
    "GettingData": "#GETTING_DATA",
}
"""The errors of cells, by the reader's names."""
_SHEET: Final = re.compile(r'<sheet [^>]*?r:id="([^"]+)"')
_RELATION: Final = re.compile(r"<Relationship [^>]*>")
_CELL: Final = re.compile(rb"""<(?:\w+:)?c\s(?:[^<>]*?\s)?r=["']([A-Z]+)([0-9]+)["']""")
_LAID_OUT_OTHERWISE: Final = (KeyError, IndexError, ValueError, zipfile.BadZipFile)
_BLOCK: Final = 1 << 20
MOST_UNPACKED: Final = 1 << 28
MOST_PACKED: Final = 100
"""A workbook may unpack to so many bytes, or to so many times its size."""
MOST_EMPTY: Final = 10_000_000
MOST_SPARSE: Final = 100
"""The cells of a sheet may span so many, or so many times their number."""
_OVERVIEW, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"


def read_workbook(path: Path, sheet: str, skip: int = 0) -> Reader:
    """Read the first or the named sheet. Rows without a filled cell are passed over, and counted.

    ``skip`` rows of the sheet stand above the heading.

    Raises:
        InputError: it is no workbook, has no such sheet or no heading, or has formulas that were never computed.

    """
    fastexcel = needed("fastexcel", "Excel workbooks")
    try:
        path.open("rb").close()  # the reader says of every file alike that it is no workbook
    except OSError as error:
        raise unreadable(str(path), error) from error
    _refuse_bombs(path)
    try:
        book = fastexcel.read_excel(path)
    except fastexcel.FastExcelError as error:
        raise _damaged(path) from error
    try:
        names = list(book.sheet_names)
        if not names:
            raise _damaged(path)
        if sheet and sheet not in names:
            near = near_names(sheet, names)
            expected = "" if near else f"one of {', '.join(names)}"
            raise InputError([Problem(str(path), 0, 0, f"no sheet is called '{sheet}'", expected, near)])
        place = names.index(sheet) if sheet else 0
        _refuse_sparse(path, place, names[place])
        heading = _heading(book, place, skip)
        frame = _cells(book, place, skip)
    except fastexcel.FastExcelError as error:
        message = f"no heading is left after {counted(skip, 'row')} of the sheet" if skip else "the workbook is damaged"
        raise InputError([Problem(str(path), 0, 0, message)]) from error
    except pl.exceptions.PolarsError as error:
        raise unreadable(str(path), error) from error
    if not frame.width:
        raise InputError([Problem(f"{path}::{names[place]}", 0, 0, "the sheet is empty", _others(names, place))])
    refuse_twice(heading, f"{path}::{names[place]}")
    if cell := _uncomputed(path, place):
        message = f"the formula in {cell} has no value, since it was never computed"
        raise InputError(
            [
                Problem(
                    f"{path}::{names[place]}", 0, 0, message, "the workbook opened and saved in a spreadsheet program"
                )
            ]
        )
    frame = frame.rename({name: name.strip() for name in frame.columns if not name.startswith(_UNNAMED)})
    filled = pl.any_horizontal(pl.all().is_not_null())
    texts = frame.with_columns(pl.all().str.strip_suffix(_MIDNIGHT))
    return of_frame(
        texts.with_columns(filled.alias("\x00filled"))
        .with_row_index(ROW, 1)
        .filter(pl.col("\x00filled"))
        .drop("\x00filled")
    )


def _cells(book: Any, place: int, skip: int) -> pl.DataFrame:  # noqa: ANN401 - an optional module
    """Return the cells of a sheet as texts: numbers with all their digits, errors as a spreadsheet shows them."""
    batch, errors = book.load_sheet(place, dtypes="string", header_row=skip).to_arrow_with_errors()
    frame = pl.DataFrame(batch).with_columns(pl.all().str.replace(_TIME_ALONE, "$time"))
    if frame.select(pl.any_horizontal(pl.all().str.contains(_DIGIT).any())).item():
        numbers = pl.DataFrame(book.load_sheet(place, dtypes="float", header_row=skip).to_arrow())
        for number, column in enumerate(frame.columns):
            texts = _with_digits(frame[column], numbers.to_series(number), book, place, number, skip)
            frame = frame.with_columns(texts.alias(column))
    for error in errors.errors if errors else ():
        row, column = error.offset_position
        if found := _ERROR.search(error.detail):
            frame[row, column] = ERRORS.get(found[1], found[1])
    return frame


def _with_digits(  # noqa: PLR0913, PLR0917 - each says where the column is
    texts: pl.Series,
    numbers: pl.Series,
    book: Any,  # noqa: ANN401 - an optional module
    place: int,
    column: int,
    skip: int,
) -> pl.Series:
    """Return a column whose ``numbers``, which the reader rounds to nine decimals, have the digits of the workbook."""
    # A text that looks like a number is read as one too, and is the same number.
    rounded = (texts.cast(pl.Float64, strict=False) != numbers).fill_null(value=False)
    told = numbers.is_not_null() & (rounded | texts.str.contains(_LONG).fill_null(value=False))
    if not told.any():
        return texts
    exact = {
        number: repr(number)
        for text, number in pl.DataFrame([texts.filter(told), numbers.filter(told).alias("\x00number")])
        .unique()
        .iter_rows()
        if Decimal(text) != Decimal(repr(number))
    }
    chosen = numbers.replace_strict(list(exact), list(exact.values()), default=None, return_dtype=pl.String)
    if (told & ~rounded).any():
        told &= rounded | ~_are_texts(book, place, column, skip, len(texts))
    return pl.select(pl.when(told).then(pl.coalesce(chosen, texts)).otherwise(texts)).to_series()


def _are_texts(book: Any, place: int, column: int, skip: int, length: int) -> pl.Series:  # noqa: ANN401 - an optional module
    """Return which cells of a column are texts: what the reader takes for no boolean."""
    _, errors = book.load_sheet(place, dtypes="boolean", use_columns=[column], header_row=skip).to_arrow_with_errors()
    rows = {error.offset_position[0] for error in errors.errors} if errors else set()
    return pl.Series([row in rows for row in range(length)], dtype=pl.Boolean)


def _heading(book: Any, place: int, skip: int) -> list[str]:  # noqa: ANN401 - an optional module
    first = pl.DataFrame(
        book.load_sheet(place, header_row=None, skip_rows=skip or None, n_rows=1, dtypes="string").to_arrow()
    )
    return [str(cell).strip() for cell in (first.row(0) if len(first) else ()) if cell is not None]


def _others(names: list[str], place: int) -> str:
    others = [name for name in names if name != names[place]]
    return f"one of the other sheets: {', '.join(others)}" if others else "a row of headings"


def _refuse_bombs(path: Path) -> None:
    """Refuse a workbook that unpacks to far more than its size.

    Raises:
        InputError: it does.

    """
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
    except (OSError, zipfile.BadZipFile) as error:  # what reads cells may be more lenient, and cannot be held
        raise _damaged(path) from error
    packed = path.stat().st_size
    if unpacked > MOST_UNPACKED and unpacked > MOST_PACKED * packed:
        message = f"the workbook of {packed:,} bytes unpacks to {unpacked:,}"
        raise InputError([Problem(str(path), 0, 0, message, f"at most {MOST_PACKED} times its size")])


def _refuse_sparse(path: Path, place: int, sheet: str) -> None:
    """Refuse a sheet whose cells span far more than they are, since the reader holds the whole rectangle.

    Raises:
        InputError: it is one.

    """
    columns: set[bytes] = set()
    rows: set[bytes] = set()
    cells, rest = 0, b""
    try:
        with zipfile.ZipFile(path) as archive:
            for name in _parts_of_sheet(archive, place):
                with archive.open(name) as part:
                    while block := part.read(_BLOCK):
                        text, cut, rest = (rest + block).rpartition(b"<")
                        found = _CELL.findall(text)
                        rest = cut + rest
                        cells += len(found)
                        columns |= {column for column, _ in found}
                        rows = {max(rows | {row for _, row in found}, key=_number, default=b"0")}
    except (OSError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise _damaged(path) from error
    width, height = max(map(_column_number, columns), default=0), max(map(_number, rows), default=0)
    if width * height > max(MOST_EMPTY, MOST_SPARSE * cells):
        message = f"{cells:,} cells of the sheet span {height:,} rows and {width:,} columns"
        expected = "a sheet without cells that stand far apart"
        raise InputError([Problem(f"{path}::{sheet}", 0, 0, message, expected)])


def _damaged(path: Path) -> InputError:
    return InputError([Problem(str(path), 0, 0, "the file is no Excel workbook (.xlsx), or is damaged")])


def _parts_of_sheet(archive: zipfile.ZipFile, place: int) -> list[str]:
    """Return the names of the parts of a workbook that may hold a sheet: the one, or all where it cannot be told."""
    try:
        name = _part_of_sheet(archive, place)
        archive.getinfo(name)
    except _LAID_OUT_OTHERWISE:
        return [name for name in archive.namelist() if "sheet" in name.lower() and name.endswith(".xml")]
    return [name]


def _number(digits: bytes) -> int:
    return int(digits[:10])


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters[:10]:
        number = number * 26 + letter - ord("A") + 1
    return number


def _part_of_sheet(archive: zipfile.ZipFile, place: int) -> str:
    """Return the name of the part of a workbook that holds a sheet; raises ``_LAID_OUT_OTHERWISE``."""
    known = _SHEET.findall(archive.read(_OVERVIEW).decode())[place]
    relations = _RELATION.findall(archive.read(_RELATIONS).decode())
    (target,) = (re.findall('Target="([^"]+)"', relation)[0] for relation in relations if f'Id="{known}"' in relation)
    return str(target.removeprefix("/") if target.startswith("/") else f"xl/{target}")


def _uncomputed(path: Path, place: int) -> str:
    """Return the address of the first formula of a sheet that has no value, or nothing."""
    try:
        with zipfile.ZipFile(path) as archive:
            found = _UNCOMPUTED.search(archive.read(_part_of_sheet(archive, place)))
    except _LAID_OUT_OTHERWISE:  # which the reader has understood
        return ""
    return found[1].decode() if found else ""
