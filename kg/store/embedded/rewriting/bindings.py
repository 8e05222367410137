"""Which variables patterns name, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.sparql.nodes import BlankNode, Iri, Variable
from kg.sparql.tree import Node, walk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.sparql.nodes import TriplesBlock


def names(nodes: Node | Iterable[Node]) -> set[str]:
    """Return the names of all variables below a node or nodes, whatever their scope."""
    starts = (nodes,) if isinstance(nodes, Node) else nodes
    return {node.name for start in starts for node in walk(start) if isinstance(node, Variable)}


def node_names(blocks: Iterable[TriplesBlock]) -> tuple[set[str], set[str]]:
    """Return the variables that stand as subject or object of a plain property, and those that stand as subject or as the property.

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
    """Say whether blank nodes stand anywhere below a node."""
    return any(isinstance(each, BlankNode) for each in walk(node))
