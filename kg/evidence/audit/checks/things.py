"""Things of a graph: names spelt in several ways, dates out of order, and answers that belong to different scales."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from kg.core.terms import RDFS_LABEL, expand, term
from kg.evidence.audit.facts import OTHER_LABEL
from kg.evidence.audit.model import DESCRIPTION, Certainty, Finding, listed, slug_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyoxigraph import NamedNode

    from kg.evidence.audit.facts import Facts
    from kg.evidence.audit.tables import Table

LEGAL_FORMS: Final = frozenset(
    ("co", "company", "corp", "corporation", "gmbh", "inc", "incorporated", "kk", "ltd", "limited", "llc", "plc", "the")
)
TITLES: Final = frozenset(("dr", "mr", "mrs", "ms", "prof", "professor", "sir"))
_WORD: Final = re.compile(r"[^\W_]+")
YEAR: Final = re.compile(r"(?<![0-9-])(?:1[89]|20)[0-9]{2}(?![0-9-])")
_CITED: Final = expand("cito:hasCitedEntity")


def audit_names(facts: Facts) -> Iterator[Finding]:
    """Yield persons and organisations whose names differ in letters.

    These are two names of one thing, or names of two things that are probably one.
    """
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
    """Return the Damerau-Levenshtein distance of two words (optimal string alignment).

    Return ``most`` + 1 when the distance is larger than ``most``.
    """
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
    printed = facts.texts(node, term("printedName"))
    for name in printed or (*facts.texts(node, RDFS_LABEL), *facts.texts(node, OTHER_LABEL)):
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
                    slug=f"name/{facts.slug(node)}/{f'{slug_of(first)}/' if index else ''}{slug_of(second)}",
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


def audit_dates(facts: Facts) -> Iterator[Finding]:
    """Yield dates in an impossible order.

    These are documents before what they report or cite, studies before what they drew on, deals before the founding,
    and stories out of order.
    """
    yield from _studies(facts)
    yield from _publications(facts)
    yield from _deals(facts)
    yield from _stories(facts)


def _finding(  # noqa: PLR0913 - the parts of a finding that differ
    facts: Facts,
    *,
    slug: str,
    name: str,
    printed: str,
    expected: str,
    sure: Certainty,
    reason: str,
    nodes: tuple[NamedNode, ...],
) -> Finding:
    return Finding(
        kind="date-conflict",
        check="order-of-dates",
        certainty=sure,
        target=facts.target(*nodes),
        slug=f"dates/{slug}",
        name=name,
        printed=printed,
        expected=expected,
        how="What comes first has the earlier date, or the same.",
        reason=reason,
    )


def _studies(facts: Facts) -> Iterator[Finding]:
    """Compare a study's year with the years in the texts about its samples, and with the document that reports it."""
    for study in facts.of_type(*(term(name) for name in ("Study", "Survey", "InterviewStudy", "CaseStudy"))):
        year = facts.year(study)
        if year is None:
            continue
        samples = facts.nodes(study, term("sample"))
        for sample in samples:
            samples += [parent for parent in facts.nodes(sample, term("drawnFrom")) if parent not in samples]
        for sample in samples:
            text = " ".join((*facts.texts(sample, RDFS_LABEL), *facts.texts(sample, DESCRIPTION)))
            later = sorted({int(found) for found in YEAR.findall(text) if int(found) > year})
            if later:
                yield _finding(
                    facts,
                    slug=f"{facts.slug(study)}/{later[-1]}",
                    name=f"A study of {year} draws on something of {later[-1]}",
                    printed=f"{facts.text(study, term('printedDate')) or year}, and {later[-1]} for "
                    f"'{facts.name(sample)}'",
                    expected=f"{later[-1]} or later for the study, or {year} or earlier for the sample",
                    sure=Certainty.PROBABLE,
                    reason="the later year may be part of a name",
                    nodes=(study, sample),
                )
        for document in facts.nodes(study, term("reportedIn")):
            issued = facts.year(document)
            if issued is not None and year > issued:
                yield _finding(
                    facts,
                    slug=f"{facts.slug(study)}/reported",
                    name=f"A study of {year} is reported in a document of {issued}",
                    printed=f"{year} and {issued}",
                    expected=f"{issued} or earlier for the study",
                    sure=Certainty.CERTAIN,
                    reason="both years are printed",
                    nodes=(study, document),
                )


def _publications(facts: Facts) -> Iterator[Finding]:
    """Compare the year of each cited work with that of the document that cites it."""
    seen: set[tuple[NamedNode, NamedNode]] = set()
    for citation in facts.of_type(expand("cito:Citation")):
        work, document = facts.node(citation, _CITED), facts.node(citation, expand("cito:hasCitingEntity"))
        if work is None or document is None or (work, document) in seen:
            continue
        seen.add((work, document))
        cited, issued = facts.year(work), facts.year(document)
        if cited is not None and issued is not None and cited > issued:
            yield _finding(
                facts,
                slug=f"{facts.slug(work)}/cited",
                name=f"A document of {issued} cites a work of {cited}",
                printed=f"{cited} and {issued}",
                expected=f"{issued} or earlier for the work",
                sure=Certainty.PROBABLE,
                reason="a work may be cited as forthcoming",
                nodes=(work, document),
            )


def _deals(facts: Facts) -> Iterator[Finding]:
    """Compare the year of an alliance's announcement with the founding years of its partners."""
    for alliance in facts.of_type(term("Alliance")):
        years = [(facts.year(told), told) for told in facts.nodes(alliance, term("announcement"))]
        for participation in facts.nodes(alliance, term("participation")):
            for partner in facts.nodes(participation, term("participant")):
                founded = facts.year(partner)
                for year, told in years:
                    if founded is not None and year is not None and founded > year:
                        yield _finding(
                            facts,
                            slug=f"{facts.slug(alliance)}/{facts.slug(partner)}",
                            name=f"An alliance of {year} has a partner founded in {founded}",
                            printed=f"{year} and {founded}",
                            expected=f"{founded} or later for the alliance",
                            sure=Certainty.PROBABLE,
                            reason="a predecessor of the partner may have made the deal",
                            nodes=(alliance, partner, told),
                        )


def _stories(facts: Facts) -> Iterator[Finding]:
    """Compare the years of the events of a case with the order of their numbers."""
    for case in facts.of_type(term("CaseStudy")):
        events = [
            (facts.number(event, term("sequenceNumber")), facts.year(event), event)
            for event in facts.subjects(term("partOfCase"), case)
        ]
        dated = sorted(
            (number, year, event.value, event)
            for number, year, event in events
            if number is not None and year is not None
        )
        for (_, before, _, first), (_, after, _, second) in pairwise(dated):
            if after < before:
                yield _finding(
                    facts,
                    slug=f"{facts.slug(first)}/{facts.slug(second)}",
                    name=f"What comes after {before} is dated {after}",
                    printed=f"{before} for '{facts.name(first)}', {after} for '{facts.name(second)}'",
                    expected=f"{before} or later for the second",
                    sure=Certainty.PROBABLE,
                    reason="the order of the story is that of the reader who numbered it",
                    nodes=(second, first),
                )


def audit_scales(facts: Facts, tables: Sequence[Table]) -> Iterator[Finding]:
    """Yield the lines of a table whose answers are on another scale than those of the others.

    Such lines cannot be compared with the others.
    """
    for table in tables:
        scales = {
            label: frozenset(
                scheme.value
                for cell in cells
                for option in facts.nodes(cell.node, term("responseOption"))
                for scheme in facts.nodes(option, expand("skos:inScheme"))
            )
            for label, cells in table.lines()
        }
        usual, often = next(iter(Counter(scales.values()).most_common(1)), (frozenset(), 0))
        if often < 2 or not usual:  # noqa: PLR2004 - no scale is the table's
            continue
        for label, cells in table.lines():
            if scales[label] and not scales[label] & usual:
                printed = listed([cell.printed for cell in cells])
                yield Finding(
                    kind="scale-mismatch",
                    check="comparison-of-scales",
                    certainty=Certainty.CERTAIN,
                    target=table.target(*cells, where=f"'{label}'"),
                    slug=f"scale/{table.slug}/{table.line_slug(cells)}",
                    name=f"'{label}' is answered on another scale than the rest of the table",
                    printed=printed,
                    expected="answers on the scale of the table",
                    how=f"The other {often} lines have the answers that the rows name; this one has words of its own.",
                    reason="the words are printed in the cells",
                )
