"""Plain survey tables: a CSV file as printed and, beside it, what an audit needs to know of it."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from kg.commands.audit.layout import Layout, read_layout
from kg.core.errors import InputError, Problem
from kg.core.origin import Origin
from kg.core.printed import alike, prints_nothing, read_printed
from kg.core.terms import BASE
from kg.evidence.audit import Cell, Table
from kg.evidence.audit.model import listed, slug_of
from kg.evidence.audit.tables import CORRELATION, COUNT, LEVELS, MEAN, PERCENT, TOTALS
from kg.loaders.files import read_rows, read_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.core.printed import Printed
    from kg.loaders.files import Field

BOUND: Final = re.compile(r"[<>≤≥]\s*[0-9]*(?:[.,][0-9]+)?\s*%?")
"""A cell such as *<1%*, which prints no figure."""
COUNTED: Final = re.compile(r"[0-9]{1,3}(?:,[0-9]{3}){1,2}|[0-9]{1,9}")
SIZE: Final = re.compile(rf"\b[nN]\s*=\s*({COUNTED.pattern})(?![0-9,])")
SIZES: Final = frozenset({"n", "base"})
"""What rows, and columns beside answers that stand in rows, are called that print the sizes of samples."""
BASES: Final = re.compile(
    r"^(?:un)?weighted|^base\b|^n\b|\((?:n|count)\b|^sample size|^(?:number of )?(?:respondents|observations)\b"
    r"|^number of (?:firms|companies|cases)\b",
    re.IGNORECASE,
)
"""What a row of counts above or below percentages is called."""
_DECIMAL_COMMA: Final = re.compile(r"[-+]?[0-9]+,[0-9]+\s*%?\s*[*\u2020\u2021+#]*")
_MOST: Final = 100
_SEPARATORS: Final = {";": "semicolons", "\t": "tabs", "|": "bars"}


def read_tables(source: Path) -> tuple[Table, ...]:
    """Read the tables of a folder, or the table of one file ``<name>.csv``.

    Each is read with its description ``<name>.yaml`` where there is one.

    Raises:
        InputError: a file cannot be read; all problems of all files at once.

    """
    files = (_tables_in(source) or _tables_in(source / "tables")) if source.is_dir() else [source]
    if not files:
        message = "the folder holds neither document.yaml nor manifest.json nor a table"
        raise InputError([Problem(str(source), 0, 0, message, expected="case files, a build, or survey tables (.csv)")])
    tables: list[Table] = []
    problems: list[Problem] = []
    for path in files:
        try:
            tables.append(read_plain_table(path))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return tuple(tables)


def _tables_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.csv") if path.is_file())


def read_plain_table(path: Path) -> Table:
    """Read one table and its description.

    Raises:
        InputError: the files hold what they cannot hold.

    """
    rows = read_rows(read_text(path, str(path)), str(path))
    if len(rows) < 2:  # noqa: PLR2004 - a header and one row
        raise InputError(
            [Problem(str(path), 1, 1, "the table has no rows of data", expected="a header line and at least one row")]
        )
    separator = (
        next((words for mark, words in _SEPARATORS.items() if mark in rows[0][0].text), "") if len(rows[0]) == 1 else ""
    )
    if separator:
        message = f"the values seem to be separated by {separator}"
        raise InputError(
            [Problem(str(path), 1, 1, message, expected="commas; a value that holds one in quotation marks")]
        )
    beside = next((found for ending in (".yaml", ".yml") if (found := path.with_suffix(ending)).is_file()), None)
    labels = {field.text for field in rows[0]} | {field.text for row in rows[1:] for field in row}
    layout = read_layout(beside, str(beside), labels) if beside else Layout()
    return _Reader(path, layout, rows).table()


class _Reader:
    def __init__(self, path: Path, layout: Layout, rows: list[list[Field]]) -> None:
        self.path = path
        self.layout = layout
        self.header = rows[0]
        self.rows = rows[1:]
        self.stub = layout.stub_columns
        self.document = slug_of(path.parent.absolute().name)
        self.base = f"{BASE}id/{self.document}/"
        self.slug = slug_of(path.stem)
        self.problems: list[Problem] = []
        self.base_rows: frozenset[int] = frozenset()
        self.levels = {"": 1.0, **layout.stars} if layout.stars else LEVELS

    def check_shape(self) -> None:
        if self.stub >= len(self.header):
            columns = f"{self.stub} column{'s' * (self.stub > 1)} of labels"
            self.report(self.header[0], "the table has no column of data", f"one besides {columns}")
        for row in self.rows:
            if len(row) != len(self.header):
                message = f"the row has {len(row)} values and the header {len(self.header)}"
                self.report(row[-1], message, "as many values as the header has")
        if self.problems:
            raise InputError(self.problems)

    def table(self) -> Table:
        self.check_shape()
        self.base_rows = self.find_base_rows()
        sizes, without = self.column_sizes(), self.size_column()
        cells: list[Cell] = []
        blanks: set[tuple[int, int]] = set()
        for number, row in enumerate(self.rows, 1):
            if self.is_size_row(row):
                continue
            own = _whole(row[self.stub + without - 1].text) if without else None
            for column, field in enumerate(row[self.stub :], 1):
                text = field.text.strip()
                if prints_nothing(text) or BOUND.fullmatch(alike(text)):
                    blanks.add((number, column))
                elif column != without:
                    cells += self.cells(number, column, row[self.stub - 1].text, field, {column: own} if own else sizes)
        if self.problems:
            raise InputError(self.problems)
        found = {label for cell in cells for label in (cell.row_label, cell.column_label)}
        totals = self.layout.totals or frozenset(label for label in found if label.strip().casefold() in TOTALS)
        return Table(
            node=NamedNode(f"{self.base}table/{self.slug}"),
            name=self.layout.name or self.path.stem,
            document=self.document,
            cells=tuple(cells),
            section=self.layout.section,
            place=Origin(str(self.path), 1, 1),
            along=self.layout.along,
            totals=totals,
            levels=self.levels,
            tails=self.layout.tails,
            scale=self.layout.scale,
            items=self.layout.items,
            blanks=frozenset(blanks),
            question=self.layout.question,
        )

    def report(self, field: Field, message: str, expected: str) -> None:
        self.problems.append(Problem(str(self.path), field.line, field.column, message, expected))

    def is_size_row(self, row: list[Field]) -> bool:
        """Return whether a row holds the sizes of the columns' samples: its label is N, n or base."""
        return _names_sizes(row[self.stub - 1]) and all(_whole(field.text) is not None for field in row[self.stub :])

    def size_column(self) -> int:
        """Return the column that holds the sample sizes of the rows, or 0 if there is none.

        There is one where answers are in rows and the heading of the column is N or base.
        """
        for column, field in enumerate(self.header[self.stub :], 1):
            named = self.layout.along == "rows" and _names_sizes(field) and field.text not in self.layout.columns
            if named and all(_whole(row[self.stub + column - 1].text) is not None for row in self.rows):
                return column
        return 0

    def column_sizes(self) -> dict[int, int]:
        """Return the sample of each column: by its description, by ``N = …`` in its heading, or by a row labelled N."""
        found: dict[int, int] = {}
        for row in self.rows:
            if self.is_size_row(row):
                found |= {column: _whole(field.text) or 0 for column, field in enumerate(row[self.stub :], 1)}
        for column, field in enumerate(self.header[self.stub :], 1):
            described = self.layout.columns.get(field.text)
            size = (
                (described.size if described else None)
                or self.layout.sizes.get(field.text)
                or _printed_size(field.text)
            )
            if size:
                found[column] = size
        return found

    def cells(self, row: int, column: int, label: str, field: Field, sizes: dict[int, int]) -> Iterator[Cell]:
        heading = self.header[self.stub + column - 1].text
        described = self.layout.columns.get(heading)
        stated = (described.measure if described else "") or self.layout.measure
        if label in self.layout.rows:
            stated = self.layout.rows[label].measure or stated
        elif stated in {PERCENT, ""} and row in self.base_rows:
            stated = "none"
        found = read_printed(field.text)
        if found is None:
            if stated != "none":
                self.report(field, f"'{field.text}' cannot be read", _readable(field.text.strip()))
            return
        measure = stated or self.guess(found)
        if found.bracketed and measure == CORRELATION:
            measure = "none"  # a reliability, as they stand on the diagonal
        if measure == CORRELATION and found.marks not in self.levels:
            marks = listed([f"'{mark}'" for mark in self.levels if mark])
            message = f"'{field.text}' bears the mark '{found.marks}', which has no level"
            self.report(field, message, f"{marks}, or a description that says under 'stars' what it stands for")
            return
        size = self.layout.sizes.get(label) or sizes.get(column) or _printed_size(label) or self.layout.sizes.get("")
        group = described.group if described else ""
        sign = "%" if found.percent else ""
        parts = [(found.written, found.number, measure, sign)]
        if found.second:
            second = PERCENT if found.second_percent or measure == COUNT else "sd" if measure == MEAN else "none"
            parts = [
                (found.written, found.number, COUNT if found.second_percent else measure, ""),
                (found.second, found.second, second, "%" if found.second_percent else ""),
            ]
            group = group or heading
        for index, (written, number, kind, percent) in enumerate(parts):
            local = f"{self.slug}/r{row}c{column}" + (f"-{kind}" if index else "")
            yield Cell(
                node=NamedNode(f"{self.base}observation/{local}"),
                row=row,
                column=column,
                row_label=label,
                column_label=heading,
                printed=f"{written}{percent}{found.marks}",
                value=Decimal(number),
                measure="" if kind == "none" else kind,
                size=size,
                stars=found.marks if found.marks in self.levels else "",
                level=self.levels[found.marks] if kind == CORRELATION else None,
                place=Origin(str(self.path), field.line, field.column, f"r{row}c{column}"),
                stated_at=None,
                answers=self.layout.answers,
                group=group,
            )

    def guess(self, found: Printed) -> str:
        return PERCENT if found.percent else CORRELATION if found.marks else "none"

    def find_base_rows(self) -> frozenset[int]:
        """Return the rows, from 1, that print the bases of percentages: whole numbers that no percentage can be.

        They are called so; or they stand first or last, and every number of several is above a hundred.
        """
        found = set()
        for number, row in enumerate(self.rows, 1):
            texts = [field.text for field in row[self.stub :] if not prints_nothing(field.text)]
            printed = [read_printed(text) for text in texts]
            whole = [
                Decimal(one.number)
                for one in printed
                if one and one.number.isdigit() and not (one.percent or one.marks or one.second)
            ]
            if not printed or len(whole) < len(printed):
                continue
            called = BASES.search(row[self.stub - 1].text.strip()) is not None
            outer = number in {1, len(self.rows)} and len(whole) > 1 and min(whole) > _MOST
            if outer or called:
                found.add(number)
        return frozenset(found)


def _printed_size(label: str) -> int | None:
    """Return the sample size that a heading prints, as in *Men (N = 23)*."""
    printed = SIZE.search(label)
    return _whole(printed[1]) if printed else None


def _names_sizes(field: Field) -> bool:
    return field.text.strip().rstrip("=").strip().casefold() in SIZES


def _whole(text: str) -> int | None:
    return int(text.replace(",", "")) if COUNTED.fullmatch(text.strip()) else None


def _readable(text: str) -> str:
    """Describe what may stand in a cell in place of what cannot be read there."""
    if _DECIMAL_COMMA.fullmatch(alike(text)):
        return f"a decimal point: {text.replace(',', '.')}"
    return "a number as printed, such as 1,204, 12.5%, 0.379** or 12 (34.5%), or nothing"
