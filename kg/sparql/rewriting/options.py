"""OPTIONAL inside EXISTS: it takes no solution away, so where nothing else asks for what it binds, nothing depends on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.sparql.nodes import Group, Optional, TriplesBlock
from kg.sparql.rewriting.bindings import certain, names
from kg.sparql.tree import replace

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet


def without_options(group: Group, shared: AbstractSet[str]) -> Group:
    """Gives a group that has a solution exactly if it has one with its options; ``shared`` are variables that the outside may know."""
    kept = tuple(each for index, each in enumerate(group.elements) if not (isinstance(each, Optional) and _idle(group, index, shared)))
    return group if len(kept) == len(group.elements) else replace(group, elements=kept)


def _idle(group: Group, index: int, shared: AbstractSet[str]) -> bool:
    before = [each for each in group.elements[:index] if isinstance(each, TriplesBlock)]
    bound: set[str] = set().union(*map(certain, before))
    others = names(each for place, each in enumerate(group.elements) if place != index)
    return bool(before) and not names(group.elements[index]) - bound & (others | set(shared))
