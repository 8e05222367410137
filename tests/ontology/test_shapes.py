"""The shapes for the ontology itself hold, by our validator and by pySHACL, and each catches what it is there for."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import pyshacl
import pytest
from nightly import sample
from pyoxigraph import DefaultGraph, Quad, RdfFormat, Store, serialize
from rdflib import Graph

from kg.core.resources import ontology_dir
from kg.core.terms import prefixes
from kg.shacl import Shapes, load_shapes, validate

if TYPE_CHECKING:
    from collections.abc import Callable

SHAPE_FILE = ontology_dir() / "shapes" / "ontology.ttl"
PROLOGUE = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in prefixes().items())
OWN = "rdfs:isDefinedBy <https://w3id.org/motkg/ontology>"
FIRM = "DELETE WHERE { motkg:Firm skos:definition ?d } ;"
SALE = "DELETE WHERE { stage:commercialization skos:definition ?d } ;"
EMPTY = f"scheme:empty a skos:ConceptScheme ; {OWN} ; skos:prefLabel 'Empty'@en , '空'@ja ; skos:definition 'A scheme with nothing in it.'@en"
# What is done to a copy of the ontology, and the shape that must speak.
FAULTS = {
    "DELETE DATA { motkg:Firm rdfs:label '企業'@ja }": "OwnClass",
    "INSERT DATA { motkg:Firm rdfs:label 'company'@en }": "OwnClass",
    "DELETE DATA { motkg:Firm rdfs:label 'firm'@en } ; INSERT DATA { motkg:Firm rdfs:label 'Business Firm'@en }": "OwnClass",
    "INSERT DATA { motkg:firm_of_ours a owl:Class ; rdfs:label 'our firm'@en , '自社'@ja }": "OwnClass",
    "INSERT DATA { motkg:Supplies a owl:ObjectProperty ; rdfs:label 'supplies'@en , '供給する'@ja }": "OwnProperty",
    "DELETE DATA { motkg:offers rdfs:label 'offers'@en }": "OwnProperty",
    "DELETE WHERE { motkg:Firm skos:definition ?d }": "OwnTerm-definition",
    FIRM + "INSERT DATA { motkg:Firm skos:definition 'a company without a full stop'@en }": "OwnTerm-definition",
    "INSERT DATA { motkg:Firm rdfs:isDefinedBy foaf:Agent }": "OwnTerm-isDefinedBy",
    "INSERT DATA { motkg:offers rdfs:domain motkg:Region }": "OwnTerm-domain",
    "INSERT DATA { motkg:formation rdfs:range motkg:Region }": "OwnTerm-range",
    f"INSERT DATA {{ motkg:part {OWN} ; rdfs:label 'wanting part'@en ; skos:definition 'Gives the wanting part.'@en }}": "OntologyHeader",
    "DELETE WHERE { ?o dcterms:license ?l }": "OntologyHeader-license",
    "DELETE WHERE { ?o owl:versionIRI ?v }": "OntologyHeader-versionIRI",
    "DELETE { ?o dcterms:creator ?v } WHERE { ?o a owl:Ontology ; dcterms:creator ?v }": "OntologyHeader-creator",
    "DELETE { ?o dcterms:created ?v } WHERE { ?o a owl:Ontology ; dcterms:created ?v }": "OntologyHeader-created",
    "DELETE { ?o dcterms:issued ?v } WHERE { ?o a owl:Ontology ; dcterms:issued ?v }": "OntologyHeader-issued",
    "DELETE { ?o dcterms:modified ?v } WHERE { ?o a owl:Ontology ; dcterms:modified ?v }": "OntologyHeader-modified",
    "DELETE { ?o vann:preferredNamespacePrefix ?v } WHERE { ?o a owl:Ontology ; vann:preferredNamespacePrefix ?v }": "OntologyHeader-namespacePrefix",
    "DELETE { ?o vann:preferredNamespaceUri ?v } WHERE { ?o a owl:Ontology ; vann:preferredNamespaceUri ?v }": "OntologyHeader-namespaceUri",
    "DELETE { ?o bibo:status ?v } WHERE { ?o a owl:Ontology ; bibo:status ?v }": "OntologyHeader-status",
    "DELETE { ?o dcterms:bibliographicCitation ?v } WHERE { ?o a owl:Ontology ; dcterms:bibliographicCitation ?v }": "OntologyHeader-citation",
    "DELETE { ?o dcterms:title ?v } WHERE { ?o a owl:Ontology ; dcterms:title ?v }": "OntologyHeader-title",
    "DELETE { ?o dcterms:description ?v } WHERE { ?o a owl:Ontology ; dcterms:description ?v }": "OntologyHeader-description",
    "INSERT { ?o owl:versionInfo 'soon' } WHERE { ?o a owl:Ontology }": "OntologyHeader-versionInfo",
    "INSERT DATA { <https://w3id.org/motkg/ontology> rdfs:label 'second'@en }": "OntologyHeader-label",
    "DELETE DATA { stage:commercialization skos:prefLabel '事業化'@ja }": "PrefLabels",
    "INSERT DATA { stage:commercialization skos:prefLabel 'sale'@en }": "PrefLabels",
    "INSERT DATA { scheme:stage skos:prefLabel 'stages'@en }": "SchemeLabel",
    "DELETE WHERE { scheme:stage rdfs:isDefinedBy ?o }": "Scheme-isDefinedBy",
    f"INSERT DATA {{ {EMPTY} }}": "Scheme-member",
    "DELETE WHERE { stage:commercialization skos:definition ?d }": "Concept-definition",
    "DELETE WHERE { stage:commercialization skos:inScheme ?s }": "Concept-inScheme",
    "INSERT DATA { stage:commercialization skos:inScheme scheme:factor }": "Concept-inScheme",
    "INSERT DATA { stage:commercialization skos:altLabel 'commercialization'@en }": "Concept-altLabel",
    "INSERT DATA { stage:commercialization skos:hiddenLabel 'no language' }": "Concept-hiddenLabel",
    "INSERT DATA { stage:commercialization skos:notation 4 }": "Concept-notation",
    "INSERT DATA { stage:commercialization motkg:precedes motkg:Firm }": "Concept-broader",
    "INSERT DATA { stage:commercialization skos:prefLabel 'MarketEntry'@en }": "PrefLabels",
    "INSERT DATA { stage:sale a motkg:Stage ; skos:inScheme scheme:factor }": "Scheme",
    "DELETE DATA { stage:commercialization skos:prefLabel 'commercialization'@en } ;"
    "INSERT DATA { stage:commercialization skos:prefLabel 'basic research'@en }": "Scheme",
    "DELETE DATA { stage:commercialization skos:notation 3 } ; INSERT DATA { stage:commercialization skos:notation 2 }": "Scheme",
    "INSERT DATA { stage:commercialization motkg:precedes stage:basic-research }": "Scheme",
    SALE + "INSERT DATA { stage:commercialization skos:definition 'Commercialization.'@en }": "Scheme",
    "DELETE WHERE { cube:figure rdfs:label ?l }": "Structure-label",
    "DELETE WHERE { cube:figure rdfs:isDefinedBy ?o }": "Structure-isDefinedBy",
    "INSERT DATA { cube:figure qb:component cube:nothing }": "Structure-component",
    "INSERT DATA { <https://w3id.org/motkg/cube/figure/about> qb:dimension motkg:offers }": "Structure-dimension",
    "DELETE WHERE { <https://w3id.org/motkg/cube/figure/obsValue> qb:measure ?m }": "Structure-measure",
    "DELETE WHERE { <https://w3id.org/motkg/cube/figure/unitMeasure> qb:attribute ?a }": "Structure-unit",
}


@pytest.fixture(scope="module")
def shapes() -> Shapes:
    return load_shapes([SHAPE_FILE])


def spoken(quads: list[Quad], shapes: Shapes) -> set[str]:
    report = validate(quads, shapes)
    return {str(result.shape.value).rsplit("/", 1)[-1] for result in report.results}


def test_the_ontology_conforms(loaded_ontology: list[Quad], shapes: Shapes) -> None:
    assert [str(result) for result in validate(loaded_ontology, shapes).results] == []


@pytest.mark.parametrize("update", FAULTS)
def test_a_planted_fault_is_reported_by_its_shape(
    update: str,
    ontology_triples: list[Quad],
    shapes: Shapes,
    store_of: Callable[[list[Quad]], Store],
) -> None:
    store = store_of(ontology_triples)
    store.update(PROLOGUE + update)
    assert FAULTS[update] in spoken(list(store), shapes)


@pytest.mark.slow
def test_pyshacl_agrees_that_the_ontology_conforms(loaded_ontology: list[Quad]) -> None:
    """By every shape at night, else by some of them, of which the others are still parts."""
    shapes = Graph().parse(SHAPE_FILE)
    targets = sorted(
        shapes.query(f"{PROLOGUE}SELECT ?s ?p ?o {{ ?s ?p ?o FILTER(STRSTARTS(STR(?p), CONCAT(STR(sh:), 'target'))) }}")
    )
    assert len(targets) > 8
    for target in set(targets) - set(sample(targets, 4)):
        shapes.remove(target)
    buffer = BytesIO()
    serialize(
        (Quad(q.subject, q.predicate, q.object, DefaultGraph()) for q in loaded_ontology),
        buffer,
        format=RdfFormat.N_TRIPLES,
    )
    conforms, _, text = pyshacl.validate(
        Graph().parse(data=buffer.getvalue().decode("utf-8"), format="nt"),
        shacl_graph=shapes,
    )
    assert conforms, text
