"""Small questions to the store, with a limit on their number and on the time they take together."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Final

from kg.core.errors import KGError, LimitError
from kg.sparql import NOWHERE, AskQuery, Group, Modifiers, Projection, Selection, SelectQuery, Variable, write
from kg.store.protocol import Interruptible, Solutions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.sparql import DatasetClause, Expression, Query
    from kg.store.protocol import Answer, QuadStore, Term

PLAIN: Final = Modifiers(NOWHERE, (), (), (), None, None)
_ENDED: Final = "the search for the cause was ended by its limits"
_LOOK: Final = 0.5
"""Seconds of waiting after which Python looks for Ctrl-C, which need not end the waiting by itself."""
COUNTED: Final = 10_000  # solutions that are counted before "more than" is said


@dataclass(frozen=True, slots=True)
class Limits:
    """What a diagnosis may cost: probes, and seconds."""

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
        return [row[0] for row in self.rows(query) if row[0] is not None]

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
