from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from kg.core import atomic
from kg.core.atomic import FolderKind, whole_file, whole_folder
from kg.core.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path


TEXTS = FolderKind("test", lambda folder: [path.name for path in folder.glob("*.txt")] or None)


class Interrupted(Exception):  # noqa: N818 - what happened, not what is wrong
    """What ends a block after half of its work."""


def interrupt(file: Path) -> None:
    file.write_text("half")
    raise Interrupted


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_appears_when_the_block_ends(tmp_path: Path) -> None:
    with whole_folder(tmp_path / "out", TEXTS) as building:
        (building / "a.txt").write_text("new")
        assert not (tmp_path / "out").exists()
    assert (tmp_path / "out" / "a.txt").read_text() == "new"
    assert names(tmp_path) == ["out"]


def test_an_old_folder_is_replaced_whole(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "old.txt").write_text("old")
    with whole_folder(tmp_path / "out", TEXTS) as building:
        (building / "new.txt").write_text("new")
        assert names(tmp_path / "out") == ["old.txt"]
    assert names(tmp_path / "out") == ["new.txt"]
    assert names(tmp_path) == ["out"]


def test_a_block_that_fails_leaves_the_old_folder_alone(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "old.txt").write_text("old")
    with pytest.raises(Interrupted), whole_folder(tmp_path / "out", TEXTS) as building:
        interrupt(building / "new.txt")
    assert names(tmp_path / "out") == ["old.txt"]
    assert names(tmp_path) == ["out"]


def test_what_a_killed_process_left_is_removed_by_the_next(tmp_path: Path) -> None:
    code = (
        "import sys, time, pathlib; from kg.core.atomic import whole_folder\n"
        f"with whole_folder(pathlib.Path({str(tmp_path / 'out')!r})) as b:\n"
        "    (b / 'half').write_text('x'); print('ready', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert len(names(tmp_path)) == 1
    with whole_folder(tmp_path / "out", TEXTS):
        pass
    assert names(tmp_path) == ["out"]


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "graph.ttl"
    target.write_text("old")
    with pytest.raises(Interrupted), whole_file(target) as building:
        interrupt(building)
    assert target.read_text() == "old"
    assert names(tmp_path) == ["graph.ttl"]
    with whole_file(target) as building:
        building.write_text("new")
    assert target.read_text() == "new"
    assert names(tmp_path) == ["graph.ttl"]


def test_a_place_that_cannot_be_written_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="file"), whole_folder(tmp_path / "file" / "out"):
        pass


def test_others_may_read_a_folder_that_was_built(tmp_path: Path) -> None:
    with whole_folder(tmp_path / "out", TEXTS):
        pass
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o755


def test_a_file_in_the_place_of_a_folder_that_may_stay_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(StoreError, match="out"), whole_folder(tmp_path / "out"):
        pass
    assert (tmp_path / "out").read_text() == "mine"
    assert names(tmp_path) == ["out"]


def test_building_goes_on_while_another_process_builds(tmp_path: Path) -> None:
    before = time.monotonic()
    with whole_folder(tmp_path / "out", TEXTS) as first, whole_folder(tmp_path / "out", TEXTS) as second:
        assert first != second
        (second / "x.txt").write_text("second")
    assert time.monotonic() - before < 60
    assert (tmp_path / "out").is_dir()


def test_the_first_of_several_to_finish_wins_where_existing_is_kept(tmp_path: Path) -> None:
    with whole_folder(tmp_path / "out") as first, whole_folder(tmp_path / "out") as second:
        (first / "x").write_text("first")
        (second / "x").write_text("second")
    assert (tmp_path / "out" / "x").read_text() == "second"
    assert names(tmp_path) == ["out"]


def test_a_folder_that_a_killed_process_moved_aside_is_moved_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    aside = tmp_path / ".out.4000000.x.replaced"
    aside.mkdir()
    (aside / "old.txt").write_text("old")
    with monkeypatch.context() as patch:
        patch.setattr(atomic, "_alive", lambda _: True)
        with pytest.raises(StoreError, match="is being replaced by process 4000000; wait until it is done"):
            atomic.restore_replaced(tmp_path / "out")
    assert names(tmp_path) == [aside.name]
    with pytest.raises(Interrupted), whole_folder(tmp_path / "out", TEXTS):
        raise Interrupted
    assert names(tmp_path / "out") == ["old.txt"]
    assert names(tmp_path) == ["out"]


def test_a_folder_that_cannot_be_put_in_place_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(atomic, "_exchange", lambda *_: False)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "old.txt").write_text("old")
    monkeypatch.setattr(atomic.shutil, "copymode", lambda *_: None)
    with pytest.raises(FileNotFoundError):
        atomic.put_in_place(tmp_path / "missing", tmp_path / "out")
    assert names(tmp_path / "out") == ["old.txt"]
    assert names(tmp_path) == ["out"]


def test_a_folder_keeps_its_permissions_when_it_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir(mode=0o700)
    with whole_folder(tmp_path / "out", TEXTS):
        pass
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o700


def test_a_folder_behind_a_link_is_replaced_and_the_link_stays(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    with whole_folder(tmp_path / "link", TEXTS) as building:
        (building / "new.txt").write_text("new")
    assert (tmp_path / "link").is_symlink()
    assert names(tmp_path / "real") == ["new.txt"]


def test_a_folder_of_another_kind_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.odt").write_text("mine")
    with pytest.raises(StoreError, match="out holds files that no test wrote"), whole_folder(tmp_path / "out", TEXTS):
        pytest.fail("no work is done for a folder that is refused")
    assert names(tmp_path / "out") == ["thesis.odt"]
    (tmp_path / "out" / "own.txt").write_text("own")
    with (
        pytest.raises(StoreError, match=r"out holds thesis\.odt, which no test wrote"),
        whole_folder(tmp_path / "out", TEXTS),
    ):
        pytest.fail("no work is done for a folder that is refused")
    assert names(tmp_path / "out") == ["own.txt", "thesis.odt"]


def test_what_is_put_in_a_folder_while_another_is_built_stays(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(StoreError, match="out holds files that no test wrote"), whole_folder(tmp_path / "out", TEXTS):
        (tmp_path / "out" / "thesis.odt").write_text("mine")
    assert names(tmp_path / "out") == ["thesis.odt"]
    assert names(tmp_path) == ["out"]


def test_what_a_file_manager_leaves_in_a_folder_keeps_none_from_being_replaced(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / ".DS_Store").write_text("")
    with whole_folder(tmp_path / "out", TEXTS):
        pass
    assert names(tmp_path / "out") == []


def test_a_pipe_is_not_replaced_by_a_folder(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(StoreError, match="pipe is a file; name a folder"), whole_folder(tmp_path / "pipe", TEXTS):
        pytest.fail("no work is done for a folder that is refused")
    assert (tmp_path / "pipe").is_fifo()
