"""Places in the document: ``{section: …, span: [START, END]}``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kg.core.errors import near_names
from kg.core.origin import Origin
from kg.loaders.cases.positions import Mapping, Scalar, Sequence, kind_of

if TYPE_CHECKING:
    from pyoxigraph import NamedNode

    from kg.loaders.cases.draft import Draft
    from kg.loaders.cases.positions import Node

_FORM: Final = '{section: "6", span: [START, END]}'
_BOUNDS: Final = 2
_OFFSET: Final = re.compile(r"[0-9]{1,12}")


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
