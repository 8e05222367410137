"""Names of graphs and namespaces, each written once."""

from __future__ import annotations

from typing import Final

from pyoxigraph import NamedNode

from kg.core.terms import BASE

CLOSURE: Final = NamedNode(f"{BASE}graph/closure")
