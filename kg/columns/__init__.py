"""RDF graphs as columns of integers.

Each distinct term is stored once, with its exact lexical form, in :class:`Terms`; its position is its identifier. The
statements of a graph are :class:`Columns`: two sorted columns, subjects and objects, for each predicate. Reading goes
block by block through NumPy and Arrow, without a Python object for each statement.

    columns = columns_of_files([Path("firms.nt")])
    columns.size                                      # distinct statements
    columns.terms.find(NamedNode("https://example.org/a"))
"""

from __future__ import annotations

from kg.columns.graph import Columns, TermKind, Terms
from kg.columns.reading import FileStatements, columns_of_files, columns_of_quads, read_files

__all__ = ["Columns", "FileStatements", "TermKind", "Terms", "columns_of_files", "columns_of_quads", "read_files"]
