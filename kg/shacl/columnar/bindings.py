"""Evaluate graph patterns of SPARQL on columns: joins of triples, comparisons, existence, for all focus nodes at once.

Whatever else a query uses (aggregates, string functions, OPTIONAL …) raises `NotColumnarError`; those queries run in a
store. Unlike a store, columns keep every literal as it was written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyoxigraph

from kg import sparql
from kg.columns.arrays import matching_rows, packed
from kg.columns.graph import TermKind
from kg.shacl.columnar.literals import NO_ORDER
from kg.shacl.nodes import InversePath, Path, RepeatedPath

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from kg.columns.arrays import Ids, Mask
    from kg.shacl.columnar.columngraph import ColumnGraph
    from kg.shacl.nodes import Node

    Truth = NDArray[np.int8]
    Triples = tuple[sparql.GraphNode, sparql.Path, sparql.GraphNode]

TRUE: Final = 1
FALSE: Final = 0
ERROR: Final = -1
_MOST_ROWS: Final = 30_000_000
_ROW: Final = "\N{NUMBER SIGN}row"
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
        row = f"{_ROW}{self._fresh}"
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
