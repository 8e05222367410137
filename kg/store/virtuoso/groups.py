"""Two forms of groups that Virtuoso 7 answers wrong, in forms that it answers right.

It loses rows where a data block gives a value to a variable that only some branches of a UNION have. And where FILTER
compares a variable inside an OPTIONAL with one outside, it gets wrong which rows found nothing (``!BOUND``).
"""

from __future__ import annotations

from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Final

from kg.core.errors import QueryError
from kg.sparql import (
    NOWHERE,
    BuiltInCall,
    Comparison,
    Exists,
    Filter,
    Group,
    Logical,
    Node,
    Optional,
    Pattern,
    TriplesBlock,
    Unary,
    Undef,
    Union,
    Values,
    Variable,
    transform,
    visible,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_NEW: Final = "{}__{}"


def mended_group(group: Group) -> Group:
    """Return an equal group without the two forms.

    Raises:
        QueryError: a row that found nothing is asked for in a way that cannot be said otherwise.

    """
    elements = _as_absence(group.elements)
    return Group(group.span, tuple(_with_own_names(elements)))


def _with_own_names(elements: tuple[Pattern, ...]) -> Iterator[Pattern]:
    given = {
        variable.name
        for element in elements
        if isinstance(element, Values)
        for place, variable in enumerate(element.variables)
        if not any(isinstance(row.values[place], Undef) for row in element.rows)
    }
    for element in elements:
        own = (
            {name: _unused(name, elements) for name in sorted(given & _in_some(element))}
            if isinstance(element, Union)
            else {}
        )
        yield transform(element, partial(_renamed, own)) if own else element
        for name, new in own.items():
            yield Filter(NOWHERE, _compatible(name, new))


def _in_some(union: Union) -> set[str]:
    """Return the variables that some branches hand out and others do not."""
    branches = [visible(branch) for branch in union.groups]
    return set().union(*branches) - branches[0].intersection(*branches)


def _unused(name: str, elements: tuple[Pattern, ...]) -> str:
    taken = {node.name for element in elements for node in walk(element) if isinstance(node, Variable)}
    return next(new for number in count(1) if (new := _NEW.format(name, number)) not in taken)


def _renamed(own: Mapping[str, str], node: Node) -> Node:
    return Variable(node.span, own[node.name]) if isinstance(node, Variable) and node.name in own else node


def _compatible(name: str, new: str) -> Logical:
    """Say of two variables what a join asks of one: equal, or one without a value (section 18.5)."""
    one, other = Variable(NOWHERE, name), Variable(NOWHERE, new)
    return Logical(
        NOWHERE,
        "||",
        (Unary(NOWHERE, "!", BuiltInCall(NOWHERE, "BOUND", (other,))), Comparison(NOWHERE, "=", other, one)),
    )


def _as_absence(elements: tuple[Pattern, ...]) -> tuple[Pattern, ...]:
    """Say ``OPTIONAL { … } FILTER(!BOUND(?inner))`` as ``FILTER NOT EXISTS { … }``."""
    made = list(elements)
    for element in elements:
        name = _asked_unbound(element)
        source = next((part for part in elements if isinstance(part, Optional) and name in visible(part)), None)
        if name is None or source is None or not any(isinstance(part, Filter) for part in source.group.elements):
            continue
        others = {each for part in elements if part is not source for each in visible(part)}
        certain = {each for part in source.group.elements if isinstance(part, TriplesBlock) for each in visible(part)}
        if name in others or name not in certain or _used_after(elements, source, others):
            hint = "say FILTER NOT EXISTS { … } instead of OPTIONAL { … } FILTER(!BOUND(…))"
            raise QueryError(
                f"Virtuoso gets wrong which rows have no ?{name}, as it stands in an OPTIONAL with a FILTER of its own",
                hint=hint,
            )
        made.remove(source)
        made[made.index(element)] = Filter(NOWHERE, Exists(NOWHERE, source.group, negated=True))
    return tuple(made)


def _asked_unbound(element: Pattern) -> str | None:
    match element:
        case Filter(_, Unary(_, "!", BuiltInCall(_, "BOUND", (Variable(_, name),)))):
            return name
    return None


def _used_after(elements: tuple[Pattern, ...], source: Optional, others: set[str]) -> bool:
    """Return whether a later part of the group looks at what the OPTIONAL would have given."""
    new = visible(source) - others
    later = elements[elements.index(source) + 1 :]
    return any(
        isinstance(node, Variable) and node.name in new
        for part in later
        if _asked_unbound(part) is None
        for node in walk(part)
    )
