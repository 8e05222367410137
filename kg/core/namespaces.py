"""The namespaces of the vocabularies that motkg reads and writes, each written once, as text.

This module imports nothing, so that whoever needs a namespace pays for nothing else. ``kg.core.names`` has terms and
graphs made of them; ``ontology/prefixes.ttl`` lists the prefixes that people write.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as typing has it, which takes longer to import than all of this module
if TYPE_CHECKING:
    from typing import Final

BASE: Final = "https://w3id.org/motkg/"
ONTOLOGY: Final = f"{BASE}ontology/"
GRAPH: Final = f"{BASE}graph/"

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
OWL: Final = "http://www.w3.org/2002/07/owl#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
SH: Final = "http://www.w3.org/ns/shacl#"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
DC: Final = "http://purl.org/dc/elements/1.1/"
DCTERMS: Final = "http://purl.org/dc/terms/"
FOAF: Final = "http://xmlns.com/foaf/0.1/"
CSVW: Final = "http://www.w3.org/ns/csvw#"
LDP: Final = "http://www.w3.org/ns/ldp#"
SCHEMA_ORG: Final = "https://schema.org/"
SCHEMA_ORG_HTTP: Final = "http://schema.org/"
SPEX: Final = "https://purl.expasy.org/sparql-examples/ontology#"
VIRTRDF: Final = "http://www.openlinksw.com/schemas/virtrdf#"
OPLWEB: Final = "http://www.openlinksw.com/schemas/oplweb#"

# Namespaces of XML
XML: Final = "http://www.w3.org/XML/1998/namespace"
SVG: Final = "http://www.w3.org/2000/svg"
SPARQL_RESULTS: Final = "http://www.w3.org/2005/sparql-results#"
