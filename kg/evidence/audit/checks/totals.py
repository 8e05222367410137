"""Headline totals against the items that a document lists under them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from kg.core.terms import ONTOLOGY, term
from kg.evidence.audit.checks.sums import addition
from kg.evidence.audit.facts import TYPE, UNIT, VALUE
from kg.evidence.audit.model import Certainty, Finding, Statistic

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyoxigraph import NamedNode

    from kg.evidence.audit.facts import Facts


def audit_totals(facts: Facts) -> Iterator[Finding]:
    """Yield the totals of a whole that its listed parts do not make, and the parts that lack a figure which all others have.

    Parts are things that point to the whole with a property whose name begins with *partOf*. A figure of the whole is
    compared with the sum of the same measure over the parts; one whose unit is what the parts are, with their number.
    """
    for whole in _wholes(facts):
        parts = _parts(facts, whole)
        for figure in sorted(facts.subjects(term("about"), whole), key=str):
            value = facts.number(figure, VALUE)
            measure = facts.node(figure, term("measure"))
            if value is None or measure is None:
                continue
            having = [
                (part, node)
                for part in parts
                for node in facts.subjects(term("about"), part)
                if measure in facts.nodes(node, term("measure"))
            ]
            if having:
                yield from _sum(facts, whole, figure, value, [node for _, node in having])
                yield from _missing(facts, parts, {part for part, _ in having}, measure)
            elif _counts_parts(facts, figure, parts):
                yield from _number(facts, whole, figure, value, parts)


def _wholes(facts: Facts) -> list[NamedNode]:
    return sorted(
        {
            node
            for kind in ("CountObservation", "AggregateObservation")
            for figure in facts.of_type(term(kind))
            for node in facts.nodes(figure, term("about"))
        },
        key=str,
    )


def _parts(facts: Facts, whole: NamedNode) -> list[NamedNode]:
    names = ("partOfProgramme", "partOfSeries", "partOfCase", "partOf")
    return sorted({part for name in names for part in facts.subjects(term(name), whole)}, key=str)


def _counts_parts(facts: Facts, figure: NamedNode, parts: Sequence[NamedNode]) -> bool:
    unit = facts.node(figure, UNIT)
    word = unit.value.rpartition("/")[2].replace("-", "") if unit else ""
    kinds = [kind.value.removeprefix(ONTOLOGY).casefold() for part in parts for kind in facts.nodes(part, TYPE)]
    return len(parts) > 1 and bool(word) and any(kind.endswith(word) for kind in kinds)


def _steps(value: Decimal, *, about: bool) -> Decimal:
    """Return how far a figure may be rounded: half the place of its last digit that is not zero, when it ends in zeros or is rough."""
    digits = str(int(value))
    zeros = len(digits) - len(digits.rstrip("0"))
    return Decimal(10) ** zeros / 2 if zeros and value else Decimal("0.5") if about else Decimal(0)


def _sum(
    facts: Facts, whole: NamedNode, figure: NamedNode, value: Decimal, nodes: Sequence[NamedNode]
) -> Iterator[Finding]:
    numbers = [facts.number(node, VALUE) or Decimal(0) for node in nodes]
    added = sum(numbers, Decimal(0))
    if added == value or (
        facts.node(figure, term("approximation")) and abs(added - value) <= _steps(value, about=True)
    ):
        return
    rough = [node for node in nodes if facts.node(node, term("approximation"))]
    slack = sum((_steps(facts.number(node, VALUE) or Decimal(0), about=True) for node in rough), Decimal(0))
    excess, within = added > value + slack, abs(added - value) <= _steps(value, about=False)
    reason = (
        "the headline may be a rounded figure"
        if within
        else "a member of several parts would count several times; the source does not say so"
        if excess
        else "the list may be incomplete"
    )
    how = f"{addition(numbers)}."
    if rough and abs(added - value) > slack:
        how += f" {len(rough)} of them are called approximate, which allows {added - slack:g} to {added + slack:g}."
    yield _finding(
        facts,
        whole,
        figure,
        name=f"The parts of '{facts.name(whole)}' make {added}, not {value:,}",
        expected=str(added),
        how=how,
        sure=Certainty.POSSIBLE if within else Certainty.PROBABLE,
        reason=reason,
        value=added,
        inputs=tuple(nodes),
    )


def _number(
    facts: Facts, whole: NamedNode, figure: NamedNode, value: Decimal, parts: Sequence[NamedNode]
) -> Iterator[Finding]:
    if value == len(parts) or facts.node(figure, term("approximation")):
        return
    yield _finding(
        facts,
        whole,
        figure,
        name=f"{facts.text(figure, term('printedValue'))} are announced for '{facts.name(whole)}' and {len(parts)} listed",
        expected=f"{len(parts)} as listed",
        how=f"{len(parts)} parts are listed.",
        sure=Certainty.CERTAIN,
        reason="the list can be counted",
        value=Decimal(len(parts)),
        inputs=tuple(parts),
    )


def _finding(  # noqa: PLR0913 - the parts of a finding that differ
    facts: Facts,
    whole: NamedNode,
    figure: NamedNode,
    *,
    name: str,
    expected: str,
    how: str,
    sure: Certainty,
    reason: str,
    value: Decimal,
    inputs: tuple[NamedNode, ...],
) -> Finding:
    slug = f"total/{facts.slug(figure)}"
    statistic = Statistic(
        slug=slug,
        method="sum-of-figures",
        name=f"{facts.name(whole)}: what the listed parts make",
        value=value,
        inputs=inputs,
    )
    return Finding(
        kind="total-mismatch",
        check="sum-of-figures",
        certainty=sure,
        target=facts.target(figure, whole, at=figure).at(where=facts.name(whole)),
        slug=slug,
        name=name,
        printed=facts.text(figure, term("printedValue")),
        expected=expected,
        how=how,
        reason=reason,
        statistics=(statistic,),
        doubted=(figure,),
    )


def _missing(facts: Facts, parts: Sequence[NamedNode], having: set[NamedNode], measure: NamedNode) -> Iterator[Finding]:
    lacking = [part for part in parts if part not in having]
    if not lacking or len(lacking) * 4 > len(parts):
        return
    for part in lacking:
        yield Finding(
            kind="missing-figure",
            check="comparison-of-figures",
            certainty=Certainty.CERTAIN,
            target=facts.target(part),
            slug=f"missing/{facts.slug(part)}",
            name=f"'{facts.name(part)}' has no {facts.name(measure)}",
            printed="no figure",
            expected=f"a {facts.name(measure)}, as the {len(having)} other parts have",
            how=f"{len(having)} of {len(parts)} parts of the list give it.",
            reason="the list can be read",
        )
