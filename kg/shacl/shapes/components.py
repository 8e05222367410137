"""Reads the constraint components that a shapes graph defines (W3C SHACL section 6.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from kg.shacl.nodes import TYPE, ShapeSyntaxError, sh

if TYPE_CHECKING:
    from kg.shacl.columnar.data import DataGraph
    from kg.shacl.nodes import Node

_NAME: Final = re.compile(r"[^\W\d]\w*")
_RESERVED: Final = frozenset({"this", "shapesGraph", "currentShape", "path", "PATH", "value"})


@dataclass(frozen=True, slots=True)
class Component:
    """A constraint component that a shapes graph defines: its parameters, with the name of the variable and whether it is optional."""

    node: NamedNode
    parameters: tuple[tuple[NamedNode, str, bool], ...]


def read_components(graph: DataGraph) -> tuple[Component, ...]:
    """Return the constraint components that a shapes graph defines.

    Raises:
        ShapeSyntaxError: one is no IRI, has no mandatory parameter, a parameter without a usable name, or no validator
            at all.

    """
    classes = graph.subclasses(sh("ConstraintComponent"))
    nodes = dict.fromkeys(node for cls in classes for node in graph.backward(TYPE).get(cls, ()))
    return tuple(_read_component(graph, node) for node in nodes if graph.objects(node, sh("parameter")))


def _read_component(graph: DataGraph, node: Node) -> Component:
    if not isinstance(node, NamedNode):
        raise ShapeSyntaxError(node, "is a constraint component that is no IRI")
    parameters: list[tuple[NamedNode, str, bool]] = []
    for parameter in graph.objects(node, sh("parameter")):
        paths = graph.objects(parameter, sh("path"))
        if len(paths) != 1 or not isinstance(paths[0], NamedNode):
            raise ShapeSyntaxError(node, "has an sh:parameter without exactly one IRI as sh:path")
        name = re.split(r"[/#:]", paths[0].value)[-1]
        if name in _RESERVED or not _NAME.fullmatch(name):
            raise ShapeSyntaxError(node, f"has a parameter whose name cannot be a variable: {paths[0]}")
        optional = any(
            isinstance(term, Literal) and term.value == "true" for term in graph.objects(parameter, sh("optional"))
        )
        parameters.append((paths[0], name, optional))
    if all(optional for _, _, optional in parameters):
        raise ShapeSyntaxError(node, "has no parameter that is not optional")
    if not any(graph.objects(node, sh(local)) for local in ("validator", "nodeValidator", "propertyValidator")):
        raise ShapeSyntaxError(node, "is a constraint component without a validator")
    return Component(node, tuple(parameters))
