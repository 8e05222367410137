"""The tokens of Turtle and TriG with their offsets (RDF 1.1 Turtle section 6.5, TriG section 4.5)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

# What the parser has read holds no other characters beyond ASCII in names than may stand there, so all of them pass:
# classes that spell out the ranges of the grammar take Python longer to compile than a small file takes to be
# validated.
_LETTER: Final = r"[^\x00-@\[-`{-\x7f]"  # PN_CHARS_BASE
_START: Final = r"[^\x00-/:-@\[-^`{-\x7f]"  # PN_CHARS_U and digits
_NAME: Final = r"[^\x00-,./:-@\[-^`{-\x7f]"  # PN_CHARS
_PREFIX: Final = rf"(?:{_LETTER}(?:(?:{_NAME}|\.)*{_NAME})?)?"
_ESCAPED: Final = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_LOCAL: Final = rf"(?:{_START}|:|{_ESCAPED})(?:(?:{_NAME}|[.:]|{_ESCAPED})*(?:{_NAME}|:|{_ESCAPED}))?"
_TOKEN: Final = re.compile(
    r"(?P<space>[ \t\r\n]+|\#[^\r\n]*)"
    r"|(?P<iri><[^\x00-\x20<>\"{}|^`\\]*(?:\\u[0-9A-Fa-f]{4}[^\x00-\x20<>\"{}|^`\\]*|\\U[0-9A-Fa-f]{8}[^\x00-\x20<>\"{}|^`\\]*)*>)"
    r"|(?P<long>\"\"\"(?:[^\"\\]|\\.|\"(?!\"\"))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*''')"
    r"|(?P<string>\"(?:[^\"\\\r\n]|\\.)*\"|'(?:[^'\\\r\n]|\\.)*')"
    rf"|(?P<blank>_:{_START}(?:(?:{_NAME}|\.)*{_NAME})?)"
    rf"|(?P<name>{_PREFIX}:(?:{_LOCAL})?)"
    r"|(?P<double>[+-]?(?:[0-9]+\.[0-9]*|\.?[0-9]+)[eE][+-]?[0-9]+)|(?P<decimal>[+-]?[0-9]*\.[0-9]+)|(?P<integer>[+-]?[0-9]+)"
    r"|(?P<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)|(?P<word>[A-Za-z]+)|(?P<mark>\^\^|[][(){}.;,])",
    re.DOTALL,
)
_ESCAPE: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_CONTROL: Final = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


class UnreadableError(Exception):
    """A file holds what the index of positions does not read; its statements then have no lines."""


class Token(NamedTuple):
    """A token: its kind, its text, and the offset of its first character."""

    kind: str
    text: str
    start: int


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a text but spaces and comments; one of kind ``end`` closes them.

    Raises:
        UnreadableError: a character starts no token.

    """
    position, size, match = 0, len(text), _TOKEN.match
    while position < size:
        found = match(text, position)
        if found is None:
            raise UnreadableError(f"no token at offset {position}")
        kind = found.lastgroup or ""
        if kind != "space":
            yield Token(kind, found[0], position)
        position = found.end()
    yield Token("end", "", size)


def unescaped(text: str) -> str:
    """Replace the escapes of a string or IRI by what they stand for."""
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(match: re.Match[str]) -> str:
    short, long, single = match.groups()
    return chr(int(short or long, 16)) if short or long else _CONTROL.get(single, single)
