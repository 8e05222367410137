"""Corrections of a query's text, and whether the corrected query has an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from kg.core.errors import LimitError, QueryError
from kg.core.terms import prefixes, rebase
from kg.query.diagnosis.model import Suggestion
from kg.query.diagnosis.probes import PLAIN
from kg.sparql import (
    NOWHERE,
    Aggregate,
    AskQuery,
    ConstructQuery,
    DescribeQuery,
    Group,
    PrefixDeclaration,
    Projection,
    Selection,
    SelectQuery,
    SubSelect,
    Undef,
    Values,
    replace,
    walk,
)
from kg.sparql.writing import TermWriter
from kg.store.protocol import Solutions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.query.catalogue.asked import Asked
    from kg.query.diagnosis.probes import Prober
    from kg.sparql import Iri, Literal, Query, Span
    from kg.store.protocol import Answer


_STATEMENTS: Final = 10_000  # solutions that a CONSTRUCT is given to make one statement


class Edit(NamedTuple):
    """Other text for a stretch of the query text."""

    start: int
    end: int
    text: str


def edited(text: str, edits: Iterable[Edit]) -> str:
    """Return the text after edits that do not overlap."""
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


class Repairer:
    """Tries corrections of one query."""

    def __init__(self, asked: Asked, query: Query, prober: Prober) -> None:
        self.text = asked.written
        self.query = query
        self.prober = prober
        self._asked = asked
        known = {name: rebase(iri, asked.base) for name, iri in prefixes().items()}
        declared = {each.prefix: each.iri.value for each in query.prologue if isinstance(each, PrefixDeclaration)}
        self._writer = TermWriter({**known, **declared})
        self._given = {
            block.rows[0].span: self.term(value)
            for block in walk(query)
            if isinstance(block, Values) and len(block.variables) == 1 and block.variables[0].name in asked.terms
            if not isinstance(value := block.rows[0].values[0], Undef)
        }

    def written(self, span: Span) -> str:
        """Return the text at a place, at that of the default of a parameter the value that was given instead."""
        return self._given.get(span) or self.text[span.start : span.end]

    def is_parameter(self, name: str) -> bool:
        """Return whether a variable is a parameter that was given a value."""
        return name in self._asked.terms

    def term(self, node: Iri | Literal) -> str:
        """Return the text of a term, by the prefixes that hold in this query."""
        return self._writer.term(node)

    def suggestion(self, replacement: str, *edits: Edit) -> Suggestion:
        """Return a suggestion with the corrected text, after asking whether it has an answer."""
        text = edited(self.text, edits)
        return Suggestion(replacement, text, self.gives_rows(text))

    def gives_rows(self, text: str) -> bool:
        """Return whether a query has an answer; a text that cannot be asked has none."""
        try:
            return has_answer(self._asked.tree(text), self.prober)
        except LimitError:
            raise
        except QueryError:
            return False


def has_answer(query: Query, prober: Prober) -> bool:
    """Return whether a query has an answer that is more than a count of zero; errors as ``Prober.ask``."""
    if isinstance(query, DescribeQuery) and query.where is None:
        return bool(prober.answer(query))
    if isinstance(query, ConstructQuery):
        limit = _STATEMENTS if query.modifiers.limit is None else min(query.modifiers.limit, _STATEMENTS)
        return bool(prober.answer(replace(query, prologue=(), modifiers=replace(query.modifiers, limit=limit))))
    if isinstance(query, DescribeQuery) and query.where:
        query = SelectQuery(
            NOWHERE, (), Selection(NOWHERE, "", ()), query.dataset, query.where, query.modifiers, query.values
        )
    if not isinstance(query, SelectQuery):
        where = query.where or Group(NOWHERE, ())
        return prober.ask(where if query.values is None else Group(NOWHERE, (where, query.values)))
    modifiers = query.modifiers
    if sums_up(query):
        return not is_empty(prober.answer(replace(query, prologue=())), query)
    plain = modifiers == PLAIN or modifiers == replace(PLAIN, span=modifiers.span, order_by=modifiers.order_by)
    if plain or not (modifiers.group_by or modifiers.having or modifiers.offset or modifiers.limit == 0):
        selection, modifiers = Selection(NOWHERE, "", ()), PLAIN
    else:
        selection, modifiers = query.selection, replace(modifiers, order_by=())
    inner = SubSelect(NOWHERE, selection, query.where, modifiers, query.values)
    return bool(prober.answer(AskQuery(NOWHERE, (), query.dataset, Group(NOWHERE, (inner,)), PLAIN, None)))


def sums_up(query: Query | SubSelect) -> bool:
    """Return whether a query gives one row whatever there is: aggregates without GROUP BY."""
    if not isinstance(query, SelectQuery | SubSelect) or query.modifiers.group_by:
        return False
    projected = (item.expression for item in query.selection.items if isinstance(item, Projection))
    return any(isinstance(node, Aggregate) for expression in projected for node in walk(expression))


def is_empty(answer: Answer, query: Query) -> bool:
    """Return whether an answer is empty: no rows or statements, false, or one row of nothing but zero and unbound aggregates."""
    if not isinstance(answer, Solutions):
        return not answer
    if not answer.rows:
        return True
    if not sums_up(query):
        return False
    return all(term is None or getattr(term, "value", "") in {"0", "0.0", ""} for row in answer.rows for term in row)
