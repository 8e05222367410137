"""An embedded store whose queries can be ended: by a deadline, a limit on memory, or Ctrl-C.

The engine cannot end a query inside its process, so `LimitedStore` runs queries in a second one, a `Worker`.

Requests are lines of JSON: first what to open (``folder`` of an index, or a file of ``quads``) and how much ``memory``
a query may take beyond it, then one line for each query. An answer comes in pieces, each after its length in four
bytes. The first says what kind it has; an empty piece ends it, and one more piece, in JSON, tells of errors. Solutions
travel as SPARQL 1.1 TSV and triples as N-Triples: both keep every term exactly.
"""

from __future__ import annotations

import json
import os
import re
import selectors
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from contextlib import closing, contextmanager
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, TypeVar

from pyoxigraph import QueryResultsFormat, QuerySolutions, RdfFormat, Triple, parse, parse_query_results

from kg.core.errors import LimitError, QueryError, StoreError
from kg.store.protocol import QueryForms, RowStream, Solutions

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Mapping

    from pyoxigraph import Quad

    from kg.store.embedded.store import EmbeddedStore
    from kg.store.protocol import Answer, Capabilities


_SIZE: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([kmgt]?)(i?)b?", re.IGNORECASE)
_LEAST_MEMORY: Final = 1_000_000
_ROWS_BETWEEN: Final = 5_000
_PIECES_BETWEEN: Final = 64
"""Rows and pieces of an answer between two looks at the limits."""
_READ_AT_ONCE: Final = 1 << 18
"""Bytes of an answer that are read as rows at a time."""
_Row = TypeVar("_Row")


class LimitedStore(QueryForms):
    """Runs the queries of an embedded store in a process of their own, one after another; all else is the store's.

    Args:
        store: an index on disk, which that process opens too, or a store in memory, of which it gets a copy.
        timeout: seconds for one query; no limit where it is None.
        memory: bytes that queries may take beyond the store; no limit where it is None.

    Raises:
        QueryError: a limit is not a positive number, or this system has none on memory.

    """

    def __init__(self, store: EmbeddedStore, timeout: float | None = None, memory: int | None = None) -> None:
        if timeout is not None and not timeout > 0:
            raise QueryError(f"{timeout:g} seconds is no limit", hint="give a number above 0")
        if memory is not None and memory < _LEAST_MEMORY:
            raise QueryError(f"{memory} bytes are too few for any query", hint="write a size such as 500M or 2G")
        if memory is not None and not sys.platform.startswith("linux"):
            raise QueryError("only Linux limits the memory of a process", hint="leave out the limit on memory")
        self._inner = store
        self.timeout = timeout
        self.memory = memory
        self._worker: Worker | None = None
        self._copy: str | None = None
        self._one_at_a_time = threading.Lock()
        self._interrupted = False

    def query(self, text: str) -> Answer:
        """Answer a SPARQL query; see ``QuadStore.query``.

        Raises:
            LimitError: it took longer, or more memory, than it may, or was interrupted.
            QueryError: the text is not a query that the engine accepts.
            StoreError: the store cannot be read, or the engine crashed.

        """
        answer = self._answer(text, holding=True)
        return Solutions(answer.variables, tuple(answer.rows)) if isinstance(answer, RowStream) else answer

    def stream(self, text: str) -> RowStream | bool | list[Triple]:
        """Answer a query, and find the rows of SELECT while they are read; see ``Streaming.stream``.

        The limits are those of ``query``, until the last row has been read. No other query is answered before that, or
        before the rows are closed.
        """
        return self._answer(text, holding=False)

    def _answer(self, text: str, *, holding: bool) -> RowStream | bool | list[Triple]:
        """Return an answer; ``holding`` says that the caller keeps all rows of it."""
        parts = self._parts(text, holding=holding)
        kind = next(parts)
        if kind == "solutions":
            return RowStream(next(parts), parts)
        content = list(parts)
        return bool(content[0]) if kind == "boolean" else content

    def _parts(self, text: str, *, holding: bool) -> Iterator[Any]:
        """Yield what kind an answer has, then a truth value, or triples, or names of variables and then rows."""
        with self._one_at_a_time:
            self._interrupted = False
            if self._worker is None or not self._worker.alive:
                self._worker = Worker(self._opens(), self.memory)
            if self._interrupted:
                raise LimitError(INTERRUPTED)
            limits = _Limits(self.timeout, self.memory)
            with closing(self._worker.ask(text, limits)) as pieces:
                kind = next(pieces).decode()
                yield kind
                if kind == "solutions":
                    yield from _rows(limits.arriving(pieces, holding=holding), limits)
                    return
                content = b"".join(limits.arriving(pieces, holding=True))
            if kind == "boolean":
                yield content == b"true"
                return
            quads = limits.kept(parse(content, format=RdfFormat.N_TRIPLES))
            yield from dict.fromkeys(Triple(quad.subject, quad.predicate, quad.object) for quad in quads)

    def interrupt(self) -> None:
        """End the query that runs in another thread, which raises ``LimitError`` there.

        The next one starts another process.
        """
        self._interrupted = True
        if self._worker is not None:
            self._worker.interrupt()

    def close(self) -> None:
        """End the process; a later query starts another."""
        if self._worker is not None:
            self._worker.end()

    @property
    def folder(self) -> Path | str | None:
        """The folder of the index, if it is on disk."""
        return self._inner.folder

    def _opens(self) -> dict[str, str]:
        if self._inner.folder is not None:
            return {"folder": os.fspath(self._inner.folder)}
        if self._copy is None:
            number, self._copy = tempfile.mkstemp(suffix=".nq", prefix="motkg-")
            weakref.finalize(self, os.unlink, self._copy)
            with os.fdopen(number, "wb") as file:
                file.writelines(self._inner.dump(RdfFormat.N_QUADS))
        return {"quads": self._copy}

    def rewritten(self, text: str) -> str:
        """Return the query that the engine is asked; see ``EmbeddedStore.rewritten``."""
        return self._inner.rewritten(text)

    def capabilities(self) -> Capabilities:
        """Describe what the store can do."""
        return self._inner.capabilities()

    def quads(self) -> Iterable[Quad]:
        """Return every quad, in no particular order."""
        return self._inner.quads()

    def graphs(self) -> Mapping[str, int]:
        """Return the number of quads of each graph; see ``QuadStore.graphs``."""
        return self._inner.graphs()

    def __len__(self) -> int:
        """Return the number of quads."""
        return len(self._inner)


def _rows(pieces: Iterable[bytes], limits: _Limits) -> Iterator[tuple[Any, ...]]:
    """Yield the names of the variables of SPARQL 1.1 TSV, and then its rows, of which some are held at a time."""
    head, waiting = b"", bytearray()
    for piece in chain(pieces, (b"",)):
        waiting += piece
        if not head and (end := waiting.find(b"\n") + 1):
            head = bytes(waiting[:end])
            del waiting[:end]
            yield tuple(variable.value for variable in _solutions(head).variables)
        if len(waiting) >= _READ_AT_ONCE or (waiting and not piece):
            end = waiting.rfind(b"\n") + 1  # the line ends of texts are escaped
            content = head + waiting[:end]
            del waiting[:end]
            yield from limits.kept(map(tuple, _solutions(content)))


def _solutions(content: bytes) -> QuerySolutions:
    results = parse_query_results(content, format=QueryResultsFormat.TSV)
    if not isinstance(results, QuerySolutions):
        raise StoreError("the process of the query gave no rows")
    return results


class _Limits:
    """The limits of one query in the process that collects its answer: the time since it began, and memory."""

    def __init__(self, timeout: float | None, memory: int | None) -> None:
        self._timeout = timeout
        self._memory = memory
        self._held = _memory_held() if memory is not None else 0
        self.deadline = None if timeout is None else time.monotonic() + timeout

    def check(self, arrived: int = 0) -> None:
        """Refuse to go on beyond the limits; ``arrived`` is the size of what arrived so far.

        Raises:
            LimitError: one is reached.

        """
        if self.deadline is not None and time.monotonic() > self.deadline:
            raise self.too_late()
        if self._memory is not None and (arrived > self._memory or _memory_held() - self._held > self._memory):
            raise out_of_memory(self._memory)

    def arriving(self, pieces: Iterable[bytes], *, holding: bool) -> Iterator[bytes]:
        """Yield the pieces of an answer, as long as the limits allow it; ``holding`` says that all of them are kept.

        Raises:
            LimitError: one is reached.

        """
        arrived = 0
        for number, piece in enumerate(pieces, 1):
            arrived += len(piece) if holding else 0
            if number % _PIECES_BETWEEN == 0:
                self.check(arrived)
            yield piece

    def kept(self, rows: Iterable[_Row]) -> Iterator[_Row]:
        """Yield what an answer holds, as long as the limits allow it.

        Raises:
            LimitError: one is reached.

        """
        for number, row in enumerate(rows):
            if number % _ROWS_BETWEEN == 0:
                self.check()
            yield row

    def too_late(self) -> LimitError:
        """Return the error for a query that took too long."""
        return LimitError(f"no whole answer within {self._timeout:g} s; the query was ended")


def _memory_held() -> int:
    """Return the bytes of memory that this process holds; limits on them are taken on Linux only."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def out_of_memory(memory: int) -> LimitError:
    """Return the error for a query that needs more memory than it may."""
    return LimitError(f"the query needed more than {size_in_words(memory)} of memory beyond the store; it was ended")


_AGAIN: Final = 0.1


@contextmanager
def ending_after(seconds: float | None) -> Generator[None]:
    """End what the block does in Python after so many seconds, where the system can; in the main thread alone.

    Raises:
        LimitError: it took longer.

    """
    main = threading.current_thread() is threading.main_thread()
    if seconds is None or not main or not hasattr(signal, "setitimer"):
        yield
        return

    over = False

    def end(*_: object) -> None:
        if over:
            return
        raise LimitError(f"the query was not read within {seconds:g} s; it was ended")

    before = signal.signal(signal.SIGALRM, end)
    # Again and again: what is raised while Python calls back a program that collects garbage is lost.
    signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
    try:
        yield
    finally:
        over = True
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def read_size(text: str) -> int:
    """Read a number of bytes: 800000, 500M, 1.5G, 2GiB.

    Raises:
        QueryError: the text is none.

    """
    match = _SIZE.fullmatch(text.strip())
    if not match:
        raise QueryError(f"'{text}' is no size", hint="write a size such as 500M or 2G")
    base = 1024 if match[3] else 1000
    return int(float(match[1]) * base ** (" kmgt".index(match[2].lower()) if match[2] else 0))


INTERRUPTED: Final = "the query was interrupted"
_LENGTH: Final = struct.Struct(">I")
_NO_MEMORY: Final = re.compile(r"memory allocation of|bad_alloc|MemoryError|[Cc]annot allocate")
_CHUNK: Final = 1 << 20
_LOOK: Final = 0.5
"""Seconds of waiting after which Python looks for Ctrl-C.

Selecting ends at a signal, a bare read need not: Polars has it restarted.
"""
_PACKAGES: Final = Path(__file__).resolve().parents[3]


class Worker:
    """A process that holds a store open. It is started at once and lives until it is ended, or this process is."""

    def __init__(self, opens: Mapping[str, str], memory: int | None) -> None:
        path = os.pathsep.join(filter(None, (str(_PACKAGES), os.environ.get("PYTHONPATH"))))
        self._said: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the process is ended
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "kg.store.embedded.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            env={**os.environ, "PYTHONPATH": path},
            bufsize=0,
            process_group=0,  # Ctrl-C in a terminal reaches this process, which then ends that one
        )
        self._end = weakref.finalize(self, _end, self._process, self._said)
        self._memory = memory
        self._waiting = bytearray()
        self._interrupted = False
        self.owner = os.getpid()
        try:
            self._send({**opens, "memory": memory})
            for _ in self._answer(_Limits(None, None)):
                pass
        except BaseException:  # Ctrl-C as well: nobody else knows this process yet
            self.end()
            raise

    @property
    def alive(self) -> bool:
        """Whether the process runs and belongs to this one."""
        return self.owner == os.getpid() and self._end.alive and self._process.poll() is None

    def end(self) -> None:
        """End the process, whatever it does."""
        self._end()

    def interrupt(self) -> None:
        """End the process for another thread that waits for an answer; that thread gets a ``LimitError``."""
        self._interrupted = True
        self._process.kill()  # no more: the pipes are closed by the one who reads them

    def ask(self, text: str, limits: _Limits) -> Generator[bytes]:
        """Run a query, and yield what kind of answer comes, then the answer piece by piece.

        Raises:
            LimitError: it took longer, or more memory than it may, or was interrupted.
            QueryError: the engine does not accept it.
            StoreError: the store cannot be read, or the process crashed.

        Whatever else interrupts the waiting or the reading, such as Ctrl-C, ends the process too.

        """
        try:
            self._send({"query": text})
            yield from self._answer(limits)
        except TimeoutError:
            self.end()
            raise limits.too_late() from None
        except QueryError:
            raise
        except BaseException:  # Ctrl-C is why the query has a process of its own: it must end there too
            self.end()
            raise

    def _send(self, request: Mapping[str, object]) -> None:
        try:
            if self._process.stdin is not None:
                self._process.stdin.write(json.dumps(request).encode() + b"\n")
        except BrokenPipeError:
            raise self._crash() from None

    def _answer(self, limits: _Limits) -> Iterator[bytes]:
        """Yield the pieces of one answer, and raise the error that it is."""
        while piece := self._piece(limits.deadline):
            yield piece
        status: dict[str, str] = json.loads(self._piece(limits.deadline))
        message = status.get("message", "")
        match status.get("error"):
            case "memory":
                raise self._out_of_memory()
            case "query":
                raise QueryError(message)
            case "store":
                raise StoreError(message)

    def _piece(self, deadline: float | None) -> bytes:
        (length,) = _LENGTH.unpack(self._bytes(_LENGTH.size, deadline))
        return self._bytes(length, deadline)

    def _bytes(self, count: int, deadline: float | None) -> bytes:
        output = self._process.stdout
        if output is None:
            raise self._crash()
        while len(self._waiting) < count:
            with selectors.DefaultSelector() as selector:
                selector.register(output, selectors.EVENT_READ)
                left = _LOOK if deadline is None else deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError
                if not selector.select(min(left, _LOOK)):
                    continue
            arrived = os.read(output.fileno(), _CHUNK)
            if not arrived:
                raise self._crash()
            self._waiting += arrived
        taken = bytes(self._waiting[:count])
        del self._waiting[:count]
        return taken

    def _out_of_memory(self) -> LimitError:
        return out_of_memory(self._memory or 0)

    def _crash(self) -> LimitError | StoreError:
        """Return the error for a process that ended by itself.

        The engine ends its process where it cannot allocate memory.
        """
        code = self._process.wait()
        if self._interrupted:
            return LimitError(INTERRUPTED)
        self._said.seek(0)
        words = self._said.read().decode(errors="replace").strip().splitlines()
        if self._memory and code == -signal.SIGABRT and (not words or any(_NO_MEMORY.search(line) for line in words)):
            return self._out_of_memory()
        if code == -signal.SIGKILL:
            return LimitError(
                "the system ended the process of the query, as it does when memory runs out; limit it with --memory"
            )
        reason = f"signal {signal.Signals(-code).name}" if code < 0 else f"status {code}"
        return StoreError(f"the process of the query ended with {reason}" + (f": {words[-1]}" if words else ""))


def _end(process: subprocess.Popen[bytes], said: IO[bytes]) -> None:
    process.kill()
    # The system takes its time to give back gigabytes; whoever waits for an answer need not.
    try:
        threading.Thread(target=_bury, args=(process, said), daemon=True).start()
    except RuntimeError:  # Python 3.12 starts no thread while it ends
        _bury(process, said)


def _bury(process: subprocess.Popen[bytes], said: IO[bytes]) -> None:
    process.wait()
    for pipe in (process.stdin, process.stdout, said):
        if pipe is not None:
            pipe.close()


def size_in_words(size: int) -> str:
    """Return a number of bytes as people write it."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= factor:
            return f"{size / factor:g} {unit}"
    return f"{size} bytes"
