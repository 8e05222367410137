"""The data that is validated: the shipped graph, a build, folders of case files, RDF files, standard input."""

from __future__ import annotations

import glob
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kg.columns import Columns, columns_of_files, columns_of_quads
from kg.errors import InputError, Problem
from kg.loaders import load_ontology, load_rdf
from kg.loaders.rdf import ENDINGS, RdfSource, rdf_source
from kg.pipeline import read_statements, state
from kg.resources import ontology_dir, shipped_documents
from kg.terms import BASE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyoxigraph import Quad

    from kg.loaders import Origin

LARGE: Final = 1 << 23
"""From this many bytes on, files are read into columns at once, without an object for each statement."""


@dataclass(frozen=True)
class Data:
    """Statements in columns, and what is known of where they were read.

    ``quads`` and ``origins`` are empty for large files, whose lines are looked up in ``sources`` when there is something to point at.
    """

    columns: Columns
    quads: Sequence[Quad] = ()
    origins: Mapping[Quad, Origin] = field(default_factory=dict)
    sources: tuple[RdfSource, ...] = ()
    base: str = BASE
    empty: bool = False


def read_data(
    named: Sequence[str], *, build: Path | None = None, stdin: bytes | None = None, syntax: str = "", with_ontology: bool = True
) -> Data:
    """Reads what is named: RDF files, patterns such as ``data/*.ttl``, folders of case files or of RDF files, ``-`` for ``stdin``.

    Without any it is ``build``, the folder of one, or else the shipped graph. RDF comes with the ontology unless told otherwise, so
    that shapes know its classes; case files and builds hold it already. ``syntax`` is an ending such as ``ttl``, which ``-`` needs.

    Raises:
        InputError: a name stands for no file, or a file cannot be read.
        StoreError: the folder holds no build.

    """
    if not named:
        if build is not None:
            quads, origins, base = read_statements(build)
            return Data(columns_of_quads(quads), quads, origins, base=base, empty=not quads)
        stated = state(shipped_documents())
        return Data(columns_of_quads(stated.quads), stated.quads, stated.origins)
    documents, sources = _named(named, stdin, syntax)
    if not documents and all(source.content is None for source in sources) and _size(sources) >= LARGE:
        files = [Path(source.name) for source in sources]
        return Data(columns_of_files([*(_ontology_files() if with_ontology else ()), *files]), sources=sources)
    loaded = load_rdf(sources)
    quads, origins = list(loaded.quads), dict(loaded.origins)
    empty = not quads and not documents
    if documents:
        stated = state(documents)
        quads, origins = [*stated.quads, *quads], {**stated.origins, **origins}
    elif with_ontology:
        ontology = load_ontology(ontology_dir())
        quads, origins = [*ontology.quads, *quads], {**ontology.origins, **origins}
    return Data(columns_of_quads(quads), quads, origins, sources, empty=empty)


def _named(named: Sequence[str], stdin: bytes | None, syntax: str) -> tuple[list[Path], tuple[RdfSource, ...]]:
    documents: list[Path] = []
    sources: dict[str, RdfSource] = {}
    problems: list[Problem] = []
    for name in named:
        try:
            for path in [Path(name)] if name == "-" else _matching(name):
                if (path / "document.yaml").is_file():
                    documents.append(path)
                elif name == "-":
                    sources[name] = _standard_input(stdin, syntax)
                else:
                    sources[str(path)] = rdf_source(path, syntax)
        except InputError as error:
            problems.extend(error.problems)
    if problems:
        raise InputError(problems)
    return documents, tuple(sources.values())


def _standard_input(stdin: bytes | None, syntax: str) -> RdfSource:
    if not syntax:
        raise InputError([Problem("-", 0, 0, "standard input has no ending that tells its syntax", "--data-format")])
    source = rdf_source(Path("standard-input"), syntax)
    return RdfSource("-", source.syntax, "urn:x-standard-input:/", stdin or b"")


def _matching(name: str) -> list[Path]:
    """Gives the files that a name stands for: itself, those of a folder, or those that match a pattern."""
    path = Path(name)
    if path.is_dir() and not (path / "document.yaml").is_file():
        found = sorted(file for ending in ENDINGS for file in path.rglob(f"*.{ending}"))
        if not found:
            raise InputError([Problem(name, 0, 0, "the folder holds neither document.yaml nor RDF files")])
        return found
    if path.exists() or not glob.has_magic(name):
        return [path]
    found = sorted(Path(match) for match in glob.glob(name, recursive=True))  # noqa: PTH207 - a pattern may be absolute
    if not found:
        raise InputError([Problem(name, 0, 0, "no file matches the pattern")])
    return found


def _size(sources: Sequence[RdfSource]) -> int:
    return sum(path.stat().st_size for source in sources if (path := Path(source.name)).is_file())


def _ontology_files() -> list[Path]:
    folder = ontology_dir()
    optional = [path for path in (folder / "cubes.ttl", folder / "alignments.ttl") if path.exists()]
    return [folder / "motkg.ttl", *sorted((folder / "schemes").glob("*.ttl")), *optional]
