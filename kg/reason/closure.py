"""The OWL 2 RL closure of a graph, for the axioms that ontologies without identity and cardinality axioms use.

The rules are those of OWL 2 Profiles (W3C, 2012), section 4.3: prp-dom, prp-rng, prp-symp, prp-trp, prp-spo1, prp-eqp,
prp-inv, cls-hv1, cls-hv2, cls-int1, cls-int2, cax-sco, cax-eqc, scm-sco, scm-spo and scm-eqc. The schema is compiled to
look-up tables first, so that each statement is looked at once. An axiom that would need another rule is refused by name:
a closure never leaves out in silence what the ontology says.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode, Triple

from kg.errors import ReasonerError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyoxigraph import BlankNode

    Term = NamedNode | BlankNode | Literal | Triple
    Key = tuple[object, object, object]

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
OWL: Final = "http://www.w3.org/2002/07/owl#"
TYPE: Final = NamedNode(RDF + "type")

_UNSUPPORTED_PREDICATES: Final = {
    NamedNode(OWL + name): name
    for name in (
        "propertyChainAxiom",
        "hasKey",
        "sameAs",
        "someValuesFrom",
        "allValuesFrom",
        "unionOf",
        "oneOf",
        "maxCardinality",
        "maxQualifiedCardinality",
    )
}
_UNSUPPORTED_TYPES: Final = {NamedNode(OWL + name): name for name in ("FunctionalProperty", "InverseFunctionalProperty")}


class Schema:
    """The axioms of an ontology as look-up tables; every table is transitively closed."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        by_predicate: dict[NamedNode, list[Triple]] = defaultdict(list)
        for triple in triples:
            by_predicate[triple.predicate].append(triple)
        _refuse_unsupported(by_predicate)
        self._by_predicate = by_predicate
        equivalent = self._pairs(OWL + "equivalentClass")
        same_property = self._pairs(OWL + "equivalentProperty")
        self.superclasses = _closed([*self._pairs(RDFS + "subClassOf"), *equivalent, *((b, a) for a, b in equivalent)])
        self.superproperties = _closed(
            [*self._pairs(RDFS + "subPropertyOf"), *same_property, *((b, a) for a, b in same_property)],
        )
        self.domains = self._with_superclasses(RDFS + "domain")
        self.ranges = self._with_superclasses(RDFS + "range")
        self.symmetric = self._typed("SymmetricProperty")
        self.transitive = self._typed("TransitiveProperty")
        self.inverses: dict[object, set[object]] = defaultdict(set)
        for a, b in self._pairs(OWL + "inverseOf"):
            self.inverses[a].add(b)
            self.inverses[b].add(a)
        self._read_restrictions()
        self._read_intersections()

    def _pairs(self, predicate: str) -> list[tuple[object, object]]:
        return [(t.subject, t.object) for t in self._by_predicate[NamedNode(predicate)]]

    def _typed(self, name: str) -> set[object]:
        wanted = NamedNode(OWL + name)
        return {t.subject for t in self._by_predicate[TYPE] if t.object == wanted}

    def _with_superclasses(self, predicate: str) -> dict[object, set[object]]:
        table: dict[object, set[object]] = defaultdict(set)
        for prop, cls in self._pairs(predicate):
            if not str(getattr(cls, "value", "")).startswith("http://www.w3.org/2001/XMLSchema#"):
                table[prop] |= {cls, *self.superclasses.get(cls, ())}
        return table

    def _read_restrictions(self) -> None:
        values = dict(self._pairs(OWL + "hasValue"))
        properties = dict(self._pairs(OWL + "onProperty"))
        self.value_of_class = {cls: (properties[cls], value) for cls, value in values.items() if cls in properties}
        self.classes_of_value: dict[object, set[object]] = defaultdict(set)
        for cls, pair in self.value_of_class.items():
            self.classes_of_value[pair].add(cls)

    def _read_intersections(self) -> None:
        first, rest = dict(self._pairs(RDF + "first")), dict(self._pairs(RDF + "rest"))
        self.members: dict[object, tuple[object, ...]] = {}
        self.intersections_with: dict[object, set[object]] = defaultdict(set)
        for cls, head in self._pairs(OWL + "intersectionOf"):
            members: list[object] = []
            node: object = head
            while node in first:
                members.append(first[node])
                node = rest.get(node)
            self.members[cls] = tuple(members)
            for member in members:
                self.intersections_with[member].add(cls)


def _refuse_unsupported(by_predicate: dict[NamedNode, list[Triple]]) -> None:
    found = [f"owl:{name}" for predicate, name in _UNSUPPORTED_PREDICATES.items() if by_predicate.get(predicate)]
    kinds = {t.object for t in by_predicate[TYPE]}
    found += [f"owl:{name}" for kind, name in _UNSUPPORTED_TYPES.items() if kind in kinds]
    if found:
        raise ReasonerError(f"the closure has no rule for {', '.join(sorted(found))}; remove the axiom or use a full reasoner")


def _closed(pairs: Iterable[tuple[object, object]]) -> dict[object, set[object]]:
    """Gives for each left member everything reachable from it over the pairs, itself left out."""
    direct: dict[object, set[object]] = defaultdict(set)
    for a, b in pairs:
        direct[a].add(b)
    closed: dict[object, set[object]] = {}
    for start, following in direct.items():
        reached: set[object] = set()
        waiting = list(following)
        while waiting:
            node = waiting.pop()
            if node not in reached:
                reached.add(node)
                waiting.extend(direct.get(node, ()))
        closed[start] = reached - {start}
    return closed


def closure(triples: Iterable[Triple]) -> list[Triple]:
    """Gives every triple that follows and is not among the given ones, sorted by its N-Triples form.

    Trivial consequences are left out: ``owl:Thing``, reflexive statements and anonymous classes.

    Raises:
        ReasonerError: the ontology holds an axiom that the closure has no rule for.

    """
    given = {(t.subject, t.predicate, t.object): t for t in triples}
    schema = Schema(given.values())
    known: set[Key] = set(given)
    _Propagation(schema, known).run()
    anonymous = {cls for cls in (*schema.members, *schema.value_of_class) if _is_anonymous(cls)}
    hidden = {NamedNode(OWL + "Thing"), *anonymous}
    derived = [
        Triple(s, p, o)  # type: ignore[arg-type]
        for s, p, o in known - given.keys()
        if o not in hidden and s not in anonymous and not isinstance(s, Literal)
    ]
    derived += _schema_consequences(schema, known, hidden)
    return sorted(derived, key=str)


def _is_anonymous(node: object) -> bool:
    return not isinstance(node, NamedNode) or "/.well-known/genid/" in node.value


def _schema_consequences(schema: Schema, known: set[Key], hidden: set[object]) -> list[Triple]:
    found = []
    for name, table in (("subClassOf", schema.superclasses), ("subPropertyOf", schema.superproperties)):
        predicate = NamedNode(RDFS + name)
        for a, above in table.items():
            found += [
                Triple(a, predicate, b)  # type: ignore[arg-type]
                for b in above
                if (a, predicate, b) not in known and a not in hidden and b not in hidden
            ]
    return found


class _Propagation:
    """Runs the rules on each statement once; what follows joins the queue."""

    def __init__(self, schema: Schema, known: set[Key]) -> None:
        self.schema = schema
        self.known = known
        self.queue: list[Key] = list(known)
        self.objects: dict[tuple[object, object], set[object]] = defaultdict(set)
        self.subjects: dict[tuple[object, object], set[object]] = defaultdict(set)
        self.types: dict[object, set[object]] = defaultdict(set)
        for s, p, o in known:
            if p == TYPE:
                self.types[s].add(o)

    def add(self, s: object, p: object, o: object) -> None:
        if (s, p, o) not in self.known:
            self.known.add((s, p, o))
            self.queue.append((s, p, o))
            if p == TYPE:
                self.types[s].add(o)

    def run(self) -> None:
        while self.queue:
            s, p, o = self.queue.pop()
            if p == TYPE:
                self._classes(s, o)
            else:
                self._properties(s, p, o)

    def _classes(self, s: object, cls: object) -> None:
        schema = self.schema
        for above in schema.superclasses.get(cls, ()):
            self.add(s, TYPE, above)
        for whole in schema.intersections_with.get(cls, ()):
            if all(member in self.types[s] for member in schema.members[whole]):
                self.add(s, TYPE, whole)
        for member in schema.members.get(cls, ()):
            self.add(s, TYPE, member)
        if cls in schema.value_of_class:
            self.add(s, *schema.value_of_class[cls])

    def _properties(self, s: object, p: object, o: object) -> None:
        schema = self.schema
        for above in schema.superproperties.get(p, ()):
            self.add(s, above, o)
        for cls in schema.domains.get(p, ()):
            self.add(s, TYPE, cls)
        if not isinstance(o, Literal):
            for cls in schema.ranges.get(p, ()):
                self.add(o, TYPE, cls)
            if p in schema.symmetric:
                self.add(o, p, s)
            for inverse in schema.inverses.get(p, ()):
                self.add(o, inverse, s)
        for cls in schema.classes_of_value.get((p, o), ()):
            self.add(s, TYPE, cls)
        if p in schema.transitive:
            self._transitive(s, p, o)

    def _transitive(self, s: object, p: object, o: object) -> None:
        self.objects[p, s].add(o)
        self.subjects[p, o].add(s)
        for further in list(self.objects[p, o]):
            self.add(s, p, further)
        for before in list(self.subjects[p, s]):
            self.add(before, p, o)
