"""Crosswalks: tables of SSSOM that say which concepts and things of several documents correspond to each other.

Each line maps a subject to an object: the statement itself, by its predicate, and a ``motkg:Mapping`` that says who
found it, when, on what grounds and how surely.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from pyoxigraph import Literal, NamedNode, Quad

from kg.core.errors import InputError, Problem, QueryError, near_names
from kg.core.origin import Origin, Statements
from kg.core.terms import BASE, CROSSWALK, OWL, RDF_TYPE, RDFS_LABEL, XSD, expand, term
from kg.loaders.files import read_text
from kg.loaders.ontology import CONCEPT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

CROSSWALK_FILE: Final = "crosswalk.sssom.tsv"
COLUMNS: Final = (
    *("subject_id", "predicate_id", "object_id", "mapping_justification", "author_id", "author_label"),
    *("mapping_date", "confidence", "comment"),
)
SAME_AS: Final = NamedNode(f"{OWL}sameAs")
_OF_CONCEPTS: Final = frozenset(f"skos:{name}Match" for name in ("exact", "close", "broad", "narrow", "related"))
_OF_THINGS: Final = frozenset({"owl:sameAs", "rdfs:seeAlso", "motkg:withinRegion"})
_JUSTIFICATIONS: Final = {"semapv:ManualMappingCuration": expand("method:manual-mapping")}
_ID: Final = f"{BASE}id/"
_DATE: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_CONFIDENCE: Final = re.compile(r"0(\.\d+)?|1(\.0+)?")


class Field(NamedTuple):
    """A value of the table with the place where it begins."""

    text: str
    line: int
    column: int


def load_crosswalk(path: Path, name: str, known: Collection[str], documents: Collection[str]) -> Statements:
    """Read a crosswalk; ``known`` are the IRIs that something is said of, ``documents`` the documents of the build.

    A line about a thing of a document that is not in the build is left out. ``name`` is how messages call the file.

    Raises:
        InputError: the file is not such a table, a value cannot be read, or a subject or object does not exist.

    """
    return _Reader(name, known, documents).read(read_text(path, name))


class _Stated(NamedTuple):
    """What a line says, and on whose authority."""

    subject: NamedNode
    predicate: NamedNode
    value: NamedNode
    author: NamedNode
    justification: NamedNode


class _Reader:
    """Read one file."""

    def __init__(self, file: str, known: Collection[str], documents: Collection[str]) -> None:
        self.file, self.known, self.documents = file, known, documents
        self.statements = Statements()
        self.problems: list[Problem] = []
        self.pairs: dict[tuple[frozenset[str], str], int] = {}

    def read(self, text: str) -> Statements:
        rows = self._rows(text)
        header = next(rows, [])
        names = [field.text for field in header]
        missing = [column for column in COLUMNS if column not in names]
        if missing or len(set(names)) < len(names):
            line = header[0].line if header else 1
            problem = Problem(self.file, line, 1, "the header lacks columns, or has one twice", ", ".join(COLUMNS))
            raise InputError([problem])
        for fields in rows:
            if len(fields) == len(names):
                self._mapping(dict(zip(names, fields, strict=True)))
            else:
                self._report(fields[0], f"the line has {len(fields)} values", f"{len(names)}, parted by tabs")
        if self.problems:
            raise InputError(self.problems)
        return self.statements

    @staticmethod
    def _rows(text: str) -> Iterator[list[Field]]:
        """Yield the fields of each line that is no comment; the metadata of SSSOM stand in comments."""
        for number, line in enumerate(text.splitlines(), 1):
            if line and not line.startswith("#"):
                column, fields = 1, []
                for value in line.split("\t"):
                    fields.append(Field(value, number, column))
                    column += len(value) + 1
                yield fields

    def _mapping(self, row: Mapping[str, Field]) -> None:
        found = len(self.problems)
        subject, value = self._thing(row["subject_id"]), self._thing(row["object_id"])
        predicate = self._predicate(row)
        justification = _JUSTIFICATIONS.get(row["mapping_justification"].text)
        if justification is None:
            self._report(row["mapping_justification"], "the justification is unknown", ", ".join(_JUSTIFICATIONS))
        author = self._expanded(row["author_id"])
        if not _DATE.fullmatch(row["mapping_date"].text):
            self._report(row["mapping_date"], f"'{row['mapping_date'].text}' is no date", "a day, such as 2026-12-01")
        if not _CONFIDENCE.fullmatch(row["confidence"].text):
            self._report(row["confidence"], f"'{row['confidence'].text}' is no confidence", "a number from 0 to 1")
        for column in ("author_label", "comment"):
            if not row[column].text.strip():
                self._report(row[column], f"'{column}' is empty", "the reason" if column == "comment" else "a name")
        if len(self.problems) > found or not (subject and value and predicate and author and justification):
            return
        if self._absent(subject) or self._absent(value):
            return
        self._state(_Stated(subject, predicate, value, author, justification), row)

    def _predicate(self, row: Mapping[str, Field]) -> NamedNode | None:
        """Return the predicate: one for concepts between concepts, one for things between things."""
        subject, field, value = row["subject_id"], row["predicate_id"], row["object_id"]
        of_things = [end.text.startswith("id:") for end in (subject, value)]
        pair = (frozenset((subject.text, value.text)), field.text)
        allowed = _OF_THINGS if all(of_things) else _OF_CONCEPTS
        if of_things[0] != of_things[1]:
            self._report(value, "a concept and a thing cannot be mapped to each other", "two concepts, or two things")
        elif field.text not in allowed:
            kind = "things" if all(of_things) else "concepts"
            message = f"'{field.text}' relates no {kind}"
            self._report(field, message, ", ".join(sorted(allowed)), near_names(field.text, allowed))
        elif subject.text == value.text:
            self._report(value, "subject and object are the same", "two different ones")
        elif first := self.pairs.get(pair):
            self._report(subject, f"the mapping stands twice, first in line {first}", "each mapping once")
        else:
            self.pairs[pair] = field.line
            return expand(field.text)
        return None

    def _thing(self, field: Field) -> NamedNode | None:
        """Return the IRI of a subject or object that exists, or may exist in a document that is not in the build."""
        node = self._expanded(field)
        if node is None or node.value in self.known or self._absent(node):
            return node
        start = node.value.rpartition("/")[0]
        near = near_names(node.value, [iri for iri in self.known if iri.startswith(start)])
        kind = "thing of its document" if node.value.startswith(_ID) else "concept"
        short = tuple(iri.removeprefix(_ID).removeprefix(CONCEPT) for iri in near)
        self._report(field, f"'{field.text}' is no {kind}", "one that exists", short)
        return None

    def _expanded(self, field: Field) -> NamedNode | None:
        try:
            return expand(field.text)
        except QueryError as error:
            self._report(field, str(error).partition("\n")[0], "prefix:name, with a prefix of ontology/prefixes.ttl")
            return None

    def _absent(self, node: NamedNode) -> bool:
        """Return whether a thing belongs to a document that is not in the build."""
        return node.value.startswith(_ID) and node.value.removeprefix(_ID).partition("/")[0] not in self.documents

    def _state(self, stated: _Stated, row: Mapping[str, Field]) -> None:
        subject, predicate, value, author, justification = stated
        parts = (node.value.removeprefix(_ID).removeprefix(CONCEPT) for node in (subject, value))
        relation = row["predicate_id"].text.partition(":")[2]
        mapping = NamedNode("/".join((f"{_ID}crosswalk/mapping", relation, "--".join(parts))))
        label = f"{row['subject_id'].text} {row['predicate_id'].text} {row['object_id'].text}"
        place = Origin(self.file, row["subject_id"].line, 1)
        triples: list[tuple[NamedNode, NamedNode, NamedNode | Literal]] = [
            (subject, predicate, value),
            (mapping, RDF_TYPE, term("Mapping")),
            (mapping, RDFS_LABEL, Literal(label, language="en")),
            (mapping, term("mapsFrom"), subject),
            (mapping, term("mapsTo"), value),
            (mapping, term("mappingPredicate"), Literal(row["predicate_id"].text)),
            (mapping, term("method"), justification),
            (mapping, term("confidence"), Literal(row["confidence"].text, datatype=NamedNode(f"{XSD}decimal"))),
            (mapping, expand("prov:wasAttributedTo"), author),
            (mapping, expand("dcterms:date"), Literal(row["mapping_date"].text, datatype=NamedNode(f"{XSD}date"))),
            (mapping, expand("dcterms:description"), Literal(row["comment"].text, language="en")),
            (author, RDF_TYPE, expand("foaf:Agent")),
            (author, RDFS_LABEL, Literal(row["author_label"].text, language="en")),
        ]
        for triple in triples:
            self.statements.add(Quad(*triple, CROSSWALK), place)

    def _report(self, field: Field, message: str, expected: str, near: Collection[str] = ()) -> None:
        self.problems.append(Problem(self.file, field.line, field.column, message, expected, tuple(near)))
