r"""A text spelt as the embedded engine reads it, token by token, where the engine departs from the grammar.

The engine (Oxigraph 0.5) ends a local name at the second run of dots inside, takes ``true`` and ``false`` in small
letters only, reads no codepoint escape in a name, and loses the alias of ``GROUP BY (?x AS ?y)``. Each such token has
another spelling that both read
alike: ``e:1\.1\.1``, ``true``, the character itself, ``GROUP BY ?x (COALESCE(?x) AS ?y)``. No line break comes or goes,
so that a place in the spelt text leads back to the typed one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from kg.sparql.tokens import has_dots_apart, tokenise

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.sparql.tokens import Token

_CODEPOINT: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_PLAIN_DOT: Final = re.compile(r"(?<!\\)\.")
_PLACE: Final = re.compile(r"(?<=^error at )([0-9]+):([0-9]+)")
_NAMED: Final = frozenset({"VAR", "PNAME", "NAMESPACE", "LABEL"})
_LAST: Final = 0x10FFFF
# What ends the conditions of GROUP BY, outside brackets.
_AFTER_GROUPING: Final = frozenset({"HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES", "}", "END"})


class Edit(NamedTuple):
    """A stretch of the typed text, and what stands for it."""

    start: int
    end: int
    text: str


class Spelling(NamedTuple):
    """A typed text, the text for the engine, and where they differ."""

    typed: str
    text: str
    edits: tuple[Edit, ...]

    def message(self, message: str) -> str:
        """Return a message of the engine with its place moved to the typed text.

        The engine counts lines by line feeds.
        """
        return _PLACE.sub(self._moved, message, count=1)

    def _moved(self, place: re.Match[str]) -> str:
        line, column = int(place[1]), int(place[2])
        start = _line_start(self.typed, line)
        inside = (edit for edit in self.edits if start <= edit.start and "\n" not in self.typed[start : edit.start])
        shift = 0
        for edit in inside:
            at = edit.start - start + shift + 1  # the column at which the replacement begins in the spelt text
            if column < at:
                break
            if column < at + len(edit.text):
                return f"{line}:{edit.start - start + 1}"
            shift += len(edit.text) - (edit.end - edit.start)
        return f"{line}:{column - shift}"


def spelt(text: str) -> Spelling:
    """Return a query or an update in the spelling for the engine; what is no token of the grammar stays as it is."""
    tokens = tokenise(text)
    edits = tuple(sorted([*_tokens(tokens), *_aliases(tokens)]))
    parts: list[str] = []
    done = 0
    for edit in edits:
        parts += text[done : edit.start], edit.text
        done = edit.end
    return Spelling(text, "".join([*parts, text[done:]]), edits)


def _tokens(tokens: Sequence[Token]) -> Iterator[Edit]:
    for token in tokens:
        if token.kind in {"TRUE", "FALSE"}:
            better = token.text.lower()
        elif token.kind in _NAMED:
            better = _name(token)
        else:
            continue
        if better != token.text:
            yield Edit(token.start, token.end, better)


def _name(token: Token) -> str:
    text = token.text
    if "\\" in text:
        text = _without_codepoints(token)
    prefix, colon, local = text.partition(":")
    if token.kind == "PNAME" and has_dots_apart(local):
        return prefix + colon + _PLAIN_DOT.sub(r"\\.", local)
    return text


def _without_codepoints(token: Token) -> str:
    """Return a name with its codepoint escapes decoded, or as it is where these are not characters of a name."""

    def character(escape: re.Match[str]) -> str:
        number = int(escape[1] or escape[2], 16)
        return chr(number) if number <= _LAST else escape[0]

    made = _CODEPOINT.sub(character, token.text)
    first, *others = tokenise(made)
    same = len(others) == 1 and first.kind == token.kind and first.text == made
    return made if same else token.text


def _aliases(tokens: Sequence[Token]) -> Iterator[Edit]:
    """Find variables that GROUP BY gives another name."""
    depth, grouping = 0, False
    for index, token in enumerate(tokens):
        if token.kind == "BY":
            grouping, depth = tokens[index - 1].kind == "GROUP", 0
        elif grouping and depth == 0 and token.kind in _AFTER_GROUPING:
            grouping = False
        depth += (token.kind == "(") - (token.kind == ")")
        if grouping and depth == 1 and token.kind == "(":
            variable, word = tokens[index + 1 : index + 3] if index + 2 < len(tokens) else (token, token)
            if variable.kind == "VAR" and word.kind == "AS":
                yield Edit(
                    token.start, token.start, f"{variable.text} "
                )  # the variable is a key too, as it is by the grammar
                yield Edit(variable.start, variable.start, "COALESCE(")
                yield Edit(variable.end, variable.end, ")")


def _line_start(text: str, line: int) -> int:
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
    return start
