"""A pattern with its unnamed nodes named: blank nodes, and the nodes between the steps of a path, become variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.sparql import (
    NOWHERE,
    BlankNode,
    BlankNodeProperties,
    GraphNode,
    Node,
    PathSequence,
    PropertyObjects,
    SelectQuery,
    TriplesBlock,
    TriplesSameSubject,
    Variable,
    replace,
    transform,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


def revealed(query: SelectQuery) -> SelectQuery:
    """Return a query that matches the same, with a variable wherever its pattern has a node without a name.

    ``a/b`` stands for two triples with a new variable between them (SPARQL 1.1 section 18.2.2.3), and a blank node of a
    pattern is a variable that cannot be selected (section 4.1.4), so that no solution is won or lost.
    """
    names = _Names({node.name for node in walk(query) if isinstance(node, Variable)})

    def change(node: Node) -> Node:
        if isinstance(node, TriplesBlock):
            return replace(node, triples=tuple(part for triples in node.triples for part in _named(triples, names)))
        return node

    return transform(query, change)


class _Names:
    """Gives variables that the query does not have, one for each label of a blank node."""

    def __init__(self, taken: set[str]) -> None:
        self._taken = taken
        self._labels: dict[str, Variable] = {}

    def fresh(self) -> Variable:
        number = 1
        while f"node{number}" in self._taken:
            number += 1
        self._taken.add(f"node{number}")
        return Variable(NOWHERE, f"node{number}")

    def of_blank(self, node: BlankNode) -> Variable:
        if not node.label:
            return self.fresh()
        if node.label not in self._labels:
            self._labels[node.label] = self.fresh()
        return self._labels[node.label]


def _named(triples: TriplesSameSubject, names: _Names) -> Iterator[TriplesSameSubject]:
    """Yield triples that say the same: each property with its one object, unnamed nodes named."""
    subject, waiting = _node(triples.subject, names)
    yield from waiting
    for verb, objects in ((each.verb, each.objects) for each in triples.properties):
        for written in objects:
            target, inside = _node(written, names)
            steps = verb.paths if isinstance(verb, PathSequence) else (verb,)
            start = subject
            for number, step in enumerate(steps, 1):
                end = target if number == len(steps) else names.fresh()
                yield TriplesSameSubject(NOWHERE, start, (PropertyObjects(NOWHERE, step, (end,)),))
                start = end
            yield from inside


def _node(node: GraphNode, names: _Names) -> tuple[GraphNode, list[TriplesSameSubject]]:
    """Return the node by its name, and the triples that stood in its brackets. Lists stay as they are."""
    if isinstance(node, BlankNode):
        return names.of_blank(node), []
    if isinstance(node, BlankNodeProperties):
        variable = names.fresh()
        return variable, list(_named(TriplesSameSubject(NOWHERE, variable, node.properties), names))
    return node, []
