"""Triples with a constant object, the most selective first: the engine takes them all for equal and begins with the first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.sparql.nodes import Group, Iri, Literal, TriplesBlock
from kg.sparql.tree import replace
from kg.store.embedded.rewriting.anchors import anchors, pieces
from kg.store.embedded.rewriting.bindings import has_blank
from kg.store.embedded.rewriting.counts import fewest

if TYPE_CHECKING:
    from kg.sparql.nodes import TriplesSameSubject
    from kg.store.embedded.rewriting.counts import Count


def selective_first(group: Group, count: Count | None) -> Group:
    """Return a group in which the triples of each block begin with the one that matches the fewest statements."""
    if count is None:
        return group
    elements = tuple(
        _ordered(element, count) if isinstance(element, TriplesBlock) else element for element in group.elements
    )
    return (
        group
        if all(new is old for new, old in zip(elements, group.elements, strict=True))
        else replace(group, elements=elements)
    )


def _ordered(block: TriplesBlock, count: Count) -> TriplesBlock:
    parts = pieces(block)
    with_object = [piece for piece in anchors(parts) if not isinstance(piece.subject, Iri | Literal)]
    if len(with_object) < len(anchors(parts)) or len(with_object) < 2 or has_blank(block):  # noqa: PLR2004 - with one there is no choice
        return block
    first = fewest([[piece] for piece in with_object], count)
    if first is None or with_object[first] is with_object[0]:
        return block
    chosen: TriplesSameSubject = with_object[first]
    return replace(block, triples=(chosen, *(piece for piece in parts if piece is not chosen)))
