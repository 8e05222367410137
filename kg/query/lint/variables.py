"""Rules about variables: used once, selected without a value, used where they have none.

`scopes` yields the groups of a query with what is known of variables there: which have a value, and which came in from
around.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg.core.errors import near_names
from kg.core.terms import WIKIBASE
from kg.query.diagnosis.parts import Splitter
from kg.query.lint.model import Finding
from kg.sparql import (
    NOWHERE,
    Aggregate,
    Bind,
    BuiltInCall,
    ConstructQuery,
    DescribeQuery,
    Exists,
    Filter,
    GraphPattern,
    Group,
    Iri,
    Minus,
    Node,
    Optional,
    Projection,
    SelectQuery,
    Service,
    SubSelect,
    TriplesBlock,
    Union,
    Variable,
    children,
    replace,
    selected,
    visible,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from kg.sparql import Query


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """A group. ``outer`` are the groups around it that restrict its variables.

    ``given`` the variables that its filters see from there.
    """

    group: Group
    outer: tuple[Group, ...] = ()
    given: frozenset[str] = frozenset()

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
            yield from scopes(element, Scope(element, outer))
        case Optional(_, group):
            yield from scopes(group, Scope(group, outer, seen))
        case Union(_, groups):
            for group in groups:
                yield from scopes(group, Scope(group, outer))
        case GraphPattern(_, _, group) | Service(_, _, _, group):
            yield from scopes(group, Scope(group, outer))
        case Minus(_, group):  # evaluated by itself: nothing around restricts or gives values to what is inside
            yield from scopes(group, Scope(group))
        case SubSelect():
            yield from scopes(element)
        case Filter() | Bind():
            for exists in _exists(element):
                yield from scopes(exists.group, Scope(exists.group, outer, seen))


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
    """Return whether a query selects variables by name."""
    return isinstance(query, SelectQuery | SubSelect)


# These take an argument without a value for what it is.
_FORGIVING: Final = frozenset({"BOUND", "COALESCE", "IF"})


def used_once(query: Query) -> Iterator[Finding]:
    """Find variables that stand in one place only.

    ``?_name`` says that this is meant, as do ``[]``, EXISTS, and MINUS where it shares a variable with what it takes
    from; without one it takes nothing away.
    """
    for each in queries(query):
        if isinstance(each, SelectQuery | SubSelect) and not each.selection.items:
            continue
        if (isinstance(each, DescribeQuery) and not each.targets) or (
            isinstance(each, ConstructQuery) and each.template is None
        ):
            continue
        if any(
            isinstance(node, Aggregate) and node.expression is None for child in children(each) for node in walk(child)
        ):
            continue  # COUNT(*) counts solutions, of which every variable is a part
        places = list(_places(each))
        counts = Counter(variable.name for variable, _ in places)
        for variable, forgiven in places:
            if counts[variable.name] == 1 and not forgiven and not variable.name.startswith("_"):
                near = tuple(f"?{other}" for other in counts if _is_slip_of(variable.name, other))[:2]
                message = (
                    f"?{variable.name} stands only here, so that it joins nothing; write [] or ?_{variable.name} where "
                    "that is meant"
                )
                yield Finding("single-use", message, variable.span, near)


def _places(query: Query | SubSelect) -> Iterator[tuple[Variable, bool]]:
    """Yield the places of variables in one query, with whether a single one is as it should be.

    Of inner queries only the selected variables count.
    """
    if isinstance(query, SelectQuery | SubSelect):
        for item in query.selection.items:
            target = item.variable if isinstance(item, Projection) else item
            yield target, True
            if isinstance(item, Projection):
                yield from _uses(item.expression, forgiven=False)
    for child in children(query):
        if isinstance(query, SelectQuery | SubSelect) and child is query.selection:
            continue
        yield from _uses(child, forgiven=False)


def _uses(node: Node, *, forgiven: bool) -> Iterator[tuple[Variable, bool]]:
    if isinstance(node, Variable):
        yield node, forgiven
    elif isinstance(node, TriplesBlock):
        patterns = (part.pattern for part in Splitter().parts(Group(node.span, (node,))))
        for end in (inner for pattern in patterns for inner in walk(pattern)):
            if isinstance(end, Variable) and end.span != NOWHERE:
                yield end, forgiven
    elif isinstance(node, Group):
        before: set[str] = set()
        for element in node.elements:
            removes = isinstance(element, Minus) and not before.isdisjoint(visible(element.group))
            yield from _uses(element, forgiven=forgiven or removes)
            before |= visible(element)
    elif isinstance(node, SubSelect):
        names = selected(node)
        yield from ((Variable(node.span, name), True) for name in sorted(names))
    else:
        calm = forgiven or isinstance(node, Exists) or (isinstance(node, BuiltInCall) and node.name in _FORGIVING)
        for child in children(node):
            yield from _uses(child, forgiven=calm)


_LABEL_SERVICE: Final = f"{WIKIBASE}label"
_LABELS: Final = ("Label", "AltLabel", "Description")


def _bound(group: Group) -> set[str]:
    """Return the variables that a group binds, with those that the label service of Wikidata makes of them."""
    names = visible(group)
    services = (node.name for node in walk(group) if isinstance(node, Service))
    if any(isinstance(name, Iri) and name.value == _LABEL_SERVICE for name in services):
        names |= {f"{name}{suffix}" for name in names for suffix in _LABELS}
    return names


def unbound_projections(query: Query) -> Iterator[Finding]:
    """Find variables that a query selects or describes though its pattern never binds them."""
    for each in queries(query):
        bound = _bound(each.where) if each.where else set()
        bound |= visible(each.values) if each.values else set()
        made = {condition.variable.name for condition in each.modifiers.group_by if condition.variable}
        wanted: list[Variable] = []
        if isinstance(each, SelectQuery | SubSelect):
            wanted += [item for item in each.selection.items if isinstance(item, Variable)]
            made |= {item.variable.name for item in each.selection.items if isinstance(item, Projection)}
        elif isinstance(each, ConstructQuery):
            wanted += [node for triples in each.template or () for node in walk(triples) if isinstance(node, Variable)]
        elif isinstance(each, DescribeQuery):
            wanted += [target for target in each.targets if isinstance(target, Variable)]
        for variable in wanted:
            if variable.name not in bound | made:
                message = f"?{variable.name} never gets a value in the pattern"
                yield Finding("unbound-projection", message, variable.span, _other_names(variable.name, bound))


def unbound_in_expressions(query: Query) -> Iterator[Finding]:
    """Find variables of filters, assignments, keys and sort orders that have no value where they stand."""
    for scope in scopes(query):
        seen: set[str] = set(scope.given)
        for element in scope.group.elements:
            if isinstance(element, Bind):
                yield from _unbound(element.expression, seen, "BIND", hint="what stands before it")
            seen |= visible(element)
        seen |= _bound(scope.group)
        for element in scope.group.elements:
            if isinstance(element, Filter):
                yield from _unbound(element.condition, seen, "FILTER", hint="its group")
    for each in queries(query):
        if isinstance(each, SelectQuery | SubSelect):
            yield from _outside_the_pattern(each)


def _outside_the_pattern(query: SelectQuery | SubSelect) -> Iterator[Finding]:
    """Find variables of SELECT, GROUP BY, HAVING and ORDER BY that have no value."""
    bound = _bound(query.where) | (visible(query.values) if query.values else set())
    bound |= {condition.variable.name for condition in query.modifiers.group_by if condition.variable}
    expressions: list[tuple[str, Node]] = [("GROUP BY", condition.expression) for condition in query.modifiers.group_by]
    for item in query.selection.items:
        if isinstance(item, Projection):
            expressions.append(("SELECT", item.expression))
            bound |= {item.variable.name}
    expressions += [("HAVING", condition) for condition in query.modifiers.having]
    expressions += [("ORDER BY", condition.expression) for condition in query.modifiers.order_by]
    for clause, expression in expressions:
        yield from _unbound(expression, bound, clause, hint="the pattern")


def _unbound(node: Node, seen: AbstractSet[str], clause: str, *, hint: str) -> Iterator[Finding]:
    for variable in _needed(node):
        if variable.name not in seen:
            message = f"{clause} uses ?{variable.name}, which has no value in {hint}"
            yield Finding("unbound-variable", message, variable.span, _other_names(variable.name, seen))


def _needed(node: Node) -> Iterator[Variable]:
    if isinstance(node, Variable):
        yield node
    elif not isinstance(node, Exists) and not (isinstance(node, BuiltInCall) and node.name in _FORGIVING):
        for child in children(node):
            yield from _needed(child)


_SHORT: Final = 4
_LONG: Final = 10
_NUMBER: Final = re.compile("[0-9]")


def _is_slip_of(name: str, other: str) -> bool:
    """Return whether a name is another one with a slip: one edit, in long names two, or the case of letters.

    Names made of each other, as ``protein`` and ``glycoprotein``, and numbered ones are names of different things.
    """
    if name == other or _NUMBER.sub("", name) == _NUMBER.sub("", other):
        return False
    one, two = name.casefold(), other.casefold()
    shorter = min(len(one), len(two))
    return one == two or (shorter >= _SHORT and _edits(one, two) <= (1 if shorter < _LONG else 2))


def _edits(one: str, two: str) -> int:
    """Return how many letters are put in, left out, replaced or exchanged with their neighbour; 3 for more than 2."""
    most = 3
    if abs(len(one) - len(two)) >= most:
        return most
    before: list[int] = []
    row = list(range(len(two) + 1))
    for place, letter in enumerate(one, 1):
        new = [place]
        for at, against in enumerate(two, 1):
            cost = min(row[at] + 1, new[-1] + 1, row[at - 1] + (letter != against))
            if place > 1 and at > 1 and (letter, one[place - 2]) == (two[at - 2], against):
                cost = min(cost, before[at - 2] + 1)
            new.append(cost)
        before, row = row, new
    return min(row[-1], most)


def _other_names(name: str, known: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"?{other}" for other in near_names(name, [other for other in known if other != name], 2))
