"""Which statements of a store may stand in more than one of its graphs, found out once and only where it is asked for.

A graph is a set, and so is the union of graphs; the engine reads one graph after the other. Where graphs share nothing
that makes no difference, and nothing else need be done. `Overlaps` says for each predicate whether a statement with it
stands twice. What is found out about a store on disk is kept in the user's cache, as long as its files do not
change. Stores that share nothing for certain are not looked through: see `kg.store.embedded.prepared.Graphs`.
"""

from __future__ import annotations

import json
import os
from functools import cached_property
from typing import TYPE_CHECKING, Final

from pyoxigraph import DefaultGraph, NamedNode, QueryBoolean, QuerySolutions

from kg.core import cache
from kg.core.nesting import parse_json

if TYPE_CHECKING:
    from pathlib import Path

    from pyoxigraph import Store

    from kg.sparql.nodes import Iri, Literal

_KIND: Final = "overlaps"
_ANY: Final = ""  # stands for all predicates together


class Overlaps:
    """What several graphs of a store share, which does not change meanwhile, and what its nodes are."""

    def __init__(self, store: Store, folder: Path | str | None) -> None:
        self._store = store
        self._folder = folder
        self._found: dict[str, bool] = {}
        self._read = folder is None

    @cached_property
    def _in_default(self) -> bool:
        return next(self._store.quads_for_pattern(None, None, None, DefaultGraph()), None) is not None

    def repeats(self, predicate: str | None) -> bool:
        """Return whether a statement with a predicate, or any for None, stands in several graphs."""
        if not self._read:
            self._recall()
        name = predicate or _ANY
        if name not in self._found:
            self._found[name] = self._stands_twice(f"<{name}>") if predicate else self._any_stands_twice()
            self._keep()
        return self._found[name]

    def _any_stands_twice(self) -> bool:
        for predicate in self._predicates():
            if predicate not in self._found:
                self._found[predicate] = self._stands_twice(f"<{predicate}>")
            if self._found[predicate]:
                return True
        return False

    def _predicates(self) -> list[str]:
        answer = self._store.query("SELECT DISTINCT ?p { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }")
        return sorted(row[0].value for row in answer) if isinstance(answer, QuerySolutions) else []

    def _stands_twice(self, predicate: str) -> bool:
        if self._in_default and self._asked(f"{{ ?s {predicate} ?o GRAPH ?g {{ ?s {predicate} ?o }} }}"):
            return True
        if self._folder is None:
            pairs = f"GRAPH ?g {{ ?s {predicate} ?o }} GRAPH ?h {{ ?s {predicate} ?o }}"
            return self._asked(f"{{ {pairs} FILTER(?g != ?h) }}")
        # on disk a look-up costs several times what reading on does: all graphs but the largest are looked up
        counted = self._store.query(
            f"SELECT ?g (COUNT(*) AS ?n) {{ GRAPH ?g {{ ?s {predicate} ?o }} }} GROUP BY ?g ORDER BY ?n"
        )
        graphs = [row["g"] for row in counted] if isinstance(counted, QuerySolutions) else []
        return any(self._shares(graph, predicate) for graph in graphs[:-1])

    def _shares(self, graph: object, predicate: str) -> bool:
        if isinstance(graph, NamedNode):
            others = f"GRAPH {graph} {{ ?s {predicate} ?o }} GRAPH ?h {{ ?s {predicate} ?o }} FILTER(?h != {graph})"
        else:  # a query cannot name a blank node
            others = f"GRAPH ?g {{ ?s {predicate} ?o }} GRAPH ?h {{ ?s {predicate} ?o }} FILTER(?g != ?h)"
        return self._asked(f"{{ {others} }}")

    def _asked(self, pattern: str) -> bool:
        answer = self._store.query(f"ASK {pattern}")
        return isinstance(answer, QueryBoolean) and bool(answer)

    # --- what is kept ------------------------------------------------------------------------------------------------

    @cached_property
    def _key(self) -> str:
        """The name under which the cache keeps what is known of this state of a store; none where it may change."""
        return cache.fingerprint([os.fspath(self._folder)]) or "" if self._folder is not None else ""

    def _recall(self) -> None:
        self._read = True
        held = cache.read(_KIND, self._key) if self._key else None
        if held:
            self._found = parse_json(held)

    def _keep(self) -> None:
        if self._key:
            cache.write(_KIND, self._key, json.dumps(self._found).encode())

    # --- nodes -------------------------------------------------------------------------------------------------------

    def is_node(self, term: Iri | Literal) -> bool:
        """Return whether a term is subject or object of a statement; False for literals, whose forms may differ."""
        if not hasattr(term, "written"):
            return False
        node = NamedNode(term.value)
        found = (self._store.quads_for_pattern(*ends) for ends in ((node, None, None), (None, None, node)))
        return any(next(quads, None) is not None for quads in found)
