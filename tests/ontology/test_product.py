"""The ontology as a file for other tools: editors, reasoners and writers of documentation take it as it stands."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from pyoxigraph import NamedNode, Quad, parse

from kg.core.resources import ontology_dir
from kg.core.terms import OWL, OWL_IMPORTS, RDF
from kg.publishing.answers import dump
from kg.reason import hermit

IRI = "https://w3id.org/motkg/ontology"
TYPE = NamedNode(f"{RDF}type")
CHECK = Path(__file__).parents[1] / "data" / "ImportsCheck.java"


def catalog() -> dict[str, Path]:
    entries = ET.parse(ontology_dir() / "catalog-v001.xml").iter("{urn:oasis:names:tc:entity:xmlns:xml:catalog}uri")  # noqa: S314
    return {entry.attrib["name"]: ontology_dir() / entry.attrib["uri"] for entry in entries}


def imports_of(path: Path) -> set[str]:
    return {quad.object.value for quad in parse(path=str(path)) if quad.predicate == OWL_IMPORTS}


def test_one_file_imports_all_parts_and_the_catalog_says_where_each_is() -> None:
    folder = ontology_dir()
    imported = {catalog()[iri].relative_to(folder) for iri in imports_of(folder / "motkg-all.ttl")}
    parts = [*(folder / "schemes").glob("*.ttl"), folder / "cubes.ttl", folder / "alignments.ttl"]
    assert imported == {
        Path("motkg.ttl"),
        Path("shapes.ttl"),
        *(path.relative_to(folder) for path in parts),
    }


def test_each_part_says_who_it_is_and_imports_the_terms_that_it_uses() -> None:
    """Without the terms, a part that is read by itself takes properties for annotations."""
    folder = ontology_dir()
    parts = {iri: path for iri, path in catalog().items() if path.parent != folder / "shapes"}
    del parts[f"{IRI}/0.1.0"]
    for iri, path in parts.items():
        headers = {q.subject.value for q in parse(path=str(path)) if q.object == NamedNode(f"{OWL}Ontology")}
        assert headers == {iri}, path.name
        assert iri == IRI or IRI in imports_of(path), path.name


def test_the_catalog_names_every_file_of_shapes() -> None:
    folder = ontology_dir() / "shapes"
    shapes = {iri: path for iri, path in catalog().items() if path.parent == folder}
    assert set(shapes.values()) == set(folder.glob("*.ttl"))
    named = {
        q.object.value for q in parse(path=str(folder.with_suffix(".ttl"))) if q.predicate.value.endswith("hasPart")
    }
    assert named == set(shapes)


def test_headers_of_parts_are_not_in_the_graph(loaded_ontology: list[Quad]) -> None:
    assert [q.subject.value for q in loaded_ontology if q.object == NamedNode(f"{OWL}Ontology")] == [IRI]
    assert [q for q in loaded_ontology if q.predicate == OWL_IMPORTS] == []


@pytest.mark.java
def test_the_owl_api_reads_the_whole_by_the_catalog_and_finds_it_in_owl_2_dl(java: str) -> None:
    assert java
    pairs = [text for iri, path in catalog().items() for text in (iri, str(path))]
    answer = hermit.run_program(CHECK, [str(ontology_dir() / "motkg-all.ttl"), *pairs], hermit.Limits())
    lines = answer.output.splitlines()
    assert [line for line in lines if line.startswith("DL")] == []
    assert int(lines[0].partition("\t")[2]) == len(imports_of(ontology_dir() / "motkg-all.ttl")) + 1
    assert int(lines[1].partition("\t")[2]) > 5000


def test_owlready2_reads_the_exported_ontology_with_every_term(tmp_path: Path, loaded_ontology: list[Quad]) -> None:
    owlready2 = pytest.importorskip("owlready2")
    (tmp_path / "motkg.owl").write_bytes(dump(loaded_ontology, "owl"))
    world = owlready2.World()
    found = world.get_ontology((tmp_path / "motkg.owl").as_uri()).load()

    def declared(kind: str) -> set[str]:
        return {q.subject.value for q in loaded_ontology if q.predicate == TYPE and q.object.value == f"{OWL}{kind}"}

    assert {entity.iri for entity in found.object_properties()} >= declared("ObjectProperty")
    assert {entity.iri for entity in world.classes()} == {iri for iri in declared("Class") if "genid" not in iri}
    joint = world[f"{IRI}/JointVentureAlliance"]
    assert [type(expression).__name__ for expression in joint.equivalent_to] == ["And"]
    assert joint.label.en == ["joint venture alliance"]


def test_the_owl_format_takes_the_ontology_alone_and_class_expressions_without_names(
    loaded_ontology: list[Quad],
) -> None:
    thing = NamedNode("https://w3id.org/motkg/id/firm")
    quads = [*loaded_ontology, Quad(thing, TYPE, thing, NamedNode("https://w3id.org/motkg/graph/firms"))]
    text = dump(quads, "owl").decode()
    assert ".well-known/genid" not in text
    assert thing.value not in text
    assert text == dump(reversed(quads), "owl").decode()
    assert thing.value in dump(quads, "owl", ["firms"]).decode()
