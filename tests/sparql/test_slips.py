"""Each slip that people make: the caret stands at the offending token, and the message says what to do.

▶ stands before the place that the error must name; it is taken out before parsing.
"""

# ruff: noqa: RUF001 - characters that look like others are slips too

from __future__ import annotations

import re

import pytest

from kg.core.errors import QueryError
from kg.sparql import parse, write

SLIPS = {
    "a prefix that is not declared": [
        ("SELECT ?x { ?x a ▶stag:Thing }", "prefix 'stag:' is not declared", "did you mean stage:"),
        ("SELECT ?x { ?x a ▶skso:Concept }", "prefix 'skso:' is not declared", "did you mean skos:"),
        ("PREFIX exa: <http://example.org/> ASK { ?x a ▶ex:A }", "prefix 'ex:' is not declared", "exa:"),
        ("ASK { ?x ▶http://example.org/p ?y }", "an IRI stands in angle brackets", "<http:…>"),
        ("ASK { ▶FILTER: (?x) }", "prefix 'FILTER:' is not declared", "no colon stands after the keyword FILTER"),
    ],
    "a dot that is missing": [
        (
            "SELECT ?x { ?x a motkg:Stage ▶?x skos:prefLabel ?l }",
            "expected '.' or ';' after the object, or '}', but found '?x'",
            "put '.' before ?x",
        ),
        (
            "ASK { ?x a motkg:Stage\n ▶stage:a skos:prefLabel ?l }",
            "expected '.' or ';' after the object",
            "put '.' before stage:a",
        ),
        ('ASK { ?x rdfs:label "a" ▶"b" }', "expected '.' or ';' after the object", "',' before a further object"),
        ("CONSTRUCT { ?x a ?y ▶?y a ?x } WHERE { }", "expected '.' or ';' after the object", "put '.' before ?y"),
        (
            "ASK { ?x a [ rdfs:label ?l ▶?m ] }",
            "expected ';' or ']' after the object",
            "put ';' before a further property",
        ),
    ],
    "a semicolon or a dot too many": [
        ("ASK { ?x a ?y . ▶; rdfs:label ?l }", "but found ';'", "take one of '.' and ';' out"),
        ("ASK { ?x a ?y } ▶;", "but found ';'", "take the ';' out"),
        ("SELECT ?x ▶; WHERE { ?x a ?y }", "but found ';'", "take the ';' out"),
        ("ASK { ?x a ?y FILTER(?y) ▶; }", "but found ';'", "take the ';' out"),
        ("ASK { ?x a ?y . ▶. }", "but found '.'", "take the '.' out"),
        ("ASK { ?x a ?y▶, }", "expected another object after ','", "take the ',' out"),
        ("ASK { ?x rdfs:label ▶. }", "expected an object after the property", "three parts"),
        ("ASK { ?x ▶. }", "expected a property after the subject", "three parts"),
    ],
    "operators of other languages": [
        ("ASK { ?x a ?y FILTER(?y ▶== 3) }", "but found '=='", "one '='"),
        ("ASK { ?x a ?y FILTER(?y ▶<> 3) }", "but found '<>'", "'!='"),
        ("ASK { ?x a ?y FILTER(?y =▶> 3) }", "but found '>'", "'>='"),
        ("ASK { ?x a ?y FILTER(?y ▶& ?x) }", "but found '&'", "'&&'"),
        ("ASK { ?x a ?y FILTER(?y ▶| ?x) }", "but found '|'", "'||'"),
        ("ASK { ?x a ?y FILTER(?y = 1 ▶AND ?x = 2) }", "but found 'AND'", "'&&'"),
        ("ASK { ?x a ?y FILTER(?y = 1 ▶or ?x = 2) }", "but found 'or'", "'||'"),
        ("ASK { ?x a ?y FILTER(NOT ▶BOUND(?x)) }", "expected EXISTS after NOT", "'!'"),
        ("ASK { ?x a ?y FILTER(?y ▶% 2) }", "but found '%'", "no remainder operator"),
        ('ASK { ?x rdfs:label "a"▶^xsd:string }', "but found '^'", "two carets"),
        ("ASK { ?x a ?y ▶-- a comment\n}", "but found '-'", "a comment begins with '#'"),
        ("ASK { ?x a ?y . ▶// a comment\n}", "but found '/'", "a comment begins with '#'"),
    ],
    "slips of other languages and of haste": [
        ("ASK { ?s a ?c ▶AND ?s rdfs:label ?l }", "but found 'AND'", "triples and patterns are not joined by AND"),
        ("ASK { ?s ▶'rdfs:label' ?v }", "expected a property", "a property is an IRI, without quotes: rdfs:label"),
        ('ASK { ?s ▶"http://e.org/p" ?v }', "expected a property", "<http://e.org/p>"),
        ("ASK { ?s ?p ▶a }", "but found 'a'", "write rdf:type"),
        ("ASK { ?s a ?c ; ?s rdfs:label ▶?l }", "but found '?l'", "'.' in place of the ';' before ?s"),
        ("ASK { ?s a ?c , rdfs:label ▶?l }", "but found '?l'", "';' in place of the ',' before rdfs:label"),
        ("ASK { ?s a ?c . rdfs:label ?l ▶}", "but found '}'", "';' in place of the '.' before rdfs:label"),
        ("ASK { ?s a ?c BIND(?d AS ▶STR(?c)) }", "but found 'STR'", "the value comes first, then its name: … AS ?d"),
        ('SELECT * { ?s a ?c } LIMIT ▶"10"', "a whole number after LIMIT", "without quotes or sign"),
        ("ASK { ?s a ?c FILTER(?c NOT IN ▶1, 2) }", "expected '(' after IN", "the choices stand in brackets"),
        ("ASK { ?s a ?c FILTER(?c ▶!IN (1)) }", "but found '!'", "write NOT IN"),
        ("ASK { ?s a ?c FILTER(?c =▶< 1) }", "but found '<'", "write '<='"),
        ('ASK { ?s rdfs:label "3"^^ ▶. }', "the IRI of the datatype", '"1"^^xsd:integer'),
        ("SELECT ?my▶-var { ?s a ?c }", "but found '-'", "has no '-'"),
        ("ASK { ?s a stage:a▶/b }", "but found '/'", r"needs a backslash: stage:a\/b"),
        ("ASK { ?s a stage:a▶(b) }", "but found '('", r"needs a backslash: stage:a\(b"),
    ],
    "characters that only look right": [
        ("ASK { ?x rdfs:label ▶“abc” }", "the character “ means nothing", 'a plain "'),
        ("ASK { ?x rdfs:label ▶‘abc’ }", "the character ‘ means nothing", "a plain '"),
        ("ASK { ?x rdfs:label ▶「abc」 }", "the character 「 means nothing", 'a plain "'),
        ('ASK { ?x rdfs:label ▶"abc” }', "the string that begins here is not closed", 'a plain "'),
        ("SELECT ▶？x { ?x a ?y }", "the character ？ means nothing", "a plain ?"),
        ("ASK ▶｛ ?x a ?y ｝", "the character ｛ means nothing", "a plain {"),
        ("ASK▶\u3000{ ?x a ?y }", "a special space (U+3000) means nothing", "an ordinary space"),
        ("ASK { ?x▶\u00a0a ?y }", "a special space (U+00A0) means nothing", "an ordinary space"),
        ("ASK { ?x a ?y FILTER(?y ▶≠ 3) }", "the character ≠ means nothing", "a plain !="),
    ],
    "habits of SQL": [
        ("SELECT ▶a, b FROM t WHERE { ?x a ?y }", "but found 'a'", "a variable is written ?a"),
        ("SELECT ▶name, age FROM people", "but found 'name'", "?name"),
        ("SELECT ?x▶, ?y WHERE { ?x a ?y }", "but found ','", "without commas"),
        ("SELECT ?x FROM ▶people WHERE { ?x a ?y }", "expected the IRI of a graph after FROM", "not a table"),
        ("SELECT ▶TOP 10 ?x { ?x a ?y }", "but found 'TOP'", "LIMIT"),
        ('ASK { ?x rdfs:label ?l FILTER(?l ▶LIKE "%a%") }', "but found 'LIKE'", "CONTAINS"),
        ("ASK { ?x rdfs:label ?l FILTER(?l != ▶NULL) }", "but found 'NULL'", "BOUND(?x)"),
        ("ASK { ?x rdfs:label ?l FILTER(?l ▶IS NOT NULL) }", "but found 'IS'", "BOUND(?x)"),
        ("SELECT ▶COUNT(?x) AS ?n { ?x a ?y }", "but found 'COUNT'", "(COUNT(…) AS ?name)"),
        ("SELECT ?y ▶COUNT(?x) as ?n { ?x a ?y }", "but found 'COUNT'", "(COUNT(…) AS ?name)"),
        ("SELECT ?y ▶AS ?n { ?x a ?y }", "but found 'AS'", "(… AS ?name)"),
        ("SELECT (COUNT(?x)▶) { ?x a ?y }", "expected an operator or AS", "(… AS ?name)"),
        ("SELECT DISTINCT(?x▶) { ?x a ?y }", "expected an operator or AS", "DISTINCT takes no brackets"),
        ("ASK { ?x a ?y FILTER(▶UPPER(?y) = 1) }", "but found 'UPPER'", "UCASE"),
        ('SELECT (GROUP_CONCAT(?x▶, ",") AS ?y) { ?x a ?z }', "but found ','", 'SEPARATOR = ", "'),
    ],
    "modifiers in the wrong place": [
        ("SELECT ?x { ?x a ?y ▶GROUP BY ?x }", "but found 'GROUP'", "GROUP BY stands after the '}'"),
        ("SELECT ?x { ?x a ?y . ▶ORDER BY ?x }", "but found 'ORDER'", "ORDER BY stands after the '}'"),
        ("SELECT ?x { ?x a ?y } LIMIT 10 ▶ORDER BY ?x", "but found 'ORDER'", "ORDER BY, then LIMIT"),
        ("SELECT ?x { ?x a ?y } ORDER BY ?x ▶GROUP BY ?x", "but found 'GROUP'", "the order is GROUP BY"),
        ("SELECT ?x ▶ORDER BY ?x WHERE { ?x a ?y }", "but found 'ORDER'", "stands after the pattern"),
        ("SELECT ?x { ?x a ?y } ORDER ▶?x", "expected BY after ORDER", "ORDER BY"),
        ("SELECT ?x { ?x a ?y } ORDER BY ?x▶, ?y", "but found ','", "without commas"),
        ("SELECT ?x { ?x a ?y } ORDER BY ?x DESC▶", "expected '(' after DESC", "DESC(?x)"),
        ("SELECT ?x { ?x a ?y } LIMIT 10▶, 20", "but found ','", "OFFSET"),
        ("SELECT ?x { ?x a ?y } LIMIT ▶ten", "expected a whole number after LIMIT", ""),
        ("SELECT ?x { ?x a ?y } GROUP BY ?x HAVING ▶?x > 3", "expected '(' or a function after HAVING", "HAVING(…)"),
        ("SELECT ?x { ?x a ?y } GROUP BY ?x HAVING COUNT(?y) ▶> 3", "but found '>'", "HAVING(…)"),
    ],
    "a variable without its question mark": [
        ("SELECT ▶x { ?x a ?y }", "but found 'x'", "?x"),
        ("ASK { ▶x a ?y . ?x a ?z }", "but found 'x'", "a variable begins with '?': ?x"),
        ("ASK { ?x a ▶y }", "expected an object after the property, but found 'y'", "?y for a variable"),
        ("ASK { ?x ▶label ?l }", "expected a property after the subject", "prefix:label for a term"),
        ("SELECT (COUNT(▶x) AS ?n) { ?x a ?y }", "but found 'x'", "?x"),
        ("SELECT (COUNT(?x) AS ▶n) { ?x a ?y }", "expected a variable after AS", "?n"),
        ("ASK { BIND(1 AS ▶y) }", "expected a variable after AS", "?y"),
        ("SELECT ?x { ?x a ?y } GROUP BY ▶x", "expected a variable, a function or '('", "?x"),
        ("ASK { ▶? x a ?y }", "but found '?'", "without a space"),
    ],
    "brackets and quotes that are not closed": [
        ("ASK { ?x a ?y▶", "but found the end of the query", "add '}': the '{' of line 1, column 5 is not closed"),
        (
            "ASK { ?x a ?y .\n OPTIONAL {\n ?x a ?z }▶\n\n",
            "but found the end of the query",
            "the '{' of line 1, column 5 is not closed",
        ),
        ("ASK { ?x a ?y FILTER(?y > 3 ▶}", "but found '}'", "add ')': the '(' of line 1, column 21 is not closed"),
        ("ASK { ?x a ?y } ▶}", "but found '}'", "this '}' closes nothing"),
        ("ASK { ?x a ?y FILTER(?y > 3)▶) }", "but found ')'", "this ')' closes nothing"),
        ("ASK { ?x a ?y } ▶?y a ?z }", "expected the end of the query", "one too many"),
        ('ASK { ?x rdfs:label ▶"abc . }', "no quote closes this string on its line", "add the closing quote"),
        ('ASK { ?x rdfs:label ▶"""abc . }', "no quote closes this string anywhere", "add the closing quote"),
        ('ASK { ?x rdfs:label "it"▶s" }', "but found 's'", "needs a backslash"),
        ("ASK { ?x ▶<http://example.org/p ?l }", "the IRI that begins here is not closed", "add the closing '>'"),
        ("ASK { ?x <http://example.org/p▶ q> ?l }", "an IRI cannot hold a space", "%20"),
        (
            "ASK { ?x a ?y FILTER(?x = ▶<http://example.org/) }",
            "the IRI that begins here is not closed",
            "add the closing '>'",
        ),
    ],
    "brackets and braces that are missing": [
        ("ASK { ?x a ?y FILTER ▶?y > 3 }", "expected '(' or a function after FILTER", "FILTER(…)"),
        ("ASK { ?x a ?y FILTER STRLEN(?y) ▶> 3 }", "but found '>'", "FILTER(…)"),
        ("ASK { ?x a ?y ▶REGEX(?y, 'a') }", "but found 'REGEX'", "FILTER(REGEX(…))"),
        ("ASK { ?x a ?y . ?y ▶> 3 }", "but found '>'", "FILTER(…)"),
        ("ASK { ?x a ?y ▶NOT EXISTS { ?x a ?z } }", "but found 'NOT'", "FILTER NOT EXISTS { … }"),
        ("ASK { ?x a ?y OPTIONAL ▶?x rdfs:label ?l }", "expected '{' after OPTIONAL", "OPTIONAL { … }"),
        ("ASK { ?x a ?y ▶UNION ?x rdfs:label ?l }", "but found 'UNION'", "{ … } UNION { … }"),
        ("SELECT ?x WHERE ▶?x a ?y", "expected '{' after WHERE", "WHERE { … }"),
        ("SELECT ?x ?y ▶a ?z", "expected WHERE or '{'", "WHERE { … }"),
        ("ASK { ?x rdfs:label▶{2} ?y }", "but found '{'", "not by numbers"),
        ("ASK { ?x ▶?p / rdfs:label ?y }", "but found '/'", "not variables"),
    ],
    "BIND and VALUES": [
        ("ASK { BIND(?y ▶= 1) }", "BIND does not assign with '='", "BIND(… AS ?y)"),
        ("ASK { BIND(?y ▶:= 1) }", "but found ':'", "BIND(expression AS ?name)"),
        ("ASK { BIND(1▶) }", "expected an operator or AS", "BIND(… AS ?name)"),
        ("ASK { VALUES ?x { ▶null } }", "expected a value, UNDEF or '}'", "UNDEF"),
        ("ASK { VALUES ?x { 1▶, 2 } }", "but found ','", "without commas"),
        ("ASK { VALUES ?x { ▶?y } }", "but found '?y'", "no variables"),
        ("ASK { VALUES ?x ▶?y { 1 2 } }", "expected '{' after the variable", "VALUES (?a ?b)"),
        ("ASK { VALUES ?x ▶(1 2) }", "expected '{' after the variable", "in braces"),
        ("ASK { FILTER(?x IN (1 ▶2)) }", "expected an operator, ',' or ')'", "put ','"),
    ],
    "parts that are missing": [
        ("ASK { ?x a ?y FILTER(?x = ▶) }", "expected a value to compare after '='", "on both sides"),
        ("ASK { ?x a ?y FILTER(?x = 1 && ▶) }", "expected an expression after '&&'", "on both sides"),
        ("ASK { ?x a ?y FILTER(LANG(?x) ▶'en') }", "expected an operator or ')'", "put an operator"),
        (
            "SELECT (COUNT(?x ▶AS ?n) { ?x a ?y }",
            "expected an operator or ')'",
            "add ')': the '(' of line 1, column 14",
        ),
        (
            "ASK { ?x a ?y FILTER(?x = 1 ▶OPTIONAL { } }",
            "expected an operator or ')'",
            "add ')': the '(' of line 1, column 21",
        ),
        ("ASK { ?x ▶/ a ?y }", "expected a property after the subject", "a property is missing before '/'"),
        ("ASK { ?x a / ▶| a ?y }", "expected a property after '/'", "a property is missing before '|'"),
        ("ASK { ?x a ?y . (▶LANG(?x) = 'en') }", "expected an item of the list", "FILTER(…)"),
    ],
    "keywords that are misspelt": [
        ("▶SELCT ?x WHERE { ?x a ?y }", "but found 'SELCT'", "did you mean SELECT?"),
        ("SELECT ?x ▶WEHRE { ?x a ?y }", "but found 'WEHRE'", "did you mean WHERE?"),
        ("ASK { ?x a ?y ▶OPTINAL { ?x a ?z } }", "but found 'OPTINAL'", "did you mean OPTIONAL?"),
        ("ASK { ?x a ?y . ▶FILTR(?x = 1) }", "but found 'FILTR'", "did you mean FILTER"),
        ("SELECT ?x { ?x a ?y } ▶ORDR BY ?x", "but found 'ORDR'", "did you mean ORDER"),
        ("ASK { FILTER(▶CONTAIN(?y, 'a')) }", "but found 'CONTAIN'", "did you mean CONTAINS"),
        ("▶PREFX ex: <http://example.org/> ASK { }", "but found 'PREFX'", "did you mean PREFIX?"),
        ("ASK { ?x skos: ▶prefLabel ?y }", "but found 'prefLabel'", "skos:prefLabel"),
    ],
    "habits of Turtle, and declarations": [
        ("▶@prefix ex: <http://example.org/> . ASK { }", "but found '@prefix'", "PREFIX without '@'"),
        ("PREFIX ex: <http://example.org/> ▶. ASK { }", "but found '.'", "take it out"),
        (
            "PREFIX ▶ex <http://example.org/> ASK { }",
            "expected a prefix that ends in ':'",
            "PREFIX ex: <http://example.org/>",
        ),
        ("PREFIX ex: ▶http://example.org/ ASK { }", "expected an IRI in angle brackets", "in angle brackets"),
        ("ASK { } ▶PREFIX ex: <http://example.org/>", "but found 'PREFIX'", "before SELECT"),
        (
            "PREFIX ▶<http://example.org/> ASK { }",
            "expected a prefix that ends in ':'",
            "PREFIX ex: <http://example.org/>",
        ),
        ("▶ex: <http://example.org/> ASK { }", "but found 'ex:'", "PREFIX ex: <http://example.org/>"),
        ("▶PREFIXex: <http://example.org/> ASK { }", "but found 'PREFIXex:'", "a space stands after PREFIX"),
    ],
    "what is no single query": [
        ("▶INSERT DATA { <urn:a> <urn:b> 1 }", "updates are not accepted", "ask with SELECT"),
        ("PREFIX ex: <urn:> ▶delete where { ?s ?p ?o }", "updates are not accepted", "ask with SELECT"),
        ("ASK { } ▶ASK { }", "but found 'ASK'", "one query at a time"),
        ("▶", "but found the end of the query", ""),
    ],
}
CASES = [pytest.param(*case, id=f"{kind}: {case[0]}") for kind, cases in SLIPS.items() for case in cases]


def fault(query: str) -> QueryError:
    with pytest.raises(QueryError) as caught:
        parse(query)
    return caught.value


@pytest.mark.parametrize(("marked", "message", "remedy"), CASES)
def test_a_slip_is_shown_where_it_is_and_explained(marked: str, message: str, remedy: str) -> None:
    at, query = marked.index("▶"), marked.replace("▶", "")
    error = fault(query)
    first, *rest = str(error).splitlines()
    before = query[:at].split("\n")
    assert (error.line, error.column) == (len(before), len(before[-1]) + 1)
    assert first.startswith(f"line {error.line}, column {error.column}: ")
    assert message in first
    assert remedy in "\n".join(rest)
    assert bool(remedy) == bool(error.hint or error.near)


@pytest.mark.parametrize(("marked", "message", "remedy"), CASES)
def test_the_caret_stands_under_the_token(marked: str, message: str, remedy: str) -> None:  # noqa: ARG001 - the same cases
    error = fault(marked.replace("▶", ""))
    _, shown, carets, *_ = str(error).splitlines()
    wide = re.compile(r"[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]")
    cells = wide.sub("##", shown)
    start, end = carets.index("^"), carets.rindex("^") + 1
    assert wide.sub("##", (error.token or "").split("\n")[0]).startswith(cells[start:end].rstrip()) or start >= len(
        cells
    )
    assert set(carets[start:end]) == {"^"}


@pytest.mark.parametrize(
    "query",
    [
        "ASK { ?x a ?y ; }",
        "ASK { ?x a ?y ;; rdfs:label ?l ;. }",
        "ASK { VALUES ?x { undef Undef } }",
        "ask where { ?x a skos:Concept filter not exists { ?x skos:broader ?y } }",
        "SELECT * { ?a ?b ?c } LIMIT 1 OFFSET 2",
        "ASK { ?where ?a ?select }",
    ],
)
def test_what_only_looks_like_a_slip_is_taken(query: str) -> None:
    assert parse(query)


def test_long_lines_are_cut_around_the_place() -> None:
    error = fault(f"ASK {{ {'?x a ?y . ' * 50} ?x == ?y . {'?x a ?y . ' * 50} }}")
    _, shown, carets, *_ = str(error).splitlines()
    assert len(shown) < 140
    assert shown[carets.index("^") :].startswith("==")


def test_a_tab_counts_as_one_column_and_the_caret_follows() -> None:
    error = fault("ASK {\n\t\t?x == ?y }")
    _, shown, carets, *_ = str(error).splitlines()
    assert (error.line, error.column) == (2, 6)
    assert shown[carets.index("^") :].startswith("==")


def test_known_prefixes_need_no_declaration_unless_others_are_given() -> None:
    query = "ASK { ?x a skos:Concept }"
    declared = parse(f"PREFIX skos: <http://www.w3.org/2004/02/skos/core#> {query}")
    assert parse(query).where == declared.where
    with pytest.raises(QueryError, match="prefix 'skos:' is not declared"):
        parse(query, known={})


def test_a_declared_prefix_comes_before_a_known_one() -> None:
    declared = parse("PREFIX skos: <http://example.org/> SELECT * { ?x a skos:Concept }")
    assert "http://example.org/Concept" in repr(declared)
    assert "2004/02/skos" not in repr(declared)


def test_a_byte_order_mark_before_a_query_is_no_fault() -> None:
    assert write(parse("\ufeffASK { ?x a ?y }")) == write(parse("ASK { ?x a ?y }"))
    with pytest.raises(QueryError, match="add '}'"):
        parse("\ufeffASK { ?x a ?y")
