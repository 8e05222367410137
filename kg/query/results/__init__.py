"""Results in the formats that people and programs read.

`render` returns an answer as text and `encode` as bytes, in a format of `FORMATS`: tables, CSV, TSV, JSON, XML,
Markdown, LaTeX, Parquet, Arrow, Excel. `Result` and `Statements` are what a graph answers.

Example:
    >>> print(render(store.select("SELECT ?stage { ?stage a motkg:Stage }"), "csv"))
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.core.lazy import exports

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

__getattr__ = exports(
    __name__,
    {
        "answers": ("ExplainedFalse", "ExplainedSolutions", "Tabular", "readable"),
        "formats": ("FORMATS", "Format", "encode", "find_format", "format_of_file", "render"),
        "result": ("Result", "Statements"),
        "tables": ("labels_of", "to_table"),
        "typed": ("to_arrow", "value_of"),
    },
)
