"""The default graph is a set: a statement that stands in two files, graphs, FROM clauses or loads counts once.

RDF 1.1 Concepts, section 3, and SPARQL 1.1, section 13.1. The numbers are counted by hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import rdflib
from pyoxigraph import NamedNode, QueryBoolean, QuerySolutions, RdfFormat, Store, parse

import kg
from kg.commands.load import LoadRequest, load
from kg.store import EmbeddedStore, LimitedStore, RdflibStore
from kg.store.embedded import overlaps
from kg.store.embedded.overlaps import Overlaps
from kg.store.embedded.prepared import APART
from kg.store.embedded.writable import WritableEmbeddedStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PREFIX = "PREFIX : <http://example.org/> "
# :oak :age 5 stands in three graphs, :elm :age 7 in one, the name of :oak in two with different tags.
DATA = """@prefix : <http://example.org/> .
:oak :age 5 ; :beside :elm .
:one { :oak :age 5 ; :name "Oak"@en ; :beside :elm . _:seed :of :oak . }
:two { :oak :age 5 ; :name "Oak" ; :beside :ash . :elm :age 7 . :ash :beside :elm . _:seed :of :oak . }
"""
QUERIES = {
    "COUNT": ("SELECT (COUNT(*) AS ?n) { ?x :age ?v }", [["2"]]),
    "SUM": ("SELECT (SUM(?v) AS ?n) { ?x :age ?v }", [["12"]]),
    "AVG": ("SELECT (AVG(?v) AS ?n) { ?x :age ?v }", [["6"]]),
    "GROUP_CONCAT": ("SELECT (GROUP_CONCAT(STR(?v)) AS ?n) { :oak :age ?v }", [["5"]]),
    "SAMPLE and keys": (
        "SELECT ?x (SAMPLE(?v) AS ?s) (COUNT(?v) AS ?n) { ?x :age ?v } GROUP BY ?x ORDER BY ?x",
        [["elm", "7", "1"], ["oak", "5", "1"]],
    ),
    "HAVING": ("SELECT ?x { ?x :age ?v } GROUP BY ?x HAVING(COUNT(*) > 1)", []),
    "rows": ("SELECT ?v { ?x :age ?v } ORDER BY ?v", [["5"], ["7"]]),
    "LIMIT": ("SELECT ?v { ?x :age ?v } ORDER BY ?v LIMIT 1 OFFSET 1", [["7"]]),
    "any property": ("SELECT (COUNT(*) AS ?n) { :oak ?p ?o }", [["5"]]),
    "a constant statement": ("SELECT ?x { VALUES ?x { 1 } :oak :age 5 }", [["1"]]),
    "tags tell names apart": ("SELECT (COUNT(*) AS ?n) { ?x :name ?l }", [["2"]]),
    "blank nodes of a pattern": ("SELECT ?x { ?x :age [] , _:v } ORDER BY ?x", [["elm"], ["oak"]]),
    "a path of two steps": ("SELECT ?y { :oak :beside/:age ?y }", [["7"]]),
    "an alternative": ("SELECT (COUNT(*) AS ?n) { :oak :age|:beside ?y }", [["3"]]),
    "an inverse": ("SELECT ?x { 5 ^:age ?x }", [["oak"]]),
    "a negated property": ("SELECT (COUNT(*) AS ?n) { :oak !:name ?y }", [["3"]]),
    "a closure": ("SELECT (COUNT(*) AS ?n) { :oak :beside+ ?y }", [["2"]]),
    "OPTIONAL": ("SELECT ?x ?v { ?x :beside :elm OPTIONAL { ?x :age ?v } } ORDER BY ?x", [["ash", ""], ["oak", "5"]]),
    "UNION": ("SELECT ?v { { :oak :age ?v } UNION { :elm :age ?v } } ORDER BY ?v", [["5"], ["7"]]),
    "MINUS": ("SELECT ?x { ?x :age ?v MINUS { ?x :beside :ash } }", [["elm"]]),
    "EXISTS": ("SELECT ?x { ?x :age ?v FILTER EXISTS { ?x :beside :ash } }", [["oak"]]),
    "a count inside": ("SELECT ?n { { SELECT (COUNT(*) AS ?n) { ?x :age ?v } } }", [["2"]]),
    "a count inside EXISTS": (
        "SELECT ?x { VALUES ?x { 1 } FILTER EXISTS { SELECT (COUNT(*) AS ?n) { ?y :age 5 } HAVING(COUNT(*) = 1) } }",
        [["1"]],
    ),
    "DISTINCT": ("SELECT DISTINCT ?v { ?x :age ?v } ORDER BY ?v", [["5"], ["7"]]),
    "blank nodes of two graphs": ("SELECT (COUNT(*) AS ?n) { ?s :of :oak }", [["2"]]),
    "GRAPH sees each graph": ("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?x :age ?v } }", [["3"]]),
    "one graph": ("SELECT (COUNT(*) AS ?n) { GRAPH :one { ?x :age ?v } }", [["1"]]),
    "FROM": ("SELECT (COUNT(*) AS ?n) FROM :one FROM :two { ?x :age ?v }", [["2"]]),
    "FROM twice": ("SELECT (COUNT(*) AS ?n) FROM :one FROM :one { ?x :age ?v }", [["1"]]),
    "FROM NAMED": ("SELECT (COUNT(*) AS ?n) FROM NAMED :one FROM NAMED :two { GRAPH ?g { ?x :age ?v } }", [["3"]]),
    "FROM NAMED twice": (
        "SELECT (COUNT(*) AS ?n) FROM NAMED :one FROM NAMED :one { GRAPH ?g { ?x :age ?v } }",
        [["1"]],
    ),
    "FROM NAMED alone": ("SELECT (COUNT(*) AS ?n) FROM NAMED :one { ?x :age ?v }", [["0"]]),
}


def held() -> Store:
    """Return the data, whose two graphs have each a blank node of their own."""
    store = Store()
    for number, part in enumerate(DATA.replace("_:seed", "_:seed{0}").split("\n:")):
        text = part if number == 0 else f"@prefix : <http://example.org/> .\n:{part}"
        store.load(text.replace("{0}", str(number)).encode(), format=RdfFormat.TRIG)
    return store


def rows_of(store: EmbeddedStore | LimitedStore | RdflibStore, text: str) -> list[list[str]]:
    """Return the rows of an answer, IRIs by their last parts."""
    rows = store.select(PREFIX + text).rows
    return [["" if term is None else term.value.rpartition("/")[2] for term in row] for row in rows]


def on_disk(folder: Path) -> EmbeddedStore:
    made = Store(str(folder))
    made.bulk_extend(held())
    made.flush()
    del made
    return EmbeddedStore.read_only(folder)


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> dict[str, EmbeddedStore | RdflibStore]:
    return {
        "memory": EmbeddedStore.of(held()),
        "disk": on_disk(tmp_path_factory.mktemp("disk") / "store"),
        "rdflib": RdflibStore.of(held()),
    }


# What the reference engine does otherwise: it takes FROM NAMED alone for no data set clause.
OTHERWISE = {("rdflib", "FROM NAMED alone")}


@pytest.mark.parametrize("name", QUERIES)
@pytest.mark.parametrize("engine", ["memory", "disk", "rdflib"])
def test_a_statement_of_several_graphs_counts_once(
    stores: dict[str, EmbeddedStore | RdflibStore], engine: str, name: str
) -> None:
    text, expected = QUERIES[name]
    assert rows_of(stores[engine], text) == expected
    assert rows_of(stores[engine], text) == expected, "asked again"
    assert rows_of(stores[engine], text) == expected, "and again"


def test_a_process_of_its_own_counts_alike(tmp_path: Path) -> None:
    for store in (EmbeddedStore.of(held()), on_disk(tmp_path / "store")):
        limited = LimitedStore(store, timeout=60)
        assert rows_of(limited, QUERIES["SUM"][0]) == [["12"]]
        assert len(limited.construct(f"{PREFIX} DESCRIBE :elm")) == 1
        limited.close()


def test_described_statements_come_once() -> None:
    assert len(EmbeddedStore.of(held()).construct(f"{PREFIX} DESCRIBE :elm")) == 1


def test_files_that_share_a_statement(tmp_path: Path) -> None:
    one, two = tmp_path / "one.ttl", tmp_path / "two.ttl"
    one.write_text("<http://example.org/oak> <http://example.org/age> 5 . _:t <http://example.org/of> 1 .")
    two.write_text(f"{one.read_text()} <http://example.org/elm> <http://example.org/age> 7 .")
    count = f"{PREFIX} SELECT (COUNT(*) AS ?n) (SUM(?v) AS ?s) {{ ?x :age ?v }}"
    trees = f"{PREFIX} SELECT (COUNT(*) AS ?n) {{ ?x :of ?v }}"
    for data in ([one, two], [one, one, two], tmp_path):
        graph = kg.open(data=data)
        assert [int(cell.value) for cell in graph.store.select(count).rows[0]] == [2, 12]  # type: ignore[union-attr]
        assert int(graph.store.select(trees).rows[0][0].value) == 2  # type: ignore[union-attr] # each file has its own


def test_a_dataset_of_a_program() -> None:
    dataset = rdflib.Dataset()
    for name in ("one", "two"):
        dataset.graph(rdflib.URIRef(f"http://example.org/{name}")).parse(
            data="<http://example.org/oak> <http://example.org/age> 5 .", format="turtle"
        )
    for source in (dataset, list(held()), held()):
        answer = kg.open(source).query(f"{PREFIX} SELECT ?v {{ :oak :age ?v }}")
        assert len(answer.rows) == 1


def test_two_loads_of_one_file_into_two_graphs(tmp_path: Path) -> None:
    file, target = tmp_path / "trees.ttl", tmp_path / "store"
    file.write_text("<http://example.org/oak> <http://example.org/age> 5 .")
    for name in ("one", "two"):
        load(LoadRequest((str(file),), target, graph=name, alone=True))
    answer = kg.open(target).query(f"{PREFIX} SELECT (COUNT(*) AS ?n) (SUM(?v) AS ?s) {{ ?x :age ?v }}")
    assert [int(cell.value) for cell in answer.rows[0]] == [1, 5]  # type: ignore[union-attr]


def test_a_store_that_is_written_to_is_looked_at_again() -> None:
    store = WritableEmbeddedStore.in_memory()
    line = b"<http://example.org/oak> <http://example.org/age> '5' ."
    count = "SELECT (COUNT(*) AS ?n) { ?x :age ?v }"
    store.load(parse(line, format=RdfFormat.TURTLE), "http://example.org/one")
    assert rows_of(store, count) == [["1"]]
    store.load(parse(line, format=RdfFormat.TURTLE), "http://example.org/two")
    assert rows_of(store, count) == [["1"]]
    store.update(f"{PREFIX} INSERT DATA {{ GRAPH :three {{ :elm :age 7 }} GRAPH :four {{ :elm :age 7 }} }}")
    assert rows_of(store, count) == [["2"]]


# --- no cost where nothing is shared ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["SUM", "OPTIONAL", "GROUP_CONCAT", "any property"])
def test_graphs_that_share_nothing_are_asked_as_before(name: str) -> None:
    store = Store()
    for quad in held():
        graph = NamedNode(f"http://example.org/of{quad.predicate.value.rpartition('/')[2]}")  # type: ignore[union-attr]
        store.add(type(quad)(quad.subject, quad.predicate, quad.object, graph))
    text = PREFIX + QUERIES[name][0]
    assert EmbeddedStore(store).rewritten(text) == text
    assert EmbeddedStore(held()).rewritten(text) != text


def test_only_patterns_with_a_shared_predicate_are_changed() -> None:
    text = f"{PREFIX} SELECT * {{ ?x :of ?y }}"
    assert EmbeddedStore(held()).rewritten(text) == text


def test_an_index_knows_that_its_graphs_share_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    apart = [quad for quad in held() if quad.graph_name == NamedNode("http://example.org/one")]
    EmbeddedStore.write(tmp_path / "apart", apart)
    EmbeddedStore.write(tmp_path / "shared", held())
    assert (tmp_path / "apart" / APART).exists()
    assert not (tmp_path / "shared" / APART).exists()
    monkeypatch.setattr(Overlaps, "_stands_twice", _never_asked)
    index = EmbeddedStore.read_only(tmp_path / "apart")
    assert rows_of(index, QUERIES["any property"][0]) == [["3"]]


def _never_asked(*_: object) -> bool:
    raise AssertionError("an index of graphs that share nothing was looked through")


def test_what_was_found_out_of_a_store_on_disk_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_cache: Callable[[], dict[str, bytes]]
) -> None:
    store = on_disk(tmp_path / "store")
    kept = record_cache()
    assert rows_of(store, QUERIES["SUM"][0]) == [["12"]]
    assert kept
    monkeypatch.setattr(Overlaps, "_stands_twice", _never_asked)
    assert rows_of(EmbeddedStore.read_only(tmp_path / "store"), QUERIES["SUM"][0]) == [["12"]]


@pytest.fixture
def record_cache(monkeypatch: pytest.MonkeyPatch) -> Callable[[], dict[str, bytes]]:
    """A cache in memory; the files of the test are too new for the one of the user."""

    def begin() -> dict[str, bytes]:
        kept: dict[str, bytes] = {}
        monkeypatch.setattr(overlaps.cache, "fingerprint", lambda _: "state")
        monkeypatch.setattr(overlaps.cache, "read", lambda kind, name: kept.get(kind + name))
        monkeypatch.setattr(overlaps.cache, "write", lambda kind, name, content: kept.__setitem__(kind + name, content))
        return kept

    return begin


@pytest.mark.parametrize("shared", [False, True])
def test_it_is_known_which_predicates_repeat(tmp_path: Path, *, shared: bool) -> None:
    """On disk and in memory, with graphs that no query can name, and with the default graph."""
    graphs = ["", "<http://example.org/g>", "_:g"]
    for one, other in [(0, 1), (1, 2), (0, 2), (2, 1)]:
        text = f"{graphs[one]} {{ <urn:a> <urn:p> 1 }} {graphs[other]} {{ <urn:a> <urn:p> {1 if shared else 2} }}"
        memory, disk = Store(), Store(str(tmp_path / f"{one}{other}"))
        for store in (memory, disk):
            store.load(text.encode(), format=RdfFormat.TRIG)
        assert Overlaps(memory, None).repeats("urn:p") is shared
        assert Overlaps(memory, None).repeats(None) is shared
        assert Overlaps(disk, tmp_path).repeats("urn:p") is shared
        assert not Overlaps(memory, None).repeats("urn:q")
        answer = EmbeddedStore(memory).query("SELECT ?o { ?s ?p ?o }")
        assert not isinstance(answer, (QueryBoolean, QuerySolutions, bool, list))
        assert len(answer) == (1 if shared else 2)
