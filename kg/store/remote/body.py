"""The body of a response as a stream that ends: in time, within its size, whole."""

from __future__ import annotations

import io
import time
import zlib
from typing import TYPE_CHECKING, Final

import urllib3

from kg.core.errors import LimitError, StoreError

if TYPE_CHECKING:
    from typing_extensions import Buffer

_BEGINNING: Final = 1 << 13
_PIECE: Final = 1 << 16
_GZIP: Final = 16 + zlib.MAX_WBITS


class Body(io.RawIOBase):
    """Reads a body, unpacked if it came packed.

    ``timeout`` is in seconds that are spent waiting for the server: whoever reads slowly does not use it up, and a
    server that sends a little now and then does. What goes wrong is also kept, since parsers that read from here wrap
    errors in their own.
    """

    def __init__(self, raw: urllib3.BaseHTTPResponse, source: str, timeout: float, largest: int) -> None:
        super().__init__()
        self._raw = raw
        self._packed = (
            zlib.decompressobj(_GZIP) if raw.headers.get("Content-Encoding", "").lower() in {"gzip", "x-gzip"} else None
        )
        self._source = source
        self._timeout = timeout
        self._waited = 0.0
        self._largest = largest
        self._read = 0
        self.failure: LimitError | StoreError | None = None

    def readable(self) -> bool:
        """Say that this can be read."""
        return True

    def readinto(self, buffer: Buffer) -> int:
        """Read what is there, and wait only if nothing is.

        Raises:
            LimitError: the body takes too long, or is too large.
            StoreError: it breaks off.

        """
        view = memoryview(buffer)
        piece = self._piece(min(len(view), _PIECE))
        view[: len(piece)] = piece
        return len(piece)

    def beginning(self) -> bytes:
        """Return up to 8 KiB from here, and nothing where the rest cannot be read."""
        parts = bytearray()
        try:
            while len(parts) < _BEGINNING and (piece := self._piece(_BEGINNING - len(parts))):
                parts += piece
        except (LimitError, StoreError):
            pass
        return bytes(parts)

    def _piece(self, size: int) -> bytes:
        piece = self._sent(size) if self._packed is None else self._unpacked(self._packed, size)
        self._read += len(piece)
        if self._read > self._largest:
            raise self._failed(LimitError(f"{self._source}: the answer is larger than {self._largest:,} bytes"))
        return piece

    def _unpacked(self, packed: zlib._Decompress, size: int) -> bytes:
        while not packed.eof:
            sent = packed.unconsumed_tail or self._sent(size)
            try:
                piece = packed.decompress(sent, size)
            except zlib.error as error:
                raise self._broken(error) from error
            if piece:
                return piece
            if not sent:
                raise self._broken("its gzip has no end")
        return b""

    def _sent(self, size: int) -> bytes:
        before = time.monotonic()
        try:
            piece = bytes(self._raw.read1(size, decode_content=False))
        except urllib3.exceptions.TimeoutError as error:
            raise self._failed(self._late()) from error
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise self._broken(error) from error
        self._waited += time.monotonic() - before
        if self._waited > self._timeout:
            raise self._failed(self._late())
        return piece

    def _broken(self, why: object) -> LimitError | StoreError:
        return self._failed(StoreError(f"{self._source}: the answer broke off: {why}", endpoint=self._source))

    def _late(self) -> LimitError:
        return LimitError(f"{self._source}: no whole answer within {self._timeout:g} s")

    def _failed(self, error: LimitError | StoreError) -> LimitError | StoreError:
        self.failure = error
        return error
