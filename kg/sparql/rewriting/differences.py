"""MINUS after few solutions: NOT EXISTS, which looks up these, where MINUS finds all that could be taken away, however little is left.

``A MINUS { B }`` and ``A FILTER NOT EXISTS { B }`` say the same where A and B always bind a variable that both have, and no filter
in B asks for a variable that only A has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.sparql.expressionnodes import Exists
from kg.sparql.nodes import Bind, Filter, Group, Iri, Minus, Optional, TriplesBlock, Values
from kg.sparql.rewriting.anchors import anchors, pieces, plain
from kg.sparql.rewriting.bindings import certain, has_blank, names
from kg.sparql.rewriting.counts import LIMITS
from kg.sparql.tree import NOWHERE, replace, walk

if TYPE_CHECKING:
    from kg.sparql.nodes import Pattern, TriplesSameSubject
    from kg.sparql.rewriting.counts import Count

_TIMES: Final = 8  # so much more must MINUS find than is left: a look-up costs several times as much as finding the next one
_WORTH: Final = 1024


def minus_looked_up(group: Group, count: Count | None) -> Group:
    """Gives a group in which MINUS looks up what is left, where that is known to be little beside what it takes away."""
    if count is None:
        return group
    elements = list(group.elements)
    for index, element in enumerate(elements):
        if isinstance(element, Minus) and _same(elements, index, element.group) and _pays(elements[:index], element.group, count):
            elements[index] = Filter(NOWHERE, Exists(NOWHERE, element.group, negated=True))
    return group if elements == list(group.elements) else replace(group, elements=tuple(elements))


def _same(elements: list[Pattern], index: int, taken: Group) -> bool:
    before, after = elements[:index], elements[index + 1 :]
    if not all(isinstance(each, TriplesBlock | Values | Filter) for each in before) or has_blank(taken):
        return False
    if not all(isinstance(each, Filter | Minus | Optional | Bind) for each in after):
        return False
    bound: set[str] = set().union(*map(certain, before))
    inner = certain(taken)
    if not bound & inner or names(taken) & names(each for each in after if not isinstance(each, Filter | Minus)) - bound:
        return False
    return all(_of_its_own(each, inner) for each in taken.elements)


def _of_its_own(element: Pattern, bound: set[str]) -> bool:
    if isinstance(element, Filter):
        return names(element) <= bound and not any(isinstance(node, Exists) for node in walk(element))
    return isinstance(element, TriplesBlock) and all(_has_property(piece) for piece in pieces(element))


def _has_property(piece: TriplesSameSubject) -> bool:
    return plain(piece) and isinstance(piece.properties[0].verb, Iri)


def _pays(before: list[Pattern], taken: Group, count: Count) -> bool:
    """Says whether the pattern left starts from few statements, and every triple taken away matches many more."""
    left = [piece for each in before if isinstance(each, TriplesBlock) for piece in pieces(each)]
    starts = anchors(left)
    if not starts or not _connected(left):
        return False
    right = [piece for each in taken.elements if isinstance(each, TriplesBlock) for piece in pieces(each)]
    for limit in LIMITS:
        found = [count(piece, limit) for piece in starts]
        few = [number for number in found if number is not None and number < limit]
        if few:
            many = max(_WORTH, _TIMES * min(few))
            return all(count(piece, many) == many for piece in right)
        if None in found:
            return False
    return False


def _connected(parts: list[TriplesSameSubject]) -> bool:
    """Says whether the triples hang together by their variables, so that the solutions do not multiply."""
    groups: list[set[str]] = []
    for part in parts:
        mine = names(part)
        joined = [each for each in groups if each & mine]
        groups = [each for each in groups if not each & mine]
        groups.append(mine.union(*joined))
    return len([each for each in groups if each]) <= 1
