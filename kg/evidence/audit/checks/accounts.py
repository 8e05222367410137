"""What a source says of itself and in two places: missing particulars, and accounts that exclude each other."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import TYPE_CHECKING, Final

from kg.core.terms import expand, term
from kg.evidence.audit.model import Certainty, Finding, listed
from kg.evidence.audit.tables import CORRELATION, PERCENT
from kg.evidence.statistics import p_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyoxigraph import NamedNode

    from kg.evidence.audit.facts import Facts
    from kg.evidence.audit.tables import Cell, Table

_CONTRARY: Final = term("contraryTo")
_POLARITY: Final = term("polarity")
_DENIED: Final = expand("polarity:denied")
_STUDIES: Final = ("Study", "Survey", "InterviewStudy", "CaseStudy")
_CLAIMS: Final = tuple(
    f"{kind}Claim" for kind in ("", "Causal", "Association", "Comparative", "Definition", "Descriptive")
)
_SUBJECTS: Final = ("subject", "cause", "favours", "defines")
_DATED: Final = ("year", "yearMonth")
_FEWEST_DATED: Final = 3
_LEVEL: Final = 0.1
_PLACE_OF: Final = (
    "Firm",
    "SmallFirm",
    "LargeFirm",
    "NewTechnologyBasedSmallFirm",
    "SpecialistProvider",
    "MatchmakingEvent",
)


def audit_accounts(facts: Facts) -> Iterator[Finding]:
    """Yield particulars that a source leaves out, and things of which it tells two incompatible things."""
    yield from _documents(facts)
    yield from _studies(facts)
    yield from _announcements(facts)
    yield from _two_values(facts)


# Particulars


def _missing(  # noqa: PLR0913 - the parts of a finding that differ
    facts: Facts, thing: NamedNode, parts: Sequence[str], name: str, *, sure: Certainty, reason: str
) -> Finding:
    return Finding(
        kind="missing-metadata",
        check="parts-of-account",
        certainty=sure,
        target=facts.target(thing),
        slug=f"particulars/{facts.slug(thing)}",
        name=name,
        printed="nothing",
        expected=listed(list(parts)),
        how="Nothing that was read from the document says it.",
        reason=reason,
    )


def _documents(facts: Facts) -> Iterator[Finding]:
    for document in facts.of_type(term("SourceDocument")):
        dates = (expand("dcterms:issued"), expand("dcterms:date"), *map(term, _DATED))
        parts = [
            part
            for part, properties in (("its authors", (expand("dcterms:creator"),)), ("its date", dates))
            if not any(facts.values(document, name) for name in properties)
        ]
        if parts:
            name = f"{facts.name(document)} does not say {listed(parts)}"
            yield _missing(
                facts, document, parts, name, sure=Certainty.PROBABLE, reason="the title page may not have been read"
            )


def _studies(facts: Facts) -> Iterator[Finding]:
    """Yield studies that a document reports as its own without the number of those asked, or without the time."""
    for study in facts.of_type(*map(term, _STUDIES)):
        if not facts.nodes(study, term("reportedIn")):
            continue
        samples = facts.nodes(study, term("sample"))
        unsized = [sample for sample in samples if facts.number(sample, term("sampleSize")) is None]
        parts = [] if samples and not unsized else ["how many took part"]
        if not any(facts.values(study, name) for name in (expand("dcterms:date"), *map(term, _DATED))) and not _dated(
            facts, study
        ):
            parts.append("when it was done")
        if parts:
            name = f"'{facts.name(study)}' does not say {listed(parts)}"
            yield _missing(
                facts,
                study,
                parts,
                name,
                sure=Certainty.PROBABLE if "how many took part" in parts else Certainty.POSSIBLE,
                reason="it may stand where the study is told in more detail",
            )


def _dated(facts: Facts, study: NamedNode) -> bool:
    return any("ate" in name.value.rpartition("/")[2] and facts.values(study, name) for name in facts.predicates(study))


def _announcements(facts: Facts) -> Iterator[Finding]:
    """Yield reports without a date in a document that dates at least three others."""
    by_document: dict[str, list[NamedNode]] = defaultdict(list)
    for deal in facts.of_type(term("Alliance")):
        for report in facts.nodes(deal, term("announcement")):
            by_document[facts.document(report)].append(report)
    for reports in by_document.values():
        dated = [report for report in reports if _dated(facts, report) or facts.year(report) is not None]
        if len(dated) >= _FEWEST_DATED:
            for report in dict.fromkeys(reports):
                if report not in dated:
                    name = f"'{facts.name(report)}' has no date"
                    reason = f"{len(dated)} others have one"
                    yield _missing(facts, report, ["the date"], name, sure=Certainty.PROBABLE, reason=reason)


# Accounts


def _conflict(  # noqa: PLR0913 - the parts of a finding that differ
    facts: Facts,
    things: Sequence[NamedNode],
    *,
    slug: str,
    name: str,
    printed: str,
    how: str,
    sure: Certainty,
    reason: str,
) -> Finding:
    return Finding(
        kind="conflicting-accounts",
        check="comparison-of-accounts",
        certainty=sure,
        target=facts.target(*things),
        slug=f"accounts/{slug}",
        name=name,
        printed=printed,
        expected="one account",
        how=how,
        reason=reason,
    )


def _slugs(facts: Facts, claim: NamedNode, properties: Sequence[str]) -> frozenset[str]:
    return frozenset(node.value for name in properties for node in facts.nodes(claim, term(name)))


def _word(facts: Facts, claim: NamedNode, name: str) -> str:
    node = facts.node(claim, term(name))
    return node.value.rpartition("/")[2] if node else ""


def _two_values(facts: Facts) -> Iterator[Finding]:
    """Yield organisations with two seats in one region, neither in the other, and happenings with two times."""
    for thing in facts.of_type(*map(term, _PLACE_OF)):
        places = sorted(set(facts.nodes(thing, term("locatedIn"))), key=str)
        apart = [
            place
            for pair in combinations(places, 2)
            if not any(one in _around(facts, other) for one, other in (pair, pair[::-1]))
            and _around(facts, pair[0]) & _around(facts, pair[1])
            for place in pair
        ]
        if apart:
            names = listed([facts.name(place) for place in dict.fromkeys(apart)])
            yield _conflict(
                facts,
                (thing,),
                slug=f"places/{facts.slug(thing)}",
                name=f"{facts.name(thing)} is placed in {names}",
                printed=names,
                how="None of the places is known to lie in another.",
                sure=Certainty.POSSIBLE,
                reason="it may have several seats",
            )
    for thing in facts.of_type(term("MatchmakingEvent"), term("CaseEvent"), term("Alliance")):
        for name in (*map(term, _DATED), expand("dcterms:date")):
            texts = sorted(set(facts.texts(thing, name)))
            if len(texts) > 1:
                yield _conflict(
                    facts,
                    (thing,),
                    slug=f"times/{facts.slug(thing)}",
                    name=f"'{facts.name(thing)}' has the times {listed(texts)}",
                    printed=listed(texts),
                    how="One thing happens at one time.",
                    sure=Certainty.PROBABLE,
                    reason="it may have happened more than once",
                )


def _around(facts: Facts, place: NamedNode) -> set[NamedNode]:
    """Return the regions that a region lies in, itself included."""
    around, waiting = {place}, [place]
    while waiting:
        inner = waiting.pop()
        for name in ("partOfRegion", "partOf"):
            for outer in facts.nodes(inner, term(name)):
                if outer not in around:
                    around.add(outer)
                    waiting.append(outer)
    return around


# Claims


def audit_conflicts(facts: Facts) -> Iterator[Finding]:
    """Yield each pair of claims of which one denies what the other affirms, or says the contrary.

    Sources may well disagree; one voice that says both is more likely a slip.
    """
    pairs: dict[NamedNode, set[NamedNode]] = defaultdict(set)
    for claim in facts.of_type(*map(term, (*_CLAIMS, "Recommendation"))):
        for other in facts.nodes(claim, _CONTRARY):
            first, second = sorted((claim, other), key=lambda said: (_denies(facts, said), said.value))
            pairs[first].add(second)
    for first in sorted(pairs, key=str):
        for second in sorted(pairs[first], key=str):
            yield _contrary(facts, first, second)


def _denies(facts: Facts, claim: NamedNode) -> bool:
    return _DENIED in facts.nodes(claim, _POLARITY)


def _contrary(facts: Facts, first: NamedNode, second: NamedNode) -> Finding:
    same = set(facts.nodes(first, term("advancedBy"))) & set(facts.nodes(second, term("advancedBy")))
    return Finding(
        kind="conflicting-claims",
        check="claims-compared",
        certainty=Certainty.PROBABLE if same else Certainty.POSSIBLE,
        target=facts.target(first, second),
        slug=f"claims/{facts.slug(first)}/{facts.document(second)}-{facts.slug(second)}",
        name=f"'{facts.name(second)}' speaks against '{facts.name(first)}'",
        printed=f"{facts.name(first)} ({_voices(facts, first)})",
        expected="nothing contrary at the same stage",
        how=f"{facts.name(second)} ({_voices(facts, second)}).",
        reason="one voice says both" if same else "two voices may well disagree",
    )


def _voices(facts: Facts, claim: NamedNode) -> str:
    return listed([facts.name(voice) for voice in facts.nodes(claim, term("advancedBy"))])


# Claims and numbers


def audit_quantities(facts: Facts, tables: Sequence[Table]) -> Iterator[Finding]:
    """Yield claims whose quantifier, or whose stages, the printed figures do not bear out."""
    cells = {cell.node: cell for table in tables for cell in table.cells}
    by_place: dict[tuple[str, str], list[Cell]] = defaultdict(list)
    for cell in cells.values():
        if cell.measure == CORRELATION:
            for item in facts.nodes(cell.node, term("surveyItem")):
                for stage in facts.nodes(cell.node, term("stage")):
                    by_place[item.value, stage.value].append(cell)
    for claim in facts.of_type(*map(term, _CLAIMS)):
        supporting = [cells[node] for node in facts.nodes(claim, term("supportedBy")) if node in cells]
        yield from _quantifier(facts, claim, [cell for cell in supporting if cell.measure == PERCENT])
        yield from _at_every_stage(facts, claim, supporting, by_place)


_BORNE_OUT: Final = {
    "all": (99.5, 100.0, "100%"),
    "none": (0.0, 0.5, "0%"),
    "most": (50.0, 100.0, "more than 50%"),
    "majority": (50.0, 100.0, "more than 50%"),
    "half": (40.0, 60.0, "about 50%"),
    "few": (0.0, 50.0, "less than 50%"),
}
"""Between which shares, in percent, the quantifiers lie; what rounds to all or to none counts as such."""


def _quantifier(facts: Facts, claim: NamedNode, shares: Sequence[Cell]) -> Iterator[Finding]:
    word = _word(facts, claim, "quantifier")
    if word not in _BORNE_OUT or not shares:
        return
    least, most, expected = _BORNE_OUT[word]
    if any(least <= float(cell.value) <= most for cell in shares):
        return
    figures = listed([cell.printed for cell in shares])
    yield Finding(
        kind="claim-mismatch",
        check="claim-and-table",
        certainty=Certainty.PROBABLE,
        target=facts.target(claim, *(cell.node for cell in shares), at=claim),
        slug=f"claim/quantifier/{facts.slug(claim)}",
        name=f"{figures} is called {word}",
        printed=word,
        expected=expected,
        how=f"The table prints {listed([f'{cell.printed} ({cell.where})' for cell in shares])}.",
        reason="the shares may have to be added up",
    )


def _at_every_stage(
    facts: Facts, claim: NamedNode, supporting: Sequence[Cell], by_place: dict[tuple[str, str], list[Cell]]
) -> Iterator[Finding]:
    """Compare a claim that rests on coefficients and names several stages with the coefficients of each stage."""
    stages = facts.nodes(claim, term("stage"))
    items = _slugs(facts, claim, _SUBJECTS)
    if len(stages) < 2 or not any(cell.measure == CORRELATION for cell in supporting):  # noqa: PLR2004 - two stages
        return
    for item in sorted(items):
        found = {stage: by_place.get((item, stage.value), []) for stage in stages}
        if not all(found.values()):
            continue
        weak = [cell for cells in found.values() for cell in cells if not _speaks(cell)]
        if weak and len(weak) < sum(map(len, found.values())):
            yield Finding(
                kind="claim-mismatch",
                check="claim-and-table",
                certainty=Certainty.PROBABLE,
                target=facts.target(claim, *(cell.node for cell in weak), at=claim),
                slug=f"claim/stages/{facts.slug(claim)}",
                name=f"'{facts.name(claim)}' does not hold at every stage that it names",
                printed=f"{len(stages)} stages",
                expected=f"{len(stages) - len(weak)}",
                how=f"The table prints {listed([f'{cell.printed} ({cell.where})' for cell in weak])}.",
                reason="the claim may be meant of the stages together",
            )


def _speaks(cell: Cell) -> bool:
    """Return whether a coefficient is positive and significant at the weakest customary level."""
    size = cell.size
    return cell.value > 0 and (size is None or size < 4 or p_value(float(cell.value), int(size)) <= _LEVEL)  # noqa: PLR2004 - a p needs four pairs
