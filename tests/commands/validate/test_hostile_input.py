"""What users of continuous integration run into: damaged files, odd shapes, hostile literals.

Never a traceback, never a silent pass.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from kg.cli.validate import command
from kg.commands.validate import read_given_shapes
from kg.core.errors import InputError

if TYPE_CHECKING:
    from click.testing import Result

PREFIXES = """\
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix : <https://example.org/> .
"""
SHAPES = PREFIXES + ":S sh:targetClass :Firm ; sh:property [ sh:path :name ; sh:maxLength 10 ] .\n"
GOOD = PREFIXES + ':a a :Firm ; :name "ok" .\n'
BAD = PREFIXES + ':a a :Firm ;\n  :name "x\\u001B[31m\\n::error::y %0A <script>\\u202E" .\n'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in (("shapes.ttl", SHAPES), ("good.ttl", GOOD), ("bad.ttl", BAD), ("empty.ttl", PREFIXES)):
        Path(name).write_text(text, encoding="utf-8")
    return tmp_path


def kg(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


def refused(*arguments: str) -> str:
    done = kg(*arguments)
    assert isinstance(done.exception, InputError), done.exception
    return str(done.exception)


@pytest.mark.parametrize(
    "content", [b"\xff\xfe", b"[" * 100_000, b"[]", b'{"form": "motkg validation baseline", "accepted": [1]}']
)
def test_a_damaged_baseline_is_refused_by_name(content: bytes) -> None:
    Path("known.json").write_bytes(content)
    assert "known.json" in refused("bad.ttl", "--shapes", "shapes.ttl", "--baseline", "known.json")


def test_a_literal_cannot_command_a_terminal_or_begin_a_line() -> None:
    told = kg("bad.ttl", "--shapes", "shapes.ttl").output
    assert r'bad.ttl:3:9: :a :name "x\u001B[31m\n::error::y %0A <script>\u202E"' in told
    assert not [char for char in told if char != "\n" and not char.isprintable()]


@pytest.mark.parametrize("form", ["github", "junit", "html", "sarif"])
def test_no_form_lets_a_literal_out_of_its_place(form: str) -> None:
    told = kg("bad.ttl", "--shapes", "shapes.ttl", "--format", form).output
    if form == "github":
        assert [line[:13] for line in told.splitlines()] == ["::error file="]
    elif form == "html":
        assert "<script>\\u202E" not in told
    elif form == "junit":
        assert ET.fromstring(told).get("failures") == "1"  # noqa: S314 - our own output
    else:
        assert len(json.loads(told)["runs"][0]["results"]) == 1


def test_a_long_literal_is_cut_short_for_people_and_whole_for_programs() -> None:
    Path("long.ttl").write_text(GOOD.replace('"ok"', f'"{"n" * 5000}"'), encoding="utf-8")
    assert len(kg("long.ttl", "--shapes", "shapes.ttl").output) < 2000
    assert "n" * 5000 in kg("long.ttl", "--shapes", "shapes.ttl", "--format", "json").output


@pytest.mark.parametrize("form", ["sarif", "github", "junit"])
def test_code_hosts_get_files_from_the_root_of_the_repository(
    folder: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    subprocess.run(["git", "init", "-q", "."], check=True)
    (folder / "sub").mkdir()
    shutil.move("bad.ttl", "sub/bad.ttl")
    monkeypatch.chdir(folder / "sub")
    told = kg("bad.ttl", "--shapes", "../shapes.ttl", "--format", form).output
    assert {"sarif": '"uri": "sub/bad.ttl"', "github": "file=sub/bad.ttl,line=3", "junit": 'file="sub/bad.ttl"'}[
        form
    ] in told


def test_an_empty_file_among_others_is_told_and_has_its_flag() -> None:
    done = kg("good.ttl", "empty.ttl", "--shapes", "shapes.ttl")
    assert (done.exit_code, "empty.ttl holds no statement" in done.output) == (1, True)
    assert kg("good.ttl", "empty.ttl", "--shapes", "shapes.ttl", "--allow-empty-data").exit_code == 0


def test_shapes_of_which_everything_is_deactivated_check_nothing() -> None:
    Path("shapes.ttl").write_text(
        SHAPES.replace("sh:maxLength", "sh:deactivated true ; sh:maxLength"), encoding="utf-8"
    )
    done = kg("good.ttl", "--shapes", "shapes.ttl")
    assert (done.exit_code, "is deactivated" in done.output) == (1, True)
    assert kg("good.ttl", "--shapes", "shapes.ttl", "--allow-no-shapes").exit_code == 0


def test_imports_of_files_are_followed_once_and_others_are_told() -> None:
    Path("more.ttl").write_text(
        PREFIXES + "<> owl:imports <shapes.ttl> . :T sh:targetClass :Firm ; sh:path :name ; sh:maxCount 0 .",
        encoding="utf-8",
    )
    Path("shapes.ttl").write_text(
        SHAPES + "<> owl:imports <more.ttl> , sh: , <gone.ttl> , <http://example.com/shapes> .", encoding="utf-8"
    )
    done = kg("good.ttl", "--shapes", "shapes.ttl", "--format", "json")
    report = json.loads(done.stdout)
    assert [result["component"][27:] for result in report["results"]] == ["MaxCountConstraintComponent"]
    assert [(each["kind"], each["origin"]["line"]) for each in report["concerns"]] == [("unread-import", 3)] * 2
    assert {each["term"].rpartition("/")[2] for each in report["concerns"]} == {"gone.ttl", "shapes"}
    Path("more.ttl").unlink()
    assert len(read_given_shapes([Path("shapes.ttl")]).concerns) == 3


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "<> sh:entailment <http://www.w3.org/ns/entailment/RDFS> . :S sh:targetClass :Firm .",
            "shapes.ttl:2:18: sh:entailment",
        ),
    ],
)
def test_what_cannot_be_run_is_refused_where_it_stands(text: str, told: str) -> None:
    Path("shapes.ttl").write_text(PREFIXES + text, encoding="utf-8")
    assert told in refused("good.ttl", "--shapes", "shapes.ttl")


def test_whatever_pyshacl_raises_is_an_error_of_ours() -> None:
    query = 'sh:prefixes :o ; sh:select "SELECT $this WHERE { $this e:p ?x }"'
    # pySHACL looks no further than the ontology that sh:prefixes names
    prefixes = ':o owl:imports :p . :p sh:declare [ sh:prefix "e" ; sh:namespace "https://example.org/" ] .'
    Path("shapes.ttl").write_text(
        f"{PREFIXES}{prefixes} :S sh:targetClass :Firm ; sh:sparql [ {query} ] .", encoding="utf-8"
    )
    assert "pySHACL cannot run it" in refused("good.ttl", "--shapes", "shapes.ttl", "--engine", "pyshacl")


def test_a_damaged_state_is_refused_by_the_name_of_the_file() -> None:
    Path("good.nt").write_text(
        "".join(f'<https://example.org/{n}> <https://example.org/name> "{n}" .\n' for n in range(9)), encoding="utf-8"
    )
    kg("good.nt", "--shapes", "shapes.ttl", "--save-state", "state")
    files = [file for file in sorted(Path("state").iterdir()) if file.name != "state.json" and file.stat().st_size]
    assert files
    for file in files:
        shutil.rmtree("copy", ignore_errors=True)
        shutil.copytree("state", "copy")
        content = bytearray((Path("copy") / file.name).read_bytes())
        content[0] ^= 1
        (Path("copy") / file.name).write_bytes(content)
        assert "copy" in refused("good.nt", "--shapes", "shapes.ttl", "--since", "copy")


def test_a_report_file_appears_whole_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("report.txt").write_text("earlier", encoding="utf-8")

    def full(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert kg("good.ttl", "--shapes", "shapes.ttl", "-o", "report.txt").exit_code != 0
    assert Path("report.txt").read_text(encoding="utf-8") == "earlier"


def test_a_file_of_imports_alone_brings_the_shapes_that_it_imports() -> None:
    Path("all.ttl").write_text(PREFIXES + "<> owl:imports <shapes.ttl> .", encoding="utf-8")
    assert kg("good.ttl", "--shapes", "all.ttl").exit_code == 0
    assert kg("bad.ttl", "--shapes", "all.ttl").exit_code == 1


@pytest.mark.parametrize(("name", "told"), [("nowhere/", "No such file"), ("folder", "holds no RDF file")])
def test_shapes_that_are_not_there_are_refused(folder: Path, name: str, told: str) -> None:
    (folder / "folder").mkdir()
    assert told in refused("good.ttl", "--shapes", name)


def test_a_syntax_that_is_not_known_is_named_as_it_was_given() -> None:
    assert "'turtles' names no RDF syntax" in refused("good.ttl", "--shapes", "shapes.ttl", "--data-format", "turtles")


def test_the_value_of_a_query_is_placed_where_it_stands_even_if_the_query_names_no_path() -> None:
    query = "SELECT $this ?value WHERE { $this ?any ?value FILTER isLiteral(?value) }"
    Path("shapes.ttl").write_text(
        f"{PREFIXES}:S sh:targetClass :Firm ; sh:sparql [ sh:select '{query}' ] .", encoding="utf-8"
    )
    assert "good.ttl:2:20: " in kg("good.ttl", "--shapes", "shapes.ttl").output


def test_characters_that_nobody_sees_are_written_out() -> None:
    Path("bad.ttl").write_text(
        PREFIXES + ':a a :Firm ; :name "x\\u200B\\u200F\\uFEFF\\u2066 and more" .\n', encoding="utf-8"
    )
    assert r"x\u200B\u200F\uFEFF\u2066 and" in kg("bad.ttl", "--shapes", "shapes.ttl").output
