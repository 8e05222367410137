"""Conditions that no solution fulfils.

The cause is a variable without a value, an error, a constant in another form, or too strict a bound.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal as LiteralTerm

from kg.core.errors import QueryError, near_names
from kg.core.terms import XSD
from kg.query.diagnosis.model import SHOWN, Cause, Kind, Suggestion
from kg.query.diagnosis.parts import Splitter, constants, group_of
from kg.query.diagnosis.probes import Edit, counted, patterns_read_otherwise, refused_patterns
from kg.query.diagnosis.terms import iris_of, kind_of, role_of
from kg.query.vocabulary import Role, shown
from kg.sparql import (
    NOWHERE,
    Bind,
    BuiltInCall,
    Comparison,
    Exists,
    Filter,
    Group,
    In,
    Iri,
    Literal,
    Optional,
    Unary,
    Variable,
    children,
    visible,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.query.diagnosis.parts import Part
    from kg.query.diagnosis.terms import ConstantCheck
    from kg.sparql import Expression, Node
    from kg.store.protocol import Term

_FORGIVING: Final = frozenset({"COALESCE", "IF"})  # these take an argument without a value for what it is
_TEXT: Final = frozenset({"CONTAINS", "STRSTARTS", "STRENDS", "REGEX"})


class ConditionCheck:
    """Looks at a condition that removes every solution of a pattern."""

    def __init__(self, constants: ConstantCheck) -> None:
        self.constants = constants
        self.prober = constants.prober
        self.repairer = constants.repairer

    def causes(self, condition: Expression, parts: Sequence[Part]) -> list[Cause]:
        """Return the causes why no solution of the parts fulfils a condition; at least one."""
        loose = list(self._unbound(condition, parts))
        if loose:
            return loose
        pattern = group_of(parts)
        found = [cause for comparison in _comparisons(condition) for cause in self._constant(comparison, pattern)]
        found += self._case(condition, pattern)
        found += self._error(condition, parts)
        return found or [self._plain(condition, pattern)]

    # --- variables ---------------------------------------------------------------------------------------------------

    def _unbound(self, condition: Expression, parts: Sequence[Part]) -> Iterator[Cause]:
        pattern = group_of(parts)
        seen = visible(pattern)
        elsewhere = {node.name for node in walk(self.repairer.query) if isinstance(node, Variable)}
        for node in _needed(condition):
            if node.name not in seen:
                near = near_names(node.name, seen) or tuple(
                    name for name in sorted(seen) if name.casefold().endswith(node.name.casefold())
                )
                sentence = f"?{node.name} has no value where this condition stands, so that it is never fulfilled"
                if (
                    sum(each.name == node.name for each in walk(self.repairer.query) if isinstance(each, Variable)) > 1
                    and not near
                ):
                    sentence += "; it has one only in another group" if node.name in elsewhere else ""
                text = [
                    self.repairer.suggestion(f"?{name}", Edit(node.span.start, node.span.end, f"?{name}"))
                    for name in near
                ]
                text.sort(key=lambda suggestion: not suggestion.gives_rows)
                yield Cause(Kind.UNBOUND_VARIABLE, sentence, node.span, f"?{node.name}", tuple(text), score=95)
            elif not self.prober.values(node, pattern, 1):
                yield from self._never_bound(node, parts)

    def _never_bound(self, node: Variable, parts: Sequence[Part]) -> Iterator[Cause]:
        for position, part in enumerate(parts):
            if isinstance(part.pattern, Bind) and part.pattern.variable.name == node.name:
                yield from self._failing_bind(part.pattern, parts[:position])
                return
            if isinstance(part.pattern, Optional) and node.name in visible(part.pattern):
                yield from self._unknown(part.pattern.group)
        sentence = (
            f"?{node.name} never gets a value, because its OPTIONAL never matches, and so the condition is never "
            "fulfilled"
        )
        yield Cause(Kind.UNBOUND_VARIABLE, sentence, node.span, f"?{node.name}", score=92)

    def _unknown(self, group: Group) -> Iterator[Cause]:
        """Yield the terms for which an OPTIONAL never matches."""
        for part in Splitter().parts(group):
            for node in constants(part):
                cause = self.constants.terms.cause(node, role_of(part, node)) if isinstance(node, Iri) else None
                if cause:
                    yield cause

    def _failing_bind(self, bind: Bind, before: Sequence[Part]) -> Iterator[Cause]:
        written = self.repairer.written(bind.expression.span)
        about = self.kinds(bind.expression, group_of(before))
        sentence = f"BIND gives ?{bind.variable.name} no value: '{written}' is an error for every solution{about}"
        yield Cause(
            Kind.EXPRESSION_ERROR,
            sentence,
            bind.span,
            self.repairer.written(bind.span),
            self._as_text(bind.expression),
            score=96,
        )

    # --- constants ---------------------------------------------------------------------------------------------------

    def _constant(self, comparison: tuple[Expression, Iri | Literal], pattern: Group) -> Iterator[Cause]:
        other, constant = comparison
        try:
            values = self.prober.values(other, pattern)
        except QueryError:
            return
        terms = self.constants.terms
        if isinstance(constant, Iri) and isinstance(other, BuiltInCall) and other.name == "DATATYPE":
            yield from self._datatype(other, constant, values)
        elif isinstance(constant, Iri):
            iris = [value.value for value in values if not isinstance(value, LiteralTerm) and hasattr(value, "value")]
            cause = terms.cause(constant, Role.THING, iris)
            near = terms.vocabulary.near(constant.value, Role.THING, iris)
            if cause or near:
                sentence = f"{shown(constant.value)} is no value of {self.repairer.written(other.span)} here"
                written = self.repairer.written(constant.span)
                yield cause or Cause(
                    Kind.WRONG_VALUE, sentence, constant.span, written, terms.replacing(constant, near), score=75
                )
        elif not any(_same(constant, value) for value in values):
            if isinstance(other, BuiltInCall) and other.name == "LANG":
                yield from self._language(other, constant, values)
                return
            cause = self.constants.literal(constant, values, f"among the values of {self.repairer.written(other.span)}")
            if cause and (cause.suggestions or cause.kind is Kind.OTHER_LITERAL):
                yield cause

    def _language(self, call: BuiltInCall, constant: Literal, values: Sequence[Term]) -> Iterator[Cause]:
        tags = sorted(str(getattr(value, "value", "")) for value in values)
        known = ", ".join(tag or "no language at all" for tag in tags)
        (argument,) = call.arguments
        variable = self.repairer.written(argument.span)
        sentence = f"{variable} has no value in the language {constant.value!r}; its values are in: {known}"
        edits = [(f'"{tag}"', Edit(constant.span.start, constant.span.end, f'"{tag}"')) for tag in tags]
        suggestions = tuple(self.repairer.suggestion(text, edit) for text, edit in edits[:SHOWN])
        yield Cause(
            Kind.OTHER_LITERAL, sentence, constant.span, self.repairer.written(constant.span), suggestions, score=90
        )

    def _datatype(self, call: BuiltInCall, constant: Iri, values: Sequence[Term]) -> Iterator[Cause]:
        kinds = sorted(set(iris_of(values)))
        if constant.value in kinds:
            return
        known = ", ".join(map(shown, kinds)) or "none"
        sentence = (
            f"{self.repairer.written(call.arguments[0].span)} has no value of {shown(constant.value)}; its datatypes "
            f"are: {known}"
        )
        suggestions = self.constants.terms.replacing(constant, kinds[:SHOWN])
        yield Cause(
            Kind.OTHER_LITERAL, sentence, constant.span, self.repairer.written(constant.span), suggestions, score=90
        )

    def _case(self, condition: Expression, pattern: Group) -> Iterator[Cause]:
        for node in walk(condition):
            if (
                not isinstance(node, BuiltInCall)
                or node.name not in _TEXT
                or not isinstance(node.arguments[1], Literal)
            ):
                continue
            text, part = node.arguments[0], node.arguments[1]
            low = BuiltInCall(NOWHERE, "LCASE", (BuiltInCall(NOWHERE, "STR", (text,)),))
            lowered = Literal(NOWHERE, part.value.lower(), f"{XSD}string", "")
            test = BuiltInCall(NOWHERE, node.name, (low, lowered, *node.arguments[2:]))
            if self.prober.ask(_filtered(pattern, test)) and not self.prober.ask(_filtered(pattern, node)):
                span = node.span
                written = self.repairer.written(text.span)
                inner = written if written.upper().startswith("STR") else f"STR({written})"
                flags = [self.repairer.written(each.span) for each in node.arguments[2:]]
                arguments = [f"LCASE({inner})", f'"{part.value.lower()}"', *flags]
                new = f"{node.name}({', '.join(arguments)})"
                sentence = (
                    f"{self.repairer.written(part.span)} is there only in other case, or in text with a language tag"
                )
                suggestion = self.repairer.suggestion(new, Edit(span.start, span.end, new))
                yield Cause(
                    Kind.OTHER_LITERAL, sentence, part.span, self.repairer.written(part.span), (suggestion,), score=89
                )

    # --- errors ------------------------------------------------------------------------------------------------------

    def _error(self, condition: Expression, parts: Sequence[Part]) -> Iterator[Cause]:
        pattern = group_of(parts)
        if self.prober.ask(_filtered(pattern, Unary(NOWHERE, "!", condition))):
            return
        written = self.repairer.written(condition.span)
        sentence = f"the condition '{_short(written)}' is an error for every solution{self.kinds(condition, pattern)}"
        suggestions = self._as_text(condition)
        yield Cause(Kind.EXPRESSION_ERROR, sentence, condition.span, written, suggestions, score=91)

    def kinds(self, expression: Expression, pattern: Group) -> str:
        """Return in words the regular expressions that the engine does not take, else the kinds of values."""
        if refused := refused_patterns(self.prober, expression, pattern):
            return refused
        kinds = []
        for node in dict.fromkeys(each for each in walk(expression) if isinstance(each, Variable)):
            values = self.prober.values(node, pattern, 20)
            kinds.append(
                f"?{node.name} is {' or '.join(dict.fromkeys(map(kind_of, values)))}"
                if values
                else f"?{node.name} has no value"
            )
        return f": {', '.join(kinds)}" if kinds else ""

    def _as_text(self, expression: Expression) -> tuple[Suggestion, ...]:
        """Return corrections of an expression that is an error: other forms of its constants and of its variables."""
        found = []
        for node in walk(expression):
            if isinstance(node, Literal):
                number = node.value if _is_number(node.value) and node.datatype == f"{XSD}string" else f'"{node.value}"'
                found.append((number, Edit(node.span.start, node.span.end, number)))
            elif isinstance(node, Variable):
                forms = (f"STR(?{node.name})", f"xsd:decimal(?{node.name})")
                found += [(form, Edit(node.span.start, node.span.end, form)) for form in forms]
        tried = [self.repairer.suggestion(text, edit) for text, edit in found[:6]]
        return tuple(suggestion for suggestion in tried if suggestion.gives_rows)[:2]

    # --- the rest ----------------------------------------------------------------------------------------------------

    def _plain(self, condition: Expression, pattern: Group) -> Cause:
        written = self.repairer.written(condition.span)
        count = counted(self.prober.count(pattern))
        sentence = f"the condition '{_short(written)}' removes {count} of the rest"
        sentence += "".join(self._range(comparison, pattern) for comparison in dict.fromkeys(_bounds(condition)))
        if otherwise := patterns_read_otherwise(self.prober, condition, pattern):
            sentence += f"; {otherwise}"
        return Cause(Kind.FILTER, sentence, condition.span, written, score=60)

    def _range(self, expression: Expression, pattern: Group) -> str:
        values = self.prober.values(expression, pattern)
        numbers = sorted(
            float(value.value) for value in values if isinstance(value, LiteralTerm) and _is_number(value.value)
        )
        if not numbers:
            return ""
        where = f"lies between {numbers[0]:g} and {numbers[-1]:g}" if numbers[0] < numbers[-1] else f"is {numbers[0]:g}"
        return f"; {self.repairer.written(expression.span)} {where}"


def _filtered(pattern: Group, condition: Expression) -> Group:
    return Group(NOWHERE, (*pattern.elements, Filter(NOWHERE, condition)))


def _needed(expression: Expression | Node) -> Iterator[Variable]:
    """Yield the variables without which an expression is an error."""
    if isinstance(expression, Variable):
        yield expression
    elif not isinstance(expression, Exists) and not (
        isinstance(expression, BuiltInCall) and expression.name in _FORGIVING
    ):
        for child in children(expression):
            yield from _needed(child)


def _comparisons(condition: Expression) -> Iterator[tuple[Expression, Iri | Literal]]:
    """Yield the tests for equality with a constant, the constant second."""
    for node in walk(condition):
        if isinstance(node, Comparison) and node.operator == "=":
            for one, other in ((node.left, node.right), (node.right, node.left)):
                if isinstance(other, Iri | Literal) and not isinstance(one, Iri | Literal):
                    yield one, other
        elif isinstance(node, In) and not node.negated:
            yield from ((node.expression, choice) for choice in node.choices if isinstance(choice, Iri | Literal))


def _bounds(condition: Expression) -> Iterator[Expression]:
    """Yield what is compared with a bound, and the bound itself where it is no constant."""
    for node in walk(condition):
        if isinstance(node, Comparison) and not isinstance(node.left, Literal):
            yield node.left
            if isinstance(node.right, Variable):
                yield node.right


def _same(literal: Literal, value: Term) -> bool:
    return isinstance(value, LiteralTerm) and (literal.value, literal.datatype) == (value.value, value.datatype.value)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 70 else f"{text[:67]}…"  # noqa: PLR2004
