"""Seals of files: whether they are as they were written, told in no time however large they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from xxhash import xxh3_128

if TYPE_CHECKING:
    from pathlib import Path

_PIECE: Final = 1 << 15
_PIECES: Final = 8


def seals_of(folder: Path) -> dict[str, str]:
    """Return the seal of each file of a folder by its name."""
    return {path.name: seal_of(path) for path in sorted(folder.iterdir())}


def seal_of(path: Path) -> str:
    """Return a digest of the size of a file and of pieces all over it: all of a small file, samples of a large one.

    It tells a file that was cut short, emptied, exchanged or rewritten, and not every bit that a disk may have lost.

    Raises:
        OSError: the file cannot be read.

    """
    size = path.stat().st_size
    digest = xxh3_128(str(size).encode())
    with path.open("rb") as file:
        if size <= _PIECE * _PIECES:
            digest.update(file.read())
        else:
            for number in range(_PIECES):
                file.seek((size - _PIECE) * number // (_PIECES - 1))
                digest.update(file.read(_PIECE))
    return digest.hexdigest()
