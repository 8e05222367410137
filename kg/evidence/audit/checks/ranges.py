"""Numbers outside what their measure, their scale or their mean allows."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor, sqrt
from typing import TYPE_CHECKING, Final, TypeAlias

from kg.core.terms import expand, term
from kg.evidence.audit.checks.rounding import NEAREST
from kg.evidence.audit.model import Certainty, Finding, Statistic, listed
from kg.evidence.audit.tables import CORRELATION, COUNT, DEVIATION, MEAN, PERCENT, Answers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from kg.evidence.audit.facts import Facts
    from kg.evidence.audit.tables import Cell, Table

Words: TypeAlias = tuple[str, str, str, str]
"""What a number is not, what was expected, how that is known, and why it is certain."""


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


def audit_scales(facts: Facts, tables: Sequence[Table]) -> Iterator[Finding]:
    """Yield the lines of a table whose answers are on another scale than those of the others, and cannot be compared with them."""
    for table in tables:
        scales = {
            label: frozenset(
                scheme.value
                for cell in cells
                for option in facts.nodes(cell.node, term("responseOption"))
                for scheme in facts.nodes(option, expand("skos:inScheme"))
            )
            for label, cells in table.lines()
        }
        usual = Counter(scales.values()).most_common(1)
        if not usual or usual[0][1] < 2 or not usual[0][0]:  # noqa: PLR2004 - no scale is the table's
            continue
        for label, cells in table.lines():
            if scales[label] and scales[label] != usual[0][0] and not scales[label] & usual[0][0]:
                printed = listed([cell.printed for cell in cells])
                yield Finding(
                    kind="scale-mismatch",
                    check="comparison-of-scales",
                    certainty=Certainty.CERTAIN,
                    target=table.target(*cells, where=f"'{label}'"),
                    slug=f"scale/{table.slug}/{table.line_slug(cells)}",
                    name=f"'{label}' is answered on another scale than the rest of the table",
                    printed=printed,
                    expected="answers on the scale of the table",
                    how=f"The other {usual[0][1]} lines have the answers that the rows name; this one has words of its own.",
                    reason="the words are printed in the cells",
                )
