"""The computations behind an audit, against values worked out by hand and against SciPy."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode
from scipy.stats import false_discovery_control, pearsonr

from kg.evidence.audit import Cell, Certainty, Table, audit_tables
from kg.evidence.audit.checks.figures import DOWN, NEAREST, UP, Rule, feasible_counts
from kg.evidence.audit.checks.things import distance, variants
from kg.evidence.statistics import benjamini_hochberg, bonferroni, p_value


def test_eight_per_cent_is_no_share_of_47() -> None:
    # 3/47 = 6.38 %, 4/47 = 8.51 %
    assert list(feasible_counts(Decimal(8), Decimal(1), 47, NEAREST)) == []
    assert list(feasible_counts(Decimal(9), Decimal(1), 47, NEAREST)) == [4]
    assert list(feasible_counts(Decimal(8), Decimal(1), 47, DOWN)) == [4]


def test_a_half_counts_for_both_of_its_neighbours() -> None:
    # 21/40 = 52.5 %
    assert list(feasible_counts(Decimal(52), Decimal(1), 40, NEAREST)) == [21]
    assert list(feasible_counts(Decimal(53), Decimal(1), 40, NEAREST)) == [21]
    assert list(feasible_counts(Decimal(53), Decimal(1), 40, DOWN)) == []


@pytest.mark.parametrize(
    ("printed", "size", "rule", "counts"),
    [
        # of 100: 33 % is 33 or what lies short of 34 when the rest is cut off, and more than 32 when rounded up
        (33, 100, DOWN, [33]),
        (33, 100, UP, [33]),
        # of 200: 65 are 32.5 %, 66 are 33 %, 67 are 33.5 %
        (33, 200, NEAREST, [65, 66, 67]),
        (33, 200, DOWN, [66, 67]),
        (33, 200, UP, [65, 66]),
        # nobody and everybody; 100 % of 200 rounded up is more than 198, 0 % cut off is less than 2
        (0, 200, DOWN, [0, 1]),
        (0, 200, UP, [0]),
        (0, 200, NEAREST, [0, 1]),
        (100, 200, UP, [199, 200]),
        (100, 200, DOWN, [200]),
        (100, 200, NEAREST, [199, 200]),
        (101, 100, NEAREST, []),
    ],
)
def test_the_borders_of_a_printed_share_belong_to_it_as_the_rule_says(
    printed: int, size: int, rule: Rule, counts: list[int]
) -> None:
    assert list(feasible_counts(Decimal(printed), Decimal(1), size, rule)) == counts


@given(st.integers(1, 2000), st.data(), st.integers(0, 2))
def test_the_count_that_a_share_was_made_from_is_among_the_feasible_ones(
    size: int, data: st.DataObject, digits: int
) -> None:
    count = data.draw(st.integers(0, size))
    scaled = Fraction(100 * count, size) * 10**digits
    down = scaled.numerator // scaled.denominator
    step = Decimal(1).scaleb(-digits)
    nearest = down + (scaled - down >= Fraction(1, 2))
    up = down + (scaled != down)
    for whole, rule in ((nearest, NEAREST), (down, DOWN), (up, UP)):
        assert count in feasible_counts(Decimal(whole).scaleb(-digits), step, size, rule)


def test_corrections_agree_with_scipy() -> None:
    random = Random(3)  # noqa: S311 - made-up data
    for count in (2, 7, 51):
        values = [random.random() ** 2 for _ in range(count)]
        assert benjamini_hochberg(values) == pytest.approx(list(false_discovery_control(values, method="bh")))
    assert bonferroni([0.01, 0.4, 0.5]) == pytest.approx([0.03, 1.0, 1.0])


def test_the_p_value_agrees_with_scipy_on_data() -> None:
    random = Random(5)  # noqa: S311 - made-up data
    for size in (5, 30, 200):
        one = [random.gauss(0, 1) for _ in range(size)]
        two = [value + random.gauss(0, 2) for value in one]
        result = pearsonr(one, two)
        assert p_value(float(result.statistic), size) == pytest.approx(float(result.pvalue))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("fumio", "humio", 1),
        ("kirihata", "kirihsata", 1),
        ("form", "from", 1),
        ("schoemak", "schoemaker", 2),
        ("abc", "xyz", 3),
    ],
)
def test_letters_added_left_out_changed_or_swapped_are_counted(one: str, other: str, expected: int) -> None:
    assert distance(one, other) == distance(other, one) == expected


@pytest.mark.parametrize(
    "pair",
    [
        ("Data Control Limited", "Data Control"),
        ("Dr. A. Brown", "A. Brown"),
        ("IBM", "IBN"),
        ("Alliance 86", "Alliance 87"),
        ("Ann Lee", "Anna Lehmann"),
    ],
)
def test_names_that_do_not_differ_by_a_slip(pair: tuple[str, str]) -> None:
    assert variants(*pair) is None


@pytest.mark.parametrize(
    ("one", "other", "pair"),
    [
        ("Ada Mayer", "Ada Meyar", ("mayer", "meyar")),  # two letters in words of five
        ("Ada Maye", "Ada Meya", None),  # one in words of four
        ("Ada Maye", "Ada Meye", ("maye", "meye")),
        ("Maye", "Meye", ("maye", "meye")),
        ("Mayer", "Meyer", ("mayer", "meyer")),
        ("May", "Mey", None),  # a short word alone is too little
        ("Mayer", "", None),
    ],
)
def test_a_slip_is_of_as_many_letters_as_the_word_allows(one: str, other: str, pair: tuple[str, str] | None) -> None:
    assert variants(one, other) == pair


def correlations(*printed: str, size: int | None = 47) -> Table:
    levels = {"": 1.0, "*": 0.10, "**": 0.05, "***": 0.01}
    cells = []
    for row, text in enumerate(printed, 1):
        bare = text.rstrip("*")
        stars = text[len(bare) :]
        cells.append(
            Cell(
                node=NamedNode(f"https://example.org/o/{row}"),
                row=row,
                column=1,
                row_label=f"practice {row}",
                column_label="outcome",
                printed=text,
                value=Decimal(bare),
                measure="correlation",
                size=size,
                stars=stars,
                level=levels[stars],
            )
        )
    return Table(node=NamedNode("https://example.org/t"), name="t", document="d", cells=tuple(cells), levels=levels)


def test_critical_coefficients_for_47_pairs() -> None:
    # two-sided limits of Student's t with 45 degrees of freedom: 1.6794, 2.0141 and 2.6896, so r = 0.2429, 0.2876 and
    # 0.3722
    assert (
        audit_tables(
            [correlations("0.242", "0.244*", "0.287*", "0.288**", "0.371**", "0.373***", "-0.400***")]
        ).findings
        == ()
    )


def test_a_mark_that_larger_coefficients_do_not_bear_is_certainly_wrong() -> None:
    (found,) = audit_tables([correlations("0.163*", "0.240", "0.478***")]).findings
    assert (found.printed, found.certainty) == ("0.163*, that is '*' (10%)", Certainty.CERTAIN)
    # 0.1635 reaches 10 % with 103 pairs and 0.1625 reaches 5 % with 147
    assert "holds for 103 to 146 pairs" in found.how


def test_a_mark_that_is_too_weak_is_possible_with_fewer_pairs() -> None:
    (found,) = audit_tables([correlations("0.379**", "0.1")]).findings
    assert (found.expected, found.certainty) == ("'***' (1%)", Certainty.POSSIBLE)


def test_without_a_sample_size_marks_are_held_against_the_order_of_coefficients() -> None:
    findings = audit_tables([correlations("0.10*", "0.30", "0.35", "0.50**", "0.05", size=None)]).findings
    assert [found.name for found in findings if found.kind == "significance-mismatch"] == [
        "0.10* bears a stronger mark than 0.35"
    ]
