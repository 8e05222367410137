"""Why a query has no answer: the smallest part of it that has none, and what was probably meant.

`diagnose` returns a `Diagnosis`: causes, the most probable first, each with its place in the query and a suggested
correction. `explain` renders it as text.

Example:
    >>> diagnosis = diagnose("SELECT ?firm { ?firm a motkg:Frim }", graph.store)
    >>> print(diagnosis.sentences()[0])
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.core import lazy_names

if TYPE_CHECKING:
    from kg.query.diagnosis.losses import losses
    from kg.query.diagnosis.model import Cause, Diagnosis, Kind, Suggestion, explain
    from kg.query.diagnosis.probes import Limits, is_empty
    from kg.query.diagnosis.search import diagnose

__all__ = ["Cause", "Diagnosis", "Kind", "Limits", "Suggestion", "diagnose", "explain", "is_empty", "losses"]

__getattr__ = lazy_names(
    __name__,
    {
        "Cause": "kg.query.diagnosis.model",
        "Diagnosis": "kg.query.diagnosis.model",
        "Kind": "kg.query.diagnosis.model",
        "Limits": "kg.query.diagnosis.probes",
        "Suggestion": "kg.query.diagnosis.model",
        "diagnose": "kg.query.diagnosis.search",
        "explain": "kg.query.diagnosis.model",
        "is_empty": "kg.query.diagnosis.probes",
        "losses": "kg.query.diagnosis.losses",
    },
)
