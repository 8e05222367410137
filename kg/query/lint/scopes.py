"""The groups of a query with what is known of variables there: which have a value, and which came in from around."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.sparql import (
    Bind,
    Exists,
    Filter,
    GraphPattern,
    Group,
    Minus,
    Node,
    Optional,
    SelectQuery,
    Service,
    SubSelect,
    Union,
    children,
    replace,
    visible,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.sparql import Query


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """A group. ``outer`` are the groups around it that restrict its variables.

    ``given`` the variables that its filters see from there.
    """

    group: Group
    outer: tuple[Group, ...] = ()
    given: frozenset[str] = frozenset()
    existential: bool = False

    @property
    def around(self) -> frozenset[str]:
        """The variables that the groups around join with."""
        return frozenset().union(*map(visible, self.outer)) if self.outer else frozenset()


def scopes(node: Node, scope: Scope | None = None) -> Iterator[Scope]:
    """Yield every group of a query, those around before those inside."""
    if isinstance(node, Group):
        scope = scope or Scope(node)
        yield scope
        for element in node.elements:
            if any(isinstance(each, Group) for each in walk(element)):
                yield from _element(element, scope)
    elif isinstance(node, SubSelect):
        for child in children(node):
            yield from scopes(child)
    else:
        for child in children(node):
            yield from scopes(child, None)


def _element(element: Node, scope: Scope) -> Iterator[Scope]:
    others = replace(scope.group, elements=tuple(other for other in scope.group.elements if other is not element))
    outer = (*scope.outer, others)
    seen = frozenset(visible(others)) | scope.given
    match element:
        case Group():
            yield from scopes(element, Scope(element, outer, existential=scope.existential))
        case Optional(_, group):
            yield from scopes(group, Scope(group, outer, seen, scope.existential))
        case Union(_, groups):
            for group in groups:
                yield from scopes(group, Scope(group, outer, existential=scope.existential))
        case GraphPattern(_, _, group) | Service(_, _, _, group):
            yield from scopes(group, Scope(group, outer, existential=scope.existential))
        case Minus(_, group):
            yield from scopes(group, Scope(group, outer, existential=True))
        case SubSelect():
            yield from scopes(element)
        case Filter() | Bind():
            for exists in _exists(element):
                yield from scopes(exists.group, Scope(exists.group, outer, seen, existential=True))


def _exists(node: Node) -> Iterator[Exists]:
    if isinstance(node, Exists):
        yield node
    else:
        for child in children(node):
            yield from _exists(child)


def queries(query: Query) -> Iterator[Query | SubSelect]:
    """Yield a query and its inner queries."""
    yield query
    waiting: deque[Node] = deque(children(query))
    while waiting:
        node = waiting.popleft()
        if isinstance(node, SubSelect):
            yield node
        waiting += children(node)


def is_selection(query: Query | SubSelect) -> bool:
    """Return whether a query hands out variables by name."""
    return isinstance(query, SelectQuery | SubSelect)
