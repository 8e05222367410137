"""From what a person types to a thing of the graph: by label in any language, slug, document path, CURIE or IRI."""

from __future__ import annotations

import unicodedata
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from kg.core.errors import QueryError, near_names
from kg.core.terms import BASE, CURIE, SCHEMES, compact, expand, rebase, written_iri
from kg.query.catalogue.declarations import DATATYPES, SHOWN, shown
from kg.store.protocol import Solutions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kg.query.catalogue.declarations import Parameter
    from kg.store.protocol import QuadStore

    Things = Mapping[str, tuple[Literal, ...]]

_LABELS: Final = "rdfs:label|skos:prefLabel|skos:altLabel|skos:hiddenLabel|dcterms:title"
_CANDIDATES: Final = f"""
SELECT DISTINCT ?thing ?label WHERE {{
  ?thing a/rdfs:subClassOf* <%s> .
  OPTIONAL {{ ?thing {_LABELS} ?label }}
}}
"""
_OF_SCHEME: Final = "SELECT ?thing WHERE { ?thing skos:inScheme|skos:topConceptOf|^skos:hasTopConcept <%s> }"
_NARROWER: Final = "SELECT ?thing ?broader WHERE { ?thing skos:broader|^skos:narrower ?broader }"
# What has a name, among all things; the name is bound in the syntax tree like any other value.
_NAMED: Final = f"""
SELECT DISTINCT ?thing WHERE {{
  {{ VALUES ?name {{ "" }} ?thing {_LABELS} ?label FILTER(LCASE(STR(?label)) = LCASE(?name)) }}
  UNION
  {{ VALUES ?name {{ "" }} ?thing a ?class
    FILTER(ISIRI(?thing) && (STRENDS(STR(?thing), CONCAT("/", ?name)) || STRENDS(STR(?thing), CONCAT("#", ?name)))) }}
}}
ORDER BY STRLEN(STR(?thing)) ?thing LIMIT 10
"""
# The classes of a thing that have no subclass among its classes.
_CLASSES: Final = """
SELECT DISTINCT ?class WHERE {
  %(thing)s a ?class .
  FILTER(ISIRI(?class))
  MINUS { %(thing)s a ?narrower . ?narrower rdfs:subClassOf+ ?class . FILTER(?narrower != ?class) }
}
ORDER BY ?class
"""
_NONE: Final[Mapping[str, str]] = MappingProxyType({})
_EXAMPLES: Final = 8
NEAR: Final = 3
_LONGEST: Final = 1000  # characters of anything that may be a name


def read_thing(
    parameter: Parameter, value: str, store: QuadStore, base: str = BASE, declared: Mapping[str, str] = _NONE
) -> NamedNode:
    """Return the one thing, among those that a parameter takes, that a value names.

    ``declared`` are prefixes that hold besides the known ones.

    Raises:
        QueryError: nothing among them answers to the value, or several do; it says what the value names instead, and
            near names.

    """
    things = candidates(parameter, store, base, declared)
    prefix, _, local = value.partition(":")
    named = f"<{declared[prefix]}{local}>" if prefix in declared and CURIE.fullmatch(value) else value
    found = _named(named, things, base)
    if len(found) == 1:
        return NamedNode(found[0])
    if found:
        choice = ", ".join(sorted(_short(iri, base) for iri in found))
        raise QueryError(f"{shown(value)} is the name of several things", hint=f"say which: {choice}")
    other = _other(parameter, value, named, store, base)
    if other:
        raise QueryError(other, hint=_choice(parameter, things, base))
    near = _near(value, things, base) if len(value) <= SHOWN else ()
    raise QueryError(f"nothing is called {shown(value)}", hint=_choice(parameter, things, base), near=near)


def candidates(parameter: Parameter, store: QuadStore, base: str = BASE, declared: Mapping[str, str] = _NONE) -> Things:
    """Return the IRIs of the things that a parameter takes, each with its labels."""
    things = _with_labels(store, _CANDIDATES % _full(parameter.type, base, declared))
    if parameter.scheme:
        inside = _of_scheme(_full(parameter.scheme, base, declared), store)
        things = {iri: labels for iri, labels in things.items() if iri in inside}
    if parameter.enumerate:
        allowed = {_full(curie, base, declared) for curie in parameter.enumerate}
        things = {iri: labels for iri, labels in things.items() if iri in allowed}
    return things


def _of_scheme(scheme: str, store: QuadStore) -> set[str]:
    """Return the concepts of a scheme, and those narrower than one of them."""
    answers = (store.query(_OF_SCHEME % scheme), store.query(_NARROWER))
    members, pairs = (answer.rows if isinstance(answer, Solutions) else () for answer in answers)
    narrower: dict[str, list[str]] = {}
    for thing, broader in pairs:
        narrower.setdefault(getattr(broader, "value", ""), []).append(getattr(thing, "value", ""))
    inside: set[str] = set()
    waiting = [getattr(thing, "value", "") for (thing,) in members]
    while waiting:
        concept = waiting.pop()
        if concept not in inside:
            inside.add(concept)
            waiting += narrower.get(concept, ())
    return inside


def slugs(things: Things) -> dict[str, str]:
    """Return the shortest end of each IRI that names that thing alone: its last segment, or its last two."""
    ends = [iri.rsplit("/", 1)[1] for iri in things]
    return {
        iri: end if ends.count(end) == 1 else "/".join(iri.rsplit("/", 2)[1:])
        for iri, end in zip(things, ends, strict=True)
    }


def _with_labels(store: QuadStore, text: str) -> Things:
    found: dict[str, list[Literal]] = {}
    answer = store.query(text)
    for thing, label in answer.rows if isinstance(answer, Solutions) else ():
        if isinstance(thing, NamedNode):
            labels = found.setdefault(thing.value, [])
            if isinstance(label, Literal):
                labels.append(label)
    return {iri: tuple(found[iri]) for iri in sorted(found)}


def _named(value: str, things: Things, base: str) -> list[str]:
    """Return the things that a value names.

    An IRI comes first, then a name as written, then the path of an IRI below the base or its end, then a name that
    differs in case or width.
    """
    iri = written_iri(value, base)
    if iri in things:
        return [iri]
    paths = [f"{base}{folder}{value.removeprefix('/')}" for folder in ("", "id/")] if "/" in value else []
    if path := next((path for path in paths if path in things), ""):
        return [path]
    names = {thing: _names(thing, labels) for thing, labels in things.items()}
    exact = [thing for thing, own in names.items() if value in own]
    if not exact and "/" in value:
        exact = [thing for thing in things if thing.endswith(f"/{value.removeprefix('/')}")]
    folded = _folded(value)
    return exact or [thing for thing, own in names.items() if folded in map(_folded, own)]


def _names(iri: str, labels: Iterable[Literal]) -> list[str]:
    end = iri.rsplit("/", 1)[-1]
    return [*(label.value for label in labels), end, "/".join(iri.rsplit("/", 2)[1:]), end.rsplit("#", 1)[-1]]


def _folded(name: str) -> str:
    return (name if name.isascii() else unicodedata.normalize("NFKC", name)).casefold()


def _full(curie: str, base: str, declared: Mapping[str, str]) -> str:
    prefix, _, local = curie.partition(":")
    if prefix in declared:
        return f"{declared[prefix]}{local}"
    return rebase(expand(curie).value, base)


def _short(iri: str, base: str) -> str:
    return compact(rebase(iri, BASE, base))


def _choice(parameter: Parameter, things: Things, base: str) -> str:
    iris = list(things)
    ends = slugs(things)
    names = [ends[iri] if (short := _short(iri, base)).startswith("<") else short for iri in iris[:_EXAMPLES]]
    examples = ", ".join(names) or "of which the graph has none"
    more = ", …" if len(iris) > _EXAMPLES else ""
    return f"parameter '{parameter.name}' takes {parameter.type}: {examples}{more}"


def _near(value: str, things: Things, base: str) -> tuple[str, ...]:
    """Return the nearest names, one for each thing; CURIEs and IRIs where one was written."""
    iri = written_iri(value, base)
    if iri or CURIE.fullmatch(value):
        in_full = value.startswith(("<", *SCHEMES))
        if near := near_names(
            iri if in_full else value, list(things) if in_full else [_short(each, base) for each in things], NEAR
        ):
            return near
    names = {
        _folded(name): (iri, name) for iri, labels in things.items() for name in _names(iri, sorted(labels, key=str))
    }
    nearest: dict[str, str] = {}
    for iri, name in (names[near] for near in near_names(_folded(value), names, 2 * NEAR)):
        nearest.setdefault(iri, name)
    return tuple(nearest.values())[:NEAR]


def _other(parameter: Parameter, value: str, named: str, store: QuadStore, base: str) -> str:
    """Return a sentence about the thing that a value names although the parameter does not take it.

    ``named`` is the value, or the IRI of the prefixed name that it is. The empty text if there is none.
    """
    for iri in _elsewhere(named, store, base):
        answer = store.query(_CLASSES % {"thing": iri})
        rows = answer.rows if isinstance(answer, Solutions) else ()
        classes = [_short(term.value, base) for (term,) in rows if isinstance(term, NamedNode)]
        classes = [name for name in classes if not name.endswith("Topic")] or classes
        if parameter.type in classes:
            outside = " of another scheme" if parameter.scheme else " outside the list"
            return f"{shown(value)} is a {parameter.type}{outside}, the parameter takes {parameter.takes}"
        if classes:
            return f"{shown(value)} is a {' and a '.join(classes)}, the parameter takes {parameter.takes}"
    return ""


def _elsewhere(value: str, store: QuadStore, base: str) -> list[NamedNode]:
    """Return the IRI that a value writes, or the things of any class that it names."""
    if not value or len(value) > _LONGEST or not DATATYPES["xsd:string"].match(value):
        return []
    if iri := written_iri(value, base):
        try:
            return [NamedNode(iri)]
        except ValueError:
            return []
    from kg import sparql

    name = unicodedata.normalize("NFKC", value)
    answer = store.query(sparql.write(sparql.bind(sparql.parse(_NAMED), {"name": Literal(name)})))
    return [term for (term,) in answer.rows if isinstance(term, NamedNode)] if isinstance(answer, Solutions) else []
