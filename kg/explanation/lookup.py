"""Statements of a store by their parts, whichever store it is; each question is asked once."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from kg.store.protocol import Solutions

if TYPE_CHECKING:
    from kg.store.protocol import QuadStore

    Node: TypeAlias = NamedNode | BlankNode | Literal | Triple

_PLACES = ("?s", "?p", "?o")


class Lookup:
    """Gives statements by subject, predicate and object, any of which may be ``None``."""

    def __init__(self, store: QuadStore) -> None:
        self._store = store
        self._known: dict[tuple[Node | None, ...], tuple[Quad, ...]] = {}

    def quads(self, subject: Node | None, predicate: Node | None, value: Node | None) -> tuple[Quad, ...]:
        """Return the statements with their graphs.

        What no query can name, a blank node or a literal as subject, is in none.
        """
        asked = (subject, predicate, value)
        if asked not in self._known:
            self._known[asked] = () if _unnameable(asked) else self._ask(asked)
        return self._known[asked]

    def triples(self, subject: Node | None, predicate: Node | None, value: Node | None) -> list[Triple]:
        """Return the statements, each once, whatever graphs they are in."""
        return list(dict.fromkeys(quad.triple for quad in self.quads(subject, predicate, value)))

    def graphs(self, statement: Triple) -> list[str]:
        """Return the IRIs of the graphs that hold a statement; empty for the default graph."""
        found = self.quads(statement.subject, statement.predicate, statement.object)
        return [getattr(quad.graph_name, "value", "") for quad in found]

    def _ask(self, asked: tuple[Node | None, ...]) -> tuple[Quad, ...]:
        subject, predicate, value = (
            str(node) if node is not None else name for node, name in zip(asked, _PLACES, strict=True)
        )
        answer = self._store.query(f"SELECT ?s ?p ?o ?g WHERE {{ GRAPH ?g {{ {subject} {predicate} {value} }} }}")
        found = []
        for row in Solutions.__iter__(answer) if isinstance(answer, Solutions) else ():
            parts = [node if node is not None else row[name[1:]] for node, name in zip(asked, _PLACES, strict=True)]
            found.append(Quad(*parts, row["g"]))  # type: ignore[arg-type, call-arg]
        return tuple(found)


def _unnameable(asked: tuple[Node | None, ...]) -> bool:
    return (
        any(isinstance(node, BlankNode) for node in asked)
        or isinstance(asked[0], Literal)
        or isinstance(asked[1], Literal)
    )
