"""An interrupted load goes on where it was, and gives what it would have given in one go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from kg.commands.load import LoadRequest, load, sources
from kg.core.errors import StoreError
from kg.graph import open_graph
from kg.loaders.tables import readers
from kg.store.embedded.bulk import BulkStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LoadRequest:
    """A load of five parts."""
    monkeypatch.setattr(readers, "BATCH", 10)
    monkeypatch.setattr(sources, "PART", 10)
    pl.DataFrame({"code": [str(number) for number in range(50)]}).write_parquet(tmp_path / "firms.parquet")
    (tmp_path / "map.yaml").write_text("id: org/{code}\ntype: Firm\n", encoding="utf-8")
    return LoadRequest(
        (str(tmp_path / "firms.parquet"),),
        tmp_path / "store",
        tmp_path / "map.yaml",
        alone=True,
        resume=True,
        close=False,
    )


def interrupted(monkeypatch: pytest.MonkeyPatch, method: str, at: int) -> list[object]:
    """Lets a method of the store be interrupted at its n-th call; gives the calls that are made afterwards too."""
    real: Callable[..., None] = getattr(BulkStore, method)
    calls: list[object] = []

    def call(self: BulkStore, *arguments: object) -> None:
        calls.append(arguments)
        if len(calls) == at:
            raise KeyboardInterrupt
        real(self, *arguments)

    monkeypatch.setattr(BulkStore, method, call)
    return calls


def test_parts_of_a_table_that_are_loaded_stay_loaded(table: LoadRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = interrupted(monkeypatch, "load_lines", 3)
    with pytest.raises(KeyboardInterrupt):
        load(table)
    assert not table.target.exists()
    loaded = load(table)
    assert len(calls) == 3 + 3 + 1  # two parts, the interruption, three parts, and the end of the table
    assert (loaded.rows, loaded.statements) == (50, 50)
    assert len(open_graph(table.target).store) == 50


def test_files_that_are_loaded_stay_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [tmp_path / f"{name}.ttl" for name in "abc"]
    for file in files:
        file.write_text(f"<urn:x:{file.stem}> <urn:x:p> [] .\n", encoding="utf-8")
    request = LoadRequest(
        tuple(map(str, files)), tmp_path / "store", graph="urn:x:g", alone=True, resume=True, close=False
    )
    interrupted(monkeypatch, "load_stream", 2)
    with pytest.raises(KeyboardInterrupt):
        load(request)
    load(request)
    assert len(open_graph(tmp_path / "store").store) == 3


def test_a_load_of_something_else_does_not_go_on(
    table: LoadRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted(monkeypatch, "load_lines", 3)
    with pytest.raises(KeyboardInterrupt):
        load(table)
    (tmp_path / "map.yaml").write_text("id: org/{code}\ntype: SmallFirm\n", encoding="utf-8")
    with pytest.raises(StoreError, match="was begun with other files, another map or other settings"):
        load(table)
