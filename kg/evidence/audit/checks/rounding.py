"""Which whole numbers a printed share can come from, by which rule a table rounds, and how many answers it allows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING, Final

from kg.evidence.audit.tables import PERCENT, Answers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from kg.evidence.audit.tables import Cell, Table

HALF: Final = Fraction(1, 2)
SHARE: Final = Fraction(2, 3)
SHORTEST: Final = 3
FEWEST: Final = 3


@dataclass(frozen=True, slots=True)
class Rule:
    """A way of rounding: a printed value stands for true ones from ``below`` units of its last digit under it to ``above`` over it."""

    name: str
    below: Fraction
    above: Fraction

    def bounds(self, value: Decimal, step: Decimal) -> tuple[Fraction, Fraction]:
        """Return the least and greatest true value.

        Which of the two ends belong to it is left open, so that nothing is excluded wrongly.
        """
        exact, unit = Fraction(value), Fraction(step)
        return exact - self.below * unit, exact + self.above * unit


NEAREST: Final = Rule("to the nearest", HALF, HALF)
DOWN: Final = Rule("down (truncated)", Fraction(0), Fraction(1))
UP: Final = Rule("up", Fraction(1), Fraction(0))
RULES: Final = (NEAREST, DOWN, UP)


def feasible_counts(value: Decimal, step: Decimal, size: int, rule: Rule) -> range:
    """Return the whole numbers k, 0 ≤ k ≤ ``size``, for which 100·k/``size`` rounds to the printed percentage.

    After Brown and Heathers, The GRIM test (2017), for shares in place of means. A number that lies on the border
    between two printed values counts for both with the rule *nearest*; truncation and rounding up have one open border
    each.
    """
    low, high = (bound * size / 100 for bound in rule.bounds(value, step))
    first, last = ceil(low), floor(high)
    if rule is DOWN and last == high:
        last -= 1
    if rule is UP and first == low:
        first += 1
    return range(max(first, 0), min(last, size) + 1)


@dataclass(frozen=True, slots=True)
class Inference:
    """The rule that a table's shares follow, and what shows it."""

    rule: Rule
    words: str


def infer(cells: Sequence[Cell], lines: Sequence[Sequence[Cell]] = ()) -> Inference:
    """Find the rule by which most of the shares of a table come from whole numbers.

    Among equals, rounding to the nearest.

    ``lines`` are those in which every respondent counts once, so that their shares must be able to make the sample,
    too. Another rule than to the nearest is taken when it leaves nothing unexplained, or two things fewer. Whether
    halves go up or to the even digit shows only where a share falls on a half.
    """
    sized = [cell for cell in cells if cell.size]
    whole = [line for line in lines if len({cell.size for cell in line}) == 1 and line[0].size]
    misses = {rule.name: _misses(sized, whole, rule) for rule in RULES}
    rule = min(RULES, key=lambda rule: (misses[rule.name], rule is not NEAREST))
    if misses[rule.name] and misses[NEAREST.name] - misses[rule.name] < 2:  # noqa: PLR2004 - one odd cell says nothing of a table
        rule = NEAREST
    if rule is not NEAREST:
        better = misses[NEAREST.name] - misses[rule.name]
        return Inference(
            rule,
            f"shares are rounded {rule.name}, which explains {better} more of them, or of their sums, than to the nearest",
        )
    ups, evens, ties = _ties(sized)
    if not ties:
        return Inference(
            rule, "shares are rounded to the nearest; none falls on a half, so what happens to halves does not show"
        )
    if ups == ties and evens < ties:
        return Inference(rule, f"shares are rounded to the nearest, halves up ({ties} on a half)")
    if evens == ties and ups < ties:
        return Inference(rule, f"shares are rounded to the nearest, halves to the even digit ({ties} on a half)")
    return Inference(
        rule,
        f"shares are rounded to the nearest; {ties} may fall on a half, which does not tell halves up from halves to even",
    )


def _misses(cells: Sequence[Cell], lines: Sequence[Sequence[Cell]], rule: Rule) -> int:
    missed = sum(not _counts(cell, rule) for cell in cells)
    for line in lines:
        least, most = total_bounds(line, line[0].size or 0, rule)
        missed += not least <= (line[0].size or 0) <= most
    return missed


def _counts(cell: Cell, rule: Rule) -> range:
    return feasible_counts(cell.value, cell.step, cell.size or 0, rule)


def _ties(cells: Sequence[Cell]) -> tuple[int, int, int]:
    """Count the shares that only a half explains: how many are the half rounded up, how many the even neighbour, and how many in all."""
    ups = evens = ties = 0
    for cell in cells:
        counts = _counts(cell, NEAREST)
        if len(counts) != 1:
            continue
        distance = (Fraction(cell.value) - Fraction(100 * counts[0], cell.size or 1)) / Fraction(cell.step)
        if abs(distance) == HALF:
            ties += 1
            ups += distance > 0
            evens += int(cell.value / cell.step) % 2 == 0
    return ups, evens, ties


def total_bounds(cells: Sequence[Cell], size: int, rule: Rule) -> tuple[int, int]:
    """Return the least and greatest number of answers that the shares of a line can stand for.

    A share that no whole number gives counts with its two neighbours, so that one wrong cell is not reported twice.
    """
    least = most = 0
    for cell in cells:
        counts = _counts(cell, rule)
        exact = Fraction(cell.value) * size / 100
        least += counts[0] if counts else floor(exact)
        most += counts[-1] if counts else ceil(exact)
    return least, most


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
