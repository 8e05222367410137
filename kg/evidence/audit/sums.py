"""Single answers against their sum."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from kg.evidence.audit.model import PERCENT, Answers, Certainty, Finding, Statistic, slug_of
from kg.evidence.audit.rounding import NEAREST, total_bounds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.evidence.audit.model import Cell, Table
    from kg.evidence.audit.rounding import Inference

NO_ANSWER: Final = ("no response", "no-response", "no answer", "not answered", "missing", "non-response", "nonresponse", "無回答")


def sum_of_answers(table: Table, label: str, parts: Sequence[Cell], inference: Inference) -> Iterator[Finding]:
    """Gives the line of a table whose shares cannot add up to all respondents, each of whom gives one answer or at most one."""
    answers = parts[0].answers
    if len(parts) < 2 or answers not in {Answers.ONE, Answers.AT_MOST_ONE}:  # noqa: PLR2004 - one number has no sum
        return
    total = sum((cell.value for cell in parts), Decimal(0))
    sizes = {cell.size for cell in parts}
    size = next(iter(sizes)) if len(sizes) == 1 else None
    low, high = _total_shares(parts, size, inference)
    blanks = table.has_blank(parts)
    too_much, too_little = low > 100, high < 100 and answers is Answers.ONE and not blanks  # noqa: PLR2004 - per cent
    if not (too_much or too_little):
        return
    repeated = _copy(table, parts, size, inference)
    doubted = (repeated.node,) if repeated else tuple(cell.node for cell in parts)
    answered = any(no_answer(table.across(cell)) for cell in parts)
    certainty = Certainty.CERTAIN if too_much or answered else Certainty.POSSIBLE
    reason = (
        "one respondent counts once, and rounding does not make the difference"
        if too_much
        else "the table has a row for those who did not answer"
        if answered
        else "respondents who did not answer may have been left out of the table, but not of the base"
    )
    if not table.answers_stated and certainty is Certainty.CERTAIN:
        certainty, reason = Certainty.PROBABLE, "that one answer was allowed is taken from the other lines, which make a hundred"
    numbers = f"{' + '.join(str(cell.value) for cell in parts)} = {total}"
    how = f"{numbers}. " + (
        f"Out of {size}, the shares stand for {_bounds(parts, size, inference)} answers; {inference.words}."
        if size
        else f"Rounding changes the sum of {len(parts)} shares by at most {float(len(parts) * Fraction(parts[0].step) / 2):g}."
    )
    if repeated:
        how += (
            f" Without {repeated.printed} in the {'row' if table.along == 'columns' else 'column'} '{table.across(repeated)}' it adds up."
        )
    slug = f"sum/{table.slug}/{slug_of(label)}"
    statistic = Statistic(
        slug=slug,
        method="sum-of-figures",
        name=f"sum of the shares of '{label}', in per cent",
        value=total,
        inputs=tuple(c.node for c in parts),
    )
    where = f"{table.name}, {'column' if table.along == 'columns' else 'row'} '{label}'"
    yield Finding(
        kind="sum-mismatch",
        check="sum-of-figures",
        certainty=certainty,
        document=table.document,
        slug=slug,
        name=f"The answers of '{label}' add up to {total}%",
        printed=f"{total}% in all",
        expected="100%, but for rounding, as every respondent gives one answer"
        if answers is Answers.ONE
        else "100% at most, as no respondent gives more than one answer",
        how=how,
        reason=reason,
        subjects=doubted,
        place=parts[-1].place if not repeated else repeated.place,
        section=table.section,
        where=where,
        stated_at=tuple(c.stated_at for c in parts if c.stated_at),
        statistics=(statistic,),
        doubted=doubted,
    )


def all_hundred(table: Table) -> Iterator[Finding]:
    """Doubts that several answers were allowed where every line adds up to a hundred as if one was."""
    lines = [[cell for cell in cells if cell.measure == PERCENT and not table.is_total(cell)] for _, cells in table.lines()]
    lines = [cells for cells in lines if len(cells) >= 3]  # noqa: PLR2004 - two shares that add up are a yes and a no
    if len(lines) < 2 or any(cells[0].answers is not Answers.SEVERAL for cells in lines):  # noqa: PLR2004
        return
    if all(abs(sum((cell.value for cell in cells), Decimal(0)) - 100) <= cells[0].step for cells in lines):
        yield Finding(
            kind="sum-mismatch",
            check="sum-of-figures",
            certainty=Certainty.POSSIBLE,
            document=table.document,
            slug=f"sum/{table.slug}/several-answers",
            name="Several answers were allowed and every line adds up to 100%",
            printed="100% in every line",
            expected="more than 100% in some line",
            how="Where respondents may name several answers, a line adds up to more than a hundred unless each named just one.",
            reason="every respondent may have named exactly one",
            subjects=(table.node,),
            place=table.place,
            section=table.section,
            where=table.name,
        )


def no_answer(label: str) -> bool:
    """Tells whether a label is that of those who did not answer."""
    return any(word in label.casefold() for word in NO_ANSWER)


def _bounds(parts: Sequence[Cell], size: int, inference: Inference) -> str:
    least, most = total_bounds(parts, size, inference.rule)
    return f"{least}" if least == most else f"{least} to {most}"


def _total_shares(parts: Sequence[Cell], size: int | None, inference: Inference) -> tuple[Fraction, Fraction]:
    """Gives the least and greatest sum, in per cent, that the printed shares can stand for."""
    if size:
        least, most = total_bounds(parts, size, inference.rule)
        return Fraction(100 * least, size), Fraction(100 * most, size)
    rule = NEAREST
    bounds = [rule.bounds(cell.value, cell.step) for cell in parts]
    return sum((low for low, _ in bounds), Fraction(0)), sum((high for _, high in bounds), Fraction(0))


def _copy(table: Table, parts: Sequence[Cell], size: int | None, inference: Inference) -> Cell | None:
    """Gives the one cell that repeats another of its line and without which the line adds up, if there is such a one."""
    fitting = []
    for cell in parts:
        others = [other for other in parts if other is not cell]
        low, high = _total_shares(others, size, inference)
        room = Fraction(1, size) * 100 * 2 if size else Fraction(2)
        if low <= 100 <= high + room and any(other.value == cell.value for other in others):  # noqa: PLR2004 - per cent
            fitting.append(cell)
    silent = [cell for cell in fitting if no_answer(table.across(cell))]
    candidates = silent or fitting
    return candidates[-1] if candidates else None
