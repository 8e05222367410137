"""Load into a remote engine completely, or leave its graphs as they were.

A load that fails says how to go on.

Each graph is first filled beside its place, under its name with ``#loading`` behind it, in chunks of N-Triples by the
graph store protocol. A journal records which chunks have arrived, for the same input at the same place only. When the
number of statements there is the number that was sent, the graph is moved to its place by one update. Blank nodes mean
the same only within one request, so statements with them go together, in one.
"""

from __future__ import annotations

import json
import time
from array import array
from dataclasses import dataclass
from hashlib import blake2b, sha256
from typing import TYPE_CHECKING, Final

from kg.core.atomic import whole_file
from kg.core.errors import InputError, KGError, LimitError, Problem, StoreError
from kg.core.nesting import parse_json
from kg.store.remote.writing import CHUNK, WritableEndpointStore, graph_of
from kg.store.statements import has_blank_node, statements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from pyoxigraph import Quad


class TransferJournal:
    """A small file that a load leaves behind when it is interrupted; without a path it remembers nothing.

    Raises:
        StoreError: the file is the journal of another load, or none.

    """

    def __init__(self, path: Path | None, identity: str) -> None:
        self.path = path
        self.done = 0
        self._identity = sha256(identity.encode()).hexdigest()
        if path is not None and path.exists():
            self.done = self._read(path)

    def add(self, done: int) -> None:
        """Record how many chunks have arrived."""
        self.done = done
        if self.path is None:
            return
        try:
            with whole_file(self.path) as building:
                building.write_text(json.dumps({"load": self._identity, "chunks": done}), encoding="utf-8")
        except StoreError as error:
            raise StoreError(f"the journal {self.path} cannot be written: {error}") from error

    def remove(self) -> None:
        """End the journal."""
        self.done = 0
        if self.path is not None:
            self.path.unlink(missing_ok=True)

    def _read(self, path: Path) -> int:
        try:
            content = parse_json(path.read_text(encoding="utf-8"))
            identity, done = str(content["load"]), int(content["chunks"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreError(f"{path} is no journal of a load; name another file") from error
        if identity != self._identity:
            raise StoreError(
                f"{path} is the journal of another load, or its files have changed; remove it to begin again"
            )
        return done


STAGING: Final = "#loading"
_BLANK: Final = "-blank"
STAGED: Final = (STAGING, STAGING + _BLANK)
"""Suffixes of the names of graphs that hold statements while a load runs."""
_MOST_WITH_BLANK_NODES: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a load has come: statements sent, of how many if that is known, and seconds since it began."""

    sent: int
    total: int | None
    seconds: float

    @property
    def rate(self) -> float:
        """Statements a second."""
        return self.sent / self.seconds if self.seconds else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the end at this rate, None where the rate is unknown."""
        return None if self.total is None or not self.sent else (self.total - self.sent) / self.rate


@dataclass(frozen=True, slots=True)
class Loaded:
    """The result of a load: the number of different statements now in each graph that it filled."""

    graphs: Mapping[str, int]
    seconds: float


def load_remote(  # noqa: PLR0913 - all but the first two by name
    store: WritableEndpointStore,
    sources: Sequence[Path] | Iterable[Quad],
    *,
    graph: str | None = None,
    add: bool = False,
    journal: Path | None = None,
    identity: str = "",
    chunk: int = CHUNK,
    total: int | None = None,
    tell: Callable[[Progress], None] = lambda _: None,
) -> Loaded:
    """Load files or quads into a remote engine, and counts what is there in the end.

    Args:
        store: the engine.
        sources: files of RDF in any syntax, or quads; only a load of files can go on after an interruption.
        graph: takes the statements of the default graph, without which they are refused.
        add: keep what a graph holds already; else the graph holds afterwards what was loaded and nothing else.
        journal: a file that lets an interrupted load of the same files go on; it is removed at the end.
        identity: what tells such a load from others: files that hold the same statements in the same order, blank nodes
            aside, give
            the same one. Where it is not given, files are the same by name, size and time.
        chunk: statements in one request.
        total: how many statements there are, for the time left.
        tell: called after each request with the progress of the load.

    Raises:
        InputError: a file cannot be read, or has statements without a graph while none is given for them.
        StoreError, LimitError: the engine cannot be reached, refuses, or holds another number of statements than were
        sent. What the
            message says then is what has arrived and how to go on; the graphs themselves are as they were.

    """
    began = time.monotonic()
    source = Input.of(sources, graph, identity)
    noted = TransferJournal(journal if source.identity else None, f"{store.endpoint} {chunk} {source.identity}")
    load = StagedLoad(store, source, chunk, noted)
    counts = load.run(lambda sent: tell(Progress(sent, total, time.monotonic() - began)), add=add)
    return Loaded(counts, time.monotonic() - began)


@dataclass(frozen=True, slots=True)
class Input:
    """The quads to load; they can be read more than once for files only."""

    quads: Callable[[], Iterator[Quad]]
    identity: str

    @classmethod
    def of(cls, sources: Sequence[Path] | Iterable[Quad], graph: str | None, identity: str = "") -> Input:
        """Return what files or quads hold; ``graph`` takes the statements of the default graph."""
        from pathlib import Path

        if not (isinstance(sources, list | tuple) and sources and all(isinstance(source, Path) for source in sources)):
            return cls(lambda: statements(sources, graph), "")  # type: ignore[arg-type] # no files, hence quads
        files = [
            (str(file.resolve()), file.stat().st_size, file.stat().st_mtime_ns) for file in sources if file.is_file()
        ]
        return cls(
            lambda: (quad for file in sources for quad in statements(file, graph)),
            identity or json.dumps([files, graph]),
        )


class StagedLoad:
    """One load under way: into graphs beside their places, counted there, and then moved.

    How they are sent is one method.
    """

    def __init__(self, store: WritableEndpointStore, source: Input, chunk: int, journal: TransferJournal) -> None:
        self.store = store
        self._source = source
        self._chunk = chunk
        self._journal = journal
        self.sent = 0
        self.hashes: dict[str, array[int]] = {}
        self.blank: dict[str, list[str]] = {}

    def run(self, advance: Callable[[int], None], *, add: bool) -> dict[str, int]:
        """Load, tells after each request how many statements have been sent, and return the number in each graph."""
        try:
            self.send(advance)
            counts = {name: self._arrived(name) for name in self.hashes}
            self._move(counts, add=add)
        except (StoreError, LimitError) as error:
            raise self._explained(error) from error
        self._journal.remove()
        return counts

    def send(self, advance: Callable[[int], None]) -> None:
        """Send everything into graphs beside their places, in chunks by the graph store protocol."""
        done, begun = self._journal.done, set[str]()
        if not done:  # who may not write learns it before anything is sent
            self.store.update("DROP SILENT GRAPH <urn:motkg:none>")
        for number, (name, lines) in enumerate(self.chunks()):
            if number >= done:
                if name in begun:
                    self.store.post(name + STAGING, lines, again=True)
                else:
                    self.store.put(name + STAGING, lines)
                self._journal.add(number + 1)
            begun.add(name)
            self.sent += len(lines)
            advance(self.sent)
        for name, lines in self.blank.items():
            self.store.put(name + STAGING + _BLANK, lines)
            if name not in begun:
                self.store.put(name + STAGING, [])
            self.sent += len(lines)
            advance(self.sent)

    def chunks(self) -> Iterator[tuple[str, list[str]]]:
        """Yield chunks of lines with their graphs, and keep hashes of all, and those with blank nodes for the end."""
        chunks: dict[str, list[str]] = {}
        with_blank = 0
        for quad in self._source.quads():
            name = graph_of(quad)
            if not name:
                raise InputError(
                    [Problem("input", 0, 0, f"a statement has no graph: {quad}", "a graph for such statements")]
                )
            if name not in self.hashes:
                self.hashes[name] = array("Q")
            line = f"{quad.triple} .\n"
            self.hashes[name].append(int.from_bytes(blake2b(line.encode(), digest_size=8).digest()))
            if has_blank_node(quad):
                with_blank += 1
                if with_blank > _MOST_WITH_BLANK_NODES:
                    message = f"more than {_MOST_WITH_BLANK_NODES:,} statements with blank nodes"
                    raise InputError([Problem("input", 0, 0, message, "IRIs in their place (RDF 1.1, section 3.5)")])
                self.blank.setdefault(name, []).append(line)
                continue
            lines = chunks.setdefault(name, [])
            lines.append(line)
            if len(lines) >= self._chunk:
                yield name, chunks.pop(name)
        yield from chunks.items()

    def _arrived(self, name: str) -> int:
        """Return the number of different statements of a graph, after a look whether so many have arrived."""
        expected = len(set(self.hashes[name]))
        staging = name + STAGING
        if name in self.blank:
            self.store.update(f"ADD GRAPH <{staging}{_BLANK}> TO GRAPH <{staging}>")
        there = self._count(staging)
        if there != expected:
            self._journal.remove()
            message = (
                f"{self.store.endpoint}: <{name}> has {expected:,} statements, and {there:,} have arrived in "
                f"<{staging}>"
            )
            raise StoreError(message, endpoint=self.store.endpoint)
        return expected

    def _count(self, name: str) -> int:
        text = f"SELECT (COUNT(*) AS ?count) FROM <{name}> WHERE {{ ?s ?p ?o }}"  # noqa: S608 - SPARQL; the name is that of an IRI
        rows = self.store.select(text).rows
        return int(getattr(rows[0][0], "value", 0)) if rows else 0

    def _move(self, names: Iterable[str], *, add: bool) -> None:
        """Move all graphs to their places in one request.

        Engines with transactions carry it out whole or not at all.
        """
        steps = []
        for name in names:
            steps.append(f"{'ADD' if add else 'COPY'} GRAPH <{name}{STAGING}> TO GRAPH <{name}>")
            steps += [f"DROP SILENT GRAPH <{name}{end}>" for end in STAGED]
        if steps:
            self.store.update(" ;\n".join(steps))

    def _explained(self, error: KGError) -> KGError:
        """Add to an error what has arrived, and how to go on."""
        kept = f"{self.sent:,} statements have arrived beside their graphs, which are as they were"
        way = (
            f"; repeat the command to go on ({self._journal.path})"
            if self._journal.path and self._journal.done
            else "; begin again"
        )
        message = f"{error}\n{kept}{way}"
        if isinstance(error, StoreError):
            return StoreError(message, endpoint=error.endpoint, status=error.status, answer=error.answer)
        return LimitError(message)
