"""What type errors leave out of an answer that has rows is said after it, and nothing is said or asked where they cannot.

SPARQL 1.1, sections 17.2 (errors and filters), 17.3 (what operators take) and 18.5.1 (aggregates). Numbers are counted
by hand.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import RdfFormat, parse

import kg
from kg.commands.query import answer_query
from kg.core import cache
from kg.query.diagnosis import Limits, losses
from kg.query.results.answers import may_lose
from kg.query.results.result import Statements
from kg.store import EmbeddedStore

if TYPE_CHECKING:
    from pathlib import Path

    from kg.graph import Graph

PREFIX = "PREFIX : <http://example.org/> "
DATA = """@prefix : <http://example.org/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:a :date "2001-02-03"^^xsd:date ; :size 3 ; :word "b" ; :even 2 ; :big 9223372036854775807 ; :at "2001-01-01T00:00:00Z"^^xsd:dateTime .
:b :date "1999"^^xsd:gYear ; :size "four" ; :word "a"@en ; :even 4 ; :big 1 ; :at "2001-01-01T01:00:00"^^xsd:dateTime .
:c :date "2003-02"^^xsd:gYearMonth ; :size 5.5 ; :word :d ; :even 6 ; :at "2002-01-01T01:00:00Z"^^xsd:dateTime .
:d :date "2004-01-01"^^xsd:date ; :size 6 ; :even 8 .
"""


@pytest.fixture(scope="module")
def small() -> Graph:
    return kg.open(list(parse(DATA, format=RdfFormat.TURTLE)))


LOST = {
    "a year and a date": (
        'SELECT ?x { ?x :date ?d FILTER(?d >= "2000-01-01"^^xsd:date) }',
        "is an error for 2 of 4 solutions, which are left out: ?d is a value of xsd:gYear",
    ),
    "text and a number": (
        "SELECT ?x { ?x :size ?s FILTER(?s > 2) }",
        "is an error for 1 of 4 solutions, which are left out: ?s is text without a language",
    ),
    "a text with a language and one without": (
        'SELECT ?x { ?x :word ?w FILTER(?w > "a") }',
        "is an error for 2 of 3 solutions",
    ),
    "a resource among texts": (
        'SELECT ?x { ?x :word ?w FILTER(STRSTARTS(?w, "b") || ?x = :z) }',
        "is an error for 1 of 3 solutions, which are left out: ?w is an IRI",
    ),
    "a cast": ("SELECT ?x { ?x :size ?s FILTER(xsd:integer(?s) < 7) }", "is an error for 1 of 4 solutions"),
    "a sum in a filter": ("SELECT ?x { ?x :size ?s ; :even ?e FILTER(?s + ?e > 1) }", "for 1 of 4 solutions"),
    "in an option": (
        "SELECT ?x ?s { ?x :even ?e OPTIONAL { ?x :size ?s FILTER(?s > 2) } }",
        "is an error for 1 of 4 solutions",
    ),
    "in a branch": (
        "SELECT ?x { { ?x :size ?s FILTER(?s > 2) } UNION { ?x :even 2 } }",
        "is an error for 1 of 4 solutions",
    ),
    "in an inner query": (
        "SELECT ?x { { SELECT ?x { ?x :size ?s FILTER(?s > 2) } } }",
        "is an error for 1 of 4 solutions",
    ),
    "counted": ("SELECT (COUNT(*) AS ?n) { ?x :size ?s FILTER(?s > 2) }", "is an error for 1 of 4 solutions"),
    "a sum with a text": (
        "SELECT ?e (SUM(?s) AS ?n) { ?x :size ?s BIND(?x = :b AS ?e) } GROUP BY ?e",
        "SUM(?s) has no value where 1 of 4 values is no number: ?s is text without a language",
    ),
    "a sum beyond 64 bits": (
        "SELECT (COUNT(*) AS ?n) (SUM(?b) AS ?s) { ?x :big ?b }",
        "SUM(?b) has no value: the result goes beyond the numbers that the engine calculates with",
    ),
    "BIND": (
        "SELECT ?x ?t { ?x :size ?s BIND(?s * 2 AS ?t) }",
        "BIND gives ?t no value for 1 of 4 solutions, because it is an error there: ?s is text",
    ),
    "SELECT": (
        "SELECT ?x (?s * 2 AS ?t) { ?x :size ?s }",
        "SELECT gives ?t no value for 1 of 4 solutions, because it is an error there",
    ),
    "HAVING": (
        "SELECT ?x { ?x :size ?s } GROUP BY ?x HAVING(SUM(?s) > 1)",
        "is an error for 1 of 4 groups, which are left out",
    ),
}


@pytest.mark.parametrize("name", LOST)
def test_what_is_lost_is_said(small: Graph, name: str) -> None:
    text, said = LOST[name]
    losses = small.query(PREFIX + text).losses
    assert losses is not None
    assert len(losses.causes) == 1
    assert said in losses.causes[0].sentence
    cause = losses.causes[0]
    assert (PREFIX + text)[cause.span.start : cause.span.end] == cause.written


PATTERNS = r"""@prefix : <http://example.org/> .
:a :text "abab" ; :pattern "(ab)\\1" ; :class "[ab]" . :b :text "x" ; :pattern "x" ; :class "[a-z-[x]]" .
:c :text "y" ; :pattern "(?=y)y" ; :class "\\[[xy]?" . :d :text "z" ; :pattern "z(" ; :class "z" .
"""
COMPUTED = {
    "SELECT ?x { ?x :text ?t ; :pattern ?p FILTER(REGEX(?t, ?p)) }": (
        "is an error for 3 of 4 solutions, which are left out: '(?=y)y', '(ab)\\1', 'z(' are no regular expressions"
    ),
    'SELECT ?x { ?x :text ?t ; :pattern ?p FILTER(REGEX(?t, CONCAT("^", ?p), "i")) }': (
        "'^(?=y)y' with the flags 'i', '^(ab)\\1' with the flags 'i', '^z(' with the flags 'i' are no regular expressions"
    ),
    'SELECT ?x (REPLACE(?t, ?p, "-") AS ?y) { ?x :text ?t ; :pattern ?p FILTER(?x IN (:a, :b)) }': (
        "SELECT gives ?y no value for 1 of 2 solutions, because it is an error there: '(ab)\\1' is no regular expression"
    ),
    "SELECT ?x { ?x :text ?t ; :class ?c FILTER(REGEX(?t, ?c)) }": (
        "may hold for other solutions: '[a-z-[x]]' has a class with [, &&, ~~ or -- inside"
    ),
}


@pytest.mark.parametrize("text", COMPUTED)
def test_a_computed_pattern_that_the_engine_does_not_take_is_shown(text: str) -> None:
    graph = kg.open(list(parse(PATTERNS, format=RdfFormat.TURTLE)))
    found = graph.query(PREFIX + text).losses
    assert found is not None
    (cause,) = found.causes
    assert COMPUTED[text] in cause.sentence


def test_an_empty_answer_tells_the_pattern_and_not_the_kind_of_the_text() -> None:
    graph = kg.open(list(parse(PATTERNS, format=RdfFormat.TURTLE)))
    answer = graph.query(PREFIX + "SELECT ?x { ?x :text ?t ; :pattern ?p FILTER(REGEX(?t, ?p) && ?x = :d) }")
    said = "\n".join(answer.why_empty())
    assert "'z(' is no regular expression that the engine takes" in said
    assert "is text" not in said


def test_an_empty_answer_tells_a_pattern_that_the_engine_reads_otherwise() -> None:
    graph = kg.open(list(parse(PATTERNS.replace("[a-z-[x]]", "[&&x]y"), format=RdfFormat.TURTLE)))
    answer = graph.query(
        PREFIX + 'SELECT ?x { ?x :text "x" ; :text ?t ; :class ?c FILTER(REGEX(CONCAT(?t, "y"), ?c)) }'
    )
    (sentence,) = answer.why_empty()
    assert "removes the one solution of the rest; '[&&x]y' has a class with [, &&, ~~ or -- inside" in sentence


MADE = {
    "CONSTRUCT { ?o :of ?s . ?s :has ?o } { ?s :word ?o }": (
        "?o cannot be the subject of a statement in 2 of 3 solutions; the statements that the template makes of it there are left out: ?o is text"
    ),
    "CONSTRUCT { ?s ?o 1 . ?s :has ?o } { ?s :word ?o }": "?o cannot be the predicate of a statement in 2 of 3 solutions",
    "CONSTRUCT { ?x a :X } { { ?x :size ?y } UNION { ?y :word ?x } }": "?x cannot be the subject of a statement in 2 of 7",
    "CONSTRUCT { ?x a :X } { ?y :word ?x OPTIONAL { ?x :size ?z } }": "?x cannot be the subject of a statement in 2 of 3",
    'CONSTRUCT { ?t :of ?s } { ?s :word ?w BIND(IRI(CONCAT("http://x/", IF(isIRI(?w), "", " "))) AS ?t) }': (
        "BIND gives ?t no value for 2 of 3 solutions, because it is an error there"
    ),
    "CONSTRUCT { ?s :has ?o } { ?s :size ?o FILTER(?o > 2) }": "is an error for 1 of 4 solutions, which are left out",
}


@pytest.mark.parametrize("text", MADE)
def test_statements_that_a_template_cannot_make_are_told(small: Graph, text: str) -> None:
    answer = small.answer(PREFIX + text)
    assert isinstance(answer, Statements)
    assert answer.losses is not None
    (cause,) = answer.losses.causes
    assert MADE[text] in cause.sentence
    assert (PREFIX + text)[cause.span.start : cause.span.end] == cause.written


def test_a_template_that_makes_nothing_for_want_of_a_value_is_explained(small: Graph) -> None:
    text = 'CONSTRUCT { ?t :of ?s } { ?s :even ?e BIND(IRI(CONCAT("http://x/ ", STR(?e))) AS ?t) }'
    (sentence,) = small.construct(PREFIX + text).why_empty()
    assert "BIND gives ?t no value for 4 of 4 solutions, because it is an error there" in sentence


@pytest.mark.parametrize(
    "text",
    [
        "CONSTRUCT { ?s :has ?o } { ?s :size ?o }",
        "CONSTRUCT { ?s :has ?o ; :also ?n } { ?s :size ?o OPTIONAL { ?s :none ?n } }",
        "CONSTRUCT { ?s ?p ?o . ?p a :P } { ?s ?p ?o }",
        "CONSTRUCT { ?s :has ?o } { { ?s :size ?o } }",
        "CONSTRUCT { ?o :of ?s } { ?s :word ?o FILTER(isIRI(?o)) }",
        "CONSTRUCT WHERE { ?s :size ?o }",
        "DESCRIBE :a",
    ],
)
def test_nothing_is_told_of_a_template_that_makes_all(small: Graph, text: str) -> None:
    answer = small.answer(PREFIX + text)
    assert isinstance(answer, Statements)
    assert answer.triples
    assert answer.losses is None


def test_the_command_tells_what_a_template_left_out(small: Graph) -> None:
    rendered = answer_query(small, PREFIX + "CONSTRUCT { ?o :of ?s . ?s :has ?o } { ?s :word ?o }", {})
    assert rendered.content.count(b":has") + rendered.content.count(b"/has>") >= 1
    assert "the answer is not complete" in rendered.remarks
    assert "?o cannot be the subject of a statement in 2 of 3 solutions" in rendered.remarks


NOTHING_LOST = {
    "numbers": "SELECT ?x { ?x :even ?e FILTER(?e > 2) }",
    "texts by STR": 'SELECT ?x { ?x :word ?w FILTER(STR(?w) > "a") }',
    "another filter sorts out": "SELECT ?x { ?x :size ?s FILTER(isNumeric(?s)) FILTER(?s > 2) }",
    "a condition sorts out": "SELECT ?x { ?x :size ?s FILTER(isNumeric(?s) && ?s > 2) }",
    "an alternative holds": "SELECT ?x { ?x :size ?s FILTER(!isNumeric(?s) || ?s > 2) }",
    "COALESCE": "SELECT ?x { ?x :size ?s FILTER(COALESCE(?s > 2, true)) }",
    "a value that is not there": "SELECT ?x { ?x :even ?e OPTIONAL { ?x :big ?b } FILTER(?b > 0) }",
    "an option without a value": "SELECT ?x ?t { ?x :even ?e OPTIONAL { ?x :big ?b } BIND(?b - 1 AS ?t) }",
    "a language": 'SELECT ?x { ?x :word ?w FILTER(LANG(?w) = "en") }',
    "equality": "SELECT ?x { ?x :size ?s FILTER(?s = 3) }",
    "an unequal resource": "SELECT ?x { ?x :word ?w FILTER(?w != :d) }",
    "a sum of numbers": "SELECT (SUM(?e) AS ?n) { ?x :even ?e }",
    "groups": "SELECT ?x { ?x :size ?s } GROUP BY ?x HAVING(COUNT(*) > 0)",
    "groups of numbers": "SELECT ?x { ?x :even ?e } GROUP BY ?x HAVING(SUM(?e) > 0)",
    "in NOT EXISTS": "SELECT ?x { ?x :even ?e FILTER NOT EXISTS { ?x :size ?s FILTER(?s > 7) } }",
}


@pytest.mark.parametrize("name", NOTHING_LOST)
def test_nothing_is_said_where_nothing_is_lost(small: Graph, name: str) -> None:
    answer = small.query(PREFIX + NOTHING_LOST[name])
    assert answer.rows
    assert answer.losses is None


@pytest.mark.parametrize(("time", "rows", "lost"), [("2001-01-01T02:00:00Z", 1, 1), ("2000-01-01T00:00:00Z", 3, 0)])
def test_a_time_without_a_zone_is_compared_where_no_zone_makes_a_difference(
    small: Graph, time: str, rows: int, lost: int
) -> None:
    """XML Schema 1.1, part 2, section 3.3.7: within 14 hours the order is not known."""
    answer = small.query(f'{PREFIX} SELECT ?x {{ ?x :at ?t FILTER(?t > "{time}"^^xsd:dateTime) }}')
    assert len(answer.rows) == rows
    said = [cause.sentence for cause in answer.losses.causes] if answer.losses else []
    assert len(said) == lost
    assert all("is an error for 1 of 3 solutions" in sentence for sentence in said)


def test_it_is_said_after_the_answer_in_json_and_in_python(small: Graph) -> None:
    text = PREFIX + LOST["text and a number"][0]
    rendered = answer_query(small, text, {})
    assert rendered.remarks.startswith("the answer is not complete\n  1. the condition '?s > 2' is an error for 1 of 4")
    assert "not complete" not in rendered.content.decode()
    held = json.loads(answer_query(small, text, {}, form="json").content)
    assert held["losses"]["causes"][0]["line"] == 1
    assert "losses" in json.loads(answer_query(small, text, {}, form="json", columns="x").content)
    answer = small.query(text)
    assert "losses" in json.loads(answer.to_json())
    assert "the answer is not complete\n  line 1, column" in str(answer)
    assert "<strong>The answer is not complete.</strong>" in answer._repr_html_()
    fine = small.query(PREFIX + NOTHING_LOST["numbers"])
    assert "losses" not in json.loads(fine.to_json())
    assert "complete" not in str(fine) + fine._repr_html_()


class Counting(EmbeddedStore):
    """Counts what it is asked."""

    asked: int = 0

    def query(self, text: str):  # type: ignore[no-untyped-def] # noqa: ANN201 - as the store answers
        self.asked += 1
        return super().query(text)


def test_nothing_more_is_asked_where_no_error_can_be() -> None:
    store = Counting.of(parse(DATA, format=RdfFormat.TURTLE))
    assert isinstance(store, Counting)
    graph = kg.graph.Graph(store)
    answers = [graph.query(PREFIX + NOTHING_LOST[name]) for name in ("equality", "a language", "texts by STR")]
    store.asked = 0
    assert [answer.losses for answer in answers] == [None] * 3
    assert store.asked == 0, "by the form of the text alone"
    numbers = graph.query(PREFIX + NOTHING_LOST["numbers"])
    store.asked = 0
    assert numbers.losses is None
    assert store.asked == 2, "the kinds of values, and whether they fit"
    assert numbers.losses is None
    assert store.asked == 3, "the kinds are known"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT ?l { ?x rdfs:label ?l FILTER(LANG(?l) = 'en') }", False),
        ("SELECT * { <http://e/a> ?p ?o . ?s <http://e/b> 5 }", False),
        ("SELECT * { ?a :p* ?b ; :q / :r ?c . ?d a|:b ?e }", False),
        ("#+ summary: where ?a < ?b\nSELECT * { ?s ?p ?o }", False),
        ("SELECT * { ?s :a ?a ; :b ?b FILTER(?a<?b) }", True),
        ("SELECT * { ?s :a ?a FILTER(3<?a&&?a>2) }", True),
        ("SELECT (?a + 1 AS ?b) { ?s :a ?a }", True),
        ("SELECT (SUM(?a) AS ?b) { ?s :a ?a }", True),
        ("SELECT * { ?s :a ?a FILTER(?a NOT IN (1)) }", True),
    ],
)
def test_the_form_of_a_text_says_whether_to_look(text: str, expected: bool) -> None:  # noqa: FBT001
    assert may_lose(text) is expected


def test_no_query_of_the_catalogue_loses_anything(graph: Graph) -> None:
    for name in graph.catalogue.names():
        query = graph.catalogue[name]
        if may_lose(query.text) and not any(parameter.required for parameter in query.parameters.values()):
            assert graph.query(name).losses is None, name


def test_a_count_that_takes_too_long_is_no_silence(small: Graph) -> None:
    text = PREFIX + LOST["text and a number"][0]
    assert small.query(text).losses  # the kinds of values are known now
    found = losses(small.prepare(text, {}), small.store, limits=Limits(probes=1))
    assert found is not None
    assert not found.complete
    assert found.causes[0].sentence.startswith("the condition '?s > 2' may be an error for some solutions; counting")


def test_that_an_index_lost_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict[str, bytes] = {}
    monkeypatch.setattr(cache, "fingerprint", lambda _: "state")
    monkeypatch.setattr(cache, "read", lambda kind, name: kept.get(kind + name))
    monkeypatch.setattr(cache, "write", lambda kind, name, content: kept.__setitem__(kind + name, content))
    EmbeddedStore.write(tmp_path / "store", parse(DATA, format=RdfFormat.TURTLE))
    graph = kg.graph.Graph(EmbeddedStore.read_only(tmp_path / "store"))
    fine, lost = (graph.query(PREFIX + text) for text in (NOTHING_LOST["numbers"], LOST["text and a number"][0]))
    assert fine.losses is None
    assert lost.losses is not None
    monkeypatch.setattr("kg.query.diagnosis.losses", lambda *_: pytest.fail("looked for again"))
    assert fine.losses is None
    assert len([name for name in kept if name.startswith("complete")]) == 1


def test_kinds_of_values_of_an_index_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict[str, bytes] = {}
    monkeypatch.setattr(cache, "fingerprint", lambda _: "state")
    monkeypatch.setattr(cache, "read", lambda kind, name: kept.get(kind + name))
    monkeypatch.setattr(cache, "write", lambda kind, name, content: kept.__setitem__(kind + name, content))
    EmbeddedStore.write(tmp_path / "store", parse(DATA, format=RdfFormat.TURTLE))
    text, said = LOST["a year and a date"]
    for _ in range(2):
        graph = kg.graph.Graph(EmbeddedStore.read_only(tmp_path / "store"))
        found = graph.query(PREFIX + text).losses
        assert found is not None
        assert said in found.causes[0].sentence
    (samples,) = (content for name, content in kept.items() if name.startswith("kinds"))
    assert sorted(line.rpartition(b"#")[2] for line in samples.splitlines()) == [
        b"date> .",
        b"gYear> .",
        b"gYearMonth> .",
    ]


@pytest.mark.parametrize(
    ("values", "said", "replacement"),
    [
        ("9223372036854775807 1", "SUM(?x) goes beyond the numbers that the engine calculates with", "xsd:decimal(?x)"),
        ("92233720368547758070", "?x is a whole number beyond 64 bits", ""),
        ('"a"', "?x is text without a language", ""),
    ],
)
def test_a_sum_without_a_value_has_its_cause(small: Graph, values: str, said: str, replacement: str) -> None:
    diagnosis = small.query(f"SELECT (SUM(?x) AS ?s) {{ VALUES ?x {{ {values} }} }}").diagnosis
    assert diagnosis is not None
    assert said in diagnosis.causes[0].sentence
    assert [each.replacement for each in diagnosis.causes[0].suggestions if each.gives_rows] == (
        [replacement] if replacement else []
    )
