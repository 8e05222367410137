"""Reads sheets of Excel workbooks, every cell as a text."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from kg.core.errors import InputError, Problem, near_names
from kg.loaders.tables.readers import ROW, Reader, needed, of_frame, refuse_twice, unreadable

if TYPE_CHECKING:
    from pathlib import Path

_MIDNIGHT: Final = " 00:00:00"
_UNNAMED: Final = "__UNNAMED__"
# A cell with a formula and without the value that it had when the workbook was last computed (ECMA-376, part 1, section
# 18.3.1.4).
_UNCOMPUTED: Final = re.compile(rb'<c r="([A-Z]+\d+)"(?![^>]*t="str")[^>]*><f[^>]*>[^<]*</f>(?:<v\s*/>|<v></v>)?</c>')
_SHEET: Final = re.compile(r'<sheet [^>]*?r:id="([^"]+)"')
_RELATION: Final = re.compile(r"<Relationship [^>]*>")
_OVERVIEW, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"


def read_workbook(path: Path, sheet: str) -> Reader:
    """Read the first or the named sheet. Rows without a filled cell are passed over, and counted.

    Raises:
        InputError: it is no workbook, has no such sheet or no heading, or has formulas that were never computed.

    """
    fastexcel = needed("fastexcel", "Excel workbooks")
    try:
        path.open("rb").close()  # the reader says of every file alike that it is no workbook
    except OSError as error:
        raise unreadable(str(path), error) from error
    try:
        book = fastexcel.read_excel(path)
        names = list(book.sheet_names)
        if sheet and sheet not in names:
            near = near_names(sheet, names)
            expected = "" if near else f"one of {', '.join(names)}"
            raise InputError([Problem(str(path), 0, 0, f"no sheet is called '{sheet}'", expected, near)])
        place = names.index(sheet) if sheet else 0
        heading = _heading(book, place)
        frame = pl.DataFrame(book.load_sheet(place, dtypes="string").to_arrow())
    except fastexcel.FastExcelError as error:
        raise InputError([Problem(str(path), 0, 0, "the file is no Excel workbook (.xlsx), or is damaged")]) from error
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


def _heading(book: Any, place: int) -> list[str]:  # noqa: ANN401 - an optional module
    first = pl.DataFrame(book.load_sheet(place, header_row=None, n_rows=1, dtypes="string").to_arrow())
    return [str(cell).strip() for cell in (first.row(0) if len(first) else ()) if cell is not None]


def _others(names: list[str], place: int) -> str:
    others = [name for name in names if name != names[place]]
    return f"one of the other sheets: {', '.join(others)}" if others else "a row of headings"


def _uncomputed(path: Path, place: int) -> str:
    """Return the address of the first formula of a sheet that has no value, or nothing."""
    try:
        with zipfile.ZipFile(path) as archive:
            known = _SHEET.findall(archive.read(_OVERVIEW).decode())[place]
            relations = _RELATION.findall(archive.read(_RELATIONS).decode())
            (target,) = (re.findall('Target="([^"]+)"', one)[0] for one in relations if f'Id="{known}"' in one)
            found = _UNCOMPUTED.search(
                archive.read(target.removeprefix("/") if target.startswith("/") else f"xl/{target}")
            )
    except (
        KeyError,
        IndexError,
        ValueError,
        zipfile.BadZipFile,
    ):  # laid out in another way, which the reader has understood
        return ""
    return found[1].decode() if found else ""
