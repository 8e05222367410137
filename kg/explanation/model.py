"""An explanation: a tree from a statement down to what was asserted, and its sentences."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from kg.core.namespaces import BASE
from kg.core.terms import compact

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pyoxigraph import Triple

    from kg.core.origin import Origin
    from kg.query.sources import Place

    Labels = Mapping[str, str]


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


def statement_in_words(statement: Triple, labels: Labels) -> str:
    """Return a statement with the labels of its terms, or their CURIEs where they have none."""
    return " — ".join(_name(node, labels) for node in (statement.subject, statement.predicate, statement.object))


def reason_in_words(explanation: Explanation) -> str:
    """Return in one line how a statement came to be in the graph."""
    if explanation.kind is Kind.ASSERTED:
        where = [str(explanation.place)] if explanation.place else [f"graph {compact(explanation.graph)}"]
        return "asserted: " + "; ".join([*where, *map(str, explanation.stated)])
    if explanation.kind is Kind.RECORDED:
        return explanation.words
    by = f"{explanation.kind} by {explanation.rule}" if explanation.rule else str(explanation.kind)
    return f"{by}: {explanation.words}" if explanation.words else by


def _name(node: object, labels: Labels) -> str:
    if isinstance(node, NamedNode):
        return labels.get(node.value) or compact(node.value).strip("<>").removeprefix(f"{BASE}id/")
    return f"“{node.value}”" if isinstance(node, Literal) else str(node)
