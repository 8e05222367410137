"""Components that judge the value nodes of each focus node together (W3C SHACL section 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from pyoxigraph import Literal, NamedNode

from kg.columns.arrays import counts, matching_rows, packed, rows_of, unique
from kg.shacl.columnar.valuechecks import LIMITS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kg.columns.arrays import Ids
    from kg.columns.statements import Table
    from kg.shacl.columnar.valuechecks import Context
    from kg.shacl.nodes import Node
    from kg.shacl.shapes.shapes import Constraint


class Values(NamedTuple):
    """The value nodes of focus nodes: all focus nodes (ascending), and the ordered pairs of a focus node and a value node."""

    focus: Ids
    owners: Ids
    nodes: Ids


class Found(NamedTuple):
    """Violations of one constraint: focus nodes, their value nodes if they have any, and a path other than the shape's own.

    A query may compute a value that is no term of the data, and messages.
    """

    focus: Ids
    values: Ids | None = None
    path: NamedNode | None = None
    value: Node | None = None
    messages: tuple[Literal, ...] = ()


def _min_count(_: Context, constraint: Constraint, values: Values) -> Iterator[Found]:
    if constraint.limit:
        yield Found(values.focus[counts(values.owners, values.focus) < constraint.limit])


def _max_count(_: Context, constraint: Constraint, values: Values) -> Iterator[Found]:
    later = values.owners[constraint.limit :]
    yield Found(unique(later[later == values.owners[: len(later)]]))


def _has_value(context: Context, constraint: Constraint, values: Values) -> Iterator[Found]:
    having = values.owners[values.nodes == context.data.terms.position(constraint.terms[0])]
    yield Found(values.focus[~context.data.among(values.focus, having)])


def _unique_lang(context: Context, _: Constraint, values: Values) -> Iterator[Found]:
    terms = context.data.terms
    tags = {tag: number for number, tag in enumerate(dict.fromkeys(terms.languages), 1) if tag}
    numbers = np.array([tags.get(tag, 0) for tag in terms.languages] + [0], np.int32)
    of_values = numbers[terms.endings[values.nodes]]
    tagged = of_values > 0
    keys = np.sort(packed(values.owners[tagged], of_values[tagged]))
    yield Found((unique(keys[1:][keys[1:] == keys[:-1]]) >> 32).astype(np.int32))


def _equals(context: Context, constraint: Constraint, values: Values) -> Iterator[Found]:
    mine, others = packed(values.owners, values.nodes), packed(*_compared(context, constraint, values.focus))
    yield _of_keys(np.setxor1d(mine, others, assume_unique=True))


def _disjoint(context: Context, constraint: Constraint, values: Values) -> Iterator[Found]:
    mine, others = packed(values.owners, values.nodes), packed(*_compared(context, constraint, values.focus))
    yield _of_keys(np.intersect1d(mine, others, assume_unique=True))


def _less_than(context: Context, constraint: Constraint, values: Values) -> Iterator[Found]:
    keys, others = _compared(context, constraint, values.focus)
    rows, limits = matching_rows(values.owners, keys)
    orders = context.data.literals.compare(values.nodes[rows], others[limits])
    wrong = ~LIMITS[constraint.component][orders]
    yield Found(values.owners[rows[wrong]], values.nodes[rows[wrong]])


def _compared(context: Context, constraint: Constraint, focus: Ids) -> Table:
    predicate = constraint.terms[0]
    keys, values = context.data.forward(predicate)
    rows = rows_of(keys, focus, context.data.size)
    return keys[rows], values[rows]


def _of_keys(keys: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Found:
    return Found((keys >> 32).astype(np.int32), (keys & 0xFFFFFFFF).astype(np.int32))


def _closed(context: Context, constraint: Constraint, values: Values) -> Iterator[Found]:
    data = context.data
    allowed = {data.terms.position(term) for term in constraint.terms}
    nodes = data.distinct(values.nodes)
    for predicate in data.columns.predicates():
        if predicate in allowed:
            continue
        subjects, objects = data.columns.forward(predicate)
        rows = rows_of(subjects, nodes, data.size)
        if len(rows):
            name = data.terms.node(predicate)
            focus, strange = subjects[rows], objects[rows]
            if values.owners is not values.nodes:
                here, there = matching_rows(values.nodes, focus)
                focus, strange = values.owners[here], strange[there]
            yield Found(focus, strange, name if isinstance(name, NamedNode) else None)


def _qualified(context: Context, constraint: Constraint, values: Values) -> Iterator[Found]:
    nodes = context.data.distinct(values.nodes)
    counted = _conforming(context, constraint.shapes[0], nodes)
    for sibling in constraint.siblings:
        counted = context.failing(sibling, counted)
    owners = values.owners[context.data.among(values.nodes, counted)]
    number = counts(owners, values.focus)
    wrong = number < constraint.limit if constraint.component == "QualifiedMinCount" else number > constraint.limit
    yield Found(values.focus[wrong])


def _conforming(context: Context, shape: Node, nodes: Ids) -> Ids:
    return nodes[~context.data.among(nodes, context.failing(shape, nodes))]


SET_CHECKS: Final[dict[str, Callable[[Context, Constraint, Values], Iterator[Found]]]] = {
    "MinCount": _min_count,
    "MaxCount": _max_count,
    "HasValue": _has_value,
    "UniqueLang": _unique_lang,
    "Equals": _equals,
    "Disjoint": _disjoint,
    "LessThan": _less_than,
    "LessThanOrEquals": _less_than,
    "Closed": _closed,
    "QualifiedMinCount": _qualified,
    "QualifiedMaxCount": _qualified,
}
"""From focus nodes with their value nodes to violations."""
