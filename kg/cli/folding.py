"""Fold the lines of a text for people so that they fit a terminal, with characters of two columns counted as such."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

NARROWEST: Final = 20
"""Columns below which nothing is folded: no word would fit."""
_EMOJI_STYLE: Final = "\ufe0f"
_UNBROKEN: Final = re.compile(r"[\x20-\u02ff\u2010-\u2027\u2190-\u21ff\u2500-\u257f]*")
"""Texts of characters that take one column each."""
_WIDE: Final = r"[\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\U00020000-\U0003fffd]"
"""What a line may be broken before and after: the characters of Chinese, Japanese and Korean."""
_CLOSING: Final = r"[\u3001\u3002\u300d\u300f\u3011\u30fc\uff01\uff09\uff0c\uff0e\uff1a\uff1b\uff1f]"
_UNITS: Final = re.compile(rf" +|{_WIDE}{_CLOSING}*|(?:(?!{_WIDE})[^ ])+")
_BARS: Final = re.compile(r"(?:[│├└] *─? ?|   )*")
_COLUMN: Final = re.compile(r" *\S+ {2,}(?=\S)")
_POINTER: Final = re.compile(r" *\^+")


def columns_of(text: str) -> int:
    """Return the columns that a text takes in a terminal, or at most a few more."""
    if _UNBROKEN.fullmatch(text):
        return len(text)
    return sum(map(_columns_of_one, text))


def _columns_of_one(char: str) -> int:
    if char == _EMOJI_STYLE:
        return 1  # more than the character before it would take
    if unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def folded(text: str, width: int) -> str:
    """Return a text whose lines take at most ``width`` columns.

    A line goes on below its text: after the bars of a tree, in the last column of a list where that is not far to the
    right, else a little to the right of its beginning. Of a line that the next one points into with ``^``, the part
    around that place is kept.
    """
    if width < NARROWEST:
        return text
    lines = text.expandtabs().split("\n")
    shown: list[str] = []
    for number, line in enumerate(lines):
        below = lines[number + 1] if number + 1 < len(lines) else ""
        if _POINTER.fullmatch(line) and number and "^" in line:
            if columns_of(lines[number - 1]) <= width and columns_of(line) <= width:
                shown.append(line)
        elif _POINTER.fullmatch(below) and "^" in below and max(columns_of(line), columns_of(below)) > width:
            shown += _around(line, below, width)
        elif columns_of(line) <= width:
            shown.append(line)
        else:
            shown += _parts(line, width)
    return "\n".join(shown)


def _parts(line: str, width: int) -> Iterator[str]:
    first, rest = _margins(line, width)
    head, taken = first, columns_of(first)
    blank = ""
    for unit in _UNITS.findall(line[len(first) :]):
        if unit.isspace():
            blank = unit
            continue
        piece = unit
        if taken + columns_of(blank) + columns_of(piece) > width and head.strip(" │") and head != first:
            yield head.rstrip()
            head, taken, blank = rest, columns_of(rest), ""
        head, taken, blank = head + blank, taken + columns_of(blank), ""
        if taken + columns_of(piece) > width:  # a word that no line holds
            *full, piece = _pieces(piece, width - taken, max(1, width - columns_of(rest)))
            yield from (f"{rest if number else head}{each}" for number, each in enumerate(full))
            head, taken = (rest, columns_of(rest)) if full else (head, taken)
        head, taken = head + piece, taken + columns_of(piece)
    if head.strip(" │"):
        yield head.rstrip()


def _margins(line: str, width: int) -> tuple[str, str]:
    """Return what a line begins with, and what the lines begin with on which it goes on."""
    bars = _BARS.match(line)
    first = bars[0] if bars else ""
    first = line[: len(line) - len(line.lstrip(" "))] if not first.strip() else first
    column = _COLUMN.match(line)
    if column and not set(first) & set("│├└") and columns_of(column[0]) <= width // 2:
        return first, " " * columns_of(column[0])
    below = re.sub(r"[├└]", lambda bar: "│" if bar[0] == "├" else " ", first).replace("─", " ")
    return (first, f"{below}  ") if columns_of(first) <= width // 2 else ("", "  ")


def _pieces(word: str, first: int, others: int) -> Iterator[str]:
    """Yield the parts of a word that take at most so many columns, the first and each of the others."""
    start, taken, room = 0, 0, max(1, first)
    for place, char in enumerate(word):
        columns = columns_of(char)
        if taken + columns > room and place > start:
            yield word[start:place]
            start, taken, room = place, 0, others
        taken += columns
    yield word[start:]


def _around(line: str, pointer: str, width: int) -> tuple[str, str]:
    """Return the part of a line that a pointer below it marks, and the pointer."""
    start = len(pointer) - len(pointer.lstrip(" "))
    marked = len(pointer) - start
    place, before = 0, 0
    while place < len(line) and before < start:
        before += columns_of(line[place])
        place += 1
    margin = len(line) - len(line.lstrip(" "))
    left = place
    while left > margin and columns_of(line[left - 1 : place]) <= width // 3:
        left -= 1
    head = " " * margin + ("…" if left > margin else "")
    shown = next(_pieces(line[left:], width - columns_of(head) - 1, width))
    after = "…" if left + len(shown) < len(line) else ""
    start = columns_of(head) + columns_of(line[left:place])
    return f"{head}{shown}{after}", " " * start + "^" * min(marked, max(1, width - start))
