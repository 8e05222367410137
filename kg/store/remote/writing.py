"""A remote store, opened for writing: SPARQL 1.1 Update and the SPARQL 1.1 Graph Store HTTP Protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from pyoxigraph import DefaultGraph, NamedNode, Quad

from kg.core.errors import QueryError, StoreError
from kg.store.protocol import with_prefixes
from kg.store.remote import protocol
from kg.store.remote.protocol import update_request
from kg.store.remote.store import EndpointStore, graph_store_address, update_address
from kg.store.remote.transport import LARGEST, TIMEOUT, Request
from kg.store.statements import has_blank_node, refuse_fetching, statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pyoxigraph import RdfFormat

    from kg.store.protocol import Capabilities

CHUNK: Final = 10_000
_NOT_FOUND: Final = 404


class WritableEndpointStore(EndpointStore):
    """A ``WritableStore`` at an address. Where updates and graphs go is known for each engine, or said."""

    def __init__(
        self,
        endpoint: str,
        timeout: float = TIMEOUT,
        largest: int = LARGEST,
        *,
        update_endpoint: str = "",
        graph_store: str = "",
    ) -> None:
        super().__init__(endpoint, timeout, largest)
        self._update_endpoint = update_endpoint
        self._graph_store = graph_store

    @property
    def update_endpoint(self) -> str:
        """Where updates go."""
        return self._update_endpoint or update_address(
            self._engine or self.engine, self.endpoint, known=self._transport.known
        )

    @property
    def graph_store(self) -> str:
        """Where graphs are got and put."""
        return self._graph_store or graph_store_address(
            self._engine or self.engine, self.endpoint, known=self._transport.known
        )

    def update(self, text: str) -> None:
        """Carry out a SPARQL update, once: after a lost answer nobody knows whether it was done.

        See ``WritableStore.update``.
        """
        refuse_fetching(text)
        with self._transport.send(update_request(self.update_endpoint, with_prefixes(text))) as response:
            protocol.check(response, self.update_endpoint)
        self.forget()

    def try_updating(self) -> None:
        """Check that updates are taken, by one that changes nothing.

        Who may not write learns it so before anything is sent.
        """
        self.update("DROP SILENT GRAPH <urn:motkg:none>")

    def load(self, source: Iterable[Quad] | Path, graph: str | None = None, syntax: RdfFormat | None = None) -> int:
        """Add quads, or what a file says, graph by graph in chunks; what came before an error stays.

        ``kg.store.remote.load`` loads so that an error leaves the graphs as they were. Statements with blank nodes of
        one graph go in one request, since a blank node means the same only within one.
        """
        total = 0
        for name, lines in in_chunks(statements(source, graph, syntax)):
            self.post(name, lines)
            total += len(lines)
        return total

    def put(self, graph: str, lines: Iterable[str]) -> None:
        """Make a graph hold what lines of N-Triples say, and nothing else."""
        self._write("PUT", graph, "".join(lines).encode())

    def post(self, graph: str, lines: Iterable[str], *, again: bool = False) -> None:
        """Add lines of N-Triples to a graph.

        ``again`` says that they may be sent twice, as without blank nodes they may.
        """
        self._write("POST", graph, "".join(lines).encode(), again=again)

    def delete(self, graph: str) -> None:
        """Remove a graph, if there is one."""
        self._write("DELETE", graph, None)

    def capabilities(self) -> Capabilities:
        """Describe what the server can do; whether it takes updates and graphs is known only once it is asked to."""
        found = super().capabilities()
        return found._replace(
            update=True, graph_store_protocol=self._speaks_graphs(), bulk_load=self.engine.name == "Virtuoso"
        )

    def _speaks_graphs(self) -> bool:
        url = f"{self.graph_store}?graph={quote('urn:motkg:none', safe='')}"
        with self._transport.send(Request("GET", url, {"Accept": "application/n-triples"}, again=True)) as response:
            return response.status in {200, 204, _NOT_FOUND}

    def _write(self, method: str, graph: str, body: bytes | None, *, again: bool = True) -> None:
        where = f"graph={quote(graph, safe='')}" if graph else "default"
        kind = {"Content-Type": "application/n-triples"} if body is not None else {}
        request = Request(method, f"{self.graph_store}?{where}", {"Accept": "*/*", **kind}, body, again=again)
        with self._transport.send(request) as response:
            if method == "DELETE" and response.status == _NOT_FOUND:
                return
            try:
                protocol.check(response, self.graph_store)
            except QueryError as error:
                raise StoreError(
                    f"{self.graph_store}: {method} of <{graph}> was refused: {error}",
                    endpoint=self.graph_store,
                    status=400,
                ) from error
        self.forget()


def in_chunks(quads: Iterable[Quad], size: int = CHUNK) -> Iterator[tuple[str, list[str]]]:
    """Yield lines of N-Triples with the name of their graph, at most ``size`` at once.

    Those with blank nodes come last, those of one graph together.

    The name of the default graph is empty. Memory holds one chunk a graph, and all statements with blank nodes.

    Raises:
        StoreError: a graph is named by a blank node, which names nothing on another machine.

    """
    chunks: dict[str, list[str]] = {}
    blank: dict[str, list[str]] = {}
    for quad in quads:
        name = graph_of(quad)
        kept = blank if has_blank_node(quad) else chunks
        lines = kept.setdefault(name, [])
        lines.append(f"{quad.triple} .\n")
        if kept is chunks and len(lines) >= size:
            yield name, chunks.pop(name)
    yield from chunks.items()
    yield from blank.items()


def graph_of(quad: Quad) -> str:
    """Return the name of a quad's graph, empty for the default graph.

    Raises ``StoreError`` where it is a blank node.
    """
    match quad.graph_name:
        case NamedNode() as name:
            return name.value
        case DefaultGraph():
            return ""
    raise StoreError(f"a graph named by the blank node {quad.graph_name} cannot be named to a server")
