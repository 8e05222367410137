"""Queries with small changes, as slips of the hand make them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.sparql.tokens import tokenise

if TYPE_CHECKING:
    import random

EXTRAS = [
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ".",
    ";",
    ",",
    "OPTIONAL",
    "FILTER",
    "BIND",
    "AS",
    "?x",
    "COUNT",
    "GROUP",
    "BY",
    "HAVING",
    "UNION",
    "VALUES",
    "NOT",
    "EXISTS",
    "IN",
    "1",
    "-1",
    "+2",
    "a",
    "^",
    "!",
    "/",
    "|",
    "*",
    "+",
    "?",
    "DISTINCT",
    "_:b",
    "[]",
    "()",
    "UNDEF",
    "SELECT",
    "WHERE",
    "=",
    "<",
    ">",
    "||",
    "&&",
    "BOUND",
    "true",
    "@en",
    "^^",
    "GRAPH",
    "ORDER",
    "DESC",
    "LIMIT",
    "1.5",
    "1e5",
    "<p>",
    "STR",
    "MINUS",
    "SERVICE",
    "(COUNT(*)AS?n)",
    "<<",
]
CHARACTERS = "(){}[]<>?$.;,\"'\\#@^|&!=+-*/:_ a1\né“"


def mutated(query: str, choice: random.Random, words: list[str]) -> str:
    """Gives a query with one to three changes: tokens dropped, added, replaced or swapped, characters dropped or added."""
    for _ in range(choice.choice([1, 1, 1, 2, 3])):
        tokens = tokenise(query)[:-1]
        if not tokens:
            return query
        token, at = choice.choice(tokens), choice.randrange(len(query))
        kind = choice.randrange(5)
        if kind == 0:
            query = query[: token.start] + query[token.end :]
        elif kind == 1:
            query = f"{query[: token.start]}{choice.choice(words)} {query[token.start :]}"
        elif kind == 2:
            query = query[: token.start] + choice.choice(words) + query[token.end :]
        elif kind == 3:
            query = query[:at] + query[at + 1 :]
        else:
            query = query[:at] + choice.choice(CHARACTERS) + query[at:]
    return query
