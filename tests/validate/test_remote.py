"""The sparql engine gives the report of the columnar one, wherever the two can see the same literals."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Quad, RdfFormat, parse

from kg.errors import InputError
from kg.pipeline import shape_files, state
from kg.resources import shipped_documents
from kg.validate import Shapes, load_shapes, read_shapes, validate
from kg.validate.remote import Ask, ask_in_memory, validate_store

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


def asked(data: Iterable[Quad]) -> Ask:
    return ask_in_memory(quad.triple for quad in data)


def keys(report: object) -> Counter[object]:
    return Counter(result.key for result in report.results)  # type: ignore[attr-defined]


def same_reports(data: list[Quad], some: Shapes) -> None:
    here, there = validate(data, some, engine="columnar"), validate_store(asked(data), some)
    assert keys(there) == keys(here)
    assert (there.conforms, there.focus_nodes) == (here.conforms, here.focus_nodes)
    assert {(t.shape, t.kind, t.term, t.known) for t in there.empty_targets} == {
        (t.shape, t.kind, t.term, t.known) for t in here.empty_targets
    }


@pytest.fixture(scope="module")
def shipped() -> Shapes:
    return load_shapes(shape_files())


@pytest.mark.slow
def test_the_shipped_graph_has_the_same_report_in_a_store(shipped: Shapes) -> None:
    same_reports(state(shipped_documents()).quads, shipped)


NODES = st.sampled_from([":a", ":b", ":c", "1", "2", '"x"@en', '"y"@en', '"x"', '"many"^^xsd:integer'])
TRIPLES = st.lists(st.tuples(st.sampled_from([":a", ":b", ":c"]), st.sampled_from([":p", ":q", "rdfs:subClassOf"]), NODES), max_size=12)
CONSTRAINTS = st.lists(
    st.sampled_from(
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
    ),
    min_size=1, max_size=4, unique_by=lambda constraint: constraint.split()[0],
)  # fmt: skip
REPEATS = ("[ sh:zeroOrMorePath :p ]", "[ sh:oneOrMorePath :p ]", "[ sh:zeroOrOnePath :p ]")
PATHS = st.sampled_from([":p", "[ sh:inversePath :p ]", "( :p :q )", "[ sh:alternativePath ( :p :q ) ]", *REPEATS])


@settings(max_examples=150, deadline=None)
@given(TRIPLES, CONSTRAINTS, PATHS)
def test_both_engines_agree_on_any_graph(triples: list[tuple[str, str, str]], constraints: list[str], path: str) -> None:
    data = quads(":a a :b . :c a :c . " + " ".join(f"{s} {p} {o} ." for s, p, o in triples))
    some = shapes(f":S sh:targetNode :a ; sh:targetClass :c ; sh:path {path} ; {' ; '.join(constraints)} .")
    same_reports(data, some)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (":S sh:targetClass :C ; sh:node [ sh:property [ sh:path :p ; sh:minCount 7 ] ] .", "sh:MinCountConstraintComponent"),
        (":S sh:targetClass :C ; sh:path :p ; sh:datatype xsd:base64Binary .", "sh:DatatypeConstraintComponent"),
        (
            """:S sh:targetClass :C ; sh:sparql [ sh:select "SELECT $this WHERE { $this a ?c } LIMIT 1" ] .""",
            "sh:SPARQLConstraintComponent",
        ),
    ],
)
def test_what_has_no_form_in_sparql_is_an_error_that_names_the_constraint(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        validate_store(asked(quads(":a a :C .")), shapes(text))
