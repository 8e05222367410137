"""Statements in memory, as sorted arrays by class and property that grow by merging."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

import numpy as np

from kg.columns.arrays import EMPTY, Number, packed, ranges, unique

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from kg.columns.arrays import Ids, Positions

    Members = dict[int, Ids]
    Pairs = dict[int, Positions]

_SHIFT: Final = 32
_LOW: Final = (1 << _SHIFT) - 1
NO_PAIRS: Final[Positions] = np.empty(0, np.int64)


def left(pairs: Positions) -> Ids:
    """Return the subjects of packed pairs."""
    return (pairs >> _SHIFT).astype(np.int32)


def right(pairs: Positions) -> Ids:
    """Return the objects of packed pairs."""
    return (pairs & _LOW).astype(np.int32)


class Found:
    """What the rules find in one round, before it is known whether it is new."""

    def __init__(self) -> None:
        self.members: dict[int, list[Ids]] = defaultdict(list)
        self.pairs: dict[int, list[Positions]] = defaultdict(list)

    def add_members(self, cls: int, members: Ids) -> None:
        """Note that some individuals are in a class."""
        if len(members):
            self.members[cls].append(members)

    def add_pairs(self, prop: int, subjects: Ids, objects: Ids) -> None:
        """Note that a property holds between subjects and objects, one by one."""
        if len(subjects):
            self.pairs[prop].append(packed(subjects, objects))


class Facts:
    """Classes and properties with what is in them; positions of terms throughout.

    Statements of ``rdf:type`` are the members of classes; ``type_property`` gives them as pairs too when an axiom
    speaks of it.
    """

    def __init__(self, type_property: int) -> None:
        self.type_property = type_property
        self._members: Members = {}
        self._pairs: Pairs = {}
        self._turned: Pairs = {}

    def properties(self) -> Iterable[int]:
        """Return the properties that hold somewhere; ``rdf:type`` is not among them."""
        return self._pairs.keys()

    def size(self) -> int:
        """Return the number of statements."""
        return sum(map(len, self._members.values())) + sum(map(len, self._pairs.values()))

    def members(self, cls: int) -> Ids:
        """Return the members of a class in ascending order."""
        return self._members.get(cls, EMPTY)

    def pairs(self, prop: int) -> Positions:
        """Return the packed pairs (subject, object) of a property in ascending order."""
        if prop == self.type_property:
            packs = [packed(members, np.full(len(members), cls, np.int32)) for cls, members in self._members.items()]
            return np.sort(np.concatenate(packs)) if packs else NO_PAIRS
        return self._pairs.get(prop, NO_PAIRS)

    def turned(self, prop: int) -> Positions:
        """Return the packed pairs (object, subject) of a property in ascending order."""
        if prop == self.type_property or prop not in self._turned:
            pairs = self.pairs(prop)
            self._turned[prop] = np.sort(packed(right(pairs), left(pairs)))
        return self._turned[prop]

    def objects_of(self, prop: int, subjects: Ids) -> tuple[Positions, Ids]:
        """Return each pair of a position in ``subjects`` and an object that the property leads to from there."""
        return _rights(self.pairs(prop), subjects)

    def subjects_of(self, prop: int, objects: Ids) -> tuple[Positions, Ids]:
        """Return each pair of a position in ``objects`` and a subject from which the property leads there."""
        return _rights(self.turned(prop), objects) if len(objects) else (NO_PAIRS, EMPTY)

    def everything(self) -> tuple[Members, Pairs]:
        """Return all that is known."""
        return dict(self._members), dict(self._pairs)

    def insert(self, found: Found) -> tuple[Members, Pairs]:
        """Take up what was found, and return what of it is new."""
        pairs: Pairs = {}
        for prop, parts in found.pairs.items():
            keys = unique(np.concatenate(parts))
            if prop == self.type_property:
                for cls in np.unique(right(keys)).tolist():
                    found.members[cls].append(left(keys[right(keys) == cls]))
            elif len(new := missing(keys, self.pairs(prop))):
                self._pairs[prop] = merged(self.pairs(prop), new)
                if prop in self._turned:
                    self._turned[prop] = merged(self._turned[prop], np.sort(packed(right(new), left(new))))
                pairs[prop] = new
        members: Members = {}
        for cls, lists in found.members.items():
            ids = unique(np.concatenate(lists))
            if len(fresh := missing(ids, self.members(cls))):
                self._members[cls] = merged(self.members(cls), fresh)
                members[cls] = fresh
        return members, pairs

    def remapped(self, representatives: Ids) -> Found:
        """Take out every statement about a term that another now stands for, and return it with that other."""
        found = Found()
        moved = representatives != np.arange(len(representatives), dtype=np.int32)
        for cls, members in list(self._members.items()):
            changed = moved[members] | moved[cls]
            if changed.any():
                found.add_members(int(representatives[cls]), representatives[members[changed]])
                self._members[cls] = members[~changed]
        for prop, pairs in list(self._pairs.items()):
            changed = moved[left(pairs)] | moved[right(pairs)] | moved[prop]
            if changed.any():
                old = pairs[changed]
                found.add_pairs(int(representatives[prop]), representatives[left(old)], representatives[right(old)])
                self._pairs[prop] = pairs[~changed]
                self._turned.pop(prop, None)
        return found


def _rights(pairs: Positions, lefts: Ids) -> tuple[Positions, Ids]:
    starts = lefts.astype(np.int64) << _SHIFT
    low = np.searchsorted(pairs, starts)
    here, there = ranges(low, np.searchsorted(pairs, starts + (1 << _SHIFT)) - low)
    return here, right(pairs[there])


def missing(candidates: NDArray[Number], known: NDArray[Number]) -> NDArray[Number]:
    """Return those candidates (ascending) that are not known (ascending)."""
    if not len(known):
        return candidates
    at = np.searchsorted(known, candidates)
    at[at == len(known)] = 0
    return np.asarray(candidates[known[at] != candidates])


def merged(known: NDArray[Number], new: NDArray[Number]) -> NDArray[Number]:
    """Merge two ascending arrays without common elements."""
    return np.insert(known, np.searchsorted(known, new), new) if len(known) else new


def united(known: NDArray[Number], others: NDArray[Number]) -> NDArray[Number]:
    """Merge two ascending arrays, the second of which is the shorter."""
    return merged(known, missing(others, known))
