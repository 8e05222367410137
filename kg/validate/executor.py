"""Runs native shapes over a data graph, set at a time."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from kg.validate.components import SET_CHECKS, VALUE_CHECKS, Finding
from kg.validate.nodes import sh
from kg.validate.plan import focus_nodes
from kg.validate.report import Delegation, Result
from kg.validate.select import CannotSelectError, SelectRunner

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kg.validate.data import DataGraph, Values
    from kg.validate.nodes import Node
    from kg.validate.plan import Plan
    from kg.validate.shapes import Constraint, Shape, Shapes


class Executor:
    """One validation of one data graph. Keeps what it has learnt about nodes and shapes for its lifetime."""

    def __init__(self, shapes: Shapes, data: DataGraph) -> None:
        self.data = data
        self._shapes = shapes
        self._selects = SelectRunner(data)
        self._verdicts: dict[Node, dict[Node, bool]] = defaultdict(dict)

    def run(self, plan: Plan) -> tuple[list[Result], list[Delegation], int]:
        """Validates all native shapes: gives results, the shapes that turned out to need pySHACL, and the number of focus nodes."""
        results: list[Result] = []
        delegated: list[Delegation] = []
        seen: set[Node] = set()
        for shape in plan.native:
            focus = dict.fromkeys((node for target in shape.targets for node in focus_nodes(self.data, target)), 1)
            seen |= focus.keys()
            try:
                found = list(self._results(shape, focus))
                results.extend(found)
            except CannotSelectError as error:
                delegated.append(Delegation(shape.node, str(error)))
        return results, delegated, len(seen)

    def failing(self, shape: Node, nodes: Iterable[Node]) -> set[Node]:
        """Gives those of the nodes that do not conform to a shape."""
        wanted = set(nodes)
        verdicts = self._verdicts[shape]
        new = wanted - verdicts.keys()
        if new:
            failed = self._failing_of(self._shapes.by_node[shape], new)
            verdicts.update((node, node in failed) for node in new)
        return {node for node in wanted if verdicts[node]}

    def _failing_of(self, shape: Shape, nodes: set[Node]) -> set[Node]:
        failed: set[Node] = set()
        if shape.deactivated:
            return failed
        values = self._values(shape, nodes)
        for constraint in shape.constraints:
            if constraint.component == "Property":
                wrong = self.failing(constraint.shapes[0], (node for found in values.values() for node in found))
                failed |= {focus for focus, found in values.items() if not wrong.isdisjoint(found)}
            else:
                failed |= {finding.focus for finding in self._findings(shape, constraint, values)}
        return failed

    def _results(self, shape: Shape, focus: Mapping[Node, int]) -> Iterator[Result]:
        """Gives the results of a shape; a focus node reached in several ways gives each of its results as many times."""
        if shape.deactivated or not focus:
            return
        values = self._values(shape, focus)
        for constraint in shape.constraints:
            if constraint.component == "Property":
                below: Counter[Node] = Counter()
                for node, nodes in values.items():
                    for value in nodes:
                        below[value] += focus[node]
                yield from self._results(self._shapes.by_node[constraint.shapes[0]], below)
                continue
            component = sh(f"{constraint.component}ConstraintComponent")
            for found in self._findings(shape, constraint, values):
                messages = found.messages or shape.messages
                result = Result(found.focus, found.path or shape.path, found.value, component, shape.node, shape.severity, messages)
                yield from (result for _ in range(focus[found.focus]))

    def _findings(self, shape: Shape, constraint: Constraint, values: Values) -> Iterator[Finding]:
        if constraint.select is not None:
            yield from self._selects.run(constraint.select, values, bare=shape.path is None)
        elif constraint.component in SET_CHECKS:
            yield from SET_CHECKS[constraint.component](self, constraint, values)
        else:
            nodes = {node for found in values.values() for node in found}
            wrong = VALUE_CHECKS[constraint.component](self, constraint, nodes)
            if wrong:
                for focus, found in values.items():
                    yield from (Finding(focus, node) for node in found if node in wrong)

    def _values(self, shape: Shape, focus: Iterable[Node]) -> Values:
        if shape.path is None:
            return {node: (node,) for node in focus}
        nodes = tuple(focus)
        found = self.data.values(shape.path, nodes)
        return {node: found.get(node, ()) for node in nodes}
