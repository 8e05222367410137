"""What the ontology declares: the names that case files and tables may use."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from kg.core.terms import BASE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pyoxigraph import Quad

CONCEPT: Final = f"{BASE}concept/"

_RDF_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
_OWL: Final = "http://www.w3.org/2002/07/owl#"
_SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
_LABELS: Final = frozenset(f"{_SKOS}{name}" for name in ("prefLabel", "altLabel", "hiddenLabel"))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Declared classes, properties with their ranges, and concepts with their labels; all by IRI.

    ``concepts`` maps a scheme's slug to its concepts by slug, ``labels`` a scheme's slug to its concepts by English
    preferred, alternative or hidden label; ``resources`` is everything that the ontology says something about.
    """

    classes: frozenset[str]
    object_properties: Mapping[str, tuple[str, ...]]
    datatype_properties: Mapping[str, tuple[str, ...]]
    concepts: Mapping[str, Mapping[str, NamedNode]]
    labels: Mapping[str, Mapping[str, tuple[NamedNode, ...]]]
    resources: frozenset[str]

    @classmethod
    def of(cls, quads: Iterable[Quad]) -> Vocabulary:
        """Read the ontology's quads, as ``load_ontology`` gives them."""
        types: dict[str, set[str]] = defaultdict(set)
        ranges: dict[str, list[str]] = defaultdict(list)
        schemes: dict[NamedNode, list[str]] = defaultdict(list)
        labels: dict[NamedNode, list[str]] = defaultdict(list)
        resources: set[str] = set()
        for quad in quads:
            subject, predicate, value = quad.subject, quad.predicate.value, quad.object
            if not isinstance(subject, NamedNode):
                continue
            resources.add(subject.value)
            if isinstance(value, NamedNode):
                if predicate == _RDF_TYPE:
                    types[value.value].add(subject.value)
                elif predicate == f"{_RDFS}range":
                    ranges[subject.value].append(value.value)
                elif predicate == f"{_SKOS}inScheme":
                    schemes[subject].append(slug(value.value))
            elif predicate in _LABELS and isinstance(value, Literal) and value.language == "en":
                labels[subject].append(value.value)
        return cls(
            classes=frozenset(types[f"{_OWL}Class"]),
            object_properties={iri: tuple(ranges[iri]) for iri in types[f"{_OWL}ObjectProperty"]},
            datatype_properties={iri: tuple(ranges[iri]) for iri in types[f"{_OWL}DatatypeProperty"]},
            concepts=_by_scheme(schemes),
            labels=_by_label(schemes, labels),
            resources=frozenset(resources),
        )

    def concept_names(self) -> list[str]:
        """Return every concept as case files write it where no scheme is implied: ``concept:stage/commercialization``."""
        return [
            f"concept:{node.value.removeprefix(CONCEPT)}"
            for members in self.concepts.values()
            for node in members.values()
        ]


def slug(iri: str) -> str:
    """Return the last part of an IRI."""
    return iri.rsplit("/", 1)[-1]


def _by_scheme(schemes: Mapping[NamedNode, list[str]]) -> dict[str, dict[str, NamedNode]]:
    found: dict[str, dict[str, NamedNode]] = defaultdict(dict)
    for concept, names in schemes.items():
        for name in names:
            found[name][slug(concept.value)] = concept
    return dict(found)


def _by_label(
    schemes: Mapping[NamedNode, list[str]], labels: Mapping[NamedNode, list[str]]
) -> dict[str, dict[str, tuple[NamedNode, ...]]]:
    found: dict[str, dict[str, tuple[NamedNode, ...]]] = defaultdict(dict)
    for concept, names in schemes.items():
        for name in names:
            for label in dict.fromkeys(labels[concept]):
                found[name][label] = (*found[name].get(label, ()), concept)
    return dict(found)
