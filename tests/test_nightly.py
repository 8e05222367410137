"""A sample leaves out no kind, and nothing at night."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nightly
import pytest
from hypothesis import settings
from nightly import examples, sample

if TYPE_CHECKING:
    from collections.abc import Iterator

NUMBERS = range(1000)


@pytest.fixture(params=["check", "ci", "nightly"])
def profile(request: pytest.FixtureRequest) -> Iterator[str]:
    before = settings.get_current_profile_name()
    settings.load_profile(request.param)
    yield request.param
    settings.load_profile(before)


@pytest.fixture(autouse=True)
def _by_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nightly, "NIGHTLY", False)


def test_a_sample_has_its_size_and_keeps_the_order() -> None:
    drawn = sample(NUMBERS, 50)
    assert len(drawn) == len(set(drawn)) == 50
    assert sorted(drawn) == drawn
    assert sample(NUMBERS, 50) == drawn


def test_a_sample_holds_one_of_each_kind_however_many_there_are() -> None:
    assert {number // 10 for number in sample(NUMBERS, 20, kind=lambda number: number // 10)} == set(range(100))
    assert len(sample(NUMBERS, 150, kind=lambda number: number // 10)) == 150


def test_at_night_and_where_there_are_few_a_sample_is_all(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sample(NUMBERS, 1000) == list(NUMBERS)
    monkeypatch.setattr(nightly, "NIGHTLY", True)
    assert sample(NUMBERS, 50) == list(NUMBERS)


def test_a_profile_scales_what_a_test_generates(profile: str) -> None:
    assert examples(200) == {"check": 20, "ci": 200, "nightly": 2000}[profile]
