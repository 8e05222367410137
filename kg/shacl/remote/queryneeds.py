"""Which statements a SPARQL query of a shape can use, triple pattern by triple pattern."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kg import sparql
from kg.shacl.remote.nodesets import NodeSet, subjects_of, values_of
from kg.shacl.shapes.prebinding import SHAPES_GRAPH, may_stay_put

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Bounds = Mapping[str, NodeSet | None]


class Triples(NamedTuple):
    """Statements from (or into, ``backwards``) some nodes, ``None`` for any, with some predicates.

    ``None`` is any predicate.
    """

    nodes: NodeSet | None
    backwards: bool
    predicates: tuple[str | None, ...]


_EVERYTHING = Triples(None, backwards=False, predicates=(None,))


def triples_of(query: sparql.Query, bounds: Bounds) -> Iterator[Triples]:
    """Yield the statements that can change the answer of a query.

    ``bounds`` are the nodes that its pre-bound variables stand for.

    Whatever is left out fails to match some pattern of the query, so that it takes part in no solution.
    """
    yield from _inside(query, bounds)


def _inside(node: sparql.Node, bounds: Bounds) -> Iterator[Triples]:
    """Yield the statements of a node and of all groups inside it.

    What a group binds, holds in the groups inside that see its variables.
    """
    if isinstance(node, sparql.GraphPattern):
        shapes = isinstance(node.name, sparql.Iri) and node.name.value == SHAPES_GRAPH.value
        if not shapes and not (isinstance(node.name, sparql.Variable) and node.name.name == "shapesGraph"):
            yield _EVERYTHING
        return
    if isinstance(node, sparql.SubSelect):
        cut = (
            node.modifiers.limit is not None or node.modifiers.offset is not None
        )  # what it leaves out depends on what is there
        names = set() if cut else sparql.selected(node)
        bounds = {name: nodes for name, nodes in bounds.items() if name in names}
    if isinstance(node, sparql.TriplesBlock):
        for subject in node.triples:
            yield from _of_subject(subject.subject, subject.properties, bounds)
        return
    if isinstance(node, sparql.Group):
        bounds = {**_bound_by(node), **{name: nodes for name, nodes in bounds.items() if nodes is not None}}
    for child in sparql.children(node):
        yield from _inside(child, bounds)


def _bound_by(group: sparql.Group) -> dict[str, NodeSet | None]:
    """Return variables that every solution of a group binds to a subject or value of a fixed predicate."""
    found: dict[str, NodeSet | None] = {}
    for block in group.elements:
        for subject in block.triples if isinstance(block, sparql.TriplesBlock) else ():
            for properties in subject.properties:
                if isinstance(properties.verb, sparql.Iri):
                    if isinstance(subject.subject, sparql.Variable):
                        found.setdefault(subject.subject.name, subjects_of(properties.verb.value))
                    for value in properties.objects:
                        if isinstance(value, sparql.Variable):
                            found.setdefault(value.name, values_of(properties.verb.value))
    return found


def _of_subject(
    subject: sparql.Node, properties: tuple[sparql.PropertyObjects, ...], bounds: Bounds
) -> Iterator[Triples]:
    if isinstance(subject, sparql.BlankNodeProperties):
        yield from _of_subject(subject.properties[0].verb, subject.properties, {})
    if isinstance(subject, sparql.Collection):
        yield _EVERYTHING
    for each in properties:
        for value in each.objects:
            yield _of_triple(subject, each.verb, value, bounds)
            if isinstance(value, sparql.BlankNodeProperties):
                yield from _of_subject(each.verb, value.properties, {})
            elif isinstance(value, sparql.Collection):
                yield _EVERYTHING


def _of_triple(subject: sparql.Node, verb: sparql.Node, value: sparql.Node, bounds: Bounds) -> Triples:
    start, end = (bounds.get(node.name) if isinstance(node, sparql.Variable) else None for node in (subject, value))
    match verb:
        case sparql.Iri(_, predicate):
            predicates: tuple[str | None, ...] = (predicate,)
        case sparql.Variable():
            predicates = (None,)
        case _:
            known = start is not None or end is not None
            return _of_path(
                verb, fixed=known or not all(isinstance(node, sparql.Variable) for node in (subject, value))
            )
    if isinstance(verb, sparql.Iri) and subjects_of(verb.value) == start:
        return Triples(None, backwards=False, predicates=predicates)
    if start is None and end is not None:
        return Triples(end, backwards=True, predicates=predicates)
    return Triples(start, backwards=False, predicates=predicates)


def _of_path(path: sparql.Node, *, fixed: bool) -> Triples:
    parts = list(sparql.walk(path))
    if any(isinstance(part, sparql.PathNegated) for part in parts) or (may_stay_put(path) and not fixed):  # type: ignore[arg-type]
        return _EVERYTHING
    return Triples(
        None, backwards=False, predicates=tuple(part.value for part in parts if isinstance(part, sparql.Iri))
    )
