"""What every store does alike, out of its answers to queries and its quads."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, serialize

from kg.core.errors import QueryError
from kg.core.terms import prefixes
from kg.store.protocol import Solutions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pyoxigraph import Triple

    from kg.store.protocol import Answer

_BATCH: Final = 10_000
_PIECE: Final = 1 << 16
_IN_MEMORY: Final = 1 << 24
_LINES: Final = (RdfFormat.N_QUADS, RdfFormat.N_TRIPLES)
_WITH_PREFIXES: Final = (RdfFormat.TRIG, RdfFormat.TURTLE, RdfFormat.RDF_XML)
COUNT_GRAPHS: Final = "SELECT ?graph (COUNT(*) AS ?count) WHERE { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph"


class QueryForms:
    """The forms of a query, graphs and dumps for a store that has ``query`` and ``quads``."""

    def query(self, text: str) -> Answer:
        """Answer a query; each store does so in its own way."""
        raise NotImplementedError

    def quads(self) -> Iterable[Quad]:
        """Return every quad; each store does so in its own way."""
        raise NotImplementedError

    def select(self, text: str) -> Solutions:
        """Answer a SELECT query; see ``QuadStore.select``."""
        answer = self.query(text)
        if isinstance(answer, Solutions):
            return answer
        raise QueryError("the query gives no rows", hint="begin it with SELECT")

    def ask(self, text: str) -> bool:
        """Answer an ASK query; see ``QuadStore.ask``."""
        answer = self.query(text)
        if isinstance(answer, bool):
            return answer
        raise QueryError("the query does not give a truth value", hint="begin it with ASK")

    def construct(self, text: str) -> list[Triple]:
        """Answer a CONSTRUCT or DESCRIBE query; see ``QuadStore.construct``."""
        answer = self.query(text)
        if isinstance(answer, list):
            return answer
        raise QueryError("the query gives no triples", hint="begin it with CONSTRUCT or DESCRIBE")

    def graphs(self) -> Mapping[str, int]:
        """Return the number of quads of each graph; see ``QuadStore.graphs``."""
        rows = self.select(COUNT_GRAPHS).rows
        return {
            graph.value: int(count.value)
            for graph, count in rows
            if isinstance(graph, NamedNode) and isinstance(count, Literal)
        }

    def dump(self, syntax: RdfFormat) -> Iterator[bytes]:
        """Return every quad as text; see ``QuadStore.dump``. Memory is bounded, whatever the size of the store."""
        return pieces(self.quads(), syntax)


def pieces(quads: Iterable[Quad], syntax: RdfFormat) -> Iterator[bytes]:
    """Yield quads in a syntax, piece by piece."""
    if not syntax.supports_datasets:
        quads = (Quad(quad.subject, quad.predicate, quad.object, DefaultGraph()) for quad in quads)
    if syntax in _LINES:
        remaining = iter(quads)
        while batch := list(islice(remaining, _BATCH)):
            yield serialize(batch, format=syntax) or b""
        return
    from tempfile import SpooledTemporaryFile

    with SpooledTemporaryFile(max_size=_IN_MEMORY) as spool:
        serialize(quads, spool, format=syntax, prefixes=prefixes() if syntax in _WITH_PREFIXES else None)
        spool.seek(0)
        while piece := spool.read(_PIECE):
            yield piece
