"""What could not be read, as a report: programs and code hosts then show it at its line, as they show results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.core.origin import Origin
from kg.shacl import Concern, Report
from kg.shacl.report.report import UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.core.errors import Problem


def refusal(problems: Iterable[Problem]) -> Report:
    """Return the report of a run that could not begin: a concern for each problem, at its place."""
    concerns = tuple(
        Concern(
            UNREADABLE,
            f"{problem.message}; expected {problem.expected}" if problem.expected else problem.message,
            near=problem.near,
            origin=Origin(problem.file, problem.line, problem.column),
        )
        for problem in problems
    )
    return Report(
        conforms=False, results=(), empty_targets=(), delegated=(), engine="none", focus_nodes=0, concerns=concerns
    )
