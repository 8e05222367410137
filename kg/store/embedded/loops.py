"""Options that the embedded engine may not evaluate once for each solution of what they are joined with.

The engine evaluates one side of a join for each solution of the other where it takes the values from outside for
harmless. It looks at the required part of an option for that, and at what the option adds, but not at what the option
holds: another option, MINUS, an inner query, BIND or a filter in there may see values that are not in scope, and gives
other solutions by them (18.5: each side of a join and of LeftJoin is evaluated by itself).

`held_apart` looks for options in which that can make a difference, and puts a MINUS that takes nothing away in front of
them. The engine evaluates what holds a MINUS by itself.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeVar

from kg.core.terms import XSD
from kg.sparql.nodes import (
    NOWHERE,
    Aggregate,
    Bind,
    Exists,
    Filter,
    GraphPattern,
    Group,
    Literal,
    Minus,
    Node,
    Optional,
    Projection,
    SelectQuery,
    SubSelect,
    TriplesBlock,
    Undef,
    Union,
    Values,
    Variable,
    replace,
    walk,
)
from kg.sparql.variables import selected
from kg.store.embedded.paths import nothing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.sparql.nodes import Pattern, Query

Q = TypeVar("Q", bound="Query")
_EMPTY = Literal(NOWHERE, "", f"{XSD}string", "")
_EVERY = "*"  # any value from outside makes a difference, whatever its variable


def held_apart(query: Q) -> Q:
    """Return a query whose options see no value from outside that makes a difference; the same where none does."""
    if query.where is None or not any(isinstance(node, Optional) for node in walk(query.where)):
        return query
    everywhere = Counter(_bindings(query.where))
    if isinstance(query, SelectQuery) and query.values is not None:
        everywhere.update(_bindings(query.values))
    where = _Apart(everywhere).group(query.where)
    return query if where is query.where else replace(query, where=where)


class _Apart:
    """Puts a MINUS before options, in one query."""

    def __init__(self, everywhere: Counter[str]) -> None:
        self._everywhere = everywhere

    def group(self, group: Group) -> Group:
        elements = [self._inside(element) for element in group.elements]
        before: list[Pattern] = []
        for index, element in enumerate(group.elements):
            options = [each for each in group.elements[index:] if isinstance(each, Optional)]
            if isinstance(element, Optional) and self._sees_outside(element, (*before, *options)):
                elements.insert(index, Minus(NOWHERE, Group(NOWHERE, (nothing(_EMPTY),))))
                break
            if not isinstance(element, Filter):
                before.append(element)
        if len(elements) == len(group.elements) and all(
            new is old for new, old in zip(elements, group.elements, strict=True)
        ):
            return group
        return replace(group, elements=tuple(elements))

    def _inside(self, element: Pattern) -> Pattern:
        if isinstance(element, Group):
            return self.group(element)
        if isinstance(element, Optional | Minus | GraphPattern):
            group = self.group(element.group)
            return element if group is element.group else replace(element, group=group)
        if isinstance(element, SubSelect):
            where = self.group(element.where)
            return element if where is element.where else replace(element, where=where)
        if isinstance(element, Union):
            groups = tuple(map(self.group, element.groups))
            unchanged = all(new is old for new, old in zip(groups, element.groups, strict=True))
            return element if unchanged else replace(element, groups=groups)
        return element

    def _sees_outside(self, option: Optional, beside: Iterable[Pattern]) -> bool:
        """Return whether an option may get values that make a difference from elsewhere than the patterns beside it.

        The options among these give it none.
        """
        sensitive = _sensitive(option.group, is_condition=True)
        if not sensitive:
            return False
        inside = Counter(name for part in beside for name in _bindings(part))
        outside = {name for name, number in self._everywhere.items() if number > inside[name]}
        return bool(outside and _EVERY in sensitive) or not outside.isdisjoint(sensitive)


def _bindings(part: Pattern) -> Iterator[str]:  # noqa: C901 - one case a kind of part
    """Yield the variables of a pattern where they may get a value, inner queries included."""
    match part:
        case TriplesBlock() | Values():
            yield from _variables(part)
        case Bind(_, _, variable):
            yield variable.name
        case Group(_, elements):
            for element in elements:
                yield from _bindings(element)
        case Union(_, groups):
            for group in groups:
                yield from _bindings(group)
        case Optional(_, group):
            yield from _bindings(group)
        case GraphPattern(_, name, group):
            yield from _bindings(group)
            if isinstance(name, Variable):
                yield name.name
        case SubSelect():
            yield from _bindings(part.where)
            if part.values is not None:
                yield from _bindings(part.values)
            yield from (item.variable.name for item in part.selection.items if isinstance(item, Projection))


def _variables(node: Node) -> Iterator[str]:
    return (below.name for below in walk(node) if isinstance(below, Variable))


def _names(node: Node) -> set[str]:
    return set(_variables(node))


def _sensitive(group: Group, *, is_condition: bool = False) -> set[str]:
    """Return the variables whose value from outside may change what a group gives, beyond being joined with it.

    Args:
        group: the group.
        is_condition: whether its filters are the condition of an option, which the engine looks at.

    """
    sensitive: set[str] = set()
    bound: set[str] = set()
    conditions: list[Filter] = []
    for element in group.elements:
        match element:
            case Filter():
                conditions.append(element)
            case Bind(_, expression, variable):
                sensitive |= {variable.name} | (_names(expression) - bound)
            case Optional(_, inner):
                sensitive |= (_names(inner) - bound) | _sensitive(inner)
            case Minus(_, inner):
                sensitive |= _names(inner) - bound
                if not bound & _certain(inner):
                    sensitive.add(_EVERY)
            case _:
                sensitive |= _sensitive_part(element)
                bound |= _certain_part(element)
    for condition in conditions:
        if not is_condition or any(isinstance(node, Exists) for node in walk(condition)):
            sensitive |= _names(condition) - bound
    return sensitive


def _sensitive_part(part: Pattern) -> set[str]:
    match part:
        case Group():
            return _sensitive(part)
        case Union(_, groups):
            return set().union(*map(_sensitive, groups))
        case GraphPattern(_, _, group):
            return _sensitive(group)
        case SubSelect():
            names = selected(part)
            return names if _counts(part) else _sensitive(part.where) & {*names, _EVERY}
    return set()


def _counts(query: SubSelect) -> bool:
    """Return whether a solution more or less changes others of an inner query."""
    modifiers = query.modifiers
    return (
        bool(modifiers.group_by or modifiers.having or modifiers.offset)
        or modifiers.limit is not None
        or any(not isinstance(item, Variable) for item in query.selection.items)
        or any(isinstance(node, Aggregate) for node in walk(modifiers))
    )


def _certain(group: Group) -> set[str]:
    """Return the variables that have a value in every solution of a group."""
    return set().union(*map(_certain_part, group.elements)) if group.elements else set()


def _certain_part(part: Pattern) -> set[str]:  # noqa: PLR0911 - one case a kind of part
    match part:
        case TriplesBlock():
            return _names(part)
        case Values(_, variables, rows):
            return {
                variable.name
                for place, variable in enumerate(variables)
                if not any(isinstance(row.values[place], Undef) for row in rows)
            }
        case Group():
            return _certain(part)
        case Union(_, groups):
            return set.intersection(*map(_certain, groups)) if groups else set()
        case GraphPattern(_, name, group):
            return _certain(group) | ({name.name} if isinstance(name, Variable) else set())
        case SubSelect():
            return _certain(part.where) & selected(part) if not part.modifiers.group_by else set()
    return set()
