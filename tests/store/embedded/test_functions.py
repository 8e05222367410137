"""A function that the engine does not have is an error in words with its place, in every way to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Store

from kg.core.errors import QueryError
from kg.core.terms import XSD
from kg.store import EmbeddedStore, LimitedStore, RdflibStore
from kg.store.embedded.functions import CASTS

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def limited() -> Iterator[LimitedStore]:
    store = LimitedStore(EmbeddedStore(Store()), timeout=60)
    yield store
    store.close()


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        ('SELECT (xsd:int("1") AS ?x) {}', 1, 9, "xsd:int is no function that this engine has"),
        ('SELECT ?x {\n  BIND(xsd:long("1") AS ?x)\n}', 2, 8, "xsd:integer reads the same numbers"),
        ("SELECT ?x { VALUES ?x { 1 } FILTER(xsd:anyURI(?x) = ?x) }", 1, 36, "IRI(…) makes an IRI of a text"),
        ("SELECT ?x { ?x ?p ?o } ORDER BY <http://example.org/f>(?x)", 1, 33, "<http://example.org/f> is no function"),
        ("PREFIX f: <http://example.org/> SELECT (f:g(1) AS ?x) {}", 1, 41, "is no function"),
        ("ASK { OPTIONAL { ?s ?p ?o FILTER(xsd:datetime(?o) > ?s) } }", 1, 34, "xsd:dateTime"),
        ("SELECT (SUM(xsd:short(?x)) AS ?s) { VALUES ?x { 1 } }", 1, 13, "xsd:short is no function"),
    ],
)
def test_an_unknown_function_is_told_with_its_place(
    limited: LimitedStore, text: str, line: int, column: int, said: str
) -> None:
    store = EmbeddedStore(Store())
    for ask in (store.query, store.query, store.query, store.evaluated):
        with pytest.raises(QueryError, match=rf"line {line}, column {column}: ") as error:
            ask(text)
        assert said in str(error.value)
        assert (error.value.line, error.value.column) == (line, column)
    with pytest.raises(QueryError, match=rf"line {line}, column {column}: "):
        limited.query(text)


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ('SELECT (xsd:date("2000-01-01") AS ?x) {}', 9),
        ("SELECT ?x { VALUES ?x { 1 } FILTER(<http://example.org/f>(?x)) }", 36),
    ],
)
def test_the_reference_engine_tells_functions_that_it_does_not_have(text: str, column: int) -> None:
    with pytest.raises(QueryError, match=rf"line 1, column {column}: .* is no function that this engine has"):
        RdflibStore.of([]).query(text)
    assert RdflibStore.of([]).select('SELECT (xsd:integer("1") + xsd:decimal("2") AS ?x) {}').rows[0][0] is not None


def test_casts_are_those_that_the_engine_has() -> None:
    values = {"boolean": "true", "integer": "1", "decimal": "1", "double": "1", "float": "1", "string": "1"}
    values |= {"date": "2000-01-31", "dateTime": "2000-01-31T00:00:00Z", "time": "00:00:00", "gYear": "2000"}
    values |= {"gYearMonth": "2000-01", "gMonth": "--01", "gMonthDay": "--01-31", "gDay": "---31"}
    values |= {"duration": "P1Y", "dayTimeDuration": "P1D", "yearMonthDuration": "P1Y"}
    assert {f"{XSD}{name}" for name in values} == set(CASTS)
    store = EmbeddedStore(Store())
    for name, value in values.items():
        assert store.select(f'SELECT (xsd:{name}("{value}") AS ?x) {{}}').rows[0][0] is not None


@pytest.mark.parametrize(
    ("text", "column", "said"),
    [
        ('SELECT ?l { ?s rdfs:label ?l FILTER(REGEX(?l, "kin(kei")) }', 47, "'kin(kei' is no regular expression"),
        (r'SELECT ?l { ?s rdfs:label ?l FILTER(REGEX(?l, "(.)\\1")) }', 47, "back reference"),
        ('SELECT ?l { ?s rdfs:label ?l FILTER(REGEX(?l, "(?=k)")) }', 47, "looks ahead"),
        ('SELECT (REPLACE("a", "[", "b") AS ?x) {}', 22, "'[' is no regular expression"),
        ('SELECT (REGEX("a", "a", "z") AS ?x) {}', 25, "'z' are no flags"),
        ('SELECT (REPLACE("a", "a", "b", "iy") AS ?x) {}', 32, "'iy' are no flags"),
        ('SELECT ?l { ?s rdfs:label ?l FILTER(REGEX(?l, CONCAT("(", "kei"))) }', 47, "makes no regular expression"),
        ('SELECT ?l { ?s rdfs:label ?l FILTER(REGEX(?l, "a", CONCAT("i", "z"))) }', 47, "makes no regular expression"),
        ('SELECT ?l { ?s rdfs:label ?l FILTER(REGEX(?l, "^[a-z-[aeiou]]+$")) }', 47, "reads otherwise than SPARQL"),
        (r'SELECT ?l { ?s rdfs:label ?l FILTER(REGEX(?l, "\\[x[a&&b]")) }', 47, "reads otherwise than SPARQL"),
        ('SELECT (REPLACE("a", "[[:alpha:]]", "b") AS ?x) {}', 22, "reads otherwise than SPARQL"),
        ("SELECT (12345678901234567890 + 1 AS ?j) {}", 9, "12345678901234567890 is beyond the numbers"),
        ("SELECT ?x { VALUES ?x { 1 } FILTER(?x < 9223372036854775808) }", 41, "9223372036854775808 is beyond"),
        ("SELECT (ABS(-12345678901234567890) AS ?j) {}", 13, "-12345678901234567890 is beyond"),
        ('SELECT (xsd:integer("12345678901234567890") AS ?j) {}', 21, "12345678901234567890 is beyond"),
        ("SELECT (0.1234567890123456789 + 1 AS ?j) {}", 9, "0.1234567890123456789 is beyond"),
        ("SELECT (9223372036854775807 + 1 AS ?j) {}", 9, "the result, 9223372036854775808, is beyond"),
        ("SELECT (3037000500 * 3037000500 AS ?j) {}", 9, "the result, 9223372037000250000, is beyond"),
    ],
)
def test_a_constant_that_the_engine_cannot_calculate_with_is_told(text: str, column: int, said: str) -> None:
    with pytest.raises(QueryError, match=rf"line 1, column {column}: ") as error:
        EmbeddedStore(Store()).query(text)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("9223372036854775806 + 1", "9223372036854775807"),
        ("3037000499 * 3037000499", "9223372030926249001"),
        ("9223372036854775807.0 + 1", "9223372036854775808"),
        ("12345678901234567890 = 12345678901234567890", "true"),
        ("STR(12345678901234567890)", "12345678901234567890"),
        ('REGEX("a.b", "a.b", "q")', "true"),
        ('REGEX("AB", "^a", "im")', "true"),
        ('REGEX("ab1", "^\\\\p{L}+[0-9]$")', "true"),
        ('REPLACE("aab", "(a)(b)", "$2$1")', "aba"),
        ('REGEX("a&&b", "[ab]&&[ab]")', "true"),  # outside a class these are characters
        ('REGEX("[-[", "\\\\[-\\\\[")', "true"),
        ('REGEX("&", "[a&]")', "true"),
        ('REGEX("[a&&b]", "[a&&b]", "q")', "true"),
        ('REGEX("[", "[\\\\[]")', "true"),
        ('REGEX("ab", CONCAT("^", "a"))', "true"),
        ('REGEX("a\\\\1", "a\\\\\\\\1")', "true"),  # a backslash itself, no back reference
    ],
)
def test_what_it_can_calculate_has_its_value(expression: str, value: str) -> None:
    (term,) = EmbeddedStore(Store()).select(f"SELECT ({expression} AS ?x) {{}}").rows[0]
    assert getattr(term, "value", None) == value
