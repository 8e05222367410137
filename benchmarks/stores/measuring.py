"""How one question is asked again and again, in one way or in two ways in turn, and what is kept of it."""

from __future__ import annotations

import gc
import hashlib
import json
import re
import statistics
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Rows = Sequence[tuple[object, ...]]
    Ask = Callable[[str], Rows]

LEAST: Final = 3.0  # seconds that each way is asked for in all
ROUNDS: Final = 3  # and at least so many rounds
MOST: Final = 20.0  # and no further round after so many seconds in all
PERCEPTIBLE: Final = 1.0  # seconds after which it is told that answers come, so that the deadline is that of one answer
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def measured(ask: dict[str, Ask], text: str, ways: Sequence[str], settle: Callable[[str], None]) -> dict[str, object]:
    """Time each way once, then in rounds.

    A round runs one way, the other way twice, and the first again, so that no way has the better place.

    ``settle`` does what makes a way as it will be from then on. Times are in milliseconds.
    """
    found: dict[str, Rows] = {}
    told = time.perf_counter()

    def once(way: str) -> float:
        nonlocal told
        start = time.perf_counter()
        rows = ask[way](text)
        end = time.perf_counter()
        found[way] = rows
        if end - told > PERCEPTIBLE:
            print(json.dumps({"answered": way}), flush=True)
            told = end
        return 1000 * (end - start)

    first = {way: once(way) for way in ways}
    start = time.perf_counter()
    settle(text)
    settled = 1000 * (time.perf_counter() - start)
    gc.collect()
    gc.disable()
    times = _rounds(once, ways)
    gc.enable()
    answer: dict[str, object] = {
        way: {
            "first": first[way],
            "median": statistics.median(times[way]),
            "times": len(times[way]),
            "rows": len(found[way]),
            "digest": digest(found[way]),
        }
        for way in ways
    }
    if len(ways) > 1:
        one, other = ways
        answer["ratio"] = _quartiles([a / b for a, b in zip(times[one], times[other], strict=True)])
        answer["settled"] = settled
    return answer


def _rounds(once: Callable[[str], float], ways: Sequence[str]) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {way: [] for way in ways}
    rounds = 0
    while rounds < ROUNDS or not _enough(times):
        for way in (*ways, *reversed(ways)):
            times[way].append(once(way))
        rounds += 1
    return times


def _enough(times: dict[str, list[float]]) -> bool:
    seconds = [sum(each) / 1000 for each in times.values()]
    return min(seconds) >= LEAST or sum(seconds) >= MOST


def _quartiles(values: list[float]) -> list[float]:
    return statistics.quantiles(values, n=4, method="inclusive")


def digest(rows: Iterable[tuple[object, ...]]) -> str:
    """Return a short digest of rows in any order."""
    lines = sorted("\t".join(map(_plain, row)) for row in rows)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]


def _plain(term: object) -> str:
    """Return a term in the one form that all engines can give: IRIs and texts as they are, numbers to six digits."""
    text = str(
        getattr(term, "iri", None)
        or getattr(term, "value", None)
        or (term[0] if isinstance(term, list | tuple) else term)
    )
    text = re.sub(r'^<(.*)>$|^"(.*)"(?:@\w+)?$', lambda match: match[1] or match[2], text)
    return f"{float(text):.6g}" if _NUMBER.fullmatch(text) else text
