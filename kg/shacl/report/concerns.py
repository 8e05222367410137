"""Concerns of a run: no shapes or data to check, names that occur nowhere, input that cannot be read."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from pyoxigraph import BlankNode, NamedNode

from kg.columns import TermKind, columns_of_quads
from kg.columns.arrays import unique
from kg.core.errors import near_names
from kg.core.origin import Origin
from kg.core.terms import ONTOLOGY, OWL, RDF, RDF_TYPE, RDFS, as_turtle, compact
from kg.shacl.columnar.columngraph import ColumnGraph, locals_of, near_iris, split
from kg.shacl.columnar.executor import Executor, make_plan, terms_in, terms_of
from kg.shacl.data import place_of_use, read_ontology
from kg.shacl.nodes import predicates_of, sh
from kg.shacl.report.report import PASSED, UNREADABLE, Concern, Report
from kg.shacl.shapes.shapes import SELECTED, TARGETS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from kg.columns import Columns
    from kg.columns.arrays import Ids
    from kg.core.errors import Problem
    from kg.shacl.columnar.columngraph import Locals
    from kg.shacl.data import Data
    from kg.shacl.nodes import Node
    from kg.shacl.report.report import EmptyTarget
    from kg.shacl.shapes.shapes import Shape, Shapes


_RDF_TERMS: Final = (
    "type",
    "value",
    "first",
    "rest",
    "nil",
    "subject",
    "predicate",
    "object",
    "List",
    "Property",
    "Statement",
    "Bag",
    "Seq",
    "Alt",
)
_RDFS_TERMS: Final = (
    *("label", "comment", "seeAlso", "isDefinedBy", "member", "subClassOf", "subPropertyOf", "domain", "range"),
    *("Class", "Resource", "Literal", "Datatype", "Container", "ContainerMembershipProperty"),
)
_STANDARD: Final = frozenset((*(RDF + name for name in _RDF_TERMS), *(RDFS + name for name in _RDFS_TERMS)))
_KINDS_OF_TERMS: Final = (
    *(OWL + name for name in ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")),
    *(f"{RDFS}Class", f"{RDF}Property"),
)
_ALIKE: Final = 0.75  # nmae is so like name, and legalName less
_LEADING: Final = ("Property", "Node", "And", "Or", "Xone")
_COMPARED: Final = ("Equals", "Disjoint", "LessThan", "LessThanOrEquals")


class KnownNames:
    """The names that data and ontology use.

    Only classes and properties are suggested for a misspelled name, not individuals.
    """

    def __init__(self, columns: Columns) -> None:
        self._columns = columns

    def __contains__(self, node: Node) -> bool:
        """Return whether the data mentions a node."""
        named = isinstance(node, NamedNode) and (node.value in self.properties or node.value in self.classes)
        if named:
            return True
        position = self._columns.terms.find(node)
        return position is not None and self._columns.mentions(position)

    @cached_property
    def properties(self) -> frozenset[str]:
        """The IRIs of the properties in use."""
        return self._iris(np.array(self._columns.predicates(), np.int32))

    @cached_property
    def classes(self) -> frozenset[str]:
        """The IRIs of the classes of things."""
        position = self._columns.terms.find(RDF_TYPE)
        return frozenset() if position is None else self._iris(self._columns.objects(position))

    @cached_property
    def declared(self) -> frozenset[str]:
        """The IRIs of what has the type of a class or property in the data, together with those in use."""
        position = self._columns.terms.find(RDF_TYPE)
        if position is None:
            return frozenset()
        subjects, types = self._columns.forward(position)
        kinds = [found for name in _KINDS_OF_TERMS if (found := self._columns.terms.find(NamedNode(name))) is not None]
        return self._iris(unique(subjects[np.isin(types, kinds)]))

    def _iris(self, ids: Ids) -> frozenset[str]:
        nodes = self._columns.terms.nodes([int(i) for i in ids if self._columns.terms.kinds[i] == TermKind.IRI])
        return frozenset(node.value for node in nodes if isinstance(node, NamedNode))

    def near(self, iri: str) -> tuple[str, ...]:
        """Return names of classes and properties that resemble an IRI: of its namespace, else of any that end alike."""
        return tuple(map(compact, near_iris(iri, self._locals)))

    def resembling(self, node: Node, spoken_of: Collection[Node]) -> bool:
        """Return whether a name of a shape may be a misspelling of a name of the data, or the reverse.

        Names of the data count that the shapes do not speak of: those of the same namespace that are alike, and the
        same name in a namespace that is almost the same, such as ``http://schema.org/`` and ``https://schema.org/``.
        Two letters that change places are a misspelling of any name, and so is a name that RDF and RDFS do not have.
        """
        if not isinstance(node, NamedNode):
            return False
        used = locals_of(self.properties | self.classes)
        namespace, local = split(node.value)
        if namespace in {RDF, RDFS} or any(_swapped(local, name) for name in used.get(namespace, ())):
            return True
        return any(
            NamedNode(other + name) not in spoken_of
            for other, names in used.items()
            if near_names(namespace, [other], cutoff=_ALIKE)
            for name in (near_names(local, sorted(names), cutoff=_ALIKE) if other == namespace else {local} & names)
        )

    @cached_property
    def _locals(self) -> Locals:
        return locals_of(self.properties | self.classes | self.declared | _STANDARD)


def _swapped(first: str, second: str) -> bool:
    """Return whether two names differ in two neighbouring letters that have changed places."""
    differing = [place for place, pair in enumerate(zip(first, second, strict=False)) if pair[0] != pair[1]]
    if len(first) != len(second) or len(differing) != 2 or differing[1] != differing[0] + 1:  # noqa: PLR2004 - a pair
        return False
    at = differing[0]
    return first[at : at + 2] == second[at + 1] + second[at]


def concerns_of_shapes(shapes: Shapes) -> tuple[Concern, ...]:
    """Return a concern where no active shape has a target, or where every constraint is deactivated."""
    active = [shape for shape in shapes.with_targets() if not shape.deactivated]
    if not shapes.by_node or any(_asks(shapes, shape, set()) for shape in active):
        return ()
    if not active:
        return (Concern("no-shapes", "no active shape has a target; expected an sh:targetClass or another target"),)
    if not any(shape.deactivated for shape in shapes.by_node.values()):
        return ()
    return (Concern("no-shapes", "all that the shapes with targets would ask is deactivated", active[0].node),)


def _asks(shapes: Shapes, shape: Shape, seen: set[Node]) -> bool:
    """Return whether a shape has a constraint, directly or through the shapes that it refers to."""
    if shape.deactivated or shape.node in seen:
        return False
    seen.add(shape.node)
    inner = (shapes.by_node[node] for each in shape.constraints if each.component in _LEADING for node in each.shapes)
    return any(each.component not in _LEADING for each in shape.constraints) or any(
        _asks(shapes, each, seen) for each in inner
    )


def concerns_of_run(
    shapes: Shapes, report: Report, names: KnownNames, *, shipped: bool, strict: bool = False
) -> tuple[Concern, ...]:
    """Return targets that match nothing, and names in shapes that neither data nor ontology uses.

    Shapes often cover more than one file of data. So a name that occurs nowhere is allowed where the run had focus
    nodes and no name of the data resembles it, except in a ``strict`` run. The shipped shapes cover a whole field, of
    which data uses a part: for them there are no such concerns.
    """
    if shipped:
        return ()
    empty = [
        Concern(
            "empty-target",
            f"sh:{target.kind}{_of_target(target)} of {_name(target.shape)}"
            + ("" if target.known else f": {_term(target.term)} occurs nowhere in the data"),
            target.shape,
            target.term,
            () if target.known or not isinstance(target.term, NamedNode) else names.near(target.term.value),
        )
        for target in report.empty_targets
    ]
    told = {concern.term for concern in empty}
    unknown = (
        Concern(
            "unknown-name",
            f"{role} {compact(node.value)} of {_name(shape.node)}",
            shape.node,
            node,
            names.near(node.value),
        )
        for node, (role, shape) in _spoken_of(shapes).items()
        if node not in told and node not in names and node.value not in _STANDARD
    )
    left_out = (Concern(PASSED, f"{_name(one.shape)}: {one.reason}", one.shape) for one in report.left_out)
    concerns = (*empty, *left_out, *unknown, *_classes_without_target(shapes, names))
    if strict or not report.own_focus_nodes:
        return concerns
    spoken_of = {*_spoken_of(shapes), *(target.term for shape in shapes.with_targets() for target in shape.targets)}
    asked = {
        target.term: tuple(terms_in(target.select))
        for shape in shapes.with_targets()
        for target in shape.targets
        if target.select is not None
    }
    return tuple(
        concern
        if concern.term is None
        or any(names.resembling(term, spoken_of) for term in asked.get(concern.term, (concern.term,)))
        else replace(concern, allowed=True, expected=True)
        for concern in concerns
    )


def _classes_without_target(shapes: Shapes, names: KnownNames) -> Iterator[Concern]:
    """Yield shapes that nothing applies although the data has things of a class with the same name.

    Such a shape is not its own target unless the shapes say that it is an ``rdfs:Class``.
    """
    referred = {
        node
        for shape in shapes.by_node.values()
        for each in shape.constraints
        for node in (*each.shapes, *each.siblings)
    }
    for node, shape in shapes.by_node.items():
        idle = not shape.targets and not shape.deactivated and node not in referred
        if idle and isinstance(node, NamedNode) and node.value in names.classes:
            name = compact(node.value)
            message = (
                f"{name} is a shape without a target, and the data have things of the class {name}; expected "
                "sh:targetClass, or that the shapes call it an rdfs:Class"
            )
            yield Concern("no-shapes", message, node)


def _of_target(target: EmptyTarget) -> str:
    """Return the term of a target for a message; a query without a name has none."""
    return "" if isinstance(target.term, BlankNode) else f" {_term(target.term)}"


def undeclared_terms(names: KnownNames, declared: Collection[str]) -> Iterator[Concern]:
    """Yield the classes and properties in motkg's namespace that the data uses and the ontology does not declare."""
    for role, used in (("class", names.classes), ("property", names.properties)):
        for iri in sorted(iri for iri in used if iri.startswith(ONTOLOGY) and iri not in declared):
            local = iri.removeprefix(ONTOLOGY)
            known = {name.removeprefix(ONTOLOGY) for name in declared if name.startswith(ONTOLOGY)}
            alike = {name for name in known if name[:1].isupper() == local[:1].isupper()}
            near = tuple(compact(ONTOLOGY + name) for name in near_names(local, alike))
            yield Concern("undeclared-term", f"{role} {compact(iri)}", term=NamedNode(iri), near=near)


def _spoken_of(shapes: Shapes) -> dict[NamedNode, tuple[str, Shape]]:
    """Return the classes and properties in active shapes, beside targets, with role and first shape."""
    found: dict[NamedNode, tuple[str, Shape]] = {}
    for shape in shapes.by_node.values():
        if not shape.deactivated:
            for role, node in _names_in(shape):
                if isinstance(node, NamedNode):
                    found.setdefault(node, (role, shape))
    return found


def _names_in(shape: Shape) -> Iterable[tuple[str, Node]]:
    if shape.path is not None:
        yield from (("property", predicate) for predicate in predicates_of(shape.path))
    for constraint in shape.constraints:
        if constraint.component == "Class":
            yield "class", constraint.terms[0]
        elif constraint.component in _COMPARED:
            yield "property", constraint.terms[0]


def _name(node: Node) -> str:
    return compact(node.value) if isinstance(node, NamedNode) else "a shape without a name"


def _term(node: Node) -> str:
    return compact(node.value) if isinstance(node, NamedNode) else as_turtle(node)


def refusal(problems: Iterable[Problem]) -> Report:
    """Return the report of a run that could not start: one concern for each problem, at its place."""
    concerns = tuple(
        Concern(
            UNREADABLE,
            f"{problem.message}; expected {problem.expected}" if problem.expected else problem.message,
            near=problem.near,
            origin=Origin(problem.file, problem.line, problem.column),
        )
        for problem in problems
    )
    return Report(
        conforms=False, results=(), empty_targets=(), delegated=(), engine="none", focus_nodes=0, concerns=concerns
    )


_KINDS: Final = (sh("NodeShape"), sh("PropertyShape"))
_OF_SHAPES: Final = (*(sh(local) for local in (*TARGETS, SELECTED)), sh("property"))


@cache
def ontology_columns() -> Columns:
    """Return the statements of the ontology that data is read with."""
    return columns_of_quads(read_ontology().quads)


def focus_nodes_of_ontology(shapes: Shapes, columns: Columns) -> int:
    """Count the focus nodes that belong to the ontology and about which the data says nothing more.

    Data that is the ontology itself has none beside it.
    """
    ontology = ontology_columns()
    if columns.size == ontology.size:
        return 0
    from kg.shacl.columnar.targets import select_targets

    shapes, _ = select_targets(ontology, shapes)
    graph = ColumnGraph(ontology, terms_of(shapes))
    executor = Executor(shapes, graph)
    focus_by_shape = [executor.focus(shape) for shape in make_plan(shapes).native]
    focus = unique(np.concatenate(focus_by_shape)) if focus_by_shape else np.empty(0, np.int32)
    focus = focus[focus < graph.data_size]
    nodes = graph.terms.nodes(focus.tolist())
    before = _statements_about(ontology, focus).tolist()
    now = _statements_of_nodes(columns, nodes)
    return sum(isinstance(node, BlankNode) or now[node] == count for node, count in zip(nodes, before, strict=True))


def _statements_of_nodes(columns: Columns, nodes: list[Node]) -> dict[Node, int]:
    named = [node for node in nodes if not isinstance(node, BlankNode)]
    places = {position: node for node in named if (position := columns.terms.find(node)) is not None}
    ids = np.array(sorted(places), np.int32)
    counts: dict[Node, int] = dict.fromkeys(named, 0)
    counts |= {
        places[position]: count
        for position, count in zip(ids.tolist(), _statements_about(columns, ids).tolist(), strict=True)
    }
    return counts


def _statements_about(columns: Columns, subjects: Ids) -> Ids:
    """Count the statements about each of some subjects."""
    counts = np.zeros(len(subjects), np.int32)
    for predicate in columns.predicates():
        table = columns.forward(predicate)[0]
        counts += (np.searchsorted(table, subjects, "right") - np.searchsorted(table, subjects, "left")).astype(
            np.int32
        )
    return counts


def concerns_of_unchecked(report: Report, data: Data) -> Iterator[Concern]:
    """Yield concerns that motkg's own shapes do not apply to the given data, or that it holds unused shapes."""
    if not data.given or data.empty:
        return
    if not report.own_focus_nodes:
        text = (
            "no node of it is a focus node of motkg's own shapes, which are used where no others are named: name yours "
            "with --shapes FILE"
        )
        yield Concern("unchecked-data", text)
    used = [name for name in _OF_SHAPES if len(_subjects(data.columns, name))]
    shapes = [_instances(data.columns, kind) for kind in _KINDS] + [_subjects(data.columns, name) for name in used]
    number = len(unique(np.concatenate(shapes)))
    if number:
        kinds = [kind for kind in _KINDS if len(_instances(data.columns, kind))]
        several = (
            "a shape, which was not used: name its file"
            if number == 1
            else f"{number:,} shapes, which were not used: name their files"
        )
        origin = next((origin for node in (*kinds, *used) if (origin := place_of_use(node, data)) is not None), None)
        yield Concern("unchecked-data", f"it holds {several} with --shapes FILE", origin=origin)


def _subjects(columns: Columns, predicate: NamedNode) -> Ids:
    position = columns.terms.find(predicate)
    return np.empty(0, np.int32) if position is None else unique(columns.forward(position)[0])


def _instances(columns: Columns, kind: NamedNode) -> Ids:
    types, position = columns.terms.find(RDF_TYPE), columns.terms.find(kind)
    if types is None or position is None:
        return np.empty(0, np.int32)
    subjects, objects = columns.forward(types)
    return unique(subjects[objects == position])
