"""Reasoning: what follows from a graph, why it follows, and whether statements contradict each other.

``kg.reason.closure`` computes the OWL 2 RL closure of a graph in memory and keeps it up to date; ``kg.reason.instore``
does the same to a store on disk, by queries. ``apply_rules`` runs CONSTRUCT rules layer by layer. A ``Prover`` finds
why a statement follows, ``contradictions`` the smallest sets of statements that contradict each other, and
``check_consistency`` and ``check_profiles`` ask HermiT and the OWL API, which need Java. ``RULES`` holds the rules of
OWL 2 RL by their names in the standard.

Example:
    >>> from kg.reason import RULES
    >>> RULES["cax-sco"].words
    'members of a class are members of the class above it'

"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.core import lazy_names

if TYPE_CHECKING:
    from kg.reason.backward import Memory
    from kg.reason.hermit import Limits, check_consistency, check_profiles
    from kg.reason.justification import Justification, contradictions, justify
    from kg.reason.owl2rl import RULES, OwlRule
    from kg.reason.proofs import Proof, Prover
    from kg.reason.rules import apply_rules

__all__ = [
    "RULES",
    "Justification",
    "Limits",
    "Memory",
    "OwlRule",
    "Proof",
    "Prover",
    "apply_rules",
    "check_consistency",
    "check_profiles",
    "contradictions",
    "justify",
]

__getattr__ = lazy_names(
    __name__,
    {
        "RULES": "kg.reason.owl2rl",
        "Justification": "kg.reason.justification",
        "Limits": "kg.reason.hermit",
        "Memory": "kg.reason.backward",
        "OwlRule": "kg.reason.owl2rl",
        "Proof": "kg.reason.proofs",
        "Prover": "kg.reason.proofs",
        "apply_rules": "kg.reason.rules",
        "check_consistency": "kg.reason.hermit",
        "check_profiles": "kg.reason.hermit",
        "contradictions": "kg.reason.justification",
        "justify": "kg.reason.justification",
    },
)
