"""Where statements stand in RDF files, found out only when there is something to point at."""

from __future__ import annotations

from kg.loaders.rdf.addresses.index import Places, places_of
from kg.loaders.rdf.addresses.located import Located

__all__ = ["Located", "Places", "places_of"]
