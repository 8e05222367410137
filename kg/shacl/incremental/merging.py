"""Merge an earlier report with a validation of what a change can affect."""

from __future__ import annotations

from bisect import insort
from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from kg.core.terms import RDF_TYPE
from kg.shacl.incremental.affected import affected_focus_nodes, is_focus, restricted, surroundings, targets_touched
from kg.shacl.incremental.lookups import Overlaid, walk
from kg.shacl.nodes import SUBCLASS, RepeatedPath
from kg.shacl.report.report import order_of, sorted_results

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from pyoxigraph import NamedNode, Quad

    from kg.shacl.incremental.lookups import Lookups, Statement
    from kg.shacl.nodes import Node
    from kg.shacl.report.report import Report, Result
    from kg.shacl.shapes.shapes import Shapes, Target

    Validate = Callable[[Iterable[Quad], Shapes], Report]
    Whole = Callable[[Shapes], Report]
    Apply = Callable[[Shapes], Iterable[Result]]

SHARE: Final = 4
"""A full run is estimated to be cheaper when more than one in so many focus nodes is affected."""

_FEW: Final = 50


def validate_changes(  # noqa: PLR0913 - a change has two sides and three ways to be looked at
    earlier: Report,
    shapes: Shapes,
    new: Lookups,
    added: Collection[Statement],
    removed: Collection[Statement],
    *,
    validate: Validate,
    whole: Whole,
    applied: tuple[Apply, Apply] | None = None,
) -> Report:
    """Return the report after a change, the same as that of a full run.

    Args:
        earlier: the report before the change.
        shapes: the shapes.
        new: the graph after the change.
        added: the statements that only the new graph holds, in whichever named graph.
        removed: the statements that only the old graph holds.
        validate: validates a few quads.
        whole: validates the whole new graph; used for shapes that may look anywhere, and for all when the change
            affects so many focus nodes that this is estimated to be faster.
        applied: returns the results of shapes on the whole old and the whole new graph; with it, shapes without queries
            run on the affected focus nodes in place, and not on a copy of their surroundings.

    """
    if (added or removed) and any(target.select for shape in shapes.with_targets() for target in shape.targets):
        return whole(shapes)
    affected = affected_focus_nodes(shapes, new, added, removed)
    if SHARE * len({node for nodes in affected.values() for node in nodes or ()}) > max(earlier.focus_nodes, SHARE):
        return whole(shapes)
    everywhere = _closed_over(shapes, {node for node, nodes in affected.items() if nodes is None})
    some = {node: nodes for node, nodes in affected.items() if nodes and node not in everywhere}
    old = Overlaid(new, removed, added)
    ways = zip((old, new), applied or (None, None), strict=True)
    before, after = (_validated(shapes, some, graph, validate, way) for graph, way in ways)
    reached = _reached(shapes, everywhere)
    kept = _without((result for result in earlier.results if result.shape not in reached), before)
    full = whole(_only(shapes, everywhere)) if everywhere else None
    results = _merged(kept, [*after, *(full.results if full else ())])
    empty = {target.shape for target in earlier.empty_targets}
    empty |= {
        node for node in affected if any(_may_be_empty(new, target, removed) for target in shapes.by_node[node].targets)
    }
    return replace(
        earlier,
        conforms=not results,
        results=results,
        empty_targets=whole(_only(shapes, empty)).empty_targets if empty else (),
        delegated=full.delegated if full else (),
        left_out=full.left_out if full else earlier.left_out,
        focus_nodes=earlier.focus_nodes + _more_focus_nodes(shapes, old, new, (*added, *removed)),
    )


def _validated(
    shapes: Shapes, affected: Mapping[Node, Iterable[Node]], graph: Lookups, validate: Validate, apply: Apply | None
) -> Sequence[Result]:
    focus = {
        node: tuple(one for one in nodes if is_focus(graph, shapes.by_node[node], one))
        for node, nodes in affected.items()
    }
    focus = {node: nodes for node, nodes in focus.items() if nodes}
    there = {node: nodes for node, nodes in focus.items() if apply and not _asks(shapes, node)}
    apart = {node: nodes for node, nodes in focus.items() if node not in there}
    found = [*apply(restricted(shapes, there))] if apply and there else []
    return (
        [*found, *validate(surroundings(shapes, apart, graph), restricted(shapes, apart)).results] if apart else found
    )


def _asks(shapes: Shapes, node: Node) -> bool:
    """Return whether applying a shape runs a query, for which a whole graph might have to be put into a store."""
    constraints = shapes.by_node[node].constraints
    inner = (below for constraint in constraints for below in (*constraint.shapes, *constraint.siblings))
    return any(constraint.select is not None for constraint in constraints) or any(
        _asks(shapes, below) for below in inner
    )


def _without(results: Iterable[Result], gone: Iterable[Result]) -> list[Result]:
    left = Counter((result.key, result.messages) for result in gone)
    concerned = {result.focus for result in gone}
    kept: list[Result] = []
    for result in results:
        if result.focus not in concerned or not left[key := (result.key, result.messages)]:
            kept.append(result)
        else:
            left[key] -= 1
    return kept


def _merged(kept: list[Result], new: Sequence[Result]) -> tuple[Result, ...]:
    """Put new results among those that are in order; a few are put in one by one."""
    if len(new) * _FEW > len(kept):
        return sorted_results((*kept, *new))
    for result in new:
        insort(kept, result, key=order_of)
    return tuple(kept)


def _reached(shapes: Shapes, roots: Iterable[Node]) -> set[Node]:
    """Return the shapes that report results when some shapes are applied.

    These are the shapes themselves, their property shapes, and so on.
    """
    found: set[Node] = set()
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting += [
                inner for one in shapes.by_node[node].constraints if one.component == "Property" for inner in one.shapes
            ]
    return found


def _closed_over(shapes: Shapes, roots: set[Node]) -> set[Node]:
    """Add the shapes whose results cannot be told from those of ``roots``, because a property shape is shared."""
    reaches = {shape.node: _reached(shapes, (shape.node,)) for shape in shapes.with_targets() if not shape.deactivated}
    found = set(roots)
    while True:
        shared = set().union(*(reaches[node] for node in found)) if found else set()
        more = {node for node, reached in reaches.items() if node not in found and reached & shared}
        if not more:
            return found
        found |= more


def _only(shapes: Shapes, roots: Collection[Node]) -> Shapes:
    """Return the shapes with the targets of some alone."""
    by_node = {node: shape if node in roots else replace(shape, targets=()) for node, shape in shapes.by_node.items()}
    return replace(shapes, by_node=by_node)


def _may_be_empty(graph: Lookups, target: Target, removed: Collection[Statement]) -> bool:
    """Return whether a target that matched something may match nothing any more."""
    match target.kind, target.term:
        case (("targetClass" | "implicit"), term):
            below = walk(graph, RepeatedPath(SUBCLASS, "*"), (term,), backwards=True)
            return not any(True for cls in below for _ in graph.subjects(RDF_TYPE, cls))
        case "targetNode", term:
            return any(term in statement for statement in removed)
        case _, predicate:
            return any(predicate == statement[1] for statement in removed)


def _more_focus_nodes(shapes: Shapes, old: Lookups, new: Lookups, changed: Collection[Statement]) -> int:
    """Return how many more nodes are focus nodes after the change than before it."""
    changes: dict[NamedNode, list[tuple[Node, Node]]] = defaultdict(list)
    for subject, predicate, value in changed:
        changes[predicate].append((subject, value))
    active = [shape for shape in shapes.with_targets() if not shape.deactivated]
    both = Overlaid(new, ((s, p, o) for s, p, o in changed))
    nodes = {node for shape in active for node in targets_touched(shape, both, changes)}
    return sum(any(is_focus(new, s, n) for s in active) - any(is_focus(old, s, n) for s in active) for n in nodes)
