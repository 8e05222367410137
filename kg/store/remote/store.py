"""A remote store: any endpoint that speaks the SPARQL 1.1 protocol, for reading.

Whatever is not a whole answer is an error: a page of HTML, an answer that breaks off, one that the server says is
partial, one that does not end in time, and one that is cut off at a limit and cannot be had in pages. `engine_of` tells
from the headers of an answer which engine it is, and where that engine takes updates and graphs.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode, Quad

from kg.core.errors import QueryError
from kg.core.terms import LDP, OPLWEB, OWL, VIRTRDF, XSD
from kg.sparql import SelectQuery, parse
from kg.store.protocol import COUNT_GRAPHS, Capabilities, QueryForms, Solutions, names_graphs, query_form, with_prefixes
from kg.store.remote import protocol
from kg.store.remote.protocol import ROWS, TRIPLES, query_request
from kg.store.remote.transport import LARGEST, TIMEOUT, Transport

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping

    from kg.store.protocol import Answer, Term
    from kg.store.remote.transport import Response


_SERVER: Final = re.compile(r"(?:Apache Jena )?(Virtuoso|Fuseki|GraphDB)\b[ /(]*v?([\d.]*\d)?", re.IGNORECASE)
_NAMES: Final = {"virtuoso": "Virtuoso", "fuseki": "Fuseki", "graphdb": "GraphDB"}
# Graphs that Virtuoso holds for itself and answers from like from the others, unless those are named.
VIRTUOSO_GRAPHS: Final = frozenset(
    {
        VIRTRDF,
        OPLWEB,
        LDP,
        OWL,
        "http://localuriqaserver/sparql",
        "urn:activitystreams-owl:map",
        "urn:core:services:sparql",
    }
)


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine: its name, empty if unknown, and its version."""

    name: str = ""
    version: str = ""

    @property
    def title(self) -> str:
        """Name and version of the engine."""
        return " ".join(filter(None, (self.name or "unknown", self.version)))


def engine_of(headers: Mapping[str, str]) -> Engine:
    """Identify the engine by its header ``Server``, or by one that only Fuseki sends."""
    match = _SERVER.match(headers.get("Server", ""))
    if match is None:
        return Engine("Fuseki") if "Fuseki-Request-Id" in headers else Engine()
    return Engine(_NAMES[match[1].lower()], match[2] or "")


def update_address(engine: Engine, endpoint: str, *, known: bool) -> str:
    """Return where an engine takes updates to what it answers queries about.

    ``known`` says whether there are credentials.
    """
    if engine.name == "Virtuoso":
        return endpoint.removesuffix("-auth") + "-auth" if known else endpoint
    if engine.name == "GraphDB":
        return endpoint.rstrip("/") + "/statements"
    base, _, last = endpoint.rpartition("/")
    return f"{base}/update" if engine.name == "Fuseki" and last in {"query", "sparql"} else endpoint


def graph_store_address(engine: Engine, endpoint: str, *, known: bool) -> str:
    """Return where an engine speaks the graph store protocol."""
    base, _, last = endpoint.rpartition("/")
    if engine.name == "Virtuoso":
        return f"{base}/sparql-graph-crud{'-auth' if known else ''}"
    if engine.name == "GraphDB":
        return endpoint.rstrip("/") + "/rdf-graphs/service"
    return f"{base}/data" if engine.name == "Fuseki" and last in {"query", "sparql"} else endpoint


_NO_GRAPH: Final = "urn:motkg:none"
_MOST_NAMED: Final = 200


class EndpointStore(QueryForms):
    """A ``QuadStore`` at an address. Known prefixes need no declaration.

    Where the default graph of the server is empty and its named graphs are not, every request names all graphs, as
    SPARQL 1.1 Protocol 2.1.4 allows, so that a query sees the union as in every other store. ``timeout`` is in seconds
    of waiting for the server, ``largest`` in bytes of one answer. ``kg.store.remote.credentials`` says where user and
    password come from.
    """

    def __init__(self, endpoint: str, timeout: float = TIMEOUT, largest: int = LARGEST) -> None:
        self._transport = Transport(endpoint, timeout, largest)
        self.endpoint = endpoint
        self.timeout = timeout
        self._engine: Engine | None = None
        self._graphs: tuple[str, ...] = ()
        self._changed = False

    @property
    def engine(self) -> Engine:
        """The engine at the address, identified with the first request."""
        if self._engine is None or self._changed:
            self._graphs, self._changed = (), False
            with self.send("ASK { ?s ?p ?o }", "ASK") as response:
                engine = engine_of(response.headers)
                filled = self._truth(response)
            self._graphs = self._own_graphs() if engine.name == "Virtuoso" else () if filled else self._named_graphs()
            self._engine = engine
        return self._engine

    def forget(self) -> None:
        """Forget the graphs of the server; the next query lists them again."""
        self._changed = True

    def query(self, text: str) -> Answer:
        """Answer a SPARQL query; see ``QuadStore.query``.

        Raises:
            QueryError: the text is no query, or the server does not accept it.
            StoreError: the server cannot be reached, refuses, or answers with something that is not a whole answer.
            LimitError: the answer did not end within the timeout, or is too large.

        """
        form = query_form(text)
        if self.engine.name == "Virtuoso":
            from kg.store.virtuoso.answers import answer
            from kg.store.virtuoso.sender import Sender

            return answer(parse(text), Sender(self), self.endpoint)
        if form == "SELECT":
            with self.send(text, form) as response:
                variables, rows = protocol.solutions(response, self.endpoint)
                solutions = Solutions(variables, tuple(rows))
                protocol.check_uncut(len(solutions), protocol.row_limit(response), self.endpoint)
                return solutions
        if form == "ASK":
            with self.send(text, form) as response:
                return self._truth(response)
        with self.send(text, form) as response:
            return list(dict.fromkeys(protocol.triples(response, self.endpoint)))

    def rows(self, text: str) -> Iterator[tuple[Term | None, ...]]:
        """Yield the rows of an answer to SELECT while they arrive, so that an answer of any size needs no memory.

        Raises:
            QueryError, StoreError, LimitError: as ``query`` does; what comes after rows have been given says that they
            are not all.

        """
        query = parse(text)
        if not isinstance(query, SelectQuery):
            raise QueryError("only an answer to SELECT has rows", hint="begin the query with SELECT")
        if self.engine.name == "Virtuoso":
            from kg.store.virtuoso.answers import select
            from kg.store.virtuoso.sender import Sender

            yield from select(query, Sender(self), self.endpoint)[1]
            return
        with self.send(text, "SELECT") as response:
            given = 0
            for row in protocol.solutions(response, self.endpoint)[1]:
                given += 1
                yield row
            protocol.check_uncut(given, protocol.row_limit(response), self.endpoint)

    def quads(self) -> Iterator[Quad]:
        """Yield every quad of the named graphs, graph by graph, while they arrive."""
        for name in self.graphs():
            graph = NamedNode(name)
            for subject, predicate, value in self.rows(f"SELECT ?s ?p ?o WHERE {{ GRAPH {graph} {{ ?s ?p ?o }} }}"):
                yield Quad(subject, predicate, value, graph)  # type: ignore[arg-type]

    def __len__(self) -> int:
        """Return the number of quads in the named graphs."""
        return sum(self.graphs().values())

    def capabilities(self) -> Capabilities:
        """Describe what the server can do, from what it says with an answer; no request writes."""
        engine = self.engine
        return Capabilities(
            engine=engine.title,
            row_limit=self._row_limit(),
            literals_as_written=self._keeps_literals(),
            union_default_graph=engine.name == "Virtuoso" or not self._graphs,
        )

    def _keeps_literals(self) -> bool:
        """Return whether "01"^^xsd:integer is given back as such; a store may rewrite more when it loads."""
        answer = self.select(f'SELECT ?x WHERE {{ VALUES ?x {{ "01"^^<{XSD}integer> }} }}')
        return [getattr(row[0], "value", None) for row in answer.rows] == ["01"]

    def _row_limit(self) -> int | None:
        """Return the limit that the server names with an answer that reaches it, if it is at most ten thousand rows."""
        with self.send("SELECT ?s WHERE { GRAPH ?g { ?s ?p ?o } } LIMIT 10001", "SELECT") as response:
            return protocol.row_limit(response)

    def _named_graphs(self) -> tuple[str, ...]:
        with self.send("ASK { GRAPH ?g { ?s ?p ?o } }", "ASK") as response:
            if not self._truth(response):
                return ()
        with self.send("SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }", "SELECT") as response:
            _, rows = protocol.solutions(response, self.endpoint)
            return tuple(sorted(row[0].value for row in rows if isinstance(row[0], NamedNode)))

    def _own_graphs(self) -> tuple[str, ...]:
        """Return the graphs of Virtuoso without its internal ones, if they are few enough to name in each request."""
        with self.send(COUNT_GRAPHS, "SELECT") as response:  # sixty times faster there than SELECT DISTINCT
            _, rows = protocol.solutions(response, self.endpoint)
            names = [row[0].value for row in rows if isinstance(row[0], NamedNode)]
        graphs = tuple(sorted(set(names) - VIRTUOSO_GRAPHS)) or (_NO_GRAPH,)
        return graphs if len(graphs) <= _MOST_NAMED else ()

    @contextmanager
    def send(self, text: str, form: str, accept: str = "") -> Generator[Response]:
        """Send one request with a query as it is, and return the response to read while the block lasts.

        Raises as ``query`` does.
        """
        accept = accept or (ROWS if form in {"SELECT", "ASK"} else TRIPLES)
        request = query_request(self.endpoint, with_prefixes(text), form, accept, self._graphs_for(text))
        with self._transport.send(request) as response:
            protocol.check(response, self.endpoint)
            yield response

    def _graphs_for(self, text: str) -> tuple[str, ...]:
        """Return the graphs to name with a query.

        There are none where the query names its own, since those of the request would take precedence.
        """
        if not self._graphs or names_graphs(text):
            return ()
        if self._engine is not None and self._engine.name == "Virtuoso":
            from kg.store.virtuoso.rewriting import reaches_own_graphs

            return self._graphs if reaches_own_graphs(parse(text)) else ()
        return self._graphs

    def _truth(self, response: Response) -> bool:
        if engine_of(response.headers).name != "Virtuoso":
            return protocol.truth(response, self.endpoint)
        from kg.store.virtuoso.sender import read_truth

        return read_truth(response, self.endpoint)
