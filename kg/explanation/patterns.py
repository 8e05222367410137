"""Which statements a pattern of a query matched: the pattern asked again with some of its variables bound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from pyoxigraph import Literal, NamedNode, Triple

from kg.explanation.paths import ways
from kg.query.revealed import revealed
from kg.sparql import (
    NOWHERE,
    Exists,
    Filter,
    Group,
    Minus,
    Modifiers,
    Node,
    Projection,
    Row,
    Selection,
    SelectQuery,
    SubSelect,
    TriplesBlock,
    Values,
    Variable,
    children,
    visible,
    write,
)
from kg.sparql import Iri as IriNode
from kg.sparql import Literal as LiteralNode
from kg.sparql.variables import as_node
from kg.store.protocol import Solutions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kg.explanation.lookup import Lookup
    from kg.store.protocol import QuadStore, Term

    Bindings: TypeAlias = Mapping[str, Term | None]

_UNMODIFIED: Final = Modifiers(NOWHERE, (), (), (), None, None)
MOST: Final = 200


def matches(query: SelectQuery, bindings: Bindings, store: QuadStore, lookup: Lookup) -> list[tuple[Triple, ...]]:
    """Return, for each solution of the pattern of a query that has the given values, the statements that it matched.

    What a pattern asks not to be there is no statement. Inner queries give the statements that they matched under the
    solution. At most ``MOST`` solutions of a pattern are looked at.
    """
    return list(_matches(revealed(query), query, bindings, store, lookup))


def _matches(
    query: SelectQuery | SubSelect, whole: SelectQuery, bindings: Bindings, store: QuadStore, lookup: Lookup
) -> Iterator[tuple[Triple, ...]]:
    bound = {name: term for name, term in bindings.items() if isinstance(term, NamedNode | Literal)}
    block = Values(
        NOWHERE, tuple(Variable(NOWHERE, name) for name in bound), (Row(NOWHERE, tuple(map(as_node, bound.values()))),)
    )
    elements = (block, Group(NOWHERE, query.where.elements)) if bound else query.where.elements
    everything = Selection(NOWHERE, "DISTINCT", ())
    asked = SelectQuery(
        NOWHERE, whole.prologue, everything, whole.dataset, Group(NOWHERE, elements), _UNMODIFIED, query.values
    )
    answer = store.query(write(asked))
    rows = list(Solutions.__iter__(answer))[:MOST] if isinstance(answer, Solutions) else []
    for row in rows:
        yield tuple(dict.fromkeys(_stated(query.where, whole, row, store, lookup)))


def _stated(node: Node, whole: SelectQuery, row: Bindings, store: QuadStore, lookup: Lookup) -> Iterator[Triple]:
    for child in children(node):
        if isinstance(child, TriplesBlock):
            yield from _of_block(child, row, lookup)
        elif isinstance(child, SubSelect):
            handed = {name: row.get(name) for name in _handed_out(child)}
            for inner in _matches(child, whole, handed, store, lookup):
                yield from inner
        elif not isinstance(child, Minus | Filter | Exists):
            yield from _stated(child, whole, row, store, lookup)


def _handed_out(query: SubSelect) -> list[str]:
    """Return the variables of an inner query that keep their values on the way out; those that it computes do not."""
    items = [item.name for item in query.selection.items if not isinstance(item, Projection)]
    return items if query.selection.items else sorted(visible(query.where))


def _of_block(block: TriplesBlock, row: Bindings, lookup: Lookup) -> Iterator[Triple]:
    for triples in block.triples:
        subject = _term(triples.subject, row)
        for each in triples.properties:
            for written in each.objects:
                value = _term(written, row)
                if subject is None or value is None:
                    continue
                if isinstance(each.verb, Variable):
                    predicate = row.get(each.verb.name)
                    yield from lookup.triples(subject, predicate, value) if predicate is not None else ()
                else:
                    yield from next((way for end, way in ways(subject, each.verb, lookup, value) if end == value), ())


def _term(node: Node, row: Bindings) -> Term | None:
    if isinstance(node, Variable):
        return row.get(node.name)
    if isinstance(node, IriNode):
        return NamedNode(node.value)
    if isinstance(node, LiteralNode):
        if node.language:
            return Literal(node.value, language=node.language)
        return Literal(node.value, datatype=NamedNode(node.datatype)) if node.datatype else Literal(node.value)
    return None
