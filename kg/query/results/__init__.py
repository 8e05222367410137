"""Results in the formats that people and programs read: one module a family of formats, all listed in ``formats``."""

from __future__ import annotations

from kg.query.results.cells import Tabular, readable
from kg.query.results.formats import FORMATS, Format, encode, find_format, format_of_file, render
from kg.query.results.separated import to_csv, to_tsv
from kg.query.results.sparqljson import to_json
from kg.query.results.terminal import to_table

__all__ = [
    "FORMATS",
    "Format",
    "Tabular",
    "encode",
    "find_format",
    "format_of_file",
    "readable",
    "render",
    "to_csv",
    "to_json",
    "to_table",
    "to_tsv",
]
