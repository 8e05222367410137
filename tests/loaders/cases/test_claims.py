"""Claims in case files: what goes without saying, and what the makers of a graph conclude themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyoxigraph import NamedNode

from kg.core.terms import ANOMALIES, READINGS, expand, term

if TYPE_CHECKING:
    from tests.loaders.conftest import Case

CLAIM = "https://w3id.org/motkg/id/paper/claim/a"


def values(case: Case, name: str, subject: str = CLAIM) -> set[tuple[str, str]]:
    """Return the values that a property of a claim has, each with the graph that states it."""
    return {
        (
            quad.object.value.rsplit("/", 2)[-2] + ":" + quad.object.value.rsplit("/", 1)[-1],
            quad.graph_name.value.rsplit("/", 1)[-1],
        )
        for quad in case.load().quads
        if quad.subject == NamedNode(subject) and quad.predicate == term(name)
    }


@pytest.mark.parametrize(
    ("kind", "relation"),
    [
        ("AssociationClaim", "associated-with"),
        ("ComparativeClaim", "exceeds"),
        ("DefinitionClaim", "defines"),
        ("Recommendation", "recommends"),
    ],
)
def test_a_relation_that_is_in_the_type_goes_without_saying(case: Case, kind: str, relation: str) -> None:
    case.write("claims.yaml", f"- {{id: claim/a, type: {kind}}}\n")
    assert values(case, "relation") == {(f"claim-relation:{relation}", "paper")}


@pytest.mark.parametrize("kind", ["CausalClaim", "DescriptiveClaim", "Claim"])
def test_which_way_a_cause_works_is_never_guessed(case: Case, kind: str) -> None:
    case.write("claims.yaml", f"- {{id: claim/a, type: {kind}}}\n")
    assert values(case, "relation") == set()


def test_of_two_types_neither_says_the_relation(case: Case) -> None:
    case.write("claims.yaml", "- {id: claim/a, type: [ComparativeClaim, Recommendation]}\n")
    assert values(case, "relation") == set()


def test_an_unmarked_claim_affirms_and_says_how_things_are(case: Case) -> None:
    case.write("claims.yaml", "- {id: claim/a, type: CausalClaim}\n- {id: org/b, type: Firm}\n")
    assert values(case, "polarity") == {("polarity:affirmed", "paper")}
    assert values(case, "modality") == {("modality:is", "paper")}
    assert values(case, "polarity", CLAIM.replace("claim/a", "org/b")) == set()


def test_what_is_concluded_is_said_of_the_claim_in_the_graph_of_readings_alone(case: Case) -> None:
    case.write(
        "claims.yaml",
        "- id: claim/a\n  type: Claim\n  readings:\n    - {agreesWith: claim/b, because: Both name the bank.}\n"
        "- {id: claim/b, type: Claim}\n",
    )
    quads = [quad for quad in case.load().quads if quad.graph_name == READINGS]
    reading = NamedNode(f"{CLAIM}/reading/b")
    claim, other = NamedNode(CLAIM), NamedNode(CLAIM.replace("claim/a", "claim/b"))
    assert {(quad.subject, quad.predicate, getattr(quad.object, "value", "")) for quad in quads} == {
        (claim, expand("cito:agreesWith"), other.value),
        (claim, term("hasReading"), reading.value),
        (reading, expand("rdf:type"), term("Reading").value),
        (reading, term("because"), "Both name the bank."),
        (reading, term("concludes"), other.value),
    }
    assert not [quad for quad in case.load().quads if quad.predicate == expand("cito:agreesWith") and quad not in quads]
    assert ANOMALIES != READINGS


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{agreesWith: claim/a}", "the reading gives no reason"),
        ("{because: So it is.}", "the reading concludes nothing"),
        ("claim/a", "a single value stands where 'readings' takes a reading"),
        ("{agreesWith: claim/none, because: So it is.}", "'claim/none' is not defined"),
        ("{agrees: claim/a, because: So it is.}", "unknown key 'agrees'"),
    ],
)
def test_a_faulty_reading_is_told_with_its_place(case: Case, text: str, message: str) -> None:
    case.write("claims.yaml", f"- id: claim/a\n  type: Claim\n  readings: {text}\n")
    (problem, *_) = case.problems()
    assert (problem.file, problem.line) == ("paper/claims.yaml", 3)
    assert problem.message == message
