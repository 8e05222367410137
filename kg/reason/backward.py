"""The rules of OWL 2 RL read backwards: which statements a statement may follow from, rule by rule."""

from __future__ import annotations

from collections import defaultdict
from itertools import compress, product
from typing import TYPE_CHECKING, Final, TypeAlias

from pyoxigraph import Literal, Triple

from kg.core.terms import RDF_TYPE, anonymous
from kg.reason.closure.axioms import NODES, cardinality, cells

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from kg.columns.graph import Node

    Match: TypeAlias = Callable[[Node | None, Node | None, Node | None], Iterable[Triple]]
    Step: TypeAlias = tuple[str, tuple[Triple, ...]]


_SUBCLASS, _SUBPROPERTY = NODES["subClassOf"], NODES["subPropertyOf"]
_SAME, _THING = NODES["sameAs"], NODES["Thing"]


def stated(subject: Node, predicate: Node, value: Node) -> Triple:
    """Return a statement; a literal as its subject, as rules may have, is an error of the caller."""
    return Triple(subject, predicate, value)  # type: ignore[arg-type]


class Memory:
    """Triples that are found by any of their parts.

    Each way of asking has an index, which is made when it is first asked.
    """

    def __init__(self, triples: Iterable[Triple]) -> None:
        self._all: list[Triple] = list(triples)
        self._indexes: dict[tuple[bool, ...], dict[tuple[Node, ...], list[Triple]]] = {}

    def match(self, subject: Node | None, predicate: Node | None, value: Node | None) -> list[Triple]:
        """Return the triples with the given parts, any of which may be ``None``."""
        wanted = (subject, predicate, value)
        asked = tuple(part is not None for part in wanted)
        if asked not in self._indexes:
            index = self._indexes[asked] = defaultdict(list)
            for triple in self._all:
                index[tuple(compress(triple, asked))].append(triple)
        return self._indexes[asked].get(tuple(part for part in wanted if part is not None), [])


def members_of(match: Match, head: Node) -> tuple[list[Node], list[Triple]]:
    """Return the members of a list and the statements that make it.

    Neither where it is empty, breaks off or comes back to itself.
    """

    def links(cell: Node) -> tuple[Node, Node] | None:
        first, rest = (
            next(iter(match(cell, NODES["first"], None)), None),
            next(iter(match(cell, NODES["rest"], None)), None),
        )
        return (first.object, rest.object) if first and rest else None

    found = cells(head, links, NODES["nil"]) or []
    made = [(stated(cell, NODES["first"], member), stated(cell, NODES["rest"], rest)) for cell, member, rest in found]
    return [member for _, member, _ in found], [triple for pair in made for triple in pair]


def _to_subclass(match: Match, statement: Triple) -> Iterator[Step]:
    """Apply scm-eqc1, scm-int, scm-uni, scm-hv, scm-svf1, scm-svf2, scm-avf1, scm-avf2 and scm-sco."""
    low, high = statement.subject, statement.object
    for rule in (stated(low, NODES["equivalentClass"], high), stated(high, NODES["equivalentClass"], low)):
        yield "scm-eqc1", (rule,)
    for whole in match(low, NODES["intersectionOf"], None):
        members, made = members_of(match, whole.object)
        if high in members:
            yield "scm-int", (whole, *made)
    for whole in match(high, NODES["unionOf"], None):
        members, made = members_of(match, whole.object)
        if low in members:
            yield "scm-uni", (whole, *made)
    yield from _to_restrictions(match, low, high)
    above = [each.object for each in (*match(low, _SUBCLASS, None), *match(low, NODES["equivalentClass"], None))]
    above += [each.subject for each in match(None, NODES["equivalentClass"], low)]
    for middle in above:
        yield "scm-sco", (stated(low, _SUBCLASS, middle), stated(middle, _SUBCLASS, high))


# The rules by which a restriction is narrower: by its filler, and by its property.
_NARROWER: Final = (
    ("someValuesFrom", "scm-svf1", "scm-svf2"),
    ("allValuesFrom", "scm-avf1", "scm-avf2"),
    ("hasValue", "", "scm-hv"),
)


def _to_restrictions(match: Match, low: Node, high: Node) -> Iterator[Step]:
    for name, by_filler, by_property in _NARROWER:
        for narrow, wide in product(match(low, NODES["onProperty"], None), match(high, NODES["onProperty"], None)):
            for one, other in product(match(low, NODES[name], None), match(high, NODES[name], None)):
                made, properties = (narrow, one, wide, other), (narrow.object, wide.object)
                if one.object == other.object and narrow.object == wide.object:
                    yield by_filler or by_property, made
                elif one.object == other.object:
                    below, above = reversed(properties) if name == "allValuesFrom" else properties
                    yield by_property, (*made, stated(below, _SUBPROPERTY, above))
                elif by_filler and narrow.object == wide.object:
                    yield by_filler, (*made, stated(one.object, _SUBCLASS, other.object))


def _to_subproperty(match: Match, statement: Triple) -> Iterator[Step]:
    """Apply scm-eqp1 and scm-spo."""
    low, high = statement.subject, statement.object
    for rule in (stated(low, NODES["equivalentProperty"], high), stated(high, NODES["equivalentProperty"], low)):
        yield "scm-eqp1", (rule,)
    for middle in match(low, _SUBPROPERTY, None):
        yield "scm-spo", (middle, stated(middle.object, _SUBPROPERTY, high))


def _to_equivalent(_match: Match, statement: Triple) -> Iterator[Step]:
    """Apply scm-eqc2 and scm-eqp2."""
    one, other = statement.subject, statement.object
    rule, below = (
        ("scm-eqc2", _SUBCLASS) if statement.predicate == NODES["equivalentClass"] else ("scm-eqp2", _SUBPROPERTY)
    )
    yield rule, (stated(one, below, other), stated(other, below, one))


def _to_end(match: Match, statement: Triple) -> Iterator[Step]:
    """Apply scm-dom1 and scm-dom2, or scm-rng1 and scm-rng2."""
    prop, end, cls = statement.subject, statement.predicate, statement.object
    rule = "scm-dom" if end == NODES["domain"] else "scm-rng"
    for below in match(prop, end, None):
        yield f"{rule}1", (below, stated(below.object, _SUBCLASS, cls))
    for above in match(prop, _SUBPROPERTY, None):
        yield f"{rule}2", (stated(above.object, end, cls), above)


SCHEMA: Final = {
    _SUBCLASS: _to_subclass,
    _SUBPROPERTY: _to_subproperty,
    NODES["equivalentClass"]: _to_equivalent,
    NODES["equivalentProperty"]: _to_equivalent,
    NODES["domain"]: _to_end,
    NODES["range"]: _to_end,
}


class Steps:
    """Find the premises of every rule that may have concluded a statement.

    That they hold is for the caller to find out.
    """

    def __init__(self, match: Match) -> None:
        self.match = match

    def to(self, statement: Triple) -> Iterator[Step]:
        """Yield each rule with the statements that it needs to conclude the statement; short ways come first."""
        if statement.predicate == RDF_TYPE:
            yield from self._to_member(statement)
        elif statement.predicate in SCHEMA:
            yield from SCHEMA[statement.predicate](self.match, statement)
        elif statement.predicate == _SAME:
            yield from self._to_same(statement)
        yield from self._to_pair(statement)
        yield from self._by_identity(statement)

    def _pairs(self, name: str, subject: Node | None = None, value: Node | None = None) -> Iterable[Triple]:
        return self.match(subject, NODES[name], value)

    def _list(self, head: Node) -> tuple[list[Node], list[Triple]]:
        """Return the members of a list and the statements that make it."""
        return members_of(self.match, head)

    def _to_member(self, statement: Triple) -> Iterator[Step]:
        member, cls = statement.subject, statement.object
        for below in self._pairs("subClassOf", value=cls):
            yield "cax-sco", (below, stated(member, RDF_TYPE, below.subject))
        for equivalent in self._pairs("equivalentClass", value=cls):
            yield "cax-eqc1", (equivalent, stated(member, RDF_TYPE, equivalent.subject))
        for equivalent in self._pairs("equivalentClass", cls):
            yield "cax-eqc2", (equivalent, stated(member, RDF_TYPE, equivalent.object))
        for domain in self._pairs("domain", value=cls):
            for one in self.match(member, domain.subject, None):
                yield "prp-dom", (domain, one)
        for range_ in self._pairs("range", value=cls):
            for one in self.match(None, range_.subject, member):
                yield "prp-rng", (range_, one)
        yield from self._to_expression(member, cls)

    def _to_expression(self, member: Node, cls: Node) -> Iterator[Step]:
        """Apply the rules for class expressions.

        They are cls-int1, cls-int2, cls-uni, cls-oo, cls-hv2, cls-svf1, cls-svf2 and cls-avf.
        """
        for whole in self._pairs("intersectionOf", cls):
            members, made = self._list(whole.object)
            if members:
                yield "cls-int1", (whole, *made, *(stated(member, RDF_TYPE, part) for part in members))
        for rule, name in (("cls-int2", "intersectionOf"), ("cls-uni", "unionOf")):
            for whole in self._pairs(name) if rule == "cls-int2" else self._pairs(name, cls):
                members, made = self._list(whole.object)
                if rule == "cls-int2" and cls in members:
                    yield rule, (whole, *made, stated(member, RDF_TYPE, whole.subject))
                elif rule == "cls-uni":
                    yield from ((rule, (whole, *made, stated(member, RDF_TYPE, part))) for part in members)
        for whole in self._pairs("oneOf", cls):
            members, made = self._list(whole.object)
            if member in members:
                yield "cls-oo", (whole, *made)
        yield from self._to_restriction(member, cls)

    def _to_restriction(self, member: Node, cls: Node) -> Iterator[Step]:
        for on in self._pairs("onProperty", cls):
            for value in self._pairs("hasValue", cls):
                yield "cls-hv2", (on, value, stated(member, on.object, value.object))
            for some in self._pairs("someValuesFrom", cls):
                for one in self.match(member, on.object, None):
                    if some.object == _THING:
                        yield "cls-svf2", (on, some, one)
                    elif not isinstance(one.object, Literal):
                        yield "cls-svf1", (on, some, one, stated(one.object, RDF_TYPE, some.object))
        for only in self._pairs("allValuesFrom", value=cls):
            for on in self._pairs("onProperty", only.subject):
                for one in self.match(None, on.object, member):
                    yield "cls-avf", (on, only, stated(one.subject, RDF_TYPE, only.subject), one)

    def _to_pair(self, statement: Triple) -> Iterator[Step]:
        """Apply prp-spo1, prp-eqp1, prp-eqp2, prp-inv1, prp-inv2, prp-symp, cls-hv1, prp-trp and prp-spo2."""
        s, p, o = statement.subject, statement.predicate, statement.object
        for below in self._pairs("subPropertyOf", value=p):
            yield from (("prp-spo1", (below, *said)) for said in self._said(s, below.subject, o))
        for equivalent in self._pairs("equivalentProperty", value=p):
            yield from (("prp-eqp1", (equivalent, *said)) for said in self._said(s, equivalent.subject, o))
        for equivalent in self._pairs("equivalentProperty", p):
            yield from (("prp-eqp2", (equivalent, *said)) for said in self._said(s, equivalent.object, o))
        if not isinstance(o, Literal):
            inverses: list[tuple[str, Triple, Node]] = [
                ("prp-inv1", each, each.subject) for each in self._pairs("inverseOf", value=p)
            ]
            inverses += [("prp-inv2", each, each.object) for each in self._pairs("inverseOf", p)]
            for rule, inverse, other in inverses:
                if not anonymous(other):
                    yield rule, (inverse, stated(o, other, s))
                for below in self._pairs("subPropertyOf", value=other) if anonymous(other) else ():
                    yield from ((rule, (inverse, below, *said)) for said in self._said(o, below.subject, s))
            for symmetric in self.match(p, RDF_TYPE, NODES["SymmetricProperty"]):
                yield "prp-symp", (symmetric, stated(o, p, s))
        yield from self._to_value(statement)
        yield from self._to_chain(statement)

    def _said(self, subject: Node, prop: Node, value: Node) -> Iterator[tuple[Triple, ...]]:
        """Yield the statements that say that a property holds.

        For a named property this is the statement itself. For an anonymous one these are an axiom about its inverse and
        the statement with the inverse.
        """
        if not anonymous(prop):
            yield (stated(subject, prop, value),)
        elif not isinstance(value, Literal):
            for inverse in self._pairs("inverseOf", prop):
                yield inverse, stated(value, inverse.object, subject)

    def _to_value(self, statement: Triple) -> Iterator[Step]:
        for value in self._pairs("hasValue", value=statement.object):
            for on in self._pairs("onProperty", value.subject, statement.predicate):
                yield "cls-hv1", (on, value, stated(statement.subject, RDF_TYPE, value.subject))

    def _to_chain(self, statement: Triple) -> Iterator[Step]:
        s, p, o = statement.subject, statement.predicate, statement.object
        for transitive in self.match(p, RDF_TYPE, NODES["TransitiveProperty"]):
            for one in self.match(s, p, None):
                if not isinstance(one.object, Literal):
                    yield "prp-trp", (transitive, one, stated(one.object, p, o))
        for axiom in self._pairs("propertyChainAxiom", p):
            links, made = self._list(axiom.object)
            for path in self._paths(s, links, o):
                yield "prp-spo2", (axiom, *made, *path)

    def _paths(self, start: Node, links: list[Node], end: Node) -> Iterator[tuple[Triple, ...]]:
        if len(links) == 1:
            yield from self._said(start, links[0], end)
            return
        for node in self._led_to(start, links[0]) if links else ():
            for said in self._said(start, links[0], node):
                yield from ((*said, *rest) for rest in self._paths(node, links[1:], end))

    def _led_to(self, start: Node, prop: Node) -> Iterator[Node]:
        if not anonymous(prop):
            yield from (one.object for one in self.match(start, prop, None) if not isinstance(one.object, Literal))
        else:
            inverses = (inverse.object for inverse in self._pairs("inverseOf", prop))
            yield from (one.subject for inverse in inverses for one in self.match(None, inverse, start))

    def _to_same(self, statement: Triple) -> Iterator[Step]:
        """Apply eq-sym, eq-trans, prp-fp, prp-ifp, prp-key, cls-maxc2, cls-maxqc3 and cls-maxqc4."""
        one, other = statement.subject, statement.object
        yield "eq-sym", (stated(other, _SAME, one),)
        for middle in self.match(one, _SAME, None):
            yield "eq-trans", (middle, stated(middle.object, _SAME, other))
        for first in self.match(None, None, one):
            for functional in self.match(first.predicate, RDF_TYPE, NODES["FunctionalProperty"]):
                yield "prp-fp", (functional, first, stated(first.subject, first.predicate, other))
        for first in self.match(one, None, None):
            for functional in self.match(first.predicate, RDF_TYPE, NODES["InverseFunctionalProperty"]):
                yield "prp-ifp", (functional, first, stated(other, first.predicate, first.object))
        yield from self._by_key(one, other)
        yield from self._by_count(one, other)

    def _by_key(self, one: Node, other: Node) -> Iterator[Step]:
        for key in self._pairs("hasKey"):
            properties, made = self._list(key.object)
            shared: list[Triple] = []
            for prop in properties:
                values = {each.object for each in self.match(other, prop, None)}
                common = next((each for each in self.match(one, prop, None) if each.object in values), None)
                if common is None:
                    break
                shared += [common, stated(other, prop, common.object)]
            else:
                if properties:
                    yield (
                        "prp-key",
                        (key, *made, stated(one, RDF_TYPE, key.subject), stated(other, RDF_TYPE, key.subject), *shared),
                    )

    def _by_count(self, one: Node, other: Node) -> Iterator[Step]:
        for most in self._pairs("maxCardinality"):
            for base in self._of_one_subject(most, one, other):
                yield "cls-maxc2", base
        for most in self._pairs("maxQualifiedCardinality"):
            for filler in self._pairs("onClass", most.subject):
                anything = filler.object == _THING
                classed = [stated(value, RDF_TYPE, filler.object) for value in (one, other) if not anything]
                for base in self._of_one_subject(most, one, other):
                    yield "cls-maxqc4" if anything else "cls-maxqc3", (*base, filler, *classed)

    def _of_one_subject(self, most: Triple, one: Node, other: Node) -> Iterator[tuple[Triple, ...]]:
        """Yield what says that two things are values of one member of a class whose members have at most one value."""
        if cardinality(getattr(most.object, "value", "")) != 1:
            return
        for on in self._pairs("onProperty", most.subject):
            for first in self.match(None, on.object, one):
                member = stated(first.subject, RDF_TYPE, most.subject)
                yield most, on, member, first, stated(first.subject, on.object, other)

    def _by_identity(self, statement: Triple) -> Iterator[Step]:
        """Apply eq-rep-s, eq-rep-p and eq-rep-o."""
        s, p, o = statement.subject, statement.predicate, statement.object
        if p == _SAME:
            return
        for same in self.match(s, _SAME, None):
            yield "eq-rep-s", (same, stated(same.object, p, o))
        for same in self.match(p, _SAME, None):
            yield "eq-rep-p", (same, stated(s, same.object, o))
        for same in self.match(o, _SAME, None) if not isinstance(o, Literal) else ():
            yield "eq-rep-o", (same, stated(s, p, same.object))
