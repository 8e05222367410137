"""Printed tables and their cells, as an audit takes them: built by hand, or out of the observations of a graph."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Final, cast

from kg.core.origin import Origin
from kg.core.terms import expand, term
from kg.evidence import statistics
from kg.evidence.audit.facts import UNIT, VALUE
from kg.evidence.audit.model import Target, slug_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pyoxigraph import NamedNode

    from kg.evidence.audit.facts import Facts

PERCENT: Final = "percent"
COUNT: Final = "count"
CORRELATION: Final = "correlation"
MEAN: Final = "mean"
DEVIATION: Final = "sd"
TOTALS: Final = frozenset({"total", "sum", "all", "overall", "grand total", "計", "合計"})
_SIGNIFICANCE: Final = {"not-marked": 1.0, **{slug: level for level, slug in statistics.LEVELS}}
LEVELS: Final = {"*" * stars: level for stars, level in enumerate(sorted(_SIGNIFICANCE.values(), reverse=True))}
"""The alpha that each mark stands for where a table does not say: the more stars, the stricter."""
_STARS: Final = {level: stars for stars, level in LEVELS.items()}


class Answers(Enum):
    """How many of a question's answers one respondent can be counted under."""

    ONE = "single-answer"
    AT_MOST_ONE = "at-most-one-answer"
    SEVERAL = "multiple-answers"
    UNKNOWN = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One printed number of a table.

    ``size`` is the sample that it is a figure of; ``level`` the alpha that its stars stand for.

    ``measure`` is what the number is: ``percent``, ``count``, ``correlation``, ``mean`` or ``sd``; empty when it is
    none of them.
    """

    node: NamedNode
    row: int
    column: int
    row_label: str
    column_label: str
    printed: str
    value: Decimal
    measure: str
    size: int | None = None
    stars: str = ""
    level: float | None = None
    place: Origin = field(default_factory=Origin)
    stated_at: NamedNode | None = None
    answers: Answers = Answers.UNKNOWN
    group: str = ""

    @property
    def sample(self) -> int:
        """Return the size of the sample of a cell that is known to have one."""
        return cast("int", self.size)

    @property
    def alpha(self) -> float:
        """Return the level of the mark of a coefficient that is known to have one."""
        return cast("float", self.level)

    @property
    def step(self) -> Decimal:
        """Return the unit of the last printed digit."""
        return Decimal(1).scaleb(min(int(self.value.as_tuple().exponent), 0))

    @property
    def is_with_itself(self) -> bool:
        """Return whether a coefficient is one without a mark, as matrices of correlations print on their diagonal."""
        return self.measure == CORRELATION and self.value == 1 and not self.stars

    @property
    def where(self) -> str:
        """Name row and column in words."""
        return f"row '{self.row_label}', column '{self.column_label}'"


@dataclass(frozen=True, kw_only=True)
class Table:
    """A printed table: its cells, whether answers add up along columns or rows, and what its stars mean.

    ``totals`` are labels of rows and columns that add up the others; ``levels`` gives the alpha of each mark; ``scale``
    holds the least and greatest value of one answer and ``items`` how many answers a mean is taken over;
    ``size_stated`` is false where the sample was attributed to the table rather than printed with it,
    ``answers_stated`` where the table itself shows that one answer was allowed.
    """

    node: NamedNode
    name: str
    document: str
    cells: tuple[Cell, ...]
    section: str = ""
    place: Origin = field(default_factory=Origin)
    along: str = "columns"
    totals: frozenset[str] = frozenset()
    levels: Mapping[str, float] = field(default_factory=dict)
    tails: int = 2
    scale: tuple[Decimal, Decimal] | None = None
    items: int = 1
    size_stated: bool = True
    answers_stated: bool = True
    blanks: frozenset[tuple[int, int]] = frozenset()
    question: str = ""

    @property
    def slug(self) -> str:
        """Return the last part of the table's IRI."""
        return self.node.value.rpartition("/")[2]

    def is_total(self, cell: Cell) -> bool:
        """Return whether a cell stands in a row or column of totals."""
        return cell.row_label in self.totals or cell.column_label in self.totals

    def total_and_parts(self, line: Sequence[Cell], along: str = "") -> tuple[Cell, tuple[Cell, ...]] | None:
        """Return the total of a column or row and what it adds up.

        Nothing when there is not one total of two parts or more, all printed.
        """
        totals = [cell for cell in line if label_along(cell, along or self.along) in self.totals]
        parts = tuple(cell for cell in line if cell not in totals)
        if len(totals) != 1 or len(parts) < 2 or self.has_blank(line, along):  # noqa: PLR2004 - nothing to add up
            return None
        return totals[0], parts

    def shares_of_counts(self) -> dict[Cell, Cell]:
        """Return the percentages beside which a count of the same row and group is printed.

        Each comes with its count, if the sample can hold it.
        """
        counts = {(cell.row, cell.group): cell for cell in self.cells if cell.measure == COUNT and cell.group}
        pairs = (
            (cell, counts.get((cell.row, cell.group)))
            for cell in self.cells
            if cell.measure == PERCENT and cell.group and cell.size
        )
        return {cell: count for cell, count in pairs if count is not None and count.value <= cell.sample}

    def has_blank(self, line: Sequence[Cell], along: str = "") -> bool:
        """Return whether a column or a row has a cell without a number.

        The default for ``along`` is the direction along which answers add up.
        """
        index, number = (1, line[0].column) if (along or self.along) == "columns" else (0, line[0].row)
        return any(blank[index] == number for blank in self.blanks)

    def spot(self, cell: Cell) -> str:
        """Return the slug of a cell among those of all tables."""
        return f"{self.slug}/r{cell.row}c{cell.column}"

    def number(self, cell: Cell) -> str:
        """Return the slug of a number among those of all tables.

        It is the slug of the cell. The slug of the second number of a cell has the measure added.
        """
        first = next((other for other in self.cells if (other.row, other.column) == (cell.row, cell.column)), cell)
        return self.spot(cell) + ("" if first.node == cell.node else f"-{cell.measure}")

    def line_slug(self, line: Sequence[Cell], along: str = "") -> str:
        """Return the slug of a column or a row among the others.

        It is made from the label, with the number of the column or row where another label has the same slug.
        """
        by_column = (along or self.along) == "columns"
        named = [
            (slug_of(cell.column_label), cell.column) if by_column else (slug_of(cell.row_label), cell.row)
            for cell in self.cells
        ]
        slug, number = (
            (slug_of(line[0].column_label), line[0].column) if by_column else (slug_of(line[0].row_label), line[0].row)
        )
        return f"{slug}-{number}" if any(other == slug and at != number for other, at in named) else slug

    def target(self, *cells: Cell, where: str = "") -> Target:
        """Return some cells as what a finding is about, or the table itself.

        In words they are ``where``, or the first cell.
        """
        named = where or (cells[0].where if cells else "")
        return Target(
            document=self.document,
            subjects=tuple(cell.node for cell in cells) or (self.node,),
            place=cells[0].place if cells else self.place,
            section=self.section,
            where=f"{self.name}, {named}" if named else self.name,
            stated_at=tuple(cell.stated_at for cell in cells if cell.stated_at),
        )

    def across(self, cell: Cell) -> str:
        """Return the label of a cell's answer: that of the line across those that answers add up along."""
        return label_along(cell, self.along)

    def lines(self, along: str = "") -> Iterator[tuple[str, tuple[Cell, ...]]]:
        """Yield each column, or each row, with its label: what its answers add up along."""
        by_column = (along or self.along) == "columns"
        groups: dict[int, list[Cell]] = {}
        for cell in self.cells:
            groups.setdefault(cell.column if by_column else cell.row, []).append(cell)
        for number in sorted(groups):
            cells = groups[number]
            yield (cells[0].column_label if by_column else cells[0].row_label), tuple(cells)


def label_along(cell: Cell, along: str) -> str:
    """Return the label that distinguishes a cell from the others of its column, or of its row."""
    return cell.row_label if along == "columns" else cell.column_label


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
