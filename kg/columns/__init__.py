"""RDF as columns: terms interned to integers with their exact lexical forms, statements as sorted integer columns."""

from __future__ import annotations

from kg.columns.graph import Columns, TermKind, Terms
from kg.columns.reading import FileStatements, columns_of_files, columns_of_quads, read_files

__all__ = ["Columns", "FileStatements", "TermKind", "Terms", "columns_of_files", "columns_of_quads", "read_files"]
