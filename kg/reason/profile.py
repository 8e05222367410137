"""Membership of an ontology in OWL 2 DL and in OWL 2 RL, decided by the OWL API."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kg.reason.jvm import Answer, Limits, crash, run_program, written

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyoxigraph import Quad, Triple

_PROGRAM: Final = Path(__file__).with_name("ProfileCheck.java")


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """One reason why an ontology is outside a profile, in the OWL API's words. ``profile`` is ``DL`` or ``RL``."""

    profile: str
    reason: str


def check_profiles(statements: Iterable[Quad | Triple], limits: Limits | None = None) -> tuple[Violation, ...]:
    """Return every violation of OWL 2 DL and OWL 2 RL, sorted; none means that the ontology is in both profiles.

    Raises:
        ReasonerError: Java, its compiler or the OWL API is missing, failed, or took too long.

    """
    with written(statements) as path:
        answer = run_program(_PROGRAM, [str(path)], limits or Limits())
    if answer.status != 0:
        raise crash(answer)
    return _violations(answer)


def _violations(answer: Answer) -> tuple[Violation, ...]:
    lines = [line.partition("\t") for line in answer.output.splitlines()]
    if not lines or lines[-1][0] != "axioms" or lines[-1][2] == "0":
        raise crash(answer)
    return tuple(sorted({Violation(profile, reason) for profile, _, reason in lines[:-1]}))
