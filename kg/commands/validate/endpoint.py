"""Validate what a SPARQL endpoint holds: fetch what the shapes can depend on, and never write."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, NamedNode, Quad, RdfFormat, serialize

from kg.columns import columns_of_quads
from kg.commands.validate.run import nothing_applied, peak_memory
from kg.core.errors import KGError, QueryError
from kg.core.terms import RDF_TYPE
from kg.shacl.engine import validate_statements
from kg.shacl.givenshapes import with_shape_places
from kg.shacl.remote import mentions, rewritten_at, statements_for
from kg.shacl.report.concerns import KnownNames, concerns_of_run
from kg.shacl.report.forms.wording import compact_node
from kg.shacl.report.report import REWRITTEN, Concern, Figures
from kg.store.remote.store import EndpointStore

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from kg.columns import Columns
    from kg.shacl import Report
    from kg.shacl.givenshapes import GivenShapes
    from kg.store.protocol import QuadStore, Solutions

_N_TRIPLES: Final = "application/n-triples"
_ROUNDED: Final = re.compile(rb"XMLSchema#(?:double|float)>")


class StoreServer:
    """A store as a server of the validator; ``graphs`` are the IRIs of the graphs to query, instead of all."""

    def __init__(self, store: QuadStore, graphs: Collection[str] = ()) -> None:
        self._store = store
        self.name = store.endpoint if isinstance(store, EndpointStore) else "the store"
        self.dataset = "".join(f"FROM {_graph(name)} " for name in graphs)

    def select(self, text: str) -> Solutions:
        """Answer a SELECT query; see ``Server.select``."""
        return self._store.select(text)

    def construct(self, text: str) -> bytes:
        """Answer a CONSTRUCT query; see ``Server.construct``."""
        if isinstance(self._store, EndpointStore):
            content = _as_it_comes(self._store, text)
            if content is not None:
                return content
        return serialize(self._store.construct(text), format=RdfFormat.N_TRIPLES) or b""


def _as_it_comes(store: EndpointStore, text: str) -> bytes | None:
    """Return N-Triples as a server writes them, or nothing where these are not exact or it writes something else.

    The reader counts what comes, so that an answer which is cut off without a word does no harm.
    """
    engine = store.engine
    with store.send(text, "CONSTRUCT", _N_TRIPLES) as response:
        if response.kind != _N_TRIPLES:
            return None
        content = response.body.readall()
    return (
        None if engine.name == "Virtuoso" and _ROUNDED.search(content) else content
    )  # it gives six digits of a double


def check_store(  # noqa: PLR0913 - each chooses another thing, by name
    store: QuadStore,
    given: GivenShapes,
    *,
    graphs: Collection[str] = (),
    allowed: Collection[str] = (),
    strict: bool = False,
    say: Callable[[str], None] = lambda _: None,
) -> Report:
    """Validate what a store holds; results have no places.

    Args:
        store: the store, usually of a remote endpoint.
        given: what :func:`read_given_shapes` or :func:`shipped_shapes` returned.
        graphs: the IRIs of the graphs to validate; without any, the default graph of the store.
        allowed: kinds of concern that do not make the report fail: keys of ``CONCERNS``.
        strict: whether names of the shapes that occur nowhere in the data count, although other shapes had focus nodes.
        say: called with a line of text about the progress.

    Raises:
        InputError: an engine refuses the shapes.
        QueryError: a graph has no IRI for a name.
        StoreError: the store cannot be asked, or does not give all that it counts.
        LimitError: the store takes too long.

    """
    started = time.perf_counter()
    server = StoreServer(store, graphs)
    nothing = nothing_applied(given.shapes)
    if nothing is not None:
        return replace(
            nothing, server=server.name, concerns=tuple(with_shape_places(given.concerns, given.sources))
        ).allowing(allowed)
    empty = not len(server.select(f"SELECT * {server.dataset}WHERE {{ ?s ?p ?o }} LIMIT 1"))
    columns = statements_for(server, given.shapes, say)
    loaded = time.perf_counter()
    say(f"validating {columns.size:,} statements")
    report = validate_statements(server, columns, given.shapes)
    nothing_there = (
        (Concern("empty-data", f"{server.name} holds no statement in the graphs that were asked"),) if empty else ()
    )
    concerns = (*given.concerns, *nothing_there, *_concerns(server, columns, report, given, strict=strict))
    report = replace(report, concerns=tuple(with_shape_places(concerns, given.sources))).allowing(allowed)
    return replace(report, figures=Figures(loaded - started, time.perf_counter() - loaded, columns.size, peak_memory()))


def _concerns(
    server: StoreServer, columns: Columns, report: Report, given: GivenShapes, *, strict: bool
) -> Iterator[Concern]:
    def of_run(names: KnownNames) -> tuple[Concern, ...]:
        return concerns_of_run(given.shapes, report, names, shipped=given.shipped, strict=strict)

    concerns = _unknown(of_run(KnownNames(columns)), server)
    if any(concern.kind == "unknown-name" or not concern.near for concern in concerns):
        with_near = of_run(KnownNames(columns_of_quads(_vocabulary(server))))
        better = {(concern.kind, concern.shape, concern.term): concern for concern in with_near}
        concerns = [better.get((concern.kind, concern.shape, concern.term), concern) for concern in concerns]
    yield from concerns
    rewritten = rewritten_at(server)
    if rewritten:
        examples = ", ".join(
            f"{compact_node(literal)} as {compact_node(made)}"
            for literal, made in sorted(rewritten.items(), key=str)[:2]
        )
        text = (
            f"{server.name} writes literals in its own way ({examples}); faults in how they were written cannot be "
            "seen there"
        )
        yield Concern(REWRITTEN, text, allowed=True)


def _unknown(concerns: Iterable[Concern], server: StoreServer) -> list[Concern]:
    """Drop the unknown names that the server knows although none of their statements were fetched."""
    return [
        concern
        for concern in concerns
        if concern.kind != "unknown-name" or concern.term is None or not mentions(server, concern.term)
    ]


def _vocabulary(server: StoreServer) -> Iterator[Quad]:
    """Yield a statement for each property and class in use; none where the server cannot list them."""
    node = BlankNode()
    try:
        for row in server.select(f"SELECT DISTINCT ?name {server.dataset}WHERE {{ ?s ?name ?o }}"):
            if isinstance(name := row["name"], NamedNode):
                yield Quad(node, name, node)
        for row in server.select(f"SELECT DISTINCT ?name {server.dataset}WHERE {{ ?s {RDF_TYPE} ?name }}"):
            if isinstance(name := row["name"], NamedNode):
                yield Quad(node, RDF_TYPE, name)
    except KGError:  # only the nearest names are wanted, and a report without them is whole
        return


def _graph(name: str) -> NamedNode:
    try:
        return NamedNode(name)
    except ValueError as error:
        raise QueryError(f"'{name}' is not the IRI of a graph") from error
