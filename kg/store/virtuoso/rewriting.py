"""Rewrite queries into equal ones (SPARQL 1.1, section 18) that Virtuoso 7 answers right.

Virtuoso loses rows where a data block gives a value to a variable that only some branches of a UNION have. Where FILTER
compares a variable inside an OPTIONAL with one outside, it gets wrong which rows found nothing (``!BOUND``).

`reaches_own_graphs` tells which queries would also find the 2,500 statements on its mapping of data that Virtuoso holds
in graphs of its own. Graphs are named with those queries alone: named graphs make it forget filters, and telling it to
leave graphs out (``define input:default-graph-exclude``) ends in a stack overflow with three graphs and in empty
``GRAPH <name>`` with one.
"""

from __future__ import annotations

from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Final, TypeVar

from kg.core.errors import QueryError
from kg.core.terms import RDF, XSD
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
    Filter,
    FunctionCall,
    GraphPattern,
    Group,
    In,
    Iri,
    Literal,
    Logical,
    Node,
    Optional,
    OrderCondition,
    PathAlternative,
    PathNegated,
    Pattern,
    Projection,
    PropertyObjects,
    Query,
    SelectQuery,
    SubSelect,
    TriplesBlock,
    Unary,
    Undef,
    Union,
    Values,
    Variable,
    replace,
    selected,
    transform,
    visible,
    walk,
)
from kg.sparql.nodes import Selection

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


_TYPE: Final = f"{RDF}type"


def reaches_own_graphs(query: Query) -> bool:
    """Return whether a query asks for any property, any class or any graph."""
    return any(_is_general(node) for node in walk(query))


def _is_general(node: object) -> bool:
    match node:
        case PropertyObjects(_, Variable() | PathNegated(), _) | GraphPattern(_, Variable(), _):
            return True
        case PropertyObjects(_, Iri(_, value, _), objects):
            return value == _TYPE and any(isinstance(each, Variable) for each in objects)
    return False


_NEW: Final = "{}__{}"


def mended_group(group: Group) -> Group:
    """Return an equal group without the two forms.

    Raises:
        QueryError: a row that found nothing is asked for in a way that cannot be said otherwise.

    """
    elements = _as_absence(group.elements)
    return Group(group.span, tuple(_with_own_names(elements)))


def _with_own_names(elements: tuple[Pattern, ...]) -> Iterator[Pattern]:
    given = {
        variable.name
        for element in elements
        if isinstance(element, Values)
        for place, variable in enumerate(element.variables)
        if not any(isinstance(row.values[place], Undef) for row in element.rows)
    }
    for element in elements:
        own = (
            {name: _unused(name, elements) for name in sorted(given & _in_some(element))}
            if isinstance(element, Union)
            else {}
        )
        yield transform(element, partial(_renamed, own)) if own else element
        for name, new in own.items():
            yield Filter(NOWHERE, _compatible(name, new))


def _in_some(union: Union) -> set[str]:
    """Return the variables that some branches bind and others do not."""
    branches = [visible(branch) for branch in union.groups]
    return set().union(*branches) - branches[0].intersection(*branches)


def _unused(name: str, elements: tuple[Pattern, ...]) -> str:
    taken = {node.name for element in elements for node in walk(element) if isinstance(node, Variable)}
    return next(new for number in count(1) if (new := _NEW.format(name, number)) not in taken)


def _renamed(own: Mapping[str, str], node: Node) -> Node:
    return Variable(node.span, own[node.name]) if isinstance(node, Variable) and node.name in own else node


def _compatible(name: str, new: str) -> Logical:
    """Return the condition under which a join accepts two variables: equal, or one unbound (section 18.5)."""
    one, other = Variable(NOWHERE, name), Variable(NOWHERE, new)
    return Logical(
        NOWHERE,
        "||",
        (Unary(NOWHERE, "!", BuiltInCall(NOWHERE, "BOUND", (other,))), Comparison(NOWHERE, "=", other, one)),
    )


def _as_absence(elements: tuple[Pattern, ...]) -> tuple[Pattern, ...]:
    """Rewrite ``OPTIONAL { … } FILTER(!BOUND(?inner))`` as ``FILTER NOT EXISTS { … }``."""
    made = list(elements)
    for element in elements:
        name = _asked_unbound(element)
        source = next((part for part in elements if isinstance(part, Optional) and name in visible(part)), None)
        if name is None or source is None or not any(isinstance(part, Filter) for part in source.group.elements):
            continue
        others = {each for part in elements if part is not source for each in visible(part)}
        certain = {each for part in source.group.elements if isinstance(part, TriplesBlock) for each in visible(part)}
        if name in others or name not in certain or _used_after(elements, source, others):
            hint = "say FILTER NOT EXISTS { … } instead of OPTIONAL { … } FILTER(!BOUND(…))"
            raise QueryError(
                f"Virtuoso gets wrong which rows have no ?{name}, as it stands in an OPTIONAL with a FILTER of its own",
                hint=hint,
            )
        made.remove(source)
        made[made.index(element)] = Filter(NOWHERE, Exists(NOWHERE, source.group, negated=True))
    return tuple(made)


def _asked_unbound(element: Pattern) -> str | None:
    match element:
        case Filter(_, Unary(_, "!", BuiltInCall(_, "BOUND", (Variable(_, name),)))):
            return name
    return None


def _used_after(elements: tuple[Pattern, ...], source: Optional, others: set[str]) -> bool:
    """Return whether a later part of the group looks at what the OPTIONAL would have given."""
    new = visible(source) - others
    later = elements[elements.index(source) + 1 :]
    return any(
        isinstance(node, Variable) and node.name in new
        for part in later
        if _asked_unbound(part) is None
        for node in walk(part)
    )


Q = TypeVar("Q", bound=Query)

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
    """Replace ``SELECT *`` by its variables, so that those which a rewriting adds are not selected."""
    if isinstance(node, SelectQuery | SubSelect) and not node.selection.items:
        names = tuple(Variable(NOWHERE, name) for name in _in_order(node))
        return replace(node, selection=Selection(NOWHERE, node.selection.duplicates, names)) if names else node
    return node


def _in_order(query: SelectQuery | SubSelect) -> list[str]:
    """Return the names of the variables that a query selects, in their order."""
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
    """Return whether an expression can only be a boolean, for which Virtuoso returns the integer 1 or 0."""
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
    """Compare with a constant, since Virtuoso finds no text with sameTerm.

    Put 1 in the place of a value that is true.
    """
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
    """Yield sort keys.

    Virtuoso compares stored texts beyond their beginnings only where they went through STR.
    """
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
    """Keep a decimal of the store from being both operands of one operator, which has no value in Virtuoso."""
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
