from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import rdflib
from commandline import kg
from rdflib import RDF, RDFS, SH, URIRef
from rdflib.collection import Collection

from kg import sparql
from kg.core.resources import queries_dir
from kg.publishing.queries import query_iri, turtle
from kg.query.catalogue.catalogue import Catalogue, CatalogueQuery

if TYPE_CHECKING:
    from pathlib import Path

    from kg.graph.graph import Graph

CATALOGUE = tuple(Catalogue(queries_dir()))
SCHEMA = rdflib.Namespace("https://schema.org/")
CSVW = rdflib.Namespace("http://www.w3.org/ns/csvw#")
TARGET = "https://example.org/sparql"
# What the SIB asks of its own examples: one text, a comment with a language, an endpoint, and no misspelt keywords.
EXPECTED_OF_EXAMPLES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
<http://example.org/shape> a sh:NodeShape ; sh:targetClass sh:SPARQLExecutable ;
  sh:property [ sh:path [ sh:alternativePath ( sh:select sh:ask sh:construct ) ] ; sh:minCount 1 ; sh:maxCount 1 ] ,
    [ sh:path rdfs:comment ; sh:minCount 1 ; sh:datatype rdf:langString ] ,
    [ sh:path schema:target ; sh:minCount 1 ; sh:nodeKind sh:IRI ] ,
    [ sh:path schema:keyword ; sh:maxCount 0 ] .
"""


@pytest.fixture(scope="module")
def records() -> rdflib.Graph:
    return rdflib.Graph().parse(turtle(CATALOGUE, target=TARGET), format="turtle")


def subject(query: CatalogueQuery) -> URIRef:
    return URIRef(query_iri(query))


def test_each_query_is_one_record(records: rdflib.Graph) -> None:
    assert set(records.subjects(RDF.type, SH.SPARQLExecutable)) == set(map(subject, CATALOGUE))
    assert subject(Catalogue(queries_dir())["factors-at-stage"]) == URIRef(
        "https://w3id.org/motkg/query/stages/factors-at-stage"
    )


def test_the_records_are_what_the_sib_asks_of_examples(records: rdflib.Graph) -> None:
    import pyshacl

    shapes = rdflib.Graph().parse(data=EXPECTED_OF_EXAMPLES, format="turtle")
    conforms, _, report = pyshacl.validate(records, shacl_graph=shapes)
    assert conforms, report
    without = rdflib.Graph().parse(turtle(CATALOGUE[:3]), format="turtle")
    assert not pyshacl.validate(without, shacl_graph=shapes)[0]  # an endpoint is named only where there is one


@pytest.mark.parametrize("query", CATALOGUE, ids=lambda query: query.name)
def test_the_text_of_a_record_parses_and_answers_like_the_query(
    query: CatalogueQuery, records: rdflib.Graph, graph: Graph
) -> None:
    text = str(records.value(subject(query), SH.select))
    assert sparql.parse(text) == sparql.parse(query.text)
    assert not text.startswith("#+")
    assert graph.store.query(text) == graph.store.query(query.text)


@pytest.mark.parametrize("query", CATALOGUE, ids=lambda query: query.name)
def test_a_record_says_what_the_header_says(query: CatalogueQuery, records: rdflib.Graph) -> None:
    about = subject(query)
    assert records.value(about, RDFS.comment) == rdflib.Literal(query.summary, lang="en")
    assert {str(word) for word in records.objects(about, SCHEMA.keywords)} == {query.topic, *query.tags}
    schema = records.value(records.value(about, SCHEMA.result), CSVW.tableSchema)
    columns = Collection(records, records.value(schema, CSVW.column))
    assert [str(records.value(column, CSVW.name)) for column in columns] == list(query.columns)


def test_parameters_are_shacl_parameters_named_like_the_variable(records: rdflib.Graph) -> None:
    for query in CATALOGUE:
        found = list(records.objects(subject(query), SH.parameter))
        ordered = sorted(found, key=lambda each: records.value(each, SH.order))
        assert [str(records.value(each, SH.path)).rpartition("#")[2] for each in ordered] == list(query.parameters)
        assert all((each, RDF.type, SH.Parameter) in records for each in found)
    stage = URIRef("https://w3id.org/motkg/query/stages/factors-at-stage#parameter-stage")
    assert records.value(stage, SH["class"]) == URIRef("https://w3id.org/motkg/ontology/Stage")
    assert records.value(stage, SH.defaultValue) == URIRef("https://w3id.org/motkg/concept/stage/commercialization")
    assert records.value(stage, SH.optional) == rdflib.Literal(True)  # noqa: FBT003 - a literal of the graph
    level = URIRef("https://w3id.org/motkg/query/correlations/multiple-testing#parameter-level")
    assert (records.value(level, SH.minInclusive), records.value(level, SH.maxInclusive)) == tuple(
        rdflib.Literal(text, datatype=rdflib.XSD.decimal) for text in "01"
    )
    language = URIRef("https://w3id.org/motkg/query/stages/factors-at-stage#parameter-language")
    assert list(map(str, Collection(records, records.value(language, SH["in"])))) == ["en", "ja"]


def test_a_parameter_is_a_shape_that_takes_what_the_command_takes(records: rdflib.Graph, graph: Graph) -> None:
    import pyshacl

    stage = URIRef("https://w3id.org/motkg/query/stages/factors-at-stage#parameter-stage")
    data = rdflib.Graph()
    for quad in graph.store.quads():
        if "/concept/" in quad.subject.value and quad.predicate.value.endswith(("#type", "#inScheme")):
            data.add((URIRef(quad.subject.value), URIRef(quad.predicate.value), URIRef(quad.object.value)))
    call = URIRef("http://example.org/call")
    for value, taken in [("stage/commercialization", True), ("specialist/venture-capital", False)]:
        shapes = rdflib.Graph()
        for triple in records:
            if str(triple[0]).startswith(str(stage)):
                shapes.add(triple)
        shapes.add((stage, SH.targetNode, call))
        data.set((call, records.value(stage, SH.path), URIRef(f"https://w3id.org/motkg/concept/{value}")))
        assert pyshacl.validate(data, shacl_graph=shapes)[0] is taken


def test_equal_catalogues_give_equal_files() -> None:
    assert turtle(CATALOGUE) == turtle(tuple(reversed(CATALOGUE)))


def test_under_another_base_nothing_is_left_of_ours() -> None:
    text = turtle(CATALOGUE, "https://example.org/mot/").decode()
    assert "w3id.org/motkg" not in text
    assert "https://example.org/mot/query/stages/factors-at-stage" in text


def test_the_command_writes_the_records(tmp_path: Path, records: rdflib.Graph) -> None:
    target = tmp_path / "queries.ttl"
    assert kg("export", "--queries", "--target", TARGET, "-o", target).returncode == 0
    assert len(rdflib.Graph().parse(target)) == len(records)
    refused = kg("export", "--queries", "--only", "kirihata-mot")
    assert refused.returncode == 2
    assert "--queries writes all queries" in refused.stderr
