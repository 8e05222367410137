"""Between numpy and Arrow, buffer by buffer.

``pyarrow.array`` and ``to_numpy`` import pandas where that is installed, which takes longer than many a validation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kg.columns.arrays import Ids, Mask, Positions


def integers(ids: Ids | Positions) -> pa.Array:
    """Return integers as an Arrow array, without a copy."""
    kept = np.ascontiguousarray(ids)
    return pa.Array.from_buffers(
        pa.int32() if kept.dtype == np.int32 else pa.int64(), len(kept), [None, pa.py_buffer(kept)]
    )


def texts(values: Sequence[bytes]) -> pa.BinaryArray:
    """Return some texts as an Arrow array."""
    offsets = np.zeros(len(values) + 1, np.int32)
    np.cumsum([len(value) for value in values], out=offsets[1:])
    return pa.BinaryArray.from_buffers(
        pa.binary(), len(values), [None, pa.py_buffer(offsets), pa.py_buffer(b"".join(values))]
    )


def slices(data: object, offsets: NDArray[np.int32]) -> pa.BinaryArray:
    """Return the texts between each two neighbouring offsets of some data, without a copy."""
    return pa.BinaryArray.from_buffers(pa.binary(), len(offsets) - 1, [None, pa.py_buffer(offsets), pa.py_buffer(data)])


def chosen(values: pa.BinaryArray, ids: Ids | Positions) -> pa.BinaryArray:
    """Return the texts at some positions."""
    return values.take(integers(ids))


def flags(values: pa.BooleanArray) -> Mask:
    """Return truth values as a numpy array."""
    if not len(values):
        return np.zeros(0, np.bool_)
    bits = np.unpackbits(
        np.frombuffer(values.buffers()[1], np.uint8), bitorder="little", count=values.offset + len(values)
    )
    return bits[values.offset :].view(np.bool_)


def numbers(values: pa.Array) -> NDArray[Any]:
    """Return numbers as a numpy array, without a copy; none is null."""
    kind = np.dtype(str(values.type).replace("double", "float64"))
    if not len(values):
        return np.zeros(0, kind)
    return np.frombuffer(values.buffers()[1], kind, len(values), values.offset * kind.itemsize)
