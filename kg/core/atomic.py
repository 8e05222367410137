"""Files and folders that appear whole or not at all, whenever the process dies."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import secrets
import shutil
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

    An existing target of the kind ``replaced`` is exchanged for the new folder in one step where the system can do that (Linux,
    macOS); elsewhere it is moved aside first. Without a kind a target that is there when the block ends stays, and the new
    folder is dropped: the first of several processes to finish wins. What killed processes left behind is removed on the way.

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
    """Return the path of a file beside the target that takes its place when the block ends well.

    Raises:
        StoreError: the file cannot be written or put in place.

    """
    target = target.absolute()
    building = target.with_name(f".{target.name}.{os.getpid()}.building")
    try:
        yield building
        with building.open("rb") as written:
            os.fsync(written.fileno())
        building.replace(target)
        _sync_directory(target.parent)
    except OSError as error:
        raise StoreError(f"{target}: {error.strerror or error}") from error
    finally:
        building.unlink(missing_ok=True)


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
