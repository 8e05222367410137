"""What names are made of: the characters of prefixes, local names, variables and blank node labels [141-142, 164-169].

A regular expression that spells out these classes takes Python forty milliseconds to compile. So the patterns here let
every character beyond ASCII pass, and such characters are looked up afterwards, where there are any.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Final

# Patterns for use inside other patterns; characters beyond ASCII pass unchecked.
START: Final = r"[^\x00-@\[-^`{-\x7f]"  # PN_CHARS_U: letters and "_"
INNER: Final = r"[^\x00-/:-@\[-^`{-\x7f]"  # what may follow in the name of a variable: digits too
INNER_DASH: Final = r"[^\x00-,./:-@\[-^`{-\x7f]"  # PN_CHARS: "-" too
LETTER: Final = r"[^\x00-@\[-`{-\x7f]"  # PN_CHARS_BASE

# The first and the last character of each range of PN_CHARS_BASE beyond ASCII, and of what only may follow.
_BASE: Final = "ÀÖØöø\u02ff\u0370\u037d\u037f\u1fff\u200c\u200d\u2070\u218f\u2c00\u2fef\u3001\ud7ff\uf900\ufdcf\ufdf0\ufffd\U00010000\U000effff"
_FOLLOWING: Final = "··\u0300\u036f\u203f\u2040"
_NAME: Final = re.compile(rf"(?:{INNER})+")
_LABEL: Final = re.compile(rf"{INNER}(?:\.*{INNER_DASH})*")
_PREFIX: Final = re.compile(rf"(?:{LETTER}(?:\.*{INNER_DASH})*)?")
_DOTS_APART: Final = re.compile(r"(?<!\\)\.(?:[^.\\]|\\.)+\.")
_LOCAL: Final = re.compile(r"(?:[^\x00-/;-@\[-^`{-\x7f](?:\.*[^\x00-,./;-@\[-^`{-\x7f])*)?")


def _bounds(ranges: str) -> list[int]:
    """Return where a character begins and where one stops to be in one of the ranges, in order."""
    return [ord(character) + position % 2 for position, character in enumerate(ranges)]


_BASE_BOUNDS: Final = _bounds(_BASE)
_FOLLOWING_BOUNDS: Final = _bounds(_FOLLOWING)


def may_begin(character: str) -> bool:
    """Return whether a character beyond ASCII can begin a name."""
    return bisect_right(_BASE_BOUNDS, ord(character)) % 2 == 1


def may_follow(character: str) -> bool:
    """Return whether a character beyond ASCII can stand inside a name."""
    return may_begin(character) or bisect_right(_FOLLOWING_BOUNDS, ord(character)) % 2 == 1


def first_wrong(text: str, begins: tuple[int, ...]) -> int | None:
    """Return the offset of the first character beyond ASCII that no name holds there; at ``begins`` a name begins."""
    for offset, character in enumerate(text):
        if not character.isascii() and not (may_begin(character) if offset in begins else may_follow(character)):
            return offset
    return None


def _fits(pattern: re.Pattern[str], text: str) -> bool:
    return pattern.fullmatch(text) is not None and (text.isascii() or first_wrong(text, (0,)) is None)


def is_name(text: str) -> bool:
    """Return whether a text can be the name of a variable [166]."""
    return _fits(_NAME, text)


def is_label(text: str) -> bool:
    """Return whether a text can be the label of a blank node [142]."""
    return _fits(_LABEL, text)


def is_prefix(text: str) -> bool:
    """Return whether a text can be a prefix, its colon left out [168]."""
    return _fits(_PREFIX, text)


def is_local(text: str) -> bool:
    """Return whether a text can be the local part of a prefixed name without any escape, or the empty one [169]."""
    return _fits(_LOCAL, text)


def has_dots_apart(local: str) -> bool:
    """Say whether the local part of a prefixed name has dots, not escaped, in two places: the embedded engine ends it at the second."""
    return local.count(".") > 1 and _DOTS_APART.search(local) is not None
