"""Reads a shapes graph into the typed model, and refuses what it would otherwise have to pass over in silence."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Final

import pyoxigraph
from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from kg.errors import InputError, Problem, near_names
from kg.terms import compact
from kg.validate.constraints import ShapeSyntaxError, read_constraints, read_list
from kg.validate.data import DataGraph
from kg.validate.nodes import CLASSES, FIRST, SH, TYPE, Node, sh
from kg.validate.paths import REPEATS, AlternativePath, InversePath, Path, RepeatedPath, SequencePath
from kg.validate.shapes import Shape, Shapes, Target
from kg.validate.vocabulary import (
    DELEGATED,
    KNOWN,
    ON_PROPERTY_SHAPES,
    ONLY_ONCE,
    PARAMETERS,
    REFUSED,
    SHAPE_LIST_PARAMETERS,
    SHAPE_PARAMETERS,
    TARGETS,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LEAST_STEPS: Final = 2
WHERE: Final = "shapes graph"


def load_shapes(paths: Iterable[FilePath | str]) -> Shapes:
    """Reads shapes from RDF files; a folder stands for the Turtle files in it.

    Raises:
        InputError: a file cannot be read, or :func:`read_shapes` refuses what it says.

    """
    quads: list[Quad] = []
    problems: list[Problem] = []
    for file in _files(paths):
        try:
            quads.extend(pyoxigraph.parse(path=file, base_iri=file.resolve().as_uri(), rename_blank_nodes=True))
        except OSError as error:
            problems.append(Problem(str(file), 0, 0, f"cannot be read: {error.strerror or error}"))
        except (SyntaxError, ValueError) as error:
            line, column = getattr(error, "lineno", None) or 0, getattr(error, "offset", None) or 0
            problems.append(Problem(str(file), line, column, getattr(error, "msg", None) or str(error)))
    if problems:
        raise InputError(problems)
    return read_shapes(quads)


def _files(paths: Iterable[FilePath | str]) -> list[FilePath]:
    files: list[FilePath] = []
    for path in map(FilePath, paths):
        files.extend(sorted(path.glob("*.ttl")) if path.is_dir() else [path])
    return files


def read_shapes(quads: Iterable[Quad]) -> Shapes:
    """Gives the shapes of a shapes graph.

    Raises:
        InputError: there is no shape at all, a SHACL term is unknown or not supported, or a shape breaks a syntax rule of SHACL.

    """
    kept = tuple(quads)
    graph = DataGraph(kept)
    problems = list(_vocabulary_problems(graph))
    by_node: dict[Node, Shape] = {}
    parameters = _custom_parameters(graph)
    for node in () if problems else _shape_nodes(graph):
        try:
            by_node[node] = _read_shape(graph, node, parameters)
        except ShapeSyntaxError as error:
            at = "" if error.node == node else f" ({_name(error.node)})"
            problems.append(Problem(WHERE, 0, 0, f"{_name(node)}{at} {error}"))
    if not problems and not by_node:
        problems.append(Problem(WHERE, 0, 0, "holds no shape", "at least one sh:NodeShape or sh:PropertyShape"))
    if problems:
        raise InputError(problems)
    return Shapes(by_node, kept)


def read_path(graph: DataGraph, node: Node, above: frozenset[Node] = frozenset()) -> Path:
    """Gives the property path that a node of a shapes graph stands for.

    Raises:
        ShapeSyntaxError: the node is no well-formed path.

    """
    if isinstance(node, NamedNode):
        return node
    if node in above or not isinstance(node, BlankNode):
        raise ShapeSyntaxError(node, "is not a well-formed property path")
    above |= {node}
    if graph.objects(node, FIRST):
        steps = tuple(read_path(graph, step, above) for step in read_list(graph, node))
        if len(steps) < LEAST_STEPS:
            raise ShapeSyntaxError(node, "is a sequence path of fewer than two steps")
        return SequencePath(steps)
    forms = ("inversePath", "alternativePath", *REPEATS)
    found = [(form, value) for form in forms for value in graph.objects(node, sh(form))]
    if len(found) != 1:
        raise ShapeSyntaxError(node, "is not a well-formed property path")
    form, value = found[0]
    if form == "alternativePath":
        choices = tuple(read_path(graph, choice, above) for choice in read_list(graph, value))
        if len(choices) < LEAST_STEPS:
            raise ShapeSyntaxError(node, "is an alternative path of fewer than two choices")
        return AlternativePath(choices)
    inner = read_path(graph, value, above)
    return InversePath(inner) if form == "inversePath" else RepeatedPath(inner, REPEATS[form])


def _vocabulary_problems(graph: DataGraph) -> Iterator[Problem]:
    types = {node.value for node in graph.backward(TYPE) if isinstance(node, NamedNode)}
    predicates = {node.value for node in graph.predicates() if node.value.removeprefix(SH) in KNOWN or _about_shapes(graph, node)}
    for iri in sorted(iri for iri in types | predicates if iri.startswith(SH)):
        local = iri.removeprefix(SH)
        if local not in KNOWN:
            yield Problem(WHERE, 0, 0, f"unknown SHACL term sh:{local}", near=tuple(f"sh:{name}" for name in near_names(local, KNOWN)))
        elif local in REFUSED:
            yield Problem(WHERE, 0, 0, f"sh:{local} is not supported", "SHACL Core and SPARQL-based constraints")


def _about_shapes(graph: DataGraph, predicate: NamedNode) -> bool:
    """Tells whether some subject of a predicate may be meant as a shape: data beside the shapes has a type of its own and no parameter."""
    shapes = _shape_nodes(graph)
    return any(node in shapes or not graph.objects(node, TYPE) for node in graph.forward(predicate))


def _shape_nodes(graph: DataGraph) -> dict[Node, None]:
    """Gives every shape of the graph, by the five ways that W3C SHACL section 2.1 names."""
    found: dict[Node, None] = {}
    for kind in ("NodeShape", "PropertyShape"):
        found |= dict.fromkeys(graph.backward(TYPE).get(sh(kind), ()))
    for local in (*TARGETS, *DELEGATED, *sorted(PARAMETERS)):
        found |= dict.fromkeys(graph.forward(sh(local)))
    for local in (*SHAPE_PARAMETERS, "qualifiedValueShape"):
        found |= dict.fromkeys(graph.backward(sh(local)))
    for local in SHAPE_LIST_PARAMETERS:
        for head in graph.backward(sh(local)):
            found |= dict.fromkeys(read_list(graph, head))
    return found


def _read_shape(graph: DataGraph, node: Node, custom: frozenset[NamedNode]) -> Shape:
    if isinstance(node, Literal):
        raise ShapeSyntaxError(node, "is a literal and cannot be a shape")
    for local in ONLY_ONCE:
        if len(graph.objects(node, sh(local))) > 1:
            raise ShapeSyntaxError(node, f"has more than one value of sh:{local}")
    paths = graph.objects(node, sh("path"))
    path = read_path(graph, paths[0]) if paths else None
    if path is None:
        _check_node_shape(graph, node)
    return Shape(
        node=node,
        path=path,
        targets=tuple(_targets(graph, node)),
        constraints=tuple(read_constraints(graph, node, path)),
        severity=_severity(graph, node),
        messages=tuple(value for value in graph.objects(node, sh("message")) if isinstance(value, Literal)),
        deactivated=any(isinstance(value, Literal) and value.value == "true" for value in graph.objects(node, sh("deactivated"))),
        foreign=_foreign(graph, node, custom),
    )


def _check_node_shape(graph: DataGraph, node: Node) -> None:
    if sh("PropertyShape") in graph.objects(node, TYPE) or node in graph.backward(sh("property")):
        raise ShapeSyntaxError(node, "is a property shape without sh:path")
    for local in ON_PROPERTY_SHAPES:
        if graph.objects(node, sh(local)):
            raise ShapeSyntaxError(node, f"has sh:{local}, which only a property shape may have: give it an sh:path")


def _targets(graph: DataGraph, node: Node) -> Iterator[Target]:
    for kind in (*TARGETS, *DELEGATED):
        for term in graph.objects(node, sh(kind)):
            yield Target(kind, term)
    types = graph.objects(node, TYPE)
    if any(cls in types for cls in CLASSES) and (sh("NodeShape") in types or sh("PropertyShape") in types):
        yield Target("implicit", node)


def _severity(graph: DataGraph, node: Node) -> NamedNode:
    for value in graph.objects(node, sh("severity")):
        if not isinstance(value, NamedNode):
            raise ShapeSyntaxError(node, "has an sh:severity that is no IRI")
        return value
    return sh("Violation")


def _custom_parameters(graph: DataGraph) -> frozenset[NamedNode]:
    parameters = (node for nodes in graph.forward(sh("parameter")).values() for node in nodes)
    return frozenset(path for node in parameters for path in graph.objects(node, sh("path")) if isinstance(path, NamedNode))


def _foreign(graph: DataGraph, node: Node, custom: frozenset[NamedNode]) -> str:
    for local in DELEGATED:
        if graph.objects(node, sh(local)):
            return f"it uses sh:{local}"
    for parameter in sorted(custom, key=str):
        if graph.objects(node, parameter):
            return f"it uses the constraint component of the parameter {compact(parameter.value)}"
    return ""


def _name(node: Node) -> str:
    return compact(node.value) if isinstance(node, NamedNode) else f"shape {node}" if isinstance(node, BlankNode) else str(node)
