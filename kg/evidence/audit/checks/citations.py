"""Citations in a text against the entries of its list of references."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from kg.evidence.audit.checks.things import distance
from kg.evidence.audit.model import Certainty, listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.evidence.audit.checks.text import Text
    from kg.evidence.audit.model import Finding

MONTHS: Final = frozenset(
    [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "summer",
        "spring",
        "autumn",
        "winter",
        "fall",
    ]
)
# Names and page ranges are printed with typographic apostrophes and dashes.
_NAME: Final = r"(?:(?:[Vv][ao]n(?: de[rn]?)?|[Dd]e|[Dd]el|[Ll]a) )?[A-Z][\w’'-]*\.?"  # noqa: RUF001 - as printed
_JOIN: Final = r"(?:, ?(?:and |& ?)?| and | ?& ?| )"
_YEAR: Final = r"(?:1[89]|20)[0-9]{2}[a-z]?"
CITATION: Final = re.compile(
    rf"(?P<authors>{_NAME}(?:{_JOIN}{_NAME}){{0,9}}(?:,? et al\.?)?) ?(?:,? ?\(|, ?)"
    rf"(?:[A-Z][a-z]+ [0-9]{{1,2}}, )?(?P<years>{_YEAR}(?: ?\.? ?[;,] ?{_YEAR})*)(?P<rest>[^;()\n]{{0,40}})"
)
YEAR: Final = re.compile(_YEAR)
ENTRY: Final = re.compile(r"(?:\A|\n[ \t]*\n|\n[ \t]*[-•*] )[ \t]*(?:[-•*] )?(?P<body>[^\n]*?\S[^\n]*)")
PAGES: Final = re.compile(r"\b[pP]{1,2}\. ?([0-9]+)(?:[-–]([0-9]+))?")  # noqa: RUF001 - as printed
RANGE: Final = re.compile(r"(?<![0-9])([0-9]{1,4})[-–]([0-9]{1,4})(?![0-9])")  # noqa: RUF001 - as printed
SHORTEST_LIST: Final = 3


@dataclass(slots=True)
class Entry:
    """An entry of the list: its authors' words, its year with its letter, where it stands and what it says."""

    words: list[str]
    year: str
    at: tuple[int, int]
    body: str
    cited: bool = False

    @property
    def name(self) -> str:
        """Return the first author's first word and the year."""
        return f"{self.words[0]} {self.year}" if self.words else self.body[:30]

    @property
    def pages(self) -> tuple[int, int] | None:
        """Return the last range of numbers of the entry, which is that of its pages."""
        found = RANGE.findall(self.body)
        if not found:
            return None
        first, last = found[-1]
        last = first[: len(first) - len(last)] + last
        return (int(first), int(last)) if int(first) <= int(last) else None


@dataclass(frozen=True, slots=True)
class Citation:
    """A citation: the surnames that it names, the year, where it stands and which pages it points to."""

    names: tuple[str, ...]
    year: str
    at: tuple[int, int]
    printed: str
    pages: tuple[int, int] | None = field(default=None)


def audit_citations(text: Text) -> Iterator[Finding]:
    """Yield the differences between the citations of a text and its list of references.

    These are works that are cited and not listed, listed and not cited, cited under other names, or cited with pages
    that the entry does not have. Nothing is said of a text whose list of references is not found or has fewer than
    three entries.
    """
    entries = listed_works(text)
    if not entries:
        return
    unknown: set[tuple[str, str]] = set()
    for citation in _citations(text):
        found = _entry_of(citation, entries)
        if found is None:
            key = citation.names[0], citation.year
            if key not in unknown:
                unknown.add(key)
                yield _not_listed(text, citation, entries)
            continue
        found.cited = True
        yield from _compared(text, citation, found)
    for entry in entries:
        if not entry.cited:
            yield text.finding(
                kind="listed-not-cited",
                check="citations-and-references",
                sure=Certainty.PROBABLE,
                at=entry.at,
                name=f"{entry.name} is listed, not cited",
                printed="an entry in the list of references",
                expected="a citation in the text",
                how="No citation has its first author and year.",
                reason="the text may refer to it without a year",
            )


def listed_works(text: Text) -> list[Entry]:
    """Return the entries of the list of references.

    None of a list of fewer than three, which is probably no such list.
    """
    entries = list(_entries(text))
    return entries if len(entries) >= SHORTEST_LIST else []


def _entries(text: Text) -> Iterator[Entry]:
    if text.references is None:
        return
    start, end = text.references
    for match in ENTRY.finditer(text.content[start:end]):
        body = match["body"]
        year = re.search(rf"\([^()]{{0,12}}?({_YEAR})[^()]{{0,12}}\)|(?<![0-9-])({_YEAR})(?![0-9-])", body)
        if year is None:
            continue
        words = re.findall(r"[^\W\d_][\w’'-]+", body[: year.start()])  # noqa: RUF001 - as printed
        words = [word for word in words if word[0].isupper() or word in {"von", "van", "de"}]
        if words:
            at = start + match.start("body")
            yield Entry(words, year[1] or year[2], (at, at + len(body)), body)


def _citations(text: Text) -> Iterator[Citation]:
    for offset, paragraph in text.paragraphs():
        plain = re.sub(r"[*_\n]", " ", paragraph)
        for match in CITATION.finditer(plain):
            names = _surnames(match["authors"])
            inside = plain.count("(", 0, match.start()) > plain.count(")", 0, match.start())
            bracket = "(" in plain[match.end("authors") : match.start("years")]
            if not names or not (inside or bracket) or names[0].casefold() in MONTHS:
                continue
            pages = PAGES.search(match["rest"]) or (
                PAGES.match(plain[match.end() :].lstrip(") ,(")) if bracket else None
            )
            cited = (int(pages[1]), int(pages[2] or pages[1])) if pages else None
            at = offset + match.start(), offset + match.end("years")
            for year in YEAR.findall(match["years"]):
                yield Citation(tuple(names), year, at, f"{match['authors']} {year}", cited)


def _surnames(authors: str) -> list[str]:
    """Return the surnames of *A, B and C*, of *A B* with first names, and of *von A*.

    Words in small letters and initials are left out.
    """
    people = re.split(r", | and | ?& ?", re.sub(r",? et al\.?", "", authors))
    names = []
    for person in people:
        words = [
            word
            for word in person.split()
            if len(word.rstrip(".")) > 1 and word[0].isupper() and word not in {"Von", "Van", "De", "See", "In"}
        ]
        if words:
            names.append(
                words[0] if len(people) == 1 or words[-1].endswith(".") else words[-1] if len(words) < 3 else words[0]  # noqa: PLR2004
            )
    return names


def _entry_of(citation: Citation, entries: Sequence[Entry]) -> Entry | None:
    """Return the entry that a citation refers to.

    The year must be the same. A name must be in common, or differ in one letter, or in two letters if it is long.
    """
    same_year = [entry for entry in entries if entry.year == citation.year] or [
        e for e in entries if e.year[:4] == citation.year
    ]
    for test in (_shares_name, _nearly_shares_name):
        found = [entry for entry in same_year if test(citation, entry)]
        if found:
            return max(found, key=lambda entry: len({*citation.names} & {*entry.words}))
    return None


def _shares_name(citation: Citation, entry: Entry) -> bool:
    return any(name in entry.words for name in citation.names)


def _near(one: str, other: str) -> bool:
    return min(len(one), len(other)) > 4 and 0 < distance(one.casefold(), other.casefold()) <= (  # noqa: PLR2004
        2 if len(one) > 7 else 1  # noqa: PLR2004
    )


def _nearly_shares_name(citation: Citation, entry: Entry) -> bool:
    return any(_near(name, word) for name in citation.names for word in entry.words)


def _not_listed(text: Text, citation: Citation, entries: Sequence[Entry]) -> Finding:
    near = [entry.name for entry in entries if citation.names[0] in entry.words]
    hint = f" The list has {listed(near)}, which may be meant." if near else ""
    return text.finding(
        kind="cited-not-listed",
        check="citations-and-references",
        sure=Certainty.PROBABLE,
        at=citation.at,
        name=f"{citation.names[0]} {citation.year} is cited, not listed",
        printed=citation.printed,
        expected="an entry in the list of references",
        how=f"None of the {len(entries)} entries has this author and year.{hint}",
        reason="the list may name it otherwise",
    )


def _compared(text: Text, citation: Citation, entry: Entry) -> Iterator[Finding]:
    for name in citation.names:
        near = next((word for word in entry.words if name not in entry.words and _near(name, word)), None)
        if near:
            yield text.finding(
                kind="spelling-variant",
                check="comparison-of-names",
                sure=Certainty.PROBABLE,
                at=citation.at,
                name=f"{name} is cited, {near} listed",
                printed=citation.printed,
                expected=near,
                how=f"'{name}' and '{near}' differ in {distance(name, near)} letters; the year is the same.",
                reason="they may be two people",
            )
    strange = [
        name
        for name in citation.names
        if name not in entry.words and not any(_near(name, word) for word in entry.words)
    ]
    if strange and len(citation.names) > 1:
        yield text.finding(
            kind="cited-not-listed",
            check="citations-and-references",
            sure=Certainty.PROBABLE,
            at=citation.at,
            name=f"{listed(strange)} {'are' if len(strange) > 1 else 'is'} cited as author of {entry.name}, not listed",
            printed=citation.printed,
            expected=entry.body[:60],
            how=f"The entry with {citation.names[0]} and {citation.year} does not name {listed(strange)}.",
            reason="another work may be meant",
        )
    if (
        citation.pages
        and entry.pages
        and not entry.pages[0] <= citation.pages[0] <= citation.pages[1] <= entry.pages[1]
    ):
        yield text.finding(
            kind="bibliographic-error",
            check="pages-of-reference",
            sure=Certainty.PROBABLE,
            at=citation.at,
            name=f"A page of {entry.name} is cited that the entry does not have",
            printed=f"p. {citation.pages[0]}",
            expected=f"a page from {entry.pages[0]} to {entry.pages[1]}",
            how="The entry ends with its first and last page.",
            reason="the range may be of something else",
        )
