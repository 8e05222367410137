"""What an audit gives: findings, notes and the statistics behind them, as objects and as RDF."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from kg.core.origin import Origin
from kg.core.terms import BASE, RDF_TYPE, RDFS_LABEL, expand, prefixes, term
from kg.evidence.statistics import DECIMAL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
COMPUTED: Final = "/audit/"
"""The part of the IRI of every finding that nobody noted by hand."""
DESCRIPTION: Final = expand("dcterms:description")


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
    """A computed result that neither supports nor contradicts what is printed.

    An example is the number of stars that survive a correction.
    """

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


DERIVED_FROM: Final = expand("prov:wasDerivedFrom")
PLACES: Final = Decimal("0.000001")
TARGET: Final = expand("oa:hasTarget")
ANNOTATION: Final = expand("dqv:QualityAnnotation")


def anomaly_node(found: Finding) -> NamedNode:
    """Return the IRI of a finding: that of the note which it confirms, or one below ``audit`` in its document."""
    return found.confirms or NamedNode(f"{BASE}id/{found.document or 'derived'}{COMPUTED}{found.kind}/{found.slug}")


def anomalies(outcome: Audit) -> Iterator[Triple]:
    """State every finding: what is printed, what was expected, how that was computed, how sure, and where it stands.

    A finding that confirms a note made by hand adds to that note; any other one is an anomaly of its own.
    """
    for found in outcome.findings:
        node = anomaly_node(found)
        if found.confirms is None:
            yield Triple(node, RDF_TYPE, term("SourceAnomaly"))
            yield Triple(node, RDFS_LABEL, Literal(found.name, language="en"))
            yield Triple(node, DESCRIPTION, Literal(found.sentence, language="en"))
            yield Triple(node, term("anomalyKind"), expand(f"anomaly-kind:{found.kind}"))
            for target in dict.fromkeys(found.subjects):
                yield Triple(node, term("anomalyOf"), target)
            for span in dict.fromkeys(found.stated_at):
                yield Triple(node, term("statedAt"), span)
        for statistic in found.statistics:
            yield Triple(node, DERIVED_FROM, statistic_node(found.document, statistic))
    by_node: dict[NamedNode, list[Finding]] = defaultdict(list)
    for found in outcome.findings:
        by_node[anomaly_node(found)].append(found)
    for node, several in by_node.items():
        yield from _evidence(node, several)


def _evidence(node: NamedNode, several: Sequence[Finding]) -> Iterator[Triple]:
    """State what the findings behind one anomaly have in common and, one after the other, what each says."""
    for check in dict.fromkeys(found.check for found in several):
        yield Triple(node, term("checkedBy"), expand(f"method:{check}"))
    surest = min((found.certainty for found in several), key=lambda certainty: certainty.rank)
    yield Triple(node, term("certainty"), expand(f"certainty:{surest.value}"))
    texts = {
        "asPrinted": [found.printed for found in several],
        "asExpected": [found.expected for found in several],
        "computation": [found.how for found in several],
        "caveat": [found.reason for found in several],
    }
    for name, parts in texts.items():
        yield Triple(node, term(name), Literal("; ".join(dict.fromkeys(parts)), language="en"))


def statistics(outcome: Audit) -> Iterator[Triple]:
    """State every number that the audit computed, each once, with its method and inputs."""
    seen: set[NamedNode] = set()
    computed = [(one.document, statistic) for one in outcome.findings for statistic in one.statistics]
    computed += [(note.document, statistic) for note in outcome.notes for statistic in note.statistics]
    for document, statistic in computed:
        node = statistic_node(document, statistic)
        if node not in seen:
            seen.add(node)
            yield from _statistic_triples(node, statistic)


def statistic_node(document: str, statistic: Statistic) -> NamedNode:
    """Return the IRI of a computed number."""
    return NamedNode(f"{BASE}id/derived/audit/{document}/{statistic.slug}")


def _statistic_triples(node: NamedNode, statistic: Statistic) -> Iterator[Triple]:
    value = statistic.value.quantize(PLACES).normalize() if statistic.value.as_tuple().exponent else statistic.value
    yield Triple(node, RDF_TYPE, term("DerivedStatistic"))
    yield Triple(node, RDFS_LABEL, Literal(statistic.name, language="en"))
    yield Triple(node, term("statisticValue"), Literal(f"{value:f}", datatype=DECIMAL))
    yield Triple(node, term("method"), expand(f"method:{statistic.method}"))
    for source in dict.fromkeys(statistic.inputs):
        yield Triple(node, DERIVED_FROM, source)


def as_turtle(outcome: Audit) -> str:
    """Write Turtle, sorted, with the classes and targets that a reader without the ontology needs."""
    found = [*anomalies(outcome), *statistics(outcome)]
    for one in outcome.findings:
        node = anomaly_node(one)
        found += [Triple(node, RDF_TYPE, ANNOTATION), *(Triple(node, TARGET, target) for target in one.subjects)]
    used = {name: iri for name, iri in prefixes().items() if any(iri in str(triple) for triple in found)}
    text = serialize(sorted(set(found), key=str), format=RdfFormat.TURTLE, prefixes=used)
    return text.decode() if text else ""
