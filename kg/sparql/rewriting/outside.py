"""Every group of a query that is evaluated as a whole: all but those inside EXISTS, which see each solution outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.sparql.nodes import Filter, Group
from kg.sparql.tree import N, Node, replace

if TYPE_CHECKING:
    from collections.abc import Callable


def outside_exists(group: Group, change: Callable[[Group], Group]) -> Group:
    """Gives a group in which ``change`` was asked for it and every group below, the inner ones first; expressions are left alone."""
    return change(_below(group, change))


def _below(node: N, change: Callable[[Group], Group]) -> N:
    changes: dict[str, object] = {}
    for field in type(node).fields:
        value = getattr(node, field)
        if isinstance(value, Group):
            new: object = outside_exists(value, change)
        elif type(value) is tuple and any(isinstance(item, Node) for item in value):
            items = tuple(_item(item, change) for item in value)
            new = value if all(one is other for one, other in zip(items, value, strict=True)) else items
        else:
            continue
        if new is not value:
            changes[field] = new
    return replace(node, **changes) if changes else node


def _item(node: object, change: Callable[[Group], Group]) -> object:
    if isinstance(node, Group):
        return outside_exists(node, change)
    return node if isinstance(node, Filter) or not isinstance(node, Node) else _below(node, change)
