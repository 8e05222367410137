"""Validation where the data is: shapes as SPARQL queries for any store that answers them."""

from __future__ import annotations

from kg.validate.remote.executor import Ask, validate_store
from kg.validate.remote.memory import ask_in_memory

__all__ = ["Ask", "ask_in_memory", "validate_store"]
