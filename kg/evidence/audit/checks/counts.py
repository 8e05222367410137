"""Counts against their totals and the sample, and the percentages printed beside them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from kg.evidence.audit.checks.rounding import NEAREST, feasible_counts
from kg.evidence.audit.checks.sums import addition, sum_of_figures
from kg.evidence.audit.model import Certainty, Finding, Statistic
from kg.evidence.audit.tables import COUNT, Answers, label_along

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.evidence.audit.tables import Cell, Table


def audit_counts(table: Table) -> Iterator[Finding]:
    """Yield totals that their parts do not make, single answers that are not the sample, and shares that their counts do not make."""
    for along in ("columns", "rows"):
        for label, cells in table.lines(along):
            yield from _total(table, label, along, [cell for cell in cells if cell.measure == COUNT])
    for label, cells in table.lines():
        yield from _single_answers(table, label, [cell for cell in cells if cell.measure == COUNT])
    yield from _pairs(table)


def _total(table: Table, label: str, along: str, cells: list[Cell]) -> Iterator[Finding]:
    found = table.total_and_parts(cells, along)
    if found is None:
        return
    total, parts = found
    added = sum((cell.value for cell in parts), Decimal(0))
    several = total.answers is Answers.SEVERAL and along == table.along
    if abs(added - total.value) <= _rounding((total, *parts)) or (several and added > total.value):
        return
    slug = f"total/{table.slug}/{along}/{table.line_slug(cells, along)}"
    yield Finding(
        kind="total-mismatch",
        check="sum-of-figures",
        certainty=Certainty.CERTAIN,
        target=table.target(total).at(subjects=(total.node, *(cell.node for cell in parts))),
        slug=slug,
        name=f"The parts of '{label}' do not make the printed total",
        printed=f"a total of {total.printed}",
        expected=str(added),
        how=f"{addition(cell.value for cell in parts)}.",
        reason="all parts and the total are printed",
        statistics=(sum_of_figures(slug, f"sum of the parts of '{label}'", parts),),
        doubted=(total.node,),
    )


def _rounding(cells: Sequence[Cell]) -> Decimal:
    """Return how far rounding can carry a total from the sum of its parts: half a unit of the last digit each, nothing for whole numbers."""
    return sum((cell.step for cell in cells if cell.step < 1), Decimal(0)) / 2


def _single_answers(table: Table, label: str, cells: list[Cell]) -> Iterator[Finding]:
    parts = [cell for cell in cells if label_along(cell, table.along) not in table.totals]
    sizes = {cell.size for cell in parts}
    if len(parts) < 2 or len(sizes) != 1 or None in sizes or len(parts) != len(cells):  # noqa: PLR2004 - a total has its own check
        return
    size, answers, added = next(iter(sizes)) or 0, parts[0].answers, sum((cell.value for cell in parts), Decimal(0))
    if (
        answers not in {Answers.ONE, Answers.AT_MOST_ONE}
        or added == size
        or (added < size and answers is Answers.AT_MOST_ONE)
    ):
        return
    if added < size and table.has_blank(parts):
        return
    slug = f"sum/{table.slug}/{table.line_slug(parts)}"
    yield Finding(
        kind="sum-mismatch",
        check="sum-of-figures",
        certainty=Certainty.CERTAIN if added > size else Certainty.PROBABLE,
        target=table.target(*parts, where=f"'{label}'").at(place=parts[-1].place),
        slug=slug,
        name=f"The answers of '{label}' are {added}, not {size}",
        printed=f"{added} answers in all",
        expected=f"{size}, as every respondent gives one answer",
        how=f"{addition(cell.value for cell in parts)}.",
        reason="one respondent counts once" if added > size else "respondents without an answer may not be printed",
        statistics=(sum_of_figures(slug, f"sum of the counts of '{label}'", parts),),
        doubted=tuple(cell.node for cell in parts),
    )


def _pairs(table: Table) -> Iterator[Finding]:
    """Hold each percentage against the count beside it."""
    for cell, count in table.shares_of_counts().items():
        if int(count.value) in feasible_counts(cell.value, cell.step, cell.size or 0, NEAREST):
            continue
        share = 100 * count.value / (cell.size or 1)
        slug = f"pair/{table.spot(cell)}"
        digits = -int(cell.step.as_tuple().exponent)
        yield Finding(
            kind="share-mismatch",
            check="share-of-count",
            certainty=Certainty.CERTAIN,
            target=table.target(cell, count),
            slug=slug,
            name=f"{cell.printed} is not the share of {count.printed} out of {cell.size}",
            printed=f"{count.printed} and {cell.printed}",
            expected=f"{share:.{digits}f}% beside {count.printed}",
            how=f"{count.printed} / {cell.size} = {share:.{digits + 2}f}%.",
            reason="count, share and sample are printed",
            statistics=(
                Statistic(
                    slug=slug,
                    method="share-of-count",
                    name=f"share of {count.printed} of {cell.size}, in per cent",
                    value=share,
                    inputs=(count.node, cell.node),
                ),
            ),
            doubted=(cell.node, count.node),
        )
