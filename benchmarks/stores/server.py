"""Virtuoso as Debian packages it, started on free ports of this machine and loaded by its bulk loader.

It has a data folder of its own.
"""

from __future__ import annotations

import atexit
import shutil
import socket
import subprocess
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

_CONFIG: Final = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DirsAllowed = .
NumberOfBuffers = 170000
MaxDirtyBuffers = 130000
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 5
[SPARQL]
ResultSetMaxRows = 100000000
"""
_SECONDS_TO_START: Final = 60


def started(file: Path, folder: Path) -> str:
    """Start a server, load a file of N-Quads with two loaders, and return the address of its endpoint.

    It stops with this process.
    """
    server, client = shutil.which("virtuoso-t"), shutil.which("isql-vt")
    if not server or not client:
        raise FileNotFoundError("Virtuoso is not installed (Debian: virtuoso-opensource-7)")
    folder.mkdir(parents=True)
    sql, http = _free_port(), _free_port()
    (folder / "virtuoso.ini").write_text(_CONFIG.format(sql=sql, http=http), encoding="utf-8")
    process = subprocess.Popen(
        [server, "-f", "-c", "virtuoso.ini"], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    atexit.register(process.kill)
    (folder / "process").write_text(str(process.pid), encoding="utf-8")
    _wait(process, sql)
    parts = folder / "parts"
    parts.mkdir()
    subprocess.run(["split", "-n", "l/2", "--additional-suffix=.nq", str(file), f"{parts}/part"], check=True)  # noqa: S607 (coreutils)

    def run(statement: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [client, f"127.0.0.1:{sql}", "dba", "dba", f"exec={statement}"], cwd=folder, stdout=subprocess.DEVNULL
        )

    run("ld_dir('parts', '*.nq', 'urn:none');").wait()
    for loader in [run("rdf_loader_run();") for _ in range(2)]:
        loader.wait()
    run("checkpoint;").wait()
    shutil.rmtree(parts)
    return f"http://127.0.0.1:{http}/sparql"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + _SECONDS_TO_START
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError("Virtuoso did not start")
