"""The measured curve: what ``benchmarks/stores/run.py`` wrote into ``curve.csv``, and a straight line through it in logarithms."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kg.core.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

CURVE: Final = Path(__file__).with_name("curve.csv")
COVERAGE: Final = 0.8
_FEWEST: Final = 3


@dataclass(frozen=True, slots=True)
class Measurement:
    """One load: seconds, and megabytes of memory at the peak and of disk after it (0 where the engine keeps nothing on disk)."""

    engine: str
    triples: int
    load_seconds: float
    memory_mb: float
    disk_mb: float


@dataclass(frozen=True, slots=True)
class Curve:
    """A power law: the least-squares line through the logarithms of sizes and values.

    ``error`` is the standard error of a logarithm about the line; ``centre`` and ``spread`` are the mean of the
    measured logarithms of size and the sum of their squared deviations, on which the error of a prediction depends.
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

        The prediction interval of simple linear regression, with Student's t for as many points (Draper and Smith,
        Applied Regression Analysis, section 1.4); it widens with the distance from what was measured.
        """
        from scipy.special import stdtrit

        freedom = self.points - 2
        distance = (math.log(triples) - self.centre) ** 2 / self.spread
        return math.exp(
            float(stdtrit(freedom, 0.5 + COVERAGE / 2)) * self.error * math.sqrt(1 + 1 / self.points + distance)
        )


def fitted(points: Sequence[tuple[float, float]]) -> Curve | None:
    """Return the curve through pairs of size and value.

    None if there are too few to tell its error, or a value is 0.
    """
    if len(points) < _FEWEST or any(value <= 0 for _, value in points):
        return None
    xs, ys = ([math.log(pair[i]) for pair in points] for i in (0, 1))
    centre, middle = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - centre) ** 2 for x in xs)
    slope = sum((x - centre) * (y - middle) for x, y in zip(xs, ys, strict=True)) / spread
    intercept = middle - slope * centre
    squares = sum((y - intercept - slope * x) ** 2 for x, y in zip(xs, ys, strict=True))
    return Curve(intercept, slope, math.sqrt(squares / (len(xs) - 2)), len(xs), centre, spread)


def read_curve(path: Path = CURVE) -> list[Measurement]:
    """Read measurements.

    Raises:
        InputError: the file is not there, or a line is not a measurement.

    """
    found = []
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for number, row in enumerate(csv.DictReader(file), start=2):
                try:
                    values = (float(row["load_seconds"]), float(row["memory_mb"]), float(row["disk_mb"]))
                    found.append(Measurement(row["engine"], int(row["triples"]), *values))
                except (KeyError, TypeError, ValueError) as error:
                    expected = "engine,triples,load_seconds,memory_mb,disk_mb"
                    raise InputError([Problem(str(path), number, 1, f"no measurement: {error}", expected)]) from error
    except OSError as error:
        raise InputError([Problem(str(path), 0, 0, f"cannot be read: {error.strerror}")]) from error
    return found
