"""Statements in memory, found by any of their parts."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyoxigraph import Triple

    from kg.columns.graph import Node


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
