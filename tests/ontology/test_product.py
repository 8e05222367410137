"""The ontology as a file for other tools: editors, reasoners and writers of documentation take it as it stands."""

from __future__ import annotations

import os
import re
import subprocess
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
# Each term has a label in two languages; a property and a concept, or concepts of two schemes, may share one.
ALLOWED = {"multiple_labels", "duplicate_label"}
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
    assert world["https://w3id.org/motkg/concept/stage/commercialization"].label.en == ["commercialization"]


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


def test_pylode_writes_documentation_without_a_warning(
    tmp_path: Path, loaded_ontology: list[Quad], caplog: pytest.LogCaptureFixture, recwarn: pytest.WarningsRecorder
) -> None:
    try:
        import pylode
    except (ImportError, OSError):  # some releases fail on a file that they do not ship
        pytest.skip("optional tool: pyLODE is not installed, or cannot be imported: pip install pylode==3.2.1")
    page = tmp_path / "motkg.html"
    pylode.OntPub(ontology=str(ontology_dir() / "motkg.ttl")).make_html(destination=page)
    assert [record.message for record in caplog.records if record.levelname in {"WARNING", "ERROR"}] == []
    ours = [warning for warning in recwarn if not issubclass(warning.category, ResourceWarning)]  # its own open files
    assert [str(warning.message) for warning in ours] == []
    text = page.read_text(encoding="utf-8")
    terms = {q.subject.value for q in loaded_ontology if q.predicate == TYPE and q.object == NamedNode(f"{OWL}Class")}
    assert {iri for iri in terms if iri.startswith(f"{IRI}/")} <= set(re.findall(r"https://w3id[^\"<\s]+", text))


@pytest.mark.slow
@pytest.mark.java
def test_robot_reports_no_error(java: str, tmp_path: Path, loaded_ontology: list[Quad]) -> None:
    """All rules hold but two, which languages and schemes break on purpose; parts of cubes have no names."""
    folder = os.environ.get("MOTKG_ROBOT")
    if not folder:
        pytest.skip(
            "optional tool: set MOTKG_ROBOT to a folder with ROBOT's jars (Maven: org.obolibrary.robot:robot-command)"
        )
    (tmp_path / "motkg.owl").write_bytes(dump(loaded_ontology, "owl"))
    report = tmp_path / "report.tsv"
    command = [java, "-cp", f"{folder}/*", "org.obolibrary.robot.CommandLineInterface", "report", "--base-iri"]
    command += [
        "https://w3id.org/motkg/",
        "--input",
        str(tmp_path / "motkg.owl"),
        "--output",
        str(report),
        "--fail-on",
        "none",
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    lines = [line.split("\t") for line in report.read_text(encoding="utf-8").splitlines()[1:]]
    errors = {(rule, subject) for level, rule, subject, *_ in lines if level == "ERROR"}
    assert lines
    assert {(rule, subject) for rule, subject in errors if rule not in ALLOWED and "/cube/" not in subject} == set()
