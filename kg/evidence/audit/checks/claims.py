"""What a source concludes and cites, against the numbers that it speaks of and its list of references."""

from __future__ import annotations

import re
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from kg.core.terms import RDF_TYPE, RDFS_LABEL, expand, term
from kg.evidence.audit.checks.things import distance
from kg.evidence.audit.model import DESCRIPTION, Certainty, Finding, listed
from kg.evidence.audit.tables import CORRELATION, PERCENT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pyoxigraph import NamedNode

    from kg.evidence.audit.facts import Facts
    from kg.evidence.audit.tables import Cell, Table

CLASSES: Final = ("Claim", "CausalClaim", "AssociationClaim", "ComparativeClaim", "Recommendation", "DefinitionClaim")
MAJORITY: Final = re.compile(
    r"\b(?:more than half|majority|most (?:\w+ )?(?:firms|companies|respondents|people))\b", re.IGNORECASE
)
SUPERLATIVE: Final = re.compile(
    r"\b(?:main|chief|chiefly|mainly|above all|more than anything|most (?:serious|important|often|frequent\w*)"
    r"|greatest|highest|strongest|deepest)\b",
    re.IGNORECASE,
)
HALF: Final = Decimal(50)
SHORTEST_LIST: Final = 3
_CITED: Final = expand("cito:hasCitedEntity")
_CLAIMED: Final = expand("cito:citesAsEvidence")
_CREATOR: Final = expand("dcterms:creator")
_PAGES: Final = re.compile(r"(?P<first>[0-9]+)(?:\s*[-–]\s*(?P<last>[0-9]+))?")  # noqa: RUF001 - as printed


def claims_on(facts: Facts) -> dict[NamedNode, list[tuple[NamedNode, str]]]:
    """Return, by number, the conclusions that a document rests on it, each with its name."""
    found: dict[NamedNode, list[tuple[NamedNode, str]]] = defaultdict(list)
    for claim in facts.of_type(*map(term, CLASSES)):
        for number in facts.nodes(claim, term("supportedBy")):
            found[number].append((claim, facts.name(claim)))
    return found


def audit_claims(facts: Facts, tables: Sequence[Table]) -> Iterator[Finding]:
    """Yield claims that the printed figures contradict.

    These are majorities of less than half, main things that others surpass, and associations whose coefficient has the
    opposite sign.
    """
    cells = {cell.node: (table, cell) for table in tables for cell in table.cells}
    for claim in facts.of_type(*map(term, CLASSES)):
        text = " ".join((*facts.texts(claim, RDFS_LABEL), *facts.texts(claim, DESCRIPTION)))
        numbers = [
            cells[node]
            for name in ("supportedBy", "contradictedBy")
            for node in facts.nodes(claim, term(name))
            if node in cells
        ]
        shares = [(table, cell) for table, cell in numbers if cell.measure == PERCENT]
        low = [(table, cell) for table, cell in shares if cell.value < HALF]
        if MAJORITY.search(text) and shares and len(low) == len(shares):
            yield _mismatch(
                facts,
                claim,
                [cell for _, cell in low],
                what="majority",
                name=f"{listed([cell.printed for _, cell in low])} is called a majority",
                printed="more than half",
                expected="more than 50%",
                how=f"The table prints {listed([f'{cell.printed} ({cell.where})' for _, cell in low])}.",
                sure=Certainty.CERTAIN,
            )
        elif SUPERLATIVE.search(text):
            supporting = set(facts.nodes(claim, term("supportedBy")))
            yield from _not_the_main(facts, claim, [(table, cell) for table, cell in shares if cell.node in supporting])
        if term("AssociationClaim") in facts.nodes(claim, RDF_TYPE):
            yield from _other_sign(facts, claim, [cell for _, cell in numbers if cell.measure == CORRELATION])


def _mismatch(  # noqa: PLR0913 - the parts of a finding that differ
    facts: Facts,
    claim: NamedNode,
    cells: Sequence[Cell],
    *,
    what: str,
    name: str,
    printed: str,
    expected: str,
    how: str,
    sure: Certainty,
) -> Finding:
    return Finding(
        kind="claim-mismatch",
        check="claim-and-table",
        certainty=sure,
        target=facts.target(claim, *(cell.node for cell in cells), at=claim),
        slug=f"claim/{what}/{facts.slug(claim)}",
        name=name,
        printed=printed,
        expected=expected,
        how=how,
        reason="claim and table were read from the same document"
        if sure is Certainty.CERTAIN
        else "the text may speak of another comparison",
    )


def _not_the_main(facts: Facts, claim: NamedNode, shares: Sequence[tuple[Table, Cell]]) -> Iterator[Finding]:
    """Compare the things that a claim calls the main ones with the others of each line: they must rank first.

    Only where the named figures of a line are different answers to one question that may be ranked, that is where
    several are allowed.
    """
    lines: dict[tuple[str, int], list[tuple[Table, Cell]]] = defaultdict(list)
    for table, cell in shares:
        if cell.answers.value == "multiple-answers":
            lines[table.node.value, cell.column if table.along == "columns" else cell.row].append((table, cell))
    for several in lines.values():
        table = several[0][0]
        named = {cell.node for _, cell in several}
        line = next(cells for _, cells in table.lines() if named <= {cell.node for cell in cells})
        for _, cell in several:
            larger = [other for other in line if other.value > cell.value and other.node not in named]
            if larger:
                best = max(larger, key=lambda other: other.value)
                rank = 1 + sum(other.value > cell.value for other in line)
                label = cell.column_label if table.along == "columns" else cell.row_label
                yield _mismatch(
                    facts,
                    claim,
                    [cell, best],
                    what=f"main/{cell.row}-{cell.column}",
                    name=f"'{best.row_label}' comes before '{cell.row_label}' in '{label}'",
                    printed=f"'{cell.row_label}' among the main ones",
                    expected=f"'{cell.row_label}' among the first {len(several)}",
                    how=f"With {cell.printed} it stands at place {rank}, after '{best.row_label}' with {best.printed}.",
                    sure=Certainty.PROBABLE,
                )


def _other_sign(facts: Facts, claim: NamedNode, cells: Sequence[Cell]) -> Iterator[Finding]:
    supporting = set(facts.nodes(claim, term("supportedBy")))
    for cell in cells:
        if (
            cell.node in supporting
            and cell.value < 0
            and not re.search(r"\b(?:negativ|less|fewer|worse|against)", facts.name(claim), re.IGNORECASE)
        ):
            yield _mismatch(
                facts,
                claim,
                [cell],
                what=f"sign/{cell.row}-{cell.column}",
                name=f"{cell.printed} is said to go with more",
                printed="a positive relation",
                expected="a negative one",
                how=f"The coefficient is {cell.printed} ({cell.where}).",
                sure=Certainty.PROBABLE,
            )


def resting(
    facts: Facts, findings: Sequence[Finding], claims: Mapping[NamedNode, Sequence[tuple[NamedNode, str]]]
) -> Iterator[Finding]:
    """Yield the conclusions that rest on numbers which the audit doubts, each with the findings on them."""
    doubts: dict[NamedNode, list[Finding]] = defaultdict(list)
    for found in findings:
        if found.certainty is not Certainty.POSSIBLE:
            for node in found.doubted:
                doubts[node].append(found)
    by_claim: dict[NamedNode, list[tuple[NamedNode, Finding]]] = defaultdict(list)
    for node, several in doubts.items():
        for claim, _ in claims.get(node, ()):
            by_claim[claim] += [(node, found) for found in several]
    for claim, pairs in sorted(by_claim.items(), key=lambda item: item[0].value):
        numbers = list(dict.fromkeys(node for node, _ in pairs))
        reasons = list(dict.fromkeys(found.name for _, found in pairs))
        whole = len(facts.nodes(claim, term("supportedBy")))
        yield Finding(
            kind="doubtful-support",
            check="claims-on-doubted-numbers",
            certainty=Certainty.CERTAIN if len(numbers) == whole else Certainty.PROBABLE,
            target=facts.target(claim, *numbers, at=claim),
            slug=f"rests/{facts.slug(claim)}",
            name=f"'{facts.name(claim)}' rests on a doubtful number",
            printed=f"{len(numbers)} of {whole} supporting figures in doubt",
            expected="figures that can be as printed",
            how=f"{'. '.join(reasons)}.",
            reason="no other figure supports it" if len(numbers) == whole else "other figures support it as well",
        )


def audit_references(facts: Facts) -> Iterator[Finding]:
    """Yield the differences between cited and listed works, and entries with faulty pages.

    The differences are works cited and not listed, works listed and not cited, and cited pages that are not those of
    the entry.
    """
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
    """Return whether a listed work may be the one that is cited.

    The works must share an author, at least approximately, and their years may differ by at most three.
    """
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
