"""Nest EXISTS with several triples: one EXISTS inside another, with one triple each.

Each triple is then looked up by what is already known.

The engine joins the triples inside EXISTS anew, each in full, for every solution outside. ``EXISTS { A . B }`` says
that some solution of A goes together with one of B, and so does ``EXISTS { A FILTER EXISTS { B } }``, where B sees the
solution of A. MINUS would be as fast over a whole class, and a thousand times slower where few solutions are left
outside: its block is always evaluated in full. Nested, the cost follows the number of solutions outside.

The engine lets variables of whatever the group around is joined with into the inner EXISTS of a chain, though not into
the outer one, so the group around must be joined with nothing. A path of length zero leads from any term that is put at
its end to itself, and from a variable only between nodes of the graph, so none stands in a chain.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from kg.sparql.nodes import (
    NOWHERE,
    BlankNode,
    BlankNodeProperties,
    Collection,
    Exists,
    Filter,
    Group,
    N,
    Node,
    PathRepeat,
    PropertyObjects,
    TriplesBlock,
    TriplesSameSubject,
    Variable,
    replace,
    walk,
)
from kg.store.embedded.rewriting.patterns import conjuncts, filters, names

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from collections.abc import Set as AbstractSet

    from kg.sparql.nodes import Expression, GraphNode, Verb

    Triple = tuple[GraphNode, Verb, GraphNode]


class _OtherPartError(Exception):
    """The group inside EXISTS holds more than triples and conditions."""


def exists_chained(group: Group, taken: set[str]) -> Group:
    """Return a group whose filters hold chains of single triples in place of EXISTS with several.

    The group must be joined with nothing.

    ``taken`` are the names that no variable in place of a blank node may get; it grows by those that do.
    """
    outside = names(element for element in group.elements if not isinstance(element, Filter))
    elements = tuple(
        _chained(element, outside, taken) if isinstance(element, Filter) else element for element in group.elements
    )
    return (
        group
        if all(new is old for new, old in zip(elements, group.elements, strict=True))
        else replace(group, elements=elements)
    )


def _chained(node: N, outside: AbstractSet[str], taken: set[str]) -> N:
    """Return a part of an expression with its EXISTS as chains; other groups are no part of an expression."""
    if isinstance(node, Exists):
        group = _chain(node.group, outside, taken)
        return node if group is node.group else replace(node, group=group)
    changes: dict[str, object] = {}
    for field in type(node).fields:
        value = getattr(node, field)
        if isinstance(value, Node):
            new: object = _chained(value, outside, taken)
        elif type(value) is tuple:
            # operators of arithmetic and comparison are text
            items = tuple(_chained(item, outside, taken) if isinstance(item, Node) else item for item in value)
            new = value if all(one is other for one, other in zip(items, value, strict=True)) else items
        else:
            continue
        if new is not value:
            changes[field] = new
    return replace(node, **changes) if changes else node


def _chain(group: Group, outside: AbstractSet[str], taken: set[str]) -> Group:
    """Return the group of an EXISTS with the triple that is looked up first, and the others in an EXISTS of its own."""
    try:
        triples, conditions = _parts(group, taken)
    except _OtherPartError:
        return group
    own = set(outside).union(*(triple.names for triple in triples))
    better = [_chained(condition, own, taken) for condition in conditions]
    if len(triples) <= 1:
        if all(new is old for new, old in zip(better, conditions, strict=True)):
            return group
        blocks = tuple(triple.pattern for triple in triples)
        return replace(group, elements=(*blocks, *filters(better)))
    deeper: tuple[Filter, ...] = ()
    for pattern, ready in reversed(_levels(_ordered(triples, outside), better)):
        group = Group(NOWHERE, (pattern, *filters(ready), *deeper))
        deeper = filters([Exists(NOWHERE, group, negated=False)])
    return group


class _Triple(NamedTuple):
    """One triple, and the variables that it binds."""

    pattern: TriplesBlock
    names: frozenset[str]
    ends: Triple

    def cost(self, bound: AbstractSet[str]) -> tuple[bool, bool, bool]:
        """Return the rank by the number of solutions to expect where some variables are known.

        In a large graph a known subject leaves the fewest, and a known property more than a known object.
        """
        subject, verb, value = (isinstance(end, Variable) and end.name not in bound for end in self.ends)
        return subject, value, verb


def _parts(group: Group, taken: set[str]) -> tuple[list[_Triple], list[Expression]]:
    """Split a group into triples and conditions.

    Raises:
        _OtherPartError: it holds something else, or a path that may have length zero.

    """
    reader = _Reader(taken)
    triples: list[_Triple] = []
    conditions: list[Expression] = []
    for element in group.elements:
        if isinstance(element, Filter):
            conditions += conjuncts(element.condition)
        elif isinstance(element, TriplesBlock):
            triples += reader.read(element)
        else:
            raise _OtherPartError
    return triples, conditions


def _ordered(triples: list[_Triple], outside: AbstractSet[str]) -> list[_Triple]:
    """Order triples: first those with variables bound outside, then those that these bind."""
    order: list[_Triple] = []
    bound, waiting = set(outside), list(triples)
    while waiting:
        best = min(waiting, key=lambda triple: (not triple.names & bound, triple.cost(bound)))
        waiting.remove(best)
        order.append(best)
        bound |= best.names
    return order


def _levels(order: list[_Triple], conditions: list[Expression]) -> list[tuple[TriplesBlock, list[Expression]]]:
    """Return each triple with the conditions that can be judged once it has been looked up.

    Those with EXISTS stand at the last.
    """
    levels: list[tuple[TriplesBlock, list[Expression]]] = []
    waiting = list(conditions)
    own = set().union(*(triple.names for triple in order))
    bound: set[str] = set()
    for triple in order:
        bound |= triple.names
        ready = [each for each in waiting if not _holds_exists(each) and names(each) & own <= bound]
        waiting = [each for each in waiting if each not in ready]
        levels.append((triple.pattern, ready))
    levels[-1][1].extend(waiting)
    return levels


def _holds_exists(condition: Expression) -> bool:
    return any(isinstance(node, Exists) for node in walk(condition))


class _Reader:
    """Reads triples without brackets, with variables in place of blank nodes, which mean the same in a pattern."""

    def __init__(self, taken: set[str]) -> None:
        self._taken = taken
        self._labels: dict[str, Variable] = {}

    def read(self, block: TriplesBlock) -> Iterator[_Triple]:
        """Read the triples of a block one by one."""
        if any(isinstance(node, PathRepeat) and node.modifier != "+" for node in walk(block)):
            raise _OtherPartError
        for triples in block.triples:
            for subject, verb, value in self._simple(triples.subject, triples.properties):
                triple = TriplesSameSubject(NOWHERE, subject, (PropertyObjects(NOWHERE, verb, (value,)),))
                yield _Triple(TriplesBlock(NOWHERE, (triple,)), frozenset(names(triple)), (subject, verb, value))

    def _simple(self, subject: GraphNode, properties: tuple[PropertyObjects, ...]) -> Iterator[Triple]:
        start = yield from self._node(subject)
        for each in properties:
            for value in each.objects:
                end = yield from self._node(value)
                yield start, each.verb, end

    def _node(self, node: GraphNode) -> Generator[Triple, None, GraphNode]:
        """Yield the triples that brackets stand for, and return the node that stands for the brackets."""
        if isinstance(node, Collection):
            raise _OtherPartError
        if isinstance(node, BlankNode):
            if not node.label:
                return self._variable()
            if node.label not in self._labels:
                self._labels[node.label] = self._variable()
            return self._labels[node.label]
        if isinstance(node, BlankNodeProperties):
            inner = self._variable()
            yield from self._simple(inner, node.properties)
            return inner
        return node

    def _variable(self) -> Variable:
        name = next(name for number in count() if (name := f"node{number}") not in self._taken)
        self._taken.add(name)
        return Variable(NOWHERE, name)
