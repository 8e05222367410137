"""The statements of a graph: for each predicate two sorted columns, subjects and objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kg.columns.arrays import EMPTY, distinct_of, rows_of, unique_pairs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.columns.arrays import Ids
    from kg.columns.terms import Terms

    Table = tuple[Ids, Ids]

_NOTHING: Final[Table] = (EMPTY, EMPTY)


class Columns:
    """The union of the graphs of a data set, each statement once. ``terms`` may be replaced by a longer dictionary."""

    def __init__(self, terms: Terms, tables: dict[int, Table], backward: dict[int, Table] | None = None) -> None:
        """Take the table of each predicate in the order of its subjects, and those in the order of its objects that are known."""
        self.terms = terms
        self._forward = tables
        self._backward: dict[int, Table] = backward or {}
        self._known = terms.size

    @classmethod
    def of_rows(cls, terms: Terms, subjects: Ids, predicates: Ids, objects: Ids) -> Columns:
        """Sort rows of three identifiers into columns."""
        if not len(predicates):
            return cls(terms, {})
        used = np.flatnonzero(np.bincount(predicates, minlength=1))
        short = np.zeros(int(used[-1]) + 1, np.uint16 if len(used) <= np.iinfo(np.uint16).max else np.int32)
        short[used] = np.arange(len(used))
        codes = short[predicates]
        order = np.argsort(codes, kind="stable")
        bounds = np.concatenate((np.zeros(1, np.int64), np.cumsum(np.bincount(codes, minlength=len(used)))))
        tables: dict[int, Table] = {}
        for number, predicate in enumerate(used.tolist()):
            rows = order[bounds[number] : bounds[number + 1]]
            tables[predicate] = unique_pairs(subjects[rows], objects[rows])
        return cls(terms, tables)

    @property
    def size(self) -> int:
        """Return the number of distinct statements."""
        return sum(len(subjects) for subjects, _ in self._forward.values())

    def mentions(self, position: int) -> bool:
        """Return whether a term was in the dictionary at first, which it is when it stands in some statement."""
        return position < self._known

    def predicates(self) -> tuple[int, ...]:
        """Return every predicate that some statement has."""
        return tuple(self._forward)

    def forward(self, predicate: int) -> Table:
        """Return subjects and objects of one predicate, in the order of the subjects."""
        return self._forward.get(predicate, _NOTHING)

    def backward(self, predicate: int) -> Table:
        """Return objects and subjects of one predicate, in the order of the objects."""
        if predicate not in self._backward:
            subjects, objects = self.forward(predicate)
            self._backward[predicate] = unique_pairs(objects, subjects)
        return self._backward[predicate]

    def chosen(self, predicate: int, wanted: Ids, *, backwards: bool = False) -> Table:
        """Return the rows of :meth:`forward`, or of :meth:`backward`, that begin with a wanted identifier (ascending)."""
        keys, values = self.backward(predicate) if backwards else self.forward(predicate)
        if not len(keys):
            return keys, values
        if len(wanted) == 1:
            start, end = np.searchsorted(keys, wanted[0]), np.searchsorted(keys, wanted[0], "right")
            return keys[start:end], values[start:end]
        above = int(keys[-1]) + 1
        rows = rows_of(keys, wanted[: np.searchsorted(wanted, above)], above)
        return (keys, values) if len(rows) == len(keys) else (keys[rows], values[rows])

    def objects(self, predicate: int) -> Ids:
        """Return the distinct objects of one predicate in ascending order."""
        return distinct_of(self.backward(predicate)[0])

    def rows(self) -> Iterator[tuple[int, Ids, Ids]]:
        """Return each predicate with its subjects and objects."""
        return ((predicate, *table) for predicate, table in self._forward.items())
