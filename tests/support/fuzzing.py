"""What every reader keeps to, whatever it is given: a result or an error in words with a place, soon, in little memory."""

from __future__ import annotations

import re
import resource
import signal
import time
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from hypothesis import HealthCheck, settings
from nightly import NIGHTLY, examples

from kg.core.errors import InputError, KGError, QueryError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path
    from types import FrameType

SECONDS: Final = 20
"""Of processor time for one input of some kilobytes: a hundred times what any takes."""
_KILOBYTES: Final = 600_000
COUNTS: Counter[str] = Counter()


def fuzzed(sample: int, night: int) -> settings:
    """Return how many inputs to try, with each change of the code and at night."""
    unimportant = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
    return settings(
        max_examples=night if NIGHTLY else examples(sample), deadline=None, suppress_health_check=unimportant
    )


def outcome(target: str, read: Callable[[], object], *files: str) -> KGError | None:
    """Run a reader, and return the error that it refused its input with, if it did.

    ``files`` are the names of the files that a place may be in.
    """
    before = _peak()
    try:
        with _soon():
            read()
    except KGError as error:
        COUNTS[f"{target}, refused"] += 1
        _check_places(error, files)
        return error
    finally:
        grown = _peak() - before
    COUNTS[f"{target}, read"] += 1
    assert grown < _KILOBYTES, f"{grown} kB more memory"
    return None


def _check_places(error: KGError, files: tuple[str, ...]) -> None:
    said = str(error)
    assert said.strip(), "an error without words"
    assert not re.search(r"unexpected \w+(?:Error|Exception)\b", said), said
    if isinstance(error, InputError):
        assert error.problems, "no problem is told"
        for problem in error.problems:
            assert problem.message.strip()
            assert not files or any(name in problem.file for name in files), problem
            assert (problem.line > 0) >= (problem.column > 0), problem
    if isinstance(error, QueryError) and not files:
        assert error.line is not None, said
        assert error.column is not None, said


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


class HangError(Exception):
    """A reader takes too long."""


@contextmanager
def _soon() -> Generator[None]:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise HangError(f"more than {SECONDS} seconds of processor time")

    held = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, held)


def contents(folder: Path) -> dict[str, bytes]:
    """Return what every file below a folder holds."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@contextmanager
def untouched(folder: Path) -> Generator[None]:
    """Check that nothing below a folder is written, changed or removed."""
    before, started = contents(folder), time.process_time()
    yield
    assert contents(folder) == before
    assert time.process_time() - started < 2 * SECONDS
