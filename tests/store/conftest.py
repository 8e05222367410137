"""Servers that tests ask: Apache Jena Fuseki and Virtuoso, each on a free port of this machine, with a data folder of its own."""

from __future__ import annotations

import hashlib
import http.client
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from platformdirs import user_cache_path

from kg.pipeline import build
from kg.publish.dump import lines
from kg.resources import shipped_documents
from kg.store.embedded import EmbeddedStore
from kg.store.endpoint import EndpointStore
from kg.store.memory_rdflib import RdflibStore

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from pyoxigraph import Quad

FIRMS = Path(__file__).parent.parent / "data" / "firms"
FUSEKI = "https://repo1.maven.org/maven2/org/apache/jena/jena-fuseki-server/5.6.0/jena-fuseki-server-5.6.0.jar"
FUSEKI_SHA256 = "d28c1eaf703122ee628895a460c20fa4aa60a892f435d403ea8c036f241da1f8"
CACHE = user_cache_path("motkg-tests", appauthor=False)  # read before the tests get a cache of their own, so that one download is enough
SECONDS_TO_START = 90

FUSEKI_CONFIG = """
PREFIX fuseki: <http://jena.apache.org/fuseki#>
PREFIX ja: <http://jena.hpl.hp.com/2005/11/Assembler#>
PREFIX tdb2: <http://jena.apache.org/2016/tdb#>
[] a fuseki:Service ; fuseki:name "shipped" ; fuseki:endpoint [ fuseki:operation fuseki:query ] , [ fuseki:operation fuseki:gsp-rw ] ;
   fuseki:dataset [ a tdb2:DatasetTDB2 ; tdb2:location "FOLDER/shipped" ; tdb2:unionDefaultGraph true ] .
[] a fuseki:Service ; fuseki:name "firms" ; fuseki:endpoint [ fuseki:operation fuseki:query ] , [ fuseki:operation fuseki:gsp-rw ] ;
   fuseki:dataset [ a tdb2:DatasetTDB2 ; tdb2:location "FOLDER/firms" ; tdb2:unionDefaultGraph true ] .
[] a fuseki:Service ; fuseki:name "apart" ; fuseki:endpoint [ fuseki:operation fuseki:query ] , [ fuseki:operation fuseki:gsp-rw ] ;
   fuseki:dataset [ a ja:MemoryDataset ] .
"""


@pytest.fixture(scope="session")
def shipped() -> list[Quad]:
    """The statements of the shipped graph, as they were written."""
    return build(shipped_documents()).quads


@pytest.fixture(scope="session")
def with_firms() -> list[Quad]:
    """The same together with the invented firms."""
    return build([*shipped_documents(), FIRMS]).quads


@pytest.fixture(scope="session")
def oxigraphs(shipped: list[Quad], with_firms: list[Quad]) -> tuple[EmbeddedStore, EmbeddedStore]:
    return EmbeddedStore.of(shipped), EmbeddedStore.of(with_firms)


@pytest.fixture(scope="session")
def rdflibs(shipped: list[Quad], with_firms: list[Quad]) -> tuple[RdflibStore, RdflibStore]:
    return RdflibStore.of(shipped), RdflibStore.of(with_firms)


@pytest.fixture(scope="session")
def fuseki_jar() -> Path:
    """Fuseki from Maven Central, downloaded once."""
    path = CACHE / FUSEKI.rpartition("/")[2]
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        arriving = path.with_suffix(f".{os.getpid()}")
        try:
            with urllib.request.urlopen(FUSEKI, timeout=60) as source, arriving.open("wb") as target:
                shutil.copyfileobj(source, target)
        except OSError as error:
            pytest.skip(f"Fuseki cannot be downloaded: {error}")
        arriving.replace(path)
    with path.open("rb") as content:
        assert hashlib.file_digest(content, "sha256").hexdigest() == FUSEKI_SHA256, f"{path} is not the file that was pinned"
    return path


@pytest.fixture(scope="session")
def fuseki(java: str, fuseki_jar: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """The address of an empty Fuseki that holds the data sets shipped, firms, and apart: the last with its default graph kept apart."""
    folder = tmp_path_factory.mktemp("fuseki")
    for name in ("shipped", "firms"):
        (folder / name).mkdir()
    (folder / "config.ttl").write_text(FUSEKI_CONFIG.replace("FOLDER", folder.as_posix()), encoding="utf-8")
    port = free_port()
    command = [java, "-Xmx1g", "-jar", str(fuseki_jar), "--localhost", f"--port={port}", "--ping", f"--config={folder / 'config.ttl'}"]
    with running(command, folder, lambda: answers(f"http://127.0.0.1:{port}/$/ping")):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def loaded(fuseki: str) -> Callable[[str, list[Quad]], EndpointStore]:
    """Loads quads into a data set of Fuseki."""

    def load(name: str, quads: list[Quad]) -> EndpointStore:
        server = http.client.HTTPConnection(urlsplit(fuseki).netloc, timeout=120)
        server.request("POST", f"/{name}", lines(quads).encode(), {"Content-Type": "application/n-quads"})
        assert server.getresponse().status in {200, 201, 204}
        server.close()
        return EndpointStore(f"{fuseki}/{name}")

    return load


@pytest.fixture(scope="session")
def fusekis(
    loaded: Callable[[str, list[Quad]], EndpointStore], shipped: list[Quad], with_firms: list[Quad]
) -> tuple[EndpointStore, EndpointStore]:
    return loaded("shipped", shipped), loaded("firms", with_firms)


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
def running(command: Sequence[str], folder: Path, ready: Callable[[], bool]) -> Generator[None]:
    """Runs a server in a folder until the block ends; it must be ready in time."""
    log = folder / "log.txt"
    environment = {**os.environ, "FUSEKI_BASE": str(folder / "base")}
    with log.open("wb") as output, subprocess.Popen(command, cwd=folder, stdout=output, stderr=output, env=environment) as server:
        try:
            deadline = time.monotonic() + SECONDS_TO_START
            while not ready():
                assert server.poll() is None, log.read_text(encoding="utf-8", errors="replace")
                assert time.monotonic() < deadline, log.read_text(encoding="utf-8", errors="replace")
                time.sleep(0.2)
            yield
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()


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
ResultSetMaxRows = 10000
"""
N_QUADS = 512  # the flag of DB.DBA.TTLP that reads graph names


@pytest.fixture(scope="session")
def virtuoso(with_firms: list[Quad], tmp_path_factory: pytest.TempPathFactory) -> Generator[EndpointStore]:
    """Virtuoso from Debian, with the shipped graph and the invented firms in it."""
    server, client = shutil.which("virtuoso-t"), shutil.which("isql-vt")
    if not server or not client:
        pytest.skip("Virtuoso is not installed (Debian: virtuoso-opensource-7)")
    folder = tmp_path_factory.mktemp("virtuoso")
    sql, port = free_port(), free_port()
    (folder / "virtuoso.ini").write_text(VIRTUOSO_CONFIG.format(sql=sql, http=port), encoding="utf-8")
    (folder / "graph.nq").write_text(lines(with_firms), encoding="utf-8")
    with running([server, "-f", "-c", "virtuoso.ini"], folder, lambda: answers(f"http://127.0.0.1:{port}/sparql")):
        load = f"DB.DBA.TTLP_MT(file_to_string_output('graph.nq'), '', 'urn:none', {N_QUADS});"
        command = [client, f"127.0.0.1:{sql}", "dba", "dba", f"exec={load}"]
        loaded = subprocess.run(command, capture_output=True, text=True, check=True, cwd=folder)
        assert "Error" not in loaded.stderr, loaded.stderr
        yield EndpointStore(f"http://127.0.0.1:{port}/sparql")
