"""Hashes of many texts at once, and an index of texts by them that can lie in a mapped file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]

_BASE: Final = 0x9E3779B97F4A7C15
_INVERSE: Final = pow(_BASE, -1, 1 << 64)
_WORD: Final = (1 << 64) - 1
_AT_ONCE: Final = 1 << 20


def hash_of(text: bytes) -> int:
    """Return the hash of one text: the polynomial of its bytes modulo 2 to the power of 64."""
    value = 0
    for byte in reversed(text):
        value = (value * _BASE + byte) & _WORD
    return value


def hashes_of(data: NDArray[np.uint8], offsets: NDArray[np.int32]) -> Hashes:
    """Return the hash of each text between two neighbouring offsets of some data.

    A difference of two sums over the data, divided by the power at which the text begins, is the polynomial of the
    text.
    """
    found = np.empty(len(offsets) - 1, np.uint64)
    longest = int(np.diff(offsets).max(initial=0))
    room = max(min(_AT_ONCE, int(offsets[-1] - offsets[0])), longest) + 1
    powers, inverses = _powers(_BASE, room), _powers(_INVERSE, room)
    first = 0
    while first < len(found):
        origin = int(offsets[first])
        last = max(first + 1, int(np.searchsorted(offsets, origin + room - 1, "right")) - 1)
        last = min(last, len(found))
        places = offsets[first : last + 1].astype(np.int64) - origin
        sums = np.zeros(int(places[-1]) + 1, np.uint64)
        np.cumsum(data[origin : origin + int(places[-1])] * powers[: int(places[-1])], out=sums[1:])
        found[first:last] = (sums[places[1:]] - sums[places[:-1]]) * inverses[places[:-1]]
        first = last
    return found


def _powers(base: int, number: int) -> Hashes:
    factors = np.full(number, base, np.uint64)
    factors[0] = 1
    return np.cumprod(factors, dtype=np.uint64)


class TextIndex:
    """Positions of texts by their hashes, which ascend."""

    def __init__(self, hashes: Hashes, positions: NDArray[np.int32]) -> None:
        self.hashes = hashes
        self.positions = positions

    @classmethod
    def of_texts(cls, data: NDArray[np.uint8], offsets: NDArray[np.int32]) -> TextIndex:
        """Make the index of the texts between each two neighbouring offsets of some data."""
        hashes = hashes_of(data, offsets)
        order = np.argsort(hashes, kind="stable")
        return cls(hashes[order], order.astype(np.int32))

    def find(self, texts: Iterable[bytes], data: NDArray[np.uint8], offsets: NDArray[np.int32]) -> dict[bytes, int]:
        """Return the positions of those texts that are there.

        ``data`` and ``offsets`` are those that the index was made of.
        """
        wanted: Sequence[bytes] = list(texts)
        keys = np.array([hash_of(text) for text in wanted], np.uint64)
        low, high = (
            np.searchsorted(self.hashes, keys, "left").tolist(),
            np.searchsorted(self.hashes, keys, "right").tolist(),
        )
        found: dict[bytes, int] = {}
        for text, start, end in zip(wanted, low, high, strict=True):
            for position in self.positions[start:end].tolist():
                if data[offsets[position] : offsets[position + 1]].tobytes() == text:
                    found[text] = position
        return found
