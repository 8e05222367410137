"""Concepts by everything that a table may call them: slug, label in any language, notation, IRI."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from kg.core.errors import near_names
from kg.core.resources import ontology_dir
from kg.core.terms import prefixes
from kg.loaders.cases.vocabulary import CONCEPT, slug
from kg.loaders.ontology import load_ontology

if TYPE_CHECKING:
    from collections.abc import Mapping

_SKOS: Final = prefixes()["skos"]
_NAMES: Final = frozenset(f"{_SKOS}{name}" for name in ("prefLabel", "altLabel", "hiddenLabel", "notation"))


def normal(text: str) -> str:
    """Return a text as it is compared: without regard to case, width of characters and white space."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


@cache
def concept_names(scheme: str) -> Mapping[str, tuple[str, ...]]:
    """Return the concepts of a scheme, as ``<scheme>/<slug>``, by each of their names in normal form."""
    return {name: tuple(sorted(found)) for name, found in _names().get(scheme, {}).items()}


def find_concept(scheme: str, text: str) -> tuple[str, str, tuple[str, ...]]:
    """Return the concept that a text means, as ``<scheme>/<slug>``; or nothing, and why, and the nearest names."""
    if text.startswith("concept:"):
        scheme, _, text = text.removeprefix("concept:").rpartition("/")
    names = concept_names(scheme)
    found = names.get(normal(text), ())
    if len(found) == 1:
        return found[0], "", ()
    if found:
        return "", f"{{}} is the name of several concepts of scheme {scheme}", tuple(slug(one) for one in found)
    return "", f"{{}} is no concept of scheme {scheme}", near_names(normal(text), names)


@cache
def _names() -> dict[str, dict[str, set[str]]]:
    schemes: dict[str, list[str]] = defaultdict(list)
    texts: dict[str, set[str]] = defaultdict(set)
    for quad in load_ontology(ontology_dir()).quads:
        if not isinstance(quad.subject, NamedNode) or not quad.subject.value.startswith(CONCEPT):
            continue
        if quad.predicate.value == f"{_SKOS}inScheme" and isinstance(quad.object, NamedNode):
            schemes[quad.subject.value].append(slug(quad.object.value))
        elif quad.predicate.value in _NAMES and isinstance(quad.object, Literal):
            texts[quad.subject.value].add(normal(quad.object.value))
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for concept, members in schemes.items():
        local = concept.removeprefix(CONCEPT)
        for scheme in members:
            for name in {normal(slug(concept)), normal(slug(concept).replace("-", " ")), concept, *texts[concept]}:
                found[scheme][name].add(local)
    return found
