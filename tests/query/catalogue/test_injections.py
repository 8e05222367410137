"""No value of a parameter can become anything but that value: a corpus of attempts goes through every parameter of every query."""

from __future__ import annotations

import json
import re
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from nightly import NIGHTLY, sample
from pyoxigraph import Literal

from kg import sparql
from kg.core.errors import QueryError
from kg.core.resources import queries_dir
from kg.graph.graph import Graph
from kg.query.catalogue.binding import bind_parameters
from kg.query.catalogue.catalogue import Catalogue, CatalogueQuery, read_query
from kg.store.embedded.store import EmbeddedStore
from kg.store.memory_rdflib import RdflibStore
from kg.store.protocol import Solutions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyoxigraph import Quad

    from kg.store.protocol import Answer, QuadStore

LINE = re.compile(r'(?:(\d+) \* )?(".*")')
NO_CHARACTER = re.compile("[\x00\ud800-\udfff\ufffe\uffff]")
REFUSED = re.compile(r"nothing is called|is the name of several things|is an? |is no xsd:|does not take")
XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"


def corpus() -> list[str]:
    lines = (Path(__file__).parent / "injections.txt").read_text(encoding="utf-8").splitlines()
    found = [LINE.fullmatch(line) for line in lines if line and not line.startswith("#")]
    assert all(found)
    return [json.loads(match[2]) * int(match[1] or 1) for match in found if match]


CORPUS = corpus()
TEXTS = [text for text in CORPUS if not NO_CHARACTER.search(text)]
WITH_PARAMETERS = [query for query in Catalogue(queries_dir()) if query.parameters]
ASKED = sample(WITH_PARAMETERS, 12, attrgetter("topic"))


class Recorder:
    """A store that remembers what it was asked, and its answers."""

    def __init__(self, store: QuadStore) -> None:
        self.store = store
        self.asked: list[str] = []
        self.answers: dict[str, Answer] = {}

    def query(self, text: str) -> Answer:
        self.asked.append(text)
        if text not in self.answers:
            self.answers[text] = self.store.query(text)
        return self.answers[text]

    def quads(self) -> Iterable[Quad]:
        return self.store.quads()

    def __len__(self) -> int:
        return len(self.store)


@pytest.fixture(scope="module")
def recorder(graph: Graph) -> Recorder:
    return Recorder(graph.store)


def without_data(tree: sparql.Query, name: str) -> sparql.Query:
    """Gives a query in which the block of one variable has no rows."""

    def emptied(node: sparql.Node) -> sparql.Node:
        own = isinstance(node, sparql.Values) and [variable.name for variable in node.variables] == [name]
        return sparql.replace(node, rows=()) if own else node

    return sparql.transform(tree, emptied)


def data(tree: sparql.Query, name: str) -> list[sparql.Row]:
    blocks = [
        node
        for node in sparql.walk(tree)
        if isinstance(node, sparql.Values) and [v.name for v in node.variables] == [name]
    ]
    return [row for block in blocks for row in block.rows]


def test_the_corpus_is_as_large_as_it_should_be() -> None:
    assert len(set(CORPUS)) == len(CORPUS) >= 100
    assert len(TEXTS) >= 90
    assert sum(len(query.parameters) for query in WITH_PARAMETERS) >= 30


@pytest.mark.slow
@pytest.mark.parametrize("query", ASKED, ids=attrgetter("name"))
def test_every_attempt_is_the_value_or_refused(query: CatalogueQuery, recorder: Recorder) -> None:
    """Every attempt on every query at night; else each on a third of some queries."""
    default = sparql.parse(query.text)
    attempts = CORPUS if NIGHTLY else CORPUS[ASKED.index(query) % 3 :: 3]
    names = {"commercialization", "concept/stage/commercialization"}  # with or without blanks around them
    attempts = [value for value in attempts if value.strip(" \t\u00a0\u3000") not in names]
    for parameter in query.parameters.values():
        free_text = parameter.datatype == "xsd:string" and not parameter.enumerate
        for value in attempts:
            if free_text and value in TEXTS:
                tree = sparql.parse(bind_parameters(query, {parameter.name: value}, recorder).text)
                (row,) = data(tree, parameter.name)
                assert row.values == (sparql.Literal(sparql.NOWHERE, value.strip(" \t\u00a0\u3000"), XSD_STRING, ""),)
                assert without_data(tree, parameter.name) == without_data(default, parameter.name)
            elif value != "*":  # which stands for all
                assert_refused(query, parameter.name, value, recorder)


def assert_refused(query: CatalogueQuery, name: str, value: str, recorder: Recorder) -> None:
    """Shows that a value is refused with a message and the query never reaches the store.

    A number as long as the ones of the corpus is a number: it passes where nothing limits it.
    """
    recorder.asked.clear()
    parameter = query.parameters[name]
    if parameter.datatype in {"xsd:integer", "xsd:decimal"} and re.fullmatch("9+", value) and parameter.maximum is None:
        assert (
            data(sparql.parse(bind_parameters(query, {name: value}, recorder).text), name)[0].values[0].value == value
        )
        return
    with pytest.raises(QueryError) as caught:
        Graph(recorder).answer(query.name, {name: value})
    message = str(caught.value)
    assert REFUSED.search(message)
    assert len(message) < 2000
    assert all(mark.isprintable() or mark == "\n" for mark in message)
    for text in recorder.asked:
        assert text in LOOK_UPS or is_look_up(sparql.parse(text)), text[:200]
        LOOK_UPS.add(text)


def is_look_up(tree: sparql.Query) -> bool:
    """Says whether a query only looks for things by their names and classes, in the store itself."""
    plain = isinstance(tree, sparql.SelectQuery) and sparql.selected(tree) <= {"thing", "label", "class", "broader"}
    return plain and not any(isinstance(node, (sparql.Service, sparql.DatasetClause)) for node in sparql.walk(tree))


LOOK_UPS: set[str] = set()

ECHO = """#+ summary: What was said
#+ parameters:
#+   said: {datatype: "xsd:string", description: what is said}
SELECT ?said ?same WHERE {
  VALUES ?said { "" }
  BIND(?said AS ?same)
}
"""


@pytest.mark.parametrize("store", [EmbeddedStore.of([]), RdflibStore.of([])], ids=["oxigraph", "rdflib"])
def test_engines_read_each_text_as_the_literal_it_is(store: QuadStore, tmp_path: Path) -> None:
    (tmp_path / "echoes").mkdir()
    (tmp_path / "echoes" / "echo.rq").write_text(ECHO, encoding="utf-8")
    query = read_query(tmp_path / "echoes" / "echo.rq")
    for value in TEXTS:
        answer = store.query(bind_parameters(query, {"said": value}, store).text)
        assert isinstance(answer, Solutions)
        typed = Literal(value.strip(" \t\u00a0\u3000"))  # blanks around a value are not part of it
        assert answer.rows == ((typed, typed),), value[:80]


def test_a_name_in_another_language_is_the_iri_and_nothing_else_changes(graph: Graph) -> None:
    iri = "https://w3id.org/motkg/concept/stage/basic-research"
    query = graph.catalogue["factors-at-stage"]
    tree = sparql.parse(bind_parameters(query, {"stage": "基礎研究"}, graph.store).text)
    assert data(tree, "stage") == [sparql.Row(sparql.NOWHERE, (sparql.Iri(sparql.NOWHERE, iri, ""),))]
    assert without_data(tree, "stage") == without_data(sparql.parse(query.text), "stage")
