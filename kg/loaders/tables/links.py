"""The ids that tables define: which of them stand twice, and which links lead to none of them.

Ids are held as 64-bit hashes, eight bytes each, so that tens of millions fit; what two hashes say alike is compared as
text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]

_NONE: Final = np.empty(0, np.uint64)


class Elsewhere(Protocol):
    """Tells whether something outside the tables, such as the store that is loaded into, speaks of an IRI."""

    def __call__(self, iri: str, /) -> bool:
        """Answer for one IRI."""


def hashes(ids: pl.Series) -> Hashes:
    """Return the hash of each id."""
    found: Hashes = ids.hash().to_numpy()
    return found


@dataclass
class KnownIds:
    """The ids of all tables of a load."""

    elsewhere: Elsewhere
    base: str
    _single: list[Hashes] = field(default_factory=list)
    _others: list[Hashes] = field(default_factory=list)
    _all: Hashes = field(default_factory=lambda: _NONE)
    _twice: Hashes = field(default_factory=lambda: _NONE)
    _first: dict[str, tuple[str, int]] = field(default_factory=dict)
    _asked: dict[str, bool] = field(default_factory=dict)

    def define(self, ids: pl.Series, *, once: bool) -> None:
        """Add ids; with ``once`` each of them may be defined by one row only."""
        found = hashes(ids.drop_nulls())
        if once:
            self._single.append(found)
        else:
            self._others.append(np.unique(found))

    def close(self) -> None:
        """Make ready for questions."""
        single = np.sort(np.concatenate([_NONE, *self._single]))
        self._twice = single[1:][single[1:] == single[:-1]]
        self._all = np.sort(np.concatenate([single, *self._others])) if self._others else single
        self._single.clear()
        self._others.clear()

    def repeated(self, ids: pl.Series, rows: pl.Series, table: str) -> list[tuple[int, str, str]]:
        """Return row, id and first place of each id that an earlier row has too."""
        if not len(self._twice):
            return []
        candidates = np.flatnonzero(_among(hashes(ids), self._twice) & ids.is_not_null().to_numpy())
        found: list[tuple[int, str, str]] = []
        for index in candidates.tolist():
            name, row = ids[index], rows[index]
            first = self._first.setdefault(name, (table, row))
            if first != (table, row):
                found.append((row, name, f"row {first[1]}" + (f" of {first[0]}" if first[0] != table else "")))
        return found

    def missing(self, ids: pl.Series) -> NDArray[np.bool_]:
        """Describe which ids (nothing is none) neither a table defines nor anything outside speaks of.

        An id begins with its kind, or with ``../<document>/`` for things of another document.
        """
        unknown = ids.is_not_null().to_numpy() & ~_among(hashes(ids), self._all)
        if not unknown.any():
            return unknown
        doubtful = ids.filter(unknown)
        for name in doubtful.unique().to_list():
            if name not in self._asked:
                self._asked[name] = self.elsewhere(absolute(name, self.base))
        fine = [name for name in doubtful.unique().to_list() if self._asked[name]]
        return unknown & ~ids.is_in(fine).fill_null(value=False).to_numpy() if fine else unknown


def absolute(name: str, base: str) -> str:
    """Return the IRI of an id; ``base`` ends in the document's slug and a slash."""
    return base.rstrip("/").rpartition("/")[0] + name.removeprefix("..") if name.startswith("../") else base + name


def _among(values: Hashes, ordered: Hashes) -> NDArray[np.bool_]:
    if not len(ordered):
        return np.zeros(len(values), dtype=bool)
    places = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    among: NDArray[np.bool_] = ordered[places] == values
    return among
