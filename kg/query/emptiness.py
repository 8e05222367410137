"""Why a query may have no rows: the terms in it that the graph does not know, with the nearest ones it does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kg.errors import near_names
from kg.terms import compact, prefixes

if TYPE_CHECKING:
    from kg.store.protocol import QuadStore

_NOISE: Final = re.compile(r'"""(?s:.*?)"""|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|(?m:(?<![<\w/])#[^\n]*$)')
_DECLARED: Final = re.compile(r"\bPREFIX\s+([\w-]*):\s*<([^>]*)>", re.IGNORECASE)
_CURIE: Final = re.compile(r"(?<![\w?$<:/#])([A-Za-z][\w-]*):([A-Za-z_0-9](?:[\w.-]*[\w-])?)")
_IRI: Final = re.compile(r"<([a-z][\w+.-]*:[^<>\s]*)>", re.IGNORECASE)


def unknown_terms(text: str, store: QuadStore) -> list[str]:
    """Gives a sentence for each IRI of a query that occurs nowhere in the graph, with the nearest that do."""
    body = _NOISE.sub(" ", text)
    declared = {**prefixes(), **dict(_DECLARED.findall(body))}
    body = _DECLARED.sub(" ", body)
    used = {iri: f"<{iri}>" for iri in _IRI.findall(body)}
    used |= {declared[prefix] + local: f"{prefix}:{local}" for prefix, local in _CURIE.findall(body) if prefix in declared}
    unknown = {iri: written for iri, written in used.items() if not _occurs(iri, store)}
    if not unknown:
        return []
    known = _vocabulary(store)
    return [_sentence(iri, written, known) for iri, written in sorted(unknown.items())]


def _occurs(iri: str, store: QuadStore) -> bool:
    return bool(store.query(f"ASK {{ {{ <{iri}> ?p ?o }} UNION {{ ?s <{iri}> ?o }} UNION {{ ?s ?p <{iri}> }} }}"))


def _vocabulary(store: QuadStore) -> set[str]:
    names: set[str] = set()
    for quad in store.quads():
        for node in (quad.subject, quad.predicate, quad.object):
            value = getattr(node, "value", "")
            if value.startswith("http"):
                names.add(value)
    return names


def _sentence(iri: str, written: str, known: set[str]) -> str:
    namespace = iri[: len(iri) - len(re.split(r"[/#]", iri)[-1])]
    siblings = {name[len(namespace) :]: name for name in known if name.startswith(namespace)}
    near = [compact(siblings[name]) for name in near_names(iri[len(namespace) :], siblings)]
    return f"{written} is in no statement of the graph" + (f"; did you mean {' or '.join(near)}?" if near else "")
