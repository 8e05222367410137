"""The plan is the measured curve carried on: exact on a power law, honest about error and distance, and never a made-up price."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from kg.cli.plan import command
from kg.core.errors import InputError, QueryError
from kg.planning import Estimate, Interval, Measurement, advise, estimate, read_curve
from kg.planning.advice import Machine
from kg.planning.curve import fitted

if TYPE_CHECKING:
    from pathlib import Path

KG = [sys.executable, "-m", "kg"]
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)


def test_a_power_law_is_found_without_error() -> None:
    curve = fitted([(size, 3e-5 * size**1.1) for size in SIZES])
    assert curve is not None
    assert curve.slope == pytest.approx(1.1)
    assert curve.at(1e9) == pytest.approx(3e-5 * 1e9**1.1)
    assert curve.factor(1e9) == pytest.approx(1)


def test_the_interval_is_that_of_simple_linear_regression() -> None:
    # x = ln 1, ln e, ln e²; y = 0, 2, 1 gives slope 1/2, residual sum of squares 3/2, one degree of freedom; t(0.9; 1)
    # = 3.0777
    curve = fitted([(1, 1), (math.e, math.e**2), (math.e**2, math.e)])
    assert curve is not None
    assert curve.slope == pytest.approx(0.5)
    width = 3.0776835 * math.sqrt(1.5) * math.sqrt(1 + 1 / 3 + (3 - 1) ** 2 / 2)
    assert curve.factor(math.e**3) == pytest.approx(math.exp(width))


def test_the_interval_widens_with_the_distance_from_what_was_measured() -> None:
    curve = fitted([(size, size * wobble) for size, wobble in zip(SIZES, (1.0, 1.2, 0.9, 1.1), strict=True)])
    assert curve is not None
    assert curve.factor(1e6) < curve.factor(1e8) < curve.factor(1e10)


def test_too_few_points_give_no_curve() -> None:
    assert fitted([(10, 1), (100, 2)]) is None
    assert fitted([(10, 0), (100, 2), (1000, 3)]) is None


def measured(seconds_each: float, memory: float, disk: float) -> list[Measurement]:
    return [Measurement("oxigraph disk", n, n * seconds_each, n * memory, n * disk) for n in SIZES]


def test_estimates_say_how_far_they_are_carried_and_cost_only_what_a_price_says() -> None:
    (within,) = estimate(5e6, measured(1e-5, 2e-4, 3e-4))
    assert within.beyond <= 1
    assert within.load.value == pytest.approx(50)
    assert within.cost is None
    (beyond,) = estimate(1e9, measured(1e-5, 2e-4, 3e-4), price=0.5)
    assert beyond.beyond == pytest.approx(100)
    assert beyond.cost is not None
    assert beyond.cost.value == pytest.approx(1e4 / 3600 * 0.5)


def test_more_statements_are_never_estimated_to_need_less_than_was_measured() -> None:
    falling = [Measurement("odd", n, 1.0, need, 0) for n, need in zip(SIZES, (400, 300, 200, 300), strict=True)]
    (found,) = estimate(1e9, falling)
    assert found.memory.value >= 400
    assert found.disk is None


def test_what_is_needed_before_the_first_triple_does_not_bend_the_estimate_down() -> None:
    with_start = [Measurement("server", n, 20 + n * 1e-5, 300, 50 + n * 4e-5) for n in SIZES]
    (found,) = estimate(1e9, with_start)
    assert found.load.value >= 20 + 1e9 * 1e-5
    assert found.disk is not None
    assert found.disk.value >= 50 + 1e9 * 4e-5


def test_less_than_was_measured_is_estimated_to_need_what_the_least_needed() -> None:
    with_start = [Measurement("server", n, 20 + n * 1e-5, 300, 50 + n * 4e-5) for n in SIZES]
    assert estimate(1, with_start)[0].memory == estimate(10_000, with_start)[0].memory
    assert estimate(1, with_start)[0].load.value >= 20


def test_advice_names_what_is_in_the_way() -> None:
    def of(memory: float, load: float) -> Estimate:
        exact = Interval(1, 1, 1)
        return Estimate("oxigraph disk", Interval(load, load, load), Interval(memory, memory, memory), exact, None, 1)

    machine = Machine(memory=16_000, disk=100_000)
    assert advise(1e7, [of(1000, 60)], machine).sentence.startswith("Stay")
    heavy = advise(1e9, [of(32_000, 90_000)], machine)
    assert heavy.fits == {"oxigraph disk": "too much memory and load time"}
    assert heavy.sentence.startswith("Move")
    doubtful = Estimate("oxigraph disk", Interval(1, 2, 3), Interval(9_000, 12_000, 20_000), None, None, 1)
    assert advise(1e9, [doubtful], machine).fits == {"oxigraph disk": "may fit"}


def test_the_shipped_curve_reaches_ten_million_and_holds_the_embedded_engines() -> None:
    curve = read_curve()
    assert {"oxigraph disk", "oxigraph memory", "Virtuoso"} <= {each.engine for each in curve}
    assert max(each.triples for each in curve) > 9_000_000


def test_a_broken_curve_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "curve.csv"
    file.write_text("engine,triples,load_seconds,memory_mb,disk_mb\nx,1,2,3,4\nx,many,2,3,4\n", encoding="utf-8")
    with pytest.raises(InputError) as raised:
        read_curve(file)
    assert raised.value.problems[0].line == 3
    with pytest.raises(InputError):
        read_curve(tmp_path / "absent.csv")


def test_the_command_prints_a_table_and_the_same_as_json() -> None:
    table = subprocess.run([*KG, "plan", "--triples", "1e9"], capture_output=True, text=True, check=True).stdout
    assert table.startswith("1,000,000,000 triples; measured from ")
    assert "machine-hours" in table
    assert "far beyond" in table
    priced = [*KG, "plan", "--triples", "1e9", "--price-per-hour", "2", "-f", "json"]
    content = json.loads(subprocess.run(priced, capture_output=True, text=True, check=True).stdout)
    for engine in content["engines"]:
        assert engine["cost"]["value"] == pytest.approx(2 * engine["machine_hours"])
        assert engine["engine"] in table


@pytest.mark.parametrize("number", ["many", "0", "-5", "1e16", "1.5", "nan", "inf", ""])
def test_what_is_no_number_of_triples_is_refused(number: str) -> None:
    wrong = CliRunner().invoke(command, [f"--triples={number}"])
    assert isinstance(wrong.exception, QueryError)
    assert f"'{number}' is no number of triples" in str(wrong.exception)
    assert "from 1 to 1e15" in str(wrong.exception)


@pytest.mark.parametrize("price", ["-1", "nan", "inf", "many"])
def test_what_is_no_price_is_refused(price: str) -> None:
    wrong = CliRunner().invoke(command, ["--triples", "1e6", f"--price-per-hour={price}"])
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert "--price-per-hour" in wrong.stderr


def test_the_command_ends_with_2_where_the_number_is_wrong() -> None:
    wrong = subprocess.run([*KG, "plan", "--triples", "many"], capture_output=True, text=True, check=False)
    assert wrong.returncode == 2
    assert "is no number of triples" in wrong.stderr
