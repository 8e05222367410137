"""Tables, rows and columns that are printed twice, and figures that two tables give differently."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal
from itertools import combinations
from math import pi, prod, sqrt
from statistics import fmean, pstdev
from typing import TYPE_CHECKING, Final

from kg.evidence.audit.model import Certainty, Finding, Statistic, listed
from kg.evidence.audit.tables import CORRELATION, DEVIATION, MEAN, PERCENT, Answers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.evidence.audit.tables import Cell, Table

LIKELY: Final = 0.1
"""The number of repetitions expected by chance, over all tables of an audit, from which on none is reported."""
RARE: Final = 0.001
SHORTEST: Final = 3
LEAST_CELLS: Final = 6


def audit_repeats(tables: Sequence[Table]) -> Iterator[Finding]:
    """Yield the rows and columns that repeat the numbers of another one of their table, where chance is unlikely.

    The chance that two lines agree is taken as the product over their places of 1/(2·s·√π), s their deviation, the
    probability that two draws from a normal distribution with the spread of that place agree to one step; a step is one
    respondent, or one unit of the last digit. For k single answers of n respondents, which add up, it is
    1/((4πn)^((k-1)/2)·√(p₁…pₖ)), the probability that two multinomial samples with the mean shares of the table agree.
    It is multiplied by the number of pairs and of tables, so that an audit of many tables says no more false things
    than one of few.
    """
    for table in tables:
        for along in ("columns", "rows"):
            for first, second, chance in _pairs(table, along, len(tables)):
                yield _finding(table, along, first, second, chance)


def _pairs(table: Table, along: str, tables: int) -> Iterator[tuple[tuple[Cell, ...], tuple[Cell, ...], float]]:
    lines = [
        tuple(cell for cell in cells if not {cell.row_label, cell.column_label} & table.totals)
        for label, cells in table.lines(along)
        if label not in table.totals
    ]
    lengths = {len(cells) for cells in lines}
    if len(lines) < 3 or len(lengths) != 1 or max(lengths) < SHORTEST:  # noqa: PLR2004 - of two lines no spread is known
        return
    places = [[cells[index] for cells in lines] for index in range(max(lengths))]
    sizes = {cell.size for cells in lines for cell in cells}
    shares = all(cell.measure == PERCENT and cell.answers is Answers.ONE for cells in lines for cell in cells)
    if along == table.along and shares and len(sizes) == 1 and None not in sizes:
        chance = _same_sample(places, max(size for size in sizes if size))
    else:
        chance = prod(map(_chance, places))
    expected = chance * (len(lines) * (len(lines) - 1) // 2) * tables
    for first, second in combinations(lines, 2):
        values = [cell.value for cell in first]
        if values != [cell.value for cell in second] or len({value for value in values if value}) < 2:  # noqa: PLR2004 - all alike
            continue
        if expected < LIKELY or _copy(table, first, second):
            yield first, second, expected


def _same_sample(places: Sequence[Sequence[Cell]], size: int) -> float:
    means = [max(fmean(float(cell.value) / 100 for cell in cells), 1 / (2 * size)) for cells in places]
    return min(1.0, 1.0 / float((4 * pi * size) ** ((len(means) - 1) / 2) * sqrt(prod(means))))


def _chance(cells: Sequence[Cell]) -> float:
    values = [float(cell.value) for cell in cells]
    step = max(float(cell.step) for cell in cells)
    if cells[0].measure == PERCENT and cells[0].size:
        step = max(step, 100 / cells[0].size)
    return min(1.0, step / (2 * sqrt(pi) * pstdev(values))) if pstdev(values) else 1.0


def _finding(table: Table, along: str, first: tuple[Cell, ...], second: tuple[Cell, ...], chance: float) -> Finding:
    what = "row" if along == "rows" else "column"
    names = [_label(cells[0], along) for cells in (first, second)]
    both = tuple(cell.node for cell in (*first, *second))
    rounded = Decimal(f"{chance:.2g}")
    copy = _copy(table, first, second)
    how = (
        f"Figures that spread as those of this table do would agree by chance in {rounded} pairs of {what}s over all "
        "tables looked at "
        f"({len(first)} figures each)."
    )
    if copy:
        how += f" The lines that '{_label(copy[0], along)}' belongs to add up without it, so that it is the copy."
    sure, reason = _certainty(first, copy, chance)
    target = table.target(*(copy or second), where=f"{what}s '{names[0]}' and '{names[1]}'")
    slug = f"repeated/{table.slug}/{what}/{table.line_slug(first, along)}/{table.line_slug(second, along)}"
    statistic = Statistic(
        slug=slug,
        method="chance-of-repetition",
        name=f"repeated {what}s that chance would make in tables of this spread",
        value=rounded,
        inputs=both,
    )
    return Finding(
        kind=f"repeated-{what}",
        check="chance-of-repetition",
        certainty=sure,
        target=target if copy else target.at(subjects=both),
        slug=slug,
        name=f"The {what} '{names[1]}' repeats the {what} '{names[0]}'",
        printed=listed([cell.printed for cell in first]),
        expected=f"figures of its own for '{names[1]}'",
        how=how,
        reason=reason,
        statistics=(statistic,),
        doubted=target.subjects if copy else (),
    )


def _label(cell: Cell, along: str) -> str:
    return cell.row_label if along == "rows" else cell.column_label


def _certainty(line: Sequence[Cell], copy: Sequence[Cell] | None, chance: float) -> tuple[Certainty, str]:
    """Describe how sure it is that a repeated line is a copy, and why."""
    if copy:
        return Certainty.CERTAIN, "as printed the lines across add up to more than a hundred"
    if chance < RARE and (line[0].size or line[0].measure != PERCENT):
        return Certainty.PROBABLE, "a copying slip is the likely cause"
    return Certainty.POSSIBLE, "two groups may by chance have answered alike"


def _copy(table: Table, first: tuple[Cell, ...], second: tuple[Cell, ...]) -> tuple[Cell, ...] | None:
    """Return the one of two equal lines without which all lines across them add up to a hundred.

    There is such a line only if all lines across exceed a hundred with both of them.
    """
    across = [cells for _, cells in table.lines("columns" if first[0].row != second[0].row else "rows")]
    if (first[0].row != second[0].row) != (table.along == "columns") or first[0].measure in {
        CORRELATION,
        MEAN,
        DEVIATION,
    }:
        return None
    for line in (second, first):
        nodes = {cell.node for cell in line}
        sums = [float(sum(cell.value for cell in cells if cell.node not in nodes)) for cells in across]
        over = [float(sum(cell.value for cell in cells)) for cells in across]
        slack = [
            len(cells) * float(cells[0].step) / 2 + (100 / cells[0].size if cells[0].size else 0) for cells in across
        ]
        if all(total > 100 + room for total, room in zip(over, slack, strict=True)) and all(
            abs(total - 100) <= room + 2 for total, room in zip(sums, slack, strict=True)
        ):
            return line
    return None


def audit_duplicates(tables: Sequence[Table]) -> Iterator[Finding]:
    """Yield repeated tables and contradictory cells.

    A repeated table has the figures of another one in the same order. Two tables on one question contradict each other
    in a cell that they print differently.
    """
    by_figures: dict[tuple[object, ...], list[Table]] = defaultdict(list)
    for table in tables:
        if len(table.cells) >= LEAST_CELLS and len({cell.value for cell in table.cells}) > LEAST_CELLS // 2:
            by_figures[table.document, tuple((cell.row, cell.column, cell.value) for cell in table.cells)].append(table)
    for several in by_figures.values():
        for first, second in combinations(several, 2):
            if not (first.question and first.question == second.question and _labels(first) == _labels(second)):
                yield _repeated(first, second)
    by_question: dict[tuple[str, str], list[Table]] = defaultdict(list)
    for table in tables:
        if table.question:
            by_question[table.document, table.question].append(table)
    for several in by_question.values():
        for first, second in combinations(several, 2):
            yield from _conflicts(first, second)


def _labels(table: Table) -> list[tuple[str, str]]:
    return [(cell.row_label, cell.column_label) for cell in table.cells]


def _repeated(first: Table, second: Table) -> Finding:
    return Finding(
        kind="repeated-table",
        check="comparison-of-figures",
        certainty=Certainty.PROBABLE,
        target=second.target().at(subjects=(second.node, first.node)),
        slug=f"repeated/{first.slug}/{second.slug}",
        name=f"'{second.name}' has the figures of '{first.name}'",
        printed=f"{len(second.cells)} equal figures",
        expected=f"figures of its own for '{second.name}'",
        how=f"All {len(second.cells)} figures agree, cell by cell.",
        reason="one of the tables was probably put in the place of another",
    )


def _by_labels(table: Table) -> dict[tuple[object, ...], Cell]:
    """Return the cells that no other cell of their table has the labels of."""
    keys = [(cell.row_label, cell.column_label, cell.measure, cell.size) for cell in table.cells]
    often = Counter(keys)
    return {key: cell for key, cell in zip(keys, table.cells, strict=True) if often[key] == 1}


def _conflicts(first: Table, second: Table) -> Iterator[Finding]:
    known = _by_labels(first)
    for key, cell in _by_labels(second).items():
        other = known.get(key)
        if other is None:
            continue
        coarse, fine = sorted((cell, other), key=lambda one: one.step, reverse=True)
        if abs(coarse.value - fine.value) * 2 > coarse.step:
            yield Finding(
                kind="conflicting-figures",
                check="comparison-of-figures",
                certainty=Certainty.CERTAIN,
                target=second.target(cell, other),
                slug=f"twice/{second.number(cell)}",
                name=f"'{first.name}' prints {other.printed} and '{second.name}' {cell.printed}",
                printed=listed([other.printed, cell.printed]),
                expected="one figure",
                how=f"Both tables answer one question for one sample ({cell.where}).",
                reason="question, sample and labels are the same",
                doubted=(cell.node, other.node),
            )
