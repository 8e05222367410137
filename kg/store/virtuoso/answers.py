"""Whole and exact answers from Virtuoso 7: it cuts rows off at a limit, rounds doubles to six digits, and repeats rows under DISTINCT.

Rows beyond its limit are asked for page by page, in an order of all columns, and counted; doubles are asked for as
text. Triples of CONSTRUCT are made here, from rows, since it cuts those off without a word.
"""

from __future__ import annotations

from itertools import count, islice
from typing import TYPE_CHECKING, Final, Protocol

from pyoxigraph import Literal, NamedNode

from kg.core.errors import StoreError
from kg.sparql import (
    NOWHERE,
    Aggregate,
    AskQuery,
    BuiltInCall,
    ConstructQuery,
    Group,
    Modifiers,
    OrderCondition,
    Projection,
    Query,
    SelectQuery,
    SubSelect,
    Variable,
    replace,
    write,
)
from kg.sparql.nodes import Selection
from kg.store.protocol import Solutions
from kg.store.virtuoso.rewriting import XSD, rewrite, sort_key
from kg.store.virtuoso.templates import rows_of_template, triples_of_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pyoxigraph import Triple

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
