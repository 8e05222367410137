"""A run of tests ends with the line that says what it went without."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from needs import REMEDIES, missing, missing_line

TESTS = Path(__file__).resolve().parent


def test_all_that_was_missing_is_named_once_with_its_remedy() -> None:
    reasons = [missing("Java"), "only Linux limits the memory of a process", missing("Virtuoso"), missing("Java")]
    expected = (
        "missing (tests skipped: 3): Java (Debian: default-jdk-headless), Virtuoso (Debian: virtuoso-opensource-7)"
    )
    assert missing_line(reasons) == expected
    everything = missing_line(map(missing, REMEDIES))
    assert all(f"{name} ({remedy})" in everything for name, remedy in REMEDIES.items())


def test_nothing_is_said_where_nothing_was_missing() -> None:
    assert not missing_line([])
    assert not missing_line(["only Linux limits the memory of a process"])


def test_a_run_without_the_suite_of_the_w3c_ends_with_the_line() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MOTKG_", "PYTEST_"))}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        TESTS / "shacl" / "test_w3c.py",
    ]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)
    said, closing = ran.stdout.splitlines()[-2:]
    assert said == "missing (tests skipped: 4): the W3C SHACL suite (MOTKG_W3C_SHACL=FOLDER names its tests)"
    assert "4 skipped" in closing
