"""OPTIONAL whose solutions a filter asks for: ``OPTIONAL { ?f :sector ?s } FILTER(?s = :n)`` is no option, since unbound is not equal.

A left join followed by a condition that no unbound variable meets is a join; as such the engine may begin with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.sparql.expressionnodes import BuiltInCall, Comparison, In, Logical
from kg.sparql.nodes import Filter, Group, Optional, TriplesBlock, Variable
from kg.sparql.rewriting.bindings import certain, has_blank, names
from kg.sparql.rewriting.conditions import conjuncts
from kg.sparql.tree import replace

if TYPE_CHECKING:
    from kg.sparql.nodes import Expression, Pattern

# Functions that give an error where an argument does: all but BOUND, COALESCE, IF and those that compare no terms.
_STRICT: Final = frozenset(
    ("SAMETERM", "STR", "LANG", "DATATYPE", "CONTAINS", "STRSTARTS", "STRENDS", "REGEX", "LCASE", "UCASE", "STRLEN", "YEAR", "LANGMATCHES")
)


def required_joined(group: Group) -> Group:
    """Gives a group in which each option that a filter of it requires stands with its first triples."""
    for element in group.elements:
        if isinstance(element, Optional) and _asked_for(group, element) and _may_move(group, element):
            return required_joined(_moved(group, element))
    return group


def _asked_for(group: Group, option: Optional) -> bool:
    """A filter fails unless the option has bound one of its variables, which nothing else can bind."""
    others = names(each for each in group.elements if each is not option and not isinstance(each, Filter))
    own = names(option) - others
    tests = [part for each in group.elements if isinstance(each, Filter) for part in conjuncts(each.condition)]
    return any(_rejects(test, name) for test in tests for name in own)


def _rejects(condition: Expression, name: str) -> bool:
    """Says whether a condition is false or an error where a variable is unbound."""
    match condition:
        case BuiltInCall(_, "BOUND", (Variable(_, bound),)):
            return bound == name
        case Logical(_, operator, operands):
            return (any if operator == "&&" else all)(_rejects(each, name) for each in operands)
        case In(_, value, choices, False):
            return bool(choices) and _fails(value, name)
    return _fails(condition, name)


def _fails(expression: Expression, name: str) -> bool:
    """Says whether an expression is an error where a variable is unbound."""
    match expression:
        case Variable():
            return expression.name == name
        case Comparison(_, _, left, right):
            return _fails(left, name) or _fails(right, name)
        case BuiltInCall(_, function, arguments) if function in _STRICT:
            return any(_fails(each, name) for each in arguments)
    return False


def _may_move(group: Group, option: Optional) -> bool:
    """It is made of triples alone, and shares with the parts between only what the first triples bind."""
    elements = [each for each in group.elements if not isinstance(each, Filter)]
    place = elements.index(option)
    inner = option.group.elements
    if not elements or not isinstance(elements[0], TriplesBlock) or has_blank(option):
        return False
    plain = len(inner) == 1 and isinstance(inner[0], TriplesBlock)
    return plain and names(option) & names(elements[1:place]) <= certain(elements[0])


def _moved(group: Group, option: Optional) -> Group:
    elements: list[Pattern] = [each for each in group.elements if each is not option]
    place = next(index for index, each in enumerate(elements) if isinstance(each, TriplesBlock))
    first, inner = elements[place], option.group.elements[0]
    if isinstance(first, TriplesBlock) and isinstance(inner, TriplesBlock):
        elements[place] = replace(first, triples=(*first.triples, *inner.triples))
    return replace(group, elements=tuple(elements))
