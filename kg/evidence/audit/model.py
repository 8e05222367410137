"""What an audit works on and what it gives: printed tables, findings, notes and the statistics behind them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Final

from kg.origin import Origin

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pyoxigraph import NamedNode


class Certainty(Enum):
    """How sure a finding is.

    ``CERTAIN``: no reading of what is printed satisfies the condition that the source itself states. ``PROBABLE``: none does unless
    something holds that the source does not say. ``POSSIBLE``: what is printed is unlikely or odd, and an ordinary explanation exists.
    """

    CERTAIN = "certain"
    PROBABLE = "probable"
    POSSIBLE = "possible"

    @property
    def rank(self) -> int:
        """Gives 0 for the surest."""
        return tuple(Certainty).index(self)


class Answers(Enum):
    """How many of a question's answers one respondent can be counted under."""

    ONE = "single-answer"
    AT_MOST_ONE = "at-most-one-answer"
    SEVERAL = "multiple-answers"
    UNKNOWN = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One printed number of a table. ``size`` is the sample that it is a figure of; ``level`` the alpha that its stars stand for.

    ``measure`` is what the number is: ``percent``, ``count``, ``correlation``, ``mean`` or ``sd``; empty when it is none of them.
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
    def step(self) -> Decimal:
        """Gives the unit of the last printed digit."""
        return Decimal(1).scaleb(min(int(self.value.as_tuple().exponent), 0))

    @property
    def where(self) -> str:
        """Names row and column in words."""
        return f"row '{self.row_label}', column '{self.column_label}'"


@dataclass(frozen=True, kw_only=True)
class Table:
    """A printed table: its cells, whether answers add up along columns or rows, and what its stars mean.

    ``totals`` are labels of rows and columns that add up the others; ``levels`` gives the alpha of each mark; ``scale`` holds the least
    and greatest value of one answer and ``items`` how many answers a mean is taken over; ``size_stated`` is false where the sample was
    attributed to the table rather than printed with it, ``answers_stated`` where the table itself shows that one answer was allowed.
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
        """Gives the last part of the table's IRI."""
        return self.node.value.rpartition("/")[2]

    def is_total(self, cell: Cell) -> bool:
        """Tells whether a cell stands in a row or column of totals."""
        return cell.row_label in self.totals or cell.column_label in self.totals

    def has_blank(self, line: Sequence[Cell]) -> bool:
        """Tells whether a line, along which answers add up, has a cell without a number."""
        index, number = (1, line[0].column) if self.along == "columns" else (0, line[0].row)
        return any(blank[index] == number for blank in self.blanks)

    def across(self, cell: Cell) -> str:
        """Gives the label of a cell's answer: that of the line across those that answers add up along."""
        return cell.row_label if self.along == "columns" else cell.column_label

    def lines(self, along: str = "") -> Iterator[tuple[str, tuple[Cell, ...]]]:
        """Gives each column, or each row, with its label: what its answers add up along."""
        by_column = (along or self.along) == "columns"
        groups: dict[int, list[Cell]] = {}
        for cell in self.cells:
            groups.setdefault(cell.column if by_column else cell.row, []).append(cell)
        for number in sorted(groups):
            cells = groups[number]
            yield (cells[0].column_label if by_column else cells[0].row_label), tuple(cells)


@dataclass(frozen=True, slots=True)
class Statistic:
    """A number that the audit computed: its method, its inputs and a name that says what it is. ``slug`` identifies it."""

    slug: str
    method: str
    name: str
    value: Decimal
    inputs: tuple[NamedNode, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """Something computed that speaks neither for nor against what is printed, such as how many stars survive a correction."""

    document: str
    text: str
    statistics: tuple[Statistic, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that cannot be right, or is unlikely, as printed.

    ``kind`` is a slug of the scheme of kinds of anomaly, ``check`` one of the scheme of methods. ``slug`` identifies the finding among
    those of its document. ``span`` gives the offsets in the document's text where it was read there. ``doubted`` are those of its
    subjects whose value is in doubt, for conclusions that rest on them; ``confirms`` is the note made by hand that says the same.
    """

    kind: str
    check: str
    certainty: Certainty
    document: str
    slug: str
    name: str
    printed: str
    expected: str
    how: str
    reason: str
    subjects: tuple[NamedNode, ...]
    place: Origin = field(default_factory=Origin)
    section: str = ""
    where: str = ""
    stated_at: tuple[NamedNode, ...] = ()
    statistics: tuple[Statistic, ...] = ()
    doubted: tuple[NamedNode, ...] = ()
    confirms: NamedNode | None = None
    span: tuple[int, int] | None = None

    def at(self, **changes: object) -> Finding:
        """Gives the same finding with some parts replaced."""
        return replace(self, **changes)  # type: ignore[arg-type]

    @property
    def sentence(self) -> str:
        """Says what is printed, what was expected and how that was computed."""
        return f"Printed: {self.printed}. Expected: {self.expected}. {self.how}"


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody who read the document noted by hand, and no check confirms or denies."""

    node: NamedNode
    kind: str
    document: str
    name: str
    text: str
    section: str
    place: Origin


@dataclass(frozen=True)
class Audit:
    """The outcome: findings, the surest first within a document; remarks made by hand; notes; and how much was looked at."""

    findings: tuple[Finding, ...]
    remarks: tuple[Remark, ...] = ()
    notes: tuple[Note, ...] = ()
    tables: int = 0
    numbers: int = 0

    def at_least(self, certainty: Certainty) -> tuple[Finding, ...]:
        """Gives the findings that are at least so sure."""
        return tuple(found for found in self.findings if found.certainty.rank <= certainty.rank)

    def only(self, document: str) -> Audit:
        """Gives what is about one document."""
        return replace(
            self,
            findings=tuple(found for found in self.findings if found.document == document),
            remarks=tuple(remark for remark in self.remarks if remark.document == document),
            notes=tuple(note for note in self.notes if note.document == document),
        )


PERCENT: Final = "percent"
COUNT: Final = "count"
CORRELATION: Final = "correlation"
MEAN: Final = "mean"
DEVIATION: Final = "sd"


def slug_of(text: str) -> str:
    """Makes a slug of any text: letters of any script in lower case, digits and single hyphens."""
    kept = "".join(letter if letter.isalnum() else "-" for letter in text.casefold())
    return "-".join(part for part in kept.split("-") if part) or "x"


def listed(names: list[str], most: int = 8) -> str:
    """Joins names with commas, the last two with *and*; of many only the first are given, with how many there are."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)
