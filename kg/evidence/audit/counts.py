"""Counts against the sample, their totals, and the percentages printed beside them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from kg.evidence.audit.model import COUNT, PERCENT, Answers, Certainty, Finding, Statistic, slug_of
from kg.evidence.audit.rounding import NEAREST, feasible_counts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyoxigraph import NamedNode

    from kg.evidence.audit.model import Cell, Table


def audit_counts(table: Table) -> Iterator[Finding]:
    """Gives counts that cannot be, totals that their parts do not make, and shares that do not go with the count beside them."""
    counts = [cell for cell in table.cells if cell.measure == COUNT]
    for cell in counts:
        if cell.value < 0 or cell.value != cell.value.to_integral_value() or (cell.size and cell.value > cell.size):
            yield _no_count(table, cell)
    for along in ("columns", "rows"):
        for label, cells in table.lines(along):
            yield from _total(table, label, along, [cell for cell in cells if cell.measure == COUNT])
    for label, cells in table.lines():
        yield from _single_answers(table, label, [cell for cell in cells if cell.measure == COUNT])
    yield from _pairs(table)


def _stated(*cells: Cell) -> tuple[NamedNode, ...]:
    return tuple(cell.stated_at for cell in cells if cell.stated_at)


def _no_count(table: Table, cell: Cell) -> Finding:
    expected = f"a whole number from 0 to {cell.size}" if cell.size else "a whole number of at least 0"
    return Finding(
        kind="out-of-range",
        check="range-check",
        certainty=Certainty.CERTAIN,
        document=table.document,
        slug=f"{table.slug}/r{cell.row}c{cell.column}",
        name=f"{cell.printed} is no count of this sample",
        printed=cell.printed,
        expected=expected,
        how="A count of respondents is a whole number within the sample.",
        reason="a count outside cannot be",
        subjects=(cell.node,),
        place=cell.place,
        section=table.section,
        where=f"{table.name}, {cell.where}",
        stated_at=_stated(cell),
        doubted=(cell.node,),
    )


def _label(cell: Cell, along: str) -> str:
    return cell.row_label if along == "columns" else cell.column_label


def _total(table: Table, label: str, along: str, cells: list[Cell]) -> Iterator[Finding]:
    totals = [cell for cell in cells if _label(cell, along) in table.totals]
    parts = [cell for cell in cells if _label(cell, along) not in table.totals]
    index = 1 if along == "columns" else 0
    blank = any(spot[index] == (cells[0].column if index else cells[0].row) for spot in table.blanks) if cells else False
    if len(totals) != 1 or len(parts) < 2 or blank:  # noqa: PLR2004 - nothing to add up
        return
    total, added = totals[0], sum((cell.value for cell in parts), Decimal(0))
    several = total.answers is Answers.SEVERAL and along == table.along
    if added == total.value or (several and added > total.value):
        return
    slug = f"total/{table.slug}/{along}/{slug_of(label)}"
    statistic = Statistic(
        slug=slug, method="sum-of-figures", name=f"sum of the parts of '{label}'", value=added, inputs=tuple(cell.node for cell in parts)
    )
    numbers = " + ".join(str(cell.value) for cell in parts)
    yield Finding(
        kind="total-mismatch",
        check="sum-of-figures",
        certainty=Certainty.CERTAIN,
        document=table.document,
        slug=slug,
        name=f"The parts of '{label}' do not make the printed total",
        printed=f"a total of {total.printed}",
        expected=str(added),
        how=f"{numbers} = {added}.",
        reason="all parts and the total are printed",
        subjects=(total.node, *(cell.node for cell in parts)),
        place=total.place,
        section=table.section,
        where=f"{table.name}, {total.where}",
        stated_at=_stated(total),
        statistics=(statistic,),
        doubted=(total.node,),
    )


def _single_answers(table: Table, label: str, cells: list[Cell]) -> Iterator[Finding]:
    parts = [cell for cell in cells if _label(cell, table.along) not in table.totals]
    sizes = {cell.size for cell in parts}
    if len(parts) < 2 or len(sizes) != 1 or None in sizes or len(parts) != len(cells):  # noqa: PLR2004 - a total has its own check
        return
    size, answers, added = next(iter(sizes)) or 0, parts[0].answers, sum((cell.value for cell in parts), Decimal(0))
    if answers not in {Answers.ONE, Answers.AT_MOST_ONE} or added == size or (added < size and answers is Answers.AT_MOST_ONE):
        return
    blank = any(spot[1 if table.along == "columns" else 0] in {parts[0].column, parts[0].row} for spot in table.blanks)
    if added < size and blank:
        return
    slug = f"sum/{table.slug}/{slug_of(label)}"
    numbers = " + ".join(str(cell.value) for cell in parts)
    statistic = Statistic(
        slug=slug, method="sum-of-figures", name=f"sum of the counts of '{label}'", value=added, inputs=tuple(cell.node for cell in parts)
    )
    yield Finding(
        kind="sum-mismatch",
        check="sum-of-figures",
        certainty=Certainty.CERTAIN if added > size else Certainty.PROBABLE,
        document=table.document,
        slug=slug,
        name=f"The answers of '{label}' are {added}, not {size}",
        printed=f"{added} answers in all",
        expected=f"{size}, as every respondent gives one answer",
        how=f"{numbers} = {added}.",
        reason="one respondent counts once" if added > size else "respondents without an answer may not be printed",
        subjects=tuple(cell.node for cell in parts),
        place=parts[-1].place,
        section=table.section,
        where=f"{table.name}, '{label}'",
        stated_at=_stated(*parts),
        statistics=(statistic,),
        doubted=tuple(cell.node for cell in parts),
    )


def _pairs(table: Table) -> Iterator[Finding]:
    """Holds each percentage against the count of the same row and group."""
    counts = {(cell.row, cell.group): cell for cell in table.cells if cell.measure == COUNT and cell.group}
    for cell in table.cells:
        count = counts.get((cell.row, cell.group)) if cell.measure == PERCENT and cell.group else None
        if count is None or not cell.size or count.value > cell.size:
            continue
        if int(count.value) in feasible_counts(cell.value, cell.step, cell.size, NEAREST):
            continue
        share = 100 * count.value / cell.size
        slug = f"pair/{table.slug}/r{cell.row}c{cell.column}"
        statistic = Statistic(
            slug=slug,
            method="share-of-count",
            name=f"share of {count.printed} of {cell.size}, in per cent",
            value=share,
            inputs=(count.node, cell.node),
        )
        digits = -int(cell.step.as_tuple().exponent)
        yield Finding(
            kind="share-mismatch",
            check="share-of-count",
            certainty=Certainty.CERTAIN,
            document=table.document,
            slug=slug,
            name=f"{cell.printed} is not the share of {count.printed} out of {cell.size}",
            printed=f"{count.printed} and {cell.printed}",
            expected=f"{share:.{digits}f}% beside {count.printed}",
            how=f"{count.printed} / {cell.size} = {share:.{digits + 2}f}%.",
            reason="count, share and sample are printed",
            subjects=(cell.node, count.node),
            place=cell.place,
            section=table.section,
            where=f"{table.name}, {cell.where}",
            stated_at=_stated(cell, count),
            statistics=(statistic,),
            doubted=(cell.node, count.node),
        )
