"""The embedded store: Oxigraph, in memory or on disk, always read with all graphs as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import QueryBoolean, QuerySolutions, Store

from kg.errors import QueryError, StoreError
from kg.store.protocol import Solutions
from kg.terms import prefixes

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pyoxigraph import Quad

    from kg.store.protocol import Answer


class EmbeddedStore:
    """A ``QuadStore`` on Oxigraph. Known prefixes need no declaration."""

    def __init__(self, store: Store) -> None:
        self._store = store

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
            return cls(Store.read_only(str(folder)))
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
        try:
            answer = self._store.query(text, prefixes=prefixes(), use_default_graph_as_union=not _chooses_graphs(text))
            if isinstance(answer, QuerySolutions):
                names = tuple(variable.value for variable in answer.variables)
                return Solutions(names, tuple(tuple(solution[name] for name in names) for solution in answer))
            return bool(answer) if isinstance(answer, QueryBoolean) else list(answer)
        except (SyntaxError, ValueError) as error:
            raise QueryError(f"the query cannot be run: {error}") from error
        except OSError as error:
            raise StoreError(str(error)) from error

    def quads(self) -> Iterable[Quad]:
        """Gives every quad, in no particular order."""
        return self._store.quads_for_pattern(None, None, None)

    def __len__(self) -> int:
        """Gives the number of quads."""
        return len(self._store)


def _chooses_graphs(text: str) -> bool:
    if "FROM" not in text.upper():
        return False
    from kg.store.prologue import names_graphs  # noqa: PLC0415 - most queries have no such word

    return names_graphs(text)
