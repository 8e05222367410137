"""The place in the tokens that the parser has reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.sparql.tokens import Source, Token, tokenise

if TYPE_CHECKING:
    from kg.core.errors import QueryError
    from kg.sparql.tree import Span

DEEPEST: Final = 64  # levels of brackets; each costs several frames of Python's stack, which holds a thousand


class Cursor:
    """The tokens of a query and the one that comes next."""

    def __init__(self, text: str) -> None:
        self.source = Source(text)
        self.tokens = tokenise(text)
        self.index = 0
        self.token = self.tokens[0]
        self.kind = self.token.kind
        self.depth = 0

    def advance(self) -> Token:
        """Step over the token that comes next, and return it."""
        token = self.token
        if token.kind != "END":
            self.index += 1
            self.token = self.tokens[self.index]
            self.kind = self.token.kind
        return token

    def accept(self, kind: str) -> bool:
        """Step over a token if it is of that kind, and return whether it was."""
        if self.kind == kind:
            self.advance()
            return True
        return False

    def expect(self, kind: str, expected: str) -> Token:
        """Step over a token that must be of that kind.

        Raises:
            QueryError: another token stands there; ``expected`` says in words what belongs there.

        """
        if self.kind != kind:
            raise self.unexpected(expected)
        return self.advance()

    def following(self, ahead: int = 1) -> str:
        """Return the kind of a token further on."""
        return self.tokens[min(self.index + ahead, len(self.tokens) - 1)].kind

    def enter(self) -> None:
        """Go one level of brackets down.

        Raises:
            QueryError: that is deeper than the parser goes.

        """
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.wrong(f"brackets are nested more than {DEEPEST} deep", self.here())

    def leave(self) -> None:
        """Come back from a level of brackets."""
        self.depth -= 1

    def here(self) -> Span:
        """Return the span of the token that comes next."""
        return self.source.span(self.token.start, self.token.end)

    def since(self, start: int) -> Span:
        """Return the span from an offset to the end of the last token stepped over."""
        return self.source.span(start, self.tokens[self.index - 1].end if self.index else start)

    def unexpected(self, expected: str) -> QueryError:
        """Return the error for the token that comes next, with the likely slip behind it."""
        from kg.sparql.slips import explain

        return explain(self.source, self.tokens, self.index, expected)

    def wrong(self, message: str, span: Span, hint: str = "", near: tuple[str, ...] = ()) -> QueryError:
        """Return the error for a stretch of the text that is well-formed but wrong."""
        from kg.sparql.messages import error

        return error(self.source, span, message, hint=hint, near=near)
