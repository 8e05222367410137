"""A load that is killed, at whatever operation on files, leaves a store that a resumed load makes whole."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from kills import Killed, killed_at, recorded
from nightly import NIGHTLY, sample
from pyoxigraph import Store

from kg.commands.load import Loaded, LoadRequest, load, sources, workplace
from kg.core import atomic
from kg.core.errors import StoreError
from kg.loaders.tables import readers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

OLD, NEW = 3, 15
SAMPLE = 12


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of ten rows; killed processes are dead, and the system does not die with them, so that nothing need reach the disk."""
    monkeypatch.setattr(atomic, "_alive", lambda _: False)
    monkeypatch.setattr(os, "fsync", lambda _: None)
    monkeypatch.setattr(readers, "BATCH", 10)
    monkeypatch.setattr(sources, "PART", 10)


def table(folder: Path, name: str, rows: int) -> LoadRequest:
    (folder / "map.yaml").write_text("id: org/{code}\ntype: SmallFirm\n", encoding="utf-8")
    codes = "".join(f"{name}{number}\n" for number in range(rows))
    (folder / f"{name}.csv").write_text(f"code\n{codes}", encoding="utf-8")
    return LoadRequest(
        (str(folder / f"{name}.csv"),),
        folder / "st",
        folder / "map.yaml",
        graph="g",
        alone=True,
        resume=True,
        close=False,
    )


def files(folder: Path) -> LoadRequest:
    for name in "ab":
        lines = "".join(f"<urn:x:{name}{number}> <urn:x:p> [] .\n" for number in range(5))
        (folder / f"{name}.ttl").write_text(lines, encoding="utf-8")
    names = tuple(str(folder / f"{name}.ttl") for name in "ab")
    return LoadRequest(names, folder / "st", graph="urn:x:g", alone=True, resume=True, close=False)


def count(store: Path) -> int:
    return len(Store.read_only(str(store / "store"))) if (store / "store").is_dir() else 0


def rows_told(store: Path) -> list[int]:
    return [
        record["statements"] for record in json.loads((store / "manifest.json").read_text(encoding="utf-8"))["loads"]
    ]


def sampled_kills(request: LoadRequest, place: Path, operations: list[str]) -> Iterator[str]:
    """Run a load again and again, killed at some of its operations, and at one of each name at least.

    Give the last operation that was not carried out. The last ones that open files are left out: how many those are
    depends on when the store removes its old tables.
    """
    seen: Counter[str] = Counter()
    moments = []
    for name in operations:
        moments.append((name, seen[name]))
        seen[name] += 1
    moments = [(name, number) for name, number in moments if name != "open" or number < seen[name] - 10]
    for name, number in sample(moments, SAMPLE, lambda moment: moment[0]):
        with pytest.raises(Killed) as raised, killed_at(number, place, name):
            load(request)
        last = str(raised.value)
        del raised
        yield last  # the exception is gone here, and with it what the dead process held


def kills(request: LoadRequest, place: Path) -> Iterator[str]:
    """Run a load again and again, killed one operation later each time.

    Give the last operation that was not carried out.
    """
    for operation in range(500):
        try:
            with killed_at(operation, place):
                load(request)
        except Killed as killed:
            last = str(killed)
        else:
            assert operation > 20
            return
        yield last  # the exception is gone here, and with it what the dead process held
    pytest.fail("the load never ends")


@pytest.mark.parametrize(
    ("form", "added_to", "exchange"),
    [("table", True, True), ("table", True, False), ("table", False, True), ("files", True, True)],
    ids=["added", "added without exchange", "new", "files"],
)
def test_a_load_that_was_killed_anywhere_gives_old_and_new_when_resumed(
    *, form: str, added_to: bool, exchange: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not exchange:
        monkeypatch.setattr(atomic, "_exchange", lambda *_: False)
    if added_to:
        load(table(tmp_path, "old", OLD))
        (tmp_path / "st").rename(tmp_path / "kept")
    place = tmp_path / "work"
    place.mkdir()

    def old(place: Path) -> int:
        if added_to:
            shutil.copytree(tmp_path / "kept", place / "st")
        return OLD if added_to else 0

    request = table(place, "new", NEW) if form == "table" else files(place)
    added = NEW if form == "table" else 10
    before = old(place)
    with recorded(place) as operations:
        load(request)
    shutil.rmtree(place / "st")
    old(place)
    places_of_kills = set()
    for killed in kills(request, place) if NIGHTLY else sampled_kills(request, place, operations):
        places_of_kills.add(killed.partition(" ")[0])
        there = count(place / "st")
        # Without an exchange the old store is aside for a moment; the next load moves it back.
        assert there in ({before, before + added} if exchange else {0, before, before + added}), killed
        loaded = load(request)
        assert (count(place / "st"), loaded.statements) == (before + added, added), killed
        assert rows_told(place / "st") == ([OLD, added] if before else [added]), killed
        assert sorted(path.name for path in place.iterdir() if path.name.startswith(".")) == [], killed
        shutil.rmtree(place / "st")
        old(place)
    assert {"os.rename", "os.remove", "shutil.rmtree", "open"} <= places_of_kills == set(operations)


def stopped_when_complete(request: LoadRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Interrupt a load between the note that its store is complete and the exchange."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(workplace, "put_in_place", interrupt)
        with pytest.raises(KeyboardInterrupt):
            load(request)


def stopped_after_a_part(request: LoadRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Interrupt a load after its first part."""
    real = workplace.Workplace.note

    def note(self: workplace.Workplace) -> None:
        real(self)
        if self.journal.parts:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(workplace.Workplace, "note", note)
        with pytest.raises(KeyboardInterrupt):
            load(request)


Stop = pytest.mark.parametrize("stop", [stopped_when_complete, stopped_after_a_part])


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@Stop
@pytest.mark.parametrize("damage", ["missing", "emptied", "another"])
def test_a_store_that_is_not_what_the_journal_says_is_not_put_in_place(
    stop: Callable[[LoadRequest, pytest.MonkeyPatch], None],
    damage: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    load(table(tmp_path, "old", OLD))
    request = table(tmp_path, "new", NEW)
    stop(request, monkeypatch)
    store = tmp_path / ".st.loading" / "whole" / "store"
    shutil.rmtree(store)
    if damage == "emptied":
        store.mkdir()
    elif damage == "another":
        Store(str(store)).flush()
    before = everything(tmp_path / "st")
    with pytest.raises(
        StoreError, match=r"cannot be resumed: .*store.*nothing was changed; load without --resume to begin anew"
    ):
        load(request)
    assert everything(tmp_path / "st") == before
    assert (tmp_path / ".st.loading" / "journal.json").exists()


def test_a_complete_store_that_lost_a_table_is_not_put_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = table(tmp_path, "new", NEW)
    stopped_when_complete(request, monkeypatch)
    next((tmp_path / ".st.loading" / "whole" / "store").glob("*.sst")).unlink()
    with pytest.raises(StoreError, match="is not as it left it; nothing was changed"):
        load(request)
    assert not (tmp_path / "st").exists()


@Stop
def test_a_target_that_changed_since_the_copy_was_made_is_not_replaced(
    stop: Callable[[LoadRequest, pytest.MonkeyPatch], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = table(tmp_path, "new", NEW)
    stop(request, monkeypatch)
    (tmp_path / "aside").mkdir()
    other = table(tmp_path / "aside", "other", 7)
    load(other)
    other.target.rename(tmp_path / "st")
    with pytest.raises(StoreError, match="st has changed since; nothing was changed"):
        load(request)
    assert count(tmp_path / "st") == 7


def test_a_resumed_load_tells_what_the_complete_store_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    request = table(tmp_path, "new", NEW)
    stopped_when_complete(request, monkeypatch)
    loaded: Loaded = load(request)
    assert (loaded.rows, loaded.statements, count(tmp_path / "st")) == (NEW, NEW, NEW)


def test_a_load_does_not_replace_what_another_load_wrote_after_it_looked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = table(tmp_path, "new", NEW)
    real = workplace.Workplace._take
    (tmp_path / "aside").mkdir()
    other = table(tmp_path / "aside", "other", 7)
    load(other)

    def take(self: workplace.Workplace) -> None:
        real(self)
        other.target.rename(tmp_path / "st")

    monkeypatch.setattr(workplace.Workplace, "_take", take)
    with pytest.raises(StoreError, match="was changed by another load meanwhile"):
        load(request)
    assert count(tmp_path / "st") == 7


def test_a_part_with_a_fault_that_stops_the_load_is_not_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    request = table(tmp_path, "new", NEW)
    path = tmp_path / "new.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("new3\n", '""\n'), encoding="utf-8")
    real = sources.Rejects.close

    def close(self: sources.Rejects) -> None:
        real(self)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(sources.Rejects, "close", close)
        with pytest.raises(KeyboardInterrupt):
            load(request)
    loaded = load(replace(request, on_error="continue"))
    assert loaded.rejects is not None
    assert (loaded.rejects.rows, count(tmp_path / "st")) == (1, NEW - 1)
