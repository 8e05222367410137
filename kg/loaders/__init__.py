"""Loaders: files that people write, read into statements of which each keeps its file, line and column.

``load_ontology`` reads the Turtle files of the ontology, ``load_cases`` the case files of documents, ``load_rdf`` RDF
files of any syntax. Each returns ``Statements``: quads in order with their ``Origin`` s. ``kg.loaders.tables`` turns
tables of millions of rows into lines of N-Triples instead. A name is imported when it is first used: who reads RDF
needs neither YAML nor tables.

Example:
    >>> from kg.core.resources import ontology_dir
    >>> from kg.loaders import load_ontology
    >>> len(load_ontology(ontology_dir())) > 1000
    True

"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.core import lazy_names

if TYPE_CHECKING:
    from kg.core.origin import Origin, Statements
    from kg.loaders.cases.folder import load_cases, load_folder
    from kg.loaders.ontology import Vocabulary, load_ontology, shipped_vocabulary
    from kg.loaders.rdf.reading import load_rdf

__all__ = [
    "Origin",
    "Statements",
    "Vocabulary",
    "load_cases",
    "load_folder",
    "load_ontology",
    "load_rdf",
    "shipped_vocabulary",
]

__getattr__ = lazy_names(
    __name__,
    {
        "Origin": "kg.core.origin",
        "Statements": "kg.core.origin",
        "Vocabulary": "kg.loaders.ontology",
        "load_cases": "kg.loaders.cases.folder",
        "load_folder": "kg.loaders.cases.folder",
        "load_ontology": "kg.loaders.ontology",
        "load_rdf": "kg.loaders.rdf.reading",
        "shipped_vocabulary": "kg.loaders.ontology",
    },
)
