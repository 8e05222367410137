"""References as case files write them: ids, ids of other documents, concepts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from kg.core.errors import near_names
from kg.core.terms import BASE
from kg.loaders.cases.context import Kind
from kg.loaders.cases.draft import ID
from kg.loaders.cases.vocabulary import slug

if TYPE_CHECKING:
    from kg.core.origin import Origin
    from kg.loaders.cases.context import Word
    from kg.loaders.cases.draft import Draft

_FOREIGN_ID: Final = re.compile(rf"\.\./([a-z0-9-]+)/({ID.pattern})")
_FORMS: Final = "an id such as org/tau-giken, ../<document>/<id>, or a concept such as concept:stage/commercialization"
# The prefixes under which the ontology names things that data may refer to.
_PREFIXES: Final = ("concept", "cube", "scheme")


def resolve(draft: Draft, word: Word, text: str, place: Origin) -> NamedNode | None:
    """Return the IRI that a reference stands for; one that cannot be is noted and gives nothing.

    Whether an id is defined is asked at the end of loading, when all files are read.
    """
    if word.kind is Kind.CONCEPT and not text.startswith("concept:"):
        return _concept(draft, word, text, place)
    if ID.fullmatch(text):
        return draft.refer(draft.base + text, text, place)
    if foreign := _FOREIGN_ID.fullmatch(text):
        return draft.refer(f"{BASE}id/{foreign[1]}/{foreign[2]}", text, place)
    prefix, colon, local = text.partition(":")
    if colon and prefix in _PREFIXES and prefix in draft.context.prefixes:
        iri = draft.context.prefixes[prefix] + local
        if iri in draft.vocabulary.resources:
            return NamedNode(iri)
        draft.report(
            place,
            f"'{text}' is not in the ontology",
            expected=f"a name that the ontology declares under {prefix}:",
            near=_near(draft, prefix, text),
        )
        return None
    names = draft.vocabulary.concept_names()
    near = [name for name in names if name.endswith(f"/{text}")] or near_names(text, names)
    draft.report(place, f"'{text}' is not a reference", expected=_FORMS, near=near)
    return None


def _concept(draft: Draft, word: Word, text: str, place: Origin) -> NamedNode | None:
    scheme = slug(word.detail.rstrip("/"))
    members = draft.vocabulary.concepts.get(scheme, {})
    if text in members:
        return members[text]
    draft.report(
        place,
        f"'{text}' is not a concept of scheme {scheme}",
        expected=f"the slug of a concept of scheme {scheme}, or concept:<scheme>/<slug> for another",
        near=near_names(text, members),
    )
    return None


def _near(draft: Draft, prefix: str, text: str) -> list[str]:
    """Return the nearest names: in the scheme that is written, else the same slug elsewhere, else the nearest schemes."""
    local = text.partition(":")[2]
    if prefix != "concept":
        namespace = draft.context.prefixes[prefix]
        names = [iri.removeprefix(namespace) for iri in draft.vocabulary.resources if iri.startswith(namespace)]
        return [f"{prefix}:{name}" for name in near_names(local, sorted(names))]
    scheme, _, name = local.partition("/")
    concepts = draft.vocabulary.concepts
    if scheme in concepts:
        near = [f"{scheme}/{other}" for other in near_names(name, concepts[scheme])]
    else:
        near = [f"{other}/{name}" for other in near_names(scheme, concepts) if name in concepts[other]]
    return [
        f"concept:{other}" for other in near or [f"{other}/{name}" for other in concepts if name in concepts[other]][:3]
    ]
