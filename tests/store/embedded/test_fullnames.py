"""Names written out for the engine, held to the parser, which reads the same query from both texts."""

from __future__ import annotations

import random

import pytest
from pyoxigraph import NamedNode, Quad
from querymutations import mutated

from kg.core.errors import QueryError
from kg.core.terms import prefixes
from kg.sparql import Query, parse, replace
from kg.sparql.spelling import spelt
from kg.sparql.tokens import tokenise
from kg.store.embedded.prepared import as_read, in_full
from kg.store.embedded.store import EmbeddedStore

EX = "PREFIX ex: <http://e.org/> PREFIX : <http://e.org/#>\n"
SKOS = prefixes()["skos"]


def read(text: str) -> Query | None:
    try:
        return parse(text)
    except QueryError:
        return None


def changed(texts: list[str]) -> int:
    """Sees that each query stays what it was; gives how many were written anew."""
    count = 0
    for text in texts:
        tree, written = read(text), in_full(text)
        if tree is not None and written != text:
            assert read(written) == replace(tree, prologue=()), text
            count += 1
    return count


@pytest.mark.w3c
def test_queries_of_the_w3c_stay_the_same(w3c_queries: list[str]) -> None:
    assert changed(w3c_queries) > len(w3c_queries) / 2


def test_queries_of_the_catalogue_stay_the_same(catalogue_queries: list[str]) -> None:
    assert changed(catalogue_queries) > len(catalogue_queries) * 0.9


@pytest.mark.w3c
def test_mutations_stay_the_same(w3c_queries: list[str], catalogue_queries: list[str]) -> None:
    choice = random.Random(12)  # noqa: S311 - the same mutations every time
    queries = w3c_queries + catalogue_queries
    words = [
        *(token.text for query in queries for token in tokenise(query)),
        "skos:a",
        "?x",
        "<",
        "1e5",
        "ex:a.b",
        ":",
        "PREFIX",
        "BASE",
    ]
    assert changed([mutated(choice.choice(queries), choice, words) for _ in range(3000)]) > 300


@pytest.mark.w3c
def test_queries_are_spelt_as_they_are_written_where_a_cheap_look_says_so(
    w3c_queries: list[str], catalogue_queries: list[str]
) -> None:
    for text in w3c_queries + catalogue_queries:
        assert as_read(text) == spelt(text).text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("ASK{ex:a.b.ex:c a:b}", None),
        ("ASK { ex:a :b.c.:d ex: }", "ASK { <http://e.org/a> <http://e.org/#b.c.:d> <http://e.org/> }"),
        ("ASK { ex:a a ex:b.ex:c a ex:d}", "ASK { <http://e.org/a> a <http://e.org/b.ex:c> a <http://e.org/d>}"),
        ("ASK { ?x:b 'ex:a',\"ex:b\",'''ex:\n'c''' }", "ASK { ?x<http://e.org/#b> 'ex:a',\"ex:b\",'''ex:\n'c''' }"),
        ("ASK { ?x :p 1e5:q 2 } # ex:a", "ASK { ?x <http://e.org/#p> 1e5<http://e.org/#q> 2 } # ex:a"),
        ("ASK { _:ex ex:a <ex:a> FILTER(?a<?b) }", "ASK { _:ex <http://e.org/a> <ex:a> FILTER(?a<?b) }"),
        ("ASK { ?x a skos:Concept }", f"ASK {{ ?x a <{SKOS}Concept> }}"),
        ("ASK { ?x ex:a-b 'a'@en-GB,'b'^^ex:t }", "ASK { ?x <http://e.org/a-b> 'a'@en-GB,'b'^^<http://e.org/t> }"),
    ],
)
def test_names_are_told_from_what_looks_like_them(text: str, written: str | None) -> None:
    assert in_full(EX + text) == (EX + text if written is None else "\n" + written)


@pytest.mark.parametrize(
    "text",
    [
        f"BASE <http://e.org/> {EX}ASK {{ ex:a a <b> }}",
        f"{EX}BASE <http://e.org/> ASK {{ ex:a a <b> }}",
        "PREFIX ex: <relative> ASK { ?x ex:a ex:b }",
        f"{EX}ASK {{ ?x ex:a\\,b ex:b }}",
        f"{EX}ASK {{ ?x ex:a%20b ex:b }}",
        f"{EX}ASK {{ ?x ex:\\u0061 ex:b }}",
        f"{EX}ASK {{ ?x ex:é ex:b }}",
        f"{EX}ASK {{ ?x ex:a ?y FILTER(?y<ex:b) }}",
        f"{EX}ASK {{ ?x nowhere:a ex:b }}",
    ],
)
def test_what_is_not_sure_stays_as_it_is(text: str) -> None:
    assert in_full(text) == text


def test_asking_again_gives_the_same_answer_and_the_same_error() -> None:
    node = NamedNode("http://e.org/a")
    store = EmbeddedStore.of([Quad(node, node, node)])
    answers = {str(store.query(f"{EX}SELECT ?x {{ ?x ex:a ?y }}")) for _ in range(4)}
    assert len(answers) == 1
    wrong = f"{EX}SELECT ?x {{ ?x ex:a ?y ?z ?z }}"
    ill = "PREFIX ex: <http://e.org/#a#> SELECT ?x { ?x ex:a ?y }"  # written out, the engine would take it
    for text, place in (wrong, "2:"), (ill, "1:"):
        told = set()
        for _ in range(4):
            with pytest.raises(QueryError) as caught:
                store.query(text)
            told.add(str(caught.value))
            store.rewritten(text)
        assert len(told) == 1
        assert place in told.pop()
