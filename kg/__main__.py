"""The entry point of ``kg`` and of ``python -m kg``."""

from __future__ import annotations

import atexit
import gc
import sys

from kg.core.resources import VERSION

# What a command imports stays until it ends. To look through it for garbage, at every 700 new objects and again at the
# end, takes a tenth of the time of a short command.
GARBAGE_THRESHOLD = 50_000
ASKING = (
    "advise",
    "describe",
    "explain",
    "query",
)  # the commands that ask the shipped graph if they are not told another


def main() -> None:
    """Run the command. Exit codes: 0 fine, 1 findings, 2 could not run."""
    if None in {sys.stdin, sys.stdout, sys.stderr}:
        from kg.cli import occupy_closed_streams

        occupy_closed_streams()
    if sys.argv[1:] == ["--version"]:
        try:
            print(f"kg, version {VERSION}", flush=True)  # noqa: T201 - as click writes it, without waiting for click
        except OSError:
            pass  # it is told below
        else:
            return
    gc.set_threshold(GARBAGE_THRESHOLD)
    atexit.register(gc.freeze)
    if sys.argv[1:2] and sys.argv[1] in ASKING:
        from kg.graph.index import open_ahead

        open_ahead()
    from kg.cli.main import main as run

    run()


if __name__ == "__main__":
    main()
