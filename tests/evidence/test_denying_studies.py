"""Studies that deny or affirm what shipped claims say, made for every support that rests on a claim."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import pytest
from nightly import sample
from pyoxigraph import Literal, NamedNode, Quad

from kg.core.resources import rule_layers
from kg.core.terms import ANOMALIES, CLOSURE, DERIVED, expand, term
from kg.reason.rules import apply_rules

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyoxigraph import Triple

STUDY = "https://w3id.org/motkg/id/denying-study/"
OF_THE_SPEAKER = {
    *map(term, ("polarity", "advancedBy", "reportedBy", "statedAt", "supportedBy", "contradictedBy", "hasReading")),
    *map(term, ("premise", "restsOnEvent", "restsOnStudy", "speechAct", "quantifier", "modality")),
    *map(expand, ("cito:containsAssertionFrom", "cito:citesAsEvidence", "cito:disagreesWith", "cito:agreesWith")),
}
DENIED, AFFIRMED = expand("polarity:denied"), expand("polarity:affirmed")


class Shipped(NamedTuple):
    """What the rules of grading are applied to, and what they then say of supports."""

    given: list[Quad]
    claims: dict[str, set[NamedNode]]
    ranks: dict[str, int]


def ranks_and_claims(given: Iterable[Quad]) -> tuple[dict[str, int], dict[str, set[NamedNode]], dict[str, set[str]]]:
    """The rank of the grade of each support, the claims that it rests on, and what speaks against it."""
    given = list(given)
    derived = apply_rules(given, rule_layers())
    notation = {
        quad.subject: int(quad.object.value)
        for quad in given
        if quad.predicate == expand("skos:notation") and "/evidence-grade/" in str(quad.subject)
    }
    voiced = {quad.subject for quad in given if quad.predicate == term("advancedBy")}
    ranks, claims, against = {}, defaultdict(set), defaultdict(set)
    supports: list[Triple] = [triple for triple in derived if "/derived/support/" in str(triple.subject)]
    for triple in supports:
        name = triple.subject.value.partition("/derived/support/")[2]
        if triple.predicate == term("evidenceGrade"):
            assert name not in ranks, "one grade each"
            ranks[name] = notation[triple.object]
        elif triple.predicate == expand("prov:wasDerivedFrom") and triple.object in voiced:
            claims[name].add(triple.object)
        elif triple.predicate == term("counterEvidence"):
            against[name].add(triple.object.value)
    return ranks, claims, against


@pytest.fixture(scope="module")
def stated(graph_statements: list[Quad]) -> Shipped:
    ranks, claims, _ = ranks_and_claims(graph_statements)
    return Shipped(graph_statements, claims, ranks)


@pytest.fixture(scope="module")
def graph_statements() -> list[Quad]:
    """The statements of the shipped documents with statistics and anomalies, without what rules and axioms derive."""
    from kg.core.resources import shipped_documents
    from kg.pipeline.building import state

    rules = {"CausalLink", "GradedSupport", "ReferralChannel"}
    whole = state(shipped_documents()).quads
    made = {quad.subject for quad in whole if getattr(quad.object, "value", "").rpartition("/")[2] in rules}
    computed = {quad.subject for quad in whole if quad.predicate == term("statisticValue")}
    return [
        quad
        for quad in whole
        if quad.graph_name not in {DERIVED, CLOSURE} or (quad.subject in computed and quad.subject not in made)
    ]


def study(given: Iterable[Quad], claims: Iterable[NamedNode], *, denies: bool) -> list[Quad]:
    """A study that says of each claim the contrary, or the same, in another voice: the same things at the same stages."""
    wanted = set(claims)
    polarity = {quad.subject: quad.object for quad in given if quad.predicate == term("polarity")}
    made = [
        Quad(said(quad.subject), quad.predicate, quad.object)
        for quad in given
        if quad.subject in wanted and quad.predicate not in OF_THE_SPEAKER
    ]
    for claim in wanted:
        own = polarity.get(claim, AFFIRMED)
        other = AFFIRMED if own == DENIED else DENIED
        made += [
            Quad(said(claim), term("polarity"), other if denies else own),
            Quad(said(claim), term("advancedBy"), NamedNode(f"{STUDY}person/nay")),
            Quad(said(claim), expand("rdfs:label"), Literal("said again", language="en")),
        ]
    return made


def said(claim: NamedNode) -> NamedNode:
    return NamedNode(STUDY + claim.value.partition("/id/")[2])


def test_a_study_that_denies_shipped_claims_lowers_every_support_derived_from_them(stated: Shipped) -> None:
    wanted = {claim for claims in stated.claims.values() for claim in claims}
    assert len(stated.claims) > 50
    ranks, _, against = ranks_and_claims([*stated.given, *study(stated.given, wanted, denies=True)])
    assert {name for name in stated.claims if ranks[name] >= stated.ranks[name]} == set()
    hidden = {name: {said(claim).value for claim in stated.claims[name]} - against[name] for name in stated.claims}
    assert {name: iris for name, iris in hidden.items() if iris} == {}
    raised = {name for name in ranks if ranks[name] > stated.ranks.get(name, 9)}
    assert raised == set()


def test_the_denial_of_one_support_lowers_it_and_raises_none(stated: Shipped) -> None:
    for name in sample(sorted(stated.claims), 2):
        ranks, _, _ = ranks_and_claims([*stated.given, *study(stated.given, stated.claims[name], denies=True)])
        assert ranks[name] < stated.ranks[name], name
        assert {other for other, rank in stated.ranks.items() if ranks[other] > rank} == set()


def test_a_study_that_affirms_shipped_claims_lowers_no_support(stated: Shipped) -> None:
    wanted = {claim for claims in stated.claims.values() for claim in claims}
    ranks, claims, _ = ranks_and_claims([*stated.given, *study(stated.given, wanted, denies=False)])
    assert {name for name, rank in stated.ranks.items() if ranks[name] < rank} == set()
    assert all(len(claims[name]) == 2 * len(stated.claims[name]) for name in stated.claims)
    assert ANOMALIES in {quad.graph_name for quad in stated.given}, "the shipped grades rest on doubts, too"
