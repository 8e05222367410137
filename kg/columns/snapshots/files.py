"""Write columns as a folder of plain arrays, and map them into memory: opening takes no time whatever their size."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from kg.columns.graph import Columns
from kg.columns.snapshots.mapped import Arrays, Mapped, MappedTerms, TextIndex
from kg.core.nesting import parse_json

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from kg.columns.graph import Table


_ROOM: Final = 1 << 24
"""Bytes behind each array of the dictionary for terms that come later: holes in the file, mapped copy-on-write."""

_WITH_ROOM: Final = (
    ("texts", np.uint8),
    ("offsets", np.int32),
    ("kinds", np.uint8),
    ("closing", np.int32),
    ("endings", np.int32),
)
_PARTS: Final = ("subjects", "objects", "objects-backward", "subjects-backward")


def write_snapshot(columns: Columns, folder: Path) -> None:
    """Write columns into an existing folder."""
    terms = columns.terms
    data, offsets = terms.data, terms.offsets
    arrays: tuple[NDArray[Any], ...] = (data[: int(offsets[-1])], offsets, terms.kinds, terms.closing, terms.endings)
    for (name, _), column in zip(_WITH_ROOM, arrays, strict=True):
        _padded(folder / name, column)
    index = TextIndex.of_texts(data, offsets)
    index.hashes.tofile(folder / "hashes")
    index.positions.tofile(folder / "positions")
    lengths: list[tuple[int, int]] = []
    files = [(folder / part).open("wb") for part in _PARTS]
    try:
        for predicate, subjects, objects in columns.rows():
            lengths.append((predicate, len(subjects)))
            for file, column in zip(files, (subjects, objects, *columns.backward(predicate)), strict=True):
                file.write(np.ascontiguousarray(column).data)
    finally:
        for file in files:
            file.close()
    about = {"terms": terms.size, "bytes": int(offsets[-1]), "endings": terms.ending_texts, "predicates": lengths}
    (folder / "columns.json").write_text(json.dumps(about), encoding="utf-8")


def open_snapshot(folder: Path) -> Columns:
    """Open columns that :func:`write_snapshot` wrote.

    Nothing is read before it is used, and the files never change.

    Raises:
        OSError: the folder does not hold them.
        ValueError: a file of them is cut short.

    """
    about = parse_json((folder / "columns.json").read_text(encoding="utf-8"))
    size = int(about["terms"])
    index = TextIndex(_mapped(folder / "hashes", np.uint64), _mapped(folder / "positions", np.int32))
    mapped = Mapped(Arrays(*(_mapped(folder / name, kind, "c") for name, kind in _WITH_ROOM)), index, about["endings"])
    terms = MappedTerms(mapped, size)
    forward: dict[int, Table] = {}
    backward: dict[int, Table] = {}
    columns = [_mapped(folder / part, np.int32) for part in _PARTS]
    start = 0
    for predicate, length in about["predicates"]:
        parts = [column[start : start + length] for column in columns]
        if any(len(part) != length for part in parts):
            raise ValueError(f"{folder} is cut short")
        forward[predicate], backward[predicate] = (parts[0], parts[1]), (parts[2], parts[3])
        start += length
    return Columns(terms, forward, backward)


def write_array(path: Path, column: NDArray[np.int32]) -> None:
    """Write one column of positions."""
    np.ascontiguousarray(column, np.int32).tofile(path)


def open_array(path: Path) -> NDArray[np.int32]:
    """Map a column that :func:`write_array` wrote."""
    return _mapped(path, np.int32)


def _padded(path: Path, column: NDArray[Any]) -> None:
    column.tofile(path)
    with path.open("r+b") as file:
        file.truncate(column.nbytes + _ROOM)


def _mapped(path: Path, kind: type[np.generic], mode: Literal["r", "c"] = "r") -> NDArray[Any]:
    if not path.stat().st_size:
        return np.empty(0, kind)
    return np.asarray(np.memmap(path, kind, mode))
