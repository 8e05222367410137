"""Every claim of the shipped documents is a proposition with a place, and few say no more than what they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from kg.graph.graph import Graph

CLAIMS = "?claim a motkg:Claim ; rdfs:label ?name FILTER(LANG(?name) = 'en')"


def names(graph: Graph, pattern: str) -> set[str]:
    """The names of the shipped claims for which a pattern holds."""
    return {str(row["name"]) for row in graph.query(f"SELECT DISTINCT ?claim ?name WHERE {{ {CLAIMS} {pattern} }}")}


@pytest.fixture(scope="module")
def generic(graph: Graph) -> set[str]:
    """The claims of which nothing but a topic is given."""
    return names(graph, "FILTER NOT EXISTS { ?claim motkg:relation ?relation }")


def test_no_claim_relates_a_thing_to_itself_or_to_its_synonym(graph: Graph) -> None:
    same = "?claim motkg:subject ?subject ; motkg:object ?object"
    assert names(graph, f"{same} FILTER(?subject = ?object)") == set()
    assert names(graph, f"{same} . ?subject skos:exactMatch|^skos:exactMatch ?object") == set()


@pytest.mark.parametrize("part", ["polarity", "modality", "statedAt", "advancedBy"])
def test_every_claim_has_what_makes_it_one(graph: Graph, part: str) -> None:
    assert names(graph, f"FILTER NOT EXISTS {{ ?claim motkg:{part} ?value }}") == set()


def test_generic_claims_are_few_and_each_says_why(graph: Graph, generic: set[str]) -> None:
    everything = len(names(graph, ""))
    assert everything > 384
    assert len(generic) < everything / 20
    assert (
        names(graph, "FILTER NOT EXISTS { ?claim motkg:relation ?r } FILTER NOT EXISTS { ?claim motkg:reason ?why }")
        == set()
    )


def test_every_claim_with_a_relation_has_what_it_relates(graph: Graph) -> None:
    related = "?claim motkg:relation ?relation FILTER NOT EXISTS { ?claim motkg:subject|motkg:object ?thing }"
    assert names(graph, related) == set()


def test_every_claim_of_the_page_that_reads_them_aloud_is_there_once(graph: Graph) -> None:
    from pathlib import Path

    page = (Path(__file__).parents[2] / "docs" / "reference" / "claims.md").read_text(encoding="utf-8")
    lines = [line for line in page.splitlines() if line.startswith("- ")]
    count = graph.query("SELECT (COUNT(DISTINCT ?claim) AS ?n) WHERE { ?claim a motkg:Claim ; motkg:statedAt ?span }")
    assert len(lines) == int(count[0]["n"])
