"""Which thing a name stands for."""

from __future__ import annotations

import pytest

import kg
from kg.core.errors import QueryError

STATEMENTS = """
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix : <https://example.org/> .
:stage skos:prefLabel "growth"@en, "成長"@ja ; skos:inScheme :stages .
:firm rdfs:label "\uff27rowth Partners" ; skos:altLabel "GP" .
<https://example.org/support/growth> rdfs:label "support in growth" .
<https://example.org/risk/growth> rdfs:label "risk of growth" .
:gp rdfs:label "a practitioner" .
:one rdfs:label "Twin" . :two rdfs:label "twin" . :three rdfs:label "double" . :four rdfs:label "Double" .
:concept skos:inScheme :stages ; rdfs:label "same" . :a rdfs:label "same" .
<https://example.org/vocabulary#Valley> rdfs:label "the valley of death" .
"""


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> kg.Graph:
    file = tmp_path_factory.mktemp("names") / "names.ttl"
    file.write_text(STATEMENTS, encoding="utf-8")
    return kg.open(data=[file])


@pytest.mark.parametrize(
    ("name", "thing"),
    [
        ("growth", "stage"),  # although two IRIs end in it
        ("成長", "stage"),
        ("growth partners", "firm"),  # case and width make no difference
        ("GP", "firm"),  # another label counts for more than the end of an IRI
        ("gp", "firm"),
        ("a practitioner", "gp"),
        ("risk/growth", "risk/growth"),
        ("Twin", "one"),  # case tells them apart
        ("twin", "two"),
        ("Valley", "vocabulary#Valley"),
        ("<https://example.org/nowhere>", "nowhere"),
        ("https://example.org/nowhere", "nowhere"),
    ],
)
def test_a_name_stands_for_the_thing_that_is_called_so(graph: kg.Graph, name: str, thing: str) -> None:
    assert graph.find(name) == f"https://example.org/{thing}"


def test_an_iri_of_any_scheme_stands_for_itself(graph: kg.Graph) -> None:
    assert graph.find("urn:isbn:1") == "urn:isbn:1"


def test_things_of_one_name_are_offered_one_a_line_with_concepts_first(graph: kg.Graph) -> None:
    with pytest.raises(QueryError) as told:
        graph.find("SAME")
    assert str(told.value).splitlines() == [
        "'SAME' is the name of several things",
        "say which:",
        "  <https://example.org/concept>",
        "  <https://example.org/a>",
    ]
    with pytest.raises(QueryError, match="is the name of several things"):
        graph.find("TWIN")


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("death valley", ("'the valley of death'",)),  # all words, in any order
        ("Partners", ("'\uff27rowth Partners'",)),
        ("a practicioner", ("'a practitioner'",)),
        ("xyz", ()),
    ],
)
def test_a_name_of_nothing_offers_the_names_that_hold_its_words(
    graph: kg.Graph, name: str, near: tuple[str, ...]
) -> None:
    with pytest.raises(QueryError, match="nothing in the graph is called") as told:
        graph.find(name)
    assert told.value.near == near


def test_a_thing_is_described_by_its_name(graph: kg.Graph) -> None:
    rows = graph.describe("growth partners").rows
    assert {row[2].value for row in rows if row[2] is not None} == {"\uff27rowth Partners", "GP"}  # type: ignore[union-attr]
    assert graph.describe("https://example.org/firm").rows == rows
    with pytest.raises(QueryError, match="nothing in the graph is called"):
        graph.describe("} ?x")
