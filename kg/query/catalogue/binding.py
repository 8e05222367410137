"""Bind parameters in the syntax tree of a query, never in its text.

`bind_parameters` returns a `PreparedQuery`: the text for the store beside the text as it was written. `defaults`
returns the terms that a file binds to its parameters.
"""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from pyoxigraph import Literal, NamedNode

from kg.core.errors import QueryError, near_names
from kg.core.terms import BASE, prefixes, rebase, shortening

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg import sparql
    from kg.query.catalogue.catalogue import CatalogueQuery
    from kg.query.catalogue.declarations import Parameter
    from kg.sparql import Query
    from kg.store.protocol import QuadStore


_NONE: Final[Mapping[str, str]] = MappingProxyType({})
_BLANKS: Final = " \t\u00a0\u3000"
"""What comes along with a copied or typed value: blanks of Western and Japanese texts."""


class PreparedQuery(NamedTuple):
    """A query with its parameters bound and its IRIs below the base of a graph.

    ``text`` is what the store is asked. ``written`` is the text of the file or of the person, to whose lines places
    refer; ``file`` names the file, if it is one. ``terms`` are the values of parameters.
    """

    text: str
    written: str
    file: str = ""
    terms: Mapping[str, NamedNode | Literal] = MappingProxyType({})
    base: str = BASE

    def tree(self, written: str | None = None) -> Query:
        """Return the syntax tree of what is asked.

        Its nodes keep their places in ``written``, which may be another text.

        Raises:
            QueryError: the text is no query, or has no place for one of the values.

        """
        from kg import sparql

        tree = sparql.parse(self.written if written is None else written)
        return sparql.bind(moved(tree, self.base), self.terms)


def bind_parameters(
    query: CatalogueQuery, values: Mapping[str, str], store: QuadStore, base: str = BASE, file: str = ""
) -> PreparedQuery:
    """Return a query with its parameters bound; a parameter without a value keeps its default.

    ``base`` is the base IRI of the graph in the store, which takes the place of the one in the file. ``file`` names the
    file.

    Raises:
        QueryError: a parameter is unknown or missing, or a value is not one that its parameter takes.

    """
    for name in values:
        if name not in query.parameters:
            known = ", ".join(query.parameters) or "none"
            near = near_names(name, query.parameters)
            raise QueryError(f"'{query.name}' has no parameter '{name}'", hint=f"its parameters: {known}", near=near)
    for parameter in query.parameters.values():
        if parameter.required and parameter.name not in values:
            raise QueryError(
                f"'{query.name}' needs a value for parameter '{parameter.name}'", hint=f"it takes {parameter.takes}"
            )
    if not values and base == BASE:
        return PreparedQuery(query.text, query.text, file)

    declared = _declared(query) if values else {}
    with shortening(tuple(declared.items())):
        terms = {name: resolve(query.parameters[name], value, store, base, declared) for name, value in values.items()}
    return PreparedQuery(bound(query, terms, base), query.text, file, terms, base)


def _declared(query: CatalogueQuery) -> dict[str, str]:
    """Return the prefixes that a query declares and motkg does not know, or knows otherwise."""
    from kg import sparql

    known = prefixes()
    declarations = (each for each in _tree(query.text).prologue if isinstance(each, sparql.PrefixDeclaration))
    return {each.prefix: each.iri.value for each in declarations if known.get(each.prefix) != each.iri.value}


def resolve(
    parameter: Parameter, value: str, store: QuadStore, base: str = BASE, declared: Mapping[str, str] = _NONE
) -> NamedNode | Literal:
    """Turn a label, slug, document path, prefixed name or IRI into the thing that a parameter takes.

    Or a number or text into its literal. Blanks around a value do not count. ``declared`` are the prefixes of the query
    beside the known ones.

    Raises:
        QueryError: nothing, or more than one thing, answers to the value; or it is no literal of the datatype.

    """
    value = value.strip(_BLANKS)
    if parameter.datatype:
        from kg.query.catalogue.declarations import read_literal

        return read_literal(parameter, value)
    from kg.query.catalogue.things import read_thing

    return read_thing(parameter, value, store, base, declared)


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
    from kg import sparql

    return sparql.write(sparql.bind(moved(_tree(query.text), base), terms))


def defaults(query: CatalogueQuery) -> dict[str, tuple[NamedNode | Literal, ...]]:
    """Return the terms that the file binds to each parameter.

    There are none where UNDEF leaves it open, and several where the file lists some.

    Raises:
        QueryError: the text of the query has an error.

    """
    from kg import sparql

    return {
        block.variables[0].name: tuple(
            _term(value) for row in block.rows if isinstance(value := row.values[0], sparql.Iri | sparql.Literal)
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
    from kg import sparql

    return sparql.write(moved(_tree(text), base))


@lru_cache(maxsize=256)
def _tree(text: str) -> sparql.Query:
    from kg import sparql

    return sparql.parse(text)


def moved(tree: sparql.Query, base: str) -> sparql.Query:
    """Return a tree in which the IRIs below motkg's own base stand below another one."""
    from kg import sparql

    def below(node: sparql.Node) -> sparql.Node:
        return sparql.replace(node, value=rebase(node.value, base)) if isinstance(node, sparql.Iri) else node

    return tree if base == BASE else sparql.transform(tree, below)


def _term(node: sparql.Iri | sparql.Literal) -> NamedNode | Literal:
    from kg import sparql

    if isinstance(node, sparql.Iri):
        return NamedNode(node.value)
    return (
        Literal(node.value, language=node.language)
        if node.language
        else Literal(node.value, datatype=NamedNode(node.datatype))
    )
