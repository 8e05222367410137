"""Comma-separated values (RFC 4180) with the line and column of every field."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from kg.core.errors import InputError, Problem
from kg.loaders.cases.text import position

_FIELD: Final = re.compile(r'"((?:[^"]|"")*+)"|([^,"\r\n]*)')
_LINE_END: Final = re.compile(r"\r?\n")


@dataclass(frozen=True, slots=True)
class Field:
    """A value with the place where it begins (at the quotation mark, when there is one)."""

    text: str
    line: int
    column: int


def read_rows(text: str, name: str) -> list[list[Field]]:
    """Split CSV text into rows of fields; empty lines at the end of the file are left out.

    Raises:
        InputError: a quotation mark stands where RFC 4180 does not allow it, or is never closed.

    """
    rows: list[list[Field]] = []
    at, line, line_start = 0, 1, 0
    row: list[Field] = []
    while True:
        match = _FIELD.match(text, at)
        if match is None:
            raise _misquoted(text, at, name)
        quoted, plain = match.groups()
        row.append(Field(plain if quoted is None else quoted.replace('""', '"'), line, at - line_start + 1))
        if quoted is not None and (breaks := quoted.count("\n")):
            line += breaks
            line_start = text.rindex("\n", 0, match.end()) + 1
        at = match.end()
        if text.startswith(",", at):
            at += 1
            continue
        rows.append(row)
        row = []
        if at == len(text):
            break
        end = _LINE_END.match(text, at)
        if end is None:
            raise _misquoted(text, at, name)
        at = line_start = end.end()
        line += 1
    while rows and len(rows[-1]) == 1 and not rows[-1][0].text:
        rows.pop()
    return rows


def _misquoted(text: str, at: int, name: str) -> InputError:
    line, column = position(text, at)
    if text.startswith('"', at) and text[at - 1 : at] in {"", ",", "\n"}:
        return InputError([Problem(name, line, column, "a quotation mark is never closed", expected='a value in "…"')])
    message = (
        "a quotation mark stands inside a value"
        if text.startswith('"', at)
        else "text follows a closing quotation mark"
    )
    return InputError(
        [
            Problem(
                name, line, column, message, expected='the whole value in quotation marks, and "" for a mark inside it'
            )
        ]
    )
