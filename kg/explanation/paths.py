"""Ways along a property path: which statements lead from one node to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from kg.sparql import Iri, PathAlternative, PathInverse, PathRepeat, PathSequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyoxigraph import Triple

    from kg.explanation.lookup import Lookup, Node
    from kg.sparql import Path

    Way = tuple[Node, tuple[Triple, ...]]


def ways(start: Node, path: Path, lookup: Lookup, end: Node | None = None) -> Iterator[Way]:
    """Yield the nodes that a path leads to from a node, each with the statements on the way.

    ``end`` is the only one of interest.

    Repeated paths give the shortest way to each node. Negated property sets give no way: that something else holds is
    all they say.
    """
    if isinstance(path, Iri):
        yield from ((triple.object, (triple,)) for triple in lookup.triples(start, NamedNode(path.value), end))
    elif isinstance(path, PathInverse):
        yield from _backwards(start, path.path, lookup, end)
    elif isinstance(path, PathAlternative):
        for one in path.paths:
            yield from ways(start, one, lookup, end)
    elif isinstance(path, PathSequence):
        yield from _in_order(start, path.paths, lookup, end)
    elif isinstance(path, PathRepeat):
        yield from _repeated(start, path, lookup)


def _backwards(start: Node, path: Path, lookup: Lookup, end: Node | None) -> Iterator[Way]:
    if isinstance(path, Iri):
        yield from ((triple.subject, (triple,)) for triple in lookup.triples(end, NamedNode(path.value), start))
    elif isinstance(path, PathInverse):
        yield from ways(start, path.path, lookup, end)
    elif isinstance(path, PathAlternative):
        for one in path.paths:
            yield from _backwards(start, one, lookup, end)
    elif isinstance(path, PathSequence):
        turned = tuple(PathInverse(one.span, one) for one in reversed(path.paths))
        yield from _in_order(start, turned, lookup, end)
    elif isinstance(path, PathRepeat):
        yield from _repeated(start, PathRepeat(path.span, PathInverse(path.span, path.path), path.modifier), lookup)


def _in_order(start: Node, paths: tuple[Path, ...], lookup: Lookup, end: Node | None) -> Iterator[Way]:
    first, rest = paths[0], paths[1:]
    for middle, way in ways(start, first, lookup, None if rest else end):
        if not rest:
            yield middle, way
        else:
            yield from ((last, way + further) for last, further in _in_order(middle, rest, lookup, end))


def _repeated(start: Node, path: PathRepeat, lookup: Lookup) -> Iterator[Way]:
    if path.modifier in {"*", "?"}:
        yield start, ()
    seen: set[Node] = set()
    waiting: list[Way] = [(start, ())]
    steps = 0
    while waiting and not (steps and path.modifier == "?"):
        steps += 1
        reached: list[Way] = []
        for node, way in waiting:
            for further, last in ways(node, path.path, lookup):
                if further not in seen:
                    seen.add(further)
                    reached.append((further, way + last))
        yield from reached
        waiting = reached
