"""SPARQL 1.2: triple terms, reified triples, annotations, base directions, VERSION; the W3C tests and rules of our own."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph
import pytest
from needs import missing
from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, NamedNode, Quad, RdfFormat, Triple

from kg.core.errors import QueryError
from kg.sparql import beyond_1_1, parse, walk, write
from kg.sparql.nodes import TripleTerm
from kg.store.embedded.store import EmbeddedStore
from kg.store.protocol import Solutions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from kg.store.protocol import Term

SUITE = os.environ.get("MOTKG_W3C_SPARQL12", "")
TESTS = "http://www.w3.org/2001/sw/DataAccess/tests/test-"
DEPARTURES = {
    "codepoint-esc-03-bad": "SPARQL 1.1 has codepoint escapes in names, and queries that use them go on working",
    "select-variable-reuse": "the engine refuses it, and so does the parser, with the way out",
}

CANONICAL = {"group01", "op-2"}  # the engine keeps the values of numbers, not their lexical forms


def _manifests() -> Iterator[tuple[str, str, Path, dict[str, Path]]]:
    """Yields kind, name, query and the other files of each test of queries."""
    for manifest in sorted(Path(SUITE).rglob("manifest.ttl")) if SUITE else ():
        said: dict[object, dict[str, list[object]]] = defaultdict(lambda: defaultdict(list))
        for quad in pyoxigraph.parse(manifest.read_bytes(), RdfFormat.TURTLE, base_iri=manifest.as_uri()):
            said[quad.subject][quad.predicate.value.removeprefix(TESTS)].append(quad.object)
        for about in list(said.values()):
            action = about["manifest#action"]
            kind = "".join(str(each) for each in about["http://www.w3.org/1999/02/22-rdf-syntax-ns#type"])
            if not action or "Update" in kind:
                continue
            of_action = {
                name: _path(values[0]) for name, values in said[action[0]].items() if name.startswith("query#")
            }
            query = of_action.get("query#query") or _path(action[0])
            result = {"result": _path(about["manifest#result"][0])} if about["manifest#result"] else {}
            yield kind, query.stem, query, of_action | result


def _path(node: object) -> Path:
    return Path(str(getattr(node, "value", "")).removeprefix("file://"))


ALL = list(_manifests())


def _only(kind: str, without: Collection[str] = ()) -> list[object]:
    chosen = [
        pytest.param(query, files, id=name)
        for found, name, query, files in ALL
        if kind in found and name not in {*DEPARTURES, *without}
    ]
    return chosen or [pytest.param(None, {}, marks=pytest.mark.skip(missing("the W3C SPARQL 1.2 suite")))]


@pytest.mark.parametrize(("query", "files"), [*_only("PositiveSyntax"), *_only("QueryEvaluation")])
def test_queries_of_the_suite_are_read_and_written(query: Path, files: dict[str, Path]) -> None:
    del files
    tree = parse(query.read_text(encoding="utf-8"), base=query.as_uri(), known={})
    assert parse(write(tree), known={}) == tree


@pytest.mark.parametrize(("query", "files"), _only("NegativeSyntax"))
def test_what_the_suite_calls_wrong_is_refused(query: Path, files: dict[str, Path]) -> None:
    del files
    with pytest.raises(QueryError):
        parse(query.read_text(encoding="utf-8"), base=query.as_uri(), known={})


@pytest.mark.parametrize(("query", "files"), _only("QueryEvaluation", without=CANONICAL))
def test_the_suite_is_answered_as_typed_and_as_written(query: Path, files: dict[str, Path]) -> None:
    result = files["result"]
    quads = pyoxigraph.parse(path=files["query#data"]) if "query#data" in files else ()
    store = EmbeddedStore.of(quads)
    text = query.read_text(encoding="utf-8")
    tree = parse(text, base=query.as_uri())
    for asked in (text, write(tree)):
        answer = store.query(asked)
        if isinstance(answer, Solutions):
            expected = pyoxigraph.parse_query_results(path=result)
            assert isinstance(expected, pyoxigraph.QuerySolutions)
            names = [variable.value for variable in expected.variables]
            assert _bag(answer.variables, answer.rows) == _bag(names, [tuple(row) for row in expected])
        elif isinstance(answer, bool):
            assert answer is bool(pyoxigraph.parse_query_results(path=result))
        else:
            assert _graph(answer) == _graph(quad.triple for quad in pyoxigraph.parse(path=result))


def _bag(names: Iterable[str], rows: Iterable[tuple[Term | None, ...]]) -> Counter[frozenset[tuple[str, str]]]:
    """The rows without order; blank nodes, whose names say nothing, are all alike."""
    names = tuple(names)
    return Counter(
        frozenset((name, _text(term)) for name, term in zip(names, row, strict=True) if term is not None)
        for row in rows
    )


def _text(term: object) -> str:
    if isinstance(term, BlankNode):
        return "_:"
    if isinstance(term, Triple):
        return f"<<( {_text(term.subject)} {_text(term.predicate)} {_text(term.object)} )>>"
    return str(term)


def _graph(triples: Iterable[Triple]) -> Dataset:
    dataset = Dataset(Quad(*triple) for triple in triples)
    dataset.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return dataset


PREFIX = "PREFIX : <http://e/> "


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("<< :s :p ?o >> :q 1", "[ rdf:reifies <<( :s :p ?o )>> ] :q 1"),
        ("?x :q << :s :p ?o >>", "?x :q [ rdf:reifies <<( :s :p ?o )>> ]"),
        ("<< :s :p ?o ~ ?r >>", "?r rdf:reifies <<( :s :p ?o )>>"),
        ("<< :s :p ?o ~ :r >> :q 1", ":r :q 1 . :r rdf:reifies <<( :s :p ?o )>>"),
        (":s :p ?o ~ ?r", ":s :p ?o . ?r rdf:reifies <<( :s :p ?o )>>"),
        (":s :p ?o ~", ":s :p ?o . _:reified1 rdf:reifies <<( :s :p ?o )>>"),
        (":s :p ?o {| :q 1 |}", ":s :p ?o . _:reified1 rdf:reifies <<( :s :p ?o )>> ; :q 1"),
        (":s :p ?o ~ :r {| :q 1 ; :t 2 |}", ":s :p ?o . :r :q 1 ; :t 2 . :r rdf:reifies <<( :s :p ?o )>>"),
        (
            ":s :p 1 ~ :a ~ :b , 2 ~ :c ; :q 3 ~ :d",
            (
                ":s :p 1 , 2 ; :q 3 . :a rdf:reifies <<( :s :p 1 )>> . :b rdf:reifies <<( :s :p 1 )>> . "
                ":c rdf:reifies <<( :s :p 2 )>> . :d rdf:reifies <<( :s :q 3 )>>"
            ),
        ),
        (
            "[] :p :o ~ :r",
            "_:reified1 :p :o . :r rdf:reifies <<( _:reified1 :p :o )>>",
        ),
        (
            "[ :p :o ~ :r ] :q 1",
            "_:reified1 :q 1 . _:reified1 :p :o . :r rdf:reifies <<( _:reified1 :p :o )>>",
        ),
        (
            ":s :p :o {| :q 1 ~ :r |}",
            ":s :p :o . :r rdf:reifies <<( _:reified1 :q 1 )>> . _:reified1 rdf:reifies <<( :s :p :o )>> ; :q 1",
        ),
    ],
)
def test_what_is_written_shorter_means_the_triples_in_full(short: str, full: str) -> None:
    query = parse(f"{PREFIX} SELECT * {{ {short} }}")
    assert query == parse(f"{PREFIX} SELECT * {{ {full} }}")
    assert beyond_1_1(query) is not None


def test_the_label_of_a_reifier_stands_nowhere_else() -> None:
    query = parse(f"{PREFIX} ASK {{ :s :p ?o ~ . _:reified1 :q ?o }}")
    assert "_:reified2 <http://www.w3.org/1999/02/22-rdf-syntax-ns#reifies>" in write(query)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("SELECT * { :s :p/:q ?o {| :a 1 |} }", "only a triple with a property can be annotated"),
        ("SELECT * { 1 :p ?o ~ :r }", "only a triple about a thing or a variable can be annotated"),
        ("SELECT * { << :s :p/:q :o >> :a 1 }", "expected"),
        ("SELECT * { << 1 :p :o >> :a 1 }", "expected the subject of the reified triple"),
        ("SELECT * { VALUES ?t { <<( ?s :p 1 )>> } }", "expected the subject of the triple term, an IRI"),
        ("SELECT (<<( _:b :p 1 )>> AS ?t) {}", "expected the subject of the triple term"),
        ('SELECT ("a"@en--up AS ?t) {}', "@en--up has no base direction: ltr or rtl"),
        ('VERSION """1.2""" SELECT * {}', "not in three"),
        ("VERSION 1.2 SELECT * {}", "expected a version in quotes"),
        ("SELECT (123 AS ?z) { } GROUP BY ?z", "?z has a value as a key of GROUP BY already"),
    ],
)  # fmt: skip
def test_errors_name_what_stands_there(text: str, told: str) -> None:
    with pytest.raises(QueryError) as error:
        parse(PREFIX + text)
    assert told in str(error.value)


@pytest.mark.parametrize(
    ("text", "beyond"),
    [
        ("SELECT * { ?s ?p ?o }", False),
        ('VERSION "1.1" SELECT * { ?s ?p ?o }', False),
        ('VERSION "1.2" SELECT * { ?s ?p ?o }', True),
        ("SELECT * { ?s ?p <<( ?a ?b ?c )>> }", True),
        ('SELECT * { ?s ?p "a"@en--ltr }', True),
        ('SELECT * { ?s ?p "a"@en-gb }', False),
        ("SELECT (SUBJECT(?t) AS ?s) { ?r ?p ?t }", True),
        ("SELECT * { ?s ?p ?o FILTER(isTRIPLE(?o)) }", True),
        ("SELECT * { FILTER(1<2 && 3>2) FILTER(?a<<http://e/b>) }", False),
    ],
)
def test_a_query_needs_the_version_whose_parts_it_has(text: str, *, beyond: bool) -> None:
    query = parse(text)
    assert (beyond_1_1(query) is not None) is beyond
    assert parse(write(query)) == query


def test_a_reified_triple_of_two_graphs_counts_once() -> None:
    triple = Triple(NamedNode("http://e/s"), NamedNode("http://e/p"), NamedNode("http://e/o"))
    reifies = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#reifies")
    quads = [Quad(NamedNode("http://e/r"), reifies, triple, NamedNode(f"http://e/{graph}")) for graph in "gh"]
    store = EmbeddedStore.of(quads)
    for pattern in (
        "<< ?s ?p ?o ~ ?r >>",
        "?r rdf:reifies <<( ?s ?p ?o )>>",
        "<< ?s ?p ?o >>",
        "?r rdf:reifies <<( ?s ?p _:o )>>",
    ):
        answer = store.query(f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}")
        assert isinstance(answer, Solutions)
        assert [str(term) for term in answer.rows[0]] == ['"1"^^<http://www.w3.org/2001/XMLSchema#integer>']


def test_the_variables_of_a_triple_term_join_parts_of_a_query() -> None:
    from kg.query.diagnosis.parts import Splitter, components

    query = parse(f"{PREFIX} SELECT * {{ :r :says <<( ?s :p [] )>> . ?s :q ?x . ?y :q 1 }}")
    parts = Splitter().parts(query.where)
    assert [len(group) for group in components(parts)] == [2, 1]
    assert any(isinstance(node, TripleTerm) for node in walk(parts[0].pattern))


def test_rdflib_says_that_it_does_not_read_sparql_1_2() -> None:
    from kg.store.memory_rdflib import RdflibStore

    with pytest.raises(QueryError, match=r"SPARQL 1\.2, which rdflib does not read"):
        RdflibStore.of(()).query("SELECT * { << ?s ?p ?o >> ?q ?v }")
