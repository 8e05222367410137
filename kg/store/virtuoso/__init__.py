"""Workarounds for Virtuoso 7, which departs from SPARQL 1.1 in several places.

``rewriting`` puts queries into forms that it answers correctly, ``sender`` sends them and reads its JSON, ``answers``
makes answers whole and exact, and ``bulk`` runs its own bulk loader. Each case was observed on a server and has a test
in tests/store/virtuoso. Nothing is added here for other versions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.core import lazy_names

if TYPE_CHECKING:
    from kg.store.virtuoso.answers import answer, select
    from kg.store.virtuoso.bulk import SQL, load_in_bulk
    from kg.store.virtuoso.rewriting import reaches_own_graphs
    from kg.store.virtuoso.sender import Sender, read_truth

__all__ = ["SQL", "Sender", "answer", "load_in_bulk", "reaches_own_graphs", "read_truth", "select"]

__getattr__ = lazy_names(
    __name__,
    {
        "SQL": "kg.store.virtuoso.bulk",
        "Sender": "kg.store.virtuoso.sender",
        "answer": "kg.store.virtuoso.answers",
        "load_in_bulk": "kg.store.virtuoso.bulk",
        "reaches_own_graphs": "kg.store.virtuoso.rewriting",
        "read_truth": "kg.store.virtuoso.sender",
        "select": "kg.store.virtuoso.answers",
    },
)
