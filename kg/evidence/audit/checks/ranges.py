"""Numbers outside the range that what they measure allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.evidence.audit.model import Certainty, Finding
from kg.evidence.audit.tables import CORRELATION, COUNT, DEVIATION, MEAN, PERCENT, Answers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kg.evidence.audit.tables import Cell, Table

    Words = tuple[str, str, str, str]
    """What a number is not, what was expected, how that is known, and why it is sure."""


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
