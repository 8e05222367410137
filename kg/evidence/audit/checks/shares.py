"""Shares and counts against whole numbers of respondents, their sample and their totals."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING, Final

from kg.evidence.audit.checks.figures import NEAREST, feasible_counts, infer, total_bounds
from kg.evidence.audit.checks.sums import addition, all_hundred, sum_of_answers, sum_of_figures, total_of_shares
from kg.evidence.audit.model import Certainty, Finding, Statistic, listed
from kg.evidence.audit.tables import COUNT, PERCENT, Answers, label_along

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.evidence.audit.checks.figures import Inference
    from kg.evidence.audit.tables import Cell, Table

LEAST_BASE: Final = Fraction(4, 5)
"""The part of the stated sample that must have answered for a smaller base to explain a whole line."""
FARTHEST: Final = 2_000
"""How far from the stated sample a base is looked for, whatever its size."""


def audit_shares(table: Table) -> Iterator[Finding]:
    """Yield the shares that no whole number of the sample makes, and the lines of single answers that cannot add up."""
    shares = [cell for cell in table.cells if cell.measure == PERCENT]
    if not shares:
        return
    inference = rounding_of(table)
    counted = table.shares_of_counts()
    for label, cells in table.lines():
        parts = [
            cell
            for cell in cells
            if cell.measure == PERCENT and not table.is_total(cell) and 0 <= cell.value <= 100  # noqa: PLR2004
        ]
        if not parts:
            continue
        odd = [
            cell
            for cell in parts
            if cell.size and not feasible_counts(cell.value, cell.step, cell.size, inference.rule)
        ]
        other = _other_base(parts, odd, inference)
        if other:
            yield _base_finding(table, label, parts, other, inference)
            continue
        for cell in odd:
            if cell not in counted:
                yield _infeasible(table, cell, parts, inference)
        wrong = list(sum_of_answers(table, label, parts, inference))
        yield from wrong or total_of_shares(table, label, cells, inference)
    yield from all_hundred(table)


def rounding_of(table: Table) -> Inference:
    """Return the rule by which the shares of a table are rounded, as far as it shows."""
    shares = [cell for cell in table.cells if cell.measure == PERCENT and 0 <= cell.value <= 100]  # noqa: PLR2004 - per cent
    whole = []
    for _, cells in table.lines():
        line = [cell for cell in cells if cell.measure == PERCENT and not table.is_total(cell)]
        if len(line) > 1 and line[0].answers is Answers.ONE and not table.has_blank(line):
            whole.append(line)
    return infer(shares, whole)


def _infeasible(table: Table, cell: Cell, line: Sequence[Cell], inference: Inference) -> Finding:
    size = cell.sample
    exact = Fraction(cell.value) * size / 100
    below = int(exact)
    digits = -int(cell.step.as_tuple().exponent)
    near = [
        f"{count} of {size} make {float(Fraction(100 * count, size)):.{digits + 2}f}%"
        for count in (below, below + 1)
        if count <= size
    ]
    forced = _forced(line, cell, inference) if cell.answers is Answers.ONE else None
    how = f"{listed(near)}; {inference.words}."
    if forced is not None:
        share = round(float(Fraction(100 * forced, size)), digits)
        how += f" The other answers of the line leave {forced} of {size}, which is {share:.{digits}f}%."
        if sum((other.value for other in line), Decimal(0)) == 100:  # noqa: PLR2004 - per cent
            how += " As printed the line adds up to exactly 100, so the figure may have been adjusted to that."
    stated = table.size_stated
    statistics = tuple(
        Statistic(
            slug=f"feasible-count/{table.spot(cell)}/{count}",
            method="feasible-count",
            name=f"share of {count} of {size}, in per cent",
            value=Decimal(100 * count) / size,
            inputs=(cell.node,),
        )
        for count in (below, below + 1)
        if count <= size
    )
    return Finding(
        kind="infeasible-share",
        check="feasible-count",
        certainty=Certainty.CERTAIN if stated else Certainty.PROBABLE,
        target=table.target(cell),
        slug=table.spot(cell),
        name=f"No whole number out of {size} makes {cell.printed}",
        printed=cell.printed,
        expected=f"a share that a whole number of {size} respondents makes",
        how=how,
        reason="the sample is printed with the table"
        if stated
        else "the sample is not printed with the table but taken from the survey",
        statistics=statistics,
        doubted=(cell.node,),
    )


def _forced(line: Sequence[Cell], cell: Cell, inference: Inference) -> int | None:
    size = cell.sample
    others = [other for other in line if other is not cell]
    if any(other.size != size for other in others):
        return None
    least, most = total_bounds(others, size, inference.rule)
    return size - least if least == most and 0 <= size - least <= size else None


def _fits(cells: Sequence[Cell], size: int, inference: Inference) -> bool:
    """Return whether all shares of a line are shares of ``size``.

    They must also add up to it where every respondent gives one answer.
    """
    counts = [feasible_counts(cell.value, cell.step, size, inference.rule) for cell in cells]
    if not all(counts):
        return False
    if cells[0].answers is not Answers.ONE:
        return True
    return sum(few[0] for few in counts) <= size <= sum(many[-1] for many in counts)


def _other_base(parts: Sequence[Cell], odd: Sequence[Cell], inference: Inference) -> int | None:
    """Return the base nearest to the stated one that a whole line fits.

    There is one only when two or more of the shares do not fit the stated base.
    """
    if len(odd) < 2 or len({cell.size for cell in parts}) != 1 or len(odd) * 3 < len(parts):  # noqa: PLR2004 - one wrong cell is a wrong cell
        return None
    size = odd[0].sample
    for distance in range(1, min(floor(size * (1 - LEAST_BASE)), FARTHEST) + 1):
        for base in (size - distance, size + distance):
            if _fits(parts, base, inference):
                return base
    return None


def _base_finding(table: Table, label: str, parts: Sequence[Cell], base: int, inference: Inference) -> Finding:
    size = parts[0].sample
    odd = [cell for cell in parts if not feasible_counts(cell.value, cell.step, size, inference.rule)]
    slug = f"base/{table.slug}/{table.line_slug(parts)}"
    statistic = Statistic(
        slug=slug,
        method="feasible-base",
        name="number of respondents that all shares of the line fit",
        value=Decimal(base),
        inputs=tuple(c.node for c in parts),
    )
    return Finding(
        kind="sample-size-mismatch",
        check="feasible-base",
        certainty=Certainty.PROBABLE,
        target=table.target(*parts, where=f"'{label}'"),
        slug=slug,
        name=f"The shares of '{label}' are not shares of {size}",
        printed=f"N = {size} and {listed([cell.printed for cell in parts])}",
        expected=f"shares of {size}; all fit {base}",
        how=f"No whole number out of {size} makes {listed([cell.printed for cell in odd])}; the nearest base that all "
        f"fit is {base}. "
        f"In this table {inference.words}.",
        reason="respondents who did not answer may have been left out of the base"
        if base < size
        else "more answers than respondents",
        statistics=(statistic,),
    )


def audit_counts(table: Table) -> Iterator[Finding]:
    """Yield totals, single answers and shares that contradict the counts.

    These are totals that differ from their parts, single answers that do not add up to the sample, and shares that
    differ from those of their counts.
    """
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
    """Return how far rounding can move a total from the sum of its parts.

    It is half a unit of the last digit for each of them, and nothing for whole numbers.
    """
    return sum((cell.step for cell in cells if cell.step < 1), Decimal(0)) / 2


def _single_answers(table: Table, label: str, cells: list[Cell]) -> Iterator[Finding]:
    parts = [cell for cell in cells if label_along(cell, table.along) not in table.totals]
    sizes = {cell.size for cell in parts}
    if len(parts) < 2 or len(sizes) != 1 or None in sizes or len(parts) != len(cells):  # noqa: PLR2004 - a total has its own check
        return
    size, answers, added = parts[0].sample, parts[0].answers, sum((cell.value for cell in parts), Decimal(0))
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
    """Compare each percentage with the count beside it."""
    for cell, count in table.shares_of_counts().items():
        if int(count.value) in feasible_counts(cell.value, cell.step, cell.sample, NEAREST):
            continue
        share = 100 * count.value / cell.sample
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
