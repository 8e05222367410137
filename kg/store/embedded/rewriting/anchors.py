"""Where the engine can begin: triples with a constant end, each taken by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.sparql.nodes import BlankNodeProperties, Collection, Iri, Literal, TriplesSameSubject, Variable
from kg.sparql.tree import NOWHERE, replace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.sparql.nodes import TriplesBlock


def pieces(block: TriplesBlock) -> list[TriplesSameSubject]:
    """Return the triples of a block one by one: one subject, one property, one object each.

    Nested ones stay as they are.
    """
    found = []
    for triples in block.triples:
        if not triples.properties:
            found.append(triples)
        for each in triples.properties:
            found += [
                TriplesSameSubject(NOWHERE, triples.subject, (replace(each, objects=(node,)),)) for node in each.objects
            ]
    return found


def plain(piece: TriplesSameSubject) -> bool:
    """Say whether a triple has a property or variable in the middle, and nothing nested at its ends."""
    nested = BlankNodeProperties | Collection
    if not piece.properties or isinstance(piece.subject, nested):
        return False
    verb, value = piece.properties[0].verb, piece.properties[0].objects[0]
    return isinstance(verb, Iri | Variable) and not isinstance(value, nested)


def anchors(parts: Iterable[TriplesSameSubject]) -> list[TriplesSameSubject]:
    """Return the plain triples that have a constant property and a constant subject or object."""
    return [piece for piece in parts if plain(piece) and isinstance(piece.properties[0].verb, Iri) and _constant(piece)]


def _constant(piece: TriplesSameSubject) -> bool:
    return isinstance(piece.subject, Iri | Literal) or isinstance(piece.properties[0].objects[0], Iri | Literal)
