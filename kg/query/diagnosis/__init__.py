"""Why a query has no answer: the smallest part of it that has none, and what was probably meant.

`diagnose` returns a `Diagnosis`: causes, the most probable first, each with its place in the query and a suggested
correction. `explain` renders it as text.

Example:
    >>> diagnosis = diagnose("SELECT ?firm { ?firm a motkg:Frim }", graph.store)
    >>> print(diagnosis.sentences()[0])
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.core.lazy import exports

if TYPE_CHECKING:
    from kg.query.diagnosis.model import Cause, Diagnosis, Kind, Suggestion, explain
    from kg.query.diagnosis.probes import Limits, is_empty
    from kg.query.diagnosis.search import diagnose

__all__ = ["Cause", "Diagnosis", "Kind", "Limits", "Suggestion", "diagnose", "explain", "is_empty"]

__getattr__ = exports(
    __name__,
    {
        "model": ("Cause", "Diagnosis", "Kind", "Suggestion", "explain"),
        "probes": ("Limits", "is_empty"),
        "search": ("diagnose",),
    },
)
