"""Tables to a file of N-Triples instead of a store, for engines that load such files themselves."""

from __future__ import annotations

import os
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pyoxigraph import Store

from kg.commands.load.sources import load_tables, read_tables
from kg.commands.load.workplace import Loaded, LoadJournal
from kg.core.atomic import whole_file
from kg.core.errors import InputError, Problem, StoreError
from kg.core.terms import BASE, GRAPH
from kg.store.embedded.bulk import WAITING, BulkStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from concurrent.futures import Future
    from pathlib import Path

    from pyoxigraph import NamedNode

    from kg.commands.load.workplace import LoadRequest


_EARLY: Final = 1 << 26
"""Bytes after which the system writes to disk what is not read again, so that the page cache does not fill up."""


class _LinesFile(BulkStore):
    """Takes lines as a store does, and writes them down."""

    def __init__(self, file: Path) -> None:
        self.folder = file
        self._store = Store()  # nothing outside the tables is known
        self._file = file.open("wb")
        self._told = 0

    def load_lines(self, pieces: Iterable[memoryview | bytes], graph: NamedNode) -> None:  # noqa: ARG002 - N-Triples have no graphs
        """Write lines; the pieces are made here while a thread of its own writes those before."""
        waiting: deque[Future[None]] = deque()
        with ThreadPoolExecutor(1, "writer") as writer:
            for piece in pieces:
                waiting.append(writer.submit(self._write, piece))
                if len(waiting) > WAITING:
                    waiting.popleft().result()
        for writing in waiting:
            writing.result()

    def _write(self, piece: memoryview | bytes) -> None:
        self._file.write(piece)
        if hasattr(os, "posix_fadvise") and (written := self._file.tell()) - self._told >= _EARLY:
            os.posix_fadvise(self._file.fileno(), 0, written, os.POSIX_FADV_DONTNEED)
            self._told = written

    def close(self) -> None:
        self._file.close()


@dataclass
class _NoJournal:
    """A load that cannot be resumed."""

    journal: LoadJournal = field(default_factory=lambda: LoadJournal(""))

    def note(self) -> None:
        """Keep nothing."""


def write_lines(request: LoadRequest, tell: Callable[[str], None] = lambda _: None) -> Loaded:
    """Write what tables say as N-Triples into the file ``target``, which appears whole or not at all.

    Links may lead to things of the tables only. The file has no graph: name the one you load it into.

    Raises:
        InputError: a map or a table is wrong; or a row, unless the request says to go on.
        StoreError: the file cannot be written.

    """
    if request.base != BASE:
        raise InputError(
            [Problem(str(request.target), 0, 0, "a file of lines has motkg's own base", "a store, for --base")]
        )
    started = time.monotonic()
    ready = read_tables(request)
    loaded = Loaded(f"{GRAPH}{request.graph or ready.default_graph}")
    try:
        with whole_file(request.target) as building:
            lines = _LinesFile(building)
            try:
                load_tables(ready, request, loaded, _NoJournal(), lines, tell)
            finally:
                lines.close()
    except OSError as error:
        raise StoreError(f"{error.filename or request.target}: {error.strerror or error}") from error
    loaded.seconds = time.monotonic() - started
    return loaded
