"""The productions of the grammar, one by one: what they take and what tree they give."""

from __future__ import annotations

import pytest

from kg.core.errors import QueryError
from kg.sparql import (
    NOWHERE,
    Aggregate,
    Arithmetic,
    BlankNode,
    BlankNodeProperties,
    BuiltInCall,
    Collection,
    Comparison,
    ConstructQuery,
    DescribeQuery,
    Exists,
    Expression,
    Filter,
    In,
    Iri,
    Literal,
    Logical,
    Path,
    PathAlternative,
    PathInverse,
    PathNegated,
    PathRepeat,
    PathSequence,
    SelectQuery,
    TriplesBlock,
    Unary,
    Variable,
    parse,
    write,
)

XSD = "http://www.w3.org/2001/XMLSchema#"
P, Q = Iri(NOWHERE, "urn:p", ""), Iri(NOWHERE, "urn:q", "")
X, Y = Variable(NOWHERE, "x"), Variable(NOWHERE, "y")
ONE = Literal(NOWHERE, "1", f"{XSD}integer", "")
TAKEN = [
    "SELECT * { }",
    "SELECT DISTINCT ?x ?y WHERE { ?x ?y ?z }",
    "SELECT REDUCED ?x FROM <urn:a> FROM NAMED <urn:b> { ?x a ?y }",
    "SELECT ?x { ?x a ?y } GROUP BY ?x STR(?x) <urn:f>(?x) (?x + 1 AS ?z) HAVING (?x > 1) BOUND(?x)",
    "SELECT ?x { ?x a ?y } ORDER BY ?x ASC(?x) DESC(?x) STR(?x) <urn:f>(?x) (?x)",
    "SELECT ?x { ?x a ?y } OFFSET 1 LIMIT 2",
    "SELECT ?x { ?x a ?y } VALUES (?x ?y) { (1 UNDEF) (<urn:a> 'b'@en) }",
    "ASK { VALUES () { () () } VALUES ?x { } }",
    "CONSTRUCT { ?x a ?y . ?y a [] } WHERE { ?x a ?y } LIMIT 1",
    "CONSTRUCT { } { }",
    "CONSTRUCT FROM <urn:a> WHERE { ?x a ?y . } ORDER BY ?x",
    "DESCRIBE <urn:a>",
    "DESCRIBE * { ?x a ?y }",
    "DESCRIBE ?x <urn:a> FROM <urn:g> WHERE { ?x a ?y } LIMIT 1",
    "ASK FROM <urn:g> { ?x a ?y }",
    "ASK { ?x a ?y . FILTER(?x) . OPTIONAL { ?x a ?z } . ?x a ?w }",
    "ASK { { ?x a ?y } UNION { ?x a ?z } UNION { } . MINUS { ?x a ?w } }",
    "ASK { GRAPH ?g { } GRAPH <urn:g> { } SERVICE SILENT ?s { } SERVICE <urn:s> { } }",
    "ASK { { SELECT ?x { ?x a ?y } LIMIT 1 VALUES ?x { 1 } } }",
    "ASK { [ a ?x ] . [ a ?x ] a ?y . (1 2) . (1 [ a 2 ]) a ?z . () a () . [] a [] }",
    "ASK { ?x a 'a', \"b\"@en-GB, '''c'c''', \"\"\"d\"d\"\"\", 'e'^^<urn:d> , 'f'^^xsd:byte }",
    "ASK { ?x a 1, +1, -1.5, .5, 1e5, 1.e5, -1E-5, true, FALSE }",
    "ASK { FILTER <urn:f>(?x, 1) FILTER REGEX(?x, 'a') FILTER NOT EXISTS { } }",
    "ASK { FILTER(<urn:g>() = COALESCE() || 1 IN () && ?x NOT IN (1, 2)) }",
    "BASE <http://example.org/a/> PREFIX : <b#> BASE <../c/> ASK { : a :d ; <e> <> }",
]
REFUSED = [
    "SELECT { }",
    "SELECT ?x",
    "SELECT ?x { } LIMIT -1",
    "SELECT ?x { } LIMIT 1 LIMIT 2",
    "ASK { ?x }",
    "ASK { [] }",
    "ASK { ?x a ?y ?z }",
    "ASK { ?x 'p' ?y }",
    "ASK { ?x _:p ?y }",
    "ASK { ?x !() ?y }",
    "ASK { ?x <urn:p>** ?y }",
    "ASK { GRAPH _:g { } }",
    "ASK { FILTER <urn:f> }",
    "ASK { FILTER(1 < 2 < 3) }",
    "ASK { SELECT * { } ?x a ?y }",
    "ASK { VALUES ?x { _:b } }",
    "CONSTRUCT { ?x <urn:p>/<urn:q> ?y } WHERE { }",
    "CONSTRUCT WHERE { ?x a ?y FILTER(?y) }",
    "CONSTRUCT WHERE { ?x ^a ?y }",
    "DESCRIBE",
    "ASK { ?x a 'a\\q' }",
    "ASK { ?x a 'a\nb' }",
    "ASK { ?x a '\\uD800' }",
    "ASK { ?x a 1e }",
    "ASK { BIND(COUNT() AS ?x) }",
    "SELECT (SUM(*) AS ?x) { }",
]


@pytest.mark.parametrize("query", TAKEN)
def test_what_the_grammar_has_is_taken_and_comes_back_the_same(query: str) -> None:
    tree = parse(query)
    assert parse(write(tree)) == tree


@pytest.mark.parametrize("query", REFUSED)
def test_what_the_grammar_has_not_is_refused(query: str) -> None:
    with pytest.raises(QueryError):
        parse(query)


def path_of(text: str) -> object:
    tree = parse(f"ASK {{ ?x {text} ?y }}")
    block = tree.where.elements[0] if tree.where else None
    assert isinstance(block, TriplesBlock)
    return block.triples[0].properties[0].verb


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("<urn:p>|<urn:q>/<urn:p>", PathAlternative(NOWHERE, (P, PathSequence(NOWHERE, (Q, P))))),
        ("(<urn:p>|<urn:q>)/<urn:p>", PathSequence(NOWHERE, (PathAlternative(NOWHERE, (P, Q)), P))),
        ("^<urn:p>*", PathInverse(NOWHERE, PathRepeat(NOWHERE, P, "*"))),
        ("(^<urn:p>)+", PathRepeat(NOWHERE, PathInverse(NOWHERE, P), "+")),
        ("<urn:p>?", PathRepeat(NOWHERE, P, "?")),
        ("^(^<urn:p>)", PathInverse(NOWHERE, PathInverse(NOWHERE, P))),
        ("!<urn:p>", PathNegated(NOWHERE, (P,))),
        ("!(<urn:p>|^<urn:q>)", PathNegated(NOWHERE, (P, PathInverse(NOWHERE, Q)))),
    ],
)
def test_paths_bind_as_the_grammar_says(text: str, path: Path) -> None:
    assert path_of(text) == path


def expression_of(text: str) -> Expression:
    tree = parse(f"ASK {{ FILTER({text}) }}")
    condition = tree.where.elements[0] if tree.where else None
    assert isinstance(condition, Filter)
    return condition.condition


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("?x || ?y && ?x", Logical(NOWHERE, "||", (X, Logical(NOWHERE, "&&", (Y, X))))),
        ("(?x || ?y) && ?x", Logical(NOWHERE, "&&", (Logical(NOWHERE, "||", (X, Y)), X))),
        (
            "?x + ?y * ?x = 1",
            Comparison(NOWHERE, "=", Arithmetic(NOWHERE, ("+",), (X, Arithmetic(NOWHERE, ("*",), (Y, X)))), ONE),
        ),
        ("?x - ?y + ?x", Arithmetic(NOWHERE, ("-", "+"), (X, Y, X))),
        ("?x - (?y + ?x)", Arithmetic(NOWHERE, ("-",), (X, Arithmetic(NOWHERE, ("+",), (Y, X))))),
        ("?x -1", Arithmetic(NOWHERE, ("-",), (X, ONE))),
        ("?x +1*?y", Arithmetic(NOWHERE, ("+",), (X, Arithmetic(NOWHERE, ("*",), (ONE, Y))))),
        ("-1", Literal(NOWHERE, "-1", f"{XSD}integer", "")),
        ("- 1", Unary(NOWHERE, "-", ONE)),
        ("!?x = ?y", Comparison(NOWHERE, "=", Unary(NOWHERE, "!", X), Y)),
        ("!(?x = ?y)", Unary(NOWHERE, "!", Comparison(NOWHERE, "=", X, Y))),
        ("?x NOT IN (1, ?y)", In(NOWHERE, X, (ONE, Y), negated=True)),
        ("bound(?x)", BuiltInCall(NOWHERE, "BOUND", (X,))),
        ("isUri(?x)", BuiltInCall(NOWHERE, "ISURI", (X,))),
    ],
)
def test_expressions_bind_as_the_grammar_says(text: str, expression: Expression) -> None:
    assert expression_of(text) == expression
    assert expression_of(text) == expression_of(f"({text})")


def test_exists_holds_a_group() -> None:
    expression = expression_of("NOT EXISTS { ?x a ?y }")
    assert isinstance(expression, Exists)
    assert expression.negated
    assert len(expression.group.elements) == 1


def test_aggregates_keep_their_parts() -> None:
    tree = parse('SELECT (COUNT(*) AS ?a) (GROUP_CONCAT(DISTINCT ?x ; SEPARATOR = "|") AS ?b) { ?x a ?y }')
    assert isinstance(tree, SelectQuery)
    counted, joined = tree.selection.items
    separator = Literal(NOWHERE, "|", f"{XSD}string", "")
    assert getattr(counted, "expression", None) == Aggregate(
        NOWHERE, "COUNT", distinct=False, expression=None, separator=None
    )
    assert getattr(joined, "expression", None) == Aggregate(
        NOWHERE, "GROUP_CONCAT", distinct=True, expression=X, separator=separator
    )


def test_blank_nodes_and_collections_keep_their_form() -> None:
    tree = parse("ASK { [ <urn:p> (1 _:b []) ] }")
    block = tree.where.elements[0] if tree.where else None
    assert isinstance(block, TriplesBlock)
    triples = block.triples[0]
    assert triples.properties == ()
    assert isinstance(triples.subject, BlankNodeProperties)
    items = triples.subject.properties[0].objects[0]
    assert items == Collection(NOWHERE, (ONE, BlankNode(NOWHERE, "b"), BlankNode(NOWHERE, "")))


def test_short_forms_are_told_from_long_ones() -> None:
    short, long, everything = (
        parse("CONSTRUCT WHERE { ?x a ?y }"),
        parse("CONSTRUCT { } WHERE { ?x a ?y }"),
        parse("DESCRIBE *"),
    )
    assert isinstance(short, ConstructQuery)
    assert isinstance(long, ConstructQuery)
    assert isinstance(everything, DescribeQuery)
    assert (short.template, long.template) == (None, ())
    assert short.where == long.where
    assert everything.targets == ()
    assert everything.where is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'"a\tb\n\"\\"', 'a\tb\n"\\'),
        (r'"\u65E5\U00020BB7"', "日𠮷"),
        (r'"\\u0041"', "\\u0041"),
        (r'"\u0022"', '"'),
        ('"""a"b""c"""', 'a"b""c'),
        ("'''a\nb'''", "a\nb"),
        ('""', ""),
    ],
)
def test_strings_say_what_their_escapes_mean(text: str, value: str) -> None:
    assert expression_of(text) == Literal(NOWHERE, value, f"{XSD}string", "")


@pytest.mark.parametrize(
    ("text", "iri"),
    [
        ("<a>", "http://example.org/b/a"),
        ("<../a>", "http://example.org/a"),
        ("<../../../a>", "http://example.org/a"),
        ("<./a/./c/../d>", "http://example.org/b/a/d"),
        ("</a>", "http://example.org/a"),
        ("<//other/a>", "http://other/a"),
        ("<?q>", "http://example.org/b/c?q"),
        ("<#f>", "http://example.org/b/c#f"),
        ("<>", "http://example.org/b/c"),
        ("<..>", "http://example.org/"),
        ("<urn:x:y>", "urn:x:y"),
        (r"<\u0061>", "http://example.org/b/a"),
        (":a.b", "urn:ns:a.b"),
        (r":a\-b%20\(", "urn:ns:a-b%20("),
        (":", "urn:ns:"),
        (":1:2", "urn:ns:1:2"),
    ],
)
def test_iris_are_resolved(text: str, iri: str) -> None:
    tree = parse(f"PREFIX : <urn:ns:> ASK {{ FILTER({text}) }}", base="http://example.org/b/c")
    condition = tree.where.elements[0] if tree.where else None
    assert isinstance(condition, Filter)
    assert isinstance(condition.condition, Iri)
    assert (condition.condition.value, condition.condition.written) == (iri, text)


@pytest.mark.parametrize(
    "text", [r"?a\u0020b", r"ex\u003A:a", r"_:a\u0020", r"<a\u0020b>", r"<a\u003Eb>", r"rdfs:a\u0020b"]
)
def test_escapes_give_only_characters_that_may_stand_there(text: str) -> None:
    with pytest.raises(QueryError):
        parse(f"ASK {{ ?s ?p {text} }}", base="http://example.org/")


def test_escapes_may_stand_in_names() -> None:
    assert parse(r"ASK { ?a\u0062 rdfs:l\u0061bel _:\u0063 }") == parse("ASK { ?ab rdfs:label _:c }")
