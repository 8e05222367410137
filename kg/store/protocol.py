"""What the rest of motkg may ask of a store, whichever engine holds the quads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import TypeAlias

    from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

    Term: TypeAlias = NamedNode | BlankNode | Literal | Triple
    Answer: TypeAlias = "Solutions | bool | list[Triple]"


@dataclass(frozen=True, slots=True)
class Solutions:
    """The answer to a SELECT query: variable names and one tuple of terms a row, None where a variable is unbound."""

    variables: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]

    def __iter__(self) -> Iterator[Mapping[str, Term | None]]:
        """Gives the rows as mappings from variable to term."""
        return (dict(zip(self.variables, row, strict=True)) for row in self.rows)

    def __len__(self) -> int:
        """Gives the number of rows."""
        return len(self.rows)


class QuadStore(Protocol):
    """A store of quads whose default graph is the union of its named graphs."""

    def query(self, text: str) -> Answer:
        """Answers a SPARQL query: solutions, a truth value, or triples.

        Raises:
            QueryError: the text is not a query the engine accepts.
            StoreError: the store cannot be read.

        """

    def quads(self) -> Iterable[Quad]:
        """Gives every quad."""

    def __len__(self) -> int:
        """Gives the number of quads."""
