"""Whole and exact answers from Virtuoso 7.

Virtuoso cuts rows off at a limit, rounds doubles to six digits, and repeats rows under DISTINCT.

Rows beyond its limit are asked for page by page, in an order of all columns, and counted; doubles are asked for as
text. Since Virtuoso cuts the triples of CONSTRUCT off without a word, they are made here from the rows that the
template needs (SPARQL 1.1, section 16.2).
"""

from __future__ import annotations

from itertools import count, islice
from typing import TYPE_CHECKING, Final, Protocol

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kg.core.errors import QueryError, StoreError
from kg.core.terms import XSD
from kg.sparql import (
    NOWHERE,
    Aggregate,
    AskQuery,
    BuiltInCall,
    ConstructQuery,
    Group,
    Iri,
    Modifiers,
    OrderCondition,
    Projection,
    Query,
    SelectQuery,
    SubSelect,
    TriplesBlock,
    TriplesSameSubject,
    Variable,
    replace,
    walk,
    write,
)
from kg.sparql import BlankNode as BlankNodeOfQuery
from kg.sparql import Literal as LiteralOfQuery
from kg.sparql.nodes import GraphNode, Selection, Verb
from kg.store.protocol import Solutions
from kg.store.virtuoso.rewriting import rewrite, sort_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.store.protocol import Answer, Term


_TEXT: Final = "{}__text"
_COUNT: Final = Selection(
    NOWHERE,
    "",
    (
        Projection(
            NOWHERE,
            Aggregate(NOWHERE, "COUNT", distinct=False, expression=None, separator=None),
            Variable(NOWHERE, "count"),
        ),
    ),
)
_NO_MODIFIERS: Final = Modifiers(NOWHERE, (), (), (), None, None)


class Sender(Protocol):
    """Sends the text of a query to Virtuoso."""

    def rows(self, text: str) -> tuple[Solutions, int | None]:
        """Return the rows that come back, and the limit at which they were cut off, if they were."""

    def truth(self, text: str) -> bool:
        """Return the answer to ASK."""

    def description(self, text: str) -> list[Triple]:
        """Return the answer to DESCRIBE."""


def answer(query: Query, sender: Sender, source: str) -> Answer:
    """Return the whole answer to a query.

    Raises:
        QueryError, StoreError: it cannot be had.

    """
    match query:
        case SelectQuery():
            variables, rows = select(query, sender, source)
            return Solutions(variables, tuple(rows))
        case AskQuery():
            return sender.truth(write(rewrite(query)))
        case ConstructQuery():
            template, asked = rows_of_template(query)
            variables, rows = select(asked, sender, source)
            return list(dict.fromkeys(triples_of_rows(template, variables, rows)))
    return sender.description(write(rewrite(query)))


def select(
    query: SelectQuery, sender: Sender, source: str
) -> tuple[tuple[str, ...], Iterable[tuple[Term | None, ...]]]:
    """Return the variables of an answer, and all its rows, page by page where there are many."""
    written: SelectQuery = rewrite(query)
    solutions, limit = sender.rows(write(written))
    distinct = written.selection.duplicates == "DISTINCT"
    wanted = written.modifiers.limit
    cut = limit is not None and (wanted is None or wanted > limit)
    if not cut and not (distinct and wanted is not None and len(set(solutions.rows)) < len(solutions)):
        exact = _exact(written, solutions, sender)
        return exact.variables, dict.fromkeys(exact.rows) if distinct else exact.rows
    rows = _pages(written, solutions.variables, sender, source, limit or max(len(solutions), 1))
    kept: Iterator[tuple[Term | None, ...]] = iter(dict.fromkeys(rows)) if distinct else iter(rows)
    start = written.modifiers.offset or 0
    return solutions.variables, islice(kept, start, None if wanted is None else start + wanted)


def _pages(
    query: SelectQuery, names: tuple[str, ...], sender: Sender, source: str, size: int
) -> Iterator[tuple[Term | None, ...]]:
    every = replace(query.modifiers, limit=None, offset=None)
    total = _count(query, every, sender)
    order = (
        *every.order_by,
        *(OrderCondition(NOWHERE, sort_key(Variable(NOWHERE, name)), descending=False) for name in names),
    )
    inner = SubSelect(NOWHERE, query.selection, query.where, replace(every, order_by=order), query.values)
    outer = Selection(NOWHERE, "", tuple(Variable(NOWHERE, name) for name in names))
    got = 0
    for start in count(0, size):
        modifiers = replace(_NO_MODIFIERS, limit=size, offset=start)
        page = SelectQuery(
            NOWHERE, query.prologue, outer, query.dataset, Group(NOWHERE, (Group(NOWHERE, (inner,)),)), modifiers, None
        )
        solutions, _ = sender.rows(write(page))
        exact = _exact(page, solutions, sender)
        got += len(exact)
        yield from exact.rows
        if len(exact) < size:
            break
    if got != total:
        message = f"{source}: the server cuts answers off at {size} rows, and gave {got} of {total} rows page by page"
        raise StoreError(message, endpoint=source, status=200)


def _count(query: SelectQuery, modifiers: Modifiers, sender: Sender) -> int:
    inner = SubSelect(NOWHERE, query.selection, query.where, replace(modifiers, order_by=()), query.values)
    text = write(
        SelectQuery(
            NOWHERE,
            query.prologue,
            _COUNT,
            query.dataset,
            Group(NOWHERE, (Group(NOWHERE, (inner,)),)),
            _NO_MODIFIERS,
            None,
        )
    )
    solutions, _ = sender.rows(text)
    return int(getattr(solutions.rows[0][0], "value", 0))


def _exact(query: SelectQuery, solutions: Solutions, sender: Sender) -> Solutions:
    """Return rows whose doubles are whole, which have to be asked for again as texts."""
    rounded = [
        name for place, name in enumerate(solutions.variables) if any(_is_rounded(row[place]) for row in solutions.rows)
    ]
    if not rounded:
        return solutions
    items = {item.variable.name if isinstance(item, Projection) else item.name: item for item in query.selection.items}
    texts = tuple(_as_text(name, items[name]) for name in rounded)
    asked = replace(query, selection=replace(query.selection, items=(*query.selection.items, *texts)))
    again, _ = sender.rows(write(asked))
    places = {solutions.variables.index(name): len(items) + number for number, name in enumerate(rounded)}
    rows = (
        tuple(_whole(row[place], row[places[place]]) if place in places else row[place] for place in range(len(items)))
        for row in again.rows
    )
    return Solutions(solutions.variables, tuple(rows))


def _as_text(name: str, item: Variable | Projection) -> Projection:
    expression = item.expression if isinstance(item, Projection) else item
    return Projection(NOWHERE, BuiltInCall(NOWHERE, "STR", (expression,)), Variable(NOWHERE, _TEXT.format(name)))


def _is_rounded(term: Term | None) -> bool:
    return isinstance(term, Literal) and term.datatype.value in {f"{XSD}double", f"{XSD}float"}


def _whole(term: Term | None, text: Term | None) -> Term | None:
    if _is_rounded(term) and isinstance(term, Literal) and isinstance(text, Literal):
        return Literal(text.value, datatype=NamedNode(term.datatype.value))
    return term


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
