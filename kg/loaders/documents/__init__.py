"""Source documents: checks of case files against the text of the document that they were transcribed from.

``verify_sources`` compares spans, hashes and printed figures with the text, ``uncovered_numerals`` lists the numbers of
the text that no case file accounts for, and ``write_spans`` computes ``spans.csv`` again. Each returns ``Finding`` s
with their places.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.core import lazy_names

if TYPE_CHECKING:
    from kg.loaders.documents.sources import uncovered_numerals, verify_sources, write_spans
    from kg.loaders.documents.sourcetext import Finding, SourceText, read_source

__all__ = [
    "Finding",
    "SourceText",
    "read_source",
    "uncovered_numerals",
    "verify_sources",
    "write_spans",
]

__getattr__ = lazy_names(
    __name__,
    {
        "Finding": "kg.loaders.documents.sourcetext",
        "SourceText": "kg.loaders.documents.sourcetext",
        "read_source": "kg.loaders.documents.sourcetext",
        "uncovered_numerals": "kg.loaders.documents.sources",
        "verify_sources": "kg.loaders.documents.sources",
        "write_spans": "kg.loaders.documents.sources",
    },
)
