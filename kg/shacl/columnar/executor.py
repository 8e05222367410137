"""Runs shapes over a graph in columns, set at a time."""

from __future__ import annotations

from functools import cached_property
from itertools import repeat
from typing import TYPE_CHECKING

import numpy as np

from kg.columns.arrays import EMPTY, unique
from kg.shacl.columnar.setchecks import SET_CHECKS, Found, Values
from kg.shacl.columnar.valuechecks import VALUE_CHECKS
from kg.shacl.nodes import CannotSelectError
from kg.shacl.report.report import Delegation, Result

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from kg.columns.arrays import Ids
    from kg.shacl.columnar.columngraph import ColumnGraph
    from kg.shacl.columnar.select import QueryRunner
    from kg.shacl.nodes import Node
    from kg.shacl.shapes.plan import Plan
    from kg.shacl.shapes.shapes import Constraint, Shape, Shapes

    Weights = NDArray[np.int64] | None

_CONFORMS, _FAILS = 1, 2


class Executor:
    """One validation of one data graph. Keeps what it has learnt about nodes and shapes for its lifetime."""

    def __init__(self, shapes: Shapes, data: ColumnGraph) -> None:
        self.data = data
        self._shapes = shapes
        self._verdicts: dict[Node, NDArray[np.uint8]] = {}

    @cached_property
    def _queries(self) -> QueryRunner:
        from kg.shacl.columnar.select import QueryRunner

        return QueryRunner(self.data, self._shapes.quads)

    def run(self, plan: Plan) -> tuple[list[Result], list[Delegation], int]:
        """Validate all native shapes: gives results, the shapes that turned out to need pySHACL, and the number of focus nodes."""
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
        found = [focus for target in shape.targets if len(focus := self.data.focus(target))]
        return unique(np.concatenate(found)) if found else EMPTY

    def failing(self, shape: Node, nodes: Ids) -> Ids:
        """Return those of the nodes (ascending) that do not conform to a shape."""
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
                    failed.extend(found.focus for found in self._found(shape, constraint, values))
        return unique(np.concatenate(failed))

    def results(self, shape: Shape, focus: Ids, weights: Weights = None) -> Iterator[Result]:
        """Yield the results of a shape.

        A focus node reached in several ways, as ``weights`` says, gives each of its results as often.
        """
        if shape.deactivated or not len(focus):
            return
        values = self._values(shape, focus)
        for constraint in shape.constraints:
            if constraint.component == "Property":
                below, their_weights = self._below(shape, values, weights)
                yield from self.results(self._shapes.by_node[constraint.shapes[0]], below, their_weights)
                continue
            for found in self._found(shape, constraint, values):
                times = repeat(1) if weights is None else weights[np.searchsorted(focus, found.focus)].tolist()
                path, messages = found.path or shape.path, found.messages or shape.messages
                for (node, value), count in zip(self._pairs(found), times, strict=False):
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

    def _pairs(self, found: Found) -> Iterable[tuple[Node, Node | None]]:
        focus = self.data.terms.nodes(found.focus.tolist())
        if found.values is None:
            return zip(focus, repeat(found.value), strict=False)
        return zip(focus, self.data.terms.nodes(found.values.tolist()), strict=True)

    def _found(self, shape: Shape, constraint: Constraint, values: Values) -> Iterator[Found]:
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
                yield Found(values.owners[rows], values.nodes[rows])

    def _values(self, shape: Shape, focus: Ids) -> Values:
        if shape.path is None:
            return Values(focus, focus, focus)
        return Values(focus, *self.data.values(shape.path, focus))
