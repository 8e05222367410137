"""Read the shapes to validate against: the shipped ones, or those of files with their imports."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urldefrag, urlsplit

from pyoxigraph import BlankNode, NamedNode

from kg.core.errors import InputError, Problem
from kg.core.inputs import RDF_ENDINGS
from kg.core.terms import SH
from kg.loaders import load_rdf
from kg.loaders.rdf.reading import RdfSource, rdf_source
from kg.shacl.nodes import IMPORTS
from kg.shacl.report.concerns import concerns_of_shapes
from kg.shacl.report.report import FORBIDDEN, Concern
from kg.shacl.shapes.reading import WHERE, examine_shapes, read_shapes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pyoxigraph import Quad

    from kg.core.origin import Origin
    from kg.loaders.rdf.addresses import Places
    from kg.loaders.rdf.reading import RdfSource
    from kg.shacl.shapes.shapes import Shapes

    ReadFile = tuple[RdfSource, Sequence[Quad]]


@dataclass(frozen=True)
class GivenShapes:
    """Shapes that can be run, concerns about the others, and the files of both.

    ``shipped`` is true for motkg's own shapes.
    """

    shapes: Shapes
    concerns: tuple[Concern, ...]
    sources: tuple[RdfSource, ...]
    shipped: bool = False


@cache
def shipped_shapes() -> GivenShapes:
    """Return the shapes that motkg ships for data."""
    from kg.core.resources import shape_files

    sources = tuple(map(rdf_source, shape_files()))
    return GivenShapes(read_shapes(load_rdf(sources).quads), (), sources, shipped=True)


def read_given_shapes(paths: Iterable[Path], syntax: str = "") -> GivenShapes:
    """Read shapes from RDF files; a folder stands for the RDF files in it.

    Shapes that cannot be run become concerns. ``syntax`` is the ending of a syntax, such as ``ttl``, whatever the names
    say.

    Raises:
        InputError: a file cannot be read, uses a part of SHACL that is not supported, or holds a query that SHACL wants
            a failure for.

    """
    sources = tuple(rdf_source(file, syntax) for path in paths for file in _files(path))
    files = read_with_imports(sources)
    sources = tuple(source for source, _ in files)
    shapes, concerns = examine_shapes(quad for _, quads in files for quad in quads)
    _refuse([concern for concern in concerns if concern.kind == FORBIDDEN], sources)
    idle = [source.name for source, quads in files if not any(map(_says_something, quads))] if shapes.by_node else []
    without = (Concern("no-shapes", f"{name} says nothing in the SHACL vocabulary") for name in idle)
    return GivenShapes(shapes, (*concerns, *concerns_of_shapes(shapes), *without, *unread_imports(files)), sources)


_ENDINGS: Final = (*(f".{ending}" for ending in RDF_ENDINGS), ".shacl", ".turtle", ".owl", ".gz")


def _files(path: Path) -> list[Path]:
    if not path.exists():
        raise InputError([Problem(str(path), 0, 0, "the file cannot be read: No such file or directory")])
    files = sorted(file for file in path.iterdir() if file.suffix.lower() in _ENDINGS) if path.is_dir() else [path]
    if not files:
        raise InputError([Problem(str(path), 0, 0, "the folder holds no RDF file", f"one of {', '.join(_ENDINGS)}")])
    return files


def _says_something(statement: Quad) -> bool:
    """Return whether a statement makes its file one of shapes: it uses SHACL, or imports a file."""
    return statement.predicate.value.startswith(SH) or statement.predicate == IMPORTS


def _refuse(forbidden: Iterable[Concern], sources: Iterable[RdfSource]) -> None:
    placed = [(concern, concern.origin) for concern in with_shape_places(forbidden, sources)]
    if placed:
        raise InputError(
            Problem(at.file, at.line, at.column, concern.message) if at else Problem(WHERE, 0, 0, concern.message)
            for concern, at in placed
        )


def with_shape_places(concerns: Iterable[Concern], sources: Iterable[RdfSource]) -> list[Concern]:
    """Return concerns with the places of their shapes."""
    waiting = list(concerns)
    shapes = {concern.shape for concern in waiting if isinstance(concern.shape, NamedNode | BlankNode)}
    if not shapes:
        return waiting
    from kg.loaders.rdf.addresses import places_of

    for source in sources:
        places = places_of(source, shapes)
        waiting = [
            concern if concern.origin else replace(concern, origin=_shape_place(concern, places)) for concern in waiting
        ]
    return waiting


def _shape_place(concern: Concern, found: Places) -> Origin | None:
    if concern.shape is None:
        return None
    named = (
        place
        for (subject, *named), place in found.triples.items()
        if subject == concern.shape and concern.term in named
    )
    return next(named, found.subjects.get(concern.shape))


_OF_SHACL: Final = frozenset((SH, SH.rstrip("#")))


def read_with_imports(sources: Iterable[RdfSource]) -> list[ReadFile]:
    """Read files and the files beside or below them that they import by relative or ``file:`` IRIs, each once.

    Nothing is fetched from the network or read from elsewhere on the disk.

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
            folder = source.base.rpartition("/")[0] + "/"
            imports = (
                quad.object.value for quad in quads if quad.predicate == IMPORTS and isinstance(quad.object, NamedNode)
            )
            waiting += (imported for name in imports for imported in _file(name, key.parent, folder))
    return list(read.values())


def unread_imports(files: Sequence[ReadFile]) -> Iterator[Concern]:
    """Yield a concern for each import that is not one of the files, a subject in them, or SHACL itself."""
    known = {name for source, _ in files for name in (source.base, Path(source.name).resolve().as_uri())} | _OF_SHACL
    known |= {quad.subject.value for _, quads in files for quad in quads if isinstance(quad.subject, NamedNode)}
    for source, quads in files:
        for quad in quads:
            if quad.predicate != IMPORTS or not isinstance(quad.object, NamedNode):
                continue
            if not known.intersection((quad.object.value, urldefrag(quad.object.value)[0])):
                message = f"{source.name} imports {quad.object.value}, which is not among the shapes files"
                yield Concern("unread-import", message, quad.subject, quad.object)


def _file(name: str, folder: Path, base: str) -> Iterator[RdfSource]:
    """Yield the file that an import names, if there is one in the folder, whose IRI is ``base``, or below it."""
    from urllib.request import url2pathname

    if name.startswith(base):
        path = folder / url2pathname(urldefrag(name)[0].removeprefix(base))
    elif urlsplit(name).scheme == "file":
        path = Path(url2pathname(urlsplit(name).path))
    else:
        return
    if path.resolve().is_relative_to(folder) and path.is_file():
        try:
            yield rdf_source(Path(_short(path)))
        except InputError:  # no RDF by its name: it will be told as an import that was not read
            return


def _short(path: Path) -> str:
    """Return a path relative to the working folder where it lies below it."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
