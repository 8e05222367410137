"""What an audit gives: findings, notes and the statistics behind them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING

from kg.core.origin import Origin

if TYPE_CHECKING:
    from decimal import Decimal

    from pyoxigraph import NamedNode


class Certainty(Enum):
    """How sure a finding is.

    ``CERTAIN``: no reading of what is printed satisfies the condition that the source itself states. ``PROBABLE``: none
    does unless something holds that the source does not say. ``POSSIBLE``: what is printed is unlikely or odd, and an
    ordinary explanation exists.
    """

    CERTAIN = "certain"
    PROBABLE = "probable"
    POSSIBLE = "possible"

    @property
    def rank(self) -> int:
        """Return 0 for the surest."""
        return tuple(Certainty).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a finding is about and where that is printed: things of a document, the first of them at ``place``.

    ``where`` names it in words; ``stated_at`` are the spans of the document's text that print it.
    """

    document: str
    subjects: tuple[NamedNode, ...]
    place: Origin = field(default_factory=Origin)
    section: str = ""
    where: str = ""
    stated_at: tuple[NamedNode, ...] = ()

    def at(self, **changes: object) -> Target:
        """Return the same with some parts replaced."""
        return replace(self, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Statistic:
    """A number that the audit computed: its method, its inputs and a name that says what it is.

    ``slug`` identifies it.
    """

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

    ``kind`` is a slug of the scheme of kinds of anomaly, ``check`` one of the scheme of methods. ``slug`` identifies
    the finding among those of its document. ``span`` gives the offsets in the document's text where it was read there.
    ``doubted`` are those of its subjects whose value is in doubt, for conclusions that rest on them; ``confirms`` is
    the note made by hand that says the same.
    """

    kind: str
    check: str
    certainty: Certainty
    target: Target
    slug: str
    name: str
    printed: str
    expected: str
    how: str
    reason: str
    statistics: tuple[Statistic, ...] = ()
    doubted: tuple[NamedNode, ...] = ()
    confirms: NamedNode | None = None
    span: tuple[int, int] | None = None

    @property
    def document(self) -> str:
        """Return the slug of the document that it is about."""
        return self.target.document

    @property
    def subjects(self) -> tuple[NamedNode, ...]:
        """Return the things that it is about."""
        return self.target.subjects

    @property
    def place(self) -> Origin:
        """Return the place in a file that was read."""
        return self.target.place

    @property
    def section(self) -> str:
        """Return the section of the document."""
        return self.target.section

    @property
    def where(self) -> str:
        """Name in words what it is about."""
        return self.target.where

    @property
    def stated_at(self) -> tuple[NamedNode, ...]:
        """Return the spans of the document's text that print what it is about."""
        return self.target.stated_at

    def at(self, **changes: object) -> Finding:
        """Return the same finding with some parts replaced."""
        return replace(self, **changes)  # type: ignore[arg-type]

    @property
    def sentence(self) -> str:
        """Describe what is printed, what was expected and how that was computed."""
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
    """The outcome: findings, the surest first within a document; remarks made by hand; notes.

    And how much was looked at.
    """

    findings: tuple[Finding, ...]
    remarks: tuple[Remark, ...] = ()
    notes: tuple[Note, ...] = ()
    tables: int = 0
    numbers: int = 0

    def at_least(self, certainty: Certainty) -> tuple[Finding, ...]:
        """Return the findings that are at least so sure."""
        return tuple(found for found in self.findings if found.certainty.rank <= certainty.rank)

    def only(self, document: str) -> Audit:
        """Return what is about one document."""
        return replace(
            self,
            findings=tuple(found for found in self.findings if found.document == document),
            remarks=tuple(remark for remark in self.remarks if remark.document == document),
            notes=tuple(note for note in self.notes if note.document == document),
        )


def slug_of(text: str) -> str:
    """Make a slug of any text: letters of any script in lower case, digits and single hyphens."""
    kept = "".join(letter if letter.isalnum() else "-" for letter in text.casefold())
    return "-".join(part for part in kept.split("-") if part) or "x"


def listed(names: list[str], most: int = 8) -> str:
    """Join names with commas, the last two with *and*; of many only the first are given, with how many there are."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)
