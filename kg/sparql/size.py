"""Refuse texts that engines cannot hold, before an engine sees them.

An engine builds a tree of a query and walks it by recursion, one level for each bracket, each operator of a chain and
each clause of a group. Where the tree is too deep, the process ends without a word.
"""

from __future__ import annotations

import re
from typing import Final

from kg.core.errors import QueryError
from kg.sparql.terms import DEEPEST
from kg.sparql.tokens import Source, error

MOST_OPERATORS: Final = 2_500
"""Of one chain, such as ``?a = 1 || ?a = 2 || …``; less than half of what Oxigraph holds."""
MOST_CLAUSES: Final = 1_000
MOST_CHARACTERS: Final = 1 << 24
MOST_PIECES: Final = 1_000_000
"""Words and signs of a query, each of which takes some hundred bytes while it is read."""
_CLAUSES: Final = frozenset(
    {"OPTIONAL", "UNION", "MINUS", "FILTER", "AS", "GRAPH", "LATERAL"}
)  # AS stands for BIND too
_ENDING_CHAINS: Final = _CLAUSES | {"BIND", "SELECT", "WHERE", "GROUP", "ORDER", "HAVING", "VALUES", "LIMIT"}
_PIECE: Final = re.compile(
    r"""
  <[^<>"{}|^`\\\x00-\x20]*+>
| \"\"\"(?:[^"\\]++|\\.|\"{1,2}(?!\"))*+\"\"\" | '''(?:[^'\\]++|\\.|'{1,2}(?!'))*+'''
| "(?:[^"\\\r\n]++|\\.)*+" | '(?:[^'\\\r\n]++|\\.)*+'
| \#[^\r\n]*+ | [?$@]\w++ | \^\^
| [\w.-]{0,254}+:(?:[\w:.%-]++|\\.)*+
| (?P<word>[^\W\d]\w*+) | [\d.]++(?:[eE][+-]?\d++)?
| (?P<open><<|[({\[]) | (?P<close>>>|[)}\]])
| (?P<operator>&&|\|\||[-+*/|!^]) | (?P<end>[,;.])
""",
    re.VERBOSE | re.DOTALL,
)


def refuse_large(text: str, most_characters: int = MOST_CHARACTERS) -> None:
    """Refuse a query or update of more than so many characters, levels of brackets, operators of a chain, or clauses.

    Raises:
        QueryError: it has more, with the place of the first.

    """
    if len(text) > most_characters:
        raise QueryError(f"the query has {len(text):,} characters, more than {most_characters:,}")
    size = _Size()
    for number, piece in enumerate(_PIECE.finditer(text), 1):
        if number > MOST_PIECES and most_characters == MOST_CHARACTERS:
            message = f"the query has more than {MOST_PIECES:,} words and signs"
            raise _refusal(text, piece.start(), message, "load what it lists as data, and ask that")
        if piece.lastgroup and (fault := size.beyond(piece.lastgroup, piece[0])):
            raise _refusal(text, piece.start(), *fault)


class _Size:
    """How deep the tree of a text is at the place that was read last."""

    def __init__(self) -> None:
        self.chains: list[int] = []  # of each open bracket, the operators before it
        self.operators = self.clauses = 0
        self.values = -1  # the brackets that are open where VALUES stands, in whose data signs are no operators
        self.closed = False

    def beyond(self, kind: str, text: str) -> tuple[str, str] | None:
        """Take a piece, and return what is too much with it and what to write instead."""
        if kind == "word":
            self._word(text.upper())
        elif kind == "open":
            # conditions of HAVING and expressions of SELECT follow one another and are chains too
            self.operators += self.closed and self.values < 0
            self.chains.append(self.operators)
        elif kind == "close" and self.chains:
            self.operators = self.chains.pop()
            self.values = -1 if text == "}" and len(self.chains) <= self.values else self.values
        elif kind == "operator":
            self.operators += self.values < 0
        elif kind == "end":
            self._end_chain()
        self.closed = text == ")"
        return self._fault()

    def _word(self, word: str) -> None:
        self.clauses += word in _CLAUSES
        if word in _ENDING_CHAINS:
            self._end_chain()
        if word == "VALUES":
            self.values = len(self.chains)

    def _end_chain(self) -> None:
        self.operators = self.chains[-1] if self.chains else 0

    def _fault(self) -> tuple[str, str] | None:
        if len(self.chains) > DEEPEST:
            return f"brackets are nested more than {DEEPEST} deep", ""
        if self.clauses > MOST_CLAUSES:
            hint = "ask several queries, or put what they have in common into VALUES"
            return f"the query has more than {MOST_CLAUSES:,} clauses", hint
        if self.operators > MOST_OPERATORS:
            hint = "write alternatives as VALUES or IN, which have no limit"
            return f"a chain has more than {MOST_OPERATORS:,} operators", hint
        return None


def _refusal(text: str, start: int, message: str, hint: str) -> QueryError:
    source = Source(text)
    return error(source, source.span(start, start + 1), message, hint=hint)
