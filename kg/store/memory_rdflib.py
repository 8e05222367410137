"""The reference store: rdflib in memory, slow and read by many eyes, to hold other engines' answers against."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

import rdflib
from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, Triple
from rdflib.graph import DATASET_DEFAULT_GRAPH_ID
from rdflib.plugins import sparql
from rdflib.plugins.sparql import operators
from rdflib.plugins.sparql.parser import expandUnicodeEscapes

from kg.core.errors import QueryError
from kg.core.rdflibterms import from_rdflib, literals_as_written, offline, to_rdflib
from kg.store.embedded.functions import refuse_unknown
from kg.store.protocol import (
    Capabilities,
    QueryForms,
    Solutions,
    is_beyond_1_1,
    query_form,
    refuse_services,
    with_prefixes,
)
from kg.store.statements import refuse_fetching, statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from pyoxigraph import RdfFormat

    from kg.store.protocol import Answer


@contextmanager
def _as_written() -> Iterator[None]:
    """Set rdflib's global switches while a query runs.

    Literals stay as written, and nothing is fetched, not for FROM either.
    """
    with literals_as_written(), offline():  # one thread at a time
        before = sparql.SPARQL_LOAD_GRAPHS
        sparql.SPARQL_LOAD_GRAPHS = False
        try:
            yield
        finally:
            sparql.SPARQL_LOAD_GRAPHS = before


class RdflibStore(QueryForms):
    """A ``QuadStore`` on an rdflib dataset whose default graph is the union. Known prefixes need no declaration."""

    def __init__(self, dataset: rdflib.Dataset) -> None:
        self._dataset = dataset

    @classmethod
    def of(cls, quads: Iterable[Quad]) -> RdflibStore:
        """Return a store that holds the quads."""
        dataset = rdflib.Dataset(default_union=True)
        _add(quads, dataset)
        return cls(dataset)

    def query(self, text: str) -> Answer:
        """Answer a SPARQL query over the union of all graphs; see ``QuadStore.query``."""
        query_form(text)
        refuse_services(expandUnicodeEscapes(text))  # which rdflib reads before anything else, in strings too
        refuse_unknown(text, {str(name) for name in operators._CUSTOM_FUNCTIONS})  # noqa: SLF001 - it has no other list
        with _as_written():
            try:
                return _answer(self._dataset.query(with_prefixes(text)))
            except (
                Exception
            ) as error:  # rdflib's parser and evaluator raise whatever they meet, bare Exception among it
                if is_beyond_1_1(text):
                    hint = "the store oxigraph answers it"
                    raise QueryError("the query is SPARQL 1.2, which rdflib does not read", hint=hint) from error
                raise QueryError(f"the query cannot be run: {error}") from error

    def quads(self) -> Iterable[Quad]:
        """Yield every quad, in no particular order."""
        for subject, predicate, value, graph in self._dataset.quads():
            terms = (from_rdflib(subject), from_rdflib(predicate), from_rdflib(value))
            yield Quad(*terms, None if graph in {None, DATASET_DEFAULT_GRAPH_ID} else from_rdflib(graph))  # type: ignore[arg-type]

    def graphs(self) -> Mapping[str, int]:
        """Return the number of quads of each graph; see ``QuadStore.graphs``."""
        return Counter(
            "" if isinstance(quad.graph_name, DefaultGraph) else str(quad.graph_name.value) for quad in self.quads()
        )

    def capabilities(self) -> Capabilities:
        """Describe what the store can do."""
        return Capabilities(f"rdflib {rdflib.__version__}")

    def __len__(self) -> int:
        """Return the number of quads."""
        return sum(1 for _ in self._dataset.quads())


class WritableRdflibStore(RdflibStore):
    """A ``WritableStore`` on rdflib. An update that fails may have been done in part."""

    @classmethod
    def in_memory(cls) -> WritableRdflibStore:
        """Return an empty store."""
        return cls(rdflib.Dataset(default_union=True))

    def update(self, text: str) -> None:
        """Carry out a SPARQL update; see ``WritableStore.update``."""
        refuse_fetching(expandUnicodeEscapes(text))
        with _as_written():
            try:
                self._dataset.update(with_prefixes(text))
            except Exception as error:  # as for queries
                raise QueryError(f"the update cannot be run: {error}") from error

    def load(self, source: Iterable[Quad] | Path, graph: str | None = None, syntax: RdfFormat | None = None) -> int:
        """Add quads, or what a file says; see ``WritableStore.load``."""
        quads = list(statements(source, graph, syntax))
        _add(quads, self._dataset)
        return len(quads)

    def capabilities(self) -> Capabilities:
        """Describe what the store can do."""
        return super().capabilities()._replace(update=True)


def _add(quads: Iterable[Quad], dataset: rdflib.Dataset) -> None:
    for quad in quads:
        name = quad.graph_name
        place = DATASET_DEFAULT_GRAPH_ID if not isinstance(name, (NamedNode, BlankNode)) else to_rdflib(name)
        triple = (to_rdflib(quad.subject), to_rdflib(quad.predicate), to_rdflib(quad.object))
        dataset.store.add(triple, dataset.get_context(place))


def _answer(result: rdflib.query.Result) -> Answer:
    if result.type == "ASK":
        return bool(result.askAnswer)
    if result.type == "SELECT":
        names = tuple(str(name) for name in result.vars or ())
        rows = ([binding.get(rdflib.Variable(name)) for name in names] for binding in result.bindings)
        return Solutions(
            names, tuple(tuple(None if node is None else from_rdflib(node) for node in row) for row in rows)
        )
    return [Triple(*map(from_rdflib, triple)) for triple in result.graph or ()]  # type: ignore[arg-type]
