"""Words that are no keywords: misspelt ones, those of SQL, and variables without their question mark."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from kg.core.errors import near_names
from kg.core.resources import ontology_dir
from kg.sparql.slips.place import FUNCTIONS, Place, Slip
from kg.sparql.tokens import FORMS, KEYWORDS, MODIFIERS, PATTERNS

if TYPE_CHECKING:
    from collections.abc import Callable

_SQL: Final = {
    "AND": "'and' is written '&&'",
    "OR": "'or' is written '||'",
    "XOR": "write (a || b) && !(a && b)",
    "LIKE": 'match text with CONTAINS(?x, "part"), STRSTARTS(?x, "start") or REGEX(?x, "pattern")',
    "ILIKE": 'match text with REGEX(?x, "pattern", "i")',
    "IS": "there is no NULL in SPARQL: ask BOUND(?x) or !BOUND(?x)",
    "NULL": "there is no NULL in SPARQL: ask BOUND(?x) or !BOUND(?x)",
    "BETWEEN": "write ?x >= low && ?x <= high",
    "CASE": "write IF(condition, then, else)",
    "JOIN": "triples that share a variable join by themselves",
    "ON": "triples that share a variable join by themselves",
    "EXCEPT": "take solutions away with MINUS { … }",
    "INTERSECT": "patterns in one group are joined: write both in the same braces",
}
_OTHER_NAMES: Final = {
    "UPPER": "UCASE",
    "LOWER": "LCASE",
    "LENGTH": "STRLEN",
    "LEN": "STRLEN",
    "SUBSTRING": "SUBSTR",
    "STARTSWITH": "STRSTARTS",
    "ENDSWITH": "STRENDS",
    "IFNULL": "COALESCE",
    "NVL": "COALESCE",
    "ISNULL": "!BOUND",
    "MEAN": "AVG",
    "AVERAGE": "AVG",
    "TOTAL": "SUM",
    "CEILING": "CEIL",
    "CURRENT_TIMESTAMP": "NOW",
    "STRING_AGG": "GROUP_CONCAT",
    "CAST": "xsd:integer",
}
_START: Final = FORMS | {"PREFIX", "BASE"}
_SELECTION: Final = frozenset({"DISTINCT", "REDUCED", "WHERE", "FROM", "AS"})
_PATTERN: Final = PATTERNS | {"UNION", "EXISTS", "NOT", "SELECT", "WHERE"}
_EXPRESSION: Final = frozenset({"AS", "IN", "NOT", "EXISTS", "DISTINCT", "SEPARATOR"})
_END: Final = MODIFIERS | {"BY", "ASC", "DESC", "VALUES", "UNION"}


def sql_word(place: Place) -> Slip | None:
    """Find words of SQL inside patterns and expressions."""
    if place.in_pattern and place.word in {"AND", "OR"} and place.clause != "FILTER":
        other = "'.' or nothing but white space" if place.word == "AND" else "{ … } UNION { … }"
        return Slip(f"triples and patterns are not joined by {place.token.text}: write {other} between them")
    in_place = place.in_expression or place.in_pattern or place.clause in {"HAVING", "FILTER"}
    return Slip(_SQL[place.word]) if in_place and place.kind == "WORD" and place.word in _SQL else None


def spaced_name(place: Place) -> Slip | None:
    """Find a prefixed name with a space after its colon."""
    if place.kind == "WORD" and place.kind_at(-1) == "NAMESPACE":
        return Slip(f"no space stands inside a prefixed name: {place.around(-1).text}{place.token.text}")
    return None


def misspelt(place: Place) -> Slip | None:
    """Find a misspelt keyword or function, among those that fit the place."""
    if (
        place.kind != "WORD"
        or place.is_variable(place.token.text)
        or place.expected.startswith(("a variable after", "a whole number"))
    ):
        return None
    called = place.kind_at(1) in {"(", "NIL"}
    if called and place.word in _OTHER_NAMES:
        return Slip(f"SPARQL calls it {_OTHER_NAMES[place.word]}")
    if place.kind_at(-1) == "AS" and place.open and place.open[-1].clause == "BIND":
        return None
    near = near_names(place.word, _candidates(place, called=called), 2)
    return Slip("", near) if near else None


def _candidates(place: Place, *, called: bool) -> list[str]:
    if not place.started:
        words = _START
    elif place.expected.startswith(("BY", "WHERE", "EXISTS", "SEPARATOR")):
        words = frozenset({place.expected.split()[0], "FROM"})
    elif place.in_selection:
        words = _SELECTION
    elif place.after_pattern:
        words = _END
    elif place.in_pattern:
        words = _PATTERN
    else:
        words = _EXPRESSION
    return sorted(words | FUNCTIONS if called and place.started else words)


def undecorated(place: Place) -> Slip | None:
    """Find a name without its question mark, its prefix or its quotes."""
    as_name = place.kind in KEYWORDS and place.expected.startswith("a variable")
    if (place.kind != "WORD" and not as_name) or place.expected.startswith("a whole number"):
        return None
    name = place.token.text
    if place.is_variable(name) or place.expected.startswith("a variable") or place.in_selection:
        return Slip(f"a variable begins with '?': ?{name}")
    if not place.started:
        return None
    if place.in_data or "object" in place.expected or place.in_expression:
        return Slip(f'write ?{name} for a variable, prefix:{name} for a term, or "{name}" for text', _terms_like(name))
    if place.in_pattern:
        return Slip(f"write ?{name} for a variable, or prefix:{name} for a term", _terms_like(name))
    return Slip(f"a variable begins with '?': ?{name}") if place.after_pattern else None


def _terms_like(name: str) -> tuple[str, ...]:
    """Return the terms of the motkg ontology that a name without a prefix may mean."""
    names = _ontology_names()
    same = [other for other in names if other.casefold() == name.casefold()]
    return tuple(f"motkg:{other}" for other in (same or near_names(name, names, 2)))


@cache
def _ontology_names() -> tuple[str, ...]:
    text = (ontology_dir() / "motkg.ttl").read_text(encoding="utf-8")
    return tuple(sorted(set(re.findall(r"^motkg:(\w+) a ", text, re.MULTILINE))))


WORD_RULES: Final[tuple[Callable[[Place], Slip | None], ...]] = (sql_word, spaced_name, misspelt, undecorated)
