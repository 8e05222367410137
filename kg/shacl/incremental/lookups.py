"""Lookups of single statements in a graph before and after a change, and walks along paths by them."""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
from pyoxigraph import NamedNode

from kg.core.terms import RDF_TYPE
from kg.shacl.nodes import SUBCLASS, AlternativePath, InversePath, Path, RepeatedPath, SequencePath

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pyoxigraph import Quad

    from kg.columns import Columns
    from kg.columns.graph import Table
    from kg.shacl.nodes import Node

    Statement = tuple[Node, NamedNode, Node]

_FEW: Final = 16


class Lookups(Protocol):
    """A graph that can be searched around a node."""

    def objects(self, subject: Node, predicate: NamedNode) -> Iterable[Node]:
        """Return the values of a subject for a predicate."""

    def subjects(self, predicate: NamedNode, value: Node) -> Iterable[Node]:
        """Return the subjects that have a value for a predicate."""

    def statements(self, subject: Node) -> Iterable[tuple[NamedNode, Node]]:
        """Return all predicates and values of a subject."""


class QuadLookups:
    """The union of the graphs of some quads, in dictionaries."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        self._forward: dict[Node, dict[NamedNode, dict[Node, None]]] = defaultdict(lambda: defaultdict(dict))
        self._backward: dict[Node, dict[NamedNode, dict[Node, None]]] = defaultdict(lambda: defaultdict(dict))
        for subject, predicate, value, _ in quads:
            self._forward[subject][predicate][value] = None
            self._backward[value][predicate][subject] = None

    def objects(self, subject: Node, predicate: NamedNode) -> Iterable[Node]:
        """Return the values of a subject for a predicate."""
        return self._forward[subject][predicate] if subject in self._forward else ()

    def subjects(self, predicate: NamedNode, value: Node) -> Iterable[Node]:
        """Return the subjects that have a value for a predicate."""
        return self._backward[value][predicate] if value in self._backward else ()

    def statements(self, subject: Node) -> Iterable[tuple[NamedNode, Node]]:
        """Return all predicates and values of a subject."""
        found = self._forward.get(subject, {})
        return [(predicate, value) for predicate, values in found.items() for value in values]


class ColumnLookups:
    """A graph in columns, searched by bisection."""

    def __init__(self, columns: Columns, nodes: Iterable[Node] = ()) -> None:
        """Look up ``nodes`` together, which is much cheaper than one by one."""
        self._columns = columns
        self._size = columns.terms.size
        self._terms = columns.terms
        self._terms.look_up(nodes)
        self._ids: dict[Node, int | None] = {}

    def objects(self, subject: Node, predicate: NamedNode) -> Iterable[Node]:
        """Return the values of a subject for a predicate."""
        position, of = self._id(predicate), self._id(subject)
        return () if position is None or of is None else self._behind(self._columns.forward(position), of)

    def subjects(self, predicate: NamedNode, value: Node) -> Iterable[Node]:
        """Return the subjects that have a value for a predicate."""
        position, of = self._id(predicate), self._id(value)
        return () if position is None or of is None else self._behind(self._columns.backward(position), of)

    def statements(self, subject: Node) -> Iterable[tuple[NamedNode, Node]]:
        """Return all predicates and values of a subject."""
        of = self._id(subject)
        if of is None:
            return []
        found: list[tuple[NamedNode, Node]] = []
        for predicate in self._columns.predicates():
            name = self._terms.node(predicate)
            found += [(name, value) for value in self._behind(self._columns.forward(predicate), of)]  # type: ignore[misc]
        return found

    def holds(self, statement: Statement) -> bool:
        """Return whether the graph holds a statement."""
        subject, predicate, value = map(self._id, statement)
        if subject is None or predicate is None or value is None:
            return False
        subjects, objects = self._columns.forward(predicate)
        start, end = np.searchsorted(subjects, np.array((subject, subject + 1), subjects.dtype))
        place = start + np.searchsorted(objects[start:end], np.array(value, objects.dtype))
        return bool(place < end and objects[place] == value)

    def _behind(self, table: Table, key: int) -> Iterator[Node]:
        """Yield what stands behind a key, a few at first, since often one is enough."""
        keys, values = table
        start, end = np.searchsorted(keys, np.array((key, key + 1), keys.dtype))
        size = _FEW
        while start < end:
            ids = values[start : min(start + size, end)].tolist()
            nodes = self._terms.nodes(ids)
            self._ids.update(zip(nodes, ids, strict=True))
            yield from nodes
            start, size = start + size, size * _FEW

    def _id(self, node: Node) -> int | None:
        if node not in self._ids:
            position = self._terms.find(node)
            self._ids[node] = None if position is None or position >= self._size else position
        return self._ids[node]


class Overlaid:
    """A graph with some statements added and some removed, without a copy."""

    def __init__(self, base: Lookups, added: Iterable[Statement] = (), removed: Iterable[Statement] = ()) -> None:
        self._base = base
        self._removed = frozenset(removed)
        self._forward: dict[tuple[Node, NamedNode], list[Node]] = defaultdict(list)
        self._backward: dict[tuple[Node, NamedNode], list[Node]] = defaultdict(list)
        self._about: dict[Node, list[tuple[NamedNode, Node]]] = defaultdict(list)
        for subject, predicate, value in added:
            self._forward[subject, predicate].append(value)
            self._backward[value, predicate].append(subject)
            self._about[subject].append((predicate, value))

    def objects(self, subject: Node, predicate: NamedNode) -> Iterable[Node]:
        """Return the values of a subject for a predicate; one that the graph had before it was added comes twice."""
        base = self._base.objects(subject, predicate)
        kept = (value for value in base if (subject, predicate, value) not in self._removed)
        return chain(kept, self._forward.get((subject, predicate), ()))

    def subjects(self, predicate: NamedNode, value: Node) -> Iterable[Node]:
        """Return the subjects that have a value for a predicate.

        One that the graph had before it was added comes twice.
        """
        base = self._base.subjects(predicate, value)
        kept = (subject for subject in base if (subject, predicate, value) not in self._removed)
        return chain(kept, self._backward.get((value, predicate), ()))

    def statements(self, subject: Node) -> Iterable[tuple[NamedNode, Node]]:
        """Return all predicates and values of a subject; what the graph had before it was added comes twice."""
        base = self._base.statements(subject)
        kept = ((predicate, value) for predicate, value in base if (subject, predicate, value) not in self._removed)
        return chain(kept, self._about.get(subject, ()))


CLASS_PATH: Final = SequencePath((RDF_TYPE, RepeatedPath(SUBCLASS, "*")))
"""From a node to every class that it is a SHACL instance of."""


def walk(
    graph: Lookups, path: Path, nodes: Iterable[Node], *, backwards: bool = False, used: set[Statement] | None = None
) -> set[Node]:
    """Return the nodes that a path leads to from any of some nodes; ``used`` collects the statements on the way."""
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
    """Return the nodes from which following a path may use one of some statements.

    The statements are given as pairs by predicate.
    """
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
