"""Expressions and property paths back to text, with no more brackets than their meaning needs."""

from __future__ import annotations

from abc import abstractmethod
from typing import Final

from kg.sparql.expressionnodes import (
    Aggregate,
    Arithmetic,
    BuiltInCall,
    Comparison,
    Exists,
    FunctionCall,
    In,
    Logical,
    Unary,
)
from kg.sparql.nodes import (
    Expression,
    Group,
    Iri,
    Literal,
    Path,
    PathAlternative,
    PathInverse,
    PathNegated,
    PathRepeat,
    PathSequence,
    Variable,
)
from kg.sparql.terms import RDF
from kg.sparql.termwriting import TermWriter, quoted

_OR, _AND, _COMPARISON, _SUM, _PRODUCT, _SIGN, _PRIMARY = range(7)
_ALTERNATIVE, _SEQUENCE, _STEP, _PROPERTY = range(4)
_NAMES: Final = {
    "ISIRI": "isIRI",
    "ISURI": "isURI",
    "ISBLANK": "isBlank",
    "ISLITERAL": "isLiteral",
    "ISNUMERIC": "isNumeric",
    "SAMETERM": "sameTerm",
}


class ExpressionWriter(TermWriter):
    """Writes expressions and paths."""

    @abstractmethod
    def group(self, group: Group) -> str:
        """Return a group with its braces."""

    def expression(self, expression: Expression, least: int = _OR) -> str:
        """Return an expression, in brackets if it binds less tightly than ``least``."""
        text, level = self._written(expression)
        return text if level >= least else f"({text})"

    def constraint(self, expression: Expression) -> str:
        """Return an expression where the grammar wants brackets or a call."""
        if isinstance(expression, FunctionCall | BuiltInCall | Exists | Aggregate):
            return self.expression(expression)
        return f"({self.expression(expression)})"

    def _written(self, expression: Expression) -> tuple[str, int]:  # noqa: PLR0911 - one case a kind of expression
        match expression:
            case Logical(_, operator, operands):
                level = _OR if operator == "||" else _AND
                return f" {operator} ".join(self.expression(operand, level + 1) for operand in operands), level
            case Comparison(_, operator, left, right):
                return f"{self.expression(left, _SUM)} {operator} {self.expression(right, _SUM)}", _COMPARISON
            case In(_, value, choices, negated):
                word = "NOT IN" if negated else "IN"
                return f"{self.expression(value, _SUM)} {word} ({self._list(choices)})", _COMPARISON
            case Arithmetic(_, operators, operands):
                level = _SUM if operators[0] in "+-" else _PRODUCT
                parts = [self.expression(operand, level + 1) for operand in operands]
                return parts[0] + "".join(f" {op} {part}" for op, part in zip(operators, parts[1:], strict=True)), level
            case Unary(_, operator, operand):
                space = " " if isinstance(operand, Literal) else ""
                return f"{operator}{space}{self.expression(operand, _PRIMARY)}", _SIGN
            case Variable() | Iri() | Literal():
                return self.term(expression), _PRIMARY
            case _:
                return self._call(expression), _PRIMARY

    def _call(self, call: FunctionCall | BuiltInCall | Exists | Aggregate) -> str:
        match call:
            case Exists(_, group, negated):
                return f"{'NOT ' if negated else ''}EXISTS {self.group(group)}"
            case FunctionCall(_, function, distinct, arguments):
                return f"{self.iri(function.value)}({'DISTINCT ' if distinct else ''}{self._list(arguments)})"
            case BuiltInCall(_, name, arguments):
                return f"{_NAMES.get(name, name)}({self._list(arguments)})"
            case Aggregate(_, name, distinct, expression, separator):
                inside = "*" if expression is None else self.expression(expression)
                end = "" if separator is None else f" ; SEPARATOR = {quoted(separator.value)}"
                return f"{name}({'DISTINCT ' if distinct else ''}{inside}{end})"

    def _list(self, expressions: tuple[Expression, ...]) -> str:
        return ", ".join(map(self.expression, expressions))

    def path(self, path: Path, least: int = _ALTERNATIVE) -> str:
        """Return a property path, in brackets if it binds less tightly than ``least``."""
        match path:
            case PathAlternative(_, paths):
                text, level = " | ".join(self.path(part, _SEQUENCE) for part in paths), _ALTERNATIVE
            case PathSequence(_, paths):
                text, level = " / ".join(self.path(part, _STEP) for part in paths), _SEQUENCE
            case PathInverse(_, inner):
                bracketed = isinstance(inner, PathInverse)
                text, level = f"^{self.path(inner, _PROPERTY if bracketed else _STEP)}", _STEP
            case PathRepeat(_, inner, modifier):
                text, level = f"{self.path(inner, _PROPERTY)}{modifier}", _STEP
            case PathNegated(_, properties):
                negated = " | ".join(self.path(part) for part in properties)
                text, level = f"!({negated})" if len(properties) > 1 else f"!{negated}", _PROPERTY
            case Iri(_, value):
                text, level = "a" if value == f"{RDF}type" else self.iri(value), _PROPERTY
        return text if level >= least else f"({text})"
