"""Running text: figures announced and not there, sentences torn apart, brackets, and words that are another word."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Final

from kg.evidence.audit.checks.text import HEADING
from kg.evidence.audit.checks.things import distance
from kg.evidence.audit.model import Certainty

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.evidence.audit.checks.text import Text
    from kg.evidence.audit.model import Finding

_CODE: Final = re.compile(r"^(?P<fence>```|~~~).*?(?:^(?P=fence)[ \t]*$|\Z)|`[^`\n]+`", re.DOTALL | re.MULTILINE)
_LABEL: Final = re.compile(
    r"\b(?P<kind>Exhibits?|Figures?|Figs?\.|Tables?|Charts?|Schedules?)"
    r"[ \t]*#?[ \t]*(?P<number>[1-9][0-9]?|[IVX]{1,4})\b(?![.][0-9])"
)
_CAPTION: Final = re.compile(rf"^[ \t>*#_|]*{_LABEL.pattern}(?=[ \t]*(?:$|[.:*—–|(-])|[ \t]+[A-Z])", re.MULTILINE)  # noqa: RUF001 - as printed
_ELSEWHERE: Final = re.compile(r"[ \t]*(?:,|of|in|from)[ \t]+(?:the[ \t]+)?[A-Z(]")
_SENTENCE: Final = re.compile(r"[.!?][\"”’)\]]*(?:\s|$)")  # noqa: RUF001 - as printed
_CLOSED: Final = re.compile(r"[.!?:;…][\s\"”“’')\]*_|0-9]*$|[)|*_>]$|\$$")  # noqa: RUF001 - as printed
_STOP: Final = re.compile(r"[.!?]$")
_GOES_ON: Final = re.compile(r"[\"“„'(]?[a-z]")
_LIST: Final = re.compile(r"[-•*>|#$!]|\(?[0-9a-z][.)]|[0-9]")
_PROSE: Final = 15
"""Words that make a paragraph prose, when it has a sentence that ends as well."""
_REACH: Final = 12
"""Paragraphs that a figure, a table or a note may put between the halves of a sentence."""
_BRACKETS: Final = {")": "(", "]": "["}
_ITEM: Final = re.compile(r"(?:(?<=\s)|^)(?:[0-9]{1,2}|[a-zA-Z]|[ivx]{1,4})\)")
_THEN: Final = re.compile(
    r"\b(?:(?:more|less|rather|fewer|greater|larger|smaller|higher|lower|better|worse|faster|slower|easier|sooner|later|earlier|stronger|weaker)"
    r"(?:\s+\w+){0,2}?)\s+(?P<slip>then)\b(?!\s*,)",
    re.IGNORECASE,
)
_DOUBLED: Final = re.compile(
    r"(?<![\w.])(?P<word>the|a|an|of|to|and|is|are|for|with|by|at|be|as|this|from|or|its|their)"
    r"[ \n](?P=word)\b(?![.\w-])",
    re.IGNORECASE,
)
_PLURAL: Final = re.compile(r"\b[a-z]{3,}[b-df-hj-np-tv-z]ys\b")
_TORN: Final = re.compile(r"\b(?P<one>[A-Za-z]{2,}) (?=(?P<other>[a-z]{2,})\b)")
_RUN_TOGETHER: Final = re.compile(r"\b[a-z]{4,}[A-Z][a-z]{3,}\b")
_LIKE_SHAPES: Final = (frozenset("ODQCGU"), frozenset("EFBPR"), frozenset("MNWVUH"), frozenset("IJLT"))
_KNOWN: Final = frozenset(("CEO", "CFO", "CIO", "COO", "CTO", "USA", "GDP", "GNP"))
_RARE: Final = 2
_ACRONYM: Final = re.compile(r"(?<![\w/-])[A-Z]{3,5}(?![\w/-])")
_NAME: Final = re.compile(r"(?<![\w.@/])[A-Z][\w’'&-]*(?:[ \t]+(?:of[ \t]+)?[A-Z][\w’'&-]*){1,5}")  # noqa: RUF001 - as printed
_TITLES: Final = frozenset(
    ("mr", "mrs", "ms", "dr", "prof", "professor", "the", "a", "an", "in", "at", "as", "for", "on")
)
_SEVERAL: Final = 3
"""Quotations of one kind that are a habit and no slip."""


def audit_passages(text: Text) -> Iterator[Finding]:
    """Yield what is announced and missing, torn or left open in a text, and words that stand for another word."""
    text = replace(text, content=_CODE.sub(lambda match: re.sub(r"\S", " ", match[0]), text.content))
    yield from _announced(text)
    yield from _torn(text)
    yield from _open(text)
    yield from _words(text)
    yield from _acronyms(text)
    yield from _names_of_several_words(text)


# Figures, tables and exhibits


def _kind(label: str) -> str:
    return {"Fig": "Figure"}.get(word := label.rstrip(".").removesuffix("s") if label != "Figs." else "Fig", word)


def _announced(text: Text) -> Iterator[Finding]:
    """Yield the figures, tables and exhibits that a text names and does not have, or of which only the caption is left.

    Nothing is said of kinds that have no caption at all where the text shows that it names those of another work.
    """
    captions = {
        (_kind(match["kind"]), match["number"]): match for match in reversed([*_CAPTION.finditer(text.content)])
    }
    mentions: dict[tuple[str, str], re.Match[str]] = {}
    for match in _LABEL.finditer(text.content):
        label = _kind(match["kind"]), match["number"]
        starts = {caption.start("kind") for caption in captions.values()}
        if match.start() not in starts and not _ELSEWHERE.match(text.content, match.end()):
            mentions.setdefault(label, match)
    for label, match in sorted(mentions.items(), key=lambda item: item[1].start()):
        name = " ".join(label)
        if label not in captions:
            yield text.finding(
                kind="missing-figure",
                check="captions-and-mentions",
                sure=Certainty.PROBABLE,
                at=match.span(),
                name=f"{name} is announced and not there",
                printed=match[0],
                expected=f"a {label[0].casefold()} with this number",
                how="No line of the text begins with this label.",
                reason="the text may have been taken from a larger one",
            )
    for label, match in sorted(captions.items(), key=lambda item: item[1].start()):
        if _empty(text, match):
            yield text.finding(
                kind="missing-figure",
                check="captions-and-mentions",
                sure=Certainty.CERTAIN if label in mentions else Certainty.PROBABLE,
                at=(match.start("kind"), match.end("number")),
                name=f"{' '.join(label)} has a caption and no content",
                printed=text.content[match.start("kind") : match.end("number")],
                expected=f"the {label[0].casefold()}",
                how="After the caption comes a paragraph of running text, a heading, or the end.",
                reason="running text follows at once",
            )


def _empty(text: Text, caption: re.Match[str]) -> bool:
    """Return whether nothing but lines of a caption stand between a label and the running text.

    What belongs to a caption is short: the paragraph that begins with the label, and one more line as a title.
    """
    rest = text.content[caption.end() :]
    parts = re.split(r"\n(?:[ \t]*\n)+", rest, maxsplit=3)
    following = [" ".join(part.split()) for part in parts[1:3] if part.strip()]
    if any(mark in parts[0] for mark in ("|", "![", "$$")) or any(map(_LIST.match, parts[0].splitlines()[1:])):
        return False
    for paragraph in following:
        if paragraph.startswith(("#", "|", "!", "$", "-", "•", "*", "(", "<")):
            return paragraph.startswith("#")
        words = paragraph.split()
        if len(words) >= _PROSE and (_SENTENCE.search(paragraph) or _GOES_ON.match(paragraph)):
            return True
        if _GOES_ON.match(paragraph) or len(words) >= _PROSE:
            return bool(_GOES_ON.match(paragraph)) and bool(_SENTENCE.search(paragraph))
    return not following and len(rest.split()) < _PROSE


# Sentences


def _torn(text: Text) -> Iterator[Finding]:
    """Yield sentences that go on behind other paragraphs, and those that go on nowhere."""
    paragraphs = list(text.paragraphs())
    continued: set[int] = set()
    for index, (offset, paragraph) in enumerate(paragraphs):
        end = paragraph.rstrip()
        if (
            len(paragraph.split()) < _PROSE
            or not _SENTENCE.search(paragraph)
            or _CLOSED.search(end)
            or _LIST.match(paragraph)
            or re.search(r",\s+[A-Za-z]{1,2}$", end)
        ):
            continue
        later = next(
            (
                place
                for place in range(index + 1, min(index + _REACH, len(paragraphs)))
                if place not in continued
                and _GOES_ON.match(paragraphs[place][1])
                and not _LIST.match(paragraphs[place][1])
            ),
            None,
        )
        at = offset + len(end)
        if later is None:
            following = paragraphs[index + 1][1] if index + 1 < len(paragraphs) else ""
            if _LIST.match(following) and not HEADING.match(following):
                continue  # an item of a list or a formula may end a sentence
            yield text.finding(
                kind="truncated-text",
                check="end-of-passage",
                sure=Certainty.PROBABLE,
                at=(max(offset, at - 24), at),
                name=f"A sentence has no end after '{end[-24:]}'",
                printed=end[-24:],
                expected="the rest of the sentence",
                how="The paragraph ends without a mark, and none that follows begins within a sentence.",
                reason="a mark may have been lost",
            )
        else:
            continued.add(later)
            if later > index + 1:
                yield text.finding(
                    kind="scrambled-layout",
                    check="end-of-passage",
                    sure=Certainty.PROBABLE,
                    at=(max(offset, at - 24), at),
                    name=f"A sentence is torn apart after '{end[-24:]}'",
                    printed=end[-24:],
                    expected=f"'{' '.join(paragraphs[later][1].split())[:24]}' at once",
                    how=f"The sentence goes on {later - index - 1} paragraphs further down.",
                    reason="both may be beginnings and ends of other sentences",
                )


def _open(text: Text) -> Iterator[Finding]:
    """Yield brackets without their partner, and quotation marks of another language."""
    yield from _brackets(text)
    content = text.content
    low = [match.start() for match in re.finditer("„", content)]
    if low and re.search(r"[“”][^“”„]{1,300}”", content):
        return
    english = len(re.findall(r"\b(?:the|of|and|that)\b", content)) > len(
        re.findall(r"\b(?:der|die|und|das)\b", content)
    )
    if len(low) >= _SEVERAL and english:
        yield text.finding(
            kind="typographical-slip",
            check="end-of-passage",
            sure=Certainty.PROBABLE,
            at=(low[0], low[0] + 1),
            name="German quotation marks in an English text",
            printed="„…“",
            expected="“…”",
            how=f"{len(low)} quotations open with a low mark.",
            reason="the text may quote German",
        )


def _brackets(text: Text) -> Iterator[Finding]:
    """Pair brackets; one that stays open at the end of a sentence, or closes what is not open, has no partner.

    A sentence that a page break cuts goes on in the paragraph that begins with a small letter.
    """
    opened: list[tuple[str, int]] = []
    wrong: list[int] = []
    for offset, paragraph in text.paragraphs():
        if not _GOES_ON.match(paragraph):
            wrong += [at for _, at in opened]
            opened = []
        if "$" in paragraph or paragraph.startswith("|"):
            continue
        items = {offset + match.end() - 1 for match in _ITEM.finditer(paragraph)}
        for match in re.finditer(r"[()\[\]]", paragraph):
            mark, at = match[0], offset + match.start()
            if mark in "([":
                opened.append((mark, at))
            elif opened and opened[-1][0] == _BRACKETS[mark]:
                opened.pop()
            elif at not in items:
                wrong.append(at)
        if _STOP.search(paragraph.rstrip()):
            wrong += [at for _, at in opened]
            opened = []
    for at in sorted([*wrong, *(at for _, at in opened)]):
        shown = " ".join(text.content[max(0, at - 12) : at + 18].split())
        yield text.finding(
            kind="typographical-slip",
            check="end-of-passage",
            sure=Certainty.PROBABLE,
            at=(at, at + 1),
            name=f"A bracket has no partner: {shown}",
            printed=shown,
            expected="brackets in pairs",
            how="Each bracket was paired with the one that closes it.",
            reason="its partner may have been lost in the layout",
        )


# Words


def _words(text: Text) -> Iterator[Finding]:
    counts = Counter(re.findall(r"[A-Za-z]+", text.content))
    patterns = (
        (_THEN, "slip", "'then' stands where 'than' is meant", "than", "A comparative stands before it."),
        (_DOUBLED, "word", "A word stands twice", "the word once", "The same word follows."),
    )
    for pattern, group, name, expected, how in patterns:
        for match in pattern.finditer(text.content):
            if not _in_references(text, match.start()):
                yield _slip(text, match.span(), f"{name}: {_near(text, match.start(group))}", expected, how)
    for match in _PLURAL.finditer(text.content):
        word = match[0]
        right = f"{word[:-2]}ies"
        if counts[right] and counts[word] < counts[right]:
            how = f"'{right}' stands in the text {counts[right]} times."
            yield _slip(text, match.span(), f"'{word}' stands where '{right}' is meant", right, how)
    for match in _TORN.finditer(text.content):
        one, other = match["one"], match["other"]
        if counts[one + other] and counts[one] == counts[other] == 1 and not _in_references(text, match.start()):
            how = f"'{one + other}' stands in the text, and neither part stands by itself elsewhere."
            yield _slip(
                text, (match.start(), match.end("other")), f"A word is torn apart: {one} {other}", one + other, how
            )
    for match in _RUN_TOGETHER.finditer(text.content):
        halves = re.findall(r"[A-Z]?[a-z]+", match[0])
        known = counts[halves[-1]] or counts[halves[-1].casefold()]
        if counts[match[0]] == 1 and known and not _in_references(text, match.start()):
            how = "A capital stands in the middle of a word that occurs once."
            yield _slip(text, match.span(), f"Two words are run together: {match[0]}", "two words", how)


def _slip(text: Text, at: tuple[int, int], name: str, expected: str, how: str) -> Finding:
    return text.finding(
        kind="typographical-slip",
        check="comparison-of-words",
        sure=Certainty.PROBABLE,
        at=at,
        name=name,
        printed=" ".join(text.content[slice(*at)].split()),
        expected=expected,
        how=how,
        reason="it may be meant as it stands",
    )


def _near(text: Text, at: int) -> str:
    return " ".join(text.content[max(0, at - 20) : at + 20].split())


def _in_references(text: Text, at: int) -> bool:
    return text.references is not None and text.references[0] <= at < text.references[1]


def _acronyms(text: Text) -> Iterator[Finding]:
    """Compare words of capitals: one that is rare and one letter off a frequent one is probably the same."""
    counts = Counter(match[0] for match in _ACRONYM.finditer(text.content))
    small = set(re.findall(r"\b[a-z]{3,5}\b", text.content))
    for rare, number in sorted(counts.items()):
        if rare in _KNOWN or rare.casefold() in small:
            continue
        alike = [
            usual
            for usual, other in counts.items()
            if number <= _RARE and other > number and len(usual) == len(rare) and _confusable(usual, rare)
        ]
        defined = re.search(rf"\({rare}s?\)|{rare}s?\s*\(", text.content)
        if len(alike) == 1 and not defined:
            at = next(match for match in _ACRONYM.finditer(text.content) if match[0] == rare)
            usual = alike[0]
            how = f"'{rare}' stands {_times(number)}, unexplained, and '{usual}' {_times(counts[usual])}."
            yield _slip(text, at.span(), f"{rare} may stand where {usual} is meant", usual, how)


def _confusable(one: str, other: str) -> bool:
    """Return whether two words differ in one letter only, and in letters of like shape."""
    differing = [{a, b} for a, b in zip(one, other, strict=True) if a != b]
    return len(differing) == 1 and any(differing[0] <= alike for alike in _LIKE_SHAPES)


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def _names_of_several_words(text: Text) -> Iterator[Finding]:
    """Compare names of several words: those that agree in all but one, which differs in one letter or two."""
    names: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for match in _NAME.finditer(text.content):
        if _in_references(text, match.start()):
            continue
        parts = match[0].split()
        while parts and parts[0].rstrip(".").casefold() in _TITLES:
            parts.pop(0)
        name = tuple(re.sub(r"[’']s?$", "", part) for part in parts)  # noqa: RUF001 - as printed
        if len(name) > 1:
            names[name].append(match.start())
    groups: dict[tuple[int, str], list[tuple[str, ...]]] = defaultdict(list)
    for words in names:
        for place in range(len(words)):
            groups[len(words), " ".join((*words[:place], "*", *words[place + 1 :]))].append(words)
    told: set[frozenset[tuple[str, ...]]] = set()
    for several in groups.values():
        for one, other in combinations(several, 2):
            if frozenset((one, other)) not in told and _slip_between(one, other):
                told.add(frozenset((one, other)))
                yield _two_forms(text, one, other, names)


def _slip_between(one: Sequence[str], other: Sequence[str]) -> bool:
    ((first, second),) = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    if first.casefold() == second.casefold() or any(c.isdigit() for c in first + second):
        return False
    return min(len(first), len(second)) > 4 and first[0] == second[0] and distance(first, second, 1) == 1  # noqa: PLR2004 - letters


def _two_forms(
    text: Text, one: tuple[str, ...], other: tuple[str, ...], names: dict[tuple[str, ...], list[int]]
) -> Finding:
    rare, usual = sorted((one, other), key=lambda name: (len(names[name]), -names[name][0]))
    shown, whole = " ".join(rare), " ".join(usual)
    at = names[rare][0]
    return text.finding(
        kind="spelling-variant",
        check="comparison-of-names",
        sure=Certainty.PROBABLE,
        at=(at, at + len(shown)),
        name=f"{shown} is also written {whole}",
        printed=f"'{shown}' ({_times(len(names[rare]))}) and '{whole}' ({_times(len(names[usual]))})",
        expected="one spelling of one name",
        how="All words but one agree, and this one differs in a letter.",
        reason="they may be two names",
    )
