from __future__ import annotations

import pyoxigraph
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from nightly import examples
from pyoxigraph import BlankNode, NamedNode, RdfFormat, Store
from pyoxigraph import Literal as LiteralTerm

from kg.core.errors import QueryError
from kg.sparql import Iri, Literal, Values, bind, parse, walk, write
from kg.sparql.nodes import NOWHERE

DATA = """
@prefix ex: <http://example.org/> .
ex:a ex:p ex:x ; ex:q 1 . ex:b ex:p ex:y ; ex:q 2 . ex:c ex:p ex:x ; ex:q 3 ; ex:r ex:a .
"""
PREFIX = "PREFIX ex: <http://example.org/>\n"
X = NamedNode("http://example.org/x")
C = NamedNode("http://example.org/c")


def answers(query: str) -> list[list[str]]:
    """Gives the rows of a query on both stores, which must agree."""
    store, graph = Store(), rdflib.Graph().parse(data=DATA, format="turtle")
    store.load(DATA.encode(), RdfFormat.TURTLE)
    solutions = store.query(query)
    assert isinstance(solutions, pyoxigraph.QuerySolutions)
    rows = sorted(
        [term.value.rsplit("/", 1)[1] if isinstance(term, NamedNode) else getattr(term, "value", "") for term in row]
        for row in solutions
    )
    others = sorted(
        [str(term).rsplit("/", 1)[-1] if term is not None else "" for term in row] for row in graph.query(query)
    )  # type: ignore[union-attr]
    assert rows == others
    return rows


def bound(query: str, **terms: NamedNode | LiteralTerm) -> str:
    return write(bind(parse(PREFIX + query), terms))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT ?s { VALUES ?v { ex:y } ?s ex:p ?v }", [["a"], ["c"]]),
        ("SELECT ?s { ?s ex:p ?v . VALUES ?v { ex:y ex:z } }", [["a"], ["c"]]),
        ("SELECT ?s { ?s ex:p ?v } VALUES ?v { ex:y }", [["a"], ["c"]]),
        ("SELECT ?s { { SELECT ?s { VALUES ?v { ex:y } ?s ex:p ?v } } }", [["a"], ["c"]]),
        (
            "SELECT ?s { { VALUES ?v { ex:y } ?s ex:p ?v } UNION { VALUES ?v { ex:y } ?t ex:p ?v . ?s ex:r ?t } }",
            [["a"], ["c"], ["c"]],
        ),
        ("SELECT ?s { ?s ex:p ?v }", [["a"], ["c"]]),
        ("SELECT ?s { ?s ex:p ?o FILTER(?o = ?v) }", [["a"], ["c"]]),
        ("SELECT ?s { ?s ex:q ?n FILTER EXISTS { ?s ex:p ?v } }", [["a"], ["c"]]),
        ("SELECT ?s { SELECT ?s ?v { ?s ex:p ?v } }", [["a"], ["c"]]),
        ("SELECT ?s (?v AS ?w) { ?s ex:r ?o }", [["c", "x"]]),
    ],
)
def test_a_bound_variable_has_its_value_on_every_store(query: str, expected: list[list[str]]) -> None:
    assert answers(bound(query, v=X)) == expected


def test_a_block_of_several_variables_keeps_its_data() -> None:
    query = "SELECT ?s ?v { VALUES (?v ?s) { (ex:x ex:a) (ex:y ex:b) } ?s ex:p ?v }"
    assert answers(bound(query, v=X)) == [["a", "x"]]


def test_several_variables_can_be_bound() -> None:
    query = "SELECT ?o { VALUES ?s { ex:b } ?s ex:p ?v . ?s ex:q ?o }"
    assert answers(bound(query, s=C, v=X)) == [["3"]]


def test_what_is_not_bound_stays() -> None:
    tree = parse(PREFIX + "SELECT ?s { VALUES ?v { ex:y } ?s ex:p ?v }")
    assert bind(tree, {}) is tree


def test_a_short_construct_keeps_its_template() -> None:
    store = Store()
    store.load(DATA.encode(), RdfFormat.TURTLE)
    made = store.query(bound("CONSTRUCT WHERE { ?s ex:p ?v }", v=X))
    assert isinstance(made, pyoxigraph.QueryTriples)
    assert {str(triple.subject) for triple in made} == {"<http://example.org/a>", "<http://example.org/c>"}


def test_a_template_can_be_bound() -> None:
    store = Store()
    store.load(DATA.encode(), RdfFormat.TURTLE)
    made = store.query(bound("CONSTRUCT { ?s ex:is ?v } WHERE { ?s ex:r ?o }", v=X))
    assert isinstance(made, pyoxigraph.QueryTriples)
    assert [str(triple.object) for triple in made] == ["<http://example.org/x>"]


def test_ask_and_describe_can_be_bound() -> None:
    store = Store()
    store.load(DATA.encode(), RdfFormat.TURTLE)
    assert not store.query(bound("ASK { ?s ex:p ?v }", v=C))
    described = store.query(bound("DESCRIBE ?s", s=C))
    assert isinstance(described, pyoxigraph.QueryTriples)
    assert len(list(described)) == 3


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELECT ?s { ?s ex:p ?value }", "no variable ?v"),
        ("SELECT ?s { ?s ex:p ?o BIND(1 AS ?v) }", "gives ?v a value itself"),
        ("SELECT (COUNT(?s) AS ?v) { ?s ex:p ?o }", "gives ?v a value itself"),
        ("SELECT ?v { ?s ex:p ?o } GROUP BY (STR(?s) AS ?v)", "gives ?v a value itself"),
        ("SELECT ?s { { SELECT ?s { ?s ex:p ?v } } }", "does not reach it"),
        ("SELECT ?s { ?s ex:q ?n { ?s ex:p ?o FILTER(?o = ?v) } }", "does not reach it"),
    ],
)
def test_what_cannot_be_bound_is_refused(query: str, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        bound(query, v=X)
    assert message in str(caught.value)


def test_the_name_of_a_variable_has_near_ones() -> None:
    with pytest.raises(QueryError) as caught:
        bound("SELECT ?s { ?s ex:p ?value }", valu=X)
    assert caught.value.near == ("?value",)


@pytest.mark.parametrize(
    "term", [BlankNode("b"), LiteralTerm("a", language="ar", direction=pyoxigraph.BaseDirection.RTL)]
)
def test_terms_that_name_nothing_are_refused(term: LiteralTerm) -> None:
    with pytest.raises(QueryError, match="cannot be bound"):
        bound("SELECT ?s { ?s ex:p ?v }", v=term)


HOSTILE = [
    '" } DROP ALL #',
    "\\u0022 } ?s ?p ?o #",
    "\\\\u0022 } ?s ?p ?o #",
    "\\U00000022",
    "\\",
    "\\u",
    "a\\",
    "'''",
    '"""',
    "\n\r\t\b\f\x00\x7f\u2028",
    "} UNION { ?s ?p ?o",
    "?s",
    "UNDEF",
    "日本𠮷",
]
TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.lists(
    st.sampled_from(["\\", "u", "U", '"', "0022", "000", "\n", "{", "}", "'"])
).map("".join)


def bound_value(term: LiteralTerm) -> list[object]:
    """Gives what both stores answer for a bound value."""
    query = bound("SELECT ?v { VALUES ?v { 1 } }", v=term)
    solutions = Store().query(query)
    assert isinstance(solutions, pyoxigraph.QuerySolutions)
    others = list(rdflib.Graph().query(query))
    (row,), (other,) = list(solutions), others
    assert str(other[0]) == term.value  # type: ignore[index]
    return [row["v"]]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_value_is_nothing_but_a_value(text: str) -> None:
    assert bound_value(LiteralTerm(text)) == [LiteralTerm(text)]
    assert bound_value(LiteralTerm(text, language="en")) == [LiteralTerm(text, language="en")]


@given(TEXTS)
@settings(max_examples=examples(150), deadline=None)
def test_no_text_breaks_out_of_its_value(text: str) -> None:
    tree = parse("SELECT ?s { VALUES ?v { 1 } ?s ?p ?v }")
    again = parse(write(bind(tree, {"v": LiteralTerm(text)})))
    (block,) = [node for node in walk(again) if isinstance(node, Values)]
    assert block.rows[0].values == (Literal(NOWHERE, text, "http://www.w3.org/2001/XMLSchema#string", ""),)
    assert bind(again, {"v": LiteralTerm("1")}) == bind(tree, {"v": LiteralTerm("1")})


@given(TEXTS)
@settings(max_examples=examples(50), deadline=None)
def test_both_stores_read_the_value_that_was_bound(text: str) -> None:
    assert bound_value(LiteralTerm(text)) == [LiteralTerm(text)]


@pytest.mark.parametrize("iri", ["http://example.org/> } #", "a b", "a\\u003Eb", "a\nb", "a{b", 'a"b'])
def test_a_tree_with_an_impossible_iri_cannot_be_written(iri: str) -> None:
    tree = parse("ASK { ?s ?p <urn:x> }")
    from kg.sparql import transform

    wrong = transform(tree, lambda node: Iri(NOWHERE, iri, "") if isinstance(node, Iri) else node)
    with pytest.raises(QueryError, match="cannot be an IRI"):
        write(wrong)
