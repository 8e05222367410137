"""Oxigraph on disk, filled in bulk: streams of lines and files, without an object for each statement."""

from __future__ import annotations

import queue
import threading
from typing import IO, TYPE_CHECKING, Any, BinaryIO, Final, Self, cast

from pyoxigraph import RdfFormat, Store

from kg.core.errors import InputError, Problem, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from types import TracebackType

    from pyoxigraph import NamedNode, Quad, QueryTriples

WAITING: Final = 8
"""How many pieces of text may wait for the store; with a few megabytes each this bounds memory."""

_END: Final = memoryview(b"")


class BulkStore:
    """A store on disk that is being filled. Nobody else may open it meanwhile but for reading.

    Raises:
        StoreError: the folder cannot be opened, is being written by another process, or the disk is full.

    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            self._store: Store | None = Store(str(folder))
        except (OSError, RuntimeError) as error:
            raise _failed(folder, error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._store = None  # the engine gives its lock back when nothing refers to it

    @property
    def store(self) -> Store:
        """The engine's own object."""
        if self._store is None:
            raise StoreError(f"{self.folder} is closed")
        return self._store

    def load_lines(self, pieces: Iterable[memoryview | bytes], graph: NamedNode) -> None:
        """Load lines of N-Triples, whose IRIs are known to be well formed, into a graph.

        The pieces are made in a thread of their own while the engine works on those before. What making them raises is
        raised here.
        """
        with _Feed(pieces) as feed:
            try:
                source = cast("IO[bytes]", feed)
                self.store.bulk_load(source, RdfFormat.N_TRIPLES, to_graph=graph, lenient=True)
            except (OSError, RuntimeError, SyntaxError, ValueError, EOFError) as error:
                if feed.error is not None:
                    raise feed.error from error
                raise _failed(self.folder, error) from error
        if feed.error is not None:
            raise feed.error

    def load_stream(  # noqa: PLR0913, PLR0917 - each says how the text is read
        self,
        stream: IO[bytes],
        syntax: RdfFormat,
        name: str,
        base: str = "",
        graph: NamedNode | None = None,
        quads: Iterable[Quad] | None = None,
    ) -> None:
        """Load a text in any syntax; ``graph`` takes the statements of a syntax without graphs.

        ``quads`` are its statements where the caller parses it, so that blank nodes keep their names.

        Raises:
            InputError: the text breaks its syntax.

        """
        from kg.core.rdfreading import problem_of, rdf_stream

        try:
            if quads is None:
                text = rdf_stream(cast("BinaryIO", stream), syntax)
                self.store.bulk_load(text, syntax, base_iri=base or None, to_graph=graph)
            else:
                self.store.bulk_extend(quads)
        except SyntaxError as error:
            raise InputError([problem_of(name, syntax, error)]) from error
        except EOFError as error:
            raise InputError([Problem(name, 0, 0, "the file breaks off")]) from error
        except (OSError, RuntimeError) as error:
            raise _failed(self.folder, error) from error

    def construct_to(self, text: str, output: IO[bytes]) -> None:
        """Write what a CONSTRUCT query makes as N-Triples; its graphs are the union of all."""
        try:
            answer = cast("QueryTriples", self.store.query(text, use_default_graph_as_union=True))
            answer.serialize(output, RdfFormat.N_TRIPLES)
        except (OSError, RuntimeError) as error:
            raise _failed(self.folder, error) from error

    def backup(self, folder: Path) -> None:
        """Make another store that holds the same; where the file system can, without copying what never changes."""
        try:
            self.store.backup(str(folder))
        except (OSError, RuntimeError) as error:
            raise _failed(folder, error) from error

    def flush(self) -> None:
        """Write everything to disk."""
        try:
            self.store.flush()
        except (OSError, RuntimeError) as error:
            raise _failed(self.folder, error) from error


class _Feed:
    """A binary stream for the engine to read, filled by another thread."""

    def __init__(self, pieces: Iterable[memoryview | bytes]) -> None:
        self._pieces = pieces
        self._queue: queue.Queue[memoryview] = queue.Queue(WAITING)
        self._current = _END
        self._position = 0
        self._ended = False
        self._given_up = threading.Event()
        self.error: BaseException | None = None
        self._thread = threading.Thread(target=self._fill, name="lines", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._given_up.set()
        while self._thread.is_alive():
            try:
                self._queue.get_nowait()
            except queue.Empty:
                self._thread.join(0.01)

    def read(self, size: int = -1) -> bytes:
        """Return up to ``size`` bytes, or none at the end."""
        while self._position >= len(self._current):
            if self._ended:
                return b""
            self._current, self._position = self._queue.get(), 0
            self._ended = self._current is _END
            if self._ended and self.error is not None:
                raise OSError("the lines break off")
        begin = self._position
        self._position = len(self._current) if size < 0 else begin + size
        return bytes(self._current[begin : self._position])

    def _fill(self) -> None:
        try:
            for piece in self._pieces:
                if self._given_up.is_set():
                    return
                if len(piece):
                    self._queue.put(memoryview(piece))
        except BaseException as error:  # noqa: BLE001 - raised again where the lines are read: even a panic of a library in
            # Rust, which is no Exception, must not pass for the end of the lines
            self.error = error
        self._queue.put(_END)


def _failed(folder: Path, error: Any) -> StoreError:  # noqa: ANN401 - whatever the engine raised
    text = str(error)
    if "No space left" in text or "File too large" in text:
        return StoreError(f"{folder}: the disk is full; nothing was changed ({text})")
    if "lock" in text.lower() and "hold" in text.lower():
        return StoreError(f"{folder} is being written by another process; wait until it is done ({text})")
    return StoreError(f"{folder}: {text}")
