"""Estimates in words: a value with its interval, in units that people read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.planning.estimates import Estimate, Interval


def needs(each: Estimate) -> tuple[str, str, str]:
    """Return what an engine would need: time to load, memory, and disk, which may be none."""
    disk = bracket(each.disk, megabytes) if each.disk else "none"
    return bracket(each.load, seconds), bracket(each.memory, megabytes), disk


def bracket(interval: Interval, written: Callable[[float], str]) -> str:
    """Return the value and, in brackets, where four loads in five lie."""
    return f"{written(interval.value)} ({written(interval.low)} to {written(interval.high)})"


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
