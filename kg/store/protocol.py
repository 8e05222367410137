"""What the rest of motkg may ask of a store, whichever engine holds the quads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path
    from typing import TypeAlias

    from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple

    Term: TypeAlias = NamedNode | BlankNode | Literal | Triple
    Answer: TypeAlias = "Solutions | bool | list[Triple]"


class Solutions:
    """The answer to a SELECT query: variable names and one tuple of terms a row, None where a variable is unbound."""

    __slots__ = ("rows", "variables")

    def __init__(self, variables: tuple[str, ...], rows: tuple[tuple[Term | None, ...], ...]) -> None:
        self.variables: Final = variables
        self.rows: Final = rows

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


class Capabilities(NamedTuple):
    """What a store can do, as far as it can be told without writing to it.

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
        """Return the number of quads of each graph by its name, that of the default graph under the empty name if it holds any."""

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

        ``graph`` takes the statements of the default graph; ``syntax`` is told by the file's ending if not given.

        Raises:
            InputError: the file cannot be read as RDF; then nothing is added.
            StoreError: the store cannot be written.

        """
