"""Tables that are printed twice, and figures that two tables give differently."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import combinations
from typing import TYPE_CHECKING, Final

from kg.evidence.audit.model import Certainty, Finding, listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.evidence.audit.tables import Cell, Table

LEAST_CELLS: Final = 6


def audit_duplicates(tables: Sequence[Table]) -> Iterator[Finding]:
    """Yield tables whose figures are those of another one in the same order, and cells that two tables on one question give differently."""
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
