"""RDF files of any syntax, read as they are written.

``load_rdf`` (in ``kg.loaders.rdf.reading``) reads a file to statements; blank nodes get names that depend on the file
alone. ``kg.loaders.rdf.addresses`` finds the line and column of statements afterwards, when there is something to
point at.
"""

from __future__ import annotations

from typing import Final

from kg.core.inputs import RDF_ENDINGS

__all__ = ["ENDINGS"]

ENDINGS: Final = RDF_ENDINGS
"""The endings of the names of RDF files."""
