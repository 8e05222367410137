"""Which queries would also find what Virtuoso holds for itself: about 2,500 statements on its mapping of data, in graphs of its own.

Graphs are named with those alone: named graphs make Virtuoso 7 forget filters, and telling it to leave graphs out
(``define input:default-graph-exclude``) ends in a stack overflow with three graphs and in empty ``GRAPH <name>`` with
one.
"""

from __future__ import annotations

from typing import Final

from kg.sparql import GraphPattern, Iri, PathNegated, PropertyObjects, Query, Variable, walk

_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


def reaches_own_graphs(query: Query) -> bool:
    """Return whether a query asks for any property, any class or any graph."""
    return any(_is_general(node) for node in walk(query))


def _is_general(node: object) -> bool:
    match node:
        case PropertyObjects(_, Variable() | PathNegated(), _) | GraphPattern(_, Variable(), _):
            return True
        case PropertyObjects(_, Iri(_, value, _), objects):
            return value == _TYPE and any(isinstance(each, Variable) for each in objects)
    return False
