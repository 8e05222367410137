"""Names that several parts use: common terms of RDF, and the named graphs of a build."""

from __future__ import annotations

from typing import Final

from pyoxigraph import NamedNode

from kg.core.namespaces import GRAPH, RDF, RDFS

RDF_TYPE: Final = NamedNode(f"{RDF}type")
RDFS_LABEL: Final = NamedNode(f"{RDFS}label")

ONTOLOGY_GRAPH: Final = NamedNode(f"{GRAPH}ontology")
DERIVED: Final = NamedNode(f"{GRAPH}derived")
ANOMALIES: Final = NamedNode(f"{GRAPH}anomalies")
CLOSURE: Final = NamedNode(f"{GRAPH}closure")
PROVENANCE: Final = NamedNode(f"{GRAPH}provenance")
