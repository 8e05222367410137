"""Cut texts of lines into chunks at places that depend on the content, and identify unchanged chunks by digests.

A change moves only the cuts next to it.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final, NamedTuple

from xxhash import xxh3_128_digest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from mmap import mmap


LEAST: Final = 1 << 14
"""No chunk but the last is shorter than this many bytes."""

DIGEST: Final = 16
"""Bytes of a digest."""

_ONE_IN: Final = 8


class Chunk(NamedTuple):
    """Whole lines: the offset and the number of lines before them (both from 0), and the digest of their text."""

    start: int
    line: int
    digest: bytes


def digest_of(text: bytes) -> bytes:
    """Return a digest of 128 bits (XXH3). It protects against accidents, not against attacks."""
    return xxh3_128_digest(text)


def chunks_of(text: bytes | mmap, known: Mapping[bytes, int] | None = None) -> Iterator[Chunk]:
    """Cut a text after lines chosen by a checksum; yield each chunk, then one without a digest for the end.

    ``known`` has the number of lines of some chunks by their digests, so that these need not be counted again.
    """
    start, line, size = 0, 0, len(text)
    while start < size:
        end = _cut(text, start, size)
        piece = text[start:end]
        digest = digest_of(piece)
        yield Chunk(start, line, digest)
        lines = known.get(digest) if known else None
        start, line = end, line + (piece.count(b"\n") + (piece[-1:] != b"\n") if lines is None else lines)
    yield Chunk(size, line, b"")


def _cut(text: bytes | mmap, start: int, size: int) -> int:
    place = text.find(b"\n", min(start + LEAST, size)) + 1
    while place:
        after = text.find(b"\n", place) + 1
        if zlib.crc32(text[place : after or size]) % _ONE_IN == 0:
            return after or size
        place = after
    return size
