"""Why a graph holds a statement: asserted where, or derived by which rule from which statements, down to the sources.

`Explainer` returns an `Explanation`, a tree from the statement down to what was asserted. `FORMATS` renders
explanations as text, JSON, Graphviz, SVG and PROV-O.

Example:
    >>> explanation = Explainer(store, places).explain(statement)
    >>> [leaf.statement for leaf in explanation.leaves()]
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.core import lazy_names

if TYPE_CHECKING:
    from kg.explanation.explainer import Explainer
    from kg.explanation.model import Explanation, Kind

__all__ = ["Explainer", "Explanation", "Kind"]

__getattr__ = lazy_names(
    __name__,
    {
        "Explainer": "kg.explanation.explainer",
        "Explanation": "kg.explanation.model",
        "Kind": "kg.explanation.model",
    },
)
