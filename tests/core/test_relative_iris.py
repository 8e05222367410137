"""Relative IRIs of files without a base: no paths of the machine, the same in every checkout, and joined as RFC 3986 says."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from commandline import kg

import kg as motkg
from kg.core import terms
from kg.core.terms import RELATIVE

if TYPE_CHECKING:
    from pathlib import Path

EX = "@prefix ex: <https://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .\n"
FILES = {
    "data.ttl": f"{EX}<#alice> ex:knows <bob> , <sub/c.ttl#carol> . <bob> ex:age 3 .",
    "sub/c.ttl": f"{EX}<#carol> ex:age 5 . <../bob> ex:size 7 . <bob> ex:size 9 .",
    "data.rdf": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:ex="https://example.org/">'
    '<rdf:Description rdf:about="bob"><ex:weight>80</ex:weight></rdf:Description></rdf:RDF>',
    "data.jsonld": '{"@id": "bob", "https://example.org/height": 2}',
    "based.ttl": f"@base <https://example.com/b/> . {EX} <bob> ex:age 1 .",
    "shapes.ttl": f"{EX}<#S> a sh:NodeShape ; sh:targetNode <bob> ; sh:property [ sh:path ex:age ; sh:maxInclusive 1 ] .\n"
    "<> <http://www.w3.org/2002/07/owl#imports> <sub/more.ttl> .",
    "sub/more.ttl": f"{EX}<#T> a sh:NodeShape ; sh:targetNode <c.ttl#carol> ; sh:property [ sh:path ex:age ; sh:minInclusive 6 ] .",
}
ROWS = "PREFIX ex: <https://example.org/> SELECT ?s ?p ?o { ?s ?p ?o FILTER(?p != ex:knows || ISIRI(?o)) } ORDER BY ?s ?p ?o"


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    for name, text in FILES.items():
        path = tmp_path / "one place" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    shutil.copytree(tmp_path / "one place", tmp_path / "another")
    return tmp_path / "one place", tmp_path / "another"


@pytest.fixture(autouse=True)
def _numbers_of_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terms, "_OUTSIDE", {})


@pytest.mark.parametrize(
    "arguments",
    [
        ("query", ROWS, "--data", "data.ttl", "--data", "sub/c.ttl", "-f", "json"),
        ("query", "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", "--data", "data.ttl"),
        ("query", "CONSTRUCT WHERE { ?s ?p ?o }", "--data", "data.jsonld"),
        ("validate", "data.ttl", "sub/c.ttl", "--shapes", "shapes.ttl", "-f", "turtle"),
        ("validate", "data.ttl", "sub/c.ttl", "--shapes", "shapes.ttl", "-f", "csv"),
        ("export", "--graph", "data.rdf"),
        ("explain", f"{RELATIVE}bob", "--graph", "data.ttl"),
        ("describe", f"{RELATIVE}bob", "--graph", "data.ttl"),
        ("reason", "data.ttl", "--without-ontology"),
    ],
)
def test_output_is_the_same_in_every_folder_and_says_what_such_iris_are(
    arguments: tuple[str, ...], folders: tuple[Path, Path]
) -> None:
    first, second = (kg(*arguments, cwd=folder) for folder in folders)
    assert first.stdout == second.stdout
    for text in (first.stdout, first.stderr):
        assert str(folders[0].parent) not in text
        assert "file:" not in text
    if RELATIVE in first.stdout:
        assert f"note: IRIs that begin with {RELATIVE} are relative IRIs of a file" in first.stderr


def test_nothing_is_said_of_files_with_a_base(folders: tuple[Path, Path]) -> None:
    ran = kg("query", "SELECT ?s { ?s ?p ?o }", "--data", "based.ttl", cwd=folders[0])
    assert "https://example.com/b/bob" in ran.stdout
    assert "note:" not in ran.stderr


def test_references_of_one_file_to_another_are_joined(folders: tuple[Path, Path]) -> None:
    """``<bob>`` is one thing in three files of one folder and another in that below it."""
    found = kg(
        "query",
        "PREFIX ex: <https://example.org/> SELECT ?s ?age ?size ?kg ?m ?carol { ?s ex:age ?age ; ex:size ?size ; ex:weight ?kg ; "
        "ex:height ?m . ?alice ex:knows ?s , ?c . ?c ex:age ?carol FILTER(?c != ?s) }",
        *(word for name in ("data.ttl", "sub/c.ttl", "data.rdf", "data.jsonld") for word in ("--data", name)),
        "-f",
        "csv",
        cwd=folders[0],
    )
    assert found.stdout.splitlines()[1:] == [f"{RELATIVE}bob,3,7,80,2,5"]


def test_validators_join_shapes_with_data_and_follow_relative_imports(folders: tuple[Path, Path]) -> None:
    ran = kg("validate", "data.ttl", "sub/c.ttl", "--shapes", "shapes.ttl", cwd=folders[0])
    assert "does not conform: 2 results" in ran.stdout
    column = FILES["data.ttl"].splitlines()[1].index("3 .") + 1
    assert f'data.ttl:2:{column}: <{RELATIVE}bob> ex:age "3"' in ran.stdout
    column = FILES["sub/c.ttl"].splitlines()[1].index("5 .") + 1
    assert f'sub/c.ttl:2:{column}: <{RELATIVE}sub/c.ttl#carol> ex:age "5"' in ran.stdout
    assert "unread-import" not in ran.stdout


def test_files_of_one_name_in_two_folders_elsewhere_do_not_share_their_iris(folders: tuple[Path, Path]) -> None:
    graph = motkg.open(data=[folder / name for folder in folders for name in ("sub/c.ttl", "data.ttl")])
    rows = graph.query(
        "PREFIX ex: <https://example.org/> SELECT ?s ?age ?size { ?s ex:age ?age ; ex:size ?size } ORDER BY ?s"
    )
    assert [row["s"] for row in rows] == [f"{RELATIVE}@1/bob", f"{RELATIVE}@2/bob"]
    known = graph.query("PREFIX ex: <https://example.org/> SELECT ?o { ?s ex:knows ?o . ?o ex:age 5 } ORDER BY ?o")
    assert [row["o"] for row in known] == [f"{RELATIVE}@1/sub/c.ttl#carol", f"{RELATIVE}@2/sub/c.ttl#carol"]


def test_standard_input_joins_the_files_of_the_working_folder(folders: tuple[Path, Path]) -> None:
    ran = kg("validate", "-", "--data-format", "ttl", "--shapes", "shapes.ttl", stdin=FILES["data.ttl"], cwd=folders[0])
    assert f'<{RELATIVE}bob> ex:age "3"' in ran.stdout


def test_a_baseline_holds_in_another_folder(folders: tuple[Path, Path]) -> None:
    arguments = ("validate", "data.ttl", "--shapes", "shapes.ttl", "--baseline", "accepted.json")
    kg(*arguments, "--write-baseline", cwd=folders[0])
    shutil.copy(folders[0] / "accepted.json", folders[1])
    assert "conforms" in kg(*arguments, cwd=folders[1]).stdout.splitlines()[0]
