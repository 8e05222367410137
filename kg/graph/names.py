"""Find the thing of a graph that a person names: by IRI, CURIE, label in any language, or the end of an IRI."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from kg.core.errors import QueryError, near_names
from kg.core.terms import BASE, compact, written_iri
from kg.store.protocol import Solutions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.store.protocol import QuadStore

# Which names count for more: a thing that is called so before one that is also called so, and that before an IRI.
_PREFERRED, _OTHER, _END = range(3)
_NAMES: Final = """
SELECT ?thing (STR(?text) AS ?label) ?preferred WHERE {
  { ?thing rdfs:label|skos:prefLabel|dcterms:title ?text BIND(true AS ?preferred) }
  UNION
  { ?thing skos:altLabel|skos:hiddenLabel ?text BIND(false AS ?preferred) }
  FILTER(ISIRI(?thing))
}
"""
_CONCEPTS: Final = "SELECT DISTINCT ?thing WHERE { ?thing skos:inScheme ?scheme }"
_MOST_CHOICES: Final = 6
_NEAR: Final = 3
_WORD: Final = re.compile(r"\w+")


def find_thing(store: QuadStore, name: str, base: str = BASE) -> str:
    """Return the IRI of the one thing that a name stands for.

    An IRI or CURIE stands for itself. Of the things with the name, those count that have it as a preferred label or
    title; where none has, those that have it as another label; where none has, those whose IRIs end in it. Case and the
    width of characters make no difference, unless several things remain that one of them tells apart.

    Raises:
        QueryError: nothing, or more than one thing, has that name, or it begins like an IRI and is none.

    """
    if iri := written_iri(name, base):
        try:
            return NamedNode(iri).value
        except ValueError as error:
            raise QueryError(f"'{name}' is no IRI: {error}") from error
    names = list(_names(store))
    wanted = _folded(name)
    matches = [(rank, text != name, thing) for rank, text, thing in names if _folded(text) == wanted]
    best = min((rank for rank, _, _ in matches), default=None)
    same = {thing for rank, _, thing in matches if rank == best}
    exact = {thing for rank, differs, thing in matches if rank == best and not differs}
    things = exact if len(exact) == 1 else same
    if len(things) == 1:
        return things.pop()
    if things:
        raise QueryError(f"'{name}' is the name of several things", hint=_choice(things, store))
    try:
        return NamedNode(name).value
    except ValueError:
        raise QueryError(f"nothing in the graph is called '{name}'", near=_near(name, names)) from None


def _names(store: QuadStore) -> Iterator[tuple[int, str, str]]:
    """Yield each name of each thing: how much it counts, the name and the thing."""
    answer = store.query(_NAMES)
    things = set()
    for thing, label, preferred in answer.rows if isinstance(answer, Solutions) else ():
        things.add(iri := getattr(thing, "value", ""))
        is_preferred = getattr(preferred, "value", "") == "true"
        yield _PREFERRED if is_preferred else _OTHER, getattr(label, "value", ""), iri
    for iri in things:
        segments = re.split("[/#]", iri)
        yield _END, segments[-1], iri
        yield _END, "/".join(segments[-2:]), iri


def _folded(name: str) -> str:
    return (name if name.isascii() else unicodedata.normalize("NFKC", name)).casefold()


def _choice(things: Iterable[str], store: QuadStore) -> str:
    """Return the lines that offer the things: concepts first, then the shortest names."""
    answer = store.query(_CONCEPTS)
    concepts = {getattr(thing, "value", "") for (thing,) in (answer.rows if isinstance(answer, Solutions) else ())}
    ranked = sorted((thing not in concepts, len(compact(thing)), compact(thing)) for thing in things)
    lines = [f"  {short}" for _, _, short in ranked[:_MOST_CHOICES]]
    more = [f"  and {len(ranked) - _MOST_CHOICES} more"] if len(ranked) > _MOST_CHOICES else []
    return "\n".join(["say which:", *lines, *more])


def _near(name: str, names: Iterable[tuple[int, str, str]]) -> tuple[str, ...]:
    """Return names that hold all words of a name, the shortest first, or else names that resemble it."""
    known = dict.fromkeys(text for _, text, _ in sorted(names, key=lambda named: (named[0], len(named[1]), named[1])))
    words = set(_WORD.findall(_folded(name)))
    holding = [text for text in known if words and words <= set(_WORD.findall(_folded(text)))]
    if holding:
        return tuple(f"'{text}'" for text in holding[:_NEAR])
    spelt = {_folded(text): text for text in reversed(known)}
    return tuple(f"'{spelt[near]}'" for near in near_names(_folded(name), spelt, _NEAR))
