"""Apache Parquet, and Apache Arrow's IPC file and stream, typed by ``kg.query.results.arrow``."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from kg.query.results.arrow import to_arrow

if TYPE_CHECKING:
    from kg.store.protocol import Solutions


def to_parquet(solutions: Solutions) -> bytes:
    """Return a Parquet file."""
    table = to_arrow(solutions)
    from pyarrow import parquet

    out = io.BytesIO()
    parquet.write_table(table, out)
    return out.getvalue()


def to_arrow_file(solutions: Solutions) -> bytes:
    """Return an Arrow IPC file (also called Feather 2), which can be mapped into memory."""
    table = to_arrow(solutions)
    from pyarrow import ipc

    out = io.BytesIO()
    with ipc.new_file(out, table.schema) as writer:
        writer.write_table(table)
    return out.getvalue()


def to_arrow_stream(solutions: Solutions) -> bytes:
    """Return an Arrow IPC stream, which can be read while it arrives."""
    table = to_arrow(solutions)
    from pyarrow import ipc

    out = io.BytesIO()
    with ipc.new_stream(out, table.schema) as writer:
        writer.write_table(table)
    return out.getvalue()
