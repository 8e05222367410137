"""The checks of tables at their borders, on tables of a few cells, with values worked out by hand."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from findings import sound
from grids import grid

from kg.evidence.audit import Certainty, audit_tables
from kg.evidence.audit.checks.figures import DOWN, NEAREST, audit_means, audit_ranges, infer, with_answers
from kg.evidence.audit.checks.repeats import audit_duplicates, audit_repeats
from kg.evidence.audit.checks.shares import audit_counts, audit_shares, rounding_of
from kg.evidence.audit.checks.significance import Sizes, audit_family, audit_stars, marked, p_of, shared
from kg.evidence.audit.model import Finding, Note
from kg.evidence.audit.tables import CORRELATION, COUNT, DEVIATION, MEAN, PERCENT, Answers, Table

if TYPE_CHECKING:
    from collections.abc import Iterable

ONE, MOST_ONE, SEVERAL, UNKNOWN = Answers.ONE, Answers.AT_MOST_ONE, Answers.SEVERAL, Answers.UNKNOWN
TOTAL = frozenset({"Total"})


def found(outcome: Iterable[Finding | Note]) -> list[Finding]:
    return sound(each for each in outcome if isinstance(each, Finding))


def kinds(outcome: Iterable[Finding | Note]) -> list[str]:
    return [each.kind for each in found(outcome)]


# How shares are rounded


@pytest.mark.parametrize(
    ("size", "shares", "words"),
    [
        # of 47: 4 are 8.51, 7 are 14.89, 3 are 6.38, 6 are 12.77 %: cut off, all but the 7 fit
        (47, "8 14 12 7", "rounded down (truncated), which explains 3 more of them"),
        (47, "8 14 7", "rounded down (truncated), which explains 2 more of them"),
        # of 16: 1 is 6.25, 3 are 18.75 %
        (16, "6.2 6.3", "2 may fall on a half"),
        (16, "6.2", "halves to the even digit (1 on a half)"),
        (16, "6.3", "halves up (1 on a half)"),
        (16, "18.8", "1 may fall on a half"),  # up and even at once
        (16, "18.7", "1 may fall on a half"),  # neither
        # of 200: 65, 66 and 67 make 33 %, two of them on a half, and nothing says which it was
        (200, "33", "none falls on a half"),
    ],
)
def test_the_words_on_rounding_are_those_that_the_shares_show(size: int, shares: str, words: str) -> None:
    rows = [f"a{number} {share}" for number, share in enumerate(shares.split())]
    assert words in infer(grid(*rows, size=size).cells).words


def test_only_lines_of_one_known_sample_say_by_their_sum_how_shares_are_rounded() -> None:
    # four times 19 and 20 are at most 985 of 1,000 to the nearest, and up to 1,004 when the rest is cut off
    rows = ("a 20", "b 19", "c 19", "d 19", "e 19")
    line = grid(*rows, size=1000).cells
    assert infer(line, [line]).rule is DOWN
    assert infer(line, [line]).words.startswith("shares are rounded down (truncated), which explains 1 more")
    for table in (grid(*rows), grid("a 20 19 19 19 19", size=(1000, 1000, 1000, 1000, 999))):
        assert infer(table.cells, [table.cells]).rule is NEAREST


@pytest.mark.parametrize(
    ("rows", "parts", "rule"),
    [
        (("a 20", "b 19", "c 19", "d 19", "e 19"), {}, DOWN),
        (("a 20 -", "b 19 19", "c 19 19", "d 19 19", "e 19 19"), {}, DOWN),  # the other column has a blank
        (("a 20", "b 19", "c 19", "d 19", "e 19", "f -"), {}, NEAREST),  # the blank may hold the rest
        (("a 20", "b 19", "c 19", "d 19", "e 19", "Total 96"), {"totals": TOTAL}, DOWN),
        (("a 96",), {}, NEAREST),  # one share is no line
    ],
)
def test_the_rounding_of_a_table_is_that_of_its_whole_lines(
    rows: tuple[str, ...], parts: dict[str, frozenset[str]], rule: object
) -> None:
    assert rounding_of(grid(*rows, size=1000, answers=ONE, **parts)).rule is rule
    assert rounding_of(grid(*rows, size=1000, answers=MOST_ONE, **parts)).rule is NEAREST


def test_a_share_that_fits_several_counts_does_not_end_the_look_at_halves() -> None:
    # of 200 33 % are 65, 66 or 67; of 40 52 % are 21, which are 52.5
    assert "halves to the even digit (1 on a half)" in infer(grid("a 33 52", size=(200, 40)).cells).words


def test_the_smallest_and_largest_shares_tell_the_rounding_too() -> None:
    # 1 of 233 is 0.429 %, all but 1 are 99.571 %
    assert rounding_of(grid("a 0.5", size=233)).words.startswith("shares are rounded up")
    assert rounding_of(grid("a 99.5", size=233)).rule is DOWN
    assert rounding_of(grid("a 8", "b -1", size=47)).rule is DOWN
    assert rounding_of(grid("a 8", "b 100.5", size=47)).rule is DOWN


def test_shares_out_of_range_and_counts_say_nothing_of_rounding() -> None:
    # 101 and -1 are no shares of 47; 8 and 14 of 47 show truncation, as counts they would show nothing
    assert rounding_of(grid("a 8", "b 14", "c 101", "d -1", size=47)).rule is DOWN
    assert rounding_of(grid("a 8", "b 14", measure=COUNT, size=47)).rule is NEAREST


# Single answers that the description does not state


@pytest.mark.parametrize(
    ("rows", "single"),
    [
        (("a 30 20 10", "b 40 50 60", "c 30 30 30"), True),
        (("a 30 20 10", "b 40 50 60", "c 31 30 30"), True),  # three halves of a unit are 1.5
        (("a 30 20 10", "b 40 50 60", "c 32 30 30"), True),  # two of three
        (("a 30 20 10", "b 40 50 60", "c 32 32 30"), False),
        (("a 30 20 10", "b 40 50 60", "c 28 28 30"), False),
        (("a 30.0 20.0 10.0", "b 40.0 50.0 60.0", "c 30.1 30.1 30.1"), True),  # 0.15
        (("a 30.0 20.0 10.0", "b 40.0 50.0 60.0", "c 30.2 30.2 30.0"), False),
        (("a 30 20 10", "b 40 50 60", "c 30 30 -", "d - - 30"), True),
        (("a 30 20 10", "b 40 50 90", "c 30 30 -"), False),  # a line of two shares
        (("a 30 20", "b 40 50", "c 30 30"), False),  # two lines
        (("a 30 20 10 10", "b 40 50 60 70", "c 30 30 30 40"), True),  # three of four
        (("a 30 20 10 10", "b 40 50 60 70", "c 30 30 40 40"), False),  # two of four
    ],
)
def test_lines_that_make_a_hundred_are_of_single_answers(rows: tuple[str, ...], single: bool) -> None:  # noqa: FBT001 - a column of the table
    taken = with_answers(grid(*rows))
    assert {cell.answers for cell in taken.cells} == {ONE if single else UNKNOWN}
    assert taken.answers_stated is not single


def test_only_shares_become_single_answers_and_only_where_nothing_is_stated() -> None:
    rows = ("a 30 20 10 7", "b 40 50 60 8", "c 30 30 30 9", "Total 100 100 100 24")
    taken = with_answers(grid(*rows, measure=(PERCENT, PERCENT, PERCENT, COUNT), totals=TOTAL))
    assert [cell.answers for cell in taken.cells[:4]] == [ONE, ONE, ONE, UNKNOWN]
    stated = grid(*rows, measure=PERCENT, answers=SEVERAL)
    assert with_answers(stated) is stated


# Ranges


@pytest.mark.parametrize(
    ("measure", "printed", "parts", "name", "expected"),
    [
        (PERCENT, "0", {}, None, None),
        (PERCENT, "100", {}, None, None),
        (PERCENT, "-0.1", {}, "-0.1 is no share", "a share from 0 to 100 per cent"),
        (PERCENT, "100.1", {}, "100.1 is no share", "a share from 0 to 100 per cent"),
        (COUNT, "0", {}, None, None),
        (COUNT, "20", {"size": 20}, None, None),
        (COUNT, "21", {}, None, None),
        (COUNT, "21", {"size": 20}, "21 is no count of this sample", "a whole number from 0 to 20"),
        (COUNT, "-1", {"size": 20}, "-1 is no count of this sample", "a whole number from 0 to 20"),
        (COUNT, "1.5", {}, "1.5 is no count of this sample", "a whole number of at least 0"),
        (COUNT, "2.0", {}, None, None),
        (CORRELATION, "1", {}, None, None),
        (CORRELATION, "-1", {}, None, None),
        (CORRELATION, "1.01", {}, "1.01 is no coefficient of correlation", "a coefficient from -1 to 1"),
        (CORRELATION, "-1.01", {}, "-1.01 is no coefficient of correlation", "a coefficient from -1 to 1"),
        (MEAN, "1", {"scale": (Decimal(1), Decimal(5))}, None, None),
        (MEAN, "5", {"scale": (Decimal(1), Decimal(5))}, None, None),
        (MEAN, "0.99", {"scale": (Decimal(1), Decimal(5))}, "0.99 lies outside the scale", "a mean from 1 to 5"),
        (MEAN, "5.01", {"scale": (Decimal(1), Decimal(5))}, "5.01 lies outside the scale", "a mean from 1 to 5"),
        (MEAN, "5.01", {}, None, None),
        (DEVIATION, "0", {}, None, None),
        (DEVIATION, "-0.01", {}, "-0.01 is no standard deviation", "a deviation of at least 0"),
        ("", "-7", {}, None, None),
    ],
)
def test_figures_lie_in_the_range_of_their_measure(
    measure: str,
    printed: str,
    parts: dict[str, object],
    name: str | None,
    expected: str | None,
) -> None:
    outcome = found(audit_ranges(grid(f"a {printed}", measure=measure, **parts)))  # type: ignore[arg-type]
    assert [(each.name, each.expected, each.place.cell, each.certainty) for each in outcome] == (
        [(name, expected, "r1c1", Certainty.CERTAIN)] if name else []
    )
    assert all(each.doubted == each.subjects for each in outcome)


@pytest.mark.parametrize(
    ("answers", "told"), [(SEVERAL, []), (UNKNOWN, []), (ONE, ["out-of-range"]), (MOST_ONE, ["out-of-range"])]
)
def test_a_total_of_shares_may_be_above_a_hundred_where_several_answers_are_possible(
    answers: Answers, told: list[str]
) -> None:
    assert kinds(audit_ranges(grid("Total 120", answers=answers, totals=TOTAL))) == told
    assert kinds(audit_ranges(grid("Total -1", answers=answers, totals=TOTAL))) == ["out-of-range"]


# Means and deviations

LIKERT = (Decimal(1), Decimal(5))


@pytest.mark.parametrize(
    ("size", "items", "mean", "told"),
    [
        # 69 of 20 answers to two questions of 10 people are 3.45; 10 answers make tenths
        (10, 2, "3.45", []),
        (10, 1, "3.45", ["infeasible-mean"]),
        (10, 1, "3.4", []),
        # of 7: 24/7 = 3.4286, 25/7 = 3.5714
        (7, 1, "3.43", []),
        (7, 1, "3.42", ["infeasible-mean"]),
        (7, 1, "3.57", []),
        (7, 1, "3.58", ["infeasible-mean"]),
        # of 8: 27/8 = 3.375 rounds up or to the even digit
        (8, 1, "3.38", []),
        (8, 1, "3.37", []),
        (8, 1, "3.36", ["infeasible-mean"]),
        # the ends of the scale, and beyond, where the range is told instead
        (7, 1, "1.00", []),
        (7, 1, "5.00", []),
        (7, 1, "5.01", []),
        (7, 1, "0.99", []),
        (None, 1, "3.42", []),
    ],
)
def test_a_mean_is_a_whole_sum_divided_by_the_answers(size: int | None, items: int, mean: str, told: list[str]) -> None:
    assert kinds(audit_means(grid(f"a {mean}", measure=MEAN, size=size, scale=LIKERT, items=items))) == told


def test_without_a_scale_nothing_says_that_answers_are_whole() -> None:
    assert kinds(audit_means(grid("a 3.42", measure=MEAN, size=7))) == []


def test_the_nearest_possible_mean_is_the_statistic() -> None:
    # 3.47 · 25 = 86.75, between 86 and 87 and nearer to 87
    (each,) = found(audit_means(grid("a 3.47", measure=MEAN, size=25, scale=LIKERT)))
    assert [figure.value for figure in each.statistics] == [Decimal("3.48")]
    assert each.how == "86/25 = 3.4400 and 87/25 = 3.4800; neither rounds to 3.47."


@pytest.mark.parametrize(
    ("deviation", "name"),
    [
        # two answers with the mean 3.00 on a scale of five: at most √8 = 2.8284, and 0.04 + 0.005 for rounding
        ("2.83", None),
        ("2.87", "No whole answers of 2 have a mean of 3.00 and a deviation of 2.87"),
        ("2.88", "A deviation of 2.88 is too large for a mean of 3.00"),
        ("-0.50", None),  # the range is told
        ("-0.75", None),
    ],
)
def test_a_deviation_is_too_large_or_of_no_whole_answers(deviation: str, name: str | None) -> None:
    table = grid(f"a 3.00 {deviation}", measure=(MEAN, DEVIATION), size=2, scale=LIKERT)
    assert [each.name for each in found(audit_means(table))] == ([name] if name else [])


def test_a_negative_deviation_is_told_by_its_range_alone() -> None:
    table = grid("a 2.50 -0.50", measure=(MEAN, DEVIATION), size=2, scale=LIKERT)
    assert kinds(audit_means(table)) == []
    assert kinds(audit_ranges(table)) == ["out-of-range"]


def test_a_deviation_is_held_against_the_mean_of_its_row_and_group() -> None:
    # of 2 people 0.50 goes with no mean; of one, or as an average of several items, it says nothing
    rows = ("a 3.00 0.50 3.00 0.00",)
    parts = {"measure": (MEAN, DEVIATION, MEAN, DEVIATION), "groups": ("x", "x", "y", "y"), "scale": LIKERT}
    assert [each.place.cell for each in found(audit_means(grid(*rows, size=2, **parts)))] == ["r1c2"]  # type: ignore[arg-type]
    assert kinds(audit_means(grid(*rows, size=1, **parts))) == []  # type: ignore[arg-type]
    assert kinds(audit_means(grid(*rows, size=2, items=2, **parts))) == []  # type: ignore[arg-type]
    apart = parts | {"groups": ("x", "y", "z", "w")}
    assert kinds(audit_means(grid(*rows, size=2, **apart))) == []  # type: ignore[arg-type]


def test_every_sum_that_rounds_to_the_mean_is_tried() -> None:
    # of 300 people 3.00 stands for sums from 899 to 901: odd ones and an even one
    assert kinds(audit_means(grid("a 3.00 1.00", measure=(MEAN, DEVIATION), size=300, scale=LIKERT))) == []


# Shares of a sample


def test_what_no_count_makes_is_told_with_its_neighbours() -> None:
    # of 47: 3 are 6.3830, 4 are 8.5106 %
    (each,) = found(audit_shares(grid("a 8", "b 6", "c 9", size=47, answers=SEVERAL)))
    assert (each.kind, each.place.cell, each.certainty) == ("infeasible-share", "r1c1", Certainty.CERTAIN)
    assert each.how.startswith("3 of 47 make 6.38% and 4 of 47 make 8.51%; shares are rounded to the nearest")
    assert [(figure.slug, round(figure.value, 4)) for figure in each.statistics] == [
        ("feasible-count/t/r1c1/3", Decimal("6.3830")),
        ("feasible-count/t/r1c1/4", Decimal("8.5106")),
    ]
    assert each.reason == "the sample is printed with the table"


def test_a_sample_that_is_not_printed_makes_it_probable() -> None:
    (each,) = found(audit_shares(grid("a 8", "b 6", "c 9", size=47, answers=SEVERAL, size_stated=False)))
    assert each.certainty is Certainty.PROBABLE
    assert each.reason == "the sample is not printed with the table but taken from the survey"


def test_nobody_is_more_than_all() -> None:
    # of 3 people 99 % is next to 2 and 3, and 4 are none; 100.4 % would be out of range
    (each,) = found(audit_shares(grid("a 99", "b 33", "c 33", "d 67", size=3, answers=SEVERAL)))
    assert each.how.startswith("2 of 3 make 66.67% and 3 of 3 make 100.00%;")
    (each,) = found(audit_shares(grid("a 100.0", "b 99.9", size=3, answers=SEVERAL)))
    assert each.place.cell == "r2c1"
    assert len(each.statistics) == 2


@pytest.mark.parametrize(
    ("rows", "more"),
    [
        # of 47: 24 and 15 leave 8, which are 17.0 %
        (("a 51.1", "b 31.9", "c 16.0"), " The other answers of the line leave 8 of 47, which is 17.0%."),
        (
            ("a 51.1", "b 31.9", "c 17.1"),
            " The other answers of the line leave 8 of 47, which is 17.0%.",
        ),
        (
            ("a 51.1", "b 31.8", "c 17.1"),
            "",  # two odd ones: the others do not say what is left
        ),
    ],
)
def test_the_other_answers_of_a_line_say_what_is_left(rows: tuple[str, ...], more: str) -> None:
    outcome = found(audit_shares(grid(*rows, size=47, answers=ONE)))
    last = next(each for each in outcome if each.place.cell == "r3c1" and each.kind == "infeasible-share")
    assert ("The other answers of the line leave" in last.how) is bool(more)
    assert more in last.how
    assert " As printed the line adds up to exactly 100" not in last.how


def test_a_figure_may_have_been_adjusted_to_a_hundred() -> None:
    # 24, 15 and 8 of 47 are 51.06, 31.91 and 17.02: rounded they make 100.0; 16, 16 and 15 make 34.0, 34.0 and 31.9
    (each,) = found(audit_shares(grid("a 34.0", "b 34.0", "c 32.0", size=47, answers=ONE)))
    assert "leave 15 of 47, which is 31.9%. As printed the line adds up to exactly 100" in each.how
    (each,) = found(audit_shares(grid("a 34.0", "b 34.0", "c 32.0", size=47, answers=MOST_ONE)))
    assert "leave" not in each.how


def test_what_others_of_another_sample_leave_is_not_known() -> None:
    (each,) = found(audit_shares(grid("a 34.0 34.0 32.0", size=(47, 50, 47), answers=ONE, along="rows")))
    assert "leave" not in each.how
    assert each.place.cell == "r1c3"


def test_totals_and_figures_out_of_range_are_no_parts_of_a_line() -> None:
    rows = ("a 60.0", "b 40.0", "Total 99.9")
    assert kinds(audit_shares(grid(*rows, size=10, answers=SEVERAL, totals=TOTAL))) == []
    assert kinds(audit_shares(grid("a 100", "b 0", "c 101", "d -1", size=10, answers=ONE))) == []
    assert kinds(audit_shares(grid("a 8", measure=COUNT, size=47))) == []


@pytest.mark.parametrize(
    ("size", "shares", "base"),
    [
        # of 32: 7 are 21.88, 12 are 37.50, 13 are 40.63 %; 40 - 8 is the last base that is looked at
        (40, "21.88 37.50 40.63", 32),
        # of 31: 7 are 22.58, 11 are 35.48, 13 are 41.94 %
        (40, "22.58 35.48 41.94", None),
        (38, "22.58 35.48 41.94", 31),
        # of 47: 9 are 19.15, 15 are 31.91, 23 are 48.94 %: the nearest on the other side
        (46, "19.15 31.91 48.94", 47),
        (40, "19.15 31.91 48.94", 47),
        (39, "19.15 31.91 48.94", None),
        # one odd cell is a wrong cell: of 40 people 12 are 30 %, 28 are 70 %
        (40, "30.00 47.50 22.48", None),
    ],
)
def test_a_base_is_looked_for_within_a_fifth_of_the_sample(size: int, shares: str, base: int | None) -> None:
    rows = [f"a{number} {share}" for number, share in enumerate(shares.split())]
    outcome = [
        each for each in found(audit_shares(grid(*rows, size=size, answers=ONE))) if each.check == "feasible-base"
    ]
    assert [each.expected for each in outcome] == ([f"shares of {size}; all fit {base}"] if base else [])
    for each in outcome:
        assert (each.kind, each.certainty) == ("sample-size-mismatch", Certainty.PROBABLE)
        assert each.printed == f"N = {size} and {shares.replace(' ', ', ', 1).replace(' 4', ' and 4')}"
        assert each.statistics[0].value == base
        assert each.reason == (
            "respondents who did not answer may have been left out of the base"
            if base and base < size
            else "more answers than respondents"
        )


def test_the_smaller_of_two_bases_as_near_is_taken() -> None:
    # 1/3 and 2/3 are shares of 39 and of 45 as well as of 42; of 41 and 43 neither, of 40 and 44 neither
    rows = ("a 33.33", "b 66.67")
    (each,) = found(audit_shares(grid(*rows, size=40, answers=SEVERAL)))
    assert each.expected == "shares of 40; all fit 39"
    (each,) = found(audit_shares(grid(*rows, size=41, answers=SEVERAL)))
    assert each.expected == "shares of 41; all fit 42"
    # 1/2 and 1/4 are shares of 40 and 44, both two from 42
    (each,) = found(audit_shares(grid("a 25.00", "b 75.00", size=42, answers=SEVERAL)))
    assert each.expected == "shares of 42; all fit 40"


def test_a_base_must_be_made_by_the_answers_where_each_gives_one() -> None:
    # 33.33 twice fits 39, but leaves a third of it without an answer
    rows = ("a 33.33", "b 33.33")
    assert [each.check for each in found(audit_shares(grid(*rows, size=40, answers=SEVERAL)))] == ["feasible-base"]
    single = found(audit_shares(grid(*rows, size=40, answers=ONE)))
    assert [each.check for each in single] == ["feasible-count", "feasible-count", "sum-of-figures"]


@pytest.mark.parametrize(("fitting", "base"), [(4, True), (5, False)])
def test_a_third_of_the_shares_must_be_odd_for_another_base(fitting: int, base: bool) -> None:  # noqa: FBT001 - a column of the table
    # half is a share of 40 and of 42, a third of 42 only
    rows = ("a 33.33", "b 66.67", *(f"c{number} 50.00" for number in range(fitting)))
    checks = [each.check for each in found(audit_shares(grid(*rows, size=40, answers=SEVERAL)))]
    assert checks == (["feasible-base"] if base else ["feasible-count"] * 2)


def test_a_line_of_two_samples_has_no_other_base() -> None:
    table = grid("a 33.33 66.67 50.00", size=(40, 40, 44), answers=SEVERAL, along="rows")
    assert [each.check for each in found(audit_shares(table))] == ["feasible-count"] * 2


@pytest.mark.parametrize(("base", "told"), [(18_000, True), (17_999, False)])
def test_a_base_is_looked_for_up_to_two_thousand_away(base: int, told: bool) -> None:  # noqa: FBT001 - a column of the table
    rows = [f"a{count} {Decimal(100 * count) / base:.9f}" for count in (7, 5_003, base - 5_010)]
    checks = [each.check for each in found(audit_shares(grid(*rows, size=20_000, answers=ONE)))]
    assert ("feasible-base" in checks) is told


# Sums of shares


def test_a_sum_says_what_the_shares_stand_for_and_how_much_rounding_allows() -> None:
    # of 20: 40, 35 and 30 % are 8, 7 and 6
    (each,) = found(audit_shares(grid("a 40", "b 35", "c 30", size=20, answers=ONE)))
    assert each.how.startswith("40 + 35 + 30 = 105. Out of 20, the shares stand for 21 answers; shares are rounded")
    assert (each.printed, each.name) == ("105% in all", "The answers of 'group 1' add up to 105%")
    assert each.expected == "100%, but for rounding, as every respondent gives one answer"
    # of 200: 40 % are 79, 80 or 81, and so on
    (each,) = found(audit_shares(grid("a 40", "b 35", "c 30", size=200, answers=ONE)))
    assert "Out of 200, the shares stand for 207 to 213 answers" in each.how
    # three halves of a unit
    (each,) = found(audit_shares(grid("a 40.0", "b 35.0", "c 30.0", answers=MOST_ONE)))
    assert each.how == "40.0 + 35.0 + 30.0 = 105.0. Rounding changes the sum of 3 shares by at most 0.15."
    assert each.expected == "100% at most, as no respondent gives more than one answer"
    assert each.statistics[0].value == 105


def test_a_line_of_several_samples_is_added_up_as_if_none_was_known() -> None:
    table = grid("a 40 35 27", size=(10, 20, 1000), answers=ONE, along="rows")
    (each,) = (one for one in found(audit_shares(table)) if one.check == "sum-of-figures")
    assert "Rounding changes the sum of 3 shares by at most 1.5." in each.how
    assert each.where == "t, row 'a'"


@pytest.mark.parametrize(
    ("rows", "certainty", "reason"),
    [
        (("a 40", "b 35", "c 30"), Certainty.CERTAIN, "one respondent counts once, and rounding does not make the difference"),
        (("a 40", "b 35", "c 20"), Certainty.POSSIBLE,
         "respondents who did not answer may have been left out of the table, but not of the base"),
        (("a 40", "b 35", "No_answer 20"), Certainty.CERTAIN, "the table has a row for those who did not answer"),
    ],
)  # fmt: skip
def test_how_sure_a_sum_is_depends_on_what_could_be_left_out(
    rows: tuple[str, ...], certainty: Certainty, reason: str
) -> None:
    (each,) = found(audit_shares(grid(*rows, size=20, answers=ONE)))
    assert (each.certainty, each.reason) == (certainty, reason)


def test_single_answers_that_nobody_states_make_a_sum_probable() -> None:
    for third, certainty in (("30", Certainty.PROBABLE), ("20", Certainty.POSSIBLE)):
        table = grid("a 40", "b 35", f"c {third}", size=20, answers=ONE, answers_stated=False)
        assert [each.certainty for each in found(audit_shares(table))] == [certainty]
    unanswered = grid("a 40", "b 35", "Missing 20", size=20, answers=ONE, answers_stated=False)
    (each,) = found(audit_shares(unanswered))
    assert each.reason == "that one answer was allowed is taken from the other lines, which make a hundred"


def test_a_blank_in_a_line_may_hold_what_is_missing_and_not_what_is_too_much() -> None:
    assert kinds(audit_shares(grid("a 40", "b 35", "c -", size=20, answers=ONE))) == []
    assert kinds(audit_shares(grid("a 40", "b 65", "c -", size=20, answers=ONE))) == ["sum-mismatch"]


NO_ANSWERS = (
    "no response",
    "No response given",
    "no-response",
    "No Answer",
    "not answered",
    "Missing",
    "Non-response",
    "nonresponse",
    "無回答",
)


@pytest.mark.parametrize("label", NO_ANSWERS)
def test_each_word_for_those_without_an_answer_is_known(label: str) -> None:
    (each,) = found(audit_shares(grid("a 40", "b 35", f"{label.replace(' ', '_')} 20", size=20, answers=ONE)))
    assert each.certainty is Certainty.CERTAIN


@pytest.mark.parametrize("label", ["no", "answer", "responses", "not asked", "none"])
def test_other_labels_are_answers(label: str) -> None:
    (each,) = found(audit_shares(grid("a 40", "b 35", f"{label.replace(' ', '_')} 20", size=20, answers=ONE)))
    assert each.certainty is Certainty.POSSIBLE


@pytest.mark.parametrize(
    ("rows", "size", "repeated"),
    [
        # of 20: without one 25 the column makes 100
        (("a 25", "b 25", "c 40", "d 35"), 20, "r2c1"),
        (("No_answer 25", "b 25", "c 40", "d 35"), 20, "r1c1"),
        # 105, 110 and 115 without it: nothing below 100, and two respondents above that are left out
        (("a 25", "b 25", "c 40", "d 25"), 20, "r4c1"),  # 90 are two respondents short
        (("a 25", "b 25", "c 35", "d 25"), 20, ""),  # 85 are three
        (("a 25", "b 25", "c 40", "d 45"), 20, ""),  # 110 are too many
        # without a sample two per cent may be missing
        (("a 25", "b 25", "c 40", "d 33"), None, "r2c1"),  # 98 and 1.5 of rounding
        (("a 25", "b 25", "c 40", "d 32"), None, "r2c1"),  # 97 + 1.5 + 2
        (("a 25", "b 25", "c 40", "d 31"), None, ""),
        (("a 25", "b 25", "c 40", "d 37"), None, ""),  # 102 - 1.5
        (("a 25", "b 26", "c 40", "d 35"), 20, ""),  # nothing is printed twice
    ],
)
def test_the_figure_that_repeats_another_one_is_named(rows: tuple[str, ...], size: int | None, repeated: str) -> None:
    outcome = [each for each in found(audit_shares(grid(*rows, size=size, answers=ONE))) if each.kind == "sum-mismatch"]
    assert len(outcome) == 1
    (each,) = outcome
    assert each.place.cell == (repeated or "r4c1")
    assert ("it adds up" in each.how) is bool(repeated)
    assert len(each.doubted) == (1 if repeated else 4)
    if repeated:
        assert f" Without {rows[int(repeated[1]) - 1].split()[1]} in the row '" in each.how


# Totals of shares


@pytest.mark.parametrize(
    ("rows", "answers", "told"),
    [
        (("a 30", "b 52", "Total 82"), UNKNOWN, []),
        (("a 30", "b 52", "Total 83"), UNKNOWN, []),  # the total and both parts may be half a unit off
        (("a 30", "b 52", "Total 84"), UNKNOWN, ["answers that are not printed would explain it"]),
        (("a 30", "b 52", "Total 81"), UNKNOWN, []),
        (("a 30", "b 52", "Total 80"), UNKNOWN, ["the total may be that of something else"]),
        (("a 30", "b 52", "Total 53"), UNKNOWN, ["the total may be that of something else"]),
        (("a 30", "b 52", "Total 52"), UNKNOWN, []),  # no larger than a part: that of all beside groups
        (("a 30", "b 52", "Total 80"), SEVERAL, []),  # of the respondents, who gave more answers
        (("a 30", "b 52", "Total 84"), SEVERAL, ["answers that are not printed would explain it"]),
        (("a 60", "b 52", "Total 100"), UNKNOWN, []),
        (("a 60", "b 52", "Total 99"), UNKNOWN, ["the total may be that of something else"]),
        (("a 30", "b 52", "Total 100"), UNKNOWN, ["answers that are not printed would explain it"]),
        (("a 30.0", "b 52.0", "Total 82.1"), UNKNOWN, []),
        (("a 30.0", "b 52.0", "Total 82.2"), UNKNOWN, ["answers that are not printed would explain it"]),
        (("a 30", "Total 84"), UNKNOWN, []),  # one part adds up nothing
        (("a 30", "b -", "c 52", "Total 84"), UNKNOWN, []),
    ],
)
def test_a_total_of_shares_is_the_sum_of_its_parts(rows: tuple[str, ...], answers: Answers, told: list[str]) -> None:
    outcome = found(audit_shares(grid(*rows, answers=answers, totals=TOTAL)))
    assert [each.reason for each in outcome] == told
    for each in outcome:
        assert (each.kind, each.certainty, each.place.cell) == ("total-mismatch", Certainty.PROBABLE, f"r{len(rows)}c1")
        assert len(each.subjects) == len(rows)
        assert each.doubted == each.subjects[:1]


def test_a_hundred_of_single_answers_is_told_by_their_sum_alone() -> None:
    outcome = found(audit_shares(grid("a 30", "b 52", "Total 100", size=50, answers=ONE, totals=TOTAL)))
    assert [each.kind for each in outcome] == ["sum-mismatch"]


def test_the_total_of_shares_says_what_rounding_allows() -> None:
    (each,) = found(audit_shares(grid("a 30", "b 52", "Total 84", totals=TOTAL)))
    assert each.how == "30 + 52 = 82. Rounding allows 81 to 83."
    assert (each.printed, each.expected) == ("a total of 84", "82%, but for rounding")


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (("a 40 30", "b 35 30", "c 25 40"), True),
        (("a 40.0 30.0", "b 35.0 30.0", "c 25.0 40.1"), True),  # one unit of the last digit
        (("a 40.0 30.0", "b 35.0 30.0", "c 25.0 40.2"), False),
        (("a 40 30", "b 35 30", "c 25 39", "Total 100 99"), True),
        (("a 40", "b 35", "c 25"), False),
        (("a 40 60 30", "b 35 40 30", "c 25 - 40"), True),  # a line of two is left aside
    ],
)
def test_several_answers_that_always_make_a_hundred_are_doubted(rows: tuple[str, ...], told: bool) -> None:  # noqa: FBT001 - a column of the table
    outcome = found(audit_shares(grid(*rows, answers=SEVERAL, totals=TOTAL)))
    assert [(each.slug, each.certainty) for each in outcome] == [("sum/t/several-answers", Certainty.POSSIBLE)] * told


def test_counts_beside_shares_need_not_make_a_hundred() -> None:
    rows = ("a 40 30 7", "b 35 30 8", "c 25 40 9")
    table = grid(*rows, measure=(PERCENT, PERCENT, COUNT), answers=SEVERAL)
    assert [each.slug for each in found(audit_shares(table))] == ["sum/t/several-answers"]


# Counts


@pytest.mark.parametrize(
    ("rows", "along", "told"),
    [
        (("a 3 4", "b 5 6", "Total 8 10"), "columns", []),
        (("a 3 4", "b 5 6", "Total 9 10"), "columns", ["total/t/columns/group-1"]),
        (("a 3 4 7", "b 5 6 12"), "columns", ["total/t/rows/b"]),
        (("a 3 4 7", "b 5 6 11"), "rows", []),
    ],
)
def test_totals_of_counts_add_up_along_both_directions(rows: tuple[str, ...], along: str, told: list[str]) -> None:
    heading = "x y Total" if len(rows) == 2 else ""
    table = grid(*rows, measure=COUNT, along=along, totals=TOTAL, heading=heading)
    outcome = [each for each in found(audit_counts(table)) if each.kind == "total-mismatch"]
    assert [each.slug for each in outcome] == told


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (("a 10.4", "b 20.4", "Total 30.9"), []),  # three figures, each a twentieth off
        (("a 10.4", "b 20.4", "Total 31.0"), ["31.0"]),
        (("a 10", "b 20", "Total 31"), ["31"]),  # whole numbers are not rounded
        (("a 10.4", "b 20", "Total 30.4"), []),
        (("a 10.4", "b 20", "Total 30.5"), []),
        (("a 10.4", "b 20", "Total 30.6"), ["30.6"]),  # the whole one adds no room
    ],
)
def test_a_total_of_counts_is_allowed_the_rounding_of_its_digits(rows: tuple[str, ...], told: list[str]) -> None:
    outcome = found(audit_counts(grid(*rows, measure=COUNT, totals=TOTAL)))
    assert [each.printed for each in outcome] == [f"a total of {total}" for total in told]


def test_respondents_are_fewer_than_their_answers_along_the_answers_only() -> None:
    # along the columns fourteen people gave fifteen answers; across, two groups are what they are
    assert kinds(audit_counts(grid("a 8", "b 7", "Total 14", measure=COUNT, answers=SEVERAL, totals=TOTAL))) == []
    across = grid("a 8 7 14", measure=COUNT, answers=SEVERAL, totals=TOTAL, heading="x y Total")
    assert kinds(audit_counts(across)) == ["total-mismatch"]


@pytest.mark.parametrize(
    ("rows", "size", "answers", "told"),
    [
        (("a 8", "b 7", "c 5"), 20, ONE, []),
        (("a 8", "b 7", "c 6"), 20, ONE, [Certainty.CERTAIN]),
        (("a 8", "b 7", "c 4"), 20, ONE, [Certainty.PROBABLE]),
        (("a 8", "b 7", "c 4"), 20, MOST_ONE, []),
        (("a 8", "b 7", "c 6"), 20, MOST_ONE, [Certainty.CERTAIN]),
        (("a 8", "b 7", "c 6"), 20, SEVERAL, []),
        (("a 8", "b 7", "c 6"), 20, UNKNOWN, []),
        (("a 8", "b 7", "c -"), 20, ONE, []),
        (("a 8", "b 13", "c -"), 20, ONE, [Certainty.CERTAIN]),
        (("a 8",), 20, ONE, []),
        (("a 8", "b 7"), None, ONE, []),
        (("a 8", "b 7", "Total 15"), 20, ONE, []),  # the total has its own check
    ],
)
def test_single_answers_make_the_sample(
    rows: tuple[str, ...], size: int | None, answers: Answers, told: list[Certainty]
) -> None:
    outcome = found(audit_counts(grid(*rows, measure=COUNT, size=size, answers=answers, totals=TOTAL)))
    assert [each.certainty for each in outcome] == told
    for each in outcome:
        counted = [row for row in rows if not row.endswith("-")]
        assert (each.place.cell, len(each.doubted)) == (f"r{len(counted)}c1", len(counted))
        added = sum(int(row.split()[1]) for row in counted)
        assert each.name == f"The answers of 'group 1' are {added}, not {size}"
        assert each.statistics[0].value == added


def test_counts_of_two_samples_are_not_added_up() -> None:
    assert kinds(audit_counts(grid("a 8 7", measure=COUNT, size=(20, 30), answers=ONE, along="rows"))) == []


@pytest.mark.parametrize(
    ("share", "told"), [("34.3", False), ("34.2", True), ("34", False), ("35", True), ("34.29", False)]
)
def test_a_share_is_that_of_the_count_of_its_row_and_group(share: str, told: bool) -> None:  # noqa: FBT001 - a column of the table
    # 12 of 35 are 34.286 %
    table = grid(f"a 12 {share}", measure=(COUNT, PERCENT), size=35, groups=("firms", "firms"))
    outcome = found(audit_counts(table))
    assert kinds(outcome) == ["share-mismatch"] * told
    for each in outcome:
        assert each.printed == f"12 and {share}"
        digits = len(share.partition(".")[2])
        assert each.expected == f"{12 / 35 * 100:.{digits}f}% beside 12"
        assert each.how == f"12 / 35 = {12 / 35 * 100:.{digits + 2}f}%."
        assert [node.value for node in each.doubted] == ["https://example.org/t/r1c2", "https://example.org/t/r1c1"]
    other = grid(f"a 12 {share}", measure=(COUNT, PERCENT), size=35, groups=("firms", "banks"))
    assert kinds(audit_counts(other)) == []


@pytest.mark.parametrize(("count", "told"), [(35, True), (36, False)])
def test_a_count_beyond_the_sample_says_nothing_of_a_share(count: int, told: bool) -> None:  # noqa: FBT001 - a column of the table
    table = grid(f"a {count} 50", measure=(COUNT, PERCENT), size=35, groups=("firms", "firms"))
    assert kinds(audit_counts(table)) == ["share-mismatch"] * told


# Repeated lines


def columns(*lines: str) -> list[str]:
    """Return the rows of a table with these columns."""
    return [f"a{number} {' '.join(cells)}" for number, cells in enumerate(zip(*map(str.split, lines), strict=True))]


SPREAD = ("71 3 12 55 90 28", "5 61 44 8 17 83", "33 92 78 29 51 6")


@pytest.mark.parametrize(
    ("lines", "along", "told"),
    [
        ((*SPREAD, SPREAD[0]), "columns", ["The column 'group 4' repeats the column 'group 1'"]),
        (SPREAD, "columns", []),
        ((SPREAD[0], SPREAD[0]), "columns", []),  # of two lines no spread is known
        (("71 3", "5 61", "33 92", "71 3"), "columns", []),  # two figures agree by chance
        (
            ("71 3 12", "5 61 44", "33 92 78", "71 3 12"),
            "columns",
            ["The column 'group 4' repeats the column 'group 1'"],
        ),
        (("0 0 0 0 0 0", "5 61 44 8 17 83", "33 92 78 29 51 6", "0 0 0 0 0 0"), "columns", []),  # nothing but nothing
        (("7 7 7 7 7 7", "5 61 44 8 17 83", "33 92 78 29 51 6", "7 7 7 7 7 7"), "columns", []),
        (("2 1 1 1 1 1", "1 2 1 1 1 1", "1 1 1 1 1 2", "2 1 1 1 1 1"), "columns", []),  # small figures agree easily
    ],
)
def test_a_line_with_the_figures_of_another_is_told_where_chance_is_unlikely(
    lines: tuple[str, ...], along: str, told: list[str]
) -> None:
    table = grid(*columns(*lines), measure=COUNT, along=along)
    assert [each.name for each in found(audit_repeats([table]))] == told


def test_rows_repeat_as_columns_do() -> None:
    rows = [f"r{number} {line}" for number, line in enumerate((*SPREAD, SPREAD[0]))]
    (each,) = found(audit_repeats([grid(*rows, measure=COUNT)]))
    assert (each.kind, each.name) == ("repeated-row", "The row 'r3' repeats the row 'r0'")
    assert each.expected == "figures of its own for 'r3'"
    assert each.printed == "71, 3, 12, 55, 90 and 28"
    assert (each.certainty, each.reason) == (Certainty.PROBABLE, "a copying slip is the likely cause")
    assert each.doubted == ()
    assert len(each.subjects) == 12


def test_lines_of_totals_and_lines_of_several_lengths_are_left_out() -> None:
    lines = (*SPREAD, SPREAD[0])
    totals = grid(*columns(*lines), measure=COUNT, totals=frozenset({"group 4"}))
    assert kinds(audit_repeats([totals])) == []
    short = (SPREAD[0], SPREAD[1], "33 92 78 29 51 -", SPREAD[0])
    assert kinds(audit_repeats([grid(*columns(*short), measure=COUNT)])) == []


def test_the_chance_of_a_repetition_is_that_of_the_spread_of_each_place() -> None:
    # Three places with the figures 10, 20, 30 and 10: the deviation is √68.75 = 8.2916, the chance of one place
    # 1/(2·8.2916·√π) = 0.034022; that of three 3.9380e-5; six pairs and two tables make 4.7256e-4
    table = grid(*columns("10 20 30", "20 30 10", "30 10 20", "10 20 30"), measure=COUNT)
    other = grid("a 1", name="other", measure=COUNT)
    # of each place: (10, 20, 30, 10), (20, 30, 10, 20), (30, 10, 20, 30), with deviations √68.75, √50, √68.75
    (each,) = (one for one in found(audit_repeats([table, other])) if one.kind == "repeated-column")
    single = [1 / (2 * spread**0.5 * 3.141592653589793**0.5) for spread in (68.75, 50, 68.75)]
    assert each.statistics[0].value == Decimal(f"{single[0] * single[1] * single[2] * 6 * 2:.2g}")
    assert each.certainty is Certainty.PROBABLE
    assert "would agree by chance in 0.00" in each.how
    assert "(3 figures each)" in each.how


def test_a_share_of_a_small_sample_agrees_more_easily() -> None:
    # of 5 people a share moves by 20, so that the chance of one place is 20 times that of a unit
    lines = ("20 40 60", "40 60 20", "60 20 40", "20 40 60")
    rows = columns(*lines)
    assert kinds(audit_repeats([grid(*rows, size=5, answers=SEVERAL)])) == []
    assert kinds(audit_repeats([grid(*rows, size=500, answers=SEVERAL)])) == ["repeated-column"]
    assert kinds(audit_repeats([grid(*rows, answers=SEVERAL)])) == ["repeated-column"]


def test_shares_of_an_unknown_sample_are_a_copy_possibly() -> None:
    rows = columns(*SPREAD, SPREAD[0])
    for size, certainty in ((None, Certainty.POSSIBLE), (400, Certainty.PROBABLE)):
        (each,) = found(audit_repeats([grid(*rows, size=size, answers=SEVERAL)]))
        assert each.certainty is certainty


def test_single_answers_of_one_sample_agree_as_two_samples_would() -> None:
    # four answers of 100 people with mean shares of a quarter: 1/((4π·100)^1.5·√(1/256)) = 3.592e-4, of three pairs
    lines = ("10 20 30 40", "40 30 20 10", "10 20 30 40")
    table = grid(*columns(*lines), size=100, answers=ONE)
    (each,) = found(audit_repeats([table]))
    places = (20, 70 / 3, 80 / 3, 30)
    product = (places[0] * places[1] * places[2] * places[3]) / 100**4
    chance = 1 / ((4 * 3.141592653589793 * 100) ** 1.5 * product**0.5)
    assert each.statistics[0].value == Decimal(f"{chance * 3:.2g}")
    # across, the shares are not parts of one sample
    rows = [f"r{number} {line}" for number, line in enumerate(lines)]
    (other,) = found(audit_repeats([grid(*rows, size=100, answers=ONE)]))
    assert other.statistics[0].value != each.statistics[0].value
    # and of 4 people they agree easily: 3 pairs · 1/((16π)^1.5·√0.0037) = 0.14
    assert kinds(audit_repeats([grid(*columns(*lines), size=4, answers=ONE)])) == []


@pytest.mark.parametrize(
    ("rows", "copy"),
    [
        # without one of the two rows all columns make a hundred, with both they are above it
        (("a 20 30 40", "b 50 40 20", "c 30 30 40", "d 20 30 40"), "d"),
        (("a 20 30 40", "b 50 40 20", "c 32 32 42", "d 20 30 40"), "d"),  # two more, and rounding
        (("a 20 30 40", "b 50 40 20", "c 40 30 40", "d 20 30 40"), ""),  # one column is ten above
        (("a 1 2 1", "b 50 46 49", "c 49 52 50", "d 1 2 1"), ""),  # all are within the rounding with both
    ],
)
def test_the_copy_is_the_line_without_which_all_others_add_up(rows: tuple[str, ...], copy: str) -> None:
    outcome = [each for each in found(audit_repeats([grid(*rows)])) if each.kind == "repeated-row"]
    assert [each.certainty for each in outcome if copy] == [Certainty.CERTAIN] * bool(copy)
    for each in outcome:
        assert (f"The lines that '{copy}' belongs to add up without it" in each.how) is bool(copy)
        if copy:
            assert each.doubted == each.subjects
            assert {node.value[-4:-2] for node in each.doubted} == {"r4"}
            assert each.reason == "as printed the lines across add up to more than a hundred"


@pytest.mark.parametrize(
    ("rows", "copy"),
    [
        # of 20 people and with four rows a column may be 2 + 5 off: 107 is rounding, 108 is not
        (("a 50 50 50", "b 42 41 40", "d 8 9 10", "d 8 9 10"), True),
        (("a 50 50 50", "b 42 41 37", "d 8 9 10", "d 8 9 10"), False),
        (
            ("a 50.00 50.00 50.00", "b 34.00 34.00 33.05", "d 12.00 10.60 11.00", "d 12.00 10.60 11.00"),
            True,
        ),  # 0.02 + 5
        (("a 50.00 50.00 50.00", "b 34.00 34.00 33.02", "d 12.00 10.60 11.00", "d 12.00 10.60 11.00"), False),
        # and without the copy two more
        (("a 50 50 50", "b 46 46 46", "d 13 12 11", "d 13 12 11"), True),  # 109
        (("a 50 50 50", "b 47 47 46", "d 13 12 11", "d 13 12 11"), False),  # 110
        (("a 40 40 40", "b 38 38 38", "d 15 14 13", "d 15 14 18"), False),  # other rows
        (("a 40 40 40", "b 35 36 35", "d 17 16 17", "d 17 16 17"), True),  # 92
        (("a 40 40 40", "b 33 33 33", "d 17 17 18", "d 17 17 18"), False),  # 90
    ],
)
def test_lines_across_are_allowed_their_rounding_and_one_respondent(rows: tuple[str, ...], copy: bool) -> None:  # noqa: FBT001 - a column of the table
    outcome = [each for each in found(audit_repeats([grid(*rows, size=20)])) if each.kind == "repeated-row"]
    assert any("add up without it" in each.how for each in outcome) is copy


@pytest.mark.parametrize("measure", [CORRELATION, MEAN, DEVIATION])
def test_coefficients_and_means_add_up_to_nothing(measure: str) -> None:
    rows = ("a 20 30 40", "b 50 40 20", "c 30 30 40", "d 20 30 40")
    assert all("add up without it" not in each.how for each in found(audit_repeats([grid(*rows, measure=measure)])))


def test_a_copied_column_adds_up_along_rows() -> None:
    rows = ("a 20 50 30 20", "b 30 40 30 30", "c 40 20 40 40")
    (each,) = (one for one in found(audit_repeats([grid(*rows, along="rows")])) if one.kind == "repeated-column")
    assert each.certainty is Certainty.CERTAIN
    assert "The lines that 'group 4' belongs to add up without it" in each.how
    # where answers add up along columns, the sums of rows mean nothing
    outcome = found(audit_repeats([grid(*rows)]))
    assert all("add up without it" not in one.how for one in outcome)


# Repeated tables and conflicts between them


def test_a_table_repeats_another_of_its_document_cell_by_cell() -> None:
    rows = ("a 11 23", "b 37 41", "c 53 67")
    first, second = grid(*rows, name="one"), grid(*rows, name="two")
    (each,) = found(audit_duplicates([first, second]))
    assert (each.kind, each.name) == ("repeated-table", "'two' has the figures of 'one'")
    assert each.subjects == (second.node, first.node)
    assert each.printed == "6 equal figures"
    moved = grid("a 11 - 23", "b 37 - 41", "c 53 - 67", name="two")
    assert found(audit_duplicates([first, moved])) == []


@pytest.mark.parametrize(
    ("key", "conflict"),
    [({}, True), ({"measure": COUNT}, False), ({"size": 50}, False), ({"heading": "men women"}, False)],
)
def test_figures_conflict_where_labels_measure_and_sample_are_the_same(key: dict[str, object], conflict: bool) -> None:  # noqa: FBT001 - a column of the table
    first = grid("a 12 60", "b 30 40", name="one", question="Why?", heading="x y")
    second = grid("a 13 60", "b 30 40", name="two", question="Why?", **{"heading": "x y", **key})  # type: ignore[arg-type]
    outcome = found(audit_duplicates([first, second]))
    assert [each.name for each in outcome] == ["'one' prints 12 and 'two' 13"] * conflict
    for each in outcome:
        assert each.printed == "12 and 13"
        assert [node.value[-8:] for node in each.doubted] == ["two/r1c1", "one/r1c1"]


# Marks of significance


@pytest.mark.parametrize(
    ("low", "high", "text", "inside", "outside"),
    [
        (103, 146, "103 to 146", (103, 146), (102, 147)),
        (103, 103, "103", (103,), (102, 104)),
        (103, 1_000_000_000, "103 or more", (103, 2_000_000_000), (102,)),
        (103, 999_999_999, "103 to 999999999", (999_999_999,), (1_000_000_000,)),
    ],
)
def test_a_range_of_samples_is_told_and_holds_its_ends(
    low: int, high: int, text: str, inside: tuple[int, ...], outside: tuple[int, ...]
) -> None:
    sizes = Sizes(low, high)
    assert str(sizes) == text
    assert all(size in sizes for size in inside)
    assert not any(size in sizes for size in outside)


def test_ranges_of_samples_have_in_common_what_both_hold() -> None:
    assert Sizes(3, 10) & Sizes(7, 20) == Sizes(7, 10)
    assert Sizes(7, 7)
    assert not Sizes(3, 10) & Sizes(11, 20)


@pytest.mark.parametrize(
    ("printed", "tails", "sizes"),
    [
        # p by SciPy: 0.505, the most that is printed so, has 0.1131 of 11 pairs and 0.0940 of 12; 0.495, the least, has
        # 0.0512 of 16 and 0.0434 of 17
        ("0.50*", 2, (12, 16)),
        # one-sided half of it: 0.1009 of 8 pairs and 0.0828 of 9; 0.0509 of 12 and 0.0427 of 13
        ("0.50*", 1, (9, 12)),
    ],
)
def test_a_mark_holds_from_the_sample_that_earns_it_to_that_of_the_stricter_one(
    printed: str, tails: int, sizes: tuple[int, int]
) -> None:
    (cell,) = grid(f"a {printed}", measure=CORRELATION).cells
    held = marked(cell, [0.01, 0.05, 0.10], tails).sizes
    assert (held.low, held.high) == sizes
    for size in (held.low - 1, held.high + 1):
        reaches = [
            level for level in (0.01, 0.05, 0.10) if p_of(0.505 if size < held.low else 0.495, size, tails) <= level
        ]
        assert reaches == ([] if size < held.low else [0.05, 0.10])


def test_no_mark_holds_from_the_smallest_sample_and_the_strictest_for_all_larger_ones() -> None:
    plain, strict, zero = grid("a 0.50", "b 0.50***", "c 0.00", measure=CORRELATION).cells
    levels = [0.01, 0.05, 0.10]
    assert marked(plain, levels, 2).sizes.low == 3
    assert str(marked(strict, levels, 2).sizes).endswith("or more")
    assert str(marked(zero, levels, 2).sizes) == "3 or more"  # a coefficient of nothing earns no mark anywhere


def test_one_side_halves_p() -> None:
    # of four pairs p is 1 - |r|
    assert p_of(0.9, 4, 2) == pytest.approx(0.1)
    assert p_of(0.9, 4, 1) == pytest.approx(0.05)


def test_a_coefficient_that_earns_more_in_every_sample_is_marked_too_weakly() -> None:
    # of three pairs 0.999 has p = 0.0285: two stars, as 0.9985 and 0.9995 have
    (each,) = (
        one
        for one in found(audit_stars(grid("a 0.999*", "b 0.10", measure=CORRELATION, size=3)))
        if one.kind == "significance-mismatch"
    )
    assert each.name == "0.999* earns a stronger mark than printed"
    assert "the printed mark holds for no number of pairs" in each.how


def test_marks_of_cells_of_several_samples_are_held_against_their_own() -> None:
    table = grid("a 0.50* 0.10", measure=CORRELATION, size=(40, 41))
    (each,) = found(audit_stars(table))
    assert each.reason == "with answers missing the mark may hold for fewer pairs"
    partly = grid("a 0.30* 0.40", measure=CORRELATION, size=(40, None))
    assert kinds(audit_stars(partly)) == []  # where some samples are known the order of marks says nothing


def test_marks_of_several_samples_have_none_in_common() -> None:
    first, second = grid("a 0.50* 0.60*", measure=CORRELATION, size=(20, 30)).cells
    assert shared([marked(cell, [0.05, 0.10], 2) for cell in (first, second)]) is None


def test_all_marks_but_the_fewest_hold_for_the_samples_that_are_told() -> None:
    # 0.50* holds for 12 to 16 pairs, 0.90 without a mark for 3 pairs only, 0.48* from 13 pairs on
    cells = grid("a 0.50*", "b 0.48*", "c 0.90", measure=CORRELATION).cells
    together = shared([marked(cell, [0.01, 0.05, 0.10], 2) for cell in cells])
    assert together is not None
    assert [one.cell.printed for one in together.out] == ["0.90"]
    alone = marked(cells[1], [0.01, 0.05, 0.10], 2).sizes
    assert (together.sizes.low, together.sizes.high) == (max(12, alone.low), min(16, alone.high))


def notes(outcome: Iterable[Finding | Note]) -> list[str]:
    return [each.text for each in outcome if isinstance(each, Note)]


def test_a_note_says_for_which_samples_all_marks_hold() -> None:
    outcome = list(audit_stars(grid("a 0.50*", "b 0.10", measure=CORRELATION, size=14)))
    assert found(outcome) == []
    assert notes(outcome) == ["t: all printed marks hold for 12 to 16 pairs."]
    (note,) = (each for each in outcome if isinstance(each, Note))
    assert [(figure.slug, figure.value) for figure in note.statistics] == [
        ("sample-sizes/t/least", 12),
        ("sample-sizes/t/greatest", 16),
    ]
    # 0.90 without a mark holds for three and four pairs at most; of two sets of marks as large the one of fewer pairs is told
    outcome = list(audit_stars(grid("a 0.50*", "b 0.50*", "c 0.90", measure=CORRELATION, size=14)))
    assert "t: no one sample size makes all printed marks hold; all but 0.90 hold for 12 to 16 pairs." in notes(outcome)


@pytest.mark.parametrize(
    ("rows", "parts", "told"),
    [
        (("a 0.50", "b 0.10"), {"size": 14}, []),  # no mark at all says that none is used
        (("a 0.50*", "b 0.10"), {"size": 14, "measure": COUNT}, []),
        (("a 0.50*", "b 0.10"), {"size": 2}, []),
        (("a 0.50*", "b 0.10"), {"size": 3}, ["0.50* does not earn its mark"]),
        (("a 0.50*", "b 1.01***"), {"size": 14}, []),  # no coefficient
        (("a 0.50*", "b 1"), {"size": 14}, []),  # with itself
        (("a 0.50*", "b 1.00*"), {"size": 14}, ["1.00* earns a stronger mark than printed"]),
        (("a 0.50*", "b 0.10"), {"size": 17}, ["0.50* earns a stronger mark than printed"]),
        (("a 0.50*", "b 0.10"), {"size": 11}, ["0.50* does not earn its mark"]),
    ],
)
def test_marks_are_held_against_the_sample(rows: tuple[str, ...], parts: dict[str, object], told: list[str]) -> None:
    table = grid(*rows, **{"measure": CORRELATION, **parts})  # type: ignore[arg-type]
    assert [each.name for each in found(audit_stars(table))] == told


def test_what_a_mark_is_and_should_be_is_told() -> None:
    # of 11 pairs |r| = 0.50 has t = 1.7321 with 9 degrees of freedom: p = 0.1173, one-sided 0.0587
    (each,) = found(audit_stars(grid("a 0.50*", "b 0.10", measure=CORRELATION, size=11)))
    assert (each.printed, each.expected) == ("0.50*, that is '*' (10%)", "no mark")
    assert each.how == (
        "For r = 0.50 and n = 11 the two-sided p is 0.1173 (one-sided 0.0587); the printed mark holds for 12 to 16 pairs."
    )
    assert (each.certainty, each.reason) == (Certainty.PROBABLE, "the test is not stated in full")
    assert each.statistics[0].value == 12
    assert each.statistics[0].name == "least sample for which the mark of 0.50* holds"
    # a one-sided test of the same: it holds for 9 to 12 pairs
    (each,) = found(audit_stars(grid("a 0.50*", "b 0.10", measure=CORRELATION, size=8, tails=1)))
    # t = 1.4142 with 6 degrees of freedom: 0.2070 two-sided, 0.1035 one-sided
    assert each.how == (
        "For r = 0.50 and n = 8 the one-sided p is 0.1035 (two-sided 0.2070); the printed mark holds for 9 to 12 pairs."
    )


@pytest.mark.parametrize(
    ("size", "certainty"),
    [(17, Certainty.POSSIBLE), (33, Certainty.POSSIBLE), (34, Certainty.PROBABLE)],  # it holds for up to 16 pairs
)
def test_a_mark_that_is_too_weak_is_possible_where_half_of_the_sample_may_have_answered(
    size: int, certainty: Certainty
) -> None:
    (each,) = (
        one
        for one in found(audit_stars(grid("a 0.50*", "b 0.10", measure=CORRELATION, size=size)))
        if one.printed.startswith("0.50*")
    )
    assert each.certainty is certainty
    assert each.statistics[0].value == 16
    assert (
        each.reason
        == "with answers missing the mark may hold for fewer pairs as all marks of the table but the doubtful do"
    )


def test_a_mark_too_strong_is_certain_where_a_larger_coefficient_of_the_sample_has_a_weaker_one() -> None:
    (each,) = found(audit_stars(grid("a 0.50*", "b 0.51", "c -0.52", measure=CORRELATION, size=11)))
    assert each.certainty is Certainty.CERTAIN
    assert " Of the larger coefficients of the table 2 bear a weaker mark or none, -0.52 among them." in each.how
    (each,) = found(audit_stars(grid("a 0.50*", "b 0.51", measure=CORRELATION, size=11)))
    assert " Of the larger coefficients of the table 1 bears a weaker mark or none, 0.51 among them." in each.how
    # smaller ones, equal ones and those of another sample say nothing
    for row in ("b 0.49", "b 0.50", "b 0.51*"):
        outcome = found(audit_stars(grid("a 0.50*", row, measure=CORRELATION, size=11)))
        assert all(one.certainty is Certainty.PROBABLE for one in outcome)
    table = grid("a 0.50* 0.51", measure=CORRELATION, size=(11, 10))
    assert [each.certainty for each in found(audit_stars(table))] == [Certainty.PROBABLE]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        # each of the four holds for 12 to 16 pairs
        (("a 0.50*", "b 0.50*", "c 0.50*", "d 0.10"), ["The marks of the table fit 12 to 16 pairs, not 20"]),
        (("a 0.50*", "b 0.50*", "c 0.10", "d 0.10"), []),  # two wrong marks are two wrong marks
    ],
)
def test_another_sample_would_explain_most_wrong_marks(rows: tuple[str, ...], told: list[str]) -> None:
    outcome = list(audit_stars(grid(*rows, measure=CORRELATION, size=20)))
    sizes = [each for each in found(outcome) if each.kind == "sample-size-mismatch"]
    assert [each.name for each in sizes] == told
    assert len(notes(outcome)) == 1 - len(told)
    for each in sizes:
        assert (each.printed, each.expected) == ("N = 20", "N from 12 to 16")
        assert each.how == "t: all printed marks hold for 12 to 16 pairs; at 20, 3 of 4 marks do not."


def test_p_of_a_family_is_corrected_and_what_remains_is_counted() -> None:
    # of four pairs p is 1 - |r|: 0.005, 0.03 and 0.5; times three 0.015 and 0.09; by rank 0.015, 0.045 and 0.5
    table = grid("a 0.995***", "b 0.97**", "c 0.50", measure=CORRELATION, size=4)
    (note,) = (each for each in audit_family(table, {}) if isinstance(each, Note))
    assert note.text == (
        "t: of 2 marked coefficients among 3 tests, 1 keeps p ≤ 0.05 after Bonferroni (0.995***), "
        "2 after Benjamini and Hochberg (0.995*** and 0.97**)."
    )
    assert [(figure.slug, figure.value) for figure in note.statistics] == [
        ("bonferroni-correction/t/r1c1", Decimal("0.0150")),
        ("benjamini-hochberg-procedure/t/r1c1", Decimal("0.0150")),
        ("bonferroni-correction/t/r2c1", Decimal("0.0900")),
        ("benjamini-hochberg-procedure/t/r2c1", Decimal("0.0450")),
    ]


@pytest.mark.parametrize(
    ("table", "tests"),
    [
        (grid("a 0.995***", "b 0.5", measure=CORRELATION, size=4), 2),
        (grid("a 0.995***", "b 0.5", measure=CORRELATION, size=3), None),  # no p to speak of
        (grid("a 0.995***", "b 0.5", measure=CORRELATION), None),
        (grid("a 0.995***", measure=CORRELATION, size=4), None),  # one test is no family
        (grid("a 0.995", "b 0.5", measure=CORRELATION, size=4), None),  # no mark to lose
        (grid("a 0.995***", "b 1", "c 0.5", measure=CORRELATION, size=4), 2),
        (grid("a 0.995***", "b -1.01", "c 0.5", measure=CORRELATION, size=4), 2),
        (grid("a 0.995***", "b -1.00*", "c 0.5", measure=CORRELATION, size=4), 3),
    ],
)
def test_the_tests_of_a_family_are_the_coefficients_with_a_p(table: Table, tests: int | None) -> None:
    texts = notes(audit_family(table, {}))
    assert len(texts) == (tests is not None)
    assert all(f"among {tests} tests" in text for text in texts)


def test_conclusions_on_marks_that_a_correction_takes_are_told() -> None:
    # 0.96 has p = 0.04, which times two is 0.08, and by rank 0.08 as well
    table = grid("a 0.96**", "b 0.50", measure=CORRELATION, size=4)
    (node, other) = (cell.node for cell in table.cells)
    (each,) = found(audit_family(table, {node: [(other, "a conclusion"), (node, "another")]}))
    assert each.name == "2 conclusions rest on marks that do not survive a correction for 2 tests"
    assert each.printed == "marks on 0.96**"
    assert each.how.endswith(
        "0 after Benjamini and Hochberg. Adjusted p (Benjamini and Hochberg) of the others: 0.96** 0.080."
    )
    assert each.subjects == (table.node, node)
    assert found(audit_family(table, {other: [(node, "a conclusion")]})) == []


# The whole of an audit


def test_an_audit_counts_tables_and_numbers_and_says_how_shares_are_rounded() -> None:
    tables = [
        grid("a 40", "b 60", name="one", size=20, answers=ONE),
        grid("a 40", "b 60", name="two", size=20, answers=ONE),
        grid("a 40.0", "b 60", name="three", size=20, answers=ONE),
        grid("a 40.00", name="four", size=20),
        grid("a 40", name="five"),
    ]
    outcome = audit_tables(tables)
    assert (outcome.tables, outcome.numbers) == (5, 8)
    common = "Shares are rounded to the nearest; none falls on a half, so what happens to halves does not show; "
    assert [note.text for note in outcome.notes] == [
        f"{common}0 decimal places: 'one' and 'two'.",
        f"{common}0 or 1 decimal places: 'three'.",
        f"{common}2 decimal places: 'four'.",
    ]
    assert Fraction(1, 2) == NEAREST.below == NEAREST.above
