"""Checks of case files and tables against the documents that they were transcribed from."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from kg.core.errors import InputError, Problem
from kg.core.origin import Origin
from kg.core.terms import RDF_TYPE, expand, term
from kg.loaders.cases.draft import DOCUMENT_ID, SpanEntry, span_hash, span_name, write_spans_file
from kg.loaders.cases.folder import SPANS_FILE, read_document
from kg.loaders.documents.sourcetext import (
    NOT_FIGURES,
    Finding,
    SourceText,
    locate_cells,
    printed_pattern,
    read_not_figures,
    read_source,
    uncovered,
)
from kg.loaders.ontology import shipped_vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.loaders.cases.draft import Draft
    from kg.loaders.ontology import Vocabulary

_SOURCE_DOCUMENT: Final = term("SourceDocument")
_PRINTED: Final = term("printedValue")
_PRINTED_DATE: Final = term("printedDate")
_PLACES: Final = (term("statedAt"), term("listedAt"))
# What tells of a work or an event rather than of a quantity; a number in it is no figure.
_BIBLIOGRAPHIC: Final = (
    _PRINTED_DATE,
    *(term(name) for name in ("containerTitle", "volume", "issue", "pages")),
    *(expand(f"dcterms:{name}") for name in ("title", "issued", "date", "publisher", "identifier")),
)


def verify_sources(folder: Path, sources_dir: Path, vocabulary: Vocabulary | None = None) -> list[Finding]:
    """Check a folder against its document's text.

    The hash of the file, offsets and hash of every span and cell, the printed characters of every observation and date
    in their spans, every cell of every table at its place.

    Raises:
        InputError: the folder or the document cannot be read.

    """
    record = _Record(folder, sources_dir, vocabulary, with_hashes=True)
    return [*record.file_findings(), *record.span_findings(), *record.cell_findings, *record.printed_findings()]


def write_spans(folder: Path, sources_dir: Path, vocabulary: Vocabulary | None = None) -> int:
    """Compute ``spans.csv`` again from the document's text and return the number of entries.

    Raises:
        InputError: the folder or the document cannot be read, a span lies outside the text, or a table is not where its
            description says.

    """
    record = _Record(folder, sources_dir, vocabulary, with_hashes=False)
    size = len(record.source.text)
    problems = [
        Problem(
            place.file,
            place.line,
            place.column,
            f"the span [{start}, {end}] lies outside the document",
            expected=f"offsets up to {size}",
        )
        for (start, end), place in record.draft.spans.items()
        if end > size
    ]
    problems += [
        Problem(finding.place.file, finding.place.line, finding.place.column, finding.message)
        for finding in record.cell_findings
    ]
    if problems:
        raise InputError(problems)
    entries = [
        SpanEntry(name, start, end, span_hash(record.source.text[start:end]))
        for name, (start, end) in record.stretches.items()
    ]
    write_spans_file(folder / SPANS_FILE, entries)
    return len(entries)


def uncovered_numerals(folder: Path, sources_dir: Path, vocabulary: Vocabulary | None = None) -> list[Finding]:
    """Return every number of the document, in digits or words, that the folder does not account for.

    Accounted for is what stands in a table cell; in the printed characters of an observation, inside its span; in the
    dates and bibliographic data of a work or event, inside its span; or in ``not-figures.csv``. Entries of that file
    that do not stand in the document are findings too.

    Raises:
        InputError: the folder or the document cannot be read.

    """
    record = _Record(folder, sources_dir, vocabulary, with_hashes=False)
    covered = [*record.cells.values(), *record.printed_stretches()]
    findings: list[Finding] = []
    path = folder / NOT_FIGURES
    if path.exists():
        stretches, findings = read_not_figures(path, f"{record.draft.document}/{NOT_FIGURES}", record.source)
        covered += stretches
    missing = uncovered(record.source, covered)
    text = record.source.text
    return findings + [
        Finding(record.source.place(start), f"'{text[start:end]}' at {start} to {end} is not accounted for")
        for start, end in missing
    ]


class _Record:
    """A folder read together with its document's text."""

    def __init__(self, folder: Path, sources_dir: Path, vocabulary: Vocabulary | None, *, with_hashes: bool) -> None:
        self.draft: Draft = read_document(folder, vocabulary or shipped_vocabulary(), with_hashes=with_hashes)
        if self.draft.problems:
            raise InputError(self.draft.problems)
        self.sources_dir = sources_dir
        self.values: dict[str, dict[NamedNode, list[str]]] = defaultdict(lambda: defaultdict(list))
        self.parents: dict[str, list[str]] = defaultdict(list)
        self.places: dict[str, Origin] = {}
        for quad in self.draft.statements:
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal | NamedNode):
                self.values[quad.subject.value][quad.predicate].append(quad.object.value)
                self.places.setdefault(quad.subject.value, self.draft.statements.origins[quad])
                if isinstance(quad.object, NamedNode):
                    self.parents[quad.object.value].append(quad.subject.value)
        self.source = self._source(self.draft.base + DOCUMENT_ID)
        self.cells: dict[str, tuple[int, int]] = {}
        self.cell_findings: list[Finding] = []
        for transcript in self.draft.transcripts:
            cells, findings = locate_cells(transcript, self.source)
            self.cells |= cells
            self.cell_findings += findings
        self.stretches = {span_name(*span): span for span in self.draft.spans} | self.cells

    def _source(self, document: str) -> SourceText:
        names = self.values[document][term("fileName")]
        if len(names) != 1:
            place = self.places.get(document, Origin(f"{self.draft.document}/document.yaml"))
            message = "the document has no fileName" if not names else "the document has several file names"
            raise InputError(
                [
                    Problem(
                        place.file,
                        place.line,
                        place.column,
                        message,
                        expected="fileName: and the name of the text file",
                    )
                ]
            )
        return read_source(self.sources_dir / names[0])

    def file_findings(self) -> Iterator[Finding]:
        """Compare the hash of every source document with its file."""
        for iri, values in list(self.values.items()):
            if _SOURCE_DOCUMENT.value not in values[RDF_TYPE]:
                continue
            for name in values[term("fileName")]:
                source = self.source if name == self.source.name else read_source(self.sources_dir / name)
                if source.sha256 not in values[term("sha256")]:
                    yield Finding(
                        self.places[iri],
                        f"the SHA-256 of {name} is {source.sha256}, not "
                        f"{' or '.join(values[term('sha256')]) or 'given'}",
                    )

    def span_findings(self) -> Iterator[Finding]:
        """Compare offsets and hashes of ``spans.csv`` with the text, and its entries with the spans that are used."""
        file = f"{self.draft.document}/{SPANS_FILE}"
        if self.draft.hashes is None:
            yield Finding(Origin(file), "the file is missing: run kg verify-sources DIR --write")
            return
        for name, entry in self.draft.hashes.items():
            text = self.source.text[entry.start : entry.end]
            if name not in self.stretches:
                yield Finding(Origin(file), f"{name} is not a span of the case files")
            elif self.stretches[name] != (entry.start, entry.end):
                yield Finding(
                    Origin(file),
                    f"{name} stands at {self.stretches[name][0]} to {self.stretches[name][1]}, not at {entry.start} "
                    f"to {entry.end}",
                )
            elif entry.end > len(self.source.text) or span_hash(text) != entry.sha256:
                yield Finding(
                    Origin(file), f"the hash of {name} is not that of the text from {entry.start} to {entry.end}"
                )

    def printed_findings(self) -> Iterator[Finding]:
        """Look for the printed characters of every observation and date inside the spans that it is stated at."""
        for iri, values in list(self.values.items()):
            for printed in (*values[_PRINTED], *values[_PRINTED_DATE]):
                spans = self.spans_of(iri)
                if not any(printed_pattern(printed).search(self.source.text, start, end) for start, end in spans):
                    where = " or ".join(f"[{start}, {end}]" for start, end in spans) or "any span: it has none"
                    yield Finding(self.places[iri], f"'{printed}' does not stand in {where}")

    def spans_of(self, iri: str) -> list[tuple[int, int]]:
        """Return the spans that a thing is stated at; those of what it is a part of when it has none of its own."""
        local = len(self.draft.base)
        names = [name[local:] for place in _PLACES for name in self.values[iri][place]]
        if not names:
            names = [
                name[local:] for parent in self.parents[iri] for place in _PLACES for name in self.values[parent][place]
            ]
        return [self.stretches[name] for name in names if name in self.stretches]

    def printed_stretches(self) -> Iterator[tuple[int, int]]:
        """Yield where printed figures, dates and bibliographic data stand inside their spans.

        A text that several observations of one span print is looked for as many times as there are such observations.
        """
        wanted: Counter[tuple[tuple[int, int], str]] = Counter()
        works: set[tuple[tuple[int, int], str]] = set()
        for iri, values in list(self.values.items()):
            for span in self.spans_of(iri) if len(values) > 1 else ():
                wanted.update((span, printed) for printed in values[_PRINTED])
                works.update((span, text) for predicate in _BIBLIOGRAPHIC for text in values[predicate])
        for ((start, end), printed), count in wanted.items():
            for _, hit in zip(
                range(count), printed_pattern(printed).finditer(self.source.text, start, end), strict=False
            ):
                yield hit.span()
        for (start, end), text in works:
            for hit in printed_pattern(text).finditer(self.source.text, start, end):
                yield hit.span()
