"""Dates that cannot be in the order in which they stand."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from kg.core.terms import expand, term
from kg.evidence.audit.facts import DESCRIPTION, LABEL
from kg.evidence.audit.model import Certainty, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyoxigraph import NamedNode

    from kg.evidence.audit.facts import Facts

YEAR: Final = re.compile(r"(?<![0-9-])(?:1[89]|20)[0-9]{2}(?![0-9-])")
_CITED: Final = expand("cito:hasCitedEntity")


def audit_dates(facts: Facts) -> Iterator[Finding]:
    """Yield documents before what they report or cite, studies before what they drew on, deals before founding, stories out of order."""
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
    """Hold a study's year against the years named in what is said of its samples, and against the document that reports it."""
    for study in facts.of_type(*(term(name) for name in ("Study", "Survey", "InterviewStudy", "CaseStudy"))):
        year = facts.year(study)
        if year is None:
            continue
        samples = facts.nodes(study, term("sample"))
        for sample in samples:
            samples += [parent for parent in facts.nodes(sample, term("drawnFrom")) if parent not in samples]
        for sample in samples:
            text = " ".join((*facts.texts(sample, LABEL), *facts.texts(sample, DESCRIPTION)))
            later = sorted({int(found) for found in YEAR.findall(text) if int(found) > year})
            if later:
                yield _finding(
                    facts,
                    slug=f"{facts.slug(study)}/{later[-1]}",
                    name=f"A study of {year} draws on something of {later[-1]}",
                    printed=f"{facts.text(study, term('printedDate')) or year}, and {later[-1]} for '{facts.name(sample)}'",
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
    """Hold the year of each cited work against that of the document that cites it."""
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
    """Hold the year of an alliance's announcement against the founding years of its partners."""
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
    """Hold the years of the events of a case against the order in which they are numbered."""
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
