"""Printed tables out of a graph's observations."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from kg.core.terms import expand, term
from kg.evidence import statistics
from kg.evidence.audit.facts import UNIT, VALUE
from kg.evidence.audit.tables import CORRELATION, COUNT, PERCENT, Answers, Cell, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyoxigraph import NamedNode

    from kg.evidence.audit.facts import Facts

TOTALS: Final = frozenset({"total", "sum", "all", "overall", "grand total", "計", "合計"})
_SIGNIFICANCE: Final = {"not-marked": 1.0, **{slug: level for level, slug in statistics.LEVELS}}
LEVELS: Final = {"*" * stars: level for stars, level in enumerate(sorted(_SIGNIFICANCE.values(), reverse=True))}
"""The alpha that each mark stands for where a table does not say: the more stars, the stricter."""
_STARS: Final = {level: stars for stars, level in LEVELS.items()}


def tables_of(facts: Facts) -> Iterator[Table]:
    """Yield the tables of a graph: every data set with observations that stand in table cells.

    The sample counts as stated with the table when an observation about the data set gives its size, as the note on N
    beside a table does.
    """
    by_table: dict[NamedNode, list[NamedNode]] = defaultdict(list)
    for cell in facts.of_type(term("TableCell")):
        table = facts.node(cell, term("inTable"))
        if table is not None:
            by_table[table].append(cell)
    for node in sorted(by_table, key=str):
        yield _table(facts, node, by_table[node])


def _table(facts: Facts, node: NamedNode, spots: list[NamedNode]) -> Table:
    mode = facts.node(node, term("answerMode"))
    answers = Answers(mode.value.rpartition("/")[2]) if mode else _of_scale(facts, spots)
    printed: dict[tuple[int, int], Cell] = {}
    for spot in spots:
        for observation in facts.subjects(term("statedAt"), spot):
            cell = _cell(facts, observation, spot, answers)
            if cell is not None:
                printed[cell.row, cell.column] = cell
    cells = tuple(printed[key] for key in sorted(printed))
    rows, columns = {row for row, _ in printed}, {column for _, column in printed}
    labels = {label for cell in cells for label in (cell.row_label, cell.column_label)}
    return Table(
        node=node,
        name=facts.name(node),
        document=facts.document(node),
        cells=cells,
        section=facts.section(node),
        place=facts.place(node),
        totals=frozenset(label for label in labels if label.casefold() in TOTALS),
        levels=LEVELS,
        size_stated=_size_stated(facts, node, cells),
        blanks=frozenset((row, column) for row in rows for column in columns if (row, column) not in printed),
    )


def _of_scale(facts: Facts, spots: list[NamedNode]) -> Answers:
    """Take the answers of a scale as exclusive: where every cell is about an answer option, a respondent chose one."""
    observations = [node for spot in spots for node in facts.subjects(term("statedAt"), spot)]
    scaled = observations and all(facts.node(node, term("responseOption")) for node in observations)
    return Answers.ONE if scaled else Answers.UNKNOWN


def _size_stated(facts: Facts, table: NamedNode, cells: tuple[Cell, ...]) -> bool:
    stated = {facts.number(note, VALUE) for note in facts.subjects(term("about"), table)}
    return all(Decimal(cell.size) in stated for cell in cells if cell.size)


def _cell(facts: Facts, observation: NamedNode, spot: NamedNode, answers: Answers) -> Cell | None:
    value = facts.number(observation, VALUE)
    row, column = facts.number(spot, term("rowNumber")), facts.number(spot, term("columnNumber"))
    if value is None or row is None or column is None:
        return None
    sample = facts.node(observation, term("sample"))
    size = facts.number(sample, term("sampleSize")) if sample else None
    mark = facts.node(observation, term("significance"))
    level = _SIGNIFICANCE.get(mark.value.rpartition("/")[2]) if mark else None
    return Cell(
        node=observation,
        row=int(row),
        column=int(column),
        row_label=facts.text(spot, term("rowLabel")),
        column_label=facts.text(spot, term("columnLabel")),
        printed=facts.text(observation, term("printedValue")) or str(value),
        value=value,
        measure=_measure(facts, observation),
        size=int(size) if size else None,
        stars=_STARS.get(level, "") if level is not None else "",
        level=level,
        place=facts.place(observation),
        stated_at=spot,
        answers=answers,
    )


def _measure(facts: Facts, observation: NamedNode) -> str:
    kinds = facts.nodes(observation, expand("rdf:type"))
    unit = facts.node(observation, UNIT)
    if term("CorrelationObservation") in kinds:
        return CORRELATION
    if term("ShareObservation") in kinds and unit == expand("unit:percent"):
        return PERCENT
    return COUNT if term("CountObservation") in kinds else ""
