"""The parts of a diagnosis one by one: how a query is taken apart, what differs in terms, and what is shown."""

from __future__ import annotations

from itertools import combinations, product
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from pyoxigraph import BlankNode as BlankTerm
from pyoxigraph import Literal as LiteralTerm
from pyoxigraph import NamedNode, RdfFormat, parse

from kg.core.errors import LimitError, QueryError
from kg.query.catalogue.binding import PreparedQuery
from kg.query.diagnosis.model import Cause, Diagnosis, Kind, Suggestion, explain
from kg.query.diagnosis.parts import (
    Splitter,
    components,
    constants,
    group_of,
    keeping,
    minimal,
    removing,
)
from kg.query.diagnosis.probes import (
    COUNTED,
    Edit,
    Limits,
    Prober,
    Repairer,
    counted,
    edited,
    has_answer,
    is_empty,
    sums_up,
)
from kg.query.diagnosis.terms import difference, iris_of, kind_of, misspelt, role_of, variants
from kg.query.vocabulary import Role
from kg.sparql import NOWHERE, Group, Iri, Literal, Span, Variable, replace, write
from kg.sparql import parse as parse_query
from kg.store.embedded.store import EmbeddedStore
from kg.store.protocol import Solutions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.query.diagnosis.parts import Part

PREFIX = "PREFIX : <https://example.org/> "
XSD = "http://www.w3.org/2001/XMLSchema#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


def group(text: str) -> tuple[str, Group]:
    whole = f"{PREFIX}SELECT * {{ {text} }}"
    found = parse_query(whole).where
    assert found is not None
    return whole, found


def words(parts: Sequence[Part]) -> list[str]:
    """Return the text of each part, with short names."""
    empty = parse_query(f"{PREFIX}SELECT * {{ }}")
    texts = [write(replace(empty, where=group_of([part]))) for part in parts]
    inner = [" ".join(text.partition("{")[2].rpartition("}")[0].split()) for text in texts]
    return [each.removesuffix(" .").replace(RDF, "rdf:") for each in inner]


def test_each_name_of_the_package_is_there() -> None:
    import kg.query.diagnosis

    assert [name for name in kg.query.diagnosis.__all__ if not hasattr(kg.query.diagnosis, name)] == []


# --- taking apart ------------------------------------------------------------------------------------------------------

SPLIT = {
    "?a :p ?b": [(":p ?b", "?a :p ?b")],
    "?a :p ?b , 1 ; :q 2": [("?b", "?a :p ?b"), ("1", "?a :p 1"), (":q 2", "?a :q 2")],
    "?a :p ?b . ?c :q ?d": [(":p ?b", "?a :p ?b"), (":q ?d", "?c :q ?d")],
    # paths step by step, each with the place of the whole
    "?a :p/:q ?b": [(":p/:q ?b", "?a :p ?__step_1"), (":p/:q ?b", "?__step_1 :q ?b")],
    "?a :p/^:q/:r ?b": [
        (":p/^:q/:r ?b", "?a :p ?__step_1"),
        (":p/^:q/:r ?b", "?__step_2 :q ?__step_1"),
        (":p/^:q/:r ?b", "?__step_2 :r ?b"),
    ],
    "?a ^:p ?b": [("^:p ?b", "?b :p ?a")],
    "?a ^(:p|:q) ?b": [("^(:p|:q) ?b", "?a ^(:p | :q) ?b")],
    "?a :p+ ?b": [(":p+ ?b", "?a :p+ ?b")],
    # blank nodes: one with a label is one node, each without another
    "_:x :p ?b . _:x :q _:y": [(":p ?b", "?__blank_0 :p ?b"), (":q _:y", "?__blank_0 :q ?__blank_1")],
    "[] :p []": [(":p []", "?__step_1 :p ?__step_2")],
    "?a :p [ :q 1 ]": [(":p [ :q 1 ]", "?a :p ?__step_1"), (":q 1", "?__step_1 :q 1")],
    "[ :q 1 ] :p ?b": [(":q 1", "?__step_1 :q 1"), (":p ?b", "?__step_1 :p ?b")],
    "?a :p (1)": [
        (":p (1)", "?a :p ?__step_1"),
        ("(1)", "?__step_1 <rdf:first> 1"),
        ("(1)", "?__step_1 <rdf:rest> <rdf:nil>"),
    ],
    # groups that only join are opened, others stay whole
    "{ ?a :p ?b . ?c :q ?d } ?e :r ?f": [(":p ?b", "?a :p ?b"), (":q ?d", "?c :q ?d"), (":r ?f", "?e :r ?f")],
    "{ ?a :p ?b FILTER(?b > 1) }": [("{ ?a :p ?b FILTER(?b > 1) }", "{ ?a :p ?b . FILTER (?b > 1) }")],
    "{ ?a :p ?b BIND(1 AS ?c) }": [("{ ?a :p ?b BIND(1 AS ?c) }", "{ ?a :p ?b . BIND (1 AS ?c) }")],
    "{ OPTIONAL { ?a :p ?b } }": [("{ OPTIONAL { ?a :p ?b } }", "{ OPTIONAL { ?a :p ?b . } }")],
    "{ ?a :p ?b MINUS { ?a :q 1 } }": [("{ ?a :p ?b MINUS { ?a :q 1 } }", "{ ?a :p ?b . MINUS { ?a :q 1 . } }")],
    # each statement of a graph names the graph
    "GRAPH :g { ?a :p ?b ; :q 1 }": [(":p ?b", "GRAPH :g { ?a :p ?b . }"), (":q 1", "GRAPH :g { ?a :q 1 . }")],
    "GRAPH :g { ?a :p ?b OPTIONAL { ?a :q 1 } }": [
        ("GRAPH :g { ?a :p ?b OPTIONAL { ?a :q 1 } }", "GRAPH :g { ?a :p ?b . OPTIONAL { ?a :q 1 . } }")
    ],
}


@pytest.mark.parametrize(("text", "expected"), SPLIT.items(), ids=range(len(SPLIT)))
def test_a_group_comes_apart_into_what_can_be_left_out(text: str, expected: list[tuple[str, str]]) -> None:
    whole, pattern = group(text)
    parts = Splitter().parts(pattern)
    assert [
        (whole[part.span.start : part.span.end], each) for part, each in zip(parts, words(parts), strict=True)
    ] == expected


def test_what_stands_in_a_graph_is_asked_of_it_part_by_part() -> None:
    _, pattern = group("GRAPH ?g { ?a :p ?b FILTER(?b > 1) BIND(1 AS ?c) OPTIONAL { ?a :q 1 } MINUS { ?a :r 1 } { ?a :s 1 } UNION { ?a :t 1 } }")  # fmt: skip
    (outer,) = pattern.elements
    parts = Splitter().inside_graph(outer)  # type: ignore[arg-type]
    assert words(parts) == [
        "GRAPH ?g { ?a :p ?b . }",
        "FILTER (?b > 1)",
        "BIND (1 AS ?c)",
        "OPTIONAL { GRAPH ?g { ?a :q 1 . } }",
        "MINUS { GRAPH ?g { ?a :r 1 . } }",
        "{ GRAPH ?g { ?a :s 1 . } } UNION { GRAPH ?g { ?a :t 1 . } }",
    ]
    assert [len(part.graphs) for part in parts] == [1, 0, 0, 1, 1, 1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (":a :p 1", [":a", ":p", "1"]),
        ("?a a :C", [":C"]),
        ("?a :p/:q 'x'@en", [":p", ":q", "'x'@en"]),
        ("?a !(:p|^:q) 1", ["1"]),  # any property but these
        ("?a !:p/:q 1", [":q", "1"]),
        ("GRAPH :g { ?a :p 1 }", [":p", "1"]),
        ("VALUES ?a { :b 1 }", [":b", "1"]),
        ("BIND(:b AS ?a)", [":b"]),
        ("?a :p (1)", [":p", "1"]),
    ],
)
def test_the_constants_of_parts_are_those_that_are_written(text: str, expected: list[str]) -> None:
    whole, pattern = group(text)
    found = [node for part in Splitter().parts(pattern) for node in constants(part)]
    assert [whole[node.span.start : node.span.end] for node in found] == expected


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        (":a :p :b", [Role.THING, Role.PROPERTY, Role.THING]),
        ("?a a :C", [Role.CLASS]),
        (":a a ?c", [Role.THING]),
        ("?a rdf:type :C", [Role.PROPERTY, Role.CLASS]),
        ("?a (:p|:q)+ :b", [Role.PROPERTY, Role.PROPERTY, Role.THING]),
        ("VALUES ?a { :b }", [Role.THING]),
        ("GRAPH :g { ?a :p ?b OPTIONAL { ?a :q ?c } }", [Role.GRAPH, Role.THING, Role.THING]),
    ],
)
def test_an_iri_has_the_role_of_its_place(text: str, roles: list[Role]) -> None:
    _, pattern = group(text)
    assert [
        role_of(part, node) for part in Splitter().parts(pattern) for node in constants(part) if isinstance(node, Iri)
    ] == roles


def test_the_name_of_a_graph_is_one_in_whatever_stands_in_it() -> None:
    _, pattern = group("GRAPH :g { { ?a :s 1 } UNION { ?a :t :b } OPTIONAL { ?a :u 2 } }")
    (outer,) = pattern.elements
    parts = Splitter().inside_graph(outer)  # type: ignore[arg-type]
    found = {(node.written, role_of(part, node)) for part in parts for node in constants(part) if isinstance(node, Iri)}
    assert {written for written, role in found if role is Role.GRAPH} == {":g"}
    assert {written for written, role in found if role is not Role.GRAPH} == {":s", ":t", ":b", ":u"}


def test_variables_of_conditions_are_all_that_they_name() -> None:
    _, pattern = group("?a :p ?b FILTER(?c = ?d) BIND(?e + 1 AS ?f) OPTIONAL { ?g :p ?h FILTER(?i) } MINUS { ?j :p 1 }")
    parts = Splitter().parts(pattern)
    assert [part.variables for part in parts[:4]] == [{"a", "b"}, {"c", "d"}, {"e", "f"}, {"g", "h"}]
    assert [part.removes for part in parts] == [False, True, False, False, True]


class Made:
    """A part with a relation over the numbers 0, 1 and 2 in place of statements."""

    def __init__(self, random: Random, *, removes: bool = False) -> None:
        self.variables = set(random.sample("wxyz", random.choice((1, 2, 2))))
        rows = list(product(range(3), repeat=len(self.variables)))
        self.allowed = set(random.sample(rows, random.randint(1, len(rows) // 2 + 1)))
        self.removes = removes

    def holds(self, row: dict[str, int]) -> bool:
        return tuple(row[name] for name in sorted(self.variables)) in self.allowed


def satisfiable(parts: Sequence[Any]) -> bool:
    """Try every row."""
    rows = (dict(zip("wxyz", numbers, strict=True)) for numbers in product(range(3), repeat=4))
    return any(all(part.holds(row) for part in parts) for row in rows)


@pytest.mark.parametrize("seed", range(40))
def test_the_smallest_parts_without_a_solution_have_one_without_any_of_them(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - the same parts every time
    parts: list[Any] = [Made(random) for _ in range(6)]
    if satisfiable(parts):
        parts[5].allowed = set()
    asked: list[Sequence[Any]] = []

    def ask(some: Sequence[Any]) -> bool:
        asked.append(some)
        return satisfiable(some)

    found: list[Any] = minimal(parts, ask)
    assert not satisfiable(found)
    assert all(satisfiable([other for other in found if other is not part]) for part in found)
    assert found == [part for part in parts if part in found]  # in the order of the text
    assert all(len(components(some)) == 1 for some in asked)


@pytest.mark.parametrize("seed", range(30))
def test_the_filters_that_leave_nothing_are_as_few_as_can_be(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - the same parts every time
    parts: list[Any] = [Made(random, removes=number % 2 > 0) for number in range(8)]
    for part in parts:
        if not part.removes:
            part.allowed = set(product(range(3), repeat=len(part.variables)))
    if satisfiable(parts):
        return
    found: list[Any] = removing(parts, satisfiable)
    kept = [part for part in parts if not part.removes]
    alone = [part for part in parts if part.removes and not satisfiable([*kept, part])]
    assert found == alone[:1] or not alone
    assert not satisfiable(keeping(parts, found))
    for part in found:
        assert satisfiable(keeping(parts, [other for other in found if other is not part]))


def test_components_share_no_variable() -> None:
    _, pattern = group("?a :p ?b . ?c :p ?d . ?e :p ?a . ?f :p 1 . ?d :p ?b")
    parts = Splitter().parts(pattern)
    assert [[parts.index(part) for part in each] for each in components(parts)] == [[3], [0, 1, 2, 4]]
    for one, other in combinations(components(parts), 2):
        assert not set().union(*(part.variables for part in one)) & set().union(*(part.variables for part in other))


# --- terms -------------------------------------------------------------------------------------------------------------


def literal(text: str, kind: str = "string", language: str = "") -> Literal:
    return Literal(NOWHERE, text, f"{RDF}langString" if language else XSD + kind, language)


def value(text: str, kind: str = "string", language: str = "") -> LiteralTerm:
    return LiteralTerm(text, language=language) if language else LiteralTerm(text, datatype=NamedNode(XSD + kind))


@pytest.mark.parametrize(
    ("written", "there", "told"),
    [
        (literal("a"), value("a"), ""),
        (literal("a"), value("b"), ""),
        (literal("A"), value("a"), "in other case"),
        (literal("a b"), value("ab"), "with other white space"),
        (literal("A b"), value("ab"), "with other white space"),
        (literal("ａ"), value("a"), "in characters of other width or form"),  # noqa: RUF001 - of full width
        (literal("1", "integer"), value("01", "integer"), "written in another way"),
        (literal("1", "integer"), value("2", "integer"), ""),
        (literal("1", "integer"), value("x"), ""),
        (literal("x"), value("1", "integer"), ""),
        (literal("a"), value("a", language="en"), "with the language tag @en"),
        (literal("a", language="en"), value("a"), "without a language tag"),
        (literal("a", language="EN"), value("a", language="en"), ""),
        (literal("a", language="de"), value("a", language="en"), "with the language tag @en"),
        (literal("1"), value("1", "integer"), "as a number (xsd:integer)"),
        (literal("1.0", "decimal"), value("1", "integer"), "written in another way and as a number (xsd:integer)"),
        (literal("1987", "integer"), value("1987", "gYear"), "as a value of xsd:gYear"),
        (literal("A"), value("a", language="en"), "in other case and with the language tag @en"),
    ],
)
def test_how_a_literal_differs_from_one_that_says_the_same(written: Literal, there: LiteralTerm, told: str) -> None:
    assert difference(written, there) == told


def test_iris_are_those_among_other_values() -> None:
    assert iris_of([value("x"), NamedNode("urn:b"), BlankTerm("c"), NamedNode("urn:a")]) == ["urn:b", "urn:a"]


@pytest.mark.parametrize(
    ("term", "told"),
    [
        (NamedNode("urn:x"), "an IRI"),
        (value("x"), "text without a language"),
        (value("x", language="en"), "text in the language en"),
        *((value("1", kind), f"a number (xsd:{kind})") for kind in ("integer", "decimal", "double", "float")),
        (value("9000000000000000000", "integer"), "a number (xsd:integer)"),
        (value("9223372036854775807", "integer"), "a number (xsd:integer)"),  # 2 to the power of 63, less 1
        (value("-09223372036854775808", "integer"), "a number (xsd:integer)"),
        (value("9223372036854775808", "integer"), "a whole number beyond 64 bits"),  # 2 to the power of 63
        (value("+9" + "9" * 5000, "integer"), "a whole number beyond 64 bits"),
        (value("000000000000000000000001", "integer"), "a number (xsd:integer)"),
        (value("-9223372036854775809", "integer"), "a whole number beyond 64 bits"),
        (value("9223372036854775808", "decimal"), "a number (xsd:decimal)"),
        (value("x", "integer"), "a number (xsd:integer)"),
        (value("2020", "gYear"), "a value of xsd:gYear"),
        (value("true", "boolean"), "a value of xsd:boolean"),
        (LiteralTerm("x", datatype=NamedNode(f"{RDF}HTML")), "a value of rdf:HTML"),
    ],
)
def test_what_kind_of_value_a_term_is(term: NamedNode | LiteralTerm, told: str) -> None:
    assert kind_of(term) == told


def test_the_nearest_form_of_a_literal_comes_first() -> None:
    """One difference before two, the same text before another, then in the order of the alphabet."""
    there = [
        value("A", language="en"),
        value("a", language="fr"),
        value("A"),
        value("a", language="de"),
        value("b"),
        value("a"),
    ]
    found = [str(term) for term, _ in variants(literal("a"), [NamedNode("urn:a"), *there])]
    assert found == ['"a"@de', '"a"@fr', '"A"', '"A"@en']


@pytest.mark.parametrize(
    ("written", "there", "found"),
    [
        ("abcd", ["abcd", "abce", "zzzz"], ["abcd"]),  # of four letters one is too many: 0.75
        ("abcde", ["abcdx"], ["abcdx"]),  # of five: 0.8
        ("ABCDE", ["abcdx"], ["abcdx"]),
        ("abcdef", ["abcdxf", "abcdef", "abxdef"], ["abcdef", "abcdxf"]),  # the two that are most alike
        ("12345", ["12346"], []),  # another number is no misspelt one
        ("abcde", ["xbcde", "abcdx"], ["abcdx", "xbcde"]),
    ],
)
def test_four_fifths_of_a_misspelt_text_are_there(written: str, there: list[str], found: list[str]) -> None:
    near = misspelt(literal(written), [NamedNode("urn:abcde"), *map(value, there)])
    assert [term.value for term in near] == found


# --- probes ------------------------------------------------------------------------------------------------------------


def test_edits_are_made_from_the_end() -> None:
    assert edited("abcdef", [Edit(0, 1, "xx"), Edit(4, 6, ""), Edit(2, 2, "-")]) == "xxb-cd"


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (0, "all 0 solutions"),
        (1, "the one solution"),
        (2, "all 2 solutions"),
        (9_999, "all 9,999 solutions"),
        (10_000, "all of more than 10,000 solutions"),
    ],
)
def test_solutions_are_counted_in_words(number: int, told: str) -> None:
    assert counted(number) == told


DATA = "@prefix : <https://example.org/> . :a :p 1 , 2 ; :q 0 . :b :p 1 ."


@pytest.fixture(scope="module")
def store() -> EmbeddedStore:
    return EmbeddedStore.of(list(parse(DATA, format=RdfFormat.TURTLE)))


class Noted:
    """A store that notes what it is asked."""

    def __init__(self, store: EmbeddedStore) -> None:
        self.asked: list[str] = []
        self.store = store

    def query(self, text: str) -> object:
        self.asked.append(text)
        return self.store.query(text)


@pytest.mark.parametrize(
    ("text", "has"),
    [
        ("SELECT * { ?s :p ?o }", True),
        ("SELECT * { ?s :r ?o }", False),
        ("SELECT * { ?s :p ?o } LIMIT 0", False),
        ("SELECT * { ?s :p ?o } LIMIT 1", True),
        ("SELECT * { ?s :p ?o } OFFSET 2", True),
        ("SELECT * { ?s :p ?o } OFFSET 3", False),
        ("SELECT DISTINCT ?s { ?s :p ?o } OFFSET 1", True),
        ("SELECT DISTINCT ?s { ?s :p ?o } OFFSET 2", False),
        ("SELECT * { ?s :p ?o } ORDER BY ?o", True),
        ("SELECT * { ?s :p ?o } ORDER BY ?o OFFSET 3", False),
        ("SELECT ?s { ?s :p ?o } GROUP BY ?s HAVING(COUNT(*) > 1)", True),
        ("SELECT ?s { ?s :p ?o } GROUP BY ?s HAVING(COUNT(*) > 2)", False),
        ("SELECT ?s { ?s :p ?o } GROUP BY ?s OFFSET 1", True),
        ("SELECT ?s { ?s :p ?o } GROUP BY ?s OFFSET 2", False),
        ("SELECT ?s (COUNT(*) AS ?n) { ?s :r ?o } GROUP BY ?s", False),
        ("SELECT (COUNT(*) AS ?n) { ?s :p ?o }", True),
        ("SELECT (COUNT(*) AS ?n) { ?s :r ?o }", False),
        ("SELECT (MAX(?o) AS ?n) { ?s :r ?o }", False),
        ("SELECT (SUM(?o) AS ?n) { ?s :q ?o }", False),  # a sum of zero: as one that counts nothing
        ("SELECT (COUNT(*) AS ?n) { ?s :p ?o } HAVING(COUNT(*) > 9)", False),
        ("SELECT * { ?s :p ?o } VALUES ?o { 2 }", True),
        ("SELECT * { ?s :p ?o } VALUES ?o { 3 }", False),
        ("ASK { ?s :p 2 }", True),
        ("ASK { ?s :p 3 }", False),
        ("ASK { ?s :p ?o } VALUES ?o { 2 }", True),
        ("ASK { ?s :p ?o } VALUES ?o { 3 }", False),
        ("CONSTRUCT { ?s :r ?o } WHERE { ?s :p ?o }", True),
        ("CONSTRUCT { ?o :r ?s } WHERE { ?s :p ?o }", False),  # no literal is a subject
        ("CONSTRUCT { ?s :r ?o } WHERE { ?s :p ?o } LIMIT 0", False),
        ("CONSTRUCT { ?s :r ?o } WHERE { ?s :p ?o } OFFSET 3", False),
        ("CONSTRUCT { ?s :r ?o } WHERE { ?s :p ?o } LIMIT 1 OFFSET 2", True),
        ("DESCRIBE :a", True),
        ("DESCRIBE :z", False),
        ("DESCRIBE ?s WHERE { ?s :p 2 }", True),
        ("DESCRIBE ?s WHERE { ?s :p 3 }", False),
        ("DESCRIBE ?s WHERE { ?s :p ?o } OFFSET 3", False),
    ],
)
def test_whether_a_query_has_an_answer(store: EmbeddedStore, text: str, has: bool) -> None:  # noqa: FBT001 - a column of the table
    query = parse_query(PREFIX + text)
    noted = Noted(store)
    prober = Prober(noted, Limits())  # type: ignore[arg-type]
    assert has_answer(query, prober) is has
    assert prober.used == len(noted.asked) == 1
    answer = store.query(PREFIX + text)
    if not text.startswith("DESCRIBE ?s"):  # whose solutions are asked for, whatever is said of them
        assert is_empty(answer, query) is not has


def test_an_answer_with_a_limit_needs_no_more_than_a_first_row(store: EmbeddedStore) -> None:
    """An order is not asked for; what a CONSTRUCT makes is asked for up to a number of statements."""
    for text, kept, gone in (
        ("SELECT ?o { ?s :p ?o } ORDER BY ?o LIMIT 7", "", "ORDER"),
        ("SELECT ?o { ?s :p ?o } ORDER BY ?o OFFSET 1", "OFFSET 1", "ORDER"),
        ("SELECT ?o { ?s :p ?o } LIMIT 7", "", "LIMIT"),
        ("CONSTRUCT { ?s :r ?o } WHERE { ?s :p ?o } LIMIT 7", "LIMIT 7", "X"),
        ("CONSTRUCT { ?s :r ?o } WHERE { ?s :p ?o } LIMIT 70000", "LIMIT", "70000"),
        ("CONSTRUCT { ?s :r ?o } WHERE { ?s :p ?o }", "LIMIT", "X"),
    ):
        noted = Noted(store)
        assert has_answer(parse_query(PREFIX + text), Prober(noted, Limits()))  # type: ignore[arg-type]
        assert kept in noted.asked[0], text
        assert gone not in noted.asked[0], text


@pytest.mark.parametrize(
    ("text", "sums"),
    [
        ("SELECT (COUNT(*) AS ?n) {}", True),
        ("SELECT ((COUNT(*) + 1) AS ?n) {}", True),
        ("SELECT ?x {}", False),
        ("SELECT (1 AS ?n) {}", False),
        ("SELECT (COUNT(*) AS ?n) {} GROUP BY ?x", False),
        ("ASK {}", False),
        ("DESCRIBE <urn:x>", False),
        ("CONSTRUCT WHERE { ?s ?p ?o }", False),
    ],
)
def test_aggregates_without_groups_give_one_row_whatever_there_is(text: str, sums: bool) -> None:  # noqa: FBT001 - a column of the table
    assert sums_up(parse_query(text)) is sums


@pytest.mark.parametrize(
    ("text", "rows", "empty"),
    [
        ("SELECT * {}", [], True),
        ("SELECT * {}", [(value("0", "integer"),)], False),  # a row, whatever is in it
        ("SELECT (COUNT(*) AS ?n) {}", [(value("0", "integer"),)], True),
        ("SELECT (COUNT(*) AS ?n) {}", [(value("1", "integer"),)], False),
        ("SELECT (SUM(?x) AS ?n) {}", [(value("0.0", "decimal"),)], True),
        ("SELECT (MAX(?x) AS ?n) {}", [(None,)], True),
        ("SELECT (GROUP_CONCAT(?x) AS ?n) {}", [(value(""),)], True),
        ("SELECT (COUNT(*) AS ?n) (MAX(?x) AS ?m) {}", [(value("0", "integer"), None)], True),
        ("SELECT (COUNT(*) AS ?n) (MAX(?x) AS ?m) {}", [(value("0", "integer"), value("3"))], False),
        ("SELECT (COUNT(*) AS ?n) {} GROUP BY ?x", [(value("0", "integer"),)], False),
        ("SELECT ((COUNT(*) + 1) AS ?n) {}", [(value("0", "integer"),)], True),
        ("SELECT (0 AS ?n) {}", [(value("0", "integer"),)], False),
    ],
)
def test_an_answer_of_zeros_is_empty_where_it_sums_up(text: str, rows: list[tuple[object, ...]], empty: bool) -> None:  # noqa: FBT001 - a column of the table
    assert is_empty(Solutions((), rows), parse_query(text)) is empty  # type: ignore[arg-type]


def test_false_and_no_statement_are_empty() -> None:
    query = parse_query("ASK {}")
    assert [is_empty(answer, query) for answer in (True, False, [], [1])] == [False, True, True, False]  # type: ignore[arg-type]


def test_a_prober_asks_once_and_up_to_its_limits(store: EmbeddedStore) -> None:
    noted = Noted(store)
    prober = Prober(noted, Limits(probes=2))  # type: ignore[arg-type]
    _, some = group("?s :p ?o")
    _, other = group("?s :q ?o")
    assert [prober.ask(some), prober.ask(some), prober.ask(other)] == [True, True, True]
    assert prober.used == len(noted.asked) == 2
    assert prober.ask(some)  # known
    with pytest.raises(LimitError, match="ended by its limits"):
        prober.ask(group("?s :r ?o")[1])
    with pytest.raises(LimitError):
        Prober(noted, Limits(seconds=0)).ask(some)  # type: ignore[arg-type]
    assert len(noted.asked) == 2


def test_values_are_distinct_and_no_more_than_asked_for(store: EmbeddedStore) -> None:
    prober = Prober(store, Limits())
    _, pattern = group("?s :p ?o OPTIONAL { ?s :r ?x }")
    assert sorted(map(str, prober.values(Variable(NOWHERE, "o"), pattern))) == sorted(
        map(str, (value("1", "integer"), value("2", "integer")))
    )
    assert len(prober.values(Variable(NOWHERE, "o"), pattern, 1)) == 1
    assert prober.values(Variable(NOWHERE, "x"), pattern) == []  # without a value is no value
    assert prober.count(pattern) == 3
    assert prober.count(group("?s :r ?o")[1]) == 0
    assert prober.rows(parse_query("ASK {}")) == ()


def test_solutions_are_counted_up_to_a_number() -> None:
    lots = "".join(f"<urn:s{number}> <urn:p> <urn:o> .\n" for number in range(101))
    many = EmbeddedStore.of(list(parse(lots, format=RdfFormat.N_TRIPLES)))
    _, pattern = group("?a <urn:p> ?b . ?c <urn:p> ?d")
    assert Prober(many, Limits()).count(pattern) == COUNTED == 10_000


def repairer(store: EmbeddedStore, text: str, terms: dict[str, object] | None = None) -> Repairer:
    prepared = PreparedQuery(PREFIX + text, PREFIX + text, terms=terms or {})  # type: ignore[arg-type]
    return Repairer(prepared, parse_query(PREFIX + text), Prober(store, Limits()))


def test_a_correction_is_tried(store: EmbeddedStore) -> None:
    text = "SELECT * { ?s :r ?o }"
    repair = repairer(store, text)
    at = (PREFIX + text).index(":r")
    good, bad, broken = (repair.suggestion(word, Edit(at, at + 2, word)) for word in (":p", ":z", ")"))
    assert (good.query, good.gives_rows) == (PREFIX + text.replace(":r", ":p"), True)
    assert [each.gives_rows for each in (bad, broken)] == [False, False]
    assert repair.written(Span(at, at + 2, 1, 1)) == ":r"
    assert repair.term(Iri(NOWHERE, "https://example.org/x", "")) == ":x"
    assert repair.term(Iri(NOWHERE, f"{XSD}date", "")) == "xsd:date"


# --- what is shown -----------------------------------------------------------------------------------------------------


def cause(start: int, end: int, line: int, column: int, *suggestions: Suggestion, text: str = "no such") -> Cause:
    return Cause(Kind.UNKNOWN_TERM, text, Span(start, end, line, column), "w", suggestions)


GOOD, GUESS = Suggestion(":good", "q", gives_rows=True), Suggestion(":guess")
LONG = "x" * 30 + " " + "y" * 60 + " :here " + "z" * 60


@pytest.mark.parametrize(
    ("text", "found", "file", "lines"),
    [
        ("ab :c d", cause(3, 5, 1, 4), "", ["     line 1: ab :c d", "                ^^"]),
        ("ab :c d", cause(3, 5, 1, 4), "q.rq", ["     q.rq:1:4: ab :c d", "                  ^^"]),
        ("  ab :c d", cause(5, 7, 1, 6), "", ["     line 1: ab :c d", "                ^^"]),  # indented
        ("a\nbc :d", cause(5, 7, 2, 4), "", ["     line 2: bc :d", "                ^^"]),
        ("ab :c", cause(3, 3, 1, 4), "", ["     line 1: ab :c", "                ^"]),  # a place without extent
        ("ab {\n c }", cause(3, 9, 1, 4), "", ["     line 1: ab {", "                ^"]),  # over the end of the line
        ("ab", cause(2, 2, 1, 3), "", ["     line 1: ab", "               ^"]),  # behind the end
        ("日本 :c d", cause(3, 5, 1, 4), "", ["     line 1: 日本 :c d", "                  ^^"]),  # of double width
        (LONG, cause(92, 97, 1, 93), "", [f"     line 1: {LONG[:100]}…", " " * (13 + 92) + "^^^^^"]),
        ("x" * 10 + LONG, cause(102, 107, 1, 103), "", [f"     line 1: …{('x' * 10 + LONG)[82:].rstrip()}", " " * 34 + "^^^^^"]),
        ("x" * 100, cause(95, 100, 1, 96), "", ["     line 1: " + "x" * 100, " " * (13 + 95) + "^^^^^"]),
        ("x" * 101, cause(96, 101, 1, 97), "", ["     line 1: …" + "x" * 25, " " * (13 + 21) + "^^^^^"]),
        (" " * 101 + "x", cause(101, 102, 1, 102), "", ["     line 1: " + " " * 20 + "x", " " * (13 + 20) + "^"]),
    ],
)  # fmt: skip
def test_a_cause_is_shown_with_its_line_and_place(text: str, found: Cause, file: str, lines: list[str]) -> None:
    shown = explain(Diagnosis((found,), file=file), text)
    assert shown.splitlines() == ["  1. no such", *lines]
    assert shown.endswith("\n")


@pytest.mark.parametrize(
    ("suggestions", "advice"),
    [
        ((), []),
        ((GUESS,), ["     did you mean :guess?"]),
        ((GOOD,), ["     did you mean :good? With that the query has an answer."]),
        ((GOOD, GUESS), ["     did you mean :good? With that the query has an answer."]),
        ((GUESS, Suggestion(":other")), ["     did you mean :guess or :other?"]),
    ],
)
def test_advice_is_what_was_tried_and_else_what_may_be_meant(
    suggestions: tuple[Suggestion, ...], advice: list[str]
) -> None:
    assert explain(Diagnosis((cause(0, 1, 1, 1, *suggestions),)), "x").splitlines()[3:] == advice


def test_causes_are_numbered_and_the_end_of_the_search_is_told() -> None:
    two = (cause(0, 1, 1, 1), cause(0, 1, 1, 1, text="another"))
    lines = explain(Diagnosis(two, complete=False), "x").splitlines()
    assert [line for line in lines if line.startswith("  ") and line[2] != " "] == [
        "  1. no such", "  2. another", "  the search for the cause was ended by its limits"
    ]  # fmt: skip
    assert explain(Diagnosis(()), "x") == "  no part of the query accounts for it alone\n"
    assert "accounts" not in explain(Diagnosis(two), "x")


@pytest.mark.parametrize(
    ("suggestions", "told", "confirmed"),
    [
        ((), "line 2, column 3: no such", False),
        ((GUESS,), "line 2, column 3: no such; did you mean :guess?", False),
        ((GOOD, GUESS), "line 2, column 3: no such; did you mean :good or :guess? With it the query has an answer.", True),
    ],
)  # fmt: skip
def test_a_cause_in_words(suggestions: tuple[Suggestion, ...], told: str, confirmed: bool) -> None:  # noqa: FBT001 - a column of the table
    found = cause(5, 6, 2, 3, *suggestions)
    assert str(found) == told
    assert found.confirmed is confirmed
    assert str(Diagnosis((found, found))) == f"{told}\n{told}"
    assert Diagnosis((found,)).sentences() == [told]


def test_a_diagnosis_as_json() -> None:
    found = cause(5, 7, 2, 3, GOOD)
    told = {
        "kind": "unknown-term", "message": "no such", "line": 2, "column": 3, "start": 5, "end": 7, "written": "w",
        "suggestions": [{"replacement": ":good", "query": "q", "givesRows": True}],
    }  # fmt: skip
    assert Diagnosis((found,), complete=False).to_json() == {"causes": [told], "complete": False}
    assert Diagnosis((), file="q.rq").to_json() == {"file": "q.rq", "causes": [], "complete": True}


def test_what_a_store_refuses_is_no_answer(store: EmbeddedStore) -> None:
    with pytest.raises(QueryError):
        Prober(store, Limits()).answer("SELECT * { ?s ")
