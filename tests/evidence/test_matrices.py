"""Matrices of correlations that cannot be, with values worked out by hand."""

from __future__ import annotations

import pytest
from findings import sound
from grids import grid

from kg.evidence.audit import Certainty, audit_tables
from kg.evidence.audit.checks.matrices import audit_matrices, matrix_of
from kg.evidence.audit.model import Finding
from kg.evidence.audit.tables import CORRELATION, PERCENT


def findings(*rows: str, heading: str = "A B C") -> list[Finding]:
    table = grid(*rows, heading=heading, measure=CORRELATION)
    return sound(one for one in audit_matrices(table) if isinstance(one, Finding))


def kinds(*rows: str, heading: str = "A B C") -> list[tuple[str, Certainty]]:
    return [(one.kind, one.certainty) for one in findings(*rows, heading=heading)]


def test_halves_that_differ_are_one_coefficient_twice() -> None:
    (one,) = findings("A 1 .20 .30", "B .25 1 .40", "C .30 .40 1")
    assert (one.kind, one.certainty) == ("conflicting-figures", Certainty.CERTAIN)
    assert (one.printed, one.target.where) == (".20 and .25", "t, row 'A', column 'B'")
    assert len(one.doubted) == 2


@pytest.mark.parametrize(
    "rows",
    [
        ("A 1 .2 .30", "B .25 1 .40", "C .30 .40 1"),  # 0.2 may be 0.25, rounded to the even digit
        ("A 1 .20* .30", "B .20 1 .40", "C .30 .40 1"),
        ("A 1 .20 .30", "B - 1 .40", "C - - 1"),
    ],
)
def test_halves_that_agree_within_rounding_are_fine(rows: tuple[str, ...]) -> None:
    assert kinds(*rows) == []


def test_halves_of_two_samples_are_only_possible() -> None:
    assert kinds("A 1 .20 .30", "B .45 1 .40", "C .50 .40 1") == [("conflicting-figures", Certainty.POSSIBLE)] * 2
    assert kinds("A 1 .20", "B .25 1", heading="A B") == [("conflicting-figures", Certainty.CERTAIN)]


def test_a_thing_has_the_coefficient_one_with_itself() -> None:
    (one,) = findings("A 1.00 .20 .30", "B .20 .98 .40", "C .30 .40 1.00")
    assert (one.kind, one.certainty, one.printed) == ("out-of-range", Certainty.CERTAIN, ".98")
    # Reliabilities are printed on the diagonal too.
    assert kinds("A .85 .20 .30", "B .20 .90 .40", "C .30 .40 .77") == [("out-of-range", Certainty.POSSIBLE)] * 3


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        # 1 + 2abc - a² - b² - c² is the determinant: 1 - 2·0.729 - 3·0.81 < 0
        (("A 1 .9 .9", "B .9 1 -.9", "C .9 -.9 1"), True),
        (("A 1 - -", "B .9 1 -", "C .9 -.9 1"), True),
        (("A 1 .9 .9", "B .9 1 .9", "C .9 .9 1"), False),
        # 1 - 2·0.125 - 3·0.25 = 0: on the border
        (("A 1 .5 .5", "B .5 1 -.5", "C .5 -.5 1"), False),
        # 1 + 2·0.8·0.6·0.0 - 0.64 - 0.36 = 0, and 0.01 more on each would be impossible
        (("A 1 .80 .60", "B .80 1 .00", "C .60 .00 1"), False),
        (("A 1 .81 .60", "B .81 1 .00", "C .60 .00 1"), False),  # 0.805² + 0.595² = 1.002, and 0.005 helps
        (("A 1 .85 .60", "B .85 1 .00", "C .60 .00 1"), True),  # 0.845² + 0.595² = 1.068
        # With one digit 0.85 may be 0.9.
        (("A 1 .9 .6", "B .9 1 .0", "C .6 .0 1"), False),
    ],
)
def test_coefficients_that_no_data_have_at_once_are_found(rows: tuple[str, ...], found: bool) -> None:  # noqa: FBT001
    assert kinds(*rows) == [("out-of-range", Certainty.PROBABLE)] * found


def test_three_of_many_things_are_named() -> None:
    rows = ("A 1 - - -", "B .1 1 - -", "C .1 .9 1 -", "D .1 .9 -.9 1")
    (one,) = findings(*rows, heading="A B C D")
    assert one.target.where.endswith("the coefficients of 'B', 'C' and 'D'")
    assert len(one.subjects) == 3


def test_things_that_only_together_cannot_be_are_found() -> None:
    """Four things with -0.4 each: any three can be (1 - 2·0.4 > 0), four cannot (1 - 3·0.4 < 0)."""
    rows = ("A 1 - - -", "B -.40 1 - -", "C -.40 -.40 1 -", "D -.40 -.40 -.40 1")
    (one,) = findings(*rows, heading="A B C D")
    assert len(one.subjects) == 6
    assert "-0.200" in one.how


def test_gaps_leave_the_rest_of_a_matrix() -> None:
    rows = ("A 1 .9 .9 -", "B .9 1 -.9 -", "C .9 -.9 1 .1", "D - - .1 1")
    assert [one.certainty for one in findings(*rows, heading="A B C D")] == [Certainty.PROBABLE]


@pytest.mark.parametrize(
    ("heading", "rows"),
    [
        ("1 2 3", ("1._Size 1 - -", "2._Age .9 1 -", "3._Debt .9 -.9 1")),
        ("(1) (2)", ("(2)_Age .9 -", "(3)_Debt .9 -.9")),
        ("size age debt", ("Size 1 .9 .9", "Age .9 1 -.9", "Debt .9 -.9 1")),
        ("A B", ("B .9 -", "C .9 -.9")),
    ],
)
def test_a_matrix_is_known_by_its_labels(heading: str, rows: tuple[str, ...]) -> None:
    assert kinds(*rows, heading=heading) == [("out-of-range", Certainty.PROBABLE)]


@pytest.mark.parametrize(
    ("heading", "rows"),
    [
        ("X Y Z", ("A 1 .9 .9", "B .9 1 -.9", "C .9 -.9 1")),
        ("1 2 3", ("1._a .9 .9 .9", "2._b .9 .2 -.9", "3._c .9 -.9 .1")),  # numbers of rows, and groups
        ("A A B", ("A .9 .9 .9", "B .9 .2 -.9", "C .9 -.9 .1")),
    ],
)
def test_other_tables_are_no_matrix(heading: str, rows: tuple[str, ...]) -> None:
    assert matrix_of(grid(*rows, heading=heading, measure=CORRELATION)) is None
    assert kinds(*rows, heading=heading) == []


def test_an_audit_looks_at_matrices_and_not_at_shares() -> None:
    rows = ("A 1 .9 .9", "B .9 1 -.9", "C .9 -.9 1")
    outcome = audit_tables([grid(*rows, heading="A B C", measure=CORRELATION)])
    assert "No data have these 3 coefficients at once" in [one.name for one in outcome.findings]
    assert matrix_of(grid(*rows, heading="A B C", measure=PERCENT)) is None


# Borders


def test_what_stands_on_the_diagonal_is_told_with_its_cell() -> None:
    (one,) = findings("A 1.00 .20 .30", "B .20 .98 .40", "C .30 .40 1.00")
    assert (one.slug, one.name, one.place.cell) == ("t/r2c2/diagonal", ".98 stands on the diagonal", "r2c2")
    assert (one.expected, one.reason) == (
        "1, the coefficient of a thing with itself",
        "other coefficients of the diagonal are 1",
    )
    assert one.doubted == one.subjects
    (other, _) = findings("A .85 .20", "B .20 .90", heading="A B")
    assert other.reason == "reliabilities may be printed there"
    assert kinds("A 1 .20", "B .20 1.2", heading="A B") == []  # the range is told by its own check
    assert kinds("A 1 .20", "B .20 -1", heading="A B") == [("out-of-range", Certainty.CERTAIN)]


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        (".20", ".21", False),
        (".20", ".22", True),
        (".2", ".25", False),
        (".2", ".26", True),
        (".21", ".20", False),
        (".20", "-.20", True),
    ],
)
def test_two_halves_agree_within_half_a_unit_of_each(one: str, other: str, told: bool) -> None:  # noqa: FBT001 - a column of the table
    outcome = findings(f"A 1 {one} .30", f"B {other} 1 .40", "C .30 .40 1")
    assert [each.name for each in outcome] == [f"{one} and {other} are one coefficient"] * told
    for each in outcome:
        assert (each.expected, each.slug) == ("the same in both halves of the matrix", "t/r1c2/r2c1")
        assert each.how == "'A' with 'B' is 'B' with 'A'."
        assert each.reason == "the other coefficients agree in both halves"


@pytest.mark.parametrize(("unlike", "several"), [(1, False), (3, False), (4, True)])
def test_halves_of_which_most_differ_are_of_two_samples(unlike: int, several: bool) -> None:  # noqa: FBT001 - a column of the table
    lower = [".10"] * unlike + [".30"] * (6 - unlike)
    rows = (
        "A 1 .30 .30 .30",
        f"B {lower[0]} 1 .30 .30",
        f"C {lower[1]} {lower[2]} 1 .30",
        f"D {lower[3]} {lower[4]} {lower[5]} 1",
    )
    outcome = findings(*rows, heading="A B C D")
    certainty = Certainty.POSSIBLE if several else Certainty.CERTAIN
    assert [(each.certainty, len(each.doubted)) for each in outcome] == [(certainty, 0 if several else 2)] * unlike
    assert {each.reason for each in outcome if several} <= {"the halves may be of two samples"}


def test_what_no_data_have_is_told_with_its_coefficients() -> None:
    # the eigenvalues of three things with -0.9 each, but for signs, are 1.9, 1.9 and 1 - 2·0.9
    (one,) = findings("A 1 .9 .9", "B .9 1 -.9", "C .9 -.9 1")
    assert one.name == "No data have these 3 coefficients at once"
    assert one.slug == "t/matrix"
    assert sorted(one.printed.replace(" and", ",").split(", ")) == ["-.9", ".9", ".9"]
    assert one.expected == "a matrix that is positive semi-definite within rounding"
    assert one.how.startswith("Its smallest eigenvalue is -0.800: ")
    assert all(f"'{name}'" in one.where for name in "ABC")


def test_each_half_of_two_samples_is_looked_at_by_itself() -> None:
    outcome = findings("A 1 .9 .9", "B .1 1 -.9", "C .1 .1 1")
    assert [each.slug for each in outcome if each.kind == "out-of-range"] == ["t/matrix-2"]
    outcome = findings("A 1 .1 .1", "B .9 1 .1", "C .9 -.9 1")
    assert [each.slug for each in outcome if each.kind == "out-of-range"] == ["t/matrix"]
    # one half alone would be possible, the coefficients of both together are not
    outcome = findings("A 1 .9 -", "B - 1 -.9", "C .9 - 1")
    assert [each.slug for each in outcome] == ["t/matrix"]


def test_coefficients_out_of_range_and_two_things_alone_say_nothing_more() -> None:
    assert kinds("A 1 .9 1.2", "B .9 1 -.9", "C 1.2 -.9 1") == []
    assert kinds("A 1 .9", "B .9 1", heading="A B") == []


@pytest.mark.parametrize(
    ("labels", "heading", "matrix"),
    [
        (("1._a", "2._b", "3._c"), "1 2 3", True),
        (("1)_a", "2)_b", "3)_c"), "(1) (2) (3)", True),
        (("1_a", "2_b", "3_c"), "1. 2. 3.", True),
        (("1", "2", "3"), "1 2 3", True),
        (("1a", "2b", "3c"), "1 2 3", False),
        (("1000_a", "2000_b", "3000_c"), "1000 2000 3000", False),
        (("a", "B", "c"), "A b C", True),
        (("a_x", "b_x", "c"), "A b C", False),
        (("a", "b", "c"), "a b d", True),  # the first may have no row, and the last no column
        (("a", "b", "c"), "a e d", False),
    ],
)
def test_rows_and_columns_name_the_same_things(labels: tuple[str, ...], heading: str, matrix: bool) -> None:  # noqa: FBT001 - a column of the table
    table = grid(
        f"{labels[0]} 1 .2 .3", f"{labels[1]} .2 1 .4", f"{labels[2]} .3 .4 1", heading=heading, measure=CORRELATION
    )
    assert (matrix_of(table) is not None) is matrix


def test_numbers_alone_need_the_form_of_a_matrix() -> None:
    def shown(*rows: str) -> bool:
        return matrix_of(grid(*rows, heading="1 2 3", measure=CORRELATION)) is not None

    assert shown("1._a - - -", "2._b .2 - -", "3._c .3 .4 -")
    assert shown("1._a - .2 .3", "2._b - - .4", "3._c - - -")
    assert not shown("1._a - .2 .3", "2._b .2 - .4", "3._c .3 .4 -")
    assert not shown("1._a .9 .2 .3", "2._b .2 1 .4", "3._c .3 .4 1")


def test_only_tables_about_as_wide_as_high_are_matrices() -> None:
    wide = grid("A 1 .9 .9 .9 .9", "B .9 1 -.9 .9 .9", "C .9 -.9 1 .9 .9", heading="A B C D E", measure=CORRELATION)
    assert matrix_of(wide) is None
    assert [each.kind for each in audit_tables([wide]).findings if each.name.startswith("No data")] == []


def test_a_thing_with_gaps_is_left_out_wherever_it_stands() -> None:
    rows = ("D 1 - - -", "A - 1 - -", "B - .9 1 -", "C .1 .9 -.9 1")
    (one,) = findings(*rows, heading="D A B C")
    assert len(one.subjects) == 3
    assert "'D'" not in one.where
