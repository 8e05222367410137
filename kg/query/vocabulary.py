"""What a graph knows: which IRIs, in which roles and under which labels; and which of them somebody may have meant."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final

from kg.core.errors import swapped
from kg.core.terms import DC, DCTERMS, FOAF, RDFS, SCHEMA_ORG, SCHEMA_ORG_HTTP, SKOS, compact, prefixes
from kg.store.protocol import Solutions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from kg.store.protocol import QuadStore, Term

# The properties by which vocabularies say what a thing is called: one is often written where the data have another.
NAMING: Final = frozenset(
    {
        f"{RDFS}label",
        f"{SKOS}prefLabel",
        f"{DCTERMS}title",
        f"{DC}title",
        f"{FOAF}name",
        f"{SCHEMA_ORG_HTTP}name",
        f"{SCHEMA_ORG}name",
    }
)
NEAR: Final = 0.72  # the likeness from which a name is worth a suggestion
_LIKE: Final = re.compile(r"[\W_]+")
_NAMES: Final = 20_000  # of a large store only so many names are looked at


class Role(StrEnum):
    """The role of an IRI in a pattern."""

    CLASS = "class"
    PROPERTY = "property"
    GRAPH = "graph"
    THING = "thing"


class Vocabulary:
    """The names of a graph, read from the store when they are first needed."""

    def __init__(self, ask: Callable[[str], object]) -> None:
        self._ask = ask
        self._below: dict[str, frozenset[str]] = {}

    @classmethod
    def of(cls, store: QuadStore) -> Vocabulary:
        """Return the names that a store knows."""
        return cls(store.query)

    def occurs(self, iri: str) -> bool:
        """Return whether an IRI stands in any statement, or names a graph."""
        node = f"<{iri}>"
        parts = (
            f"{{ {node} ?p ?o }} UNION {{ ?s {node} ?o }} UNION {{ ?s ?p {node} }} UNION {{ GRAPH {node} {{ ?s ?p ?o "
            f"}} }}"
        )
        return bool(self._ask(f"ASK {{ {parts} }}"))

    def used(self, iri: str, role: Role) -> bool:
        """Return whether an IRI is used in a role.

        A class has a member, a property a statement, a graph any content.
        """
        node = f"<{iri}>"
        patterns = {
            Role.CLASS: f"?s a {node}",
            Role.PROPERTY: f"?s {node} ?o",
            Role.GRAPH: f"GRAPH {node} {{ ?s ?p ?o }}",
            Role.THING: f"{{ {node} ?p ?o }} UNION {{ ?s ?p {node} }}",
        }
        return bool(self._ask(f"ASK {{ {patterns[role]} }}"))

    @cached_property
    def properties(self) -> frozenset[str]:
        """The properties that are declared or used."""
        return self._column(
            "SELECT DISTINCT ?x { { ?s ?x ?o } UNION { ?x a ?kind FILTER(STRENDS(STR(?kind), 'Property')) } }"
        )

    @cached_property
    def classes(self) -> frozenset[str]:
        """The classes that are declared or have members."""
        return self._column("SELECT DISTINCT ?x { { ?s a ?x } UNION { ?x a owl:Class } UNION { ?x a rdfs:Class } }")

    @cached_property
    def graphs(self) -> frozenset[str]:
        """The named graphs."""
        return self._column("SELECT DISTINCT ?x { GRAPH ?x { ?s ?p ?o } }")

    @cached_property
    def labels(self) -> dict[str, frozenset[str]]:
        """The labels of everything that has one, reduced to letters and digits."""
        answer = self._ask(
            "SELECT DISTINCT ?x (STR(?label) AS ?text) "
            "{ VALUES ?property { rdfs:label skos:prefLabel skos:altLabel skos:hiddenLabel } ?x ?property ?label } "
            f"LIMIT {_NAMES}"
        )
        found: dict[str, set[str]] = {}
        for thing, label in answer.rows if isinstance(answer, Solutions) else ():
            found.setdefault(_text(thing), set()).add(reduced(_text(label)))
        return {thing: frozenset(texts) for thing, texts in found.items()}

    def below(self, namespace: str) -> frozenset[str]:
        """Return the things of a namespace, with or without labels."""
        if namespace not in self._below:
            text = namespace.replace("\\", "\\\\").replace('"', '\\"')
            self._below[namespace] = self._column(
                f'SELECT DISTINCT ?x {{ ?x ?p ?o FILTER(STRSTARTS(STR(?x), "{text}")) }} LIMIT {_NAMES}'
            )
        return self._below[namespace]

    @cached_property
    def _namespaces(self) -> frozenset[str]:
        """The namespaces of properties, classes and graphs, reduced to what people do not get wrong."""
        return frozenset(like_namespace(namespace_of(iri)) for iri in self.properties | self.classes | self.graphs)

    def has_namespace(self, namespace: str) -> bool:
        """Return whether the graph has an IRI of a namespace, as property, class, graph or subject."""
        used = self.properties | self.classes | self.graphs
        return any(iri.startswith(namespace) for iri in used) or bool(self.below(namespace))

    def resembles_namespace(self, namespace: str) -> bool:
        """Return whether a namespace is one of the graph but for what people get wrong in namespaces."""
        return like_namespace(namespace) in self._namespaces

    def most_special(self, classes: Iterable[str]) -> list[str]:
        """Return the classes that have no other of them below."""
        given = sorted(classes)
        listed = " ".join(f"<{iri}>" for iri in given)
        text = (
            f"SELECT DISTINCT ?x {{ VALUES ?x {{ {listed} }} VALUES ?y {{ {listed} }} ?y rdfs:subClassOf+ ?x FILTER(?x "
            f"!= ?y) }}"
        )
        general = self._column(text)
        return [iri for iri in given if iri not in general] or given

    def _column(self, text: str) -> frozenset[str]:
        answer = self._ask(text)
        return frozenset(_text(row[0]) for row in answer.rows) if isinstance(answer, Solutions) else frozenset()

    def candidates(self, role: Role) -> frozenset[str]:
        """Return what may stand in a role."""
        if role is Role.CLASS:
            return self.classes
        if role is Role.PROPERTY:
            return self.properties
        return self.graphs if role is Role.GRAPH else frozenset(self.labels)

    def near(self, iri: str, role: Role, among: Iterable[str] | None = None, count: int = 3) -> tuple[str, ...]:
        """Return the IRIs that the author of ``iri`` may have meant, best first.

        The candidates are ``among``, or all IRIs that fit the role.
        """
        known = self.candidates(role) if among is None else among
        if role is Role.THING and among is None:
            known = frozenset(known) | self.below(namespace_of(iri))
        scored = sorted(
            ((self.likeness(iri, other), other) for other in known if other != iri),
            key=lambda pair: (-pair[0], pair[1]),
        )
        best = [(score, other) for score, other in scored if score >= NEAR]
        space = namespace_of(iri)
        if (
            role is Role.THING and best and namespace_of(best[0][1]) == space
        ):  # a thing of the same name elsewhere is another thing
            best = [(score, other) for score, other in best if namespace_of(other) == space]
        slips = [other for _, other in best if swapped(local_name(iri), local_name(other))]
        return tuple(slips[:1]) or tuple(other for score, other in best[:count] if score >= best[0][0] - 0.15)

    def likeness(self, iri: str, other: str) -> float:
        """Return the similarity of two IRIs, from 0 to 1.

        It compares their last parts, the labels of the other, and what precedes the last parts.
        """
        name, space = local_name(iri), namespace_of(iri)
        other_name = local_name(other)
        other_space = other[: len(other) - len(other_name)]
        away = 0.0 if space == other_space else 0.02 if like_namespace(space) == like_namespace(other_space) else 0.1
        if not reduced(name):
            return 0.0
        if reduced(name) == reduced(other_name):
            return 1 - away
        if reduced(name) in self.labels.get(other, ()):
            return 0.98 - away
        best = _ratio(name, other_name)
        if min(len(name), len(other_name)) > 3 and (other_name.startswith(name) or name.startswith(other_name)):  # noqa: PLR2004
            best = max(best, 0.8)
        texts = self.labels.get(other, ())
        return (
            max([best, *(0.95 * _ratio(reduced(name), text) for text in texts if abs(len(text) - len(name)) < 4)])  # noqa: PLR2004
            - away
        )


def _ratio(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, one, other)
    return matcher.ratio() if matcher.real_quick_ratio() >= NEAR and matcher.quick_ratio() >= NEAR else 0.0


def _text(term: Term | None) -> str:
    return str(getattr(term, "value", ""))


def local_name(iri: str) -> str:
    """Return the last part of an IRI."""
    return re.split(r"[/#]", iri)[-1]


def namespace_of(iri: str) -> str:
    """Return an IRI without its last part."""
    return iri[: len(iri) - len(local_name(iri))]


def reduced(text: str) -> str:
    """Return a name without case, spaces and punctuation, for comparison."""
    return _LIKE.sub("", text).casefold()


def like_namespace(iri: str) -> str:
    """Return an IRI without what people get wrong in namespaces: http or https, www, slash or hash at the end, case."""
    return re.sub(r"^https?://(www\.)?", "", iri.casefold()).rstrip("/#")


def meant_namespace(prefix: str, namespace: str) -> str:
    """Return the namespace that is known for a prefix, or the known one that looks like ``namespace``.

    Empty where neither is another.
    """
    known = prefixes().get(prefix)
    if known and known != namespace:
        return known
    alike = [other for other in prefixes().values() if like_namespace(other) == like_namespace(namespace)]
    return alike[0] if alike and namespace not in alike else ""


def meant_iri(iri: str) -> str:
    """Return the IRI of a known namespace that ``iri`` looks like by all but scheme, slash or hash.

    Empty where there is none.
    """
    name = local_name(iri)
    space = namespace_of(iri)
    for namespace in prefixes().values():
        if namespace != space and like_namespace(namespace) == like_namespace(space):
            return namespace + name
    return ""


def shown(iri: str) -> str:
    """Return an IRI as people read it."""
    return compact(iri)
