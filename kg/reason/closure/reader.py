"""Reads statements among what is known by the local names of their terms: the vocabulary's properties, classes and lists."""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from kg.reason.closure.facts import left, right
from kg.reason.walks import cells

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.reason.closure.facts import Facts


class Reader:
    """Reads facts; positions of terms throughout. ``names`` gives those of the terms of RDF, RDFS and OWL."""

    def __init__(self, facts: Facts, names: Mapping[str, int]) -> None:
        self._facts, self._names = facts, names

    def pairs(self, name: str) -> list[tuple[int, int]]:
        """Return subject and object of every statement with a property."""
        pairs = self._facts.pairs(self._names[name])
        return list(zip(left(pairs).tolist(), right(pairs).tolist(), strict=True))

    def members(self, name: str) -> frozenset[int]:
        """Return the members of a class."""
        return frozenset(self._facts.members(self._names[name]).tolist())

    def lists(self, name: str) -> list[tuple[int, tuple[int, ...]]]:
        """Return subject and list of every statement with a property that leads to one.

        What is no whole list is left out.
        """
        found = ((owner, self._list(head)) for owner, head in self.pairs(name))
        return [(owner, members) for owner, members in found if members is not None]

    def _list(self, head: int) -> tuple[int, ...] | None:
        found = cells(head, self._links.get, self._names["nil"])
        return None if found is None else tuple(member for _, member, _ in found)

    @cached_property
    def _links(self) -> dict[int, tuple[int, int]]:
        """Member and next cell of every cell; one that has two of either belongs to no list."""
        firsts, rests = self._only("first"), self._only("rest")
        return {cell: (member, rests[cell]) for cell, member in firsts.items() if cell in rests}

    def _only(self, name: str) -> dict[int, int]:
        pairs = self.pairs(name)
        found = dict(pairs)
        for (cell, _), (again, _) in pairwise(pairs):
            if cell == again:
                found.pop(cell, None)
        return found
