"""The page on what of the documents the graph holds is up to date, and misses nothing without a reason."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[1] / "docs"


@pytest.mark.sources
def test_the_page_is_what_would_be_written(sources: Path) -> None:
    run = subprocess.run([sys.executable, DOCS / "coverage.py", sources, "--check"], check=False)
    assert run.returncode == 0, "run python docs/coverage.py FOLDER"


def test_every_gap_has_its_reason() -> None:
    text = (DOCS / "reference" / "coverage.md").read_text(encoding="utf-8")
    gaps = [line for line in text.splitlines() if line.startswith("| ") and "–" in line]  # noqa: RUF001 - a range
    assert len(gaps) > 100
    assert [line for line in gaps if "not held" in line] == []
