"""Files and folders that appear whole or not at all, whenever the process dies."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import shutil
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kg.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

AT_FDCWD: Final = -100
RENAME_EXCHANGE: Final = 2
RENAME_SWAP: Final = 2


@contextmanager
def whole_folder(target: Path, *, keep_existing: bool = False) -> Iterator[Path]:
    """Gives an empty folder beside the target that takes its place when the block ends well.

    An existing target is exchanged for the new folder in one step where the system can do that (Linux, macOS);
    elsewhere it is moved aside first. With ``keep_existing`` a target that is there when the block ends stays, and the new
    folder is dropped: the first of several processes to finish wins. What killed processes left behind is removed on the way.

    Raises:
        StoreError: the folder cannot be made or put in place.

    """
    target = target.absolute()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _remove_leftovers(target)
        building = Path(tempfile.mkdtemp(prefix=f".{target.name}.{os.getpid()}.", suffix=".building", dir=target.parent))
    except OSError as error:
        raise StoreError(f"{target}: {error.strerror or error}") from error
    try:
        yield building
        _sync(building)
        building.chmod(0o755)
        if keep_existing:
            _put_where_none_is(building, target)
        else:
            _put_in_place(building, target)
    except OSError as error:
        raise StoreError(f"{target}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(building, ignore_errors=True)


@contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """Gives the path of a file beside the target that takes its place when the block ends well.

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


def _put_in_place(building: Path, target: Path) -> None:
    if not target.exists():
        building.rename(target)
    elif not _exchange(building, target):
        aside = building.with_suffix(".replaced")
        target.rename(aside)
        building.rename(target)
        shutil.rmtree(aside, ignore_errors=True)
    _sync_directory(target.parent)


def _exchange(one: Path, other: Path) -> bool:
    """Exchanges two paths in one step; False where the system or file system has no such call."""
    if os.name != "posix":
        return False
    library = ctypes.CDLL(None, use_errno=True)
    status = -1
    if sys.platform.startswith("linux") and hasattr(library, "renameat2"):
        status = library.renameat2(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE)
    elif sys.platform == "darwin" and hasattr(library, "renamex_np"):
        status = library.renamex_np(os.fsencode(one), os.fsencode(other), RENAME_SWAP)
    return status == 0


def _sync(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())


def _sync_directory(folder: Path) -> None:
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _remove_leftovers(target: Path) -> None:
    pattern = re.compile(rf"\.{re.escape(target.name)}\.(\d+)\..*\.(building|replaced)")
    for path in target.parent.iterdir():
        match = pattern.fullmatch(path.name)
        if match and not _alive(int(match[1])):
            shutil.rmtree(path, ignore_errors=True)


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
