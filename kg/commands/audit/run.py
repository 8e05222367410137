"""Audits whatever a path holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from kg.commands.audit.plain import read_tables
from kg.core.errors import InputError, Problem
from kg.core.inputs import inputs_of
from kg.core.namespaces import BASE
from kg.core.resources import shipped_documents
from kg.core.terms import term
from kg.evidence.audit import Audit, Note, audit_graph, audit_tables
from kg.evidence.audit.checks.citations import SHORTEST_LIST, listed_works
from kg.evidence.audit.checks.text import Text
from kg.evidence.audit.model import slug_of
from kg.evidence.audit.run import audit_text
from kg.loaders.documents.sourcetext import read_source
from kg.loaders.files import read_text
from kg.pipeline.building import places_of, state
from kg.pipeline.reading import read_statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from pyoxigraph import Quad

    from kg.core.origin import Origin


_FILE: Final = term("fileName")
TEXTS: Final = (".txt", ".md")


def audit_source(source: Path | None = None, *, with_shipped: bool = False, documents: Path | None = None) -> Audit:
    """Audit the shipped documents.

    Or a folder of case files, a build, a folder of plain survey tables, one such table, or a text.

    ``with_shipped`` loads the shipped documents as well, for case files that refer to their things; only ``source`` is
    reported on. ``documents`` is the folder with the text files of the documents that case files or a build name: they
    are read, too.

    Raises:
        InputError: a file cannot be read; it holds the problems of all files.
        StoreError: a build is damaged.

    """
    if source is None:
        return _of_statements(*_stated(shipped_documents()), documents)
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
    without = f"No list of references with {SHORTEST_LIST} entries or more was found in '{text.file}': its citations are not audited."
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
