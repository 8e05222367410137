"""What a diagnosis says of a graph of ten statements, in which every number and name can be counted by hand."""

from __future__ import annotations

import pytest
from pyoxigraph import RdfFormat, parse

from kg.query.diagnosis import Kind, Limits, diagnose
from kg.query.diagnosis.model import explain
from kg.store.embedded.store import EmbeddedStore

PREFIX = "PREFIX : <https://example.org/> "
DATA = """
@prefix : <https://example.org/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:g1 { :a a :Firm ; :size 10 ; :name "Aster"@en ; :born "1987"^^xsd:gYear . :b a :Firm ; :size 30 ; :name "Beryl"@en . }
:g2 { :c a :Lab ; :size 50 ; :name "Cedar"@de ; :partner :a . }
"""


@pytest.fixture(scope="module")
def store() -> EmbeddedStore:
    return EmbeddedStore.of(list(parse(DATA, format=RdfFormat.TRIG)))


@pytest.mark.parametrize(
    ("text", "kind", "written", "told"),
    [
        (
            "?x :size ?n FILTER(?n > 100)",
            Kind.FILTER,
            "?n > 100",
            ["the condition '?n > 100' removes all 3 solutions of the rest; ?n lies between 10 and 50"],
        ),
        (
            ":a :size ?n FILTER(?n > 100)",
            Kind.FILTER,
            "?n > 100",
            ["the condition '?n > 100' removes the one solution of the rest; ?n is 10"],
        ),
        (
            "?x :name ?l FILTER(LANG(?l) = 'fr')",
            Kind.OTHER_LITERAL,
            "'fr'",
            ["?l has no value in the language 'fr'; its values are in: de, en", '"de"', '"en"'],
        ),
        (
            "?x :size ?l FILTER(DATATYPE(?l) = xsd:double)",
            Kind.OTHER_LITERAL,
            "xsd:double",
            ["?l has no value of xsd:double; its datatypes are: xsd:integer", "xsd:integer"],
        ),
        (
            "?x :name ?l FILTER(CONTAINS(?l, 'ASTER'))",
            Kind.OTHER_LITERAL,
            "'ASTER'",
            [
                "'ASTER' is there only in other case, or in text with a language tag",
                'CONTAINS(LCASE(STR(?l)), "aster")',
            ],
        ),
        (
            "?x :size ?n FILTER(?n + 'a' > 1)",
            Kind.EXPRESSION_ERROR,
            "?n + 'a' > 1",
            ["the condition '?n + 'a' > 1' is an error for every solution: ?n is a number (xsd:integer)"],
        ),
        (
            "?x :size ?n BIND(?n + 'a' AS ?m) FILTER(?m > 1)",
            Kind.EXPRESSION_ERROR,
            "BIND(?n + 'a' AS ?m)",
            ["BIND gives ?m no value: '?n + 'a'' is an error for every solution: ?n is a number (xsd:integer)"],
        ),
        (
            "?x :size ?n MINUS { ?x :name ?l }",
            Kind.MINUS,
            "MINUS { ?x :name ?l }",
            ["MINUS removes all 3 solutions of the rest"],
        ),
        (
            "?x :size ?n FILTER NOT EXISTS { ?x :name ?l }",
            Kind.MINUS,
            "NOT EXISTS { ?x :name ?l }",
            ["NOT EXISTS removes all 3 solutions of the rest"],
        ),
        (
            ":a :size ?n MINUS { :a :name ?l . :a :size ?n }",
            Kind.MINUS,
            "MINUS { :a :name ?l . :a :size ?n }",
            ["MINUS removes the one solution of the rest"],
        ),
        ("VALUES ?x { } ?x :size ?n", Kind.VALUES, "VALUES ?x { }", ["VALUES gives ?x no value at all"]),
        (
            "GRAPH :g1 { :c :size ?n }",
            Kind.WRONG_GRAPH,
            ":g1",
            ["what is asked of <https://example.org/g1> stands in another graph: <https://example.org/g2>", ":g2"],
        ),
        (
            "?x a :Lab ; :born ?y",
            Kind.CLASS_CLASH,
            ":born",
            [
                "<https://example.org/born> is no property of ?x but of its neighbours",
                ":partner/:born",
            ],
        ),
        (
            ":a :partner ?x",
            Kind.WRONG_DIRECTION,
            ":partner",
            [
                "<https://example.org/partner> matches nothing in this direction, but it does from what stands here as its value to its subject",
                "^:partner",
            ],
        ),
        (
            "?x :siez ?n",
            Kind.UNKNOWN_TERM,
            ":siez",
            [":siez is in no statement of the graph: neither ontology nor data know such a property", ":size"],
        ),
        (
            "?x :name 'Aster'",
            Kind.OTHER_LITERAL,
            "'Aster'",
            [
                (
                    "the literal 'Aster' has no match as the value of <https://example.org/name>; "
                    'the graph has it with the language tag @en: "Aster"@en'
                ),
                '"Aster"@en',
            ],
        ),
        (
            "?x :size ?m . ?y :name ?m",
            Kind.JOIN,
            ":size ?m",
            [
                "?m is a number (xsd:integer) in :size ?m and text in the language de in :name ?m: the two are never equal"
            ],
        ),
        (
            "?x :size 11",
            Kind.WRONG_VALUE,
            "11",
            [
                "the literal 11 has no match as the value of <https://example.org/size>; values that have one are, for example, 10, 30, 50"
            ],
        ),
        (
            "VALUES (?x ?n) { (:a 31) } ?x :size ?n",
            Kind.VALUES,
            "(:a 31)",
            [
                (
                    "VALUES gives ?x ?n no value that fits '?x <https://example.org/size> ?n'; "
                    "what would fit ?x is, for example, <https://example.org/a>, <https://example.org/b>, <https://example.org/c>"
                )
            ],
        ),
    ],
)
def test_the_first_cause_in_words(store: EmbeddedStore, text: str, kind: Kind, written: str, told: list[str]) -> None:
    """``told`` is the sentence and what may be meant."""
    cause = diagnose(f"{PREFIX}SELECT * {{ {text} }}", store).causes[0]
    sentence = cause.sentence.replace("in the language en", "in the language de")  # any of the texts may come first
    assert (cause.kind, cause.written) == (kind, written)
    assert [sentence, *(each.replacement for each in cause.suggestions)] == told


UNKNOWN = "is in no statement of the graph: neither ontology nor data know such a"


@pytest.mark.parametrize(
    ("query", "kind", "written", "told"),
    [
        # each term in its role: what is known in another role, what nothing knows, what is meant
        ("SELECT * { ?x a :size }", Kind.UNUSED_TERM, ":size",
         ["<https://example.org/size> is a property and stands here as a class"]),
        ("SELECT * { ?x :Firm ?n }", Kind.UNUSED_TERM, ":Firm",
         ["<https://example.org/Firm> is a class and stands here as a property"]),
        ("SELECT * { ?x a :Frim }", Kind.UNKNOWN_TERM, ":Frim", [f":Frim {UNKNOWN} class", ":Firm"]),
        ("SELECT * { :d :size ?n }", Kind.UNKNOWN_TERM, ":d", [f":d {UNKNOWN} thing"]),
        ("SELECT * { ?x :partner :d }", Kind.UNKNOWN_TERM, ":d", [f":d {UNKNOWN} thing"]),
        ("SELECT * { GRAPH :g3 { ?x :size ?n } }", Kind.UNKNOWN_TERM, ":g3", [f":g3 {UNKNOWN} graph"]),
        ("SELECT * { ?x :size ?n FILTER(?x = :d) }", Kind.UNKNOWN_TERM, ":d", [f":d {UNKNOWN} thing"]),
        ("DESCRIBE :d", Kind.UNKNOWN_TERM, ":d", [f":d {UNKNOWN} thing"]),
        # literals in another form
        ("SELECT * { ?x :name 'Astre'@en }", Kind.WRONG_VALUE, "'Astre'@en",
         ["the literal 'Astre'@en has no match as the value of <https://example.org/name>", '"Aster"@en']),
        ("SELECT * { ?x :name ?l FILTER(?l = 'Aster') }", Kind.OTHER_LITERAL, "'Aster'",
         ["the literal 'Aster' has no match among the values of ?l; the graph has it with the language tag @en: \"Aster\"@en",
          '"Aster"@en']),
        ("SELECT * { ?x :size 10.0 }", Kind.OTHER_LITERAL, "10.0",
         ["the literal 10.0 has no match as the value of <https://example.org/size>; "  # noqa: ISC004 - one sentence
          "the graph has it written in another way and as a number (xsd:integer): 10", "10"]),
        ("SELECT * { ?x :born 1987 }", Kind.OTHER_LITERAL, "1987",
         ["the literal 1987 has no match as the value of <https://example.org/born>; "  # noqa: ISC004 - one sentence
          'the graph has it as a value of xsd:gYear: "1987"^^xsd:gYear', '"1987"^^xsd:gYear']),
        # variables, graphs and templates
        ("SELECT * { ?x :size ?n FILTER(?m > 1) }", Kind.UNBOUND_VARIABLE, "?m",
         ["?m has no value where this condition stands, so that it is never fulfilled"]),
        ("SELECT ?x FROM :g1 { ?x :partner ?y }", Kind.WRONG_GRAPH, "FROM :g1",
         ["'FROM :g1' leaves out the graphs that hold what is asked for", "no FROM"]),
        ("CONSTRUCT { ?z :size ?n } { ?x :size ?n }", Kind.UNBOUND_VARIABLE, "?z",
         ["?z has no value in the pattern, and no statement is made without it"]),
    ],
)  # fmt: skip
def test_the_first_cause_of_a_query_in_words(
    store: EmbeddedStore, query: str, kind: Kind, written: str, told: list[str]
) -> None:
    cause = diagnose(f"{PREFIX}{query}", store).causes[0]
    assert (cause.kind, cause.written) == (kind, written)
    assert [cause.sentence, *(each.replacement for each in cause.suggestions)] == told


@pytest.mark.parametrize(
    ("modifiers", "sentence"),
    [
        ("{ ?x :size ?n } OFFSET 2", ""),
        ("{ ?x :size ?n } OFFSET 3", "OFFSET 3 skips more than there is: the answer has 3 rows"),
        ("{ ?x :size ?n } LIMIT 0", "LIMIT 0 leaves no row"),
        ("{ ?x :size ?n } LIMIT 1", ""),
        ("{ ?x :size ?n } GROUP BY ?x HAVING(COUNT(*) > 1)", "HAVING COUNT(*) > 1 removes all 3 groups; COUNT(*) lies between 1 and 1"),
        ("{ ?x :size ?n } GROUP BY ?x HAVING(COUNT(*) > 0)", ""),
    ],
)  # fmt: skip
def test_modifiers_that_leave_no_row(store: EmbeddedStore, modifiers: str, sentence: str) -> None:
    head = "SELECT ?x (COUNT(*) AS ?c)" if "GROUP" in modifiers else "SELECT *"
    assert [each.sentence for each in diagnose(f"{PREFIX}{head} {modifiers}", store).causes] == [sentence] * bool(
        sentence
    )


def test_a_value_of_a_row_is_held_against_the_rest_of_its_row(store: EmbeddedStore) -> None:
    """The size 30 is there, though not with :a, whose size is 10."""
    causes = diagnose(f"{PREFIX}SELECT * {{ VALUES (?x ?n) {{ (:a 30) }} ?x :size ?n }}", store).causes
    (literal,) = [cause for cause in causes if cause.written == "30"]
    assert literal.sentence == "the literal 30 has no match here; values that have one are, for example, 10"


def test_of_conditions_that_are_joined_only_the_one_that_removes_all_is_named(store: EmbeddedStore) -> None:
    for condition in ("?n > 5 && ?n > 100", "?n > 100 && ?n > 5"):
        causes = diagnose(f"{PREFIX}SELECT * {{ ?x :size ?n FILTER({condition}) }}", store).causes
        assert [cause.written for cause in causes] == ["?n > 100"]


def test_conditions_that_exclude_each_other_are_named_together(store: EmbeddedStore) -> None:
    first, *_ = diagnose(f"{PREFIX}SELECT * {{ ?x :size ?n FILTER(?n > 20 && ?n < 15) }}", store).causes
    assert first.sentence == "no solution fulfils all of these, though some fulfil each: '?n > 20', '?n < 15'"


def test_statements_of_two_graphs_are_told_to_be_in_no_single_one(store: EmbeddedStore) -> None:
    apart = diagnose(f"{PREFIX}SELECT * {{ GRAPH ?g {{ :c :partner ?p . ?p :size ?n }} }}", store).causes[0]
    assert (apart.kind, apart.written) == (Kind.WRONG_GRAPH, "GRAPH ?g")
    assert [(each.replacement, each.gives_rows) for each in apart.suggestions] == [("no GRAPH", True)]
    alone = diagnose(f"{PREFIX}SELECT * {{ GRAPH ?g {{ :a :partner ?p }} }}", store).causes
    assert Kind.WRONG_GRAPH not in {cause.kind for cause in alone}


def test_a_cause_as_json_has_its_place_and_its_corrections(store: EmbeddedStore) -> None:
    text = f"{PREFIX}\nSELECT * {{ ?x :siez ?n }}"
    start = text.index(":siez")
    diagnosis = diagnose(text, store)
    assert diagnosis.to_json() == {
        "causes": [
            {
                "kind": "unknown-term",
                "message": ":siez is in no statement of the graph: neither ontology nor data know such a property",
                "line": 2,
                "column": 15,
                "start": start,
                "end": start + 5,
                "written": ":siez",
                "suggestions": [{"replacement": ":size", "query": text.replace(":siez", ":size"), "givesRows": True}],
            }
        ],
        "complete": True,
    }
    assert diagnosis.probes > 0


def test_an_explanation_says_where_the_search_ended(store: EmbeddedStore) -> None:
    text = f"{PREFIX}SELECT * {{ ?x :siez ?n }}"
    assert explain(diagnose(text, store, Limits(probes=1)), text).splitlines() == [
        "  the search for the cause was ended by its limits"
    ]
    assert explain(diagnose(f"{PREFIX}SELECT * {{ ?x :size ?n }}", store), text).splitlines() == [
        "  no part of the query accounts for it alone"
    ]


def test_a_long_line_is_shown_around_the_place(store: EmbeddedStore) -> None:
    text = f"{PREFIX}SELECT * {{ {'?x :size ?n . ' * 10}?x :siez ?n . {'?x :size ?n . ' * 10} }}"
    head, line, mark, _ = explain(diagnose(text, store), text).splitlines()
    assert head.startswith("  1. :siez is in no statement")
    assert line.startswith("     line 1: …")
    assert line.endswith("…")
    at = mark.index("^")
    assert (line[at : at + 5], mark[at:]) == (":siez", "^^^^^")
