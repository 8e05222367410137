"""HermiT finds the ontology and the documents free of contradictions, and finds every contradiction that is planted."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from nightly import sample
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from kg.core.errors import ReasonerError
from kg.core.resources import ontology_dir, shipped_documents
from kg.core.terms import expand, prefixes
from kg.loaders import load_cases, load_ontology, shipped_vocabulary
from kg.reason import hermit
from kg.reason.hermit import Verdict, check_consistency

if TYPE_CHECKING:
    from pyoxigraph import Quad

EX = "https://example.org/"
CONTRADICTIONS = {
    "two disjoint classes": "ex:a a motkg:SmallFirm , motkg:LargeFirm .",
    "a value outside the range": "ex:a motkg:isAtStage ex:b . ex:b a motkg:Firm .",
    "two different stages declared the same": "stage:product-development owl:sameAs stage:commercialization .",
    "a cycle in an order": "stage:product-development motkg:precedes stage:basic-research .",
    "a joint venture that is no joint venture": """
        ex:a a motkg:Alliance ; motkg:allianceForm alliance-form:joint-venture .
        ex:a a [ owl:complementOf motkg:JointVentureAlliance ] .""",
    "a kind of specialist that is an organization": "specialist:venture-capital a org:Organization .",
    "a participation that is its participant": "ex:a a motkg:AllianceParticipation , motkg:Firm .",
    "a number that is a share and a coefficient": "ex:a a motkg:ShareObservation , motkg:CorrelationObservation .",
    "an organization that is its own parent": "ex:a motkg:affiliateOf ex:a .",
    "a rank that is a text": 'ex:a motkg:sequenceNumber "first" .',
}


def turtle(text: str) -> list[Quad]:
    prologue = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in {**prefixes(), "ex": EX}.items())
    return list(parse(prologue + text, RdfFormat.TURTLE))


@pytest.fixture(scope="module")
def ontology() -> list[Quad]:
    return load_ontology(ontology_dir()).quads


@pytest.mark.java
def test_the_ontology_with_its_schemes_is_consistent_and_every_class_can_have_members(
    java: str, ontology: list[Quad]
) -> None:
    assert java
    assert check_consistency(ontology) == Verdict(consistent=True)


@pytest.mark.java
@pytest.mark.slow
def test_the_ontology_with_all_documents_is_consistent(java: str, ontology: list[Quad]) -> None:
    assert java
    cases = load_cases(shipped_documents(), shipped_vocabulary()).quads
    verdict = check_consistency([*ontology, *cases])
    assert verdict.consistent
    assert verdict.unsatisfiable == ()
    dates = {prefixes()["xsd"] + name for name in ("date", "gYear", "gYearMonth")}
    assert verdict.left_out == sum(isinstance(q.object, Literal) and q.object.datatype.value in dates for q in cases)


@pytest.mark.java
@pytest.mark.parametrize("fault", sample(list(CONTRADICTIONS), 5))
def test_a_contradiction_is_found(java: str, ontology: list[Quad], fault: str) -> None:
    assert java
    assert not check_consistency([*ontology, *turtle(CONTRADICTIONS[fault])]).consistent


@pytest.mark.java
def test_a_class_that_can_have_no_member_is_named(java: str, ontology: list[Quad]) -> None:
    assert java
    verdict = check_consistency(
        [*ontology, *turtle("ex:Both a owl:Class ; rdfs:subClassOf motkg:SmallFirm , motkg:LargeFirm .")]
    )
    assert verdict == Verdict(consistent=True, unsatisfiable=(f"{EX}Both",))


@pytest.mark.java
def test_values_outside_the_datatype_map_are_left_out_and_counted(java: str, ontology: list[Quad]) -> None:
    assert java
    data = turtle(
        'ex:a dcterms:date "1987"^^xsd:gYear , "1987-11"^^xsd:gYearMonth , "1987-11-06"^^xsd:date ; motkg:sequenceNumber 1 .'
    )
    assert check_consistency([*ontology, *data]) == Verdict(consistent=True, left_out=3)


@pytest.mark.java
def test_an_ill_typed_literal_is_an_error_that_quotes_it(java: str, ontology: list[Quad]) -> None:
    assert java
    with pytest.raises(ReasonerError, match=r'Literal "seven"\^\^.*integer.* is malformed; validate the data'):
        check_consistency([*ontology, *turtle('ex:a motkg:sequenceNumber "seven"^^xsd:integer .')])


@pytest.mark.java
def test_a_reasoner_that_takes_too_long_is_an_error(java: str, ontology: list[Quad]) -> None:
    assert java
    with pytest.raises(ReasonerError, match=r"no answer within 0\.01 s"):
        check_consistency(ontology, hermit.Limits(seconds=0.01))


@pytest.mark.java
def test_a_reasoner_that_cannot_start_is_an_error_in_its_words(java: str, ontology: list[Quad]) -> None:
    assert java
    with pytest.raises(ReasonerError, match=r"exit code 1.*Java Virtual Machine"):
        check_consistency(ontology, hermit.Limits(heap=0))


def test_without_java_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ReasonerError, match="no Java runtime was found: install one"):
        check_consistency([])


def test_without_owlready2_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(ReasonerError, match="pip install owlready2"):
        hermit.hermit_jar()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (hermit.Answer(0, "", ""), "no message"),
        (hermit.Answer(1, "", "Exception in thread main: java.lang.StackOverflowError\n\tat x"), "StackOverflowError"),
        (hermit.Answer(134, "", "# A fatal error has been detected by the Java Runtime Environment:"), "exit code 134"),
    ],
)
def test_an_answer_that_is_none_is_an_error(monkeypatch: pytest.MonkeyPatch, answer: hermit.Answer, words: str) -> None:
    monkeypatch.setattr("kg.reason.hermit.run", lambda *_: answer)
    with pytest.raises(ReasonerError, match=words):
        check_consistency([])


def test_running_out_of_memory_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    done = subprocess.CompletedProcess([], 1, "", "Exception: java.lang.OutOfMemoryError: Java heap space")
    monkeypatch.setattr("kg.reason.hermit.java", lambda: "java")
    monkeypatch.setattr("subprocess.run", lambda *_, **__: done)
    with pytest.raises(ReasonerError, match="ran out of its 64 MB"):
        hermit.run([], hermit.Limits(heap=64))


def test_statements_are_written_without_graph_and_skolem_names_and_gone_afterwards() -> None:
    skolem, member = NamedNode("https://w3id.org/motkg/.well-known/genid/motkg/1"), expand("motkg:Firm")
    with hermit.written([Triple(skolem, expand("owl:complementOf"), member)]) as path:
        read = list(parse(path=str(path)))
        assert [type(quad.subject) for quad in read] == [BlankNode]
        assert read[0].object == member
    assert not path.exists()
    assert not Path(path.parent).exists()
