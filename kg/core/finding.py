"""A finding as every check reports it: how bad, by which rule, what, where, and what to do.

Lint, audit and validation have records of their own, which hold what only they know. What is shown by code hosts and
editors is this part of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from kg.core.origin import Origin


class Severity(StrEnum):
    """How much a finding matters: an error is wrong, a warning is probably wrong, an info is for knowledge."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding.

    ``rule`` identifies what was checked, ``place`` is where to look, ``about`` names the thing or the place in words,
    ``hint`` says what to do. An ``accepted`` finding is shown and fails nothing.
    """

    severity: Severity
    rule: str
    message: str
    place: Origin = field(default_factory=Origin)
    about: str = ""
    hint: str = ""
    accepted: bool = False
