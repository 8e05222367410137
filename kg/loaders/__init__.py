"""Files that people write, to statements with origins.

A name is loaded when it is first used: who reads RDF needs neither YAML nor tables.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from kg.loaders.folder import load_cases, load_folder
    from kg.loaders.ontology import load_ontology, shipped_vocabulary
    from kg.loaders.rdf import load_rdf
    from kg.loaders.statements import Statements
    from kg.loaders.vocabulary import Vocabulary
    from kg.origin import Origin

__all__ = ["Origin", "Statements", "Vocabulary", "load_cases", "load_folder", "load_ontology", "load_rdf", "shipped_vocabulary"]

_MODULES: Final = {
    "Origin": "kg.origin",
    "Statements": "kg.loaders.statements",
    "Vocabulary": "kg.loaders.vocabulary",
    "load_cases": "kg.loaders.folder",
    "load_folder": "kg.loaders.folder",
    "load_ontology": "kg.loaders.ontology",
    "load_rdf": "kg.loaders.rdf",
    "shipped_vocabulary": "kg.loaders.ontology",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)
