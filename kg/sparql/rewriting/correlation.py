"""EXISTS with several triples: one EXISTS inside another, one triple each, so that each is looked up by what is known already.

The engine joins the triples inside EXISTS anew, each in full, for every solution outside. ``EXISTS { A . B }`` says that some
solution of A goes together with one of B, and so does ``EXISTS { A FILTER EXISTS { B } }``, where B sees the solution of A.
MINUS would be as fast over a whole class, and a thousand times slower where few solutions are left outside: its block is always
evaluated in full. Nested, the cost follows the number of solutions outside.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from kg.sparql.expressionnodes import Exists, Logical
from kg.sparql.nodes import Filter, Group, Query, Variable
from kg.sparql.rewriting.atoms import Atoms, atoms_of
from kg.sparql.rewriting.bindings import names
from kg.sparql.rewriting.options import without_options
from kg.sparql.tree import NOWHERE, Node, replace, transform, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.sparql.nodes import Expression, Pattern
    from kg.sparql.rewriting.atoms import Atom


def nested_exists(query: Query) -> Query:
    """Gives a query in which every EXISTS that can be is a chain of single triples."""
    if not any(isinstance(node, Exists) for node in walk(query)):
        return query
    taken = names(query)  # grows by the variables that take the place of blank nodes

    def nested(node: Node) -> Node:
        if not isinstance(node, Exists):
            return node
        shared = _shared(query, node.group)
        needed = without_options(node.group, shared)
        found = atoms_of(needed, taken)
        if found is None or len(found.atoms) + len(found.unions) < 2:  # noqa: PLR2004 - one triple is looked up as it is
            return node if needed is node.group else replace(node, group=needed)
        return replace(node, group=_chain(found, shared))

    changed = transform(query, nested)
    return query if changed is query else nested_exists(changed)  # the branches of a union have become EXISTS themselves


def _shared(query: Query, group: Group) -> set[str]:
    """Gives the variables of a group that are named more often in the query than in the group: those that the outside may know."""
    inside, everywhere = Counter(_occurrences(group)), Counter(_occurrences(query))
    return {name for name, times in inside.items() if everywhere[name] > times}


def _occurrences(node: Node) -> Iterator[str]:
    return (each.name for each in walk(node) if isinstance(each, Variable))


def _chain(found: Atoms, outside: set[str]) -> Group:
    """Builds the chain from the first triple, which is looked up first, to the last."""
    order: list[Atom] = []
    bound, waiting = set(outside), list(found.atoms)
    while waiting:
        best = min(waiting, key=lambda atom: (not atom.names & bound, atom.cost(bound)))
        waiting.remove(best)
        order.append(best)
        bound |= best.names
    levels = _levels(order, found)
    last: list[Expression] = [_either(branches) for branches in found.unions]
    inner: Group | None = None
    for pattern, conditions in reversed(levels):
        deeper: list[Expression] = [Exists(NOWHERE, inner, negated=False)] if inner is not None else last
        inner = Group(NOWHERE, (*([pattern] if pattern else []), *(Filter(NOWHERE, each) for each in (*conditions, *deeper))))
    return inner or Group(NOWHERE, ())


def _levels(order: list[Atom], found: Atoms) -> list[tuple[Pattern | None, list[Expression]]]:
    """Gives each triple with the conditions that can be judged once it has been looked up; the others stand at the last."""
    levels: list[tuple[Pattern | None, list[Expression]]] = []
    waiting = list(found.conditions)
    own = set().union(*(atom.names for atom in order)) if order else set()
    bound: set[str] = set()
    for atom in order:
        bound |= atom.names
        ready = [each for each in waiting if not _holds_exists(each) and names(each) & own <= bound]
        waiting = [each for each in waiting if each not in ready]
        levels.append((atom.pattern, ready))
    if not levels:
        levels.append((None, []))
    levels[-1][1].extend(waiting)
    return levels


def _holds_exists(condition: Expression) -> bool:
    return any(isinstance(node, Exists) for node in walk(condition))


def _either(branches: tuple[Group, ...]) -> Expression:
    return Logical(NOWHERE, "||", tuple(Exists(NOWHERE, branch, negated=False) for branch in branches))
