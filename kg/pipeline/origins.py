"""Where statements were read, as a table in a file: an origin is found by binary search, without reading the others.

The file begins with a head. Records of one size follow, in the order of the hashes of their statements, then the names
of files and cells, each once, to which the records point.
"""

from __future__ import annotations

import mmap
from bisect import bisect_left
from itertools import chain
from struct import Struct, error
from typing import TYPE_CHECKING, Final

from kg.core import cache
from kg.core.errors import StoreError
from kg.core.origin import Origin

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pyoxigraph import Quad

_HEAD: Final = Struct("<16sI")  # what the file is, and the number of records
_KIND: Final = b"motkg origins 1\n"
_RECORD: Final = Struct("<16sIIIHIH")  # hash, line, column; offset and length of the file's name, and of the cell's
_HASH: Final = 16  # bytes


class OriginTable:
    """The origins of the statements of a graph, in the file that ``write_origins`` wrote.

    Raises:
        StoreError: the file cannot be read, or is not such a table.

    """

    def __init__(self, path: Path | str) -> None:
        try:
            with open(path, "rb") as file:  # noqa: PTH123 - it may be a text
                self._content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            kind, count = _HEAD.unpack_from(self._content)
        except (OSError, ValueError, error) as reason:
            raise StoreError(f"{path} is no table of origins: {reason}") from reason
        self._count = int(count)
        self._names = _HEAD.size + self._count * _RECORD.size
        if kind != _KIND or self._names > len(self._content):
            raise StoreError(f"{path} is no table of origins")

    def __len__(self) -> int:
        """Return the number of statements with an origin."""
        return self._count

    def origin(self, quad: Quad) -> Origin | None:
        """Return where a statement was read, if that is known."""
        wanted = _hash(quad)
        place = bisect_left(range(self._count), wanted, key=self._hash_at)
        if place == self._count or self._hash_at(place) != wanted:
            return None
        _, line, column, *names = _RECORD.unpack_from(self._content, _HEAD.size + place * _RECORD.size)
        return Origin(self._name(*names[:2]), line, column, self._name(*names[2:]))

    def _hash_at(self, place: int) -> bytes:
        start = _HEAD.size + place * _RECORD.size
        return self._content[start : start + _HASH]

    def _name(self, offset: int, length: int) -> str:
        start = self._names + offset
        return self._content[start : start + length].decode()


def write_origins(path: Path, origins: Mapping[Quad, Origin]) -> None:
    """Write a table of origins; those that name a file of the ontology alone get the line and column of the statement.

    Raises:
        OSError: the file cannot be written.

    """
    from kg.loaders.rdf.addresses import Located

    located = Located(origins)
    places = {quad: located.origin(quad) or origin for quad, origin in origins.items()}
    names: dict[str, tuple[int, int]] = {}
    written = bytearray()
    for name in chain.from_iterable((origin.file, origin.cell) for origin in places.values()):
        if name not in names:
            names[name] = len(written), len(name.encode())
            written += name.encode()
    records = sorted(
        _RECORD.pack(_hash(quad), origin.line, origin.column, *names[origin.file], *names[origin.cell])
        for quad, origin in places.items()
    )
    path.write_bytes(_HEAD.pack(_KIND, len(records)) + b"".join(records) + written)


def _hash(quad: Quad) -> bytes:
    return bytes.fromhex(cache.key(str(quad)))
