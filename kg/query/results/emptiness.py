"""Answers that hold nothing, and the explanation that such an answer can carry with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.store.protocol import Solutions

if TYPE_CHECKING:
    from kg.query.diagnosis import Diagnosis
    from kg.store.protocol import Answer, Term

_NOTHING: Final = frozenset({"", "0", "0.0"})


def seems_empty(answer: Answer) -> bool:
    """Return whether an answer is no, has no rows or statements, or only one row of nothing but zeros and empty cells.

    Such a row is an empty answer where aggregates made it, which only the query can tell; ``diagnose`` looks.
    """
    if not isinstance(answer, Solutions):
        return not answer
    if len(answer.rows) > 1:
        return False
    return all(term is None or getattr(term, "value", None) in _NOTHING for row in answer.rows for term in row)


class ExplainedSolutions(Solutions):
    """An empty answer with the reasons why it is empty."""

    __slots__ = ("diagnosis",)

    def __init__(
        self, variables: tuple[str, ...], rows: tuple[tuple[Term | None, ...], ...], diagnosis: Diagnosis
    ) -> None:
        super().__init__(variables, rows)
        self.diagnosis: Final = diagnosis


class ExplainedFalse:
    """The answer no with the reasons for it."""

    __slots__ = ("diagnosis",)

    def __init__(self, diagnosis: Diagnosis) -> None:
        self.diagnosis: Final = diagnosis

    def __bool__(self) -> bool:
        """Return the answer."""
        return False
