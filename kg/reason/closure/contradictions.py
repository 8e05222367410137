"""What cannot be true: the rules of OWL 2 RL whose conclusion is *false*, looked for in a closure."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np
from pyoxigraph import NamedNode, Triple

from kg.columns.graph import Kind
from kg.reason.closure.facts import left, right
from kg.reason.closure.reader import Reader
from kg.reason.closure.vocabulary import OWL, TYPE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.columns.arrays import Ids, Positions
    from kg.columns.graph import Terms
    from kg.reason.closure.axioms import Axioms
    from kg.reason.closure.facts import Facts
    from kg.reason.closure.identity import Identity

_SHOWN: Final = 20
_SAME: Final = NamedNode(OWL + "sameAs")


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Statements of a closure that cannot hold together: the rule that forbids it, by its name in the standard, and they themselves."""

    rule: str
    statements: tuple[Triple, ...]


class Search:
    """Looks through a closure; of many contradictions of one axiom it gives the first."""

    def __init__(self, facts: Facts, axioms: Axioms, identity: Identity, terms: Terms) -> None:
        self.facts, self.axioms, self.identity, self.terms = facts, axioms, identity, terms
        self.reader = Reader(facts, axioms.names)

    def all(self) -> Iterator[Contradiction]:
        """Yield the contradictions, axiom by axiom."""
        for name, rule in (("disjointWith", "cax-dw"), ("complementOf", "cls-com")):
            for one, other in self.reader.pairs(name):
                yield from self._common_members(rule, one, other)
        for one, other in self._pairs_of_lists("AllDisjointClasses"):
            yield from self._common_members("cax-adc", one, other)
        yield from self._members(
            "cls-nothing2", self.facts.members(self.axioms.names["Nothing"]), self.axioms.names["Nothing"]
        )
        yield from self._properties()
        yield from self._too_many()
        yield from self._different()
        yield from self._denied()

    def _properties(self) -> Iterator[Contradiction]:
        for prop in self.facts.members(self.axioms.names["IrreflexiveProperty"]).tolist():
            pairs = self.facts.pairs(prop)
            yield from self._both("prp-irp", (prop,), pairs[left(pairs) == right(pairs)])
        for prop in self.facts.members(self.axioms.names["AsymmetricProperty"]).tolist():
            mutual = np.intersect1d(self.facts.pairs(prop), self.facts.turned(prop), assume_unique=True)
            for pair in mutual[left(mutual) <= right(mutual)][:_SHOWN].tolist():
                subject, value = pair >> 32, pair & 0xFFFFFFFF
                yield self._contradiction("prp-asyp", {(subject, prop, value), (value, prop, subject)})
        disjoint = [("prp-pdw", pair) for pair in self.reader.pairs("propertyDisjointWith")]
        disjoint += [("prp-adp", pair) for pair in self._pairs_of_lists("AllDisjointProperties")]
        for rule, (one, other) in disjoint:
            yield from self._both(
                rule, (one, other), np.intersect1d(self.facts.pairs(one), self.facts.pairs(other), assume_unique=True)
            )

    def _too_many(self) -> Iterator[Contradiction]:
        """Apply cls-maxc1, cls-maxqc1 and cls-maxqc2."""
        thing = self.axioms.names["Thing"]
        for one in self.axioms.at_most_none:
            members = self.facts.members(one.cls)
            here, values = self.facts.objects_of(one.prop, members)
            fitting = (
                np.isin(values, self.facts.members(one.filler))
                if one.filler != thing
                else np.ones(len(values), np.bool_)
            )
            for subject, value in zip(members[here[fitting]][:_SHOWN].tolist(), values[fitting].tolist(), strict=False):
                yield self._contradiction(
                    "cls-maxc1", [(subject, one.prop, value), (subject, self.facts.type_property, one.cls)]
                )

    def _different(self) -> Iterator[Contradiction]:
        """Apply eq-diff1, eq-diff2 and eq-diff3."""
        pairs = [("eq-diff1", pair) for pair in self.reader.pairs("differentFrom")]
        pairs += [("eq-diff2", pair) for pair in self._pairs_of_lists("AllDifferent")]
        for rule, (one, other) in pairs:
            if self.identity.representatives[one] == self.identity.representatives[other]:
                first, second = self.terms.nodes((one, other))
                yield Contradiction(rule, (Triple(first, _SAME, second),))  # type: ignore[arg-type]

    def _denied(self) -> Iterator[Contradiction]:
        """Apply prp-npa1 and prp-npa2."""
        sources, properties = (dict(self.reader.pairs(name)) for name in ("sourceIndividual", "assertionProperty"))
        for name, rule in (("targetIndividual", "prp-npa1"), ("targetValue", "prp-npa2")):
            for node, target in self.reader.pairs(name):
                if node in sources and node in properties:
                    wanted = np.array([(sources[node] << 32) | target])
                    yield from self._both(
                        rule, (properties[node],), np.intersect1d(self.facts.pairs(properties[node]), wanted)
                    )

    def _common_members(self, rule: str, one: int, other: int) -> Iterator[Contradiction]:
        common = np.intersect1d(self.facts.members(one), self.facts.members(other), assume_unique=True)
        yield from self._members(rule, common, one, other)

    def _members(self, rule: str, members: Ids, *classes: int) -> Iterator[Contradiction]:
        for member in members[:_SHOWN].tolist():
            yield self._contradiction(rule, [(member, self.facts.type_property, cls) for cls in classes])

    def _both(self, rule: str, properties: tuple[int, ...], pairs: Positions) -> Iterator[Contradiction]:
        for pair in pairs[:_SHOWN].tolist():
            yield self._contradiction(rule, [(pair >> 32, prop, pair & 0xFFFFFFFF) for prop in properties])

    def _contradiction(self, rule: str, rows: Iterable[tuple[int, int, int]]) -> Contradiction:
        stated = (self.terms.nodes(one) for row in rows for one in self._statable(*row))
        found = [Triple(*nodes) for nodes in stated]  # type: ignore[arg-type]
        return Contradiction(rule, tuple(sorted(found, key=lambda triple: (triple.predicate != TYPE, str(triple)))))

    def _statable(self, subject: int, prop: int, value: int) -> list[tuple[int, int, int]]:
        """Return what RDF can state of a row that it cannot: with a literal as its subject, or a property without a name."""
        kinds = self.terms.kinds
        if kinds[prop] != Kind.IRI:
            named = [other for other in self.axioms.inverses.get(prop, ()) if kinds[other] == Kind.IRI]
            return [(value, other, subject) for other in named[:1]]
        if kinds[subject] != Kind.LITERAL:
            return [(subject, prop, value)]
        leading = {one: self._first_subject(one, subject) for one in self.facts.properties() if kinds[one] == Kind.IRI}
        told = {one: first for one, first in leading.items() if first is not None}
        ranged = next((one for one in told if value in self.axioms.ranges.get(one, ())), None)
        if ranged is not None:
            return [(told[ranged], ranged, subject), (ranged, self.axioms.names["range"], value)]
        return [(first, one, subject) for one, first in told.items()]

    def _first_subject(self, prop: int, value: int) -> int | None:
        _, subjects = self.facts.subjects_of(prop, np.array([value], np.int32))
        return next((one for one in subjects.tolist() if self.terms.kinds[one] != Kind.LITERAL), None)

    def _pairs_of_lists(self, kind: str) -> Iterator[tuple[int, int]]:
        owners = self.reader.members(kind)
        for name in ("members", "distinctMembers"):
            for owner, members in self.reader.lists(name):
                if owner in owners:
                    yield from combinations(members, 2)
