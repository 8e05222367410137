from __future__ import annotations

import io
import os
import pty
import subprocess
import sys

import pytest

from kg.cli.printing import show

QUERY = [sys.executable, "-P", "-m", "kg", "query"]


@pytest.mark.parametrize(
    ("script", "code", "message"),
    [
        ('exec "$@" >&-', 2, b"kg: the answer cannot be written: standard output is closed\n"),
        ('exec "$@" >/dev/full', 2, b"kg: the answer cannot be written: No space left on device\n"),
        ('{ "$@"; echo $? >&2; } | true', 0, b"0\n"),
    ],
    ids=["closed", "full", "nobody reads"],
)
def test_an_output_that_cannot_be_written_ends_with_a_message_and_without_a_traceback(
    script: str, code: int, message: bytes
) -> None:
    command = ["bash", "-c", script, "bash", *QUERY, "tidy-observations", "-f", "csv"]
    ended = subprocess.run(command, stderr=subprocess.PIPE, check=False, timeout=120)
    assert (ended.returncode, ended.stderr) == (code, message)


def on_terminal(columns: int) -> str:
    ours, theirs = pty.openpty()
    environment = {**os.environ, "COLUMNS": str(columns), "LINES": "500", "TERM": "xterm"}
    shown = b""
    with subprocess.Popen(
        [*QUERY, "specialists-by-stage"], stdout=theirs, stderr=theirs, stdin=theirs, env=environment
    ) as process:
        os.close(theirs)
        while True:
            try:
                shown += os.read(ours, 65_536)
            except OSError:  # the other side has closed
                break
        assert process.wait(timeout=60) == 0
    os.close(ours)
    return shown.decode()


def test_a_table_is_as_wide_as_the_terminal() -> None:
    wide, narrow = on_terminal(200), on_terminal(60)
    assert max(map(len, wide.split("\r\n"))) > 60 >= max(map(len, narrow.split("\r\n")))


def test_forms_for_programs_do_not_command_the_terminal_that_shows_them(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.StringIO()
    shown.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr(sys, "stdout", shown)
    assert show("a\tb\x1b[31m\n\u202ec\n".encode(), "") == 0
    assert shown.getvalue() == "a\tb\\u001B[31m\n\\u202Ec\n"
