"""Many tests at once: which printed marks survive a correction, and which conclusions rest on those that do not."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from kg.evidence.audit.model import Certainty, Finding, Note, Statistic, listed
from kg.evidence.audit.tables import CORRELATION
from kg.evidence.statistics import PLACES, benjamini_hochberg, bonferroni, p_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pyoxigraph import NamedNode

    from kg.evidence.audit.tables import Cell, Table

LEVEL: Final = 0.05


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
    raw = [p_value(float(cell.value), cell.size or 0) for cell in cells]
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
        reason="each test holds by itself; whether a family of tests is to be corrected is a choice that the source does not discuss",
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
