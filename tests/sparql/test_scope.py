from __future__ import annotations

import pytest

from kg.core.errors import QueryError
from kg.sparql import parse, selected, visible
from kg.sparql.nodes import SelectQuery

# ▶ stands before the place that the error names; it is taken out before parsing.
WRONG = [
    ("SELECT ?x { ?x ?p ?y BIND(1 AS ▶?y) }", "?y has a value before this BIND"),
    ("SELECT ?x { { ?x ?p ?y } BIND(1 AS ▶?y) }", "?y has a value before this BIND"),
    ("SELECT ?x { OPTIONAL { ?x ?p ?y } BIND(1 AS ▶?y) }", "?y has a value before this BIND"),
    ("SELECT ?x { GRAPH ?y { ?x ?p ?z } BIND(1 AS ▶?y) }", "?y has a value before this BIND"),
    ("SELECT ?x { VALUES ?y { 1 } BIND(1 AS ▶?y) }", "?y has a value before this BIND"),
    ("SELECT ?x { FILTER EXISTS { ?x ?p ?y BIND(1 AS ▶?y) } }", "?y has a value before this BIND"),
    ("SELECT ?x { { SELECT ?y { ?x ?p ?y } } BIND(1 AS ▶?y) }", "?y has a value before this BIND"),
    ("SELECT (1 AS ▶?y) { ?x ?p ?y }", "?y has a value in the pattern already"),
    ("SELECT * { { SELECT (1 AS ▶?y) { ?x ?p ?y } } }", "?y has a value in the pattern already"),
    ("SELECT (1 AS ?z) (2 AS ▶?z) { ?x ?p ?y }", "?z is selected twice"),
    ("SELECT ?x ▶?x { ?x ?p ?y }", "?x is selected twice"),
    ("SELECT ?x ▶?y { ?x ?p ?y } GROUP BY ?x", "?y is neither a key"),
    ("SELECT (COUNT(?y) AS ?n) ▶?x { ?x ?p ?y }", "?x is neither a key"),
    ("SELECT (STR(▶?y) AS ?z) { ?x ?p ?y } GROUP BY ?x", "?y is neither a key"),
    ("SELECT (SUM(?y) AS ?s) (▶?s + 1 AS ?t) { ?x ?p ?y } GROUP BY ?x", "?s is neither a key"),
    ("SELECT ▶?x { ?x ?p ?y } ORDER BY COUNT(?y)", "?x is neither a key"),
    ("SELECT ?a { { SELECT ▶?y { ?x ?p ?y } GROUP BY ?x } }", "?y is neither a key"),
    ("▶SELECT * { ?x ?p ?y } GROUP BY ?x", "SELECT * cannot stand with GROUP BY"),
    ("SELECT ?x { ?x ?p ?y FILTER(▶COUNT(?y) > 1) }", "the aggregate COUNT cannot stand here"),
    ("SELECT ?x { ?x ?p ?y BIND(▶SUM(?y) AS ?z) }", "the aggregate SUM cannot stand here"),
    ("SELECT ?x { ?x ?p ?y } GROUP BY (▶COUNT(?y) AS ?n)", "the aggregate COUNT cannot stand here"),
    ("SELECT (COUNT(▶SUM(?y)) AS ?n) { ?x ?p ?y }", "the aggregate SUM cannot stand here"),
    (
        "SELECT (1 + <http://example.org/f>(DISTINCT ?y) AS ?z) { ?x ?p ?y FILTER(▶<http://example.org/f>(DISTINCT ?y)) }",
        "with DISTINCT cannot stand",
    ),
    ("SELECT ?x { ?x ?p _:a OPTIONAL { ▶_:a ?q ?r } }", "the blank node _:a also stands in another part"),
    ("SELECT ?x { ?x ?p _:a . { ?x ?q ?r } ?x ?p ▶_:a }", "the blank node _:a also stands in another part"),
    ("SELECT ?x { ?x ?p _:a FILTER EXISTS { ▶_:a ?q ?r } }", "the blank node _:a also stands in another part"),
    ("SELECT ?x { VALUES (?x ▶?x) { (1 2) } }", "?x stands twice"),
    ("SELECT ?x { VALUES (?x ?y) { (1 2) ▶(1) } }", "the row has one value for 2 variables"),
    ("SELECT ?x { VALUES (?x ?y) { (1 2) ▶(1 2 3) } }", "the row has 3 values for 2 variables"),
    ("SELECT ?x { ?x ?p ?y FILTER(BOUND(▶1)) }", "expected a variable: BOUND asks"),
    ("SELECT ?x { ?x ?p ?y FILTER(▶STRLEN()) }", "STRLEN takes one argument, not 0"),
    ("SELECT ?x { ?x ?p ?y FILTER(▶REGEX(?y)) }", "REGEX takes two or three arguments, not 1"),
    ("SELECT ?x { ?x ?p ?y FILTER(▶NOW(1)) }", "NOW takes no arguments, not 1"),
    ("SELECT ?x { ?x ▶<p> ?y }", "<p> is a relative IRI"),
    ("SELECT ?x { ?x ▶<http://[> ?y }", "is not an IRI"),
]
RIGHT = [
    "SELECT ?x { FILTER(?y) BIND(1 AS ?y) }",
    "SELECT ?x { MINUS { ?y ?b ?c } BIND(1 AS ?y) }",
    "SELECT ?x { { BIND(1 AS ?y) } UNION { BIND(2 AS ?y) } }",
    "SELECT (1 AS ?z) (?z + 1 AS ?y) { }",
    "SELECT (COUNT(?y) AS ?y) { ?x ?p ?y }",
    "SELECT ?x (COUNT(?y) AS ?n) { ?x ?p ?y } GROUP BY ?x HAVING (SUM(?z) > 1) ORDER BY MAX(?z)",
    "SELECT ?w { ?x ?p ?y } GROUP BY (STR(?x) AS ?w)",
    "SELECT (1 + 1 AS ?two) { ?x ?p ?y } GROUP BY ?x",
    "SELECT ?x { ?x ?p _:a FILTER(?x) _:a ?q ?z }",
    "CONSTRUCT { ?x ?p _:a } { ?x ?p _:a }",
    "SELECT ?x { ?x ?p ?y { SELECT (1 AS ?y) { } } }",
]


@pytest.mark.parametrize(("marked", "message"), WRONG)
def test_names_stand_where_they_may(marked: str, message: str) -> None:
    place, query = marked.index("▶"), marked.replace("▶", "")
    with pytest.raises(QueryError) as caught:
        parse(query)
    assert message in str(caught.value).splitlines()[0]
    assert caught.value.line == 1
    assert (caught.value.column or 0) - 1 == place


@pytest.mark.parametrize("query", RIGHT)
def test_names_may_stand_where_the_rules_let_them(query: str) -> None:
    assert parse(query)


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("?a ?b [ ?c (?d) ]", "abcd"),
        ("?a <p:p>/<p:q>* ?b", "ab"),
        ("{ ?a ?b ?c } UNION { ?d ?e ?f }", "abcdef"),
        ("?a ?b ?c OPTIONAL { ?d ?e ?f }", "abcdef"),
        ("?a ?b ?c MINUS { ?d ?e ?f }", "abc"),
        ("?a ?b ?c FILTER(?d)", "abc"),
        ("?a ?b ?c FILTER EXISTS { ?d ?e ?f }", "abc"),
        ("GRAPH ?g { ?a ?b ?c }", "abcg"),
        ("SERVICE ?s { ?a ?b ?c }", "abcs"),
        ("BIND(?a AS ?b)", "b"),
        ("VALUES (?a ?b) { (1 2) }", "ab"),
        ("{ SELECT ?a (1 AS ?d) { ?a ?b ?c } }", "ad"),
        ("{ SELECT * { ?a ?b ?c } VALUES ?d { 1 } }", "abcd"),
        ("{ }", ""),
    ],
)
def test_variables_in_scope_are_those_of_the_table_of_the_recommendation(pattern: str, names: str) -> None:
    tree = parse(f"SELECT * {{ {pattern} }}")
    assert isinstance(tree, SelectQuery)
    assert visible(tree.where) == set(names)
    assert selected(tree) == set(names)
