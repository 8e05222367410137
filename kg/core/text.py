"""Texts of data in what people and programs read: written so that they are shown, and command nothing.

One function a medium: ``printable`` for a line of a terminal, ``printable_lines`` for several, ``markup`` for HTML, SVG
and other XML, ``in_script`` for JSON in a script of a page, ``in_dot`` for Graphviz. ``refuse_alien`` is for XML that
carries data to programs, where an escape would be another value.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kg.core.errors import QueryError

if TYPE_CHECKING:
    from typing import Any

# Patterns as texts: every command imports this module, and few need one of them.
_UNSEEN: Final = "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
_SHORT: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
NOT_XML: Final = "[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]"
"""What XML 1.0 cannot hold in any spelling: all characters but those of production 2."""


def counted(count: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun: ``1 row``, ``2,000 rows``."""
    return f"{count:,} {noun if count == 1 else plural or f'{noun}s'}"


def printable(text: str) -> str:
    """Return a text on one line: characters that break it, command a terminal or turn the direction are escapes.

    So are halves of surrogate pairs, which no output can encode.
    """
    if text.isprintable():  # what is escaped is not
        return text
    return re.sub(_UNSEEN, lambda match: _SHORT.get(match[0], f"\\u{ord(match[0]):04X}"), text)


def printable_lines(text: str) -> str:
    """Return a text of several lines, each of them printable."""
    return "\n".join(map(printable, text.split("\n")))


def shortened(text: str, longest: int = 200) -> str:
    """Return a text that a sentence can hold: at most so many characters of it, and a sign that there are more."""
    return text if len(text) <= longest else f"{text[:longest]}…"


def markup(text: str) -> str:
    """Return a text as HTML and XML hold it, in elements and in attributes; unseen characters are shown as escapes."""
    from html import escape

    return escape(printable_lines(text))


def in_script(value: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    """Return JSON that can stand in a script element of HTML, where no text of data ends or opens an element."""
    import json

    return re.sub("[<>&]", lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, allow_nan=False))


def unmarked(text: str) -> str:
    """Return a text that looks the same and holds no markup, for programs that write JSON into pages unescaped.

    A word joiner, which is invisible, follows each ``<`` that could begin a tag or a comment.
    """
    return re.sub("<(?=[a-zA-Z/!?])", "<\u2060", printable(text))


def in_dot(text: str) -> str:
    """Return a text as a quoted string of the language of Graphviz, which reads escapes and entities in it."""
    shown = printable_lines(text).replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
    return '"' + shown.replace("\n", "\\n") + '"'


def refuse_alien(text: str, what: str, hint: str) -> None:
    """Refuse a text that XML 1.0 cannot hold in any spelling.

    Raises:
        QueryError: it has such a character. ``what`` names the syntax, ``hint`` what to ask for instead.

    """
    if text.isprintable():
        return
    if alien := re.search(NOT_XML, text):
        shown = printable(shortened(text))
        raise QueryError(f"{what} cannot hold the character U+{ord(alien[0]):04X} in '{shown}'", hint=hint)


class TextInNotebooks:
    """A result that a notebook shows as its text; markup in the data stays text."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return f"<pre>{markup(str(self))}</pre>"


_SHALLOW: Final = 64
_SIGNS: Final = "&|+-*/<>=!^,;."
_MANY: Final = 2_500
_GROUPS: Final = 500
_SHORT_TEXT: Final = 2_000
_LONG_TEXT: Final = 100_000
# Without a quotation mark, a number sign, an angle bracket or a backslash between them, both brackets are outside or
# inside a literal, a comment or an IRI: the one closes the other, or the first is none.
_INNERMOST: Final = r"[(\[{][^()\[\]{}'\"#<\\]*+[)\]}]"


def is_shallow(query: str) -> bool:
    """Return whether a query is certainly small enough for engines, by counting signs; see ``kg.sparql.size``.

    It has fewer opening brackets than a group may have clauses; without the innermost groups, fewer than levels are
    allowed; fewer signs than a chain may have operators; and fewer characters than words are allowed.
    """
    if len(query) <= _SHORT_TEXT:
        return True
    if len(query) > _LONG_TEXT:
        return False
    opened = sum(map(query.count, "([{"))
    levels = opened + query.count("<<")
    if levels > _SHALLOW and opened <= _GROUPS:
        levels -= len(re.findall(_INNERMOST, query)) - 1
    signs = sum(map(query.count, _SIGNS)) + query.upper().count("FILTER")
    return levels <= _SHALLOW and opened <= _GROUPS and signs + opened <= _MANY
