"""How far a long load is: rows, rate and time left."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_MINUTE: Final = 60


def counted(count: int, word: str) -> str:
    """Return a number with its word: ``1 row``, ``2,000 rows``."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"


class Progress:
    """Tells a listener, at most every ``pause`` seconds, how many of ``total`` (0: unknown) units are done."""

    def __init__(self, tell: Callable[[str], None], unit: str, *, total: int = 0, pause: float = 1.0) -> None:
        self._tell = tell
        self._unit = unit
        self._total = total
        self._pause = pause
        self._started = self._told = time.monotonic()
        self._at_start = 0
        self.done = 0

    def begin_at(self, done: int) -> None:
        """Say that so much was done by an earlier run, which says nothing of the rate."""
        self.done = self._at_start = done

    def step(self, count: int) -> None:
        """Add what is done."""
        self.done += count
        now = time.monotonic()
        if now - self._told >= self._pause:
            self._told = now
            self._tell(self.line(now - self._started))

    def line(self, seconds: float) -> str:
        """Return the line after so many seconds."""
        rate = (self.done - self._at_start) / seconds if seconds else 0.0
        if not self._total:
            return f"{self.done:,} {self._unit}, {rate:,.0f} a second"
        left = (self._total - self.done) / rate if rate else 0.0
        shown = f"{left / _MINUTE:.0f} min" if left > 2 * _MINUTE else f"{left:.0f} s"
        return f"{self.done:,} of {self._total:,} {self._unit}, {rate:,.0f} a second, {shown} left"
