"""Contradictions are explained by the statements that make them, and by no others."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, parse

from kg.columns.reading import columns_of_quads
from kg.core.resources import ontology_dir
from kg.core.terms import prefixes
from kg.loaders import load_ontology
from kg.reason.closure import Closure
from kg.reason.justification import Justification, contradictions, justify

if TYPE_CHECKING:
    from pathlib import Path

PREFIXES = "".join(
    f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in {**prefixes(), "ex": "https://example.org/"}.items()
)
# What is planted, and which of the ontology's own axioms it clashes with.
PLANTED = {
    "two disjoint classes": (
        "ex:a a motkg:SmallFirm , motkg:LargeFirm .",
        "motkg:SmallFirm owl:disjointWith motkg:LargeFirm .",
    ),
    "a value outside the range": (
        "ex:a motkg:isAtStage ex:b . ex:b a foaf:Agent .",
        "motkg:isAtStage rdfs:range motkg:Stage . motkg:Stage owl:disjointWith foaf:Agent .",
    ),
    "two different stages declared the same": (
        "stage:product-development owl:sameAs stage:commercialization .",
        "stage:product-development owl:differentFrom stage:commercialization .",
    ),
    "a cycle in an order": (
        "stage:product-development motkg:precedes stage:basic-research .",
        "stage:basic-research motkg:precedes stage:product-development . motkg:precedes a owl:AsymmetricProperty .",
    ),
    "a specialist that is an organization": (
        "specialist:venture-capital a foaf:Agent .",
        "specialist:venture-capital a motkg:SpecialistKind . motkg:SpecialistKind owl:disjointWith foaf:Agent .",
    ),
    "a number that is a share and a coefficient": (
        "ex:a a motkg:ShareObservation , motkg:CorrelationObservation .",
        "motkg:ShareObservation owl:disjointWith motkg:CorrelationObservation .",
    ),
    "an organization that is its own parent": (
        "ex:a motkg:affiliateOf ex:a .",
        "motkg:affiliateOf a owl:IrreflexiveProperty .",
    ),
}


def quads(turtle: str) -> list[Quad]:
    return list(parse(PREFIXES + turtle, format=RdfFormat.TURTLE))


@pytest.fixture(scope="module")
def ontology() -> list[Quad]:
    return load_ontology(ontology_dir()).quads


@pytest.mark.parametrize(("planted", "axioms"), PLANTED.values(), ids=PLANTED)
def test_a_contradiction_rests_on_what_was_planted_and_the_axioms_it_breaks(
    planted: str, axioms: str, ontology: list[Quad]
) -> None:
    found = justify([*ontology, *quads(planted)])
    assert found is not None
    assert set(found.statements) == {quad.triple for quad in quads(planted + axioms)}
    assert found.rule


@pytest.mark.parametrize(("planted", "_axioms"), PLANTED.values(), ids=PLANTED)
def test_without_any_one_statement_the_others_do_not_contradict_each_other(
    planted: str, _axioms: str, ontology: list[Quad]
) -> None:
    conflicts = list(contradictions([*ontology, *quads(planted)]))
    assert conflicts
    for found in conflicts:
        for left_out in found.statements:
            others = [Quad(each.subject, each.predicate, each.object) for each in found.statements if each != left_out]
            assert Closure(columns_of_quads(others)).contradictions() == []


UNSTATABLE = {
    "a literal in two classes": ':p rdfs:range :A , :B . :A owl:disjointWith :B . :a :p "x" .',
    "a literal in no class": ":p rdfs:range owl:Nothing . :a :p 1 .",
    "an inverse that is irreflexive": "[] owl:inverseOf :p ; a owl:IrreflexiveProperty . :a :p :a .",
    "an inverse that is disjoint": "[] owl:inverseOf :p ; owl:propertyDisjointWith :q . :a :p :b . :b :q :a .",
}


@pytest.mark.parametrize("turtle", UNSTATABLE.values(), ids=UNSTATABLE)
def test_a_contradiction_that_rdf_cannot_state_rests_on_what_it_can(turtle: str) -> None:
    given = quads("@prefix : <https://example.org/> . " + turtle)
    (found,) = contradictions([*given, *quads("ex:c ex:d ex:e .")])
    assert set(found.statements) == {quad.triple for quad in given}


def test_several_contradictions_are_told_one_by_one(ontology: list[Quad]) -> None:
    planted = "ex:a a motkg:SmallFirm , motkg:LargeFirm . ex:b motkg:affiliateOf ex:b . ex:c a motkg:SmallFirm , motkg:LargeFirm ."
    found = contradictions([*ontology, *quads(planted)])
    assert sorted(one.rule for one in found) == ["cax-dw", "cax-dw", "prp-irp"]


def test_a_class_expression_comes_with_what_it_is_made_of(ontology: list[Quad]) -> None:
    planted = """ex:a a motkg:Alliance ; motkg:allianceForm alliance-form:joint-venture .
    ex:a a <https://w3id.org/motkg/.well-known/genid/x/1> .
    <https://w3id.org/motkg/.well-known/genid/x/1> owl:complementOf motkg:JointVentureAlliance ."""
    found = justify([*ontology, *quads(planted)])
    assert found is not None
    assert {quad.triple for quad in quads(planted)} <= set(found.statements)
    assert "hasValue" in str(found.statements)


def test_what_does_not_contradict_itself_by_rules_gives_nothing(ontology: list[Quad]) -> None:
    assert contradictions(ontology) == []


@pytest.mark.java
def test_a_class_without_possible_members_is_explained(java: str, ontology: list[Quad]) -> None:
    assert java
    planted = "ex:Odd rdfs:subClassOf motkg:SmallFirm , ex:Big . ex:Big rdfs:subClassOf motkg:LargeFirm ."
    found = justify([*ontology, *quads(planted)], about="https://example.org/Odd")
    axiom = quads("motkg:SmallFirm owl:disjointWith motkg:LargeFirm .")
    assert found == Justification(
        tuple(sorted((quad.triple for quad in [*quads(planted), *axiom]), key=str)), "cax-dw", "https://example.org/Odd"
    )


@pytest.mark.java
def test_what_only_a_reasoner_sees_is_explained_too(java: str) -> None:
    assert java
    planted = """ex:p a owl:ObjectProperty . ex:C a owl:Class . ex:D a owl:Class . ex:a a owl:NamedIndividual .
    ex:C rdfs:subClassOf [ a owl:Restriction ; owl:onProperty ex:p ; owl:someValuesFrom ex:D ] . ex:D rdfs:subClassOf owl:Nothing .
    ex:a a ex:C . ex:b a ex:C . ex:E a owl:Class . ex:C owl:disjointWith ex:E ."""
    found = justify(quads(planted))
    assert found is not None
    assert found.rule == ""
    named = {(each.subject, each.predicate) for each in found.statements if isinstance(each.subject, NamedNode)}
    names = {(subject.value.rpartition("/")[2], predicate.value.rpartition("#")[2]) for subject, predicate in named}
    assert names in ({("C", "subClassOf"), ("D", "subClassOf"), (one, "type")} for one in ("a", "b"))


def test_the_command_names_file_line_and_column(tmp_path: Path) -> None:
    file = tmp_path / "firms.ttl"
    lines = [
        "@prefix ex: <https://example.org/> .",
        "@prefix motkg: <https://w3id.org/motkg/ontology/> .",
        "ex:a a motkg:SmallFirm ;",
        "  a motkg:LargeFirm .",
    ]
    file.write_text("\n".join(lines), encoding="utf-8")
    answer = subprocess.run(
        [sys.executable, "-m", "kg", "reason", "--check", str(file)], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 1
    assert f"{file}:3:8" in answer.stdout
    assert f"{file}:4:5" in answer.stdout
    assert "ontology/motkg.ttl:" in answer.stdout


CONTRADICTION = "@prefix : <https://example.org/> .\n:a :p :b .\n:p a <http://www.w3.org/2002/07/owl#IrreflexiveProperty> .\n:a :p :a .\n"


@pytest.mark.parametrize("name", ["ontology/motkg.ttl", "-"])
def test_lines_are_those_of_what_was_given_whatever_its_name(name: str, tmp_path: Path) -> None:
    (tmp_path / "ontology").mkdir()
    (tmp_path / "ontology" / "motkg.ttl").write_text(CONTRADICTION, encoding="utf-8")
    command = [
        sys.executable,
        "-P",
        "-m",
        "kg",
        "reason",
        "--check",
        "--rules-only",
        "--without-ontology",
        "--data-format",
        "ttl",
        name,
    ]
    answer = subprocess.run(command, input=CONTRADICTION, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert answer.returncode == 1, answer.stderr
    assert {f"{name}:3:6", f"{name}:4:7"} <= {line.strip() for line in answer.stdout.splitlines()}


def test_the_command_writes_what_follows(tmp_path: Path) -> None:
    file, out = tmp_path / "firms.ttl", tmp_path / "closure.nq"
    file.write_text("<http://e/a> a <https://w3id.org/motkg/ontology/SmallFirm> .", encoding="utf-8")
    subprocess.run([sys.executable, "-m", "kg", "reason", str(file), "-o", str(out)], check=True, capture_output=True)
    found = {quad.triple for quad in parse(path=out, format=RdfFormat.N_QUADS)}
    kind = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    assert Triple(NamedNode("http://e/a"), kind, NamedNode("https://w3id.org/motkg/ontology/Firm")) in found
