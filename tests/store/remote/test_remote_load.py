"""Loads into Fuseki and Virtuoso: whole, counted, interrupted and gone on with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from openers import NAMES, Opened, opened_store
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, serialize

from kg.core.errors import InputError, StoreError
from kg.store.remote.load import STAGING, Progress, load_remote
from kg.store.statements import has_blank_node, is_blank_line

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from servers import Virtuoso

    from kg.store.remote.writing import WritableEndpointStore

EX = "http://example.org/load/"
P, G, H = (NamedNode(f"{EX}{name}") for name in "pgh")


@pytest.fixture(params=NAMES[-2:])
def engine(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WritableEndpointStore:
    opened: Opened = opened_store(request, tmp_path, monkeypatch, "memory")
    return opened.store  # type: ignore[return-value] # those of servers


def things(count: int, graph: NamedNode = G) -> list[Quad]:
    return [Quad(NamedNode(f"{EX}{number}"), P, Literal(f"é {number}"), graph) for number in range(count)]


def write(path: Path, quads: Iterable[Quad]) -> Path:
    path.write_text("".join(f"{quad} .\n" for quad in quads), encoding="utf-8")
    return path


def test_files_replace_what_their_graphs_held(engine: WritableEndpointStore, tmp_path: Path) -> None:
    engine.load([Quad(P, P, P, G), Quad(P, P, P, NamedNode(f"{EX}other"))])
    told: list[Progress] = []
    one, two = write(tmp_path / "1.nq", things(250)), write(tmp_path / "2.nq", [*things(300)[200:], *things(7, H)])
    loaded = load_remote(engine, [one, two], chunk=100, total=357, tell=told.append)
    assert loaded.graphs == {G.value: 300, H.value: 7}
    assert engine.graphs() == {G.value: 300, H.value: 7, f"{EX}other": 1}
    assert [progress.sent for progress in told][-1] == 357
    assert told[0].rate > 0
    assert told[-1].seconds_left == 0


def test_quads_can_be_added(engine: WritableEndpointStore) -> None:
    engine.load(things(3))
    assert load_remote(engine, things(5)[2:], add=True).graphs == {G.value: 3}
    assert engine.graphs() == {G.value: 5}


def test_blank_nodes_stay_one_over_all_chunks(engine: WritableEndpointStore) -> None:
    node = BlankNode("n")
    links = [Quad(NamedNode(f"{EX}{number}"), P, node, G) for number in range(20)]
    load_remote(engine, [quad for pair in zip(links, things(20, G), strict=True) for quad in pair], chunk=5)
    assert len(set(engine.select(f"SELECT DISTINCT ?n {{ ?s {P} ?n FILTER(isBlank(?n)) }}").rows)) == 1
    assert engine.graphs() == {G.value: 40}


def test_statements_without_a_graph_need_one(engine: WritableEndpointStore, tmp_path: Path) -> None:
    file = tmp_path / "a.nt"
    file.write_text(f"{P} {P} {P} .\n", encoding="utf-8")
    with pytest.raises(InputError, match="a statement has no graph"):
        load_remote(engine, [file])
    assert load_remote(engine, [file], graph=H.value).graphs == {H.value: 1}


class Interrupted:
    """Lets a store fail at one of its requests, as if the network had gone."""

    def __init__(self, patch: pytest.MonkeyPatch, store: WritableEndpointStore, at: int) -> None:
        self._left, self._write = at, store._write
        self.sent = 0
        patch.setattr(store, "_write", self)

    def __call__(self, method: str, graph: str, body: bytes | None, *, again: bool = True) -> None:
        self._left -= 1
        if self._left == 0:
            raise StoreError("the network is gone")
        self.sent += 1
        self._write(method, graph, body, again=again)


def test_an_interrupted_load_leaves_the_graph_and_goes_on(
    engine: WritableEndpointStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.load(things(3))
    file, journal = write(tmp_path / "a.nq", things(1000)), tmp_path / "journal.json"
    with monkeypatch.context() as patch:
        Interrupted(patch, engine, at=5)
        with pytest.raises(
            StoreError, match=r"the network is gone\n400 statements have arrived .* as they were; repeat the command"
        ):
            load_remote(engine, [file], chunk=100, journal=journal)
    assert engine.graphs() == {G.value: 3, G.value + STAGING: 400}
    with monkeypatch.context() as patch:
        rest = Interrupted(patch, engine, at=0)
        assert load_remote(engine, [file], chunk=100, journal=journal).graphs == {G.value: 1000}
    assert rest.sent == 6
    assert engine.graphs() == {G.value: 1000}
    assert not journal.exists()


def test_a_journal_serves_its_own_files_only(
    engine: WritableEndpointStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, journal = write(tmp_path / "a.nq", things(300)), tmp_path / "journal.json"
    with monkeypatch.context() as patch:
        Interrupted(patch, engine, at=2)
        with pytest.raises(StoreError, match="the network is gone"):
            load_remote(engine, [file], chunk=100, journal=journal)
    write(file, things(301))
    with pytest.raises(StoreError, match="of another load, or its files have changed"):
        load_remote(engine, [file], chunk=100, journal=journal)


def test_what_has_not_arrived_is_an_error_with_both_numbers(
    engine: WritableEndpointStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.load(things(3))
    send = engine._write
    monkeypatch.setattr(engine, "_write", lambda *arguments, **named: send(*arguments[:2], b"", **named))
    with pytest.raises(StoreError, match=r"<http://example\.org/load/g> has 20 statements, and 0 have arrived"):
        load_remote(engine, things(20))
    assert engine.graphs() == {G.value: 3}


def test_who_may_not_write_learns_it_first(engine: WritableEndpointStore, monkeypatch: pytest.MonkeyPatch) -> None:
    from kg.store.remote.writing import WritableEndpointStore as Store

    monkeypatch.delenv("KG_ENDPOINT_USER", raising=False)
    refused = Store(engine.endpoint, update_endpoint=engine.endpoint + "/none")
    with pytest.raises(StoreError, match=r"0 statements have arrived"):
        load_remote(refused, things(20))


def test_the_bulk_loader_of_virtuoso(virtuoso_server: Virtuoso, monkeypatch: pytest.MonkeyPatch) -> None:
    from kg.store.remote.writing import WritableEndpointStore as Store
    from kg.store.virtuoso.bulk import load_in_bulk

    monkeypatch.setenv("KG_ENDPOINT_USER", "dba")
    monkeypatch.setenv("KG_ENDPOINT_PASSWORD", "dba")
    store = Store(f"{virtuoso_server.address}/sparql")
    for graph in store.graphs():
        store.delete(graph)
    sql = f"127.0.0.1:{virtuoso_server.sql_port}"
    node = BlankNode("n")
    quads = [*things(2_000), *things(5, H), Quad(node, P, node, H), Quad(P, P, node, H)]
    store.load(things(3))
    assert load_in_bulk(store, quads, folder=virtuoso_server.folder, sql=sql).graphs == {G.value: 2_000, H.value: 7}
    assert store.graphs() == {G.value: 2_000, H.value: 7}
    assert [path for path in virtuoso_server.folder.iterdir() if path.name.startswith("motkg-")] == []
    with pytest.raises(StoreError, match="No such file"):
        load_in_bulk(store, things(4), folder=virtuoso_server.folder / "none", sql=sql)
    with pytest.raises(StoreError, match="the bulk loader needs isql-none in the PATH"):
        load_in_bulk(store, things(4), folder=virtuoso_server.folder, sql=sql, isql="isql-none")
    with pytest.raises(StoreError, match="the bulk loader: Error S2801"):
        load_in_bulk(store, things(4), folder=virtuoso_server.folder, sql="127.0.0.1:9")
    monkeypatch.setenv("KG_ENDPOINT_PASSWORD", "wrong")
    with pytest.raises(StoreError, match="401") as caught:
        load_in_bulk(Store(store.endpoint), things(4), folder=virtuoso_server.folder, sql=sql)
    assert "wrong" not in str(caught.value)
    assert store.graphs() == {G.value: 2_000, H.value: 7}


@pytest.mark.parametrize("subject", [P, BlankNode("b")])
@pytest.mark.parametrize(
    "term",
    [
        P,
        BlankNode("b"),
        Literal("a _:b"),
        Literal("_:b << x", language="en"),
        Triple(P, P, P),
        Triple(P, P, BlankNode("b")),
    ],
)
def test_a_line_has_a_blank_node_where_its_statement_has(
    subject: NamedNode | BlankNode, term: NamedNode | Literal | Triple
) -> None:
    quad = Quad(subject, P, term, G)
    line = serialize([quad], format=RdfFormat.N_QUADS)
    assert line is not None
    assert is_blank_line(line) == has_blank_node(quad)
