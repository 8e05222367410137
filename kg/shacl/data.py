"""The data of a validation: statements in columns, and where each was read."""

from __future__ import annotations

import time
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from kg.columns import Columns, columns_of_quads, read_files
from kg.core.errors import InputError, Problem
from kg.core.inputs import is_wrapped, syntax_of_file
from kg.core.origin import Origin
from kg.core.rdfreading import refuse_bombs
from kg.core.terms import BASE, RDF_TYPE, RELATIVE
from kg.loaders.rdf.reading import RdfSource, load_rdf, rdf_source
from kg.shacl.report.report import located, subjects_of, with_origins

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from pyoxigraph import Quad

    from kg.columns import FileStatements
    from kg.core.inputs import Input
    from kg.core.origin import Statements
    from kg.loaders.rdf.addresses import Places
    from kg.shacl.nodes import Node
    from kg.shacl.report.report import Result

    LineNow = Callable[[int, int, int], int | None]

_COMMENTS: Final = 1 << 16
LARGE: Final = 1 << 23
"""From this many bytes on, files are read into columns at once, without an object for each statement."""


@dataclass(frozen=True)
class Data:
    """Statements in columns, with what is known of their places.

    Attributes:
        columns: the statements.
        quads: the same statements in order; empty for large files.
        origins: where each quad was read; empty for large files.
        sources: the files that are searched for the lines of results that have none.
        base: the base IRI that the data was published under.
        empty: whether the named files hold no statement.
        statements: for large files, which statement stands in which of ``files``.
        files: the names of those files, in order.
        read_at: when reading began, in nanoseconds since the epoch.
        places: finds the places of statements about some subjects without reading ``sources``.
        idle: the files that hold no statement.
        given: whether the caller named the data; the shipped graph is not given.
        beside: whether the ontology was read with the data.
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


def rdf_sources(inputs: Iterable[Input], syntax: str = "", stdin: bytes | None = None) -> tuple[RdfSource, ...]:
    """Return the RDF files and the standard input among some inputs; the others are left out.

    Args:
        inputs: what :func:`kg.core.inputs.inputs_of` returned.
        syntax: the ending of a syntax, such as ``ttl``, whatever the names say. Standard input needs one; beside it,
            files whose ending says a syntax are read by it.
        stdin: the content of standard input.

    Raises:
        InputError: the ending of a name is none of RDF, or standard input comes without a syntax; one problem for each.

    """
    sources: list[RdfSource] = []
    problems: list[Problem] = []
    several = list(inputs)
    of_stdin = any(given.kind == "stdin" for given in several)
    for given in several:
        try:
            if given.kind == "rdf":
                by_name = of_stdin and syntax_of_file(given.path) is not None
                sources.append(rdf_source(given.path, "" if by_name else syntax))
            elif given.kind == "stdin":
                sources.append(_standard_input(stdin, syntax))
        except InputError as error:
            problems.extend(error.problems)
    if problems:
        raise InputError(problems)
    return tuple(sources)


def read_sources(
    sources: tuple[RdfSource, ...],
    *,
    documents: Statements | None = None,
    with_ontology: bool = True,
    by_file: bool = False,
) -> Data:
    """Read RDF files into columns, each statement with its file.

    Args:
        sources: the files.
        documents: statements of case files to validate together with the files; they hold the ontology.
        with_ontology: whether to read motkg's ontology beside the files.
        by_file: whether to keep what stands in which file, as is always done for large files.

    Raises:
        InputError: a file cannot be read or breaks its syntax; one problem for each such file.

    """
    if documents is None and all(map(told_by_name, sources)) and (by_file or _size(sources) >= LARGE):
        return _of_files(sources, with_ontology=with_ontology)
    loaded = load_rdf(sources)
    quads, origins = list(loaded.quads), dict(loaded.origins)
    beside = documents
    if beside is None and with_ontology:
        beside = read_ontology()
    if beside is not None:
        quads, origins = [*beside.quads, *quads], {**beside.origins, **origins}
    return Data(
        columns_of_quads(quads),
        quads,
        origins,
        sources,
        empty=not loaded.quads and documents is None,
        idle=idle_files(sources),
        given=True,
        beside=beside is not None,
    )


def read_ontology() -> Statements:
    """Read motkg's ontology."""
    from kg.core.resources import ontology_dir
    from kg.loaders import load_ontology

    return load_ontology(ontology_dir())


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
    """Return the names of the files that hold no statement; larger files are assumed to hold some."""
    return tuple(source.name for source in sources if source.content is None and _is_idle(source))


def _is_idle(source: RdfSource) -> bool:
    if Path(source.name).stat().st_size > _COMMENTS:
        return False
    from kg.core.rdfreading import parse_rdf

    with source.open() as content:
        return next(iter(parse_rdf(content, source.syntax, source.base)), None) is None


def told_by_name(source: RdfSource) -> bool:
    """Return whether a source is a file whose ending determines its syntax."""
    path = Path(source.name)
    return source.content is None and syntax_of_file(path) == source.syntax and not is_wrapped(path)


def _standard_input(stdin: bytes | None, syntax: str) -> RdfSource:
    if not syntax:
        raise InputError([Problem("-", 0, 0, "standard input has no ending that tells its syntax", "--data-format")])
    source = rdf_source(Path("standard-input"), syntax)
    source = RdfSource("-", source.syntax, f"{RELATIVE}standard-input", stdin or b"")
    refuse_bombs(source.name, source.syntax, source.open)
    return source


def _size(sources: Sequence[RdfSource]) -> int:
    return sum(path.stat().st_size for source in sources if (path := Path(source.name)).is_file())


def ontology_files() -> list[Path]:
    """Return the files of the ontology that is read with data."""
    from kg.core.resources import ontology_dir

    folder = ontology_dir()
    optional = [path for path in (folder / "cubes.ttl", folder / "alignments.ttl") if path.exists()]
    return [folder / "motkg.ttl", *sorted((folder / "schemes").glob("*.ttl")), *optional]


def places_by_line(
    statements: FileStatements, names: Sequence[str], subjects: Collection[Node], now: LineNow | None = None
) -> Places:
    """Find the places of the statements about some subjects, in files with one statement on each line.

    Args:
        statements: the statements of the files.
        names: the names of the files.
        subjects: the subjects.
        now: returns the line, from 0, on which a line of a file stands now, or None; by default no line has moved.

    """
    from kg.loaders.rdf.addresses import Places

    terms = statements.terms
    terms.look_up(subjects)
    ids = [position for node in subjects if (position := terms.find(node)) is not None and position < terms.size]
    places = Places()
    if not ids or not any(statements.by_line):
        return places
    rows = statements.about(np.array(sorted(ids), np.int32))
    columns = [statements.rows[place][rows].tolist() for place in range(3)]
    nodes = [terms.nodes(column) for column in columns]
    texts = {position: terms.texts[position].as_py().decode() for position in {*columns[0], *columns[1]}}
    for row, subject, predicate, value, s, p in zip(rows.tolist(), *nodes, columns[0], columns[1], strict=True):
        number = bisect_right(statements.bounds, row) - 1
        if not statements.by_line[number]:
            continue
        line: int | None = row - statements.bounds[number]
        if now is not None and line is not None:
            line = now(number, line, statements.bounds[number])
        if line is None:
            continue
        prefix = len(f"f{number + 1}.") if statements.named_apart and texts[s].startswith("_:") else 0
        column = len(texts[s]) - prefix + len(texts[p]) + 3
        places.subjects.setdefault(subject, Origin(names[number], line + 1, 1))
        if (subject, predicate, value) not in places.triples:
            places.triples[subject, predicate, value] = places.predicates[subject, predicate] = Origin(
                names[number], line + 1, column
            )
    return places


_MOST: Final = 1 << 26
"""Bytes of the largest file other than of N-Triples or N-Quads in which lines are looked for."""


def placed(results: Iterable[Result], data: Data) -> list[Result]:
    """Return the results with the places of the statements at fault, from origins or by searching the files."""
    kept = list(results)
    if data.quads:
        kept = with_origins(kept, data.quads, data.origins)
    vague = [number for number, result in enumerate(kept) if not _has_line(result)]
    if vague and data.places:
        vague = _improved(kept, vague, data.places(subjects_of(kept[number] for number in vague)))
    if not vague or not data.sources:
        return kept
    from kg.loaders.rdf.addresses import places_of

    for source in filter(_is_searched, data.sources):
        about = [number for number in vague if (origin := kept[number].origin) is None or origin.file == source.name]
        left = _improved(kept, about, places_of(source, subjects_of(kept[number] for number in about))) if about else ()
        vague = [number for number in vague if number not in about] + list(left)
    return kept


def _is_searched(source: RdfSource) -> bool:
    """Return whether a file is small enough to be parsed with positions, which is many times slower."""
    return source.content is not None or Path(source.name).stat().st_size <= _MOST


def _has_line(result: Result) -> bool:
    return result.origin is not None and bool(result.origin.line)


def _improved(kept: list[Result], numbers: list[int], found: Places) -> list[int]:
    """Set the places of some results, and return the numbers of those that still have no line."""
    for number, result in zip(numbers, located([kept[number] for number in numbers], found), strict=True):
        kept[number] = result
    return [number for number in numbers if not _has_line(kept[number])]


def place_of_use(node: Node | None, data: Data) -> Origin | None:
    """Return the place of the first statement that uses a class or property."""
    for quad in data.quads:
        if quad.predicate == node or (quad.predicate == RDF_TYPE and quad.object == node):
            origin = data.origins.get(quad)
            if origin is None or origin.line:
                return origin
            from kg.loaders.rdf.addresses import Places, places_of

            source = next((source for source in data.sources if source.name == origin.file), None)
            places = places_of(source, [quad.subject]) if source else Places()
            return places.triples.get((quad.subject, quad.predicate, quad.object), origin)
    return None
