"""A dictionary whose arrays are mapped files, with room behind them: it is ready at once, and longer ones cost only what is new."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from kg.columns import arrow

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from kg.columns.hashing import TextIndex
    from kg.columns.terms import Terms


class Arrays(NamedTuple):
    """Texts one after the other, where each begins, and for each term its kind, where its inner text ends, and the code of its ending."""

    data: NDArray[np.uint8]
    offsets: NDArray[np.int32]
    kinds: NDArray[np.uint8]
    closing: NDArray[np.int32]
    codes: NDArray[np.int32]


class Mapped:
    """The first ``size`` texts between offsets of some data, the kinds of their terms, and an index of those that were there at first.

    The arrays are writable and longer than what is used; whoever mapped them has seen to it that writing leaves the
    files alone.
    """

    def __init__(self, arrays: Arrays, index: TextIndex, endings: Sequence[str]) -> None:
        """Take the arrays, the index, and the texts that the codes of endings stand for."""
        self._arrays = arrays
        self._index = index
        self._used = len(index.positions)
        self.endings = list(endings)

    def texts(self, size: int) -> pa.BinaryArray:
        """Return the first so many texts, without a copy."""
        return arrow.slices(self._arrays.data, self._arrays.offsets[: size + 1])

    def find(self, texts: Iterable[str]) -> dict[str, int]:
        """Return the positions of those texts that were there at first."""
        found = self._index.find((text.encode() for text in texts), self._arrays.data, self._arrays.offsets)
        return {text.decode(): position for text, position in found.items()}

    def kinds(self, size: int) -> NDArray[np.uint8]:
        """Return the kinds of the first so many terms."""
        return self._arrays.kinds[:size]

    def closing(self, size: int) -> NDArray[np.int32]:
        """Return where the text inside each of the first so many terms ends."""
        return self._arrays.closing[:size]

    def codes(self, size: int) -> NDArray[np.int32]:
        """Return the code of the ending of each of the first so many terms: its place in :attr:`endings`, or -1."""
        return self._arrays.codes[:size]

    def append(self, size: int, new: Terms) -> bool:
        """Write terms behind the first ``size``, or tell that there is no room, or that something else stands there."""
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
