"""Values in case files: references to things and concepts, places in the document, and numbers as printed."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from kg.core.errors import near_names
from kg.core.origin import Origin
from kg.core.printed import read_printed
from kg.core.terms import BASE
from kg.loaders.cases.context import ID, Kind
from kg.loaders.files import Mapping, Scalar, Sequence, kind_of
from kg.loaders.ontology import slug

if TYPE_CHECKING:
    from kg.loaders.cases.context import Word
    from kg.loaders.cases.draft import Draft
    from kg.loaders.files import Node

_FOREIGN_ID: Final = re.compile(rf"\.\./([a-z0-9-]+)/({ID.pattern})")
_FORMS: Final = "an id such as org/tau-giken, ../<document>/<id>, or a concept such as concept:stage/commercialization"
# The prefixes under which the ontology names things that data may refer to.
_PREFIXES: Final = ("concept", "cube", "scheme")
_FORM: Final = '{section: "6", span: [START, END]}'
_BOUNDS: Final = 2
_OFFSET: Final = re.compile(r"[0-9]{1,12}")


def number_in(text: str) -> Decimal | None:
    """Return the number that a printed form in digits says, or nothing where it says more, less or in words."""
    printed = read_printed(text)
    return Decimal(printed.number) if printed and not printed.second else None


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
    """Return the nearest names.

    They are those of the written scheme, else the same slug in other schemes, else the nearest schemes.
    """
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


def read_place(draft: Draft, file: str, word: str, node: Node) -> NamedNode | None:
    """State the span that a place names and return its IRI, or nothing when the place is wrong."""
    if not isinstance(node, Mapping):
        draft.report(_at(file, node), f"{kind_of(node)} stands where '{word}' takes a place", expected=_FORM)
        return None
    for name, (key, _) in node.entries.items():
        if name not in {"section", "span"}:
            draft.report(
                _at(file, key), f"unknown key '{name}'", expected=_FORM, near=near_names(name, ("section", "span"))
            )
    section = _section(draft, file, node)
    offsets = _offsets(draft, file, word, node)
    return draft.span(*offsets, section, _at(file, node.get("span") or node)) if offsets else None


def place_names(node: Node | None) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Return the first section and all offsets that a value of ``source`` holds, leaving out what is wrong."""
    items = [item for item in (node.items if isinstance(node, Sequence) else [node]) if isinstance(item, Mapping)]
    sections = [value.value for item in items if isinstance(value := item.get("section"), Scalar) and not value.is_null]
    offsets = [pair for item in items if (pair := _bounds(item.get("span")))]
    return (sections[0] if sections else ""), tuple(offsets)


def _section(draft: Draft, file: str, node: Mapping) -> str:
    value = node.get("section")
    if value is None:
        return ""
    if isinstance(value, Scalar) and value.value.strip() and not value.is_null:
        return value.value
    draft.report(
        _at(file, value), "'section' has no value", expected="the section's number or heading, or the key left out"
    )
    return ""


def _offsets(draft: Draft, file: str, word: str, node: Mapping) -> tuple[int, int] | None:
    value = node.get("span")
    bounds = _bounds(value)
    if value is None:
        draft.report(_at(file, node), f"'{word}' has no span", expected=_FORM)
    elif bounds is None:
        draft.report(_at(file, _misfit(value)), "a span is two offsets", expected="[START, END], whole numbers from 0")
    elif bounds[0] >= bounds[1]:
        draft.report(
            _at(file, value), f"the span [{bounds[0]}, {bounds[1]}] holds nothing", expected="START before END"
        )
        return None
    return bounds


def _misfit(node: Node) -> Node:
    """Return the part of a span that is no offset, or else the whole."""
    items = node.items if isinstance(node, Sequence) else []
    return next(
        (item for item in items[:_BOUNDS] if not (isinstance(item, Scalar) and _OFFSET.fullmatch(item.value))), node
    )


def _bounds(node: Node | None) -> tuple[int, int] | None:
    items = node.items if isinstance(node, Sequence) else []
    numbers = [int(item.value) for item in items if isinstance(item, Scalar) and _OFFSET.fullmatch(item.value)]
    return (numbers[0], numbers[1]) if len(numbers) == len(items) == _BOUNDS else None


def _at(file: str, node: Node) -> Origin:
    return Origin(file, node.line, node.column)
