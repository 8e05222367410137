"""The command ``kg``: one module for each verb, which parses arguments, calls a function and prints.

Modules are imported one by one, so that a command loads only what it runs. The package itself minds the standard
streams of the process: a closed one takes no number of a file, and what is written is written whole or fails.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import Final, TextIO

__all__ = ("buffer_output", "drop_output", "fitted", "occupy_closed_streams", "say", "tell_of_relative")

_CLOSED: Final = "standard output is closed"


class _Closed(io.RawIOBase):
    """A stream in the place of a closed one; to write to it fails."""

    def writable(self) -> bool:
        """Say that it may be written to, so that a text stream takes it."""
        return True

    def write(self, content: object) -> int:  # noqa: ARG002 - as the base class has it
        """Fail.

        Raises:
            OSError: always.

        """
        raise OSError(errno.EBADF, _CLOSED)


def occupy_closed_streams() -> None:
    """Put something in the place of standard streams that are closed.

    Otherwise the next file that is opened, such as one of a store, gets their number, and what a library prints.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:  # noqa: PLR2004 - 0, 1 and 2 are the standard streams
        pass
    os.close(descriptor)
    if sys.stdin is None:
        sys.stdin = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    if sys.stdout is None:
        sys.stdout = io.TextIOWrapper(_Closed(), encoding="utf-8", write_through=True)
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")


def buffer_output() -> None:
    """Have standard output write everything, or fail, with ``PYTHONUNBUFFERED`` too.

    Without a buffer Python asks the system once, and loses what the system did not take at once.
    """
    raw = getattr(sys.stdout, "buffer", None)
    if isinstance(raw, io.RawIOBase) and not isinstance(raw, _Closed):
        sys.stdout = io.TextIOWrapper(
            io.BufferedWriter(raw), encoding=sys.stdout.encoding, errors=sys.stdout.errors, line_buffering=True
        )


def drop_output() -> None:
    """Discard what is left in the buffer of standard output, so that it does not fail again when Python ends."""
    try:
        descriptor = sys.stdout.fileno()
    except (OSError, ValueError, AttributeError):  # it is closed, or no file
        return
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, descriptor)
    os.close(null)


def say(text: str) -> None:
    """Print text for people to standard error, folded to the width of a terminal."""
    if text and sys.stderr is not None:
        from kg.core.text import printable_lines

        sys.stderr.write(fitted(printable_lines(text), sys.stderr))
        sys.stderr.flush()


def tell_of_relative(text: str) -> None:
    """Tell on standard error where a text holds IRIs that files leave relative."""
    from kg.core.terms import RELATIVE

    if RELATIVE in text:
        say(
            f"note: IRIs that begin with {RELATIVE} are relative IRIs of a file, or its name as a graph; "
            "a base in the file (@base), or kg load --graph-iri IRI, gives others\n"
        )


def fitted(text: str, stream: TextIO) -> str:
    """Return a text for people as a stream shows it best: folded where that is a terminal."""
    if not stream.isatty():
        return text
    from shutil import get_terminal_size

    from kg.cli.folding import folded

    return folded(text, get_terminal_size().columns)
