"""Two things that share a value, each told by a constant: ``?a :sector :x ; :place ?p . ?b :sector :y ; :place ?p``.

The engine begins with both constants and looks at every pair. As two inner queries, each half is found by itself, and
then joined.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.sparql.nodes import (
    Bind,
    Filter,
    Group,
    Iri,
    Minus,
    Modifiers,
    Optional,
    Selection,
    SubSelect,
    TriplesBlock,
    Variable,
)
from kg.sparql.tree import NOWHERE, replace
from kg.store.embedded.rewriting.anchors import anchors, pieces, plain
from kg.store.embedded.rewriting.bindings import has_blank, names
from kg.store.embedded.rewriting.counts import LIMITS

if TYPE_CHECKING:
    from kg.sparql.nodes import TriplesSameSubject
    from kg.store.embedded.rewriting.counts import Count

    Halves = tuple[list[TriplesSameSubject], list[TriplesSameSubject]]

_PAIR: Final = 2
_FEWEST: Final = 16  # below, the pairs are few
_TIMES: Final = (
    2  # with halves of like size, to find both costs little more than to begin with the smaller one and to look up
)


def halves_apart(group: Group, count: Count | None) -> Group:
    """Return a group whose triples are two inner queries, where they are two such halves of like size.

    An inner query hides the variable of a GRAPH around it, so the group must be joined with nothing.
    """
    first, *others = group.elements or (None,)
    if (
        count is None
        or not isinstance(first, TriplesBlock)
        or not all(isinstance(each, Filter | Bind | Optional | Minus) for each in others)
    ):
        return group
    halves = _halves(first)
    if halves is None or not _alike(halves, count):
        return group
    return replace(group, elements=(*(Group(NOWHERE, (_inner(half),)) for half in halves), *others))


def _halves(block: TriplesBlock) -> Halves | None:
    """Take a block apart into the triples of its two subjects, if these share nothing but values."""
    parts = pieces(block)
    if has_blank(block) or not all(plain(part) and isinstance(part.properties[0].verb, Iri) for part in parts):
        return None
    subjects = list(dict.fromkeys(part.subject for part in parts))
    if len(subjects) != _PAIR or not all(isinstance(each, Variable) for each in subjects):
        return None
    one, other = ([part for part in parts if part.subject == subject] for subject in subjects)
    shared = names(one) & names(other)
    return (
        (one, other)
        if shared and not shared & names(subject for subject in subjects if isinstance(subject, Variable))
        else None
    )


def _alike(halves: Halves, count: Count) -> bool:
    starts = [anchors(half) for half in halves]
    if not all(starts):
        return False
    for limit in LIMITS:
        found = [[count(piece, limit) for piece in each] for each in starts]
        known = [[number for number in each if number is not None and number < limit] for each in found]
        if all(known):
            few, many = sorted(map(min, known))
            return few >= _FEWEST and many <= _TIMES * few
        if any(None in each for each in found):
            return False
    return False


def _inner(half: list[TriplesSameSubject]) -> SubSelect:
    chosen = tuple(Variable(NOWHERE, name) for name in sorted(names(half)))
    block = TriplesBlock(NOWHERE, tuple(half))
    return SubSelect(
        NOWHERE,
        Selection(NOWHERE, "", chosen),
        Group(NOWHERE, (block,)),
        Modifiers(NOWHERE, (), (), (), None, None),
        None,
    )
