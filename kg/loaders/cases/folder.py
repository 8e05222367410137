"""A document's folder to statements: its case files, and its survey tables as printed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from kg.core.errors import InputError, Problem, near_names
from kg.core.inputs import DOCUMENT
from kg.core.origin import Origin, Statements
from kg.core.printed import prints_nothing, read_printed
from kg.core.terms import RDF_TYPE, XSD, prefixes, term
from kg.loaders.cases.casefile import read_casefile
from kg.loaders.cases.context import shipped_context
from kg.loaders.cases.description import DescriptionReader
from kg.loaders.cases.draft import INTEGER, Draft, Transcript, read_spans
from kg.loaders.files import read_rows, read_text
from kg.loaders.ontology import CONCEPT, slug

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from kg.loaders.cases.context import Context
    from kg.loaders.cases.description import Axis, TableDescription
    from kg.loaders.files import Field
    from kg.loaders.ontology import Vocabulary

SIGNIFICANCE: Final = {"": "not-marked", "*": "ten-percent", "**": "five-percent", "***": "one-percent"}

_DECIMAL: Final = NamedNode(f"{XSD}decimal")
_DATA_SET: Final = NamedNode(f"{prefixes()['qb']}dataSet")
_OBS_VALUE: Final = NamedNode(f"{prefixes()['sdmx-measure']}obsValue")
_UNIT: Final = NamedNode(f"{prefixes()['sdmx-attribute']}unitMeasure")
_TABLE_CELL: Final = term("TableCell")
_PRINTED_VALUE: Final = term("printedValue")
_STATED_AT: Final = term("statedAt")

SPANS_FILE: Final = "spans.csv"
_SLUG: Final = re.compile(r"[a-z0-9-]+")
_UNNAMED: Final = "unnamed"  # stands for a name that can be no part of an IRI


@dataclass(frozen=True, slots=True)
class Reading:
    """The parts of a cell: the number's lexical form, the stars and the word in brackets."""

    number: str
    stars: str
    word: str


def read_table(path: Path, name: str, draft: Draft) -> None:
    """Read a table ``<path>.csv`` and its description ``<path>.yaml`` into a draft.

    What is wrong inside is noted there.

    ``name`` is how the two files are called in messages, without the ending.

    Raises:
        InputError: one of the files cannot be read as CSV or YAML.

    """
    csv_name = f"{name}.csv"
    rows = read_rows(read_text(path.with_name(f"{path.name}.csv"), csv_name), csv_name)
    description = DescriptionReader(draft, f"{name}.yaml", rows[0] if rows else ()).table(
        path.with_name(f"{path.name}.yaml")
    )
    if len(rows) < 2:  # noqa: PLR2004 - a header and one row
        draft.report(
            Origin(csv_name, 1, 1), "the table has no rows of data", expected="a header line and at least one row"
        )
    elif description:
        draft.transcripts.append(
            Transcript(csv_name, description.slug, rows, description.stub_columns, description.places)
        )
        _TableReader(draft, csv_name, description, rows[0]).read(rows[1:])


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a row or column of the data: its number, from 1, its label, and the concept that this names."""

    number: int
    label: str
    concept: NamedNode | None


class _TableReader:
    def __init__(self, draft: Draft, file: str, description: TableDescription, header: list[Field]) -> None:
        self.draft = draft
        self.file = file
        self.description = description
        self.stub = description.stub_columns
        self.header = header
        self.percent = slug(description.unit.value) == "percent"
        self.correlation = description.observation == "CorrelationObservation"

    def read(self, rows: list[list[Field]]) -> None:
        axis = self.description.columns
        headings = self.header[self.stub :]
        if not headings:
            self.draft.report(
                self.place(self.header[0]), "the table has no column of data", expected=f"more than {self.stub} columns"
            )
            return
        if axis is None and len(headings) > 1:
            message = f"the table has {len(headings)} columns of data, and the description does not say what they mean"
            self.draft.report(
                self.place(headings[1]), message, expected="columns: {dimension: …, schemes: […]} in the description"
            )
            return
        columns = [(field.text, self.concept(field, axis) if axis else None) for field in headings]
        for number, row in enumerate(rows, 1):
            if len(row) != len(self.header):
                message = f"the row has {len(row)} values and the header {len(self.header)}"
                at = row[min(len(row), len(self.header)) - 1]
                self.draft.report(self.place(at), message, expected="as many values as the header has")
                continue
            label = row[self.stub - 1]
            heads = Heading(number, label.text, self.concept(label, self.description.rows))
            for column, field in enumerate(row[self.stub :]):
                self.cell(field, heads, Heading(column + 1, *columns[column]))

    def place(self, field: Field, cell: str = "") -> Origin:
        return Origin(self.file, field.line, field.column, cell)

    def concept(self, field: Field, axis: Axis, label: str = "") -> NamedNode | None:
        """Find the concept that a printed label names."""
        label = label or field.text
        tables = self.draft.vocabulary.labels
        found = list(dict.fromkeys(node for scheme in axis.schemes for node in tables.get(scheme, {}).get(label, ())))
        if len(found) == 1:
            return found[0]
        schemes = " or ".join(axis.schemes)
        if found:
            names = " and ".join(f"concept:{node.value.removeprefix(CONCEPT)}" for node in found)
            self.draft.report(
                self.place(field), f"'{label}' is the label of {names}", expected="a label that names one concept"
            )
        else:
            known = [name for scheme in axis.schemes for name in tables.get(scheme, {})]
            self.draft.report(
                self.place(field),
                f"'{label}' is not a label in scheme {schemes}",
                expected="an English label",
                near=near_names(label, known),
            )
        return None

    def cell(self, field: Field, row: Heading, column: Heading) -> None:
        """Read one cell of the data."""
        place = self.place(field, f"r{row.number}c{column.number}")
        if prints_nothing(field.text):
            if not self.description.blanks:
                message = f"the cell '{field.text}' prints no number" if field.text.strip() else "the cell is empty"
                self.draft.report(place, message, expected="a number, or blank: not-printed in the description")
            return
        reading = self.reading(field, place)
        values = self.dimensions(field, reading, row, column) if reading else None
        if reading is None or values is None:
            return
        slugs = "/".join(slug(value.value) for value in values.values())
        name = f"observation/{self.description.slug}/{slugs}"
        observation = self.draft.define(name, place, hint="rows and columns that mean different things")
        statements: list[tuple[NamedNode, NamedNode | Literal]] = [
            *self.observation(reading, values, column.label),
            (_PRINTED_VALUE, Literal(field.text)),
            (_STATED_AT, self.address(row, column, place)),
        ]
        for predicate, value in statements:
            self.draft.state(observation, predicate, value, place)

    def reading(self, field: Field, place: Origin) -> Reading | None:
        """Take a cell apart, or notes why it cannot be read."""
        printed = read_printed(field.text)
        number = "a percentage such as 38%" if self.percent else "a decimal number such as 0.379"
        expected = f"{number}, with up to three stars" if self.correlation else number
        if self.description.annotation:
            expected += ", then perhaps a word in brackets"
        if (
            printed is None
            or printed.percent != self.percent
            or printed.second
            or printed.marks not in (SIGNIFICANCE if self.correlation else {""})
            or (printed.word and not self.description.annotation)
        ):
            self.draft.report(place, f"the cell '{field.text}' cannot be read", expected=expected)
            return None
        return Reading(printed.number, printed.marks, printed.word)

    def dimensions(
        self, field: Field, reading: Reading, row: Heading, column: Heading
    ) -> dict[NamedNode, NamedNode] | None:
        """Return the dimensions of a cell with their values, or nothing when a label was wrong."""
        axes = [(self.description.rows, row.concept), (self.description.columns, column.concept)]
        values = {axis.word.iri: value for axis, value in axes if axis}
        if reading.word and self.description.annotation:
            values[self.description.annotation.word.iri] = self.concept(
                field, self.description.annotation, reading.word
            )
        found = {dimension: value for dimension, value in values.items() if value}
        return found if len(found) == len(values) else None

    def address(self, row: Heading, column: Heading, place: Origin) -> NamedNode:
        """State the table cell and return its IRI."""
        draft = self.draft
        name = f"cell/{self.description.slug}/{place.cell}"
        cell = draft.define(name, place)
        draft.state(cell, RDF_TYPE, _TABLE_CELL, place)
        draft.state(cell, term("inTable"), self.description.data_set, place)
        for axis, heading in (("row", row), ("column", column)):
            draft.state(cell, term(f"{axis}Number"), Literal(str(heading.number), datatype=INTEGER), place)
            if heading.label:
                draft.state(cell, term(f"{axis}Label"), Literal(heading.label), place)
        draft.address(cell, name, place, self.description.section)
        return cell

    def observation(
        self, reading: Reading, values: dict[NamedNode, NamedNode], heading: str
    ) -> list[tuple[NamedNode, NamedNode | Literal]]:
        """Return what an observation says, other than its place and printed form."""
        description = self.description
        statements: list[tuple[NamedNode, NamedNode | Literal]] = [
            (RDF_TYPE, term(description.observation)),
            (_DATA_SET, description.data_set),
            *values.items(),
            (_OBS_VALUE, Literal(reading.number, datatype=_DECIMAL)),
            (term("measure"), description.measure),
            (_UNIT, description.unit),
        ]
        if description.question:
            statements.append((term("surveyQuestion"), description.question))
        if sample := description.samples.get(heading) or description.samples.get(""):
            statements.append((term("sample"), sample))
        if self.correlation:
            statements.append((term("significance"), NamedNode(f"{CONCEPT}significance/{SIGNIFICANCE[reading.stars]}")))
        return statements


def load_folder(
    folder: Path, vocabulary: Vocabulary, *, known_ids: Collection[str] = (), context: Context | None = None
) -> Statements:
    """Load the case files and survey tables of one document.

    ``known_ids`` are the IRIs of things of other documents that this one may refer to.

    Raises:
        InputError: something is wrong; all problems of all files of the folder at once.

    """
    draft = read_document(folder, vocabulary, context=context)
    draft.check_references(known_ids, draft.unread)
    if draft.problems:
        raise InputError(draft.problems)
    return draft.statements


def load_cases(
    folders: Iterable[Path], vocabulary: Vocabulary, *, known_ids: Collection[str] = (), context: Context | None = None
) -> Statements:
    """Load several documents that may refer to each other's things.

    Raises:
        InputError: something is wrong; all problems of all folders at once.

    """
    drafts = [read_document(folder, vocabulary, context=context) for folder in folders]
    known = {*known_ids, *(iri for draft in drafts for iri in draft.defined)}
    unread = {beginning for draft in drafts for beginning in draft.unread}
    for draft in drafts:
        draft.check_references(known, unread)
    problems = [problem for draft in drafts for problem in draft.problems]
    if problems:
        raise InputError(problems)
    return Statements.merged(draft.statements for draft in drafts)


def read_document(
    folder: Path, vocabulary: Vocabulary, *, context: Context | None = None, with_hashes: bool = True
) -> Draft:
    """Read all files of a folder into a draft; problems are noted in it and references not yet checked.

    ``with_hashes=False`` leaves ``spans.csv`` alone, as for writing it anew.
    """
    folder = folder.absolute()
    named = _SLUG.fullmatch(folder.name) is not None
    draft = Draft(folder.name if named else _UNNAMED, vocabulary, context or shipped_context(), None)
    if not named:
        draft.problems.append(
            Problem(
                folder.name, 0, 0, "the folder's name is not a slug", expected="lower-case letters, digits and hyphens"
            )
        )
    if not (folder / DOCUMENT).is_file():
        draft.problems.append(
            Problem(
                f"{folder.name}/{DOCUMENT}",
                0,
                0,
                "the file is missing",
                expected=f"a folder of case files with a {DOCUMENT}",
            )
        )
        draft.unread.add(draft.base)
        return draft
    if with_hashes and (folder / SPANS_FILE).exists():
        try:
            draft.hashes = read_spans(folder / SPANS_FILE, f"{folder.name}/{SPANS_FILE}")
        except InputError as error:
            draft.problems.extend(error.problems)
    for path in sorted(folder.glob("*.yaml"), key=lambda path: (path.name != DOCUMENT, path.name)):
        try:
            read_casefile(path, f"{folder.name}/{path.name}", draft)
        except InputError as error:
            draft.problems.extend(error.problems)
            draft.unread.add(draft.base)
    for path in sorted(folder.glob("*.yml")):
        draft.problems.append(
            Problem(f"{folder.name}/{path.name}", 0, 0, "the file is not read", expected="a name that ends in .yaml")
        )
    _read_tables(folder, draft)
    return draft


def _read_tables(folder: Path, draft: Draft) -> None:
    tables = folder / "tables"
    prefix = f"{folder.name}/tables"
    for stem in sorted({path.stem for path in tables.glob("*") if path.suffix in {".csv", ".yaml"}}):
        before = len(draft.problems)
        missing = [f"{stem}{suffix}" for suffix in (".csv", ".yaml") if not (tables / f"{stem}{suffix}").is_file()]
        for name in missing:
            draft.problems.append(
                Problem(
                    f"{prefix}/{name}",
                    0,
                    0,
                    "the file is missing",
                    expected="a table (.csv) and its description (.yaml)",
                )
            )
        if not missing:
            try:
                read_table(tables / stem, f"{prefix}/{stem}", draft)
            except InputError as error:
                draft.problems.extend(error.problems)
        if len(draft.problems) > before:
            draft.unread |= {f"{draft.base}{kind}/{stem}" for kind in ("table", "observation", "cell")}
