"""``?a = ?b`` between patterns that share nothing else: one variable in place of two, so that the engine joins instead of multiplying.

The comparison is of values and a join is of terms. They agree where one of the two is a subject or a property, hence no literal:
a resource equals only itself. ``sameTerm`` is of terms in any case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.sparql.expressionnodes import BuiltInCall, Comparison, Exists
from kg.sparql.nodes import Bind, Filter, Group, Iri, TriplesBlock, Variable
from kg.sparql.rewriting.bindings import names, node_names
from kg.sparql.rewriting.conditions import conjuncts, filters
from kg.sparql.tree import NOWHERE, Node, replace, transform, walk

if TYPE_CHECKING:
    from kg.sparql.nodes import Expression, Pattern


def equals_joined(group: Group) -> Group:
    """Gives a group in which variables that a filter makes equal are one."""
    for element in group.elements:
        if isinstance(element, Filter):
            for condition in conjuncts(element.condition):
                pair = _equal(condition)
                if pair and _may_join(group, pair, of_terms=isinstance(condition, BuiltInCall)):
                    return equals_joined(_joined(group, condition, *pair))
    return group


def _equal(condition: Expression) -> tuple[Variable, Variable] | None:
    match condition:
        case Comparison(_, "=", Variable() as left, Variable() as right) if left != right:
            return left, right
        case BuiltInCall(_, "SAMETERM", (Variable() as left, Variable() as right)) if left != right:
            return left, right
    return None


def _may_join(group: Group, pair: tuple[Variable, Variable], *, of_terms: bool) -> bool:
    """Both must be ends of plain triples of this very group, and no other part of it but filters may know them."""
    blocks = [element for element in group.elements if isinstance(element, TriplesBlock)]
    ends, resources = node_names(blocks)
    mine = {variable.name for variable in pair}
    others = names(element for element in group.elements if not isinstance(element, TriplesBlock | Filter))
    others |= names(node for element in group.elements if isinstance(element, Filter) for node in walk(element) if isinstance(node, Exists))
    on_paths = {name for block in blocks for name in _on_paths(block)}
    return mine <= ends and not mine & (others | on_paths) and (of_terms or bool(mine & resources))


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
