"""What each measured engine would need to load a number of triples."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.planning.curve import fitted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.planning.curve import Measurement


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with the interval that a measurement would lie in four times out of five."""

    low: float
    value: float
    high: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """What one engine would need: seconds, megabytes, machine-hours times the price.

    ``disk`` is None for an engine that keeps everything in memory, ``cost`` where no price is known. ``beyond`` says
    how many times larger the graph is than the largest that was measured with the engine; at most 1 means that it lies
    within what was measured.
    """

    engine: str
    load: Interval
    memory: Interval
    disk: Interval | None
    cost: Interval | None
    beyond: float


def estimate(triples: float, measurements: Sequence[Measurement], price: float | None = None) -> list[Estimate]:
    """Return estimates for each engine that was measured at three sizes or more.

    ``price`` is for one hour of one machine.

    Below the smallest size that was measured it is what that one needed: every engine needs something before the first
    triple.
    """
    found = []
    for engine in dict.fromkeys(each.engine for each in measurements):
        mine = [each for each in measurements if each.engine == engine]
        loaded = max(triples, min(each.triples for each in mine))
        load = _interval([(each.triples, each.load_seconds) for each in mine], loaded, in_step=True)
        disk = _interval([(each.triples, each.disk_mb) for each in mine], loaded, in_step=True)
        memory = _interval([(each.triples, each.memory_mb) for each in mine], loaded, in_step=disk is None)
        if load is None or memory is None:
            continue
        cost = (
            None
            if price is None
            else Interval(*(seconds / 3600 * price for seconds in (load.low, load.value, load.high)))
        )
        found.append(Estimate(engine, load, memory, disk, cost, triples / max(each.triples for each in mine)))
    return found


def _interval(points: Sequence[tuple[float, float]], triples: float, *, in_step: bool) -> Interval | None:
    """Return the estimate of one need.

    One that grows ``in_step`` grows with each further triple as over the last measured stretch.

    What an engine needs before the first triple bends the line of the logarithms down at small sizes, and would promise
    too much at large ones; so beyond the largest measurement the line is raised to where straight growth leads.
    """
    curve = fitted(points)
    if curve is None:
        return None
    value, factor = curve.at(triples), curve.factor(triples)
    (before, lower), (last, upper) = sorted(points)[-2:]
    if triples > last:
        straight = upper + (max(upper - lower, 0.0) / (last - before) * (triples - last) if in_step else 0.0)
        value = max(value, straight)
    # No store needs less for more: the largest measurement below is the least that can be expected.
    least = max((measured for size, measured in points if size <= triples), default=0.0)
    high = value * factor if math.isfinite(factor) else math.inf
    return Interval(max(value / factor, least), max(value, least), max(high, least))
