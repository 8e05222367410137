"""What claims and figures say for and against a link: signs, states, denials, scopes, sources; and what supports make of it."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from kg.core.resources import ontology_dir, rule_layers
from kg.core.terms import BASE, RDF_TYPE, expand, term
from kg.loaders import load_ontology
from kg.reason.rules import apply_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

NEEDED = re.compile(
    "/concept/(claim-relation|condition-state|evidence-grade|criterion|stage)/|/alliance-factor/patience"
)
SCHEMES = [quad for quad in load_ontology(ontology_dir()).quads if NEEDED.search(quad.subject.value)]
MADE_UP = f"{BASE}concept/construct/made-up-"
ITEM = f"{BASE}concept/alliance-factor/patience"  # a success factor
CAUSE, SUCCESS, FAILURE, PLAIN = (MADE_UP + name for name in ("cause", "success", "failure", "plain"))
LACK, GROWTH, EXCESS = (MADE_UP + name for name in ("lack", "growth", "excess"))  # of the cause
NO_SUCCESS = MADE_UP + "no-success"
COMMERCIALIZATION, RESEARCH = (f"{BASE}concept/stage/{name}" for name in ("commercialization", "basic-research"))


@dataclass(frozen=True)
class Claim:
    """A claim of a made-up document: who says what of what."""

    subject: str = CAUSE
    relation: str = "promotes"
    object: str = SUCCESS
    kind: str = "CausalClaim"
    denied: bool = False
    modality: str = "is"
    speech_act: str = "asserts"
    quantifier: str = ""
    stages: tuple[str, ...] = ()
    voice: str = "author"
    document: str = "a"
    taken_from: str = ""
    cites: str = ""
    criterion: str = ""
    disagrees_with: int = -1
    contradicted: bool = False
    population: str = ""


def node(name: str) -> NamedNode:
    return NamedNode(f"https://example.org/{name}")


def ends(claim: Claim) -> tuple[str, str]:
    """The properties of case files for the subject and the object of a kind of claim."""
    return {"CausalClaim": ("cause", "effect"), "ComparativeClaim": ("favours", "disfavours")}.get(
        claim.kind, ("subject", "recommends" if claim.kind == "Recommendation" else "object")
    )


def stated(number: int, claim: Claim) -> Iterator[tuple[NamedNode, NamedNode, NamedNode | Literal]]:
    said, span, document = node(f"claim/{number}"), node(f"span/{number}"), node(f"document/{claim.document}")
    subject, value = ends(claim)
    yield said, RDF_TYPE, term(claim.kind)
    if claim.subject:
        yield said, term(subject), NamedNode(claim.subject)
    yield said, term(value), NamedNode(claim.object)
    yield said, term("relation"), expand(f"claim-relation:{claim.relation}")
    yield said, term("polarity"), expand(f"polarity:{'denied' if claim.denied else 'affirmed'}")
    yield said, term("modality"), expand(f"modality:{claim.modality}")
    yield said, term("speechAct"), expand(f"speech-act:{claim.speech_act}")
    yield said, term("advancedBy"), node(f"voice/{claim.voice}")
    yield said, term("statedAt"), span
    yield span, expand("oa:hasSource"), document
    yield document, expand("dcterms:creator"), node("voice/author")
    for stage in claim.stages:
        yield said, term("stage"), NamedNode(stage)
    for name, value_of, kind in (
        ("cito:containsAssertionFrom", claim.taken_from, "work"),
        ("cito:citesAsEvidence", claim.cites, "work"),
    ):
        if value_of:
            yield said, expand(name), node(f"{kind}/{value_of}")
    if claim.quantifier:
        yield said, term("quantifier"), expand(f"quantifier:{claim.quantifier}")
    if claim.population:
        yield said, term("ofPopulation"), node(f"population/{claim.population}")
    if claim.criterion:
        yield said, term("criterion"), expand(f"criterion:{claim.criterion}")
    if claim.disagrees_with >= 0:
        yield said, expand("cito:disagreesWith"), node(f"claim/{claim.disagrees_with}")
    if claim.contradicted:
        figure = node(f"figure/{number}")
        yield said, term("contradictedBy"), figure
        yield figure, expand("sdmx-measure:obsValue"), Literal(12)
        yield figure, term("statedAt"), span


def concepts() -> Iterator[Quad]:
    for iri in (CAUSE, SUCCESS, FAILURE, PLAIN, LACK, GROWTH, EXCESS, NO_SUCCESS):
        yield Quad(NamedNode(iri), expand("skos:inScheme"), expand("scheme:construct"))
        yield Quad(NamedNode(iri), expand("skos:prefLabel"), Literal(iri.rpartition("made-up-")[2], language="en"))
    for iri, valence in ((SUCCESS, 1), (FAILURE, -1)):
        yield Quad(NamedNode(iri), term("valence"), Literal(valence))
    for iri, thing, state in (
        (LACK, CAUSE, "absence"),
        (GROWTH, CAUSE, "growth"),
        (EXCESS, CAUSE, "excess"),
        (NO_SUCCESS, SUCCESS, "loss"),
    ):
        yield Quad(NamedNode(iri), term("stateOf"), NamedNode(thing))
        yield Quad(NamedNode(iri), term("state"), expand(f"condition-state:{state}"))


Derived = dict[NamedNode, dict[str, set[str]]]


def derived(*claims: Claim, more: tuple[Quad, ...] = ()) -> Derived:
    """What the rules derive from some claims, by subject and the last part of the property's name."""
    said = [Quad(*triple) for number, claim in enumerate(claims) for triple in stated(number, claim)]
    found: Derived = defaultdict(lambda: defaultdict(set))
    for triple in apply_rules([*SCHEMES, *concepts(), *said, *more], rule_layers()[1:]):
        value = triple.object.value
        found[triple.subject][triple.predicate.value.rpartition("/")[2]].add(value.removeprefix("https://example.org/"))
    return found


def link(made: Derived, subject: str, sign: int, value: str, stage: str = "") -> dict[str, set[str]] | None:
    """The one link of a sign between two things, at a stage or in general."""
    wanted = {"fromConcept": {subject}, "toConcept": {value}, "linkSign": {str(sign)}, "linkStage": {stage} - {""}}
    found = [
        said
        for node, said in made.items()
        if "/causal-link/" in node.value and all(said.get(name, set()) == expected for name, expected in wanted.items())
    ]
    assert len(found) <= 1
    return found[0] if found else None


def sides(made: Derived, subject: str, sign: int, value: str, stage: str = "") -> tuple[set[str], set[str]] | None:
    found = link(made, subject, sign, value, stage)
    return found and (found.get("evidenceFor", set()), found.get("evidenceAgainst", set()))


def grade(made: Derived, item: str = ITEM, stage: str = "") -> str:
    """The grade of the support of an item at a stage or in general, empty where there is none."""
    found = [
        said["evidenceGrade"]
        for node, said in made.items()
        if "/support/" in node.value
        and said["supportedItem"] == {item}
        and said.get("supportedStage", set()) == {stage} - {""}
    ]
    assert len(found) <= 1
    if not found:
        return ""
    assert len(found[0]) == 1, "one grade each"
    return next(iter(found[0])).rpartition("/")[2]


# Signs


@pytest.mark.parametrize(
    ("relation", "sign"),
    [("promotes", 1), ("hinders", -1), ("prevents", -1), ("influences", 0), ("associated-with", 1)],
)
def test_a_relation_has_its_sign(relation: str, sign: int) -> None:
    kind = "AssociationClaim" if relation == "associated-with" else "CausalClaim"
    made = derived(Claim(relation=relation, kind=kind))
    assert sides(made, CAUSE, sign, SUCCESS) == ({"claim/0"}, set())
    assert [sides(made, CAUSE, other, SUCCESS) for other in {-1, 0, 1} - {sign}] == [None, None]


def test_what_is_required_promotes_what_requires_it() -> None:
    made = derived(Claim(subject=SUCCESS, relation="requires", object=CAUSE))
    assert sides(made, CAUSE, 1, SUCCESS) == ({"claim/0"}, set())
    assert link(made, SUCCESS, 1, CAUSE) is None
    assert made[NamedNode(CAUSE)]["promotes"] == {SUCCESS}


@pytest.mark.parametrize("trouble", [FAILURE, LACK])
def test_what_a_trouble_requires_works_against_it(trouble: str) -> None:
    made = derived(Claim(subject=trouble, relation="requires", object=ITEM))
    assert sides(made, ITEM, -1, trouble) == ({"claim/0"}, set())
    assert link(made, ITEM, 1, trouble) is None
    if trouble == LACK:
        assert sides(made, ITEM, 1, CAUSE) == ({"claim/0"}, set())


@pytest.mark.parametrize(
    ("subject", "relation", "value", "sign"),
    [
        (LACK, "promotes", FAILURE, -1),  # losing control leads to exit: control works against exit
        (LACK, "hinders", SUCCESS, 1),
        (GROWTH, "promotes", SUCCESS, 1),
        (GROWTH, "hinders", SUCCESS, -1),
        (LACK, "promotes", NO_SUCCESS, 1),  # both are states
        (CAUSE, "prevents", NO_SUCCESS, 1),
    ],
)
def test_the_sign_of_a_state_is_carried_over_to_its_thing(subject: str, relation: str, value: str, sign: int) -> None:
    made = derived(Claim(subject=subject, relation=relation, object=value))
    thing = SUCCESS if value == NO_SUCCESS else value
    assert sides(made, CAUSE, sign, thing) == ({"claim/0"}, set())
    assert link(made, CAUSE, -sign, thing) is None
    own = 1 if relation == "promotes" else -1
    assert sides(made, subject, own, value) == ({"claim/0"}, set()), "the claim itself is a link as well"


def test_too_much_of_a_thing_says_nothing_of_the_thing() -> None:
    made = derived(Claim(subject=EXCESS, relation="hinders"))
    assert sides(made, EXCESS, -1, SUCCESS) == ({"claim/0"}, set())
    assert [link(made, CAUSE, sign, SUCCESS) for sign in (-1, 0, 1)] == [None, None, None]


@pytest.mark.parametrize("denial", [{"denied": True}, {"quantifier": "none"}])
def test_a_denied_claim_speaks_against_the_link_of_its_sign_and_for_none(denial: dict[str, object]) -> None:
    made = derived(replace(Claim(), **denial))
    assert sides(made, CAUSE, 1, SUCCESS) == (set(), {"claim/0"})
    assert link(made, CAUSE, -1, SUCCESS) is None
    assert (made[NamedNode(CAUSE)]["promotes"], made[NamedNode(CAUSE)]["hinders"]) == (set(), set())


def test_claims_of_the_two_signs_speak_against_each_other() -> None:
    made = derived(Claim(), Claim(relation="hinders", document="b", voice="other"))
    assert sides(made, CAUSE, 1, SUCCESS) == ({"claim/0"}, {"claim/1"})
    assert sides(made, CAUSE, -1, SUCCESS) == ({"claim/1"}, {"claim/0"})


def test_who_says_that_it_makes_no_difference_speaks_against_either_sign() -> None:
    made = derived(Claim(), Claim(relation="influences", denied=True, document="b", voice="other"))
    assert sides(made, CAUSE, 1, SUCCESS) == ({"claim/0"}, {"claim/1"})


def test_a_number_that_contradicts_a_claim_speaks_against_its_link() -> None:
    made = derived(Claim(contradicted=True))
    assert sides(made, CAUSE, 1, SUCCESS) == ({"claim/0"}, {"figure/0"})


# Scope


def test_a_link_is_made_at_every_stage_that_a_claim_names() -> None:
    made = derived(Claim(stages=(COMMERCIALIZATION, RESEARCH)))
    assert sides(made, CAUSE, 1, SUCCESS, COMMERCIALIZATION) == ({"claim/0"}, set())
    assert sides(made, CAUSE, 1, SUCCESS, RESEARCH) == ({"claim/0"}, set())
    assert link(made, CAUSE, 1, SUCCESS) is None


def test_a_denial_at_another_stage_is_no_evidence_against() -> None:
    made = derived(Claim(stages=(COMMERCIALIZATION,)), Claim(stages=(RESEARCH,), denied=True, voice="b"))
    assert sides(made, CAUSE, 1, SUCCESS, COMMERCIALIZATION) == ({"claim/0"}, set())
    assert "contraryTo" not in made[node("claim/0")]


def test_a_denial_without_a_stage_speaks_against_it_at_every_stage() -> None:
    made = derived(Claim(stages=(COMMERCIALIZATION, RESEARCH)), Claim(denied=True, voice="b"))
    for stage in (COMMERCIALIZATION, RESEARCH):
        assert sides(made, CAUSE, 1, SUCCESS, stage) == ({"claim/0"}, {"claim/1"})


@pytest.mark.parametrize(("first", "second", "contrary"), [("p", "q", False), ("p", "p", True), ("p", "", True)])
def test_claims_of_different_populations_are_not_contrary(first: str, second: str, *, contrary: bool) -> None:
    said = Claim(ITEM, population=first)
    made = derived(said, denying(said, population=second))
    assert sides(made, ITEM, 1, SUCCESS) == ({"claim/0"}, {"claim/1"} if contrary else set())
    assert grade(made) == ("doubtful" if contrary else "very-weak")


# What counts


def test_what_is_assumed_is_no_evidence() -> None:
    assert link(derived(Claim(modality="assumed")), CAUSE, 1, SUCCESS) is None


def test_a_view_that_its_reporter_refutes_is_no_evidence_and_one_that_another_refutes_is() -> None:
    reported = Claim(speech_act="reports", voice="b")
    refuted = derived(reported, Claim(denied=True, disagrees_with=0))
    assert sides(refuted, CAUSE, 1, SUCCESS) == (set(), {"claim/1"})
    disputed = derived(reported, Claim(denied=True, disagrees_with=0, document="b"))
    assert sides(disputed, CAUSE, 1, SUCCESS) == ({"claim/0"}, {"claim/1"})


@pytest.mark.parametrize(
    ("first", "second", "sources"),
    [
        (Claim(), Claim(), 1),  # one author, one document
        (Claim(), Claim(document="b"), 2),
        (Claim(voice="x"), Claim(voice="y"), 2),  # two who are interviewed
        (Claim(voice="x"), Claim(voice="x", document="b"), 1),
        (Claim(taken_from="w", voice="x"), Claim(taken_from="w", voice="y", document="b"), 1),  # two papers, one work
        (Claim(taken_from="w", voice="x"), Claim(taken_from="v", voice="y", document="b"), 2),
        (Claim(cites="w"), Claim(cites="w", document="b"), 1),
        (Claim(cites="w"), Claim(taken_from="w", document="b"), 1),
    ],
)
def test_sources_are_counted_once(first: Claim, second: Claim, sources: int) -> None:
    found = link(derived(first, second), CAUSE, 1, SUCCESS)
    assert found
    assert found["independentSources"] == {str(sources)}


def test_a_work_that_two_documents_list_is_one_work_when_it_is_linked() -> None:
    same = Quad(node("work/w"), expand("owl:sameAs"), node("work/v"))
    claims = (Claim(taken_from="w", voice="x"), Claim(taken_from="v", voice="y", document="b"))
    found = link(derived(*claims, more=(same,)), CAUSE, 1, SUCCESS)
    assert found
    assert found["independentSources"] == {"1"}


@pytest.mark.parametrize(
    ("claims", "net"),
    [
        ((Claim(),), {1: "1"}),
        ((Claim(denied=True),), {1: "0"}),
        ((Claim(), Claim(denied=True, document="b")), {1: "0"}),
        ((Claim(), Claim(document="c"), Claim(denied=True, document="b")), {1: "1"}),
        ((Claim(), Claim(relation="hinders", document="b")), {1: "0", -1: "0"}),
        (
            (Claim(), *(Claim(relation="hinders", document=name) for name in "bc")),
            {1: "-1", -1: "-1"},
        ),
        ((Claim(), *(Claim(denied=True, document=name) for name in "bc")), {1: "0"}),
    ],
)
def test_the_net_sign_is_that_of_more_sources(claims: tuple[Claim, ...], net: dict[int, str]) -> None:
    made = derived(*claims)
    found = {sign: said["netSign"] for sign in (-1, 0, 1) if (said := link(made, CAUSE, sign, SUCCESS))}
    assert found == {sign: {value} for sign, value in net.items()}
    signs = set(net.values())
    assert bool(made[NamedNode(CAUSE)]["promotes"]) == ("1" in signs)
    assert bool(made[NamedNode(CAUSE)]["hinders"]) == ("-1" in signs)


def test_what_only_goes_together_promotes_nothing() -> None:
    made = derived(Claim(relation="associated-with", kind="AssociationClaim"))
    assert made[NamedNode(CAUSE)]["promotes"] == set()


# Supports


RECOMMENDED = Claim(subject="", relation="recommends", object=ITEM, kind="Recommendation")
PREFERRED = Claim(ITEM, "exceeds", PLAIN, "ComparativeClaim", criterion="speed")
SUPPORTING = [
    Claim(ITEM, "promotes", SUCCESS),
    Claim(ITEM, "hinders", FAILURE),
    Claim(ITEM, "prevents", FAILURE),
    Claim(SUCCESS, "requires", ITEM),
    Claim(FAILURE, "requires", ITEM),
    Claim(ITEM, "associated-with", SUCCESS, "AssociationClaim"),
    Claim(SUCCESS, "associated-with", ITEM, "AssociationClaim"),
    Claim(ITEM, "prevents", NO_SUCCESS),
    Claim(ITEM, "predicts", SUCCESS, "DescriptiveClaim"),
    RECOMMENDED,
    PREFERRED,
]


def denying(claim: Claim, **changes: object) -> Claim:
    """The same claim denied by another document."""
    return replace(claim, denied=not claim.denied, document="z", **changes)


@pytest.mark.parametrize("claim", SUPPORTING)
@pytest.mark.parametrize("stages", [(), (COMMERCIALIZATION,)])
def test_a_claim_for_something_wanted_supports_and_its_denial_never_does(claim: Claim, stages: tuple[str, ...]) -> None:
    said, stage = replace(claim, stages=stages), (*stages, "")[0]
    assert grade(derived(said), stage=stage) == "very-weak"
    assert grade(derived(denying(said)), stage=stage) == "against"
    assert grade(derived(said, denying(said)), stage=stage) == "doubtful"
    assert grade(derived(said, denying(said, stages=())), stage=stage) == "doubtful", "a denial without a stage"
    assert grade(derived(said, replace(said, document="b")), stage=stage) == "very-weak", "two who say the same"


@pytest.mark.parametrize(
    "claim",
    [
        Claim(ITEM, "hinders", SUCCESS),
        Claim(ITEM, "promotes", FAILURE),
        Claim(ITEM, "promotes", NO_SUCCESS),
        Claim(ITEM, "associated-with", FAILURE, "AssociationClaim"),
    ],
)
def test_harm_is_evidence_against_and_the_denial_of_harm_is_none(claim: Claim) -> None:
    assert grade(derived(claim)) == "against"
    assert grade(derived(Claim(ITEM, "promotes", SUCCESS), replace(claim, document="b"))) == "doubtful"
    assert grade(derived(denying(claim))) == ""


@pytest.mark.parametrize(
    "claim",
    [
        Claim(ITEM, "promotes", PLAIN),  # wanted by nobody
        Claim(ITEM, "influences", SUCCESS),
        Claim(PLAIN, "promotes", ITEM),
        Claim(ITEM, "exceeds", PLAIN, "ComparativeClaim", criterion="frequency-of-use"),
        Claim(ITEM, "exceeds", PLAIN, "ComparativeClaim", criterion="difficulty"),
        Claim(PLAIN, "exceeds", ITEM, "ComparativeClaim", criterion="speed"),
        Claim(ITEM, "has", SUCCESS, "DescriptiveClaim"),
    ],
)
def test_what_says_nothing_of_help_supports_nothing(claim: Claim) -> None:
    assert grade(derived(claim)) == ""


def test_a_denial_confined_to_another_stage_lowers_nothing() -> None:
    claim = Claim(ITEM, stages=(COMMERCIALIZATION,))
    assert grade(derived(claim, denying(claim, stages=(RESEARCH,))), stage=COMMERCIALIZATION) == "very-weak"


def test_the_reverse_comparison_and_an_equal_rank_are_contrary_by_the_same_criterion_only() -> None:
    reverse = Claim(PLAIN, "exceeds", ITEM, "ComparativeClaim", criterion="speed", document="b")
    equal = Claim(PLAIN, "equals", ITEM, "DescriptiveClaim", criterion="speed", document="b")
    assert grade(derived(PREFERRED, reverse)) == "doubtful"
    assert grade(derived(PREFERRED, equal)) == "doubtful"
    assert grade(derived(PREFERRED, replace(reverse, criterion="low-cost"))) == "very-weak"


def test_who_disagrees_with_a_claim_lowers_what_rests_on_it() -> None:
    other = Claim(PLAIN, "has", SUCCESS, "DescriptiveClaim", document="b", disagrees_with=0)
    assert grade(derived(RECOMMENDED, other)) == "doubtful"


def test_each_further_source_takes_a_rank_and_one_source_takes_one() -> None:
    denials = [denying(RECOMMENDED, voice=voice) for voice in "pqrs"]
    found = [grade(derived(RECOMMENDED, *denials[:count])) for count in range(5)]
    assert found == ["very-weak", "doubtful", "none", "against", "against"]
    assert grade(derived(RECOMMENDED, denials[0], denials[0])) == "doubtful"


def test_what_a_number_contradicts_is_doubtful_at_best() -> None:
    assert grade(derived(replace(RECOMMENDED, contradicted=True))) == "doubtful"
    assert grade(derived(replace(RECOMMENDED, contradicted=True), denying(RECOMMENDED))) == "none"
