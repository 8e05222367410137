"""The pipeline: from case files and the ontology to a graph that is derived, audited, closed, validated and written.

``build`` runs all steps and returns a ``Build``, ``write`` writes it into a folder, and ``read_statements`` reads what
a build wrote back, with the place of each statement. The same input gives the same bytes.

Example:
    >>> from kg.core.resources import shipped_documents
    >>> from kg.pipeline import build
    >>> build(shipped_documents()).report.conforms
    True

"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.core import lazy_names

if TYPE_CHECKING:
    from kg.pipeline.building import Build, build, state, write
    from kg.pipeline.reading import read_manifest, read_quads, read_statements, read_store_manifest

__all__ = [
    "Build",
    "build",
    "read_manifest",
    "read_quads",
    "read_statements",
    "read_store_manifest",
    "state",
    "write",
]

__getattr__ = lazy_names(
    __name__,
    {
        "Build": "kg.pipeline.building",
        "build": "kg.pipeline.building",
        "read_manifest": "kg.pipeline.reading",
        "read_quads": "kg.pipeline.reading",
        "read_statements": "kg.pipeline.reading",
        "read_store_manifest": "kg.pipeline.reading",
        "state": "kg.pipeline.building",
        "write": "kg.pipeline.building",
    },
)
