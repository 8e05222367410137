"""What each rule rewrites, and what it leaves alone. That answers stay the same is for `test_rewriting_nested`."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pyoxigraph
import pytest

from kg.sparql import Exists, Iri, Literal, Query, TriplesBlock, Values, parse, walk, write
from kg.store.embedded.rewriting import rewrite
from kg.store.embedded.rewriting.patterns import fewest

if TYPE_CHECKING:
    from kg.sparql import TriplesSameSubject

PREFIX = "PREFIX : <http://example.org/> "


def store_of(rows: list[tuple[str, str, str, str]]) -> pyoxigraph.Store:
    text = "".join(f"{name} {{ {s} {p} {o} . }}\n" for s, p, o, name in rows)
    store = pyoxigraph.Store()
    store.load(f"@prefix : <http://example.org/> .\n{text}".encode(), format=pyoxigraph.RdfFormat.TRIG)
    return store


def rows_of(store: pyoxigraph.Store, text: str) -> Counter[tuple[object, ...]]:
    answer = store.query(text, use_default_graph_as_union=True)
    assert isinstance(answer, pyoxigraph.QuerySolutions)
    return Counter(tuple(row) for row in answer)


def rewritten(text: str, numbers: dict[str, int] | None = None) -> tuple[Query, Query]:
    def count(pattern: TriplesSameSubject, limit: int) -> int:
        value = pattern.properties[0].objects[0]
        written = value.written if isinstance(value, Iri) else value.value if isinstance(value, Literal) else ""
        return min(limit, (numbers or {}).get(written, 10**6))

    query = parse(PREFIX + text)
    return query, rewrite(query, count)


def changed(text: str, **numbers: int) -> str:
    query, better = rewritten(text, numbers)
    return "" if better is query else write(better).removeprefix("PREFIX : <http://example.org/>\n")


def test_a_pattern_in_exists_becomes_a_chain_of_lookups() -> None:
    text = changed('SELECT ?f { ?f a :Firm FILTER NOT EXISTS { ?a :status "active" . ?a :partner ?f } }')
    assert text.index("?a :partner ?f") < text.index("FILTER EXISTS") < text.index('?a :status "active"')


@pytest.mark.parametrize(
    "inside",
    [
        "?a :partner ?f",
        "?a :partner ?f OPTIONAL { ?a :status ?s } FILTER(!BOUND(?s))",
        "?a :partner ?f . ?a :status ?s BIND(?s AS ?t) FILTER(?t = 1)",
        "?a :partner ?f . ?a :status ?s MINUS { ?a :ended ?d }",
        "{ SELECT ?a { ?a :partner ?f . ?a :status ?s } LIMIT 1 }",
        "?a :partner ?f . { ?a :status ?s FILTER(?s > ?f) }",
        "?a :partner ?f . { ?a :status ?s } UNION { ?a :state ?s } FILTER(?s = 1)",
        "?a :partner ?f . { ?a :status ?s }",
        "?a :partner ?f . VALUES ?a { :n1 }",
        "GRAPH ?g { ?a :partner ?f . ?a :status ?s }",
        "?b ?a ?f . ?a :partner? ?c",  # a path of length zero leads from any term that is put there to itself
        "?b ?a ?f . ?a :partner* ?c",
    ],
)
def test_other_patterns_in_exists_are_left_alone(inside: str) -> None:
    assert not changed(f"SELECT ?f {{ ?f a :Firm FILTER EXISTS {{ {inside} }} }}")


@pytest.mark.parametrize(
    ("data", "inside", "holds"),
    [
        # a blank node with a name is one node
        (":f :has :a . :b :y 1 .", "?f :has _:x . _:x :y 1 .", False),
        (":f :has :a . :a :y 1 ; :z 2 .", "?f :has _:x . _:x :y 1 . _:x :z 2 .", True),
        # ? and * lead from a node to itself without a step, + does not
        (":f :has :a . :a :y 1 .", "?f :has ?a . ?a :next? ?b . ?b :y 1 .", True),
        (":f :has :a . :a :y 1 .", "?f :has ?a . ?a :next* ?b . ?b :y 1 .", True),
        (":f :has :a . :a :y 1 .", "?f :has ?a . ?a :next+ ?b . ?b :y 1 .", False),
        (":f :has :a . :a :next :b . :b :next :c . :c :y 1 .", "?f :has ?a . ?a :next? ?b . ?b :y 1 .", False),
        (":f :has :a . :a :next :b . :b :next :c . :c :y 1 .", "?f :has ?a . ?a :next+ ?b . ?b :y 1 .", True),
    ],
)
def test_what_exists_says_is_worked_out_by_hand(data: str, inside: str, holds: bool) -> None:  # noqa: FBT001 - a column of the table
    store = pyoxigraph.Store()
    store.load(f"@prefix : <http://example.org/> . {data}".encode(), format=pyoxigraph.RdfFormat.TURTLE)
    for negated in ("", "NOT "):
        query, better = rewritten(
            f"SELECT ?f WHERE {{ ?f :{data.split()[1][1:]} ?any FILTER {negated}EXISTS {{ {inside} }} }}"
        )
        expected = holds != bool(negated)
        assert bool(rows_of(store, write(query))) == bool(rows_of(store, write(better))) == expected, write(better)


def test_named_terms_are_looked_up_first() -> None:
    text = changed('SELECT ?f { ?f :code ?c . ?f :label ?l FILTER(?c IN ("a", "b", "a")) }')
    assert text.splitlines()[2].strip() == 'VALUES ?c { "a" "b" }'


@pytest.mark.parametrize(
    "condition",
    [
        "?c = 1",
        "?c IN (:n1, 1.0)",
        "?c != :n1",
        "?c NOT IN (:n1)",
        "?c = true",
        '?c = "1"^^:own',
        "?c = :n1 || ?f = :n1",
        "?c = :n1 || ?c = 1",
        "?c = 1 || ?c = :n1",
        "?c = :n1 || ?c != :n2",
        "?c = :n1 || BOUND(?f)",
        "?c IN (:n1) || ?c = ?f",
        "?c = :n1 || (?c = :n2 && ?f = :n1)",
    ],
)
def test_values_with_several_forms_and_other_conditions_are_left_alone(condition: str) -> None:
    assert not changed(f"SELECT ?f {{ ?f :code ?c . ?f :label ?l FILTER({condition}) }}")


@pytest.mark.parametrize(
    ("condition", "terms"),
    [
        ("?c = :n1 || ?c = :n2", ":n1 :n2"),
        ("?c = :n1 || :n2 = ?c || ?c IN (:n3, :n1)", ":n1 :n2 :n3"),
        ("SAMETERM(?c, :n1) || ?c = 'a'", ':n1 "a"'),
    ],
)
def test_branches_that_all_name_terms_of_one_variable_are_looked_up(condition: str, terms: str) -> None:
    text = changed(f"SELECT ?f {{ ?f :code ?c . ?f :label ?l FILTER({condition}) }}")
    assert text.splitlines()[2].strip() == f"VALUES ?c {{ {terms} }}"


def test_a_variable_that_may_be_unbound_is_left_alone() -> None:
    assert not changed("SELECT ?f { ?f :label ?l OPTIONAL { ?f :sector ?s } FILTER(?s = :n1 || ?f = :n1) }")
    assert not changed("SELECT ?f { ?f :label ?l OPTIONAL { ?f :sector ?s } ?f :other ?s FILTER(?s = :n1) }")


def test_a_better_beginning_is_kept() -> None:
    text = 'SELECT ?f { ?f :code "F1" . ?f :sector ?s FILTER(?s = :n1) }'
    assert not any(isinstance(node, Values) for node in walk(rewritten(text, few("F1"))[1]))
    assert any(isinstance(node, Values) for node in walk(rewritten(text, few(":n1"))[1]))


def test_equal_resources_are_joined_and_equal_values_are_not() -> None:
    text = changed("SELECT ?a ?d { ?a :cites ?c . ?d :label ?l FILTER(?c = ?d) }")
    assert "?c :label ?l" in text
    assert "BIND (?c AS ?d)" in text
    assert not changed("SELECT ?a ?b { ?a :age ?c . ?b :age ?d FILTER(?c = ?d) }")


def test_the_text_of_a_resource_is_looked_up_as_the_resource() -> None:
    text = changed('SELECT ?f { ?f a :Firm ; :label ?l FILTER(STR(?f) = "http://example.org/f1") }')
    assert text.splitlines()[2].strip() == "VALUES ?f { :f1 }"
    for other in (
        'STR(?l) = "http://example.org/f1"',
        'STR(?f) = "no IRI"',
        'STR(?f) = "http://example.org/a/../b"',
        'LANG(?f) = "urn:x"',
    ):
        assert not changed(f"SELECT ?f {{ ?f a :Firm ; :label ?l FILTER({other}) }}"), other


def test_two_halves_that_share_a_value_are_found_by_themselves() -> None:
    text = (
        "SELECT * { ?a :sector :n1 ; :place ?p . ?b :sector :n2 ; :place ?p OPTIONAL { ?a :by ?b } FILTER(?a != ?b) }"
    )
    found = changed(text, **{":n1": 300, ":n2": 400})
    assert [found.count(f"SELECT ?{name} ?p") for name in "ab"] == [1, 1]
    for one, other in ((300, 700), (3, 4)):
        assert "SELECT ?a" not in changed(text, **{":n1": one, ":n2": other})
    for apart in (
        "?a :sector :n1 ; :place ?p . ?p :sector :n2 ; :place ?q",
        "?a :sector :n1 ; :place ?b . ?b :sector :n2 ; :place ?b",
    ):
        assert "SELECT ?a" not in changed(f"SELECT * {{ {apart} }}", **{":n1": 300, ":n2": 400})
    assert "SELECT ?a" not in changed(f"SELECT * {{ GRAPH ?g {{ {text[11:-1]} }} }}", **{":n1": 300, ":n2": 400})


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        (16, 16, True),
        (15, 16, False),  # with so few the pairs are few, too
        (300, 600, True),
        (600, 300, True),
        (300, 601, False),  # more than twice as many: to begin with the smaller half costs less
        (601, 300, False),
        (131_071, 131_071, True),
        (131_072, 131_072, False),  # no more is counted
    ],
)
def test_halves_are_found_by_themselves_if_they_are_many_and_of_like_size(one: int, other: int, apart: bool) -> None:  # noqa: FBT001 - a column of the table
    text = changed("SELECT * { ?a :sector :n1 ; :place ?p . ?b :sector :n2 ; :place ?p }", **{":n1": one, ":n2": other})
    assert ("SELECT ?a" in text) is apart


@pytest.mark.parametrize(
    "triples",
    [
        ":a :sector :n1 ; :place ?p . ?b :sector :n2 ; :place ?p",  # a constant subject
        "?a :sector :n1 ; :place ?p . ?b :sector :n2 ; :place ?p . ?c :sector :n1 ; :place ?p",  # three subjects
        "?a :sector :n1 ; :place ?p . ?b :sector :n2 ; :place ?q",  # nothing is shared
        "?a :sector :n1 ; ?property ?p . ?b :sector :n2 ; :place ?p",  # a variable in the middle
        "?a :sector :n1 ; :place+ ?p . ?b :sector :n2 ; :place ?p",
        "?a :sector :n1 ; :place _:p . ?b :sector :n2 ; :place _:p",
        "?a :sector :n1 ; :place ?p . ?b :place ?p",  # one half without a constant
        "?a :sector :n1 ; :place ?p . ?b :sector :n2 ; :place ?p . ?b :knows ?a",  # the subjects meet
    ],
)
def test_other_triples_are_no_halves(triples: str) -> None:
    assert "SELECT ?a" not in changed(f"SELECT * {{ {triples} }}", **{":n1": 300, ":n2": 300})


@pytest.mark.parametrize(
    ("numbers", "index"),
    [
        ([[600], [511]], 1),
        ([[511], [600]], 0),
        ([[512], [512]], 0),  # of equals the first
        ([[300, 300], [550]], 1),  # patterns of one choice count together
        ([[300, 300], [601]], 0),
        ([[131_072], [131_071]], 1),
        ([[131_072], [131_072]], None),  # no more is counted
        ([[3], [None]], None),
        ([[512, None], [3]], 1),  # what is beyond the limit already is not counted further
    ],
)
def test_the_choice_with_the_fewest_statements_is_counted_up_to_a_limit(
    numbers: list[list[int | None]], index: int | None
) -> None:
    known = {f":c{choice}p{place}": number for choice, row in enumerate(numbers) for place, number in enumerate(row)}

    def count(pattern: TriplesSameSubject, limit: int) -> int | None:
        subject = pattern.subject
        assert isinstance(subject, Iri)
        number = known[subject.written]
        return None if number is None else min(number, limit)

    def pattern(name: str) -> TriplesSameSubject:
        block = parse(f"{PREFIX} ASK {{ {name} ?p ?o }}").where.elements[0]  # type: ignore[union-attr]
        assert isinstance(block, TriplesBlock)
        return block.triples[0]

    choices = [[pattern(f":c{choice}p{place}") for place in range(len(row))] for choice, row in enumerate(numbers)]
    assert fewest(choices, count) == index


@pytest.mark.parametrize(
    ("written", "chained"),
    [
        # what is known outside first, then what that makes known, the most selective of it first
        (["?b :label ?l", '?a :status "x"', "?a :by ?b", "?a :partner ?f"],
         ["?a :partner ?f", '?a :status "x"', "?a :by ?b", "?b :label ?l"]),
        # both ends known before one, a known property before an unknown one
        (["?f ?p ?c", "?f :knows ?d", "?f :knows :n1"], ["?f :knows :n1", "?f :knows ?d", "?f ?p ?c"]),
        (["?f ?p ?c", "?f ?q :n1"], ["?f ?q :n1", "?f ?p ?c"]),
        # a known subject before a known object
        (["?a :knows ?f", "?f :knows ?b"], ["?f :knows ?b", "?a :knows ?f"]),
        (["?a ?p ?f", "?f ?q ?b"], ["?f ?q ?b", "?a ?p ?f"]),
        # of equals the one written first
        (["?f :b ?c", "?f :a ?d"], ["?f :b ?c", "?f :a ?d"]),
    ],
)  # fmt: skip
def test_a_chain_looks_up_what_is_known_first(written: list[str], chained: list[str]) -> None:
    text = changed(f"SELECT ?f {{ ?f a :Firm FILTER EXISTS {{ {' . '.join(written)} }} }}")
    places = [text.index(f"{triple} .") if f"{triple} ." in text else text.index(triple) for triple in written]
    assert [triple for _, triple in sorted(zip(places, written, strict=True))] == chained


def test_conditions_stand_in_a_chain_where_their_variables_are_known() -> None:
    text = changed(
        "SELECT ?f { ?f a :Firm FILTER EXISTS"
        " { ?f :a ?x . ?x :b ?y . ?y :c ?z FILTER(?x > 1 && ?y > ?f) FILTER(?z > ?x) FILTER EXISTS { ?x :d ?x } } }"
    )
    wanted = ["?f :a ?x", "?x > 1", "?x :b ?y", "?y > ?f", "?y :c ?z", "?z > ?x", "?x :d ?x"]
    assert [*map(text.index, wanted)] == sorted(map(text.index, wanted))


@pytest.mark.parametrize(("terms", "first"), [(100, True), (101, False)])
def test_a_hundred_subjects_are_looked_up_and_no_more(terms: int, first: bool) -> None:  # noqa: FBT001 - a column of the table
    names = ", ".join(f":n{number}" for number in range(terms))
    assert bool(changed(f"SELECT ?l {{ ?f :label ?l FILTER(?f IN ({names})) }}")) is first


def test_of_several_filters_that_name_terms_the_most_selective_is_looked_up() -> None:
    """Subjects before objects, and fewer terms before more."""
    for condition, variable in (
        ("?f IN (:n1, :n2) && ?c = :n3", "?f"),
        ("?c = :n3 && ?f IN (:n1, :n2)", "?f"),
        ("?c IN (:n1, :n2) && ?d = :n3", "?d"),
        ("?d = :n3 && ?c IN (:n1, :n2)", "?d"),
        ("?c = :n1 && ?d = :n3", "?c"),
    ):
        text = changed(f"SELECT * {{ ?f :code ?c . ?f :sector ?d FILTER({condition}) }}")
        assert text.splitlines()[2].strip().startswith(f"VALUES {variable} "), condition


def few(name: str) -> dict[str, int]:
    """Gives what `changed` takes for a term that few statements have."""
    return {name: 3}


def test_blank_nodes_become_variables_of_their_own() -> None:
    text = changed(
        "SELECT ?f { ?f a :Firm FILTER EXISTS { ?f :has [ :x [ :y 1 ] ] FILTER EXISTS { ?f :has [ :z 2 ] } } }"
    )
    assert sum(isinstance(node, Exists) for node in walk(parse(text, known={"": "http://example.org/"}))) > 3
    assert len({word for word in text.split() if word.startswith("?node")}) == 3


# A rule and a group that it rewrites where the group is joined with nothing.
ALONE = {
    "chain": "?f a :Firm FILTER NOT EXISTS { ?a :partner ?f . ?a :status ?g }",
    "equality": "?a :cites ?c . ?d :label ?l FILTER(?c = ?d)",
    "choices": '?f :code ?c . ?f :label ?l FILTER(?c IN ("a", "b"))',
    "halves": "?a :sector :n1 ; :place ?p . ?b :sector :n2 ; :place ?p",
    "order": "?a :sector :n2 . ?a :place :n1",
}


@pytest.mark.parametrize("rule", ALONE)
def test_a_rule_rewrites_groups_that_are_joined_with_nothing_and_no_others(rule: str) -> None:
    group, counts = ALONE[rule], {":n1": 300, ":n2": 400}
    for alone in (
        "%s",
        "{ %s }",
        "{ { %s } UNION { ?x :y ?z } }",
        "{ SELECT * { %s } }",
        "{ %s } FILTER(?l = 1)",
        "{ SELECT DISTINCT ?a { %s } LIMIT 9 }",
    ):
        assert changed(f"SELECT * {{ {alone % group} }}", **counts), alone
    for joined in (
        "{ %s } ?x :y ?z",
        "?x :y ?z { %s }",
        "?x :y ?z OPTIONAL { %s }",
        "OPTIONAL { %s }",
        "?x :y ?z MINUS { %s }",
        "GRAPH ?c { %s }",
        "GRAPH :g { %s }",
        "{ { %s } UNION { ?x :y ?z } } VALUES ?z { 1 }",
        "{ SELECT * { %s } } BIND(1 AS ?one)",
        "{ SELECT * { %s } VALUES ?z { 1 } }",
        "?x :y ?z FILTER EXISTS { { %s } }",
        "?x :y ?z FILTER EXISTS { ?x :y ?z OPTIONAL { %s } }",
    ):
        assert not changed(f"SELECT * {{ {joined % group} }}", **counts), joined
    assert not changed(f"SELECT * {{ {group} }} VALUES ?z {{ 1 }}", **counts)


@pytest.mark.parametrize(
    "rest",
    [
        "OPTIONAL { ?c :by ?x }",
        "MINUS { ?d :by ?x }",
        "BIND(?c AS ?x)",
        "VALUES ?d { :n1 }",
        "{ SELECT ?x { ?x :by ?c } }",
        "GRAPH ?c { ?x :by ?y }",
        "{ ?c :by ?x } UNION { ?x :by ?y }",
        "FILTER EXISTS { ?c :by ?x }",
        "?c :by+ ?x .",
    ],
)
def test_variables_that_another_part_knows_are_not_joined(rest: str) -> None:
    assert not changed(f"SELECT * {{ ?a :cites ?c . ?d :label ?l . {rest} FILTER(?c = ?d) }}")


def test_a_term_that_is_named_twice_is_looked_up_once() -> None:
    """Tags of languages are compared in small letters, so the two are one term.

    A data block would give two solutions for it.
    """
    store = store_of([(":n0", ":p", '"x"@en', ":g1")])
    for condition in ('?b IN ("x"@en, "x"@EN)', '?b = "x"@en || ?b = "x"@En'):
        query, better = rewritten(f"SELECT * {{ ?a :p ?b FILTER({condition}) }}")
        assert better != query
        assert rows_of(store, write(better)).total() == rows_of(store, write(query)).total() == 1


def test_a_query_without_such_forms_is_the_same_object() -> None:
    query = parse(f"{PREFIX} SELECT ?f {{ ?f a :Firm ; :label ?l }} ORDER BY ?l LIMIT 3")
    assert rewrite(query) is query
