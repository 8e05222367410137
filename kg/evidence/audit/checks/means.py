"""Means and standard deviations of whole-number answers: GRIM, and the largest spread that a mean allows."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import ceil, floor, sqrt
from typing import TYPE_CHECKING

from kg.evidence.audit.checks.rounding import NEAREST
from kg.evidence.audit.model import Certainty, Finding, Statistic
from kg.evidence.audit.tables import DEVIATION, MEAN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.evidence.audit.tables import Cell, Table


def audit_means(table: Table) -> Iterator[Finding]:
    """Yield the means that no sum of whole answers makes, and the deviations that no answers with the printed mean have.

    GRIM is by Brown and Heathers (2017), GRIMMER by Anaya (2016) in the form that Allard corrected: the sum of squares
    must be a whole number of the same parity as the sum. The greatest spread is that of answers at both ends of the
    scale.
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
    parts = (cell.size or 0) * table.items
    return range(ceil(low * parts), floor(high * parts) + 1)


def _grim(table: Table, cell: Cell) -> Finding:
    parts = (cell.size or 1) * table.items
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
    size = mean.size or 0
    if size < 2 or table.items != 1 or table.scale is None or deviation.value < 0:  # noqa: PLR2004 - one answer has no spread
        return
    least, greatest = table.scale
    value = float(mean.value)
    limit = sqrt(max((float(greatest) - value) * (value - float(least)), 0) * size / (size - 1))
    half = float(deviation.step) / 2
    slack = float(mean.step) * float(greatest - least)
    if float(deviation.value) - half > limit + slack:
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
    if not any(_squares(total, size, float(deviation.value), half) for total in sums):
        yield _finding(
            table,
            deviation,
            kind="infeasible-deviation",
            check="grimmer-test",
            name=f"No whole answers of {size} have a mean of {mean.printed} and a deviation of {deviation.printed}",
            expected=f"a deviation that whole answers of {size} respondents with this mean have",
            how="The sum of their squares would have to be a whole number, odd or even as their sum is; there is none.",
        )


def _squares(total: int, size: int, deviation: float, half: float) -> bool:
    """Return whether a whole sum of squares of the right parity goes with a sum and a rounded deviation, of sample or population."""
    base = total * total / size
    for divisor in (size - 1, size):
        low = max(deviation - half, 0) ** 2 * divisor + base
        high = (deviation + half) ** 2 * divisor + base
        slack = 1e-9 * max(high, 1)
        if any(squares % 2 == total % 2 for squares in range(ceil(low - slack), floor(high + slack) + 1)):
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
