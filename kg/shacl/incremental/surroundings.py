"""The part of a graph that shapes look at from some focus nodes, so that any engine can validate them on it alone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode, Quad

from kg.shacl.incremental.affected import COMPARED, queried
from kg.shacl.incremental.walking import CLASS_PATH, walk
from kg.shacl.shapes.shapes import Shapes, Target

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kg.shacl.incremental.lookups import Lookups, Statement
    from kg.shacl.nodes import Node


def restricted(shapes: Shapes, focus: Mapping[Node, Iterable[Node]]) -> Shapes:
    """Return the shapes with the targets that they had replaced by the given focus nodes; the others keep no target."""
    by_node = {
        node: replace(shape, targets=tuple(Target("targetNode", one) for one in focus.get(node, ())))
        for node, shape in shapes.by_node.items()
    }
    return replace(shapes, by_node=by_node)


def surroundings(shapes: Shapes, focus: Mapping[Node, Iterable[Node]], graph: Lookups) -> list[Quad]:
    """Return every statement that the shapes use when they are applied to the given focus nodes."""
    gathering = _Gathering(shapes, graph)
    for node, nodes in focus.items():
        gathering.gather(node, set(nodes))
    return [Quad(subject, predicate, value) for subject, predicate, value in gathering.used]  # type: ignore[arg-type]


class _Gathering:
    """One walk of all shapes over a graph, with the statements used so far."""

    def __init__(self, shapes: Shapes, graph: Lookups) -> None:
        self._shapes = shapes
        self._graph = graph
        self._done: dict[Node, set[Node]] = defaultdict(set)
        self.used: set[Statement] = set()

    def gather(self, node: Node, nodes: set[Node]) -> None:
        """Take up the statements that a shape uses when it is applied to some nodes."""
        shape = self._shapes.by_node[node]
        new = nodes - self._done[node]
        if not new or shape.deactivated:
            return
        self._done[node] |= new
        values = new if shape.path is None else walk(self._graph, shape.path, new, used=self.used)
        for constraint in shape.constraints:
            if constraint.component == "Class":
                walk(self._graph, CLASS_PATH, values, used=self.used)
            elif constraint.component == "Closed":
                self.used.update(
                    (value, predicate, found) for value in values for predicate, found in self._graph.statements(value)
                )
            elif constraint.component in COMPARED and isinstance(constraint.terms[0], NamedNode):
                walk(self._graph, constraint.terms[0], new, used=self.used)
            for path in queried(constraint) or ():
                walk(self._graph, path, new, used=self.used)
            for inner in (*constraint.shapes, *constraint.siblings):
                self.gather(inner, values)
