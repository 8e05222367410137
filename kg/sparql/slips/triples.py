"""Dots, semicolons and the three parts of a triple; what belongs into FILTER; paths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.sparql.slips.place import FUNCTIONS, OPERATORS, Place, Slip

if TYPE_CHECKING:
    from collections.abc import Callable

_TERMS: Final = frozenset(
    {
        "VAR",
        "IRIREF",
        "PNAME",
        "NAMESPACE",
        "STRING",
        "INTEGER",
        "DECIMAL",
        "DOUBLE",
        "LABEL",
        "ANON",
        "NIL",
        "[",
        "a",
        "TRUE",
        "FALSE",
    }
)


def condition(place: Place) -> Slip | None:
    """Find conditions that stand among triples."""
    if place.kind in {"EXISTS", "NOT"} and place.in_pattern:
        return Slip(f"a condition needs FILTER: FILTER {'NOT ' if place.kind == 'NOT' else ''}EXISTS {{ … }}")
    if place.kind in FUNCTIONS and place.in_pattern:
        return Slip(
            f"a condition needs FILTER, a value BIND: FILTER({place.token.text}(…)) or BIND({place.token.text}(…) AS "
            "?name)"
        )
    in_list = place.expected.startswith("an item of the list")
    if (place.kind in OPERATORS and (place.in_pattern or in_list)) or (place.kind in FUNCTIONS and in_list):
        return Slip("a condition stands in FILTER(…)")
    return None


def quoted_property(place: Place) -> Slip | None:
    """Find text where a property has to stand, and the short form of rdf:type where a thing has to."""
    if place.kind == "STRING" and place.expected.startswith("a property"):
        inner = place.token.text.strip("\"'")
        return Slip(
            f"a property is an IRI, without quotes: {f'<{inner}>' if '://' in inner else inner or 'prefix:name'}"
        )
    if place.kind == "a" and not place.expected.startswith("a property") and (place.in_pattern or place.in_expression):
        return Slip("'a' stands only as a property; elsewhere write rdf:type")
    return None


def reserved_in_name(place: Place) -> Slip | None:
    """Find a character that needs a backslash inside a prefixed name."""
    if place.kind in {"/", "(", "+", "*", "&", "=", "!", "NIL"} and place.kind_at(-1) == "PNAME" and place.touches(-1):
        after = place.around(1)
        if (
            "after the object" in place.expected
            and place.touches(1)
            and after.kind in {"WORD", "PNAME", "INTEGER", "a", *FUNCTIONS}
        ):
            sign = place.token.text[0]
            return Slip(
                f"inside a prefixed name '{sign}' needs a backslash: {place.around(-1).text}\\{sign}{after.text}"
            )
    return None


def negation(place: Place) -> Slip | None:
    """Find NOT before a condition."""
    if place.kind == "!" and place.kind_at(1) == "IN":
        return Slip("write NOT IN (…)")
    if place.kind_at(-1) == "IN" and place.expected.startswith("'('"):
        return Slip("the choices stand in brackets: IN (1, 2)")
    if place.kind_at(-1) == "NOT" and place.kind != "IN":
        return Slip("'not' is written '!' before a condition; NOT stands only before EXISTS and IN")
    return None


def incomplete_path(place: Place) -> Slip | None:
    """Find a path with a property too few, and a group where a triple is not complete."""
    if place.kind in {"/", "|", "^"} and place.expected.startswith(("a property", "an object")):
        return Slip(f"a property is missing before '{place.kind}'")
    if place.kind in {"/", "|"} and "after the object" in place.expected:
        return Slip("a path stands between a subject and an object; one of the three is missing here")
    if place.kind == "{" and place.expected.startswith("a property"):
        return Slip("the triple before is not complete, or a keyword such as GRAPH is missing before it")
    return None


def variable_in_path(place: Place) -> Slip | None:
    """Find a variable in a property path."""
    if place.kind == "VAR" and place.expected.startswith("a property"):
        return Slip("a path is made of properties, not variables")
    if place.kind in {"/", "|", "*", "+"} and place.kind_at(-1) == "VAR" and place.expected.startswith("an object"):
        return Slip("a path is made of properties, not variables", at=(place.around(-1).start, place.around(-1).end))
    if place.kind == "{" and "object" in place.expected and place.kind_at(1) == "INTEGER":
        return Slip("a path repeats by '?', '*' or '+', not by numbers")
    return None


def missing_dot(place: Place) -> Slip | None:
    """Find a term after a complete triple."""
    if "after the object" in place.expected and place.kind in _TERMS and place.bracket == "{":
        before, subject = place.kind_at(-3), place.around(-2).text
        if before == ";" and place.kind_at(-2) == "VAR" and place.kind_at(-1) in {"PNAME", "IRIREF"}:
            return Slip(
                f"after ';' stands a property: write '.' in place of the ';' before {subject} if a new triple begins "
                "there"
            )
        if place.kind_at(-2) == "," and place.kind_at(-1) in {"PNAME", "IRIREF"}:
            return Slip(f"write ';' in place of the ',' before {place.around(-1).text} if that is a further property")
        text = place.token.text if len(place.token.text) < 30 else f"{place.token.text[:30]}…"  # noqa: PLR2004 - as much as a message bears
        return Slip(
            f"put '.' before {text} if a new triple begins there, ';' before a further property, ',' before a further "
            "object"
        )
    if "after the object" in place.expected and place.kind in _TERMS:
        return Slip("put ';' before a further property, ',' before a further object")
    return None


def union(place: Place) -> Slip | None:
    """Find UNION between parts without braces."""
    if place.kind == "UNION":
        return Slip("each side of UNION stands in braces: { … } UNION { … }")
    return None


def incomplete(place: Place) -> Slip | None:
    """Find triples with a part too few."""
    if place.kind not in {".", ";", ",", "}", "]"} or not place.expected.startswith(
        ("an object", "another object", "a property")
    ):
        return None
    if place.kind_at(-3) == "." and place.kind_at(-2) == "PNAME" and place.expected.startswith("an object"):
        further = place.around(-2).text
        return Slip(
            f"a triple has three parts; write ';' in place of the '.' before {further} if that is a further property"
        )
    if place.kind_at(-1) == ",":
        return Slip("take the ',' out, or add another object", at=(place.around(-1).start, place.around(-1).end))
    return Slip("a triple has three parts: subject, property, object")


def stray(place: Place) -> Slip | None:
    """Find dots, semicolons and commas too many."""
    if place.kind not in {".", ";", ","}:
        return None
    if place.kind in {";", ","} and place.kind_at(-1) == "." and place.in_pattern:
        return Slip(f"'.' has ended the triple: take one of '.' and '{place.kind}' out")
    if "pattern such as" in place.expected or place.after_pattern or place.in_selection:
        return Slip(f"take the '{place.kind}' out")
    return None


def missing_comma(place: Place) -> Slip | None:
    """Find arguments without commas between them, and the separator of GROUP_CONCAT given like an argument."""
    owner = place.tokens[place.open[-1].at - 1].kind if place.open and place.open[-1].at else ""
    if owner == "GROUP_CONCAT" and place.kind in {",", "SEPARATOR"}:
        return Slip('the separator is written GROUP_CONCAT(?x ; SEPARATOR = ", ")')
    if place.expected.startswith("an operator, ','") and place.kind in _TERMS:
        return Slip(f"put ',' or an operator before {place.token.text}")
    if place.expected.startswith("an operator or") and place.kind in _TERMS:
        return Slip(f"put an operator such as '=' before {place.token.text}")
    if place.expected.startswith(
        ("a value to compare", "a value after", "an expression after '&&'", "an expression after '||'")
    ):
        return Slip("an operator has a value on both sides")
    if place.kind == "," and place.in_expression and owner in FUNCTIONS:
        return Slip(f"{owner} takes one argument")
    return None


TRIPLE_RULES: Final[tuple[Callable[[Place], Slip | None], ...]] = (
    condition,
    quoted_property,
    reserved_in_name,
    negation,
    variable_in_path,
    incomplete_path,
    missing_dot,
    union,
    incomplete,
    stray,
    missing_comma,
)
