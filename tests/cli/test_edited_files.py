"""What ``kg query`` answers follows every change of the installed files at once, also one that keeps their sizes and times."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

import kg
from kg.core.resources import ontology_dir, queries_dir

pytestmark = pytest.mark.slow
SETTLING = 2.1  # seconds after which the time of a change distinguishes one state of a file from the next


@dataclass(frozen=True)
class Installed:
    """A copy of motkg as a wheel installs it, whose files a test may change, with a cache of its own."""

    folder: Path
    cache: Path

    def query(self, *arguments: str, **more: str) -> bytes:
        command = [sys.executable, "-P", "-m", "kg", "query", *arguments]
        environment = {**os.environ, "PYTHONPATH": str(self.folder), "XDG_CACHE_HOME": str(self.cache), **more}
        return subprocess.run(command, env=environment, capture_output=True, timeout=120, check=True).stdout

    def file(self, *parts: str) -> Path:
        return self.folder.joinpath("kg", *parts)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    base = tmp_path_factory.mktemp("installed")
    package = base / "site" / "kg"
    shutil.copytree(Path(kg.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__", "data"))
    shutil.copytree(ontology_dir(), package / "data" / "ontology")
    shutil.copytree(queries_dir(), package / "data" / "queries")
    return Installed(base / "site", base / "cache")


@pytest.fixture(params=["just written", "settled"])
def settled(installed: Installed, request: pytest.FixtureRequest) -> Installed:
    if request.param == "settled":
        time.sleep(SETTLING)
    installed.query("stage-issues")
    return installed


def replaced(file: Path, old: str, new: str) -> None:
    """Change a file, and give it back its size and the time of its last change."""
    assert len(old.encode()) == len(new.encode())
    before = file.stat()
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_an_edited_query(settled: Installed) -> None:
    file = settled.file("data", "queries", "stages", "stage-issues.rq")
    replaced(file, "?share", "?shore")
    edited = settled.query("stage-issues", "-f", "csv")
    replaced(file, "?shore", "?share")
    assert edited.startswith(b"stage,response,shore,n,document\r\n")
    assert settled.query("stage-issues", "-f", "csv").startswith(b"stage,response,share,n,document\r\n")


def test_edited_data(settled: Installed) -> None:
    file = settled.file("data", "ontology", "schemes", "stage.ttl")
    first = settled.query("stage-issues", "-f", "csv")
    assert b"commercialization" in first
    replaced(file, '"commercialization"@en', '"commercialisation"@en')
    edited = settled.query("stage-issues", "-f", "csv")
    replaced(file, '"commercialisation"@en', '"commercialization"@en')
    assert edited == first.replace(b"commercialization", b"commercialisation")
    assert settled.query("stage-issues", "-f", "csv") == first


def test_the_cache_can_be_switched_off(installed: Installed, tmp_path: Path) -> None:
    first = installed.query("stage-issues", "-f", "csv")
    assert (
        installed.query("stage-issues", "-f", "csv", MOTKG_NO_CACHE="1", XDG_CACHE_HOME=str(tmp_path / "away")) == first
    )
    assert not (tmp_path / "away").exists()
