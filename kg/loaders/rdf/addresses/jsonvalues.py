"""JSON with the offset of every value (RFC 8259)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final

from kg.loaders.rdf.addresses.tokens import UnreadableError

_TOKEN: Final = re.compile(r'[ \t\r\n]*(?:("(?:[^"\\]|\\.)*")|(-?[0-9][0-9.eE+-]*|true|false|null)|([][{}:,]))')


@dataclass(frozen=True, slots=True)
class Value:
    """A value and where it starts: ``data`` is a scalar, a list of values, or a list of keys with values."""

    data: str | int | float | bool | list[Value] | dict[str, Value] | None
    at: int


def read_json(text: str) -> Value:
    """Read a text as JSON; of two equal keys the last counts.

    Raises:
        UnreadableError: the text is no JSON.

    """
    value, end = _value(text, 0)
    if text[end:].strip():
        raise UnreadableError(f"text behind the value at offset {end}")
    return value


def _token(text: str, position: int) -> tuple[str, int, int]:
    found = _TOKEN.match(text, position)
    if found is None:
        raise UnreadableError(f"no JSON token at offset {position}")
    return found[found.lastindex or 0], found.start(found.lastindex or 0), found.end()


def _value(text: str, position: int) -> tuple[Value, int]:
    word, at, end = _token(text, position)
    if word == "{":
        return _object(text, at, end)
    if word == "[":
        return _array(text, at, end)
    if word in "]}:,":
        raise UnreadableError(f"{word!r} at offset {at} is no value")
    return Value(json.loads(word), at), end


def _object(text: str, at: int, position: int) -> tuple[Value, int]:
    members: dict[str, Value] = {}
    word, _, end = _token(text, position)
    while word != "}":
        key = json.loads(word)
        colon, where, position = _token(text, end)
        if colon != ":" or not isinstance(key, str):
            raise UnreadableError(f"{colon!r} at offset {where}, expected ':'")
        members[key], position = _value(text, position)
        word, where, end = _token(text, position)
        if word == ",":
            word, where, end = _token(text, end)
        elif word != "}":
            raise UnreadableError(f"{word!r} at offset {where}, expected ',' or '}}'")
    return Value(members, at), end


def _array(text: str, at: int, position: int) -> tuple[Value, int]:
    items: list[Value] = []
    word, where, end = _token(text, position)
    while word != "]":
        item, position = _value(text, position)
        items.append(item)
        word, where, end = _token(text, position)
        if word == ",":
            position = end
        elif word != "]":
            raise UnreadableError(f"{word!r} at offset {where}, expected ',' or ']'")
    return Value(items, at), end
