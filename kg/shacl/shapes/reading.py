"""Read a shapes graph into the typed model; what cannot be run is refused or becomes a concern, never ignored."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from kg.core.errors import InputError, Problem, near_names
from kg.core.terms import RDF_TYPE, SH, compact
from kg.core.text import counted
from kg.shacl.nodes import (
    CLASSES,
    FIRST,
    REPEATS,
    AlternativePath,
    DataGraph,
    InversePath,
    Node,
    Path,
    RepeatedPath,
    SequencePath,
    ShapeSyntaxError,
    is_true,
    sh,
)
from kg.shacl.report.report import FORBIDDEN, PASSED, Concern
from kg.shacl.shapes.constraints import ill_formed, read_components, read_constraints, read_list, without_validator
from kg.shacl.shapes.shapes import (
    DECLARATION_TEXTS,
    INSIDE_ADVANCED,
    KNOWN,
    ON_PROPERTY_SHAPES,
    ONLY_ONCE,
    PARAMETERS,
    PASSED_OVER,
    QUERY_TEXTS,
    REFUSED,
    SELECTED,
    SHAPE_LIST_PARAMETERS,
    SHAPE_PARAMETERS,
    TARGETS,
    Shape,
    Shapes,
    Target,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kg.shacl.shapes.shapes import Component, Constraint

LEAST_STEPS: Final = 2
DEEPEST_PATH: Final = 100
DEEPEST_SHAPE: Final = 64
WHERE: Final = "shapes graph"


def load_shapes(paths: Iterable[FilePath | str]) -> Shapes:
    """Read shapes from RDF files; a folder stands for the Turtle files in it.

    Raises:
        InputError: a file cannot be read, or :func:`read_shapes` refuses what it says.

    """
    return read_shapes(shape_quads(paths))


def shape_quads(paths: Iterable[FilePath | str]) -> list[Quad]:
    """Read the statements of shapes files; a folder stands for the Turtle files in it.

    Raises:
        InputError: a file cannot be read.

    """
    from kg.core.rdfreading import naming_long_tokens, parse_rdf
    from kg.loaders.rdf.reading import rdf_source

    quads: list[Quad] = []
    problems: list[Problem] = []
    for file in _files(paths):
        try:
            source = rdf_source(file)
            with naming_long_tokens(source.name, source.open), source.open() as content:
                quads.extend(parse_rdf(content, source.syntax, source.base, rename=True))
        except InputError as error:
            problems.extend(error.problems)
        except (OSError, EOFError) as error:
            problems.append(Problem(str(file), 0, 0, f"cannot be read: {getattr(error, 'strerror', None) or error}"))
        except (SyntaxError, ValueError) as error:
            place = (getattr(error, "lineno", None) or 0, getattr(error, "offset", None) or 0)
            message = getattr(error, "msg", None) or str(error)
            problems.append(Problem(str(file), *place, message, getattr(error, "expected", "")))
    if problems:
        raise InputError(problems)
    return quads


def _files(paths: Iterable[FilePath | str]) -> list[FilePath]:
    files: list[FilePath] = []
    for path in map(FilePath, paths):
        files.extend(sorted(path.glob("*.ttl")) if path.is_dir() else [path])
    return files


def read_shapes(quads: Iterable[Quad]) -> Shapes:
    """Return the shapes of a shapes graph.

    Raises:
        InputError: there is no shape at all, a SHACL term is unknown or not supported, or a shape breaks a syntax rule
            of SHACL.

    """
    shapes, concerns = examine_shapes(quads)
    for kind in (FORBIDDEN, "unknown-shacl-term"):
        concerns = tuple(concern for concern in concerns if concern.kind == kind) or concerns
    if concerns:
        raise InputError(Problem(WHERE, 0, 0, concern.message, near=concern.near) for concern in concerns)
    return shapes


def examine_shapes(quads: Iterable[Quad]) -> tuple[Shapes, tuple[Concern, ...]]:
    """Return the shapes of a shapes graph that can be run, and concerns about the rest.

    A shape that violates a syntax rule is left out, and so is each constraint of others that depends on it; each has a
    concern. The caller has to refuse concerns of the kind ``FORBIDDEN``.
    """
    kept = tuple(quads)
    graph = DataGraph(kept)
    refused = _refused_texts(graph)
    if refused:
        return Shapes({}, kept), refused
    concerns = list(_unknown_terms(graph))
    by_node: dict[Node, Shape] = {}
    components, broken = read_components(graph)
    concerns += (Concern("ill-formed-shape", f"{_name(error.node)} {error}", error.node) for error in broken)
    for node in _shape_nodes(graph):
        try:
            by_node[node] = _read_shape(graph, node, components)
        except ShapeSyntaxError as error:
            at = "" if error.node == node else f" ({_name(error.node)})"
            concerns.append(Concern("ill-formed-shape", f"{_name(node)}{at} {error}", node))
        else:
            concerns += _not_validated(graph, by_node[node], components)
    for concern in ill_formed(graph, tuple(by_node)):
        concerns.append(concern)
        if concern.shape is not None:
            by_node.pop(concern.shape, None)
    for node in _nested_too_deeply(by_node):
        said = f"{_name(node)} nests shapes more than {DEEPEST_SHAPE} levels deep"
        concerns.append(Concern("ill-formed-shape", said, node))
        del by_node[node]
    if not concerns and not by_node:
        concerns.append(
            Concern(
                "no-shapes", "the shapes files hold no shape; expected at least one sh:NodeShape or sh:PropertyShape"
            )
        )
    concerns += _left_out(by_node)
    return Shapes(by_node, kept), tuple(concerns)


def _nested_too_deeply(by_node: Mapping[Node, Shape]) -> list[Node]:
    """Return shapes without which none nests others more deeply than can be evaluated, circles left aside."""
    inner = {
        node: {below for each in shape.constraints for below in each.shapes if below in by_node}
        for node, shape in by_node.items()
    }
    above: dict[Node, list[Node]] = {node: [] for node in by_node}
    for node, below in inner.items():
        for one in below:
            above[one].append(node)
    missing = {node: len(below) for node, below in inner.items()}
    ready = [node for node, number in missing.items() if not number]
    depths: dict[Node, int] = {}
    found = []
    for node in ready:
        depth = 1 + max((depths[below] for below in inner[node]), default=0)
        if depth > DEEPEST_SHAPE:
            found.append(node)
        depths[node] = 0 if depth > DEEPEST_SHAPE else depth
        for outer in above[node]:
            missing[outer] -= 1
            if not missing[outer]:
                ready.append(outer)
    return found


def _refused_texts(graph: DataGraph) -> tuple[Concern, ...]:
    """Return what is wrong with the SPARQL texts of a shapes graph; most graphs have none."""
    if not any(graph.forward(sh(local)) for local in (*QUERY_TEXTS, *DECLARATION_TEXTS)):
        return ()
    from kg.shacl.shapes.queries import refused_texts

    return tuple(refused_texts(graph))


def _not_validated(graph: DataGraph, shape: Shape, components: Iterable[Component]) -> Iterator[Concern]:
    """Yield the constraints of a shape whose component has no validator for it: SHACL 6.2.3 ignores them."""
    if shape.node in graph.backward(sh("parameter")):  # declared with a component, and applied to nothing
        return
    for component in without_validator(graph, shape.node, shape.path, components):
        why = "has no SPARQL validator for it, so this constraint is not checked"
        yield Concern(PASSED, f"{compact(component.value)} of {_name(shape.node)} {why}", shape.node, component)


_ADDING: Final = frozenset(("Property", "Node"))
"""Components whose results are right also where the shapes that they refer to ask less than they should."""


def _left_out(by_node: dict[Node, Shape]) -> Iterator[Concern]:
    """Remove the constraints that refer to missing shapes, and return concerns about them.

    A shape without one of its constraints conforms too easily. So other constraints that negate, count or choose by
    its verdict are removed as well; what is left gives right results.
    """
    incomplete: set[Node] = set()
    while True:
        found = {
            node: removed
            for node, shape in by_node.items()
            if (removed := [each for each in shape.constraints if _cannot_run(each, by_node, incomplete)])
        }
        for node, removed in found.items():
            shape = by_node[node]
            by_node[node] = replace(shape, constraints=tuple(each for each in shape.constraints if each not in removed))
            without = dict.fromkeys(
                _name(one)
                for each in removed
                for one in (*each.shapes, *each.siblings)
                if one not in by_node or one in incomplete
            )
            text = f"{_name(node)} is applied without what it asks by {', '.join(without)}, which cannot be run"
            yield Concern("ill-formed-shape", text, node)
        above = {
            node
            for node, shape in by_node.items()
            if any(inner in incomplete for each in shape.constraints for inner in each.shapes)
        }
        if incomplete >= above | found.keys():
            return
        incomplete |= above | found.keys()


def _cannot_run(constraint: Constraint, by_node: Mapping[Node, Shape], incomplete: set[Node]) -> bool:
    shapes = (*constraint.shapes, *constraint.siblings)
    chooses = constraint.component not in _ADDING
    return any(node not in by_node or (chooses and node in incomplete) for node in shapes)


def read_path(graph: DataGraph, node: Node, above: frozenset[Node] = frozenset()) -> Path:
    """Return the property path that a node of a shapes graph describes.

    Raises:
        ShapeSyntaxError: the node is no well-formed path.

    """
    if isinstance(node, NamedNode):
        return node
    if node in above or not isinstance(node, BlankNode):
        raise ShapeSyntaxError(node, "is not a well-formed property path")
    if len(above) >= DEEPEST_PATH:
        raise ShapeSyntaxError(node, f"is part of a property path nested deeper than {DEEPEST_PATH} levels")
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


def _unknown_terms(graph: DataGraph) -> Iterator[Concern]:
    types = {node.value for node in graph.backward(RDF_TYPE) if isinstance(node, NamedNode)}
    predicates = {
        node.value for node in graph.predicates() if node.value.removeprefix(SH) in KNOWN or _about_shapes(graph, node)
    }
    locals_used = sorted(iri.removeprefix(SH) for iri in types | predicates if iri.startswith(SH))
    shapes = _shape_nodes(graph)
    for local in locals_used:
        used = (*graph.forward(sh(local)), *graph.backward(RDF_TYPE).get(sh(local), ()))
        if local in REFUSED:
            expected = "expected SHACL Core and SPARQL-based constraints"
            yield Concern(FORBIDDEN, f"sh:{local} is not supported; {expected}", used[0], sh(local))
        elif local in PASSED_OVER:
            uses = counted(sum(map(len, graph.forward(sh(local)).values())), "use")
            yield Concern(PASSED, f"sh:{local} ({uses}): {PASSED_OVER[local]}", used[0], sh(local))
        elif local in INSIDE_ADVANCED and not any(node in shapes for node in graph.forward(sh(local))):
            continue
        elif local not in KNOWN:
            near = tuple(f"sh:{name}" for name in near_names(local, KNOWN))
            yield Concern("unknown-shacl-term", f"unknown SHACL term sh:{local}", used[0], sh(local), near)


def _about_shapes(graph: DataGraph, predicate: NamedNode) -> bool:
    """Return whether some subject of a predicate may be meant as a shape.

    Data beside the shapes has a type of its own and no parameter.
    """
    shapes = _shape_nodes(graph)
    return any(node in shapes or not graph.objects(node, RDF_TYPE) for node in graph.forward(predicate))


def _shape_nodes(graph: DataGraph) -> dict[Node, None]:
    """Return every shape of the graph, by the five ways that W3C SHACL section 2.1 names."""
    found: dict[Node, None] = {}
    typed = graph.backward(RDF_TYPE)
    for kind in ("NodeShape", "PropertyShape"):
        for cls in (sh(kind), *sorted(graph.subclasses(sh(kind)) - {sh(kind)}, key=str)):
            found |= dict.fromkeys(typed.get(cls, ()))
    for local in (*TARGETS, SELECTED, *sorted(PARAMETERS)):
        found |= dict.fromkeys(graph.forward(sh(local)))
    for local in (*SHAPE_PARAMETERS, "qualifiedValueShape"):
        found |= dict.fromkeys(graph.backward(sh(local)))
    for local in SHAPE_LIST_PARAMETERS:
        for head in graph.backward(sh(local)):
            with suppress(ShapeSyntaxError):  # the shape that has the list will say so
                found |= dict.fromkeys(read_list(graph, head))
    return found


def _read_shape(graph: DataGraph, node: Node, components: Iterable[Component]) -> Shape:
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
        constraints=tuple(read_constraints(graph, node, path, components)),
        severity=_severity(graph, node),
        messages=tuple(value for value in graph.objects(node, sh("message")) if isinstance(value, Literal)),
        deactivated=is_true(graph.objects(node, sh("deactivated"))),
    )


def _check_node_shape(graph: DataGraph, node: Node) -> None:
    if node in graph.members(sh("PropertyShape")) or node in graph.backward(sh("property")):
        raise ShapeSyntaxError(node, "is a property shape without sh:path")
    for local in ON_PROPERTY_SHAPES:
        if graph.objects(node, sh(local)):
            raise ShapeSyntaxError(node, f"has sh:{local}, which only a property shape may have: give it an sh:path")


def _targets(graph: DataGraph, node: Node) -> Iterator[Target]:
    for kind in TARGETS:
        for term in graph.objects(node, sh(kind)):
            yield Target(kind, term)
    for term in graph.objects(node, sh(SELECTED)):
        from kg.shacl.shapes.queries import read_target

        yield Target(SELECTED, term, read_target(graph, node, term))
    is_shape = any(node in graph.members(sh(kind)) for kind in ("NodeShape", "PropertyShape"))
    if is_shape and any(node in graph.members(cls) for cls in CLASSES):
        yield Target("implicit", node)


def _severity(graph: DataGraph, node: Node) -> NamedNode:
    for value in graph.objects(node, sh("severity")):
        if not isinstance(value, NamedNode):
            raise ShapeSyntaxError(node, "has an sh:severity that is no IRI")
        return value
    return sh("Violation")


def _name(node: Node) -> str:
    return (
        compact(node.value)
        if isinstance(node, NamedNode)
        else f"shape {node}"
        if isinstance(node, BlankNode)
        else str(node)
    )
