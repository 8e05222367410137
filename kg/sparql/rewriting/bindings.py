"""Which variables a pattern binds in every one of its solutions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.sparql.expressionnodes import Aggregate
from kg.sparql.nodes import (
    BlankNode,
    GraphPattern,
    Group,
    Iri,
    Pattern,
    SubSelect,
    TriplesBlock,
    Undef,
    Union,
    Values,
    Variable,
)
from kg.sparql.tree import Node, walk

if TYPE_CHECKING:
    from collections.abc import Iterable


def names(nodes: Node | Iterable[Node]) -> set[str]:
    """Gives the names of all variables below a node or nodes, whatever their scope."""
    starts = (nodes,) if isinstance(nodes, Node) else nodes
    return {node.name for start in starts for node in walk(start) if isinstance(node, Variable)}


def certain(pattern: Pattern) -> set[str]:  # noqa: PLR0911 - one case a kind of pattern
    """Gives the names of variables that have a value in every solution of a pattern; fewer where that is hard to say."""
    match pattern:
        case TriplesBlock():
            return names(pattern)
        case Group(_, elements):
            return set().union(*map(certain, elements))
        case Union(_, groups):
            return set.intersection(*map(certain, groups))
        case GraphPattern(_, name, group):
            return certain(group) | names(name)
        case Values(_, variables, rows):
            unset = {i for row in rows for i, value in enumerate(row.values) if isinstance(value, Undef)}
            return {variable.name for i, variable in enumerate(variables) if i not in unset}
        case SubSelect():
            return _selected(pattern)
        case _:
            return set()


def _selected(query: SubSelect) -> set[str]:
    """An inner query hands on what its pattern binds; grouping may make a solution out of none."""
    if query.modifiers.group_by or any(isinstance(node, Aggregate) for item in query.selection.items for node in walk(item)):
        return set()
    bound = certain(query.where)
    return bound & {item.name for item in query.selection.items if isinstance(item, Variable)} if query.selection.items else bound


def node_names(blocks: Iterable[TriplesBlock]) -> tuple[set[str], set[str]]:
    """Gives the variables that stand as subject or object of a plain property, and those that stand as subject or as the property.

    Paths are left out: a path of length zero binds its ends to whatever stands at the other.
    """
    ends: set[str] = set()
    resources: set[str] = set()
    for block in blocks:
        for triples in block.triples:
            for each in triples.properties:
                if not isinstance(each.verb, Iri | Variable):
                    continue
                if isinstance(triples.subject, Variable):
                    ends.add(triples.subject.name)
                    resources.add(triples.subject.name)
                if isinstance(each.verb, Variable):
                    resources.add(each.verb.name)
                ends |= {node.name for node in each.objects if isinstance(node, Variable)}
    return ends, resources


def has_blank(node: Node) -> bool:
    """Says whether blank nodes stand anywhere below a node."""
    return any(isinstance(each, BlankNode) for each in walk(node))
