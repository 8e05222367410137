"""Texts for display: control and invisible characters of data as escapes, and results that notebooks show as text."""

from __future__ import annotations

import re
from typing import Final

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


class TextInNotebooks:
    """A result that a notebook shows as its text; markup in the data stays text."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        from html import escape

        return f"<pre>{escape(str(self))}</pre>"
