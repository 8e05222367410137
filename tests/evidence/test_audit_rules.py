"""The rules of the audit, each at its borders, with values worked out by hand."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING

import pytest
from findings import sound
from pyoxigraph import NamedNode
from surveys import ERRORS

from kg.commands.audit import audit
from kg.evidence.audit import Cell, Certainty
from kg.evidence.audit.checks.figures import DOWN, NEAREST, UP, infer
from kg.evidence.audit.tables import PERCENT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from surveys import Planted

    from kg.evidence.audit import Finding
    from kg.evidence.audit.checks.figures import Rule


@pytest.fixture
def found(tmp_path: Path) -> Callable[..., list[Finding]]:
    """What the audit finds in tables, each a text with its description."""

    def run(*tables: tuple[str, str]) -> list[Finding]:
        for number, (table, description) in enumerate(tables, 1):
            (tmp_path / f"t{number}.csv").write_text(table, encoding="utf-8")
            (tmp_path / f"t{number}.yaml").write_text(description, encoding="utf-8")
        return sound(audit(tmp_path).findings)

    return run


@pytest.mark.parametrize("plant", ERRORS, ids=lambda plant: plant.__name__)
def test_each_kind_of_error_is_found_at_its_cell(plant: Callable[[Random, str], Planted], tmp_path: Path) -> None:
    for seed in (1, 2):
        error = plant(Random(seed), f"planted-{seed}")  # noqa: S311 - made-up data
        folder = tmp_path / str(seed)
        folder.mkdir()
        for table in (*error.others, error.table):
            table.write(folder)
        places = [(one.kind, one.place.cell) for one in sound(audit(folder).findings)]
        cell = f"r{error.row}c{error.column}"
        assert any(kind == error.kind and (place == cell or not (error.row and error.column)) for kind, place in places)


# Means and deviations

LIKERT = (
    "scale: [1, 5]\nsampleSize: {size}\ncolumns: {{Mean: {{unit: mean, group: all}}, SD: {{unit: sd, group: all}}}}\n"
)


@pytest.mark.parametrize(
    ("size", "mean", "deviation", "finding"),
    [
        # 25 answers: 86/25 = 3.44, 87/25 = 3.48
        (25, "3.44", "1.00", None),
        (25, "3.45", "1.00", ("infeasible-mean", "r1c1")),
        # two answers with the sum 6: 3 and 3, 2 and 4 (1.41, or 1.00 of the population), 1 and 5 (2.83, or 2.00)
        (2, "3.00", "0.00", None),
        (2, "3.00", "1.41", None),
        (2, "3.00", "1.00", None),
        (2, "3.00", "2.83", None),
        (2, "3.00", "0.50", ("infeasible-deviation", "r1c2")),
        (2, "3.00", "0.71", ("infeasible-deviation", "r1c2")),  # squares of 18.5 in all
        (2, "3.00", "2.90", ("infeasible-deviation", "r1c2")),  # above 2.83, the spread of the two ends
        (2, "1.00", "0.71", ("infeasible-deviation", "r1c2")),
        (2, "5.00", "0.71", ("infeasible-deviation", "r1c2")),  # a mean at the end of the scale has no spread
        # three answers with the sum 9 have odd squares: 27, 29, 35; 28 would be 0.71 or 0.58
        (3, "3.00", "1.00", None),
        (3, "3.00", "0.71", ("infeasible-deviation", "r1c2")),
        (3, "3.00", "2.00", None),
        (1, "3.00", "0.50", None),  # one answer has no deviation to speak of
    ],
)
def test_means_and_deviations_are_those_that_whole_answers_make(
    found: Callable[..., list[Finding]], size: int, mean: str, deviation: str, finding: tuple[str, str] | None
) -> None:
    findings = found((f"Item,Mean,SD\nCost,{mean},{deviation}\n", LIKERT.format(size=size)))
    assert [(one.kind, one.place.cell) for one in findings] == ([finding] if finding else [])


def test_an_infeasible_mean_is_told_with_its_neighbours(found: Callable[..., list[Finding]]) -> None:
    (one,) = found(("Item,Mean,SD\nCost,3.45,1.00\n", LIKERT.format(size=25)))
    assert "86/25 = 3.4400 and 87/25 = 3.4800; neither rounds to 3.45" in one.how
    assert (one.certainty, [figure.value for figure in one.statistics]) == (Certainty.CERTAIN, [Decimal("3.44")])


def test_a_deviation_beyond_the_scale_is_told_with_the_largest(found: Callable[..., list[Finding]]) -> None:
    # the ends of the scale, one answer each: √((5-3)·(3-1)·2/1) = 2.8284
    (one,) = found(("Item,Mean,SD\nCost,3.00,2.90\n", LIKERT.format(size=2)))
    assert (one.expected, [figure.value for figure in one.statistics]) == ("at most 2.83", [Decimal("2.8284")])


# Tables that repeat or contradict each other

SIX = "Answer,Men,Women\nCost,{0}%,{1}%\nSpeed,{2}%,{3}%\nTrust,{4}%,{5}%\n"


@pytest.mark.parametrize(
    ("figures", "question", "group", "repeated"),
    [
        ((11, 23, 37, 41, 53, 67), "When?", "Men", True),
        ((11, 23, 37, 41, 41, 41), "When?", "Men", True),  # four different ones of six
        ((11, 23, 37, 37, 37, 37), "When?", "Men", False),  # three
        ((11, 23, 37, 41, 53, 67), "Why?", "Men", False),  # one table, printed twice
        ((11, 23, 37, 41, 53, 67), "Why?", "Boys", True),  # the labels differ
    ],
)
def test_a_table_with_the_figures_of_another_is_told(
    found: Callable[..., list[Finding]],
    figures: tuple[int, ...],
    question: str,
    group: str,
    repeated: bool,  # noqa: FBT001 - a column of the table
) -> None:
    one = SIX.format(*figures)
    other = one.replace("Men", group)
    findings = found((one, "unit: percent\nquestion: Why?\n"), (other, f"unit: percent\nquestion: {question}\n"))
    assert [each.kind for each in findings] == ["repeated-table"] * repeated


def test_five_figures_are_too_few_to_be_a_repetition(found: Callable[..., list[Finding]]) -> None:
    five = "Answer,Men\nCost,11%\nSpeed,23%\nTrust,37%\nTime,41%\nPlace,53%\n"
    assert found((five, "unit: percent\n"), (five, "unit: percent\n")) == []
    six = f"{five}Luck,67%\n"
    assert [each.kind for each in found((six, "unit: percent\n"), (six, "unit: percent\n"))] == ["repeated-table"]


@pytest.mark.parametrize(
    ("one", "other", "conflict"),
    [
        ("12", "12.3", False),  # one is the other, rounded
        ("12", "12.5", False),
        ("12", "12.6", True),
        ("12", "11.5", False),
        ("12", "11.4", True),
        ("12.3", "12", False),
        ("12.6", "12", True),
        ("12", "13", True),
        ("12", "12", False),
    ],
)
def test_two_figures_of_one_question_agree_but_for_rounding(
    found: Callable[..., list[Finding]],
    one: str,
    other: str,
    conflict: bool,  # noqa: FBT001 - a column of the table
) -> None:
    tables = [(f"Answer,Men\nCost,{text}%\nSpeed,60%\n", "unit: percent\nquestion: Why?\n") for text in (one, other)]
    assert [each.kind for each in found(*tables)] == ["conflicting-figures"] * conflict


def test_figures_of_other_questions_labels_or_samples_do_not_conflict(found: Callable[..., list[Finding]]) -> None:
    table = "Answer,Men\nCost,{}%\nSpeed,60%\n"
    asked = "unit: percent\nquestion: Why?\n"
    first = (table.format(12), asked)
    assert found(first, (table.format(30), asked.replace("Why", "When"))) == []
    assert found(first, (table.format(30).replace("Cost", "Price"), asked)) == []
    assert found((table.format(20), f"{asked}sampleSize: 40\n"), (table.format(30), f"{asked}sampleSize: 50\n")) == []


# Rounding


def shares(size: int | None, *printed: str) -> list[Cell]:
    return [
        Cell(
            node=NamedNode(f"https://example.org/o/{row}"),
            row=row,
            column=1,
            row_label=f"answer {row}",
            column_label="firms",
            printed=f"{text}%",
            value=Decimal(text),
            measure=PERCENT,
            size=size,
        )
        for row, text in enumerate(printed, 1)
    ]


@pytest.mark.parametrize(
    ("size", "printed", "rule", "words"),
    [
        # of 40: 21 are 52.5 %, 23 are 57.5 %; 8 are 20 %
        (40, ["53", "20"], NEAREST, "halves up (1 on a half)"),
        (40, ["53", "58"], NEAREST, "halves up (2 on a half)"),
        (40, ["52", "20"], NEAREST, "halves to the even digit (1 on a half)"),
        (40, ["52", "58"], NEAREST, "halves to the even digit (2 on a half)"),
        (40, ["58", "20"], NEAREST, "1 may fall on a half, which does not tell halves up from halves to even"),
        (40, ["53", "52"], NEAREST, "2 may fall on a half, which does not tell halves up from halves to even"),
        (40, ["20", "35"], NEAREST, "none falls on a half"),
        # of 47: 3 are 6.38 %, 4 are 8.51 %, 7 are 14.89 %
        (47, ["8", "14", "6"], DOWN, "rounded down (truncated), which explains 2 more"),
        (47, ["8", "6"], DOWN, "rounded down (truncated), which explains 1 more"),
        (47, ["7", "9"], UP, "rounded up, which explains 1 more"),
        (47, ["8", "7"], NEAREST, "none falls on a half"),  # no rule explains both, and one odd cell tells nothing
        (None, ["8", "14"], NEAREST, "none falls on a half"),
    ],
)
def test_the_rule_of_rounding_is_the_one_that_explains_the_shares(
    size: int | None, printed: list[str], rule: Rule, words: str
) -> None:
    inference = infer(shares(size, *printed))
    assert inference.rule is rule
    assert words in inference.words


def test_a_line_that_must_make_the_sample_tells_the_rule_too() -> None:
    # 24, 15 and 8 of 47 are 51.06, 31.91 and 17.02 %: cut off, 51 + 31 + 17
    line = shares(47, "51", "31", "17")
    assert infer(line, [line]).rule is DOWN
    line = shares(47, "51", "32", "17")
    assert infer(line, [line]).rule is NEAREST


# Single answers that the description does not state


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        (["30 40 30", "20 50 30", "10 60 31"], False),  # 101 is rounding
        (["30 40 30", "20 50 30", "10 60 35"], True),  # two of three lines add up
        (["30 40 30", "20 50 35", "10 60 35"], False),  # one of three
        (["30 40 30", "20 50 30"], False),  # two lines show nothing
        (["30 70", "20 80", "10 95"], False),  # nor do lines of two shares
    ],
)
def test_shares_that_mostly_add_up_are_single_answers(
    found: Callable[..., list[Finding]],
    columns: list[str],
    told: bool,  # noqa: FBT001 - a column of the table
) -> None:
    cells = [column.split() for column in columns]
    rows = [f"Answer {row},{','.join(f'{cell[row]}%' for cell in cells)}" for row in range(len(cells[0]))]
    table = "\n".join([f"Answer,{','.join(f'Group {number}' for number in range(len(cells)))}", *rows, ""])
    assert [each.kind for each in found((table, "unit: percent\n"))] == ["sum-mismatch"] * told


# Texts and their lists of references

LIST = {
    "berg": '- Berg, Erik (1980). "Cooperation." *Journal of Firms*, 3 : 10-20.',
    "costa": '- Costa, Ana, and Lindqvist, Olof (1982). "Ties." *Journal of Firms*, 5 : 30-35.',
    "engel": '- Engel, Rosa (1979). "Trust." *Journal of Firms*, 2 : 1-9.',
}
ALL_CITED = "Firms cooperate (Berg, 1980; Costa & Lindqvist, 1982) and trust (Engel, 1979)."


def in_text(tmp_path: Path, text: str, **entries: str) -> list[tuple[str, str]]:
    path = tmp_path / "paper.md"
    listed = "\n".join({**LIST, **entries}.values())
    path.write_text(f"# A paper\n\n{text}\n\n## References\n\n{listed}\n", encoding="utf-8")
    return [(each.kind, each.name) for each in sound(audit(path).findings)]


@pytest.mark.parametrize(
    ("text", "findings"),
    [
        (ALL_CITED, []),
        (f"{ALL_CITED} So says Berg (1980, p. 10).", []),
        (f"{ALL_CITED} So says Berg (1980, p. 20).", []),
        (f"{ALL_CITED} So says Berg (1980, pp. 12-14).", []),
        (f"{ALL_CITED} So says Berg (1980, p. 9).", [("bibliographic-error", "A page of Berg 1980 is cited that the entry does not have")]),
        (f"{ALL_CITED} So says Berg (1980, p. 21).", [("bibliographic-error", "A page of Berg 1980 is cited that the entry does not have")]),
        (f"{ALL_CITED} So says Berg (1980, pp. 19-21).", [("bibliographic-error", "A page of Berg 1980 is cited that the entry does not have")]),
        (f"{ALL_CITED} So says Berg (1981).", [("cited-not-listed", "Berg 1981 is cited, not listed")]),
        (f"{ALL_CITED} So says Berg (1981), and again Berg (1981).", [("cited-not-listed", "Berg 1981 is cited, not listed")]),
        (f"{ALL_CITED} So say Berg and Duarte (1980).", [("cited-not-listed", "Duarte is cited as author of Berg 1980, not listed")]),
        (f"{ALL_CITED} So say Costa and Lindquist (1982).", [("spelling-variant", "Lindquist is cited, Lindqvist listed")]),
        (f"{ALL_CITED} So says Engle (1979).", [("spelling-variant", "Engle is cited, Engel listed")]),
        ("Firms cooperate (Berg, 1980; Costa & Lindqvist, 1982).", [("listed-not-cited", "Engel 1979 is listed, not cited")]),
        (f"{ALL_CITED} In March (1980) it rained.", []),  # a month is no author
        (f"{ALL_CITED} In Kyoto, 1986 was cold.", []),  # without brackets it is no citation
    ],
)  # fmt: skip
def test_citations_are_held_against_the_list(tmp_path: Path, text: str, findings: list[tuple[str, str]]) -> None:
    assert in_text(tmp_path, text) == findings


def test_of_two_entries_of_a_year_the_one_with_more_of_the_names_is_meant(tmp_path: Path) -> None:
    other = '- Costa, Ana, and Berg, Erik (1982). "More." *Journal of Firms*, 6 : 1-5.'
    for order in ({"costa": LIST["costa"], "other": other}, {"costa": other, "other": LIST["costa"]}):
        text = f"{ALL_CITED} So do Costa and Berg (1982)."
        assert in_text(tmp_path, text, **order) == []


def test_letters_tell_works_of_one_year_apart(tmp_path: Path) -> None:
    entries = {"berg": LIST["berg"].replace("1980", "1980a"), "other": LIST["berg"].replace("1980", "1980b")}
    assert in_text(tmp_path, ALL_CITED.replace("1980", "1980a, 1980b"), **entries) == []
    assert in_text(tmp_path, ALL_CITED.replace("1980", "1980a"), **entries) == [
        ("listed-not-cited", "Berg 1980b is listed, not cited")
    ]


def test_a_list_of_two_is_no_list_of_references(tmp_path: Path) -> None:
    path = tmp_path / "paper.md"
    for count, kinds in ((2, []), (3, ["cited-not-listed"])):
        listed = "\n".join(list(LIST.values())[:count])
        path.write_text(f"# A paper\n\n{ALL_CITED} And Duarte (1985).\n\n## References\n\n{listed}\n", encoding="utf-8")
        assert [each.kind for each in audit(path).findings] == kinds


# Sums of shares and counts


@pytest.mark.parametrize(
    ("shares", "description", "findings"),
    [
        # of 20 firms, who make 5 % each: 8 + 7 + 5 are 20
        ("40 35 25", "answers: single-answer\nsampleSize: 20", []),
        ("40 35 30", "answers: single-answer\nsampleSize: 20", [("sum-mismatch", "certain")]),
        ("40 35 20", "answers: single-answer\nsampleSize: 20", [("sum-mismatch", "possible")]),
        ("40 35 20", "answers: at-most-one-answer\nsampleSize: 20", []),
        ("40 35 30", "answers: at-most-one-answer\nsampleSize: 20", [("sum-mismatch", "certain")]),
        ("40 35 95", "answers: multiple-answers\nsampleSize: 20", []),
        # without a sample each of three shares may be half a unit off
        ("40 35 26", "answers: single-answer", []),
        ("40 35 27", "answers: single-answer", [("sum-mismatch", "certain")]),
        ("40 35 24", "answers: single-answer", []),
        ("40 35 23", "answers: single-answer", [("sum-mismatch", "possible")]),
        ("40.0 35.0 25.1", "answers: single-answer", []),
        ("40.0 35.0 25.2", "answers: single-answer", [("sum-mismatch", "certain")]),
        # several answers were allowed, and yet every line adds up
        ("40 35 25|30 30 40", "answers: multiple-answers", [("sum-mismatch", "possible")]),
        ("40 35 25|30 30 41", "answers: multiple-answers", [("sum-mismatch", "possible")]),
        ("40 35 25|30 30 42", "answers: multiple-answers", []),
        ("40 35 25", "answers: multiple-answers", []),
        ("40 60|30 70", "answers: multiple-answers", []),
        # out of range
        ("40 101", "answers: multiple-answers", [("out-of-range", "certain")]),
        ("40 100", "answers: multiple-answers", []),
    ],
)
def test_shares_add_up_as_the_answers_allow(
    found: Callable[..., list[Finding]], shares: str, description: str, findings: list[tuple[str, str]]
) -> None:
    groups = [group.split() for group in shares.split("|")]
    rows = [",".join([f"Answer {row}", *(f"{group[row]}%" for group in groups)]) for row in range(len(groups[0]))]
    heading = ",".join(["Answer", *(f"Group {number}" for number in range(len(groups)))])
    table = "\n".join([heading, *rows, ""])
    assert [(one.kind, one.certainty.value) for one in found((table, f"unit: percent\n{description}\n"))] == findings


@pytest.mark.parametrize(
    ("counts", "description", "findings"),
    [
        ("8 7 5", "answers: single-answer\nsampleSize: 20", []),
        ("8 7 6", "answers: single-answer\nsampleSize: 20", [("sum-mismatch", "certain")]),
        ("8 7 4", "answers: single-answer\nsampleSize: 20", [("sum-mismatch", "probable")]),
        ("8 7 4", "answers: at-most-one-answer\nsampleSize: 20", []),
        ("8 7 6", "answers: at-most-one-answer\nsampleSize: 20", [("sum-mismatch", "certain")]),
        ("8 7 9", "answers: multiple-answers\nsampleSize: 20", []),
        ("8 7 9", "answers: single-answer", []),
        ("8 7 Total:15", "answers: single-answer", []),
        ("8 7 Total:16", "answers: single-answer", [("total-mismatch", "certain")]),
        ("8 7 Total:14", "answers: single-answer", [("total-mismatch", "certain")]),
        ("8 7 Total:14", "answers: multiple-answers", []),  # fourteen firms gave fifteen answers
        ("8 7 Total:16", "answers: multiple-answers", [("total-mismatch", "certain")]),
    ],
)
def test_counts_make_the_sample_and_the_total(
    found: Callable[..., list[Finding]], counts: str, description: str, findings: list[tuple[str, str]]
) -> None:
    rows = [
        f"{label or f'Answer {number}'},{value}"
        for number, (label, _, value) in enumerate(
            (":" in each and each.partition(":")) or ("", "", each) for each in counts.split()
        )
    ]
    table = "\n".join(["Answer,Firms", *rows, ""])
    assert [(one.kind, one.certainty.value) for one in found((table, f"unit: count\n{description}\n"))] == findings


@pytest.mark.parametrize(
    ("printed", "sound"),
    [("34.2", False), ("34.3", True), ("34.4", False), ("34", True), ("35", False), ("34.29", True), ("34.28", False)],
)
def test_a_share_beside_a_count_is_that_of_the_count(
    found: Callable[..., list[Finding]],
    printed: str,
    sound: bool,  # noqa: FBT001 - a column of the table
) -> None:
    # 12 of 35 are 34.286 %
    kinds = [one.kind for one in found((f"Answer,Firms\nYes,12 ({printed}%)\n", "unit: count\nsampleSize: 35\n"))]
    assert kinds == ["share-mismatch"] * (not sound)


def test_an_answer_printed_twice_is_named_and_the_row_without_an_answer_first(
    found: Callable[..., list[Finding]],
) -> None:
    # without one of the two 25 the column makes a hundred
    description = "unit: percent\nanswers: single-answer\nsampleSize: 20\n"
    (one,) = found(("Answer,Firms\nNo response,25%\nYes,25%\nNo,40%\nNeither,35%\n", description))
    assert (one.place.cell, "Without 25% in the row 'No response' it adds up" in one.how) == ("r1c1", True)
    (one,) = found(("Answer,Firms\nYes,25%\nNo,40%\nNeither,35%\nOther,25%\n", description))
    assert (one.place.cell, "Without 25% in the row 'Other' it adds up" in one.how) == ("r4c1", True)
    (one,) = found(("Answer,Firms\nYes,30%\nNo,40%\nNeither,35%\nOther,20%\n", description))
    assert "it adds up" not in one.how


def test_the_row_of_those_without_an_answer_makes_a_small_sum_certain(found: Callable[..., list[Finding]]) -> None:
    description = "unit: percent\nanswers: single-answer\nsampleSize: 20\n"
    for label, certainty in (("No response", "certain"), ("Neither", "possible")):
        (one,) = found((f"Answer,Firms\nYes,40%\nNo,35%\n{label},15%\n", description))
        assert (one.certainty.value, one.printed) == (certainty, "90% in all")


@pytest.mark.parametrize(
    ("size", "shares", "findings"),
    [
        # of 19: 6 are 31.58, 7 are 36.84, 5 are 26.32, 1 is 5.26 %; none of the four is a share of 20
        (20, "31.6 36.8 26.3 5.3", ["sample-size-mismatch"]),
        # 4/5 of the sample at least: 19 is too far below 24, in reach from 23
        (23, "31.6 36.8 26.3 5.3", ["sample-size-mismatch"]),
        (24, "31.6 36.8 26.3 5.3", ["infeasible-share"] * 4),
        # one wrong cell is a wrong cell: of 20 people 35 % are 7, 25 % are 5
        (20, "35.0 25.0 41.0", ["infeasible-share"]),
    ],
)
def test_a_line_of_which_nothing_fits_the_sample_is_of_the_nearest_base_that_it_fits(
    found: Callable[..., list[Finding]], size: int, shares: str, findings: list[str]
) -> None:
    rows = "\n".join(f"Answer {row},{share}%" for row, share in enumerate(shares.split()))
    table = f"Answer,Firms\n{rows}\n"
    outcome = found((table, f"unit: percent\nanswers: single-answer\nsampleSize: {size}\n"))
    assert [one.kind for one in outcome if one.kind != "sum-mismatch"] == findings
    if findings == ["sample-size-mismatch"]:
        assert outcome[0].expected == f"shares of {size}; all fit 19"


# Marks of coefficients


@pytest.mark.parametrize(
    ("tails", "coefficient", "finding"),
    [
        # 47 pairs, 45 degrees of freedom: two-sided 10 % is t = 1.6794, r = 0.2429; one-sided 10 % is t = 1.3007, r = 0.1903
        (2, "0.243*", None),
        (2, "0.242*", "0.242* does not earn its mark"),
        (2, "0.242", None),
        (2, "0.244", "0.244 earns a stronger mark than printed"),
        (1, "0.191*", None),
        (1, "0.189*", "0.189* does not earn its mark"),
        (1, "0.189", None),
        (1, "0.192", "0.192 earns a stronger mark than printed"),
        (2, "-0.243*", None),
        (2, "-0.242*", "-0.242* does not earn its mark"),
    ],
)
def test_a_mark_is_earned_by_the_test_that_the_table_states(
    found: Callable[..., list[Finding]], tails: int, coefficient: str, finding: str | None
) -> None:
    description = f"unit: correlation\nsampleSize: 47\ntails: {tails}\n"
    outcome = found((f"Item,Sales\nA,{coefficient}\nB,0.900***\n", description))
    assert [one.name for one in outcome] == ([finding] if finding else [])


def test_a_mark_that_larger_coefficients_lack_names_the_largest_of_them(found: Callable[..., list[Finding]]) -> None:
    description = "unit: correlation\nsampleSize: 47\n"
    (one,) = found(("Item,Sales\nA,0.150*\nB,0.200\nC,0.220\nD,0.210\nE,0.120\n", description))
    assert "Of the larger coefficients of the table 3 bear a weaker mark or none, 0.220 among them" in one.how
    (one,) = found(("Item,Sales\nA,0.150*\nB,0.200\nC,0.120\n", description))
    assert "Of the larger coefficients of the table 1 bears a weaker mark or none, 0.200 among them" in one.how
    (one,) = found(("Item,Sales\nA,0.150*\nB,0.120\n", description))
    assert (one.certainty, "larger" in one.how) == (Certainty.PROBABLE, False)


# Enumerations and slips of texts


@pytest.mark.parametrize(
    ("text", "findings"),
    [
        ("There are three reasons: (1) cost; (2) speed; and (3) risk.", []),
        ("There are three reasons: (1) cost; and (2) speed.", ["three reasons are announced and 2 listed"]),
        ("There are three reasons: (1) cost; (2) speed; (3) risk; (4) luck.", ["three reasons are announced and 4 listed"]),
        ("There are 3 reasons: (1) cost; and (2) speed.", ["3 reasons are announced and 2 listed"]),
        ("There are twelve reasons: (1) cost; and (2) speed.", ["twelve reasons are announced and 2 listed"]),
        ("There are three reasons: (1) cost.", []),  # one item is no list
        ("There are two reasons: (1) cost; (2) speed. And two ways: (1) slow; (2) fast.", []),
        ("There are three reasons: (1) cost; (2) speed. And two ways: (1) slow; (2) fast; (3) none.",
         ["three reasons are announced and 2 listed", "two ways are announced and 3 listed"]),
        ("There are three reasons:\n\n- cost\n- speed\n- risk", []),
        ("There are three reasons:\n\n- cost\n- speed", ["three reasons are announced and 2 listed"]),
        ("There are three reasons:\n\n- cost\n\n- speed\n\n- risk\n- luck", ["three reasons are announced and 4 listed"]),
        ("There are three reasons:\n\n- cost\n- speed\n- risk\n\nAnother list follows.\n\n- more", []),
        ("There are two reasons:\n\n- cost\n  and more\n- speed", []),
    ],
)  # fmt: skip
def test_as_many_items_follow_as_are_announced(tmp_path: Path, text: str, findings: list[str]) -> None:
    assert [name for _, name in in_text(tmp_path, f"{ALL_CITED}\n\n{text}")] == findings


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("So “they said” it.", []),
        ("So “they said it.", ["typographical-slip"]),
        ("So “they “said” it.", ["typographical-slip"]),
        ("So “they “said” it” and “went.", ["typographical-slip"]),
        ("So they said” it.", []),
        ("So „they said“ it.", []),
        ("Members are banks, a", ["truncated-text"]),
        ("Members are banks, an", ["truncated-text"]),
        ("Members are banks, and", []),
        ("Members are banks.", []),
        ("Kirihata wrote it, and so did Kirihara.", ["spelling-variant"]),
        ("Kirihata wrote it, and so did Kirihata.", []),
        ("Kirihat wrote it, and so did Kiriham.", ["spelling-variant"]),  # seven letters are enough
        ("Japan is large, and Japanese firms are, too.", []),  # an ending
        ("Keynes wrote it, and so did Keynet.", []),  # six letters are too few
        ("Company is written company, and Companx is a slip.", []),  # no name, as it is written small as well
    ],
)
def test_slips_of_a_text(tmp_path: Path, text: str, kinds: list[str]) -> None:
    assert [kind for kind, _ in in_text(tmp_path, f"{ALL_CITED}\n\n{text}")] == kinds


@pytest.mark.parametrize(
    ("coefficients", "told"),
    [
        # without a sample: 0.30 bears the mark that the larger one lacks
        (["0.30*", "0.40"], ["0.30* bears a stronger mark than 0.40"]),
        (["0.30*", "0.40", "0.10", "0.20"], ["0.30* bears a stronger mark than 0.40"]),
        (["0.30*", "0.40", "0.10", "0.20", "0.15"], []),  # of five, one odd mark is that one's fault
        (["0.30*", "0.40", "0.50", "0.20", "0.15"], ["0.30* bears a stronger mark than 0.50"]),
        (["0.30*", "0.40*", "0.10"], []),
        (["-0.30*", "0.40", "0.10"], ["-0.30* bears a stronger mark than 0.40"]),
    ],
)
def test_without_a_sample_the_larger_coefficient_bears_no_weaker_mark(
    found: Callable[..., list[Finding]], coefficients: list[str], told: list[str]
) -> None:
    rows = "".join(f"Item {number},{text}\n" for number, text in enumerate(coefficients))
    names = [one.name for one in found((f"Item,Sales\n{rows}", "unit: correlation\n"))]
    assert [name for name in names if "bears a stronger mark" in name] == told


def test_counts_that_are_no_sample_say_why(found: Callable[..., list[Finding]]) -> None:
    description = "unit: count\nanswers: single-answer\nsampleSize: 20\n"
    (one,) = found(("Answer,Firms\nYes,8\nNo,13\n", description))
    assert (one.reason, one.printed) == ("one respondent counts once", "21 answers in all")
    (one,) = found(("Answer,Firms\nYes,8\nNo,11\n", description))
    assert (one.reason, one.printed) == ("respondents without an answer may not be printed", "19 answers in all")
