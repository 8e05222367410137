"""SPARQL-based constraints and components: one run for a whole set of focus nodes (W3C SHACL sections 5 and 6).

``Evaluator`` evaluates graph patterns on columns for all focus nodes at once: joins of triples, comparisons, existence.
Whatever else a query uses (aggregates, string functions, OPTIONAL …) raises ``NotColumnarError``; ``QueryRunner`` runs
those queries in a store. Unlike a store, columns keep every literal as it was written.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import pyoxigraph
from pyoxigraph import Literal, NamedNode

from kg import sparql
from kg.columns.arrays import matching_rows, packed
from kg.columns.graph import TermKind
from kg.core.errors import InputError, Problem
from kg.core.terms import XSD
from kg.shacl.columnar.checks import Values, Violations
from kg.shacl.columnar.literals import NO_ORDER
from kg.shacl.nodes import CannotSelectError, InversePath, Path, RepeatedPath
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

    from kg.columns.arrays import Ids, Mask
    from kg.shacl.columnar.columngraph import ColumnGraph
    from kg.shacl.columnar.querystore import QueryStore
    from kg.shacl.nodes import Node
    from kg.shacl.shapes.shapes import Select

    Truth = NDArray[np.int8]
    Triples = tuple[sparql.GraphNode, sparql.Path, sparql.GraphNode]


TRUE: Final = 1
FALSE: Final = 0
ERROR: Final = -1
_MOST_ROWS: Final = 30_000_000
_FRESH: Final = "\N{NUMBER SIGN}row"
_ORDERS: Final = {"=": (0,), "<": (-1,), ">": (1,), "<=": (-1, 0), ">=": (0, 1)}
_KINDS: Final = {
    "ISIRI": (TermKind.IRI,),
    "ISURI": (TermKind.IRI,),
    "ISBLANK": (TermKind.BLANK,),
    "ISLITERAL": (TermKind.LITERAL,),
}


class NotColumnarError(Exception):
    """A pattern uses what cannot be evaluated on columns; the message names it."""


class Relation:
    """Solutions as columns: one array of term positions for each variable that every solution binds."""

    def __init__(self, columns: dict[str, Ids], length: int) -> None:
        self.columns = columns
        self.length = length

    def at(self, rows: NDArray[np.int64] | Mask) -> Relation:
        """Return some of the solutions."""
        columns = {name: column[rows] for name, column in self.columns.items()}
        return Relation(columns, int(np.count_nonzero(rows)) if rows.dtype == np.bool_ else len(rows))

    def beside(self, name: str, column: Ids) -> Relation:
        """Return the solutions with one more variable."""
        return Relation({**self.columns, name: column}, self.length)


class Evaluator:
    """Evaluate groups of a query on one graph."""

    def __init__(self, data: ColumnGraph) -> None:
        self._data = data
        self._fresh = 0

    def group(self, group: sparql.Group, seed: Relation) -> Relation:
        """Return the solutions of a group that agree with the seed.

        Raises:
            NotColumnarError: the group holds something that needs a store.

        """
        waiting: list[Triples] = []
        for element in group.elements:
            match element:
                case sparql.TriplesBlock(_, triples):
                    waiting.extend(pattern for triple in triples for pattern in self._patterns(triple))
                case sparql.Group() if not any(isinstance(part, sparql.Filter) for part in element.elements):
                    seed = self.group(element, seed)
                case sparql.Filter():
                    pass
                case _:
                    raise NotColumnarError(type(element).__name__)
        seed = self._joined(seed, waiting)
        for element in group.elements:
            if isinstance(element, sparql.Filter):
                seed = seed.at(self._truth(element.condition, seed) == TRUE)
        return seed

    def _joined(self, seed: Relation, waiting: list[Triples]) -> Relation:
        """Join patterns one after the other, each with something that the ones before have bound."""
        while waiting:
            pattern = next((p for p in waiting if self._connected(p, seed)), None)
            if pattern is None:
                raise NotColumnarError("patterns that share no variable")
            waiting.remove(pattern)
            seed = self._join(seed, *pattern)
            if seed.length > _MOST_ROWS:
                raise NotColumnarError("too many solutions at once")
        return seed

    def _patterns(self, triples: sparql.TriplesSameSubject) -> Iterator[Triples]:
        subject = self._plain(triples.subject)
        for part in triples.properties:
            if isinstance(part.verb, sparql.Variable):
                raise NotColumnarError("a variable in the place of a predicate")
            for value in part.objects:
                yield from self._steps(subject, part.verb, self._plain(value))

    def _plain(self, node: sparql.GraphNode) -> sparql.GraphNode:
        if isinstance(node, sparql.BlankNodeProperties | sparql.Collection) or (
            isinstance(node, sparql.BlankNode) and not node.label
        ):
            raise NotColumnarError("a node in brackets")
        return sparql.Variable(node.span, f"_:{node.label}") if isinstance(node, sparql.BlankNode) else node

    def _steps(self, subject: sparql.GraphNode, path: sparql.Path, value: sparql.GraphNode) -> Iterator[Triples]:
        """Take a sequence apart, as SPARQL does: each way along it is a solution."""
        if not isinstance(path, sparql.PathSequence):
            yield subject, path, value
            return
        for step in path.paths[:-1]:
            self._fresh += 1
            between = sparql.Variable(sparql.NOWHERE, f"_:step{self._fresh}")
            yield from self._steps(subject, step, between)
            subject = between
        yield from self._steps(subject, path.paths[-1], value)

    def _connected(self, pattern: Triples, seed: Relation) -> bool:
        return any(not isinstance(end, sparql.Variable) or end.name in seed.columns for end in (pattern[0], pattern[2]))

    def _join(self, seed: Relation, subject: sparql.GraphNode, path: sparql.Path, value: sparql.GraphNode) -> Relation:
        start, end = self._column(subject, seed), self._column(value, seed)
        followed = _shacl_path(path)
        if start is not None and end is not None:
            owners, values = self._data.values(followed, self._data.distinct(start))
            known, wanted = packed(owners, values), packed(start, end)
            if not len(known):
                return seed.at(np.zeros(seed.length, np.bool_))
            places = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
            return seed.at(known[places] == wanted)
        if start is not None:
            owners, values = self._data.values(followed, self._data.distinct(start))
            here, there, name = *matching_rows(start, owners), value
        elif end is not None:
            owners, values = self._data.values(followed, self._data.distinct(end), backwards=True)
            here, there, name = *matching_rows(end, owners), subject
        else:
            raise NotColumnarError("patterns that share no variable")
        if not isinstance(name, sparql.Variable):
            raise NotColumnarError("a pattern of this form")
        return seed.at(here).beside(name.name, values[there])

    def _column(self, node: sparql.GraphNode | sparql.Expression, seed: Relation) -> Ids | None:
        """Return the value of a node in every solution, or ``None`` for a variable that has none yet."""
        if isinstance(node, sparql.Variable):
            return seed.columns.get(node.name)
        if isinstance(node, sparql.Iri | sparql.Literal):
            return np.full(seed.length, self._data.terms.position(term_of(node)), np.int32)
        raise NotColumnarError(type(node).__name__)

    def _truth(self, expression: sparql.Expression, seed: Relation) -> Truth:  # noqa: PLR0911 (one case a form)
        """Return the effective boolean value of an expression in every solution (SPARQL 1.1 section 17.2)."""
        match expression:
            case sparql.Logical(_, operator, operands):
                truths = [self._truth(operand, seed) for operand in operands]
                return _any(truths) if operator == "||" else _not(_any([_not(truth) for truth in truths]))
            case sparql.Unary(_, "!", operand):
                return _not(self._truth(operand, seed))
            case sparql.Comparison(_, "!=", left, right):
                return _not(self._comparison("=", left, right, seed))
            case sparql.Comparison(_, operator, left, right):
                return self._comparison(operator, left, right, seed)
            case sparql.In(_, inner, choices, negated):
                found = _any([self._comparison("=", inner, choice, seed) for choice in choices])
                return _not(found) if negated else found
            case sparql.BuiltInCall(_, "BOUND", (sparql.Variable() as variable,)):
                return np.full(seed.length, TRUE if variable.name in seed.columns else FALSE, np.int8)
            case sparql.BuiltInCall(_, name, (sparql.Variable() as variable,)) if (
                name in _KINDS and variable.name in seed.columns
            ):
                return np.isin(self._data.terms.kinds[seed.columns[variable.name]], _KINDS[name]).astype(np.int8)
            case sparql.Exists(_, group, negated):
                found = self._exists(group, seed)
                return _not(found) if negated else found
            case _:
                raise NotColumnarError(type(expression).__name__)

    def _exists(self, group: sparql.Group, seed: Relation) -> Truth:
        used = {node.name for node in sparql.walk(group) if isinstance(node, sparql.Variable)}
        shared = {name: column for name, column in seed.columns.items() if name in used}
        row = f"{_FRESH}{self._fresh}"
        self._fresh += 1
        inner = Relation({**shared, row: np.arange(seed.length, dtype=np.int32)}, seed.length)
        found = np.full(seed.length, FALSE, np.int8)
        found[self.group(group, inner).columns[row]] = TRUE
        return found

    def _comparison(self, operator: str, left: sparql.Expression, right: sparql.Expression, seed: Relation) -> Truth:
        first, second = self._column(left, seed), self._column(right, seed)
        if first is None or second is None:
            return np.full(seed.length, ERROR, np.int8)
        orders = self._data.literals.compare(first, second)
        truth = np.where(orders == NO_ORDER, ERROR, np.isin(orders, _ORDERS[operator])).astype(np.int8)
        if operator == "=":
            kinds = self._data.terms.kinds
            literal = (kinds[first] == TermKind.LITERAL) & (kinds[second] == TermKind.LITERAL)
            truth[(first == second) & (orders == NO_ORDER)] = TRUE
            truth[~literal & (first != second)] = FALSE
            if (truth == ERROR).any():
                raise NotColumnarError("literals of which it is not known whether they are equal")
        return truth


def _any(truths: list[Truth]) -> Truth:
    found = truths[0]
    for truth in truths[1:]:
        both = np.where((found == ERROR) | (truth == ERROR), ERROR, FALSE)
        found = np.where((found == TRUE) | (truth == TRUE), TRUE, both).astype(np.int8)
    return found


def _not(truth: Truth) -> Truth:
    return np.where(truth == ERROR, ERROR, 1 - truth).astype(np.int8)


def _shacl_path(path: sparql.Path) -> Path:
    match path:
        case sparql.Iri(_, value):
            return pyoxigraph.NamedNode(value)
        case sparql.PathInverse(_, inner):
            return InversePath(_shacl_path(inner))
        case sparql.PathRepeat(_, inner, sign):
            return RepeatedPath(_shacl_path(inner), sign)
        case _:
            raise NotColumnarError(type(path).__name__)


def term_of(node: sparql.Iri | sparql.Literal) -> Node:
    """Return the RDF term that a node of a query stands for."""
    if isinstance(node, sparql.Iri):
        return pyoxigraph.NamedNode(node.value)
    if node.language:
        return pyoxigraph.Literal(node.value, language=node.language)
    return pyoxigraph.Literal(node.value, datatype=pyoxigraph.NamedNode(node.datatype) if node.datatype else None)


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
