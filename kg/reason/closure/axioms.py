"""The axioms of an ontology, read from facts by the vocabulary of OWL.

They are closed under the schema rules (scm-*) of OWL 2 RL.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol, TypeVar

from pyoxigraph import NamedNode

from kg.core.terms import OWL, RDF, RDFS, XSD, anonymous

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping

    from kg.columns.arrays import Ids
    from kg.columns.graph import Terms

    Above = dict[int, set[int]]

Term = TypeVar("Term", bound="Hashable")
_RDF_NAMES: Final = ("type", "first", "rest", "nil")
_RDFS_NAMES: Final = ("subClassOf", "subPropertyOf", "domain", "range", "Literal")
_OWL_PROPERTIES: Final = (
    *("equivalentClass", "equivalentProperty", "inverseOf", "propertyChainAxiom", "hasKey", "sameAs", "differentFrom"),
    *(
        "intersectionOf",
        "unionOf",
        "complementOf",
        "oneOf",
        "onProperty",
        "onClass",
        "someValuesFrom",
        "allValuesFrom",
        "hasValue",
    ),
    *(
        "maxCardinality",
        "maxQualifiedCardinality",
        "disjointWith",
        "propertyDisjointWith",
        "members",
        "distinctMembers",
    ),
    *("sourceIndividual", "assertionProperty", "targetIndividual", "targetValue"),
)
_OWL_CLASSES: Final = (
    *(
        "SymmetricProperty",
        "TransitiveProperty",
        "FunctionalProperty",
        "InverseFunctionalProperty",
        "IrreflexiveProperty",
    ),
    *("AsymmetricProperty", "Thing", "Nothing", "AllDisjointClasses", "AllDisjointProperties", "AllDifferent"),
)
NODES: Final = {name: NamedNode(RDF + name) for name in _RDF_NAMES}
NODES.update({name: NamedNode(RDFS + name) for name in _RDFS_NAMES})
NODES.update({name: NamedNode(OWL + name) for name in (*_OWL_PROPERTIES, *_OWL_CLASSES)})

# What makes the rules themselves: a new statement with one of these means that the axioms are to be read again.
SCHEMA_PROPERTIES: Final = (
    *("first", "rest"),
    *_RDFS_NAMES[:4],
    *(name for name in _OWL_PROPERTIES if name not in {"sameAs", "differentFrom"}),
)
SCHEMA_CLASSES: Final = tuple(name for name in _OWL_CLASSES if name.endswith("Property"))


def reached(starts: Iterable[Term], following: Callable[[Term], Iterable[Term]]) -> dict[Term, None]:
    """Return the starts and everything that follows from them in any number of steps, each once.

    The same starts give the same order.
    """
    found: dict[Term, None] = {}
    waiting = list(starts)
    while waiting:
        term = waiting.pop()
        if term not in found:
            found[term] = None
            waiting.extend(following(term))
    return found


def transitive(pairs: Iterable[tuple[Term, Term]]) -> dict[Term, set[Term]]:
    """Return for each left member everything reachable from it over the pairs, itself left out."""
    direct: dict[Term, set[Term]] = defaultdict(set)
    for one, other in pairs:
        direct[one].add(other)
    return {
        start: {*reached(following, lambda term: direct.get(term, ()))} - {start} for start, following in direct.items()
    }


def cells(
    head: Term, links: Callable[[Term], tuple[Term, Term] | None], end: Term
) -> list[tuple[Term, Term, Term]] | None:
    """Return the cells of a list in order, each with its member and the cell after it.

    ``links`` gives the member and the next cell of a cell, if it has one of each. A list that breaks off or comes back
    to itself is none, and of it nothing is given: what it leaves out could deny what its members seem to say.
    """
    found: dict[Term, tuple[Term, Term, Term]] = {}
    while head != end:
        link = links(head)
        if link is None or head in found:
            return None
        found[head] = (head, *link)
        head = link[1]
    return list(found.values())


def positions(terms: Terms) -> dict[str, int]:
    """Return the positions of all these terms by their local names.

    The dictionary was made to include :data:`NODES`.
    """
    return {name: terms.position(node) for name, node in NODES.items()}


class Facts(Protocol):
    """What axioms are read from; see ``kg.reason.closure.propagation``."""

    def couples(self, prop: int) -> list[tuple[int, int]]:
        """Return subject and object of every statement with a property."""

    def members(self, cls: int) -> Ids:
        """Return the members of a class."""


class Reader:
    """Read facts, as positions of terms. ``names`` gives those of the terms of RDF, RDFS and OWL."""

    def __init__(self, facts: Facts, names: Mapping[str, int]) -> None:
        self._facts, self._names = facts, names

    def pairs(self, name: str) -> list[tuple[int, int]]:
        """Return subject and object of every statement with a property."""
        return self._facts.couples(self._names[name])

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


class Restriction(NamedTuple):
    """A class of what has, by a property, a value in a class, only values in it, or one given value."""

    cls: int
    prop: int
    filler: int


@dataclass(slots=True)
class Axioms:
    """Axioms by the positions of their terms.

    The tables of what lies above are transitive and leave the term itself out.
    """

    names: Mapping[str, int]
    superclasses: Above = field(default_factory=dict)
    superproperties: Above = field(default_factory=dict)
    domains: Above = field(default_factory=dict)
    ranges: Above = field(default_factory=dict)
    inverses: Above = field(default_factory=dict)
    transitive: frozenset[int] = frozenset()
    functional: frozenset[int] = frozenset()
    inverse_functional: frozenset[int] = frozenset()
    chains: list[tuple[tuple[int, ...], int]] = field(default_factory=list)
    keys: list[tuple[int, tuple[int, ...]]] = field(default_factory=list)
    intersections: list[tuple[int, tuple[int, ...]]] = field(default_factory=list)
    unions: list[tuple[int, tuple[int, ...]]] = field(default_factory=list)
    enumerations: list[tuple[int, tuple[int, ...]]] = field(default_factory=list)
    some_values: list[Restriction] = field(default_factory=list)
    all_values: list[Restriction] = field(default_factory=list)
    has_values: list[Restriction] = field(default_factory=list)
    at_most_one: list[Restriction] = field(default_factory=list)
    at_most_none: list[Restriction] = field(default_factory=list)
    expressions: frozenset[int] = frozenset()

    def premise_properties(self) -> set[int]:
        """Return the properties from whose statements something follows."""
        restricted = (*self.some_values, *self.all_values, *self.has_values, *self.at_most_one, *self.at_most_none)
        chained = (prop for chain, _ in self.chains for prop in chain)
        keyed = (prop for _, props in self.keys for prop in props)
        tables = (self.superproperties, self.domains, self.ranges, self.inverses)
        single = self.transitive | self.functional | self.inverse_functional
        return {
            *(prop for table in tables for prop in table),
            *chained,
            *keyed,
            *single,
            *(one.prop for one in restricted),
        }


class _AxiomReader(Reader):
    def __init__(self, facts: Facts, terms: Terms, names: Mapping[str, int]) -> None:
        super().__init__(facts, names)
        self.terms, self.names = terms, names

    def restrictions(self, name: str) -> list[Restriction]:
        properties = defaultdict(list)
        for cls, prop in self.pairs("onProperty"):
            properties[cls].append(prop)
        return [Restriction(cls, prop, filler) for cls, filler in self.pairs(name) for prop in properties[cls]]

    def at_most(self, wanted: int) -> list[Restriction]:
        fillers = dict(self.pairs("onClass"))
        plain = [
            Restriction(cls, prop, self.names["Thing"])
            for cls, prop, number in self._numbered("maxCardinality", wanted)
        ]
        qualified = self._numbered("maxQualifiedCardinality", wanted)
        return plain + [Restriction(cls, prop, fillers[cls]) for cls, prop, _ in qualified if cls in fillers]

    def _numbered(self, name: str, wanted: int) -> list[Restriction]:
        found = self.restrictions(name)
        values = self.terms.nodes(one.filler for one in found)
        return [
            one for one, value in zip(found, values, strict=True) if cardinality(getattr(value, "value", "")) == wanted
        ]


def cardinality(text: str) -> int:
    """Return the number that a cardinality states, -1 for a text that is no whole number."""
    return int(text) if text.strip().lstrip("+").isdecimal() else -1


def read_axioms(facts: Facts, terms: Terms, names: Mapping[str, int]) -> Axioms:
    """Read the axioms among what is known."""
    reader = _AxiomReader(facts, terms, names)
    axioms = Axioms(
        names=names,
        transitive=reader.members("TransitiveProperty"),
        functional=reader.members("FunctionalProperty"),
        inverse_functional=reader.members("InverseFunctionalProperty"),
        chains=[(chain, prop) for prop, chain in reader.lists("propertyChainAxiom") if chain],
        keys=[key for key in reader.lists("hasKey") if key[1]],
        intersections=[one for one in reader.lists("intersectionOf") if one[1]],
        unions=reader.lists("unionOf"),
        enumerations=reader.lists("oneOf"),
        some_values=reader.restrictions("someValuesFrom"),
        all_values=reader.restrictions("allValuesFrom"),
        has_values=reader.restrictions("hasValue"),
        at_most_one=reader.at_most(1),
        at_most_none=reader.at_most(0),
    )
    axioms.superproperties = transitive(_both_ways(reader.pairs("subPropertyOf"), reader.pairs("equivalentProperty")))
    axioms.superclasses = _superclasses(axioms, _both_ways(reader.pairs("subClassOf"), reader.pairs("equivalentClass")))
    axioms.domains = _inherited(axioms, reader.pairs("domain"))
    axioms.ranges = _inherited(axioms, _without_datatypes(reader, reader.pairs("range")))
    axioms.inverses = _inverses(reader)
    axioms.expressions = _expressions(reader)
    return axioms


def _both_ways(pairs: Iterable[tuple[int, int]], equivalents: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    return {*pairs, *equivalents, *((b, a) for a, b in equivalents)}


def _superclasses(axioms: Axioms, edges: set[tuple[int, int]]) -> Above:
    """Close the subclasses under cax-sco with scm-int, scm-uni, scm-hv, scm-svf1, scm-svf2, scm-avf1 and scm-avf2."""
    edges |= {(cls, member) for cls, members in axioms.intersections for member in members}
    edges |= {(member, cls) for cls, members in axioms.unions for member in members}
    while True:
        closed = transitive(edges)
        compared = {
            (low, high) for low, high in _compared(axioms, closed) if low != high and high not in closed.get(low, ())
        }
        if not compared:
            return closed
        edges |= compared


def _compared(axioms: Axioms, superclasses: Above) -> Iterable[tuple[int, int]]:
    for restrictions, downwards in ((axioms.some_values, False), (axioms.all_values, True), (axioms.has_values, False)):
        same: dict[tuple[int, int], list[int]] = defaultdict(list)
        for one in restrictions:
            same[one.prop, one.filler].append(one.cls)
        for one in restrictions:
            wider = () if restrictions is axioms.has_values else superclasses.get(one.filler, ())
            yield from (
                (one.cls, other) for filler in (one.filler, *wider) for other in same.get((one.prop, filler), ())
            )
            others = (
                other for prop in axioms.superproperties.get(one.prop, ()) for other in same.get((prop, one.filler), ())
            )
            yield from ((other, one.cls) if downwards else (one.cls, other) for other in others)


def _inherited(axioms: Axioms, pairs: Iterable[tuple[int, int]]) -> Above:
    """Close domains or ranges under scm-dom1 and scm-dom2, or scm-rng1 and scm-rng2."""
    direct: Above = defaultdict(set)
    for prop, cls in pairs:
        direct[prop] |= {cls, *axioms.superclasses.get(cls, ())}
    table: Above = {prop: set(classes) for prop, classes in direct.items()}
    for prop, above in axioms.superproperties.items():
        if inherited := {cls for one in above for cls in direct.get(one, ())}:
            table[prop] = table.get(prop, set()) | inherited
    return table


def _without_datatypes(reader: _AxiomReader, pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Leave out datatypes: whether a value has its datatype is for shapes to say, not a class that follows."""
    values = [getattr(node, "value", "") for node in reader.terms.nodes(cls for _, cls in pairs)]
    literal = reader.names["Literal"]
    return [pair for pair, iri in zip(pairs, values, strict=True) if not iri.startswith(XSD) and pair[1] != literal]


def _inverses(reader: _AxiomReader) -> Above:
    table: Above = defaultdict(set)
    for one, other in reader.pairs("inverseOf"):
        table[one].add(other)
        table[other].add(one)
    for prop in reader.members("SymmetricProperty"):
        table[prop].add(prop)
    return dict(table)


def _expressions(reader: _AxiomReader) -> frozenset[int]:
    """Return the anonymous classes, properties and lists of axioms, whose consequences are not shown."""
    owners = (
        "intersectionOf",
        "unionOf",
        "complementOf",
        "oneOf",
        "onProperty",
        "inverseOf",
        "first",
        "members",
        "distinctMembers",
        "assertionProperty",
    )
    found = sorted({node for name in owners for node, _ in reader.pairs(name)})
    nodes = zip(found, reader.terms.nodes(found), strict=True)
    return frozenset(position for position, node in nodes if anonymous(node))
