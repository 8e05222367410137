"""Plan which shapes run on columns, and run them on all their focus nodes at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import repeat
from typing import TYPE_CHECKING

import numpy as np
from pyoxigraph import NamedNode

from kg.columns.arrays import EMPTY, unique
from kg.core.errors import InputError, Problem
from kg.core.terms import compact
from kg.shacl.columnar.checks import SET_CHECKS, VALUE_CHECKS, Values, Violations
from kg.shacl.columnar.columngraph import near_iris
from kg.shacl.nodes import CannotSelectError, predicates_of
from kg.shacl.report.report import Delegation, EmptyTarget, LeftOut, Result

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from numpy.typing import NDArray

    from kg.columns.arrays import Ids, Mask
    from kg.shacl.columnar.columngraph import ColumnGraph
    from kg.shacl.columnar.select import QueryRunner
    from kg.shacl.nodes import Node
    from kg.shacl.shapes.shapes import Constraint, Select, Shape, Shapes, Target

    Weights = NDArray[np.int64] | None

_CONFORMS, _FAILS, _CIRCULAR = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Plan:
    """The shapes with targets that are active, and those that refer to themselves or to a shape that does."""

    native: tuple[Shape, ...]
    recursive: frozenset[Node] = frozenset()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run found: results, the shapes that need pySHACL, those left out, and the number of focus nodes."""

    results: list[Result]
    delegated: tuple[Delegation, ...]
    left_out: tuple[LeftOut, ...]
    focus_nodes: int


def make_plan(shapes: Shapes) -> Plan:
    """Return the active shapes with a target, and which shapes are recursive.

    Raises:
        InputError: no shape has a target.

    """
    if "plan" not in shapes.compiled:
        shapes.compiled["plan"] = _plan_of(shapes)
    plan: Plan = shapes.compiled["plan"]
    return plan


def _plan_of(shapes: Shapes) -> Plan:
    roots = shapes.with_targets()
    if not roots:
        nothing = "no shape has a target, so nothing would be validated"
        raise InputError([Problem("shapes graph", 0, 0, nothing, "an sh:targetClass or another target")])
    return Plan(tuple(shape for shape in roots if not shape.deactivated), _recursive(shapes))


def _recursive(shapes: Shapes) -> frozenset[Node]:
    """Return the shapes that refer to themselves, directly or through others, and all that refer to such a shape."""
    below = {node: tuple(_below(shapes, node)) for node in shapes.by_node}
    above: dict[Node, list[Node]] = {node: [] for node in below}
    for node, others in below.items():
        for other in others:
            above[other].append(node)
    left = {node: len(others) for node, others in below.items()}
    waiting = [node for node, count in left.items() if not count]
    while waiting:
        node = waiting.pop()
        del left[node]
        for parent in above[node]:
            left[parent] -= 1
            if not left[parent]:
                waiting.append(parent)
    return frozenset(left)


def _below(shapes: Shapes, node: Node) -> Iterator[Node]:
    for constraint in shapes.by_node[node].constraints:
        yield from constraint.shapes
        yield from constraint.siblings


def terms_of(shapes: Shapes) -> tuple[Node, ...]:
    """Return every term of the shapes that an engine may look up in the data."""
    if "terms" not in shapes.compiled:
        shapes.compiled["terms"] = tuple(dict.fromkeys(_terms_of(shapes)))
    terms: tuple[Node, ...] = shapes.compiled["terms"]
    return terms


def _terms_of(shapes: Shapes) -> Iterator[Node]:
    for shape in shapes.by_node.values():
        for target in shape.targets:
            yield target.term
            yield from target.nodes
            if target.select is not None:
                yield from (term for _, term in target.select.parameters)
                yield from terms_in(target.select)
        yield from predicates_of(shape.path) if shape.path is not None else ()
        for constraint in shape.constraints:
            yield from constraint.terms
            if constraint.select is not None:
                yield from (term for _, term in constraint.select.parameters)
                yield from terms_in(constraint.select)


def terms_in(select: Select) -> Iterator[Node]:
    """Yield the IRIs and literals of a query."""
    from kg import sparql
    from kg.shacl.columnar.select import term_of

    return (term_of(node) for node in sparql.walk(select.tree) if isinstance(node, sparql.Iri | sparql.Literal))


def empty_targets(shapes: Shapes, data: ColumnGraph) -> Iterator[EmptyTarget]:
    """Yield every target of an active shape that matches nothing; a target node matches when the data mentions it."""
    for shape in shapes.with_targets():
        for target in () if shape.deactivated else shape.targets:
            if _matches(data, target):
                continue
            if target.select is not None:
                yield EmptyTarget(shape.node, target.kind, target.term, known=True)
                continue
            name = target.term.value if isinstance(target.term, NamedNode) else str(target.term)
            known = data.mentions(target.term)
            near = () if known else tuple(map(compact, near_iris(name, data.locals_of)))
            yield EmptyTarget(
                shape.node, "targetClass" if target.kind == "implicit" else target.kind, target.term, known, near
            )


def _matches(data: ColumnGraph, target: Target) -> bool:
    if target.kind == "targetNode":
        return not isinstance(target.term, NamedNode) or data.mentions(target.term)
    return bool(len(data.focus(target)))


def _of_repeated(count: int) -> str:
    some = "a result is" if count == 1 else f"{count:,} results are"
    return (
        f"it refers to itself, and {some} about nodes to which the data lead in several ways: each is given once, and "
        "not once for each way"
    )


class Executor:
    """Validate one graph. What is found out about nodes and shapes is kept for reuse."""

    def __init__(self, shapes: Shapes, data: ColumnGraph) -> None:
        self.data = data
        self._shapes = shapes
        self._verdicts: dict[Node, NDArray[np.uint8]] = {}

    @cached_property
    def _queries(self) -> QueryRunner:
        from kg.shacl.columnar.select import QueryRunner

        return QueryRunner(self.data, self._shapes.quads)

    def run(self, plan: Plan) -> Outcome:
        """Validate all shapes of a plan."""
        results: list[Result] = []
        delegated: list[Delegation] = []
        left_out: list[LeftOut] = []
        seen: list[Ids] = []
        for shape in plan.native:
            focus = self.focus(shape)
            if not len(focus):
                continue
            try:
                if shape.node in plan.recursive:
                    circular = self._settled(shape, focus)
                    if len(circular):
                        left_out.append(LeftOut(shape.node, self._of_circle(circular)))
                        results.extend(list(self.results(shape, circular, leaving=plan.recursive)))
                        focus = focus[~self.data.among(focus, circular)]
                    given, repeated = self._each_once(shape, focus)
                    results.extend(given)
                    if repeated:
                        left_out.append(LeftOut(shape.node, _of_repeated(repeated)))
                else:
                    results.extend(list(self.results(shape, focus)))
            except CannotSelectError as error:
                delegated.append(Delegation(shape.node, str(error)))
            seen.append(focus)
        number = len(self.data.distinct(np.concatenate(seen))) if seen else 0
        return Outcome(results, tuple(delegated), tuple(left_out), number)

    def _of_circle(self, nodes: Ids) -> str:
        first = min(self.data.terms.nodes(nodes.tolist()), key=str)
        name = compact(first.value) if isinstance(first, NamedNode) else str(first)
        some = "a focus node" if len(nodes) == 1 else f"{len(nodes):,} focus nodes"
        return (
            f"it refers to itself, and from {some} ({name}{', …' if len(nodes) > 1 else ''}) the data lead back to a "
            "node that it is already applied to: SHACL leaves open what this means, so what depends on it is not "
            "checked"
        )

    def _settled(self, root: Shape, focus: Ids) -> Ids:
        """Judge what a recursive shape depends on, from the ends of the data inwards.

        Return the focus nodes whose verdict depends on itself or on such a verdict.
        """
        numbers: dict[Node, int] = {}
        parents: list[NDArray[np.int64]] = [np.empty(0, np.int64)]
        children: list[NDArray[np.int64]] = [np.empty(0, np.int64)]
        met: dict[Node, Mask] = {}
        recursive = make_plan(self._shapes).recursive
        waiting = [(root.node, focus)]
        while waiting:
            node, nodes = waiting.pop()
            shape = self._shapes.by_node[node]
            base = numbers.setdefault(node, len(numbers)) * self.data.size
            known = met.setdefault(node, np.zeros(self.data.size, np.bool_))
            new = nodes[~known[nodes] & (self._verdicts_of(node)[nodes] == 0)]
            known[nodes] = True
            if shape.deactivated or not len(new):
                continue
            values = self._values(shape, new)
            for inner in dict.fromkeys(_below(self._shapes, node)):
                if inner in recursive:
                    parents.append(base + values.owners.astype(np.int64))
                    below = numbers.setdefault(inner, len(numbers)) * self.data.size
                    children.append(below + values.nodes.astype(np.int64))
                    waiting.append((inner, self.data.distinct(values.nodes)))
        keys = np.concatenate(
            [number * self.data.size + np.flatnonzero(met[node]).astype(np.int64) for node, number in numbers.items()]
        )
        self._judge_inwards(tuple(numbers), np.sort(keys), np.concatenate(parents), np.concatenate(children))
        return np.asarray(focus[self._verdicts_of(root.node)[focus] == _CIRCULAR])

    def _judge_inwards(
        self, shapes: tuple[Node, ...], keys: NDArray[np.int64], parents: NDArray[np.int64], children: NDArray[np.int64]
    ) -> None:
        """Judge pairs of shape and node, each after those that it depends on; mark those that depend on themselves."""
        size = self.data.size
        of_shape, nodes = keys // size, (keys % size).astype(np.int32)
        verdicts = np.zeros(len(keys), np.uint8)
        for number, shape in enumerate(shapes):
            rows = np.flatnonzero(of_shape == number)
            verdicts[rows] = self._verdicts_of(shape)[nodes[rows]]
        above, below = np.searchsorted(keys, parents), np.searchsorted(keys, children)
        blocking = (verdicts[below] == 0) | (verdicts[below] == _CIRCULAR)
        above, below = above[blocking], below[blocking]
        order = np.argsort(below, kind="stable")
        above, below = above[order], below[order]
        starts = np.searchsorted(below, np.arange(len(keys)))
        ends = np.searchsorted(below, np.arange(len(keys)), "right")
        left = np.bincount(above, minlength=len(keys))
        ready = np.flatnonzero((left == 0) & (verdicts == 0))
        done = verdicts != 0
        while len(ready):
            for number in np.unique(of_shape[ready]).tolist():
                self.failing(shapes[number], np.sort(nodes[ready[of_shape[ready] == number]]))
            done[ready] = True
            lengths = ends[ready] - starts[ready]
            rows = np.repeat(starts[ready] - (np.cumsum(lengths) - lengths), lengths) + np.arange(lengths.sum())
            np.subtract.at(left, above[rows], 1)
            touched = np.unique(above[rows])
            ready = touched[(left[touched] == 0) & ~done[touched]]
        for number, shape in enumerate(shapes):
            rows = np.flatnonzero((of_shape == number) & ~done)
            self._verdicts_of(shape)[nodes[rows]] = _CIRCULAR

    def focus(self, shape: Shape) -> Ids:
        """Return the focus nodes of a shape's own targets, in ascending order."""
        by_target = [focus for target in shape.targets if len(focus := self.data.focus(target))]
        return unique(np.concatenate(by_target)) if by_target else EMPTY

    def failing(self, shape: Node, nodes: Ids) -> Ids:
        """Return the nodes (ascending) that do not conform to a shape."""
        verdicts = self._verdicts_of(shape)
        new = nodes[verdicts[nodes] == 0]
        if len(new):
            verdicts[new] = _CONFORMS
            verdicts[self._failing_of(self._shapes.by_node[shape], new)] = _FAILS
        return np.asarray(nodes[verdicts[nodes] == _FAILS])

    def _verdicts_of(self, shape: Node) -> NDArray[np.uint8]:
        if shape not in self._verdicts:
            self._verdicts[shape] = np.zeros(self.data.size, np.uint8)
        return self._verdicts[shape]

    def _failing_of(self, shape: Shape, nodes: Ids) -> Ids:
        failed: list[Ids] = [nodes[:0]]
        if not shape.deactivated:
            values = self._values(shape, nodes)
            for constraint in shape.constraints:
                if constraint.component == "Property":
                    wrong = self.failing(constraint.shapes[0], self.data.distinct(values.nodes))
                    failed.append(values.owners[self.data.among(values.nodes, wrong)])
                else:
                    failed.extend(violations.focus for violations in self._violations(shape, constraint, values))
        return unique(np.concatenate(failed))

    def results(self, shape: Shape, focus: Ids, *, leaving: Collection[Node] = ()) -> Iterator[Result]:
        """Yield the results of a shape.

        With ``leaving``, constraints that refer to these shapes are left out, and each property shape is applied once.
        """
        waiting: list[tuple[Shape, Ids, Weights]] = [(shape, focus, None)]
        met = {shape.node}
        while waiting:
            shape, focus, weights = waiting.pop()
            if shape.deactivated or not len(focus):
                continue
            values = self._values(shape, focus)
            for constraint in shape.constraints:
                if constraint.component == "Property":
                    inner = constraint.shapes[0]
                    if not (leaving and inner in met):
                        met.add(inner)
                        waiting.append((self._shapes.by_node[inner], *self._below(shape, values, weights)))
                elif not any(node in leaving for node in (*constraint.shapes, *constraint.siblings)):
                    yield from self._results_of(shape, constraint, values, weights)

    def _each_once(self, root: Shape, focus: Ids) -> tuple[list[Result], int]:
        """Return the results of a recursive shape, each once, and how many of them the data lead to in several ways.

        The ways through data that divide and meet again grow exponentially with their length.
        """
        given: list[tuple[Node, Result]] = []
        met = {root.node: np.zeros(self.data.size, np.bool_)}
        several: dict[Node, Mask] = {}
        waiting = [(root, focus)]
        while waiting:
            shape, nodes = waiting.pop()
            known = met.setdefault(shape.node, np.zeros(self.data.size, np.bool_))
            several.setdefault(shape.node, np.zeros(self.data.size, np.bool_))[nodes[known[nodes]]] = True
            nodes = nodes[~known[nodes]]
            known[nodes] = True
            if shape.deactivated or not len(nodes):
                continue
            values = self._values(shape, nodes)
            for constraint in shape.constraints:
                if constraint.component != "Property":
                    given += ((shape.node, result) for result in self._results_of(shape, constraint, values, None))
                    continue
                inner = self._shapes.by_node[constraint.shapes[0]]
                below = values.focus if shape.path is None else values.nodes
                reached, times = np.unique(below, return_counts=True)
                twice = several.setdefault(inner.node, np.zeros(self.data.size, np.bool_))
                twice[reached[times > 1]] = True
                waiting.append((inner, self.data.distinct(below)))
        repeated = {
            (shape, node)
            for shape, nodes in several.items()
            for node in self.data.terms.nodes(np.flatnonzero(nodes).tolist())
        }
        return [result for _, result in given], sum((shape, result.focus) in repeated for shape, result in given)

    def _results_of(self, shape: Shape, constraint: Constraint, values: Values, weights: Weights) -> Iterator[Result]:
        """Yield the results of one constraint.

        ``weights`` says in how many ways each focus node is reached; its results come as often.
        """
        for violations in self._violations(shape, constraint, values):
            times = repeat(1) if weights is None else weights[np.searchsorted(values.focus, violations.focus)].tolist()
            path, messages = violations.path or shape.path, violations.messages or shape.messages
            for (node, value), count in zip(self._pairs(violations), times, strict=False):
                result = Result(
                    node, path, value, constraint.source, shape.node, shape.severity, messages, None, constraint.node
                )
                yield from repeat(result, count)

    def _below(self, shape: Shape, values: Values, weights: Weights) -> tuple[Ids, Weights]:
        """Return the focus nodes of a property shape inside a shape, and how often each is reached."""
        if shape.path is None:
            return values.focus, weights
        nodes = self.data.distinct(values.nodes)
        reached = None if weights is None else weights[np.searchsorted(values.focus, values.owners)].astype(np.float64)
        return nodes, np.bincount(np.searchsorted(nodes, values.nodes), reached, len(nodes)).astype(np.int64)

    def _pairs(self, found: Violations) -> Iterable[tuple[Node, Node | None]]:
        focus = self.data.terms.nodes(found.focus.tolist())
        if found.values is None:
            return zip(focus, repeat(found.value), strict=False)
        return zip(focus, self.data.terms.nodes(found.values.tolist()), strict=True)

    def _violations(self, shape: Shape, constraint: Constraint, values: Values) -> Iterator[Violations]:
        if constraint.select is not None:
            yield from self._queries.run(constraint.select, values, bare=shape.path is None)
        elif constraint.component in SET_CHECKS:
            yield from SET_CHECKS[constraint.component](self, constraint, values)
        else:
            nodes = self.data.distinct(values.nodes)
            if not len(nodes):
                return
            wrong = nodes[VALUE_CHECKS[constraint.component](self, constraint, nodes)]
            if len(wrong):
                rows = self.data.among(values.nodes, wrong)
                yield Violations(values.owners[rows], values.nodes[rows])

    def _values(self, shape: Shape, focus: Ids) -> Values:
        if shape.path is None:
            return Values(focus, focus, focus)
        return Values(focus, *self.data.values(shape.path, focus))
