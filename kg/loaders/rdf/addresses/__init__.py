"""Where statements stand in RDF files, found out only when there is something to point at."""

from __future__ import annotations

from kg.loaders.rdf.addresses.index import Located, Places, places_of

__all__ = ["Located", "Places", "places_of"]
