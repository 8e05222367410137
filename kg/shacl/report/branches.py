"""Why a value does not conform to the shapes that a result is about: the results that these shapes have for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
from pyoxigraph import BlankNode, NamedNode

from kg.core.errors import InputError
from kg.core.terms import SH
from kg.shacl.columnar.columngraph import ColumnGraph
from kg.shacl.columnar.executor import Executor, make_plan, terms_of
from kg.shacl.nodes import CannotSelectError
from kg.shacl.report.report import Branch, Hint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.columns import Columns
    from kg.shacl.nodes import Node
    from kg.shacl.report.report import Result
    from kg.shacl.shapes.shapes import Shapes

    Statement = tuple[Node, Node, Node]

MOST_VALUES: Final = 200
"""Values of a report for which it is said why they do not conform, so that a long report does not wait for it."""
_DEEPEST: Final = 3
_MOST_STATEMENTS: Final = 1_000
_BRANCHING: Final = frozenset(("Node", "And", "Or", "Xone"))


def with_branches(results: Iterable[Result], columns: Columns, shapes: Shapes) -> tuple[Result, ...]:
    """Return the results; those of ``sh:node``, ``sh:and``, ``sh:or`` and ``sh:xone`` with what each shape finds."""
    kept = list(results)
    asked = [number for number, result in enumerate(kept) if _name(result) in _BRANCHING]
    if asked:
        reasons = _Reasons(columns, shapes)
        for number in asked:
            kept[number] = reasons.told(kept[number], _DEEPEST)
    return tuple(kept)


def _name(result: Result) -> str:
    return result.component.value.removeprefix(SH).removesuffix("ConstraintComponent")


class _Reasons:
    def __init__(self, columns: Columns, shapes: Shapes) -> None:
        self._shapes = shapes
        self._data = ColumnGraph(columns, terms_of(shapes))
        self._executor = Executor(shapes, self._data)
        self._known: dict[tuple[Node, Node], Branch | None] = {}

    def told(self, result: Result, depth: int) -> Result:
        shape = self._shapes.by_node.get(result.shape)
        value = result.focus if result.value is None else result.value
        if shape is None or not depth or shape.node in make_plan(self._shapes).recursive:
            return result
        stated = [constraint for constraint in shape.constraints if constraint.component == _name(result)]
        branches = [self._branch(inner, value, depth) for constraint in stated for inner in constraint.shapes]
        known = tuple(branch for branch in branches if branch is not None)
        return replace(result, hint=replace(result.hint or Hint(), branches=known)) if known else result

    def _branch(self, node: Node, value: Node, depth: int) -> Branch | None:
        if (node, value) not in self._known:
            position = self._data.terms.find(value)
            if position is None or len(self._known) >= MOST_VALUES:
                return None
            self._known[node, value] = None
            try:
                found = self._executor.results(self._shapes.by_node[node], np.array([position], np.int32))
                self._known[node, value] = Branch(node, tuple(self.told(result, depth - 1) for result in found))
            except (CannotSelectError, InputError):  # the run itself has told what it cannot do
                return None
        return self._known[node, value]


def about_blank_nodes(results: Iterable[Result], columns: Columns) -> tuple[Statement, ...]:
    """Return the statements about the nodes without names in results, and about those that these lead to."""
    nodes = [node for result in results for node in (result.focus, result.value) if isinstance(node, BlankNode)]
    return tuple(_statements(columns, dict.fromkeys(nodes))) if nodes else ()


def _statements(columns: Columns, nodes: dict[Node, None]) -> Iterator[Statement]:
    waiting, seen, number = list(nodes), set(nodes), 0
    while waiting:
        node = waiting.pop(0)
        position = columns.terms.find(node)
        if position is None:
            continue
        for predicate in columns.predicates():
            subjects, objects = columns.forward(predicate)
            first, last = np.searchsorted(subjects, position), np.searchsorted(subjects, position, "right")
            for value in columns.terms.nodes(objects[first:last].tolist()):
                name = columns.terms.node(predicate)
                if number >= _MOST_STATEMENTS or not isinstance(name, NamedNode):
                    return
                number += 1
                yield node, name, value
                if isinstance(value, BlankNode) and value not in seen:
                    seen.add(value)
                    waiting.append(value)
