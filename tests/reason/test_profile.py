"""The ontology is in OWL 2 DL and in OWL 2 RL, and what leaves a profile is found."""

from __future__ import annotations

import pytest
from nightly import sample
from pyoxigraph import RdfFormat, parse

from kg.core.errors import ReasonerError
from kg.core.resources import ontology_dir
from kg.core.terms import prefixes
from kg.loaders import load_ontology
from kg.reason import hermit
from kg.reason.hermit import check_profiles

PLANTED = {
    "an existence axiom on the superclass side": (
        "motkg:Alliance rdfs:subClassOf [ a owl:Restriction ; owl:onProperty motkg:participation ; owl:someValuesFrom owl:Thing ] .",
        {"RL"},
    ),
    "a range that holds everything": ("motkg:about rdfs:range owl:Thing .", {"RL"}),
    "a transitive order that is asymmetric": ("motkg:precedes a owl:TransitiveProperty .", {"DL"}),
    "a property of two kinds": ("motkg:offers a owl:DatatypeProperty .", {"DL"}),
    "a term that nobody declared": ("motkg:Firm rdfs:subClassOf motkg:Undertaking .", {"DL"}),
}


@pytest.fixture(scope="module")
def ontology() -> list[object]:
    return list(load_ontology(ontology_dir()).quads)


@pytest.mark.java
def test_the_ontology_with_schemes_and_structures_is_in_both_profiles(java: str, ontology: list) -> None:  # type: ignore[type-arg]
    assert java
    assert check_profiles(ontology) == ()


@pytest.mark.java
@pytest.mark.parametrize("fault", sample(list(PLANTED), 3, lambda fault: frozenset(PLANTED[fault][1])))
def test_what_leaves_a_profile_is_found(java: str, ontology: list, fault: str) -> None:  # type: ignore[type-arg]
    assert java
    text, profiles = PLANTED[fault]
    prologue = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in prefixes().items())
    found = check_profiles([*ontology, *parse(prologue + text, RdfFormat.TURTLE)])
    assert profiles <= {violation.profile for violation in found}
    assert all(violation.reason for violation in found)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (hermit.Answer(1, "", "error: Module jdk.compiler not in boot Layer"), "install a JDK"),
        (hermit.Answer(1, "", "Exception in thread main: UnparsableOntologyException"), "Unparsable"),
        (hermit.Answer(0, "axioms\t0\n", ""), "axioms"),
        (hermit.Answer(0, "", ""), "no message"),
    ],
)
def test_an_answer_that_is_none_is_an_error(monkeypatch: pytest.MonkeyPatch, answer: hermit.Answer, words: str) -> None:
    monkeypatch.setattr("kg.reason.hermit.run", lambda *_: answer)
    with pytest.raises(ReasonerError, match=words):
        check_profiles([])
