"""What shapes files import: files beside them are read, and what cannot be read is told (W3C SHACL section 3.1)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urldefrag, urlsplit

from pyoxigraph import NamedNode

from kg.core.errors import InputError
from kg.loaders import load_rdf
from kg.loaders.rdf.reading import rdf_source
from kg.shacl import Concern
from kg.shacl.nodes import IMPORTS, SH

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pyoxigraph import Quad

    from kg.loaders.rdf.reading import RdfSource

    ReadFile = tuple[RdfSource, Sequence[Quad]]

_OF_SHACL: Final = frozenset((SH, SH.rstrip("#")))


def read_with_imports(sources: Iterable[RdfSource]) -> list[ReadFile]:
    """Read files, and the files that they import by ``file:`` IRIs, each once. Nothing is fetched from anywhere else.

    Raises:
        InputError: a file cannot be read.

    """
    read: dict[Path, ReadFile] = {}
    waiting = list(sources)
    while waiting:
        source = waiting.pop(0)
        key = Path(source.name).resolve()
        if key not in read:
            quads = load_rdf([source]).quads
            read[key] = source, quads
            waiting += (imported for quad in quads if quad.predicate == IMPORTS for imported in _file(quad))
    return list(read.values())


def unread_imports(files: Sequence[ReadFile]) -> Iterator[Concern]:
    """Yield each import of what is neither one of the files, nor a subject in them, nor SHACL itself."""
    known = {source.base for source, _ in files} | _OF_SHACL
    known |= {quad.subject.value for _, quads in files for quad in quads if isinstance(quad.subject, NamedNode)}
    for source, quads in files:
        for quad in quads:
            if quad.predicate != IMPORTS or not isinstance(quad.object, NamedNode):
                continue
            if not known.intersection((quad.object.value, urldefrag(quad.object.value)[0])):
                message = f"{source.name} imports {quad.object.value}, which is not among the shapes files"
                yield Concern("unread-import", message, quad.subject, quad.object)


def _file(statement: Quad) -> Iterator[RdfSource]:
    """Yield the file that an import names, if there is one."""
    address = urlsplit(statement.object.value) if isinstance(statement.object, NamedNode) else None
    if address is None or address.scheme != "file":
        return
    from urllib.request import url2pathname

    path = Path(url2pathname(address.path))
    if path.is_file():
        try:
            yield rdf_source(Path(_short(path)))
        except InputError:  # no RDF by its name: it will be told as an import that was not read
            return


def _short(path: Path) -> str:
    """Name a file from the working folder where it lies below that, as users do."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
