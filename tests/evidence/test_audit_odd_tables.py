"""Tables as people print and describe them: what is sound is let pass, what is wrong is found, and what cannot be read has its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyoxigraph import RdfFormat, Store

from kg.commands.audit import audit
from kg.core.errors import InputError
from kg.core.terms import term
from kg.evidence.audit.formats import render

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kg.evidence.audit import Audit

    Auditor = Callable[..., Audit]


@pytest.fixture
def audited(tmp_path: Path) -> Auditor:
    def run(table: str, description: str = "", ending: str = ".yaml") -> Audit:
        (tmp_path / "t.csv").write_text(table, encoding="utf-8")
        if description:
            (tmp_path / f"t{ending}").write_text(description, encoding="utf-8")
        return audit(tmp_path / "t.csv")

    return run


def told(outcome: Audit) -> list[tuple[str, str]]:
    return [(found.kind, found.place.cell) for found in outcome.findings]


def refused(audited: Auditor, table: str, description: str = "") -> str:
    with pytest.raises(InputError) as caught:
        audited(table, description)
    assert caught.value.problems[0].line
    return str(caught.value)


# Two pairs always lie on a line; three have one degree of freedom, where 10 % asks for r = 0.988
@pytest.mark.parametrize(
    ("size", "strong", "findings"),
    [(2, "0.99***", []), (3, "0.99*", []), (3, "0.90*", [("significance-mismatch", "r1c1")])],
)
def test_marks_in_the_smallest_samples(
    audited: Auditor, size: int, strong: str, findings: list[tuple[str, str]]
) -> None:
    assert told(audited(f"Item,Sales\nA,{strong}\nB,0.10\n", f"unit: correlation\nsampleSize: {size}\n")) == findings


def test_marks_hold_in_samples_of_any_size(audited: Auditor) -> None:
    # t = 0.01·√150000 = 3.9; 0.004 gives 1.5, which has no mark
    assert (
        told(audited("Item,Sales\nA,0.50***\nB,0.010***\nC,0.004\n", "unit: correlation\nsampleSize: 150000\n")) == []
    )
    # 0.003 gives 1.2
    assert told(audited("Item,Sales\nA,0.50***\nB,0.003**\n", "unit: correlation\nsampleSize: 150000\n")) == [
        ("significance-mismatch", "r2c1")
    ]


def test_a_blank_of_another_column_does_not_excuse_a_sum(audited: Auditor) -> None:
    table = "Answer,A,B\nYes,,3\nNo,4,3\nNeither,1,3\n"
    outcome = audited(table, "unit: count\nanswers: single-answer\nsampleSize: 12\n")
    assert told(outcome) == [("sum-mismatch", "r3c2")]
    assert outcome.findings[0].printed == "9 answers in all"


def test_a_total_of_shares_is_what_its_parts_make_within_rounding(audited: Auditor) -> None:
    table = "Answer,Men,Women\nYes,30%,41%\nNo,52%,33%\nNeither,18%,27%\nTotal,108%,100%\n"
    outcome = audited(table, "unit: percent\n")
    assert told(outcome) == [("total-mismatch", "r4c1")]  # 41 + 33 + 27 = 101 is rounding
    assert outcome.findings[0].expected == "100%, but for rounding"


@pytest.mark.parametrize(
    ("table", "description"),
    [
        (
            "Answer,Men,Women,All\nYes,30%,40%,35%\nNo,70%,60%,65%\n",
            "unit: percent\nalong: rows\n",
        ),  # groups and all of them
        ("Group,Yes,No\nMen,30%,70%\nWomen,40%,60%\nAll,35%,65%\n", "unit: percent\n"),  # the same, turned and not said
        (
            "Reason,Firms\nCost,60%\nSpeed,55%\nTotal,100%\n",
            "unit: percent\nanswers: multiple-answers\n",
        ),  # of respondents
        ("Reason,Firms\nCost,60%\nSpeed,55%\nTotal,100%\n", "unit: percent\n"),
        ("Reason,Firms\nCost,60%\nSpeed,55%\nTotal,115%\n", "unit: percent\n"),
        ("Reason,Firms\nCost,60%\nSpeed,\nTotal,100%\n", "unit: percent\n"),
    ],
)
def test_what_is_called_a_total_may_be_another_one(audited: Auditor, table: str, description: str) -> None:
    assert told(audited(table, description)) == []


def test_a_total_of_figures_with_decimals_is_allowed_its_rounding(audited: Auditor) -> None:
    outcome = audited("Cost,2001,2002\nRent,10.4,10.4\nPay,20.4,20.4\nTotal,30.9,31.9\n", "unit: count\n")
    assert [place for kind, place in told(outcome) if kind == "total-mismatch"] == ["r3c2"]


def test_a_share_beside_its_count_is_told_once(audited: Auditor) -> None:
    # 12 of 35 are 34.29 %; no whole number makes 34.5 %
    assert told(audited("Answer,Firms\nYes,12 (34.5%)\nNo,23 (65.7%)\n", "unit: count\nsampleSize: 35\n")) == [
        ("share-mismatch", "r1c1")
    ]


def test_a_share_that_is_not_that_of_its_count_is_not_told_of_the_total_again(audited: Auditor) -> None:
    columns = "columns: {n: {unit: count, group: firms}, share: {unit: percent, group: firms}}\n"
    table = "Sector,n,share\nChips,12,62.3\nOptics,7,36.8\nTotal,19,100.0\n"
    assert told(audited(table, f"answers: single-answer\nsampleSize: 19\n{columns}")) == [("share-mismatch", "r1c2")]


def test_the_diagonal_of_a_matrix_of_correlations_needs_no_marks(audited: Auditor) -> None:
    # of 0.21, -0.08 and 0.12 only the first has p below 5 %: 0.02
    outcome = audited(
        "Item,1,2,3\nTrust,1,,\nSpeed,0.21*,1.00,\nCost,-0.08,0.12,1\n",
        'unit: correlation\nsampleSize: 120\nstars: {"*": 0.05}\n',
    )
    assert told(outcome) == []
    assert "of 1 marked coefficients among 3 tests" in outcome.notes[1].text


def test_a_negative_deviation_is_none_whatever_the_mean(audited: Auditor) -> None:
    columns = "columns: {Mean: {unit: mean, group: all}, SD: {unit: sd, group: all}}\n"
    for scale in ("", "scale: [1, 5]\nsampleSize: 40\n"):
        outcome = audited("Item,Mean,SD\nCost,2.10,-0.5\n", scale + columns)
        assert told(outcome) == [("out-of-range", "r1c2")]


def test_two_columns_of_one_name_have_findings_of_their_own(audited: Auditor) -> None:
    outcome = audited("Answer,Firms,Firms\nYes,60%,60%\nNo,61%,62%\n", "unit: percent\nanswers: single-answer\n")
    assert told(outcome) == [("sum-mismatch", "r2c1"), ("sum-mismatch", "r2c2")]
    store = Store()
    store.load(render(outcome, "turtle").encode(), format=RdfFormat.TURTLE)
    values = [quad.object.value for quad in store.quads_for_pattern(None, term("statisticValue"), None)]
    assert sorted(values) == ["121", "122"]


def test_two_numbers_of_one_cell_have_findings_of_their_own(audited: Auditor) -> None:
    outcome = audited("Answer,Firms\nYes,-3 (134.5%)\n", "unit: count\n")
    assert told(outcome) == [("out-of-range", "r1c1")] * 2
    assert len({found.slug for found in outcome.findings}) == 2


def test_tables_with_two_rows_of_one_name_do_not_conflict(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / f"{name}.csv").write_text("Answer,Firms\nOther,12%\nOther,20%\n", encoding="utf-8")
        (tmp_path / f"{name}.yaml").write_text("unit: percent\nquestion: Why?\n", encoding="utf-8")
    assert told(audit(tmp_path)) == []


def test_the_sizes_of_rows_stand_in_a_column(audited: Auditor) -> None:
    description = "unit: percent\nanswers: single-answer\nalong: rows\n"
    assert told(audited("Group,Yes,No,N\nMen,30%,70%,250\nWomen,40%,60%,40\n", description)) == []
    (found,) = audited("Group,Yes,No,N\nMen,31%,69%,40\nWomen,40%,60%,40\n", description).findings
    assert (found.kind, found.printed) == ("sample-size-mismatch", "N = 40 and 31% and 69%")


def test_a_column_of_no_interest_may_hold_words(audited: Auditor) -> None:
    outcome = audited(
        "Answer,Firms,Remark\nYes,60%,see note 3\nNo,41%,\n",
        "unit: percent\nanswers: at-most-one-answer\ncolumns: {Remark: none}\n",
    )
    assert (outcome.numbers, told(outcome)) == (2, [])


def test_a_bound_prints_no_figure(audited: Auditor) -> None:
    assert (
        told(audited("Answer,Firms\nYes,60%\nNo,39%\nNeither,<1%\n", "unit: percent\nanswers: single-answer\n")) == []
    )


def test_a_description_may_end_in_yml(audited: Auditor) -> None:
    assert told(audited("Answer,Firms\nYes,60%\nNo,61%\n", "unit: percent\nanswers: single-answer\n", ".yml")) == [
        ("sum-mismatch", "r2c1")
    ]


def test_a_table_of_which_nothing_is_known_is_named(audited: Auditor) -> None:
    outcome = audited("Answer,Firms\nYes,60\nNo,61\n")
    assert told(outcome) == []
    assert [note.text for note in outcome.notes] == [
        "No number of 't' is audited: nothing says that it has shares, counts, coefficients or means."
    ]


@pytest.mark.parametrize(
    ("table", "description", "message"),
    [
        ("A;B\nx;12,5%\n", "", "t.csv:1:1: the values seem to be separated by semicolons; expected commas"),
        ("A\tB\nx\t12%\n", "", "t.csv:1:1: the values seem to be separated by tabs"),
        ('A,B\nx,"12,5%"\n', "", "t.csv:2:3: '12,5%' cannot be read; expected a decimal point: 12.5%"),
        ("A,B\nx,1 204\n", "unit: count\n", "t.csv:2:3: '1 204' cannot be read; expected a number as printed, such as 1,204"),
        ("A,B\nx,0.42†\n", "unit: correlation\n", "t.csv:2:3: '0.42†' bears the mark '†', which has no level; expected '*', '**'"),
        ("A,B\nx,12\n", "stubColumns: 9\n", "t.csv:1:1: the table has no column of data; expected one besides 9 columns of labels"),
        ("A,B\nx,3.4\n", "unit: mean\nscale: [5, 1]\n", "t.yaml:2:8: a scale cannot go from 5 to 1"),
        ("A,B\nx,3.4\n", "unit: mean\nscale: [nan, 5]\n", "t.yaml:2:9: 'nan' is no number"),
        ("A,B\nx,3.4\n", "unit: mean\nscale: [1, Infinity]\n", "t.yaml:2:12: 'Infinity' is no number"),
        ("A,B\nx,3.4\n", 'stars: {"*": many}\n', "t.yaml:1:14: 'many' is no number"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_with_its_place_and_what_to_write(
    audited: Auditor, table: str, description: str, message: str
) -> None:
    assert message in refused(audited, table, description)


def test_bytes_before_the_text_and_line_ends_do_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"\xef\xbb\xbfAnswer,Men (N = 20),Women (N = 30)\r\nYes,45%,52%\r\nNo,55%,50%\r\n")
    path.with_suffix(".yaml").write_bytes(b"\xef\xbb\xbfunit: percent\r\nanswers: at-most-one-answer\r\n")
    assert ("infeasible-share", "r1c2") in told(audit(path))
    path.write_bytes(b"Answer,M\xe4nner\nJa,45%\n")
    with pytest.raises(InputError, match=r"t\.csv:1:9: byte 0xE4 at offset 8 is not UTF-8"):
        audit(path)


def test_a_base_is_not_looked_for_without_end(audited: Auditor) -> None:
    description = "unit: percent\nanswers: single-answer\nsampleSize: 900000000\n"
    outcome = audited("Answer,Firms\nYes,12.3456789012%\nNo,12.3456789017%\nNeither,75.3086421971%\n", description)
    assert {found.kind for found in outcome.findings} == {"infeasible-share"}  # and not after hours


@pytest.mark.parametrize(
    ("table", "description"),
    [
        ('Factor,Small,Micro\nAll companies (count of companies),"1,989,523","1,418,216"\nFinance,57.5,58.6\n', ""),
        ("Factor,Small,Micro\nFinance,57.5,58.6\nRespondents,312,40\n", ""),
        ("Factor,Small,Micro\nAll,1204,350\nFinance,57.5,58.6\n", ""),
        ("Factor,Small\nUnweighted base,82\nFinance,57.5\nCost,140\n", "rows: {Cost: count}\n"),
        ("Factor,Small\nFinance,57.5\nYears,140\nCost,42\n", "rows: {Years: {unit: none}}\n"),
    ],
)
def test_a_row_of_bases_is_none_of_percentages(audited: Auditor, table: str, description: str) -> None:
    outcome = audited(table, f"unit: percent\nanswers: multiple-answers\n{description}")
    assert told(outcome) == []


@pytest.mark.parametrize(
    "table",
    [
        "Factor,Small,Micro\nFinance,57.5,58.6\nCost,140,131\nTime,3,4\n",  # within the table
        "Factor,Small,Micro\nFinance,57.5,58.6\nCost,140.5,131\n",  # bases are whole
        "Factor,Small,Micro\nFinance,57.5,58.6\nCost,140%,131%\n",
        "Factor,Small\nFinance,57.5\nCost,140\n",  # one number may be a slip
        "Factor,Small,Micro\nFinance,57.5,58.6\nCost,140,31\n",
    ],
)
def test_a_share_that_cannot_be_is_found_beside_bases(audited: Auditor, table: str) -> None:
    kinds = {kind for kind, _ in told(audited(table, "unit: percent\nanswers: multiple-answers\n"))}
    assert kinds == {"out-of-range"}


def test_a_row_is_described_as_a_column_is(audited: Auditor) -> None:
    assert "'Costs' is not a row or column" in refused(
        audited, "Factor,Small\nFinance,57.5\nCost,140\n", "unit: percent\nrows: {Costs: count}\n"
    )
    assert "unknown key 'group'" in refused(
        audited, "Factor,Small\nFinance,57.5\nCost,140\n", "unit: percent\nrows: {Cost: {group: a}}\n"
    )


def test_numbers_are_read_whatever_prints_them(audited: Auditor) -> None:
    table = "Variable,R&D,Sales\nPatents,0.906\u2217\u2217\u2217,0.881\uff0a\nSize,\u2212.05,(.82)\nAge,\u2014,n.s.\n"
    outcome = audited(table, "unit: correlation\n")
    assert (outcome.numbers, told(outcome)) == (4, [])
    # Of 60 pairs 0.05 is far from significant: the mark is read.
    outcome = audited("Variable,R&D\nSize,\u2212.05\u2217\u2217\nAge,.6***\n", "unit: correlation\nsampleSize: 60\n")
    assert told(outcome) == [("significance-mismatch", "r1c1")]


def test_a_mark_without_a_level_matters_to_coefficients_only(audited: Auditor) -> None:
    assert "bears the mark '\u2020', which has no level" in refused(
        audited, "Variable,R&D\nSize,0.3\u2020\n", "unit: correlation\n"
    )
    assert told(audited("Answer,Firms\nYes,30%\u2020\nNo,70%\n", "unit: percent\n")) == []


def test_a_number_in_brackets_among_coefficients_is_none(audited: Auditor) -> None:
    """Reliabilities stand so on the diagonal, and may exceed what a test of coefficients allows."""
    outcome = audited("Item,A,B\nA,(1.20),0.3\nB,0.3,(.82)\n", "unit: correlation\nsampleSize: 100\n")
    assert not any(place in {"r1c1", "r2c2"} for _, place in told(outcome))
