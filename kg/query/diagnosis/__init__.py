"""Why a query has no answer: the smallest part of it that has none, and what was probably meant."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from kg.core.errors import LimitError, QueryError
from kg.query.catalogue.binding import PreparedQuery
from kg.query.diagnosis.model import Cause, Diagnosis, Kind, Suggestion
from kg.query.diagnosis.probes import Limits, Prober, Repairer, has_answer, is_empty
from kg.query.diagnosis.search import Search
from kg.sparql import write

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.sparql import Query
    from kg.store.protocol import QuadStore

__all__ = ["Cause", "Diagnosis", "Kind", "Limits", "Suggestion", "diagnose", "is_empty"]

CAUSES: Final = 4  # more than these are noise
_CONFIRMED: Final = 6.0  # what an answer to the corrected query adds to a cause


def diagnose(query: str | Query | PreparedQuery, store: QuadStore, limits: Limits | None = None) -> Diagnosis:
    """Explain why a query has no answer, the most probable cause first; no causes where it has one.

    Places are those of the text that a person wrote, also where a store was prepared another one. Costs probes of the
    store within the limits; a diagnosis that they ended is not complete.

    Raises:
        QueryError: the text is no SPARQL query.

    """
    prepared = (
        query if isinstance(query, PreparedQuery) else _as_it_stands(query if isinstance(query, str) else write(query))
    )
    tree = prepared.tree()
    prober = Prober(store, limits or Limits())
    prober.dataset = getattr(tree, "dataset", ())
    search = Search(Repairer(prepared, tree, prober), prober)
    try:
        if has_answer(tree, prober):
            return Diagnosis((), probes=prober.used, file=prepared.file)
        causes, complete = search.dataset(tree) or search.query(tree), True
    except (LimitError, QueryError):
        causes, complete = [], False
    return Diagnosis(_ordered(causes), complete, prober.used, prepared.file)


def _as_it_stands(text: str) -> PreparedQuery:
    return PreparedQuery(text, text)


def _ordered(causes: Iterable[Cause]) -> tuple[Cause, ...]:
    """Return the best causes, each place with one cause of a kind."""
    found: dict[tuple[Kind, int], Cause] = {}
    for cause in sorted(causes, key=lambda each: (-each.score - _CONFIRMED * each.confirmed, each.span.start)):
        found.setdefault(
            (cause.kind, cause.span.start), replace(cause, score=cause.score + _CONFIRMED * cause.confirmed)
        )
    best = list(found.values())[:CAUSES]
    if best and best[0].confirmed:  # what was tried and gives an answer leaves guesses without one behind
        best = [cause for cause in best if cause.confirmed]
    return tuple(cause for cause in best if cause.score >= best[0].score / 2)
