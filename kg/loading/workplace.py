"""The folder beside a store in which a load works until it is whole.

The store itself is never touched: a new store is filled here, or a copy of the old one whose unchanging files are shared with it; at
the end the two are exchanged in one step. What an interrupted load has finished stays here, for a load that is told to resume.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, Final

from kg.errors import StoreError
from kg.publish.atomic import whole_file, whole_folder

if TYPE_CHECKING:
    from pathlib import Path

STORE: Final = "store"
MANIFEST: Final = "manifest.json"
_JOURNAL: Final = "journal.json"


@dataclass
class Journal:
    """What a load has done so far. ``key`` says which load: its inputs, map and settings."""

    key: str
    prepared: bool = False
    parts: int = 0
    rows: int = 0
    statements: int = 0


class Workplace:
    """The working folder of one load into ``target``. Only one load works on a target at a time.

    Raises:
        StoreError: another load is at work, the folder cannot be made, or there is nothing to resume.

    """

    def __init__(self, target: Path, key: str, *, resume: bool) -> None:
        self.target = target.absolute()
        self.folder = self.target.with_name(f".{self.target.name}.loading")
        self._lock = self.target.with_name(f".{self.target.name}.lock")
        self._holds: IO[str] | None = None
        self._take()
        try:
            self.journal = self._begin(key, resume=resume)
        except OSError as error:
            self.release()
            raise StoreError(f"{self.folder}: {error.strerror or error}") from error
        except StoreError:
            self.release()
            raise

    @property
    def store(self) -> Path:
        """Where the engine works."""
        return self.folder / STORE

    def _begin(self, key: str, *, resume: bool) -> Journal:
        if resume and (self.folder / _JOURNAL).is_file():
            journal = Journal(**json.loads((self.folder / _JOURNAL).read_text(encoding="utf-8")))
            if journal.key != key:
                raise StoreError(f"{self.folder} was begun with other files, another map or other settings; load without --resume")
            if journal.prepared:
                return journal
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        journal = Journal(key)
        self._write(journal)
        return journal

    def note(self) -> None:
        """Puts the journal on disk."""
        try:
            self._write(self.journal)
        except OSError as error:
            raise StoreError(f"{self.folder}: {error.strerror or error}") from error

    def _write(self, journal: Journal) -> None:
        with whole_file(self.folder / _JOURNAL) as file:
            file.write_text(json.dumps(journal.__dict__), encoding="utf-8")

    def finish(self, manifest: dict[str, Any]) -> None:
        """Puts the finished store in the place of the target."""
        try:
            with whole_folder(self.target) as building:
                (self.folder / STORE).rename(building / STORE)
                (building / MANIFEST).write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        finally:
            self.drop()

    def drop(self) -> None:
        """Removes the folder and lets others load."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.release()

    def release(self) -> None:
        """Lets others load; what is finished stays."""
        if self._holds is not None:
            self._holds.close()
            self._holds = None
            with contextlib.suppress(OSError):
                self._lock.unlink()

    def _take(self) -> None:
        try:
            self.target.parent.mkdir(parents=True, exist_ok=True)
            self._holds = self._lock.open("a")
            _lock_now(self._holds)
        except BlockingIOError as error:
            raise StoreError(f"another load into {self.target} is at work") from error
        except OSError as error:
            raise StoreError(f"{self._lock}: {error.strerror or error}") from error


def _lock_now(file: Any) -> None:  # noqa: ANN401 - an open file
    """Locks a file for this process until it closes it or dies."""
    if os.name == "posix":
        import fcntl  # noqa: PLC0415 - not on every system

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def key_of(*parts: object) -> str:
    """Gives a key that differs when any part does."""
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()
