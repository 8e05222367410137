"""Which focus nodes a change can affect, and which part of the shapes has to run on them."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode, Quad

from kg import sparql
from kg.shacl.incremental.lookups import CLASS_PATH, Overlaid, starts, walk
from kg.shacl.nodes import AlternativePath, InversePath, RepeatedPath, SequencePath
from kg.shacl.shapes.shapes import Shapes, Target

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from kg.shacl.incremental.lookups import Lookups, Statement
    from kg.shacl.nodes import Node, Path
    from kg.shacl.shapes.shapes import Constraint, Shape, Shapes

    Changes = Mapping[NamedNode, Iterable[tuple[Node, Node]]]

OF_VALUES_ALONE: Final = frozenset(
    (
        *(
            "Datatype",
            "NodeKind",
            "MinExclusive",
            "MinInclusive",
            "MaxExclusive",
            "MaxInclusive",
            "MinLength",
            "MaxLength",
        ),
        *("Pattern", "LanguageIn", "UniqueLang", "In", "HasValue", "MinCount", "MaxCount"),
    )
)
"""Components that look at value nodes only, at nothing around them."""

NESTED: Final = frozenset(("Node", "Property", "Not", "And", "Or", "Xone", "QualifiedMinCount", "QualifiedMaxCount"))
COMPARED: Final = frozenset(("Equals", "Disjoint", "LessThan", "LessThanOrEquals"))
KNOWN: Final = OF_VALUES_ALONE | NESTED | COMPARED | {"Class", "Closed"}


def affected_focus_nodes(
    shapes: Shapes, new: Lookups, added: Collection[Statement], removed: Collection[Statement]
) -> dict[Node, frozenset[Node] | None]:
    """Return the focus nodes whose results a change may have changed, for every active shape with a target.

    The focus nodes are those before and those after the change.

    ``new`` is the graph after the change. ``None`` stands for every focus node: a shape that has a custom component, a
    SPARQL-based constraint whose query does not tell where it looks, or a reference to itself may look anywhere. The
    nodes are those from which a path of the shape, the class of one of its value nodes or one of its targets uses an
    added or removed statement, followed backwards over both graphs together; so a changed ``rdf:type`` reaches what
    points at the node, and a changed ``rdfs:subClassOf`` every instance of the class and of those below it.
    """
    old, both = Overlaid(new, removed, added), Overlaid(new, removed)
    changes: dict[NamedNode, list[tuple[Node, Node]]] = defaultdict(list)
    for subject, predicate, value in (*added, *removed):
        changes[predicate].append((subject, value))
    affected: dict[Node, frozenset[Node] | None] = {}
    for shape in shapes.with_targets():
        if shape.deactivated:
            continue
        if not changes:
            affected[shape.node] = frozenset()
        elif looks_anywhere(shapes, shape):
            affected[shape.node] = None
        else:
            nodes = _touched(shapes, shape, both, changes) | targets_touched(shape, both, changes)
            affected[shape.node] = frozenset(
                node for node in nodes if is_focus(old, shape, node) or is_focus(new, shape, node)
            )
    return affected


def looks_anywhere(shapes: Shapes, shape: Shape, above: tuple[Node, ...] = ()) -> bool:
    """Return whether the outcome of a shape may depend on statements that its paths do not tell."""
    if shape.node in above or any(target.kind == "target" for target in shape.targets):
        return True
    if any(constraint.component not in KNOWN and queried(constraint) is None for constraint in shape.constraints):
        return True
    inner = (node for constraint in shape.constraints for node in (*constraint.shapes, *constraint.siblings))
    return any(looks_anywhere(shapes, shapes.by_node[node], (*above, shape.node)) for node in inner)


def queried(constraint: Constraint) -> tuple[Path, ...] | None:
    """Return the paths that a SPARQL-based constraint follows from the focus node.

    ``None`` for any other, and where they are not known.
    """
    if constraint.component != "SPARQL" or constraint.select is None:
        return None
    return paths_of_query(constraint.select.tree)


def _touched(shapes: Shapes, shape: Shape, graph: Lookups, changes: Changes) -> set[Node]:
    """Return the nodes for which the constraints of a shape may use a changed statement."""
    if shape.deactivated:
        return set()
    nodes: set[Node] = set()
    values: set[Node] = set()
    for constraint in shape.constraints:
        if constraint.component == "Class":
            values |= starts(graph, CLASS_PATH, changes)
        elif constraint.component == "Closed":
            values |= {subject for pairs in changes.values() for subject, _ in pairs}
        elif constraint.component in COMPARED and isinstance(constraint.terms[0], NamedNode):
            nodes |= starts(graph, constraint.terms[0], changes)
        for path in queried(constraint) or ():
            nodes |= starts(graph, path, changes)
        for inner in (*constraint.shapes, *constraint.siblings):
            values |= _touched(shapes, shapes.by_node[inner], graph, changes)
    if shape.path is None:
        return nodes | values
    return nodes | starts(graph, shape.path, changes) | walk(graph, shape.path, values, backwards=True)


def targets_touched(shape: Shape, graph: Lookups, changes: Changes) -> set[Node]:
    """Return the nodes that a change may have made focus nodes of a shape, or kept from being any."""
    found: set[Node] = set()
    for target in shape.targets:
        if target.kind in {"targetClass", "implicit"}:
            found |= starts(graph, CLASS_PATH, changes)
        elif isinstance(target.term, NamedNode) and target.kind in {"targetSubjectsOf", "targetObjectsOf"}:
            found |= starts(graph, target.term, changes, backwards=target.kind == "targetObjectsOf")
    return found


def is_focus(graph: Lookups, shape: Shape, node: Node) -> bool:
    """Return whether a node is a focus node of a shape (W3C SHACL section 2.1.3)."""
    return any(_matches(graph, target, node) for target in shape.targets)


def _matches(graph: Lookups, target: Target, node: Node) -> bool:
    match target.kind, target.term:
        case "targetNode", term:
            return node == term
        case (("targetClass" | "implicit"), term):
            return term in walk(graph, CLASS_PATH, (node,))
        case "targetSubjectsOf", NamedNode() as predicate:
            return any(True for _ in graph.objects(node, predicate))
        case "targetObjectsOf", NamedNode() as predicate:
            return any(True for _ in graph.subjects(predicate, node))
        case _:
            return False


THIS = "this"


class _AnywhereError(Exception):
    """The query may look anywhere."""


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A triple pattern: the names of its ends, where they are variables or blank nodes, and the path between them."""

    subject: str
    path: Path
    object: str


def paths_of_query(query: sparql.SelectQuery | sparql.AskQuery) -> tuple[Path, ...] | None:
    """Return paths from a value of ``$this`` over every statement that the query can match for it.

    Return ``None`` if there are no such paths.

    Each triple pattern is reached from ``$this`` over patterns of its own group and the groups around it, all of which
    have to match together with it. A pattern that is not reached so, a variable in the place of a predicate, a negated
    property set, a subquery, a named graph or a collection gives ``None``.
    """
    try:
        return tuple(dict.fromkeys(_of_group(query.where, ())))
    except _AnywhereError:
        return None


def _of_group(group: sparql.Group, around: tuple[_Pattern, ...]) -> Iterator[Path]:
    own = tuple(
        pattern
        for element in group.elements
        if isinstance(element, sparql.TriplesBlock)
        for pattern in _patterns(element)
    )
    here = (*around, *own)
    for pattern in own:
        yield _from_this(pattern, here)
    for element in group.elements:
        if not isinstance(element, sparql.TriplesBlock):
            for inner in _groups_in(element):
                yield from _of_group(inner, here)


def _groups_in(node: sparql.Node) -> Iterator[sparql.Group]:
    """Yield the outermost groups inside an element of a group."""
    if isinstance(node, sparql.SubSelect | sparql.GraphPattern | sparql.Service | sparql.Values):
        raise _AnywhereError
    if isinstance(node, sparql.Group):
        yield node
        return
    for child in sparql.children(node):
        yield from _groups_in(child)


def _patterns(block: sparql.TriplesBlock) -> Iterator[_Pattern]:
    for triples in block.triples:
        for properties in triples.properties:
            path = _path(properties.verb)
            for value in properties.objects:
                yield _Pattern(_name(triples.subject), path, _name(value))


def _name(node: sparql.Node) -> str:
    match node:
        case sparql.Variable(name=name):
            return name
        case sparql.BlankNode(label=label):
            return f"_:{label}"
        case sparql.Iri() | sparql.Literal():
            return ""
        case _:
            raise _AnywhereError


def _path(verb: sparql.Node) -> Path:
    match verb:
        case sparql.Iri(value=iri):
            return NamedNode(iri)
        case sparql.PathInverse(path=inner):
            return InversePath(_path(inner))
        case sparql.PathSequence(paths=steps):
            return SequencePath(tuple(map(_path, steps)))
        case sparql.PathAlternative(paths=choices):
            return AlternativePath(tuple(map(_path, choices)))
        case sparql.PathRepeat(path=inner, modifier=sign):
            return RepeatedPath(_path(inner), sign)
        case _:
            raise _AnywhereError


def _from_this(wanted: _Pattern, patterns: Iterable[_Pattern]) -> Path:
    """Return a path from ``$this`` to one end of a pattern and on along the pattern, by the fewest patterns."""
    steps: dict[str, tuple[Path, ...]] = {THIS: ()}
    waiting = deque([THIS])
    known = tuple(patterns)
    while waiting:
        name = waiting.popleft()
        if name == wanted.subject:
            return _sequence((*steps[name], wanted.path))
        if name == wanted.object:
            return _sequence((*steps[name], InversePath(wanted.path)))
        for pattern in known:
            for start, end, path in (
                (pattern.subject, pattern.object, pattern.path),
                (pattern.object, pattern.subject, InversePath(pattern.path)),
            ):
                if start == name and end and end not in steps:
                    steps[end] = (*steps[name], path)
                    waiting.append(end)
    raise _AnywhereError


def _sequence(steps: tuple[Path, ...]) -> Path:
    return steps[0] if len(steps) == 1 else SequencePath(steps)


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
