"""How many statements match a pattern, asked up to a limit: what tells a selective pattern from one that reads half the store."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from kg.sparql.nodes import TriplesSameSubject

if TYPE_CHECKING:
    from collections.abc import Sequence

Count = Callable[[TriplesSameSubject, int], int | None]
"""Return how many statements match a triple, counted up to a limit; None where that would cost too much."""

# Counting a statement costs a fraction of a microsecond, fetching the rest of a solution by it several: counting to the
# limit at which one pattern turns out to be selective costs a fraction of what the query does, and where none does, the
# last limit bounds it.
LIMITS: Final = (512, 2048, 8192, 32768, 131_072)


def fewest(choices: Sequence[Sequence[TriplesSameSubject]], count: Count) -> int | None:
    """Return the index of the choice whose patterns match the fewest statements together; None if that is not known."""
    for limit in LIMITS:
        totals = []
        for patterns in choices:
            total = _total(patterns, count, limit)
            if total is None:
                return None
            totals.append(total)
        if min(totals) < limit:
            return totals.index(min(totals))
    return None


def _total(patterns: Sequence[TriplesSameSubject], count: Count, limit: int) -> int | None:
    total = 0
    for pattern in patterns:
        found = count(pattern, limit)
        if found is None:
            return None
        total += found
        if total >= limit:
            return limit
    return total
