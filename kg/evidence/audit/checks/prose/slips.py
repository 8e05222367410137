"""Names spelt in two ways, quotations that are not closed, and passages that break off."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from kg.evidence.audit.checks.names import distance
from kg.evidence.audit.model import Certainty

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.evidence.audit.checks.prose.text import Text
    from kg.evidence.audit.model import Finding

SHORTEST: Final = 7
_WORD: Final = re.compile(r"(?<![\w@./])[^\W\d_]{4,}(?![\w@]|\.\w)")
_BREAK: Final = re.compile(r",\s+[A-Za-z]{1,2}$")
_ENDINGS: Final = re.compile(r"(?:s|es|d|ed|n|an|ian|ing|ly|er|al|ese)$")


def audit_slips(text: Text) -> Iterator[Finding]:
    """Yield these slips of a text."""
    yield from _names(text)
    for offset, paragraph in text.paragraphs():
        yield from _quotations(text, offset, paragraph)
        end = paragraph.rstrip()
        if _BREAK.search(end):
            at = offset + len(end)
            yield text.finding(
                kind="truncated-text",
                check="end-of-passage",
                sure=Certainty.PROBABLE,
                at=(at - 3, at),
                name=f"A passage breaks off after '{end[-24:]}'",
                printed=end[-24:],
                expected="the rest of the sentence",
                how="The paragraph ends with a comma and one or two letters.",
                reason="they may be an abbreviation",
            )


def _names(text: Text) -> Iterator[Finding]:
    """Compare words that always have a capital: long ones that are one letter apart, but for endings, are probably one name."""
    words = Counter(_WORD.findall(text.content))
    small = {word for word in words if word.islower()}
    names = [
        word
        for word in words
        if len(word) >= SHORTEST and word[0].isupper() and word[1:].islower() and word.casefold() not in small
    ]
    by_start: dict[str, list[str]] = {}
    for name in names:
        by_start.setdefault(name[:3], []).append(name)
    for several in by_start.values():
        for index, one in enumerate(several):
            for other in several[index + 1 :]:
                if distance(one, other, 1) == 1 and not _inflected(one, other):
                    rare, usual = sorted((one, other), key=lambda name: (words[name], name))
                    at = text.content.index(rare)
                    yield text.finding(
                        kind="spelling-variant",
                        check="comparison-of-names",
                        sure=Certainty.PROBABLE,
                        at=(at, at + len(rare)),
                        name=f"{rare} and {usual} are one letter apart",
                        printed=f"'{rare}' ({words[rare]} times) and '{usual}' ({words[usual]} times)",
                        expected="one spelling",
                        how="Neither is written without a capital, so both are names.",
                        reason="they may be two names",
                    )


def _inflected(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return long.startswith(short) and _ENDINGS.fullmatch(long[len(short) :]) is not None


def _quotations(text: Text, offset: int, paragraph: str) -> Iterator[Finding]:
    """Hold opening against closing marks.

    Nothing is said of a paragraph with German marks, whose closing one is the English opening one, of one that closes
    with a plain mark, and of one that a page break cuts inside a word.
    """
    if "„" in paragraph or paragraph.count('"') % 2 or paragraph.rstrip().endswith("-"):
        return
    depth: list[int] = []
    for match in re.finditer("[“”]", paragraph):
        if match[0] == "“":
            depth.append(match.start())
        elif depth:
            depth.pop()
    for at in depth:
        yield _unclosed(text, offset + at)


def _unclosed(text: Text, at: int) -> Finding:
    shown = " ".join(text.content[at : at + 30].split())
    return text.finding(
        kind="typographical-slip",
        check="end-of-passage",
        sure=Certainty.PROBABLE,
        at=(at, at + 1),
        name=f"A quotation is not closed: {shown}…",
        printed=shown,
        expected="a closing quotation mark",
        how="The paragraph has more opening quotation marks than closing ones.",
        reason="a quotation may go on in the next paragraph",
    )
