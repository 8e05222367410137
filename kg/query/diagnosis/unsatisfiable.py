"""The smallest part of a pattern that has no solution, found by leaving parts out one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.query.diagnosis.parts import components

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kg.query.diagnosis.parts import Part

    Satisfiable = Callable[[Sequence[Part]], bool]


def minimal(parts: Sequence[Part], satisfiable: Satisfiable) -> list[Part]:
    """Return parts that have no solution together, though they have one without any single one of them.

    ``parts`` must have no solution together. Parts that share no variable are never asked together: their solutions
    would be multiplied and not joined.
    """
    for part in parts:
        if not satisfiable([part]):
            return [part]
    wanted = _failing(parts, satisfiable) or list(parts)
    for part in reversed(wanted):
        if part in wanted:
            rest = _failing([other for other in wanted if other is not part], satisfiable)
            wanted = wanted if rest is None else rest
    return wanted


def _failing(parts: Sequence[Part], satisfiable: Satisfiable) -> list[Part] | None:
    """Return the first connected group of parts that has no solution."""
    return next((group for group in components(parts) if not satisfiable(group)), None)


def removing(parts: Sequence[Part], satisfiable: Satisfiable) -> list[Part]:
    """Return the fewest filters and exclusions that leave no solution of the rest; the rest alone has some."""
    removers = [part for part in parts if part.removes]
    for part in removers:
        if not satisfiable(keeping(parts, [part])):
            return [part]
    wanted = removers
    for part in reversed(removers):
        rest = [other for other in wanted if other is not part]
        if not satisfiable(keeping(parts, rest)):
            wanted = rest
    return wanted


def keeping(parts: Sequence[Part], removers: Sequence[Part]) -> list[Part]:
    """Return the parts with only some of their filters and exclusions, in their order."""
    return [part for part in parts if not part.removes or part in removers]
