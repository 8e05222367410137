"""What loads measured at several sizes let one expect at a larger size: the tables of ``docs/explanation/scale.md``.

Run::

    python benchmarks/stores/estimates.py          # the measured table, from results.json
    python benchmarks/stores/estimates.py 1e9      # and what each engine would need for 1e9 statements

An estimate is the least-squares line through the logarithms of size and need, with its 80 % prediction interval.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import records

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from records import Run

COVERAGE: Final = 0.8
_FEWEST: Final = 3


class Curve(NamedTuple):
    """A power law: the least-squares line through the logarithms of sizes and values.

    ``error`` is the standard error of a logarithm about the line; ``centre`` and ``spread`` are the mean of the
    measured logarithms of size and the sum of their squared deviations.
    """

    intercept: float
    slope: float
    error: float
    points: int
    centre: float
    spread: float

    def at(self, triples: float) -> float:
        """Return the value on the line."""
        return math.exp(self.intercept + self.slope * math.log(triples))

    def factor(self, triples: float) -> float:
        """Return the factor up and down within which a new measurement lies with a probability of ``COVERAGE``.

        This is the prediction interval of simple linear regression, with Student's t for as many points.
        """
        from scipy.special import stdtrit

        distance = (math.log(triples) - self.centre) ** 2 / self.spread
        quantile = float(stdtrit(self.points - 2, 0.5 + COVERAGE / 2))
        return math.exp(quantile * self.error * math.sqrt(1 + 1 / self.points + distance))


class Interval(NamedTuple):
    """An estimate with the interval that four measurements in five would lie in."""

    low: float
    value: float
    high: float


class Estimate(NamedTuple):
    """What one engine would need: seconds and megabytes; ``disk`` is None for an engine that works in memory."""

    engine: str
    load: Interval
    memory: Interval
    disk: Interval | None


def fitted(points: Sequence[tuple[float, float]]) -> Curve | None:
    """Return the curve through pairs of size and value; None for too few points, or if a value is 0."""
    if len(points) < _FEWEST or any(value <= 0 for _, value in points):
        return None
    xs, ys = ([math.log(pair[i]) for pair in points] for i in (0, 1))
    centre, middle = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - centre) ** 2 for x in xs)
    slope = sum((x - centre) * (y - middle) for x, y in zip(xs, ys, strict=True)) / spread
    intercept = middle - slope * centre
    squares = sum((y - intercept - slope * x) ** 2 for x, y in zip(xs, ys, strict=True))
    return Curve(intercept, slope, math.sqrt(squares / (len(xs) - 2)), len(xs), centre, spread)


def estimate(triples: float, runs: Sequence[Run]) -> list[Estimate]:
    """Return an estimate for each engine that was measured at three sizes or more.

    Below the smallest measured size it is what that size needed: every engine needs something before the first triple.
    """
    estimates = []
    for engine in dict.fromkeys(run.engine for run in runs):
        measured = [run for run in runs if run.engine == engine]
        size = max(triples, min(run.triples for run in measured))
        load = _interval([(run.triples, run.load) for run in measured], size, grows=True)
        disk = _interval([(run.triples, run.disk) for run in measured], size, grows=True)
        memory = _interval([(run.triples, run.peak) for run in measured], size, grows=disk is None)
        if load is not None and memory is not None:
            estimates.append(Estimate(engine, load, memory, disk))
    return estimates


def _interval(points: Sequence[tuple[float, float]], triples: float, *, grows: bool) -> Interval | None:
    """Return the estimate of one need; one that ``grows`` never grows slower than over the last measured stretch.

    What an engine needs before the first triple bends the line of the logarithms down at small sizes, and would promise
    too much at large ones.
    """
    curve = fitted(points)
    if curve is None:
        return None
    value, factor = curve.at(triples), curve.factor(triples)
    (before, lower), (last, upper) = sorted(points)[-2:]
    if triples > last:
        straight = upper + (max(upper - lower, 0.0) / (last - before) * (triples - last) if grows else 0.0)
        value = max(value, straight)
    # No store needs less for more: the largest measurement below is the least that can be expected.
    least = max((measured for size, measured in points if size <= triples), default=0.0)
    return Interval(max(value / factor, least), max(value, least), max(value * factor, least))


def measured_table(runs: Sequence[Run]) -> str:
    """Return time, memory and disk of each engine at each size as a Markdown table."""
    sizes = sorted({run.triples for run in runs})
    by_place = {(run.engine, run.triples): run for run in runs}
    rows = []
    for engine in dict.fromkeys(run.engine for run in runs):
        cells = []
        for size in sizes:
            run = by_place.get((engine, size))
            needs = (
                [seconds(run.load), megabytes(run.peak), *([megabytes(run.disk)] if run.disk else [])] if run else []
            )
            cells.append(", ".join(needs))
        rows.append([engine, *cells])
    return _table(["engine", *(f"{size:,}" for size in sizes)], rows)


def estimated_table(triples: float, runs: Sequence[Run]) -> str:
    """Return what each engine would need as a Markdown table."""
    rows = [
        [each.engine, _written(each.load, seconds), _written(each.memory, megabytes), _disk(each.disk)]
        for each in estimate(triples, runs)
    ]
    return _table(["engine", "load time", "memory", "disk"], rows)


def seconds(value: float) -> str:
    """Return a time in the largest unit of which it has two."""
    for unit, size in (("days", 86400), ("h", 3600), ("min", 60)):
        if value >= 2 * size:
            return f"{value / size:,.3g} {unit}"
    return f"{value:.3g} s"


def megabytes(value: float) -> str:
    """Return a number of megabytes in the largest unit of which it has one."""
    for unit, size in (("TB", 1e6), ("GB", 1e3)):
        if value >= size:
            return f"{value / size:,.3g} {unit}"
    return f"{value:.3g} MB"


def _disk(interval: Interval | None) -> str:
    return _written(interval, megabytes) if interval else "none"


def _written(interval: Interval, unit: Callable[[float], str]) -> str:
    return f"{unit(interval.value)} ({unit(interval.low)} to {unit(interval.high)})"


def _table(head: list[str], rows: list[list[str]]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, ["---"] * len(head), *rows))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("triples", nargs="*", type=float)
    runs = records.read(Path(__file__).with_name("results.json"))
    print(measured_table(runs))
    for triples in parser.parse_args().triples:
        print(f"At {triples:,.0f} statements:\n")
        print(estimated_table(triples, runs))


if __name__ == "__main__":
    main()
