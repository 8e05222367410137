"""What is published: the graph as files of linked data, answers as files, and the catalogue as RDF records.

`dump` returns quads in a syntax of RDF, `answer_bytes` an answer in any format, and `records` the queries of a
catalogue as SHACL and CSVW describe them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.core import lazy_names

if TYPE_CHECKING:
    from kg.publishing.answers import answer_bytes, choose_format, dump, lines
    from kg.publishing.queries import records, turtle

__all__ = ["answer_bytes", "choose_format", "dump", "lines", "records", "turtle"]

__getattr__ = lazy_names(
    __name__,
    {
        "answer_bytes": "kg.publishing.answers",
        "choose_format": "kg.publishing.answers",
        "dump": "kg.publishing.answers",
        "lines": "kg.publishing.answers",
        "records": "kg.publishing.queries",
        "turtle": "kg.publishing.queries",
    },
)
