"""The lines of statements that were read without positions, as the ontology and RDF files are."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from kg.core.resources import ontology_dir
from kg.loaders.rdf.addresses.index import Places, places_of
from kg.loaders.rdf.reading import rdf_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pyoxigraph import BlankNode, NamedNode, Quad, Triple

    from kg.core.origin import Origin
    from kg.loaders.rdf.reading import RdfSource

    Node = NamedNode | BlankNode | Triple


class Located:
    """Where statements stand, to the line. Origins that name a file alone are looked up in it, all of one file at once.

    The file is that of ``sources`` with this name, or else one of the ontology.
    """

    def __init__(self, origins: Mapping[Quad, Origin], sources: Iterable[RdfSource] = ()) -> None:
        self._origins = origins
        self._sources = {source.name: source for source in sources}
        self._read: dict[str, Places] = {}

    def origin(self, quad: Quad) -> Origin | None:
        """Return the place of a statement.

        A file alone where its line cannot be found, nothing where it has no origin.
        """
        origin = self._origins.get(quad)
        if origin is None or origin.line:
            return origin
        found = self._places(origin.file).triples.get((quad.subject, quad.predicate, quad.object))
        return replace(found, file=origin.file) if found else origin

    def _places(self, name: str) -> Places:
        if name not in self._read:
            source = self._sources.get(name) or _of_ontology(name)
            self._read[name] = places_of(source, self._subjects[name]) if source else Places()
        return self._read[name]

    @cached_property
    def _subjects(self) -> Mapping[str, set[Node]]:
        found: defaultdict[str, set[Node]] = defaultdict(set)
        for quad, origin in self._origins.items():
            if not origin.line:
                found[origin.file].add(quad.subject)
        return found


def _of_ontology(name: str) -> RdfSource | None:
    file = ontology_dir().parent / name
    return rdf_source(file) if file.is_file() else None
