"""The groups of a query that are joined with nothing: the pattern of WHERE, and a group, union or inner query that is all of such a group.

Whatever is joined with a group, left or right, may bring its variables into it: by the algebra as the condition of
OPTIONAL sees them, and in the embedded engine as it evaluates one side of a join for each solution of the other.
Rewritings that move a condition are exact for certain only where nothing is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.sparql.nodes import Filter, Group, SubSelect, Union
from kg.sparql.tree import replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.sparql.nodes import Pattern


def each_alone(group: Group, change: Callable[[Group], Group]) -> Group:
    """Return a group in which ``change`` was asked for it and for those below that are joined with nothing.

    ``group`` is such a one.
    """
    parts = [index for index, element in enumerate(group.elements) if not isinstance(element, Filter)]
    if len(parts) != 1:
        return change(group)
    only = group.elements[parts[0]]
    better = _inside(only, change)
    if better is not only:
        group = replace(group, elements=tuple(better if element is only else element for element in group.elements))
    return change(group)


def _inside(pattern: Pattern, change: Callable[[Group], Group]) -> Pattern:
    match pattern:
        case Group():
            return each_alone(pattern, change)
        case Union(_, groups):
            better = tuple(each_alone(group, change) for group in groups)
            return (
                pattern
                if all(new is old for new, old in zip(better, groups, strict=True))
                else replace(pattern, groups=better)
            )
        case SubSelect(values=None):
            where = each_alone(pattern.where, change)
            return pattern if where is pattern.where else replace(pattern, where=where)
    return pattern
