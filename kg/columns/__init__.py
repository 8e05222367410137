"""RDF as columns: terms interned to integers with their exact lexical forms, statements as sorted integer columns."""

from __future__ import annotations

from kg.columns.reading import FileStatements, columns_of_files, columns_of_quads, read_files
from kg.columns.statements import Columns
from kg.columns.terms import Kind, Terms

__all__ = ["Columns", "FileStatements", "Kind", "Terms", "columns_of_files", "columns_of_quads", "read_files"]
