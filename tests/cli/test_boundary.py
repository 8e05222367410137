"""Whatever goes wrong ends with exit code 2 and a message; 1 means findings and nothing else.

The streams belong to the process, so these tests start some.
"""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from commandline import kg

from kg.cli import main
from kg.core.errors import DEBUG, KGError, LimitError, StoreError, in_words

if TYPE_CHECKING:
    from pathlib import Path

DATA = '<urn:x:a> <urn:x:p> "\U0001f600" .\n'
SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> .
<urn:x:S> sh:targetSubjectsOf <urn:x:p> ; sh:property [ sh:path <urn:x:p> ; sh:maxLength 0 ] ."""
VALIDATE = ("validate", "data.ttl", "--shapes", "shapes.ttl")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data.ttl").write_text(DATA, encoding="utf-8")
    (tmp_path / "shapes.ttl").write_text(SHAPES, encoding="utf-8")
    return tmp_path


def ended(
    script: str, *arguments: str, cwd: Path | None = None, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    command = ["bash", "-c", script, "bash", sys.executable, "-P", "-m", "kg", *arguments]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=cwd,
        env={**os.environ, **(environment or {})},
    )


@pytest.mark.parametrize("arguments", [("--version",), ("--help",), VALIDATE, ("queries",)])
@pytest.mark.parametrize(
    ("script", "reason"),
    [('exec "$@" >/dev/full', "No space left on device"), ('exec "$@" >&-', "standard output is closed")],
    ids=["full", "closed"],
)
def test_an_output_that_cannot_be_written_is_an_error(
    folder: Path, script: str, reason: str, arguments: tuple[str, ...]
) -> None:
    ran = ended(script, *arguments, cwd=folder)
    assert (ran.returncode, ran.stderr.splitlines()) == (2, [f"kg: the output cannot be written: {reason}"])


def test_a_character_that_the_output_cannot_hold_is_an_error(folder: Path) -> None:
    ran = ended('exec "$@"', *VALIDATE, cwd=folder, environment={"PYTHONIOENCODING": "ascii"})
    assert ran.returncode == 2
    assert "ascii has no character U+1F600; set PYTHONIOENCODING=utf-8" in ran.stderr


def test_nobody_who_reads_is_neither_a_finding_nor_a_success(folder: Path) -> None:
    (folder / "large.ttl").write_text("".join(f"<urn:x:a{n}> <urn:x:p> 'aaaaaaaaaa' .\n" for n in range(3000)), "utf-8")
    ran = ended('"$@" | true; echo ${PIPESTATUS[0]}', "validate", "large.ttl", "--shapes", "shapes.ttl", cwd=folder)
    assert (ran.stdout, ran.stderr) == ("141\n", "")


def test_everything_is_written_to_a_slow_reader_without_a_buffer(folder: Path) -> None:
    """A pipe takes 64 kB at once; a signal in between makes a write partial."""
    code = (
        "import os, signal, sys, threading, time\n"
        "sys.argv = ['kg']\n"
        "from kg.cli import buffer_output\n"
        "signal.signal(signal.SIGUSR1, lambda *_: None)\n"
        "buffer_output()\n"
        "threading.Thread(target=lambda: (time.sleep(0.1), os.kill(os.getpid(), signal.SIGUSR1)), daemon=True).start()\n"
        "sys.stdout.write('x' * 1_000_000)\n"
        "sys.stdout.flush()\n"
    )
    script = '"$@" | { sleep 0.3; wc -c; }'
    command = ["bash", "-c", script, "bash", sys.executable, "-u", "-c", code]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, cwd=folder)
    assert (int(ran.stdout), ran.stderr) == (1_000_000, "")


def test_a_closed_stream_gives_its_number_to_no_file(folder: Path) -> None:
    code = "import sys; from kg.cli import occupy_closed_streams as o; o(); print(open('data.ttl').fileno() > 2, file=sys.stderr)"
    ran = subprocess.run(
        ["bash", "-c", 'exec "$@" <&- >&-', "bash", sys.executable, "-P", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert ran.stderr == "True\n"


class _Panic(BaseException):
    """As bindings to Rust raise it."""


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (_Panic("out-of-range date"), KGError, "unexpected _Panic: out-of-range date"),
        (RuntimeError("a\nb"), KGError, "unexpected RuntimeError: a b"),
        (AttributeError("x" * 10_000), KGError, "unexpected AttributeError: xxx"),
        (MemoryError(), LimitError, "there is not enough memory"),
        (RecursionError(), LimitError, "nested too deeply"),
        (
            OSError(errno.ELOOP, os.strerror(errno.ELOOP), "a.ttl"),
            StoreError,
            "a.ttl: Too many levels of symbolic links",
        ),
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), StoreError, "the output cannot be written: No space left"),
    ],
)
def test_what_others_raise_is_told_in_words(
    monkeypatch: pytest.MonkeyPatch, error: BaseException, kind: type[KGError], words: str
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(main.cli, "invoke", fails)
    monkeypatch.delenv(DEBUG, raising=False)
    ran = kg("queries")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert words in ran.stderr
    assert "Traceback" not in ran.stderr
    assert len(ran.stderr) < 1000
    assert type(in_words(error)) is kind
    assert "Traceback" in kg("queries", environment={DEBUG: "1"}).stderr


def test_ctrl_c_is_no_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(main.cli, "invoke", interrupted)
    assert kg("queries").returncode == 130


def test_a_circle_of_links_is_told_as_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "loop.ttl").symlink_to("loop.ttl")
    ran = kg("validate", "loop.ttl", cwd=tmp_path)
    assert (ran.returncode, ran.stderr) == (
        2,
        "kg: loop.ttl: the file cannot be read: Too many levels of symbolic links\n",
    )
