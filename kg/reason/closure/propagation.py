"""Statements about individuals, and the rules for them, applied to many statements at a time.

``Facts`` are sorted arrays by class and property that grow by merging. ``Propagation`` finds what follows from new
ones, and ``Identity`` which terms denote one individual.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

import numpy as np

from kg.columns.arrays import EMPTY, Number, matching_rows, packed, ranges, unique

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from kg.columns.arrays import Ids, Positions
    from kg.reason.closure.axioms import Axioms, Restriction

    Index = dict[int, list[Restriction]]

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

    def couples(self, prop: int) -> list[tuple[int, int]]:
        """Return subject and object of every statement with a property."""
        pairs = self.pairs(prop)
        return list(zip(left(pairs).tolist(), right(pairs).tolist(), strict=True))

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


class Propagation:
    """Apply the rules of OWL 2 RL one round at a time; ``literals`` is true for each term that is a literal.

    As in the standard, a literal may be a member or a subject on the way to a conclusion, though never in one that is
    shown.
    """

    def __init__(self, facts: Facts, axioms: Axioms, literals: NDArray[np.bool_]) -> None:
        self.facts, self.axioms, self.literals = facts, axioms, literals
        self.thing = axioms.names["Thing"]
        self._some_by_filler = _by(axioms.some_values, lambda one: one.filler)
        self._all_by_class = _by(axioms.all_values, lambda one: one.cls)
        self._value_by_class = _by(axioms.has_values, lambda one: one.cls)
        self._some_by_property = _by(axioms.some_values, lambda one: one.prop)
        self._all_by_property = _by(axioms.all_values, lambda one: one.prop)
        self._value_by_property = _by(axioms.has_values, lambda one: one.prop)
        self._wholes: dict[int, list[tuple[int, tuple[int, ...]]]] = defaultdict(list)
        for whole, members in axioms.intersections:
            for member in set(members):
                self._wholes[member].append((whole, members))
        self._chains: dict[int, list[tuple[tuple[int, ...], int, int]]] = defaultdict(list)
        for chain, prop in axioms.chains:
            for place, link in enumerate(chain):
                self._chains[link].append((chain, place, prop))
        self._premises = axioms.premise_properties()

    def round(self, members: Members, pairs: Pairs) -> Found:
        """Return what follows from new facts, which are among the known ones already, together with these."""
        found = Found()
        pairs = dict(pairs)
        if self.facts.type_property in self._premises and members:
            found_types = [_pairs_with(ids, cls) for cls, ids in members.items()]
            pairs[self.facts.type_property] = np.sort(np.concatenate(found_types))
        for cls, ids in members.items():
            self._from_class(cls, ids, found)
        for prop, keys in pairs.items():
            self._from_property(prop, left(keys), right(keys), found)
        same = SameIndividuals(self.facts, self.axioms, self.literals, found)
        same.by_function(pairs)
        same.by_count(members, pairs)
        same.by_key(members, pairs)
        return found

    def enumerated(self) -> Found:
        """Return the members that enumerations name (cls-oo)."""
        found = Found()
        for cls, members in self.axioms.enumerations:
            found.add_members(cls, np.array(members, np.int32))
        return found

    def _from_class(self, cls: int, ids: Ids, found: Found) -> None:
        """Apply cax-sco, cls-int1, cls-svf1, cls-avf and cls-hv1.

        Unions and the rest of intersections are subclasses.
        """
        axioms, facts = self.axioms, self.facts
        for above in axioms.superclasses.get(cls, ()):
            found.add_members(above, ids)
        for whole, parts in self._wholes.get(cls, ()):
            common = ids
            for member in parts:
                common = np.intersect1d(common, facts.members(member), assume_unique=True)
            found.add_members(whole, common)
        for one in self._some_by_filler.get(cls, ()):
            found.add_members(one.cls, facts.subjects_of(one.prop, ids)[1])
        for one in self._all_by_class.get(cls, ()):
            found.add_members(one.filler, facts.objects_of(one.prop, ids)[1])
        for one in self._value_by_class.get(cls, ()):
            found.add_pairs(one.prop, ids, np.full(len(ids), one.filler, np.int32))

    def _from_property(self, prop: int, subjects: Ids, objects: Ids, found: Found) -> None:
        """Apply prp-spo1, prp-dom, prp-rng, prp-eqp1, prp-eqp2, prp-symp, prp-inv1, prp-inv2, prp-trp and prp-spo2."""
        axioms = self.axioms
        for above in axioms.superproperties.get(prop, ()):
            found.add_pairs(above, subjects, objects)
        if prop in axioms.domains:
            distinct = unique(subjects)
            for cls in axioms.domains[prop]:
                found.add_members(cls, distinct)
        if prop in axioms.ranges:
            distinct = unique(np.sort(objects))
            for cls in axioms.ranges[prop]:
                found.add_members(cls, distinct)
        for inverse in axioms.inverses.get(prop, ()):
            found.add_pairs(inverse, objects, subjects)
        self._from_restricted(prop, subjects, objects, found)
        if prop in axioms.transitive:
            self._extend((prop, prop), 0, prop, (subjects, objects), found)
            self._extend((prop, prop), 1, prop, (subjects, objects), found)
        for chain, place, conclusion in self._chains.get(prop, ()):
            self._extend(chain, place, conclusion, (subjects, objects), found)

    def _from_restricted(self, prop: int, subjects: Ids, objects: Ids, found: Found) -> None:
        """Apply cls-hv2, cls-svf1, cls-svf2 and cls-avf."""
        facts = self.facts
        for one in self._value_by_property.get(prop, ()):
            found.add_members(one.cls, subjects[objects == one.filler])
        for one in self._some_by_property.get(prop, ()):
            fitting = (
                np.isin(objects, facts.members(one.filler))
                if one.filler != self.thing
                else np.ones(len(objects), np.bool_)
            )
            found.add_members(one.cls, subjects[fitting])
        for one in self._all_by_property.get(prop, ()):
            found.add_members(one.filler, objects[np.isin(subjects, facts.members(one.cls))])

    def _extend(
        self, chain: tuple[int, ...], place: int, conclusion: int, pairs: tuple[Ids, Ids], found: Found
    ) -> None:
        """Lengthen new pairs, one link of a chain of properties, to both ends of the chain."""
        subjects, objects = pairs
        for prop in chain[place + 1 :]:
            here, objects = self.facts.objects_of(prop, objects)
            subjects = subjects[here]
        for prop in reversed(chain[:place]):
            here, subjects = self.facts.subjects_of(prop, subjects)
            objects = objects[here]
        if len(subjects):
            keys = unique(packed(subjects, objects))
            found.add_pairs(conclusion, left(keys), right(keys))


def _pairs_with(ids: Ids, cls: int) -> Positions:
    return packed(ids, np.full(len(ids), cls, np.int32))


def _by(restrictions: Iterable[Restriction], key: Callable[[Restriction], int]) -> Index:
    index: Index = defaultdict(list)
    for one in restrictions:
        index[key(one)].append(one)
    return index
