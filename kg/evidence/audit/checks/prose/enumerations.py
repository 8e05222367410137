"""Announced numbers of items against the items that follow."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kg.evidence.audit.model import Certainty

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.evidence.audit.checks.prose.text import Text
    from kg.evidence.audit.model import Finding

NUMBERS: Final = {
    word: number
    for number, word in enumerate(
        ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], 2
    )
}
ANNOUNCED: Final = re.compile(
    rf"\b(?P<number>{'|'.join(NUMBERS)}|[2-9]|1[0-2])\s+(?:[\w’'&-]+\s+){{0,4}}?(?P<noun>[a-z]\w*s)\b(?P<between>[^.;()]{{0,160}}?:?\)?)\s*"  # noqa: RUF001 - as printed
    r"(?P<first>\(1\)|\n\s*[-•*]\s)",
    re.IGNORECASE,
)
BULLET: Final = re.compile(r"[ \t]*[-•*][ \t]+\S")
_FAR: Final = 6000


def audit_enumerations(text: Text) -> Iterator[Finding]:
    """Yield the announcements such as *four components:* that a list of another length follows: *(1), (2) …* or lines with bullets."""
    content = text.content
    for match in ANNOUNCED.finditer(content):
        word = match["number"].casefold()
        announced = NUMBERS.get(word) or int(word)
        numbered = match["first"] == "(1)" or re.match(r"\(1\)", content[match.end() :].lstrip()) is not None
        if not numbered and not match["between"].rstrip(")").rstrip().endswith(":"):
            continue
        counted = _numbered(content, match.end() - 3) if numbered else _bullets(content, match.start("first"))
        if counted > 1 and counted != announced:
            yield text.finding(
                kind="enumeration-mismatch",
                check="items-of-enumeration",
                sure=Certainty.PROBABLE,
                at=(match.start(), match.end()),
                name=f"{match['number']} {match['noun']} are announced and {counted} listed",
                printed=" ".join(match[0].split())[:80],
                expected=f"{announced} items",
                how=f"{counted} items follow, {'numbered one after the other' if numbered else 'with bullets'}.",
                reason="the list may go on elsewhere",
            )


def _numbered(content: str, start: int) -> int:
    """Count (1), (2) … one after the other: within the paragraph when (2) stands in it, else over the paragraphs that follow."""
    at = content.find("(1)", start)
    paragraph = content.find("\n\n", at)
    within = paragraph < 0 or 0 <= content.find("(2)", at) < paragraph
    number = 1
    while at >= 0:
        end = len(content) if within and paragraph < 0 else paragraph if within else at + _FAR
        found = content.find(f"({number + 1})", at, end)
        again = content.find("(1)", at + 3, end)
        if found < 0 or (0 <= again < found):
            break
        number, at = number + 1, found
    return number


def _bullets(content: str, start: int) -> int:
    """Count the bullets of one list.

    Lines that go on with an item and empty lines belong to it, another paragraph ends it.
    """
    count, empty = 0, False
    for line in content[start:].lstrip("\n").split("\n"):
        if BULLET.match(line):
            count += 1
            empty = False
        elif not line.strip():
            empty = True
        elif empty:
            break
    return count
