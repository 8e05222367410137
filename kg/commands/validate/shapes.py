"""The shapes that data is held against: the shipped ones, or those of some files, with what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from kg.commands.validate.imports import read_with_imports, unread_imports
from kg.commands.validate.places import with_shape_places
from kg.core.errors import InputError, Problem
from kg.core.resources import shape_files
from kg.loaders import load_rdf
from kg.loaders.rdf.reading import RdfSource, rdf_source
from kg.shacl import Concern
from kg.shacl.columnar.executor import NOT_RECURSIVE, make_plan, recursion_text
from kg.shacl.nodes import IMPORTS, SH
from kg.shacl.report.concerns import concerns_of_shapes
from kg.shacl.report.report import FORBIDDEN
from kg.shacl.shapes.reading import WHERE, examine_shapes, read_shapes

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pyoxigraph import Quad

    from kg.shacl import Shapes


@dataclass(frozen=True)
class GivenShapes:
    """Shapes that can be run, what is of concern about the rest, and where both were read.

    ``shipped`` ones are motkg's own.
    """

    shapes: Shapes
    concerns: tuple[Concern, ...]
    sources: tuple[RdfSource, ...]
    shipped: bool = False


@cache
def shipped_shapes() -> GivenShapes:
    """Return the shapes that motkg ships for data."""
    sources = tuple(map(rdf_source, shape_files()))
    return GivenShapes(read_shapes(load_rdf(sources).quads), (), sources, shipped=True)


def read_given_shapes(paths: Iterable[Path]) -> GivenShapes:
    """Read shapes from RDF files; a folder stands for the Turtle files in it. What cannot be run is told, not refused.

    Raises:
        InputError: a file cannot be read, uses a part of SHACL that is not supported, or holds a query that SHACL wants
            a failure for.

    """
    sources = tuple(rdf_source(file) for path in paths for file in _files(path))
    files = read_with_imports(sources)
    sources = tuple(source for source, _ in files)
    shapes, concerns = examine_shapes(quad for _, quads in files for quad in quads)
    _refuse([concern for concern in concerns if concern.kind == FORBIDDEN], sources)
    idle = [source.name for source, quads in files if not any(map(_says_something, quads))] if shapes.by_node else []
    without = (Concern("no-shapes", f"{name} says nothing in the SHACL vocabulary") for name in idle)
    return GivenShapes(shapes, (*concerns, *concerns_of_shapes(shapes), *without, *unread_imports(files)), sources)


def _files(path: Path) -> list[Path]:
    if not path.exists():
        raise InputError([Problem(str(path), 0, 0, "the file cannot be read: No such file or directory")])
    found = sorted(path.glob("*.ttl")) if path.is_dir() else [path]
    if not found:
        raise InputError([Problem(str(path), 0, 0, "the folder holds no Turtle file", "files whose names end in .ttl")])
    return found


def _says_something(statement: Quad) -> bool:
    """Return whether a statement makes a file one of shapes: by a word of SHACL, or by what it imports."""
    return statement.predicate.value.startswith(SH) or statement.predicate == IMPORTS


def refuse_what_recurs(given: GivenShapes, engine: str) -> None:
    """Refuse shapes that lead back to themselves, unless pySHACL is asked for.

    Raises:
        InputError: there is one that some active target reaches.

    """
    if engine != "pyshacl":
        recursive = make_plan(given.shapes).recursive
        _refuse(
            [Concern(FORBIDDEN, f"{recursion_text(node)}; expected {NOT_RECURSIVE}", node) for node in recursive],
            given.sources,
        )


def _refuse(forbidden: Iterable[Concern], sources: Iterable[RdfSource]) -> None:
    placed = [(concern, concern.origin) for concern in with_shape_places(forbidden, sources)]
    if placed:
        raise InputError(
            Problem(at.file, at.line, at.column, concern.message) if at else Problem(WHERE, 0, 0, concern.message)
            for concern, at in placed
        )
