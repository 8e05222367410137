from __future__ import annotations

import pytest

from kg.evidence.statistics import level, p_value

# Critical values of the product-moment correlation for 45 degrees of freedom, two-sided (Fisher and Yates, table VII):
# 10 % 0.2429, 5 % 0.2875, 1 % 0.3721.
CRITICAL = [(0.2429, 0.10), (0.2876, 0.05), (0.3721, 0.01)]


@pytest.mark.parametrize(("coefficient", "p"), CRITICAL)
def test_the_critical_values_of_the_tables_have_their_p(coefficient: float, p: float) -> None:
    assert p_value(coefficient, 47) == pytest.approx(p, abs=0.0005)
    assert p_value(-coefficient, 47) == pytest.approx(p, abs=0.0005)


def test_no_correlation_has_p_one_and_a_perfect_one_has_p_zero() -> None:
    assert p_value(0, 47) == 1
    assert p_value(1, 47) == 0


@pytest.mark.parametrize(
    ("p", "name"), [(0.009, "one-percent"), (0.05, "five-percent"), (0.0999, "ten-percent"), (0.11, "not-significant")]
)
def test_the_strictest_level_is_named(p: float, name: str) -> None:
    assert level(p) == name


@pytest.mark.parametrize(("coefficient", "size"), [(1.2, 47), (-1.01, 47), (0.3, 2)])
def test_what_cannot_be_a_correlation_is_refused(coefficient: float, size: int) -> None:
    with pytest.raises(ValueError, match=r"correlation|p-value"):
        p_value(coefficient, size)
