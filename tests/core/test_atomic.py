from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from kg.core import atomic
from kg.core.atomic import FolderKind, whole_file, whole_folder
from kg.core.errors import StoreError

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


def write_new(target: Path) -> None:
    with whole_file(target) as building:
        building.write_text("new")


def test_a_pipe_gets_the_bytes_and_stays(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    received: list[str] = []
    reader = threading.Thread(target=lambda: received.append(pipe.read_text()), daemon=True)
    reader.start()
    write_new(pipe)
    reader.join(30)
    assert received == ["new"]
    assert pipe.is_fifo()
    assert names(tmp_path) == ["pipe"]


def test_a_link_is_followed_and_its_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    real = tmp_path / "there" / "real.txt"
    real.write_text("old")
    (tmp_path / "middle").symlink_to("there/real.txt")
    (tmp_path / "link").symlink_to("middle")
    with pytest.raises(Interrupted), whole_file(tmp_path / "link") as building:
        interrupt(building)
    assert real.read_text() == "old"
    write_new(tmp_path / "link")
    assert real.read_text() == "new"
    assert (tmp_path / "link").readlink().name == "middle"
    assert (tmp_path / "middle").is_symlink()
    assert names(tmp_path / "there") == ["real.txt"]
    assert names(tmp_path) == ["link", "middle", "there"]


def test_what_a_dangling_link_leads_to_is_made(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("real.txt")
    write_new(tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real.txt").read_text() == "new"


def test_links_in_a_circle_are_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")
    with pytest.raises(StoreError, match="one: Too many levels of symbolic links"):
        write_new(tmp_path / "one")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is a folder; name a file"):
        write_new(tmp_path)


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o444, 0o666])
def test_a_file_that_is_replaced_keeps_its_permissions(tmp_path: Path, mode: int) -> None:
    target = tmp_path / "graph.ttl"
    target.write_text("old")
    target.chmod(mode)
    with whole_file(target) as building:
        assert stat.S_IMODE(building.stat().st_mode) & ~mode & 0o077 == 0, "nobody else may read it meanwhile"
        building.write_text("new")
    assert (target.read_text(), stat.S_IMODE(target.stat().st_mode)) == ("new", mode)


def test_a_new_file_has_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("")
    write_new(tmp_path / "graph.ttl")
    assert (tmp_path / "graph.ttl").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_device_is_written_to_and_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A regular file stands for a device: it has a device's state, and what is written to it."""
    device = tmp_path / "device"
    device.write_text("")
    real = atomic._state
    monkeypatch.setattr(atomic, "_state", lambda path: Path(os.devnull).stat() if path == device else real(path))
    before = device.stat().st_ino
    write_new(device)
    assert (device.read_text(), device.stat().st_ino) == ("new", before)
    assert names(tmp_path) == ["device"]


WRITE = """
import sys
from pathlib import Path
from kg.core.atomic import whole_file
from kg.core.errors import StoreError
print("before")
try:
    with whole_file(Path(sys.argv[1])) as building:
        building.write_text("new\\n")
except StoreError as error:
    sys.exit(str(error))
print("after")
"""


def written(target: str, **streams: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", WRITE, target], text=True, check=False, **streams)  # type: ignore[call-overload]


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "link"])
def test_standard_output_goes_on_where_it_is(tmp_path: Path, name: str) -> None:
    (tmp_path / "link").symlink_to("/dev/stdout")
    with (tmp_path / "log").open("a+", encoding="utf-8") as log:
        log.write("earlier\n")
        log.flush()
        assert written(name, stdout=log, cwd=tmp_path).returncode == 0
    assert (tmp_path / "log").read_text() == "earlier\nbefore\nnew\nafter\n"
    assert written(name, stdout=subprocess.PIPE, cwd=tmp_path).stdout == "before\nnew\nafter\n"
    assert names(tmp_path) == ["link", "log"]


def test_an_open_file_of_the_shell_gets_the_bytes() -> None:
    reading, writing = os.pipe()
    ended = written(f"/dev/fd/{writing}", stdout=subprocess.DEVNULL, pass_fds=[writing])
    os.close(writing)
    with os.fdopen(reading) as received:
        assert (ended.returncode, received.read()) == (0, "new\n")


def test_a_number_that_no_file_is_open_under_is_a_store_error() -> None:
    ended = written("/dev/fd/77", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert ended.returncode == 1
    assert "/dev/fd/77: Bad file descriptor" in ended.stderr


def test_a_file_that_the_command_itself_opened_is_not_written_to(tmp_path: Path) -> None:
    with (tmp_path / "own").open("w") as own, pytest.raises(StoreError, match="is not open for this command"):
        write_new(Path(f"/dev/fd/{own.fileno()}"))
    assert (tmp_path / "own").read_text() == ""
