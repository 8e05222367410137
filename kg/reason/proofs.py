"""Why a statement follows: proofs by the rules of OWL 2 RL, searched backwards from the statement.

A proof is the shallowest one. Each step names its rule as OWL 2 Profiles (W3C, 2012), section 4.3, does. The search
looks at statements of the graph and its closure only where a rule asks for them, so it does not depend on the size of
the graph.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg.reason.backward import Steps
from kg.reason.owl2rl import RULES

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyoxigraph import Triple

    from kg.reason.backward import Match

DEEPEST: Final = 12


@dataclass(frozen=True, slots=True)
class Proof:
    """A statement with the rule that it follows by and the proofs of what the rule needs; a given one has neither."""

    statement: Triple
    rule: str = ""
    premises: tuple[Proof, ...] = ()


class Prover:
    """Find proofs. ``given`` returns whether a statement is asserted, ``match`` the statements of graph and closure."""

    def __init__(self, given: Callable[[Triple], bool], match: Match) -> None:
        self._given = given
        self._steps = Steps(match)
        self._proved: dict[Triple, Proof] = {}
        self._failed: dict[Triple, int] = {}

    def prove(self, statement: Triple, deepest: int = DEEPEST) -> Proof | None:
        """Return the shallowest proof of a statement, or ``None`` if each proof has more than ``deepest`` levels."""
        for depth in range(deepest + 1):
            if proof := self._prove(statement, depth, frozenset()):
                return proof
        return None

    def _prove(self, statement: Triple, depth: int, above: frozenset[Triple]) -> Proof | None:
        if statement in self._proved:
            return self._proved[statement]
        if self._given(statement):
            return self._proved.setdefault(statement, Proof(statement))
        if depth == 0 or statement in above or self._failed.get(statement, -1) >= depth:
            return None
        proof = self._by_rule(statement, depth - 1, above | {statement})
        if proof:
            self._proved[statement] = proof
        elif not above:
            self._failed[statement] = depth
        return proof

    def _by_rule(self, statement: Triple, depth: int, above: frozenset[Triple]) -> Proof | None:
        for rule, needed in self._steps.to(statement):
            premises: list[Proof] = []
            for premise in needed:
                if (proof := self._prove(premise, depth, above)) is None:
                    break
                premises.append(proof)
            else:
                return Proof(statement, RULES[rule].name, tuple(premises))
        return None
