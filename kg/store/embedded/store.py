"""The embedded store: Oxigraph, in memory or on disk, always read with all graphs as one."""

from __future__ import annotations

import os
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Final

import pyoxigraph
from pyoxigraph import DefaultGraph, QueryBoolean, QuerySolutions, Store

from kg.core.errors import QueryError, StoreError
from kg.store.embedded.prepared import APART, Graphs, Prepared, placed
from kg.store.protocol import Capabilities, QueryForms, RowStream, Solutions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from pyoxigraph import Quad, QueryTriples, Triple

    from kg.store.embedded.rewriter import Rewriter
    from kg.store.protocol import Answer, Term

SMALLEST_INDEX: Final = 24_000_000  # bytes on disk; the shipped graph and its origins take less
_REMEMBERED: Final = 256
_FAILURES: Final = (SyntaxError, ValueError, OSError, RuntimeError)  # what the engine raises for a query


class EmbeddedStore(QueryForms):
    """A ``QuadStore`` on Oxigraph. Known prefixes need no declaration."""

    def __init__(self, store: Store, folder: Path | str | None = None) -> None:
        self._store = store
        self.folder = folder
        self._prepared: dict[str, Prepared] = {}
        self._answered_once: dict[str, Prepared] = {}
        self._graphs = Graphs(store, folder)

    @classmethod
    def of(cls, quads: Iterable[Quad]) -> EmbeddedStore:
        """Return a store in memory that holds the quads."""
        store = Store()
        store.bulk_extend(quads)
        return cls(store)

    @classmethod
    def read_only(cls, folder: Path | str) -> EmbeddedStore:
        """Open a store on disk without writing to it; many processes may do so at once.

        Raises:
            StoreError: the folder holds no store that can be read.

        """
        try:
            return cls(Store.read_only(str(folder)), folder)
        except (OSError, RuntimeError) as error:  # the engine tells of a damaged folder by RuntimeError
            raise StoreError(
                f"{folder} holds no store that can be read; remove the folder to have it rebuilt ({error})"
            ) from error

    @staticmethod
    def write(folder: Path, quads: Iterable[Quad]) -> None:
        """Make a store on disk that holds the quads.

        Raises:
            StoreError: the store cannot be written.

        """
        try:
            held = list(quads)
            store = Store(str(folder))
            store.bulk_extend(held)
            store.optimize()
            store.flush()
            if _are_apart(held):
                (folder / APART).touch()
        except OSError as error:
            raise StoreError(f"{folder}: {error}") from error

    def query(self, text: str) -> Answer:
        """Answer a SPARQL query over the union of all graphs, or those that its FROM names; see ``QuadStore.query``."""
        prepared = self._prepared.get(text) or self._prepare(text)
        try:
            answer = prepared.ask()
            if isinstance(answer, QuerySolutions):
                return Solutions(prepared.names or prepared.named(answer), tuple(map(tuple, answer)))
            return bool(answer) if isinstance(answer, QueryBoolean) else list(dict.fromkeys(answer))
        except _FAILURES as error:
            raise self._told(text, prepared, error) from error

    def stream(self, text: str) -> RowStream | bool | list[Triple]:
        """Answer a query, and find the rows of SELECT while they are read; see ``Streaming.stream``."""
        prepared = self._prepared.get(text) or self._prepare(text)
        try:
            answer = prepared.ask()
            if isinstance(answer, QuerySolutions):
                return RowStream(prepared.named(answer), self._read(text, prepared, answer))
            return bool(answer) if isinstance(answer, QueryBoolean) else list(dict.fromkeys(answer))
        except _FAILURES as error:
            raise self._told(text, prepared, error) from error

    def _read(self, text: str, prepared: Prepared, solutions: QuerySolutions) -> Iterator[tuple[Term | None, ...]]:
        try:
            yield from map(tuple, solutions)
        except _FAILURES as error:
            raise self._told(text, prepared, error) from error

    def evaluated(self, text: str) -> QueryBoolean | QuerySolutions | QueryTriples:
        """Return the answer as the engine has it; solutions and triples are found while they are read.

        Raises:
            QueryError: the text is not a query the engine accepts.
            StoreError: the store cannot be read.

        """
        prepared = self._prepared.get(text) or self._prepare(text)
        try:
            return prepared.ask()
        except _FAILURES as error:
            raise self._told(text, prepared, error) from error

    def rewritten(self, text: str) -> str:
        """Return the query to send to the engine: an equivalent one that it evaluates better, or the same text."""
        known = self._prepared.get(text) or self._answered_once.get(text)
        return (known or Prepared(self._store, text, self._rewriter, self._graphs)).text

    def _prepare(self, text: str) -> Prepared:
        """Prepare a query text to be evaluated, faster once it has been answered.

        Remember the result once preparing the text again would not improve it.
        """
        prepared = self._answered_once.pop(text, None)
        if prepared is not None:
            prepared.hasten()
            _remember(self._prepared, text, prepared)
            return prepared
        prepared = Prepared(self._store, text, self._rewriter, self._graphs)
        if prepared.settled:
            _remember(self._answered_once, text, prepared)
        return prepared

    def _told(self, text: str, prepared: Prepared, error: Exception) -> QueryError | StoreError:
        self._answered_once.pop(text, None)
        if isinstance(error, RuntimeError):
            from kg.store.embedded.functions import unknown_function

            unknown = unknown_function(text, str(error))
            return unknown if unknown is not None else StoreError(str(error))
        if isinstance(error, OSError):
            return StoreError(str(error))
        if (
            prepared.text != text
        ):  # the place is in the rewritten text; as typed it is refused too, and there the place is of use
            try:
                Prepared(self._store, text, None).ask()
            except _FAILURES as typed:
                error = typed
        return QueryError(f"the query cannot be run: {placed(text, str(error))}")

    @cached_property
    def _rewriter(self) -> Rewriter | None:
        if self.folder is not None and size_on_disk(self.folder) < SMALLEST_INDEX:
            return None
        from kg.store.embedded.rewriter import Rewriter

        return Rewriter(self._store, in_memory=self.folder is None)

    def _forget(self) -> None:
        """Forget which texts are asked in which way: a store that has grown may gain by another."""
        self._prepared = {}
        self._answered_once = {}
        self._graphs = Graphs(self._store, self.folder)
        self.__dict__.pop("_rewriter", None)

    def graphs(self) -> Mapping[str, int]:
        """Return the number of quads of each graph; see ``QuadStore.graphs``."""
        without_name = sum(1 for _ in self._store.quads_for_pattern(None, None, None, DefaultGraph()))
        return {**({"": without_name} if without_name else {}), **super().graphs()}

    def capabilities(self) -> Capabilities:
        """Describe what the store can do.

        It is opened for reading, and returns numbers and dates in their shortest forms.
        """
        return Capabilities(f"Oxigraph (pyoxigraph {pyoxigraph.__version__})", literals_as_written=False)

    def quads(self) -> Iterable[Quad]:
        """Return every quad, in no particular order."""
        return self._store.quads_for_pattern(None, None, None)

    def __len__(self) -> int:
        """Return the number of quads."""
        return len(self._store)


def _are_apart(quads: Iterable[Quad]) -> bool:
    """Return whether no two quads differ in their graph alone."""
    seen = set()
    for quad in set(quads):
        triple = (quad.subject, quad.predicate, quad.object)
        if triple in seen:
            return False
        seen.add(triple)
    return True


def size_on_disk(folder: Path | str) -> int:
    """Return the size in bytes of the files in a store's folder.

    Leave out files that the engine's own clean-up removes meanwhile.
    """
    total = 0
    with os.scandir(folder) as files:
        for file in files:
            with suppress(FileNotFoundError):
                total += file.stat().st_size
    return total


def _remember(texts: dict[str, Prepared], text: str, prepared: Prepared) -> None:
    if len(texts) >= _REMEMBERED:
        texts.clear()
    texts[text] = prepared
