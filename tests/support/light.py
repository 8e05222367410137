"""What ``make check`` leaves out of the tests: the slow ones, and most cases of those that have many.

Which are slow is measured, not felt: ``pytest --write-slow`` measures the processor time of each test, its own and that
of the processes it starts, and lists in ``tests/slow.txt`` those that took more than SECONDS. Tests marked ``slow`` and
those that need a server or a Java runtime (``tests/conftest.py``) are slow too.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from nightly import sample

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pytest

SECONDS: Final = 0.3
CASES: Final = 3  # of each test
SLOW: Final = Path(__file__).resolve().parent.parent / "slow.txt"
HEADER: Final = f"# Tests that take more than {SECONDS} seconds of processor time. Written by: pytest --write-slow"


def processor_time() -> float:
    """Return the seconds of processor time that this process and the processes that it has waited for have used."""
    return sum(os.times()[:4])


def listed() -> frozenset[str]:
    """Return the names of the tests that were slow when they were last measured."""
    lines = SLOW.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def write(times: Iterable[tuple[str, float]]) -> None:
    """List the tests that took too long."""
    slow = sorted(name for name, seconds in times if seconds > SECONDS)
    SLOW.write_text("\n".join([HEADER, *slow, ""]), encoding="utf-8")


def taken(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Return the tests that are not slow, CASES of each that has more, drawn by seed."""
    cases: dict[str, list[pytest.Item]] = {}
    for item in items:
        if item.get_closest_marker("slow") is None:
            cases.setdefault(item.nodeid.partition("[")[0], []).append(item)
    chosen = {item.nodeid for group in cases.values() for item in sample(group, CASES)}
    return [item for item in items if item.nodeid in chosen]
