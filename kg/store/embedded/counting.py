"""How many statements of an embedded store match a pattern: counted up to a limit, within a budget, and remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import QuerySolutions

if TYPE_CHECKING:
    from pyoxigraph import Store

    from kg.sparql import TriplesSameSubject


class Counts:
    """What is known of a store that does not change meanwhile."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, tuple[int, int]] = {}

    def within(self, budget: int) -> Counting:
        """Return what counts so many statements at most, all patterns together."""
        return Counting(self, budget)

    def known(self, text: str, limit: int) -> int | None:
        """Return a count that needs no asking."""
        found, counted_to = self._known.get(text, (0, 0))
        return min(found, limit) if found < counted_to or limit <= counted_to else None

    def ask(self, text: str, limit: int) -> int:
        """Count, and remember."""
        answer = self._store.query(
            f"SELECT (COUNT(*) AS ?n) {{ SELECT * {text} LIMIT {limit} }}", use_default_graph_as_union=True
        )
        found = int(next(answer)[0].value) if isinstance(answer, QuerySolutions) else 0
        self._known[text] = found, limit
        return found


class Counting:
    """Count for one query; ``declined`` says whether the budget was too small for something."""

    def __init__(self, counts: Counts, budget: int) -> None:
        self._counts = counts
        self._left = budget
        self.declined = False

    def __call__(self, pattern: TriplesSameSubject, limit: int) -> int | None:
        """Return how many statements match a triple, counted up to a limit.

        None where that may cost more than is left.
        """
        from kg.sparql.nodes import Group, TriplesBlock
        from kg.sparql.tree import NOWHERE
        from kg.sparql.writing import QueryWriter

        text = QueryWriter({}).group(Group(NOWHERE, (TriplesBlock(NOWHERE, (pattern,)),)))
        known = self._counts.known(text, limit)
        if known is not None:
            return known
        if limit > self._left:
            self.declined = True
            return None
        found = self._counts.ask(text, limit)
        self._left -= found
        return found
