"""A closure that is computed once and kept up: what was given, what follows, and what contradicts itself."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyoxigraph import Literal, NamedNode, Triple

from kg.columns import arrays
from kg.columns.arrays import EMPTY, packed, unique
from kg.columns.graph import TermKind
from kg.columns.reading import columns_of_quads
from kg.core.errors import LimitError
from kg.core.terms import OWL, RDF_TYPE
from kg.reason.closure.axioms import NODES, SCHEMA_CLASSES, SCHEMA_PROPERTIES, Reader, positions, read_axioms
from kg.reason.closure.propagation import NO_PAIRS, Facts, Found, Identity, Propagation, left, missing, right, united

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

    from pyoxigraph import Quad

    from kg.columns.arrays import Ids, Positions
    from kg.columns.graph import Columns, Node, Terms
    from kg.reason.closure.axioms import Axioms
    from kg.reason.closure.propagation import Members, Pairs

    Rows = tuple[int, Ids, Ids]


_SHOWN: Final = 20
_SAME: Final = NamedNode(OWL + "sameAs")
LIMIT: Final = 500_000_000
_BLOCK: Final = 1 << 18


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Statements of a closure that contradict each other.

    The rule that forbids them goes by its name in the standard.
    """

    rule: str
    statements: tuple[Triple, ...]


class Search:
    """Search a closure for contradictions; of many of one axiom only the first are returned."""

    def __init__(self, facts: Facts, axioms: Axioms, identity: Identity, terms: Terms) -> None:
        self.facts, self.axioms, self.identity, self.terms = facts, axioms, identity, terms
        self.reader = Reader(facts, axioms.names)

    def all(self) -> Iterator[Contradiction]:
        """Yield the contradictions, axiom by axiom."""
        for name, rule in (("disjointWith", "cax-dw"), ("complementOf", "cls-com")):
            for one, other in self.reader.pairs(name):
                yield from self._common_members(rule, one, other)
        for one, other in self._pairs_of_lists("AllDisjointClasses", "members"):
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
        disjoint += [("prp-adp", pair) for pair in self._pairs_of_lists("AllDisjointProperties", "members")]
        for rule, (one, other) in disjoint:
            yield from self._both(
                rule, (one, other), np.intersect1d(self.facts.pairs(one), self.facts.pairs(other), assume_unique=True)
            )

    def _too_many(self) -> Iterator[Contradiction]:
        """Apply cls-maxc1, cls-maxqc1 and cls-maxqc2."""
        thing, kind = self.axioms.names["Thing"], self.facts.type_property
        qualified = {cls for cls, _ in self.reader.pairs("maxQualifiedCardinality")}
        for one in self.axioms.at_most_none:
            rule = "cls-maxqc1" if one.filler != thing else "cls-maxqc2" if one.cls in qualified else "cls-maxc1"
            members = self.facts.members(one.cls)
            here, values = self.facts.objects_of(one.prop, members)
            fitting = (
                np.isin(values, self.facts.members(one.filler))
                if one.filler != thing
                else np.ones(len(values), np.bool_)
            )
            for subject, value in zip(members[here[fitting]][:_SHOWN].tolist(), values[fitting].tolist(), strict=False):
                rows = [(subject, one.prop, value), (subject, kind, one.cls)]
                if one.filler != thing:
                    rows.append((value, kind, one.filler))
                yield self._contradiction(rule, rows)

    def _different(self) -> Iterator[Contradiction]:
        """Apply eq-diff1, eq-diff2 and eq-diff3."""
        pairs = [("eq-diff1", pair) for pair in self.reader.pairs("differentFrom")]
        pairs += [("eq-diff2", pair) for pair in self._pairs_of_lists("AllDifferent", "members")]
        pairs += [("eq-diff3", pair) for pair in self._pairs_of_lists("AllDifferent", "distinctMembers")]
        for rule, (one, other) in pairs:
            if self.identity.representatives[one] == self.identity.representatives[other]:
                # the axiom may speak of any of the names that now stand for one thing
                names = self.terms.nodes(self.identity.expanded(np.array([one], np.int32))[1].tolist())
                first, *others = sorted(names, key=lambda name: isinstance(name, Literal))
                said = (Triple(first, _SAME, each) for each in others or (first,))  # type: ignore[arg-type]
                yield _contradiction(rule, tuple(said))

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
        return _contradiction(
            rule, tuple(sorted(found, key=lambda triple: (triple.predicate != RDF_TYPE, str(triple))))
        )

    def _statable(self, subject: int, prop: int, value: int) -> list[tuple[int, int, int]]:
        """Return rows that RDF can state in place of a row that it cannot state.

        RDF cannot state a row with a literal as its subject, or with a property without a name.
        """
        kinds = self.terms.kinds
        if kinds[prop] != TermKind.IRI:
            named = [other for other in self.axioms.inverses.get(prop, ()) if kinds[other] == TermKind.IRI]
            return [(value, other, subject) for other in named[:1]]
        if kinds[subject] != TermKind.LITERAL:
            return [(subject, prop, value)]
        leading = {
            one: self._first_subject(one, subject) for one in self.facts.properties() if kinds[one] == TermKind.IRI
        }
        told = {one: first for one, first in leading.items() if first is not None}
        ranged = next((one for one in told if value in self.axioms.ranges.get(one, ())), None)
        if ranged is not None:
            return [(told[ranged], ranged, subject), (ranged, self.axioms.names["range"], value)]
        return [(first, one, subject) for one, first in told.items()]

    def _first_subject(self, prop: int, value: int) -> int | None:
        _, subjects = self.facts.subjects_of(prop, np.array([value], np.int32))
        return next((one for one in subjects.tolist() if self.terms.kinds[one] != TermKind.LITERAL), None)

    def _pairs_of_lists(self, kind: str, name: str) -> Iterator[tuple[int, int]]:
        """Yield the pairs of members of the lists to which axioms of a kind lead by a property."""
        owners = self.reader.members(kind)
        for owner, members in self.reader.lists(name):
            if owner in owners:
                yield from combinations(members, 2)


def _contradiction(rule: str, statements: tuple[Triple, ...]) -> Contradiction:
    """Make a contradiction by a rule of the table, which only a closure that contradicts itself needs."""
    from kg.reason.owl2rl import RULES

    return Contradiction(RULES[rule].name, statements)


class Closure:
    """The OWL 2 RL closure of a graph.

    A closure of more than ``limit`` statements is refused, because a transitive property over a long chain has no
    bounds.

    Raises:
        LimitError: the closure grows past the limit.

    """

    def __init__(self, columns: Columns, *, limit: int = LIMIT) -> None:
        self.terms = columns.terms.including(NODES.values())
        self.names = positions(self.terms)
        self.limit = limit
        self._given: Pairs = {prop: packed(subjects, objects) for prop, subjects, objects in columns.rows()}
        self._facts = Facts(self.names["type"])
        self._identity = Identity(self.terms.size)
        self._literals = self.terms.kinds == TermKind.LITERAL
        self._axioms: Axioms | None = None
        self._propagation: Propagation
        found = Found()
        for prop, pairs in self._given.items():
            found.pairs[prop].append(pairs)
        self._close(found)

    def add(self, statements: Iterable[Quad]) -> None:
        """Add statements, and what follows from them.

        Raises:
            LimitError: the closure grows past the limit.

        """
        new = columns_of_quads(statements)
        used = unique(
            np.sort(
                np.concatenate([np.array(new.predicates(), np.int32), *(ids for row in new.rows() for ids in row[1:])])
            )
        )
        nodes = new.terms.nodes(used.tolist())
        self.terms = self.terms.including(nodes)
        places = np.zeros(new.terms.size, np.int32)
        places[used] = [self.terms.position(node) for node in nodes]
        self._identity.grow(self.terms.size)
        self._literals = self.terms.kinds == TermKind.LITERAL
        self._propagation.literals = self._literals
        found = Found()
        standing = self._identity.representatives
        for prop, subjects, objects in new.rows():
            key = int(places[prop])
            pairs = unique(packed(places[subjects], places[objects]))
            self._given[key] = united(self._given.get(key, NO_PAIRS), pairs)
            found.add_pairs(int(standing[key]), standing[places[subjects]], standing[places[objects]])
        self._close(found)

    def derived(self) -> list[Triple]:
        """Return every triple that follows and was not given, in no particular order."""
        found: list[Triple] = []
        for prop, subjects, objects in self.rows():
            predicate = self.terms.node(prop)
            nodes = zip(self.terms.nodes(subjects.tolist()), self.terms.nodes(objects.tolist()), strict=True)
            found.extend(Triple(subject, predicate, value) for subject, value in nodes)  # type: ignore[arg-type]
        return found

    def write(self, file: BinaryIO, graph: NamedNode | None = None) -> int:
        """Write what follows and was not given, and return the number of statements.

        They are written as N-Triples, or as N-Quads of a graph.
        """
        written = 0
        ending = f" {graph} .\n" if graph else " .\n"
        for prop, subjects, objects in self.rows():
            middle = f" {self.terms.node(prop)} ".encode()
            for start in range(0, len(subjects), _BLOCK):
                texts = [arrays.chosen(self.terms.texts, ids[start : start + _BLOCK]) for ids in (subjects, objects)]
                lines = pc.binary_join_element_wise(*texts, pa.scalar(middle, pa.binary()))
                lines = pc.binary_join_element_wise(
                    lines, pa.scalar(ending.encode(), pa.binary()), pa.scalar(b"", pa.binary())
                )
                buffers = lines.buffers()
                file.write(memoryview(buffers[2])[: int(np.frombuffer(buffers[1], np.int32, len(lines) + 1)[-1])])
                written += len(lines)
        return written

    def rows(self) -> Iterator[Rows]:
        """Yield what follows and was not given: a property with its subjects and objects, as positions of ``terms``."""
        hidden = np.zeros(self.terms.size, np.bool_)
        if self._axioms:
            hidden[list(self._axioms.expressions)] = True
        for prop, pairs in self._expanded():
            if hidden[prop] or self.terms.kinds[prop] != TermKind.IRI:
                continue
            subjects, objects = left(pairs), right(pairs)
            shown = ~(hidden[subjects] | hidden[objects] | self._literals[subjects])
            if prop == self.names["type"]:
                shown &= objects != self.names["Thing"]
            elif prop in {self.names["subClassOf"], self.names["equivalentClass"], self.names["subPropertyOf"]}:
                shown &= (objects != self.names["Thing"]) & (subjects != objects)
            new = pairs[shown]
            if prop in self._given:
                new = missing(new, self._given[prop])
            if len(new):
                yield prop, left(new), right(new)

    @property
    def axioms(self) -> Axioms:
        """Return the axioms, by the positions of their terms in ``terms``."""
        return self._axioms or read_axioms(self._facts, self.terms, self.names)

    def members(self, cls: int) -> list[Node]:
        """Return the members of a class, also of one that is not shown because it has no name."""
        return self.terms.nodes(self._identity.expanded(self._facts.members(cls))[1].tolist())

    @property
    def size(self) -> int:
        """Return the number of statements, given ones included, one term standing for all that denote the same."""
        return self._facts.size()

    def contradictions(self) -> list[Contradiction]:
        """Return what cannot hold together."""
        return list(Search(self._facts, self._axioms, self._identity, self.terms).all()) if self._axioms else []

    def _close(self, found: Found) -> None:
        new = self._insert(found)
        while any(new):
            if self._identity.merge(new[1].get(self.names["sameAs"], NO_PAIRS)):
                new = self._merged(*new)
            if self._axioms is None or self._concern_axioms(*new):
                self._axioms = read_axioms(self._facts, self.terms, self.names)
                self._propagation = Propagation(self._facts, self._axioms, self._literals)
                self._insert(_schema_consequences(self._axioms))
                self._insert(self._propagation.enumerated())
                new = self._facts.everything()
            new = self._insert(self._propagation.round(*new))

    def _insert(self, found: Found) -> tuple[Members, Pairs]:
        new = self._facts.insert(found)
        if self._facts.size() > self.limit:
            raise LimitError(f"the closure has more than {self.limit:,} statements")
        return new

    def _concern_axioms(self, members: Members, pairs: Pairs) -> bool:
        return any(self.names[name] in pairs for name in SCHEMA_PROPERTIES) or any(
            self.names[name] in members for name in SCHEMA_CLASSES
        )

    def _merged(self, members: Members, pairs: Pairs) -> tuple[Members, Pairs]:
        """Let one term represent all terms that denote the same individual.

        Return the new statements with those that this changes.
        """
        kept = self._identity.representatives == np.arange(len(self._identity.representatives), dtype=np.int32)
        moved_members, moved_pairs = self._insert(self._facts.remapped(self._identity.representatives))
        for cls, ids in members.items():
            if kept[cls]:
                moved_members[cls] = united(moved_members.get(cls, EMPTY), ids[kept[ids]])
        for prop, keys in pairs.items():
            if kept[prop]:
                unmoved = keys[kept[left(keys)] & kept[right(keys)]]
                moved_pairs[prop] = united(moved_pairs.get(prop, NO_PAIRS), unmoved)
        return moved_members, moved_pairs

    def _expanded(self) -> Iterator[tuple[int, Positions]]:
        """Yield the pairs of every property, of all terms that denote the same instead of one."""
        properties = sorted({*self._facts.properties(), self.names["type"]})
        if self._identity.trivial:
            yield from ((prop, self._facts.pairs(prop)) for prop in properties)
            return
        for prop in properties:
            pairs = self._facts.pairs(prop)
            if prop == self.names["sameAs"]:
                continue
            here, subjects = self._identity.expanded(left(pairs))
            there, objects = self._identity.expanded(right(pairs)[here])
            expanded = unique(packed(subjects[there], objects))
            yield from ((one, expanded) for one in self._identity.expanded(np.array([prop], np.int32))[1].tolist())
        yield self.names["sameAs"], self._identity.pairs()


def _schema_consequences(axioms: Axioms) -> Found:
    """Return the statements of scm-sco, scm-spo, scm-eqc2, scm-eqp2, scm-dom1, scm-dom2, scm-rng1 and scm-rng2."""
    found = Found()
    classes, properties = axioms.superclasses, axioms.superproperties
    for name, table in (
        ("subClassOf", classes),
        ("subPropertyOf", properties),
        ("domain", axioms.domains),
        ("range", axioms.ranges),
    ):
        _add(found, axioms.names[name], [(one, other) for one, above in table.items() for other in above])
    for name, table in (("equivalentClass", classes), ("equivalentProperty", properties)):
        mutual = [(one, other) for one, above in table.items() for other in above if one in table.get(other, ())]
        _add(found, axioms.names[name], mutual)
    return found


def _add(found: Found, prop: int, pairs: list[tuple[int, int]]) -> None:
    if pairs:
        rows = np.array(pairs, np.int32)
        found.add_pairs(prop, rows[:, 0], rows[:, 1])
