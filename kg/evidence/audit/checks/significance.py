"""Marks of significance: against p, against the sample, and after a correction for many tests."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from kg.evidence.audit.model import Certainty, Finding, Note, Statistic, listed
from kg.evidence.audit.tables import CORRELATION
from kg.evidence.statistics import PLACES, benjamini_hochberg, bonferroni, p_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pyoxigraph import NamedNode

    from kg.evidence.audit.tables import Cell, Table

FEWEST: Final = 3
"""The smallest sample whose coefficients have a p: two pairs always lie on a line."""
MOST: Final = 1_000_000_000
"""The sample size from which larger ones are treated alike."""
LEVEL: Final = 0.05


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
    """A coefficient with its mark.

    It has the least p over the values that round to it, and the sample sizes for which it bears the mark.
    """

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
    level = cell.alpha
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


def audit_stars(table: Table) -> Iterator[Finding | Note]:
    """Yield the marks that coefficients do not earn; one note says for which samples all hold.

    Nothing is said of a sample too small for a test, nor of the coefficient of a thing with itself.
    """
    cells = [
        cell for cell in table.cells if cell.measure == CORRELATION and abs(cell.value) <= 1 and cell.level is not None
    ]
    cells = [cell for cell in cells if not cell.is_with_itself and (not cell.size or cell.size >= FEWEST)]
    levels = sorted({level for level in table.levels.values() if level < 1})
    if not (levels and any(cell.stars for cell in cells)):
        return
    several = [marked(cell, levels, table.tails) for cell in cells]
    wrong = [one for one in several if one.cell.size and one.cell.size not in one.sizes]
    together = shared(several)
    for one in wrong:
        if one.cell.sample < one.sizes.low:
            yield _too_strong(table, one, several, levels)
        else:
            yield _too_weak(table, one, levels, together)
    if together is not None:
        yield from _range(table, several, wrong, together)
    if not any(cell.size for cell in cells):
        yield from _order(table, cells)


def _too_strong(table: Table, one: Marked, several: Sequence[Marked], levels: Sequence[float]) -> Finding:
    cell = one.cell
    others = [
        other.cell
        for other in several
        if other.cell is not cell
        and other.cell.size == cell.size
        and other.cell.alpha > cell.alpha
        and abs(other.cell.value) > abs(cell.value)
    ]
    how = _how(table, one)
    if others:
        first = max(others, key=lambda other: abs(other.value))
        how += f" Of the larger coefficients of the table {len(others)} "
        how += f"bear{'s' * (len(others) == 1)} a weaker mark or none, "
        how += f"{first.printed} among them."
    return Finding(
        kind="significance-mismatch",
        check="t-test-of-correlation",
        certainty=Certainty.CERTAIN if others else Certainty.PROBABLE,
        target=table.target(cell),
        slug=f"stars/{table.spot(cell)}",
        name=f"{cell.printed} does not earn its mark",
        printed=f"{cell.printed}, that is {_mark(cell.alpha, table.levels)}",
        expected=_earned(table, one, levels),
        how=how,
        reason="no test that grows with the coefficient marks this one and not the larger ones"
        if others
        else "the test is not stated in full",
        statistics=(_critical_size(table, cell, "least", one.sizes.low),),
        doubted=(cell.node,),
    )


def _too_weak(table: Table, one: Marked, levels: Sequence[float], together: Shared | None) -> Finding:
    cell, size = one.cell, one.cell.sample
    fits = together is not None and together.sizes.high < size and one not in together.out
    reason = "with answers missing the mark may hold for fewer pairs"
    return Finding(
        kind="significance-mismatch",
        check="t-test-of-correlation",
        certainty=Certainty.POSSIBLE if one.sizes.high >= size // 2 else Certainty.PROBABLE,
        target=table.target(cell),
        slug=f"stars/{table.spot(cell)}",
        name=f"{cell.printed} earns a stronger mark than printed",
        printed=f"{cell.printed}, that is {_mark(cell.alpha, table.levels)}",
        expected=_earned(table, one, levels),
        how=_how(table, one),
        reason=f"{reason} as all marks of the table but the doubtful do" if fits else reason,
        statistics=(_critical_size(table, cell, "greatest", one.sizes.high),),
    )


def _mark(level: float, levels: Mapping[str, float]) -> str:
    mark = next((stars for stars, value in levels.items() if value == level and stars), "")
    return f"'{mark}' ({level:.0%})" if mark else "no mark"


def _earned(table: Table, one: Marked, levels: Sequence[float]) -> str:
    return _mark(min((level for level in levels if one.least_p <= level), default=1.0), table.levels)


def _how(table: Table, one: Marked) -> str:
    """Return the p of a coefficient by a test with one side and two, and the samples for which its mark holds."""
    size = one.cell.sample
    exact = p_of(abs(float(one.cell.value)), size, table.tails)
    sided, opposite, other = (
        ("two-sided", "one-sided", exact / 2) if table.tails == 2 else ("one-sided", "two-sided", exact * 2)  # noqa: PLR2004
    )
    needed = f"{one.sizes} pairs" if one.sizes and one.sizes.low < MOST else "no number of pairs"
    how = f"For r = {one.cell.value} and n = {size} the {sided} p is {exact:.4f} ({opposite} {other:.4f}); "
    return how + f"the printed mark holds for {needed}."


def _critical_size(table: Table, cell: Cell, which: str, size: int) -> Statistic:
    return Statistic(
        slug=f"critical-size/{table.spot(cell)}",
        method="feasible-sample-size",
        name=f"{which} sample for which the mark of {cell.printed} holds",
        value=Decimal(size),
        inputs=(cell.node,),
    )


def _range(
    table: Table, several: Sequence[Marked], wrong: Sequence[Marked], together: Shared
) -> Iterator[Finding | Note]:
    """Say for which samples the marks of a table hold.

    A finding when that is another one for most of those that are wrong.
    """
    sizes, out, size = together.sizes, together.out, several[0].cell.size
    bounds = tuple(
        Statistic(
            slug=f"sample-sizes/{table.slug}/{name}",
            method="feasible-sample-size",
            name=f"{name} sample for which the marks of '{table.name}' hold",
            value=Decimal(value),
            inputs=(table.node,),
        )
        for name, value in (("least", sizes.low), ("greatest", sizes.high))
        if value < MOST
    )
    text = f"{table.name}: all printed marks hold for {sizes} pairs"
    if out:
        text = (
            f"{table.name}: no one sample size makes all printed marks hold; all but "
            f"{listed([one.cell.printed for one in out])} "
            f"hold for {sizes} pairs"
        )
    if not (size and size not in sizes and len(wrong) > 2 and len(out) * 4 < len(wrong) + len(out)):  # noqa: PLR2004
        yield Note(table.document, f"{text}.", bounds)
        return
    yield Finding(
        kind="sample-size-mismatch",
        check="feasible-sample-size",
        certainty=Certainty.PROBABLE,
        target=table.target(),
        slug=f"marks/{table.slug}",
        name=f"The marks of the table fit {sizes} pairs, not {size}",
        printed=f"N = {size}",
        expected=f"N from {sizes}",
        how=f"{text}; at {size}, {len(wrong)} of {len(several)} marks do not.",
        reason="missing answers or a test with fewer degrees of freedom would explain it; the source mentions neither",
        statistics=bounds,
    )


def _order(table: Table, cells: Sequence[Cell]) -> Iterator[Finding]:
    """Compare marks where the sample is unknown.

    Of two coefficients of one table the larger cannot bear the weaker mark.
    """
    for cell in cells:
        larger = [other for other in cells if abs(other.value) > abs(cell.value) and other.alpha > cell.alpha]
        if len(larger) > 1 or (larger and len(cells) <= 4):  # noqa: PLR2004 - one odd mark is that one's fault
            best = max(larger, key=lambda other: abs(other.value))
            yield Finding(
                kind="significance-mismatch",
                check="order-of-marks",
                certainty=Certainty.PROBABLE,
                target=table.target(cell),
                slug=f"order/{table.spot(cell)}",
                name=f"{cell.printed} bears a stronger mark than {best.printed}",
                printed=cell.printed,
                expected="a mark no stronger than that of larger coefficients",
                how=f"{len(larger)} larger coefficients bear a weaker mark or none.",
                reason="samples that differ from cell to cell would explain it",
                doubted=(cell.node,),
            )


def audit_family(table: Table, claims: Mapping[NamedNode, Sequence[tuple[NamedNode, str]]]) -> Iterator[Finding | Note]:
    """Correct the p-values of a table as one family of tests.

    ``claims`` are the conclusions that rest on each number.
    """
    cells = [
        c
        for c in table.cells
        if c.measure == CORRELATION and c.size and c.size > 3 and abs(c.value) <= 1 and not c.is_with_itself  # noqa: PLR2004
    ]
    marked = [cell for cell in cells if cell.stars]
    if len(cells) < 2 or not marked:  # noqa: PLR2004 - one test is no family
        return
    raw = [p_value(float(cell.value), cell.sample) for cell in cells]
    corrected = dict(
        zip([cell.node for cell in cells], zip(bonferroni(raw), benjamini_hochberg(raw), strict=True), strict=True)
    )
    lost = [cell for cell in marked if corrected[cell.node][1] > LEVEL]
    strict = [cell.printed for cell in marked if corrected[cell.node][0] <= LEVEL]
    mild = [cell.printed for cell in marked if corrected[cell.node][1] <= LEVEL]
    statistics = tuple(_statistics(table, marked, corrected))
    text = (
        f"{table.name}: of {len(marked)} marked coefficients among {len(cells)} tests, "
        f"{len(strict)} keep{'s' * (len(strict) == 1)} p ≤ {LEVEL} after Bonferroni"
        f"{_named(strict)}, {len(mild)} after Benjamini and Hochberg{_named(mild)}."
    )
    resting = {node: name for cell in lost for node, name in claims.get(cell.node, ())}
    adjusted = listed([f"{cell.printed} {corrected[cell.node][1]:.3f}" for cell in lost])
    if not resting:
        yield Note(table.document, text, statistics)
        return
    yield Finding(
        kind="multiple-testing",
        check="benjamini-hochberg-procedure",
        certainty=Certainty.POSSIBLE,
        target=table.target(*lost).at(subjects=(table.node, *(cell.node for cell in lost)), where=table.name),
        slug=f"family/{table.slug}",
        name=f"{len(resting)} conclusions rest on marks that do not survive a correction for {len(cells)} tests",
        printed=f"marks on {listed([cell.printed for cell in lost])}",
        expected=f"adjusted p of at most {LEVEL} where a conclusion is drawn",
        how=f"{text} Adjusted p (Benjamini and Hochberg) of the others: {adjusted}.",
        reason="each test holds by itself; whether a family of tests is to be corrected is a choice that the source "
        "does not discuss",
        statistics=statistics,
    )


def _named(printed: Sequence[str]) -> str:
    return f" ({listed(list(printed))})" if printed else ""


def _statistics(
    table: Table, marked: Sequence[Cell], corrected: Mapping[NamedNode, tuple[float, float]]
) -> Iterator[Statistic]:
    for cell in marked:
        values = zip(("bonferroni-correction", "benjamini-hochberg-procedure"), corrected[cell.node], strict=True)
        for method, value in values:
            rounded = Decimal(value).quantize(PLACES)
            yield Statistic(
                slug=f"{method}/{table.spot(cell)}",
                method=method,
                name=f"adjusted p of {cell.printed} in a family of tests",
                value=rounded,
                inputs=(cell.node,),
            )
