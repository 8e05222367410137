"""Which statements of a server the shapes can depend on: nodes and the predicates to follow from them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from pyoxigraph import NamedNode

from kg import sparql
from kg.core.terms import RDF_TYPE, compact
from kg.shacl.nodes import AlternativePath, InversePath, Path, RepeatedPath, SequencePath, predicates_of, text_in
from kg.shacl.shapes.queries import SHAPES_GRAPH, calls_of_shapes, may_stay_put, substituted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from kg.shacl.nodes import Node
    from kg.shacl.shapes.shapes import Constraint, Shape, Shapes, Target

    Bounds = Mapping[str, "NodeSet | None"]

_COMPARED: Final = frozenset({"Equals", "Disjoint", "LessThan", "LessThanOrEquals"})
_CLASSES_AT_ONCE: Final = 200
_NAMED: Final = 5


class Need(NamedTuple):
    """Statements to fetch, and the shape or constraint that needs them.

    They lead from nodes, or with ``backwards`` into them; None stands for any node, and for any predicate.
    """

    nodes: NodeSet | None
    backwards: bool
    predicates: frozenset[str] | None
    wanted_by: str


class Needs:
    """Collect the statements that shapes need.

    Only statements that cannot change a report are left out.
    """

    def __init__(self, shapes: Shapes, classes_below: Callable[[str], Iterable[str]]) -> None:
        self._shapes = shapes
        self._below = classes_below
        self._whole: dict[str | None, str] = {}
        self._of_nodes: dict[tuple[NodeSet, bool], dict[str | None, str]] = defaultdict(dict)
        self._visited: set[tuple[Node, NodeSet | None]] = set()

    def __iter__(self) -> Iterator[Need]:
        """Yield every need once, without those that another one covers."""
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
                for nodes in self._targets(shape):
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
            self._add(nodes, (RDF_TYPE.value,), why)
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

        for target in shape.targets:
            if target.select is not None:
                for about, backwards, predicates in triples_of(target.select.tree, {}):
                    self._add(about, predicates, why, backwards=backwards)
                yield None

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
        if shape.node in above:
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
            self._add(values, (RDF_TYPE.value,), why)
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


@dataclass(frozen=True, slots=True)
class NodeSet:
    """The nodes that ``pattern`` binds to ``variable``, with ``conditions`` that hold once a triple mentions it.

    ``before`` are the nodes one step earlier, and ``by`` the predicate of that step, and whether it was followed
    backwards.
    """

    pattern: str
    conditions: str = ""
    steps: int = 0
    before: NodeSet | None = None
    by: tuple[NamedNode, bool] | None = None

    @property
    def variable(self) -> str:
        """Return the variable of the nodes."""
        return f"?n{self.steps}"

    def step(self, predicate: NamedNode, *, backwards: bool) -> NodeSet:
        """Return the nodes that a predicate leads to."""
        here, there = self.variable, f"?n{self.steps + 1}"
        subject, value = (there, here) if backwards else (here, there)
        return NodeSet(
            f"{self.pattern}{subject} {predicate} {value} . ",
            self.conditions,
            self.steps + 1,
            self,
            (predicate, backwards),
        )


def instances(classes: Iterable[str]) -> NodeSet:
    """Return the nodes that are typed with one of some classes."""
    several = sorted(classes)
    if len(several) == 1:
        return NodeSet(f"?n0 {RDF_TYPE} <{several[0]}> . ")
    return NodeSet(f"?n0 {RDF_TYPE} ?class . ", f"FILTER (?class IN ({', '.join(f'<{name}>' for name in several)}))")


def named(nodes: Iterable[NamedNode]) -> NodeSet:
    """Return some nodes; the triple that mentions them has to come from elsewhere."""
    return NodeSet("", f"FILTER (?n0 IN ({', '.join(sorted(map(str, nodes)))}))")


def subjects_of(predicate: str) -> NodeSet:
    """Return the nodes that have a value for a predicate."""
    return NodeSet(f"?n0 <{predicate}> ?had . ")


def values_of(predicate: str) -> NodeSet:
    """Return the nodes that are a value of a predicate."""
    return NodeSet(f"?having <{predicate}> ?n0 . ")


def either(sets: Iterable[NodeSet | None]) -> NodeSet | None:
    """Return the union of several sets of nodes; None stands for all nodes."""
    several = list(dict.fromkeys(sets))
    bounded = [nodes for nodes in several if nodes is not None]
    if len(bounded) < len(several):
        return None
    if len(bounded) == 1:
        return bounded[0]
    most = 1 + max(nodes.steps for nodes in bounded)
    parts = (f"{{ {nodes.pattern}{nodes.conditions} }}".replace(nodes.variable, f"?n{most}") for nodes in bounded)
    return NodeSet(f"{' UNION '.join(parts)} ", "", most) if all(nodes.pattern for nodes in bounded) else None


def together(sets: Iterable[NodeSet]) -> Iterator[NodeSet]:
    """Yield fewer sets of the same nodes: steps from the same nodes become one step along any of their predicates."""
    steps: dict[tuple[NodeSet, bool], list[NodeSet]] = {}
    for each in sets:
        if each.before is None or each.by is None:
            yield each
        else:
            steps.setdefault((each.before, each.by[1]), []).append(each)
    for (before, backwards), several in steps.items():
        if len(several) == 1:
            yield several[0]
            continue
        here, there, by = before.variable, f"?n{before.steps + 1}", f"?by{before.steps}"
        subject, value = (there, here) if backwards else (here, there)
        predicates = ", ".join(sorted(str(each.by[0]) for each in several if each.by))
        conditions = f"{before.conditions} FILTER ({by} IN ({predicates}))"
        yield NodeSet(f"{before.pattern}{subject} {by} {value} . ", conditions, before.steps + 1)


class Triples(NamedTuple):
    """Statements from (or into, ``backwards``) some nodes, ``None`` for any, with some predicates.

    ``None`` is any predicate.
    """

    nodes: NodeSet | None
    backwards: bool
    predicates: tuple[str | None, ...]


_EVERYTHING = Triples(None, backwards=False, predicates=(None,))


def triples_of(query: sparql.Query, bounds: Bounds) -> Iterator[Triples]:
    """Yield the statements that can change the answer of a query.

    ``bounds`` are the nodes that its pre-bound variables stand for.

    Whatever is left out fails to match some pattern of the query, so that it takes part in no solution.
    """
    yield from _inside(query, bounds)


def _inside(node: sparql.Node, bounds: Bounds) -> Iterator[Triples]:
    """Yield the statements of a node and of all groups inside it.

    What a group binds, holds in the groups inside that see its variables.
    """
    if isinstance(node, sparql.GraphPattern):
        shapes = isinstance(node.name, sparql.Iri) and node.name.value == SHAPES_GRAPH.value
        if not shapes and not (isinstance(node.name, sparql.Variable) and node.name.name == "shapesGraph"):
            yield _EVERYTHING
        return
    if isinstance(node, sparql.SubSelect):
        cut = (
            node.modifiers.limit is not None or node.modifiers.offset is not None
        )  # what it leaves out depends on what is there
        names = set() if cut else sparql.selected(node)
        bounds = {name: nodes for name, nodes in bounds.items() if name in names}
    if isinstance(node, sparql.TriplesBlock):
        for subject in node.triples:
            yield from _of_subject(subject.subject, subject.properties, bounds)
        return
    if isinstance(node, sparql.Group):
        bounds = {**_bound_by(node), **{name: nodes for name, nodes in bounds.items() if nodes is not None}}
    for child in sparql.children(node):
        yield from _inside(child, bounds)


def _bound_by(group: sparql.Group) -> dict[str, NodeSet | None]:
    """Return variables that every solution of a group binds to a subject or value of a fixed predicate."""
    found: dict[str, NodeSet | None] = {}
    for block in group.elements:
        for subject in block.triples if isinstance(block, sparql.TriplesBlock) else ():
            for properties in subject.properties:
                if isinstance(properties.verb, sparql.Iri):
                    if isinstance(subject.subject, sparql.Variable):
                        found.setdefault(subject.subject.name, subjects_of(properties.verb.value))
                    for value in properties.objects:
                        if isinstance(value, sparql.Variable):
                            found.setdefault(value.name, values_of(properties.verb.value))
    return found


def _of_subject(
    subject: sparql.Node, properties: tuple[sparql.PropertyObjects, ...], bounds: Bounds
) -> Iterator[Triples]:
    if isinstance(subject, sparql.BlankNodeProperties):
        yield from _of_subject(subject.properties[0].verb, subject.properties, {})
    if isinstance(subject, sparql.Collection):
        yield _EVERYTHING
    for each in properties:
        for value in each.objects:
            yield _of_triple(subject, each.verb, value, bounds)
            if isinstance(value, sparql.BlankNodeProperties):
                yield from _of_subject(each.verb, value.properties, {})
            elif isinstance(value, sparql.Collection):
                yield _EVERYTHING


def _of_triple(subject: sparql.Node, verb: sparql.Node, value: sparql.Node, bounds: Bounds) -> Triples:
    start, end = (bounds.get(node.name) if isinstance(node, sparql.Variable) else None for node in (subject, value))
    match verb:
        case sparql.Iri(_, predicate):
            predicates: tuple[str | None, ...] = (predicate,)
        case sparql.Variable():
            predicates = (None,)
        case _:
            known = start is not None or end is not None
            return _of_path(
                verb, fixed=known or not all(isinstance(node, sparql.Variable) for node in (subject, value))
            )
    if isinstance(verb, sparql.Iri) and subjects_of(verb.value) == start:
        return Triples(None, backwards=False, predicates=predicates)
    if start is None and end is not None:
        return Triples(end, backwards=True, predicates=predicates)
    return Triples(start, backwards=False, predicates=predicates)


def _of_path(path: sparql.Node, *, fixed: bool) -> Triples:
    parts = list(sparql.walk(path))
    if any(isinstance(part, sparql.PathNegated) for part in parts) or (may_stay_put(path) and not fixed):  # type: ignore[arg-type]
        return _EVERYTHING
    return Triples(
        None, backwards=False, predicates=tuple(part.value for part in parts if isinstance(part, sparql.Iri))
    )
