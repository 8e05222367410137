"""For which samples a printed coefficient of correlation bears its mark of significance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg.evidence.statistics import p_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.evidence.audit.tables import Cell

FEWEST: Final = 3
"""The smallest sample whose coefficients have a p: two pairs always lie on a line."""
MOST: Final = 1_000_000_000
"""The sample from which on sizes are not told apart."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """The sample sizes for which a coefficient bears its printed mark: ``low`` to ``high``, both included.

    None when low > high.
    """

    low: int
    high: int

    def __and__(self, other: Sizes) -> Sizes:
        return Sizes(max(self.low, other.low), min(self.high, other.high))

    def __bool__(self) -> bool:
        return self.low <= self.high

    def __contains__(self, size: int) -> bool:
        return self.low <= size and (size <= self.high or self.high >= MOST)

    def __str__(self) -> str:
        if self.high >= MOST:
            return f"{self.low} or more"
        return f"{self.low} to {self.high}" if self.low != self.high else f"{self.low}"


@dataclass(frozen=True, slots=True)
class Marked:
    """A coefficient with its mark: the least p over the values that round to it, and the samples for which it bears the mark."""

    cell: Cell
    least_p: float
    sizes: Sizes


@dataclass(frozen=True, slots=True)
class Shared:
    """The samples for which all marks of a table hold, but for those ``out``."""

    sizes: Sizes
    out: Sequence[Marked]


def marked(cell: Cell, levels: Sequence[float], tails: int) -> Marked:
    """Work out for which samples a coefficient earns its mark and no stricter one.

    What rounding leaves open is allowed.
    """
    level = cell.level if cell.level is not None else 1.0
    low, high = _reach(cell)
    stricter = max((other for other in levels if other < level), default=None)
    least = FEWEST if level >= 1 else _least_size(high, level, tails)
    most = MOST if stricter is None else _least_size(low, stricter, tails)
    sizes = Sizes(least, MOST if most >= MOST else most - 1 if low else MOST)
    return Marked(cell, p_of(high, cell.size, tails) if cell.size else 0.0, sizes)


def shared(several: Sequence[Marked]) -> Shared | None:
    """Return the samples for which all marks hold, or all but the fewest.

    Nothing when the cells have several samples.
    """
    if len({one.cell.size for one in several}) != 1:
        return None
    best: Shared | None = None
    edges = sorted({one.sizes.low for one in several} | {one.sizes.high for one in several})
    for edge in edges:
        out = [one for one in several if edge not in one.sizes]
        if best is None or len(out) < len(best.out):
            held = Sizes(FEWEST, MOST)
            for one in several:
                if one not in out:
                    held &= one.sizes
            best = Shared(held, out)
    return best


def p_of(coefficient: float, size: int, tails: int) -> float:
    """Return the p of a coefficient with a sample, of a test with one or two sides."""
    return p_value(coefficient, size) * (1.0 if tails == 2 else 0.5)  # noqa: PLR2004 - both sides


def _reach(cell: Cell) -> tuple[float, float]:
    """Return the least and greatest size of coefficient that rounds to the printed one."""
    half = float(cell.step) / 2
    size = abs(float(cell.value))
    return max(size - half, 0.0), min(size + half, 1.0)


def _least_size(coefficient: float, level: float, tails: int) -> int:
    """Return the smallest sample in which a coefficient reaches a level; ``MOST`` when no sample of that size does."""
    if coefficient == 0 or p_of(coefficient, MOST, tails) > level:
        return MOST
    low, high = FEWEST, MOST
    while low < high:
        middle = (low + high) // 2
        if p_of(coefficient, middle, tails) <= level:
            high = middle
        else:
            low = middle + 1
    return low
