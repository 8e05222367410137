"""Print an answer.

A long answer goes through the user's pager on a terminal. An answer that cannot be written is an error.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import click

from kg.cli import drop_output, fitted, say, tell_of_relative

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable
    from pathlib import Path


NO_PAGER: Final = "KG_NO_PAGER"  # the environment variable that ``kg --no-pager`` sets


def width() -> int:
    """Return the number of columns of the terminal that standard output is, 0 where it is none."""
    if sys.stdout is None or not sys.stdout.isatty():
        return 0
    from shutil import get_terminal_size

    return get_terminal_size().columns


def show(output: bytes, remarks: str) -> int:
    """Print an answer to standard output and the remarks on it to standard error.

    Return the exit code: 0, also where the reader closed the pipe, or 2 after a message where standard output cannot be
    written.
    """
    try:
        _show_answer(output, for_people=False)
    except BrokenPipeError:
        drop_output()
        return 0
    except OSError as error:
        drop_output()
        say(f"kg: the answer cannot be written: {error.strerror or error}\n")
        return 2
    say(remarks)
    return 0


def deliver(text: str, output: Path | None = None, *, for_people: bool) -> None:
    """Write text to standard output, or to a file that appears whole or not at all.

    Lines of a text ``for_people`` are folded to the width of a terminal.

    Raises:
        StoreError: the file cannot be written.
        OSError: standard output cannot be written.
        UnicodeEncodeError: its encoding lacks a character.

    """
    if output is not None:
        write(output, (text.encode(),))
    elif sys.stdout.isatty():
        _show_answer(text.encode(), for_people=for_people)
    else:
        sys.stdout.write(text)
        sys.stdout.flush()
    tell_of_relative(text)


def write(file: Path | str, pieces: Iterable[bytes]) -> None:
    """Write a file that appears whole or not at all, piece by piece.

    Raises:
        StoreError: the file cannot be written.

    """
    from pathlib import Path

    from kg.core.atomic import whole_file

    with whole_file(Path(file)) as building, building.open("wb") as opened:
        opened.writelines(pieces)


def _show_answer(output: bytes, *, for_people: bool) -> None:
    if sys.stdout is None:
        raise OSError("standard output is closed")
    if not sys.stdout.isatty():
        sys.stdout.buffer.write(output)
        sys.stdout.buffer.flush()
        return
    from shutil import get_terminal_size

    from kg.core.text import printable_lines

    text = "\t".join(map(printable_lines, output.decode().split("\t")))  # also of formats for programs
    if for_people:
        text = fitted(text, sys.stdout)
    if _wants_pager() and text.count("\n") >= get_terminal_size().lines:
        click.echo_via_pager(text.removesuffix("\n"))
    else:
        sys.stdout.write(text)
        sys.stdout.flush()


def _wants_pager() -> bool:
    """Tell whether long answers go through a pager: not where ``PAGER`` is empty or ``cat``, as for git and man."""
    return not os.environ.get(NO_PAGER) and os.environ.get("PAGER", "less") not in {"", "cat"}


@contextmanager
def ending_at_once(*, by_system: bool) -> Generator[None]:
    """Make Ctrl-C end this process without a traceback while the block runs, with the status that shells expect (130).

    ``by_system`` leaves it to the system, for work inside this process, of which nothing must be tidied up. Otherwise
    Python raises KeyboardInterrupt as ever, what listens to it ends its own work, such as a process that runs a query,
    and then this process ends in the same way.
    """
    before = signal.getsignal(signal.SIGINT)
    if by_system and before is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
        raise
    finally:
        signal.signal(signal.SIGINT, before)


class OutputFile(click.Path):
    """The type of ``-o``: the path of a file to write; ``-`` is standard output, as without the option."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 - as click
        """Return the path, or None for standard output."""
        if value == "-":
            return None
        from pathlib import Path

        return Path(os.fsdecode(super().convert(value, param, ctx)))
