from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from kg.errors import StoreError
from kg.store.embedded import EmbeddedStore

if TYPE_CHECKING:
    from pathlib import Path

COMMAND = [sys.executable, "-P", "-m", "kg", "query", "firms-in-several-alliances", "-f", "csv"]


def test_processes_that_make_the_same_index_at_once_all_answer(tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    running = [subprocess.Popen(COMMAND, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment) for _ in range(6)]
    answers = {process.communicate(timeout=120)[0] for process in running}
    assert answers == {"firm,alliances\nThe Wollongong Group,2\n"}
    assert len(list((tmp_path / "motkg").iterdir())) == 1


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "file")}
    answer = subprocess.run(COMMAND, capture_output=True, text=True, env=environment, check=True)
    assert answer.stdout == "firm,alliances\nThe Wollongong Group,2\n"


def test_a_damaged_index_is_named(tmp_path: Path) -> None:
    EmbeddedStore.write(tmp_path / "store", [])
    for path in (tmp_path / "store").glob("MANIFEST-*"):
        path.write_bytes(b"damaged")
    with pytest.raises(StoreError, match="made anew"):
        EmbeddedStore.read_only(tmp_path / "store")
