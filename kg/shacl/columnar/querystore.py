"""A store of the statements that a query can reach, for queries that columns do not answer.

The store is Oxigraph's, which rewrites literals of the datatypes it computes with. Where that would change one of the
data or of the query, it holds them in a form that it leaves alone (:mod:`kg.shacl.columnar.aswritten`).
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyoxigraph
from pyoxigraph import BlankNode, NamedNode, Quad, QuerySolutions, RdfFormat

from kg import sparql
from kg.columns import arrow
from kg.columns.terms import Kind
from kg.shacl.columnar.aswritten import (
    FUNCTIONS,
    are_rewritten,
    coded,
    coded_texts,
    decoded,
    names_what_is_rewritten,
    seeing_texts,
)
from kg.shacl.nodes import CannotSelectError
from kg.shacl.shapes.prebinding import SHAPES_GRAPH, as_node, asks_for_graphs, named, predicates_of
from kg.sparql.spelling import spelt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.shacl.columnar.columngraph import ColumnGraph
    from kg.shacl.nodes import Node

_BATCH: Final = 1 << 19


class QueryStore:
    """Stores of one data graph, each filled when the first query asks for its predicates."""

    def __init__(self, data: ColumnGraph, shapes: Iterable[Quad]) -> None:
        self._data = data
        self._shapes = tuple(shapes)
        self._stores: dict[tuple[frozenset[str] | None, bool, bool], pyoxigraph.Store] = {}

    @cached_property
    def _rewrites(self) -> bool:
        """Whether a store would rewrite a literal of the data."""
        return are_rewritten(self._data.terms.texts)

    def query(self, query: sparql.SelectQuery, tree: sparql.Query) -> Iterator[dict[str, Node]]:
        """Yield the solutions of a SELECT query over those statements that the query of ``tree`` can reach.

        Raises:
            CannotSelectError: the store refuses the query.

        """
        written = self._rewrites or names_what_is_rewritten(tree)
        store = self._store(predicates_of(tree), with_shapes=asks_for_graphs(tree), written=written)
        try:
            text = spelt(sparql.write(seeing_texts(query) if written else query)).text
            solutions = store.query(text, custom_functions=FUNCTIONS)
            if not isinstance(solutions, QuerySolutions):
                raise CannotSelectError("a SPARQL query of it is no SELECT query")
            names = [variable.value for variable in solutions.variables]
            for solution in solutions:
                yield {name: decoded(solution[name]) for name in names if solution[name] is not None}
        except (SyntaxError, RuntimeError, OSError) as error:
            raise CannotSelectError(f"a SPARQL query of it cannot be run: {error}") from error

    def _store(self, predicates: frozenset[str] | None, *, with_shapes: bool, written: bool) -> pyoxigraph.Store:
        key = (predicates, with_shapes, written)
        if key not in self._stores:
            store = pyoxigraph.Store()
            for block in lines(self._data, predicates, written=written):
                store.bulk_load(input=block, format=RdfFormat.N_TRIPLES)
            if with_shapes:
                seen = coded if written else _unchanged
                store.bulk_extend(
                    Quad(_named(q.subject), q.predicate, seen(_named(q.object)), SHAPES_GRAPH)  # type: ignore[arg-type]
                    for q in self._shapes
                )
            self._stores[key] = store
        return self._stores[key]


def lines(data: ColumnGraph, predicates: frozenset[str] | None = None, *, written: bool = False) -> Iterator[bytes]:
    """Yield statements as N-Triples, a block at a time.

    Blank nodes go by IRIs, and literals as ``written`` asks by other datatypes.
    """
    texts = coded_texts(data.terms.texts) if written else data.terms.texts
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


def _unchanged(node: Node) -> Node:
    return node


def _named(node: Node) -> Node:
    return NamedNode(as_node(node).value) if isinstance(node, BlankNode) else node
