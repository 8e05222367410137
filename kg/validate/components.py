"""The constraint components of SHACL Core, each over whole sets of focus and value nodes (W3C SHACL section 4)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kg.validate.datatypes import comparison, well_formed
from kg.validate.nodes import SH, Node

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from kg.validate.data import DataGraph, Values
    from kg.validate.shapes import Constraint


class Finding(NamedTuple):
    """One violation inside one shape; ``path`` and ``messages`` are set only where they differ from the shape's own."""

    focus: Node
    value: Node | None
    path: NamedNode | None = None
    messages: tuple[Literal, ...] = ()


class Context(Protocol):
    """What a component may ask of the run it is part of."""

    @property
    def data(self) -> DataGraph:
        """The data graph."""

    def failing(self, shape: Node, nodes: Iterable[Node]) -> set[Node]:
        """Gives those of the nodes that do not conform to a shape."""


_KINDS: Final[dict[str, tuple[type, ...]]] = {
    "IRI": (NamedNode,),
    "BlankNode": (BlankNode,),
    "Literal": (Literal,),
    "BlankNodeOrIRI": (BlankNode, NamedNode),
    "BlankNodeOrLiteral": (BlankNode, Literal),
    "IRIOrLiteral": (NamedNode, Literal),
}
_LIMITS: Final[dict[str, frozenset[int]]] = {
    "MinExclusive": frozenset({1}),
    "MinInclusive": frozenset({0, 1}),
    "MaxExclusive": frozenset({-1}),
    "MaxInclusive": frozenset({-1, 0}),
    "LessThan": frozenset({-1}),
    "LessThanOrEquals": frozenset({-1, 0}),
}
_PARTS: Final = re.compile(r"(\\.|\[(?:\\.|[^\]\\])*\]|\$)", re.DOTALL)
_LACKING: Final = frozenset((r"\p", r"\P", r"\i", r"\I", r"\c", r"\C"))
_FLAGS: Final = {"s": re.DOTALL, "m": re.MULTILINE, "i": re.IGNORECASE, "x": re.VERBOSE}


def _class(context: Context, constraint: Constraint, nodes: set[Node]) -> set[Node]:
    return nodes - context.data.members(constraint.terms[0])


def _datatype(_: Context, constraint: Constraint, nodes: set[Node]) -> set[Node]:
    wanted = constraint.terms[0]
    return {node for node in nodes if not (isinstance(node, Literal) and node.datatype == wanted and well_formed(node))}


def _node_kind(_: Context, constraint: Constraint, nodes: set[Node]) -> set[Node]:
    kinds = _KINDS[(_text(constraint.terms[0]) or "").removeprefix(SH)]
    return {node for node in nodes if not isinstance(node, kinds)}


def _limit(_: Context, constraint: Constraint, nodes: set[Node]) -> set[Node]:
    bound, allowed = constraint.terms[0], _LIMITS[constraint.component]
    return {node for node in nodes if not (isinstance(node, Literal) and isinstance(bound, Literal) and comparison(node, bound) in allowed)}


def _length(_: Context, constraint: Constraint, nodes: set[Node]) -> set[Node]:
    if constraint.component == "MinLength":
        return {node for node in nodes if (text := _text(node)) is None or len(text) < constraint.limit}
    return {node for node in nodes if (text := _text(node)) is None or len(text) > constraint.limit}


def _pattern(_: Context, constraint: Constraint, nodes: set[Node]) -> set[Node]:
    search = regular_expression(constraint.pattern, constraint.flags).search
    return {node for node in nodes if (text := _text(node)) is None or search(text) is None}


def _language_in(_: Context, constraint: Constraint, nodes: set[Node]) -> set[Node]:
    ranges = [term.value.lower() for term in constraint.terms if isinstance(term, Literal)]

    def matches(node: Node) -> bool:
        tag = (node.language or "").lower() if isinstance(node, Literal) else ""
        return bool(tag) and any(wanted in ("*", tag) or tag.startswith(f"{wanted}-") for wanted in ranges)

    return {node for node in nodes if not matches(node)}


def _in(_: Context, constraint: Constraint, nodes: set[Node]) -> set[Node]:
    return nodes - set(constraint.terms)


def _node(context: Context, constraint: Constraint, nodes: set[Node]) -> set[Node]:
    return context.failing(constraint.shapes[0], nodes)


def _not(context: Context, constraint: Constraint, nodes: set[Node]) -> set[Node]:
    return nodes - context.failing(constraint.shapes[0], nodes)


def _and(context: Context, constraint: Constraint, nodes: set[Node]) -> set[Node]:
    return set().union(*(context.failing(shape, nodes) for shape in constraint.shapes))


def _or(context: Context, constraint: Constraint, nodes: set[Node]) -> set[Node]:
    for shape in constraint.shapes:
        nodes = context.failing(shape, nodes)
    return nodes


def _xone(context: Context, constraint: Constraint, nodes: set[Node]) -> set[Node]:
    failing = [context.failing(shape, nodes) for shape in constraint.shapes]
    return {node for node in nodes if sum(node not in failed for failed in failing) != 1}


VALUE_CHECKS: Final[dict[str, Callable[[Context, Constraint, set[Node]], set[Node]]]] = {
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
"""Components that judge each value node by itself: from a set of value nodes to those that are wrong."""


def _min_count(_: Context, constraint: Constraint, values: Values) -> Iterator[Finding]:
    return (Finding(focus, None) for focus, nodes in values.items() if len(nodes) < constraint.limit)


def _max_count(_: Context, constraint: Constraint, values: Values) -> Iterator[Finding]:
    return (Finding(focus, None) for focus, nodes in values.items() if len(nodes) > constraint.limit)


def _has_value(_: Context, constraint: Constraint, values: Values) -> Iterator[Finding]:
    return (Finding(focus, None) for focus, nodes in values.items() if constraint.terms[0] not in nodes)


def _unique_lang(_: Context, __: Constraint, values: Values) -> Iterator[Finding]:
    for focus, nodes in values.items():
        tags = [node.language.lower() for node in nodes if isinstance(node, Literal) and node.language]
        for _tag in {tag for tag in tags if tags.count(tag) > 1}:
            yield Finding(focus, None)


def _equals(context: Context, constraint: Constraint, values: Values) -> Iterator[Finding]:
    for focus, nodes, others in _compared(context, constraint, values):
        for node in dict.fromkeys((*nodes, *others)):
            if (node in nodes) != (node in others):
                yield Finding(focus, node)


def _disjoint(context: Context, constraint: Constraint, values: Values) -> Iterator[Finding]:
    for focus, nodes, others in _compared(context, constraint, values):
        for node in nodes:
            if node in others:
                yield Finding(focus, node)


def _less_than(context: Context, constraint: Constraint, values: Values) -> Iterator[Finding]:
    allowed = _LIMITS[constraint.component]
    for focus, nodes, others in _compared(context, constraint, values):
        for node in nodes:
            for other in others:
                if not (isinstance(node, Literal) and isinstance(other, Literal) and comparison(node, other) in allowed):
                    yield Finding(focus, node)


def _compared(context: Context, constraint: Constraint, values: Values) -> Iterator[tuple[Node, tuple[Node, ...], tuple[Node, ...]]]:
    predicate = constraint.terms[0]
    table = context.data.forward(predicate) if isinstance(predicate, NamedNode) else {}
    return ((focus, nodes, table.get(focus, ())) for focus, nodes in values.items())


def _closed(context: Context, constraint: Constraint, values: Values) -> Iterator[Finding]:
    allowed = frozenset(constraint.terms)
    strangers = [(predicate, context.data.forward(predicate)) for predicate in context.data.predicates() if predicate not in allowed]
    for focus, nodes in values.items():
        for node in nodes:
            for predicate, table in strangers:
                yield from (Finding(focus, value, predicate) for value in table.get(node, ()))


def _qualified(context: Context, constraint: Constraint, values: Values) -> Iterator[Finding]:
    nodes = {node for found in values.values() for node in found}
    counted = nodes - context.failing(constraint.shapes[0], nodes)
    for sibling in constraint.siblings:
        counted = context.failing(sibling, counted)
    for focus, found in values.items():
        count = sum(node in counted for node in found)
        if count < constraint.limit if constraint.component == "QualifiedMinCount" else count > constraint.limit:
            yield Finding(focus, None)


SET_CHECKS: Final[dict[str, Callable[[Context, Constraint, Values], Iterator[Finding]]]] = {
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
"""Components that judge the value nodes of a focus node together."""


def _text(node: Node) -> str | None:
    return None if isinstance(node, BlankNode | Triple) else node.value


@lru_cache(maxsize=256)
def regular_expression(pattern: str, flags: str) -> re.Pattern[str]:
    r"""Turns a SPARQL ``REGEX`` pattern with its flags into Python's form: ``$`` without the ``m`` flag means the very end.

    Raises:
        ValueError: the pattern uses what Python's expressions lack (``\p{…}``, ``\i``, ``\c``, class subtraction) or is broken.

    """
    if "q" in flags:
        return re.compile(re.escape(pattern), sum(_FLAGS[flag] for flag in set(flags) - {"q"} if flag in _FLAGS))
    if unknown := set(flags) - set(_FLAGS):
        raise ValueError(f"unknown flag {min(unknown)!r}")
    parts = _PARTS.split(pattern)
    if lacking := [part for part in parts if part[:2] in _LACKING or (part.startswith("[") and "-[" in part)]:
        raise ValueError(f"{lacking[0]!r} is not supported in a pattern")
    anchored = pattern if "m" in flags else "".join(r"\Z" if part == "$" else part for part in parts)
    try:
        return re.compile(anchored, sum(_FLAGS[flag] for flag in set(flags)))
    except re.error as error:
        raise ValueError(str(error)) from error
