"""Where a text of lines is cut so that a change moves only the cuts beside it: chunks that did not change are known by their digests."""

from __future__ import annotations

import hashlib
import zlib
from itertools import chain, pairwise
from threading import Thread
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from mmap import mmap

LEAST: Final = 1 << 14
"""No chunk but the last is shorter than this many bytes."""

_ONE_IN: Final = 8
_LONG: Final = 1 << 9


class Chunk(NamedTuple):
    """Whole lines: the offset and the number of lines before them (both from 0), and the digest of their text."""

    start: int
    line: int
    digest: bytes


def chunks_of(text: bytes | mmap, known: Mapping[bytes, int] | None = None) -> Iterator[Chunk]:
    """Cuts a text after lines of which a checksum says so, and gives each chunk, then one without a digest for the end.

    ``known`` has the number of lines of some chunks by their digests, which then need not be counted.
    """
    line, cuts = 0, [0, *_cuts(text)]
    for (start, end), digest in zip(pairwise(cuts), _digests(text, cuts), strict=True):
        yield Chunk(start, line, digest)
        lines = known.get(digest) if known else None
        line += text[start:end].count(b"\n") + (text[end - 1 : end] != b"\n") if lines is None else lines
    yield Chunk(cuts[-1], line, b"")


def _digests(text: bytes | mmap, cuts: Sequence[int]) -> Iterator[bytes]:
    """Gives the digest of each piece; of a long text the halves are looked at side by side."""
    with memoryview(text) as view:

        def of(pieces: Iterable[tuple[int, int]]) -> list[bytes]:
            return [hashlib.sha1(view[start:end], usedforsecurity=False).digest() for start, end in pieces]

        pieces = list(pairwise(cuts))
        if len(pieces) < _LONG:
            return iter(of(pieces))
        half, others = len(pieces) // 2, list[bytes]()
        beside = Thread(target=lambda: others.extend(of(pieces[half:])))  # concurrent.futures takes longer to import than this does
        beside.start()
        found = of(pieces[:half])
        beside.join()
        return chain(found, others)


def _cuts(text: bytes | mmap) -> Iterator[int]:
    start, size = 0, len(text)
    while start < size:
        start = _cut(text, start, size)
        yield start


def _cut(text: bytes | mmap, start: int, size: int) -> int:
    place = text.find(b"\n", min(start + LEAST, size)) + 1
    while place:
        after = text.find(b"\n", place) + 1
        if zlib.crc32(text[place : after or size]) % _ONE_IN == 0:
            return after or size
        place = after
    return size
