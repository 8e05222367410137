"""The graph as Python objects: an owlready2 ontology with its classes and individuals, kept in step with the store."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode, RdfFormat, Triple, parse, serialize

from kg.core.errors import QueryError
from kg.core.terms import OWL_IMPORTS, RDF_TYPE, expand
from kg.store.protocol import Solutions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from owlready2 import Ontology, World

    from kg.store.protocol import QuadStore

_ALL: Final = "SELECT DISTINCT ?s ?p ?o WHERE { GRAPH ?g { ?s ?p ?o } FILTER(!STRENDS(STR(?g), '/graph/closure')) }"
_IMPORTED: Final = """SELECT DISTINCT ?imported WHERE {
    GRAPH ?g { ?ontology owl:imports ?imported } FILTER NOT EXISTS { GRAPH ?h { ?imported ?p ?o } } } LIMIT 5"""
_CUBE: Final = expand("qb:DataSet").value.removesuffix("DataSet")


class Objects:
    """The statements of a store in an owlready2 world.

    The closure is left out: owlready2 knows the members of subclasses itself. So are the roles of properties in data
    cubes (``qb:DimensionProperty`` …), because owlready2 takes a property for one kind of thing only, and
    ``owl:imports``, because owlready2 would fetch what it names.
    """

    def __init__(self, store: QuadStore, base: str) -> None:
        self._store = store
        self._base = base
        self._read: frozenset[Triple] = frozenset()
        self._loaded: frozenset[Triple] = frozenset()
        self._world: World | None = None

    def ontology(self) -> Ontology:
        """Return the ontology as the store has it now, without what it imports (``owl:imports``), after a warning.

        While the store does not change, it is the same object. When it did, a new one is made, and what was changed in
        the old one and not saved is changed in the new one too.
        """
        now = frozenset(self._statements())
        if self._world is None or now != self._read:
            added, removed = self.changes() if self._world is not None else ([], [])
            self._make((now | set(added)) - set(removed))
            self._read, self._loaded = now, (self._loaded | set(removed)) - set(added)
            self._warn_of_imports()
        return self._world.get_ontology(f"{self._base}ontology/")  # type: ignore[union-attr]

    def _warn_of_imports(self) -> None:
        answer = self._store.query(_IMPORTED)
        if imported := [str(row[0]) for row in answer.rows] if isinstance(answer, Solutions) else []:
            message = f"not read: the graph imports {', '.join(imported)}; imports are never fetched"
            warnings.warn(message, stacklevel=4)

    def changes(self) -> tuple[list[Triple], list[Triple]]:
        """Return the statements added to the objects and removed from them since they were read, sorted."""
        if self._world is None:
            return [], []
        now = frozenset(_triples(self._world))
        return sorted(now - self._loaded, key=str), sorted(self._loaded - now, key=str)

    def save(self, graph: str) -> int:
        """Write the changes into a graph of the store, and return their number.

        What was taken away goes from all graphs.

        Raises:
            QueryError: the store was opened for reading only.
            StoreError: the store cannot be written.

        """
        update = getattr(self._store, "update", None)
        if update is None:
            hint = "changes() gives the changes; a store opened for writing takes them"
            raise QueryError("the store was opened for reading only", hint=hint)
        added, removed = self.changes()
        parts = [f"DELETE WHERE {{ GRAPH ?g {{ {triple} }} }}" for triple in removed]
        if added:
            parts.append(f"INSERT DATA {{ GRAPH {NamedNode(graph)} {{ {' . '.join(map(str, added))} }} }}")
        if parts:
            update(" ;\n".join(parts))
            self._loaded = frozenset(_triples(self._world))
            self._read = frozenset(self._statements())
        return len(added) + len(removed)

    def _statements(self) -> Iterable[Triple]:
        answer = self._store.query(_ALL)
        triples = (Triple(*row) for row in answer.rows) if isinstance(answer, Solutions) else ()  # type: ignore[arg-type]
        return (triple for triple in triples if triple.predicate != OWL_IMPORTS and not _is_role(triple))

    def _make(self, statements: Iterable[Triple]) -> None:
        from owlready2 import World

        text = serialize(statements, format=RdfFormat.N_TRIPLES) or b""
        self._world = World()
        self._world.get_ontology(f"{self._base}ontology/").load(fileobj=io.BytesIO(text))
        self._loaded = frozenset(_triples(self._world))


def _is_role(triple: Triple) -> bool:
    kind = getattr(triple.object, "value", "")
    return triple.predicate == RDF_TYPE and kind.startswith(_CUBE) and kind.endswith("Property")


def _triples(world: World | None) -> Iterable[Triple]:
    """Return what a world says, in the forms that owlready2 gives its values."""
    written = io.BytesIO()
    if world is not None:
        world.save(written, format="ntriples")
    return (quad.triple for quad in parse(written.getvalue(), format=RdfFormat.N_TRIPLES))
