"""An embedded store whose queries can be ended: by a deadline, a limit on memory, or Ctrl-C."""

from __future__ import annotations

import os
import re
import sys
import tempfile
import threading
import weakref
from typing import TYPE_CHECKING, Final

from pyoxigraph import QueryResultsFormat, QuerySolutions, RdfFormat, Triple, parse, parse_query_results

from kg.core.errors import LimitError, QueryError, StoreError
from kg.store.embedded.workers import INTERRUPTED, Worker
from kg.store.forms import QueryForms
from kg.store.protocol import Solutions

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pyoxigraph import Quad

    from kg.store.embedded.store import EmbeddedStore
    from kg.store.protocol import Answer, Capabilities

_SIZE: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([kmgt]?)(i?)b?", re.IGNORECASE)
_LEAST_MEMORY: Final = 1_000_000


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
        with self._one_at_a_time:
            self._interrupted = False
            if self._worker is None or not self._worker.alive:
                self._worker = Worker(self._opens(), self.memory)
            if self._interrupted:
                raise LimitError(INTERRUPTED)
            status, answer = self._worker.ask(text, self.timeout)
        if "boolean" in status:
            return bool(status["boolean"])
        if status["kind"] == "triples":
            return [
                Triple(quad.subject, quad.predicate, quad.object) for quad in parse(answer, format=RdfFormat.N_TRIPLES)
            ]
        results = parse_query_results(answer, format=QueryResultsFormat.TSV)
        if not isinstance(results, QuerySolutions):
            raise StoreError("the process of the query gave no rows")
        return Solutions(tuple(variable.value for variable in results.variables), tuple(map(tuple, results)))

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

    def __len__(self) -> int:
        """Return the number of quads."""
        return len(self._inner)


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
