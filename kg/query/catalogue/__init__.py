"""The catalogue: files of queries that describe themselves, and their parameters.

`Catalogue` reads a folder of ``.rq`` files. `bind_parameters` gives a query the values that a person typed and returns
a `PreparedQuery`, the text for the store. `render_catalogue` lists the queries.

Example:
    >>> catalogue = Catalogue("queries")
    >>> bind_parameters(catalogue["factors-at-stage"], {"stage": "commercialization"}, store).text
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.core import lazy_names

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

__getattr__ = lazy_names(
    __name__,
    {
        "Catalogue": "kg.query.catalogue.catalogue",
        "CatalogueQuery": "kg.query.catalogue.catalogue",
        "Chart": "kg.query.catalogue.declarations",
        "Parameter": "kg.query.catalogue.declarations",
        "PreparedQuery": "kg.query.catalogue.binding",
        "bind_parameters": "kg.query.catalogue.binding",
        "candidates": "kg.query.catalogue.things",
        "defaults": "kg.query.catalogue.binding",
        "read_query": "kg.query.catalogue.catalogue",
        "read_text": "kg.query.catalogue.catalogue",
        "rebased": "kg.query.catalogue.binding",
        "render_catalogue": "kg.query.catalogue.rendering",
        "resolve": "kg.query.catalogue.binding",
    },
)
