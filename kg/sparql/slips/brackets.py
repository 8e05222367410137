"""Brackets that are missing, too many, or of the wrong kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.sparql.slips.characters import LATE_RULES
from kg.sparql.slips.place import Place, Slip
from kg.sparql.tokens import FORMS, MODIFIERS, PATTERNS

if TYPE_CHECKING:
    from collections.abc import Callable

_CLOSING: Final = {"{": "}", "(": ")", "[": "]"}
_BEGINNINGS: Final = PATTERNS | MODIFIERS | {"{", "UNION", "WHERE", "AS", "."}
_OPENING: Final = {closing: opening for opening, closing in _CLOSING.items()}


def missing_braces(place: Place) -> Slip | None:
    """Find a pattern without braces."""
    if not place.expected.startswith("'{' after") or place.kind == "END":
        return None
    before = place.around(-1).text.upper()
    if place.expected.endswith(("OPTIONAL", "UNION", "MINUS", "EXISTS", "WHERE")):
        return Slip(f"the pattern stands in braces: {before} {{ … }}")
    return Slip("what follows stands in braces: { … }")


def unclosed(place: Place) -> Slip | None:
    """Find an open bracket where the query ends, another bracket closes or a new part begins."""
    begins = place.bracket == "(" and "')'" in place.expected and place.kind in _BEGINNINGS
    if not place.open or (place.kind != "END" and place.kind not in _OPENING and not begins):
        return None
    opening = place.open[-1].token
    if (
        not begins
        and place.kind != "END"
        and _OPENING[place.kind] not in {bracket.token.kind for bracket in place.open[:-1]}
    ):
        return None
    count = len(place.open)
    more = f" ({count} brackets are open here)" if count > 1 and place.kind == "END" else ""
    return Slip(
        f"add '{_CLOSING[opening.kind]}': the '{opening.kind}' of {place.position(opening)} is not closed{more}"
    )


def unopened(place: Place) -> Slip | None:
    """Find a closing bracket that nothing opened."""
    if place.kind in _OPENING and _OPENING[place.kind] not in {bracket.token.kind for bracket in place.open}:
        return Slip(f"this '{place.kind}' closes nothing: take it out, or look for one closed too early")
    return None


def second_query(place: Place) -> Slip | None:
    """Find triples, patterns or another query after the pattern has been closed."""
    if place.kind in FORMS and place.started:
        return Slip("one query at a time; an inner query stands in braces inside the pattern")
    if place.expected.startswith("the end of the query") and place.kind not in {"WORD", "END"}:
        return Slip("the '}' before has closed the pattern: is it one too many?" if place.kind_at(-1) == "}" else "")
    return None


BRACKET_RULES: Final[tuple[Callable[[Place], Slip | None], ...]] = (
    missing_braces,
    unclosed,
    unopened,
    second_query,
    *LATE_RULES,
)
