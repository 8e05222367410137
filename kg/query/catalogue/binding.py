"""Parameters in the syntax tree of a query, never in its text: what the file gives them, and what a caller gives them instead."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from kg import sparql
from kg.core.errors import QueryError
from kg.core.terms import BASE, rebase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.query.catalogue.catalogue import CatalogueQuery


def bound(query: CatalogueQuery, terms: Mapping[str, NamedNode | Literal], base: str = BASE) -> str:
    """Return the text of a query in which parameters have the given values.

    Its own IRIs stand below ``base``, the values as they are.

    Raises:
        QueryError: the text of the query has an error, or no VALUES block for one of the parameters.

    """
    held = defaults(query)
    for name in terms:
        if name not in held:
            raise QueryError(f"'{query.name}' has no line VALUES ?{name} {{ … }} for its parameter '{name}'")
    return sparql.write(sparql.bind(moved(_tree(query.text), base), terms))


def defaults(query: CatalogueQuery) -> dict[str, tuple[NamedNode | Literal, ...]]:
    """Return the terms that the file binds to each parameter: none where UNDEF leaves it open, several where it lists some.

    Raises:
        QueryError: the text of the query has an error.

    """
    return {
        block.variables[0].name: tuple(
            _term(row.values[0]) for row in block.rows if not isinstance(row.values[0], sparql.Undef)
        )
        for block in sparql.walk(_tree(query.text))
        if isinstance(block, sparql.Values)
        and len(block.variables) == 1
        and block.variables[0].name in query.parameters
    }


def rebased(text: str, base: str) -> str:
    """Return a query in which the IRIs below motkg's own base stand below another one; texts in it stay as they are.

    Raises:
        QueryError: the text is no query.

    """
    return sparql.write(moved(_tree(text), base))


@lru_cache(maxsize=256)
def _tree(text: str) -> sparql.Query:
    return sparql.parse(text)


def moved(tree: sparql.Query, base: str) -> sparql.Query:
    """Return a tree in which the IRIs below motkg's own base stand below another one."""

    def below(node: sparql.Node) -> sparql.Node:
        return sparql.replace(node, value=rebase(node.value, base)) if isinstance(node, sparql.Iri) else node

    return tree if base == BASE else sparql.transform(tree, below)


def _term(node: sparql.Iri | sparql.Literal) -> NamedNode | Literal:
    if isinstance(node, sparql.Iri):
        return NamedNode(node.value)
    return (
        Literal(node.value, language=node.language)
        if node.language
        else Literal(node.value, datatype=NamedNode(node.datatype))
    )
