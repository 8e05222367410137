"""Faults of a query that can be seen without running it: unknown terms, unbound variables, patterns that nothing joins.

`lint` returns the `Finding` objects of one query, a `Linter` those of several. `RULES` says what each rule finds and how
severe it is. `render` writes findings as text, JSON and SARIF.

Example:
    >>> [finding.rule for finding in lint("SELECT ?firm { ?firm a motkg:Frim }", graph.store)]
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.core.lazy import exports

if TYPE_CHECKING:
    from kg.core.finding import Severity
    from kg.query.lint.linter import Linter, lint
    from kg.query.lint.model import RULES, Finding
    from kg.query.lint.renderings import render

__all__ = ["RULES", "Finding", "Linter", "Severity", "lint", "render"]

__getattr__ = exports(
    __name__,
    {"linter": ("Linter", "lint"), "model": ("RULES", "Finding", "Severity"), "renderings": ("render",)},
)
