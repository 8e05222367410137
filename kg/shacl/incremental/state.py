"""Save the data and the report of a validation in a folder that opens at once, for the next validation."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from xxhash import xxh3_128

from kg.columns import FileStatements
from kg.columns.snapshots import open_array, open_snapshot, write_array, write_snapshot
from kg.columns.snapshots.chunks import DIGEST, chunks_of, digest_of
from kg.core.atomic import FolderKind, whole_folder
from kg.core.errors import InputError, Problem
from kg.core.nesting import parse_json
from kg.core.resources import VERSION
from kg.shacl.incremental.storedreport import read_stored, write_stored

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kg.columns import Columns
    from kg.columns.arrays import Ids
    from kg.shacl.data import Data
    from kg.shacl.givenshapes import GivenShapes
    from kg.shacl.report.report import Report


FORM: Final = "motkg validation state"
_VERSION: Final = 4
_ROWS: Final = ("row-subjects", "row-predicates", "row-objects")
_FRESH: Final = 50_000_000
"""Nanoseconds within which two changes of a file may bear the same time."""


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file at the time of a state: size, time of change, and chunks of its content.

    ``lines`` has the line on which each chunk begins, and the number of lines; a file that is not read by lines is one
    chunk.
    """

    name: str
    size: int
    changed: int
    lines: Ids
    digests: bytes
    settled: bool = True

    @property
    def chunks(self) -> list[bytes]:
        """Return the digest of each chunk."""
        return [self.digests[at : at + DIGEST] for at in range(0, len(self.digests), DIGEST)]

    @property
    def untouched(self) -> bool:
        """Return whether size and time of change are the same, unless the file was then too new to rely on them."""
        try:
            now = Path(self.name).stat()
        except OSError:
            return False
        return (now.st_size, now.st_mtime_ns) == (self.size, self.changed) and self.settled


@dataclass(frozen=True)
class State:
    """The data of a validation in mapped files, and its report.

    ``repeated`` are statements that occur again in the files, as positions, one row for each further occurrence.
    """

    key: str
    files: tuple[KnownFile, ...]
    columns: Columns
    statements: FileStatements
    repeated: tuple[Ids, Ids, Ids]
    folder: Path

    def report(self) -> Report:
        """Read the report.

        Raises:
            InputError: it is no report.

        """
        return read_stored((self.folder / "report.json").read_text(encoding="utf-8"), str(self.folder))


def is_state(folder: Path) -> bool:
    """Return whether a folder holds a state."""
    return (folder / "state.json").is_file()


def _state_files(folder: Path) -> list[str] | None:
    try:
        about = parse_json((folder / "state.json").read_text(encoding="utf-8"))
        return ["state.json", *about["seals"]] if about["form"] == FORM else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


STATE: Final = FolderKind("kg validate --save-state", _state_files)


def key_of(given: GivenShapes, engine: str) -> str:
    """Return the hash of what a report depends on beside the data: version, engine and shapes."""
    digest = hashlib.sha256(f"{VERSION} {engine}".encode())
    for source in given.sources:
        digest.update(source.prefix.encode())
    return digest.hexdigest()


def write_state(folder: Path, data: Data, report: Report, key: str) -> None:
    """Write a state; the folder appears whole or not at all.

    Raises:
        InputError: the data is not made of files alone, or a file has changed meanwhile.
        StoreError: the folder cannot be written.

    """
    if data.statements is None:
        raise InputError([Problem("--save-state", 0, 0, "needs data in RDF files")])
    files = [known_file(name, lines=by_line) for name, by_line in zip(data.files, data.statements.by_line, strict=True)]
    for known, by_line, (start, end) in zip(
        files, data.statements.by_line, pairwise(data.statements.bounds), strict=True
    ):
        if known.changed > data.read_at or (by_line and int(known.lines[-1]) != end - start):
            raise InputError([Problem(known.name, 0, 0, "the file has changed while it was validated")])
    files = [replace(known, settled=known.changed < data.read_at - _FRESH) for known in files]
    about = {
        "form": FORM,
        "version": _VERSION,
        "key": key,
        "files": [[known.name, known.size, known.changed, known.settled, len(known.lines) - 1] for known in files],
        "bounds": data.statements.bounds,
        "byLine": data.statements.by_line,
        "namedApart": data.statements.named_apart,
    }
    with whole_folder(folder, STATE) as building:
        write_snapshot(data.columns, building)
        for name, column in zip(_ROWS, data.statements.rows, strict=True):
            write_array(building / name, column)
        write_array(building / "row-order", np.argsort(data.statements.rows[0], kind="stable").astype(np.int32))
        write_array(building / "repeated", np.concatenate(_repeated(data.columns, data.statements)))
        write_array(
            building / "chunk-lines", np.concatenate([np.empty(0, np.int32), *(known.lines for known in files)])
        )
        (building / "chunk-digests").write_bytes(b"".join(known.digests for known in files))
        (building / "report.json").write_text(write_stored(report), encoding="utf-8")
        (building / "state.json").write_text(json.dumps(about | {"seals": seals_of(building)}), encoding="utf-8")


def open_state(folder: Path) -> State:
    """Open a state.

    Raises:
        InputError: the folder holds none, or one of another version.

    """
    try:
        about = _read_about(folder)
        damaged = [name for name, seal in about["seals"].items() if seal_of(folder / name) != seal]
        files, bounds = about["files"], tuple(about["bounds"])
        columns = open_snapshot(folder)
        rows = [open_array(folder / name) for name in _ROWS]
        repeated = open_array(folder / "repeated").reshape(3, -1)
        known = tuple(_known_files(files, open_array(folder / "chunk-lines"), (folder / "chunk-digests").read_bytes()))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            [Problem(str(folder), 0, 0, "is no state of kg validate", "a folder that --save-state wrote")]
        ) from error
    if damaged:
        raise InputError(
            [
                Problem(
                    str(folder / damaged[0]),
                    0,
                    0,
                    "is not as --save-state wrote it",
                    "a state that is whole: save it anew",
                )
            ]
        )
    order = open_array(folder / "row-order")
    statements = FileStatements(
        columns.terms, (rows[0], rows[1], rows[2]), bounds, tuple(about["byLine"]), about["namedApart"], order
    )
    return State(about["key"], known, columns, statements, (repeated[0], repeated[1], repeated[2]), folder)


def _read_about(folder: Path) -> dict[str, Any]:
    about: dict[str, Any] = parse_json((folder / "state.json").read_text(encoding="utf-8"))
    if about["form"] != FORM:
        raise ValueError(about["form"])
    if about["version"] != _VERSION:
        raise InputError(
            [
                Problem(
                    str(folder), 0, 0, "was saved by another version of motkg", "a state of this version: save it anew"
                )
            ]
        )
    if not _is_whole(about):
        raise ValueError(folder)
    return about


def _is_whole(about: dict[str, Any]) -> bool:
    """Return whether what a state says of itself has every part, each of its type."""
    kinds = {"key": str, "seals": dict, "files": list, "bounds": list, "byLine": list, "namedApart": bool}
    return (
        all(isinstance(about.get(part), kind) for part, kind in kinds.items())
        and all(isinstance(seal, str) for seal in about["seals"].values())
        and all(type(bound) is int for bound in about["bounds"])
        and all(isinstance(file, list) and [type(each) for each in file] == _FILE for file in about["files"])
    )


_FILE: Final = [str, int, int, bool, int]


def _known_files(files: Sequence[tuple[str, int, int, bool, int]], lines: Ids, digests: bytes) -> Iterable[KnownFile]:
    ends = [*accumulate(file[4] for file in files)]
    for number, ((name, size, changed, settled, count), end) in enumerate(zip(files, ends, strict=True)):
        start = end - count
        own, parts = lines[start + number : end + number + 1], digests[start * DIGEST : end * DIGEST]
        yield KnownFile(name, size, changed, own, parts, settled)


def known_file(name: str, *, lines: bool) -> KnownFile:
    """Record a file as it is; ``lines`` says that it may be cut between lines.

    Raises:
        InputError: it cannot be read.

    """
    try:
        now = Path(name).stat()
        text = Path(name).read_bytes()
    except OSError as error:
        raise InputError([Problem(name, 0, 0, f"the file cannot be read: {error.strerror}")]) from error
    if not lines:
        return KnownFile(name, now.st_size, now.st_mtime_ns, np.zeros(2, np.int32), digest_of(text))
    *chunks, end = chunks_of(text)
    starts = np.array([*(chunk.line for chunk in chunks), end.line], np.int32)
    return KnownFile(name, now.st_size, now.st_mtime_ns, starts, b"".join(chunk.digest for chunk in chunks))


def _repeated(columns: Columns, statements: FileStatements) -> tuple[Ids, Ids, Ids]:
    """Return the statements that occur more than once in the files, one row for each further occurrence."""
    subjects, predicates, objects = statements.rows
    if len(subjects) == columns.size:
        return subjects[:0], predicates[:0], objects[:0]
    order = np.lexsort((objects, subjects, predicates))
    again = np.ones(len(order) - 1, np.bool_)
    for column in statements.rows:
        again &= column[order][1:] == column[order][:-1]
    rows = order[1:][again]
    return subjects[rows], predicates[rows], objects[rows]


_PIECE: Final = 1 << 15
_PIECES: Final = 8


def seals_of(folder: Path) -> dict[str, str]:
    """Return the seal of each file of a folder by its name."""
    return {path.name: seal_of(path) for path in sorted(folder.iterdir())}


def seal_of(path: Path) -> str:
    """Return a digest of the size of a file and of samples of its content; of a small file all content.

    It detects files that were cut, emptied, replaced or rewritten, not every flipped bit.

    Raises:
        OSError: the file cannot be read.

    """
    size = path.stat().st_size
    digest = xxh3_128(str(size).encode())
    with path.open("rb") as file:
        if size <= _PIECE * _PIECES:
            digest.update(file.read())
        else:
            for number in range(_PIECES):
                file.seek((size - _PIECE) * number // (_PIECES - 1))
                digest.update(file.read(_PIECE))
    return digest.hexdigest()
