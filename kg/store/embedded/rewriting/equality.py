"""``?a = ?b`` between patterns that share nothing else: one variable in place of two, so that the engine joins instead of multiplying.

The comparison is of values and a join is of terms. They agree where one of the two is a subject or a property, hence no
literal: a resource equals only itself. The other variable gets its value at the end of the group, where the engine
would overwrite a value from elsewhere; so the group must be joined with nothing, and nothing in it but triples and
filters may know either variable.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.sparql.nodes import Bind, Comparison, Filter, Group, Iri, TriplesBlock, Variable
from kg.sparql.tree import NOWHERE, Node, replace, transform
from kg.store.embedded.rewriting.bindings import names, node_names
from kg.store.embedded.rewriting.conditions import conjuncts, filters

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from kg.sparql.nodes import Expression, Pattern


def equals_joined(group: Group, in_exists: AbstractSet[str]) -> Group:
    """Return a group in which variables that a filter makes equal are one.

    ``in_exists`` are variables that some EXISTS names.
    """
    for element in group.elements:
        if isinstance(element, Filter):
            for condition in conjuncts(element.condition):
                pair = _equal(condition)
                if pair and _may_join(group, {variable.name for variable in pair}, in_exists):
                    return equals_joined(_joined(group, condition, *pair), in_exists)
    return group


def _equal(condition: Expression) -> tuple[Variable, Variable] | None:
    match condition:
        case Comparison(_, "=", Variable() as left, Variable() as right) if left != right:
            return left, right
    return None


def _may_join(group: Group, pair: set[str], in_exists: AbstractSet[str]) -> bool:
    """Both are ends of plain triples of this very group, and no other part of it but filters knows them."""
    blocks = [element for element in group.elements if isinstance(element, TriplesBlock)]
    ends, resources = node_names(blocks)
    others = names(element for element in group.elements if not isinstance(element, TriplesBlock | Filter))
    on_paths = {name for block in blocks for name in _on_paths(block)}
    return pair <= ends and not pair & (others | on_paths | in_exists) and bool(pair & resources)


def _on_paths(block: TriplesBlock) -> set[str]:
    return {
        name
        for triples in block.triples
        if any(not isinstance(each.verb, Iri | Variable) for each in triples.properties)
        for name in names(triples)
    }


def _joined(group: Group, condition: Expression, kept: Variable, dropped: Variable) -> Group:
    def renamed(node: Node) -> Node:
        return replace(node, name=kept.name) if node == dropped else node

    elements: list[Pattern] = []
    for element in group.elements:
        if isinstance(element, Filter):
            rest = [part for part in conjuncts(element.condition) if part is not condition]
            elements += [transform(each, renamed) for each in filters(rest)]
        else:
            elements.append(transform(element, renamed) if isinstance(element, TriplesBlock) else element)
    return replace(group, elements=(*elements, Bind(NOWHERE, kept, dropped)))
