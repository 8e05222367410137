"""Files that people write, to statements with origins."""

from __future__ import annotations

from kg.loaders.folder import load_cases, load_folder
from kg.loaders.ontology import load_ontology, shipped_vocabulary
from kg.loaders.rdf import load_rdf
from kg.loaders.statements import Origin, Statements
from kg.loaders.vocabulary import Vocabulary

__all__ = ["Origin", "Statements", "Vocabulary", "load_cases", "load_folder", "load_ontology", "load_rdf", "shipped_vocabulary"]
