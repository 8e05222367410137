"""Explain a syntax error by the most common mistakes, each with its remedy.

Each rule examines the tokens around the fault and returns a `Slip` or nothing. The first rule with a result wins, so
rules stand from the specific to the general.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.sparql.slips.characters import BRACKET_RULES, CHARACTER_RULES, full_width
from kg.sparql.slips.clauses import CLAUSE_RULES
from kg.sparql.slips.place import Place, Slip
from kg.sparql.slips.triples import TRIPLE_RULES
from kg.sparql.slips.words import WORD_RULES
from kg.sparql.tokens import error

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.core.errors import QueryError
    from kg.sparql.tokens import Source, Token

__all__ = ["explain"]

RULES: Final[tuple[Callable[[Place], Slip | None], ...]] = (
    *CHARACTER_RULES,
    *CLAUSE_RULES,
    *WORD_RULES,
    *TRIPLE_RULES,
    *BRACKET_RULES,
    full_width,
)
_LONGEST: Final = 40  # characters of a token that a message repeats


def explain(source: Source, tokens: list[Token], index: int, expected: str) -> QueryError:
    """Return the error for a token that cannot stand where it does."""
    place = Place(source, tokens, index, expected)
    slip = next((slip for rule in RULES if (slip := rule(place))), Slip(""))
    start, end = slip.at or (place.token.start, place.token.end)
    message = slip.message or f"expected {expected}, but found {_described(place.token)}"
    return error(source, source.span(start, end), message, hint=slip.hint, near=slip.near)


def _described(token: Token) -> str:
    if token.kind == "END":
        return "the end of the query"
    text = token.text if len(token.text) <= _LONGEST else f"{token.text[:_LONGEST]}…"
    return f"'{text}'"
