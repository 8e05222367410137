"""Joins that the engine would multiply or begin at the wrong end.

`equals_joined` takes ``?a = ?b`` between patterns that share nothing else and puts one variable in place of two, so
that the engine joins instead of multiplying. The comparison is of values and a join is of terms. They agree where one
of the two is a subject or a property, hence no literal: a resource equals only itself. The other variable gets its
value at the end of the group, where the engine would overwrite a value from elsewhere; so the group must be joined with
nothing, and nothing in it but triples and filters may know either variable.

`halves_apart` takes two things that share a value, each told by a constant: ``?a :sector :x ; :place ?p . ?b :sector :y
; :place ?p``. The engine begins with both constants and looks at every pair. As two inner queries, each half is found
by itself, and then joined.

`selective_first` puts triples with a constant object in order, the most selective first: the engine takes them all for
equal and begins with the first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.sparql.nodes import (
    NOWHERE,
    Bind,
    Comparison,
    Filter,
    Group,
    Iri,
    Minus,
    Modifiers,
    Node,
    Optional,
    Selection,
    SubSelect,
    TriplesBlock,
    Variable,
    replace,
    transform,
)
from kg.store.embedded.rewriting.patterns import (
    LIMITS,
    anchors,
    conjuncts,
    fewest,
    filters,
    has_blank,
    is_term,
    names,
    node_names,
    pieces,
    plain,
)

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from kg.sparql.nodes import Expression, Pattern, TriplesSameSubject
    from kg.store.embedded.rewriting.patterns import Count

    Halves = tuple[list[TriplesSameSubject], list[TriplesSameSubject]]


def equals_joined(group: Group, in_exists: AbstractSet[str]) -> Group:
    """Return a group in which variables that a filter makes equal are one.

    ``in_exists`` are variables that some EXISTS names.
    """
    for element in group.elements:
        if isinstance(element, Filter):
            for condition in conjuncts(element.condition):
                pair = _equal(condition)
                if pair and _may_join(group, {variable.name for variable in pair}, in_exists):
                    return equals_joined(_joined(group, condition, *pair), in_exists)
    return group


def _equal(condition: Expression) -> tuple[Variable, Variable] | None:
    match condition:
        case Comparison(_, "=", Variable() as left, Variable() as right) if left != right:
            return left, right
    return None


def _may_join(group: Group, pair: set[str], in_exists: AbstractSet[str]) -> bool:
    """Both are ends of plain triples of this very group, and no other part of it but filters knows them."""
    blocks = [element for element in group.elements if isinstance(element, TriplesBlock)]
    ends, resources = node_names(blocks)
    others = names(element for element in group.elements if not isinstance(element, TriplesBlock | Filter))
    on_paths = {name for block in blocks for name in _on_paths(block)}
    return pair <= ends and not pair & (others | on_paths | in_exists) and bool(pair & resources)


def _on_paths(block: TriplesBlock) -> set[str]:
    return {
        name
        for triples in block.triples
        if any(not isinstance(each.verb, Iri | Variable) for each in triples.properties)
        for name in names(triples)
    }


def _joined(group: Group, condition: Expression, kept: Variable, dropped: Variable) -> Group:
    def renamed(node: Node) -> Node:
        return replace(node, name=kept.name) if node == dropped else node

    elements: list[Pattern] = []
    for element in group.elements:
        if isinstance(element, Filter):
            rest = [part for part in conjuncts(element.condition) if part is not condition]
            elements += [transform(each, renamed) for each in filters(rest)]
        else:
            elements.append(transform(element, renamed))
    return replace(group, elements=(*elements, Bind(NOWHERE, kept, dropped)))


_PAIR: Final = 2
_FEWEST: Final = 16  # below, the pairs are few
_TIMES: Final = (
    2  # with halves of like size, to find both costs little more than to begin with the smaller one and to look up
)


def halves_apart(group: Group, count: Count | None) -> Group:
    """Return a group whose triples are two inner queries, where they are two such halves of like size.

    An inner query hides the variable of a GRAPH around it, so the group must be joined with nothing.
    """
    first, *others = group.elements or (None,)
    if (
        count is None
        or not isinstance(first, TriplesBlock)
        or not all(isinstance(each, Filter | Bind | Optional | Minus) for each in others)
    ):
        return group
    halves = _halves(first)
    if halves is None or not _alike(halves, count):
        return group
    return replace(group, elements=(*(Group(NOWHERE, (_inner(half),)) for half in halves), *others))


def _halves(block: TriplesBlock) -> Halves | None:
    """Split a block into the triples of its two subjects, if these share nothing but values."""
    parts = pieces(block)
    verbs = [each.verb for part in parts for each in part.properties]
    if has_blank(block) or not all(map(plain, parts)) or any(isinstance(verb, Variable) for verb in verbs):
        return None
    subjects = list(dict.fromkeys(part.subject for part in parts))
    if len(subjects) != _PAIR or not all(isinstance(each, Variable) for each in subjects):
        return None
    one, other = ([part for part in parts if part.subject == subject] for subject in subjects)
    shared = names(one) & names(other)
    return (one, other) if shared and not shared & names(subjects) else None


def _alike(halves: Halves, count: Count) -> bool:
    starts = [anchors(half) for half in halves]
    if not all(starts):
        return False
    for limit in LIMITS:
        found = [[count(piece, limit) for piece in each] for each in starts]
        known = [[number for number in each if number is not None and number < limit] for each in found]
        if all(known):
            few, many = sorted(map(min, known))
            return few >= _FEWEST and many <= _TIMES * few
        if any(None in each for each in found):
            return False
    return False


def _inner(half: list[TriplesSameSubject]) -> SubSelect:
    chosen = tuple(Variable(NOWHERE, name) for name in sorted(names(half)))
    block = TriplesBlock(NOWHERE, tuple(half))
    return SubSelect(
        NOWHERE,
        Selection(NOWHERE, "", chosen),
        Group(NOWHERE, (block,)),
        Modifiers(NOWHERE, (), (), (), None, None),
        None,
    )


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
    with_object = [piece for piece in anchors(parts) if not is_term(piece.subject)]
    if len(with_object) < len(anchors(parts)) or len(with_object) < 2 or has_blank(block):  # noqa: PLR2004 - with one there is no choice
        return block
    first = fewest([[piece] for piece in with_object], count)
    if first is None or with_object[first] is with_object[0]:
        return block
    chosen: TriplesSameSubject = with_object[first]
    return replace(block, triples=(chosen, *(piece for piece in parts if piece is not chosen)))
