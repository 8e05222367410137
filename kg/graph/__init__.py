"""A graph that can be opened and queried: the catalogue, SPARQL, notebooks and Python objects over one store.

``open_graph`` opens what ``kg.open`` opens and returns a ``Graph``, which answers queries of the catalogue by name and
SPARQL text, explains empty answers, and offers the catalogue as functions (``questions``) and the statements as
owlready2 objects (``objects``).

    graph = open_graph("my-build")
    graph.query("factors-at-stage", {"stage": "commercialization"}).to_pandas()

A name is loaded when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.core import lazy_names

if TYPE_CHECKING:
    from kg.graph.graph import Graph
    from kg.graph.opening import cached_graph, open_graph

__all__ = ["Graph", "cached_graph", "open_graph"]

__getattr__ = lazy_names(
    __name__,
    {
        "Graph": "kg.graph.graph",
        "cached_graph": "kg.graph.opening",
        "open_graph": "kg.graph.opening",
    },
)
