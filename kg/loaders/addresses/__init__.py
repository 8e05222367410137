"""Where statements stand in RDF files, found out only when there is something to point at."""

from __future__ import annotations

from kg.loaders.addresses.index import Places, places_of

__all__ = ["Places", "places_of"]
