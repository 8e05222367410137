"""Faults of a query that can be seen without running it: unknown terms, unbound variables, patterns that nothing joins.

`lint` returns the `Finding` objects of one query, a `Linter` those of several. `RULES` says what each rule finds and
how severe it is. `render` writes findings as text, JSON and SARIF.

Example:
    >>> [finding.rule for finding in lint("SELECT ?firm { ?firm a motkg:Frim }", graph.store)]
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.core import lazy_names

if TYPE_CHECKING:
    from kg.core.finding import Severity
    from kg.query.lint.linter import Linter, lint
    from kg.query.lint.model import RULES, Finding
    from kg.query.lint.renderings import render

__all__ = ["RULES", "Finding", "Linter", "Severity", "lint", "render"]

__getattr__ = lazy_names(
    __name__,
    {
        "Finding": "kg.query.lint.model",
        "Linter": "kg.query.lint.linter",
        "RULES": "kg.query.lint.model",
        "Severity": "kg.query.lint.model",
        "lint": "kg.query.lint.linter",
        "render": "kg.query.lint.renderings",
    },
)
