"""Tables with a map and RDF files into a store, part by part, each of which is in the store whole or not at all."""

from __future__ import annotations

import bz2
import gzip
import lzma
import re
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, BinaryIO, Final, Protocol, Self, cast

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat

from kg.commands.load.workplace import LoadProgress
from kg.core.atomic import whole_file
from kg.core.errors import InputError, KGError, Problem, near_names
from kg.core.terms import BASE, GRAPH, rebase
from kg.loaders.rdf import ENDINGS
from kg.loaders.tables.mapfile import read_map
from kg.loaders.tables.readers import Rejects
from kg.loaders.tables.rows import KeyTexts, KnownIds, TableConverter, absolute
from kg.loaders.tables.tables import TableSource, source_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    import polars as pl

    from kg.commands.load.workplace import Loaded, LoadJournal, LoadRequest, Workplace
    from kg.loaders.tables.model import FirmMap, TableMap
    from kg.store.embedded.bulk import BulkStore

PART: Final = 1 << 20
"""Rows that are loaded at once; what is loaded at once is in the store whole or not at all."""
_OPENERS: Final[dict[str, Callable[[Any], Any]]] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
_NO_BASE: Final = "x-motkg-no-base://file/"
_QUADS: Final = (RdfFormat.N_QUADS, RdfFormat.TRIG, RdfFormat.JSON_LD)


class Journalled(Protocol):
    """What records which parts are done."""

    journal: LoadJournal

    def note(self) -> None:
        """Write the journal to disk."""


@dataclass(frozen=True)
class EarlierKeys:
    """Where a store keeps the texts of its ids.

    Attributes:
        file: what earlier loads kept.
        target: where this load keeps theirs and its own.
        all_known: whether every earlier load into the graph kept them.

    """

    file: Path
    target: Path
    all_known: bool


@dataclass(frozen=True)
class Pair:
    """A table with what the map says of it."""

    table: TableMap
    source: TableSource


@dataclass(frozen=True)
class TableLoad:
    """Tables that are ready to be loaded: read, matched to the map, their columns there."""

    pairs: tuple[Pair, ...]
    map: FirmMap
    rows: int

    @property
    def default_graph(self) -> str:
        """The slug of the graph when the request names none."""
        return self.map.graph or _slug(self.pairs[0].source.name)


def read_tables(request: LoadRequest) -> TableLoad:
    """Read the map, find the table of each of its parts, and see that the columns are there.

    Raises:
        InputError: the map, a table or their match is wrong.

    """
    if request.map_file is None:
        for name in request.sources:
            TableSource(name).open()  # what is not there needs no map
        raise InputError(
            [
                Problem(
                    request.sources[0], 0, 0, "a table needs a map", "--map map.yaml; kg load --infer-map proposes one"
                )
            ]
        )
    firm_map = read_map(request.map_file, request.kind)
    pairs = _matched(request, firm_map)
    rows = 0
    for pair in pairs:
        reader = pair.source.open()
        TableConverter(pair.table, pair.source.name, "x", KnownIds(lambda _: False, ""), BASE).check_columns(reader)
        rows += reader.rows or 0
    return TableLoad(pairs, firm_map, rows)


def document_of(graph: str) -> str:
    """Return the slug of the document whose things a graph is about."""
    return graph.removeprefix(GRAPH).replace("/", "-")


def load_tables(  # noqa: PLR0913, PLR0917 - one for each thing that takes part
    ready: TableLoad,
    request: LoadRequest,
    loaded: Loaded,
    workplace: Journalled,
    store: BulkStore,
    tell: Callable[[str], None],
    earlier: EarlierKeys | None = None,
) -> None:
    """Load tables into a store.

    ``earlier`` says where texts of ids are kept from load to load.

    Raises:
        InputError: a row cannot be loaded and the request does not say to go on.
        StoreError: the store cannot be written.

    """
    document = document_of(loaded.graph)

    def elsewhere(iri: str) -> bool:
        subject = NamedNode(rebase(iri, request.base))
        return next(iter(store.store.quads_for_pattern(subject, None, None)), None) is not None

    known = KnownIds(elsewhere, f"{BASE}id/{document}/")
    if earlier is not None:
        all_known = earlier.all_known and not workplace.journal.parts
        held = (lambda name: elsewhere(absolute(name, known.base))) if all_known else None
        known.stored = KeyTexts(earlier.file, document, replaced=request.replace, held=held)
    converters = [TableConverter(pair.table, pair.source.name, document, known, request.base) for pair in ready.pairs]
    graph = NamedNode(rebase(loaded.graph, request.base))
    counting = _Held(store, graph, f"{BASE}id/{document}/", request.base) if not workplace.journal.parts else None
    total = _gather_ids(ready, converters, counting, tell)
    loaded.known = counting.count if counting else 0
    known.close()
    progress = LoadProgress(tell, "rows", total=total)
    with _rejects_of(request) as rejects:
        loaded.rejects = rejects
        part = 0
        for pair, converter in zip(ready.pairs, converters, strict=True):
            rows = _Rows(pair, converter, loaded, rejects, progress, stops=request.on_error == "stop")
            while rows.more:
                part += 1
                finished = part <= workplace.journal.parts
                if finished:
                    rows.skip()
                else:
                    store.load_lines(rows.part(), graph)
                    if rows.given_whole:
                        workplace.journal.parts = part
                        workplace.note()
            malformed = pair.source.malformed
            loaded.rows += len(malformed)  # no batch has them
            rejects.add(malformed, len(malformed))
    if known.stored is not None and earlier is not None:
        known.stored.write(earlier.target)
    if rejects.count and request.on_error == "stop":
        raise _too_many(rejects, request)


@contextmanager
def _rejects_of(request: LoadRequest) -> Iterator[Rejects]:
    """Return what takes the faults of a load; the file that lists them is written also where the load fails."""
    failure: KGError | OSError | None = None
    with whole_file(request.rejects) if request.rejects else nullcontext() as file:
        rejects = Rejects(file)
        try:
            yield rejects
        except (KGError, OSError) as error:
            failure = error
        finally:
            rejects.close()
    if failure is not None:
        raise failure


class _Rows:
    """The rows of one table, given out in parts; each part is converted while the store takes it."""

    def __init__(  # noqa: PLR0913
        self,
        pair: Pair,
        converter: TableConverter,
        loaded: Loaded,
        rejects: Rejects,
        progress: LoadProgress,
        *,
        stops: bool,
    ) -> None:
        self._batches = pair.source.batches(converter.columns)
        self._converter = converter
        self._loaded = loaded
        self._rejects = rejects
        self._progress = progress
        self._stops = stops
        self.more = True

    @property
    def given_whole(self) -> bool:
        """Whether every row so far was given out: after a fault that stops the load, none is."""
        return not (self._stops and self._rejects.count)

    def part(self) -> Iterator[memoryview]:
        """Yield the lines of the next part.

        After a fault that stops the load, rows are checked on, but no line is given.
        """
        rows = 0
        while rows < PART:
            frame = next(self._batches, None)
            if frame is None:
                self.more = False
                return
            found = self._converter.convert(frame)
            rows += found.rows
            self._loaded.rows += found.rows
            self._loaded.statements += found.statements
            self._rejects.add(found.rejects, found.rejected_rows)
            self._progress.step(found.rows)
            if self.given_whole:
                yield from found.pieces

    def skip(self) -> None:
        """Skip a part that an earlier run has loaded; its faults are found again, so that they are reported."""
        for _ in self.part():
            pass


class _Held:
    """Count the things of tables that a graph speaks of before the load."""

    def __init__(self, store: BulkStore, graph: NamedNode, ids: str, base: str) -> None:
        self._store, self._graph, self._ids, self._base = store, graph, ids, base
        self._any = next(iter(store.store.quads_for_pattern(None, None, None, graph)), None) is not None
        self._found: set[str] = set()

    @property
    def count(self) -> int:
        """The number of those that were found."""
        return len(self._found)

    def look(self, ids: pl.Series) -> None:
        """Look some ids up."""
        for name in ids.drop_nulls().unique() if self._any else ():
            subject = NamedNode(rebase(self._ids + name, self._base))
            if next(iter(self._store.store.quads_for_pattern(subject, None, None, self._graph)), None) is not None:
                self._found.add(name)


def _gather_ids(
    ready: TableLoad, converters: list[TableConverter], held: _Held | None, tell: Callable[[str], None]
) -> int:
    total = 0
    progress = LoadProgress(tell, "ids", total=ready.rows)
    for pair, converter in zip(ready.pairs, converters, strict=True):
        for frame in pair.source.batches(converter.id_columns()):
            ids = converter.define(frame)
            if held is not None:
                held.look(ids)
            total += len(frame)
            progress.step(len(frame))
    return total


def _matched(request: LoadRequest, firm_map: FirmMap) -> tuple[Pair, ...]:
    if len(firm_map.tables) == 1 and len(request.sources) == 1:
        return (Pair(firm_map.tables[0], source_of(firm_map.tables[0], request.sources[0])),)
    by_name = {TableSource(name).name: name for name in request.sources}
    problems = []
    pairs = []
    for table in firm_map.tables:
        if table.table in by_name:
            pairs.append(Pair(table, source_of(table, by_name[table.table])))
        else:
            message = f"no table is called '{table.table}'"
            expected = f"one of {', '.join(by_name)}"
            problems.append(
                Problem(
                    table.place.file,
                    table.place.line,
                    table.place.column,
                    message,
                    expected,
                    near_names(table.table, by_name),
                )
            )
    described = {table.table for table in firm_map.tables}
    problems += [
        Problem(by_name[name], 0, 0, f"the map says nothing of the table '{name}'", near=near_names(name, described))
        for name in by_name.keys() - described
    ]
    if problems:
        raise InputError(problems)
    return tuple(pairs)


def _too_many(rejects: Rejects, request: LoadRequest) -> InputError:
    problems = [reject.problem() for reject in rejects.first]
    rest = f" ({rejects.count - len(problems):,} more faults)" if rejects.count > len(problems) else ""
    unknown = [
        f"{count:,} times {value!r} in column '{column}'"
        for (column, value), count in rejects.unmatched.most_common(10)
    ]
    values = f"\nunknown values: {', '.join(unknown)}" if rest and unknown else ""
    where = f"all are in {request.rejects}" if request.rejects else "--rejects FILE lists all"
    last = (
        f"{rejects.rows:,} of the rows cannot be loaded{rest} and nothing was loaded; {where}, --on-error continue "
        "loads the others"
    )
    return InputError(problems, f"{last}{values}")


def _slug(name: str) -> str:
    return re.sub("[^a-z0-9]+", "-", Path(name).name.lower()).strip("-") or "firms"


def is_rdf(name: str, syntax: str = "") -> bool:
    """Return whether a name is that of an RDF file, by its ending."""
    path = Path(name)
    inner = Path(path.stem) if path.suffix in _OPENERS else path
    return bool(syntax) or inner.suffix.removeprefix(".") in {*ENDINGS, "owl"}


def load_files(
    request: LoadRequest, loaded: Loaded, workplace: Workplace, store: BulkStore, tell: Callable[[str], None]
) -> None:
    """Load RDF files, one after the other; each is in the store whole or not at all.

    Statements of a syntax without graphs go to the graph of the load; those that name a graph stay in theirs.

    Raises:
        InputError: a file cannot be read or breaks its syntax.

    """
    from kg.core.rdfreading import naming_long_tokens, refuse_bombs
    from kg.loaders.rdf.reading import rdf_source

    paths = [Path(name) for name in request.sources]
    missing = [Problem(str(path), 0, 0, "there is no such file") for path in paths if not path.is_file()]
    if missing:
        raise InputError(missing)
    progress = LoadProgress(tell, "bytes", total=sum(path.stat().st_size for path in paths))
    journal = workplace.journal
    loaded.statements = journal.statements
    base = loaded.graph if request.graph else ""
    for number, path in enumerate(paths, 1):
        if number <= journal.parts:
            progress.begin_at(progress.done + path.stat().st_size)
            continue
        source = rdf_source(Path(path.stem) if path.suffix in _OPENERS else path, request.syntax)
        graph = _graph_of(rebase(loaded.graph, request.base), path, source.syntax)
        before = len(store.store)
        if journal.reading == number and journal.before != before:  # loaded, and then the process died
            progress.begin_at(progress.done + path.stat().st_size)
            _note_done(workplace, loaded, before - journal.before)
            continue
        journal.reading, journal.before = number, before
        workplace.note()
        try:
            if path.suffix in _OPENERS:
                refuse_bombs(str(path), source.syntax, partial(_unpacked, path))
            prefix = _prefix_of_blank_nodes(path, source.syntax)
            again = partial(_unpacked, path) if path.suffix in _OPENERS else None
            with naming_long_tokens(str(path), again), path.open("rb") as raw, _Counting(raw, path, progress) as stream:
                quads = _quads(stream, path, source.syntax, base, prefix, graph) if prefix else None
                store.load_stream(cast("IO[bytes]", stream), source.syntax, str(path), base, graph, quads)
        except (EOFError, gzip.BadGzipFile, lzma.LZMAError) as error:
            raise InputError([Problem(str(path), 0, 0, f"the file cannot be unpacked: {error}")]) from error
        except InputError as error:
            raise InputError([_relative_here(problem) for problem in error.problems]) from error
        _note_done(workplace, loaded, len(store.store) - before)


def _unpacked(path: Path) -> BinaryIO:
    return cast("BinaryIO", _OPENERS[path.suffix](path))


def _graph_of(graph: str, path: Path, syntax: RdfFormat) -> NamedNode | None:
    """Return the graph for the statements of a file that name none.

    Raises:
        InputError: the files of the load name graphs, and this one cannot.

    """
    if graph:
        return NamedNode(graph)
    if syntax in _QUADS:
        return None
    message = f"{syntax.name} names no graph, as other files of this load do"
    raise InputError([Problem(str(path), 0, 0, message, "--graph-iri IRI, or a load for each of them")])


def _prefix_of_blank_nodes(path: Path, syntax: RdfFormat) -> str:
    """Return what ``blank_prefix`` does for a file, unpacked."""
    from kg.loaders.rdf.reading import blank_prefix

    with path.open("rb") as raw:
        opener = _OPENERS.get(path.suffix)
        stream = opener(raw) if opener else raw
        return blank_prefix(Path(path.stem).name if opener else path.name, cast("BinaryIO", stream), syntax)


def _quads(  # noqa: PLR0913, PLR0917 - one for each thing that takes part
    stream: Any,  # noqa: ANN401 - read by the engine
    path: Path,
    syntax: RdfFormat,
    base: str,
    prefix: str,
    graph: NamedNode | None,
) -> Iterator[Quad]:
    """Yield the statements of a file in their graphs, its blank nodes by names that are the same in every load.

    Raises:
        InputError: the file breaks its syntax, or has relative IRIs and no base.

    """
    from kg.core.rdfreading import parse_rdf, problem_of
    from kg.loaders.rdf.reading import BLANK, KeepingLabels

    renaming = KeepingLabels(lambda: prefix)
    # Syntaxes that have a mark for blank nodes are told where a relative IRI stands, the others lose it.
    without = not base and syntax not in BLANK
    try:
        for written in parse_rdf(cast("BinaryIO", stream), syntax, _NO_BASE if without else base):
            quad = renaming.quad(written)
            if graph is not None and isinstance(quad.graph_name, DefaultGraph):
                quad = Quad(quad.subject, quad.predicate, quad.object, graph)
            if without and (found := next(filter(None, map(_relative_iri, quad)), "")):
                raise InputError([_relative(Problem(str(path), 0, 0, f"the IRI '{found}' is relative"))])
            yield quad
    except SyntaxError as error:
        raise InputError([problem_of(str(path), syntax, error)]) from error


def _relative_iri(term: object) -> str:
    """Return a relative IRI that a term is, or has for its datatype, as it is written."""
    iri = term.datatype if isinstance(term, Literal) else term
    found = isinstance(iri, NamedNode) and iri.value.startswith(_NO_BASE.partition("/")[0])
    return cast("NamedNode", iri).value.removeprefix(_NO_BASE) or "<>" if found else ""


def _relative_here(problem: Problem) -> Problem:
    """Return a problem of the syntax, in words where it is a relative IRI."""
    if "No scheme found in an absolute IRI" not in problem.message:
        return problem
    return _relative(Problem(problem.file, problem.line, problem.column, "the IRI is relative"))


def _relative(problem: Problem) -> Problem:
    """Return a problem of a relative IRI in words."""
    message = f"{problem.message}, and nothing says to what"
    return Problem(problem.file, problem.line, problem.column, message, "a base in the file, or --graph-iri IRI")


def _note_done(workplace: Workplace, loaded: Loaded, statements: int) -> None:
    """Note that the file that is being loaded is in the store."""
    workplace.journal.parts = workplace.journal.reading
    workplace.journal.statements += statements
    loaded.statements = workplace.journal.statements
    workplace.note()


class _Counting:
    """A file, decompressed where it is compressed, that counts the bytes read."""

    def __init__(self, raw: IO[bytes], path: Path, progress: LoadProgress) -> None:
        self._raw = raw
        opener = _OPENERS.get(path.suffix)
        self._stream = opener(raw) if opener else raw
        self._progress = progress
        self._at = 0
        self._reads = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._stream is not self._raw:
            self._stream.close()

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        text = cast("bytes", self._stream.read(size))
        self._reads += 1
        if self._reads % 4096 == 0 or not text:
            at = self._raw.tell()
            self._progress.step(at - self._at)
            self._at = at
        return text
