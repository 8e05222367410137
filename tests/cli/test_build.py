from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from commandline import PROCESS, kg
from nightly import sample

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("build") / "graph"
    result = kg("build", "-o", folder)
    assert result.returncode == 0, result.stderr
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def whole(folder: Path) -> bool:
    """Whether the files of a build are those that its manifest describes."""
    manifest = json.loads((folder / "manifest.json").read_text())
    return all(
        hashlib.sha256((folder / name).read_bytes()).hexdigest() == about["sha256"]
        for name, about in manifest["outputs"].items()
    )


def test_the_same_input_gives_the_same_bytes(built: Path, tmp_path: Path) -> None:
    seed = {**os.environ, "PYTHONHASHSEED": "1"}  # sets have another order than in this process
    subprocess.run([*PROCESS, "build", "-q", "-o", tmp_path / "again"], env=seed, check=True)
    assert contents(tmp_path / "again") == contents(built)


def test_the_graph_is_sorted_and_has_an_origin_line_for_each_statement(built: Path) -> None:
    lines = (built / "graph.nq").read_text(encoding="utf-8").splitlines()
    assert lines == sorted(set(lines))
    origins = (built / "origins.tsv").read_text(encoding="utf-8").splitlines()
    assert len(origins) == len(lines)
    asserted = [origin for line, origin in zip(lines, origins, strict=True) if line.endswith("/graph/kirihata-mot> .")]
    assert asserted
    assert all(origin.startswith("kirihata-mot/") for origin in asserted)


def test_there_are_no_blank_nodes(built: Path) -> None:
    lines = (built / "graph.nq").read_text(encoding="utf-8").splitlines()
    assert lines
    assert [line for line in lines if line.startswith("_:") or " _:" in line.split(' "')[0]] == []


def test_progress_goes_to_standard_error_only(tmp_path: Path) -> None:
    result = kg("build", "-o", tmp_path / "graph")
    assert result.stdout == ""
    assert "validating" in result.stderr


def test_another_base_changes_our_iris_and_no_others(built: Path, tmp_path: Path) -> None:
    base = "https://example.org/mot/"
    assert kg("build", "-q", "-o", tmp_path / "graph", "--base", base).returncode == 0
    text = (tmp_path / "graph" / "graph.nq").read_text(encoding="utf-8")
    assert "https://w3id.org/motkg/" not in re.sub(r'"(?:[^"\\\\]|\\\\.)*"', '""', text)
    ours = kg("query", "stage-issues", "--graph", tmp_path / "graph", "--format", "csv")
    theirs = kg("query", "stage-issues", "--graph", built, "--format", "csv")
    assert ours.stdout == theirs.stdout
    assert ours.stdout.count("\n") > 10
    checked = kg("validate", "--graph", tmp_path / "graph")
    assert checked.returncode == 0
    assert checked.stdout.splitlines()[0] == kg("validate", "--graph", built).stdout.splitlines()[0]


@pytest.mark.parametrize(
    "base", ["example.org/", "https://example.org", "ftp://example.org/", "https://exa mple.org/", "file:///x/"]
)
def test_a_base_that_makes_no_iris_is_refused(tmp_path: Path, base: str) -> None:
    result = kg("build", "-o", tmp_path / "graph", "--base", base)
    assert result.returncode == 2
    assert "base IRI" in result.stderr
    assert not (tmp_path / "graph").exists()


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "graph").mkdir()
    (tmp_path / "graph" / "thesis.txt").write_text("mine")
    result = kg("build", "-o", tmp_path / "graph")
    assert result.returncode == 2
    assert "no build wrote" in result.stderr
    assert contents(tmp_path / "graph") == {"thesis.txt": b"mine"}


def test_a_store_that_a_load_wrote_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "graph" / "store").mkdir(parents=True)
    (tmp_path / "graph" / "manifest.json").write_text('{"format": 1, "kind": "store"}')
    result = kg("build", "-o", tmp_path / "graph")
    assert (result.returncode, "no build wrote" in result.stderr) == (2, True)
    assert (tmp_path / "graph" / "store").is_dir()


def test_a_build_with_a_foreign_file_in_it_is_left_alone(built: Path, tmp_path: Path) -> None:
    shutil.copytree(built, tmp_path / "graph")
    (tmp_path / "graph" / "notes.txt").write_text("mine")
    before = contents(tmp_path / "graph")
    result = kg("build", "-o", tmp_path / "graph")
    assert (result.returncode, "holds notes.txt, which no build wrote" in result.stderr) == (2, True)
    assert contents(tmp_path / "graph") == before


def test_bad_input_writes_nothing_and_keeps_the_old_build(built: Path, tmp_path: Path) -> None:
    shutil.copytree(built, tmp_path / "graph")
    case = tmp_path / "study"
    case.mkdir()
    (case / "document.yaml").write_text("- id: document\n  type: SuorceDocument\n")
    result = kg("build", case, "-o", tmp_path / "graph")
    assert result.returncode == 2
    assert "study/document.yaml:2:9" in result.stderr
    assert "SourceDocument" in result.stderr
    assert contents(tmp_path / "graph") == contents(built)


def test_a_graph_file_that_was_changed_is_not_read(built: Path, tmp_path: Path) -> None:
    shutil.copytree(built, tmp_path / "graph")
    with (tmp_path / "graph" / "graph.nq").open("a") as file:
        file.write("<http://a> <http://b> <http://c> <http://d> .\n")
    result = kg("query", "stage-issues", "--graph", tmp_path / "graph")
    assert result.returncode == 2
    assert "build it again" in result.stderr


@pytest.mark.slow
def test_killed_at_any_moment_a_build_leaves_the_old_or_the_new_one(built: Path, tmp_path: Path) -> None:
    target = tmp_path / "graph"
    shutil.copytree(built, target)
    (target / "manifest.json").write_text((target / "manifest.json").read_text().replace('"format": 1', '"format":  1'))
    old = contents(target)
    start = time.monotonic()
    subprocess.run([*PROCESS, "build", "-q", "-o", tmp_path / "timed"], check=True)
    whole_run = time.monotonic() - start
    new = contents(tmp_path / "timed")
    seen_old = 0
    for point in sample(range(10), 4, lambda point: point // 3):
        delay = whole_run * (0.05 + 0.1 * point) if point < 6 else whole_run * (0.75 + 0.06 * (point - 5))
        process = subprocess.Popen([*PROCESS, "build", "-q", "-o", str(target)], stderr=subprocess.DEVNULL)
        time.sleep(delay)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert whole(target)
        assert contents(target) in (old, new)
        seen_old += contents(target) == old
    assert seen_old > 0
    assert kg("build", "-q", "-o", target).returncode == 0
    assert contents(target) == new
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".graph")] == []


@pytest.mark.slow
@pytest.mark.parametrize("call", ["mkdtemp", "fsync", "renameat2", "rmtree"])
def test_killed_inside_the_writing_the_output_is_whole(built: Path, tmp_path: Path, call: str) -> None:
    """Kills the process just before and just after the steps of writing, which a clock seldom hits."""
    target = tmp_path / "graph"
    shutil.copytree(built, target)
    script = f"""
import os, signal, sys, tempfile, shutil
from kg.core import atomic
def dying(function, after):
    def call(*args, **kwargs):
        if after: function(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)
    return call
after = sys.argv[1] == "after"
name = {call!r}
owner = {{"mkdtemp": atomic.tempfile, "fsync": atomic.os, "renameat2": atomic, "rmtree": atomic.shutil}}[name]
attribute = {{"renameat2": "_exchange"}}.get(name, name)
setattr(owner, attribute, dying(getattr(owner, attribute), after))
from pathlib import Path
from kg.pipeline.building import BUILD
with atomic.whole_folder(Path(sys.argv[2]), BUILD) as building:
    for path in Path(sys.argv[3]).iterdir():
        shutil.copy(path, building)
"""
    for moment in ("before", "after"):
        ended = subprocess.run(
            [sys.executable, "-c", script, moment, str(target), str(built)], check=False, capture_output=True
        )
        assert ended.returncode == -signal.SIGKILL
        assert whole(target)


@pytest.mark.parametrize(
    ("thing", "key", "column"),
    [
        pytest.param("type: PublicAgency\n  isAtStage: commercialization", "is at stage", 14, id="domain"),
        pytest.param("type: Firm\n  affiliateOf: region/y", "affiliate of", 16, id="range"),
        pytest.param("type: [Firm, PublicAgency]", "rdf:type", 16, id="types"),
        pytest.param("type: Claim\n  participation: {id: part/x, type: Region}", "participation", 18, id="nested"),
    ],
)
def test_statements_that_contradict_each_other_are_not_built(tmp_path: Path, thing: str, key: str, column: int) -> None:
    (tmp_path / "doc").mkdir()
    (tmp_path / "doc" / "document.yaml").write_text(
        f"- id: thing/x\n  name: Ixtlan\n  {thing}\n- {{id: region/y, type: Region, name: Ypsilon}}\n"
    )
    result = kg("build", "-q", tmp_path / "doc", "-o", tmp_path / "graph")
    assert result.returncode == 1
    assert "these statements cannot all be true" in result.stderr
    assert "(cax-dw)" in result.stderr
    assert key in result.stderr
    assert f"doc/document.yaml:{3 + thing.count(chr(10))}:{column}" in result.stderr
    assert all(line.count(":") == 2 for line in result.stderr.splitlines() if line.strip().startswith("ontology/"))
    assert not (tmp_path / "graph").exists()
