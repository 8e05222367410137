"""Answers that are kept: what ``kg query`` printed for a command line is printed again, as long as nothing that it rests on has changed.

The graph under a fingerprint never changes, so neither does what a query of the catalogue answers there. What is kept is the
output itself, which is why nothing but this module, `kg.cache` and `kg.resources` is imported to print it.
"""

from __future__ import annotations

import os
import sys

from kg import cache

TYPE_CHECKING = False  # as typing has it
if TYPE_CHECKING:
    from typing import Final

KIND: Final = "answers"
# What rich looks at when it draws a table, whatever it is told.
_ENVIRONMENT: Final = ("COLUMNS", "FORCE_COLOR", "LINES", "NO_COLOR", "TERM", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "UNICODE_VERSION")


def place(arguments: list[str]) -> str | None:
    """Gives the name under which the output of a command line is kept; None where that cannot be told, or none is to be kept."""
    graphs = [value for word, value in zip(arguments, [*arguments, ""][1:], strict=True) if word == "--graph"]
    graphs += [word.removeprefix("--graph=") for word in arguments if word.startswith("--graph=")]
    if cache.switched_off() or len(graphs) > 1 or "" in graphs or "--" in arguments:
        return None
    fingerprint = cache.fingerprint(*graphs)
    if fingerprint is None:
        return None
    environment = [f"{name}={os.environ[name]}" for name in _ENVIRONMENT if name in os.environ]
    return cache.key(fingerprint, sys.getfilesystemencoding(), str(width()), *environment, "", *arguments)


def width() -> int:
    """Gives the number of columns of the terminal that standard output is, 0 where it is none."""
    if sys.stdout is None or not sys.stdout.isatty():
        return 0
    from shutil import get_terminal_size  # noqa: PLC0415 - slow, and not needed where the output goes to a file or pipe

    return get_terminal_size().columns


def kept(name: str) -> tuple[bytes, str] | None:
    """Gives what was kept for standard output and standard error, or None."""
    held = cache.read(KIND, name)
    if held is None:
        return None
    size = int.from_bytes(held[:8], "big")
    return held[8 : 8 + size], held[8 + size :].decode()


def keep(name: str, output: bytes, remarks: str) -> None:
    """Keeps what was printed."""
    cache.write(KIND, name, len(output).to_bytes(8, "big") + output + remarks.encode())


def show(output: bytes, remarks: str) -> int:
    """Prints an answer and what there is to say about it; on a terminal what is too long for it goes through the user's pager.

    Gives the exit code: 0, also where the reader has had enough, or 2 with a message where standard output cannot be written.
    """
    try:
        _show_answer(output)
    except BrokenPipeError:
        _drop_output()
        return 0
    except OSError as error:
        _drop_output()
        _show_remarks(f"kg: the answer cannot be written: {error.strerror or error}\n")
        return 2
    _show_remarks(remarks)
    return 0


def _show_answer(output: bytes) -> None:
    if sys.stdout is None:
        raise OSError("standard output is closed")
    if not sys.stdout.isatty():
        sys.stdout.buffer.write(output)
        sys.stdout.buffer.flush()
        return
    from shutil import get_terminal_size  # noqa: PLC0415 - see above

    text = output.decode()
    if text.count("\n") >= get_terminal_size().lines:
        import click  # noqa: PLC0415 - knows the pagers of all systems

        click.echo_via_pager(text.removesuffix("\n"))
    else:
        sys.stdout.write(text)
        sys.stdout.flush()


def _show_remarks(remarks: str) -> None:
    if remarks and sys.stderr is not None:
        sys.stderr.write(remarks)
        sys.stderr.flush()


def _drop_output() -> None:
    """Keeps what is left in the buffer of standard output from failing again when Python ends."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
