"""Rewriting in front of the embedded engine: only for stores large enough to gain, and texts that may hold a form that does.

A small store answers faster than a query is parsed, so there nothing is read twice.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from pyoxigraph import QuerySolutions

from kg.terms import prefixes

if TYPE_CHECKING:
    from pyoxigraph import Store

    from kg.sparql import TriplesSameSubject

# Below this number of statements the worst of these forms takes some tenths of a second, above it grows with the square.
SMALLEST: Final = 50_000
_REMEMBERED: Final = 256
_FILTERS: Final = re.compile(r"\bEXISTS\b|\bFILTER\b[^{}]*(?:\bIN\b|=|\bsameTerm\b)", re.IGNORECASE)
_OBJECT: Final = re.compile(r"""[>\w]\s+(?!a\s)(?:<[^<>\s]*>|[\w-]*:[\w./-]*[\w/-]|"[^"\n]*")\s*[.;}]""")


def may_gain(text: str) -> bool:
    """Says whether a text may hold a form to rewrite: EXISTS, a filter that names values, or two triples with a constant object."""
    return bool(_FILTERS.search(text)) or len(_OBJECT.findall(text)) > 1


class Rewriter:
    """Rewrites queries for one store that does not change meanwhile; remembers what it has read and counted."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._texts: OrderedDict[str, str] = OrderedDict()
        self._counts: dict[str, tuple[int, int]] = {}

    def rewritten(self, text: str) -> str:
        """Gives a query with the same answers; the same text where there is nothing to gain, and where it is no query."""
        if text not in self._texts:
            self._texts[text] = self._better(text) if may_gain(text) else text
            if len(self._texts) > _REMEMBERED:
                self._texts.popitem(last=False)
        return self._texts[text]

    def _better(self, text: str) -> str:
        from kg.errors import QueryError  # noqa: PLC0415 - most texts on most stores need none of this
        from kg.sparql import parse, write  # noqa: PLC0415
        from kg.sparql.rewriting import rewrite  # noqa: PLC0415

        try:
            query = parse(text)
            better = rewrite(query, self.count)
            return text if better is query else write(better)
        except QueryError:
            return text  # the engine takes more than SPARQL 1.1, and says itself what it does not take

    def count(self, pattern: TriplesSameSubject, limit: int) -> int:
        """Gives how many statements match a triple, counted up to a limit."""
        from kg.sparql.nodes import Group, TriplesBlock  # noqa: PLC0415
        from kg.sparql.tree import NOWHERE  # noqa: PLC0415
        from kg.sparql.writing import QueryWriter  # noqa: PLC0415

        text = QueryWriter({}).group(Group(NOWHERE, (TriplesBlock(NOWHERE, (pattern,)),)))
        known, counted_to = self._counts.get(text, (0, 0))
        if known < counted_to or limit <= counted_to:
            return min(known, limit)
        answer = self._store.query(
            f"SELECT (COUNT(*) AS ?n) {{ SELECT * {text} LIMIT {limit} }}", prefixes=prefixes(), use_default_graph_as_union=True
        )
        found = int(next(answer)[0].value) if isinstance(answer, QuerySolutions) else 0
        self._counts[text] = found, limit
        return found
