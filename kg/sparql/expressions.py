"""Parse expressions by precedence climbing [110-128]."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final

from kg.core.terms import XSD
from kg.sparql.nodes import (
    Aggregate,
    Arithmetic,
    BuiltInCall,
    Comparison,
    Exists,
    Expression,
    FunctionCall,
    Group,
    In,
    Iri,
    Literal,
    Logical,
    Unary,
    replace,
)
from kg.sparql.terms import IRI_STARTS, LITERAL_STARTS, NUMBERS
from kg.sparql.tokens import AGGREGATES, ANY, BUILT_INS
from kg.sparql.triples import TriplesParser

if TYPE_CHECKING:
    from kg.sparql.nodes import Span


CALL_STARTS: Final = frozenset({*BUILT_INS, *AGGREGATES, "EXISTS", "NOT"})
CONSTRAINT_STARTS: Final = CALL_STARTS | IRI_STARTS | {"("}
_COMPARISONS: Final = frozenset({"=", "!=", "<", ">", "<=", ">="})


class ExpressionParser(TriplesParser):
    """Reads expressions. ``aggregates`` says whether aggregates may stand where the parser is (19.8, note 14)."""

    aggregates = False

    @abstractmethod
    def group(self, expected: str) -> Group:
        """Read a group graph pattern, which EXISTS needs."""

    def expression(self, expected: str = "an expression") -> Expression:
        """Read an expression [110]."""
        start = self.token.start
        operands = [self._conjunction(expected)]
        while self.accept("||"):
            operands.append(self._conjunction("an expression after '||'"))
        return operands[0] if len(operands) == 1 else Logical(self.since(start), "||", tuple(operands))

    def _conjunction(self, expected: str) -> Expression:
        start = self.token.start
        operands = [self._relational(expected)]
        while self.accept("&&"):
            operands.append(self._relational("an expression after '&&'"))
        return operands[0] if len(operands) == 1 else Logical(self.since(start), "&&", tuple(operands))

    def _relational(self, expected: str) -> Expression:
        start = self.token.start
        left = self._additive(expected)
        if self.kind in _COMPARISONS:
            operator = self.advance().text
            right = self._additive(f"a value to compare after '{operator}'")
            return Comparison(self.since(start), operator, left, right)
        if self.kind == "IN" or (self.kind == "NOT" and self.following() == "IN"):
            negated = self.accept("NOT")
            self.advance()
            choices = self._arguments("'(' after IN")
            return In(self.since(start), left, choices, negated)
        return left

    def _additive(self, expected: str) -> Expression:
        """Read sums; a signed number after a value is an addition or a subtraction of the number (19.8, note 6)."""
        start = self.token.start
        operators: list[str] = []
        operands = [self._multiplicative(expected)]
        while True:
            if self.kind in {"+", "-"}:
                operators.append(self.advance().text)
                operands.append(self._multiplicative(f"a value after '{operators[-1]}'"))
            elif self.kind in NUMBERS and self.token.text[0] in "+-":
                operators.append(self.token.text[0])
                number = self.literal()
                operands.append(self._multiplicative("", replace(number, value=number.value[1:])))
            else:
                break
        return Arithmetic(self.since(start), tuple(operators), tuple(operands)) if operators else operands[0]

    def _multiplicative(self, expected: str, first: Expression | None = None) -> Expression:
        start = first.span.start if first else self.token.start
        operators: list[str] = []
        operands = [first or self._unary(expected)]
        while self.kind in {"*", "/"}:
            operators.append(self.advance().text)
            operands.append(self._unary(f"a value after '{operators[-1]}'"))
        return Arithmetic(self.since(start), tuple(operators), tuple(operands)) if operators else operands[0]

    def _unary(self, expected: str) -> Expression:
        if self.kind in {"!", "+", "-"}:
            token = self.advance()
            following = f"a value after '{token.text}'"
            if token.kind == "!" and self.kind == "!":
                self.enter()
                operand = self._unary(following)  # SPARQL 1.2 takes !!x
                self.leave()
            else:
                operand = self._primary_expression(following)
            return Unary(self.since(token.start), token.text, operand)
        return self._primary_expression(expected)

    def _primary_expression(self, expected: str) -> Expression:
        if self.kind == "VAR":
            return self.variable()
        if self.kind in LITERAL_STARTS:
            return self.literal()
        if self.kind == "(":
            return self.bracketed(expected)
        if self.kind in IRI_STARTS:
            return self._iri_or_function()
        if self.kind in CALL_STARTS:
            return self.call(expected)
        if self.kind == "<<(":
            return self.triple_term(blank_nodes=False)
        raise self.unexpected(expected)

    def bracketed(self, expected: str) -> Expression:
        """Read an expression in round brackets [120]."""
        self.enter()
        self.expect("(", expected)
        expression = self.expression("an expression after '('")
        self.expect(")", "an operator or ')' after the expression")
        self.leave()
        return expression

    def constraint(self, expected: str) -> Expression:
        """Read what FILTER, HAVING and ORDER BY take: an expression in brackets or a call [69]."""
        if self.kind == "(":
            return self.bracketed(expected)
        if self.kind in IRI_STARTS:
            start = self.token.start
            function = self.iri()
            return self._function_call(function, start, "'(' after the name of the function")
        if self.kind in CALL_STARTS:
            return self.call(expected)
        raise self.unexpected(expected)

    def call(self, expected: str) -> Expression:
        """Read a call of a built-in function, an aggregate, or EXISTS [121]."""
        start, kind = self.token.start, self.kind
        if kind in {"NOT", "EXISTS"}:
            negated = self.accept("NOT")
            self.expect("EXISTS", "EXISTS after NOT" if negated else expected)
            group = self.group("'{' after EXISTS")
            return Exists(self.since(start), group, negated)
        if kind in AGGREGATES:
            return self._aggregate()
        if kind in BUILT_INS:
            return self._built_in()
        raise self.unexpected(expected)

    def _built_in(self) -> BuiltInCall:
        token = self.advance()
        name = token.kind
        fewest, most = BUILT_INS[name]
        if name == "BOUND":
            self.expect("(", "'(' after BOUND")
            variable = self.variable("a variable: BOUND asks whether one has a value")
            self.expect(")", "')' after the variable")
            return BuiltInCall(self.since(token.start), name, (variable,))
        arguments = self._arguments(f"'(' after {token.text}")
        span = self.since(token.start)
        if len(arguments) < fewest or (most != ANY and len(arguments) > most):
            raise self.wrong(f"{name} takes {_counted(fewest, most)}, not {len(arguments)}", span)
        return BuiltInCall(span, name, arguments)

    def _arguments(self, expected: str) -> tuple[Expression, ...]:
        """Read expressions in round brackets, joined by commas, or none [72]."""
        if self.accept("NIL"):
            return ()
        self.enter()
        self.expect("(", expected)
        found = [self.expression()]
        while self.accept(","):
            found.append(self.expression("an expression after ','"))
        self.expect(")", "an operator, ',' or ')' after the expression")
        self.leave()
        return tuple(found)

    def _iri_or_function(self) -> Iri | FunctionCall:
        start = self.token.start
        iri = self.iri()
        return self._function_call(iri, start, "'('") if self.kind in {"(", "NIL"} else iri

    def _function_call(self, function: Iri, start: int, expected: str) -> FunctionCall:
        distinct = self.kind == "(" and self.following() == "DISTINCT"
        if not distinct:
            arguments = self._arguments(expected)
            return FunctionCall(self.since(start), function, distinct, arguments)
        self._check_aggregate(f"{function.written} with DISTINCT", function.span)
        self.enter()
        self.advance()
        self.advance()
        found = [self.expression()]
        while self.accept(","):
            found.append(self.expression("an expression after ','"))
        self.expect(")", "an operator, ',' or ')' after the expression")
        self.leave()
        return FunctionCall(self.since(start), function, distinct, tuple(found))

    def _aggregate(self) -> Aggregate:
        """Read an aggregate; inside one there may be no other [127]."""
        self._check_aggregate(self.token.text, self.here())
        token = self.advance()
        self.expect("(", f"'(' after {token.text}")
        self.enter()
        self.aggregates = False
        distinct = self.accept("DISTINCT")
        expression: Expression | None = None
        separator: Literal | None = None
        if not (token.kind == "COUNT" and self.accept("*")):
            expression = self.expression()
        if token.kind == "GROUP_CONCAT" and self.accept(";"):
            self.expect("SEPARATOR", "SEPARATOR after ';'")
            self.expect("=", "'=' after SEPARATOR")
            separator = self._string("a string after SEPARATOR=")
        self.expect(")", "an operator or ')' after the expression")
        self.aggregates = True
        self.leave()
        return Aggregate(self.since(token.start), token.kind, distinct, expression, separator)

    def _check_aggregate(self, name: str, span: Span) -> None:
        if not self.aggregates:
            hint = (
                "aggregates stand in SELECT, HAVING and ORDER BY, and not inside each other; to filter by one, use "
                "HAVING after GROUP BY"
            )
            raise self.wrong(f"the aggregate {name} cannot stand here", span, hint=hint)

    def _string(self, expected: str) -> Literal:
        token = self.expect("STRING", expected)
        return Literal(self.since(token.start), self.text_of(token), f"{XSD}string", "")


def _counted(fewest: int, most: int) -> str:
    numbers = ["no", "one", "two", "three", "four"]
    count = numbers[fewest] if fewest == most else f"{numbers[fewest]} or {numbers[most]}"
    return f"{count} argument{'' if most == 1 else 's'}"
