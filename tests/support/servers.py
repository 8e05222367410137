"""Servers that tests ask, on free ports of this machine: their own, and Apache Jena Fuseki and Virtuoso, each with a data folder."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import socketserver
import subprocess
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from needs import missing

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from pathlib import Path

SECONDS_TO_START = 90

FUSEKI_CONFIG = """
PREFIX fuseki: <http://jena.apache.org/fuseki#>
PREFIX ja: <http://jena.hpl.hp.com/2005/11/Assembler#>
PREFIX tdb2: <http://jena.apache.org/2016/tdb#>
"""
FUSEKI_UNION = """
[] a fuseki:Service ; fuseki:name "NAME" ;
   fuseki:dataset [ a tdb2:DatasetTDB2 ; tdb2:location "FOLDER/NAME" ; tdb2:unionDefaultGraph true ] ;
   fuseki:endpoint [ fuseki:operation fuseki:query ] , [ fuseki:operation fuseki:update ] , [ fuseki:operation fuseki:gsp-rw ] .
"""
FUSEKI_APART = """
[] a fuseki:Service ; fuseki:name "NAME" ; fuseki:dataset [ a ja:MemoryDataset ] ;
   fuseki:endpoint [ fuseki:operation fuseki:query ] , [ fuseki:operation fuseki:update ] , [ fuseki:operation fuseki:gsp-rw ] .
"""
UNIONS, APART = ("shipped", "firms", "scratch", "shapes"), ("apart", "memory")


@contextmanager
def listening(server: socketserver.TCPServer) -> Generator[str]:
    """Has a server of this process answer on a thread of its own until the block ends, and gives its address."""
    with server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


class Connections(socketserver.TCPServer):
    """A port of this machine that hangs up on whoever connects, and counts them."""

    def __init__(self) -> None:
        self._callers: list[object] = []
        super().__init__(("127.0.0.1", 0), socketserver.BaseRequestHandler)

    @property
    def place(self) -> tuple[str, int]:
        """Return where to connect."""
        return "127.0.0.1", int(self.server_address[1])

    @property
    def address(self) -> str:
        """Return the address as a query would name it."""
        return f"http://127.0.0.1:{self.place[1]}/sparql"

    def verify_request(self, request: object, client_address: object) -> bool:  # noqa: ARG002 - as the base class has it
        """Take note of a caller, and hang up."""
        self._callers.append(client_address)
        return False

    def count(self) -> int:
        """Return the number of connections so far.

        Connections are taken in order, so that the last one closes the count.
        """
        with socket.create_connection(self.place) as last:
            last.recv(1)
            name = last.getsockname()
        number = self._callers.index(name)
        self._callers.remove(name)
        return number


@contextmanager
def counting_connections() -> Generator[Connections]:
    """Listen on a free port, and count who connects until the block ends."""
    server = Connections()
    with listening(server):
        yield server


@dataclass(frozen=True)
class Virtuoso:
    """A running Virtuoso; its user dba has the password dba. ``folder`` is the one that its bulk loader may read."""

    port: int
    sql_port: int
    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def run(self, statement: str) -> str:
        """Runs a statement of SQL, and gives what was printed."""
        command = ["isql-vt", f"127.0.0.1:{self.sql_port}", "dba", "dba", f"exec={statement}"]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=self.folder)
        assert "Error" not in done.stderr, done.stderr
        return done.stdout


@dataclass(frozen=True)
class Fuseki:
    """A running Fuseki with the data sets UNIONS, whose default graph is the union, and APART, whose default graph is kept apart."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(address: str) -> bool:
    """Says whether a server answers there, with whatever status."""
    server = http.client.HTTPConnection(urlsplit(address).netloc, timeout=2)
    try:
        server.request("GET", urlsplit(address).path)
        server.getresponse().read()
    except OSError:
        return False
    finally:
        server.close()
    return True


@contextmanager
def running(command: Sequence[str], folder: Path, ready: Callable[[], bool]) -> Generator[subprocess.Popen[bytes]]:
    """Runs a server in a folder until the block ends; it must be ready in time."""
    log = folder / "log.txt"
    environment = {**os.environ, "FUSEKI_BASE": str(folder / "base")}
    with (
        log.open("wb") as output,
        subprocess.Popen(command, cwd=folder, stdout=output, stderr=output, env=environment) as server,
    ):
        try:
            deadline = time.monotonic() + SECONDS_TO_START
            while not ready():
                assert server.poll() is None, log.read_text(encoding="utf-8", errors="replace")
                assert time.monotonic() < deadline, log.read_text(encoding="utf-8", errors="replace")
                time.sleep(0.1)
            yield server
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()


@contextmanager
def running_fuseki(
    java: str, jar: Path, folder: Path, unions: Sequence[str] = UNIONS, apart: Sequence[str] = APART
) -> Generator[Fuseki]:
    """Runs Fuseki with empty data sets."""
    services = [FUSEKI_UNION.replace("NAME", name) for name in unions] + [
        FUSEKI_APART.replace("NAME", name) for name in apart
    ]
    for name in unions:
        (folder / name).mkdir()
    config = folder / "config.ttl"
    config.write_text((FUSEKI_CONFIG + "".join(services)).replace("FOLDER", folder.as_posix()), encoding="utf-8")
    port = free_port()
    command = [java, "-Xmx1g", "-jar", str(jar), "--localhost", f"--port={port}", "--ping", f"--config={config}"]
    with running(command, folder, lambda: answers(f"http://127.0.0.1:{port}/$/ping")) as process:
        yield Fuseki(port, process)


VIRTUOSO_CONFIG = """
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
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 5
[SPARQL]
ResultSetMaxRows = {rows}
"""


@contextmanager
def running_virtuoso(folder: Path, rows: int = 10_000) -> Generator[Virtuoso]:
    """Runs an empty Virtuoso that cuts answers off at so many rows."""
    server = shutil.which("virtuoso-t")
    if not server or not shutil.which("isql-vt"):
        pytest.skip(missing("Virtuoso"))
    sql, port = free_port(), free_port()
    (folder / "virtuoso.ini").write_text(VIRTUOSO_CONFIG.format(sql=sql, http=port, rows=rows), encoding="utf-8")
    ready = f"http://127.0.0.1:{port}/sparql"
    with running([server, "-f", "-c", "virtuoso.ini"], folder, lambda: answers(ready)) as process:
        yield Virtuoso(port, sql, folder, process)
