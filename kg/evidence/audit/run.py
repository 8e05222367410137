"""An audit: all checks of the facts and tables of a graph, joined with the anomalies that readers noted by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from kg.core.terms import term
from kg.evidence.audit.checks.accounts import audit_accounts, audit_conflicts, audit_quantities
from kg.evidence.audit.checks.claims import audit_claims, audit_references, claims_on, resting
from kg.evidence.audit.checks.figures import audit_means, audit_ranges, with_answers
from kg.evidence.audit.checks.repeats import audit_duplicates, audit_repeats
from kg.evidence.audit.checks.samples import audit_answered, audit_samples
from kg.evidence.audit.checks.shares import audit_counts, audit_shares, rounding_of
from kg.evidence.audit.checks.significance import audit_family, audit_stars
from kg.evidence.audit.checks.sums import audit_totals
from kg.evidence.audit.checks.things import audit_dates, audit_names, audit_scales
from kg.evidence.audit.facts import Facts
from kg.evidence.audit.model import COMPUTED, DESCRIPTION, Audit, Finding, Note, Remark, listed
from kg.evidence.audit.tables import CORRELATION, PERCENT, tables_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pyoxigraph import NamedNode, Quad

    from kg.core.origin import Origin
    from kg.evidence.audit.checks.text import Text
    from kg.evidence.audit.tables import Table


def _audit_matrix(table: Table) -> Iterator[Finding | Note]:
    """Audit a table as a matrix of correlations, if it is about as wide as high."""
    cells = [cell for cell in table.cells if cell.measure == CORRELATION]
    rows, columns = {cell.row for cell in cells}, {cell.column for cell in cells}
    if cells and abs(len(rows) - len(columns)) <= 1:
        from kg.evidence.audit.checks.matrices import audit_matrices

        yield from audit_matrices(table)


TABLE_CHECKS: Final[tuple[Callable[[Table], Iterable[Finding | Note]], ...]] = (
    audit_ranges,
    audit_shares,
    audit_counts,
    audit_means,
    audit_stars,
    _audit_matrix,
)
"""Checks of one table by itself."""
COMPARISONS: Final[tuple[Callable[[Sequence[Table]], Iterable[Finding | Note]], ...]] = (
    audit_repeats,
    audit_duplicates,
)
"""Checks of all tables against one another."""
CONTEXT_CHECKS: Final[tuple[Callable[[Facts, Sequence[Table]], Iterable[Finding | Note]], ...]] = (
    audit_samples,
    audit_scales,
    audit_answered,
    audit_claims,
    audit_quantities,
)
"""Checks of tables against what the graph says of their samples, scales and conclusions."""
FACT_CHECKS: Final[tuple[Callable[[Facts], Iterable[Finding]], ...]] = (
    audit_totals,
    audit_dates,
    audit_names,
    audit_references,
    audit_conflicts,
    audit_accounts,
)
"""Checks of what the graph says outside its tables."""
_ALIKE: Final = {"spelling-variant": {"typographical-slip", "bibliographic-error"}}
"""Kinds of notes that a finding of a kind may confirm besides its own."""


def audit_graph(quads: Iterable[Quad], places: Mapping[str, Origin], texts: Iterable[Text] = ()) -> Audit:
    """Audit all that a graph says; ``places`` give the file, line and column that a thing was read at, by IRI.

    ``texts`` are those of the graph's documents, where they are at hand: what stands in them and not in the graph is
    audited as well.
    """
    facts = Facts(quads, places)
    return audit(facts, tuple(tables_of(facts)), texts)


def audit_tables(tables: Sequence[Table]) -> Audit:
    """Audit tables alone; a note names those of which nothing says what their numbers are."""
    outcome = audit(Facts((), {}), tables)
    silent = [table for table in tables if not any(cell.measure for cell in table.cells)]
    notes = tuple(
        Note(
            table.document,
            f"No number of '{table.name}' is audited: nothing says that it has shares, counts, coefficients or means.",
        )
        for table in silent
    )
    return replace(outcome, notes=(*outcome.notes, *notes))


def audit(facts: Facts, tables: Sequence[Table], texts: Iterable[Text] = ()) -> Audit:
    """Run every check and sort the outcome by document, then the surest findings first, then by kind and place."""
    tables = tuple(map(with_answers, tables))
    claims = claims_on(facts)
    outcomes: list[Finding | Note] = []
    for table in tables:
        for check_table in TABLE_CHECKS:
            outcomes += check_table(table)
        outcomes += audit_family(table, claims)
    outcomes += _rounding(tables)
    for compare_tables in COMPARISONS:
        outcomes += compare_tables(tables)
    for check_context in CONTEXT_CHECKS:
        outcomes += check_context(facts, tables)
    for check_facts in FACT_CHECKS:
        outcomes += check_facts(facts)
    findings = [outcome for outcome in outcomes if isinstance(outcome, Finding)]
    findings += resting(facts, findings, claims)
    findings += _unknown(facts, findings, [finding for text in texts for finding in audit_text(text)])
    stated = [node for node in facts.of_type(term("SourceAnomaly")) if COMPUTED not in node.value]
    findings = _confirming(facts, findings, stated)
    confirmed = {finding.confirms for finding in findings}
    remarks = tuple(_remark(facts, node) for node in stated if node not in confirmed)
    notes = sorted((one for one in outcomes if isinstance(one, Note)), key=lambda note: (note.document, note.text))
    findings.sort(key=lambda one: (one.document, one.certainty.rank, one.kind, one.place, one.slug))
    return Audit(tuple(findings), remarks, tuple(notes), len(tables), sum(len(table.cells) for table in tables))


def audit_text(text: Text) -> list[Finding]:
    """Run every check of running text, in the order of the text.

    A name that differs between a citation and the list of references is reported once, as a fault of the citation.
    """
    from kg.evidence.audit.checks.citations import audit_citations
    from kg.evidence.audit.checks.passages import audit_passages
    from kg.evidence.audit.checks.text import audit_enumerations, audit_slips

    cited = list(audit_citations(text))
    variants = [finding.name for finding in cited if finding.kind == "spelling-variant"]
    slips = [
        finding
        for finding in audit_slips(text)
        if not any(set(finding.name.split()[:3:2]) <= set(name.replace(",", "").split()) for name in variants)
    ]
    findings = [*cited, *audit_enumerations(text), *slips, *audit_passages(text)]
    return sorted(findings, key=lambda finding: (finding.place, finding.kind, finding.slug))


def _rounding(tables: Sequence[Table]) -> Iterator[Note]:
    """Say by which rule shares are rounded, once for all tables of a document of which the same can be said."""
    alike: dict[tuple[str, str], list[str]] = {}
    for table in tables:
        shares = [cell for cell in table.cells if cell.measure == PERCENT and cell.size]
        if shares:
            digits = sorted({-int(cell.step.as_tuple().exponent) for cell in shares})
            words = f"{rounding_of(table).words}; {' or '.join(map(str, digits))} decimal place{'s' * (digits != [1])}"
            alike.setdefault((table.document, words), []).append(f"'{table.name}'")
    for (document, words), names in alike.items():
        yield Note(document, f"{words[0].upper()}{words[1:]}: {listed(names)}.")


def _confirming(facts: Facts, findings: Sequence[Finding], stated: Sequence[NamedNode]) -> list[Finding]:
    """Join each finding with the manual note of the same or a similar kind on the same thing.

    Each finding confirms the note with which it shares most. A note of another kind that is like is confirmed by one
    finding only.
    """
    pairs = []
    for index, found in enumerate(findings):
        about = {*found.subjects, *found.doubted}
        for node in stated:
            kinds = {kind.value.rpartition("/")[2] for kind in facts.nodes(node, term("anomalyKind"))}
            targets = set(facts.nodes(node, term("anomalyOf")))
            shared = targets & about
            if found.span is not None:
                shared = (
                    {node}
                    if _overlap(found.span, facts.offsets(node)) and facts.document(node) == found.document
                    else set()
                )
            like = kinds & _ALIKE.get(found.kind, set())
            if shared and (found.kind in kinds or like):
                pairs.append((found.kind not in kinds, -len(shared), len(targets - about), index, node.value, node))
    taken: dict[int, NamedNode] = {}
    used: set[NamedNode] = set()
    for _, _, rest, index, _, node in sorted(pairs, key=lambda pair: pair[:5]):
        several = rest and {*findings[index].subjects} <= set(facts.nodes(node, term("anomalyOf")))
        if index not in taken and (node not in used or several):
            taken[index] = node
            used.add(node)
    return [found.at(confirms=taken[index]) if index in taken else found for index, found in enumerate(findings)]


def _unknown(facts: Facts, findings: Sequence[Finding], read: Sequence[Finding]) -> list[Finding]:
    """Return what was found in texts and not yet in the graph: findings of another kind, or at another place."""
    known = [
        (one.document, one.kind, [span for node in one.stated_at for span in facts.offsets(node)]) for one in findings
    ]
    return [
        one
        for one in read
        if not any(
            one.document == document and one.kind == kind and one.span and _overlap(one.span, spans)
            for document, kind, spans in known
        )
    ]


def _overlap(span: tuple[int, int], others: Iterable[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)


def _remark(facts: Facts, node: NamedNode) -> Remark:
    kind = facts.node(node, term("anomalyKind"))
    return Remark(
        node=node,
        kind=kind.value.rpartition("/")[2] if kind else "",
        document=facts.document(node),
        name=facts.name(node),
        text=facts.text(node, DESCRIPTION),
        section=facts.section(node),
        place=facts.place(node),
    )
