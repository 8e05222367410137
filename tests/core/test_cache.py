from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest
from platformdirs import user_cache_dir

from kg.core import cache
from kg.core.resources import building_code, graph_inputs, input_files, shipped_documents

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.mark.parametrize("xdg", [None, "", "/var/cache/someone", "relative/cache", "/with/an/end/"])
@pytest.mark.parametrize("home", [None, "", "/home/someone", "/", "relative"])
def test_the_folder_is_the_one_that_platformdirs_names(
    xdg: str | None, home: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("XDG_CACHE_HOME", xdg), ("HOME", home)):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    assert cache.folder() == user_cache_dir("motkg", appauthor=False)


def test_a_name_tells_where_one_part_ends_and_the_next_begins() -> None:
    names = [
        cache.key(*parts)
        for parts in ([], [""], ["ab"], ["a", "b"], ["b", "a"], ["a", "b", ""], ["1:a"], ["\udcff"], ["事業化"])
    ]
    assert len(set(names)) == len(names)
    assert cache.key("a", "b") == cache.key("a", "b")


def test_what_is_written_is_read_back_and_nothing_else(tmp_path: Path) -> None:
    assert cache.read("things", "f" * 32) is None
    cache.write("things", "f" * 32, b"")
    assert cache.read("things", "f" * 32) == b""
    cache.write("things", "f" * 32, bytes(range(256)))
    assert cache.read("things", "f" * 32) == bytes(range(256))
    assert [path.name for path in (tmp_path / "cache" / "motkg" / "things").iterdir()] == ["f" * 32]
    assert cache.read("others", "f" * 32) is None


def test_what_is_too_large_is_not_kept() -> None:
    cache.write("things", "large", bytes(cache.LARGEST + 1))
    assert cache.read("things", "large") is None


def test_what_was_written_first_goes_first_when_there_is_too_much(tmp_path: Path) -> None:
    names = [f"1{number:031}" for number in range(10)]
    for age, name in enumerate(names):
        cache.write("things", name, bytes(5000))  # two blocks with what stands before it
        os.utime(tmp_path / "cache" / "motkg" / "things" / name, (1000 + age, 1000 + age))
    cache.prune(str(tmp_path / "cache" / "motkg" / "things"), limit=3 * 8192)
    assert [name for name in names if cache.read("things", name) is not None] == names[-3:]


def test_the_cache_keeps_its_size_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache.prune, "__defaults__", (10 * 8192,))
    for number in range(64):
        cache.write("things", cache.key(str(number)), bytes(5000))
    assert len(list((tmp_path / "cache" / "motkg" / "things").iterdir())) < 64


def test_switched_off_it_neither_reads_nor_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.write("things", "one", b"1")
    monkeypatch.setenv("MOTKG_NO_CACHE", "1")
    assert cache.read("things", "one") is None
    cache.write("things", "two", b"2")
    monkeypatch.delenv("MOTKG_NO_CACHE")
    assert (cache.read("things", "one"), cache.read("things", "two")) == (b"1", None)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a file, looked at as if it had been written long ago."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "file").write_text("text", encoding="utf-8")
    now = time.time_ns()
    monkeypatch.setattr(cache.time, "time_ns", lambda: now + 3_600_000_000_000)
    return folder


@pytest.mark.parametrize("place", ["", "file"])
def test_a_fingerprint_lasts_until_a_file_changes(folder: Path, place: str) -> None:
    places = [str(folder / place)]
    first = cache.fingerprint(places)
    assert first is not None
    assert cache.fingerprint(places) == first
    times = (folder / "file").stat()
    time.sleep(0.02)
    (folder / "file").write_text("next", encoding="utf-8")
    os.utime(folder / "file", ns=(times.st_atime_ns, times.st_mtime_ns))
    assert cache.fingerprint(places) not in {None, first}


def test_new_and_lost_files_of_a_folder_and_its_folders_change_the_fingerprint(folder: Path) -> None:
    first = cache.fingerprint([str(folder)])
    (folder / "inner").mkdir()
    (folder / "inner" / "file").touch()
    both = cache.fingerprint([str(folder)])
    (folder / "file").unlink()
    assert len({None, first, both, cache.fingerprint([str(folder)])}) == 4


def test_what_python_makes_of_modules_does_not_count(folder: Path) -> None:
    first = cache.fingerprint([str(folder)])
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "module.pyc").touch()
    assert cache.fingerprint([str(folder)]) == first


def test_nothing_is_told_of_a_file_that_may_change_within_the_same_tick(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache.time, "time_ns", lambda: (folder / "file").stat().st_ctime_ns + 1_000_000_000)
    assert cache.fingerprint([str(folder)]) is None


def test_nothing_is_told_of_what_is_not_there(folder: Path) -> None:
    assert cache.fingerprint([str(folder), str(folder / "nothing")]) is None


def test_the_inputs_of_the_shipped_graph_are_every_file_that_its_index_is_named_after() -> None:
    named = {str(path) for path in (*building_code().values(), *input_files(shipped_documents()).values())}
    assert named <= {path for path, _ in cache._files(graph_inputs())}
