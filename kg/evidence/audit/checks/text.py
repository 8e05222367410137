"""Running text: names spelt in two ways, open quotations, passages that break off, and announced numbers of items."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from kg.core.origin import Origin
from kg.core.terms import BASE
from kg.evidence.audit.checks.things import distance
from kg.evidence.audit.model import Certainty, Finding, Target, slug_of

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADING: Final = re.compile(r"^(?P<marks>#{1,6})[ \t]+(?P<title>.*\S)", re.MULTILINE)
REFERENCES: Final = re.compile(
    r"^(?:#{1,6}[ \t]*)?(?:[0-9IVX]+\.?[ \t]*)?"
    r"(?:references?|bibliography|works cited|literature(?: cited)?|参考文献|文献)[ \t]*:?[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
SHORTEST: Final = 7
_WORD: Final = re.compile(r"(?<![\w@./])[^\W\d_]{4,}(?![\w@]|\.\w)")
_BREAK: Final = re.compile(r",\s+[A-Za-z]{1,2}$")
_ENDINGS: Final = frozenset("sdn")
"""Letters that make another form of a name: *Austria* and *Austrian*, *Osborne* and *Osbornes*."""
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


@dataclass(frozen=True)
class Text:
    """A document's text: the slug of the document, the name of the file, and the characters."""

    document: str
    file: str
    content: str

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer(r"\n", self.content))]

    def place(self, offset: int) -> Origin:
        """Return line and column of an offset, from 1."""
        line = bisect_right(self._starts, offset)
        return Origin(self.file, line, offset - self._starts[line - 1] + 1)

    def section(self, offset: int) -> str:
        """Return the last heading before an offset."""
        title = ""
        for match in HEADING.finditer(self.content, 0, offset):
            title = match["title"].strip("*# ")
        return title

    @cached_property
    def references(self) -> tuple[int, int] | None:
        """Return where the list of references stands: from its heading to the next one, or to the end."""
        found = list(REFERENCES.finditer(self.content))
        if not found:
            return None
        start = found[-1].end()
        after = HEADING.search(self.content, start)
        return start, after.start() if after else len(self.content)

    def paragraphs(self) -> Iterator[tuple[int, str]]:
        """Yield the paragraphs outside the list of references, each with its offset: stretches between empty lines."""
        for match in re.finditer(r"\S(?:.|\n(?![ \t]*\n))*", self.content):
            if self.references is None or not self.references[0] <= match.start() < self.references[1]:
                yield match.start(), match[0]

    def finding(  # noqa: PLR0913 - the parts of a finding that differ
        self,
        *,
        kind: str,
        check: str,
        sure: Certainty,
        at: tuple[int, int],
        name: str,
        printed: str,
        expected: str,
        how: str,
        reason: str,
    ) -> Finding:
        """Make a finding about a stretch of the text."""
        start = at[0]
        return Finding(
            kind=kind,
            check=check,
            certainty=sure,
            target=Target(
                document=self.document,
                subjects=(NamedNode(f"{BASE}id/{self.document}/document"),),
                place=self.place(start),
                section=self.section(start),
            ),
            slug=f"text/{slug_of(name)[:60]}/{start}",
            name=name,
            printed=printed,
            expected=expected,
            how=how,
            reason=reason,
            span=at,
        )


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
    """Compare words that always have a capital.

    Long ones that differ in one letter, apart from endings, are probably one name.
    """
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
    return long.startswith(short) and long[len(short) :] in _ENDINGS


def _quotations(text: Text, offset: int, paragraph: str) -> Iterator[Finding]:
    """Match opening with closing quotation marks.

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


def audit_enumerations(text: Text) -> Iterator[Finding]:
    """Yield the announcements such as *four components:* that a list of another length follows.

    The list is written as *(1), (2) …* or as lines with bullets.
    """
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
    """Count (1), (2) … in order.

    Count within the paragraph when (2) is in it, and over the paragraphs that follow otherwise.
    """
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
