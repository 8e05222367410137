"""Rewrite queries in front of the embedded engine, where the store is large enough to gain.

Only texts that may hold a form that gains are parsed. `Counts` counts how many statements match a pattern, up to a
limit and within a budget, and remembers the counts. A small store answers faster than a query is parsed, so there
nothing is read twice.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Final

from pyoxigraph import QuerySolutions

if TYPE_CHECKING:
    from pyoxigraph import Store

    from kg.sparql import TriplesSameSubject


class Counts:
    """The counts of patterns in a store that does not change, each counted once."""

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
        from kg.sparql.nodes import NOWHERE, Group, TriplesBlock
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


# Below this number of statements, more than the shipped graph has, the worst of these forms takes about a second; above
# it, the time grows with the square.
SMALLEST: Final = 100_000
# How many statements may be counted for a text when it is asked the first time, the second and the third, each a
# fraction of a microsecond: some milliseconds at first, more for what is asked again and matches too many statements to
# be judged by a few.
BUDGETS: Final = (24_000, 160_000, 600_000)
_REMEMBERED: Final = 256
_FILTERS: Final = re.compile(r"\bEXISTS\b|\bFILTER\b(?:(?!\bFILTER\b)[^{}])*(?:\bIN\b|=|\bsameTerm\b)", re.IGNORECASE)
_OBJECT: Final = re.compile(r"""[>\w]\s+(?!a\s)(?:<[^<>\s]*>|[\w-]*:[\w./-]*[\w/-]|"[^"\n]*")\s*[.;}]""")


def may_gain(text: str) -> bool:
    """Return whether a text may hold a form to rewrite.

    These are EXISTS, a filter that names values, and two triples with a constant object.
    """
    return bool(_FILTERS.search(text)) or len(_OBJECT.findall(text)) > 1


class Rewriter:
    """Rewrite queries for one store that does not change meanwhile.

    Args:
        store: the engine that is asked for counts.
        in_memory: whether the store is in memory, where it may be too small to gain; the engine does not know how large
            it is.

    """

    def __init__(self, store: Store, *, in_memory: bool) -> None:
        self._store = store
        self._in_memory = in_memory
        self._counts = Counts(store)
        self._undecided: dict[str, int] = {}

    def rewritten(self, text: str) -> str:
        """Return a query with the same answers.

        The same text where there is nothing to gain, and where it is no query.
        """
        return self._better(text) if may_gain(text) and self._large else text

    def settled(self, text: str) -> bool:
        """Return whether a rewritten text is final; if not, more is counted when the query is run again."""
        return text not in self._undecided

    @cached_property
    def _large(self) -> bool:
        # to ask for the size counts every statement
        last = f"ASK {{ {{ SELECT ?s {{ ?s ?p ?o }} OFFSET {SMALLEST - 1} LIMIT 1 }} }}"
        return not self._in_memory or bool(self._store.query(last, use_default_graph_as_union=True))

    def _better(self, text: str) -> str:
        from kg.core.errors import QueryError
        from kg.sparql import parse, write
        from kg.store.embedded.rewriting import rewrite

        times = self._undecided.pop(text, 0)
        count = self._counts.within(BUDGETS[times])
        try:
            query = parse(text)
            better = rewrite(query, count)
        except QueryError:
            return text  # the engine takes more than SPARQL 1.1, and says itself what it does not take
        if count.declined and times + 1 < len(BUDGETS):
            self._remember(text, times + 1)
        return text if better is query else write(better)

    def _remember(self, text: str, times: int) -> None:
        if len(self._undecided) >= _REMEMBERED:
            self._undecided = {}
        self._undecided[text] = times
