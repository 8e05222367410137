"""Turns shapes into what an engine has to do: which shapes run where, and on which focus nodes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from kg import sparql
from kg.errors import InputError, Problem, near_names
from kg.terms import compact
from kg.validate.bindings import term_of
from kg.validate.paths import predicates_of
from kg.validate.patterns import regular_expression
from kg.validate.report import Delegation, EmptyTarget

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.validate.columngraph import ColumnGraph
    from kg.validate.nodes import Node
    from kg.validate.shapes import Shape, Shapes, Target


@dataclass(frozen=True, slots=True)
class Plan:
    """The shapes with targets that the native executor runs, and those that it leaves to pySHACL with the reasons."""

    native: tuple[Shape, ...]
    delegated: tuple[Delegation, ...]


def make_plan(shapes: Shapes) -> Plan:
    """Sorts the active shapes that have a target.

    Raises:
        InputError: no shape has a target, or a pattern cannot be run by any engine.

    """
    roots = shapes.with_targets()
    if not roots:
        nothing = "no shape has a target, so nothing would be validated"
        raise InputError([Problem("shapes graph", 0, 0, nothing, "an sh:targetClass or another target")])
    _check_patterns(shapes)
    native: list[Shape] = []
    delegated: list[Delegation] = []
    for shape in roots:
        if shape.deactivated:
            continue
        reason = _foreign_part(shapes, shape.node, ())
        if reason:
            delegated.append(Delegation(shape.node, reason))
        else:
            native.append(shape)
    return Plan(tuple(native), tuple(delegated))


def _check_patterns(shapes: Shapes) -> None:
    problems: list[Problem] = []
    for shape in shapes.by_node.values():
        for constraint in shape.constraints:
            if constraint.component == "Pattern":
                try:
                    regular_expression(constraint.pattern, constraint.flags)
                except ValueError as error:
                    name = compact(shape.node.value) if isinstance(shape.node, NamedNode) else str(shape.node)
                    problems.append(Problem("shapes graph", 0, 0, f"{name} has an sh:pattern that cannot be run: {error}"))
    if problems:
        raise InputError(problems)


def _foreign_part(shapes: Shapes, node: Node, above: tuple[Node, ...]) -> str:
    if node in above:
        return "it refers to itself, and SHACL leaves recursion to the engine"
    shape = shapes.by_node[node]
    if shape.foreign:
        return shape.foreign
    below = (inner for constraint in shape.constraints for inner in (*constraint.shapes, *constraint.siblings))
    return next((reason for inner in below if (reason := _foreign_part(shapes, inner, (*above, node)))), "")


def terms_of(shapes: Shapes) -> Iterator[Node]:
    """Gives every term of the shapes that an engine may look for in the data."""
    for shape in shapes.by_node.values():
        yield from (target.term for target in shape.targets)
        yield from predicates_of(shape.path) if shape.path is not None else ()
        for constraint in shape.constraints:
            yield from constraint.terms
            if constraint.select is not None:
                yield from (term for _, term in constraint.select.parameters)
                nodes = (node for node in sparql.walk(constraint.select.tree) if isinstance(node, sparql.Iri | sparql.Literal))
                yield from map(term_of, nodes)


def empty_targets(shapes: Shapes, data: ColumnGraph) -> Iterator[EmptyTarget]:
    """Gives every target of an active shape that matches nothing; a target node matches when the data mentions it."""
    for shape in shapes.with_targets():
        for target in () if shape.deactivated else shape.targets:
            if target.kind == "target" or _matches(data, target):
                continue
            name = target.term.value if isinstance(target.term, NamedNode) else str(target.term)
            known = data.mentions(target.term)
            near = () if known else tuple(f"<{near}>" if compact(near).startswith("<") else compact(near) for near in _near(name, data))
            yield EmptyTarget(shape.node, "targetClass" if target.kind == "implicit" else target.kind, target.term, known, near)


def _near(iri: str, data: ColumnGraph) -> tuple[str, ...]:
    """Gives names of the same namespace that resemble an IRI, or else those of other namespaces that end alike."""
    namespace, local = _split(iri)
    beside = {_split(name)[1]: name for name in data.names if name.startswith(namespace)}
    if near := near_names(local, beside):
        return tuple(beside[name] for name in near)
    return tuple(sorted(name for name in data.names if _split(name)[1] == local))[:3]


def _split(iri: str) -> tuple[str, str]:
    end = max(iri.rfind("/"), iri.rfind("#")) + 1
    return iri[:end], iri[end:]


def _matches(data: ColumnGraph, target: Target) -> bool:
    if target.kind == "targetNode":
        return not isinstance(target.term, NamedNode) or data.mentions(target.term)
    return bool(len(data.focus(target)))
