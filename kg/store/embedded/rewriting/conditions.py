"""Conditions of filters, taken apart at ``&&``: a solution passes ``a && b`` exactly if it passes a and passes b."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.sparql.nodes import Filter, Logical
from kg.sparql.tree import NOWHERE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.sparql.nodes import Expression


def conjuncts(condition: Expression) -> list[Expression]:
    """Return the conditions that a condition is made of."""
    if isinstance(condition, Logical) and condition.operator == "&&":
        return [part for operand in condition.operands for part in conjuncts(operand)]
    return [condition]


def filters(conditions: Iterable[Expression]) -> tuple[Filter, ...]:
    """Return a filter for each condition."""
    return tuple(Filter(NOWHERE, condition) for condition in conditions)
