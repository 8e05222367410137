"""A closure that is computed once and kept up: facts, the axioms among them, and what was given and what follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyoxigraph import Triple

from kg.columns import arrays
from kg.columns.arrays import EMPTY, packed, unique
from kg.columns.graph import Kind
from kg.columns.reading import columns_of_quads
from kg.core.errors import LimitError
from kg.reason.closure.axioms import read_axioms
from kg.reason.closure.contradictions import Search
from kg.reason.closure.facts import NO_PAIRS, Facts, Found, left, missing, right, united
from kg.reason.closure.identity import Identity
from kg.reason.closure.propagation import Propagation
from kg.reason.closure.vocabulary import NODES, SCHEMA_CLASSES, SCHEMA_PROPERTIES, positions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

    from pyoxigraph import NamedNode, Quad

    from kg.columns.arrays import Ids, Positions
    from kg.columns.graph import Columns, Node
    from kg.reason.closure.axioms import Axioms
    from kg.reason.closure.contradictions import Contradiction
    from kg.reason.closure.facts import Members, Pairs

    Rows = tuple[int, Ids, Ids]

LIMIT: Final = 500_000_000
_BLOCK: Final = 1 << 18


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
        self._literals = self.terms.kinds == Kind.LITERAL
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
        self._literals = self.terms.kinds == Kind.LITERAL
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
        """Write what follows and was not given as N-Triples, or as N-Quads of a graph, and return the number of statements."""
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
            if hidden[prop] or self.terms.kinds[prop] != Kind.IRI:
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
        """Let one term stand for all that denote the same, and return the new statements with those that this changes."""
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
