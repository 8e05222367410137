"""Parameters: RDF terms bound in the syntax tree, by data blocks, which mean the same on every store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Literal as LiteralTerm
from pyoxigraph import NamedNode

from kg.core.errors import QueryError, near_names
from kg.sparql.nodes import (
    Bind,
    ConstructQuery,
    DescribeQuery,
    Filter,
    Group,
    Iri,
    Literal,
    Minus,
    Optional,
    Projection,
    Query,
    Row,
    SelectQuery,
    SubSelect,
    TriplesBlock,
    Values,
    Variable,
)
from kg.sparql.scope import visible
from kg.sparql.tree import NOWHERE, Node, Span, replace, transform, walk

if TYPE_CHECKING:
    from collections.abc import Mapping

    Term = NamedNode | LiteralTerm


def bind(query: Query, terms: Mapping[str, Term]) -> Query:
    """Return a query in which variables have the given values.

    A block ``VALUES ?name { … }`` of that one variable, wherever it stands, gets the value in place of its data. A
    variable without such a block gets one at the start of the outermost group. The values go in as terms, never as
    text.

    Raises:
        QueryError: the query has no such variable, gives it a value itself, or hides it in an inner query where a value
            from
            outside would not reach it.

    """
    for name, term in terms.items():
        row = Row(NOWHERE, (as_node(term),))
        bound, count = _in_blocks(query, name, row)
        query = bound if count else _joined(query, name, row)
    return query


def as_node(term: Term) -> Iri | Literal:
    """Return the node of an RDF term.

    Raises:
        QueryError: it is a blank node, which names nothing outside its own graph, or a term that SPARQL 1.1 does not
            have.

    """
    if isinstance(term, NamedNode):
        return Iri(NOWHERE, term.value, f"<{term.value}>")
    if isinstance(term, LiteralTerm) and not term.direction:
        return Literal(NOWHERE, term.value, term.datatype.value, term.language or "")
    raise QueryError(f"{term} cannot be bound to a variable", hint="give an IRI or a literal")


def _in_blocks(query: Query, name: str, row: Row) -> tuple[Query, int]:
    """Put a row into every data block of one variable, and counts them."""
    count = 0

    def filled(node: Node) -> Node:
        nonlocal count
        if isinstance(node, Values) and [variable.name for variable in node.variables] == [name]:
            count += 1
            return replace(node, rows=(_at(node.rows[0].span if node.rows else node.span, row),))
        return node

    bound = transform(query, filled)
    return bound, count


def _at(span: Span, row: Row) -> Row:
    """Return a row that stands where another one stood."""
    return replace(row, span=span, values=tuple(replace(value, span=span) for value in row.values))


def _joined(query: Query, name: str, row: Row) -> Query:
    """Put a data block at the start of the outermost group."""
    _check_reach(query, name)
    block = Values(NOWHERE, (Variable(NOWHERE, name),), (row,))
    where = query.where or Group(NOWHERE, ())
    elements = where.elements
    if elements and isinstance(elements[0], SubSelect):
        elements = (Group(where.span, elements),)
    changed = replace(where, elements=(block, *elements))
    if isinstance(query, ConstructQuery) and query.template is None:
        template = tuple(
            triples for part in where.elements if isinstance(part, TriplesBlock) for triples in part.triples
        )
        return replace(query, template=template, where=changed)
    return replace(query, where=changed)


def _check_reach(query: Query, name: str) -> None:
    names = {node.name for node in walk(query) if isinstance(node, Variable)}
    if name not in names:
        raise QueryError(
            f"the query has no variable ?{name} to give a value",
            near=tuple(f"?{near}" for near in near_names(name, names)),
        )
    if name in _assigned(query):
        raise QueryError(
            f"the query gives ?{name} a value itself", hint=f"put VALUES ?{name} {{ … }} where the value is to act"
        )
    if name not in _reached(query):
        hint = f"put VALUES ?{name} {{ … }} where the value is to act"
        raise QueryError(f"?{name} stands only where a value given to the whole query does not reach it", hint=hint)


def _assigned(query: Query) -> set[str]:
    """Return the variables that the outermost level makes with AS."""
    assigned = {part.variable.name for part in (query.where.elements if query.where else ()) if isinstance(part, Bind)}
    assigned |= {each.variable.name for each in query.modifiers.group_by if each.variable}
    if isinstance(query, SelectQuery):
        assigned |= {item.variable.name for item in query.selection.items if isinstance(item, Projection)}
    return assigned


def _reached(query: Query) -> set[str]:
    """Return the variables that a data block at the start of the outermost group can restrict."""
    reached: set[str] = set()
    nodes: list[Node] = [*query.modifiers.group_by, *query.modifiers.having, *query.modifiers.order_by]
    if isinstance(query, SelectQuery):
        nodes += query.selection.items
    elif isinstance(query, DescribeQuery):
        nodes += query.targets
    elif isinstance(query, ConstructQuery):
        nodes += query.template or ()
    for element in query.where.elements if query.where else ():
        reached |= visible(element)
        if isinstance(element, Filter | Bind):
            nodes.append(element)
        elif isinstance(element, Minus):
            reached |= visible(element.group)
        elif isinstance(element, Optional):
            nodes += [part for part in element.group.elements if isinstance(part, Filter)]
    return reached | {node.name for start in nodes for node in walk(start) if isinstance(node, Variable)}
