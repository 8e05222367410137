"""What a graph says, by subject: the view that the checks of an audit share."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from kg.core.origin import Origin
from kg.core.terms import BASE, RDF_TYPE, RDFS_LABEL, expand, term
from kg.evidence.audit.model import Target, slug_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pyoxigraph import Quad

PREFERRED: Final = expand("skos:prefLabel")
OTHER_LABEL: Final = expand("skos:altLabel")
TITLE: Final = expand("dcterms:title")
VALUE: Final = expand("sdmx-measure:obsValue")
UNIT: Final = expand("sdmx-attribute:unitMeasure")
HAS_SOURCE: Final = expand("oa:hasSource")
_IDS: Final = f"{BASE}id/"
Value = NamedNode | Literal


class Facts:
    """Statements by subject and predicate, and by object; ``places`` say where a subject is stated in a file."""

    def __init__(self, quads: Iterable[Quad], places: Mapping[str, Origin]) -> None:
        self.places = places
        self._values: dict[NamedNode, dict[NamedNode, list[Value]]] = defaultdict(dict)
        self._subjects: dict[tuple[NamedNode, Value], list[NamedNode]] = defaultdict(list)
        seen: set[tuple[NamedNode, NamedNode, Value]] = set()
        for quad in quads:
            subject, predicate, value = quad.subject, quad.predicate, quad.object
            if (
                not isinstance(subject, NamedNode)
                or not isinstance(value, NamedNode | Literal)
                or (subject, predicate, value) in seen
            ):
                continue
            seen.add((subject, predicate, value))
            self._values[subject].setdefault(predicate, []).append(value)
            self._subjects[predicate, value].append(subject)

    def of_type(self, *classes: NamedNode) -> list[NamedNode]:
        """Return the things of any of the classes, by IRI."""
        return sorted({node for kind in classes for node in self._subjects.get((RDF_TYPE, kind), ())}, key=str)

    def values(self, subject: NamedNode, predicate: NamedNode) -> list[Value]:
        """Return all values of a property."""
        return self._values.get(subject, {}).get(predicate, [])

    def nodes(self, subject: NamedNode, predicate: NamedNode) -> list[NamedNode]:
        """Return all values of a property that are things."""
        return [value for value in self.values(subject, predicate) if isinstance(value, NamedNode)]

    def node(self, subject: NamedNode, predicate: NamedNode) -> NamedNode | None:
        """Return the first value that is a thing."""
        return next(iter(self.nodes(subject, predicate)), None)

    def texts(self, subject: NamedNode, predicate: NamedNode, languages: tuple[str, ...] = ("", "en")) -> list[str]:
        """Return the texts of a property in some languages; the empty one is that of plain literals."""
        literals = (value for value in self.values(subject, predicate) if isinstance(value, Literal))
        return [value.value for value in literals if (value.language or "") in languages]

    def text(self, subject: NamedNode, predicate: NamedNode) -> str:
        """Return the first text, or an empty one."""
        return next(iter(self.texts(subject, predicate)), "")

    def number(self, subject: NamedNode, predicate: NamedNode) -> Decimal | None:
        """Return the first value that is a number, with the digits in which it is written."""
        for text in self.texts(subject, predicate, ("",)):
            try:
                return Decimal(text)
            except InvalidOperation:
                continue
        return None

    def subjects(self, predicate: NamedNode, value: Value) -> list[NamedNode]:
        """Return the things that have a value for a property."""
        return self._subjects.get((predicate, value), [])

    def predicates(self, subject: NamedNode) -> Iterable[NamedNode]:
        """Return the properties that a thing has."""
        return self._values.get(subject, {}).keys()

    def name(self, subject: NamedNode) -> str:
        """Return a label or title in English, or the last part of the IRI."""
        return next(
            (text for predicate in (RDFS_LABEL, PREFERRED, TITLE) if (text := self.text(subject, predicate))),
            subject.value.rstrip("/").rpartition("/")[2],
        )

    def document(self, subject: NamedNode) -> str:
        """Return the slug of the document that a thing belongs to, empty for things of none."""
        return subject.value.removeprefix(_IDS).partition("/")[0] if subject.value.startswith(_IDS) else ""

    def slug(self, subject: NamedNode) -> str:
        """Return a slug of a thing among those of its document, such as ``work-moore-1991``."""
        return slug_of(subject.value.removeprefix(_IDS).partition("/")[2])

    def spans(self, subject: NamedNode) -> tuple[NamedNode, ...]:
        """Return the places of the document that a thing is stated or listed at."""
        return tuple(self.nodes(subject, term("statedAt")) or self.nodes(subject, term("listedAt")))

    def offsets(self, node: NamedNode) -> list[tuple[int, int]]:
        """Return where a span, or a thing stated at spans, stands in the text of its document."""
        found = []
        for span in (node, *self.spans(node)):
            for selector in self.nodes(span, expand("oa:hasSelector")):
                start, end = self.number(selector, expand("oa:start")), self.number(selector, expand("oa:end"))
                if start is not None and end is not None:
                    found.append((int(start), int(end)))
        return found

    def section(self, subject: NamedNode) -> str:
        """Return the section of the document where a thing is stated first."""
        return next((text for span in self.spans(subject) if (text := self.text(span, term("section")))), "")

    def place(self, subject: NamedNode) -> Origin:
        """Return where a thing is stated in the files that were read."""
        return self.places.get(subject.value, Origin())

    def target(self, *things: NamedNode, at: NamedNode | None = None) -> Target:
        """Return things as what a finding is about, by the name of the first.

        It is printed where they are stated, or ``at`` is.
        """
        stated = (at,) if at else things
        return Target(
            document=self.document(things[0]),
            subjects=things,
            place=self.place(stated[0]),
            section=self.section(stated[0]),
            where=self.name(things[0]),
            stated_at=tuple(dict.fromkeys(span for node in stated for span in self.spans(node))),
        )

    def year(self, subject: NamedNode) -> int | None:
        """Return the year of a thing's date, as precisely as it is known."""
        before = ("fieldwork", "held", "founded", "announced", "year")
        after = ("yearMonth", "date", "received")
        dates = (*map(term, before), expand("dcterms:issued"), expand("dcterms:date"), *map(term, after))
        text = next((text for predicate in dates for text in self.texts(subject, predicate)), "")
        return int(text[:4]) if text[:4].isdigit() else None
