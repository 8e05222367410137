"""Claims that cannot hold together, by the causal links that rules derived from them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from kg.core.terms import expand, term
from kg.evidence.audit.model import Certainty, Finding, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyoxigraph import NamedNode

    from kg.evidence.audit.facts import Facts

_CONTRARY: Final = term("contraryTo")
_POLARITY: Final = term("polarity")
_CLASSES: Final = (
    "Claim",
    "CausalClaim",
    "AssociationClaim",
    "ComparativeClaim",
    "DefinitionClaim",
    "DescriptiveClaim",
    "Recommendation",
)
_DENIED: Final = expand("polarity:denied")


def audit_conflicts(facts: Facts) -> Iterator[Finding]:
    """Yield each pair of claims of which one denies what the other affirms, or says the contrary.

    Sources may well disagree; one voice that says both is more likely a slip.
    """
    pairs: dict[NamedNode, set[NamedNode]] = defaultdict(set)
    for claim in facts.of_type(*map(term, _CLASSES)):
        for other in facts.nodes(claim, _CONTRARY):
            first, second = sorted((claim, other), key=lambda said: (_denies(facts, said), said.value))
            pairs[first].add(second)
    for first in sorted(pairs, key=str):
        for second in sorted(pairs[first], key=str):
            yield _conflict(facts, first, second)


def _denies(facts: Facts, claim: NamedNode) -> bool:
    return _DENIED in facts.nodes(claim, _POLARITY)


def _conflict(facts: Facts, first: NamedNode, second: NamedNode) -> Finding:
    same = set(facts.nodes(first, term("advancedBy"))) & set(facts.nodes(second, term("advancedBy")))
    return Finding(
        kind="conflicting-claims",
        check="claims-compared",
        certainty=Certainty.PROBABLE if same else Certainty.POSSIBLE,
        target=facts.target(first, second),
        slug=f"claims/{facts.slug(first)}/{facts.document(second)}-{facts.slug(second)}",
        name=f"'{facts.name(second)}' speaks against '{facts.name(first)}'",
        printed=f"{facts.name(first)} ({_voices(facts, first)})",
        expected="nothing contrary at the same stage",
        how=f"{facts.name(second)} ({_voices(facts, second)}).",
        reason="one voice says both" if same else "two voices may well disagree",
    )


def _voices(facts: Facts, claim: NamedNode) -> str:
    return listed([facts.name(voice) for voice in facts.nodes(claim, term("advancedBy"))])
