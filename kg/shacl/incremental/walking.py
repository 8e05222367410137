"""Paths followed over look-ups, forwards and backwards, with a note of every statement that was used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from kg.shacl.nodes import SUBCLASS, TYPE
from kg.shacl.shapes.paths import AlternativePath, InversePath, Path, RepeatedPath, SequencePath

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kg.shacl.incremental.lookups import Lookups, Statement
    from kg.shacl.nodes import Node

CLASS_PATH: Final = SequencePath((TYPE, RepeatedPath(SUBCLASS, "*")))
"""From a node to every class that it is a SHACL instance of."""


def walk(
    graph: Lookups, path: Path, nodes: Iterable[Node], *, backwards: bool = False, used: set[Statement] | None = None
) -> set[Node]:
    """Return the nodes that a path leads to from any of some nodes; ``used`` takes up the statements on the way."""
    match path:
        case NamedNode():
            return _step(graph, path, nodes, backwards=backwards, used=used)
        case InversePath(inner):
            return walk(graph, inner, nodes, backwards=not backwards, used=used)
        case SequencePath(steps):
            reached = set(nodes)
            for step in reversed(steps) if backwards else steps:
                reached = walk(graph, step, reached, backwards=backwards, used=used)
            return reached
        case AlternativePath(choices):
            starts = tuple(nodes)
            return {end for choice in choices for end in walk(graph, choice, starts, backwards=backwards, used=used)}
        case RepeatedPath():
            return _repeated(graph, path, set(nodes), backwards=backwards, used=used)


def _step(
    graph: Lookups, predicate: NamedNode, nodes: Iterable[Node], *, backwards: bool, used: set[Statement] | None
) -> set[Node]:
    found: set[Node] = set()
    for node in nodes:
        ends = tuple(graph.subjects(predicate, node) if backwards else graph.objects(node, predicate))
        found.update(ends)
        if used is not None:
            used.update((end, predicate, node) if backwards else (node, predicate, end) for end in ends)
    return found


def _repeated(
    graph: Lookups, path: RepeatedPath, nodes: set[Node], *, backwards: bool, used: set[Statement] | None
) -> set[Node]:
    if path.sign == "?":
        return nodes | walk(graph, path.path, nodes, backwards=backwards, used=used)
    reached = set() if path.sign == "+" else set(nodes)
    frontier, followed = set(nodes), set()
    while frontier:
        followed |= frontier
        new = walk(graph, path.path, frontier, backwards=backwards, used=used)
        reached |= new
        frontier = new - followed
    return reached


def starts(
    graph: Lookups, path: Path, changes: Mapping[NamedNode, Iterable[tuple[Node, Node]]], *, backwards: bool = False
) -> set[Node]:
    """Return the nodes from which following a path may use one of some statements, which are given as pairs by predicate."""
    match path:
        case NamedNode():
            return {value if backwards else subject for subject, value in changes.get(path, ())}
        case InversePath(inner):
            return starts(graph, inner, changes, backwards=not backwards)
        case SequencePath(steps):
            found: set[Node] = set()
            for step in steps if backwards else reversed(steps):
                found = walk(graph, step, found, backwards=not backwards) | starts(
                    graph, step, changes, backwards=backwards
                )
            return found
        case AlternativePath(choices):
            return {node for choice in choices for node in starts(graph, choice, changes, backwards=backwards)}
        case RepeatedPath(inner, sign):
            found = starts(graph, inner, changes, backwards=backwards)
            return found if sign == "?" else walk(graph, RepeatedPath(inner, "*"), found, backwards=not backwards)
