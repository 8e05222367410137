"""Shapes as conditions of SPARQL: an expression that is true of a variable exactly when its node does not conform."""

from __future__ import annotations

from itertools import combinations, count
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.errors import InputError, Problem
from kg.terms import compact
from kg.validate.nodes import SH, SUBCLASS, TYPE, XSD, text_in
from kg.validate.paths import path_sparql
from kg.validate.remote.lexicalforms import ill_formed

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.validate.nodes import Node
    from kg.validate.shapes import Constraint, Shape, Shapes

_KINDS: Final = {
    "IRI": "isIRI({0})",
    "BlankNode": "isBlank({0})",
    "Literal": "isLiteral({0})",
    "BlankNodeOrIRI": "(isBlank({0}) || isIRI({0}))",
    "BlankNodeOrLiteral": "(isBlank({0}) || isLiteral({0}))",
    "IRIOrLiteral": "(isIRI({0}) || isLiteral({0}))",
}
_ORDERS: Final = {
    "MinExclusive": ">",
    "MinInclusive": ">=",
    "MaxExclusive": "<",
    "MaxInclusive": "<=",
    "LessThan": "<",
    "LessThanOrEquals": "<=",
}
_MOST_VARIABLES: Final = 5


def text_of(term: Node) -> str:
    """Writes a term for a query.

    Raises:
        InputError: it is a blank node, which a query cannot name.

    """
    if isinstance(term, BlankNode):
        raise InputError([Problem("shapes graph", 0, 0, f"the sparql engine cannot name the blank node {term} of the shapes to a store")])
    return str(term)


def cannot(shape: Shape, constraint: Constraint, why: str) -> InputError:
    """Gives the error for a constraint that has no form in SPARQL."""
    name = compact(shape.node.value) if isinstance(shape.node, NamedNode) else str(shape.node)
    component = compact(constraint.source.value)
    return InputError([Problem("shapes graph", 0, 0, f"the sparql engine cannot express {component} of {name}: {why}", "another --engine")])


class Conditions:
    """Writes conditions; variables that it makes are new."""

    def __init__(self, shapes: Shapes) -> None:
        self._shapes = shapes
        self._numbers = count()

    def variable(self) -> str:
        """Gives a variable that no condition has yet."""
        return f"?v{next(self._numbers)}"

    def fails(self, node: Node, x: str) -> str:
        """Gives the condition that the node in a variable does not conform to a shape.

        Raises:
            InputError: a constraint has no form in SPARQL.

        """
        shape = self._shapes.by_node[node]
        parts = [] if shape.deactivated else [self._fails(shape, constraint, x) for constraint in shape.constraints]
        return f"({' || '.join(parts)})" if parts else "false"

    def value_fails(self, shape: Shape, constraint: Constraint, v: str) -> str | None:
        """Gives the condition that a value node is wrong, or ``None`` for a constraint that judges value nodes together."""
        check = _VALUE_CONDITIONS.get(constraint.component)
        return None if check is None else check(self, shape, constraint, v)

    def _fails(self, shape: Shape, constraint: Constraint, x: str) -> str:
        v = self.variable()
        condition = self.value_fails(shape, constraint, v if shape.path is not None else x)
        if condition is None and constraint.component == "Property":
            condition = self.fails(constraint.shapes[0], v if shape.path is not None else x)
        if condition is not None:
            return condition if shape.path is None else f"EXISTS {{ {x} {path_sparql(shape.path)} {v} FILTER ({condition}) }}"
        if constraint.component == "Equals" and shape.path is None:
            other = f"EXISTS {{ {x} {constraint.terms[0]} {v} FILTER (!sameTerm({x}, {v})) }}"
            return f"(NOT EXISTS {{ {x} {constraint.terms[0]} {x} }} || {other})"
        if constraint.component in {"MinCount", "MaxCount", "QualifiedMinCount", "QualifiedMaxCount"}:
            return self._count_fails(shape, constraint, x)
        return f"EXISTS {{ {self.violation(shape, constraint, x, v)} }}"

    def _count_fails(self, shape: Shape, constraint: Constraint, x: str) -> str:
        least = constraint.component in {"MinCount", "QualifiedMinCount"}
        number = constraint.limit if least else constraint.limit + 1
        if not number:
            return "false"
        if number > _MOST_VARIABLES or shape.path is None:
            raise cannot(shape, constraint, f"a nested shape can count to {_MOST_VARIABLES} only")
        names = [self.variable() for _ in range(number)]
        pattern = " . ".join(f"{x} {path_sparql(shape.path)} {name}" for name in names)
        conditions = [f"!sameTerm({one}, {two})" for one, two in combinations(names, 2)]
        conditions += [self.counted(constraint, name) for name in names if constraint.shapes]
        filters = "".join(f" FILTER ({condition})" for condition in conditions)
        return f"{'NOT ' if least else ''}EXISTS {{ {pattern}{filters} }}"

    def counted(self, constraint: Constraint, v: str) -> str:
        """Gives the condition that a value node counts for a qualified constraint."""
        siblings = (self.fails(sibling, v) for sibling in constraint.siblings)
        return " && ".join((f"!{_bracketed(self.fails(constraint.shapes[0], v))}", *siblings))

    def violation(self, shape: Shape, constraint: Constraint, x: str, v: str) -> str:
        """Gives the pattern of a violation of a constraint on value nodes together; ``v`` is its value, if it has one.

        Raises:
            InputError: the constraint has no form in SPARQL.

        """
        path, other = shape.path, self.variable()
        to_value = f"{x} {path_sparql(path)} {v}" if path is not None else f"BIND ({x} AS {v})"
        match constraint.component:
            case "HasValue":
                wanted = text_of(constraint.terms[0])
                return f"FILTER NOT EXISTS {{ {x} {path_sparql(path)} {wanted} }}" if path else f"FILTER (!sameTerm({x}, {wanted}))"
            case "UniqueLang" if path is not None:
                same = f'LANG({v}) != "" && LCASE(LANG({v})) = LCASE(LANG({other})) && !sameTerm({v}, {other})'
                return f"{to_value} . {x} {path_sparql(path)} {other} FILTER (isLiteral({v}) && isLiteral({other}) && {same})"
            case "Equals" if path is not None:
                mine, theirs = f"{x} {path_sparql(path)} {v}", f"{x} {constraint.terms[0]} {v}"
                return f"{{ {mine} FILTER NOT EXISTS {{ {theirs} }} }} UNION {{ {theirs} FILTER NOT EXISTS {{ {mine} }} }}"
            case "Disjoint":
                other_value = f"{x} {constraint.terms[0]} {v}"
                return f"{other_value} . {to_value}" if path is not None else f"{other_value} FILTER (sameTerm({x}, {v}))"
            case "LessThan" | "LessThanOrEquals":
                order = f"COALESCE({v} {_ORDERS[constraint.component]} {other}, false)"
                return f"{to_value} . {x} {constraint.terms[0]} {other} FILTER (!(isLiteral({v}) && isLiteral({other}) && {order}))"
            case "Closed":
                allowed = ", ".join(text_of(term) for term in constraint.terms)
                subject = x if path is None else other
                reach = "" if path is None else f"{x} {path_sparql(path)} {other} . "
                return f"{reach}{subject} ?path {v}" + (f" FILTER (?path NOT IN ({allowed}))" if allowed else "")
            case _:
                raise cannot(shape, constraint, "it stands inside another shape, or is of a kind that has no form in SPARQL")


def _class(_: Conditions, __: Shape, constraint: Constraint, v: str) -> str:
    return f"NOT EXISTS {{ {v} {TYPE}/{SUBCLASS}* {text_of(constraint.terms[0])} }}"


def _datatype(_: Conditions, shape: Shape, constraint: Constraint, v: str) -> str:
    datatype = constraint.terms[0]
    wrong = ill_formed(text_in(datatype).removeprefix(XSD), v) if text_in(datatype).startswith(XSD) else ""
    if wrong is None:
        raise cannot(shape, constraint, f"the texts of {compact(text_in(datatype))} have no regular expression here")
    return f"(!isLiteral({v}) || DATATYPE({v}) != {datatype}{f' || {wrong}' if wrong else ''})"


def _node_kind(_: Conditions, __: Shape, constraint: Constraint, v: str) -> str:
    return "!" + _KINDS[text_in(constraint.terms[0]).removeprefix(SH)].format(v)


def _limit(_: Conditions, __: Shape, constraint: Constraint, v: str) -> str:
    order = f"COALESCE({v} {_ORDERS[constraint.component]} {text_of(constraint.terms[0])}, false)"
    return f"!(isLiteral({v}) && {order})"


def _length(_: Conditions, __: Shape, constraint: Constraint, v: str) -> str:
    sign = "<" if constraint.component == "MinLength" else ">"
    return f"(isBlank({v}) || STRLEN(STR({v})) {sign} {constraint.limit})"


def _pattern(_: Conditions, __: Shape, constraint: Constraint, v: str) -> str:
    arguments = ", ".join(str(Literal(text)) for text in (constraint.pattern, constraint.flags) if text)
    return f"(isBlank({v}) || !REGEX(STR({v}), {arguments}))"


def _language_in(_: Conditions, __: Shape, constraint: Constraint, v: str) -> str:
    fits = " || ".join(f"LANGMATCHES(LANG({v}), {Literal(text_in(term))})" for term in constraint.terms)
    return f"(!isLiteral({v}) || !COALESCE({fits or 'false'}, false))"


def _in(_: Conditions, __: Shape, constraint: Constraint, v: str) -> str:
    return f"!({' || '.join(f'sameTerm({v}, {text_of(term)})' for term in constraint.terms) or 'false'})"


def _node(conditions: Conditions, _: Shape, constraint: Constraint, v: str) -> str:
    return conditions.fails(constraint.shapes[0], v)


def _not(conditions: Conditions, _: Shape, constraint: Constraint, v: str) -> str:
    return f"!{_bracketed(conditions.fails(constraint.shapes[0], v))}"


def _and(conditions: Conditions, _: Shape, constraint: Constraint, v: str) -> str:
    return f"({' || '.join(conditions.fails(shape, v) for shape in constraint.shapes) or 'false'})"


def _or(conditions: Conditions, _: Shape, constraint: Constraint, v: str) -> str:
    return f"({' && '.join(conditions.fails(shape, v) for shape in constraint.shapes) or 'true'})"


def _xone(conditions: Conditions, _: Shape, constraint: Constraint, v: str) -> str:
    return f"({' + '.join(f'IF({conditions.fails(shape, v)}, 0, 1)' for shape in constraint.shapes) or '0'} != 1)"


def _bracketed(condition: str) -> str:
    return condition if condition.startswith("(") else f"({condition})"


_VALUE_CONDITIONS: Final[dict[str, Callable[[Conditions, Shape, Constraint, str], str]]] = {
    "Class": _class,
    "Datatype": _datatype,
    "NodeKind": _node_kind,
    **dict.fromkeys(("MinExclusive", "MinInclusive", "MaxExclusive", "MaxInclusive"), _limit),
    **dict.fromkeys(("MinLength", "MaxLength"), _length),
    "Pattern": _pattern,
    "LanguageIn": _language_in,
    "In": _in,
    "Node": _node,
    "Not": _not,
    "And": _and,
    "Or": _or,
    "Xone": _xone,
}
