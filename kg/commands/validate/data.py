"""The data that is validated: the shipped graph, a build, folders of case files, RDF files, standard input."""

from __future__ import annotations

import glob
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pyoxigraph import RdfFormat, parse

from kg.columns import Columns, columns_of_quads, read_files
from kg.commands.validate.lines import places_by_line
from kg.core.errors import InputError, Problem
from kg.core.resources import ontology_dir, shipped_documents
from kg.core.terms import BASE
from kg.loaders import load_ontology, load_rdf
from kg.loaders.rdf.reading import ENDINGS, RdfSource, rdf_source
from kg.pipeline.reading import is_store, read_statements

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from pyoxigraph import Quad

    from kg.columns import FileStatements
    from kg.core.origin import Origin
    from kg.loaders.rdf.addresses import Places
    from kg.pipeline.building import Stated
    from kg.shacl.nodes import Node

_COMMENTS: Final = 1 << 16
DOCUMENT: Final = "document.yaml"
"""The file that makes a folder one of case files."""
LARGE: Final = 1 << 23
"""From this many bytes on, files are read into columns at once, without an object for each statement."""


@dataclass(frozen=True)
class Data:
    """Statements in columns, and what is known of where they were read.

    ``quads`` and ``origins`` are empty for large files. Of those, ``statements`` tells what stands in each of
    ``files``, in order; lines that it does not tell are looked up in ``sources`` when there is something to point at.
    ``read_at`` is when reading began. ``idle`` are the files without a statement. ``places`` finds where statements
    about some subjects stand, without a look at ``sources``, and before it. ``given`` tells that the user named the
    data, and ``beside`` that the ontology was read beside it.
    """

    columns: Columns
    quads: Sequence[Quad] = ()
    origins: Mapping[Quad, Origin] = field(default_factory=dict)
    sources: tuple[RdfSource, ...] = ()
    base: str = BASE
    empty: bool = False
    statements: FileStatements | None = None
    files: tuple[str, ...] = ()
    read_at: int = 0
    places: Callable[[Collection[Node]], Places] | None = None
    idle: tuple[str, ...] = ()
    given: bool = False
    beside: bool = False


def sources_of(named: Sequence[str], syntax: str = "") -> tuple[RdfSource, ...] | None:
    """Return the RDF files that are named, or nothing when something else is named as well, or nothing at all.

    Raises:
        InputError: a name stands for no file.

    """
    if not named or "-" in named:
        return None
    documents, sources = _named(named, None, syntax)
    return None if documents else sources


def read_data(  # noqa: PLR0913 - each says another thing about what is read
    named: Sequence[str],
    *,
    build: Path | None = None,
    stdin: bytes | None = None,
    syntax: str = "",
    with_ontology: bool = True,
    by_file: bool = False,
) -> Data:
    """Read what is named: RDF files, patterns such as ``data/*.ttl``, folders, ``-`` for ``stdin``.

    A folder holds case files, folders of case files, or RDF files. Without any name it is ``build``, the folder of one,
    or else the shipped graph. RDF comes with the ontology unless told otherwise, so that shapes know its classes; case
    files and builds hold it already. ``syntax`` is an ending such as ``ttl``, which ``-`` needs. ``by_file`` takes note
    of what stands in which file, as is always done for large files.

    Raises:
        InputError: a name stands for no file, or a file cannot be read.
        StoreError: the folder holds no build.

    """
    if not named:
        if build is not None and is_store(build):
            from kg.commands.validate.loaded import read_loaded

            return read_loaded(build)
        if build is not None:
            quads, origins, base = read_statements(build)
            return Data(columns_of_quads(quads), quads, origins, base=base, empty=not quads)
        stated = _stated(shipped_documents())
        return Data(columns_of_quads(stated.quads), stated.quads, stated.origins)
    documents, sources = _named(named, stdin, syntax)
    if not documents and all(map(told_by_name, sources)) and (by_file or _size(sources) >= LARGE):
        return _of_files(sources, with_ontology=with_ontology)
    loaded = load_rdf(sources)
    quads, origins = list(loaded.quads), dict(loaded.origins)
    empty = not quads and not documents
    if documents:
        stated = _stated(documents)
        quads, origins = [*stated.quads, *quads], {**stated.origins, **origins}
    elif with_ontology:
        ontology = load_ontology(ontology_dir())
        quads, origins = [*ontology.quads, *quads], {**ontology.origins, **origins}
    return Data(
        columns_of_quads(quads),
        quads,
        origins,
        sources,
        empty=empty,
        idle=idle_files(sources),
        given=True,
        beside=with_ontology or bool(documents),
    )


def _stated(documents: Sequence[Path]) -> Stated:
    from kg.pipeline.building import state

    return state(documents)


def _of_files(sources: tuple[RdfSource, ...], *, with_ontology: bool) -> Data:
    files = [*(ontology_files() if with_ontology else ()), *(Path(source.name) for source in sources)]
    started = time.time_ns()
    statements = read_files(files)
    names = tuple(map(str, files))
    by_line = {name for name, lines in zip(names, statements.by_line, strict=True) if lines}
    return Data(
        statements.columns(),
        sources=tuple(source for source in sources if source.name not in by_line),
        empty=statements.bounds[-1] == statements.bounds[len(files) - len(sources)],
        statements=statements,
        files=names,
        read_at=started,
        places=partial(places_by_line, statements, names),
        idle=idle_files(sources),
        given=True,
        beside=with_ontology,
    )


def idle_files(sources: Iterable[RdfSource]) -> tuple[str, ...]:
    """Return the names of the sources that hold no statement.

    Comments alone are never as long as the limit up to which it is asked.
    """
    return tuple(source.name for source in sources if source.content is None and _is_idle(source))


def _is_idle(source: RdfSource) -> bool:
    if Path(source.name).stat().st_size > _COMMENTS:
        return False
    with source.open() as content:
        return next(iter(parse(content, format=source.syntax, base_iri=source.base or None)), None) is None


def document_folders(named: Sequence[str]) -> tuple[Path, ...]:
    """Return the folders of case files that are named, or that lie in folders that are."""
    paths = (path for name in named for path in (Path(name), *Path(name).glob("*")) if name != "-")
    return tuple(path for path in paths if (path / DOCUMENT).is_file())


def told_by_name(source: RdfSource) -> bool:
    """Return whether a source is a file whose name tells its syntax."""
    return (
        source.content is None and RdfFormat.from_extension(Path(source.name).suffix.removeprefix(".")) == source.syntax
    )


def _named(named: Sequence[str], stdin: bytes | None, syntax: str) -> tuple[list[Path], tuple[RdfSource, ...]]:
    documents: list[Path] = []
    sources: dict[str, RdfSource] = {}
    problems: list[Problem] = []
    for name in named:
        try:
            for path in [Path(name)] if name == "-" else _matching(name):
                if (path / DOCUMENT).is_file():
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
    """Return the files that a name stands for: itself, those of a folder, or those that match a pattern."""
    path = Path(name)
    if not path.exists() and not path.suffix and not glob.has_magic(name):
        raise InputError([Problem(name, 0, 0, "the file cannot be read: No such file or directory")])
    if path.is_dir() and not (path / DOCUMENT).is_file():
        documents = sorted(file.parent for file in path.glob(f"*/{DOCUMENT}"))
        found = documents + sorted(file for ending in ENDINGS for file in path.rglob(f"*.{ending}"))
        if not found:
            raise InputError(
                [
                    Problem(
                        name, 0, 0, f"the folder holds neither {DOCUMENT} nor RDF files, nor a folder with {DOCUMENT}"
                    )
                ]
            )
        return found
    if path.exists() or not glob.has_magic(name):
        return [path]
    found = sorted(Path(match) for match in glob.glob(name, recursive=True))  # noqa: PTH207 - a pattern may be absolute
    if not found:
        raise InputError([Problem(name, 0, 0, "no file matches the pattern")])
    return found


def _size(sources: Sequence[RdfSource]) -> int:
    return sum(path.stat().st_size for source in sources if (path := Path(source.name)).is_file())


def ontology_files() -> list[Path]:
    """Return the files of the ontology that data is read with."""
    folder = ontology_dir()
    optional = [path for path in (folder / "cubes.ttl", folder / "alignments.ttl") if path.exists()]
    return [folder / "motkg.ttl", *sorted((folder / "schemes").glob("*.ttl")), *optional]
