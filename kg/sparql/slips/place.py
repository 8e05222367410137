"""The surroundings of a fault: which brackets are open there, and in which clause it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from kg.sparql.tokens import AGGREGATES, BUILT_INS, FORMS, KEYWORDS, MODIFIERS, Token

if TYPE_CHECKING:
    from kg.sparql.tokens import Source

_CLOSES: Final = {"}": "{", ")": "(", "]": "["}
_CLAUSES: Final = (
    FORMS
    | MODIFIERS
    | {"PREFIX", "BASE", "FROM", "WHERE", "VALUES", "FILTER", "BIND", "GRAPH", "SERVICE", "OPTIONAL", "MINUS", "UNION"}
)
OPERATORS: Final = frozenset({"=", "!=", "<", ">", "<=", ">=", "&&", "||", "+", "-", "IN", "!", "=="})
FUNCTIONS: Final = frozenset({*AGGREGATES, *BUILT_INS})


class Slip(NamedTuple):
    """A slip: its remedy, near names, and its message and place where they differ from those of the fault."""

    hint: str
    near: tuple[str, ...] = ()
    message: str = ""
    at: tuple[int, int] | None = None


class Bracket(NamedTuple):
    """An open bracket, and the clause that it belongs to."""

    token: Token
    at: int
    clause: str


class Place:
    """A token that cannot stand where it does, and what is around it."""

    def __init__(self, source: Source, tokens: list[Token], index: int, expected: str) -> None:
        self.source = source
        self.tokens = tokens
        self.index = index
        self.expected = expected
        self.token = tokens[index]
        self.kind = self.token.kind
        self.word = self.token.text.upper() if self.kind == "WORD" or self.kind in KEYWORDS else ""
        self.open: list[Bracket] = []
        self.clauses = [""]
        self.started = False
        for at, token in enumerate(tokens[:index]):
            self._pass(at, token)

    def _pass(self, at: int, token: Token) -> None:
        kind = token.kind
        if kind in {"{", "(", "["}:
            self.open.append(Bracket(token, at, self.clauses[-1]))
            self.clauses.append("")
        elif kind in _CLOSES:
            if self.open and self.open[-1].token.kind == _CLOSES[kind]:
                self.open.pop()
                self.clauses.pop()
                if kind == "}" and self.clauses[-1] in {"SELECT", "WHERE", "FROM", "CONSTRUCT", "ASK", "DESCRIBE"}:
                    self.clauses[-1] = "END"
        elif kind in _CLAUSES:
            self.clauses[-1] = kind
            self.started = self.started or kind in FORMS

    @property
    def clause(self) -> str:
        """The keyword whose clause the fault stands in, among those inside the same brackets."""
        return self.clauses[-1]

    @property
    def bracket(self) -> str:
        """The innermost open bracket, if any."""
        return self.open[-1].token.kind if self.open else ""

    @property
    def in_data(self) -> bool:
        """Whether the fault stands inside the braces of VALUES."""
        return any(bracket.token.kind == "{" and bracket.clause == "VALUES" for bracket in self.open[-2:])

    @property
    def in_selection(self) -> bool:
        """Whether the fault stands among what a SELECT clause selects, outside brackets."""
        return self.clause == "SELECT" and self.bracket in {"", "{"}

    @property
    def in_pattern(self) -> bool:
        """Whether the fault stands among triples and patterns."""
        return self.bracket == "{" and not self.in_data and self.clause not in MODIFIERS | {"SELECT", "FROM", "END"}

    @property
    def in_expression(self) -> bool:
        """Whether the fault stands inside the round brackets of an expression."""
        return self.bracket == "(" and not self.in_data

    @property
    def after_pattern(self) -> bool:
        """Whether the fault stands after the pattern of its query."""
        return self.clause in MODIFIERS | {"END"} and self.bracket in {"", "{"}

    def around(self, distance: int) -> Token:
        """Return a token before (negative) or after the fault; past the ends, the one at the end."""
        return self.tokens[max(0, min(self.index + distance, len(self.tokens) - 1))]

    def kind_at(self, distance: int) -> str:
        """Return the kind of a token before or after the fault, empty before the beginning."""
        return self.around(distance).kind if self.index + distance >= 0 else ""

    def touches(self, distance: int) -> bool:
        """Return whether no white space stands between a neighbouring token and the fault."""
        other = self.around(distance)
        return other.end == self.token.start if distance < 0 else self.token.end == other.start

    def position(self, token: Token) -> str:
        """Return the place of a token in words."""
        span = self.source.span(token.start, token.end)
        return f"line {span.line}, column {span.column}"

    def is_variable(self, word: str) -> bool:
        """Return whether the query has a variable of that name."""
        return any(token.kind == "VAR" and token.text[1:] == word for token in self.tokens)
