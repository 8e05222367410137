"""Adding up: single answers, counts and headline totals against the sums that they state."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from kg.core.terms import ONTOLOGY, RDF_TYPE, term
from kg.evidence.audit.checks.figures import NEAREST, total_bounds
from kg.evidence.audit.facts import UNIT, VALUE
from kg.evidence.audit.model import Certainty, Finding, Statistic
from kg.evidence.audit.tables import PERCENT, Answers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pyoxigraph import NamedNode

    from kg.evidence.audit.checks.figures import Inference
    from kg.evidence.audit.facts import Facts
    from kg.evidence.audit.tables import Cell, Table

NO_ANSWER: Final = (
    "no response",
    "no-response",
    "no answer",
    "not answered",
    "missing",
    "non-response",
    "nonresponse",
    "無回答",
)


def sum_of_figures(slug: str, name: str, cells: Sequence[Cell]) -> Statistic:
    """Return the sum of some printed figures."""
    added = sum((cell.value for cell in cells), Decimal(0))
    return Statistic(
        slug=slug, method="sum-of-figures", name=name, value=added, inputs=tuple(cell.node for cell in cells)
    )


def addition(numbers: Iterable[Decimal]) -> str:
    """Write numbers and their sum, as in *1 + 2 = 3*."""
    numbers = list(numbers)
    return f"{' + '.join(map(str, numbers))} = {sum(numbers, Decimal(0))}"


@dataclass(frozen=True, slots=True)
class _Line:
    """The shares of one line of single answers, with the table's way of rounding.

    They have their common sample, if all of them have the same one.
    """

    table: Table
    label: str
    parts: Sequence[Cell]
    size: int | None
    inference: Inference

    @property
    def total(self) -> Decimal:
        return sum((cell.value for cell in self.parts), Decimal(0))

    def bounds(self, parts: Sequence[Cell]) -> tuple[Fraction, Fraction]:
        """Return the least and greatest sum, in per cent, that printed shares can stand for."""
        if self.size:
            least, most = total_bounds(parts, self.size, self.inference.rule)
            return Fraction(100 * least, self.size), Fraction(100 * most, self.size)
        bounds = [NEAREST.bounds(cell.value, cell.step) for cell in parts]
        return sum((low for low, _ in bounds), Fraction(0)), sum((high for _, high in bounds), Fraction(0))


def sum_of_answers(table: Table, label: str, parts: Sequence[Cell], inference: Inference) -> Iterator[Finding]:
    """Yield the line of a table whose shares cannot add up to all respondents.

    Each respondent gives one answer, or at most one.
    """
    answers = parts[0].answers
    if len(parts) < 2 or answers not in {Answers.ONE, Answers.AT_MOST_ONE}:  # noqa: PLR2004 - one number has no sum
        return
    sizes = {cell.size for cell in parts}
    line = _Line(table, label, parts, next(iter(sizes)) if len(sizes) == 1 else None, inference)
    low, high = line.bounds(parts)
    too_much = low > 100  # noqa: PLR2004 - per cent
    too_little = high < 100 and answers is Answers.ONE and not table.has_blank(parts)  # noqa: PLR2004
    if not (too_much or too_little):
        return
    repeated = _copy(line)
    doubted = (repeated.node,) if repeated else tuple(cell.node for cell in parts)
    sure, reason = _certainty(line, too_much=too_much)
    slug = f"sum/{table.slug}/{table.line_slug(parts)}"
    target = table.target(*parts, where=f"{'column' if table.along == 'columns' else 'row'} '{label}'")
    yield Finding(
        kind="sum-mismatch",
        check="sum-of-figures",
        certainty=sure,
        target=target.at(subjects=doubted, place=(repeated or parts[-1]).place),
        slug=slug,
        name=f"The answers of '{label}' add up to {line.total}%",
        printed=f"{line.total}% in all",
        expected="100%, but for rounding, as every respondent gives one answer"
        if answers is Answers.ONE
        else "100% at most, as no respondent gives more than one answer",
        how=_how(line, repeated),
        reason=reason,
        statistics=(sum_of_figures(slug, f"sum of the shares of '{label}', in per cent", parts),),
        doubted=doubted,
    )


def _certainty(line: _Line, *, too_much: bool) -> tuple[Certainty, str]:
    """Describe how sure it is that the sum cannot be, and why."""
    answered = any(no_answer(line.table.across(cell)) for cell in line.parts)
    if not (too_much or answered):
        return (
            Certainty.POSSIBLE,
            "respondents who did not answer may have been left out of the table, but not of the base",
        )
    if not line.table.answers_stated:
        return Certainty.PROBABLE, "that one answer was allowed is taken from the other lines, which make a hundred"
    if too_much:
        return Certainty.CERTAIN, "one respondent counts once, and rounding does not make the difference"
    return Certainty.CERTAIN, "the table has a row for those who did not answer"


def _how(line: _Line, repeated: Cell | None) -> str:
    table, parts = line.table, line.parts
    how = f"{addition(cell.value for cell in parts)}. "
    if line.size:
        least, most = total_bounds(parts, line.size, line.inference.rule)
        stands_for = f"{least}" if least == most else f"{least} to {most}"
        how += f"Out of {line.size}, the shares stand for {stands_for} answers; {line.inference.words}."
    else:
        rounded = float(len(parts) * Fraction(parts[0].step) / 2)
        how += f"Rounding changes the sum of {len(parts)} shares by at most {rounded:g}."
    if repeated:
        across = "row" if table.along == "columns" else "column"
        how += f" Without {repeated.printed} in the {across} '{table.across(repeated)}' it adds up."
    return how


def _copy(line: _Line) -> Cell | None:
    """Return the one cell that repeats another of its line and without which the line adds up, if there is one."""
    fitting = []
    for cell in line.parts:
        others = [other for other in line.parts if other is not cell]
        low, high = line.bounds(others)
        room = Fraction(1, line.size) * 100 * 2 if line.size else Fraction(2)
        if low <= 100 <= high + room and any(other.value == cell.value for other in others):  # noqa: PLR2004 - per cent
            fitting.append(cell)
    silent = [cell for cell in fitting if no_answer(line.table.across(cell))]
    candidates = silent or fitting
    return candidates[-1] if candidates else None


def total_of_shares(table: Table, label: str, cells: Sequence[Cell], inference: Inference) -> Iterator[Finding]:
    """Yield the printed total of a line of shares that its parts do not make within rounding.

    A total no larger than its greatest part is that of all respondents beside groups of them, and no sum. One of a
    hundred, or where several answers are allowed, may be that of the respondents, and smaller than its parts. A hundred
    of single answers has its own check.
    """
    found = table.total_and_parts([cell for cell in cells if cell.measure == PERCENT])
    if found is None or found[0].value <= max(cell.value for cell in found[1]):
        return
    total, parts = found
    if total.value == 100 and total.answers is Answers.ONE:  # noqa: PLR2004 - per cent
        return
    bounds = [inference.rule.bounds(cell.value, cell.step) for cell in parts]
    low, high = inference.rule.bounds(total.value, total.step)
    least, most = sum(first for first, _ in bounds), sum(last for _, last in bounds)
    of_respondents = total.answers is Answers.SEVERAL or (total.value == 100 and total.answers is Answers.UNKNOWN)  # noqa: PLR2004 - per cent
    if low <= most and (least <= high or of_respondents):
        return
    slug = f"total/{table.slug}/{table.along}/{table.line_slug(cells)}"
    yield Finding(
        kind="total-mismatch",
        check="sum-of-figures",
        certainty=Certainty.PROBABLE,
        target=table.target(total).at(subjects=(total.node, *(cell.node for cell in parts))),
        slug=slug,
        name=f"The parts of '{label}' do not make the printed total",
        printed=f"a total of {total.printed}",
        expected=f"{sum((cell.value for cell in parts), Decimal(0))}%, but for rounding",
        how=f"{addition(cell.value for cell in parts)}. Rounding allows {float(least):g} to {float(most):g}.",
        reason="answers that are not printed would explain it"
        if most < low
        else "the total may be that of something else",
        statistics=(sum_of_figures(slug, f"sum of the shares of '{label}', in per cent", parts),),
        doubted=(total.node,),
    )


def all_hundred(table: Table) -> Iterator[Finding]:
    """Doubt that several answers were allowed where every line adds up to a hundred as if one was."""
    lines = [
        [cell for cell in cells if cell.measure == PERCENT and not table.is_total(cell)] for _, cells in table.lines()
    ]
    lines = [cells for cells in lines if len(cells) >= 3]  # noqa: PLR2004 - two shares that add up are a yes and a no
    if len(lines) < 2 or any(cells[0].answers is not Answers.SEVERAL for cells in lines):  # noqa: PLR2004
        return
    if all(abs(sum((cell.value for cell in cells), Decimal(0)) - 100) <= cells[0].step for cells in lines):
        yield Finding(
            kind="sum-mismatch",
            check="sum-of-figures",
            certainty=Certainty.POSSIBLE,
            target=table.target(),
            slug=f"sum/{table.slug}/several-answers",
            name="Several answers were allowed and every line adds up to 100%",
            printed="100% in every line",
            expected="more than 100% in some line",
            how="Where respondents may name several answers, a line adds up to more than a hundred unless each named "
            "just one.",
            reason="every respondent may have named exactly one",
        )


def no_answer(label: str) -> bool:
    """Return whether a label is that of those who did not answer."""
    return any(word in label.casefold() for word in NO_ANSWER)


def audit_totals(facts: Facts) -> Iterator[Finding]:
    """Yield the totals that differ from their listed parts, and the parts that lack a figure which all others have.

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
    kinds = [kind.value.removeprefix(ONTOLOGY).casefold() for part in parts for kind in facts.nodes(part, RDF_TYPE)]
    return len(parts) > 1 and bool(word) and any(kind.endswith(word) for kind in kinds)


def _steps(value: Decimal, *, about: bool) -> Decimal:
    """Return by how much a figure may be rounded.

    It is half the place of the last digit that is not zero, when the figure ends in zeros or is approximate.
    """
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
    rough = [number for node, number in zip(nodes, numbers, strict=True) if facts.node(node, term("approximation"))]
    slack = sum((_steps(number, about=True) for number in rough), Decimal(0))
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
        name=f"{facts.text(figure, term('printedValue'))} are announced for '{facts.name(whole)}' and {len(parts)} "
        "listed",
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
