"""Marks of significance against the p that follows from coefficient and sample."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from kg.evidence.audit.model import CORRELATION, Certainty, Finding, Note, Statistic, listed
from kg.evidence.statistics import p_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kg.evidence.audit.model import Cell, Table

FEWEST: Final = 4
MOST: Final = 100_000


@dataclass(frozen=True, slots=True)
class Sizes:
    """The sample sizes for which a coefficient bears its printed mark: ``low`` to ``high``, both included; none when low > high."""

    low: int
    high: int

    def __and__(self, other: Sizes) -> Sizes:
        return Sizes(max(self.low, other.low), min(self.high, other.high))

    def __bool__(self) -> bool:
        return self.low <= self.high


@dataclass(frozen=True, slots=True)
class _Marked:
    cell: Cell
    p: tuple[float, float]
    """Least and greatest two-sided p over the values that round to the printed coefficient."""
    sizes: Sizes


def audit_stars(table: Table) -> Iterator[Finding | Note]:
    """Gives the coefficients that no correlation can have and the marks that they do not earn; one note says for which samples all hold."""
    cells = [cell for cell in table.cells if cell.measure == CORRELATION]
    for cell in cells:
        if abs(cell.value) > 1:
            yield _no_correlation(table, cell)
    cells = [cell for cell in cells if abs(cell.value) <= 1 and cell.level is not None]
    levels = sorted({level for level in table.levels.values() if level < 1})
    if not (cells and levels and any(cell.stars for cell in cells)):
        return
    marked = [_Marked(cell, _p_range(cell, table.tails), _sizes(cell, levels, table.tails)) for cell in cells]
    wrong = [one for one in marked if one.cell.size and not one.sizes.low <= one.cell.size <= one.sizes.high]
    shared = _shared(marked)
    for one in wrong:
        yield _mark_finding(table, one, marked, levels, shared)
    if shared is not None:
        yield from _range(table, marked, wrong, shared)
    if not any(cell.size for cell in cells):
        yield from _order(table, cells)


def _no_correlation(table: Table, cell: Cell) -> Finding:
    return Finding(
        kind="out-of-range",
        check="range-check",
        certainty=Certainty.CERTAIN,
        document=table.document,
        slug=f"{table.slug}/r{cell.row}c{cell.column}",
        name=f"{cell.printed} is no coefficient of correlation",
        printed=cell.printed,
        expected="a coefficient from -1 to 1",
        how="A coefficient of correlation lies between -1 and 1.",
        reason="a coefficient outside cannot be",
        subjects=(cell.node,),
        place=cell.place,
        section=table.section,
        where=f"{table.name}, {cell.where}",
        stated_at=(cell.stated_at,) if cell.stated_at else (),
        doubted=(cell.node,),
    )


def _reach(cell: Cell) -> tuple[float, float]:
    """Gives the least and greatest size of coefficient that rounds to the printed one."""
    half = float(cell.step) / 2
    size = abs(float(cell.value))
    return max(size - half, 0.0), min(size + half, 1.0)


def _p(coefficient: float, size: int, tails: int) -> float:
    return p_value(coefficient, size) * (1.0 if tails == 2 else 0.5)  # noqa: PLR2004 - both sides


def _p_range(cell: Cell, tails: int) -> tuple[float, float]:
    if not cell.size or cell.size < FEWEST:
        return 0.0, 1.0
    low, high = _reach(cell)
    return _p(high, cell.size, tails), _p(low, cell.size, tails)


def _least_size(coefficient: float, level: float, tails: int) -> int:
    """Gives the smallest sample in which a coefficient reaches a level; ``MOST`` when no sample of that size does."""
    if coefficient == 0 or _p(coefficient, MOST, tails) > level:
        return MOST
    low, high = FEWEST, MOST
    while low < high:
        middle = (low + high) // 2
        if _p(coefficient, middle, tails) <= level:
            high = middle
        else:
            low = middle + 1
    return low


def _sizes(cell: Cell, levels: Sequence[float], tails: int) -> Sizes:
    """Gives the samples in which a coefficient earns its mark and no stricter one; what rounding leaves open is allowed."""
    level = cell.level if cell.level is not None else 1.0
    low, high = _reach(cell)
    stricter = max((other for other in levels if other < level), default=None)
    least = FEWEST if level >= 1 else _least_size(high, level, tails)
    most = MOST if stricter is None else _least_size(low, stricter, tails)
    return Sizes(least, MOST if most >= MOST else most - 1 if low else MOST)


def _shared(marked: Sequence[_Marked]) -> tuple[Sizes, list[_Marked]] | None:
    """Gives the samples for which all marks hold, or all but the fewest, with those; nothing when the cells have several samples."""
    if len({one.cell.size for one in marked}) != 1:
        return None
    together = Sizes(FEWEST, MOST)
    for one in marked:
        together &= one.sizes
    if together:
        return together, []
    best: tuple[int, Sizes, list[_Marked]] | None = None
    edges = sorted({one.sizes.low for one in marked} | {one.sizes.high for one in marked})
    for edge in edges:
        out = [one for one in marked if not one.sizes.low <= edge <= one.sizes.high]
        if best is None or len(out) < best[0]:
            held = Sizes(FEWEST, MOST)
            for one in marked:
                if one not in out:
                    held &= one.sizes
            best = (len(out), held, out)
    return (best[1], best[2]) if best else None


def _words(sizes: Sizes) -> str:
    if sizes.high >= MOST:
        return f"{sizes.low} or more"
    return f"{sizes.low} to {sizes.high}" if sizes.low != sizes.high else f"{sizes.low}"


def _mark(level: float, levels: Mapping[str, float]) -> str:
    mark = next((stars for stars, value in levels.items() if value == level and stars), "")
    return f"'{mark}' ({level:.0%})" if mark else "no mark"


def _mark_finding(
    table: Table, one: _Marked, marked: Sequence[_Marked], levels: Sequence[float], shared: tuple[Sizes, list[_Marked]] | None
) -> Finding:
    cell, size = one.cell, one.cell.size or 0
    low, _ = one.p
    earned = min((level for level in levels if low <= level), default=1.0)
    over = size < one.sizes.low
    if over:
        earned = min((level for level in levels if low <= level), default=1.0)
    others = (
        [
            other.cell
            for other in marked
            if other.cell is not cell
            and other.cell.size == size
            and (other.cell.level or 1) > (cell.level or 1)
            and abs(other.cell.value) > abs(cell.value)
        ]
        if over
        else []
    )
    sided, opposite = ("two-sided", "one-sided") if table.tails == 2 else ("one-sided", "two-sided")  # noqa: PLR2004 - both sides
    exact = _p(abs(float(cell.value)), size, table.tails)
    other_side = exact / 2 if table.tails == 2 else exact * 2  # noqa: PLR2004
    needed = f"{_words(one.sizes)} pairs" if one.sizes and one.sizes.low < MOST else "no number of pairs"
    how = f"For r = {cell.value} and n = {size} the {sided} p is {exact:.4f} ({opposite} {other_side:.4f}); "
    how += f"the printed mark holds for {needed}."
    if others:
        first = max(others, key=lambda other: abs(other.value))
        how += f" Of the larger coefficients of the table {len(others)} bear{'s' * (len(others) == 1)} a weaker mark or none, "
        how += f"{first.printed} among them."
    if over:
        sure = Certainty.CERTAIN if others else Certainty.PROBABLE
        reason = (
            "no test that grows with the coefficient marks this one and not the larger ones" if others else "the test is not stated in full"
        )
    else:
        fits = shared is not None and bool(shared[0]) and shared[0].high < size and one not in shared[1]
        sure = Certainty.POSSIBLE if one.sizes.high >= size // 2 else Certainty.PROBABLE
        reason = "with answers missing the mark may hold for fewer pairs" + (
            " as all marks of the table but the doubtful do" if fits else ""
        )
    statistic = Statistic(
        slug=f"critical-size/{table.slug}/r{cell.row}c{cell.column}",
        method="feasible-sample-size",
        name=f"{'least' if over else 'greatest'} sample for which the mark of {cell.printed} holds",
        value=Decimal(one.sizes.low if over else one.sizes.high),
        inputs=(cell.node,),
    )
    return Finding(
        kind="significance-mismatch",
        check="t-test-of-correlation",
        certainty=sure,
        document=table.document,
        slug=f"stars/{table.slug}/r{cell.row}c{cell.column}",
        name=f"{cell.printed} {'does not earn its mark' if over else 'earns a stronger mark than printed'}",
        printed=f"{cell.printed}, that is {_mark(cell.level or 1, table.levels)}",
        expected=_mark(earned, table.levels),
        how=how,
        reason=reason,
        subjects=(cell.node,),
        place=cell.place,
        section=table.section,
        where=f"{table.name}, {cell.where}",
        stated_at=(cell.stated_at,) if cell.stated_at else (),
        statistics=(statistic,),
        doubted=(cell.node,) if over else (),
    )


def _range(
    table: Table, marked: Sequence[_Marked], wrong: Sequence[_Marked], shared: tuple[Sizes, list[_Marked]]
) -> Iterator[Finding | Note]:
    sizes, out = shared
    size = marked[0].cell.size
    bounds = tuple(
        Statistic(
            slug=f"sample-sizes/{table.slug}/{name}",
            method="feasible-sample-size",
            name=f"{name} sample for which the marks of '{table.name}' hold",
            value=Decimal(value),
            inputs=(table.node,),
        )
        for name, value in (("least", sizes.low), ("greatest", sizes.high))
        if sizes and value < MOST
    )
    text = f"{table.name}: all printed marks hold for {_words(sizes)} pairs"
    if out:
        text = (
            f"{table.name}: no one sample size makes all printed marks hold; all but {listed([one.cell.printed for one in out])} "
            f"hold for {_words(sizes)} pairs"
        )
    if not (size and sizes and not sizes.low <= size <= sizes.high and len(wrong) > 2 and len(out) * 4 < len(wrong) + len(out)):  # noqa: PLR2004
        yield Note(table.document, f"{text}.", bounds)
        return
    yield Finding(
        kind="sample-size-mismatch",
        check="feasible-sample-size",
        certainty=Certainty.PROBABLE,
        document=table.document,
        slug=f"marks/{table.slug}",
        name=f"The marks of the table fit {_words(sizes)} pairs, not {size}",
        printed=f"N = {size}",
        expected=f"N from {_words(sizes)}",
        how=f"{text}; at {size}, {len(wrong)} of {len(marked)} marks do not.",
        reason="missing answers or a test with fewer degrees of freedom would explain it; the source mentions neither",
        subjects=(table.node,),
        place=table.place,
        section=table.section,
        where=table.name,
        stated_at=(),
        statistics=bounds,
    )


def _order(table: Table, cells: Sequence[Cell]) -> Iterator[Finding]:
    """Compares marks where the sample is unknown: of two coefficients of one table the larger cannot bear the weaker mark."""
    for cell in cells:
        larger = [other for other in cells if abs(other.value) > abs(cell.value) and (other.level or 1) > (cell.level or 1)]
        if len(larger) > 1 or (larger and len(cells) <= 4):  # noqa: PLR2004 - one odd mark is that one's fault
            best = max(larger, key=lambda other: abs(other.value))
            yield Finding(
                kind="significance-mismatch",
                check="order-of-marks",
                certainty=Certainty.PROBABLE,
                document=table.document,
                slug=f"order/{table.slug}/r{cell.row}c{cell.column}",
                name=f"{cell.printed} bears a stronger mark than {best.printed}",
                printed=cell.printed,
                expected="a mark no stronger than that of larger coefficients",
                how=f"{len(larger)} larger coefficients bear a weaker mark or none.",
                reason="samples that differ from cell to cell would explain it",
                subjects=(cell.node,),
                place=cell.place,
                section=table.section,
                where=f"{table.name}, {cell.where}",
                stated_at=(cell.stated_at,) if cell.stated_at else (),
                doubted=(cell.node,),
            )
