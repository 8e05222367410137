"""``kg``, and ``python -m kg``: what was answered before and still holds is printed at once; all else is for the command line proper."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Runs the command. Exit codes: 0 fine, 1 findings, 2 could not run."""
    name = None
    if sys.argv[1:2] == ["query"]:
        from kg.cli import answers  # noqa: PLC0415 - other verbs keep nothing

        name = answers.place(sys.argv[2:])
        held = name and answers.kept(name)
        if held:
            _leave(answers.show(*held))
        _answer_plain(name)
    from kg.cli.main import main as run  # noqa: PLC0415 - all of click

    try:
        run(name)
    except SystemExit as ended:
        if sys.argv[1:2] == ["query"] and isinstance(ended.code, int):
            _leave(ended.code)
        raise


def _answer_plain(name: str | None) -> None:
    """Answers a command line that is read without click, and ends the process; returns where it is another."""
    from kg.cli import shortcut  # noqa: PLC0415 - other verbs need it not

    try:
        code = shortcut.answered(sys.argv[2:], name)
    except KeyboardInterrupt:  # as click has it
        sys.stderr.write("\nAborted!\n")
        code = 1
    if code is not None:
        _leave(code)


def _leave(code: int) -> None:
    """Ends the process without taking its modules apart, which takes Python longer than most queries take to be answered."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
