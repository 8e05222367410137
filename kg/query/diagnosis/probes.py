"""Small queries to the store and corrections of a query, limited in number and in the time they take together."""

from __future__ import annotations

import time
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Final, NamedTuple

from kg.core.errors import KGError, LimitError, QueryError
from kg.core.terms import XSD, prefixes, rebase
from kg.query.diagnosis.model import Suggestion
from kg.sparql import (
    NOWHERE,
    Aggregate,
    AskQuery,
    Bind,
    BuiltInCall,
    ConstructQuery,
    DescribeQuery,
    Filter,
    Group,
    Iri,
    Literal,
    Modifiers,
    PrefixDeclaration,
    Projection,
    Selection,
    SelectQuery,
    SubSelect,
    Unary,
    Values,
    Variable,
    replace,
    walk,
    write,
)
from kg.sparql.writing import TermWriter
from kg.store.embedded.functions import READ_OTHERWISE
from kg.store.protocol import Interruptible, Solutions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kg.query.catalogue.binding import PreparedQuery
    from kg.sparql import DatasetClause, Expression, Node, Query, Span
    from kg.store.protocol import Answer, QuadStore, Term


PLAIN: Final = Modifiers(NOWHERE, (), (), (), None, None)
_ENDED: Final = "the search for the cause was ended by its limits"
_LOOK: Final = 0.5
"""Seconds of waiting after which Python looks for Ctrl-C, which need not end the waiting by itself."""
COUNTED: Final = 10_000  # solutions that are counted before "more than" is said


def counted(count: int) -> str:
    """Return a number of solutions in words."""
    if count == 1:
        return "the one solution"
    return f"all {count:,} solutions" if count < COUNTED else f"all of more than {COUNTED:,} solutions"


_SHOWN: Final = 5
_LONGEST: Final = 60


def computed_patterns(expression: Node) -> Iterator[BuiltInCall]:
    """Yield the calls whose regular expression, or its flags, are calculated for each solution."""
    for call in walk(expression):
        if isinstance(call, BuiltInCall) and call.name in {"REGEX", "REPLACE"}:
            parts = (call.arguments[1], *_flags(call))
            if any(isinstance(node, Variable) for part in parts for node in walk(part)):
                yield call


def refused_patterns(prober: Prober, expression: Node, pattern: Group) -> str:
    """Return in words the computed regular expressions of some solutions that an engine does not take."""
    tried = Variable(NOWHERE, "__tried")
    refused = Filter(NOWHERE, Unary(NOWHERE, "!", BuiltInCall(NOWHERE, "BOUND", (tried,))))
    shown: list[str] = []
    for call in computed_patterns(expression):
        tries = BuiltInCall(NOWHERE, "REGEX", (_text(""), _pattern(call), *_flags(call)))
        shown += _shown(prober, call, Group(NOWHERE, (*pattern.elements, Bind(NOWHERE, tries, tried), refused)))
    are = "is no regular expression" if len(set(shown)) == 1 else "are no regular expressions"
    return f": {', '.join(dict.fromkeys(shown))} {are} that the engine takes" if shown else ""


def patterns_read_otherwise(prober: Prober, expression: Node, pattern: Group) -> str:
    """Return in words the computed regular expressions that an engine takes for others than SPARQL."""
    if "oxigraph" not in prober.store.capabilities().engine.lower():
        return ""
    shown: list[str] = []
    for call in computed_patterns(expression):
        odd = Filter(NOWHERE, BuiltInCall(NOWHERE, "REGEX", (_pattern(call), _text(READ_OTHERWISE))))
        shown += _shown(prober, call, Group(NOWHERE, (*pattern.elements, odd)))
    has = "has a class" if len(set(shown)) == 1 else "have classes"
    inside = "with [, &&, ~~ or -- inside, which the engine reads otherwise than SPARQL"
    return f"{', '.join(dict.fromkeys(shown))} {has} {inside}" if shown else ""


def _shown(prober: Prober, call: BuiltInCall, group: Group) -> list[str]:
    """Return the patterns of a call over the solutions of a group, in quotation marks."""
    parts: tuple[Expression, ...] = (_pattern(call),)
    for flags in _flags(call):
        parts = (*parts, _text("' with the flags '"), BuiltInCall(NOWHERE, "STR", (flags,)))
    try:
        values = prober.values(BuiltInCall(NOWHERE, "CONCAT", parts), group, _SHOWN)
    except LimitError:
        return []
    texts = [str(getattr(value, "value", "")) for value in values]
    return sorted(f"'{text if len(text) <= _LONGEST else text[:_LONGEST] + '…'}'" for text in texts)


def _pattern(call: BuiltInCall) -> Expression:
    return BuiltInCall(NOWHERE, "STR", (call.arguments[1],))


def _text(text: str) -> Literal:
    return Literal(NOWHERE, text, f"{XSD}string", "")


def _flags(call: BuiltInCall) -> tuple[Expression, ...]:
    return call.arguments[2 if call.name == "REGEX" else 3 :]


class Limits(NamedTuple):
    """Limits of a diagnosis: the number of probes, and seconds."""

    probes: int = 400
    seconds: float = 10.0


class Prober:
    """Asks a store until the limits are reached."""

    def __init__(self, store: QuadStore, limits: Limits) -> None:
        self.store = store
        self.limits = limits
        self.used = 0
        self.dataset: tuple[DatasetClause, ...] = ()
        self._end = time.monotonic() + limits.seconds
        self._answers: dict[str, Answer] = {}

    def ask(self, pattern: Group) -> bool:
        """Return whether a pattern has a solution.

        Raises:
            LimitError: the limits are reached.
            QueryError: the store does not take the pattern.

        """
        return bool(self.answer(AskQuery(NOWHERE, (), self.dataset, pattern, PLAIN, None)))

    def values(self, expression: Expression, pattern: Group, limit: int = 500) -> list[Term]:
        """Return the distinct values, up to a limit, that an expression has over the solutions of a pattern.

        Errors as ``ask``.
        """
        value = Variable(NOWHERE, "__value")
        item = value if expression == value else Projection(NOWHERE, expression, value)
        modifiers = Modifiers(NOWHERE, (), (), (), limit, None)
        query = SelectQuery(
            NOWHERE, (), Selection(NOWHERE, "DISTINCT", (item,)), self.dataset, pattern, modifiers, None
        )
        return [term for (term,) in self.rows(query) if term is not None]

    def count(self, pattern: Group) -> int:
        """Return the number of solutions of a pattern, counted up to ``COUNTED``; errors as ``ask``."""
        star = Selection(NOWHERE, "", ())
        return len(
            self.rows(
                SelectQuery(
                    NOWHERE, (), star, self.dataset, pattern, Modifiers(NOWHERE, (), (), (), COUNTED, None), None
                )
            )
        )

    def rows(self, query: Query) -> Sequence[tuple[Term | None, ...]]:
        """Return the rows of a query; errors as ``ask``."""
        answer = self.answer(query)
        return answer.rows if isinstance(answer, Solutions) else ()

    def answer(self, query: Query | str) -> Answer:
        """Return the answer to a query, asked once; errors as ``ask``."""
        text = query if isinstance(query, str) else write(query)
        if text not in self._answers:
            self._answers[text] = self._asked(text)
        return self._answers[text]

    def _asked(self, text: str) -> Answer:
        """Ask in a thread of its own: some engines cannot be stopped while they run, only left alone."""
        remaining = self._end - time.monotonic()
        if self.used >= self.limits.probes or remaining <= 0:
            raise LimitError(_ENDED)
        self.used += 1
        outcome: SimpleQueue[Answer | KGError] = SimpleQueue()

        def run() -> None:
            try:
                outcome.put(self.store.query(text))
            except KGError as error:
                outcome.put(error)

        Thread(target=run, daemon=True).start()
        try:
            answer = self._arrived(outcome)
        except BaseException:  # Ctrl-C too: whatever asks next must not wait for an answer that nobody wants
            if isinstance(self.store, Interruptible):
                self.store.interrupt()
            raise
        if isinstance(answer, KGError):
            raise answer
        return answer

    def _arrived(self, outcome: SimpleQueue[Answer | KGError]) -> Answer | KGError:
        while (remaining := self._end - time.monotonic()) > 0:
            with suppress(Empty):
                return outcome.get(timeout=min(remaining, _LOOK))
        raise LimitError(_ENDED)


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

    def __init__(self, prepared: PreparedQuery, query: Query, prober: Prober) -> None:
        self.text = prepared.written
        self.query = query
        self.prober = prober
        self._prepared = prepared
        known = {name: rebase(iri, prepared.base) for name, iri in prefixes().items()}
        declared = {each.prefix: each.iri.value for each in query.prologue if isinstance(each, PrefixDeclaration)}
        self._writer = TermWriter({**known, **declared})
        self._given = {
            row.span: self.term(value)
            for block in walk(query)
            if isinstance(block, Values) and prepared.terms.keys() >= {variable.name for variable in block.variables}
            for row in block.rows
            for value in row.values
            if isinstance(value, Iri | Literal)
        }

    def written(self, span: Span) -> str:
        """Return the text at a place, at that of the default of a parameter the value that was given instead."""
        return self._given.get(span) or self.text[span.start : span.end]

    def is_parameter(self, name: str) -> bool:
        """Return whether a variable is a parameter that was given a value."""
        return name in self._prepared.terms

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
            return has_answer(self._prepared.tree(text), self.prober)
        except LimitError:
            raise
        except QueryError:
            return False


def has_answer(query: Query, prober: Prober) -> bool:
    """Return whether a query has an answer that is more than a count of zero; errors as ``Prober.ask``."""
    if isinstance(query, DescribeQuery):
        if query.where is None:
            return bool(prober.answer(query))
        query = SelectQuery(
            NOWHERE, (), Selection(NOWHERE, "", ()), query.dataset, query.where, query.modifiers, query.values
        )
    if isinstance(query, ConstructQuery):
        limit = _STATEMENTS if query.modifiers.limit is None else min(query.modifiers.limit, _STATEMENTS)
        return bool(prober.answer(replace(query, prologue=(), modifiers=replace(query.modifiers, limit=limit))))
    if not isinstance(query, SelectQuery):
        where = query.where or Group(NOWHERE, ())
        return prober.ask(where if query.values is None else Group(NOWHERE, (where, query.values)))
    modifiers = query.modifiers
    if sums_up(query):
        return not is_empty(prober.answer(replace(query, prologue=())), query)
    if modifiers.having or modifiers.offset or modifiers.limit == 0:
        selection, modifiers = query.selection, replace(modifiers, order_by=())
    else:  # whether there are rows, or groups of rows, is a matter of the pattern alone
        selection, modifiers = Selection(NOWHERE, "", ()), PLAIN
    inner = SubSelect(NOWHERE, selection, query.where, modifiers, query.values)
    return bool(prober.answer(AskQuery(NOWHERE, (), query.dataset, Group(NOWHERE, (inner,)), PLAIN, None)))


def sums_up(query: Query | SubSelect) -> bool:
    """Return whether a query gives one row whatever there is: aggregates without GROUP BY."""
    if not isinstance(query, SelectQuery | SubSelect) or query.modifiers.group_by:
        return False
    projected = (item.expression for item in query.selection.items if isinstance(item, Projection))
    return any(isinstance(node, Aggregate) for expression in projected for node in walk(expression))


def is_empty(answer: Answer, query: Query) -> bool:
    """Return whether an answer is empty.

    Empty are no rows or statements, false, and one row with only zero and unbound aggregates.
    """
    if not isinstance(answer, Solutions):
        return not answer
    if not answer.rows:
        return True
    if not sums_up(query):
        return False
    return all(term is None or getattr(term, "value", "") in {"0", "0.0", ""} for row in answer.rows for term in row)
