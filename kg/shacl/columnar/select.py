"""SPARQL-based constraints and components: one run for a whole set of focus nodes (W3C SHACL sections 5 and 6)."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from pyoxigraph import Literal, NamedNode

from kg import sparql
from kg.core.errors import InputError, Problem
from kg.core.terms import XSD
from kg.shacl.columnar.bindings import Evaluator, NotColumnarError, Relation, term_of
from kg.shacl.columnar.checks import Values, Violations
from kg.shacl.nodes import CannotSelectError
from kg.shacl.shapes.queries import (
    SHAPES_GRAPH,
    ForbiddenError,
    as_node,
    bound,
    data_block,
    original,
    runs_for_sets,
    seeing_blank_nodes,
    substituted,
)
from kg.sparql import NOWHERE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from numpy.typing import NDArray
    from pyoxigraph import Quad

    from kg.columns.arrays import Ids
    from kg.shacl.columnar.columngraph import ColumnGraph
    from kg.shacl.columnar.querystore import QueryStore
    from kg.shacl.nodes import Node
    from kg.shacl.shapes.shapes import Select

_ROW = "motkg_row"
_AT_ONCE = 50_000
_TRUE = Literal("true", datatype=NamedNode(f"{XSD}boolean"))
_OF_ROW = re.compile(r"\{[?$](this|value)\}")


class QueryRunner:
    """Run the queries of shapes on columns where possible, else in a store of what they can reach."""

    def __init__(self, data: ColumnGraph, shapes: Iterable[Quad]) -> None:
        self._data = data
        self._evaluator = Evaluator(data)
        self._shapes = shapes

    @cached_property
    def _stores(self) -> QueryStore:
        from kg.shacl.columnar.querystore import QueryStore

        return QueryStore(self._data, self._shapes)

    def run(self, select: Select, values: Values, *, bare: bool) -> Iterator[Violations]:
        """Yield the violations of a query for focus nodes with their value nodes.

        ``bare`` means that the shape has no path.

        Raises:
            CannotSelectError: no engine of ours can run the query.

        """
        if not len(values.focus):
            return
        terms = dict(select.parameters)
        if select.shape is not None:
            terms |= {"currentShape": select.shape, "shapesGraph": SHAPES_GRAPH}
        try:
            tree = substituted(select.tree, terms)
            if isinstance(tree, sparql.AskQuery):
                yield from self._ask(select, tree, values)
            else:
                yield from self._select(select, tree, values.focus, bare=bare)
        except ForbiddenError as error:
            raise CannotSelectError(f"a SPARQL query of it would have to hold {error}") from error

    def selected(self, select: Select) -> tuple[Node, ...]:
        """Return the nodes that the query of a target selects, each once.

        Raises:
            CannotSelectError: no engine of ours can run the query.

        """
        try:
            tree = substituted(select.tree, dict(select.parameters))
        except ForbiddenError as error:
            raise CannotSelectError(f"its query would have to hold {error}") from error
        if not isinstance(tree, sparql.SelectQuery):
            raise CannotSelectError("its query is no SELECT query")
        tree = seeing_blank_nodes(tree) if self._data.has_blank_nodes else tree
        solutions = self._stores.query(tree, tree)
        return tuple(dict.fromkeys(original(solution["this"]) for solution in solutions if "this" in solution))

    def _select(self, select: Select, tree: sparql.SelectQuery, focus: Ids, *, bare: bool) -> Iterator[Violations]:
        try:
            yield from self._select_in_columns(select, tree, focus, bare=bare)
        except NotColumnarError:
            yield from self._select_in_store(select, tree, focus, bare=bare)

    def _ask(self, select: Select, tree: sparql.AskQuery, values: Values) -> Iterator[Violations]:
        """Yield the value nodes for which an ASK validator does not return true.

        One that does not mention $this runs once for each node.
        """
        if not any(isinstance(node, sparql.Variable) and node.name == "this" for node in sparql.walk(tree)):
            distinct = self._data.distinct(values.nodes)
            wrong = self._data.among(values.nodes, distinct[self._refused(tree, Values(distinct, distinct, distinct))])
        else:
            wrong = self._refused(tree, values)
        owners, nodes = values.owners[wrong], values.nodes[wrong]
        if not any(_OF_ROW.search(message.value) for message in select.messages):
            yield Violations(owners, nodes, messages=filled(select, {}))
            return
        pairs = zip(self._data.terms.nodes(owners.tolist()), self._data.terms.nodes(nodes.tolist()), strict=True)
        for row, (this, value) in enumerate(pairs):
            yield Violations(
                owners[row : row + 1], nodes[row : row + 1], messages=filled(select, {"this": this, "value": value})
            )

    def _refused(self, tree: sparql.AskQuery, values: Values) -> NDArray[np.bool_]:
        """Return for each pair of focus node and value node whether a validator does not return true."""
        rows = np.arange(len(values.nodes), dtype=np.int32)
        seed = Relation({"this": values.owners, "value": values.nodes, _ROW: rows}, len(rows))
        try:
            _check_columnar(tree)
            holding = self._evaluator.group(tree.where, seed).columns[_ROW]
        except NotColumnarError:
            holding = self._ask_in_store(tree, values)
        wrong = np.ones(len(values.nodes), np.bool_)
        wrong[holding] = False
        return wrong

    def _ask_in_store(self, tree: sparql.AskQuery, values: Values) -> Ids:
        tree = seeing_blank_nodes(tree) if self._data.has_blank_nodes else tree
        modifiers = sparql.Modifiers(NOWHERE, (), (), (), None, None)
        selection = sparql.Selection(NOWHERE, "DISTINCT", (sparql.Variable(NOWHERE, _ROW),))
        query = sparql.SelectQuery(NOWHERE, tree.prologue, selection, tree.dataset, tree.where, modifiers, None)
        step = _AT_ONCE if runs_for_sets(tree) else 1
        names = ("this", "value", _ROW)
        holding: list[int] = []
        for start in range(0, len(values.nodes), step):
            owners, nodes = values.owners[start : start + step], values.nodes[start : start + step]
            pairs = zip(self._data.terms.nodes(owners.tolist()), self._data.terms.nodes(nodes.tolist()), strict=True)
            rows = tuple(
                sparql.Row(NOWHERE, (as_node(this), as_node(value), as_node(Literal(start + number))))
                for number, (this, value) in enumerate(pairs)
            )
            found = self._stores.query(bound(query, names, data_block(names, rows)), tree)
            holding.extend(
                int(str(term.value)) for solution in found for term in (solution[_ROW],) if isinstance(term, Literal)
            )
        return np.array(holding, np.int32)

    def _select_in_columns(
        self, select: Select, tree: sparql.SelectQuery, focus: Ids, *, bare: bool
    ) -> Iterator[Violations]:
        _check_columnar(tree)
        found = self._evaluator.group(tree.where, Relation({"this": focus}, len(focus)))
        items = tree.selection.items or tuple(sparql.Variable(NOWHERE, name) for name in sorted(sparql.selected(tree)))
        names = [item.name for item in items if isinstance(item, sparql.Variable) and item.name in found.columns]
        constants = {
            item.variable.name: term_of(item.expression)
            for item in items
            if isinstance(item, sparql.Projection) and isinstance(item.expression, sparql.Iri | sparql.Literal)
        }
        if len(constants) + sum(isinstance(item, sparql.Variable) for item in items) < len(items):
            raise NotColumnarError("an expression in the SELECT clause")
        rows = np.stack([found.columns[name] for name in names], axis=1)
        if tree.selection.duplicates == "DISTINCT":
            rows = np.unique(rows, axis=0)
        nodes = [self._data.terms.nodes(rows[:, column].tolist()) for column in range(len(names))]
        this = names.index("this")
        for row, solution in zip(rows, zip(*nodes, strict=True), strict=True):
            yield violation(select, int(row[this]), {**constants, **dict(zip(names, solution, strict=True))}, bare=bare)

    def _select_in_store(
        self, select: Select, tree: sparql.SelectQuery, focus: Ids, *, bare: bool
    ) -> Iterator[Violations]:
        tree = seeing_blank_nodes(tree) if self._data.has_blank_nodes else tree
        nodes = self._data.terms.nodes(focus.tolist())
        keyed = {str(node): position for node, position in zip(nodes, focus.tolist(), strict=True)}
        step = _AT_ONCE if runs_for_sets(tree) and not any(isinstance(node, Literal) for node in nodes) else 1
        for start in range(0, len(nodes), step):
            some = nodes[start : start + step]
            block = data_block(("this",), tuple(sparql.Row(NOWHERE, (as_node(node),)) for node in some))
            for solution in self._stores.query(bound(tree, ("this",), block), tree):
                bindings = {name: original(term) for name, term in solution.items()}
                this = some[0] if step == 1 else bindings["this"]
                position = keyed[str(this)]
                yield violation(select, position, {**bindings, "this": this}, bare=bare)


def _check_columnar(tree: sparql.SelectQuery | sparql.AskQuery) -> None:
    plain = sparql.Modifiers(NOWHERE, (), (), (), None, None)
    if tree.modifiers != plain or tree.dataset:
        raise NotColumnarError("what stands after the pattern")


def violation(select: Select, position: int, bindings: Mapping[str, Node], *, bare: bool) -> Violations:
    """Return the violation that a solution describes."""
    path, value, messages = parts_of(select, bindings, bare=bare)
    return Violations(np.array([position], np.int32), path=path, value=value, messages=messages)


def parts_of(
    select: Select, bindings: Mapping[str, Node], *, bare: bool
) -> tuple[NamedNode | None, Node | None, tuple[Literal, ...]]:
    """Return path, value and messages of the violation that a solution stands for (W3C SHACL section 5.3.2).

    Raises:
        InputError: the solution says by ``?failure`` that the query has failed.

    """
    if bindings.get("failure") == _TRUE:
        told = f"a SPARQL query of {select.shape or select.node} reports a failure for {bindings['this']}"
        raise InputError([Problem("shapes graph", 0, 0, told)])
    path = bindings.get("path")
    value = bindings.get("value", bindings["this"] if bare else None)
    own = bindings.get("message")
    messages = (own,) if isinstance(own, Literal) else filled(select, bindings)
    return path if isinstance(path, NamedNode) else None, value, messages


def filled(select: Select, bindings: Mapping[str, Node]) -> tuple[Literal, ...]:
    """Return the messages of a query with the values of its variables filled in."""
    known = {**dict(select.parameters), **bindings}

    def fill(match: re.Match[str]) -> str:
        node = known.get(match[1])
        return match[0] if node is None else str(node.value) if isinstance(node, NamedNode | Literal) else str(node)

    return tuple(_with_text(message, re.sub(r"\{[?$](\w+)\}", fill, message.value)) for message in select.messages)


def _with_text(literal: Literal, text: str) -> Literal:
    return Literal(text, language=literal.language) if literal.language else Literal(text)
