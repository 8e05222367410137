"""The state of a load: its request, its progress, and the folder in which it works until it is complete."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import time
from dataclasses import asdict, dataclass, field
from typing import IO, TYPE_CHECKING, Any, Final

from kg.core.atomic import FolderKind, put_in_place, remove_leftovers, sync_folder, whole_file
from kg.core.errors import StoreError
from kg.core.inputs import is_store
from kg.core.nesting import parse_json
from kg.core.terms import BASE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kg.loaders.tables.readers import Rejects

_MINUTE: Final = 60
STORE: Final = "store"
MANIFEST: Final = "manifest.json"
KEYS: Final = "keys.parquet"
"""The texts of which ids were made, where they are not the ids."""
LOADED: Final = FolderKind("kg load", lambda folder: (MANIFEST, STORE, KEYS) if is_store(folder) else None)
_JOURNAL: Final = "journal.json"
_WHOLE: Final = "whole"


@dataclass(frozen=True)
class LoadRequest:
    """A load: tables with a map, or RDF files without one, into the store folder ``target``.

    Each of ``sources`` is a file, a table in one (``register.sqlite::firms``) or the address of one in a database.
    ``graph`` is the slug of the graph that takes the statements, or its IRI. ``on_error`` is ``stop`` or ``continue``.
    ``close`` says whether what follows from the statements is added; nothing means: up to ``CLOSED_UP_TO`` statements.
    ``replace`` takes the graph of the load out of the store first.
    """

    sources: tuple[str, ...]
    target: Path
    map_file: Path | None = None
    kind: str = ""
    graph: str = ""
    rejects: Path | None = None
    on_error: str = "stop"
    alone: bool = False
    base: str = BASE
    resume: bool = False
    close: bool | None = None
    syntax: str = ""
    replace: bool = False


@dataclass
class Loaded:
    """The result of a load: rows read and left out, statements stated and derived, and the faults.

    It also has the reason why the store was not closed, if it could not be. ``again`` says that the store held all of
    it from an earlier load of the same files in the same way, ``known`` how many of the things of the tables were in
    the graph before.
    """

    graph: str
    rows: int = 0
    statements: int = 0
    derived: int = 0
    closed: bool = False
    left_open: str = ""
    rejects: Rejects | None = None
    inputs: list[dict[str, object]] = field(default_factory=list)
    seconds: float = 0.0
    again: bool = False
    known: int = 0


class LoadProgress:
    """Report to a listener, at most every ``pause`` seconds, how many of ``total`` (0: unknown) units are done."""

    def __init__(self, tell: Callable[[str], None], unit: str, *, total: int = 0, pause: float = 1.0) -> None:
        self._tell = tell
        self._unit = unit
        self._total = total
        self._pause = pause
        self._started = self._told = time.monotonic()
        self._at_start = 0
        self.done = 0

    def begin_at(self, done: int) -> None:
        """Count what an earlier run has done, which is left out of the rate."""
        self.done = self._at_start = done

    def step(self, count: int) -> None:
        """Add what is done."""
        self.done += count
        now = time.monotonic()
        if now - self._told >= self._pause:
            self._told = now
            self._tell(self.line(now - self._started))

    def line(self, seconds: float) -> str:
        """Return the line after so many seconds."""
        rate = (self.done - self._at_start) / seconds if seconds else 0.0
        if not self._total:
            return f"{self.done:,} {self._unit}, {rate:,.0f} a second"
        left = (self._total - self.done) / rate if rate else 0.0
        shown = f"{left / _MINUTE:.0f} min" if left > 2 * _MINUTE else f"{left:.0f} s"
        return f"{self.done:,} of {self._total:,} {self._unit}, {rate:,.0f} a second, {shown} left"


@dataclass
class LoadJournal:
    """What a load has done so far.

    Attributes:
        key: Which load it is: its inputs, map and settings.
        origin: The digest of the manifest of the store that is added to; empty for a new store.
        prepared: Whether the store to work on is there.
        identity: What the engine calls that store.
        parts: How many parts are done.
        statements: How many statements the files among them added.
        reading: The file that is being loaded, counted from 1.
        before: How many statements the store held before that file.
        complete: The digest of the new manifest, once the store can take the place of the target.
        tables: The names and sizes of the engine's tables in the complete store.
        left_open: Why the complete store is not closed.

    """

    key: str
    origin: str = ""
    prepared: bool = False
    identity: str = ""
    parts: int = 0
    statements: int = 0
    reading: int = 0
    before: int = 0
    complete: str = ""
    tables: dict[str, int] = field(default_factory=dict)
    left_open: str = ""


class Workplace:
    """The working folder of one load into ``target``. Only one load works on a target at a time.

    ``origin`` is the ``manifest_digest`` of the target when the load looked at it.

    Raises:
        StoreError: another load is at work or was meanwhile, the folder cannot be made, or what is there cannot be
            resumed.

    """

    def __init__(self, target: Path, key: str, origin: str, *, resume: bool) -> None:
        self.target = target.resolve()
        self.folder = self.target.with_name(f".{self.target.name}.loading")
        self._whole = self.folder / _WHOLE
        self._lock = self.target.with_name(f".{self.target.name}.lock")
        self._holds: IO[str] | None = None
        self._take()
        try:
            self.journal = self._begin(key, origin, resume=resume)
        except BaseException as error:
            self.release()
            if isinstance(error, OSError):
                raise StoreError(f"{self.folder}: {error.strerror or error}") from error
            raise

    @property
    def store(self) -> Path:
        """Where the engine works."""
        return self._whole / STORE

    @property
    def keys(self) -> Path:
        """Where the texts of ids are kept."""
        return self._whole / KEYS

    def _begin(self, key: str, origin: str, *, resume: bool) -> LoadJournal:
        if manifest_digest(self.target) != origin:
            raise StoreError(f"{self.target} was changed by another load meanwhile; load again")
        if resume and (self.folder / _JOURNAL).is_file():
            journal = self._read()
            if journal.key != key:
                raise StoreError(
                    f"{self.folder} was begun with other files, another map or other settings; load without --resume"
                )
            if journal.prepared:
                self._refuse_damaged(journal, origin)
                return journal
        (self.folder / _JOURNAL).unlink(missing_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)
        self._whole.mkdir(parents=True)
        journal = LoadJournal(key, origin)
        self._write(journal)
        return journal

    def _read(self) -> LoadJournal:
        path = self.folder / _JOURNAL
        try:
            return LoadJournal(**parse_json(path.read_text(encoding="utf-8")))
        except (ValueError, TypeError) as error:
            raise StoreError(f"{path} is not the journal of a load; load without --resume") from error

    def _refuse_damaged(self, journal: LoadJournal, origin: str) -> None:
        """Refuse to go on from a store that is not the one that the journal describes.

        Raises:
            StoreError: it is not.

        """
        placed = bool(journal.complete) and origin == journal.complete
        store = self.target / STORE if placed else self.store
        reason = ""
        if not placed and origin != journal.origin:
            reason = f"{self.target} has changed since"
        elif identity(store) != journal.identity:
            reason = f"{store} is not the store that it filled"
        elif journal.complete and (manifest_digest(store.parent), _tables(store)) != (journal.complete, journal.tables):
            reason = f"{store.parent} is not as it left it"
        if reason:
            raise StoreError(
                f"{self.folder} cannot be resumed: {reason}; nothing was changed; load without --resume to begin anew"
            )

    def note_prepared(self) -> None:
        """Record that the store to work on exists, and its identity."""
        self.journal.prepared = True
        self.journal.identity = identity(self.store)
        self.note()

    def note(self) -> None:
        """Put the journal on disk."""
        try:
            self._write(self.journal)
        except OSError as error:
            raise StoreError(f"{self.folder}: {error.strerror or error}") from error

    def _write(self, journal: LoadJournal) -> None:
        with whole_file(self.folder / _JOURNAL) as file:
            file.write_text(json.dumps(asdict(journal)), encoding="utf-8")

    def finish(self, manifest: dict[str, Any], left_open: str = "") -> None:
        """Put the finished store, which is closed, in the place of the target."""
        text = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
        (self._whole / MANIFEST).write_text(text, encoding="utf-8")
        sync_folder(self._whole)
        self.journal.complete = manifest_digest(self._whole)
        self.journal.tables = _tables(self.store)
        self.journal.left_open = left_open
        self.note()
        self.conclude()

    def conclude(self) -> None:
        """Put a complete store in the place of the target unless it is there already, and let others load.

        The journal goes last: as long as it is there, it tells whether the exchange was done.
        """
        if manifest_digest(self.target) != self.journal.complete:
            LOADED.refuse_foreign(self.target)
            put_in_place(self._whole, self.target)
        shutil.rmtree(self._whole, ignore_errors=True)
        remove_leftovers(self.target)
        self.drop()

    def drop(self) -> None:
        """Remove the folder and let others load.

        The journal goes first, because what is half removed cannot be resumed.
        """
        with contextlib.suppress(OSError):
            (self.folder / _JOURNAL).unlink()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.release()

    def release(self) -> None:
        """Release the lock; what is finished stays."""
        if self._holds is not None:
            try:
                with contextlib.suppress(OSError):
                    self._lock.unlink()
            finally:
                self._holds.close()
                self._holds = None

    def _take(self) -> None:
        try:
            self.target.parent.mkdir(parents=True, exist_ok=True)
            while self._holds is None:
                file = self._lock.open("a")
                try:
                    _lock_now(file)
                    if _is_at(file, self._lock):
                        self._holds = file
                finally:
                    if self._holds is None:
                        file.close()
        except BlockingIOError as error:
            raise StoreError(f"another load into {self.target} is at work") from error
        except OSError as error:
            raise StoreError(f"{self._lock}: {error.strerror or error}") from error


def _lock_now(file: Any) -> None:  # noqa: ANN401 - an open file
    """Lock a file for this process until it closes it or dies."""
    if os.name == "posix":
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _is_at(file: IO[str], path: Path) -> bool:
    """Say whether an open file is still the one at its path: the load that held it before may have removed it."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def manifest_digest(folder: Path) -> str:
    """Return the digest of the manifest in a folder; nothing where there is none."""
    try:
        return hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()
    except (FileNotFoundError, NotADirectoryError):
        return ""


def identity(store: Path) -> str:
    """Return the identity that the engine gave a store, or the empty text where there is none.

    No other store has the same identity.
    """
    try:
        return (store / "IDENTITY").read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def _tables(store: Path) -> dict[str, int]:
    return {path.name: path.stat().st_size for path in sorted(store.glob("*.sst"))}


def key_of(*parts: object) -> str:
    """Return a key that differs when any part does."""
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()
