"""Validation where the data is: a server gives the statements that shapes can depend on, and the columnar executor judges them."""

from __future__ import annotations

from kg.shacl.remote.executor import judged, mentions, statements_for, validate_store
from kg.shacl.remote.forms import rewritten_at
from kg.shacl.remote.server import MemoryServer, Server

__all__ = ["MemoryServer", "Server", "judged", "mentions", "rewritten_at", "statements_for", "validate_store"]
