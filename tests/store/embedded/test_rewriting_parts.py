"""Each function of the rewriting by itself, at the borders of its conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph
import pytest

from kg.sparql import Filter, Iri, Literal, SubSelect, TriplesBlock, TriplesSameSubject, parse, replace, walk, write
from kg.store.embedded.rewriting import rewrite
from kg.store.embedded.rewriting.choices import choices_first, texts_as_iris
from kg.store.embedded.rewriting.correlation import exists_chained
from kg.store.embedded.rewriting.joins import equals_joined, halves_apart, selective_first
from kg.store.embedded.rewriting.patterns import (
    LIMITS,
    anchors,
    conjuncts,
    each_alone,
    has_blank,
    is_term,
    names,
    node_names,
    pieces,
    plain,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.sparql import Expression, Group
    from kg.store.embedded.rewriting.patterns import Count

PREFIX = "PREFIX : <http://example.org/> "
MANY = 10**6


def group(text: str) -> Group:
    found = parse(f"{PREFIX} SELECT * {{ {text} }}").where
    assert found is not None
    return found


def condition(text: str) -> Expression:
    (element,) = group(f"FILTER({text})").elements
    assert isinstance(element, Filter)
    return element.condition


def blocks(text: str) -> list[TriplesBlock]:
    return [element for element in group(text).elements if isinstance(element, TriplesBlock)]


def triples(text: str) -> list[TriplesSameSubject]:
    return [piece for block in blocks(text) for piece in pieces(block)]


def words(pattern: Group) -> str:
    """Return the text of a query for a group, in one line."""
    return " ".join(write(replace(parse("SELECT * { }"), where=pattern)).split())


def counting(*declined: str, **numbers: int) -> Count:
    """Return what counts by the object of a triple, or else by its property; what is declined has no count."""

    def count(pattern: TriplesSameSubject, limit: int) -> int | None:
        assert plain(pattern)  # what else there is may cost any time
        ((each,),) = (pattern.properties,)
        (value,) = each.objects
        known = value if isinstance(value, Iri) else each.verb
        name = known.value.rpartition("/")[2] if isinstance(known, Iri) else ""
        return None if name in declined else min(limit, numbers.get(name, MANY))

    return count


def never(pattern: TriplesSameSubject, limit: int) -> int:
    raise AssertionError((pattern, limit))


def same_rows(before: Group, after: Group, data: str) -> int:
    """Compare the answers of two groups, and return how many rows they have."""
    store = pyoxigraph.Store()
    store.load(f"@prefix : <http://example.org/> . {data}".encode(), format=pyoxigraph.RdfFormat.TURTLE)
    rows = [sorted(str(row) for row in store.query(words(each))) for each in (before, after)]  # type: ignore[union-attr]
    assert rows[0] == rows[1]
    return len(rows[0])


# --- patterns ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "is_plain", "is_anchor"),
    [
        ("?s :p :o", True, True),
        ("?s :p 'o'", True, True),
        (":s :p ?o", True, True),
        (":s :p :o", True, True),
        ("?s :p ?o", True, False),
        ("?s ?p :o", True, False),  # a variable property: the engine has no beginning in it
        (":s ?p ?o", True, False),
        ("_:s :p _:o", True, False),
        ("_:s :p :o", True, True),
        ("?s :p+ :o", False, False),
        ("?s ^:p :o", False, False),
        ("[ :q ?x ] :p :o", False, False),
        ("?s :p [ :q ?x ]", False, False),
        (":s :p [ :q ?x ]", False, False),
        ("(1 2) :p :o", False, False),
        (":s :p (1 2)", False, False),
        ("[ :q :o ]", False, False),  # a subject without properties
    ],
)
def test_a_plain_triple_has_nothing_nested_and_an_anchor_a_constant_end(
    text: str,
    is_plain: bool,  # noqa: FBT001 - a column of the table
    is_anchor: bool,  # noqa: FBT001 - a column of the table
) -> None:
    (piece,) = triples(text)
    assert plain(piece) is is_plain
    assert anchors([piece]) == ([piece] if is_anchor else [])


def test_a_block_is_taken_apart_into_one_object_each() -> None:
    found = triples("?s :p ?a , ?b ; :q ?c . [ :r ?d ] . ?t :p ?e")
    assert [len(piece.properties) for piece in found] == [1, 1, 1, 0, 1]
    assert [each.objects for piece in found for each in piece.properties] == [
        each.objects for piece in triples("?s :p ?a . ?s :p ?b . ?s :q ?c . ?t :p ?e") for each in piece.properties
    ]


def test_terms_are_iris_and_literals() -> None:
    (piece,) = triples(":s ?p 'o'")
    ((verb, (value,)),) = ((each.verb, each.objects) for each in piece.properties)
    assert [is_term(node) for node in (piece.subject, value, verb, piece)] == [True, True, False, False]


@pytest.mark.parametrize(
    ("text", "ends", "resources"),
    [
        ("?s :p ?o", {"s", "o"}, {"s"}),
        (":s :p ?o , ?q , :x", {"o", "q"}, set()),
        ("?s ?p ?o", {"s", "o"}, {"s", "p"}),
        (":s ?p 1", set(), {"p"}),
        ("?s :p+ ?o", set(), set()),  # zero steps lead from any term to itself
        ("?s :p* ?o ; :q ?r", {"s", "r"}, {"s"}),  # what follows a path is read as well
        ("[ :p ?x ] :q ?o", {"o"}, set()),
        ("?s :p [ :q ?x ]", {"s"}, {"s"}),
        ("?s :p 1 . ?t :q 2", {"s", "t"}, {"s", "t"}),
    ],
)
def test_the_ends_of_plain_properties_and_those_that_are_no_literals(
    text: str, ends: set[str], resources: set[str]
) -> None:
    assert node_names(blocks(text)) == (ends, resources)


def test_names_are_those_of_all_variables_below() -> None:
    assert names(group("?a :p ?b OPTIONAL { ?c :p ?d FILTER(?e = 1) }")) == {"a", "b", "c", "d", "e"}
    assert names(blocks("?a :p ?b FILTER(?z) ?c :p 1")) == {"a", "b", "c"}


@pytest.mark.parametrize(("text", "blank"), [("?s :p []", True), ("_:s :p 1", True), ("?s :p ?o", False)])
def test_blank_nodes_are_found_wherever_they_stand(text: str, blank: bool) -> None:  # noqa: FBT001 - a column of the table
    assert has_blank(group(text)) is blank


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("?a = 1", ["?a = 1"]),
        ("?a = 1 && ?b = 2", ["?a = 1", "?b = 2"]),
        ("?a = 1 && (?b = 2 && ?c = 3)", ["?a = 1", "?b = 2", "?c = 3"]),
        ("?a = 1 || ?b = 2", ["?a = 1 || ?b = 2"]),
        ("!(?a = 1 && ?b = 2)", ["!(?a = 1 && ?b = 2)"]),
        ("?a = 1 && (?b = 2 || ?c = 3)", ["?a = 1", "?b = 2 || ?c = 3"]),
    ],
)
def test_a_condition_comes_apart_at_and_alone(text: str, parts: list[str]) -> None:
    assert conjuncts(condition(text)) == [condition(part) for part in parts]


def test_counting_goes_up_fourfold() -> None:
    assert LIMITS == (512, 2048, 8192, 32_768, 131_072)


def test_a_group_in_which_nothing_changes_is_the_same_object() -> None:
    for text in ("?a :p ?b", "{ ?a :p ?b }", "{ ?a :p ?b } UNION { ?c :p ?d }", "{ SELECT * { ?a :p ?b } }", ""):
        pattern = group(text)
        assert each_alone(pattern, lambda each: each) is pattern, text


def test_groups_that_stand_alone_are_changed_from_below_and_what_is_beside_them_stays() -> None:
    seen: list[str] = []

    def change(each: Group) -> Group:
        seen.append(words(each))
        return group("?x :new ?y") if each == group("?a :p ?b") else each

    pattern = group("{ ?a :p ?b } UNION { ?c :p ?d } FILTER(?b = 1)")
    assert each_alone(pattern, change) == group("{ ?x :new ?y } UNION { ?c :p ?d } FILTER(?b = 1)")
    assert len(seen) == 3
    assert each_alone(group("FILTER(?b = 1) { ?a :p ?b } FILTER(?b = 2)"), change) == group(
        "FILTER(?b = 1) { ?x :new ?y } FILTER(?b = 2)"
    )
    assert each_alone(group("{ SELECT ?a { ?a :p ?b } }"), change) == group("{ SELECT ?a { ?x :new ?y } }")
    for joined in ("{ ?a :p ?b } ?c :p ?d", "{ SELECT ?a { ?a :p ?b } VALUES ?a { 1 } }", "OPTIONAL { ?a :p ?b }"):
        assert each_alone(group(joined), change) == group(joined), joined


# --- choices -----------------------------------------------------------------------------------------------------------

IRI = "http://example.org/f1"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (f"STR(?f) = '{IRI}'", "?f = :f1"),
        (f"'{IRI}' = STR(?f)", ":f1 = ?f"),
        (f"STR(?f) IN ('{IRI}', 'http://example.org/f2')", "?f IN (:f1, :f2)"),
        (f"!(STR(?f) = '{IRI}') || ?l = 1", "!(?f = :f1) || ?l = 1"),
        ("STR(?f) = 'https://a-b.example.org:8080/x_~=+,;@:.-/y#A./-'", "?f = <https://a-b.example.org:8080/x_~=+,;@:.-/y#A./-"),
        # no resource
        (f"STR(?l) = '{IRI}'", ""),
        (f"'{IRI}' = STR(?l)", ""),
        (f"STR(?l) IN ('{IRI}')", ""),
        # no text of a resource
        (f"LCASE(?f) = '{IRI}'", ""),
        (f"STR(:f) = '{IRI}'", ""),
        (f"?f = '{IRI}'", ""),
        (f"'{IRI}' = ?f", ""),
        (f"?f IN ('{IRI}')", ""),
        # other comparisons
        (f"STR(?f) != '{IRI}'", ""),
        (f"'{IRI}' < STR(?f)", ""),
        (f"STR(?f) NOT IN ('{IRI}')", ""),
        # no text of an IRI
        (f"STR(?f) IN ('{IRI}', 'no IRI')", ""),
        (f"STR(?f) = '{IRI}'@en", ""),
        (f"STR(?f) = '{IRI}'^^:own", ""),
        ("STR(?f) = STR(?g)", ""),
        ("STR(?f) = :f1", ""),
        ("STR(?f) = 'urn:x'", ""),
        ("STR(?f) = 'http://example.org/a b'", ""),
        ("STR(?f) = 'http://example.org/a%20b'", ""),
        *((f"STR(?f) = 'http://example.org/{path}'", "") for path in (".", "..", "a/../b", "a/./b", "a/.#b")),
        ("STR(?f) = 'http://example.org/a/.b'", "?f = <http://example.org/a/.b>"),  # a name may begin with a dot
        ("STR(?f) = 'http://example.org/a/...'", "?f = <http://example.org/a/...>"),
    ],
)  # fmt: skip
def test_the_text_of_a_resource_is_compared_as_the_resource(text: str, meant: str) -> None:
    before = condition(text)
    after = texts_as_iris(before, {"f", "g"})
    if not meant:
        assert after is before
    else:
        wanted = meant if not meant.startswith("?f = <") or meant.endswith(">") else f"{meant}>"
        assert after == condition(wanted)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        # the condition goes, the others of its filter and the other parts of the group stay
        ("?f :p ?l FILTER(?f = :a && ?l > 1) FILTER(?l < 9)", "VALUES ?f { :a } ?f :p ?l FILTER(?l > 1) FILTER(?l < 9)"),
        ("?f :p ?l FILTER(?f = :a) OPTIONAL { ?f :q ?m }", "VALUES ?f { :a } ?f :p ?l OPTIONAL { ?f :q ?m }"),
        ("?f :p ?l FILTER(:a = ?f)", "VALUES ?f { :a } ?f :p ?l"),
        ("?f :p ?l FILTER(SAMETERM(:a, ?f))", "VALUES ?f { :a } ?f :p ?l"),
        ("?f :p ?l FILTER(?f IN ())", "VALUES ?f { } ?f :p ?l"),  # none fulfils it, and none is in the block
        # blocks apart from each other, with a filter between them
        ("?f :p ?l FILTER(?l > 1) ?g :q ?f . FILTER(?f = :a)", "VALUES ?f { :a } ?f :p ?l FILTER(?l > 1) ?g :q ?f ."),
        ("?g :q ?f . ?f :p :o . ?h :r :n FILTER(?f = :a)", "VALUES ?f { :a } ?g :q ?f . ?f :p :o . ?h :r :n"),
        # what cannot bind the variable may stand behind
        ("?f :p ?l MINUS { ?f :q ?m } FILTER(?f = :a)", "VALUES ?f { :a } ?f :p ?l MINUS { ?f :q ?m }"),
        ("?f :p ?l BIND(1 AS ?m) FILTER(?f = :a)", "VALUES ?f { :a } ?f :p ?l BIND(1 AS ?m)"),
        # another part that is joined may be a better beginning
        ("?f :p ?l { ?f :q ?m } FILTER(?f = :a)", ""),
        ("?f :p ?l VALUES ?l { 1 } FILTER(?f = :a)", ""),
        ("?f :p ?l OPTIONAL { ?f :r ?n } ?f :q ?m FILTER(?f = :a)", ""),
        ("{ SELECT ?f { ?f :q ?m } } ?f :p ?l FILTER(?f = :a)", ""),
        # the variable is not bound by triples, or not by plain ones
        ("?f :p ?l FILTER(?m = :a)", ""),
        ("?f :p+ ?l FILTER(?f = :a)", ""),
        ("?f :p ?l FILTER(?l = 1)", ""),
        ("?f :p ?l FILTER(1 = ?f)", ""),
        ("?f :p ?l FILTER(:b = :a)", ""),
        ("?f :p ?l FILTER(STR(?l) = :a)", ""),
        ("?f :p ?l FILTER(:a = STR(?l))", ""),
        ("?f :p ?l FILTER(SAMETERM(?f, ?l))", ""),
        ("?f :p ?l FILTER(?f = ?l)", ""),
    ],
)  # fmt: skip
def test_a_filter_that_names_terms_becomes_a_data_block(text: str, meant: str) -> None:
    before = group(text)
    after = choices_first(before, counting())
    assert after == (group(meant) if meant else before)
    assert (after is before) == (not meant)
    assert choices_first(before, None) == after  # no counts are needed


DATA = ":a :p 1 , 5 ; :q :m ; :r :n . :b :p 5 ; :q :a . :c :s :a ."


@pytest.mark.parametrize("text", ["?f :p ?l FILTER(?f = :a && ?l > 1)", "?f :p ?l FILTER(?f IN ())", "?f :q ?g FILTER(?g = :a)"])  # fmt: skip
def test_a_data_block_has_the_answers_of_the_filter(text: str) -> None:
    assert same_rows(group(text), choices_first(group(text), None), DATA) == (0 if "()" in text else 1)


@pytest.mark.parametrize(
    ("text", "numbers", "moved"),
    [
        # nothing else to begin with: the terms are
        ("?f :p ?c FILTER(?c = :t)", {}, True),
        # another beginning: the fewer are taken
        ("?f :p ?c . ?f :q :o FILTER(?c = :t)", {"t": 9, "o": 10}, True),
        ("?f :p ?c . ?f :q :o FILTER(?c = :t)", {"t": 10, "o": 9}, False),
        ("?f :p ?c . ?f :q :o FILTER(?c = :t)", {}, False),  # too many to know
        ("?f :p ?c . ?f :q :o FILTER(?c IN (:t, :u))", {"t": 9, "u": 9, "o": 17}, False),  # the terms together
        ("?f :p ?c . ?f :q :o FILTER(?c IN (:t, :u))", {"t": 9, "u": 8, "o": 17}, True),
        # a path may begin anywhere: the terms must be few
        ("?f :p ?c . ?f :q+ ?g FILTER(?c = :t)", {"t": 9}, True),
        ("?f :p ?c . ?f :q+ ?g FILTER(?c = :t)", {}, False),
        ("?f :p ?c ; :q+ ?c ; :r :o FILTER(?c = :t)", {"t": 9, "o": 10}, True),
        # a known subject has few statements
        (":k :q ?f . ?f :p ?c FILTER(?c = :t)", {"t": 1}, False),
        ("'k' :q ?f . ?f :p ?c FILTER(?c = :t)", {"t": 1}, False),
        # what stands in brackets is not counted with the terms
        ("?f :p ?c . ?f :q :o ; :r [ :s ?c ] FILTER(?c = :t)", {"t": 9, "o": 10}, True),
    ],
)
def test_terms_that_are_objects_are_the_beginning_where_they_are_fewer(
    text: str,
    numbers: dict[str, int],
    moved: bool,  # noqa: FBT001 - a column of the table
) -> None:
    before = group(text)
    after = choices_first(before, counting(**numbers))
    assert (after is not before) is moved
    if any(is_term(piece.subject) for piece in triples(text)) or ":o" in text or "+" in text:
        assert choices_first(before, None) is before  # without counts that cannot be known


@pytest.mark.parametrize(
    ("text", "terms", "moved"),
    [
        ("?f :p ?c", 101, True),  # nothing else to begin with
        ("?f :p ?c . ?f :q :o", 100, True),
        ("?f :p ?c . ?f :q :o", 101, False),
    ],
)
def test_no_more_than_a_hundred_objects_are_counted(text: str, terms: int, moved: bool) -> None:  # noqa: FBT001 - a column of the table
    before = group(f"{text} FILTER(?c IN ({', '.join(f':t{number}' for number in range(terms))}))")
    few = {f"t{number}": 1 for number in range(terms)}
    assert (choices_first(before, counting(**few)) is not before) is moved


def test_a_data_block_of_a_subject_is_better_than_one_of_an_object_whatever_their_sizes() -> None:
    subjects = ", ".join(f":s{number}" for number in range(99))
    after = choices_first(group(f"?f :p ?c FILTER(?c = :t) FILTER(?f IN ({subjects}))"), None)
    assert words(after).index("VALUES ?f") < words(after).index("FILTER (?c = ")
    two = choices_first(group("?f :p ?c ; :q ?d FILTER(?c IN (:t, :u)) FILTER(?d = :t)"), None)
    assert "VALUES ?d" in words(two)


# --- joins -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("?a :p 1 . ?b :q 2 FILTER(?a = ?b)", "?a :p 1 . ?a :q 2 BIND(?a AS ?b)"),
        ("?a :p ?c . ?b :q ?d FILTER(?c = ?b)", "?a :p ?c . ?c :q ?d BIND(?c AS ?b)"),
        # the other conditions stay, and speak of the variable that stays
        ("?a :p 1 . ?b :q ?d FILTER(?a = ?b && ?d > ?b) FILTER(?b != :x)",
         "?a :p 1 . ?a :q ?d FILTER(?d > ?a) FILTER(?a != :x) BIND(?a AS ?b)"),
        # one after another
        ("?a :p 1 . ?b :q 2 . ?c :r 3 FILTER(?a = ?b && ?b = ?c)",
         "?a :p 1 . ?a :q 2 . ?a :r 3 BIND(?a AS ?b) BIND(?a AS ?c)"),
        ("?a :p 1 . ?b :q 2 OPTIONAL { ?x :r ?y } FILTER(?a = ?b)",
         "?a :p 1 . ?a :q 2 OPTIONAL { ?x :r ?y } BIND(?a AS ?b)"),
        ("?a :p ?c . ?b :q ?d FILTER(?c = ?d)", ""),  # both may be literals
        ("?a :p ?b FILTER(?a = ?a)", ""),
        ("?a :p ?b FILTER(?a = ?c)", ""),  # no triple binds ?c
        ("?x ?a ?y . ?b :p ?z FILTER(?a = ?b)", ""),  # no end of a triple
        ("?a :p 1 . ?b :q 2 FILTER(?a != ?b)", ""),
        ("?a :p 1 . ?b :q 2 FILTER(?a = ?b || ?a = :x)", ""),
        ("?a :by+ ?x ; :p ?c . ?d :q ?e FILTER(?a = ?d)", ""),  # a path among other properties
        ("?a :p ?c . ?c ?d ?e . ?d :q ?f FILTER(?a = ?d)", "?a :p ?c . ?c ?a ?e . ?a :q ?f BIND(?a AS ?d)"),
    ],
)  # fmt: skip
def test_variables_that_a_filter_makes_equal_become_one(text: str, meant: str) -> None:
    before = group(text)
    after = equals_joined(before, frozenset())
    if not meant:
        assert after is before
    elif "&& ?b = ?c" in text:  # the value of ?c comes from ?b or ?a: which, no answer tells
        assert same_rows(before, after, ":x :p 1 ; :q 2 ; :r 3 . :y :p 1 ; :q 2 . :z :r 3 .") == 1
        assert names(after) == {"a", "b", "c"}
    else:
        assert after == group(meant)


def test_variables_of_an_exists_are_not_joined() -> None:
    before = group("?a :p 1 . ?b :q 2 FILTER(?a = ?b)")
    assert equals_joined(before, {"b"}) is before
    assert equals_joined(before, {"c"}) is not before


HALVES = "?a :sector :n1 ; :place ?p . ?b :sector :n2 ; :place ?p"


@pytest.mark.parametrize(
    ("text", "apart"),
    [
        (HALVES, True),
        (f"{HALVES} BIND(1 AS ?x)", True),
        (f"{HALVES} MINUS {{ ?a :by ?b }}", True),
        (f"{HALVES} OPTIONAL {{ ?a :by ?b }} FILTER(?a != ?b)", True),
        (f"{HALVES} {{ ?a :by ?b }}", False),
        (f"{{ ?a :by ?b }} {HALVES}", False),
        (f"{HALVES} FILTER(?a != ?b) ?a :by ?b", False),
        ("", False),
        ("{ ?a :by ?b }", False),
        (":a :sector :n1 ; :place ?p . ?b :sector :n2 ; :place ?p", False),  # a constant subject
        ("?a :sector :n1 ; :place ?p . :b :sector :n2 ; :place ?p", False),
        (f"{HALVES} . ?c :sector :n1 ; :place ?p", False),
        ("?a :sector :n1 ; :place ?p", False),
        ("?a :sector :n1 ; :place ?p . ?b :sector :n2 ; :place ?q", False),  # nothing is shared
        ("?a :sector :n1 ; :place ?p . ?b :sector :n2 ; :place ?p ; :by ?a", False),  # a subject is shared
        ("?a :sector :n1 ; ?place ?p . ?b :sector :n2 ; :place ?p", False),
        ("?a :sector :n1 ; :place ?p , [ :x 1 ] . ?b :sector :n2 ; :place ?p", False),
        ("?a :sector :n1 ; :place ?p , [] . ?b :sector :n2 ; :place ?p", False),
        ("?a :sector :n1 ; :place ?p , _:x . ?b :sector :n2 ; :place ?p , _:x", False),  # one node in both
        ("?a :sector :n1 ; :place ?p . ?b :place ?p", False),  # one half without a constant
    ],
)  # fmt: skip
def test_halves_stand_apart_where_nothing_else_joins_them(text: str, apart: bool) -> None:  # noqa: FBT001 - a column of the table
    before = group(text)
    after = halves_apart(before, counting(n1=300, n2=400))
    assert (after is not before) is apart
    assert any(isinstance(node, SubSelect) for node in walk(after)) is apart
    assert halves_apart(before, None) is before
    if apart:
        first, second, *rest = after.elements
        assert [each for each in before.elements if not isinstance(each, TriplesBlock)] == rest
        assert [words(half).count("SELECT ?") for half in (group(""), after)] == [0, 2]
        assert (names(first), names(second)) == ({"a", "p"}, {"b", "p"})


def test_nothing_is_counted_where_a_half_has_no_constant() -> None:
    before = group("?a :sector :n1 ; :place ?p . ?b :place ?p")
    assert halves_apart(before, never) is before


@pytest.mark.parametrize(
    ("declined", "numbers", "apart"),
    [
        ((), {"n1": 300, "n2": 300}, True),
        (("n1",), {"n2": 300}, False),
        (("n2",), {"n1": 300}, False),
        (("n1", "n2"), {}, False),
        (("m",), {"n1": 300, "n2": 300}, True),  # one constant of a half is enough
    ],
)
def test_halves_of_unknown_size_stay(declined: tuple[str, ...], numbers: dict[str, int], apart: bool) -> None:  # noqa: FBT001 - a column of the table
    asked: list[int] = []
    count = counting(*declined, **numbers)

    def noted(pattern: TriplesSameSubject, limit: int) -> int | None:
        asked.append(limit)
        return count(pattern, limit)

    before = group("?a :sector :n1 ; :state :m ; :place ?p . ?b :sector :n2 ; :place ?p")
    assert (halves_apart(before, noted) is not before) is apart
    assert set(asked) == {LIMITS[0]}  # what is declined at one limit is at any above


def test_the_size_of_a_half_is_that_of_its_rarest_constant() -> None:
    before = group("?a :sector :n1 ; :state :m ; :place ?p . ?b :sector :n2 ; :place ?p")
    assert halves_apart(before, counting(n1=400, m=20, n2=40)) is not before
    assert halves_apart(before, counting(n1=20, m=400, n2=41)) is before


@pytest.mark.parametrize(
    ("text", "numbers", "meant"),
    [
        ("?a :p :n1 . ?a :q :n2", {"n2": 9}, "?a :q :n2 . ?a :p :n1"),
        ("?a :p :n1 . ?a :q :n2", {"n1": 9}, ""),  # it is first already
        ("?a :p :n1 . ?a :q :n2", {}, ""),  # too many to know
        ("?a :p ?x ; :q :n1 ; :r :n2", {"n1": 9}, ""),  # the first constant is where the engine begins
        ("?a :p ?x ; :q :n1 ; :r :n2", {"n2": 9}, "?a :r :n2 . ?a :p ?x . ?a :q :n1"),
        (":k :p ?a . ?a :q :n1 ; :r :n2", {"n2": 9}, ""),  # a known subject has few statements
        ("'k' :p ?a . ?a :q :n1 ; :r :n2", {"n2": 9}, ""),
        ("[] :p :n1 ; :q :n2", {"n2": 9}, ""),  # taken apart, it would be two
        ("?a :p :n1 FILTER(?a != :x) ?a :q :n2 ; :r :n3", {"n3": 9}, "?a :p :n1 FILTER(?a != :x) ?a :r :n3 . ?a :q :n2"),
        ("?a :q :n2 ; :r :n3 . FILTER(?a != :x) ?a :p :n1", {"n3": 9}, "?a :r :n3 . ?a :q :n2 . FILTER(?a != :x) ?a :p :n1"),
    ],
)  # fmt: skip
def test_the_triple_that_matches_fewest_comes_first(text: str, numbers: dict[str, int], meant: str) -> None:
    before = group(text)
    after = selective_first(before, counting(**numbers))
    assert after == (group(meant) if meant else before)
    assert (after is before) == (not meant)
    assert selective_first(before, None) is before


@pytest.mark.parametrize("text", ["?a :p :n1", "?a :p ?x ; :q :n1", ":k :p :n1 . ?a :q :n2 ; :r :n3", "[] :p :n1 ; :q :n2"])  # fmt: skip
def test_nothing_is_counted_where_there_is_no_choice(text: str) -> None:
    before = group(text)
    assert selective_first(before, never) is before


# --- EXISTS ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inside", "meant"),
    [
        ("?f :a ?x . ?x :b ?y", "?f :a ?x FILTER EXISTS { ?x :b ?y }"),
        ("?f :a ?x . ?x :b ?y . ?y :c ?z", "?f :a ?x FILTER EXISTS { ?x :b ?y FILTER EXISTS { ?y :c ?z } }"),
        # a condition stands as soon as all its variables are known, once
        ("?f :a ?x . ?x :b ?y FILTER(?x > ?f)", "?f :a ?x FILTER(?x > ?f) FILTER EXISTS { ?x :b ?y }"),
        ("?f :a ?x . ?x :b ?y FILTER(?y > ?f && ?o > 1)",
         "?f :a ?x FILTER(?o > 1) FILTER EXISTS { ?x :b ?y FILTER(?y > ?f) }"),
        # one triple stays, and what its conditions hold is chained
        ("?f :a ?x FILTER EXISTS { ?x :b ?y . ?y :c ?z }", "?f :a ?x FILTER EXISTS { ?x :b ?y FILTER EXISTS { ?y :c ?z } }"),
        ("?f :a ?x FILTER(?x > 1)", ""),
        ("?f :a ?x FILTER EXISTS { ?x :b ?y }", ""),
        ("", ""),
        # paths with at least one step
        ("?f :a+ ?x . ?x :b ?y", "?f :a+ ?x FILTER EXISTS { ?x :b ?y }"),
        ("?f :a* ?x . ?x :b ?y", ""),
        ("?f :a? ?x . ?x :b ?y", ""),
        ("?f :a/:b* ?x . ?x :b ?y", ""),
        ("?f :a (1 2) . ?f :b ?y", ""),
        ("?f :a ?x . (?x) :b ?y", ""),
        # blank nodes
        ("?f :a _:x . _:x :b ?y", "?f :a ?node0 FILTER EXISTS { ?node0 :b ?y }"),
        ("?f :a [ :b ?y ]", "?f :a ?node0 FILTER EXISTS { ?node0 :b ?y }"),
        ("[] :a ?f . [] :b ?f", "?node0 :a ?f FILTER EXISTS { ?node1 :b ?f }"),
        ("[] :a ?f ; :b ?y", "?node0 :a ?f FILTER EXISTS { ?node0 :b ?y }"),
        ("?f :a ?x , ?y", "?f :a ?x FILTER EXISTS { ?f :a ?y }"),
    ],
)  # fmt: skip
def test_an_exists_of_several_triples_becomes_a_chain(inside: str, meant: str) -> None:
    """Wherever the EXISTS stands in the condition, and whether it is negated or not."""
    for around in ("EXISTS {{ {} }}", "NOT EXISTS {{ {} }}", "!(EXISTS {{ {} }}) || ?f = :x", "(EXISTS {{ {} }}) IN (true)",
                   "true IN (false, EXISTS {{ {} }})", "COALESCE(?z, EXISTS {{ {} }}, 1)", "(EXISTS {{ {} }}) = true"):  # fmt: skip
        before = group(f"?f :p ?o FILTER({around.format(inside)})")
        after = exists_chained(before, names(before))
        assert after == (group(f"?f :p ?o FILTER({around.format(meant)})") if meant else before), around
        assert (after is before) == (not meant)


def test_only_the_filters_with_an_exists_change() -> None:
    before = group("?f :p ?o FILTER(?o > 1) FILTER EXISTS { ?f :a ?x . ?x :b ?y } OPTIONAL { ?f :q ?r }")
    after = exists_chained(before, names(before))
    changed = [new is not old for new, old in zip(after.elements, before.elements, strict=True)]
    assert changed == [False, False, True, False]


@pytest.mark.parametrize("condition", ["?o * ?o - 1 >= ?o / 2", "-?o + 1 < 3", "?o IN (1 + 2, ?p * 3)"])
def test_a_condition_with_arithmetic_stays_as_it_is(condition: str) -> None:
    """Its operators are text between the parts that are looked into."""
    before = group(f"?f :p ?o FILTER({condition})")
    assert exists_chained(before, names(before)) is before


def test_an_exists_beside_arithmetic_becomes_a_chain() -> None:
    before = group("?f :p ?o FILTER(?o * 2 - 1 > 3 && EXISTS { ?f :a ?x . ?x :b ?y })")
    meant = group("?f :p ?o FILTER(?o * 2 - 1 > 3 && EXISTS { ?f :a ?x FILTER EXISTS { ?x :b ?y } })")
    assert exists_chained(before, names(before)) == meant


def test_what_is_known_decides_the_order_of_a_chain() -> None:
    """A known subject leaves the fewest solutions, then a known object; of either, a known property leaves fewer."""
    order = [":s ?p1 :o", ":s :p ?o1", ":s ?p2 ?o2", "?s1 :p :o", "?s2 ?p3 :o", "?s3 :p ?o3", "?s4 ?p4 ?o4"]
    for written in (order, order[::-1], order[4:] + order[:4]):
        after = words(exists_chained(group(f"?f :p ?o FILTER EXISTS {{ {' . '.join(written)} }}"), set()))
        places = [after.index(f"?{name}") for name in ("p1", "o1", "p2", "s1", "s2", "s3", "s4")]
        assert places == sorted(places), written


def test_names_that_are_taken_are_no_names_of_blank_nodes() -> None:
    taken = {"node0", "node2"}
    exists_chained(group("?f :p ?o FILTER EXISTS { ?f :a [ :b [ :c ?y ] ] }"), taken)
    assert taken == {"node0", "node1", "node2", "node3"}


# --- all together ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["DESCRIBE <http://example.org/x>", "SELECT * { }", "ASK { }", "SELECT ?a { ?a ?b ?c } VALUES ?a { 1 }"]
)
def test_a_query_without_anything_to_rewrite_stays(text: str) -> None:
    query = parse(text)
    for count in (None, counting()):
        assert rewrite(query, count) is query


@pytest.mark.parametrize(
    "before",
    [
        "SELECT * { ?a :p 1 . ?b :q 2 FILTER(?a = ?b) FILTER(EXISTS { ?a :r 1 }) }",
        "SELECT * { { ?a :p 1 . ?b :q 2 FILTER(?a = ?b) } UNION { ?x :p 1 FILTER EXISTS { ?y :r ?b } } }",
    ],
)
def test_variables_that_an_exists_anywhere_names_are_not_joined(before: str) -> None:
    query = parse(PREFIX + before)
    assert rewrite(query) is query


RULES: dict[str, Callable[[Group], Group]] = {
    "choices": lambda each: choices_first(each, counting(n1=3)),
    "equal": lambda each: equals_joined(each, frozenset()),
    "halves": lambda each: halves_apart(each, counting(n1=30, n2=40)),
    "order": lambda each: selective_first(each, counting(n1=3)),
    "chains": lambda each: exists_chained(each, names(each)),
}
FIRMS = """:f1 :p :n1 ; :q :x ; :r :n2 . :f2 :p :n1 ; :q :x . :f3 :p :n2 ; :q :x ; :r :f1 . :f4 :p :n2 ; :q :f3 ."""


@pytest.mark.parametrize(
    ("rule", "text", "rows"),
    [
        ("choices", "?a :q ?b ; :p ?c FILTER(?c = :n1)", 2),
        ("equal", "?a :r ?b . ?c :q ?d FILTER(?b = ?c)", 1),
        ("halves", "?a :p :n1 ; :q ?x . ?b :p :n2 ; :q ?x", 2),
        ("order", "?a :q :x . ?a :p :n1", 2),
        ("chains", "?a :p ?n FILTER EXISTS { ?b :r ?a . ?b :p :n2 }", 1),
        ("chains", "?a :p ?n FILTER NOT EXISTS { ?a :q ?x . ?x :r ?y }", 3),
    ],
)
def test_the_answers_are_worked_out_by_hand(rule: str, text: str, rows: int) -> None:
    before = group(text)
    after = RULES[rule](before)
    assert after is not before
    assert same_rows(before, after, FIRMS) == rows


def test_literals_are_compared_with_their_datatypes() -> None:
    """A text of a resource is a plain one: with a language it is never the text of anything."""
    assert isinstance(condition("'x'"), Literal)
    before = group(f"?f :p ?l FILTER(STR(?f) = '{IRI}'@en)")
    assert choices_first(before, None) is before
