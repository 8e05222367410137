"""No command and no reader reaches out for what a file names: not to the network, and not to another file.

Files try each way that their formats offer. A port of this machine listens and counts who connects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from servers import counting_connections

import kg
from kg.cli.main import cli
from kg.reason.hermit import Limits, check_consistency, check_profiles
from kg.shacl.givenshapes import read_given_shapes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from servers import Connections

TURTLE = """@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix ex: <https://example.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix sh: <http://www.w3.org/ns/shacl#> .
ex:o a owl:Ontology ; owl:imports <ADDRESS/onto.owl> , <FILE> ; rdfs:seeAlso <ADDRESS/more> ; owl:versionIRI <ADDRESS/1> .
ex:A a owl:Class . ex:a a ex:A ; rdfs:label "ADDRESS" .
ex:S a sh:NodeShape ; sh:targetClass ex:A ; sh:shapesGraph <ADDRESS/shapes> ; sh:property ex:P .
ex:P sh:path rdfs:label ; sh:maxCount 0 .
"""
JSON_LD = '{"@context": "ADDRESS/context.jsonld", "@id": "https://example.org/a", "label": "a"}'
RDF_XML = """<?xml version="1.0"?><?xml-stylesheet href="ADDRESS/style.xsl" type="text/xsl"?>
<!DOCTYPE r:RDF SYSTEM "ADDRESS/rdf.dtd" [ <!ENTITY more SYSTEM "ADDRESS/more"> <!ENTITY % outer SYSTEM "ADDRESS/dtd"> %outer; ]>
<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:s="http://www.w3.org/2000/01/rdf-schema#">
<r:Description r:about="https://example.org/a"><s:label>&more;</s:label></r:Description></r:RDF>"""
QUERIES = (
    "SELECT * { SERVICE <ADDRESS> { ?s ?p ?o } }",
    "SELECT * FROM <ADDRESS/g> FROM NAMED <ADDRESS/h> { ?s ?p ?o }",
    "SELECT * { ?s ?p ?o OPTIONAL { SERVICE SILENT <ADDRESS> { ?s ?q ?x } } }",
    "LOAD <ADDRESS/g>",
    "DESCRIBE <ADDRESS/thing>",
)
CASE = 'id: odd\ntitle: "ADDRESS"\n"@context": ADDRESS/context.jsonld\n'
MAP = 'id: org/{code}\ntype: SmallFirm\nname: "{name}"\n'
COMMANDS = (
    "validate data.ttl",
    "validate data.ttl --shapes data.ttl",
    "validate data.ttl --shapes data.ttl --engine pyshacl",
    "validate data.ttl --shapes data.rdf",
    "validate data.rdf",
    "validate data.jsonld",
    "reason data.ttl --without-ontology",
    "reason data.ttl --without-ontology --check --rules-only",
    "reason data.jsonld",
    "load data.ttl --alone --no-close -o store-of-turtle",
    "load data.rdf --alone --no-close -o store-of-xml",
    "load data.jsonld --alone --no-close -o store-of-json",
    "load firms.csv --map map.yaml --alone --no-close -o store-of-csv",
    "load --infer-map firms.csv --as firm",
    "explain https://example.org/a --graph store-of-turtle",
    "export --graph store-of-turtle -f turtle",
    "describe ADDRESS/thing",
    "audit firms.csv",
    "audit case",
    "build case -o built",
    "verify-sources case",
    "lint query.rq",
    *(
        f"query query-{number}.rq {store} --data data.ttl"
        for number in range(len(QUERIES))
        for store in ("", "--store rdflib")
    ),
)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Connections]]:
    """Files that try to reach an address of this machine, and what listens there."""
    folder = tmp_path_factory.mktemp("files")
    secret = folder / "elsewhere" / "secret.ttl"
    secret.parent.mkdir()
    secret.write_text("<https://example.org/hush> a <https://example.org/Secret> .", encoding="utf-8")
    here = folder / "here"
    (here / "case").mkdir(parents=True)
    with counting_connections() as connections:
        address = connections.address.removesuffix("/sparql")
        texts = {
            "data.ttl": TURTLE.replace("FILE", secret.as_uri()),
            "data.jsonld": JSON_LD,
            "data.rdf": RDF_XML,
            "case/document.yaml": CASE,
            "map.yaml": MAP,
            "firms.csv": "code,name\na,ADDRESS\n",
            "query.rq": "\n".join(QUERIES[:1]),
            **{f"query-{number}.rq": query for number, query in enumerate(QUERIES)},
        }
        for name, text in texts.items():
            (here / name).write_text(text.replace("ADDRESS", address), encoding="utf-8")
        yield here, connections


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_connects_to_nothing_that_files_name(
    files: tuple[Path, Connections], monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    folder, connections = files
    monkeypatch.chdir(folder)
    done = CliRunner().invoke(cli, command.replace("ADDRESS", connections.address).split())
    assert connections.count() == 0
    assert "hush" not in done.output
    assert "Usage:" not in done.output  # it ran


def test_the_imports_of_data_are_told_and_not_read(
    files: tuple[Path, Connections], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, connections = files
    monkeypatch.chdir(folder)
    inference = kg.infer("data.ttl", with_ontology=False)
    report = kg.check_consistency("data.ttl", rules_only=True, with_ontology=False)
    imported = (
        f"{connections.address.removesuffix('/sparql')}/onto.owl",
        (folder.parent / "elsewhere/secret.ttl").as_uri(),
    )
    assert sorted(imported) == list(inference.unread_imports) == list(report.unread_imports)
    assert "not read: the data imports" in str(inference)
    assert "not read: the data imports" in str(report)
    assert connections.count() == 0


def test_imports_that_are_among_the_data_are_not_told(tmp_path: Path) -> None:
    file = tmp_path / "two.ttl"
    file.write_text("<a:a> <http://www.w3.org/2002/07/owl#imports> <a:b> . <a:b> a <a:c> .", encoding="utf-8")
    assert kg.infer(file, with_ontology=False).unread_imports == ()


def test_shapes_import_files_beside_and_below_them_and_no_others(files: tuple[Path, Connections]) -> None:
    folder, connections = files
    given = read_given_shapes([folder / "data.ttl"])
    assert [source.name for source in given.sources] == [str(folder / "data.ttl")]
    assert sum(concern.kind == "unread-import" for concern in given.concerns) == 2
    assert connections.count() == 0


def test_objects_of_owlready_are_made_without_imports(files: tuple[Path, Connections]) -> None:
    folder, connections = files
    with pytest.warns(UserWarning, match="imports are never fetched"):
        ontology = kg.open(data=[str(folder / "data.ttl")]).ontology()
    assert ontology.world["https://example.org/a"] is not None
    assert ontology.world["https://example.org/hush"] is None
    assert connections.count() == 0


@pytest.mark.java
def test_the_reasoner_fetches_no_imports(java: str, files: tuple[Path, Connections]) -> None:
    assert java
    folder, connections = files
    quads = list(kg.open(data=[str(folder / "data.ttl")]).store.quads())
    assert check_consistency(quads, Limits(seconds=60)).consistent
    check_profiles(quads, Limits(seconds=60))
    assert connections.count() == 0
