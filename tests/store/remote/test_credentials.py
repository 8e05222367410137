from __future__ import annotations

import base64
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from servers import listening

from kg.core.errors import QueryError, StoreError
from kg.store.remote.credentials import checked_address, credentials_for, origin, preemptive, wanted
from kg.store.remote.store import EndpointStore
from kg.store.remote.writing import WritableEndpointStore

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from servers import Virtuoso

SECRET = "geheim-42"  # noqa: S105 - invented
BASIC = "Basic " + base64.b64encode(f"ann:{SECRET}".encode()).decode()


@pytest.fixture(autouse=True)
def _nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("USER", "PASSWORD", "TOKEN", "ORIGIN"):
        monkeypatch.delenv(f"KG_ENDPOINT_{name}", raising=False)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))


@pytest.fixture
def guarded() -> Generator[tuple[str, list[str]]]:
    """A server that asks for a password, and the headers Authorization that it got; /away sends elsewhere."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.headers.get("Authorization", ""))
            away = self.path.startswith("/away")
            known = seen[-1] in {BASIC, f"Bearer {SECRET}"}
            body = b'{"head": {}, "boolean": true}' if known else b"who is there?"
            self.send_response(302 if away and known else 200 if known else 401)
            for name, value in {
                "Content-Type": "application/sparql-results+json",
                "Content-Length": str(len(body)),
                "WWW-Authenticate": 'Basic realm="x"',
                "Location": f"http://localhost:{self.server.server_address[1]}/",
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with listening(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as address:
        yield f"{address}/sparql", seen


def test_a_password_is_sent_once_the_server_asks_for_it(
    guarded: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, seen = guarded
    monkeypatch.setenv("KG_ENDPOINT_USER", "ann")
    monkeypatch.setenv("KG_ENDPOINT_PASSWORD", SECRET)
    store = EndpointStore(address)
    assert store.ask("ASK {}")
    assert store.ask("ASK {}")
    assert seen[:2] == ["", BASIC]
    assert set(seen[2:]) == {BASIC}


def test_a_token_goes_with_every_request(guarded: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    address, seen = guarded
    monkeypatch.setenv("KG_ENDPOINT_TOKEN", SECRET)
    assert EndpointStore(address).ask("ASK {}")
    assert set(seen) == {f"Bearer {SECRET}"}


def test_netrc_is_read_for_its_host_only(guarded: tuple[str, list[str]], tmp_path: Path) -> None:
    address, seen = guarded
    (tmp_path / "netrc").write_text(f"machine 127.0.0.1 login ann password {SECRET}\n", encoding="utf-8")
    (tmp_path / "netrc").chmod(0o600)
    assert EndpointStore(address).ask("ASK {}")
    assert seen[-1] == BASIC
    assert credentials_for("http://localhost/sparql") is None


def test_the_environment_speaks_for_one_server_if_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_ENDPOINT_TOKEN", SECRET)
    monkeypatch.setenv("KG_ENDPOINT_ORIGIN", "https://one.example/")
    assert credentials_for("https://one.example/sparql") is not None
    assert credentials_for("https://two.example/sparql") is None
    assert credentials_for("http://one.example/sparql") is None
    assert credentials_for("https://one.example:8443/sparql") is None


def test_nothing_is_sent_to_another_server(guarded: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    address, seen = guarded
    monkeypatch.setenv("KG_ENDPOINT_TOKEN", SECRET)
    with pytest.raises(StoreError, match="elsewhere, to http://localhost"):
        EndpointStore(address.replace("/sparql", "/away")).ask("ASK {}")
    assert len(seen) == 1


def test_secrets_stand_in_no_message(guarded: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    address, _ = guarded
    monkeypatch.setenv("KG_ENDPOINT_USER", "bob")
    monkeypatch.setenv("KG_ENDPOINT_PASSWORD", SECRET)
    with pytest.raises(StoreError, match="status 401") as caught:
        EndpointStore(address).ask("ASK {}")
    chain: BaseException | None = caught.value
    while chain is not None:
        assert SECRET not in f"{chain!r}{chain}"
        chain = chain.__cause__ or chain.__context__
    assert SECRET not in repr(credentials_for(address))


@pytest.mark.parametrize(
    "address", [f"http://ann:{SECRET}@127.0.0.1/sparql", f"https://{SECRET}@example.org/", f"http://:{SECRET}@[::1]/x"]
)
def test_an_address_with_a_password_is_refused_without_saying_it(address: str) -> None:
    with pytest.raises(QueryError, match="holds a user or a password") as caught:
        checked_address(address)
    assert SECRET not in str(caught.value)
    assert "KG_ENDPOINT_USER" in str(caught.value)


@pytest.mark.parametrize("address", ["http://example.org/sparql", "http://192.0.2.1/sparql", "http://[2001:db8::1]/x"])
def test_secrets_do_not_travel_unencrypted(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_ENDPOINT_TOKEN", SECRET)
    with pytest.raises(StoreError, match="a bearer token is not sent over plain http"):
        EndpointStore(address)
    monkeypatch.delenv("KG_ENDPOINT_TOKEN")
    monkeypatch.setenv("KG_ENDPOINT_USER", "ann")
    known = credentials_for(address)
    assert known is not None
    with pytest.raises(StoreError, match="a password is not sent over plain http"):
        wanted(known, 'Basic realm="x"', address)
    assert wanted(known, 'Digest realm="x", nonce="y"', address) is not None
    assert preemptive(known, address) is None


def test_ports_are_part_of_who_is_asked() -> None:
    assert origin("https://example.org/x") == ("https", "example.org", 443)
    assert origin("http://example.org:8890/x") == ("http", "example.org", 8890)


def test_virtuoso_is_written_to_with_a_digest(virtuoso_server: Virtuoso, monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"{virtuoso_server.address}/sparql"
    insert = "INSERT DATA { GRAPH <http://example.org/digest> { <http://example.org/a> <http://example.org/p> 1 } }"
    with pytest.raises(StoreError, match="No permission to execute"):
        WritableEndpointStore(address).update(insert)
    monkeypatch.setenv("KG_ENDPOINT_USER", "dba")
    monkeypatch.setenv("KG_ENDPOINT_PASSWORD", "wrong")
    with pytest.raises(StoreError, match="status 401"):
        WritableEndpointStore(address).update(insert)
    monkeypatch.setenv("KG_ENDPOINT_PASSWORD", "dba")
    store = WritableEndpointStore(address)
    store.update(insert)
    assert store.graphs()["http://example.org/digest"] == 1
    store.delete("http://example.org/digest")
