"""Plain survey tables: a CSV file as printed and, beside it, what an audit needs to know of it."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from kg.auditing.layout import Layout, read_layout
from kg.errors import InputError, Problem
from kg.evidence.audit import Cell, Table
from kg.evidence.audit.model import slug_of
from kg.evidence.audit.tables import CORRELATION, COUNT, MEAN, PERCENT
from kg.evidence.audit.tabulation import LEVELS, TOTALS
from kg.loaders.csvrows import read_rows
from kg.loaders.text import read_text
from kg.origin import Origin
from kg.terms import BASE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.loaders.csvrows import Field

NUMBER: Final = re.compile(
    r"(?P<number>[-−]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]*)(?:\.[0-9]+)?)\s*(?P<percent>%?)\s*(?P<stars>[*†‡+#]*)"  # noqa: RUF001 - as printed
    r"(?:\s*\((?P<second>[0-9]+(?:\.[0-9]+)?)\s*(?P<sign>%?)\)|\s*\([^()0-9]+\))?"
)
BLANK: Final = frozenset({"", "-", "–", "—", ".", "n.a.", "n/a", "na"})  # noqa: RUF001 - as printed
SIZE: Final = re.compile(r"\b[nN]\s*=\s*([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)")


def read_tables(source: Path) -> tuple[Table, ...]:
    """Reads the tables of a folder, or the one of a file ``<name>.csv``, each with its description ``<name>.yaml`` where there is one.

    Raises:
        InputError: a file cannot be read; all problems of all files at once.

    """
    files = sorted(source.glob("*.csv")) or sorted((source / "tables").glob("*.csv")) if source.is_dir() else [source]
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


def read_plain_table(path: Path) -> Table:
    """Reads one table and its description.

    Raises:
        InputError: the files hold what they cannot hold.

    """
    rows = read_rows(read_text(path, str(path)), str(path))
    if len(rows) < 2:  # noqa: PLR2004 - a header and one row
        raise InputError([Problem(str(path), 1, 1, "the table has no rows of data", expected="a header line and at least one row")])
    beside = path.with_suffix(".yaml")
    labels = {field.text for field in rows[0]} | {field.text for row in rows[1:] for field in row}
    layout = read_layout(beside, str(beside), labels) if beside.is_file() else Layout()
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
        self.levels = {"": 1.0, **layout.stars} if layout.stars else LEVELS

    def table(self) -> Table:
        if self.stub >= len(self.header):
            self.report(self.header[0], "the table has no column of data", f"more than {self.stub} columns")
        sizes = self.column_sizes()
        cells: list[Cell] = []
        blanks: set[tuple[int, int]] = set()
        for number, row in enumerate(self.rows, 1):
            if len(row) != len(self.header):
                message = f"the row has {len(row)} values and the header {len(self.header)}"
                self.report(row[-1], message, "as many values as the header has")
                continue
            if self.is_size_row(row):
                continue
            for column, field in enumerate(row[self.stub :], 1):
                if field.text.strip().casefold() in BLANK:
                    blanks.add((number, column))
                else:
                    cells += self.cells(number, column, row[self.stub - 1].text, field, sizes)
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
        """Tells whether a row holds the sizes of the columns' samples: its label is N, n or base."""
        named = row[self.stub - 1].text.strip().rstrip("=").strip().casefold() in {"n", "base"}
        return named and all(field.text.strip().replace(",", "").isdigit() for field in row[self.stub :])

    def column_sizes(self) -> dict[int, int]:
        """Gives the sample of each column: by its description, by ``N = …`` in its heading, or by a row labelled N."""
        found: dict[int, int] = {}
        for row in self.rows:
            if len(row) == len(self.header) and self.is_size_row(row):
                found |= {column: int(field.text.strip().replace(",", "")) for column, field in enumerate(row[self.stub :], 1)}
        for column, field in enumerate(self.header[self.stub :], 1):
            described = self.layout.columns.get(field.text)
            size = (described.size if described else None) or self.layout.sizes.get(field.text) or _printed_size(field.text)
            if size:
                found[column] = size
        return found

    def cells(self, row: int, column: int, label: str, field: Field, sizes: dict[int, int]) -> Iterator[Cell]:
        heading = self.header[self.stub + column - 1].text
        match = NUMBER.fullmatch(field.text.strip())
        if match is None or not match["number"].strip("-−") or (match["stars"] and match["stars"] not in self.levels):  # noqa: RUF001 - as printed
            expected = "a number as printed" if match is None else f"one of the marks {', '.join(mark for mark in self.levels if mark)}"
            self.report(field, f"'{field.text}' cannot be read", f"{expected}, with or without %, or nothing")
            return
        described = self.layout.columns.get(heading)
        measure = (described.measure if described else "") or self.layout.measure or self.guess(match)
        size = self.layout.sizes.get(label) or sizes.get(column) or _printed_size(label) or self.layout.sizes.get("")
        group = described.group if described else ""
        parts = [(match["number"], measure, match["percent"])]
        if match["second"]:
            second = PERCENT if match["sign"] or measure == COUNT else "sd" if measure == MEAN else "none"
            parts = [(match["number"], COUNT if match["sign"] else measure, ""), (match["second"], second, match["sign"])]
            group = group or heading
        for index, (text, kind, sign) in enumerate(parts):
            value = Decimal(text.replace(",", "").replace("−", "-"))  # noqa: RUF001 - as printed
            local = f"{self.slug}/r{row}c{column}" + (f"-{kind}" if index else "")
            yield Cell(
                node=NamedNode(f"{self.base}observation/{local}"),
                row=row,
                column=column,
                row_label=label,
                column_label=heading,
                printed=f"{text}{sign}{match['stars']}",
                value=value,
                measure="" if kind == "none" else kind,
                size=size,
                stars=match["stars"],
                level=self.levels[match["stars"]] if kind == CORRELATION else None,
                place=Origin(str(self.path), field.line, field.column, f"r{row}c{column}"),
                stated_at=None,
                answers=self.layout.answers,
                group=group,
            )

    def guess(self, match: re.Match[str]) -> str:
        return PERCENT if match["percent"] else CORRELATION if match["stars"] else "none"


def _printed_size(label: str) -> int | None:
    """Gives the sample size that a heading prints, as in *Men (N = 23)*."""
    printed = SIZE.search(label)
    return int(printed[1].replace(",", "")) if printed else None
