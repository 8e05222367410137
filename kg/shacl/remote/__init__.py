"""Validation where the data is: the statements that shapes can depend on, fetched from a SPARQL server."""

from __future__ import annotations

from kg.shacl.remote.server import MemoryServer, Server, in_forms_of, rewritten_at
from kg.shacl.remote.statements import mentions, statements_for

__all__ = ["MemoryServer", "Server", "in_forms_of", "mentions", "rewritten_at", "statements_for"]
