"""The statements of one document while its files are read, and the spans of its text that they refer to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode, Quad

from kg.core.atomic import whole_file
from kg.core.errors import InputError, Problem, near_names
from kg.core.origin import Statements
from kg.core.terms import BASE, GRAPH, RDF_TYPE, XSD, prefixes, term
from kg.loaders.files import read_rows, read_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

    from kg.core.origin import Origin
    from kg.loaders.cases.context import Context
    from kg.loaders.files import Field
    from kg.loaders.ontology import Vocabulary

HEADER: Final = ("span", "start", "end", "sha256")
_NAME: Final = re.compile(r"span/[0-9]{1,12}-[0-9]{1,12}|cell/[a-z0-9-]+/r[0-9]{1,12}c[0-9]{1,12}")
_NUMBER: Final = re.compile(r"[0-9]{1,12}")
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_PARTS: Final = re.compile(r"([0-9]+)")
INTEGER: Final = NamedNode(f"{XSD}integer")
DOCUMENT_ID: Final = "document"
_OA: Final = prefixes()["oa"]
_HAS_SOURCE: Final = NamedNode(f"{_OA}hasSource")
_HAS_SELECTOR: Final = NamedNode(f"{_OA}hasSelector")
_SELECTOR: Final = NamedNode(f"{_OA}TextPositionSelector")
_START: Final = NamedNode(f"{_OA}start")
_END: Final = NamedNode(f"{_OA}end")
_SECTION: Final = term("section")
_SHA256: Final = term("sha256")
_SOURCE_SPAN: Final = term("SourceSpan")
_LONGEST_MESSAGE: Final = 400
# Near names are looked for so many times only: a folder whose actors are missing may have thousands of dangling
# references.
_MOST_NEAR: Final = 100


@dataclass(frozen=True, slots=True)
class SpanEntry:
    """One line of a file that lists spans or cells.

    It has the local id of the span or cell, its offsets in code points, and the SHA-256 of the text between them.
    """

    name: str
    start: int
    end: int
    sha256: str


def span_name(start: int, end: int) -> str:
    """Return the local id of a span."""
    return f"span/{start}-{end}"


def span_hash(text: str) -> str:
    """Return the SHA-256 of a text's UTF-8 form, in lower-case hexadecimal."""
    return sha256(text.encode("utf-8")).hexdigest()


def read_spans(path: Path, name: str) -> dict[str, SpanEntry]:
    """Read a ``spans.csv`` and return its entries by local id.

    Raises:
        InputError: the file is not such a table; every bad line is named.

    """
    rows = read_rows(read_text(path, name), name)
    if not rows or tuple(field.text for field in rows[0]) != HEADER:
        raise InputError([Problem(name, 1, 1, "the first line is not the header", expected=",".join(HEADER))])
    entries: dict[str, SpanEntry] = {}
    problems: list[Problem] = []
    for row in rows[1:]:
        problem = _check(row, name, entries)
        if problem:
            problems.append(problem)
        else:
            entries[row[0].text] = SpanEntry(row[0].text, int(row[1].text), int(row[2].text), row[3].text)
    if problems:
        raise InputError(problems)
    return entries


def write_spans_file(path: Path, entries: Iterable[SpanEntry]) -> None:
    """Write a ``spans.csv``: spans and cells in the order of their numbers, each line ended by LF."""
    ordered = sorted(
        entries, key=lambda entry: [int(part) if part.isdigit() else part for part in _PARTS.split(entry.name)]
    )
    lines = [",".join(HEADER), *(f"{entry.name},{entry.start},{entry.end},{entry.sha256}" for entry in ordered)]
    with whole_file(path) as building:
        building.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def _check(row: list[Field], name: str, entries: dict[str, SpanEntry]) -> Problem | None:
    """Describe what is wrong with a line, when something is."""
    at, message, expected = row[0], "", ""
    if len(row) != len(HEADER):
        message, expected = f"the line has {len(row)} values", f"{len(HEADER)}: {', '.join(HEADER)}"
    elif not _NAME.fullmatch(at.text):
        message, expected = f"'{at.text}' is not the id of a span", "span/120-140 or cell/existence/r1c1"
    elif at.text in entries:
        message, expected = f"{at.text} stands twice", "each span once"
    elif wrong := [field for field in row[1:3] if not _NUMBER.fullmatch(field.text)]:
        at, message, expected = wrong[0], f"'{wrong[0].text}' is not an offset", "a whole number"
    elif not _fits(at.text, int(row[1].text), int(row[2].text)):
        at, message = row[1], f"offsets {row[1].text} and {row[2].text} do not fit {at.text}"
        expected = "start before end, the same as in the id"
    elif not _HASH.fullmatch(row[3].text):
        at, message, expected = row[3], f"'{row[3].text}' is not a SHA-256", "64 lower-case hexadecimal digits"
    return Problem(name, at.line, at.column, message, expected) if message else None


def _fits(name: str, start: int, end: int) -> bool:
    return start < end and (name.startswith("cell/") or name == span_name(start, end))


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference that must lead somewhere, with the place where it is written."""

    target: str
    written: str
    place: Origin


@dataclass(frozen=True, slots=True)
class Transcript:
    """A survey table as transcribed, header first, with the places of the document where it is printed."""

    file: str
    slug: str
    rows: list[list[Field]]
    stub_columns: int
    places: tuple[tuple[int, int], ...]


class Draft:
    """One document's statements under construction.

    ``hashes`` are the entries of ``spans.csv``, or nothing when the folder has none.
    """

    def __init__(
        self, document: str, vocabulary: Vocabulary, context: Context, hashes: Mapping[str, SpanEntry] | None
    ) -> None:
        self.document = document
        self.base = f"{BASE}id/{document}/"
        self.graph = NamedNode(f"{GRAPH}{document}")
        self.vocabulary = vocabulary
        self.context = context
        self.hashes = hashes
        self.statements = Statements()
        self.problems: list[Problem] = []
        self.defined: dict[str, Origin] = {}
        self.references: list[Reference] = []
        self.spans: dict[tuple[int, int], Origin] = {}
        self.transcripts: list[Transcript] = []
        self.unread: set[str] = set()
        """Beginnings of IRIs that a file with errors may have defined; references to them are not called dangling."""

    def state(
        self,
        subject: NamedNode,
        predicate: NamedNode,
        value: NamedNode | Literal,
        place: Origin,
        graph: NamedNode | None = None,
    ) -> None:
        """Add one statement, to the document's graph unless another is given."""
        self.statements.add(Quad(subject, predicate, value, graph or self.graph), place)

    def report(self, place: Origin, message: str, expected: str = "", near: Iterable[str] = ()) -> None:
        """Note one problem; a long value is cut short in its message."""
        if len(message) > _LONGEST_MESSAGE:
            message = f"{message[: _LONGEST_MESSAGE // 2]} … {message[-_LONGEST_MESSAGE // 2 :]}"
        self.problems.append(Problem(place.file, place.line, place.column, message, expected, tuple(near)))

    def define(self, local: str, place: Origin, hint: str = "each id once in a document") -> NamedNode:
        """Return the IRI of a thing of this document; a second definition is a problem."""
        iri = self.base + local
        first = self.defined.setdefault(iri, place)
        if first is not place:
            self.report(place, f"'{local}' is already defined at {first}", expected=hint)
        return NamedNode(iri)

    def refer(self, iri: str, written: str, place: Origin) -> NamedNode:
        """Return the IRI of something that must be defined somewhere in the end."""
        self.references.append(Reference(iri, written, place))
        return NamedNode(iri)

    def span(self, start: int, end: int, section: str, place: Origin) -> NamedNode:
        """State a span of the document and return its IRI."""
        name = span_name(start, end)
        span = NamedNode(self.base + name)
        self.spans.setdefault((start, end), place)
        self.defined.setdefault(span.value, place)
        self.address(span, name, place, section, (start, end))
        self.state(span, RDF_TYPE, _SOURCE_SPAN, place)
        return span

    def address(
        self, span: NamedNode, name: str, place: Origin, section: str, offsets: tuple[int, int] | None = None
    ) -> None:
        """State where a span or cell stands: document, section, offsets and hash as far as they are known."""
        self.state(span, _HAS_SOURCE, NamedNode(self.base + DOCUMENT_ID), place)
        if section:
            self.state(span, _SECTION, Literal(section), place)
        entry = self.hashes.get(name) if self.hashes is not None else None
        if entry:
            offsets = (entry.start, entry.end)
            self.state(span, _SHA256, Literal(entry.sha256), place)
        elif self.hashes is not None:
            self.report(
                place, f"{name} is not in spans.csv", expected="a fresh spans.csv: run kg verify-sources DIR --write"
            )
        if offsets:
            position = NamedNode(f"{span.value}/position")
            self.state(span, _HAS_SELECTOR, position, place)
            self.state(position, RDF_TYPE, _SELECTOR, place)
            self.state(position, _START, Literal(str(offsets[0]), datatype=INTEGER), place)
            self.state(position, _END, Literal(str(offsets[1]), datatype=INTEGER), place)

    def check_references(self, known: Collection[str], unread: Collection[str]) -> None:
        """Report every reference that leads to nothing.

        ``known`` are the IRIs that other documents define; ``unread`` beginnings of IRIs that may be defined in files
        with errors.
        """
        skipped = tuple(unread)
        everything = dict.fromkeys((*self.defined, *known))
        near: dict[str, tuple[str, ...]] = {}
        for reference in self.references:
            if reference.target in everything or reference.target.startswith(skipped):
                continue
            if reference.target not in near and len(near) < _MOST_NEAR:
                near[reference.target] = self._near(reference, everything)
            message, names = f"'{reference.written}' is not defined", near.get(reference.target, ())
            self.report(reference.place, message, expected="the id of a thing that is defined", near=names)
        if self.spans and self.base + DOCUMENT_ID not in self.defined and not self.base.startswith(skipped):
            message = "the document itself is not defined, yet spans refer to it"
            self.problems.append(
                Problem(
                    f"{self.document}/document.yaml",
                    0,
                    0,
                    message,
                    expected="a thing with id: document, type: SourceDocument",
                )
            )

    def _near(self, reference: Reference, known: Iterable[str]) -> tuple[str, ...]:
        """Return the nearest ids of the same document, written as the reference is."""
        local = (
            reference.written
            if reference.target.startswith(self.base)
            else reference.target.removeprefix(f"{BASE}id/").split("/", 1)[-1]
        )
        namespace = reference.target.removesuffix(local)
        before = reference.written.removesuffix(local)
        return tuple(
            before + name
            for name in near_names(local, [iri.removeprefix(namespace) for iri in known if iri.startswith(namespace)])
        )
