"""Files and folders that appear whole or not at all, whenever the process dies."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import secrets
import shutil
import stat
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kg.core.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

AT_FDCWD: Final = -100
RENAME_EXCHANGE: Final = 2
RENAME_SWAP: Final = 2
_LONGEST_CHAIN: Final = 40
"""Symbolic links that a path may lead through, as Linux counts them."""
_CLUTTER: Final = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
"""What file managers leave in folders."""


@dataclass(frozen=True, slots=True)
class FolderKind:
    """What tells the folders that a command writes from all others.

    Attributes:
        writer: The command, for messages.
        names: Return the names that the command wrote in a folder; None for a folder of another kind.

    """

    writer: str
    names: Callable[[Path], Collection[str] | None]

    def refuse_foreign(self, folder: Path) -> None:
        """Refuse to take the place of what the command did not write; an empty folder is free.

        Raises:
            StoreError: it is no folder, one of another kind, or one with a foreign file in it.

        """
        if folder.exists() and not folder.is_dir():
            raise StoreError(f"{folder} is a file; name a folder for {self.writer}")
        present = {path.name for path in folder.iterdir()} - _CLUTTER if folder.is_dir() else set()
        if not present:
            return
        own = self.names(folder)
        hint = "name another folder, or empty it first"
        if own is None:
            raise StoreError(f"{folder} holds files that no {self.writer} wrote; {hint}")
        if foreign := sorted(present.difference(own)):
            raise StoreError(f"{folder} holds {foreign[0]}, which no {self.writer} wrote; {hint}")


@contextmanager
def whole_folder(target: Path, replaced: FolderKind | None = None) -> Iterator[Path]:
    """Return an empty folder beside the target that takes its place when the block ends well.

    An existing target of the kind ``replaced`` is exchanged for the new folder in one step where the system can do that
    (Linux, macOS); elsewhere it is moved aside first. Without a kind a target that is there when the block ends stays,
    and the new folder is dropped: the first of several processes to finish wins. What killed processes left behind is
    removed on the way.

    Raises:
        StoreError: the folder cannot be made or put in place, or holds what must not be replaced.

    """
    target = target.resolve()
    if replaced:
        replaced.refuse_foreign(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        restore_replaced(target)
        remove_leftovers(target)
        building = Path(
            tempfile.mkdtemp(prefix=f".{target.name}.{os.getpid()}.", suffix=".building", dir=target.parent)
        )
    except OSError as error:
        raise StoreError(f"{target}: {error.strerror or error}") from error
    try:
        yield building
        sync_folder(building)
        building.chmod(0o755)
        if replaced:
            replaced.refuse_foreign(target)
            put_in_place(building, target)
        else:
            _put_where_none_is(building, target)
    except OSError as error:
        raise StoreError(f"{target}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(building, ignore_errors=True)


@contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """Return the path of a file to write, which takes the place of the target when the block ends well.

    A symbolic link is followed, and a file that is replaced keeps its permissions. What cannot be replaced, such as a
    pipe, a device or an open file of this process (``/dev/stdout``, ``/dev/fd/3``), gets the bytes when the block ends.

    Raises:
        StoreError: the file cannot be written or put in place, or the target is a folder.

    """
    try:
        descriptor = _inherited_descriptor(target)
        state = None if descriptor is not None else _state(target)
        if state is not None and stat.S_ISDIR(state.st_mode):
            raise StoreError(f"{target} is a folder; name a file")
        if descriptor is None and (state is None or stat.S_ISREG(state.st_mode)):
            with _replacing(target.resolve(), state) as building:
                yield building
        else:
            with tempfile.TemporaryDirectory() as folder:
                building = Path(folder) / target.name
                yield building
                _copy_into(building, target, descriptor)
    except OSError as error:
        raise StoreError(f"{target}: {error.strerror or error}") from error


@contextmanager
def _replacing(target: Path, state: os.stat_result | None) -> Iterator[Path]:
    """Return the path of an empty file that replaces the target, of which ``state`` is known if it is there."""
    building = target.with_name(f".{target.name}.{os.getpid()}.building")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
    os.close(os.open(building, flags, 0o600 if state else 0o666))
    try:
        yield building
        with building.open("rb") as written:
            os.fsync(written.fileno())
        if state:
            if hasattr(os, "chown"):
                with contextlib.suppress(OSError):  # only the superuser gives files to others
                    os.chown(building, state.st_uid, state.st_gid)
            building.chmod(stat.S_IMODE(state.st_mode))
        building.replace(target)
        _sync_directory(target.parent)
    finally:
        building.unlink(missing_ok=True)


def _state(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _inherited_descriptor(target: Path) -> int | None:
    """Return the descriptor that a path such as ``/dev/stdout`` or ``/dev/fd/3`` stands for, if it is such a path.

    Opening such a path again would write at the beginning of a file that the shell appends to.

    Raises:
        OSError: the descriptor is not open.
        StoreError: it belongs to a file that this process itself opened.

    """
    if os.name != "posix":
        return None
    try:
        own = re.escape(str(Path("/proc/self").readlink()))
    except OSError:  # not every system has it
        own = "self"
    pattern = re.compile(rf"(?:/proc/{own}(?:/task/\d+)?|/dev)/fd/(\d+)")
    path = target.absolute()
    for _ in range(_LONGEST_CHAIN):
        path = path.parent.resolve() / path.name
        if match := pattern.fullmatch(str(path)):
            descriptor = int(match[1])
            if not os.get_inheritable(descriptor):
                raise StoreError(f"{target} is not open for this command")
            return descriptor
        try:
            path = path.parent / path.readlink()
        except OSError:
            return None
    return None


def _copy_into(source: Path, target: Path, descriptor: int | None) -> None:
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    opened = os.dup(descriptor) if descriptor is not None else os.open(target, os.O_WRONLY | getattr(os, "O_NOCTTY", 0))
    with source.open("rb") as written, os.fdopen(opened, "wb") as sink:
        shutil.copyfileobj(written, sink)


def _put_where_none_is(building: Path, target: Path) -> None:
    try:
        building.rename(target)  # a folder never takes the place of one that holds files
    except OSError:
        if not target.is_dir():
            raise


def put_in_place(building: Path, target: Path) -> None:
    """Put a folder in the place of another, whose permissions it takes.

    Where the system exchanges folders in one step, ``building`` is the old folder afterwards. Elsewhere the old folder
    is moved aside first; a process that dies then leaves no target, and ``restore_replaced`` moves the old folder back.
    """
    if not target.exists():
        building.rename(target)
        _sync_directory(target.parent)
        return
    shutil.copymode(target, building)
    if _exchange(building, target):
        _sync_directory(target.parent)
        return
    aside = target.with_name(f".{target.name}.{os.getpid()}.{secrets.token_hex(4)}.replaced")
    target.rename(aside)
    try:
        building.rename(target)
    except OSError:
        aside.rename(target)
        raise
    _sync_directory(target.parent)
    shutil.rmtree(aside, ignore_errors=True)


def restore_replaced(target: Path) -> None:
    """Move a folder back that a killed process had moved aside and not yet replaced.

    Raises:
        StoreError: the process that moved it aside is at work still, or it cannot be moved back.

    """
    target = target.resolve()
    if not target.parent.is_dir() or (target.exists() and (not target.is_dir() or any(target.iterdir()))):
        return
    for process, path in _leftovers(target, "replaced"):
        if _alive(process):
            hint = f"wait until it is done; if it died, rename {path} to {target.name}"
            raise StoreError(f"{target} is being replaced by process {process}; {hint}")
        try:
            path.rename(target)
        except FileNotFoundError:  # another process moved it back
            continue
        except OSError as error:
            raise StoreError(f"{path} cannot be moved back to {target}: {error.strerror or error}") from error
        return


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two paths in one step; False where the system or file system has no such call."""
    if os.name != "posix":
        return False
    library = ctypes.CDLL(None, use_errno=True)
    status = -1
    if sys.platform.startswith("linux") and hasattr(library, "renameat2"):
        status = library.renameat2(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE)
    elif sys.platform == "darwin" and hasattr(library, "renamex_np"):
        status = library.renamex_np(os.fsencode(one), os.fsencode(other), RENAME_SWAP)
    return status == 0


def sync_folder(folder: Path) -> None:
    """Put all files of a folder on disk."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())


def _sync_directory(folder: Path) -> None:
    if os.name == "posix":
        with contextlib.suppress(OSError):  # some file systems cannot; the entry has its new name all the same
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def remove_leftovers(target: Path) -> None:
    """Remove the folders that killed processes left beside a target that is there."""
    for process, path in _leftovers(target, "building|replaced"):
        if not _alive(process):
            shutil.rmtree(path, ignore_errors=True)


def _leftovers(target: Path, kinds: str) -> list[tuple[int, Path]]:
    """Return folders beside a target that processes left or work on, with the numbers of the processes."""
    pattern = re.compile(rf"\.{re.escape(target.name)}\.(\d+)\..*\.({kinds})")
    matches = ((pattern.fullmatch(path.name), path) for path in target.parent.iterdir())
    return [(int(match[1]), path) for match, path in matches if match]


def _alive(process: int) -> bool:
    if os.name != "posix":  # elsewhere signal 0 is not a question but a signal
        return True
    with contextlib.suppress(ProcessLookupError):
        try:
            os.kill(process, 0)
        except PermissionError:
            return True
        return True
    return False
