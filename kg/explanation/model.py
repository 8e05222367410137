"""An explanation: a tree from a statement down to what was asserted."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyoxigraph import Triple

    from kg.core.origin import Origin
    from kg.query.sources import Place


class Kind(StrEnum):
    """How a statement came to be in the graph."""

    ASSERTED = "asserted"  # a source says so
    INFERRED = "inferred"  # by a rule of OWL 2 RL
    DERIVED = "derived"  # by a rule of ontology/rules
    COMPUTED = "computed"  # a statistic or an audit, by a method
    RECORDED = "recorded"  # by the build itself, about its inputs


@dataclass(frozen=True, slots=True)
class Explanation:
    """A statement with how it came to be in the graph.

    ``rule`` names the rule or method, ``words`` says what it does. An asserted statement has the IRI of its graph, its
    place in a file where that is known, and ``stated``: the places of the documents that say so. All others have
    ``because``: the explanations of the statements that the rule needed.
    """

    statement: Triple
    kind: Kind
    rule: str = ""
    words: str = ""
    graph: str = ""
    place: Origin | None = None
    stated: tuple[Place, ...] = ()
    because: tuple[Explanation, ...] = ()

    def walk(self) -> Iterator[Explanation]:
        """Yield this explanation and all below it."""
        yield self
        for each in self.because:
            yield from each.walk()

    def leaves(self) -> list[Explanation]:
        """Return what everything rests on, each statement once."""
        return list({each.statement: each for each in self.walk() if not each.because}.values())
