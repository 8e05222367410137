from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

import pytest
from platformdirs import user_cache_dir

from kg import cache

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.mark.parametrize("xdg", [None, "", "/var/cache/someone", "relative/cache", "/with/an/end/"])
@pytest.mark.parametrize("home", [None, "", "/home/someone", "/", "relative"])
def test_the_folder_is_the_one_that_platformdirs_names(xdg: str | None, home: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("XDG_CACHE_HOME", xdg), ("HOME", home)):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    assert cache.folder() == user_cache_dir("motkg", appauthor=False)


def test_a_name_tells_where_one_part_ends_and_the_next_begins() -> None:
    names = [cache.key(*parts) for parts in ([], [""], ["ab"], ["a", "b"], ["b", "a"], ["a", "b", ""], ["1:a"], ["\udcff"], ["事業化"])]
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


def built(folder: Path) -> str | None:
    return cache.fingerprint(str(folder))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder like a build, looked at as if its files had been written long ago."""
    monkeypatch.setattr(cache, "roots", lambda: (str(tmp_path / "shipped"),))
    for name in ("shipped", "build"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("text", encoding="utf-8")
    now = time.time_ns()
    monkeypatch.setattr(cache.time, "time_ns", lambda: now + 3_600_000_000_000)
    return tmp_path / "build"


def test_a_fingerprint_lasts_until_a_file_changes(folder: Path) -> None:
    first = built(folder)
    assert first is not None
    assert built(folder) == first
    assert cache.fingerprint() not in {None, first}
    times = (folder / "file").stat()
    time.sleep(0.02)
    (folder / "file").write_text("next", encoding="utf-8")
    os.utime(folder / "file", ns=(times.st_atime_ns, times.st_mtime_ns))
    assert built(folder) not in {None, first}


def test_what_python_makes_of_modules_does_not_count(folder: Path) -> None:
    first = cache.fingerprint()
    (folder.parent / "shipped" / "__pycache__").mkdir()
    (folder.parent / "shipped" / "__pycache__" / "module.pyc").touch()
    assert cache.fingerprint() == first


def test_an_installed_package_changes_the_fingerprint(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packages = tmp_path / "packages"
    packages.mkdir()
    monkeypatch.setattr(sys, "path", [str(packages)])
    first = built(folder)
    os.utime(packages, (1, 1))
    assert built(folder) not in {None, first}


def test_nothing_is_told_of_a_file_that_may_change_within_the_same_tick(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache.time, "time_ns", lambda: (folder / "file").stat().st_ctime_ns + 1_000_000_000)
    assert built(folder) is None


def test_nothing_is_told_of_a_folder_that_is_no_build(folder: Path) -> None:
    assert built(folder / "nowhere") is None
    assert built(folder / "file") is None
    (folder / "inner").mkdir()
    assert built(folder) is None
    (folder / "inner").rmdir()
    assert built(folder) is not None
    (folder / "file").unlink()
    assert built(folder) is None
