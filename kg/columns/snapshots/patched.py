"""Columns with a few statements added and removed; only the tables of their predicates are rebuilt, on demand."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

import numpy as np

from kg.columns.arrays import counts, difference, unique
from kg.columns.graph import Columns

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from kg.columns.arrays import Ids
    from kg.columns.graph import Node, Table, Terms

    Rows = Collection[tuple[int, int, int]]

_FEW: Final = 16
"""A table is made anew when more than one in so many of its rows may be asked for."""


class PatchedColumns(Columns):
    """A graph that differs from ``base`` by a few statements, given as positions in the longer dictionary ``terms``.

    Every statement of ``added`` must be absent from ``base``, and every one of ``removed`` present.
    """

    @classmethod
    def changing(
        cls, base: Columns, added: Iterable[tuple[Node, Node, Node]], removed: Iterable[tuple[Node, Node, Node]]
    ) -> PatchedColumns:
        """Return the columns of ``base`` with some statements added and some removed.

        The terms of the added statements need not be in a dictionary yet.
        """
        new, old = tuple(added), tuple(removed)
        base.terms.look_up({node for statement in (*new, *old) for node in statement})
        terms = base.terms.including(node for statement in new for node in statement)
        position = terms.position
        come, gone = ([(position(s), position(p), position(o)) for s, p, o in statements] for statements in (new, old))
        return cls(base, terms, come, gone)

    def __init__(self, base: Columns, terms: Terms, added: Rows, removed: Rows) -> None:
        super().__init__(terms, {})
        self._doubtful = {position for row in removed for position in row}
        self._base = base
        self._changes: dict[int, tuple[list[tuple[int, int]], list[tuple[int, int]]]] = defaultdict(lambda: ([], []))
        for place, rows in enumerate((added, removed)):
            for subject, predicate, value in rows:
                self._changes[predicate][place].append((subject, value))
        self._more = len(added) - len(removed)

    @property
    def size(self) -> int:
        """Return the number of distinct statements."""
        return self._base.size + self._more

    def predicates(self) -> tuple[int, ...]:
        """Return every predicate that some statement has."""
        known = dict.fromkeys((*self._base.predicates(), *self._changes))
        return tuple(predicate for predicate in known if predicate not in self._changes or self._length(predicate))

    def _length(self, predicate: int) -> int:
        added, removed = self._changes[predicate]
        return len(self._base.forward(predicate)[0]) + len(added) - len(removed)

    def mentions(self, position: int) -> bool:
        """Return whether a term stands in some statement."""
        if position not in self._doubtful:
            return position < self._known
        wanted = np.array([position], np.int32)
        ways = ((predicate, backwards) for predicate in self.predicates() for backwards in (False, True))
        found = (self.chosen(predicate, wanted, backwards=backwards) for predicate, backwards in ways)
        return position in self.predicates() or any(len(keys) for keys, _ in found)

    def forward(self, predicate: int) -> Table:
        """Return subjects and objects of one predicate, in the order of the subjects."""
        if predicate not in self._changes:
            return self._base.forward(predicate)
        if predicate not in self._forward:
            added, removed = self._changes[predicate]
            self._forward[predicate] = _patched(self._base.forward(predicate), added, removed)
        return self._forward[predicate]

    def backward(self, predicate: int) -> Table:
        """Return objects and subjects of one predicate, in the order of the objects."""
        if predicate not in self._changes:
            return self._base.backward(predicate)
        if predicate not in self._backward:
            added, removed = ([(value, subject) for subject, value in pairs] for pairs in self._changes[predicate])
            self._backward[predicate] = _patched(self._base.backward(predicate), added, removed)
        return self._backward[predicate]

    def chosen(self, predicate: int, wanted: Ids, *, backwards: bool = False) -> Table:
        """Return the rows of :meth:`forward` or :meth:`backward` that begin with a wanted identifier (ascending)."""
        known = self._backward if backwards else self._forward
        if predicate not in self._changes:
            return self._base.chosen(predicate, wanted, backwards=backwards)
        if predicate in known or len(wanted) * _FEW > self._length(predicate):
            return super().chosen(predicate, wanted, backwards=backwards)
        among = set(wanted.tolist())
        pairs = ([pair[::-1] if backwards else pair for pair in rows] for rows in self._changes[predicate])
        added, removed = ([pair for pair in rows if pair[0] in among] for rows in pairs)
        return _patched(self._base.chosen(predicate, wanted, backwards=backwards), added, removed)

    def objects(self, predicate: int) -> Ids:
        """Return the distinct objects of one predicate in ascending order."""
        before = self._base.objects(predicate)
        if predicate not in self._changes:
            return before
        more, fewer = (Counter(value for _, value in rows) for rows in self._changes[predicate])
        added, removed = (np.array(sorted(times), np.int32) for times in (more, fewer))
        known = counts(self._base.backward(predicate)[0], removed).tolist()
        gone = [
            value for value, times in zip(removed.tolist(), known, strict=True) if times + more[value] == fewer[value]
        ]
        return difference(unique(np.concatenate((before, added))), np.array(gone, np.int32))

    def rows(self) -> Iterator[tuple[int, Ids, Ids]]:
        """Return each predicate with its subjects and objects."""
        return ((predicate, *self.forward(predicate)) for predicate in self.predicates())


def _patched(table: Table, added: list[tuple[int, int]], removed: list[tuple[int, int]]) -> Table:
    """Assemble a table from the pieces between changes, which costs no more than a copy."""
    new = sorted(added)
    cuts = [(place, 0, pair) for place, pair in zip(_places(table, new), new, strict=True)]
    cuts += [(place, 1, (0, 0)) for place in _places(table, removed)]
    pieces: tuple[list[Ids], list[Ids]] = ([], [])
    start = 0
    for place, skipped, pair in sorted(cuts):
        for side, column in enumerate(table):
            pieces[side].append(column[start:place])
            if not skipped:
                pieces[side].append(np.array([pair[side]], np.int32))
        start = place + skipped
    keys, values = (np.concatenate((*pieces[side], column[start:])) for side, column in enumerate(table))
    return keys, values


def _places(table: Table, pairs: list[tuple[int, int]]) -> list[int]:
    """Return where each pair stands in a table, or would stand."""
    keys, values = table
    low = np.searchsorted(keys, np.array([key for key, _ in pairs], np.int32), "left").tolist()
    high = np.searchsorted(keys, np.array([key for key, _ in pairs], np.int32), "right").tolist()
    wanted = np.array([value for _, value in pairs], np.int32)
    return [
        start + int(np.searchsorted(values[start:end], value))
        for start, end, value in zip(low, high, wanted, strict=True)
    ]
