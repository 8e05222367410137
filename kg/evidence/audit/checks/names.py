"""Names that are spelt in several ways."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from kg.core.terms import expand, term
from kg.evidence.audit.facts import LABEL, OTHER_LABEL
from kg.evidence.audit.model import Certainty, Finding, slug_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyoxigraph import NamedNode

    from kg.evidence.audit.facts import Facts

LEGAL_FORMS: Final = frozenset(
    ("co", "company", "corp", "corporation", "gmbh", "inc", "incorporated", "kk", "ltd", "limited", "llc", "plc", "the")
)
TITLES: Final = frozenset(("dr", "mr", "mrs", "ms", "prof", "professor", "sir"))
_WORD: Final = re.compile(r"[^\W_]+")


def audit_names(facts: Facts) -> Iterator[Finding]:
    """Yield persons and organisations whose names differ in letters: two names of one thing, or of two things that are probably one."""
    nodes = _named_things(facts)
    for node in nodes:
        yield from _of_one(facts, node)
    yield from _of_two(facts, nodes)


def _named_things(facts: Facts) -> list[NamedNode]:
    classes = [
        "Firm",
        "SmallFirm",
        "LargeFirm",
        "PublicAgency",
        "ResearchInstitution",
        "SpecialistProvider",
        "NewTechnologyBasedSmallFirm",
    ]
    return facts.of_type(expand("foaf:Person"), expand("org:Organization"), *(term(name) for name in classes))


def _words(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", name).casefold()
    return [
        word
        for word in _WORD.findall("".join(c for c in plain if not unicodedata.combining(c)))
        if word not in LEGAL_FORMS | TITLES
    ]


def distance(first: str, second: str, most: int = 2) -> int:
    """Return the Damerau-Levenshtein distance of two words (optimal string alignment), or ``most`` + 1 when it is larger."""
    if abs(len(first) - len(second)) > most:
        return most + 1
    rows = [list(range(len(second) + 1))]
    for i, a in enumerate(first, 1):
        row = [i]
        for j, b in enumerate(second, 1):
            cost = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == second[j - 2] and first[i - 2] == b:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return min(rows[-1][-1], most + 1)


def variants(first: str, second: str) -> tuple[str, str] | None:
    """Return the one word in which two names differ by a slip, if they agree in all others.

    Legal forms, titles and case aside.

    A slip is one letter in words of three or four, two in longer ones; a word and its beginning count when no more is
    missing.
    """
    one, two = _words(first), _words(second)
    if len(one) != len(two) or not one:
        return None
    differing = [(a, b) for a, b in zip(one, two, strict=True) if a != b]
    if len(differing) != 1:
        return None
    a, b = differing[0]
    shortest = min(len(a), len(b))
    allowed = 0 if shortest < 2 else 1 if shortest < 5 else 2  # noqa: PLR2004 - letters
    if a.isdigit() or b.isdigit() or distance(a, b) > allowed or (shortest < 4 and len(one) < 2):  # noqa: PLR2004 - one short word is too little
        return None
    return a, b


def _of_one(facts: Facts, node: NamedNode) -> Iterator[Finding]:
    by_words: dict[tuple[str, ...], str] = {}
    for name in (*facts.texts(node, LABEL), *facts.texts(node, OTHER_LABEL)):
        by_words.setdefault(tuple(_words(name)), name)
    names = list(by_words.values())
    for index, first in enumerate(names):
        for second in names[index + 1 :]:
            pair = variants(first, second)
            if pair:
                yield Finding(
                    kind="spelling-variant",
                    check="comparison-of-names",
                    certainty=Certainty.PROBABLE,
                    target=facts.target(node).at(where=first),
                    slug=f"name/{facts.slug(node)}/{slug_of(second)}",
                    name=f"{first} is also written {second}",
                    printed=f"'{first}', '{second}', or both",
                    expected="one spelling of one name",
                    how=f"'{pair[0]}' and '{pair[1]}' differ in {distance(*pair)} "
                    f"letter{'s' * (distance(*pair) > 1)}; the other words agree.",
                    reason="both forms are recorded for one thing; one of them may come from outside the source",
                )


def _of_two(facts: Facts, nodes: list[NamedNode]) -> Iterator[Finding]:
    names = [(node, facts.name(node)) for node in nodes]
    by_word: dict[str, list[int]] = {}
    for index, (_, name) in enumerate(names):
        for word in set(_words(name)):
            by_word.setdefault(word, []).append(index)
    seen: set[tuple[int, int]] = set()
    for several in by_word.values():
        for place, first in enumerate(several[:200]):
            for second in several[place + 1 : 200]:
                pair = variants(names[first][1], names[second][1])
                if (first, second) in seen or pair is None or any(len(word) < 5 for word in pair):  # noqa: PLR2004 - Lee and Leo are two people
                    continue
                seen.add((first, second))
                one, two = names[first], names[second]
                yield Finding(
                    kind="spelling-variant",
                    check="comparison-of-names",
                    certainty=Certainty.POSSIBLE,
                    target=facts.target(two[0], one[0], at=two[0]),
                    slug=f"names/{facts.slug(one[0])}/{facts.slug(two[0])}",
                    name=f"{one[1]} and {two[1]} may be one",
                    printed=f"'{one[1]}' and '{two[1]}'",
                    expected="one spelling, if they are one",
                    how=f"'{pair[0]}' and '{pair[1]}' differ in {distance(*pair)} letters; the other words agree.",
                    reason="they may be two",
                )
