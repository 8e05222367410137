"""A sample leaves out no kind, and nothing at night."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import light
import nightly
import pytest
from hypothesis import settings
from nightly import examples, sample

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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


def test_the_tests_listed_as_slow_are_there() -> None:
    names = {name.partition("[")[0] for name in light.listed()}
    assert names
    gone = []
    for name in names:
        path, _, function = name.partition("::")
        file = light.SLOW.parent.parent / path
        if not file.is_file() or f"def {function.rpartition('::')[2]}(" not in file.read_text(encoding="utf-8"):
            gone.append(name)
    assert gone == [], "run: pytest --write-slow"


@dataclass(frozen=True)
class Case:
    """What a light run looks at in a collected test."""

    nodeid: str
    slow: bool = False

    def get_closest_marker(self, name: str) -> str | None:
        return name if self.slow else None


def test_a_light_run_takes_no_slow_test_and_a_few_cases_of_each_other() -> None:
    many = [Case(f"a::many[{number}]") for number in range(50)]
    few = [Case(f"a::few[{number}]") for number in range(light.CASES)]
    items = [*many, Case("a::slow", slow=True), Case("a::few[slow]", slow=True), *few, Case("b::many")]
    taken = light.taken(items)
    assert len(set(taken) & set(many)) == light.CASES
    assert [item for item in taken if item not in many] == [*few, Case("b::many")]


def test_what_took_too_long_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(light, "SLOW", tmp_path / "slow.txt")
    light.write([("b::test[1]", light.SECONDS + 0.01), ("a::test", 9.0), ("c::test", light.SECONDS)])
    assert light.listed() == {"a::test", "b::test[1]"}
