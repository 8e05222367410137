"""The sparql engine gives the report of the columnar one, wherever the two can see the same literals."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from nightly import examples
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse
from shaclgraphs import NODES, PATHS, constraints, graph_of, triples

from kg.core.errors import LimitError, StoreError
from kg.core.resources import shape_files, shipped_documents
from kg.pipeline.building import state
from kg.shacl import Report, Shapes, load_shapes, read_shapes, validate
from kg.shacl.engine import validate_store
from kg.shacl.remote import MemoryServer

if TYPE_CHECKING:
    from collections.abc import Iterable

PREFIXES = """\
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix : <https://example.org/> .
"""


def quads(text: str) -> list[Quad]:
    return list(parse(PREFIXES + text, RdfFormat.TRIG))


def shapes(text: str) -> Shapes:
    return read_shapes(quads(text))


def server_of(data: Iterable[Quad]) -> MemoryServer:
    return MemoryServer(quad.triple for quad in data)


def keys(report: Report) -> Counter[object]:
    return Counter(result.key for result in report.results)


def told(report: Report) -> tuple[object, ...]:
    """Gives what the reports of two engines must agree on."""
    empty = {(target.shape, target.kind, target.term, target.known) for target in report.empty_targets}
    return keys(report), report.conforms, report.focus_nodes, empty


def in_a_store(data: list[Quad], some: Shapes) -> tuple[object, ...]:
    return told(validate_store(server_of(data), some))


def in_memory(data: list[Quad], some: Shapes) -> tuple[object, ...]:
    return told(validate(data, some, engine="columnar"))


@pytest.fixture(scope="module")
def shipped() -> Shapes:
    return load_shapes(shape_files())


@pytest.mark.slow
def test_the_shipped_graph_has_the_same_report_in_a_store(shipped: Shapes) -> None:
    data = state(shipped_documents()).quads
    assert in_a_store(data, shipped) == in_memory(data, shipped)


TRIPLES = triples([*NODES, '"many"^^xsd:integer'])
CONSTRAINTS = constraints(
    [
        "sh:minCount 2", "sh:maxCount 1", "sh:class :b", "sh:nodeKind sh:IRI", "sh:in ( :a 1 )", "sh:hasValue :a",
        "sh:uniqueLang true", "sh:minInclusive 2", "sh:datatype xsd:integer", 'sh:languageIn ( "en" )', "sh:equals :q",
        "sh:disjoint :q", "sh:lessThan :q", 'sh:pattern "^[x1]$"', "sh:not [ sh:class :b ]",
        "sh:or ( [ sh:class :b ] [ sh:nodeKind sh:Literal ] )", "sh:maxLength 1", "sh:node [ sh:closed true ]",
        "sh:xone ( [ sh:nodeKind sh:IRI ] [ sh:in ( :a ) ] )", "sh:property [ sh:path :q ; sh:minCount 1 ; sh:class :b ]",
        "sh:node [ sh:property [ sh:path :q ; sh:minCount 2 ; sh:maxCount 2 ] ]",
        "sh:qualifiedValueShape [ sh:nodeKind sh:IRI ] ; sh:qualifiedMinCount 1",
        """sh:sparql [ sh:select "SELECT $this ?value WHERE { $this <https://example.org/p> ?value FILTER isLiteral(?value) }" ]""",
    ],
)  # fmt: skip


@settings(max_examples=examples(150), deadline=None)
@given(TRIPLES, CONSTRAINTS, PATHS)
def test_both_engines_agree_on_any_graph(statements: list[tuple[str, str, str]], chosen: list[str], path: str) -> None:
    data = quads(graph_of(statements))
    some = shapes(f":S sh:targetNode :a ; sh:targetClass :c ; sh:path {path} ; {' ; '.join(chosen)} .")
    assert in_a_store(data, some) == in_memory(data, some)


QUERIES = {
    "any predicate of the focus node": "SELECT $this ?value WHERE { $this ?any ?value FILTER isLiteral(?value) }",
    "a predicate found in the data": "SELECT $this ?value WHERE { $this :q ?p . ?value ?p $this }",
    "any predicate of another node": "SELECT $this ?value WHERE { $this :p ?x . ?x ?any ?value FILTER NOT EXISTS { ?value ?other ?x } }",
    "a path of any length": "SELECT $this ?value WHERE { $this :p/rdfs:subClassOf* ?value . ?value :q+ ?y }",
    "a path that need not move": """SELECT $this ?value
        WHERE { $this :p ?value . OPTIONAL { ?value (:p|^:q)? ?y } FILTER (!BOUND(?y) || ?y = $this) }""",
    "a part that is counted": """SELECT $this ?value WHERE { FILTER (?n > 1)
        { SELECT $this ?value (COUNT(?y) AS ?n) WHERE { $this :p ?value . ?value ?any ?y } GROUP BY $this ?value } }""",
    "brackets": "SELECT $this ?value WHERE { $this :p [ :q ?value ] }",
    "everything but": "SELECT $this ?value WHERE { $this !(:p) ?value }",
}  # fmt: skip


@settings(max_examples=examples(40), deadline=None)
@given(TRIPLES)
@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_queries_of_shapes_see_all_that_they_can_use(query: str, statements: list[tuple[str, str, str]]) -> None:
    data = quads(graph_of(statements))
    prefixes = "PREFIX : <https://example.org/> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
    some = shapes(f':S sh:targetNode :a ; sh:targetClass :c ; sh:sparql [ sh:select """{prefixes}{query}""" ] .')
    assert in_a_store(data, some) == in_memory(data, some)


@pytest.mark.parametrize(
    "text",
    [
        ":S sh:targetClass :C ; sh:node [ sh:property [ sh:path :p ; sh:minCount 7 ] ] .",
        ":S sh:targetClass :C ; sh:path :p ; sh:datatype xsd:base64Binary .",
        """:S sh:targetClass :C ; sh:sparql [ sh:select "SELECT $this WHERE { $this a ?c } LIMIT 1" ] .""",
        """:S sh:targetClass :C ; sh:not [ sh:sparql [ sh:select "SELECT $this WHERE { $this a ?c }" ] ] .""",
        ":S sh:targetSubjectsOf :p ; sh:path [ sh:inversePath ( :p :q ) ] ; sh:maxCount 0 . :T sh:targetObjectsOf :p ; sh:closed true .",
        ":S sh:targetNode :a , 'x' , 7 ; sh:path [ sh:inversePath :p ] ; sh:minCount 1 .",
    ],
)
def test_whatever_the_shapes_hold_the_reports_are_the_same(text: str) -> None:
    data = quads(':a a :C ; :p "YQ==" , :b , "x" . :b a :D ; :p 1 ; :q :a , :b . :D rdfs:subClassOf :C .')
    assert in_a_store(data, shapes(text)) == in_memory(data, shapes(text))


class Answering(MemoryServer):
    """Answers as some servers do."""

    def __init__(self, data: list[Quad]) -> None:
        super().__init__(quad.triple for quad in data)
        self.asked: list[str] = []

    def construct(self, text: str) -> bytes:
        self.asked.append(text)
        return self.answer(super().construct(text))

    def answer(self, content: bytes) -> bytes:
        return content


MANY = [
    Quad(NamedNode(f"https://example.org/n{n}"), NamedNode("https://example.org/p"), Literal(n)) for n in range(3000)
]
MANY_SHAPES = ":S sh:targetSubjectsOf :p ; sh:path :p ; sh:maxInclusive 2000 ; sh:maxCount 1 ."


class CuttingOff(Answering):
    def answer(self, content: bytes) -> bytes:
        return b"".join(content.splitlines(keepends=True)[:70])


def test_a_server_that_cuts_off_without_a_word_is_asked_for_less_at_a_time() -> None:
    server = CuttingOff(MANY)
    report = validate_store(server, shapes(MANY_SHAPES))
    assert keys(report) == keys(validate(MANY, shapes(MANY_SHAPES)))
    assert len(report.results) == 999
    assert len(server.asked) > 3000 / 70


class Forgetting(Answering):
    def answer(self, content: bytes) -> bytes:
        return b"".join(line for line in content.splitlines(keepends=True) if b"/n17>" not in line)


def test_a_statement_that_is_counted_and_does_not_come_is_an_error_that_names_the_shape() -> None:
    with pytest.raises(
        StoreError,
        match=r"the targets of <https://example\.org/S> cannot be checked: .*3,000 statements are counted, and [0-9,]+ come",
    ):
        validate_store(Forgetting(MANY), shapes(MANY_SHAPES))


class Overlapping(Answering):
    def construct(self, text: str) -> bytes:
        return super().construct(
            text if "ORDER BY" in text else re.sub(r"OFFSET (\d+)", lambda found: f"OFFSET {int(found[1]) - 5}", text)
        )

    def answer(self, content: bytes) -> bytes:
        lines = content.splitlines(keepends=True)
        return b"".join(lines) if len(lines) <= 500 else b""


def test_answers_that_overlap_are_asked_for_in_order() -> None:
    server = Overlapping(MANY)
    assert keys(validate_store(server, shapes(MANY_SHAPES))) == keys(validate(MANY, shapes(MANY_SHAPES)))
    assert "ORDER BY" in server.asked[-1]


class Late(Answering):
    def answer(self, content: bytes) -> bytes:
        if b"/q>" in content:
            raise LimitError("no answer within 60 s")
        return content


def test_a_server_that_takes_too_long_is_an_error_that_names_the_constraint() -> None:
    text = ":S sh:targetClass :C ; sh:property :T . :T sh:path :p ; sh:lessThan :q ."
    with pytest.raises(
        LimitError,
        match=r"sh:LessThanConstraintComponent of <https://example\.org/T>.* cannot be checked: no answer within",
    ):
        validate_store(Late(quads(":a a :C ; :p 1 ; :q 2 .")), shapes(text))


class Relabelling(Answering):
    """Gives blank nodes new labels in each answer, as SPARQL allows."""

    def answer(self, content: bytes) -> bytes:
        found = dict.fromkeys(re.findall(rb"_:\w+", content))
        for number, label in enumerate(found):
            content = content.replace(label + b" ", b"_:x%d " % number)
        return content


def test_blank_nodes_whose_labels_change_from_answer_to_answer_come_in_one() -> None:
    data = quads(" ".join(f":n{n} a :C ; :p [ :q {n} ; :r [ :q {n % 3} ] ] ." for n in range(9)))
    properties = "[ sh:path ( :p :q ) ; sh:maxInclusive 4 ] , [ sh:path ( :p :r :q ) ; sh:in ( 0 1 ) ]"
    some = shapes(f":S sh:targetClass :C ; sh:property {properties} .")
    server = Relabelling(data)
    report = validate_store(server, some)
    assert keys(report) == keys(validate(data, some))
    assert len(report.results) == 4 + 3
    assert any("UNION" in text for text in server.asked)
