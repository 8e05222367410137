"""A dictionary of terms in mapped files: ready at once, searched by hashes, extended in place."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from kg.columns import arrays
from kg.columns.graph import Terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]


class Arrays(NamedTuple):
    """The arrays of a dictionary.

    The texts one after the other, where each begins, and for each term its kind, the end of its inner text, and the
    code of its ending.
    """

    data: NDArray[np.uint8]
    offsets: NDArray[np.int32]
    kinds: NDArray[np.uint8]
    closing: NDArray[np.int32]
    codes: NDArray[np.int32]


class Mapped:
    """Mapped arrays of a dictionary with room for more terms, and an index of the terms that were there at first.

    The arrays must be mapped copy-on-write: new terms are written behind the old ones, and the files must not change.
    """

    def __init__(self, parts: Arrays, index: TextIndex, endings: Sequence[str]) -> None:
        """Take the arrays, the index, and the texts that the codes of endings stand for."""
        self._arrays = parts
        self._index = index
        self._used = len(index.positions)
        self.endings = list(endings)

    def texts(self, size: int) -> pa.BinaryArray:
        """Return the first ``size`` texts, without a copy."""
        return arrays.slices(self._arrays.data, self._arrays.offsets[: size + 1])

    def find(self, texts: Iterable[str]) -> dict[str, int]:
        """Return the positions of those texts that were there at first."""
        found = self._index.find((text.encode() for text in texts), self._arrays.data, self._arrays.offsets)
        return {text.decode(): position for text, position in found.items()}

    def kinds(self, size: int) -> NDArray[np.uint8]:
        """Return the kinds of the first ``size`` terms."""
        return self._arrays.kinds[:size]

    def closing(self, size: int) -> NDArray[np.int32]:
        """Return where the inner text of each of the first ``size`` terms ends."""
        return self._arrays.closing[:size]

    def codes(self, size: int) -> NDArray[np.int32]:
        """Return the code of the ending of each of the first ``size`` terms: an index of :attr:`endings`, or -1."""
        return self._arrays.codes[:size]

    def append(self, size: int, new: Terms) -> bool:
        """Write terms behind the first ``size``; return false if there is no room or other terms are there."""
        data, offsets, kinds, closing, codes = self._arrays
        end, last = int(offsets[size]), size + new.size
        if size != self._used or last >= len(closing) or end + len(new.data) > len(data):
            return False
        data[end : end + len(new.data)] = new.data
        offsets[size + 1 : last + 1] = new.offsets[1:] + end
        kinds[size:last] = new.kinds
        closing[size:last] = new.closing + end
        places = [self._place(text) for text in new.ending_texts]
        codes[size:last] = np.array([*places, -1], np.int32)[new.endings]
        self._used = last
        return True

    def _place(self, ending: str) -> int:
        if ending not in self.endings:
            self.endings.append(ending)
        return self.endings.index(ending)


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


class MappedTerms(Terms):
    """A dictionary whose arrays lie in mapped files: ready at once, whatever its size.

    The texts, kinds, inner ends and endings come from the files instead of being computed. A longer dictionary shares
    the arrays as long as there is room behind them.
    """

    def __init__(self, mapped: Mapped, size: int) -> None:
        """Take the arrays and the number of their terms that belong to this dictionary."""
        super().__init__(mapped.texts(size))
        self._mapped = mapped

    @cached_property
    def kinds(self) -> NDArray[np.uint8]:
        """Return the kind of every term."""
        return self._mapped.kinds(self.size)

    @cached_property
    def closing(self) -> NDArray[np.int32]:
        """Return where the text inside each term ends."""
        return self._mapped.closing(self.size)

    @cached_property
    def _endings(self) -> tuple[NDArray[np.int32], list[str]]:
        return self._mapped.codes(self.size), self._mapped.endings

    def _look_up(self, wanted: list[str]) -> None:
        self._positions |= self._mapped.find(wanted)

    def _followed_by(self, missing: list[str]) -> Terms:
        new = Terms(arrays.texts([text.encode() for text in missing]))
        if self._mapped.append(self.size, new):
            return MappedTerms(self._mapped, self.size + new.size)
        return super()._followed_by(missing)
