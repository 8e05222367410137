"""The protocol of stores, and what every store does alike.

`QuadStore` is what the other packages use of a store, whichever engine holds the quads; `Solutions` is its answer to
SELECT. `QueryForms` gives a store that has ``query`` and ``quads`` the other methods. `query_form`, `names_graphs`,
`refuse_services` and `with_prefixes` look at the text of a query before an engine reads it. What changes what an engine
may reach is read by the parser, and only where a test for the word says that it may be there.
"""

from __future__ import annotations

import re
from itertools import islice, pairwise
from typing import IO, TYPE_CHECKING, Final, NamedTuple, NoReturn, Protocol, cast, runtime_checkable

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, serialize

from kg.core.errors import QueryError, near_names
from kg.core.terms import prefixes
from kg.core.text import is_shallow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path
    from typing import TypeAlias

    from pyoxigraph import BlankNode, Triple

    Term: TypeAlias = NamedNode | BlankNode | Literal | Triple
    Answer: TypeAlias = "Solutions | bool | list[Triple]"
    from collections.abc import Sequence

    from pyoxigraph import Triple

    from kg.sparql.tokens import Token


class Solutions:
    """The answer to a SELECT query: variable names and one tuple of terms a row, None where a variable is unbound."""

    __slots__ = ("variables", "rows")  # noqa: RUF023 - the order of the constructor, by which copies are made

    variables: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]

    def __init__(self, variables: tuple[str, ...], rows: tuple[tuple[Term | None, ...], ...]) -> None:
        object.__setattr__(self, "variables", variables)
        object.__setattr__(self, "rows", rows)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def __reduce__(self) -> tuple[type[Solutions], tuple[object, ...]]:
        slots = (name for cls in reversed(type(self).__mro__) for name in getattr(cls, "__slots__", ()))
        return type(self), tuple(getattr(self, name) for name in slots)

    def __eq__(self, other: object) -> bool:
        return (
            type(other) is type(self)
            and isinstance(other, Solutions)
            and (self.variables, self.rows) == (other.variables, other.rows)
        )

    def __hash__(self) -> int:
        return hash((self.variables, self.rows))

    def __repr__(self) -> str:
        return f"{type(self).__name__}(variables={self.variables!r}, rows={self.rows!r})"

    def __iter__(self) -> Iterator[Mapping[str, Term | None]]:
        """Return the rows as mappings from variable to term."""
        return (dict(zip(self.variables, row, strict=True)) for row in self.rows)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.rows)


class Rows(Protocol):
    """Rows of terms under the names of their variables: held, as in `Solutions`, or found while they are read once."""

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of the columns."""

    @property
    def rows(self) -> Iterable[tuple[Term | None, ...]]:
        """One tuple of terms a row, None where a variable is unbound."""


class RowStream(NamedTuple):
    """The answer to a SELECT query whose rows are found while they are read, once.

    Reading them raises what ``QuadStore.query`` raises.
    """

    variables: tuple[str, ...]
    rows: Iterator[tuple[Term | None, ...]]


class Capabilities(NamedTuple):
    """What a store can do, as far as this is known without writing to it.

    ``row_limit`` is the number of rows at which its answers are cut off, as far as it says. ``literals_as_written``
    says whether "01"^^xsd:integer comes back as "01"; ``union_default_graph`` whether a query without FROM sees all
    graphs by the engine's own means.
    """

    engine: str
    update: bool = False
    graph_store_protocol: bool = False
    bulk_load: bool = False
    row_limit: int | None = None
    literals_as_written: bool = True
    union_default_graph: bool = True


class QuadStore(Protocol):
    """A store of quads, for reading; its default graph is the union of its named graphs."""

    def query(self, text: str) -> Answer:
        """Answer a SPARQL query: solutions, a truth value, or triples.

        Raises:
            QueryError: the text is not a query the engine accepts.
            StoreError: the store cannot be read.

        """

    def select(self, text: str) -> Solutions:
        """Answer a SELECT query; raises ``QueryError`` for any other, and what ``query`` raises."""

    def ask(self, text: str) -> bool:
        """Answer an ASK query; raises ``QueryError`` for any other, and what ``query`` raises."""

    def construct(self, text: str) -> list[Triple]:
        """Answer a CONSTRUCT or DESCRIBE query; raises ``QueryError`` for any other, and what ``query`` raises."""

    def quads(self) -> Iterable[Quad]:
        """Return every quad."""

    def graphs(self) -> Mapping[str, int]:
        """Return the number of quads of each graph by its name.

        The default graph has the empty name, if it holds any.
        """

    def dump(self, syntax: RdfFormat) -> Iterator[bytes]:
        """Return every quad as text, piece by piece; a syntax without graphs gets the union.

        Raises:
            StoreError: the store cannot be read, or a graph has a name that the syntax cannot hold.

        """

    def capabilities(self) -> Capabilities:
        """Describe what the store can do."""

    def __len__(self) -> int:
        """Return the number of quads."""


@runtime_checkable
class Interruptible(Protocol):
    """A store whose queries can be ended from another thread."""

    def interrupt(self) -> None:
        """End the query that runs, which raises ``LimitError`` where it was asked."""


@runtime_checkable
class Streaming(Protocol):
    """A store that need not hold the rows of an answer."""

    def stream(self, text: str) -> RowStream | bool | list[Triple]:
        """Answer a query as ``QuadStore.query`` does, but find the rows of SELECT while they are read."""


class WritableStore(QuadStore, Protocol):
    """A store that was opened for writing."""

    def update(self, text: str) -> None:
        """Carry out a SPARQL update, whole or not at all where the engine can.

        Raises:
            QueryError: the text is no update that the engine accepts, or one that would fetch from the network (LOAD,
                SERVICE).
            StoreError: the store cannot be written.

        """

    def load(self, source: Iterable[Quad] | Path, graph: str | None = None, syntax: RdfFormat | None = None) -> int:
        """Add quads, or what a file says, and return how many statements that were.

        ``graph`` takes the statements of the default graph; ``syntax`` follows from the suffix of the file if it is not
        given.

        Raises:
            InputError: the file cannot be read as RDF; then nothing is added.
            StoreError: the store cannot be written.

        """


FORMS: Final = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_HEAD: Final = re.compile(r"(?:\s*#[^\r\n]*)*")
_FROM: Final = re.compile(
    r"(?<![A-Za-z_])FROM", re.IGNORECASE
)  # a clause follows a mark or blank, names such as wasDerivedFrom do not count
_SERVICE: Final = re.compile(
    "SERVICE", re.IGNORECASE
)  # engines may read it after a number or the word true without a blank
_UPDATES: Final = ("INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH")


def with_prefixes(text: str) -> str:
    """Declare the known prefixes that a query uses without declaring them.

    They go on its first line, so that no later line moves.
    """
    from kg.sparql.tokens import tokenise

    tokens = tokenise(text)
    used = {token.text.partition(":")[0] for token in tokens if token.kind in {"PNAME", "NAMESPACE"}}
    missing = sorted((used - _declared(tokens)) & prefixes().keys())
    return "".join(f"PREFIX {name}: <{prefixes()[name]}> " for name in missing) + text


def _declared(tokens: Sequence[Token]) -> set[str]:
    return {name.text[:-1] for word, name in pairwise(tokens) if word.kind == "PREFIX"}


def is_beyond_1_1(text: str) -> bool:
    """Return whether a text is a query that only SPARQL 1.2 has."""
    from kg.sparql import beyond_1_1, parse

    try:
        return beyond_1_1(parse(text)) is not None
    except QueryError:
        return False


def query_form(text: str) -> str:
    """Return the form of a query: SELECT, ASK, CONSTRUCT or DESCRIBE.

    Raises:
        QueryError: the text begins as none of them, for example as an update.

    """
    from kg.sparql.tokens import tokenise

    skipped = {"PREFIX", "BASE", "NAMESPACE", "IRIREF"}
    word = next(token.text.upper() for token in tokenise(text) if token.kind not in skipped)
    if word in FORMS:
        return word
    if word in _UPDATES:
        raise QueryError(
            f"{word} is an update; only queries can be asked", hint=f"a query begins with {', '.join(FORMS)}"
        )
    raise QueryError(
        "the text is not a SPARQL query", hint=f"a query begins with {', '.join(FORMS)}", near=near_names(word, FORMS)
    )


def names_graphs(text: str) -> bool:
    """Return whether a query has a data set clause (FROM, FROM NAMED), which then decides what its default graph is.

    Raises:
        QueryError: the text has the word, and is no query.

    """
    if not _may_hold(_FROM, text):
        return False
    from kg.sparql import parse

    return bool(parse(text).dataset)


def refuse_what_is_too_large(text: str) -> None:
    """Refuse a query or update whose tree an engine cannot hold; see ``kg.sparql.size``.

    Raises:
        QueryError: it is one, with the place where it becomes too large.

    """
    if not is_shallow(text):
        from kg.sparql.size import refuse_large

        refuse_large(text)


def refuse_services(text: str) -> None:
    """Refuse a query that would call other endpoints, which engines do for whatever address a query names.

    Raises:
        QueryError: the query has SERVICE, with its line and column; or it has the word, and is no query; or it is too
            large for an engine.

    """
    refuse_what_is_too_large(text)
    if not _may_hold(_SERVICE, text):
        return
    from kg.sparql import Service, parse, walk
    from kg.sparql.tokens import Source, error

    found = next((node for node in walk(parse(text)) if isinstance(node, Service)), None)
    if found is not None:
        raise error(
            Source(text),
            found.span._replace(end=found.span.start + len("SERVICE")),
            "SERVICE would send a part of the query to another address, which a local graph never does",
            hint="ask that endpoint itself, with --endpoint or kg.open(endpoint=…), and join the answers",
        )


def _may_hold(keyword: re.Pattern[str], text: str) -> bool:
    """Return whether a keyword may be in a text, comments at its head left out.

    Some engines read escapes of its letters too.
    """
    head = _HEAD.match(text)
    body = text[head.end() :] if head else text
    return keyword.search(body) is not None or "\\u" in body or "\\U" in body


_BATCH: Final = 10_000
_PIECE: Final = 1 << 16
_IN_MEMORY: Final = 1 << 24
_LINES: Final = (RdfFormat.N_QUADS, RdfFormat.N_TRIPLES)
COUNT_GRAPHS: Final = "SELECT ?graph (COUNT(*) AS ?count) WHERE { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph"


class QueryForms:
    """The forms of a query, graphs and dumps for a store that has ``query`` and ``quads``."""

    def query(self, text: str) -> Answer:
        """Answer a query; each store does so in its own way."""
        raise NotImplementedError

    def quads(self) -> Iterable[Quad]:
        """Return every quad; each store does so in its own way."""
        raise NotImplementedError

    def select(self, text: str) -> Solutions:
        """Answer a SELECT query; see ``QuadStore.select``."""
        answer = self.query(text)
        if isinstance(answer, Solutions):
            return answer
        raise QueryError("the query gives no rows", hint="begin it with SELECT")

    def ask(self, text: str) -> bool:
        """Answer an ASK query; see ``QuadStore.ask``."""
        answer = self.query(text)
        if isinstance(answer, bool):
            return answer
        raise QueryError("the query does not give a truth value", hint="begin it with ASK")

    def construct(self, text: str) -> list[Triple]:
        """Answer a CONSTRUCT or DESCRIBE query; see ``QuadStore.construct``."""
        answer = self.query(text)
        if isinstance(answer, list):
            return answer
        raise QueryError("the query gives no triples", hint="begin it with CONSTRUCT or DESCRIBE")

    def graphs(self) -> Mapping[str, int]:
        """Return the number of quads of each graph; see ``QuadStore.graphs``."""
        rows = self.select(COUNT_GRAPHS).rows
        return {
            graph.value: int(count.value)
            for graph, count in rows
            if isinstance(graph, NamedNode) and isinstance(count, Literal)
        }

    def dump(self, syntax: RdfFormat) -> Iterator[bytes]:
        """Return every quad as text; see ``QuadStore.dump``. Memory is bounded, whatever the size of the store."""
        return pieces(self.quads(), syntax)


def pieces(quads: Iterable[Quad], syntax: RdfFormat) -> Iterator[bytes]:
    """Yield quads in a syntax, piece by piece."""
    if not syntax.supports_datasets:
        quads = (Quad(quad.subject, quad.predicate, quad.object, DefaultGraph()) for quad in quads)
    if syntax in _LINES:
        remaining = iter(quads)
        while batch := list(islice(remaining, _BATCH)):
            yield serialize(batch, format=syntax) or b""
        return
    from tempfile import SpooledTemporaryFile

    from kg.core.rdfwriting import write_rdf

    with SpooledTemporaryFile(max_size=_IN_MEMORY) as spool:
        write_rdf(quads, cast("IO[bytes]", spool), syntax, prefixes())
        spool.seek(0)
        while piece := spool.read(_PIECE):
            yield piece
