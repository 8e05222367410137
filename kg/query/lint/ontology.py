"""What the ontology says that a query can contradict: domains, ranges, disjoint classes, kinds of properties."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from kg.store.protocol import Solutions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.store.protocol import QuadStore

_PAIRS: Final = {
    "domains": "?one rdfs:domain ?other",
    "ranges": "?one rdfs:range ?other",
    "above": "?one rdfs:subClassOf+ ?other",
    "disjoint": "{ ?one owl:disjointWith ?other } UNION "
    "{ ?all a owl:AllDisjointClasses ; owl:members ?list . ?list rdf:rest*/rdf:first ?one, ?other . FILTER(?one != ?other) }",
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
