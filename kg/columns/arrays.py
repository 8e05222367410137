"""Sorted arrays of identifiers as sets and relations, and the bridge between NumPy and Arrow.

Buffers go from one to the other without a copy: ``pyarrow.array`` and ``to_numpy`` import pandas where that is
installed, which takes longer than many a validation.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Ids = NDArray[np.int32]
    Positions = NDArray[np.int64]
    Mask = NDArray[np.bool_]

Number = TypeVar("Number", np.int32, np.int64)
EMPTY: Final[Ids] = np.empty(0, np.int32)
_NOWHERE: Final[Positions] = np.empty(0, np.int64)
_SHIFT: Final = 32
_LOW: Final = (1 << _SHIFT) - 1
_DENSE: Final = 16
_RUNS: Final = 1 << 10


def unique(ids: NDArray[Number]) -> NDArray[Number]:
    """Return the distinct identifiers in ascending order; fast when they already are."""
    if len(ids) < 2 or bool((ids[1:] > ids[:-1]).all()):  # noqa: PLR2004 (one identifier is in order)
        return ids
    ordered = np.sort(ids)
    return np.asarray(ordered[np.concatenate((np.ones(1, np.bool_), ordered[1:] != ordered[:-1]))])


def distinct_of(ordered: NDArray[Number]) -> NDArray[Number]:
    """Return the distinct values of an ordered array.

    When few values repeat often, the search jumps from value to value.
    """
    values: list[int] = []
    place = 0
    while place < len(ordered):
        if len(values) == _RUNS:
            return np.concatenate((np.array(values, ordered.dtype), unique(ordered[place:])))
        values.append(int(ordered[place]))
        place = int(np.searchsorted(ordered, ordered[place], "right"))
    return np.array(values, ordered.dtype)


def difference(keys: NDArray[Number], others: NDArray[Number]) -> NDArray[Number]:
    """Return the members of ``keys`` that are not in ``others``; both are ascending and without duplicates."""
    if not len(others):
        return keys
    places = np.searchsorted(others, keys)
    places[places == len(others)] = 0
    return np.asarray(keys[others[places] != keys])


def unique_pairs(left: Ids, right: Ids) -> tuple[Ids, Ids]:
    """Return the distinct pairs, ordered by left part and then by right part."""
    keys = unique(packed(left, right))
    return (keys >> _SHIFT).astype(np.int32), (keys & _LOW).astype(np.int32)


def packed(left: Ids, right: Ids) -> Positions:
    """Return one 64-bit number for each pair, in the order of the pairs."""
    return np.asarray((left.astype(np.int64) << _SHIFT) | right)


def member(ids: Ids, members: Ids, size: int) -> Mask:
    """Return for each identifier whether it is in ``members``.

    Args:
        ids: identifiers in any order.
        members: identifiers in ascending order.
        size: a number above every identifier.

    """
    if not len(members) or not len(ids):
        return np.zeros(len(ids), np.bool_)
    if len(ids) * _DENSE < size:
        places = np.searchsorted(members, ids)
        places[places == len(members)] = 0
        return np.asarray(members[places] == ids)
    table = np.zeros(size, np.bool_)
    table[members] = True
    return np.asarray(table[ids])


def counts(owners: Ids, wanted: Ids) -> Positions:
    """Return how often each wanted identifier (ascending) occurs in ``owners`` (ordered)."""
    if not len(owners):
        return np.zeros(len(wanted), np.int64)
    return np.searchsorted(owners, wanted, "right") - np.searchsorted(owners, wanted, "left")


def rows_of(keys: Ids, wanted: Ids, size: int) -> Positions:
    """Return the positions in ``keys`` (ordered) of the wanted identifiers (ascending), in order."""
    if not len(keys) or not len(wanted):
        return _NOWHERE
    if len(wanted) * _DENSE > len(keys):
        return np.flatnonzero(member(keys, wanted, size))
    low = np.searchsorted(keys, wanted, "left")
    lengths = np.searchsorted(keys, wanted, "right") - low
    return _ranges(low, lengths)


def rows_with(keys: Ids, order: Ids, wanted: int) -> Ids:
    """Return the positions in ``keys`` of one identifier; ``order`` sorts the keys."""
    start = bisect_left(order, wanted, key=keys.__getitem__)
    return order[start : bisect_right(order, wanted, start, key=keys.__getitem__)]


def matching_rows(middle: Ids, keys: Ids) -> tuple[Positions, Positions]:
    """Return all pairs of a position in ``middle`` and a position in ``keys`` (ordered) with the same identifier."""
    low = np.searchsorted(keys, middle, "left")
    return ranges(low, np.searchsorted(keys, middle, "right") - low)


def ranges(starts: Positions, lengths: Positions) -> tuple[Positions, Positions]:
    """Return all pairs of the number of a range and a position in it."""
    return np.repeat(np.arange(len(starts)), lengths), _ranges(starts, lengths)


def join(left: Ids, middle: Ids, keys: Ids, values: Ids) -> tuple[Ids, Ids]:
    """Compose pairs (left, middle) with pairs (key, value) ordered by key, to distinct pairs (left, value)."""
    here, there = matching_rows(middle, keys)
    return unique_pairs(left[here], values[there])


def _ranges(starts: Positions, lengths: Positions) -> Positions:
    total = int(lengths.sum())
    if not total:
        return _NOWHERE
    offsets = np.repeat(starts - np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths)[:-1])), lengths)
    return np.asarray(offsets + np.arange(total, dtype=np.int64))


def integers(ids: Ids | Positions) -> pa.Array:
    """Return integers as an Arrow array, without a copy."""
    kept = np.ascontiguousarray(ids)
    return pa.Array.from_buffers(
        pa.int32() if kept.dtype == np.int32 else pa.int64(), len(kept), [None, pa.py_buffer(kept)]
    )


def texts(values: Sequence[bytes]) -> pa.BinaryArray:
    """Return byte strings as an Arrow array."""
    offsets = np.zeros(len(values) + 1, np.int32)
    np.cumsum([len(value) for value in values], out=offsets[1:])
    return pa.BinaryArray.from_buffers(
        pa.binary(), len(values), [None, pa.py_buffer(offsets), pa.py_buffer(b"".join(values))]
    )


def slices(data: object, offsets: NDArray[np.int32]) -> pa.BinaryArray:
    """Return the byte strings between consecutive offsets of a buffer, without a copy."""
    return pa.BinaryArray.from_buffers(pa.binary(), len(offsets) - 1, [None, pa.py_buffer(offsets), pa.py_buffer(data)])


def chosen(values: pa.BinaryArray, ids: Ids | Positions) -> pa.BinaryArray:
    """Return the byte strings at some positions."""
    return values.take(integers(ids))


def flags(values: pa.BooleanArray) -> Mask:
    """Return Arrow booleans as a NumPy array."""
    if not len(values):
        return np.zeros(0, np.bool_)
    bits = np.unpackbits(
        np.frombuffer(values.buffers()[1], np.uint8), bitorder="little", count=values.offset + len(values)
    )
    return bits[values.offset :].view(np.bool_)


def numbers(values: pa.Array) -> NDArray[Any]:
    """Return Arrow numbers as a NumPy array, without a copy; no value may be null."""
    kind = np.dtype(str(values.type).replace("double", "float64"))
    if not len(values):
        return np.zeros(0, kind)
    return np.frombuffer(values.buffers()[1], kind, len(values), values.offset * kind.itemsize)
