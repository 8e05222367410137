"""Validate a part: some focus nodes, some shapes, or data together with what follows from it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Final
from typing import Literal as Choice

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from kg.columns import columns_of_quads
from kg.core.errors import InputError, Problem, near_names
from kg.core.terms import CLOSURE, RDF_TYPE, RDFS, prefixes
from kg.loaders.rdf.reading import prefixes_of
from kg.shacl.columnar.columngraph import ColumnGraph
from kg.shacl.columnar.executor import Executor, terms_of
from kg.shacl.columnar.targets import select_targets
from kg.shacl.report.report import Concern
from kg.shacl.shapes.shapes import Shape, Target

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from kg.shacl.data import Data
    from kg.shacl.givenshapes import GivenShapes
    from kg.shacl.nodes import Node

    Statement = tuple[Node, Node, Node]

_MOST_NEAR: Final = 3


def part_of(
    given: GivenShapes, data: Data, *, focus: Collection[str] = (), shapes: Collection[str] = ()
) -> GivenShapes:
    """Return shapes that are applied to some focus nodes alone, or of which some alone are applied.

    With both, the shapes are applied to the focus nodes whatever their targets are.

    Args:
        given: the shapes.
        data: the data.
        focus: IRIs or prefixed names of focus nodes; all that the targets match where there are none.
        shapes: IRIs or prefixed names of shapes; all where there are none.

    Raises:
        InputError: a name is none of a shape, or of a node of the data.

    """
    if not (focus or shapes):
        return given
    declared = {**prefixes(), **dict(prefixes_of((*data.sources, *given.sources)))}
    wanted = [_iri(name, declared) for name in shapes]
    nodes = [_iri(name, declared) for name in focus]
    known = [node.value for node in given.shapes.by_node if isinstance(node, NamedNode)]
    problems = [
        _unknown("--shape", node, "shape of the shapes files", known) for node in wanted if node.value not in known
    ]
    problems += [
        _unknown("--focus", node, "node of the data", ()) for node in nodes if data.columns.terms.find(node) is None
    ]
    if problems:
        raise InputError(problems)
    selected, _ = select_targets(data.columns, given.shapes)
    graph = ColumnGraph(data.columns, (*terms_of(selected), *nodes))
    executor = Executor(selected, graph)
    ids = [graph.terms.position(node) for node in nodes]
    by_node: dict[Node, Shape] = {}
    for node, shape in selected.by_node.items():
        targets: tuple[Target, ...] = ()
        if not wanted or node in wanted:
            applied = nodes if wanted and nodes else None
            if applied is None and nodes:
                among = set(executor.focus(shape).tolist())
                applied = [name for name, position in zip(nodes, ids, strict=True) if position in among]
            targets = shape.targets if applied is None else tuple(Target("targetNode", name) for name in applied)
        by_node[node] = replace(shape, targets=targets)
    concerns = given.concerns
    if not any(shape.targets and not shape.deactivated for shape in by_node.values()):
        names = ", ".join((*shapes, *focus))
        concerns = (*concerns, Concern("no-shapes", f"no shape with a target is applied to what was chosen: {names}"))
    return replace(given, shapes=replace(given.shapes, by_node=by_node), concerns=concerns)


def _iri(name: str, declared: Mapping[str, str]) -> NamedNode:
    if name.startswith("<") and name.endswith(">"):
        return NamedNode(name[1:-1])
    prefix, colon, local = name.partition(":")
    if colon and prefix in declared and not local.startswith("//"):
        return NamedNode(declared[prefix] + local)
    try:
        return NamedNode(name)
    except ValueError as error:
        raise InputError(
            [Problem(name, 0, 0, "is no IRI, and no name with a prefix that the files declare")]
        ) from error


def _unknown(option: str, node: NamedNode, kind: str, known: Iterable[str]) -> Problem:
    near = near_names(node.value, tuple(known))[:_MOST_NEAR]
    return Problem(option, 0, 0, f"{node} is no {kind}", near=tuple(near))


def with_inference(data: Data, regime: Choice["rdfs", "owlrl"]) -> Data:
    """Return data together with what follows from it: by RDFS (``rdfs``) or OWL 2 RL (``owlrl``).

    Raises:
        LimitError: too much follows.

    """
    own = data.quads or [Quad(*triple) for triple in ColumnGraph(data.columns).triples()]
    derived = _by_owl(data) if regime == "owlrl" else by_rdfs(own)
    return replace(data, columns=columns_of_quads((*own, *derived)))


def _by_owl(data: Data) -> list[Quad]:
    from kg.reason.closure import Closure

    held = BytesIO()
    Closure(data.columns).write(held, CLOSURE)
    return list(parse(held.getvalue(), RdfFormat.N_QUADS))


_SUBCLASS, _SUBPROPERTY, _DOMAIN, _RANGE = (
    NamedNode(RDFS + name) for name in ("subClassOf", "subPropertyOf", "domain", "range")
)


def by_rdfs(quads: Iterable[Quad]) -> list[Quad]:
    """Return what follows by the rules of RDFS about classes, properties, domains, ranges: rdfs2, 3, 5, 7, 9, 11."""
    known: set[Statement] = {(quad.subject, quad.predicate, quad.object) for quad in quads}
    found: set[Statement] = set()
    while True:
        new = _one_round(known) - known
        if not new:
            return [Quad(*statement) for statement in sorted(found, key=str)]  # type: ignore[arg-type]
        known |= new
        found |= new


def _one_round(known: set[Statement]) -> set[Statement]:
    schema: dict[Node, dict[Node, set[Node]]] = {
        name: defaultdict(set) for name in (_SUBCLASS, _SUBPROPERTY, _DOMAIN, _RANGE)
    }
    for subject, predicate, value in known:
        if predicate in schema:
            schema[predicate][subject].add(value)
    above, over = (_transitive(schema[name]) for name in (_SUBCLASS, _SUBPROPERTY))
    new: set[Statement] = set()
    for name, closed in ((_SUBCLASS, above), (_SUBPROPERTY, over)):
        new |= {(one, name, other) for one, others in closed.items() for other in others}
    for subject, predicate, value in known:
        if predicate == RDF_TYPE:
            new |= {(subject, RDF_TYPE, cls) for cls in above.get(value, ())}
        new |= {(subject, other, value) for other in over.get(predicate, ()) if isinstance(other, NamedNode)}
        new |= {(subject, RDF_TYPE, cls) for cls in schema[_DOMAIN].get(predicate, ())}
        if not isinstance(value, Literal):
            new |= {(value, RDF_TYPE, cls) for cls in schema[_RANGE].get(predicate, ())}
    return {statement for statement in new if not isinstance(statement[2], Literal) or statement[1] != RDF_TYPE}


def _transitive(direct: Mapping[Node, set[Node]]) -> dict[Node, set[Node]]:
    closed: dict[Node, set[Node]] = {}
    for start in direct:
        reached: set[Node] = set()
        waiting = list(direct[start])
        while waiting:
            node = waiting.pop()
            if node not in reached:
                reached.add(node)
                waiting += direct.get(node, ())
        closed[start] = reached
    return closed
