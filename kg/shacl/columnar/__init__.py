"""Run shapes on a graph in columns, on all focus nodes at once.

:class:`~kg.shacl.columnar.columngraph.ColumnGraph` answers what shapes need of a graph, and
:class:`~kg.shacl.columnar.executor.Executor` applies shapes to it. Components of SHACL Core are in ``checks``,
SPARQL-based constraints in ``select``, the comparison of literals in ``literals``. ``kg.shacl.validate_columns`` calls
them; nothing else outside this package should have to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.core import lazy_names

if TYPE_CHECKING:
    from kg.shacl.columnar.columngraph import ColumnGraph
    from kg.shacl.columnar.executor import Executor, make_plan

__all__ = ["ColumnGraph", "Executor", "make_plan"]

_MODULES: Final = {
    "ColumnGraph": "kg.shacl.columnar.columngraph",
    "Executor": "kg.shacl.columnar.executor",
    "make_plan": "kg.shacl.columnar.executor",
}

__getattr__ = lazy_names(__name__, _MODULES)
