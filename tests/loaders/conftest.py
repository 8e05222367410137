from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.core.errors import InputError, Problem
from kg.loaders import Statements, Vocabulary, load_folder, load_ontology

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ONTOLOGY = """
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix qb: <http://purl.org/linked-data/cube#> .
@prefix fabio: <http://purl.org/spar/fabio/> .
@prefix cito: <http://purl.org/spar/cito/> .
@prefix motkg: <https://w3id.org/motkg/ontology/> .
@prefix c: <https://w3id.org/motkg/concept/> .
@prefix scheme: <https://w3id.org/motkg/scheme/> .
@prefix cube: <https://w3id.org/motkg/cube/> .

motkg:Alliance a owl:Class . motkg:AllianceParticipation a owl:Class . motkg:TieFormation a owl:Class .
motkg:Claim a owl:Class . motkg:CausalClaim a owl:Class . motkg:DescriptiveClaim a owl:Class .
motkg:AssociationClaim a owl:Class . motkg:ComparativeClaim a owl:Class . motkg:DefinitionClaim a owl:Class .
motkg:Recommendation a owl:Class . motkg:Firm a owl:Class . motkg:FactorAssessment a owl:Class . motkg:PracticeEngagement a owl:Class .
motkg:Cooperation a owl:Class . motkg:Product a owl:Class . motkg:TechnicalElement a owl:Class . motkg:Technology a owl:Class .
motkg:SourceDocument a owl:Class . motkg:SourceSpan a owl:Class . motkg:SourceAnomaly a owl:Class . motkg:Sample a owl:Class .
motkg:ShareObservation a owl:Class . motkg:CorrelationObservation a owl:Class . motkg:CountObservation a owl:Class .
motkg:CitedWork a owl:Class . qb:DataSet a owl:Class . org:Organization a owl:Class . org:Membership a owl:Class .
foaf:Person a owl:Class . fabio:JournalArticle a owl:Class . fabio:Presentation a owl:Class . fabio:Book a owl:Class .
fabio:NewspaperArticle a owl:Class . fabio:DoctoralThesis a owl:Class . cito:Citation a owl:Class .

motkg:participation a owl:ObjectProperty ; rdfs:range motkg:AllianceParticipation .
motkg:formation a owl:ObjectProperty ; rdfs:range motkg:TieFormation .
motkg:announcement a owl:ObjectProperty ; rdfs:range fabio:NewspaperArticle .
motkg:requiresElement a owl:ObjectProperty ; rdfs:range motkg:TechnicalElement .
motkg:facesFactor a owl:ObjectProperty ; rdfs:range motkg:FactorAssessment .
motkg:engagesIn a owl:ObjectProperty ; rdfs:range motkg:PracticeEngagement .
motkg:cooperatesWith a owl:ObjectProperty ; rdfs:range motkg:Cooperation .
motkg:sampleSize a owl:DatatypeProperty .

cube:stage-response a qb:DataStructureDefinition .
"""
SCHEMES = {
    "role": {"partner": "partner", "organizer": "organizer", "participant": "participant"},
    "stage": {"basic-research": "basic research", "commercialization": "Commercialization"},
    "cluster-stage": {"sales": "Sales", "commercialization": "Commercialization"},
    "issue-scale": {"no-response": "No response", "some-issues": "Facing some issues/challenges"},
    "yes-no-scale": {"yes": "Yes", "no": "No"},
    "measure": {
        "share-of-respondents": "share of respondents",
        "coefficient": "coefficient",
        "number-of-participants": "participants",
    },
    "unit": {"percent": "percent", "coefficient": "coefficient", "person": "person", "year": "year"},
    "factor": {"funding": "Funding", "human-resources": "Human Resources"},
    "practice": {"roadmap": "Roadmap", "speedy-management": "Speedy management"},
    "specialist": {"cpa": "CPAs"},
    "tie-mode": {"random-search": "random search"},
    "survey-question": {"stage-issues": "Stage issues"},
    "significance": {"not-marked": "not marked"},
    "date-precision": {"day": "day"},
}


def ontology_text() -> str:
    parts = [ONTOLOGY]
    for scheme, concepts in SCHEMES.items():
        for slug, label in concepts.items():
            parts.append(
                f'<https://w3id.org/motkg/concept/{scheme}/{slug}> skos:prefLabel "{label}"@en ; skos:inScheme scheme:{scheme} .\n'
            )
    parts.append(
        '<https://w3id.org/motkg/concept/stage/basic-research> skos:hiddenLabel "Basic Research"@en ; skos:prefLabel "基礎研究"@ja .\n'
    )
    return "".join(parts)


@pytest.fixture(scope="session")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    folder = tmp_path_factory.mktemp("ontology")
    (folder / "motkg.ttl").write_text(ontology_text(), encoding="utf-8")
    return Vocabulary.of(load_ontology(folder))


DOCUMENT = "- {id: document, type: SourceDocument, fileName: paper.txt}\n"


class Case:
    """A folder of case files with the slug ``paper``."""

    def __init__(self, folder: Path, vocabulary: Vocabulary) -> None:
        self.folder = folder
        self.vocabulary = vocabulary
        (folder / "tables").mkdir(parents=True)
        self.write("document.yaml", DOCUMENT)

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        return path

    def load(self) -> Statements:
        return load_folder(self.folder, self.vocabulary)

    def problems(self) -> tuple[Problem, ...]:
        with pytest.raises(InputError) as caught:
            self.load()
        return caught.value.problems


@pytest.fixture
def case(tmp_path: Path, vocabulary: Vocabulary) -> Case:
    return Case(tmp_path / "paper", vocabulary)


@pytest.fixture
def problems_of(case: Case) -> Callable[[str | bytes], tuple[Problem, ...]]:
    """Gives the problems of a folder whose ``claims.yaml`` has the given content."""

    def load(content: str | bytes) -> tuple[Problem, ...]:
        case.write("claims.yaml", content)
        return case.problems()

    return load
