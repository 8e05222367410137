"""Walks along statements, whatever stands for their terms: what is reached step by step, and the cells of a list."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

Term = TypeVar("Term", bound="Hashable")


def reached(starts: Iterable[Term], following: Callable[[Term], Iterable[Term]]) -> dict[Term, None]:
    """Return the starts and everything that follows from them in any number of steps, each once.

    The same starts give the same order.
    """
    found: dict[Term, None] = {}
    waiting = list(starts)
    while waiting:
        term = waiting.pop()
        if term not in found:
            found[term] = None
            waiting.extend(following(term))
    return found


def transitive(pairs: Iterable[tuple[Term, Term]]) -> dict[Term, set[Term]]:
    """Return for each left member everything reachable from it over the pairs, itself left out."""
    direct: dict[Term, set[Term]] = defaultdict(set)
    for one, other in pairs:
        direct[one].add(other)
    return {
        start: {*reached(following, lambda term: direct.get(term, ()))} - {start} for start, following in direct.items()
    }


def cells(
    head: Term, links: Callable[[Term], tuple[Term, Term] | None], end: Term
) -> list[tuple[Term, Term, Term]] | None:
    """Return the cells of a list in order, each with its member and the cell after it.

    ``links`` gives the member and the next cell of a cell, if it has one of each. A list that breaks off or comes back
    to itself is none, and of it nothing is given: what it leaves out could deny what its members seem to say.
    """
    found: dict[Term, tuple[Term, Term, Term]] = {}
    while head != end:
        link = links(head)
        if link is None or head in found:
            return None
        found[head] = (head, *link)
        head = link[1]
    return list(found.values())
