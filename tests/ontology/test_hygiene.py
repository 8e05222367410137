"""No pitfall that a query can find is in the ontology, and each query finds its pitfall when it is there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import QuerySolutions, Store

from kg.core.resources import ontology_dir
from kg.core.terms import prefixes

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyoxigraph import Quad

QUERIES = {path.stem: path.read_text(encoding="utf-8") for path in sorted((ontology_dir() / "hygiene").glob("*.rq"))}
HEADER = re.compile(r"# pitfall: .+\n# why: .+\n# do: .+\n")
OWN = "rdfs:isDefinedBy <https://w3id.org/motkg/ontology>"
DESCRIBED = f'rdfs:label "workshop"@en , "研究会"@ja ; skos:definition "A thing that only this test knows."@en ; {OWN}'

# One planted fault for each query: an update that makes a copy of the ontology fall into the pitfall.
FAULTS = {
    "ambiguous-namespace": "INSERT DATA { <https://w3id.org/motkg/Firm> a owl:Class ; rdfs:isDefinedBy <https://w3id.org/motkg/ontology> }",
    "blank-node": "INSERT DATA { [] skos:prefLabel 'nobody'@en }",
    "chain-of-one": "INSERT DATA { motkg:alliedWith owl:propertyChainAxiom ( motkg:offers ) }",
    "concept-of-no-kind": "DELETE DATA { practice:market-needs a motkg:ManagementPractice }",
    "cycle": "INSERT DATA { stage:commercialization motkg:precedes stage:basic-research }",
    "existence-or-cardinality": "INSERT DATA { motkg:allianceForm a owl:FunctionalProperty }",
    "file-extension": "INSERT DATA { motkg:Firm rdfs:isDefinedBy <https://w3id.org/motkg/ontology.ttl> }",
    "hijacking": "INSERT DATA { foaf:Agent owl:disjointWith skos:Concept }",
    "imported-vocabulary": "INSERT DATA { <https://w3id.org/motkg/ontology> owl:imports <http://www.w3.org/ns/prov-o#> }",
    "inverse-of-itself": "INSERT DATA { motkg:alliedWith owl:inverseOf motkg:alliedWith }",
    "inverse-of-symmetric": "INSERT DATA { motkg:partnerOf owl:inverseOf motkg:alliedWith }",
    "is-relation": "INSERT DATA { motkg:isA a owl:ObjectProperty }",
    "merged-concepts": "INSERT DATA { motkg:Firm rdfs:label 'firm and farm'@en }",
    "miscellaneous-class": "INSERT DATA { motkg:OtherOrganization a owl:Class }",
    "missing-annotation": "DELETE DATA { motkg:Firm rdfs:label '企業'@ja }",
    "missing-disjointness": "INSERT DATA { motkg:Lonely a owl:Class }",
    "misused-annotation": "INSERT DATA { motkg:Firm rdfs:label 'A company that carries on business under whatever name it has.'@en }",
    "naming": "INSERT DATA { motkg:small_firm a owl:Class }",
    "no-licence": "DELETE WHERE { <https://w3id.org/motkg/ontology> dcterms:license ?licence }",
    "no-ontology-declaration": "DELETE WHERE { ?ontology a owl:Ontology }",
    "open-ended-property": "DELETE WHERE { motkg:about skos:scopeNote ?note }",
    "pointless-inverse": "INSERT DATA { motkg:participatesIn owl:inverseOf motkg:participant }",
    "recursive-definition": "INSERT DATA { motkg:SmallFirm skos:definition 'Any small firm.'@en }",
    "same-label": "INSERT DATA { motkg:LargeFirm rdfs:label 'Firm'@en }",
    "several-domains-or-ranges": "INSERT DATA { motkg:offers rdfs:domain motkg:Region }",
    "synonyms-as-classes": "INSERT DATA { motkg:Enterprise owl:equivalentClass motkg:Firm }",
    "term-of-two-kinds": "INSERT DATA { motkg:offers a owl:DatatypeProperty }",
    "unconnected-class": "INSERT DATA { motkg:Lonely a owl:Class }",
    "unconnected-property": "INSERT DATA { motkg:lonely a owl:ObjectProperty }",
    "undeclared-equivalent-classes": "INSERT DATA { motkg:LargeFirm skos:altLabel 'firm'@en }",
    "undeclared-equivalent-properties": "INSERT DATA { motkg:fileTitle rdfs:label 'file name'@en ; rdfs:range xsd:string }",
    "undeclared-term": "INSERT DATA { motkg:Firm rdfs:seeAlso motkg:Frim }",
    "untyped-class": "INSERT DATA { motkg:offers rdfs:range <http://purl.org/goodrelations/v1#Offering> }",
    "untyped-property": "INSERT DATA { stage:basic-research skos:historyNote 'once called pure research'@en }",
    "wrong-equivalent-classes": "INSERT DATA { motkg:SmallFirm owl:equivalentClass motkg:Firm }",
    "wrong-equivalent-properties": "INSERT DATA { motkg:participation owl:equivalentProperty motkg:participant }",
    "wrong-inverse": "INSERT DATA { motkg:participation owl:inverseOf motkg:participant }",
    "wrong-order-property": "INSERT DATA { motkg:precedes a owl:SymmetricProperty }",
    "wrong-symmetric-property": "INSERT DATA { motkg:participation a owl:SymmetricProperty }",
    "wrong-transitive-property": "INSERT DATA { motkg:participation a owl:TransitiveProperty }",
}


def rows(store: Store, name: str) -> list[str]:
    found = store.query(QUERIES[name])
    assert isinstance(found, QuerySolutions)
    return [" ".join(str(value) for value in row) for row in found]


def test_every_query_has_a_planted_fault_and_every_fault_a_query() -> None:
    assert set(FAULTS) == set(QUERIES)


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_says_which_pitfall_it_finds_why_it_is_one_and_what_to_do(name: str) -> None:
    assert HEADER.match(QUERIES[name])


@pytest.mark.parametrize("name", QUERIES)
def test_the_ontology_is_free_of(
    name: str, ontology_triples: list[Quad], store_of: Callable[[list[Quad]], Store]
) -> None:
    assert rows(store_of(ontology_triples), name) == []


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_found_by(
    name: str, ontology_triples: list[Quad], store_of: Callable[[list[Quad]], Store]
) -> None:
    store = store_of(ontology_triples)
    before = len(store)
    store.update("".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in prefixes().items()) + FAULTS[name])
    assert len(store) != before, "the fault was not planted"
    assert rows(store, name) != []


def test_a_term_that_is_well_described_and_well_placed_is_no_pitfall(
    ontology_triples: list[Quad],
    store_of: Callable[[list[Quad]], Store],
) -> None:
    store = store_of(ontology_triples)
    prologue = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in prefixes().items())
    store.update(
        f"{prologue} INSERT DATA {{ motkg:Workshop a owl:Class ; rdfs:subClassOf motkg:MatchmakingEvent ; {DESCRIBED} }}"
    )
    assert {name: found for name in QUERIES if (found := rows(store, name))} == {}
