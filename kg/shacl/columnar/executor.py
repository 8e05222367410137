"""Plan which shapes run on columns, and run them on all their focus nodes at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import repeat
from typing import TYPE_CHECKING, Final

import numpy as np
from pyoxigraph import NamedNode

from kg.columns.arrays import EMPTY, unique
from kg.core.errors import InputError, Problem
from kg.core.terms import RDF_TYPE, compact
from kg.shacl.columnar.checks import SET_CHECKS, VALUE_CHECKS, Values, Violations
from kg.shacl.columnar.columngraph import near_iris
from kg.shacl.nodes import CannotSelectError, predicates_of, sh
from kg.shacl.report.report import Delegation, EmptyTarget, Result
from kg.shacl.shapes.constraints import regular_expression

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from kg.columns.arrays import Ids
    from kg.shacl.columnar.columngraph import ColumnGraph
    from kg.shacl.columnar.select import QueryRunner
    from kg.shacl.nodes import Node
    from kg.shacl.shapes.shapes import Constraint, Select, Shape, Shapes, Target

    Weights = NDArray[np.int64] | None

_CONFORMS, _FAILS = 1, 2


@dataclass(frozen=True, slots=True)
class Plan:
    """Which shapes with targets run on columns, and which are delegated to pySHACL, with the reasons.

    ``recursive`` are the shapes that refer to themselves.
    """

    native: tuple[Shape, ...]
    delegated: tuple[Delegation, ...]
    recursive: tuple[Node, ...] = ()


def make_plan(shapes: Shapes) -> Plan:
    """Assign each active shape with a target to an engine.

    Raises:
        InputError: no shape has a target, or a pattern cannot be run by any engine.

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
    _check_patterns(shapes)
    native: list[Shape] = []
    delegated: list[Delegation] = []
    recursive: dict[Node, None] = {}
    for shape in roots:
        if shape.deactivated:
            continue
        recursive |= dict.fromkeys(_leading_back(shapes, shape.node, (), set()))
        reason = "" if recursive else _foreign_part(shapes, shape.node)
        if reason:
            delegated.append(Delegation(shape.node, reason))
        else:
            native.append(shape)
    return Plan(tuple(native), tuple(delegated), tuple(recursive))


def _check_patterns(shapes: Shapes) -> None:
    problems: list[Problem] = []
    for shape in shapes.by_node.values():
        for constraint in shape.constraints:
            if constraint.component == "Pattern":
                try:
                    regular_expression(constraint.pattern, constraint.flags)
                except ValueError as error:
                    name = compact(shape.node.value) if isinstance(shape.node, NamedNode) else str(shape.node)
                    problems.append(
                        Problem("shapes graph", 0, 0, f"{name} has an sh:pattern that cannot be run: {error}")
                    )
    if problems:
        raise InputError(problems)


def check_functions(shapes: Shapes) -> None:
    """Refuse calls of undefined functions: an engine would treat them as errors and report nothing.

    Raises:
        InputError: a query calls one.

    """
    queried = [
        (shape, each.select)
        for shape in shapes.by_node.values()
        for each in shape.constraints
        if each.select is not None
    ]
    if not queried:
        return
    from kg.shacl.shapes.queries import calls_of_shapes

    defined = {
        quad.subject for quad in shapes.quads if quad.predicate == RDF_TYPE and quad.object == sh("SPARQLFunction")
    }
    problems: list[Problem] = []
    for shape, select in queried:
        for call in calls_of_shapes(select.tree):
            if NamedNode(call) not in defined:
                name = compact(shape.node.value) if isinstance(shape.node, NamedNode) else str(shape.node)
                message = (
                    f"{name} has a SPARQL query that calls {call}, which is no function of SPARQL or of the shapes"
                )
                problems.append(Problem("shapes graph", 0, 0, message))
    if problems:
        raise InputError(problems)


def refuse_recursion(shapes: Shapes) -> None:
    """Refuse recursive shapes, whose meaning SHACL leaves open (section 3.4.3).

    Raises:
        InputError: there is one that some active target reaches.

    """
    recursive = make_plan(shapes).recursive
    if recursive:
        raise InputError(Problem("shapes graph", 0, 0, recursion_text(node), NOT_RECURSIVE) for node in recursive)


NOT_RECURSIVE: Final = "shapes without a circle, or --engine pyshacl, which goes round a few times and stops"


def recursion_text(node: Node) -> str:
    """Return a message that a shape is recursive."""
    name = compact(node.value) if isinstance(node, NamedNode) else f"shape {node}"
    return f"{name} refers to itself, and SHACL leaves it open what recursion means"


def _below(shapes: Shapes, node: Node) -> Iterator[Node]:
    for constraint in shapes.by_node[node].constraints:
        yield from constraint.shapes
        yield from constraint.siblings


def _leading_back(shapes: Shapes, node: Node, above: tuple[Node, ...], done: set[Node]) -> Iterator[Node]:
    """Yield the recursive shapes among those that a shape refers to."""
    if node in above:
        yield node
    elif node not in done:
        for inner in _below(shapes, node):
            yield from _leading_back(shapes, inner, (*above, node), done)
        done.add(node)


def _foreign_part(shapes: Shapes, node: Node) -> str:
    reason = shapes.by_node[node].foreign
    return reason or next((found for inner in _below(shapes, node) if (found := _foreign_part(shapes, inner))), "")


def terms_of(shapes: Shapes) -> tuple[Node, ...]:
    """Return every term of the shapes that an engine may look up in the data."""
    if "terms" not in shapes.compiled:
        shapes.compiled["terms"] = tuple(dict.fromkeys(_terms_of(shapes)))
    terms: tuple[Node, ...] = shapes.compiled["terms"]
    return terms


def _terms_of(shapes: Shapes) -> Iterator[Node]:
    for shape in shapes.by_node.values():
        yield from (target.term for target in shape.targets)
        yield from predicates_of(shape.path) if shape.path is not None else ()
        for constraint in shape.constraints:
            yield from constraint.terms
            if constraint.select is not None:
                yield from (term for _, term in constraint.select.parameters)
                yield from _terms_in(constraint.select)


def _terms_in(select: Select) -> Iterator[Node]:
    from kg import sparql
    from kg.shacl.columnar.bindings import term_of

    return (term_of(node) for node in sparql.walk(select.tree) if isinstance(node, sparql.Iri | sparql.Literal))


def empty_targets(shapes: Shapes, data: ColumnGraph) -> Iterator[EmptyTarget]:
    """Yield every target of an active shape that matches nothing; a target node matches when the data mentions it."""
    for shape in shapes.with_targets():
        for target in () if shape.deactivated else shape.targets:
            if target.kind == "target" or _matches(data, target):
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

    def run(self, plan: Plan) -> tuple[list[Result], list[Delegation], int]:
        """Validate all shapes of a plan that run on columns.

        Returns:
            The results, the shapes that turned out to need pySHACL, and the number of distinct focus nodes.
        """
        results: list[Result] = []
        delegated: list[Delegation] = []
        seen: list[Ids] = []
        for shape in plan.native:
            focus = self.focus(shape)
            if not len(focus):
                continue
            seen.append(focus)
            try:
                results.extend(list(self.results(shape, focus)))
            except CannotSelectError as error:
                delegated.append(Delegation(shape.node, str(error)))
        return results, delegated, len(self.data.distinct(np.concatenate(seen))) if seen else 0

    def focus(self, shape: Shape) -> Ids:
        """Return the focus nodes of a shape's own targets, in ascending order."""
        by_target = [focus for target in shape.targets if len(focus := self.data.focus(target))]
        return unique(np.concatenate(by_target)) if by_target else EMPTY

    def failing(self, shape: Node, nodes: Ids) -> Ids:
        """Return the nodes (ascending) that do not conform to a shape."""
        verdicts = self._verdicts.setdefault(shape, np.zeros(self.data.size, np.uint8))
        new = nodes[verdicts[nodes] == 0]
        if len(new):
            verdicts[new] = _CONFORMS
            verdicts[self._failing_of(self._shapes.by_node[shape], new)] = _FAILS
        return np.asarray(nodes[verdicts[nodes] == _FAILS])

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

    def results(self, shape: Shape, focus: Ids, weights: Weights = None) -> Iterator[Result]:
        """Yield the results of a shape.

        ``weights`` says in how many ways each focus node is reached; its results come as often.
        """
        if shape.deactivated or not len(focus):
            return
        values = self._values(shape, focus)
        for constraint in shape.constraints:
            if constraint.component == "Property":
                below, their_weights = self._below(shape, values, weights)
                yield from self.results(self._shapes.by_node[constraint.shapes[0]], below, their_weights)
                continue
            for violations in self._violations(shape, constraint, values):
                times = repeat(1) if weights is None else weights[np.searchsorted(focus, violations.focus)].tolist()
                path, messages = violations.path or shape.path, violations.messages or shape.messages
                for (node, value), count in zip(self._pairs(violations), times, strict=False):
                    result = Result(
                        node,
                        path,
                        value,
                        constraint.source,
                        shape.node,
                        shape.severity,
                        messages,
                        None,
                        constraint.node,
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
