"""How many statements match a pattern, asked up to a limit: what tells a selective pattern from one that reads half the store."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from kg.sparql.nodes import TriplesSameSubject

if TYPE_CHECKING:
    from collections.abc import Sequence

Count = Callable[[TriplesSameSubject, int], int]

# Counting a statement costs a fraction of a microsecond, fetching the rest of a solution by it several: the largest limit keeps
# the counting below a tenth of what the query costs where no pattern turns out to be selective.
LIMITS: Final = (512, 8192, 32768)


def fewest(choices: Sequence[Sequence[TriplesSameSubject]], count: Count) -> int | None:
    """Gives the index of the choice whose patterns match the fewest statements together; None if all of them match many."""
    for limit in LIMITS:
        totals = [_total(patterns, count, limit) for patterns in choices]
        if min(totals) < limit:
            return totals.index(min(totals))
    return None


def _total(patterns: Sequence[TriplesSameSubject], count: Count, limit: int) -> int:
    total = 0
    for pattern in patterns:
        total += count(pattern, limit)
        if total >= limit:
            return limit
    return total
