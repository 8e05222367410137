"""Rules about patterns: parts that nothing joins, statements asked for twice, a choice of rows without an order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.query.diagnosis.parts import Part, Splitter, components
from kg.query.lint.model import Finding
from kg.query.lint.variables import queries, scopes
from kg.sparql import (
    NOWHERE,
    Aggregate,
    Bind,
    Filter,
    Minus,
    Projection,
    SelectQuery,
    SubSelect,
    Values,
    Variable,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.query.lint.variables import Scope
    from kg.sparql import Node, Query


def cartesian_products(query: Query) -> Iterator[Finding]:
    """Find parts of a group that share no variable with the others, nor through a filter or an assignment."""
    computed = {id(each.where): _computed(each) for each in queries(query) if each.where}
    for scope in scopes(query):
        parts = [part for part in Splitter().parts(scope.group) if not isinstance(part.pattern, Minus)]
        parts += computed.get(id(scope.group), ())
        joined = _joined(components(parts), scope)
        multiplied = [group for group in joined if any(_multiplies(part) for part in group)]
        for group in multiplied[1:]:
            first, own = multiplied[0], next(part for part in group if _multiplies(part))
            names = ", ".join(f"?{name}" for name in sorted(own.variables) if not name.startswith("__"))
            others = sorted({name for part in first for name in part.variables if not name.startswith("__")})
            message = (
                f"{names} is joined with nothing: every solution here is combined with every one of {_listed(others)}"
            )
            yield Finding("cartesian-product", message, own.span)


def _computed(query: Query | SubSelect) -> list[Part]:
    """Return the expressions in which a query compares its variables, as filters, which join what they mention."""
    expressions = list(query.modifiers.having)
    if isinstance(query, SelectQuery | SubSelect):
        expressions += [item.expression for item in query.selection.items if isinstance(item, Projection)]
    return [Part(Filter(each.span, each), each.span) for each in expressions]


def _joined(groups: Sequence[Sequence[Part]], scope: Scope) -> list[list[Part]]:
    """Merge groups of parts that the groups around join."""
    around = scope.around | scope.given
    outside = [part for group in groups for part in group if any(each.variables & around for each in group)]
    return [outside, *(list(group) for group in groups if not any(part.variables & around for part in group))]


def _multiplies(part: Part) -> bool:
    """Return whether a part can have more than one solution."""
    pattern = part.pattern
    if isinstance(pattern, Filter | Bind):
        return False
    if isinstance(pattern, Values):
        return len(pattern.rows) > 1
    if isinstance(pattern, SubSelect) and not pattern.modifiers.group_by:
        made = (item.expression for item in pattern.selection.items if isinstance(item, Projection))
        if any(isinstance(node, Aggregate) for each in made for node in walk(each)) or pattern.modifiers.limit == 1:
            return False
    return bool(part.variables)


def _listed(names: Sequence[str]) -> str:
    shown = [f"?{name}" for name in names[:4]]
    return ", ".join(shown) + (", …" if len(names) > len(shown) else "")


def duplicates(query: Query) -> Iterator[Finding]:
    """Find statements that one group asks for twice."""
    for scope in scopes(query):
        seen: dict[object, Part] = {}
        for part in Splitter().parts(scope.group):
            if part.triple is None or any(_stands_apart(end) for end in (part.triple.subject, part.triple.object)):
                continue
            key = (part.pattern, part.graphs)
            if key in seen:
                line = seen[key].span.line
                message = (
                    f"the same statement is asked for in line {line}"
                    if line != part.span.line
                    else "the statement is repeated"
                )
                yield Finding("duplicate-pattern", message, part.span)
            seen.setdefault(key, part)


def _stands_apart(node: Node) -> bool:
    return isinstance(node, Variable) and node.span == NOWHERE


def limits_without_order(query: Query) -> Iterator[Finding]:
    """Find LIMIT and OFFSET without ORDER BY."""
    for each in queries(query):
        modifiers = each.modifiers
        chosen = modifiers.limit is not None or bool(modifiers.offset)
        if chosen and not modifiers.order_by and isinstance(each, SelectQuery | SubSelect):
            word = "LIMIT" if modifiers.limit is not None else "OFFSET"
            yield Finding(
                "limit-without-order",
                f"{word} without ORDER BY takes whichever rows the engine finds first",
                modifiers.span,
            )
