"""Which statements of a graph decide what shapes report: those along their paths, from their focus nodes."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

from pyoxigraph import NamedNode

from kg import sparql
from kg.core.terms import compact
from kg.shacl.nodes import TYPE, text_in
from kg.shacl.remote.nodesets import NodeSet, either, instances, named, subjects_of, together, values_of
from kg.shacl.remote.queryneeds import triples_of
from kg.shacl.shapes.paths import AlternativePath, InversePath, Path, RepeatedPath, SequencePath, predicates_of
from kg.shacl.shapes.prebinding import calls_of_shapes, substituted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from kg.shacl.nodes import Node
    from kg.shacl.shapes.shapes import Constraint, Shape, Shapes, Target

_COMPARED: Final = frozenset({"Equals", "Disjoint", "LessThan", "LessThanOrEquals"})
_CLASSES_AT_ONCE: Final = 200
_NAMED: Final = 5


class Need(NamedTuple):
    """Statements to get: from nodes (or into them, ``backwards``), ``None`` for any; with predicates, ``None`` for any.

    And for whom.
    """

    nodes: NodeSet | None
    backwards: bool
    predicates: frozenset[str] | None
    wanted_by: str


class Needs:
    """Collects what shapes need.

    Only what cannot change a report is left out, so that the rest gives the report of the whole.
    """

    def __init__(self, shapes: Shapes, classes_below: Callable[[str], Iterable[str]]) -> None:
        self._shapes = shapes
        self._below = classes_below
        self._whole: dict[str | None, str] = {}
        self._of_nodes: dict[tuple[NodeSet, bool], dict[str | None, str]] = defaultdict(dict)
        self._visited: set[tuple[Node, NodeSet | None]] = set()

    def __iter__(self) -> Iterator[Need]:
        """Yield every need once; what another one covers is left out."""
        if None in self._whole:
            yield Need(None, backwards=False, predicates=None, wanted_by=self._whole[None])
            return
        for predicate, wanted_by in self._whole.items():
            predicates = frozenset((predicate,)) if predicate is not None else None
            yield Need(None, backwards=False, predicates=predicates, wanted_by=wanted_by)
        alike: dict[tuple[bool, frozenset[str] | None], dict[NodeSet, None]] = defaultdict(dict)
        reasons: dict[NodeSet, str] = {}
        for (nodes, backwards), wanted in self._of_nodes.items():
            left = {name: reason for name, reason in wanted.items() if name not in self._whole}
            if left:
                alike[backwards, None if None in left else frozenset(filter(None, left))][nodes] = None
                reasons[nodes] = left[None] if None in left else _listed(left.values())
        for (backwards, predicates), sets in alike.items():
            for nodes in together(sets):
                yield Need(nodes, backwards, predicates, reasons.get(nodes) or _listed(reasons[each] for each in sets))

    def add_roots(self) -> None:
        """Add what the shapes with targets need."""
        for shape in self._shapes.with_targets():
            if not shape.deactivated:
                for nodes in (None,) if shape.foreign else self._targets(shape):
                    self._add_shape(shape, nodes, ())

    def _targets(self, shape: Shape) -> Iterator[NodeSet | None]:
        why = f"the targets of {_name(shape)}"
        classes = {
            below
            for target in shape.targets
            if target.kind in {"targetClass", "implicit"}
            for below in self._classes(target)
        }
        for start in range(0, len(classes), _CLASSES_AT_ONCE):
            nodes = instances(sorted(classes)[start : start + _CLASSES_AT_ONCE])
            self._add(nodes, (TYPE.value,), why)
            yield nodes
        single = [target.term for target in shape.targets if target.kind == "targetNode"]
        if any(isinstance(term, NamedNode) for term in single):
            yield named(term for term in single if isinstance(term, NamedNode))
        if not all(isinstance(term, NamedNode) for term in single):
            yield None
        for target in shape.targets:
            if target.kind in {"targetSubjectsOf", "targetObjectsOf"}:
                self._add(None, (text_in(target.term),), why)
                yield (subjects_of if target.kind == "targetSubjectsOf" else values_of)(text_in(target.term))

    def _classes(self, target: Target) -> Iterable[str]:
        return self._below(target.term.value) if isinstance(target.term, NamedNode) else ()

    def _add(
        self, nodes: NodeSet | None, predicates: Iterable[str | None], why: str, *, backwards: bool = False
    ) -> None:
        wanted = self._whole if nodes is None else self._of_nodes[nodes, backwards]
        for predicate in predicates:
            wanted.setdefault(predicate, why)

    def _add_shape(self, shape: Shape, nodes: NodeSet | None, above: tuple[Node, ...]) -> None:
        if shape.deactivated or (shape.node, nodes) in self._visited:
            return
        self._visited.add((shape.node, nodes))
        if shape.foreign or shape.node in above:
            self._add(None, (None,), _name(shape))
            return
        values = nodes if shape.path is None else self._add_path(nodes, shape.path, f"sh:path of {_name(shape)}")
        for constraint in shape.constraints:
            self._add_constraint(shape, constraint, nodes, values)
            for inner in (*constraint.shapes, *constraint.siblings):
                self._add_shape(self._shapes.by_node[inner], values, (*above, shape.node))

    def _add_constraint(
        self, shape: Shape, constraint: Constraint, nodes: NodeSet | None, values: NodeSet | None
    ) -> None:
        why = f"{compact(constraint.source.value)} of {_name(shape)}"
        if constraint.component == "Class":
            self._add(values, (TYPE.value,), why)
        elif constraint.component in _COMPARED:
            self._add(nodes, (text_in(constraint.terms[0]),), why)
        elif constraint.component == "Closed":
            self._add(values, (None,), why)
        elif constraint.select is not None:
            tree = substituted(constraint.select.tree, dict(constraint.select.parameters))
            if calls_of_shapes(tree):
                self._add(None, (None,), why)
            bounds = {"this": nodes, "value": values} if isinstance(tree, sparql.AskQuery) else {"this": nodes}
            for about, backwards, predicates in triples_of(tree, bounds):
                self._add(about, predicates, why, backwards=backwards)

    def _add_path(self, nodes: NodeSet | None, path: Path, why: str, *, backwards: bool = False) -> NodeSet | None:
        """Add the statements along a path, and return the nodes that it leads to."""
        match path:
            case NamedNode():
                self._add(nodes, (path.value,), why, backwards=backwards)
                return nodes.step(path, backwards=backwards) if nodes else None
            case InversePath(inner):
                return self._add_path(nodes, inner, why, backwards=not backwards)
            case SequencePath(steps):
                for step in reversed(steps) if backwards else steps:
                    nodes = self._add_path(nodes, step, why, backwards=backwards)
                return nodes
            case AlternativePath(choices):
                return either([self._add_path(nodes, choice, why, backwards=backwards) for choice in choices])
            case RepeatedPath():
                self._add(None, (predicate.value for predicate in predicates_of(path)), why)
                return None


def _name(shape: Shape) -> str:
    return compact(shape.node.value) if isinstance(shape.node, NamedNode) else "a shape without a name"


def _listed(reasons: Iterable[str]) -> str:
    """Name some of those that need statements, and say how many more there are."""
    several = sorted(set(reasons))
    more = len(several) - _NAMED
    return ", ".join(several[:_NAMED]) + (f" and {more} more" if more > 0 else "")
