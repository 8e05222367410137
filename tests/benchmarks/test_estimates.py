"""Estimates carry the measured loads on: exact on a power law, honest about error and distance."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import pytest

STORES = Path(__file__).parents[2] / "benchmarks" / "stores"
sys.path.insert(0, str(STORES))

import estimates  # noqa: E402
import records  # noqa: E402

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)


def run(triples: int, load: float, peak: float, disk: float) -> records.Run:
    return records.Run(triples, "server", "2026-11-21", "", load, 0, 0, peak, disk, {})


def test_a_power_law_is_found_without_error() -> None:
    curve = estimates.fitted([(size, 3e-5 * size**1.1) for size in SIZES])
    assert curve is not None
    assert curve.slope == pytest.approx(1.1)
    assert curve.at(1e9) == pytest.approx(3e-5 * 1e9**1.1)
    assert curve.factor(1e9) == pytest.approx(1)


def test_the_interval_is_that_of_simple_linear_regression() -> None:
    # x = 0, 1, 2; y = 0, 2, 1: slope 1/2, residual sum of squares 3/2, one degree of freedom, t(0.9; 1) = 3.0777
    curve = estimates.fitted([(1, 1), (math.e, math.e**2), (math.e**2, math.e)])
    assert curve is not None
    assert curve.slope == pytest.approx(0.5)
    width = 3.0776835 * math.sqrt(1.5) * math.sqrt(1 + 1 / 3 + (3 - 1) ** 2 / 2)
    assert curve.factor(math.e**3) == pytest.approx(math.exp(width))


def test_too_few_points_give_no_curve() -> None:
    assert estimates.fitted([(10, 1), (100, 2)]) is None
    assert estimates.fitted([(10, 0), (100, 2), (1000, 3)]) is None


def test_more_statements_are_never_estimated_to_need_less_than_was_measured() -> None:
    falling = [run(size, 1.0, need, 0) for size, need in zip(SIZES, (400, 300, 200, 300), strict=True)]
    (estimate,) = estimates.estimate(1e9, falling)
    assert estimate.memory.value >= 400
    assert estimate.disk is None


def test_what_is_needed_before_the_first_triple_does_not_bend_the_estimate_down() -> None:
    with_start = [run(size, 20 + size * 1e-5, 300, 50 + size * 4e-5) for size in SIZES]
    (estimate,) = estimates.estimate(1e9, with_start)
    assert estimate.load.value >= 20 + 1e9 * 1e-5
    assert estimate.disk is not None
    assert estimate.disk.value >= 50 + 1e9 * 4e-5
    assert estimates.estimate(1, with_start) == estimates.estimate(10_000, with_start)


def test_the_page_on_scale_shows_the_tables_that_the_kept_figures_give() -> None:
    page = (STORES.parents[1] / "docs" / "explanation" / "scale.md").read_text(encoding="utf-8")
    runs = records.read(STORES / "results.json")
    tables = [estimates.measured_table(runs), *(estimates.estimated_table(size, runs) for size in (1e8, 1e9, 1e10))]
    assert all(tables)
    assert [table for table in tables if table not in page] == []
