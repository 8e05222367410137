"""Queries in forms that Virtuoso answers right; each rewriting gives an equal query (SPARQL 1.1, section 18)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from kg.sparql import (
    NOWHERE,
    Arithmetic,
    Bind,
    BuiltInCall,
    Comparison,
    ConstructQuery,
    DescribeQuery,
    Exists,
    Expression,
    FunctionCall,
    Group,
    In,
    Iri,
    Literal,
    Logical,
    Node,
    OrderCondition,
    PathAlternative,
    Projection,
    Query,
    SelectQuery,
    SubSelect,
    Unary,
    Variable,
    replace,
    selected,
    transform,
    walk,
)
from kg.sparql.nodes import Selection
from kg.store.virtuoso.groups import mended_group

if TYPE_CHECKING:
    from collections.abc import Iterator

Q = TypeVar("Q", bound=Query)

XSD: Final = "http://www.w3.org/2001/XMLSchema#"
_TRUTHS: Final = {
    "BOUND",
    "CONTAINS",
    "ISBLANK",
    "ISIRI",
    "ISLITERAL",
    "ISNUMERIC",
    "ISURI",
    "LANGMATCHES",
    "REGEX",
    "SAMETERM",
    "STRENDS",
    "STRSTARTS",
}
_STRING: Final = Iri(NOWHERE, f"{XSD}string", "xsd:string")
_TRUTH: Final = Iri(NOWHERE, f"{XSD}boolean", "xsd:boolean")
_SEARCHES: Final = {"CONTAINS", "STRENDS", "STRSTARTS"}


def rewrite(query: Q) -> Q:
    """Return an equal query in forms that Virtuoso answers right.

    Raises:
        QueryError: the query has a form that it answers wrong, and no other is known.

    """
    return transform(transform(query, _explicit), _changed)


def _explicit(node: Node) -> Node:
    """Name what ``SELECT *`` hands out, so that variables which a rewriting makes are not handed out with it."""
    if isinstance(node, SelectQuery | SubSelect) and not node.selection.items:
        names = tuple(Variable(NOWHERE, name) for name in _in_order(node))
        return replace(node, selection=Selection(NOWHERE, node.selection.duplicates, names)) if names else node
    return node


def _in_order(query: SelectQuery | SubSelect) -> list[str]:
    """Return the names that a query hands out, in the order in which they stand in it."""
    wanted = selected(query)
    names = (node.name for node in walk(query.where) if isinstance(node, Variable))
    return list(dict.fromkeys(name for name in (*names, *sorted(wanted)) if name in wanted))


def _changed(node: Node) -> Node:  # noqa: PLR0911 - one case a form
    match node:
        case Projection(_, expression, _) | Bind(_, expression, _) if _is_truth(expression):
            return replace(node, expression=FunctionCall(NOWHERE, _TRUTH, distinct=False, arguments=(expression,)))
        case SelectQuery() | SubSelect() | ConstructQuery() | DescribeQuery() if node.modifiers.order_by:
            return replace(node, modifiers=replace(node.modifiers, order_by=tuple(_sortable(node))))
        case Arithmetic():
            return _with_each_variable_once(node)
        case BuiltInCall(_, name, (_, part)) if name in _SEARCHES:
            return _found(node, part)
        case BuiltInCall(_, "SAMETERM", (one, other)):
            return _same(one, other) or _same(other, one) or node
        case Comparison(_, "=", one, Literal(_, _, datatype, _) as other) if datatype == _TRUTH.value:
            return _same(one, other) or node
        case PathAlternative(_, paths) if len(paths) > 2 and not all(isinstance(path, Iri) for path in paths):  # noqa: PLR2004 - a pair
            return PathAlternative(NOWHERE, (paths[0], _changed(PathAlternative(NOWHERE, paths[1:]))))  # type: ignore[arg-type]
        case Group():
            return mended_group(node)
    return node


def _is_truth(expression: Expression) -> bool:
    """Return whether the value of an expression can only be a truth value, for which Virtuoso gives the integer 1 or 0."""
    match expression:
        case Comparison() | Logical() | In() | Exists() | Unary(_, "!", _):
            return True
        case BuiltInCall(_, "IF", (_, one, other)):
            return _is_truth(one) and _is_truth(other)
        case BuiltInCall(_, "COALESCE", choices):
            return all(map(_is_truth, choices))
        case BuiltInCall(_, name, _):
            return name in _TRUTHS
    return isinstance(expression, Literal) and expression.datatype == _TRUTH.value


def _same(expression: Expression, constant: Expression) -> Expression | None:
    """Compare with a constant, where Virtuoso finds no text with sameTerm, and put 1 in the place of a value that is true."""
    match constant:
        case Iri():
            return Comparison(NOWHERE, "=", expression, constant)
        case Literal(_, value, datatype, _) if datatype == _STRING.value:
            equal = Comparison(NOWHERE, "=", expression, constant)
        case Literal(_, value, datatype, _) if datatype == _TRUTH.value:
            text = Literal(NOWHERE, {"1": "true", "0": "false"}.get(value, value), _STRING.value, "")
            equal = Comparison(NOWHERE, "=", BuiltInCall(NOWHERE, "STR", (expression,)), text)
        case _:
            return None
    typed = Comparison(
        NOWHERE, "=", BuiltInCall(NOWHERE, "DATATYPE", (expression,)), Iri(NOWHERE, datatype, f"<{datatype}>")
    )
    return Logical(NOWHERE, "&&", (equal, typed))


def _sortable(query: SelectQuery | SubSelect | ConstructQuery | DescribeQuery) -> Iterator[OrderCondition]:
    """Yield keys to sort by: texts of the store are compared beyond their beginnings only where they went through STR."""
    items = query.selection.items if isinstance(query, SelectQuery | SubSelect) else ()
    made: list[Projection | Bind] = [item for item in items if isinstance(item, Projection)]
    made += [node for node in walk(query.where) if isinstance(node, Bind)] if query.where else []
    computed = {
        each.variable.name for each in made
    }  # these are sorted right, and said again where they are named twice
    for condition in query.modifiers.order_by:
        match condition.expression:
            case Variable(_, name) as variable if name not in computed:
                yield replace(condition, expression=sort_key(variable))
            case _:
                yield condition


def sort_key(variable: Variable) -> Expression:
    """Return a key that orders the values of a variable: numbers by value, all else by text; nothing comes first."""
    number = Arithmetic(NOWHERE, ("+",), (variable, _integer("0")))
    return BuiltInCall(
        NOWHERE,
        "IF",
        (BuiltInCall(NOWHERE, "ISNUMERIC", (variable,)), number, BuiltInCall(NOWHERE, "STR", (variable,))),
    )


def _with_each_variable_once(node: Arithmetic) -> Arithmetic:
    """Keep a decimal of the store from being an operand together with itself, which gives no value."""
    first = True
    operands: list[Expression] = []
    for operand in node.operands:
        again = isinstance(operand, Variable) and not first
        operands.append(Arithmetic(NOWHERE, ("+",), (operand, _integer("0"))) if again else operand)
        first = first and not isinstance(operand, Variable)
    return replace(node, operands=tuple(operands))


def _found(node: BuiltInCall, part: Expression) -> Expression:
    """Let every text hold the empty text, which by its own account none does."""
    if isinstance(part, Literal) and part.value:
        return node
    length = BuiltInCall(NOWHERE, "STRLEN", (part,))
    return Logical(NOWHERE, "||", (Comparison(NOWHERE, "=", length, _integer("0")), node))


def _integer(value: str) -> Literal:
    return Literal(NOWHERE, value, f"{XSD}integer", "")
