"""Reasoning in a store on disk: the rules of OWL 2 RL as queries, whose answers go back into the store as a stream.

``close`` derives by the shipped rules and then closes a store under the ontology; it returns a ``Closed``, which says
how many statements were added, or why the store was not closed. The axioms of the ontology become CONSTRUCT queries, a
``Rule`` of ``kg.reason.instore.consequences`` each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.core import lazy_names

if TYPE_CHECKING:
    from kg.reason.instore.closing import CLOSED_UP_TO, Closed, close

__all__ = [
    "CLOSED_UP_TO",
    "Closed",
    "close",
]

__getattr__ = lazy_names(
    __name__,
    {
        "CLOSED_UP_TO": "kg.reason.instore.closing",
        "Closed": "kg.reason.instore.closing",
        "close": "kg.reason.instore.closing",
    },
)
