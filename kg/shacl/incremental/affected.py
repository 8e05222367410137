"""Which focus nodes a change can affect: backwards from the changed statements along the paths and targets of the shapes."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from kg.shacl.incremental.lookups import Overlaid
from kg.shacl.incremental.queries import paths_of_query
from kg.shacl.incremental.walking import CLASS_PATH, starts, walk

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from kg.shacl.incremental.lookups import Lookups, Statement
    from kg.shacl.nodes import Node
    from kg.shacl.shapes.paths import Path
    from kg.shacl.shapes.shapes import Constraint, Shape, Shapes, Target

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
    """Return, for every active shape with a target, the focus nodes before or after a change whose results it may have changed.

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
    found: dict[Node, frozenset[Node] | None] = {}
    for shape in shapes.with_targets():
        if shape.deactivated:
            continue
        if not changes:
            found[shape.node] = frozenset()
        elif looks_anywhere(shapes, shape):
            found[shape.node] = None
        else:
            nodes = _touched(shapes, shape, both, changes) | targets_touched(shape, both, changes)
            found[shape.node] = frozenset(
                node for node in nodes if is_focus(old, shape, node) or is_focus(new, shape, node)
            )
    return found


def looks_anywhere(shapes: Shapes, shape: Shape, above: tuple[Node, ...] = ()) -> bool:
    """Return whether the outcome of a shape may depend on statements that its paths do not tell."""
    if shape.node in above or shape.foreign or any(target.kind == "target" for target in shape.targets):
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
