"""Statements and explanations in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from kg.core.terms import BASE, compact
from kg.explanation.model import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyoxigraph import Triple

    from kg.explanation.model import Explanation

    Labels = Mapping[str, str]


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
