"""Components that judge each value node by itself, over a column of distinct value nodes (W3C SHACL section 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyoxigraph import Literal, NamedNode

from kg.columns import arrow
from kg.columns.terms import Kind
from kg.shacl.nodes import SH, text_in
from kg.shacl.shapes.patterns import matches

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.columns.arrays import Ids, Mask
    from kg.shacl.columnar.columngraph import ColumnGraph
    from kg.shacl.nodes import Node
    from kg.shacl.shapes.shapes import Constraint


class Context(Protocol):
    """What a component may ask of the run it is part of."""

    @property
    def data(self) -> ColumnGraph:
        """The data graph."""

    def failing(self, shape: Node, nodes: Ids) -> Ids:
        """Return those of the nodes (ascending) that do not conform to a shape."""


def _table(*values: int, size: int) -> Mask:
    """Return a table that says yes at some places, to look up many at once; -1 is the last place."""
    table = np.zeros(size, np.bool_)
    table[list(values)] = True
    return table


_KINDS: Final = {
    "IRI": _table(Kind.IRI, size=len(Kind)),
    "BlankNode": _table(Kind.BLANK, size=len(Kind)),
    "Literal": _table(Kind.LITERAL, size=len(Kind)),
    "BlankNodeOrIRI": _table(Kind.BLANK, Kind.IRI, size=len(Kind)),
    "BlankNodeOrLiteral": _table(Kind.BLANK, Kind.LITERAL, size=len(Kind)),
    "IRIOrLiteral": _table(Kind.IRI, Kind.LITERAL, size=len(Kind)),
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
        lengths = arrow.numbers(pc.utf8_length(texts))
        return np.asarray(
            lengths < constraint.limit if constraint.component == "MinLength" else lengths > constraint.limit
        )

    return _of_texts(context, nodes, wrong)


def _pattern(context: Context, constraint: Constraint, nodes: Ids) -> Mask:
    return _of_texts(context, nodes, lambda texts: ~matches(texts, constraint.pattern, constraint.flags))


def _of_texts(context: Context, nodes: Ids, judge: Callable[[pa.StringArray], Mask]) -> Mask:
    """Judge the texts of IRIs and literals; what has no text is wrong."""
    terms = context.data.terms
    wrong = np.ones(len(nodes), np.bool_)
    rows = np.flatnonzero(_KINDS["IRIOrLiteral"][terms.kinds[nodes]])
    written = terms.written(nodes[rows])
    wrong[rows] = judge(written)
    escaped = rows[arrow.flags(pc.match_substring(written, "\\"))]
    if len(escaped):
        texts = [node.value for node in terms.nodes(nodes[escaped].tolist()) if isinstance(node, Literal | NamedNode)]
        wrong[escaped] = judge(arrow.texts([text.encode() for text in texts]).cast(pa.string()))
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
