"""The cubes are well formed: the integrity constraints of the RDF Data Cube Vocabulary (W3C, 2014, section 11.1), but for slices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyoxigraph import QueryBoolean, Store

from kg.core.terms import prefixes, term

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyoxigraph import Quad

PROLOGUE = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in prefixes().items())
# Each pattern matches what must not be. motkg:about has no range on purpose (constraint 4): OWL 2 RL has none that
# holds everything.
CONSTRAINTS = {
    "IC-1 every observation is in exactly one data set": """
        { ?obs a ?kind . ?kind rdfs:subClassOf* qb:Observation . FILTER NOT EXISTS { ?obs qb:dataSet ?one } }
        UNION { ?obs qb:dataSet ?one , ?two . FILTER (?one != ?two) }""",
    "IC-2 every data set has exactly one structure": """
        { ?set a qb:DataSet . FILTER NOT EXISTS { ?set qb:structure ?one } }
        UNION { ?set qb:structure ?one , ?two . FILTER (?one != ?two) }""",
    "IC-3 every structure has a measure": """
        ?dsd a qb:DataStructureDefinition . FILTER NOT EXISTS { ?dsd qb:component/qb:measure/a qb:MeasureProperty }""",
    "IC-4 every dimension has a range": """
        ?dimension a qb:DimensionProperty . FILTER (?dimension != motkg:about)
        FILTER NOT EXISTS { ?dimension rdfs:range ?range }""",
    "IC-5 every dimension whose values are concepts has a code list": """
        ?dimension a qb:DimensionProperty ; rdfs:range/rdfs:subClassOf* skos:Concept .
        FILTER NOT EXISTS { ?dimension qb:codeList ?list }""",
    "IC-6 only attributes are optional": """
        ?component qb:componentRequired false . FILTER NOT EXISTS { ?component qb:attribute ?attribute }""",
    "IC-11 every observation has a value for each dimension": """
        ?obs qb:dataSet/qb:structure/qb:component/qb:dimension ?dimension . FILTER NOT EXISTS { ?obs ?dimension ?value }""",
    "IC-13 every observation has a value for each required attribute": """
        ?obs qb:dataSet/qb:structure/qb:component ?component . ?component qb:componentRequired true ; qb:attribute ?attribute .
        FILTER NOT EXISTS { ?obs ?attribute ?value }""",
    "IC-14 every observation has a value for each measure": """
        ?obs qb:dataSet/qb:structure/qb:component/qb:measure ?measure . FILTER NOT EXISTS { ?obs ?measure ?value }""",
    "IC-19 every value comes from the code list": """
        ?obs qb:dataSet/qb:structure/qb:component/(qb:dimension|qb:attribute) ?property .
        ?property qb:codeList ?list . ?obs ?property ?value .
        FILTER NOT EXISTS { ?value skos:inScheme ?list } FILTER NOT EXISTS { ?list skos:member ?value }""",
}
FAULTS = {
    "IC-1 every observation is in exactly one data set": "INSERT DATA { <urn:o> a motkg:CountObservation }",
    "IC-2 every data set has exactly one structure": "INSERT DATA { <urn:set> a qb:DataSet }",
    "IC-3 every structure has a measure": "INSERT DATA { cube:empty a qb:DataStructureDefinition }",
    "IC-4 every dimension has a range": "INSERT DATA { motkg:offers a qb:DimensionProperty }",
    "IC-5 every dimension whose values are concepts has a code list": "DELETE WHERE { motkg:stage qb:codeList ?list }",
    "IC-6 only attributes are optional": "INSERT DATA { <https://w3id.org/motkg/cube/figure/about> qb:componentRequired false }",
    "IC-11 every observation has a value for each dimension": (
        "INSERT DATA { <urn:o> qb:dataSet <urn:s> . <urn:s> qb:structure cube:figure }"
    ),
    "IC-13 every observation has a value for each required attribute": (
        "INSERT DATA { <urn:o> qb:dataSet <urn:s> . <urn:s> qb:structure cube:figure }"
    ),
    "IC-14 every observation has a value for each measure": "INSERT DATA { <urn:o> qb:dataSet <urn:s> . <urn:s> qb:structure cube:range }",
    "IC-19 every value comes from the code list": (
        "INSERT DATA { <urn:o> qb:dataSet <urn:s> ; motkg:measure stage:commercialization . <urn:s> qb:structure cube:figure }"
    ),
}
OF_STRUCTURES = [name for name in CONSTRAINTS if int(name.split()[0][3:]) in range(3, 7)]


def broken(store: Store, name: str) -> bool:
    answer = store.query(f"{PROLOGUE} ASK {{ {CONSTRAINTS[name]} }}")
    assert isinstance(answer, QueryBoolean)
    return bool(answer)


@pytest.fixture(scope="module")
def everything(ontology_triples: list[Quad], case_quads: list[Quad]) -> list[Quad]:
    return [*ontology_triples, *case_quads]


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_the_shipped_cubes_satisfy(name: str, everything: list[Quad], store_of: Callable[[list[Quad]], Store]) -> None:
    store = store_of(everything)
    assert bool(store.query(f"{PROLOGUE} ASK {{ ?obs qb:dataSet/qb:structure/qb:component ?component }}"))
    assert not broken(store, name)


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_breaks(
    name: str, ontology_triples: list[Quad], store_of: Callable[[list[Quad]], Store]
) -> None:
    store = store_of(ontology_triples)
    store.update(PROLOGUE + FAULTS[name])
    assert broken(store, name)


def test_ic_12_no_two_observations_agree_in_all_dimensions(
    everything: list[Quad], store_of: Callable[[list[Quad]], Store]
) -> None:
    store = store_of(everything)
    dimensions: dict[str, list[str]] = {}
    for row in store.query(
        f"{PROLOGUE} SELECT ?set ?d WHERE {{ ?set qb:structure/qb:component/qb:dimension ?d }} ORDER BY ?set ?d"
    ):
        dimensions.setdefault(row["set"].value, []).append(row["d"].value)
    assert dimensions
    for data_set, properties in dimensions.items():
        names = " ".join(f"?v{i}" for i in range(len(properties)))
        pattern = " ".join(f"; <{iri}> ?v{i}" for i, iri in enumerate(properties))
        query = f"SELECT {names} WHERE {{ ?o qb:dataSet <{data_set}> {pattern} }} GROUP BY {names} HAVING (COUNT(DISTINCT ?o) > 1)"
        assert [str(row) for row in store.query(f"{PROLOGUE} {query}")] == [], data_set


@pytest.mark.parametrize(
    ("collection", "schemes", "not_asked"),
    [
        (
            "response-options",
            ["issue-scale", "severity-scale", "necessity-scale", "engagement-scale", "yes-no-scale"],
            set(),
        ),
        ("survey-items", ["practice", "counterpart", "specialist"], {"merchant-bank", "alliance-broker"}),
    ],
)
def test_a_code_list_over_several_schemes_holds_exactly_their_concepts_that_a_survey_asks_about(
    collection: str,
    schemes: list[str],
    not_asked: set[str],
    ontology_triples: list[Quad],
    store_of: Callable[[list[Quad]], Store],
) -> None:
    store = store_of(ontology_triples)
    listed = {
        row["c"].value for row in store.query(f"{PROLOGUE} SELECT ?c WHERE {{ cube:{collection} skos:member ?c }}")
    }
    values = " ".join(f"scheme:{scheme}" for scheme in schemes)
    held = {
        row["c"].value
        for row in store.query(f"{PROLOGUE} SELECT ?c WHERE {{ VALUES ?s {{ {values} }} ?c skos:inScheme ?s }}")
    }
    assert {concept.rpartition("/")[2] for concept in held - listed} == not_asked
    assert listed <= held


def test_a_figure_about_a_way_of_sourcing_names_it_by_the_narrower_property_too(case_quads: list[Quad]) -> None:
    """A query for sourcing arrangements finds figures and claims alike."""

    def arrangements(name: str) -> set[tuple[str, str]]:
        return {
            (str(quad.subject), str(quad.object))
            for quad in case_quads
            if quad.predicate == term(name)
            and "/observation/" in str(quad.subject)
            and str(quad.object).startswith(f"<{prefixes()['sourcing']}")
        }

    assert arrangements("about")
    assert arrangements("about") == arrangements("sourcingArrangement")
