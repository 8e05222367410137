"""What the embedded engine cannot calculate in a query, told with its place: such an expression would have no value.

These are functions and casts that it does not have, regular expressions and flags that it does not take, and numbers
beyond those that it holds: whole ones of 64 bits, decimal ones of 18 places and 128 bits in all.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from kg.core.errors import QueryError, near_names
from kg.core.terms import XSD, compact
from kg.sparql.nodes import (
    Aggregate,
    Arithmetic,
    BuiltInCall,
    Comparison,
    Exists,
    Expression,
    FunctionCall,
    Literal,
    Node,
    Unary,
    Variable,
    children,
    walk,
)
from kg.sparql.tokens import Source, error

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator

    from kg.sparql.nodes import Query

CASTS: Final = tuple(
    f"{XSD}{name}"
    for name in (
        *("boolean", "date", "dateTime", "dayTimeDuration", "decimal", "double", "duration", "float", "gDay", "gMonth"),
        *("gMonthDay", "gYear", "gYearMonth", "integer", "string", "time", "yearMonthDuration"),
    )
)
"""The functions that the engine has by an IRI."""
_WHOLE: Final = frozenset(
    f"{XSD}{name}"
    for name in (
        *("byte", "int", "long", "negativeInteger", "nonNegativeInteger", "nonPositiveInteger", "positiveInteger"),
        *("short", "unsignedByte", "unsignedInt", "unsignedLong", "unsignedShort"),
    )
)
_UNKNOWN: Final = re.compile(r"custom (?:aggregate )?function <([^>]*)> is not supported")


def unknown_function(text: str, message: str) -> QueryError | None:
    """Return the error for a function that the engine said it does not have; None where it said something else."""
    found = _UNKNOWN.search(message)
    if not found:
        return None
    from kg.sparql import parse

    name = found[1]
    hint = _hint(name)
    near = () if hint else tuple(compact(cast) for cast in near_names(name, CASTS))
    said = f"{compact(name)} is no function that this engine has"
    try:
        calls = [node for node in walk(parse(text)) if isinstance(node, FunctionCall) and node.function.value == name]
    except QueryError:
        calls = []
    if not calls:
        return QueryError(said, hint=hint, near=near)
    return error(Source(text), calls[0].function.span, said, hint=hint, near=near)


def refuse_unknown(text: str, known: Container[str]) -> None:
    """Refuse a query with a function that an engine does not know and would give no value for.

    Raises:
        QueryError: it has one, with its line and column.

    """
    from kg.sparql import parse

    try:
        query = parse(text)
    except QueryError:
        return  # the engine says itself what it does not read
    for node in walk(query):
        if isinstance(node, FunctionCall) and node.function.value not in known:
            name = node.function.value
            said = f"{compact(name)} is no function that this engine has"
            raise error(Source(text), node.function.span, said, hint=_hint(name))


def _hint(name: str) -> str:
    if name in _WHOLE:
        return f"{compact(f'{XSD}integer')} reads the same numbers"
    return "IRI(…) makes an IRI of a text" if name == f"{XSD}anyURI" else ""


_CALCULATED: Final = frozenset({"ABS", "CEIL", "FLOOR", "ROUND"})
_LARGEST: Final = 2**63 - 1
_PLACES: Final = 18
_LARGEST_DECIMAL: Final = 2**127 - 1  # in units of the last place
_SHORT: Final = re.compile(r"[+-]?[0-9]{1,40}")
_INTEGER: Final = f"{XSD}integer"
_DECIMAL: Final = f"{XSD}decimal"


def refuse_valueless(text: str, query: Query, has_value: Callable[[str], bool]) -> None:
    """Refuse a query with an expression of constants that the engine gives no value, although it has one.

    Args:
        text: the query as it was typed.
        query: its tree.
        has_value: says whether the engine gives an expression of constants a value.

    Raises:
        QueryError: it has one, with its line and column.

    """
    source = Source(text)
    for node in walk(query):
        if isinstance(node, BuiltInCall) and node.name in {"REGEX", "REPLACE"}:
            _check_pattern(source, node, has_value)
        for number in _calculated(node):
            if _is_beyond(number):
                raise error(
                    source,
                    number.span,
                    f"{number.value} is beyond the numbers that this engine calculates with",
                    hint="whole numbers have 64 bits here, decimal ones 18 places; xsd:double holds it approximately",
                )
        if isinstance(node, Arithmetic | Unary) and (value := _whole(node)) is not None and abs(value) > _LARGEST:
            raise error(
                source,
                node.span,
                f"the result, {value}, is beyond the whole numbers of 64 bits that this engine calculates with",
                hint="write one number with a decimal point: it is calculated as a decimal then",
            )


def _check_pattern(source: Source, call: BuiltInCall, has_value: Callable[[str], bool]) -> None:
    from kg.sparql.writing import quoted

    at = 2 if call.name == "REGEX" else 3
    pattern = call.arguments[1]
    flags = call.arguments[at] if len(call.arguments) > at else None
    if isinstance(flags, Literal) and not has_value(f'REGEX("", "", {quoted(flags.value)})'):
        hint = "flags are: s (a dot takes line ends), m (^ and $ take lines), i (any case), x (blanks mean nothing), q"
        raise error(source, flags.span, f"{flags.value!r} are no flags of a regular expression", hint=hint)
    if not isinstance(pattern, Literal) or not isinstance(flags, Literal | None):
        _check_computed(source, pattern, flags, has_value)
        return
    given = f", {quoted(flags.value)}" if isinstance(flags, Literal) else ""
    if read_otherwise(pattern.value) and "q" not in (flags.value if isinstance(flags, Literal) else ""):
        said = "has a class with [, &&, ~~ or -- inside, which this engine reads otherwise than SPARQL"
        hint = "a backslash before such a character takes the character itself; in a text it is written twice"
        raise error(source, pattern.span, f"{pattern.value!r} {said}", hint=hint)
    if has_value(f'REGEX("", {quoted(pattern.value)}{given})'):
        return
    if re.search(r"(?<!\\)(?:\\\\)*\\[1-9]", pattern.value):
        said = "has a back reference, which the regular expressions of this engine do not have"
    elif "(?=" in pattern.value or "(?!" in pattern.value or "(?<" in pattern.value:
        said = "looks ahead or behind, which the regular expressions of SPARQL do not"
    else:
        said = "is no regular expression that this engine takes"
    raise error(source, pattern.span, f"{pattern.value!r} {said}", hint=_PATTERNS)


_PATTERNS: Final = (
    "a backslash before ( ) [ ] { } . * + ? | ^ $ takes the character itself; in a text it is written twice"
)


def read_otherwise(pattern: str) -> bool:
    """Return whether an engine in Rust takes a pattern for another one than XPath: it calculates with classes."""
    return re.search(READ_OTHERWISE, pattern) is not None


READ_OTHERWISE: Final = r"^(?:[^\[\\]|\\.|\[(?:[^\]\[\\]|\\.)+\])*\[(?:[^\]\[\\]|\\.)*(?:\[|&&|~~|--)"
"""A pattern, for Python and for SPARQL, of those: ``[a-z-[aeiou]]``, ``[a&&b]``, ``[[:alpha:]]``."""


def _check_computed(
    source: Source, pattern: Expression, flags: Expression | None, has_value: Callable[[str], bool]
) -> None:
    """Refuse a pattern that is calculated from constants and has a value, where it makes no regular expression."""
    from kg.sparql.writing import QueryWriter

    parts = [pattern] if flags is None else [pattern, flags]
    if any(isinstance(node, Variable | Exists | FunctionCall) for part in parts for node in walk(part)):
        return
    texts = [QueryWriter({}).expression(part) for part in parts]
    if all(map(has_value, texts)) and not has_value(f'REGEX("", {", ".join(texts)})'):
        raise error(source, pattern.span, "this makes no regular expression that this engine takes", hint=_PATTERNS)


def _calculated(node: Node) -> Iterator[Literal]:
    """Yield the constants with which an expression calculates, or which it orders or reads."""
    calculates = (
        isinstance(node, Arithmetic | Unary | Aggregate)
        or (isinstance(node, Comparison) and node.operator not in {"=", "!="})
        or (isinstance(node, BuiltInCall) and node.name in _CALCULATED)
    )
    cast = node.function.value if isinstance(node, FunctionCall) else ""
    for child in children(node):
        if not isinstance(child, Literal):
            continue
        if calculates and child.datatype in {_INTEGER, _DECIMAL}:
            yield child
        elif cast in {_INTEGER, _DECIMAL}:
            yield Literal(child.span, child.value, cast, "")


def _is_beyond(literal: Literal) -> bool:
    try:
        value = Decimal(literal.value)
    except InvalidOperation:
        return False
    if literal.datatype == _INTEGER:
        return abs(value) > _LARGEST
    exponent = value.as_tuple().exponent
    places = -exponent if isinstance(exponent, int) else 0
    return places > _PLACES or abs(value).scaleb(_PLACES) > _LARGEST_DECIMAL


def _whole(expression: Expression) -> int | None:
    """Return the value of an expression of whole constants."""
    match expression:
        case Literal(_, lexical, datatype, _) if datatype == _INTEGER and _SHORT.fullmatch(lexical):
            return int(lexical)
        case Unary(_, sign, operand) if sign in {"+", "-"}:
            inner = _whole(operand)
            return inner if inner is None or sign == "+" else -inner
        case Arithmetic(_, operators, operands) if "/" not in operators:
            values = [_whole(operand) for operand in operands]
            known = [value for value in values if value is not None]
            if len(known) < len(values) or any(abs(value) > _LARGEST for value in known):
                return None
            result, *others = known
            for operator, other in zip(operators, others, strict=True):
                result = result + other if operator == "+" else result - other if operator == "-" else result * other
            return result
    return None
