"""Statements in memory: found by any of their parts, walked along step by step, and terms without a name of their own."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeVar

from pyoxigraph import BlankNode, NamedNode, Triple

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from kg.columns.graph import Node

Term = TypeVar("Term", bound="Hashable")


def anonymous(node: Node) -> bool:
    """Return whether a term is a blank node, or an IRI that stands for one (RDF 1.1 Concepts, section 3.5)."""
    return isinstance(node, BlankNode) or (isinstance(node, NamedNode) and "/.well-known/genid/" in node.value)


def stated(subject: Node, predicate: Node, value: Node) -> Triple:
    """Return a statement; a literal as its subject, as rules may have, is an error of the caller."""
    return Triple(subject, predicate, value)  # type: ignore[arg-type]


class Memory:
    """Triples by subject, by predicate and by object."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self._all: list[Triple] = list(triples)
        self._by_subject: dict[Node, list[Triple]] = defaultdict(list)
        self._by_predicate: dict[Node, list[Triple]] = defaultdict(list)
        self._by_object: dict[Node, list[Triple]] = defaultdict(list)
        for triple in self._all:
            self._by_subject[triple.subject].append(triple)
            self._by_predicate[triple.predicate].append(triple)
            self._by_object[triple.object].append(triple)

    def match(self, subject: Node | None, predicate: Node | None, value: Node | None) -> list[Triple]:
        """Return the triples with the given parts, any of which may be ``None``."""
        pools = [
            index.get(part, [])
            for index, part in ((self._by_subject, subject), (self._by_object, value), (self._by_predicate, predicate))
            if part is not None
        ]
        pool = min(pools, key=len) if pools else self._all
        return [
            triple
            for triple in pool
            if (subject is None or triple.subject == subject)
            and (predicate is None or triple.predicate == predicate)
            and (value is None or triple.object == value)
        ]


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
