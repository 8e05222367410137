"""CONSTRUCT as SELECT: the rows that a template needs, and the triples that it makes of them (SPARQL 1.1, section 16.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kg.core.errors import QueryError
from kg.sparql import NOWHERE, ConstructQuery, Iri, SelectQuery, TriplesBlock, TriplesSameSubject, Variable, walk
from kg.sparql import BlankNode as BlankNodeOfQuery
from kg.sparql import Literal as LiteralOfQuery
from kg.sparql.nodes import GraphNode, Selection, Verb

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.store.protocol import Term

Template = tuple[tuple[GraphNode | Verb, GraphNode | Verb, GraphNode | Verb], ...]


def rows_of_template(query: ConstructQuery) -> tuple[Template, SelectQuery]:
    """Return the triples of a template, and the query for the rows that fill it.

    Raises:
        QueryError: the template holds a list or brackets with properties.

    """
    triples = query.template
    if triples is None:
        triples = tuple(
            each for part in query.where.elements if isinstance(part, TriplesBlock) for each in part.triples
        )
    template = tuple(_flat(triples))
    names = dict.fromkeys(
        node.name for part in template for each in part for node in walk(each) if isinstance(node, Variable)
    )
    selection = Selection(NOWHERE, "", tuple(Variable(NOWHERE, name) for name in names))
    return template, SelectQuery(
        NOWHERE, query.prologue, selection, query.dataset, query.where, query.modifiers, query.values
    )


def triples_of_rows(
    template: Template, variables: tuple[str, ...], rows: Iterable[tuple[Term | None, ...]]
) -> Iterator[Triple]:
    """Yield the triples that rows make of a template.

    Each row has blank nodes of its own, and what is no triple is left out.
    """
    for row in rows:
        values = dict(zip(variables, row, strict=True))
        nodes: dict[str, BlankNode] = {}
        for part in template:
            subject, predicate, value = (_filled(node, values, nodes) for node in part)
            if isinstance(subject, NamedNode | BlankNode) and isinstance(predicate, NamedNode) and value is not None:
                yield Triple(subject, predicate, value)


def _flat(
    triples: tuple[TriplesSameSubject, ...],
) -> Iterator[tuple[GraphNode | Verb, GraphNode | Verb, GraphNode | Verb]]:
    for same in triples:
        for properties in same.properties:
            for value in properties.objects:
                part = (same.subject, properties.verb, value)
                if not all(isinstance(node, Variable | Iri | LiteralOfQuery | BlankNodeOfQuery) for node in part):
                    hint = "write out each triple of the template, with labels such as _:b for blank nodes"
                    raise QueryError(
                        "a template for Virtuoso holds neither lists nor brackets with properties", hint=hint
                    )
                yield part


def _filled(node: GraphNode | Verb, values: dict[str, Term | None], nodes: dict[str, BlankNode]) -> Term | None:
    match node:
        case Variable(_, name):
            return values.get(name)
        case Iri(_, value, _):
            return NamedNode(value)
        case LiteralOfQuery(_, value, datatype, language):
            return Literal(value, language=language) if language else Literal(value, datatype=NamedNode(datatype))
        case BlankNodeOfQuery(_, label):
            return nodes.setdefault(label, BlankNode()) if label else BlankNode()
    return None
