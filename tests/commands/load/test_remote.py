"""``kg load --endpoint``: into Fuseki and Virtuoso, counted.

And engines that lose, refuse or die, with what is there afterwards.
"""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

import commandline
import pytest
from click import UsageError
from openers import NAMES, Opened, opened_store
from pyoxigraph import NamedNode, Quad
from servers import listening, running_virtuoso

from kg.cli.load import command
from kg.store.remote.load import STAGING
from kg.store.remote.writing import WritableEndpointStore

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from servers import Fuseki, Virtuoso

FORM = "application/x-www-form-urlencoded"
GRAPH = "https://w3id.org/motkg/graph/firms"
NODE = NamedNode("urn:x:n")


def kg(*words: object, code: int = 0) -> str:
    """Runs ``kg load``; gives what it said."""
    ran = commandline.kg("load", *words)
    assert ran.returncode == code, ran.stderr
    return ran.stderr


def firms(folder: Path, count: int) -> list[Path | str]:
    """Writes a table of firms with its map, two statements each; gives the words that load it."""
    (folder / "firms.csv").write_text(
        "code,name\n" + "".join(f"{n},Firm {n}\n" for n in range(count)), encoding="utf-8"
    )
    (folder / "map.yaml").write_text('id: org/{code}\ntype: Firm\nname: "{name}"\n', encoding="utf-8")
    return [folder / "firms.csv", "--map", folder / "map.yaml"]


@pytest.fixture(params=NAMES[-2:])
def engine(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WritableEndpointStore:
    opened: Opened = opened_store(request, tmp_path, monkeypatch, "memory")
    opened.store.load([Quad(NODE, NODE, NODE, NamedNode(GRAPH))])
    return opened.store  # type: ignore[return-value] # those of servers


def test_tables_are_added_to_a_graph_and_files_to_theirs(engine: WritableEndpointStore, tmp_path: Path) -> None:
    said = kg(*firms(tmp_path, 6_000), "--endpoint", engine.endpoint)
    assert f"loaded 6,000 rows, 12,000 statements into {GRAPH}" in said
    (tmp_path / "more.trig").write_text("<urn:x:g> { <urn:x:a> <urn:x:b> 'c', [] }\n", encoding="utf-8")
    kg(tmp_path / "more.trig", "--endpoint", engine.endpoint)
    assert engine.graphs() == {GRAPH: 12_001, "urn:x:g": 2}


def test_a_graph_of_an_engine_is_replaced(engine: WritableEndpointStore, tmp_path: Path) -> None:
    kg(*firms(tmp_path, 3), "--endpoint", engine.endpoint, "--replace")
    assert engine.graphs() == {GRAPH: 6}


def test_a_faulty_row_is_told_before_anything_is_sent(engine: WritableEndpointStore, tmp_path: Path) -> None:
    words = firms(tmp_path, 3)
    with (tmp_path / "firms.csv").open("a", encoding="utf-8") as table:
        table.write("1,again\n")
    assert "firms: row 4, column 'code': 'org/1' is the id of row 2 too" in kg(
        *words, "--endpoint", engine.endpoint, code=2
    )
    assert engine.graphs() == {GRAPH: 1}


def test_virtuoso_loads_by_its_own_loader_and_nobody_sees_the_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, seen, programs = tmp_path / "server", tmp_path / "seen", tmp_path / "programs"
    server.mkdir()
    programs.mkdir()
    with running_virtuoso(server) as virtuoso:
        isql = programs / "isql-vt"
        isql.write_text(f'#!/bin/sh\necho "$0 $@" >> {seen}\nexec {shutil.which("isql-vt")} "$@"\n', encoding="utf-8")
        isql.chmod(0o755)
        virtuoso.run("USER_SET_PASSWORD('dba', 'a; secret')")
        monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
        monkeypatch.setenv("KG_ENDPOINT_USER", "dba")
        monkeypatch.setenv("KG_ENDPOINT_PASSWORD", "a; secret")
        address = f"{virtuoso.address}/sparql"
        words = [
            *firms(tmp_path, 6_000),
            "--endpoint",
            address,
            "--bulk-folder",
            server,
            "--bulk-sql",
            f"127.0.0.1:{virtuoso.sql_port}",
        ]
        assert f"loaded 6,000 rows, 12,000 statements into {GRAPH}" in kg(*words)
        assert WritableEndpointStore(address).graphs()[GRAPH] == 12_000
        assert "isql-vt 127.0.0.1" in seen.read_text(encoding="utf-8")
        assert "secret" not in seen.read_text(encoding="utf-8")
        words[-1] = "127.0.0.1:9"
        said = kg(*words, code=2)
        assert "the bulk loader: Error S2801" in said
        assert f"<{GRAPH}> is as it was: 12,000 statements" in said


def test_who_may_not_write_learns_it_before_the_tables_are_read(
    virtuoso_server: Virtuoso, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_ENDPOINT_USER", "dba")
    monkeypatch.setenv("KG_ENDPOINT_PASSWORD", "not-the-password")
    said = kg(
        tmp_path / "no-such-table.csv",
        "--map",
        tmp_path / "none.yaml",
        "--endpoint",
        f"{virtuoso_server.address}/sparql",
        code=2,
    )
    assert "401" in said
    assert "not-the-password" not in said
    assert "no-such-table" not in said


def test_options_of_a_store_of_ones_own_are_refused(tmp_path: Path) -> None:
    for words in (["--alone"], ["--close"], ["--validate"], ["-o", str(tmp_path / "store")]):
        with pytest.raises(UsageError, match="--endpoint"):
            command.main(["firms.csv", "--endpoint", "http://127.0.0.1:9/", *words], standalone_mode=False)
    for words in (
        ["-o", "x", "--bulk-folder", "y"],
        ["--endpoint", "http://127.0.0.1:9/", "--bulk-sql", "127.0.0.1:1111"],
    ):
        with pytest.raises(UsageError, match="--bulk-sql goes with --bulk-folder, and that with --endpoint"):
            command.main(["firms.csv", *words], standalone_mode=False)
    with pytest.raises(UsageError, match="a bulk loader begins anew"):
        command.main(
            ["firms.csv", "--endpoint", "http://127.0.0.1:9/", "--bulk-folder", "y", "--resume"], standalone_mode=False
        )
    assert "holds a user or a password" in kg(
        tmp_path / "firms.csv", "--endpoint", "http://me:secret@127.0.0.1:9/", code=2
    )


class _Between(BaseHTTPRequestHandler):
    """Passes requests on to an engine.

    ``spoil`` may change a body, or give nothing, which ends the connection without an answer.
    """

    target: ClassVar[str] = ""
    spoil: ClassVar[Callable[[str, bytes], bytes | None]]
    protocol_version = "HTTP/1.1"

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        changed = type(self).spoil(self.command, body)
        if changed is None:
            self.close_connection = True
            return
        server = http.client.HTTPConnection(urlsplit(self.target).netloc, timeout=30)
        headers = {name: value for name, value in self.headers.items() if name not in {"Host", "Content-Length"}}
        server.request(self.command, self.path, changed, headers)
        answer = server.getresponse()
        text = answer.read()
        server.close()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in {"content-length", "transfer-encoding", "connection", "date"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_DELETE = _pass_on  # noqa: N815 - as the base class calls them

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def between(fuseki: Fuseki, spoil: Callable[[str, bytes], bytes | None]) -> Generator[str]:
    """Stands before the data set ``memory`` of Fuseki, which is emptied but for one statement of the graph.

    Gives the address.
    """
    store = WritableEndpointStore(f"{fuseki.address}/memory")
    for graph in store.graphs():
        store.delete(graph)
    store.load([Quad(NODE, NODE, NODE, NamedNode(GRAPH))])
    handler = type("Handler", (_Between,), {"target": fuseki.address, "spoil": staticmethod(spoil)})
    with listening(ThreadingHTTPServer(("127.0.0.1", 0), handler)) as address:
        yield f"{address}/memory"


def graphs(fuseki: Fuseki) -> dict[str, int]:
    return dict(WritableEndpointStore(f"{fuseki.address}/memory").graphs())


@pytest.mark.java
def test_an_engine_that_loses_statements_is_found_out(fuseki_server: Fuseki, tmp_path: Path) -> None:
    def lose(method: str, body: bytes) -> bytes:
        return body.rpartition(b"\n")[0].rpartition(b"\n")[0] + b"\n" if method == "PUT" else body

    with between(fuseki_server, lose) as address:
        said = kg(*firms(tmp_path, 100), "--endpoint", address, code=2)
    assert f"<{GRAPH}> has 200 statements, and 199 have arrived in <{GRAPH}{STAGING}>" in said
    assert f"<{GRAPH}> is as it was: 1 statement" in said
    assert graphs(fuseki_server) == {GRAPH: 1}


@pytest.mark.java
def test_an_engine_that_dies_while_it_is_sent_to(fuseki_server: Fuseki, tmp_path: Path) -> None:
    alive = [True]

    def die_at_the_second_chunk(method: str, body: bytes) -> bytes | None:
        alive[0] = alive[0] and not (method == "POST" and b"<urn:" not in body and body.count(b" .\n") > 1_000)
        return body if alive[0] else None

    with between(fuseki_server, die_at_the_second_chunk) as address:
        said = kg(*firms(tmp_path, 6_000), "--endpoint", address, code=2)
    assert "Traceback" not in said
    assert f"the engine does not say what it holds now; <{GRAPH}> may have a neighbour that ends in {STAGING}" in said
    assert graphs(fuseki_server) == {GRAPH: 1, GRAPH + STAGING: 10_000}


def _carrying_out_and_breaking_off(fuseki_server: Fuseki) -> Callable[[str, bytes], bytes | None]:
    """The engine carries the last update out, and the line breaks before it says so."""

    def carry_out_and_break_off(_: str, body: bytes) -> bytes | None:
        if b"ADD" not in body:
            return body
        server = http.client.HTTPConnection(urlsplit(fuseki_server.address).netloc, timeout=30)
        server.request(
            "POST", "/memory", body, {"Content-Type": "application/sparql-update" if b"%3C" not in body else FORM}
        )
        assert server.getresponse().status < 300
        server.close()
        return None

    return carry_out_and_break_off


@pytest.mark.java
def test_a_last_step_whose_answer_is_lost_is_looked_at(fuseki_server: Fuseki, tmp_path: Path) -> None:
    with between(fuseki_server, _carrying_out_and_breaking_off(fuseki_server)) as address:
        said = kg(*firms(tmp_path, 100), "--endpoint", address, code=2)
    assert f"<{GRAPH}> holds 201 statements, 1 before the load" in said
    assert graphs(fuseki_server) == {GRAPH: 201}


@pytest.mark.java
def test_ctrl_c_while_it_sends_leaves_the_graph_and_nothing_beside_it(fuseki_server: Fuseki, tmp_path: Path) -> None:
    processes: list[subprocess.Popen[str]] = []

    def interrupt_at_the_second_chunk(method: str, body: bytes) -> bytes:
        if method == "POST" and body.count(b" .\n") > 1_000 and processes[0].poll() is None:
            processes[0].send_signal(signal.SIGINT)
        return body

    with between(fuseki_server, interrupt_at_the_second_chunk) as address:
        words = [sys.executable, "-m", "kg", "load", *map(str, firms(tmp_path, 6_000)), "--endpoint", address]
        processes.append(subprocess.Popen(words, stderr=subprocess.PIPE, text=True))
        _, said = processes[0].communicate(timeout=60)
    assert processes[0].returncode == 2, said
    assert f"kg: interrupted\n<{GRAPH}> is as it was: 1 statement" in said
    assert graphs(fuseki_server) == {GRAPH: 1}


@pytest.fixture
def journals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of journals in a cache of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "motkg" / "loads"


class _Gone:
    """A network that is gone from the second chunk on, until it is ``back``.

    Counts the statements of the chunks that pass.
    """

    def __init__(self) -> None:
        self.back = False
        self.sent = 0

    def __call__(self, method: str, body: bytes) -> bytes | None:
        chunk = body.count(b" .\n") if method in {"PUT", "POST"} else 0
        if not self.back and method == "POST" and chunk > 1_000:
            return None
        self.sent += chunk
        return body


@pytest.mark.java
def test_a_load_that_may_resume_goes_on_where_it_broke_off(
    fuseki_server: Fuseki, tmp_path: Path, journals: Path
) -> None:
    words, network = firms(tmp_path, 12_000), _Gone()
    with between(fuseki_server, network) as address:
        said = kg(*words, "--endpoint", address, "--resume", code=2)
        assert f"<{GRAPH}> is as it was: 1 statement" in said
        assert "the same with --resume goes on" in said
        assert graphs(fuseki_server) == {GRAPH: 1, GRAPH + STAGING: 10_000}
        network.back, network.sent = True, 0
        assert f"loaded 12,000 rows, 24,000 statements into {GRAPH}" in kg(*words, "--endpoint", address, "--resume")
    assert network.sent == 14_000
    assert graphs(fuseki_server) == {GRAPH: 24_001}
    assert not list(journals.iterdir())


@pytest.mark.java
def test_a_load_that_is_killed_goes_on_too(fuseki_server: Fuseki, tmp_path: Path, journals: Path) -> None:
    processes: list[subprocess.Popen[bytes]] = []
    sent: list[int] = []

    def kill_at_the_second_chunk(method: str, body: bytes) -> bytes | None:
        if method == "POST" and body.count(b" .\n") > 1_000 and len(processes) == 1:
            processes[0].kill()
            processes.append(processes[0])
            return None
        sent.append(body.count(b" .\n") if method in {"PUT", "POST"} else 0)
        return body

    with between(fuseki_server, kill_at_the_second_chunk) as address:
        words = [*map(str, firms(tmp_path, 12_000)), "--endpoint", address, "--resume"]
        processes.append(subprocess.Popen([sys.executable, "-m", "kg", "load", *words]))
        assert processes[0].wait(60) == -signal.SIGKILL
        assert graphs(fuseki_server) == {GRAPH: 1, GRAPH + STAGING: 10_000}
        sent.clear()
        kg(*words)
    assert sum(sent) == 14_000
    assert graphs(fuseki_server) == {GRAPH: 24_001}
    assert not list(journals.iterdir())


@pytest.mark.java
def test_other_statements_and_a_load_without_resume_begin_anew(
    fuseki_server: Fuseki, tmp_path: Path, journals: Path
) -> None:
    words, network = firms(tmp_path, 6_000), _Gone()
    with between(fuseki_server, network) as address:
        kg(*words, "--endpoint", address, "--resume", code=2)
        network.back, network.sent = True, 0
        with (tmp_path / "firms.csv").open("a", encoding="utf-8") as table:
            table.write("6000,Firm 6000\n")
        kg(*words, "--endpoint", address, "--resume")
        assert network.sent == 12_002
        assert graphs(fuseki_server) == {GRAPH: 12_003}
        assert not list(journals.iterdir())
        firms(tmp_path, 6_000)
        network.back = False
        kg(*words, "--endpoint", address, "--resume", code=2)
        assert len(list(journals.iterdir())) == 1
        network.back, network.sent = True, 0
        kg(*words, "--endpoint", address)
    assert network.sent == 12_000
    assert not list(journals.iterdir())


@pytest.mark.java
def test_a_resumable_load_whose_last_answer_is_lost_has_nothing_to_go_on_with(
    fuseki_server: Fuseki, tmp_path: Path, journals: Path
) -> None:
    with between(fuseki_server, _carrying_out_and_breaking_off(fuseki_server)) as address:
        said = kg(*firms(tmp_path, 100), "--endpoint", address, "--resume", code=2)
    assert f"<{GRAPH}> holds 201 statements, 1 before the load" in said
    assert "--resume" not in said
    assert graphs(fuseki_server) == {GRAPH: 201}
    assert not list(journals.iterdir())


def test_without_a_cache_nothing_can_be_resumed(
    engine: WritableEndpointStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTKG_NO_CACHE", "1")
    assert "MOTKG_NO_CACHE" in kg(*firms(tmp_path, 2), "--endpoint", engine.endpoint, "--resume", code=2)
    assert engine.graphs() == {GRAPH: 1}
