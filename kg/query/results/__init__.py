"""Results in the formats that people and programs read.

`render` returns an answer as text and `encode` as bytes, in a format of `FORMATS`: tables, CSV, TSV, JSON, XML,
Markdown, LaTeX, Parquet, Arrow, Excel. `Result` and `Statements` are what a graph answers.

Example:
    >>> print(render(store.select("SELECT ?stage { ?stage a motkg:Stage }"), "csv"))
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.core import lazy_names

if TYPE_CHECKING:
    from kg.query.results.answers import ExplainedFalse, ExplainedSolutions, Tabular, readable
    from kg.query.results.formats import FORMATS, Format, encode, find_format, format_of_file, render
    from kg.query.results.result import Result, Statements
    from kg.query.results.tables import labels_of, to_table
    from kg.query.results.typed import to_arrow, value_of

__all__ = [
    "FORMATS",
    "ExplainedFalse",
    "ExplainedSolutions",
    "Format",
    "Result",
    "Statements",
    "Tabular",
    "encode",
    "find_format",
    "format_of_file",
    "labels_of",
    "readable",
    "render",
    "to_arrow",
    "to_table",
    "value_of",
]

__getattr__ = lazy_names(
    __name__,
    {
        "ExplainedFalse": "kg.query.results.answers",
        "ExplainedSolutions": "kg.query.results.answers",
        "FORMATS": "kg.query.results.formats",
        "Format": "kg.query.results.formats",
        "Result": "kg.query.results.result",
        "Statements": "kg.query.results.result",
        "Tabular": "kg.query.results.answers",
        "encode": "kg.query.results.formats",
        "find_format": "kg.query.results.formats",
        "format_of_file": "kg.query.results.formats",
        "labels_of": "kg.query.results.tables",
        "readable": "kg.query.results.answers",
        "render": "kg.query.results.formats",
        "to_arrow": "kg.query.results.typed",
        "to_table": "kg.query.results.tables",
        "value_of": "kg.query.results.typed",
    },
)
