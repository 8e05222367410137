"""A store in memory that is asked by text alone, as a remote one is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Quad, QuerySolutions, Store

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyoxigraph import NamedNode

    from kg.validate.nodes import Node, Subject
    from kg.validate.remote.executor import Ask


def ask_in_memory(triples: Iterable[tuple[Subject, NamedNode, Node]]) -> Ask:
    """Gives what answers SELECT queries over some statements. The store rewrites literals: ``"01"^^xsd:integer`` becomes ``1``."""
    store = Store()
    store.bulk_extend(Quad(*triple) for triple in triples)

    def ask(text: str) -> list[dict[str, Node | None]]:
        solutions = store.query(text)
        if not isinstance(solutions, QuerySolutions):
            raise TypeError("only SELECT queries are asked")
        names = [variable.value for variable in solutions.variables]
        return [{name: solution[name] for name in names} for solution in solutions]

    return ask
