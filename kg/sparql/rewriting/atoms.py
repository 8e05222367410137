"""The pattern inside an EXISTS, taken apart into single triples, conditions and unions, as far as it is made of nothing else."""

from __future__ import annotations

from itertools import combinations, count
from typing import TYPE_CHECKING, NamedTuple

from kg.sparql.expressionnodes import Exists
from kg.sparql.nodes import (
    BlankNode,
    BlankNodeProperties,
    Collection,
    Filter,
    GraphPattern,
    Group,
    Iri,
    PathRepeat,
    Pattern,
    PropertyObjects,
    TriplesBlock,
    TriplesSameSubject,
    Undef,
    Union,
    Values,
    Variable,
)
from kg.sparql.rewriting.bindings import certain, names
from kg.sparql.rewriting.conditions import conjuncts
from kg.sparql.tree import NOWHERE, walk

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from kg.sparql.nodes import Expression, GraphNode, Verb

    Triple = tuple[GraphNode, Verb, GraphNode]

# How many solutions a triple may have, by whether subject, property and object are known; the orders of magnitude of a large graph.
_COSTS = {
    (True, True, True): 1, (True, False, True): 2, (True, True, False): 10, (True, False, False): 100,
    (False, True, True): 10_000, (False, False, True): 100_000, (False, True, False): 1_000_000, (False, False, False): 1_000_000_000,
}  # fmt: skip


class Atom(NamedTuple):
    """One triple or data block, in its graph; and the variables that it binds."""

    pattern: Pattern
    names: frozenset[str]
    ends: tuple[GraphNode | Verb, ...]

    def cost(self, bound: set[str]) -> int:
        """Gives how many solutions to expect where some variables are known."""
        if not self.ends:
            return 5
        subject, verb, value = (not isinstance(end, Variable) or end.name in bound for end in self.ends)
        return _COSTS[subject, verb, value]


class Atoms(NamedTuple):
    """What a group consists of: solutions of all atoms together, that meet all conditions, and some branch of each union."""

    atoms: list[Atom]
    conditions: list[Expression]
    unions: list[tuple[Group, ...]]


class _OtherPartError(Exception):
    """The group holds a part that makes more of a solution than these three."""


def atoms_of(group: Group, taken: set[str]) -> Atoms | None:
    """Takes a group apart; None if it holds another kind of part. ``taken`` are names that blank nodes may not get as variables."""
    reader = _Reader(taken)
    try:
        reader.read(group, None)
    except _OtherPartError:
        return None
    found = reader.found
    own = set().union(*(atom.names for atom in found.atoms)) if found.atoms else set()
    loose = [names(branches) - own for branches in found.unions]
    # A variable that only a branch of a union binds is lost behind the EXISTS that the branch becomes.
    if any(each & names(found.conditions) for each in loose) or any(one & two for one, two in combinations(loose, 2)):
        return None
    data = any(isinstance(node, Values) for atom in found.atoms for node in walk(atom.pattern))
    lengths = any(isinstance(node, PathRepeat) and node.modifier != "+" for atom in found.atoms for node in walk(atom.pattern))
    # A path of length zero binds its ends to any term that is put there, and a data block may put one that the graph has not.
    return None if data and lengths else found


class _Reader:
    def __init__(self, taken: set[str]) -> None:
        self.found = Atoms([], [], [])
        self._taken = taken
        self._labels: dict[str, Variable] = {}

    def read(self, group: Group, graph: Variable | Iri | None) -> None:
        """Reads the parts of a group, and of groups inside that are joined with it."""
        for element in group.elements:
            match element:
                case TriplesBlock():
                    self._triples(element, graph)
                case Filter():
                    self.found.conditions.extend(conjuncts(element.condition))
                case Group():
                    self.read(_closed(element), graph)
                case GraphPattern() if graph is None:
                    self.read(_closed(element.group), element.name)
                case Values(_, variables, rows) if not any(isinstance(value, Undef) for row in rows for value in row.values):
                    self.found.atoms.append(Atom(element, frozenset(each.name for each in variables), ()))
                case Union() if graph is None and all(map(_readable, element.groups)):
                    self.found.unions.append(element.groups)
                case _:
                    raise _OtherPartError

    def _triples(self, block: TriplesBlock, graph: Variable | Iri | None) -> None:
        for triples in block.triples:
            for ends in self._simple(triples.subject, triples.properties):
                subject, verb, value = ends
                triple = TriplesSameSubject(NOWHERE, subject, (PropertyObjects(NOWHERE, verb, (value,)),))
                pattern: Pattern = TriplesBlock(NOWHERE, (triple,))
                if graph is not None:
                    pattern = GraphPattern(NOWHERE, graph, Group(NOWHERE, (pattern,)))
                self.found.atoms.append(Atom(pattern, frozenset(names(pattern)), ends))

    def _simple(self, subject: GraphNode, properties: tuple[PropertyObjects, ...]) -> Iterator[Triple]:
        """Gives triples without brackets, with variables in place of blank nodes, which mean the same in a pattern."""
        start = yield from self._node(subject)
        for each in properties:
            for value in each.objects:
                end = yield from self._node(value)
                yield start, each.verb, end

    def _node(self, node: GraphNode) -> Generator[Triple, None, GraphNode]:
        """Gives the triples that brackets stand for, and returns the node that stands for the brackets."""
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
        name = next(name for number in count(1) if (name := f"node{number}") not in self._taken)
        self._taken.add(name)
        return Variable(NOWHERE, name)


def _closed(group: Group) -> Group:
    """Gives a group whose filters ask only for what it binds itself: they mean the same when it is joined with others."""
    bound = certain(group)
    for element in group.elements:
        if isinstance(element, Filter):
            holds_exists = any(isinstance(node, Exists) for node in walk(element))
            if holds_exists or not names(element) <= bound:
                raise _OtherPartError
    return group


def _readable(group: Group) -> bool:
    try:
        _Reader(names(group)).read(_closed(group), None)
    except _OtherPartError:
        return False
    return True
