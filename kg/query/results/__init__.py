"""Results in the formats that people and programs read: one module a family of formats, all listed in ``formats``."""

from __future__ import annotations

from kg.query.results.answers import Tabular, readable
from kg.query.results.formats import FORMATS, Format, encode, find_format, format_of_file, render

__all__ = ["FORMATS", "Format", "Tabular", "encode", "find_format", "format_of_file", "readable", "render"]
