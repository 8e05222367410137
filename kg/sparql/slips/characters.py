"""Characters that look right and are not, quotes and IRIs that do not end, and brackets that do not match."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kg.sparql.slips.place import Place, Slip
from kg.sparql.tokens import FORMS, MODIFIERS, PATTERNS

if TYPE_CHECKING:
    from collections.abc import Callable


# ruff: noqa: RUF001 - the ambiguous characters are what this module is about


_DOUBLE: Final = "“”„‟«»″〝〞＂「」『』"
_SINGLE: Final = "‘’‚‛′‹›＇"
_OTHERS: Final = {
    "–": "-",
    "—": "-",
    "−": "-",
    "≠": "!=",
    "≤": "<=",
    "≥": ">=",
    "∧": "&&",
    "∨": "||",
    "¬": "!",
    "×": "*",
    "÷": "/",
    "。": ".",
    "、": ",",
}
_FOREIGN: Final = {
    "==": "equality is written with one '='",
    "&": "'and' is written '&&'",
    "<>": "'not equal' is written '!='",
    "%": "SPARQL has no remainder operator",
    "`": "names take no quotes; text stands in double quotes",
}
_FULL_WIDTH: Final = range(0xFF01, 0xFF5F)
_SPACES: Final = "\u00a0\u1680\u2002\u2003\u2007\u2009\u200b\u202f\u3000\ufeff"
_IRI: Final = re.compile(r"<([^<>\r\n]*)(>?)")
_IN_NO_IRI: Final = re.compile(r'[\x00-\x20"{}|^`\\]')


def plain(character: str) -> str:
    """Return the plain character that a typographic or full-width one stands for, or nothing."""
    if character in _DOUBLE:
        return '"'
    if character in _SINGLE:
        return "'"
    if ord(character) in _FULL_WIDTH:
        return chr(ord(character) - 0xFEE0)
    return " " if character in _SPACES else _OTHERS.get(character, "")


def full_width(place: Place) -> Slip | None:
    """Find a typographic character in a name up to the fault.

    Names allow letters of all scripts, and some look like signs.
    """
    for token in place.tokens[: place.index + 1]:
        if token.kind in {"WORD", "VAR", "PNAME", "BAD"}:
            for offset, character in enumerate(token.text):
                if found := plain(character):
                    return _replacement(character, found, token.start + offset)
    return None


def typographic(place: Place) -> Slip | None:
    """Find a typographic or full-width character at the fault."""
    if place.kind in {"BAD", "WORD"}:
        for offset, character in enumerate(place.token.text):
            if found := plain(character):
                return _replacement(character, found, place.token.start + offset)
    return None


def _replacement(character: str, found: str, at: int) -> Slip:
    shown = "an ordinary space" if found == " " else f"a plain {found}"
    name = (
        f"the character {character}"
        if character.isprintable() and found != " "
        else f"a special space (U+{ord(character):04X})"
    )
    return Slip(f"write {shown} instead", message=f"{name} means nothing in SPARQL", at=(at, at + 1))


def unclosed_string(place: Place) -> Slip | None:
    """Find a quote that nothing closes."""
    if place.kind == "UNCLOSED":
        line = place.source.line(place.source.span(place.token.start, place.token.end).line)
        if any(character in line for character in _DOUBLE + _SINGLE):
            return Slip(
                'close the string with a plain " like the one that opens it',
                message="the string that begins here is not closed",
            )
        what = "anywhere after it" if len(place.token.text) > 1 else "on its line"
        return Slip(
            'add the closing quote; text of several lines stands in """ … """',
            message=f"no quote closes this string {what}",
        )
    if place.kind == "WORD" and place.kind_at(-1) == "STRING" and place.touches(-1):
        return Slip('a quote inside a string needs a backslash: \\"')
    return None


def unclosed_iri(place: Place) -> Slip | None:
    """Find an IRI that is not closed or hold what no IRI may."""
    found = _IRI.match(place.source.text, place.token.start) if place.kind == "<" else None
    if place.kind == "<" and place.kind_at(-1) == "=" and place.touches(-1):
        return Slip("write '<='")
    if not found or ("operator" in place.expected and ":" not in found[1]):
        return None
    wrong = _IN_NO_IRI.search(found[1])
    if found[2] and wrong:
        at = found.start(1) + wrong.start()
        what = "a space" if wrong[0] == " " else repr(wrong[0])
        return Slip(
            "write it percent-encoded, for example %20 for a space",
            message=f"an IRI cannot hold {what}",
            at=(at, at + 1),
        )
    if found[2]:
        return None
    return Slip("add the closing '>'", message="the IRI that begins here is not closed")


def foreign_operator(place: Place) -> Slip | None:
    """Find an operator of another language."""
    text = place.token.text
    if text == "<>" and not place.in_expression:
        return None
    if place.kind == "|" and place.in_expression:
        return Slip("'or' is written '||'")
    return Slip(_FOREIGN[text]) if text in _FOREIGN else None


def doubled_operator(place: Place) -> Slip | None:
    """Find two signs that make one in another language: ``=>``, ``!==``, ``--``, ``//``, ``/*``."""
    before, after = place.kind_at(-1), place.kind_at(1)
    if place.touches(-1):
        if place.kind == "^" and before == "^":
            return Slip("no space stands between the two carets")
        if place.kind in {">", "<"} and before == "=":
            return Slip(f"write '{place.kind}='")
        if place.kind == "=" and before == "!=":
            return Slip("write '!='")
    comment = (place.kind == "-" and after == "-") or (place.kind == "/" and after in {"/", "*"})
    return Slip("a comment begins with '#'") if comment and place.touches(1) else None


def single_caret(place: Place) -> Slip | None:
    """Find a datatype joined by one caret."""
    if place.kind_at(-1) == "^^" and place.expected.startswith("the IRI of the datatype"):
        return Slip('the datatype follows at once: "1"^^xsd:integer')
    if place.kind == "^" and place.kind_at(-1) == "STRING":
        return Slip('the datatype follows two carets: "1"^^xsd:integer')
    return None


def lonely_sigil(place: Place) -> Slip | None:
    """Find a question mark without a name."""
    if place.kind == "?" or place.token.text == "$":
        return Slip("the name of a variable follows its '?' without a space")
    return None


CHARACTER_RULES: Final[tuple[Callable[[Place], Slip | None], ...]] = (
    typographic,
    unclosed_string,
    unclosed_iri,
    foreign_operator,
    doubled_operator,
    single_caret,
)
LATE_RULES: Final = (lonely_sigil,)


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
