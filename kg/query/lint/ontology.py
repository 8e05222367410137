"""What the ontology says that a query can contradict: domains, ranges, disjoint classes, kinds of properties.

The rules `class_clashes` and `wrong_values` compare a pattern with it.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from kg.core.terms import OWL, RDF, XSD
from kg.query.diagnosis.parts import Part, Splitter, Triple
from kg.query.lint.model import Finding
from kg.query.lint.variables import scopes
from kg.query.vocabulary import shown
from kg.sparql import Iri, Literal, Minus, Variable
from kg.store.protocol import Solutions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.sparql import Query, Span
    from kg.store.protocol import QuadStore


_PAIRS: Final = {
    "domains": "?one rdfs:domain ?other",
    "ranges": "?one rdfs:range ?other",
    "above": "?one rdfs:subClassOf+ ?other",
    "disjoint": "{ ?one owl:disjointWith ?other } UNION "
    "{ ?all a owl:AllDisjointClasses ; owl:members ?list . "
    "?list rdf:rest*/rdf:first ?one, ?other . FILTER(?one != ?other) }",
    "kinds": "?one a ?other FILTER(?other IN (owl:ObjectProperty, owl:DatatypeProperty))",
    "deprecated": "?one owl:deprecated true BIND(?one AS ?other)",
}


class Ontology:
    """The ontology of a store, read when it is first needed."""

    def __init__(self, store: QuadStore) -> None:
        self._store = store
        self._types: dict[str, frozenset[str]] = {}

    def _pairs(self, name: str) -> dict[str, frozenset[str]]:
        answer = self._store.query(
            f"SELECT DISTINCT ?one ?other {{ {_PAIRS[name]} FILTER(ISIRI(?one) && ISIRI(?other)) }}"
        )
        found: dict[str, set[str]] = {}
        for one, other in answer.rows if isinstance(answer, Solutions) else ():
            found.setdefault(getattr(one, "value", ""), set()).add(getattr(other, "value", ""))
        return {key: frozenset(values) for key, values in found.items()}

    @cached_property
    def domains(self) -> dict[str, frozenset[str]]:
        """The classes that the subjects of each property belong to."""
        return self._pairs("domains")

    @cached_property
    def ranges(self) -> dict[str, frozenset[str]]:
        """The classes or datatypes that the values of each property belong to."""
        return self._pairs("ranges")

    @cached_property
    def kinds(self) -> dict[str, frozenset[str]]:
        """Whether properties are object or datatype properties."""
        return self._pairs("kinds")

    @cached_property
    def deprecated(self) -> frozenset[str]:
        """The terms that the ontology marks as deprecated."""
        return frozenset(self._pairs("deprecated"))

    @cached_property
    def _above(self) -> dict[str, frozenset[str]]:
        return self._pairs("above")

    @cached_property
    def _disjoint(self) -> frozenset[frozenset[str]]:
        return frozenset(frozenset((one, other)) for one, others in self._pairs("disjoint").items() for other in others)

    def are_disjoint(self, one: str, other: str) -> bool:
        """Return whether nothing can belong to both classes."""
        ones = {one} | self._above.get(one, frozenset())
        others = {other} | self._above.get(other, frozenset())
        return any(frozenset((a, b)) in self._disjoint for a in ones for b in others if a != b)

    def first_clash(self, classes: Iterable[str]) -> tuple[str, str] | None:
        """Return the first two of some classes that exclude each other."""
        listed = sorted(classes)
        return next(((a, b) for i, a in enumerate(listed) for b in listed[i + 1 :] if self.are_disjoint(a, b)), None)

    def types(self, iri: str) -> frozenset[str]:
        """Return the classes that a thing is said to belong to."""
        if iri not in self._types:
            answer = self._store.query(f"SELECT DISTINCT ?class {{ <{iri}> a ?class FILTER(ISIRI(?class)) }}")
            rows = answer.rows if isinstance(answer, Solutions) else ()
            self._types[iri] = frozenset(getattr(row[0], "value", "") for row in rows)
        return self._types[iri]


Demand = tuple[str, str, "Span"]  # a class, why it is asked for, and where


def class_clashes(query: Query, ontology: Ontology) -> Iterator[Finding]:
    """Find variables and things of which a group and those around it ask classes that exclude each other."""
    reported: set[tuple[int, str]] = set()
    splitter = Splitter()  # one for all groups, so that no two steps of paths have one name
    for scope in scopes(query):
        demands: dict[Variable | Iri, list[Demand]] = {}
        groups = (*scope.outer, scope.group)
        for group in groups:
            for part in splitter.parts(group):
                if part.triple and not isinstance(part.pattern, Minus):
                    for node, demand in _demands(part.triple, part, ontology):
                        demands.setdefault(node, []).append(demand)
        for node, asked in demands.items():
            known = (
                [(cls, "its type", node.span) for cls in ontology.types(node.value)] if isinstance(node, Iri) else []
            )
            clash = ontology.first_clash({cls for cls, _, _ in (*known, *asked)})
            if clash:
                finding = _clash(node, clash, [*known, *asked])
                if (finding.span.start, finding.message) not in reported:
                    reported.add((finding.span.start, finding.message))
                    yield finding


def _clash(node: Variable | Iri, clash: tuple[str, str], asked: list[Demand]) -> Finding:
    reasons = [next(demand for demand in asked if demand[0] == cls) for cls in clash]
    reasons.sort(key=lambda demand: demand[2].start)
    (first, why, _), (second, because, place) = reasons
    name = _named(node)
    message = f"{name} would be a {shown(first)} ({why}) and a {shown(second)} ({because}), and nothing is both"
    return Finding("class-clash", message, place)


def _named(node: Variable | Iri) -> str:
    if isinstance(node, Iri):
        return shown(node.value)
    return "what stands between two steps" if node.name.startswith("__") else f"?{node.name}"


def _demands(triple: Triple, part: Part, ontology: Ontology) -> Iterator[tuple[Variable | Iri, Demand]]:
    if not isinstance(triple.path, Iri):
        return
    if triple.is_type:
        if isinstance(triple.object, Iri) and isinstance(triple.subject, Variable | Iri):
            yield triple.subject, (triple.object.value, "its type", triple.object.span)
        return
    name = shown(triple.path.value)
    place = triple.path.span if triple.path.span.end else part.span
    for node, classes, side in (
        (triple.subject, ontology.domains, "the domain of"),
        (triple.object, ontology.ranges, "the range of"),
    ):
        if isinstance(node, Variable | Iri):
            for cls in classes.get(triple.path.value, ()):
                yield node, (cls, f"{side} {name}", place)


def wrong_values(query: Query, ontology: Ontology) -> Iterator[Finding]:
    """Find literals that a property cannot have, and literals or things where it has the other."""
    for scope in scopes(query):
        for part in Splitter().parts(scope.group):
            triple = part.triple
            if triple and isinstance(triple.path, Iri) and not triple.is_type:
                message = _wrong_value(triple, triple.path.value, ontology)
                if message:
                    yield Finding("wrong-datatype", message, triple.object.span)


def _wrong_value(triple: Triple, path: str, ontology: Ontology) -> str:
    kinds = ontology.kinds.get(path, frozenset())
    if isinstance(triple.object, Iri) and kinds == {f"{OWL}DatatypeProperty"}:
        return f"{shown(path)} has literals, not things, as its values"
    if not isinstance(triple.object, Literal):
        return ""
    if kinds == {f"{OWL}ObjectProperty"}:
        return f"{shown(path)} has things, not literals, as its values"
    ranges = {each for each in ontology.ranges.get(path, ()) if each.startswith((XSD, f"{RDF}langString"))}
    if ranges and triple.object.datatype not in ranges:
        wanted = " or ".join(sorted(map(shown, ranges)))
        return f"{shown(path)} has values of {wanted}, and this one is of {shown(triple.object.datatype)}"
    return ""
