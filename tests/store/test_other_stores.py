"""Parameters, explanations and the command, on every store alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from commandline import kg

from kg.graph.graph import Graph

if TYPE_CHECKING:
    from kg.store.protocol import QuadStore

    Stores = tuple[QuadStore, QuadStore]

STORES = ["oxigraphs", "rdflibs", pytest.param("fusekis", marks=pytest.mark.java)]


@pytest.fixture
def held(request: pytest.FixtureRequest) -> Graph:
    stores: Stores = request.getfixturevalue(request.param)
    return Graph(stores[0])


@pytest.mark.parametrize("held", STORES, indirect=True)
def test_parameters_mean_the_same(held: Graph) -> None:
    assert held.questions.factors_at_stage(stage="基礎研究")[0]["share"] == 45
    assert held.questions.search_space(n=10, m=20, gatekeepers_a=4, gatekeepers_b=5)[0]
    assert held.questions.works_of_author(author="J. Peter Killing")[0]["issued"] == "1982"


@pytest.mark.parametrize("held", STORES, indirect=True)
def test_an_empty_answer_is_explained(held: Graph) -> None:
    reasons = held.query("SELECT ?x { ?x a motkg:Stagee }").why_empty()
    assert any("motkg:Stage" in str(reason).replace("motkg:Stagee", "") for reason in reasons)


@pytest.mark.parametrize("held", STORES, indirect=True)
def test_labels_stand_beside_things(held: Graph) -> None:
    html = held.query("SELECT ?x { ?x a motkg:Stage ; skos:prefLabel '事業化'@ja }")._repr_html_()
    assert "commercialization <code>stage:commercialization</code>" in html


def answered(*arguments: str) -> str:
    ran = kg("query", "factors-at-stage", "--stage", "事業化", "-f", "csv", *arguments)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_the_command_asks_rdflib() -> None:
    answer = answered("--store", "rdflib")
    assert answer.splitlines()[1] == "1,human resources,53,40,Kirihata on MOT and the valley of death"
    assert answer == answered()


@pytest.mark.java
def test_the_command_asks_an_endpoint(fuseki: str, fusekis: Stores) -> None:
    assert len(fusekis[0]) > 0
    answer = answered("--endpoint", f"{fuseki}/shipped")
    assert answer.replace(".0,", ",") == answered()  # TDB2 writes 53 as 53.0
