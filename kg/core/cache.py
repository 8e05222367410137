"""The user's cache: where it is, what is kept there, and what tells without reading any input that nothing has changed.

Everything in it can be made again: what is missing, damaged or cannot be written costs time and nothing else. With
``MOTKG_NO_CACHE`` set to anything nothing is read from here or written here.
"""

from __future__ import annotations

import os
import sys
import time

try:
    from _blake2 import blake2b  # hashlib, which gives the same function, first loads all of OpenSSL
except ImportError:
    from hashlib import blake2b

TYPE_CHECKING = False  # as typing has it, which takes longer to import than reading an entry does
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Final

LARGEST: Final = 1 << 20  # bytes of an entry
LIMIT: Final = 64 << 20  # bytes of all entries of a kind
_BLOCK: Final = 4096  # bytes that the smallest file takes
_SETTLED: Final = 2_000_000_000  # nanoseconds: longer than the clock of any file system takes to tick
_HEAD: Final = b"motkg cache 1\n"
_DIGEST: Final = 16  # bytes


def switched_off() -> bool:
    """Return whether the user wants no cache."""
    return bool(os.environ.get("MOTKG_NO_CACHE"))


def folder() -> str:
    """Return the folder of motkg in the user's cache, as platformdirs does.

    The plain cases of Linux need no import for that.
    """
    environment = os.environ
    if sys.platform == "linux" and "ANDROID_DATA" not in environment:
        if os.path.isabs(environment.get("XDG_CACHE_HOME", "")):
            return os.path.join(environment["XDG_CACHE_HOME"], "motkg")
        if "XDG_CACHE_HOME" not in environment and os.path.isabs(environment.get("HOME", "")):
            return os.path.join(os.path.expanduser("~/.cache"), "motkg")
    from platformdirs import user_cache_dir

    return user_cache_dir("motkg", appauthor=False)


def key(*parts: str) -> str:
    """Return a name for an entry that only the same parts in the same order have."""
    written = b"".join(b"%d:%s" % (len(part), part) for part in (os.fsencode(part) for part in parts))
    return blake2b(written, digest_size=_DIGEST).hexdigest()


def fingerprint(places: Iterable[str]) -> str | None:
    """Tell apart all states of the files at some places, which are files or folders, without reading any file.

    A file is identified by its path, size, inode and times of change; nobody can set back the last of them. What Python
    makes of modules does not count.

    Return None where it cannot be told: a place cannot be read, or a file was changed so lately that it may change
    again within the same tick of its clock.
    """
    latest = time.time_ns() - _SETTLED
    states = []
    try:
        for path, state in _files(places):
            if (state.st_mtime_ns if os.name == "nt" else state.st_ctime_ns) > latest:
                return None
            states.append(f"{path} {state.st_size} {state.st_ino} {state.st_mtime_ns} {state.st_ctime_ns}")
    except OSError:
        return None
    return key("\0".join(sorted(states)))  # no path holds this character


def _files(places: Iterable[str]) -> Iterator[tuple[str, os.stat_result]]:
    for place in places:
        if os.path.isdir(place):
            yield from _below(place)
        else:
            yield place, os.stat(place)


def _below(folder: str) -> Iterator[tuple[str, os.stat_result]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if not entry.is_dir():
                yield entry.path, entry.stat()
            elif entry.name != "__pycache__":
                yield from _below(entry.path)


def read(kind: str, name: str) -> bytes | None:
    """Return what was kept under a name, or None.

    It is None where there is no such entry, the entry is damaged, or the cache is switched off.
    """
    if switched_off():
        return None
    try:
        with open(os.path.join(folder(), kind, name), "rb") as file:
            held = file.read()
    except (OSError, RuntimeError):
        return None
    start = len(_HEAD) + _DIGEST
    content = held[start:]
    return content if held[:start] == _HEAD + _checksum(content) else None


def write(kind: str, name: str, content: bytes) -> None:
    """Keep a content under a name, whole or not at all.

    Does nothing where it is too large or the cache cannot be written.
    """
    if len(content) > LARGEST or switched_off():
        return
    try:
        place = os.path.join(folder(), kind)
        os.makedirs(place, mode=0o700, exist_ok=True)
        building = os.path.join(place, f".{name}.{os.getpid()}")
        with open(building, "wb") as file:  # a crash may tear it, which its checksum tells
            file.write(_HEAD + _checksum(content) + content)
        os.replace(building, os.path.join(place, name))
        if name[0] == "0":  # names are spread evenly: one writing in sixteen looks after the size
            prune(place)
    except (OSError, RuntimeError):
        return


def prune(place: str, limit: int = LIMIT) -> None:
    """Remove the oldest entries of a folder until the rest takes at most ``limit`` bytes of the disk."""
    with os.scandir(place) as entries:
        found = sorted(
            ((entry.stat().st_mtime_ns, entry.stat().st_size, entry.path) for entry in entries), reverse=True
        )
    total = 0
    for _, size, path in found:
        total += -(-size // _BLOCK) * _BLOCK
        if total > limit:
            try:
                os.unlink(path)
            except FileNotFoundError:  # another process was faster
                continue


def _checksum(content: bytes) -> bytes:
    return blake2b(content, digest_size=_DIGEST).digest()
