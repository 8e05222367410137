"""``kg validate`` as people and CI systems call it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, get_args

import pytest
from commandline import PROCESS, kg

from kg.cli.validate import _ALLOWED, _ENGINES, _FORMATS
from kg.shacl import FORMATS, Engine
from kg.shacl.report.report import CONCERNS

if TYPE_CHECKING:
    from pathlib import Path

SHAPES = """\
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <https://example.org/> .
:S sh:targetClass :Firm ; sh:property [ sh:path :name ; sh:minCount 1 ; sh:severity sh:Warning ] , [ sh:path :size ; sh:maxCount 1 ] .
"""
GOOD = '@prefix : <https://example.org/> .\n:a a :Firm ; :name "A" ; :size 1 .\n'
WARNED = GOOD + ":b a :Firm .\n"
BAD = GOOD + ':c a :Firm ; :name "C" ;\n  :size 1 , 2 .\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {
        "shapes.ttl": SHAPES,
        "good.ttl": GOOD,
        "warned.ttl": WARNED,
        "bad.ttl": BAD,
        "empty.ttl": "",
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def validate(folder: Path, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return kg("validate", *arguments, stdin=stdin, cwd=folder)


def test_the_options_name_every_engine_format_and_concern() -> None:
    assert get_args(Engine) == _ENGINES
    assert tuple(FORMATS) == _FORMATS
    assert {kind: flag for flag, (kind, _) in _ALLOWED.items()} == CONCERNS


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["good.ttl"], 0),
        (["warned.ttl"], 1),
        (["warned.ttl", "--fail-on", "warning"], 1),
        (["warned.ttl", "--fail-on", "violation"], 0),
        (["bad.ttl", "--fail-on", "violation"], 1),
        (["empty.ttl"], 1),
        (["empty.ttl", "--allow-empty-data"], 1),
        (["empty.ttl", "--allow-empty-data", "--allow-empty-targets", "--allow-unknown-names"], 0),
        (["good.ttl", "--shapes", "empty.ttl"], 1),
        (["good.ttl", "--shapes", "empty.ttl", "--allow-no-shapes"], 0),
        (["nowhere.ttl"], 2),
        (["*.nowhere"], 2),
        (["good.ttl", "--shapes", "nowhere.ttl"], 2),
        (["good.ttl", "--baseline", "nowhere.json"], 0),
        (["good.ttl", "--write-baseline"], 2),
        (["good.ttl", "-o", "nowhere/report.json"], 2),
        (["good.ttl", "--engine", "fast"], 2),
        (["good.ttl", "--engine", "sparql"], 0),
        (["--endpoint", "http://127.0.0.1:9/sparql"], 2),
        (["good.ttl", "--endpoint", "http://127.0.0.1:9/sparql"], 2),
    ],
)
def test_the_exit_code_tells_clean_findings_and_could_not_run(folder: Path, arguments: list[str], code: int) -> None:
    result = validate(folder, "--shapes", "shapes.ttl", *arguments)
    assert result.returncode == code, result.stdout + result.stderr
    assert "Traceback" not in result.stderr


def test_a_fault_is_printed_with_line_column_and_what_to_do(folder: Path) -> None:
    result = validate(folder, "bad.ttl", "--shapes", "shapes.ttl")
    assert "  bad.ttl:4:13: :c :size\n" in result.stdout
    assert "  fix: keep at most 1 of :size\n" in result.stdout


def test_standard_input_patterns_and_an_output_file(folder: Path) -> None:
    result = validate(
        folder,
        "-",
        "*d.ttl",
        "--data-format",
        "ttl",
        "--shapes",
        "shapes.ttl",
        "-f",
        "json",
        "-o",
        "report.json",
        stdin=WARNED,
    )
    assert (result.returncode, result.stdout) == (1, "")
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert {found["origin"]["file"] for found in report["results"]} == {"-", "bad.ttl"}
    assert report["run"]["statements"] == 8
    assert report["run"]["peakMemoryBytes"] > 1_000_000


def test_a_baseline_accepts_what_is_known(folder: Path) -> None:
    arguments = ["bad.ttl", "--shapes", "shapes.ttl", "--baseline", "known.json"]
    assert validate(folder, *arguments, "--write-baseline").returncode == 0
    assert validate(folder, *arguments).returncode == 0
    (folder / "bad.ttl").write_text(BAD + ":d a :Firm .", encoding="utf-8")
    result = validate(folder, *arguments)
    assert result.returncode == 1
    assert "does not conform: 1 result," in result.stdout
    assert "the baseline accepts 1 result\n" in result.stdout


def test_progress_is_told_when_asked_for_and_not_to_a_pipe(folder: Path) -> None:
    quiet, loud = (validate(folder, "good.ttl", "--shapes", "shapes.ttl", *more) for more in ([], ["--progress"]))
    assert quiet.stderr == ""
    assert loud.stderr.splitlines()[-1] == "validating 3 statements against 3 shapes"


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def test_since_gives_the_report_of_a_full_run_from_the_earlier_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    data = folder / "data.ttl"
    data.write_text(BAD + "".join(f":n{number} a :Firm .\n" for number in range(20)), encoding="utf-8")
    git(folder, "init", "-q")
    git(folder, "add", "data.ttl")
    git(folder, "commit", "-qm", "data")
    arguments = ["data.ttl", "--shapes", "shapes.ttl", "-f", "json"]
    first = json.loads(validate(folder, *arguments, "--since", "HEAD").stdout)
    text = (
        data.read_text(encoding="utf-8")
        .replace("1 , 2", "1")
        .replace(":n3 a :Firm .", '\n:n3 a :Firm ; :name "N" ; :size 4 , 5 .')
    )
    data.write_text(text, encoding="utf-8")
    changed, full = (json.loads(validate(folder, *arguments, *more).stdout) for more in (["--since", "HEAD"], []))
    assert len(first["results"]) == 21
    assert changed["results"] == full["results"] != first["results"]
    assert {key: changed[key] for key in changed if key != "run"} == {key: full[key] for key in full if key != "run"}


def test_since_a_state_gives_the_report_of_a_full_run_from_files_or_from_a_given_change(folder: Path) -> None:
    data = folder / "data.nt"
    line = "<https://example.org/n{}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://example.org/Firm> ."
    data.write_text("".join(f"{line.format(number)}\n" for number in range(400)), encoding="utf-8")
    arguments = ["--shapes", "shapes.ttl", "-f", "json", "--allow-unknown-names"]
    first = json.loads(validate(folder, "data.nt", *arguments, "--save-state", "base").stdout)
    (folder / "added.nt").write_text(f"{line.format('ew')}\n", encoding="utf-8")
    data.write_text(data.read_text(encoding="utf-8") + f"{line.format('ew')}\n", encoding="utf-8")
    full, changed = (
        json.loads(validate(folder, "data.nt", *arguments, *more).stdout) for more in ([], ["--since", "base"])
    )
    given = json.loads(validate(folder, *arguments, "--since", "base", "--added", "added.nt").stdout)
    assert len(changed["results"]) == len(first["results"]) + 1
    assert changed["results"] == full["results"]
    assert [result["focusNode"] for result in given["results"]] == [result["focusNode"] for result in full["results"]]
    for wrong in (
        ["data.nt", "--save-state", "base", "--since", "base"],
        ["--added", "added.nt"],
        ["data.nt", "--since", "base", "--removed", "x"],
    ):
        assert validate(folder, *arguments, *wrong).returncode == 2


@pytest.mark.parametrize("where", ["thesis", "base", "pipe"])
def test_a_state_takes_the_place_of_a_state_and_of_nothing_else(folder: Path, where: str) -> None:
    (folder / "thesis").mkdir()
    (folder / "thesis" / "thesis.txt").write_text("mine", encoding="utf-8")
    (folder / "base").mkdir()
    arguments = ["good.ttl", "--shapes", "shapes.ttl", "--save-state"]
    for _ in range(2):
        assert validate(folder, *arguments, "base").returncode == 0
    (folder / "base" / "notes.txt").write_text("mine", encoding="utf-8")
    os.mkfifo(folder / "pipe")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    refused = validate(folder, *arguments, where)
    told = {
        "thesis": "thesis holds files that no kg validate --save-state wrote; name another folder",
        "base": "base holds notes.txt, which no kg validate --save-state wrote",
        "pipe": "pipe is a file; name a folder for kg validate --save-state",
    }
    assert refused.returncode == 2
    assert told[where] in refused.stderr
    assert refused.stdout == ""
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert (folder / "pipe").is_fifo()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["good.ttl", "--since", "nonsense"], "no revision 'nonsense'"),
        (["--since", "nonsense"], "no revision 'nonsense'"),
    ],
)
def test_since_what_cannot_be_is_refused(folder: Path, arguments: list[str], message: str) -> None:
    git(folder, "init", "-q")
    result = validate(folder, *arguments)
    assert result.returncode == 2
    assert message in result.stderr


MESSAGES = (
    SHAPES
    + ':S sh:property [ sh:path :owner ; sh:minCount 1 ; sh:message "eins"@de , "one"@en , "un"@fr , "uno"@it ] .\n'
)


def test_the_reference_engine_reports_the_same_each_time(folder: Path) -> None:
    (folder / "messages.ttl").write_text(MESSAGES, encoding="utf-8")
    options = ["--shapes", "messages.ttl", "--engine", "pyshacl", "-f", "json"]
    command = [*PROCESS, "validate", "bad.ttl", *options]
    reports = []
    for seed in "12":
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        report = json.loads(
            subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, env=environment).stdout
        )
        reports.append([(result["focusNode"], result["messages"]) for result in report["results"]])
    assert len(reports[0]) == 3
    assert reports[0] == reports[1]


OF_OTHERS = {
    "kg.evidence",
    "kg.graph.graph",
    "kg.pipeline.building",
    "kg.publishing",
    "kg.query",
    "kg.reason",
    "kg.sparql",
    "kg.store",
    "kg.loaders.cases.folder",
}
HEAVY = {
    "pandas",
    "polars",
    "pyshacl",
    "rdflib",
    "requests",
    "rich",
    "scipy",
    "yaml",
    "concurrent.futures",
    "http",
    "ssl",
    "tempfile",
}


@pytest.mark.parametrize("data", ["good.ttl", "bad.ttl"])
def test_a_file_held_against_shapes_loads_nothing_that_it_does_not_use(data: str, folder: Path) -> None:
    code = (
        f"import sys; sys.argv = ['kg', 'validate', {data!r}, '--shapes', 'shapes.ttl']\n"
        "from kg.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print(sorted({OF_OTHERS | HEAVY!r} & sys.modules.keys()), file=sys.stderr)"
    )
    result = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, timeout=120, check=True, cwd=folder
    )
    assert "checked with the columnar engine" in result.stdout
    assert result.stderr.strip() == "[]"
