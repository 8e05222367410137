"""Tables with a map into a store: columns are checked, ids are gathered, then rows go through in parts of a million."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from pyoxigraph import NamedNode

from kg.commands.load.progress import Progress
from kg.core.atomic import whole_file
from kg.core.errors import InputError, KGError, Problem, near_names
from kg.core.terms import BASE, rebase
from kg.loaders.tables.links import KnownIds
from kg.loaders.tables.mapfile import read_map
from kg.loaders.tables.rejects import Rejects
from kg.loaders.tables.rows import TableConverter
from kg.loaders.tables.tables import TableSource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kg.commands.load.request import Loaded, Request
    from kg.commands.load.workplace import Journal
    from kg.loaders.tables.model import FirmMap, TableMap
    from kg.store.embedded.bulk import BulkStore

PART: Final = 1 << 20
"""Rows that are loaded at once; what is loaded at once is in the store whole or not at all."""


class Journalled(Protocol):
    """What notes which parts are done."""

    journal: Journal

    def note(self) -> None:
        """Put the journal where it lasts."""


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
        """The slug of the graph when nobody names one."""
        return self.map.graph or _slug(self.pairs[0].source.name)


def read_tables(request: Request) -> TableLoad:
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


def load_tables(  # noqa: PLR0913, PLR0917 - one for each thing that takes part
    ready: TableLoad,
    request: Request,
    loaded: Loaded,
    workplace: Journalled,
    store: BulkStore,
    tell: Callable[[str], None],
) -> None:
    """Load tables into a store.

    Raises:
        InputError: a row cannot be loaded and the request does not say to go on.
        StoreError: the store cannot be written.

    """
    document = loaded.graph.removeprefix(f"{BASE}graph/").replace("/", "-")

    def elsewhere(iri: str) -> bool:
        subject = NamedNode(rebase(iri, request.base))
        return next(iter(store.store.quads_for_pattern(subject, None, None)), None) is not None

    known = KnownIds(elsewhere, f"{BASE}id/{document}/")
    converters = [TableConverter(pair.table, pair.source.name, document, known, request.base) for pair in ready.pairs]
    total = _gather_ids(ready, converters, tell)
    known.close()
    progress = Progress(tell, "rows", total=total)
    graph = NamedNode(rebase(loaded.graph, request.base))
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
    if rejects.count and request.on_error == "stop":
        raise _too_many(rejects, request)


@contextmanager
def _rejects_of(request: Request) -> Iterator[Rejects]:
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
        progress: Progress,
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
        """Pass over a part that an earlier run has loaded; its faults are found again, so that they are told."""
        for _ in self.part():
            pass


def _gather_ids(ready: TableLoad, converters: list[TableConverter], tell: Callable[[str], None]) -> int:
    total = 0
    progress = Progress(tell, "ids", total=ready.rows)
    for pair, converter in zip(ready.pairs, converters, strict=True):
        for frame in pair.source.batches(converter.id_columns()):
            converter.define(frame)
            total += len(frame)
            progress.step(len(frame))
    return total


def _matched(request: Request, firm_map: FirmMap) -> tuple[Pair, ...]:
    if len(firm_map.tables) == 1 and len(request.sources) == 1:
        return (Pair(firm_map.tables[0], _source(request.sources[0], firm_map.tables[0])),)
    by_name = {TableSource(name).name: name for name in request.sources}
    problems = []
    pairs = []
    for table in firm_map.tables:
        if table.table in by_name:
            pairs.append(Pair(table, _source(by_name[table.table], table)))
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


def _source(written: str, table: TableMap) -> TableSource:
    return TableSource(written, table.delimiter, table.encoding, table.sheet, table.empty)


def _too_many(rejects: Rejects, request: Request) -> InputError:
    problems = [reject.problem() for reject in rejects.first]
    rest = f" ({rejects.count - len(problems):,} more faults)" if rejects.count > len(problems) else ""
    unknown = [
        f"{count:,} times {value!r} in column '{column}'"
        for (column, value), count in rejects.unmatched.most_common(10)
    ]
    values = f"\nunknown values: {', '.join(unknown)}" if rest and unknown else ""
    where = f"all are in {request.rejects}" if request.rejects else "--rejects FILE lists all"
    last = f"{rejects.rows:,} of the rows cannot be loaded{rest} and nothing was loaded; {where}, --on-error continue loads the others"
    return InputError(problems, f"{last}{values}")


def _slug(name: str) -> str:
    import re

    return re.sub("[^a-z0-9]+", "-", Path(name).name.lower()).strip("-") or "firms"
