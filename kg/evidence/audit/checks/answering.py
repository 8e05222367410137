"""How many answers a respondent could give, where a table does not say: what its own sums show."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from kg.evidence.audit.tables import PERCENT, Answers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.evidence.audit.tables import Cell, Table

SHARE: Final = Fraction(2, 3)
SHORTEST: Final = 3
FEWEST: Final = 3


def with_answers(table: Table) -> Table:
    """Return a table whose description does not say how answers add up as one of single answers, when two thirds of its lines add up.

    Three lines of three shares are the least that shows it; several answers make a hundred in so many of them by chance
    only.
    """
    lines = [
        [cell for cell in cells if cell.measure == PERCENT and not table.is_total(cell)] for _, cells in table.lines()
    ]
    lines = [line for line in lines if line]
    if any(cell.answers is not Answers.UNKNOWN for line in lines for cell in line):
        return table
    whole = [line for line in lines if _hundred(line)]
    if len(lines) < FEWEST or len(whole) < len(lines) * SHARE or any(len(line) < SHORTEST for line in lines):
        return table
    cells = tuple(replace(cell, answers=Answers.ONE) if cell.measure == PERCENT else cell for cell in table.cells)
    return replace(table, cells=cells, answers_stated=False)


def _hundred(line: Sequence[Cell]) -> bool:
    total = sum((Fraction(cell.value) for cell in line), Fraction(0))
    return abs(total - 100) <= len(line) * Fraction(line[0].step) / 2
