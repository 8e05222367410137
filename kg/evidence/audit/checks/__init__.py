"""The checks of an audit, by what they look at.

Tables of numbers: ``figures``, ``shares``, ``sums``, ``samples``, ``significance`` and ``repeats``. What a graph says
besides: ``things`` (names, dates, scales), ``claims`` (conclusions and citations) and ``accounts`` (what is left out,
and what is told in two ways). Running text: ``text``, ``passages`` and ``citations``. Each check is a function that
yields findings; ``kg.evidence.audit.run`` imports each from its module.

The package itself gives what a command needs to read running text: `Text`, `listed_works` and `SHORTEST_LIST`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.core import lazy_names

if TYPE_CHECKING:
    from kg.evidence.audit.checks.citations import SHORTEST_LIST, listed_works
    from kg.evidence.audit.checks.text import Text

__all__ = ["SHORTEST_LIST", "Text", "listed_works"]

__getattr__ = lazy_names(
    __name__,
    {
        "SHORTEST_LIST": "kg.evidence.audit.checks.citations",
        "Text": "kg.evidence.audit.checks.text",
        "listed_works": "kg.evidence.audit.checks.citations",
    },
)
