"""How many respondents a coefficient can rest on, given how many left its questions unanswered in other tables."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from kg.core.terms import term
from kg.evidence.audit.checks.rounding import NEAREST, feasible_counts
from kg.evidence.audit.checks.sums import no_answer
from kg.evidence.audit.model import Certainty, Finding, Statistic, listed
from kg.evidence.audit.tables import CORRELATION, COUNT, PERCENT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pyoxigraph import NamedNode

    from kg.evidence.audit.facts import Facts
    from kg.evidence.audit.tables import Cell, Table

SUBJECTS: Final = ("stage", "surveyItem", "factor")
"""What a row or column can be about: a coefficient and an unanswered question belong together when they share one of these."""


def audit_answered(facts: Facts, tables: Sequence[Table]) -> Iterator[Finding]:
    """Yield the tables of coefficients whose sample size leaves no room for the answers that are missing in other tables of the sample.

    Whoever left one of two questions unanswered cannot enter their correlation. The missing answers of both may come
    from the same respondents or from different ones; the fewest that must be missing are the greater of the two
    numbers.
    """
    missing = _missing(facts, tables)
    for table in tables:
        bounds: dict[NamedNode, tuple[int, int]] = {}
        inputs: dict[NamedNode, None] = {}
        for cell in (cell for cell in table.cells if cell.measure == CORRELATION and cell.size):
            sample = facts.node(cell.node, term("sample"))
            gone = [missing[sample, about] for about in _about(facts, cell) if sample and (sample, about) in missing]
            if gone:
                bounds[cell.node] = (
                    (cell.size or 0) - sum(count for count, _ in gone),
                    (cell.size or 0) - max(count for count, _ in gone),
                )
                inputs |= {node: None for _, node in gone}
        if bounds and min(high for _, high in bounds.values()) < (table.cells[0].size or 0):
            yield _finding(table, bounds, tuple(inputs))


def _about(facts: Facts, cell: Cell) -> list[NamedNode]:
    return [value for name in SUBJECTS for value in facts.nodes(cell.node, term(name))]


def _missing(facts: Facts, tables: Sequence[Table]) -> Mapping[tuple[NamedNode, NamedNode], tuple[int, NamedNode]]:
    """Return, by sample and subject, the most missing answers that a table prints, at the least that the printed share stands for."""
    found: dict[tuple[NamedNode, NamedNode], tuple[int, NamedNode]] = {}
    for table in tables:
        for cell in table.cells:
            sample = facts.node(cell.node, term("sample"))
            if sample is None or not no_answer(table.across(cell)):
                continue
            count = _count(cell)
            for about in _about(facts, cell):
                if count > found.get((sample, about), (0, cell.node))[0]:
                    found[sample, about] = count, cell.node
    return found


def _count(cell: Cell) -> int:
    if cell.measure == COUNT:
        return int(cell.value)
    counts = feasible_counts(cell.value, cell.step, cell.size, NEAREST) if cell.measure == PERCENT and cell.size else ()
    return counts[0] if counts else 0


def _finding(table: Table, bounds: Mapping[NamedNode, tuple[int, int]], inputs: tuple[NamedNode, ...]) -> Finding:
    size = table.cells[0].size
    most = [high for _, high in bounds.values()]
    least = min(low for low, _ in bounds.values())
    printed = listed([str(number) for number in sorted(set(most))], most=4)
    statistic = Statistic(
        slug=f"answered/{table.slug}",
        method="answers-given",
        name=f"most respondents that every coefficient of '{table.name}' can rest on",
        value=Decimal(min(most)),
        inputs=inputs,
    )
    return Finding(
        kind="sample-size-mismatch",
        check="answers-given",
        certainty=Certainty.POSSIBLE,
        target=table.target(),
        slug=f"answered/{table.slug}",
        name=f"Coefficients of '{table.name}' cannot all rest on {size} respondents, as some did not answer",
        printed=f"N = {size}",
        expected=f"at most {printed} pairs, depending on the coefficient",
        how=f"Other tables of the sample print missing answers on what {len(bounds)} of the {len(table.cells)} coefficients are about. "
        f"Whoever left a question unanswered has no pair: {min(most)} to {max(most)} pairs at most, and {least} at least, when nobody "
        "left two unanswered.",
        reason="the source does not say how missing answers were treated, nor that the coefficients are of these questions",
        statistics=(statistic,),
    )
