"""The nodes of expressions; numbers in brackets are the productions of the grammar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.sparql.tree import Node

if TYPE_CHECKING:
    from kg.sparql.nodes import Expression, Group, Iri, Literal


class Logical(Node):
    """``a || b || …`` or ``a && b && …``, two operands or more [111, 112]."""

    operator: str
    operands: tuple[Expression, ...]


class Comparison(Node):
    """Two operands with one of ``= != < > <= >=`` between them [114]."""

    operator: str
    left: Expression
    right: Expression


class Arithmetic(Node):
    """``a + b - …`` or ``a * b / …``, from left to right, with one operator fewer than operands [116, 117]."""

    operators: tuple[str, ...]
    operands: tuple[Expression, ...]


class Unary(Node):
    """``!``, ``+`` or ``-`` before an operand [118]."""

    operator: str
    operand: Expression


class In(Node):
    """``expression [NOT] IN (…)`` [114]."""

    expression: Expression
    choices: tuple[Expression, ...]
    negated: bool


class FunctionCall(Node):
    """A call of a function by its IRI: a cast, or an extension [70]."""

    function: Iri
    distinct: bool
    arguments: tuple[Expression, ...]


class BuiltInCall(Node):
    """A call of a function that the language has, by its name in capitals [121]."""

    name: str
    arguments: tuple[Expression, ...]


class Exists(Node):
    """``[NOT] EXISTS { … }`` [125, 126]."""

    group: Group
    negated: bool


class Aggregate(Node):
    """An aggregate by its name in capitals.

    ``expression`` is None for ``COUNT(*)``; ``separator`` is GROUP_CONCAT's [127].
    """

    name: str
    distinct: bool
    expression: Expression | None
    separator: Literal | None
