"""What the rewritings ask of patterns: which groups stand alone, what variables they name, how much they match.

`each_alone` applies a change to the groups that are joined with nothing: the pattern of WHERE, and a group, union or
inner query that is all of such a group. Whatever is joined with a group, left or right, may bring its variables into
it: by the algebra as the condition of OPTIONAL sees them, and in the embedded engine as it evaluates one side of a join
for each solution of the other. Rewritings that move a condition are exact for certain only where nothing is.

`anchors` are where the engine can begin: triples with a constant end, each taken by itself. `conjuncts` takes the
condition of a filter apart at ``&&``: a solution passes ``a && b`` exactly if it passes a and passes b. `fewest` counts
statements up to a limit, which tells a selective pattern from one that reads half the store.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from kg.sparql.nodes import (
    NOWHERE,
    BlankNode,
    BlankNodeProperties,
    Collection,
    Filter,
    Group,
    Iri,
    Literal,
    Logical,
    Node,
    PropertyObjects,
    SubSelect,
    TriplesSameSubject,
    Union,
    Variable,
    replace,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kg.sparql.nodes import Expression, Pattern, TriplesBlock


def each_alone(group: Group, change: Callable[[Group], Group]) -> Group:
    """Return a group in which ``change`` was asked for it and for those below that are joined with nothing.

    ``group`` is such a one.
    """
    match [element for element in group.elements if not isinstance(element, Filter)]:
        case [only] if (better := _inside(only, change)) is not only:
            group = replace(group, elements=tuple(better if element is only else element for element in group.elements))
    return change(group)


def _inside(pattern: Pattern, change: Callable[[Group], Group]) -> Pattern:
    match pattern:
        case Group():
            return each_alone(pattern, change)
        case Union(_, groups):
            better = tuple(each_alone(group, change) for group in groups)
            return (
                pattern
                if all(new is old for new, old in zip(better, groups, strict=True))
                else replace(pattern, groups=better)
            )
        case SubSelect(values=None):
            where = each_alone(pattern.where, change)
            return pattern if where is pattern.where else replace(pattern, where=where)
    return pattern


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
    """Return whether a triple has a property or variable as its verb, and nothing nested at its ends."""
    match piece:
        case TriplesSameSubject(_, subject, (PropertyObjects(_, Iri() | Variable(), (value,)),)):
            return not any(isinstance(end, BlankNodeProperties | Collection) for end in (subject, value))
    return False


def anchors(parts: Iterable[TriplesSameSubject]) -> list[TriplesSameSubject]:
    """Return the plain triples that have a constant property and a constant subject or object."""
    return [piece for piece in parts if plain(piece) and _has_constant_end(piece)]


def _has_constant_end(piece: TriplesSameSubject) -> bool:
    match piece:
        case TriplesSameSubject(_, subject, (PropertyObjects(_, Iri(), (value,)),)):
            return is_term(subject) or is_term(value)
    return False


def is_term(node: Node) -> bool:
    """Return whether a node is an IRI or a literal."""
    return isinstance(node, Iri | Literal)


def names(nodes: Node | Iterable[Node]) -> set[str]:
    """Return the names of all variables below a node or nodes, whatever their scope."""
    starts = (nodes,) if isinstance(nodes, Node) else nodes
    return {node.name for start in starts for node in walk(start) if isinstance(node, Variable)}


def node_names(blocks: Iterable[TriplesBlock]) -> tuple[set[str], set[str]]:
    """Return the ends of plain properties, and the variables that can only be resources.

    The ends are the variables that stand as subject or object of a plain property; the others stand as subject or as
    the property.

    Paths are left out: a path of length zero binds its ends to whatever stands at the other.
    """
    ends: set[str] = set()
    resources: set[str] = set()
    for block in blocks:
        for triples in block.triples:
            for each in triples.properties:
                if not isinstance(each.verb, Iri | Variable):
                    continue
                if isinstance(triples.subject, Variable):
                    ends.add(triples.subject.name)
                    resources.add(triples.subject.name)
                if isinstance(each.verb, Variable):
                    resources.add(each.verb.name)
                ends |= {node.name for node in each.objects if isinstance(node, Variable)}
    return ends, resources


def has_blank(node: Node) -> bool:
    """Return whether there are blank nodes below a node."""
    return any(isinstance(each, BlankNode) for each in walk(node))


def conjuncts(condition: Expression) -> list[Expression]:
    """Return the conditions that a condition is made of."""
    if isinstance(condition, Logical) and condition.operator == "&&":
        return [part for operand in condition.operands for part in conjuncts(operand)]
    return [condition]


def filters(conditions: Iterable[Expression]) -> tuple[Filter, ...]:
    """Return a filter for each condition."""
    return tuple(Filter(NOWHERE, condition) for condition in conditions)


Count = Callable[[TriplesSameSubject, int], int | None]
"""Return how many statements match a triple, counted up to a limit; None where that would cost too much."""

# Counting a statement costs a fraction of a microsecond, fetching the rest of a solution by it several: counting to the
# limit at which one pattern turns out to be selective costs a fraction of what the query does, and where none does, the
# last limit bounds it.
LIMITS: Final = tuple(512 * 4**step for step in range(5))


def fewest(choices: Sequence[Sequence[TriplesSameSubject]], count: Count) -> int | None:
    """Return the index of the choice whose patterns match the fewest statements together; None if that is not known."""
    for limit in LIMITS:
        totals = []
        for patterns in choices:
            total = _total(patterns, count, limit)
            if total is None:
                return None
            totals.append(total)
        if min(totals) < limit:
            return totals.index(min(totals))
    return None


def _total(patterns: Sequence[TriplesSameSubject], count: Count, limit: int) -> int | None:
    total = 0
    for pattern in patterns:
        found = count(pattern, limit)
        if found is None:
            return None
        total += found
        if total >= limit:
            return limit
    return total
