"""Clauses in the wrong order, with commas, or in the manner of SQL or Turtle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.sparql.slips.place import FUNCTIONS, OPERATORS, Place, Slip
from kg.sparql.tokens import FORMS, MODIFIERS

if TYPE_CHECKING:
    from collections.abc import Callable

_UPDATES: Final = frozenset({"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"})
_ORDER: Final = "the order is GROUP BY, HAVING, ORDER BY, then LIMIT and OFFSET, each once"


def update(place: Place) -> Slip | None:
    """Find an update where a query must begin."""
    if not place.started and place.word in _UPDATES:
        return Slip(
            "ask with SELECT, CONSTRUCT, DESCRIBE or ASK; data change through the files and `kg build`",
            message="updates are not accepted",
        )
    return None


def late_declaration(place: Place) -> Slip | None:
    """Find declarations as Turtle has them, or too late."""
    if place.token.text.lower() in {"@prefix", "@base"}:
        return Slip(f"SPARQL writes {place.token.text[1:].upper()} without '@', and no dot at its end")
    if place.kind in {"PREFIX", "BASE"} and place.started:
        return Slip("declarations stand before SELECT, CONSTRUCT, DESCRIBE or ASK")
    return None


def undeclared_keyword(place: Place) -> Slip | None:
    """Find a declaration whose keyword is missing or grown together with its prefix."""
    if place.started or place.kind != "NAMESPACE":
        return None
    if place.token.text.upper().startswith("PREFIX"):
        return Slip("a space stands after PREFIX: PREFIX ex: <http://example.org/>")
    if place.kind_at(1) == "IRIREF":
        return Slip(f"a declaration begins with PREFIX: PREFIX {place.token.text} {place.around(1).text}")
    return None


def declaration(place: Place) -> Slip | None:
    """Find prefix declarations without their prefix, colon or brackets, or with a dot."""
    if place.started or place.clause not in {"PREFIX", "BASE"}:
        return None
    if place.kind in {".", ";"}:
        return Slip(f"no '{place.kind}' ends a declaration in SPARQL: take it out")
    if place.kind_at(-1) == "PREFIX" and place.kind == "IRIREF":
        return Slip(f"the prefix comes first: PREFIX ex: {place.token.text}")
    if place.kind_at(-1) == "PREFIX" and place.kind_at(1) == "IRIREF":
        return Slip(f"a prefix ends in a colon: PREFIX {place.token.text}: {place.around(1).text}")
    if place.kind_at(-1) == "NAMESPACE":
        return Slip("the namespace stands in angle brackets: PREFIX ex: <http://example.org/>")
    return None


_VALUES: Final = frozenset({"STRING", "INTEGER", "DECIMAL", "DOUBLE", "IRIREF", "PNAME", "(", "TRUE", "FALSE"})
_IN_SELECTION: Final = {
    ",": "variables stand side by side, without commas: SELECT ?a ?b",
    ";": "take the ';' out",
    "-": "the name of a variable has no '-'; write '_'",
    "*": "'*' stands alone, without variables",
    "a": "'a' is short for rdf:type; a variable is written ?a",
    "AS": "the expression and its name stand in brackets: (… AS ?name)",
    "DISTINCT": "DISTINCT stands right after SELECT, once",
    "REDUCED": "REDUCED stands right after SELECT, once",
    "TOP": "say how many with LIMIT at the end",
    "ALL": "all is what SELECT gives without DISTINCT",
}


def selection(place: Place) -> Slip | None:
    """Find what a SELECT clause does not take."""
    if place.expected.startswith("AS") or "or AS after" in place.expected:
        return _unnamed(place)
    if not place.in_selection:
        return None
    if place.expected.startswith("WHERE") and place.kind in {"a", "PNAME", "IRIREF"}:
        return Slip("the pattern stands in braces: WHERE { … }")
    if place.kind in FUNCTIONS:
        return Slip(f"an expression stands in brackets and gets a name: ({place.token.text.upper()}(…) AS ?name)")
    hint = _IN_SELECTION.get(place.kind) or _IN_SELECTION.get(place.word)
    return Slip(hint) if hint else None


def _unnamed(place: Place) -> Slip | None:
    """Find an expression without a name, or a name given by '=' or ':='."""
    inside = place.tokens[place.open[-1].at + 1 :] if place.open else []
    in_bind = bool(place.open) and place.open[-1].clause == "BIND"
    if in_bind and place.kind == "NAMESPACE" and place.kind_at(1) == "=":
        token = place.token
        return Slip("BIND names a value by AS: BIND(expression AS ?name)", at=(token.start, place.around(1).end))
    if in_bind and len(inside) > 1 and inside[0].kind == "VAR" and inside[1].kind == "=":
        hint = f"the value comes first: BIND(… AS {inside[0].text})"
        return Slip(hint, message="BIND does not assign with '='", at=(inside[1].start, inside[1].end))
    if place.kind != ")" or not inside:
        return None
    if place.open[-1].clause == "SELECT" and place.tokens[place.open[-1].at - 1].kind in {"DISTINCT", "REDUCED"}:
        return Slip("DISTINCT takes no brackets: SELECT DISTINCT ?a ?b")
    return Slip("give the value a name: (… AS ?name)" if not in_bind else "give the value a name: BIND(… AS ?name)")


def turned_binding(place: Place) -> Slip | None:
    """Find a variable before AS and its value behind it."""
    inside = place.tokens[place.open[-1].at + 1 : place.index] if place.open else []
    named = place.expected.startswith("a variable after AS") and [token.kind for token in inside] == ["VAR", "AS"]
    if named and (place.kind in FUNCTIONS or place.kind in _VALUES):
        return Slip(f"the value comes first, then its name: … AS {inside[0].text}")
    return None


def source_clause(place: Place) -> Slip | None:
    """Find a table after FROM."""
    if place.clause == "FROM" and place.kind_at(-1) in {"FROM", "NAMED"} and place.kind != "END":
        return Slip("FROM names a graph by its IRI, not a table; leave it out to ask all graphs")
    return None


def misplaced_modifier(place: Place) -> Slip | None:
    """Find modifiers inside the braces of the pattern or in another order than the grammar's."""
    if place.kind not in MODIFIERS:
        return None
    name = f"{place.kind} BY" if place.kind in {"GROUP", "ORDER"} else place.kind
    if place.in_pattern:
        return Slip(f"{name} stands after the '}}' that closes the pattern")
    if place.after_pattern:
        return Slip(_ORDER)
    if place.in_selection or place.clause in FORMS | {"WHERE"}:
        return Slip(f"{name} stands after the pattern: WHERE {{ … }} {name} …")
    return None


_AFTER: Final = {
    "ASC": "the direction comes first, with brackets: ASC(?x)",
    "DESC": "the direction comes first, with brackets: DESC(?x)",
    "HAVING": "put the condition in brackets: HAVING(…)",
    "GROUP": "the keyword is GROUP BY",
    "ORDER": "the keyword is ORDER BY",
}


def modifier(place: Place) -> Slip | None:
    """Find what GROUP BY, HAVING, ORDER BY and LIMIT do not take."""
    if place.clause not in MODIFIERS or place.bracket not in {"", "{"}:
        return None
    if place.kind == ",":
        hint = (
            "say LIMIT … OFFSET …"
            if place.clause in {"LIMIT", "OFFSET"}
            else "conditions stand side by side, without commas"
        )
        return Slip(hint)
    before = place.kind_at(-1)
    if before in _AFTER and (place.kind != "WORD" or before not in {"GROUP", "ORDER"}):
        return Slip(_AFTER[before])
    if place.clause == "GROUP" and place.kind == "AS":
        return Slip("the expression and its name stand in brackets: GROUP BY (… AS ?name)")
    if place.clause == "ORDER" and before == "BY" and place.kind != "WORD":
        return Slip("sort by a variable, or by an expression in brackets")
    return None


def count_of_rows(place: Place) -> Slip | None:
    """Find what is no whole number after LIMIT and OFFSET."""
    if place.kind_at(-1) in {"LIMIT", "OFFSET"} and place.kind in {"STRING", "VAR", "DECIMAL", "DOUBLE", "-"}:
        return Slip("write the number itself: a whole number, without quotes or sign")
    return None


def condition_without_brackets(place: Place) -> Slip | None:
    """Find a condition of which the brackets hold nothing, or only a part."""
    whole = place.clause in {"FILTER", "HAVING"} and place.bracket in {"", "{"} and place.kind in OPERATORS
    if whole and place.kind_at(-1) in {")", "NIL"}:
        return Slip(f"put the whole condition in brackets: {place.clause}(…)")
    if place.kind_at(-1) == "FILTER":
        return Slip("put the condition in brackets: FILTER(…)")
    return None


_IN_DATA: Final = {
    ",": "values stand side by side, without commas",
    "VAR": "a data block holds IRIs and literals, no variables; UNDEF stands for a missing value",
    "LABEL": "a blank node cannot be a value; use a variable in a triple",
    "ANON": "a blank node cannot be a value; use a variable in a triple",
    "NIL": "a missing value is written UNDEF",
    **dict.fromkeys(("NULL", "NONE", "NIL", "UNDEFINED"), "a missing value is written UNDEF"),
}


def data_block(place: Place) -> Slip | None:
    """Find what a data block does not take."""
    if place.in_data:
        hint = _IN_DATA.get(place.kind) or _IN_DATA.get(place.word)
        return Slip(hint) if hint else None
    if place.clause == "VALUES" and place.kind == "VAR" and place.kind_at(-1) == "VAR":
        return Slip("several variables stand in brackets: VALUES (?a ?b) { (1 2) }")
    if place.clause == "VALUES" and place.kind in {"(", "="}:
        return Slip("the values stand in braces: VALUES ?a { … }")
    return None


CLAUSE_RULES: Final[tuple[Callable[[Place], Slip | None], ...]] = (
    update,
    late_declaration,
    undeclared_keyword,
    declaration,
    selection,
    turned_binding,
    source_clause,
    misplaced_modifier,
    modifier,
    count_of_rows,
    condition_without_brackets,
    data_block,
)
