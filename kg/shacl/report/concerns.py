"""Concerns of a run: no shapes or data to check, names that occur nowhere, input that cannot be read."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from pyoxigraph import NamedNode

from kg.columns import Kind
from kg.columns.arrays import unique
from kg.core.errors import near_names
from kg.core.origin import Origin
from kg.core.terms import ONTOLOGY, compact
from kg.shacl.columnar.columngraph import locals_of, near_iris
from kg.shacl.nodes import RDF, RDFS, TYPE, predicates_of
from kg.shacl.report.report import UNREADABLE, Concern, Report

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from kg.columns import Columns
    from kg.columns.arrays import Ids
    from kg.core.errors import Problem
    from kg.shacl.columnar.columngraph import Locals
    from kg.shacl.nodes import Node
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
_OWL: Final = "http://www.w3.org/2002/07/owl#"
_KINDS_OF_TERMS: Final = (
    *(_OWL + name for name in ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")),
    *(f"{RDFS}Class", f"{RDF}Property"),
)
_LEADING: Final = ("Property", "Node", "And", "Or", "Xone")
_COMPARED: Final = ("Equals", "Disjoint", "LessThan", "LessThanOrEquals")


class KnownNames:
    """The names that data and ontology use.

    Names of things are not offered as what may have been meant; classes and properties are.
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
        position = self._columns.terms.find(TYPE)
        return frozenset() if position is None else self._iris(self._columns.objects(position))

    @cached_property
    def declared(self) -> frozenset[str]:
        """The IRIs of what has the type of a class or property in the data, together with those in use."""
        position = self._columns.terms.find(TYPE)
        if position is None:
            return frozenset()
        subjects, types = self._columns.forward(position)
        kinds = [found for name in _KINDS_OF_TERMS if (found := self._columns.terms.find(NamedNode(name))) is not None]
        return self._iris(unique(subjects[np.isin(types, kinds)]))

    def _iris(self, ids: Ids) -> frozenset[str]:
        nodes = self._columns.terms.nodes([int(i) for i in ids if self._columns.terms.kinds[i] == Kind.IRI])
        return frozenset(node.value for node in nodes if isinstance(node, NamedNode))

    def near(self, iri: str) -> tuple[str, ...]:
        """Return names of classes and properties that resemble an IRI: of its namespace, else of any that end alike."""
        return tuple(map(compact, near_iris(iri, self._locals)))

    @cached_property
    def _locals(self) -> Locals:
        return locals_of(self.properties | self.classes | self.declared | _STANDARD)


def concerns_of_shapes(shapes: Shapes) -> tuple[Concern, ...]:
    """Describe when there are shapes, but none that would be applied to anything, or all that would ask anything are deactivated."""
    active = [shape for shape in shapes.with_targets() if not shape.deactivated]
    if not shapes.by_node or any(_asks(shapes, shape, set()) for shape in active):
        return ()
    if not active:
        return (Concern("no-shapes", "no active shape has a target; expected an sh:targetClass or another target"),)
    if not any(shape.deactivated for shape in shapes.by_node.values()):
        return ()
    return (Concern("no-shapes", "all that the shapes with targets would ask is deactivated", active[0].node),)


def _asks(shapes: Shapes, shape: Shape, seen: set[Node]) -> bool:
    """Return whether a shape leads to a constraint, be it through the shapes that it refers to."""
    if shape.deactivated or shape.node in seen:
        return False
    seen.add(shape.node)
    inner = (shapes.by_node[node] for each in shape.constraints if each.component in _LEADING for node in each.shapes)
    return any(each.component not in _LEADING for each in shape.constraints) or any(
        _asks(shapes, each, seen) for each in inner
    )


def concerns_of_run(shapes: Shapes, report: Report, names: KnownNames, *, shipped: bool) -> tuple[Concern, ...]:
    """Return targets that match nothing and names in shapes that neither data nor ontology knows.

    With ``shipped`` shapes neither is asked: they cover a whole field, of which data uses a part.
    """
    if shipped:
        return ()
    empty = [
        Concern(
            "empty-target",
            f"sh:{target.kind} {_term(target.term)} of {_name(target.shape)}"
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
    return (*empty, *unknown)


def undeclared_terms(names: KnownNames, declared: Collection[str]) -> Iterator[Concern]:
    """Yield the classes and properties in use that stand in motkg's namespace but not among the terms that its ontology declares."""
    for role, used in (("class", names.classes), ("property", names.properties)):
        for iri in sorted(iri for iri in used if iri.startswith(ONTOLOGY) and iri not in declared):
            local = iri.removeprefix(ONTOLOGY)
            known = {name.removeprefix(ONTOLOGY) for name in declared if name.startswith(ONTOLOGY)}
            alike = {name for name in known if name[:1].isupper() == local[:1].isupper()}
            near = tuple(compact(ONTOLOGY + name) for name in near_names(local, alike))
            yield Concern("undeclared-term", f"{role} {compact(iri)}", term=NamedNode(iri), near=near)


def _spoken_of(shapes: Shapes) -> dict[NamedNode, tuple[str, Shape]]:
    """Return the classes and properties that active shapes speak of beside their targets, each with its role and the first such shape."""
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
    return compact(node.value) if isinstance(node, NamedNode) else str(node)


def refusal(problems: Iterable[Problem]) -> Report:
    """Return the report of a run that could not begin: a concern for each problem, at its place."""
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
