"""What the validator asks of a server: solutions, and statements as N-Triples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from pyoxigraph import Quad, QuerySolutions, QueryTriples, RdfFormat, Store, serialize

from kg.sparql.spelling import spelt

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pyoxigraph import NamedNode

    from kg.shacl.nodes import Node, Subject


class Server(Protocol):
    """Whatever answers SPARQL. An answer that the server says is not whole is an error of its own, not a shorter answer."""

    @property
    def name(self) -> str:
        """What to call it in messages."""

    @property
    def dataset(self) -> str:
        """The ``FROM`` clauses of the graphs to ask, each with a space behind it, or nothing for the default graph of the server."""

    def select(self, text: str) -> Iterable[Mapping[str, Node | None]]:
        """Answer a SELECT query: a mapping from variable to term for each solution.

        Raises:
            KGError: the server cannot be asked, or does not answer.

        """

    def construct(self, text: str) -> bytes:
        """Answer a CONSTRUCT query: N-Triples.

        Raises:
            KGError: the server cannot be asked, or does not answer.

        """


class MemoryServer:
    """A store in memory that is asked by text alone, as a remote one is.

    It rewrites literals: ``"01"^^xsd:integer`` becomes ``1``.
    """

    name = "a store in memory"
    dataset = ""

    def __init__(self, triples: Iterable[tuple[Subject, NamedNode, Node]]) -> None:
        self._store = Store()
        self._store.bulk_extend(Quad(*triple) for triple in triples)

    def select(self, text: str) -> list[dict[str, Node | None]]:
        """Answer a SELECT query."""
        solutions = self._store.query(spelt(text).text)
        if not isinstance(solutions, QuerySolutions):
            raise TypeError("only SELECT queries are asked")
        names = [variable.value for variable in solutions.variables]
        return [{name: solution[name] for name in names} for solution in solutions]

    def construct(self, text: str) -> bytes:
        """Answer a CONSTRUCT query."""
        triples = self._store.query(spelt(text).text)
        if not isinstance(triples, QueryTriples):
            raise TypeError("only CONSTRUCT queries are told")
        return serialize(triples, format=RdfFormat.N_TRIPLES) or b""
