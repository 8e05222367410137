"""A store of the statements that a query can reach, for queries that columns do not answer.

The store is Oxigraph's, which rewrites literals of the datatypes it computes with: ``"01"^^xsd:integer`` becomes ``1``. Comparisons and
arithmetic mean the same; ``STR`` gives the rewritten text. A literal in an answer is put back as it was written where it can be found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyoxigraph
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, QuerySolutions, RdfFormat

from kg.columns import arrow
from kg.columns.terms import Kind
from kg.validate.prebinding import SHAPES_GRAPH, as_node, asks_for_graphs, named, predicates_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg import sparql
    from kg.validate.columngraph import ColumnGraph
    from kg.validate.nodes import Node

_BATCH: Final = 1 << 19
_REWRITTEN: Final = "http://www.w3.org/2001/XMLSchema#"


class CannotSelectError(Exception):
    """A SPARQL query of a shape cannot be run here; the message says why."""


class QueryStore:
    """Stores of one data graph, each filled when the first query asks for its predicates."""

    def __init__(self, data: ColumnGraph, shapes: Iterable[Quad]) -> None:
        self._data = data
        self._shapes = tuple(shapes)
        self._stores: dict[tuple[frozenset[str] | None, bool], pyoxigraph.Store] = {}
        self._rewritten: dict[int, dict[str, Node]] = {}

    def query(self, text: str, tree: sparql.Query) -> Iterator[dict[str, Node]]:
        """Gives the solutions of a SELECT query over those statements that the query of ``tree`` can reach.

        Raises:
            CannotSelectError: the store refuses the query.

        """
        store = self._store(predicates_of(tree), asks_for_graphs(tree))
        try:
            solutions = store.query(text)
            if not isinstance(solutions, QuerySolutions):
                raise CannotSelectError("a SPARQL query of it is no SELECT query")
            names = [variable.value for variable in solutions.variables]
            for solution in solutions:
                yield {name: solution[name] for name in names if solution[name] is not None}
        except (SyntaxError, RuntimeError, OSError) as error:
            raise CannotSelectError(f"a SPARQL query of it cannot be run: {error}") from error

    def _store(self, predicates: frozenset[str] | None, with_shapes: bool) -> pyoxigraph.Store:  # noqa: FBT001 (a part of the key)
        if (predicates, with_shapes) not in self._stores:
            store = pyoxigraph.Store()
            for block in lines(self._data, predicates):
                store.bulk_load(input=block, format=RdfFormat.N_TRIPLES)
            if with_shapes:
                store.bulk_extend(Quad(_named(q.subject), q.predicate, _named(q.object), SHAPES_GRAPH) for q in self._shapes)  # type: ignore[arg-type]
            self._stores[predicates, with_shapes] = store
        return self._stores[predicates, with_shapes]

    def as_written(self, term: Node, focus: int) -> Node:
        """Gives the literal of the data that the store rewrote to a term: one of the focus node's values, else the term itself."""
        if not isinstance(term, Literal) or not term.datatype.value.startswith(_REWRITTEN) or self._data.terms.find(term) is not None:
            return term
        if focus not in self._rewritten:
            self._rewritten[focus] = dict(self._values_in_store(focus))
        return self._rewritten[focus].get(str(term), term)

    def _values_in_store(self, focus: int) -> Iterator[tuple[str, Node]]:
        """Gives the literals that a focus node has as values, each with its form in a store."""
        subject = np.array([focus], np.int32)
        for predicate in self._data.columns.predicates():
            subjects, objects = self._data.columns.forward(predicate)
            low, high = np.searchsorted(subjects, subject[0], "left"), np.searchsorted(subjects, subject[0], "right")
            for node in self._data.terms.nodes(objects[low:high].tolist()):
                if isinstance(node, Literal):
                    store = pyoxigraph.Store()
                    store.add(Quad(NamedNode("urn:x"), NamedNode("urn:x"), node))
                    yield from ((str(quad.object), node) for quad in store)


def lines(data: ColumnGraph, predicates: frozenset[str] | None = None) -> Iterator[bytes]:
    """Gives statements as N-Triples, a block at a time; blank nodes go by IRIs."""
    texts = data.terms.texts
    blank = np.flatnonzero(data.terms.kinds == Kind.BLANK)
    if len(blank):
        renamed = arrow.texts([named(text) for text in arrow.chosen(texts, blank).to_pylist()])
        positions = np.arange(len(texts))
        positions[blank] = len(texts) + np.arange(len(blank))
        texts = arrow.chosen(pa.concat_arrays([texts, renamed]), positions)
    wanted = None if predicates is None else {data.terms.find(NamedNode(predicate)) for predicate in predicates}
    tables = [table for table in data.columns.rows() if wanted is None or table[0] in wanted]
    if not tables:
        return
    subjects, objects = (np.concatenate([table[place] for table in tables]) for place in (1, 2))
    names = np.repeat(np.array([table[0] for table in tables], np.int32), [len(table[1]) for table in tables])
    space, end, nothing = (pa.scalar(text, pa.binary()) for text in (b" ", b" .\n", b""))
    for start in range(0, len(names), _BATCH):
        columns = (arrow.chosen(texts, ids[start : start + _BATCH]) for ids in (subjects, names, objects))
        subject, predicate, value = columns
        joined = pc.binary_join_element_wise(subject, space, predicate, space, value, end, nothing)
        offsets = np.frombuffer(joined.buffers()[1], np.int32)
        yield joined.buffers()[2][int(offsets[0]) : int(offsets[len(joined)])].to_pybytes()


def _named(node: Node) -> Node:
    return NamedNode(as_node(node).value) if isinstance(node, BlankNode) else node
