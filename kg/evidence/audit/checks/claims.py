"""Conclusions against the numbers that they speak of or rest on."""

from __future__ import annotations

import re
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from kg.core.terms import RDF_TYPE, RDFS_LABEL, term
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


def claims_on(facts: Facts) -> dict[NamedNode, list[tuple[NamedNode, str]]]:
    """Return, by number, the conclusions that a document rests on it, each with its name."""
    found: dict[NamedNode, list[tuple[NamedNode, str]]] = defaultdict(list)
    for claim in facts.of_type(*map(term, CLASSES)):
        for number in facts.nodes(claim, term("supportedBy")):
            found[number].append((claim, facts.name(claim)))
    return found


def audit_claims(facts: Facts, tables: Sequence[Table]) -> Iterator[Finding]:
    """Yield majorities of less than half, main things that others surpass, and associations whose coefficient has the other sign."""
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
    """Hold the things that a claim calls the main ones against the others of each line: as many as are named must come first.

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
