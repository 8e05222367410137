"""The embedded store: Oxigraph, in memory or on disk, always read with all graphs as one."""

from __future__ import annotations

import os
import re
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final

import pyoxigraph
from pyoxigraph import DefaultGraph, QueryBoolean, QuerySolutions, Store

from kg.errors import QueryError, StoreError
from kg.store.forms import QueryForms
from kg.store.prologue import names_graphs, refuse_services
from kg.store.protocol import Capabilities, Solutions
from kg.terms import prefixes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from pyoxigraph import Quad, QueryTriples

    from kg.store.protocol import Answer
    from kg.store.rewriting import Rewriter

_PREFIX: Final = re.compile(r"([\w-]*):")
SMALLEST_INDEX: Final = 10_000_000  # bytes on disk; the shipped graph takes less


class EmbeddedStore(QueryForms):
    """A ``QuadStore`` on Oxigraph. Known prefixes need no declaration."""

    def __init__(self, store: Store, folder: Path | None = None) -> None:
        self._store = store
        self.folder = folder

    @classmethod
    def of(cls, quads: Iterable[Quad]) -> EmbeddedStore:
        """Gives a store in memory that holds the quads."""
        store = Store()
        store.bulk_extend(quads)
        return cls(store)

    @classmethod
    def read_only(cls, folder: Path) -> EmbeddedStore:
        """Opens a store on disk without writing to it; many processes may do so at once.

        Raises:
            StoreError: the folder holds no store that can be read.

        """
        try:
            return cls(Store.read_only(str(folder)), folder)
        except (OSError, RuntimeError) as error:  # the engine tells of a damaged folder by RuntimeError
            raise StoreError(f"{folder} holds no store that can be read; remove the folder to have it made anew ({error})") from error

    @staticmethod
    def write(folder: Path, quads: Iterable[Quad]) -> None:
        """Makes a store on disk that holds the quads.

        Raises:
            StoreError: the store cannot be written.

        """
        try:
            store = Store(str(folder))
            store.bulk_extend(quads)
            store.optimize()
            store.flush()
        except OSError as error:
            raise StoreError(f"{folder}: {error}") from error

    def query(self, text: str) -> Answer:
        """Answers a SPARQL query over the union of all graphs, or those that its FROM names; see ``QuadStore.query``."""
        answer = self.evaluated(text)
        try:
            if isinstance(answer, QuerySolutions):
                names = tuple(variable.value for variable in answer.variables)
                return Solutions(names, tuple(map(tuple, answer)))
            return bool(answer) if isinstance(answer, QueryBoolean) else list(answer)
        except (SyntaxError, ValueError) as error:
            raise QueryError(f"the query cannot be run: {error}") from error
        except OSError as error:
            raise StoreError(str(error)) from error

    def evaluated(self, text: str) -> QueryBoolean | QuerySolutions | QueryTriples:
        """Gives the answer as the engine has it; solutions and triples are found while they are read.

        Raises:
            QueryError: the text is not a query the engine accepts.
            StoreError: the store cannot be read.

        """
        known, union = _as_asked(text)
        try:
            return self._store.query(self.rewritten(text), prefixes=known, use_default_graph_as_union=union)
        except (SyntaxError, ValueError) as error:
            raise QueryError(f"the query cannot be run: {error}") from error
        except OSError as error:
            raise StoreError(str(error)) from error

    def rewritten(self, text: str) -> str:
        """Gives the query that the engine is asked: one with the same answers that it evaluates better, or the same text."""
        return self._rewriter.rewritten(text) if self._rewriter else text

    @cached_property
    def _rewriter(self) -> Rewriter | None:
        if self.folder is not None and sum(file.stat().st_size for file in os.scandir(self.folder)) < SMALLEST_INDEX:
            return None
        from kg.store.rewriting import SMALLEST, Rewriter  # noqa: PLC0415 - small stores answer as fast as this is loaded

        return Rewriter(self._store) if self.folder is not None or len(self) >= SMALLEST else None

    def graphs(self) -> Mapping[str, int]:
        """Gives the number of quads of each graph; see ``QuadStore.graphs``."""
        without_name = sum(1 for _ in self._store.quads_for_pattern(None, None, None, DefaultGraph()))
        return {**({"": without_name} if without_name else {}), **super().graphs()}

    def capabilities(self) -> Capabilities:
        """Tells what the store can do: it was opened for reading, and gives numbers and dates in their shortest forms."""
        return Capabilities(f"Oxigraph (pyoxigraph {pyoxigraph.__version__})", literals_as_written=False)

    def quads(self) -> Iterable[Quad]:
        """Gives every quad, in no particular order."""
        return self._store.quads_for_pattern(None, None, None)

    def __len__(self) -> int:
        """Gives the number of quads."""
        return len(self._store)


@lru_cache(maxsize=256)
def _as_asked(text: str) -> tuple[dict[str, str], bool]:
    """Gives the known prefixes that may be in a text, and whether all graphs are asked as one.

    Reading all prefixes would cost the engine more than a look-up.

    Raises:
        QueryError: the query would call another service.

    """
    refuse_services(text)
    known = prefixes()
    return {name: known[name] for name in set(_PREFIX.findall(text)) & known.keys()}, not names_graphs(text)
