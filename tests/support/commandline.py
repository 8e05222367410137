"""The command ``kg`` as users call it: in this process, and with MOTKG_NIGHTLY=1 (``make nightly``) in one of its own.

A process spends more time on its imports than on its answer. Tests of what only a process has (imports, streams,
signals, terminals, several at once) start one themselves.
"""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from typing import TYPE_CHECKING
from unittest import mock

from nightly import NIGHTLY

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PROCESS = (sys.executable, "-P", "-m", "kg")
SECONDS = 120


def kg_bytes(
    *arguments: object, stdin: bytes = b"", cwd: Path | None = None, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run ``kg`` with arguments and what is different in its environment, and return what it wrote and its exit code."""
    words = [str(argument) for argument in arguments]
    variables = {**os.environ, **(environment or {})}
    if NIGHTLY:
        return subprocess.run(
            [*PROCESS, *words],
            input=stdin,
            capture_output=True,
            cwd=cwd,
            env=variables,
            timeout=SECONDS,
            check=False,
        )
    from kg.cli.main import main

    output, errors = io.BytesIO(), io.BytesIO()
    with (
        contextlib.chdir(cwd or "."),
        mock.patch.dict(os.environ, variables),
        mock.patch("sys.argv", ["kg", *words]),
        mock.patch("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")),
        mock.patch("sys.stdout", io.TextIOWrapper(output, encoding="utf-8")) as stdout,
        mock.patch("sys.stderr", io.TextIOWrapper(errors, encoding="utf-8", errors="backslashreplace")) as stderr,
        mock.patch("os._exit", sys.exit),
    ):
        try:
            main()
            code: object = 0
        except SystemExit as ended:
            code = ended.code
        stdout.flush()
        stderr.flush()
        written, told = output.getvalue(), errors.getvalue()
    assert code is None or isinstance(code, int), code
    return subprocess.CompletedProcess(["kg", *words], code or 0, written, told)


def kg(
    *arguments: object, stdin: str = "", cwd: Path | None = None, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run ``kg`` as ``kg_bytes`` does, on text."""
    ended = kg_bytes(*arguments, stdin=stdin.encode(), cwd=cwd, environment=environment)
    output, errors = (io.TextIOWrapper(io.BytesIO(it), encoding="utf-8").read() for it in (ended.stdout, ended.stderr))
    return subprocess.CompletedProcess(ended.args, ended.returncode, output, errors)
