"""Ctrl-C ends a command at once: the engine does not look for signals while it runs, so Python could only act on one after it."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator


@contextmanager
def ending_at_once(*, by_system: bool) -> Generator[None]:
    """Make Ctrl-C end this process with the status that shells expect (130), and without a traceback, while the block runs.

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
