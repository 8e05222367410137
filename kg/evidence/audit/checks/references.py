"""Citations against the list of references, and entries of the list that cannot be right."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kg.core.terms import expand, term
from kg.evidence.audit.checks.things import distance
from kg.evidence.audit.model import Certainty, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyoxigraph import NamedNode

    from kg.evidence.audit.facts import Facts

SHORTEST_LIST: Final = 3
_CITED: Final = expand("cito:hasCitedEntity")
_CLAIMED: Final = expand("cito:citesAsEvidence")
_CREATOR: Final = expand("dcterms:creator")
_PAGES: Final = re.compile(r"(?P<first>[0-9]+)(?:\s*[-–]\s*(?P<last>[0-9]+))?")  # noqa: RUF001 - as printed


def audit_references(facts: Facts) -> Iterator[Finding]:
    """Yield works cited and not listed or listed and not cited, pages that are not those of the entry, and entries with faulty pages."""
    works = facts.of_type(term("CitedWork"))
    for document in sorted({facts.document(work) for work in works}):
        own = [work for work in works if facts.document(work) == document]
        listed = [work for work in own if facts.nodes(work, term("listedAt"))]
        if len(listed) >= SHORTEST_LIST:
            yield from _not_listed(facts, [work for work in own if work not in listed], listed)
            yield from _not_cited(facts, listed, [work for work in own if work not in listed])
        for work in own:
            yield from _entry(facts, work)
            yield from _cited_pages(facts, work)


def _citations(facts: Facts, work: NamedNode) -> list[NamedNode]:
    return sorted({*facts.subjects(_CITED, work), *facts.subjects(_CLAIMED, work)}, key=str)


def _finding(  # noqa: PLR0913 - the parts of a finding that differ
    facts: Facts,
    *,
    kind: str,
    check: str,
    sure: Certainty,
    work: NamedNode,
    name: str,
    printed: str,
    expected: str,
    how: str,
    reason: str,
    at: NamedNode | None = None,
) -> Finding:
    return Finding(
        kind=kind,
        check=check,
        certainty=sure,
        target=facts.target(work, at=at),
        slug=f"{kind}/{facts.slug(at or work)}",
        name=name,
        printed=printed,
        expected=expected,
        how=how,
        reason=reason,
    )


def _not_listed(facts: Facts, unlisted: Sequence[NamedNode], listed: Sequence[NamedNode]) -> Iterator[Finding]:
    for work in unlisted:
        citations = facts.subjects(_CITED, work)
        if not citations:
            continue
        near = [other for other in listed if _alike(facts, work, other)]
        hint = f" The list has {' and '.join(facts.name(other) for other in near)}, which may be meant." if near else ""
        yield _finding(
            facts,
            kind="cited-not-listed",
            check="citations-and-references",
            sure=Certainty.PROBABLE if near else Certainty.CERTAIN,
            work=work,
            name=f"{facts.name(work)} is cited, not listed",
            printed=f"{len(citations)} citation{'s' * (len(citations) > 1)}",
            expected="an entry in the list of references",
            how=f"None of the {len(listed)} entries is this work.{hint}",
            reason="the name or year of the citation may be wrong"
            if near
            else "citations and entries were transcribed from the document",
            at=min(citations, key=str),
        )


def _alike(facts: Facts, cited: NamedNode, listed: NamedNode) -> bool:
    """Return whether a listed work may be the one that is cited: one author in common, or nearly, and years at most three apart."""
    one, two = (
        {facts.name(person).casefold().split()[-1] for person in facts.nodes(work, _CREATOR)}
        for work in (cited, listed)
    )
    years = facts.year(cited), facts.year(listed)
    near = years[0] is not None and years[1] is not None and abs(years[0] - years[1]) <= 3  # noqa: PLR2004 - a slip in the year
    return near and any(distance(a, b) <= (1 if len(a) > 4 else 0) for a in one for b in two)  # noqa: PLR2004 - letters


def _not_cited(facts: Facts, listed: Sequence[NamedNode], unlisted: Sequence[NamedNode]) -> Iterator[Finding]:
    for work in listed:
        if not _citations(facts, work):
            near = [other for other in unlisted if _alike(facts, other, work)]
            hint = (
                f" The text cites {' and '.join(facts.name(other) for other in near)}, which the list does not have."
                if near
                else ""
            )
            yield _finding(
                facts,
                kind="listed-not-cited",
                check="citations-and-references",
                sure=Certainty.PROBABLE if near else Certainty.CERTAIN,
                work=work,
                name=f"{facts.name(work)} is listed, not cited",
                printed="an entry in the list of references",
                expected="a citation in the text",
                how=f"No citation and no conclusion refers to it.{hint}",
                reason="the two may be one work"
                if near
                else "citations and entries were transcribed from the document",
            )


def _range(text: str) -> tuple[int, int] | None:
    found = _PAGES.fullmatch(text.strip())
    if not found:
        return None
    first, last = found["first"], found["last"] or found["first"]
    if len(last) < len(first):
        last = first[: len(first) - len(last)] + last
    return int(first), int(last)


def _entry(facts: Facts, work: NamedNode) -> Iterator[Finding]:
    pages = facts.text(work, term("pages"))
    span = _range(pages) if pages else None
    numbers = [int(number) for number in re.findall(r"[0-9]+", pages)]
    if pages and (span is None or span[0] > span[1]) and len(numbers) > 1:
        yield _finding(
            facts,
            kind="bibliographic-error",
            check="pages-of-reference",
            sure=Certainty.PROBABLE,
            work=work,
            name=f"The pages of {facts.name(work)} cannot be",
            printed=f"pages {pages}",
            expected="one range from a first to a last page",
            how=f"The numbers are {', '.join(map(str, numbers))}.",
            reason="an article may be printed in several parts",
        )
    if (
        expand("fabio:JournalArticle") in facts.nodes(work, expand("rdf:type"))
        and facts.text(work, term("containerTitle"))
        and not any(facts.text(work, term(part)) for part in ("volume", "issue", "printedDate"))
        and facts.nodes(work, term("listedAt"))
    ):
        yield _finding(
            facts,
            kind="bibliographic-error",
            check="parts-of-reference",
            sure=Certainty.CERTAIN,
            work=work,
            name=f"{facts.name(work)} has no volume, issue or date",
            printed=facts.text(work, term("containerTitle")),
            expected="the volume, issue or date of the journal",
            how="The entry goes from the journal to the pages.",
            reason="the entry was transcribed from the list",
        )


def _cited_pages(facts: Facts, work: NamedNode) -> Iterator[Finding]:
    whole = _range(facts.text(work, term("pages")))
    for citation in sorted(facts.subjects(_CITED, work), key=str):
        cited = _range(facts.text(citation, term("pages")))
        if whole and cited and not whole[0] <= cited[0] <= cited[1] <= whole[1]:
            yield _finding(
                facts,
                kind="bibliographic-error",
                check="pages-of-reference",
                sure=Certainty.CERTAIN,
                work=work,
                name=f"A page of {facts.name(work)} is cited that the work does not have",
                printed=f"p. {facts.text(citation, term('pages'))}",
                expected=f"a page from {whole[0]} to {whole[1]}",
                how="The entry in the list gives the first and last page.",
                reason="both are printed",
                at=citation,
            )
