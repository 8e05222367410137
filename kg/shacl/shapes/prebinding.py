"""Pre-bound variables of SHACL-SPARQL, on the syntax tree (W3C SHACL sections 5.3 and 6.3, appendix A)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

import pyoxigraph
from pyoxigraph import NamedNode, Triple

from kg import sparql
from kg.shacl.nodes import XSD
from kg.sparql import NOWHERE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.shacl.nodes import Node

    Rows = tuple[sparql.Row, ...]

Q = TypeVar("Q", bound=sparql.SelectQuery | sparql.AskQuery)
SHAPES_GRAPH: Final = NamedNode("urn:motkg:validation:shapes-graph")
_SKOLEM: Final = "urn:motkg:validation:blank:"
_KEPT: Final = "="
"""Begins the name of a variable that is to stay; no name of SPARQL begins so."""
_ERROR: Final = sparql.BuiltInCall(NOWHERE, "ABS", (sparql.Literal(NOWHERE, "", f"{XSD}string", ""),))
"""Has no value anywhere, not even after GROUP BY, where a variable may not stand."""
_ONLY_IF_USED: Final = frozenset({"shapesGraph", "currentShape"})


class ForbiddenError(Exception):
    """A query uses what SHACL forbids where variables are pre-bound; the message names it."""


def check(query: sparql.Query, names: frozenset[str]) -> None:
    """Refuse what must not stand in a query with pre-bound variables of these names.

    Raises:
        ForbiddenError: the query has MINUS, SERVICE, VALUES, gives a pre-bound variable a value, or hides one in a
            subquery.

    """
    for node in sparql.walk(query):
        match node:
            case sparql.Minus():
                raise ForbiddenError("MINUS")
            case sparql.Service():
                raise ForbiddenError("SERVICE")
            case sparql.Values():
                raise ForbiddenError("VALUES")
            case sparql.Bind(_, _, variable) | sparql.Projection(_, _, variable) if variable.name in names:
                raise ForbiddenError(f"AS ?{variable.name}, a variable that has its value from outside")
            case sparql.GroupCondition(_, _, sparql.Variable(_, name)) if name in names:
                raise ForbiddenError(f"AS ?{name}, a variable that has its value from outside")
            case sparql.SubSelect():
                used = {inner.name for inner in sparql.walk(node) if isinstance(inner, sparql.Variable)}
                if hidden := (({"this"} | (used & names)) - _ONLY_IF_USED) - sparql.selected(node):
                    raise ForbiddenError(f"a subquery that does not select ?{min(hidden)}")


def runs_for_sets(query: sparql.Query) -> bool:
    """Return whether one run for many focus nodes gives what a run for each gives: no limit, and groups that keep focus nodes apart."""
    for node in sparql.walk(query):
        if isinstance(node, sparql.Modifiers) and (node.limit is not None or node.offset is not None):
            return False
        if isinstance(node, sparql.SelectQuery | sparql.SubSelect):
            grouped = {
                part.expression.name for part in node.modifiers.group_by if isinstance(part.expression, sparql.Variable)
            }
            parts = (*node.selection.items, *node.modifiers.having, *node.modifiers.order_by)
            aggregated = any(isinstance(inner, sparql.Aggregate) for part in parts for inner in sparql.walk(part))
            if (aggregated or node.modifiers.group_by) and "this" not in grouped:
                return False
    return True


def seeing_blank_nodes(query: Q) -> Q:
    """Make the functions that tell kinds of term apart, and ``STR``, see a blank node in the IRI that it goes by."""

    def change(node: sparql.Node) -> sparql.Node:
        match node:
            case sparql.BuiltInCall(span, "ISBLANK", (argument,)):
                return sparql.Logical(span, "||", (node, _is_skolem(argument)))
            case sparql.BuiltInCall(span, "ISIRI" | "ISURI", (argument,)):
                return sparql.Logical(span, "&&", (node, sparql.Unary(span, "!", _is_skolem(argument))))
            case sparql.BuiltInCall(span, "STR", (argument,)):
                return sparql.BuiltInCall(span, "IF", (_is_skolem(argument), _ERROR, node))
            case _:
                return node

    return sparql.transform(query, change)


def _is_skolem(argument: sparql.Expression) -> sparql.Expression:
    start = sparql.Literal(NOWHERE, _SKOLEM, "http://www.w3.org/2001/XMLSchema#string", "")
    begins = sparql.BuiltInCall(NOWHERE, "STRSTARTS", (sparql.BuiltInCall(NOWHERE, "STR", (argument,)), start))
    return sparql.Logical(NOWHERE, "&&", (sparql.BuiltInCall(NOWHERE, "ISIRI", (argument,)), begins))


def substituted(query: Q, terms: Mapping[str, Node]) -> Q:
    """Put terms in the place of variables; one that a query or an inner query selects keeps its name."""
    nodes = {name: as_node(term) for name, term in terms.items()}

    def named(node: sparql.Node) -> sparql.Node:
        if not isinstance(node, sparql.Selection):
            return node
        items = tuple(
            sparql.Projection(NOWHERE, item, sparql.Variable(NOWHERE, _KEPT + item.name))
            if isinstance(item, sparql.Variable) and item.name in nodes
            else item
            for item in node.items
        )
        return sparql.replace(node, items=items)

    def change(node: sparql.Node) -> sparql.Node:
        match node:
            case sparql.Variable(_, name) if name in nodes:
                return nodes[name]
            case sparql.Variable(span, name) if name.startswith(_KEPT):
                return sparql.Variable(span, name.removeprefix(_KEPT))
            case sparql.BuiltInCall(_, "BOUND", (sparql.Iri() | sparql.Literal(),)):
                return sparql.Literal(NOWHERE, "true", "http://www.w3.org/2001/XMLSchema#boolean", "")
            case _:
                return node

    return sparql.transform(sparql.transform(query, named), change) if nodes else query


def data_block(names: Sequence[str], rows: Rows) -> sparql.Values:
    """Return the data block of some variables."""
    return sparql.Values(NOWHERE, tuple(sparql.Variable(NOWHERE, name) for name in names), rows)


def bound(query: Q, names: Sequence[str], block: sparql.Pattern) -> Q:
    """Return variables their values by a block at the head of every group that mentions one, except inside ``EXISTS``.

    ``EXISTS`` takes its values from the group around it. Joining the groups on the variables gives for every row of
    values what that row alone would give, when :func:`runs_for_sets` says so.
    """
    wanted = frozenset(names)
    inner: tuple[sparql.Pattern, ...] = tuple(_headed(element, block, wanted) for element in query.where.elements)
    if inner and isinstance(inner[0], sparql.SubSelect):
        inner = (sparql.Group(NOWHERE, inner),)
    return sparql.replace(query, where=sparql.Group(NOWHERE, (block, *inner)))


def _headed(pattern: sparql.Pattern, block: sparql.Pattern, names: frozenset[str]) -> sparql.Pattern:
    match pattern:
        case sparql.Group():
            elements = tuple(_headed(element, block, names) for element in pattern.elements)
            if not _mentions(pattern, names):
                return sparql.replace(pattern, elements=elements)
            if elements and isinstance(elements[0], sparql.SubSelect):
                elements = (sparql.Group(NOWHERE, elements),)
            return sparql.replace(pattern, elements=(block, *elements))
        case sparql.Optional() | sparql.GraphPattern():
            return sparql.replace(pattern, group=_headed(pattern.group, block, names))
        case sparql.Union():
            return sparql.replace(pattern, groups=tuple(_headed(group, block, names) for group in pattern.groups))
        case sparql.SubSelect():
            return sparql.replace(pattern, where=_headed(pattern.where, block, names & sparql.selected(pattern)))
        case _:
            return pattern


def _mentions(node: sparql.Node, names: frozenset[str]) -> bool:
    return any(isinstance(inner, sparql.Variable) and inner.name in names for inner in sparql.walk(node))


def as_node(term: Node) -> sparql.Iri | sparql.Literal:
    """Return the node of a term; a blank node goes by an IRI, in the query as in the store."""
    if isinstance(term, pyoxigraph.BlankNode):
        return sparql.Iri(NOWHERE, _SKOLEM + term.value, f"<{_SKOLEM}{term.value}>")
    if isinstance(term, Triple):
        raise ForbiddenError("a triple term")
    if isinstance(term, NamedNode):
        return sparql.Iri(NOWHERE, term.value, f"<{term.value}>")
    return sparql.Literal(NOWHERE, term.value, term.datatype.value, term.language or "")


def named(text: bytes) -> bytes:
    """Return a blank node of N-Triples the IRI that it goes by."""
    return b"<" + _SKOLEM.encode() + text[2:] + b">"


def original(term: Node) -> Node:
    """Return the blank node that an IRI stands for, and every other term as it is."""
    if isinstance(term, NamedNode) and term.value.startswith(_SKOLEM):
        return pyoxigraph.BlankNode(term.value.removeprefix(_SKOLEM))
    return term


def asks_for_graphs(query: sparql.Query) -> bool:
    """Return whether a query names a graph, which can only be the shapes graph."""
    return any(isinstance(node, sparql.GraphPattern) for node in sparql.walk(query))


def calls_of_shapes(query: sparql.Query) -> tuple[str, ...]:
    """Return the functions that a query calls and that SPARQL does not have: the shapes have to define them."""
    calls = (node.function.value for node in sparql.walk(query) if isinstance(node, sparql.FunctionCall))
    return tuple(name for name in calls if not name.startswith(XSD))


def may_stay_put(path: sparql.Path) -> bool:
    """Return whether a path may lead from any node of the graph to itself, so that it depends on all statements."""
    match path:
        case sparql.PathRepeat(_, _, modifier):
            return modifier in {"*", "?"} or may_stay_put(path.path)
        case sparql.PathSequence(_, paths):
            return all(map(may_stay_put, paths))
        case sparql.PathAlternative(_, paths):
            return any(map(may_stay_put, paths))
        case sparql.PathInverse(_, inner):
            return may_stay_put(inner)
        case _:
            return False


def predicates_of(query: sparql.Query) -> frozenset[str] | None:
    """Return the predicates that a query can follow, or ``None`` where it may follow any."""
    found: set[str] = set()
    for node in sparql.walk(query):
        if not isinstance(node, sparql.PropertyObjects):
            continue
        if isinstance(node.verb, sparql.Variable) or may_stay_put(node.verb):
            return None
        for part in sparql.walk(node.verb):
            if isinstance(part, sparql.PathNegated):
                return None
            if isinstance(part, sparql.Iri):
                found.add(part.value)
    return frozenset(found)
