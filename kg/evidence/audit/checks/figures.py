"""Single figures: the range of their measure, means, and the whole numbers that a rounded figure can come from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor, sqrt
from typing import TYPE_CHECKING, Final, TypeAlias

from kg.evidence.audit.model import Certainty, Finding, Statistic
from kg.evidence.audit.tables import CORRELATION, COUNT, DEVIATION, MEAN, PERCENT, Answers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from kg.evidence.audit.tables import Cell, Table

HALF: Final = Fraction(1, 2)
SHARE: Final = Fraction(2, 3)
SHORTEST: Final = 3
FEWEST: Final = 3
Words: TypeAlias = tuple[str, str, str, str]
"""What a number is not, what was expected, how that is known, and why it is certain."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A way of rounding.

    A printed value stands for true values from ``below`` units of its last digit under it to ``above`` units over it.
    """

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
            f"shares are rounded {rule.name}, which explains {better} more of them, or of their sums, than to the "
            "nearest",
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
        f"shares are rounded to the nearest; {ties} may fall on a half, which does not tell halves up from halves to "
        "even",
    )


def _misses(cells: Sequence[Cell], lines: Sequence[Sequence[Cell]], rule: Rule) -> int:
    missed = sum(not _counts(cell, rule) for cell in cells)
    for line in lines:
        least, most = total_bounds(line, line[0].sample, rule)
        missed += not least <= line[0].sample <= most
    return missed


def _counts(cell: Cell, rule: Rule) -> range:
    return feasible_counts(cell.value, cell.step, cell.sample, rule)


def _ties(cells: Sequence[Cell]) -> tuple[int, int, int]:
    """Count the shares that only a half explains.

    Return how many are the half rounded up, how many the even neighbour, and how many there are in all.
    """
    ups = evens = ties = 0
    for cell in cells:
        counts = _counts(cell, NEAREST)
        if len(counts) != 1:
            continue
        distance = (Fraction(cell.value) - Fraction(100 * counts[0], cell.sample)) / Fraction(cell.step)
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
    """Return a table as one of single answers if two thirds of its lines add up.

    This applies to a table whose description does not say how answers add up. Three lines of three shares are the least
    that shows it; several answers make a hundred in so many of them by chance only.
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


def audit_ranges(table: Table) -> Iterator[Finding]:
    """Yield the shares, counts, coefficients, means and deviations that no answers can make, whatever they were."""
    for cell in table.cells:
        words = _RANGES[cell.measure](table, cell) if cell.measure in _RANGES else None
        if words is not None:
            name, expected, how, reason = words
            yield Finding(
                kind="out-of-range",
                check="range-check",
                certainty=Certainty.CERTAIN,
                target=table.target(cell),
                slug=table.number(cell),
                name=f"{cell.printed} {name}",
                printed=cell.printed,
                expected=expected,
                how=how,
                reason=reason,
                doubted=(cell.node,),
            )


def _share(table: Table, cell: Cell) -> Words | None:
    adds_up_several = table.is_total(cell) and cell.answers in {Answers.SEVERAL, Answers.UNKNOWN}
    if cell.value >= 0 and (cell.value <= 100 or adds_up_several):  # noqa: PLR2004 - per cent
        return None
    how = "A percentage of respondents lies between 0 and 100."
    return "is no share", "a share from 0 to 100 per cent", how, "a share outside cannot be"


def _count(_: Table, cell: Cell) -> Words | None:
    if cell.value >= 0 and cell.value == cell.value.to_integral_value() and (not cell.size or cell.value <= cell.size):
        return None
    expected = f"a whole number from 0 to {cell.size}" if cell.size else "a whole number of at least 0"
    how = "A count of respondents is a whole number within the sample."
    return "is no count of this sample", expected, how, "a count outside cannot be"


def _coefficient(_: Table, cell: Cell) -> Words | None:
    if abs(cell.value) <= 1:
        return None
    how = "A coefficient of correlation lies between -1 and 1."
    return "is no coefficient of correlation", "a coefficient from -1 to 1", how, "a coefficient outside cannot be"


def _mean(table: Table, cell: Cell) -> Words | None:
    if not table.scale or table.scale[0] <= cell.value <= table.scale[1]:
        return None
    expected = f"a mean from {table.scale[0]} to {table.scale[1]}"
    how = "A mean lies within the scale of its answers."
    return "lies outside the scale", expected, how, "answers are whole numbers of the printed scale"


def _deviation(_: Table, cell: Cell) -> Words | None:
    if cell.value >= 0:
        return None
    return (
        "is no standard deviation",
        "a deviation of at least 0",
        "A standard deviation is a root.",
        "a deviation below cannot be",
    )


_RANGES: Final[dict[str, Callable[[Table, Cell], Words | None]]] = {
    PERCENT: _share,
    COUNT: _count,
    CORRELATION: _coefficient,
    MEAN: _mean,
    DEVIATION: _deviation,
}


def audit_means(table: Table) -> Iterator[Finding]:
    """Yield the means that no sum of whole answers makes, and the deviations that do not go with the mean.

    No answers with the printed mean have such a deviation. GRIM is by Brown and Heathers (2017), GRIMMER by
    Anaya (2016) in the form that Allard corrected: the sum of squares must be a whole number of the same parity as the
    sum. The greatest spread is that of answers at both ends of the scale.
    """
    deviations = {(cell.row, cell.group): cell for cell in table.cells if cell.measure == DEVIATION}
    for cell in (cell for cell in table.cells if cell.measure == MEAN):
        if not (cell.size and table.scale and table.scale[0] <= cell.value <= table.scale[1]):
            continue
        sums = _sums(cell, table)
        if not sums:
            yield _grim(table, cell)
        elif (deviation := deviations.get((cell.row, cell.group))) is not None:
            yield from _spread(table, cell, deviation, sums)


def _sums(cell: Cell, table: Table) -> range:
    low, high = NEAREST.bounds(cell.value, cell.step)
    parts = cell.sample * table.items
    return range(ceil(low * parts), floor(high * parts) + 1)


def _grim(table: Table, cell: Cell) -> Finding:
    parts = cell.sample * table.items
    below = floor(Fraction(cell.value) * parts)
    digits = -int(cell.step.as_tuple().exponent)
    near = " and ".join(f"{total}/{parts} = {total / parts:.{digits + 2}f}" for total in (below, below + 1))
    return _finding(
        table,
        cell,
        kind="infeasible-mean",
        check="grim-test",
        name=f"No whole answers of {cell.size} make a mean of {cell.printed}",
        expected=f"a mean that whole answers of {cell.size} respondents make",
        how=f"{near}; neither rounds to {cell.printed}.",
        statistics=(
            Statistic(
                slug=f"grim/{table.spot(cell)}",
                method="grim-test",
                name=f"nearest possible mean of {parts} whole answers",
                value=Decimal(round(Fraction(cell.value) * parts)) / parts,
                inputs=(cell.node,),
            ),
        ),
    )


def _spread(table: Table, mean: Cell, deviation: Cell, sums: range) -> Iterator[Finding]:
    size = mean.sample
    if size < 2 or table.items != 1 or table.scale is None or deviation.value < 0:  # noqa: PLR2004 - one answer has no spread
        return
    least, greatest = table.scale
    value = float(mean.value)
    limit = sqrt(max((float(greatest) - value) * (value - float(least)), 0) * size / (size - 1))
    half = deviation.step / 2
    slack = float(mean.step) * float(greatest - least)
    if float(deviation.value - half) > limit + slack:
        yield _finding(
            table,
            deviation,
            kind="infeasible-deviation",
            check="grimmer-test",
            name=f"A deviation of {deviation.printed} is too large for a mean of {mean.printed}",
            expected=f"at most {limit:.2f}",
            how=f"Answers from {least} to {greatest} with this mean spread most when all stand at the two ends.",
            statistics=(
                Statistic(
                    slug=f"spread/{table.spot(deviation)}",
                    method="grimmer-test",
                    name="largest possible standard deviation",
                    value=Decimal(f"{limit:.4f}"),
                    inputs=(mean.node, deviation.node),
                ),
            ),
        )
        return
    if not any(_squares(total, size, Fraction(deviation.value), Fraction(half)) for total in sums):
        yield _finding(
            table,
            deviation,
            kind="infeasible-deviation",
            check="grimmer-test",
            name=f"No whole answers of {size} have a mean of {mean.printed} and a deviation of {deviation.printed}",
            expected=f"a deviation that whole answers of {size} respondents with this mean have",
            how="The sum of their squares would have to be a whole number, odd or even as their sum is; there is none.",
        )


def _squares(total: int, size: int, deviation: Fraction, half: Fraction) -> bool:
    """Return whether a whole sum of squares of the right parity agrees with a sum and a rounded deviation.

    The deviation may be that of the sample or of the population.
    """
    base = Fraction(total * total, size)
    for divisor in (size - 1, size):
        low = max(deviation - half, Fraction(0)) ** 2 * divisor + base
        high = (deviation + half) ** 2 * divisor + base
        if any(squares % 2 == total % 2 for squares in range(ceil(low), floor(high) + 1)):
            return True
    return False


def _finding(  # noqa: PLR0913 - the parts of a finding that differ
    table: Table,
    cell: Cell,
    *,
    kind: str,
    check: str,
    name: str,
    expected: str,
    how: str,
    statistics: tuple[Statistic, ...] = (),
) -> Finding:
    return Finding(
        kind=kind,
        check=check,
        certainty=Certainty.CERTAIN,
        target=table.target(cell),
        slug=table.spot(cell),
        name=name,
        printed=cell.printed,
        expected=expected,
        how=how,
        reason="answers are whole numbers of the printed scale",
        statistics=statistics,
        doubted=(cell.node,),
    )
