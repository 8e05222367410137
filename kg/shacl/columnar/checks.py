"""The constraint components (W3C SHACL section 4) over columns of value nodes.

One kind judges each value node by itself, the other all value nodes of a focus node together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyoxigraph import Literal, NamedNode

from kg.columns import arrays
from kg.columns.arrays import counts, matching_rows, packed, rows_of, unique
from kg.columns.graph import TermKind
from kg.core.terms import SH
from kg.shacl.nodes import text_in
from kg.shacl.shapes.constraints import matches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kg.columns.arrays import Ids, Mask
    from kg.columns.graph import Table
    from kg.shacl.columnar.columngraph import ColumnGraph
    from kg.shacl.nodes import Node
    from kg.shacl.shapes.shapes import Constraint


class Context(Protocol):
    """What a component needs of the validation it is part of."""

    @property
    def data(self) -> ColumnGraph:
        """The data graph."""

    def failing(self, shape: Node, nodes: Ids) -> Ids:
        """Return the nodes (ascending) that do not conform to a shape."""


def _table(*values: int, size: int) -> Mask:
    """Return a lookup table that is true at some indices; -1 is the last one."""
    table = np.zeros(size, np.bool_)
    table[list(values)] = True
    return table


_KINDS: Final = {
    "IRI": _table(TermKind.IRI, size=len(TermKind)),
    "BlankNode": _table(TermKind.BLANK, size=len(TermKind)),
    "Literal": _table(TermKind.LITERAL, size=len(TermKind)),
    "BlankNodeOrIRI": _table(TermKind.BLANK, TermKind.IRI, size=len(TermKind)),
    "BlankNodeOrLiteral": _table(TermKind.BLANK, TermKind.LITERAL, size=len(TermKind)),
    "IRIOrLiteral": _table(TermKind.IRI, TermKind.LITERAL, size=len(TermKind)),
}
LIMITS: Final = {
    "MinExclusive": _table(1, size=4),
    "MinInclusive": _table(0, 1, size=4),
    "MaxExclusive": _table(-1, size=4),
    "MaxInclusive": _table(-1, 0, size=4),
    "LessThan": _table(-1, size=4),
    "LessThanOrEquals": _table(-1, 0, size=4),
}
"""Which orders of value and limit each component allows: 0, 1 and -1, and never 2, which is no order."""


def _class(context: Context, constraint: Constraint, nodes: Ids) -> Mask:
    return ~context.data.instances(nodes, constraint.terms[0])


def _datatype(context: Context, constraint: Constraint, nodes: Ids) -> Mask:
    literals, datatype = context.data.literals, text_in(constraint.terms[0])
    fine = literals.of_datatype(nodes, datatype)
    fine[fine] = literals.well_formed(nodes[fine], datatype)
    return ~fine


def _node_kind(context: Context, constraint: Constraint, nodes: Ids) -> Mask:
    allowed = _KINDS[text_in(constraint.terms[0]).removeprefix(SH)]
    return np.asarray(~allowed[context.data.terms.kinds[nodes]])


def _limit(context: Context, constraint: Constraint, nodes: Ids) -> Mask:
    bound = np.full(len(nodes), context.data.terms.position(constraint.terms[0]), np.int32)
    return np.asarray(~LIMITS[constraint.component][context.data.literals.compare(nodes, bound)])


def _length(context: Context, constraint: Constraint, nodes: Ids) -> Mask:
    def wrong(texts: pa.StringArray) -> Mask:
        lengths = arrays.numbers(pc.utf8_length(texts))
        return np.asarray(
            lengths < constraint.limit if constraint.component == "MinLength" else lengths > constraint.limit
        )

    return _of_texts(context, nodes, wrong)


def _pattern(context: Context, constraint: Constraint, nodes: Ids) -> Mask:
    return _of_texts(context, nodes, lambda texts: ~matches(texts, constraint.pattern, constraint.flags))


def _of_texts(context: Context, nodes: Ids, judge: Callable[[pa.StringArray], Mask]) -> Mask:
    """Apply a check to the texts of IRIs and literals; a node without a text fails."""
    terms = context.data.terms
    wrong = np.ones(len(nodes), np.bool_)
    rows = np.flatnonzero(_KINDS["IRIOrLiteral"][terms.kinds[nodes]])
    written = terms.written(nodes[rows])
    wrong[rows] = judge(written)
    escaped = rows[arrays.flags(pc.match_substring(written, "\\"))]
    if len(escaped):
        texts = [node.value for node in terms.nodes(nodes[escaped].tolist()) if isinstance(node, Literal | NamedNode)]
        wrong[escaped] = judge(arrays.texts([text.encode() for text in texts]).cast(pa.string()))
    return wrong


def _language_in(context: Context, constraint: Constraint, nodes: Ids) -> Mask:
    ranges = [term.value.lower() for term in constraint.terms if isinstance(term, Literal)]

    def fits(tag: str) -> bool:
        return bool(tag) and any(wanted in ("*", tag) or tag.startswith(f"{wanted}-") for wanted in ranges)

    fitting = np.array([fits(tag) for tag in context.data.terms.languages] + [False], np.bool_)
    return np.asarray(~fitting[context.data.terms.endings[nodes]])


def _in(context: Context, constraint: Constraint, nodes: Ids) -> Mask:
    return ~context.data.among(nodes, context.data.terms.positions(constraint.terms))


def _fails(context: Context, shape: Node, nodes: Ids) -> Mask:
    return context.data.among(nodes, context.failing(shape, nodes))


def _node(context: Context, constraint: Constraint, nodes: Ids) -> Mask:
    return _fails(context, constraint.shapes[0], nodes)


def _not(context: Context, constraint: Constraint, nodes: Ids) -> Mask:
    return ~_fails(context, constraint.shapes[0], nodes)


def _and(context: Context, constraint: Constraint, nodes: Ids) -> Mask:
    wrong = np.zeros(len(nodes), np.bool_)
    for shape in constraint.shapes:
        wrong[~wrong] = _fails(context, shape, nodes[~wrong])
    return wrong


def _or(context: Context, constraint: Constraint, nodes: Ids) -> Mask:
    wrong = np.ones(len(nodes), np.bool_)
    for shape in constraint.shapes:
        wrong[wrong] = _fails(context, shape, nodes[wrong])
    return wrong


def _xone(context: Context, constraint: Constraint, nodes: Ids) -> Mask:
    holding = np.zeros(len(nodes), np.int64)
    for shape in constraint.shapes:
        holding += ~_fails(context, shape, nodes)
    return np.asarray(holding != 1)


VALUE_CHECKS: Final[dict[str, Callable[[Context, Constraint, Ids], Mask]]] = {
    "Class": _class,
    "Datatype": _datatype,
    "NodeKind": _node_kind,
    **dict.fromkeys(("MinExclusive", "MinInclusive", "MaxExclusive", "MaxInclusive"), _limit),
    **dict.fromkeys(("MinLength", "MaxLength"), _length),
    "Pattern": _pattern,
    "LanguageIn": _language_in,
    "In": _in,
    "Node": _node,
    "Not": _not,
    "And": _and,
    "Or": _or,
    "Xone": _xone,
}
"""From distinct value nodes in ascending order to those that are wrong."""


class Values(NamedTuple):
    """The value nodes of focus nodes: all focus nodes (ascending), and ordered pairs of focus node and value node."""

    focus: Ids
    owners: Ids
    nodes: Ids


class Violations(NamedTuple):
    """Violations of one constraint: focus nodes, and their value nodes if they have any.

    ``path`` is given where it is not the path of the shape. A query may compute ``value``, which need not be a term of
    the data, and ``messages``.
    """

    focus: Ids
    values: Ids | None = None
    path: NamedNode | None = None
    value: Node | None = None
    messages: tuple[Literal, ...] = ()


def _min_count(_: Context, constraint: Constraint, values: Values) -> Iterator[Violations]:
    if constraint.limit:
        yield Violations(values.focus[counts(values.owners, values.focus) < constraint.limit])


def _max_count(_: Context, constraint: Constraint, values: Values) -> Iterator[Violations]:
    later = values.owners[constraint.limit :]
    yield Violations(unique(later[later == values.owners[: len(later)]]))


def _has_value(context: Context, constraint: Constraint, values: Values) -> Iterator[Violations]:
    having = values.owners[values.nodes == context.data.terms.position(constraint.terms[0])]
    yield Violations(values.focus[~context.data.among(values.focus, having)])


def _unique_lang(context: Context, _: Constraint, values: Values) -> Iterator[Violations]:
    terms = context.data.terms
    tags = {tag: number for number, tag in enumerate(dict.fromkeys(terms.languages), 1) if tag}
    numbers = np.array([tags.get(tag, 0) for tag in terms.languages] + [0], np.int32)
    of_values = numbers[terms.endings[values.nodes]]
    tagged = of_values > 0
    keys = np.sort(packed(values.owners[tagged], of_values[tagged]))
    yield Violations((unique(keys[1:][keys[1:] == keys[:-1]]) >> 32).astype(np.int32))


def _equals(context: Context, constraint: Constraint, values: Values) -> Iterator[Violations]:
    mine, others = packed(values.owners, values.nodes), packed(*_compared(context, constraint, values.focus))
    yield _of_keys(np.setxor1d(mine, others, assume_unique=True))


def _disjoint(context: Context, constraint: Constraint, values: Values) -> Iterator[Violations]:
    mine, others = packed(values.owners, values.nodes), packed(*_compared(context, constraint, values.focus))
    yield _of_keys(np.intersect1d(mine, others, assume_unique=True))


def _less_than(context: Context, constraint: Constraint, values: Values) -> Iterator[Violations]:
    keys, others = _compared(context, constraint, values.focus)
    rows, limits = matching_rows(values.owners, keys)
    orders = context.data.literals.compare(values.nodes[rows], others[limits])
    wrong = ~LIMITS[constraint.component][orders]
    yield Violations(values.owners[rows[wrong]], values.nodes[rows[wrong]])


def _compared(context: Context, constraint: Constraint, focus: Ids) -> Table:
    predicate = constraint.terms[0]
    keys, values = context.data.forward(predicate)
    rows = rows_of(keys, focus, context.data.size)
    return keys[rows], values[rows]


def _of_keys(keys: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Violations:
    return Violations((keys >> 32).astype(np.int32), (keys & 0xFFFFFFFF).astype(np.int32))


def _closed(context: Context, constraint: Constraint, values: Values) -> Iterator[Violations]:
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
            yield Violations(focus, strange, name if isinstance(name, NamedNode) else None)


def _qualified(context: Context, constraint: Constraint, values: Values) -> Iterator[Violations]:
    nodes = context.data.distinct(values.nodes)
    counted = _conforming(context, constraint.shapes[0], nodes)
    for sibling in constraint.siblings:
        counted = context.failing(sibling, counted)
    owners = values.owners[context.data.among(values.nodes, counted)]
    number = counts(owners, values.focus)
    wrong = number < constraint.limit if constraint.component == "QualifiedMinCount" else number > constraint.limit
    yield Violations(values.focus[wrong])


def _conforming(context: Context, shape: Node, nodes: Ids) -> Ids:
    return nodes[~context.data.among(nodes, context.failing(shape, nodes))]


SET_CHECKS: Final[dict[str, Callable[[Context, Constraint, Values], Iterator[Violations]]]] = {
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
