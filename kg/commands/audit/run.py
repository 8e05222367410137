"""Audit what a path or a program holds."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from kg.commands.audit.plain import read_tables
from kg.core.errors import InputError, Problem, QueryError, near_names
from kg.core.inputs import inputs_of, is_path, quads_of
from kg.core.resources import shipped_documents
from kg.core.terms import BASE, CLOSURE, term
from kg.core.text import TextInNotebooks
from kg.evidence.audit import Audit, Note, audit_graph, audit_tables
from kg.evidence.audit.checks.citations import SHORTEST_LIST, listed_works
from kg.evidence.audit.checks.text import Text
from kg.evidence.audit.model import slug_of
from kg.evidence.audit.run import audit_text
from kg.loaders.documents.sourcetext import read_source
from kg.loaders.files import read_text
from kg.pipeline.building import places_of, state
from kg.pipeline.reading import moved, read_statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pyoxigraph import Quad

    from kg.core.inputs import HeldStatements
    from kg.core.origin import Origin
    from kg.pipeline.building import Build


_FILE: Final = term("fileName")
TEXTS: Final = (".txt", ".md")


@dataclass(frozen=True)
class AuditReport(Audit, TextInNotebooks):
    """The outcome of an audit, which prints as text: the findings, the surest first, and what was computed besides.

    Attributes:
        findings: each with its certainty, its place in a file, what is printed and what was expected.
        remarks: what somebody who read a document noted by hand.
        notes: what was computed besides, and what was not audited.
        tables: how many tables were audited.
        numbers: how many numbers were audited.

    """

    @classmethod
    def of(cls, outcome: Audit) -> AuditReport:
        """Return an outcome as a report."""
        return cls(**{part.name: getattr(outcome, part.name) for part in fields(Audit)})

    def render(self, form: str = "text") -> str:
        """Return the audit as ``text``, ``csv``, ``json``, ``sarif``, ``turtle`` or ``html``.

        Raises:
            QueryError: there is no such format.

        """
        from kg.evidence.audit.formats import FORMS, render

        if form not in FORMS:
            raise QueryError(
                f"no format is called '{form}'", hint=f"formats: {', '.join(FORMS)}", near=near_names(form, FORMS)
            )
        return render(self, form)

    def __str__(self) -> str:
        return self.render()


def audit(
    source: Path | str | Build | HeldStatements | None = None,
    *,
    with_shipped: bool = False,
    documents: Path | str | None = None,
) -> AuditReport:
    """Check whether printed numbers, names, dates and references can be as they are printed.

    Args:
        source: a folder of case files, a build, a folder of survey tables (``name.csv``, described by ``name.yaml``
            beside it), one such table, or a text (``.txt``, ``.md``); the shipped documents where it is left out. Also
            what ``kg.build`` returned, a graph of rdflib, a store of pyoxigraph, or an iterable of quads.
        with_shipped: load the shipped documents as well, for case files that refer to their things; only ``source`` is
            reported on.
        documents: the folder with the text files of the documents that the case files or the build name; they are
            audited, too.

    Raises:
        InputError: a file cannot be read; the error holds the problems of all files.
        StoreError: a build is damaged.

    Example:
        >>> audit = kg.audit("table.csv")
        >>> [(finding.certainty.value, finding.place.line) for finding in audit.findings]
        [('certain', 3)]

    """
    texts = None if documents is None else Path(documents)
    if source is None:
        return AuditReport.of(_of_statements(*_stated(shipped_documents()), texts))
    if is_path(source):
        return AuditReport.of(_of_path(Path(source), texts, with_shipped=with_shipped))
    base = str(getattr(source, "base", BASE))
    quads, origins = moved(quads_of(source), getattr(source, "origins", {}), base, BASE)
    return AuditReport.of(_of_statements([quad for quad in quads if quad.graph_name != CLOSURE], origins, texts))


def _of_path(source: Path, documents: Path | None, *, with_shipped: bool) -> Audit:
    given, *others = inputs_of([source], ("build", "cases", "table", "text"))
    if given.kind == "build":
        quads, origins, _ = read_statements(source)
        return _of_statements(quads, origins, documents)
    if given.kind == "cases":
        if others:
            raise InputError(
                [Problem(str(source), 0, 0, "the folder holds several folders of case files", "one of them")]
            )
        folders = [*(shipped_documents() if with_shipped else ()), given.path]
        return _of_statements(*_stated(folders), documents).only(given.path.absolute().name)
    if documents is not None:
        message = "only case files and builds name documents"
        raise InputError(
            [Problem(str(source), 0, 0, message, expected="case files or a build, or no folder of documents")]
        )
    if given.kind == "text":
        return _of_text(Text(slug_of(source.stem), str(source), read_text(source, str(source))))
    return audit_tables(read_tables(source))


def _of_text(text: Text) -> Audit:
    without = (
        f"No list of references with {SHORTEST_LIST} entries or more was found in '{text.file}': its citations are "
        "not audited."
    )
    return Audit(tuple(audit_text(text)), notes=() if listed_works(text) else (Note(text.document, without),))


def _stated(folders: Sequence[Path]) -> tuple[list[Quad], dict[Quad, Origin]]:
    stated = state(folders)
    return stated.quads, stated.origins


def _of_statements(quads: Sequence[Quad], origins: Mapping[Quad, Origin], documents: Path | None) -> Audit:
    return audit_graph(quads, places_of(origins), _texts(quads, documents) if documents else ())


def _texts(quads: Iterable[Quad], folder: Path) -> Iterator[Text]:
    """Yield the text of every document whose file lies in a folder.

    Raises:
        InputError: none does, or one cannot be read.

    """
    named = sorted(
        (quad.subject.value, quad.object.value)
        for quad in quads
        if quad.predicate == _FILE
        and isinstance(quad.subject, NamedNode)
        and isinstance(quad.object, Literal)
        and "/input/" not in quad.subject.value
    )
    found = [(iri, name) for iri, name in named if (folder / name).is_file()]
    if not found:
        names = " or ".join(name for _, name in named) or "nothing: no document names its text file"
        raise InputError([Problem(str(folder), 0, 0, "the folder holds none of the documents", expected=names)])
    for iri, name in found:
        yield Text(iri.removeprefix(f"{BASE}id/").partition("/")[0], name, read_source(folder / name).text)
