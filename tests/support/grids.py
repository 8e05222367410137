"""Printed tables as the audit takes them, from a few lines of text."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pyoxigraph import NamedNode

from kg.core.origin import Origin
from kg.evidence.audit.tables import PERCENT, Answers, Cell, Table

LEVELS = {"": 1.0, "*": 0.10, "**": 0.05, "***": 0.01}


def grid(  # noqa: PLR0913 - the parts of a table that differ
    *rows: str,
    name: str = "t",
    measure: str | tuple[str, ...] = PERCENT,
    size: int | tuple[int | None, ...] | None = None,
    answers: Answers = Answers.UNKNOWN,
    heading: str = "",
    groups: tuple[str, ...] = (),
    **parts: Any,  # noqa: ANN401 - parts of a table
) -> Table:
    """Return a table of rows such as ``Yes 30 40 -``: a label and one figure for each column, a dash for none.

    Measures, sizes and groups are those of all cells, or one for each column.
    """
    labels = heading.split()
    cells = []
    blanks = set()
    for row, line in enumerate(rows, 1):
        label, *figures = line.split()
        for column, printed in enumerate(figures, 1):
            if printed == "-":
                blanks.add((row, column))
                continue
            bare = printed.rstrip("*")
            stars = printed[len(bare) :]
            kind = measure if isinstance(measure, str) else measure[column - 1]
            cells.append(
                Cell(
                    node=NamedNode(f"https://example.org/{name}/r{row}c{column}"),
                    row=row,
                    column=column,
                    row_label=label.replace("_", " "),
                    column_label=labels[column - 1] if labels else f"group {column}",
                    printed=printed,
                    value=Decimal(bare),
                    measure=kind,
                    size=size[column - 1] if isinstance(size, tuple) else size,
                    stars=stars,
                    level=LEVELS[stars] if kind == "correlation" else None,
                    place=Origin(f"{name}.csv", row + 1, column + 1, f"r{row}c{column}"),
                    answers=answers,
                    group=groups[column - 1] if groups else "",
                )
            )
    return Table(
        node=NamedNode(f"https://example.org/{name}"),
        name=name,
        document="d",
        cells=tuple(cells),
        levels=LEVELS,
        blanks=frozenset(blanks),
        **parts,
    )
