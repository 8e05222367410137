"""``spans.csv``: where every span and table cell stands in the document's text, and the hash of what stands there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from kg.core.atomic import whole_file
from kg.core.errors import InputError, Problem
from kg.loaders.cases.csvrows import read_rows
from kg.loaders.cases.text import read_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from kg.loaders.cases.csvrows import Field

HEADER: Final = ("span", "start", "end", "sha256")
_NAME: Final = re.compile(r"span/[0-9]{1,12}-[0-9]{1,12}|cell/[a-z0-9-]+/r[0-9]{1,12}c[0-9]{1,12}")
_NUMBER: Final = re.compile(r"[0-9]{1,12}")
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_PARTS: Final = re.compile(r"([0-9]+)")


@dataclass(frozen=True, slots=True)
class SpanEntry:
    """One line: the local id of a span or cell, its offsets in code points, and the SHA-256 of the text between them."""

    name: str
    start: int
    end: int
    sha256: str


def span_name(start: int, end: int) -> str:
    """Return the local id of a span."""
    return f"span/{start}-{end}"


def span_hash(text: str) -> str:
    """Return the SHA-256 of a text's UTF-8 form, in lower-case hexadecimal."""
    return sha256(text.encode("utf-8")).hexdigest()


def read_spans(path: Path, name: str) -> dict[str, SpanEntry]:
    """Read a ``spans.csv``; gives its entries by local id.

    Raises:
        InputError: the file is not such a table; every bad line is named.

    """
    rows = read_rows(read_text(path, name), name)
    if not rows or tuple(field.text for field in rows[0]) != HEADER:
        raise InputError([Problem(name, 1, 1, "the first line is not the header", expected=",".join(HEADER))])
    entries: dict[str, SpanEntry] = {}
    problems: list[Problem] = []
    for row in rows[1:]:
        problem = _check(row, name, entries)
        if problem:
            problems.append(problem)
        else:
            entries[row[0].text] = SpanEntry(row[0].text, int(row[1].text), int(row[2].text), row[3].text)
    if problems:
        raise InputError(problems)
    return entries


def write_spans_file(path: Path, entries: Iterable[SpanEntry]) -> None:
    """Write a ``spans.csv``: spans and cells in the order of their numbers, each line ended by LF."""
    ordered = sorted(
        entries, key=lambda entry: [int(part) if part.isdigit() else part for part in _PARTS.split(entry.name)]
    )
    lines = [",".join(HEADER), *(f"{entry.name},{entry.start},{entry.end},{entry.sha256}" for entry in ordered)]
    with whole_file(path) as building:
        building.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def _check(row: list[Field], name: str, entries: dict[str, SpanEntry]) -> Problem | None:
    """Describe what is wrong with a line, when something is."""
    at, message, expected = row[0], "", ""
    if len(row) != len(HEADER):
        message, expected = f"the line has {len(row)} values", f"{len(HEADER)}: {', '.join(HEADER)}"
    elif not _NAME.fullmatch(at.text):
        message, expected = f"'{at.text}' is not the id of a span", "span/120-140 or cell/existence/r1c1"
    elif at.text in entries:
        message, expected = f"{at.text} stands twice", "each span once"
    elif wrong := [field for field in row[1:3] if not _NUMBER.fullmatch(field.text)]:
        at, message, expected = wrong[0], f"'{wrong[0].text}' is not an offset", "a whole number"
    elif not _fits(at.text, int(row[1].text), int(row[2].text)):
        at, message = row[1], f"offsets {row[1].text} and {row[2].text} do not fit {at.text}"
        expected = "start before end, the same as in the id"
    elif not _HASH.fullmatch(row[3].text):
        at, message, expected = row[3], f"'{row[3].text}' is not a SHA-256", "64 lower-case hexadecimal digits"
    return Problem(name, at.line, at.column, message, expected) if message else None


def _fits(name: str, start: int, end: int) -> bool:
    return start < end and (name.startswith("cell/") or name == span_name(start, end))
