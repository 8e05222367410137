"""Parameters: from what a person types to the RDF term that a query is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.core.errors import QueryError, near_names
from kg.core.terms import BASE
from kg.query.catalogue.asked import Asked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyoxigraph import Literal, NamedNode

    from kg.query.catalogue.catalogue import CatalogueQuery
    from kg.query.catalogue.declarations import Parameter
    from kg.store.protocol import QuadStore


def bind(query: CatalogueQuery, values: Mapping[str, str], store: QuadStore, base: str = BASE) -> str:
    """Return the text of a query with its parameters bound; see ``asked``."""
    return asked(query, values, store, base).text


def asked(
    query: CatalogueQuery, values: Mapping[str, str], store: QuadStore, base: str = BASE, file: str = ""
) -> Asked:
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
        return Asked(query.text, query.text, file)
    from kg.query.catalogue.binding import bound

    terms = {name: resolve(query.parameters[name], value, store, base) for name, value in values.items()}
    return Asked(bound(query, terms, base), query.text, file, terms, base)


def resolve(parameter: Parameter, value: str, store: QuadStore, base: str = BASE) -> NamedNode | Literal:
    """Turn a label, slug, CURIE or IRI into the thing that a parameter takes, or a number or text into its literal.

    Raises:
        QueryError: nothing, or more than one thing, answers to the value; or it is no literal of the datatype.

    """
    if parameter.datatype:
        from kg.query.catalogue.literals import read_literal

        return read_literal(parameter, value)
    from kg.query.catalogue.things import read_thing

    return read_thing(parameter, value, store, base)
