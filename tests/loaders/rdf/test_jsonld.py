"""A case file means what a JSON-LD 1.1 processor says it means."""

from __future__ import annotations

import json
import string
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nightly import examples
from pyld import jsonld
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from kg.core.resources import ontology_dir
from kg.core.terms import XSD, expand, term
from kg.loaders import load_folder, load_ontology
from kg.loaders.cases.context import Kind, shipped_context
from kg.loaders.ontology import Vocabulary, slug

if TYPE_CHECKING:
    from conftest import Case

BASE = "https://w3id.org/motkg/id/paper/"
THINGS = """\
- id: document
  type: [SourceDocument, JournalArticle]
  title: '"Quotation" & 改行'
  issued: 1992
  publisher: Press
  identifier: 10.1000/182
- {id: org/altos, type: Firm, name: Altos, nameJa: アルトス, altName: [ACS, Altos Inc.]}
- id: claim/one
  type: [Claim]
  text: >-
    A text of
    two lines.
  about: [org/altos, concept:stage/commercialization, document]
  stage: [commercialization, concept:cluster-stage/sales]
  agreesWith: ../other/claim/two
  yearMonth: 1986-06
- {id: claim/year, type: Claim, unit: year, measure: share-of-respondents, value: 0.10}
- {id: dataset/x, type: DataSet, structure: cube:stage-response}
- {id: sample/firms, type: Sample, sampleSize: 047}
- {id: participation/x, type: AllianceParticipation, participant: org/altos, participantRole: [partner, participant]}
"""


def with_a_standard_processor(things: list[dict[str, Any]]) -> set[Quad]:
    """Reads things with PyLD and the shipped context; triples without a graph."""
    context = json.loads((ontology_dir() / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    document = {"@context": context, "@graph": things}
    nquads = jsonld.to_rdf(document, {"base": BASE, "format": "application/n-quads"})
    return set(parse(nquads, RdfFormat.N_QUADS))


def test_a_file_of_things_means_the_same_to_a_json_ld_processor(case: Case) -> None:
    case.write("document.yaml", THINGS)
    loaded = load_folder(case.folder, case.vocabulary, known_ids={"https://w3id.org/motkg/id/other/claim/two"})
    stated = {Quad(quad.subject, quad.predicate, quad.object) for quad in loaded}
    unsaid = {quad for quad in stated if quad.predicate in {term("polarity"), term("modality")}}
    assert len(unsaid) == 4  # two claims affirm, and say how things are
    stated -= unsaid
    assert len(stated) == 32
    assert stated == with_a_standard_processor(yaml.load(THINGS, Loader=yaml.BaseLoader))  # noqa: S506 - BaseLoader makes strings only


def test_every_concept_slug_means_the_concept_to_a_json_ld_processor() -> None:
    """A slug that is also a word of the context needs an entry of its own there."""
    vocabulary = Vocabulary.of(load_ontology(ontology_dir()))
    words = [word for word in shipped_context().words.values() if word.kind is Kind.CONCEPT]
    schemes = {word.name: sorted(vocabulary.concepts.get(slug(word.detail.rstrip("/")), {})) for word in words}
    found = with_a_standard_processor([{"id": "x/y", **schemes}])
    expected = {
        Quad(NamedNode(f"{BASE}x/y"), word.iri, NamedNode(word.detail + name))
        for word in words
        for name in schemes[word.name]
    }
    assert found == expected


TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="\ufeff\ufffe\uffff"),
    min_size=1,
)
DECIMAL = st.from_regex(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)", fullmatch=True, alphabet=string.printable)
DAY = st.dates().map(lambda day: day.isoformat())


def quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(60))
@given(text=TEXT.filter(lambda text: text == text.strip()), number=DECIMAL, day=DAY)
def test_every_literal_comes_through_as_it_was_written(case: Case, text: str, number: str, day: str) -> None:
    case.write(
        "a.yaml",
        f"- {{id: x/y, type: Claim, title: {quoted(text)}, name: {quoted(text)}, value: {quoted(number)}, date: {quoted(day)}}}\n",
    )
    values = {quad.predicate: quad.object for quad in case.load() if quad.subject == NamedNode(f"{BASE}x/y")}
    assert values[expand("dcterms:title")] == Literal(text)
    assert values[expand("rdfs:label")] == Literal(text, language="en")
    assert values[expand("sdmx-measure:obsValue")] == Literal(number, datatype=expand("xsd:decimal"))
    assert values[expand("dcterms:date")] == Literal(day, datatype=expand("xsd:date"))


@pytest.mark.parametrize(
    ("day", "exists"),
    [
        ("2000-02-29", True),
        ("1900-02-29", False),
        ("1988-02-29", True),
        ("1987-04-31", False),
        ("-0004-02-29", True),
        ("1987-11-06Z", True),
        ("87-11-06", False),
    ],
)
def test_days_follow_the_calendar(day: str, exists: bool) -> None:  # noqa: FBT001
    from kg.loaders.cases.context import is_lexical

    assert is_lexical(day, f"{XSD}date") is exists
