"""The catalogue: files of queries that describe themselves, and their parameters.

`Catalogue` reads a folder of ``.rq`` files. `bind_parameters` gives a query the values that a person typed and returns
a `PreparedQuery`, the text for the store. `render_catalogue` lists the queries.

Example:
    >>> catalogue = Catalogue("queries")
    >>> bind_parameters(catalogue["factors-at-stage"], {"stage": "commercialization"}, store).text
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.core.lazy import exports

if TYPE_CHECKING:
    from kg.query.catalogue.binding import PreparedQuery, bind_parameters, defaults, rebased, resolve
    from kg.query.catalogue.catalogue import Catalogue, CatalogueQuery, read_query, read_text
    from kg.query.catalogue.declarations import Chart, Parameter
    from kg.query.catalogue.rendering import render_catalogue
    from kg.query.catalogue.things import candidates

__all__ = [
    "Catalogue",
    "CatalogueQuery",
    "Chart",
    "Parameter",
    "PreparedQuery",
    "bind_parameters",
    "candidates",
    "defaults",
    "read_query",
    "read_text",
    "rebased",
    "render_catalogue",
    "resolve",
]

__getattr__ = exports(
    __name__,
    {
        "binding": ("PreparedQuery", "bind_parameters", "defaults", "rebased", "resolve"),
        "catalogue": ("Catalogue", "CatalogueQuery", "read_query", "read_text"),
        "declarations": ("Chart", "Parameter"),
        "rendering": ("render_catalogue",),
        "things": ("candidates",),
    },
)
