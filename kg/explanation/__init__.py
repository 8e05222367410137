"""Why the graph holds a statement: asserted where, or derived by which rule from which statements, down to the sources."""

from __future__ import annotations

from kg.explanation.explainer import Explainer
from kg.explanation.model import Explanation, Kind

__all__ = ["Explainer", "Explanation", "Kind"]
