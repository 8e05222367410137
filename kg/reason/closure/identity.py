"""Which terms denote one individual: the rules that find out, and the one term that then stands for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kg.columns.arrays import EMPTY, matching_rows, packed, ranges, unique
from kg.reason.closure.facts import NO_PAIRS, left, right

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kg.columns.arrays import Ids, Positions
    from kg.reason.closure.axioms import Axioms
    from kg.reason.closure.facts import Facts, Found, Members, Pairs


class Identity:
    """Representatives of terms that denote the same; the least position of each group stands for it."""

    def __init__(self, size: int) -> None:
        self.representatives: Ids = np.arange(size, dtype=np.int32)

    def grow(self, size: int) -> None:
        """Make room for new terms, each of which stands for itself."""
        new = np.arange(len(self.representatives), size, dtype=np.int32)
        self.representatives = np.concatenate((self.representatives, new))

    def merge(self, pairs: Positions) -> bool:
        """Merge the groups of some pairs, and return whether any were apart."""
        representatives = self.representatives
        first, second = left(pairs), right(pairs)
        merged = False
        while (apart := representatives[first] != representatives[second]).any():
            merged = True
            roots = np.stack((representatives[first[apart]], representatives[second[apart]]))
            np.minimum.at(representatives, roots.max(axis=0), roots.min(axis=0))
            while (jumped := representatives[representatives]).tobytes() != representatives.tobytes():
                representatives[:] = jumped
        return merged

    def expanded(self, ids: Ids) -> tuple[Positions, Ids]:
        """Return each pair of a position in ``ids`` and a term that denotes the same as what stands there."""
        order = np.argsort(self.representatives, kind="stable")
        ordered = self.representatives[order]
        wanted = self.representatives[ids]
        low = np.searchsorted(ordered, wanted, "left")
        here, there = ranges(low, np.searchsorted(ordered, wanted, "right") - low)
        return here, order[there].astype(np.int32)

    def pairs(self) -> Positions:
        """Return the packed pairs, both ways, of different terms that denote the same."""
        everything = np.arange(len(self.representatives), dtype=np.int32)
        grouped = everything[np.isin(self.representatives, self.representatives[self.representatives != everything])]
        here, others = self.expanded(grouped)
        ones = grouped[here]
        return unique(packed(ones[ones != others], others[ones != others]))

    @property
    def trivial(self) -> bool:
        """Return whether every term stands for itself."""
        return bool((self.representatives == np.arange(len(self.representatives))).all())


class SameIndividuals:
    """The rules that find out that two terms denote one individual.

    ``literals`` tells of each term whether it is one.
    """

    def __init__(self, facts: Facts, axioms: Axioms, literals: NDArray[np.bool_], found: Found) -> None:
        self.facts, self.axioms, self.literals, self.found = facts, axioms, literals, found

    def by_function(self, pairs: Pairs) -> None:
        """Apply prp-fp and prp-ifp: the values of a functional property denote one individual.

        Different literals never do.
        """
        for prop, keys in pairs.items():
            if prop in self.axioms.functional:
                here, values = self.facts.objects_of(prop, unique(left(keys)))
                things = ~self.literals[values]
                self._same_in_groups(here[things], values[things])
            if prop in self.axioms.inverse_functional:
                self._same_in_groups(*self.facts.subjects_of(prop, unique(np.sort(right(keys)))))

    def by_count(self, members: Members, pairs: Pairs) -> None:
        """Apply cls-maxc2, cls-maxqc3 and cls-maxqc4: of what may have one value, all values denote one individual."""
        for one in self.axioms.at_most_one:
            concerned = [members.get(one.cls, EMPTY), left(pairs.get(one.prop, NO_PAIRS))]
            if one.filler in members:
                concerned.append(self.facts.subjects_of(one.prop, members[one.filler])[1])
            subjects = np.intersect1d(np.concatenate(concerned), self.facts.members(one.cls)).astype(np.int32)
            here, values = self.facts.objects_of(one.prop, subjects)
            fitting = ~self.literals[values]
            if one.filler != self.axioms.names["Thing"]:
                fitting &= np.isin(values, self.facts.members(one.filler))
            self._same_in_groups(here[fitting], values[fitting])

    def by_key(self, members: Members, pairs: Pairs) -> None:
        """Apply prp-key: members of a class that share a value of each property of its key denote one individual."""
        for cls, key in self.axioms.keys:
            if cls not in members and not any(prop in pairs for prop in key):
                continue
            individuals = self.facts.members(cls)
            alike: Positions | None = None
            for prop in key:
                here, values = self.facts.objects_of(prop, individuals)
                shared = _sharing(individuals[here], values)
                alike = shared if alike is None else np.intersect1d(alike, shared, assume_unique=True)
            if alike is not None:
                self._same(left(alike), right(alike))

    def _same_in_groups(self, groups: Positions, values: Ids) -> None:
        """Say of neighbours in each group, which ascend, that they denote the same."""
        if len(values) > 1:
            together = (groups[1:] == groups[:-1]) & (values[1:] != values[:-1])
            self._same(values[:-1][together], values[1:][together])

    def _same(self, ones: Ids, others: Ids) -> None:
        self.found.add_pairs(self.axioms.names["sameAs"], ones, others)


def _sharing(subjects: Ids, values: Ids) -> Positions:
    """Return the packed pairs, smaller first, of different subjects that share a value."""
    order = np.argsort(values, kind="stable")
    subjects, values = subjects[order], values[order]
    here, there = matching_rows(values, values)
    one, other = subjects[here], subjects[there]
    return unique(packed(one[one < other], other[one < other]))
