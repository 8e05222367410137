"""Every name that is used is declared, in the ontology, the documents, the queries and the context of case files."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from pyoxigraph import Literal, NamedNode

from kg.core.resources import ontology_dir, queries_dir
from kg.core.terms import ONTOLOGY, prefixes

if TYPE_CHECKING:
    from pyoxigraph import Quad

TYPE = NamedNode(prefixes()["rdf"] + "type")
BUILT_IN = tuple(prefixes()[name] for name in ("rdf", "rdfs", "owl", "xsd"))
KINDS = ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")
QUERY_FILES = sorted([*queries_dir().rglob("*.rq"), *(ontology_dir() / "rules").rglob("*.rq")])


def declared(quads: list[Quad], *kinds: str) -> set[str]:
    wanted = {NamedNode(prefixes()["owl"] + kind) for kind in kinds or KINDS}
    return {
        quad.subject.value
        for quad in quads
        if quad.predicate == TYPE and quad.object in wanted and isinstance(quad.subject, NamedNode)
    }


@cache
def context() -> dict[str, dict[str, str]]:
    words = json.loads((ontology_dir() / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    return {word: meaning for word, meaning in words.items() if isinstance(meaning, dict)}


def full(curie: str) -> str:
    prefix, _, local = curie.partition(":")
    return prefixes()[prefix] + local


def test_no_term_is_declared_twice(ontology_triples: list[Quad]) -> None:
    """A set of triples cannot hold a declaration twice, so the text is counted."""
    lines = re.findall(
        r"^([\w-]+:\w+) a owl:", (ontology_dir() / "motkg.ttl").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert sorted(lines) == sorted(set(lines))
    assert {full(line) for line in lines} == declared(ontology_triples)


def test_documents_use_only_declared_properties(case_quads: list[Quad], ontology_triples: list[Quad]) -> None:
    used = {quad.predicate.value for quad in case_quads}
    assert any(iri.startswith(ONTOLOGY) for iri in used)
    assert {iri for iri in used - declared(ontology_triples, *KINDS[1:]) if not iri.startswith(BUILT_IN)} == set()


def test_documents_use_only_declared_classes(case_quads: list[Quad], ontology_triples: list[Quad]) -> None:
    used = {quad.object.value for quad in case_quads if quad.predicate == TYPE and isinstance(quad.object, NamedNode)}
    assert any(iri.startswith(ONTOLOGY) for iri in used)
    assert {iri for iri in used - declared(ontology_triples, "Class") if not iri.startswith(BUILT_IN)} == set()


def test_documents_give_things_to_object_properties_and_values_to_datatype_properties(
    case_quads: list[Quad],
    ontology_triples: list[Quad],
) -> None:
    things, values = declared(ontology_triples, "ObjectProperty"), declared(ontology_triples, "DatatypeProperty")
    wrong = {
        quad.predicate.value
        for quad in case_quads
        if quad.predicate.value in (things if isinstance(quad.object, Literal) else values)
    }
    assert things
    assert values
    assert wrong == set()


@pytest.mark.parametrize("path", QUERY_FILES, ids=lambda path: path.relative_to(path.parent.parent).as_posix())
def test_queries_and_rules_name_only_declared_terms(path: object, ontology_triples: list[Quad]) -> None:
    text = path.read_text(encoding="utf-8")  # type: ignore[attr-defined]
    named = {ONTOLOGY + local for local in re.findall(r"\bmotkg:([A-Za-z]\w*)", text)}
    assert named - declared(ontology_triples) == set()


def test_words_of_case_files_stand_for_declared_terms(ontology_triples: list[Quad]) -> None:
    meanings = {full(meaning["@id"]) for meaning in context().values()}
    assert meanings
    assert {iri for iri in meanings - declared(ontology_triples) if not iri.startswith(BUILT_IN)} == set()


def test_every_property_of_ours_has_a_word_but_for_what_only_a_build_states(ontology_triples: list[Quad]) -> None:
    meanings = {full(meaning["@id"]) for meaning in context().values()}
    assert {iri for iri in declared(ontology_triples, *KINDS[1:]) if iri.startswith(ONTOLOGY)} - meanings <= {
        f"{ONTOLOGY}generatedBy"
    }


def test_words_take_what_their_properties_take(ontology_triples: list[Quad]) -> None:
    things, values = declared(ontology_triples, "ObjectProperty"), declared(ontology_triples, "DatatypeProperty")
    refers = {word for word, meaning in context().items() if meaning.get("@type") in {"@id", "@vocab"}}
    states = {word for word, meaning in context().items() if meaning.get("@type") not in {"@id", "@vocab"}}
    assert refers
    assert states
    assert {word for word in refers if full(context()[word]["@id"]) in values} == set()
    assert {word for word in states if full(context()[word]["@id"]) in things} == set()


def test_datatypes_of_words_are_the_ranges_of_their_properties(ontology_triples: list[Quad]) -> None:
    ranges = {
        q.subject.value: q.object.value for q in ontology_triples if q.predicate.value == prefixes()["rdfs"] + "range"
    }
    typed = {
        word: (ranges[full(meaning["@id"])], full(meaning["@type"]))
        for word, meaning in context().items()
        if meaning.get("@type", "").startswith("xsd:") and full(meaning["@id"]) in ranges
        if full(meaning["@id"]).startswith(ONTOLOGY)
    }
    assert typed
    assert {word: pair for word, pair in typed.items() if pair[0] != pair[1]} == {}


def test_prefixes_of_the_ontology_files_are_those_of_the_one_list() -> None:
    """Only alignments name vocabularies that nothing else uses, and structures abbreviate their own parts."""
    for path in [
        ontology_dir() / "motkg.ttl",
        *(ontology_dir() / "schemes").glob("*.ttl"),
        *(ontology_dir() / "shapes").glob("*.ttl"),
    ]:
        found = dict(re.findall(r"^@prefix ([\w-]+): <([^>]+)>", path.read_text(encoding="utf-8"), re.MULTILINE))
        assert found.items() <= prefixes().items(), path.name


def test_every_scheme_has_a_file_of_its_name_and_a_prefix() -> None:
    paths = list((ontology_dir() / "schemes").glob("*.ttl"))
    assert paths
    for path in paths:
        assert f"scheme:{path.stem} a skos:ConceptScheme" in path.read_text(encoding="utf-8"), path.name
        assert prefixes()[path.stem] == f"{prefixes()['concept']}{path.stem}/"


def test_alignments_only_point_from_our_terms_to_others(ontology_triples: list[Quad]) -> None:
    text = (ontology_dir() / "alignments.ttl").read_text(encoding="utf-8")
    links = re.findall(r"skos:(\w+) (\w[\w-]*):(\w+)", text)
    assert links
    assert {relation for relation, _, _ in links} <= {"closeMatch", "relatedMatch"}
    ours = {
        quad.subject.value
        for quad in ontology_triples
        if quad.predicate == TYPE and isinstance(quad.subject, NamedNode)
    }
    mapped = [q for q in ontology_triples if q.predicate.value in {full("skos:closeMatch"), full("skos:relatedMatch")}]
    foreign = [q for q in mapped if not q.object.value.startswith("https://w3id.org/motkg/")]
    assert len(foreign) >= len(links)
    assert {q.subject.value for q in foreign} <= ours


def test_the_catalog_gives_a_file_for_the_ontology_and_its_version(ontology_triples: list[Quad]) -> None:
    entries = {
        entry.get("name"): ontology_dir() / str(entry.get("uri"))
        for entry in ET.parse(ontology_dir() / "catalog-v001.xml").iter(  # noqa: S314
            "{urn:oasis:names:tc:entity:xmlns:xml:catalog}uri"
        )
    }
    version = next(
        quad.object.value for quad in ontology_triples if quad.predicate.value == prefixes()["owl"] + "versionIRI"
    )
    assert entries["https://w3id.org/motkg/ontology"] == entries[version] == ontology_dir() / "motkg.ttl"
    assert all(path.is_file() for path in entries.values())
