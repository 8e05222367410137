"""Local stores that were opened for writing; every other part of motkg reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph

from kg.core.errors import QueryError, StoreError
from kg.core.terms import prefixes
from kg.store.embedded.prepared import as_read, placed
from kg.store.embedded.store import EmbeddedStore
from kg.store.protocol import Capabilities
from kg.store.statements import refuse_fetching, statements

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pyoxigraph import Quad, RdfFormat


class WritableEmbeddedStore(EmbeddedStore):
    """A ``WritableStore`` on Oxigraph. Each update and each load happens whole or not at all.

    A load is held in memory until it is whole: for more than a few million statements ``kg.store.embedded.bulk`` is the
    way.
    """

    @classmethod
    def in_memory(cls) -> WritableEmbeddedStore:
        """Return an empty store in memory."""
        return cls(pyoxigraph.Store())

    @classmethod
    def open(cls, folder: Path) -> WritableEmbeddedStore:
        """Open a store on disk, or make an empty one; one process may do so at a time.

        Raises:
            StoreError: the folder holds something else, or another process writes to it.

        """
        try:
            return cls(pyoxigraph.Store(str(folder)), folder)
        except (OSError, RuntimeError) as error:
            raise StoreError(f"{folder} cannot be opened for writing: {error}") from error

    def update(self, text: str) -> None:
        """Carry out a SPARQL update; see ``WritableStore.update``."""
        refuse_fetching(text)
        try:
            self._store.update(as_read(text), prefixes=prefixes())
        except (SyntaxError, ValueError) as error:
            raise QueryError(f"the update cannot be run: {placed(text, str(error))}") from error
        except OSError as error:
            raise StoreError(str(error)) from error
        self._forget()

    def load(self, source: Iterable[Quad] | Path, graph: str | None = None, syntax: RdfFormat | None = None) -> int:
        """Add quads, or what a file says; see ``WritableStore.load``."""
        quads = list(statements(source, graph, syntax))
        try:
            self._store.extend(quads)
        except OSError as error:
            raise StoreError(str(error)) from error
        self._forget()
        return len(quads)

    def capabilities(self) -> Capabilities:
        """Describe what the store can do."""
        return Capabilities(
            f"Oxigraph (pyoxigraph {pyoxigraph.__version__})", update=True, bulk_load=True, literals_as_written=False
        )
