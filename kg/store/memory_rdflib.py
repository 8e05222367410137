"""The reference store: rdflib in memory, slow and read by many eyes, to hold other engines' answers against."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import rdflib
from pyoxigraph import BlankNode, NamedNode, Quad, Triple
from rdflib.graph import DATASET_DEFAULT_GRAPH_ID
from rdflib.plugins import sparql

from kg.errors import QueryError
from kg.store.prologue import query_form, with_prefixes
from kg.store.protocol import Solutions
from kg.store.rdflibterms import from_rdflib, to_rdflib

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.store.protocol import Answer

_SWITCHES: Final = threading.RLock()


@contextmanager
def _as_written() -> Iterator[None]:
    """Holds rdflib's two global switches while a query runs: literals stay as written, and FROM never fetches what it names."""
    with _SWITCHES:
        before = rdflib.NORMALIZE_LITERALS, sparql.SPARQL_LOAD_GRAPHS
        rdflib.NORMALIZE_LITERALS, sparql.SPARQL_LOAD_GRAPHS = False, False
        try:
            yield
        finally:
            rdflib.NORMALIZE_LITERALS, sparql.SPARQL_LOAD_GRAPHS = before


class RdflibStore:
    """A ``QuadStore`` on an rdflib dataset whose default graph is the union. Known prefixes need no declaration."""

    def __init__(self, dataset: rdflib.Dataset) -> None:
        self._dataset = dataset

    @classmethod
    def of(cls, quads: Iterable[Quad]) -> RdflibStore:
        """Gives a store that holds the quads."""
        dataset = rdflib.Dataset(default_union=True)
        for quad in quads:
            name = quad.graph_name
            place = DATASET_DEFAULT_GRAPH_ID if not isinstance(name, (NamedNode, BlankNode)) else to_rdflib(name)
            triple = (to_rdflib(quad.subject), to_rdflib(quad.predicate), to_rdflib(quad.object))
            dataset.store.add(triple, dataset.get_context(place))
        return cls(dataset)

    def query(self, text: str) -> Answer:
        """Answers a SPARQL query over the union of all graphs; see ``QuadStore.query``."""
        query_form(text)
        with _as_written():
            try:
                return _answer(self._dataset.query(with_prefixes(text)))
            except Exception as error:  # rdflib's parser and evaluator raise whatever they meet, bare Exception among it
                raise QueryError(f"the query cannot be run: {error}") from error

    def quads(self) -> Iterable[Quad]:
        """Gives every quad, in no particular order."""
        for subject, predicate, value, graph in self._dataset.quads():
            terms = (from_rdflib(subject), from_rdflib(predicate), from_rdflib(value))
            yield Quad(*terms, None if graph in {None, DATASET_DEFAULT_GRAPH_ID} else from_rdflib(graph))  # type: ignore[arg-type]

    def __len__(self) -> int:
        """Gives the number of quads."""
        return sum(1 for _ in self._dataset.quads())


def _answer(result: rdflib.query.Result) -> Answer:
    if result.type == "ASK":
        return bool(result.askAnswer)
    if result.type == "SELECT":
        names = tuple(str(name) for name in result.vars or ())
        rows = ([binding.get(rdflib.Variable(name)) for name in names] for binding in result.bindings)
        return Solutions(names, tuple(tuple(None if node is None else from_rdflib(node) for node in row) for row in rows))
    return [Triple(*map(from_rdflib, triple)) for triple in result.graph or ()]  # type: ignore[arg-type]
