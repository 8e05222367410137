"""Namespaces, prefixes and IRIs: each written once, and the one place that turns a CURIE into an IRI and back."""

from __future__ import annotations

import re
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, NamedNode, Triple

from kg.core.errors import QueryError, near_names
from kg.core.resources import data_file

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable
    from pathlib import Path

# The namespaces of the vocabularies that motkg reads and writes, each written once; ``ontology/prefixes.ttl`` lists the
# prefixes that people write.
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
ITS: Final = "http://www.w3.org/2005/11/its"
SPARQL_RESULTS: Final = "http://www.w3.org/2005/sparql-results#"

# Common terms, and the named graphs of a build
RDF_TYPE: Final = NamedNode(f"{RDF}type")
RDFS_LABEL: Final = NamedNode(f"{RDFS}label")
OWL_IMPORTS: Final = NamedNode(f"{OWL}imports")

ONTOLOGY_GRAPH: Final = NamedNode(f"{GRAPH}ontology")
DERIVED: Final = NamedNode(f"{GRAPH}derived")
ANOMALIES: Final = NamedNode(f"{GRAPH}anomalies")
CLOSURE: Final = NamedNode(f"{GRAPH}closure")
READINGS: Final = NamedNode(f"{GRAPH}readings")
"""What the makers of a graph conclude from its documents, apart from what the documents say."""
CROSSWALK: Final = NamedNode(f"{GRAPH}crosswalk")
"""What corresponds to what in several documents, with the mappings that say why."""
PROVENANCE: Final = NamedNode(f"{GRAPH}provenance")

_PREFIX_LINE: Final = r"(?m)^@prefix\s+([\w-]*):\s*<([^>]*)>\s*\."
_BASE: Final = r"https?://[^\s<>\"{}|^`\\/]+/([^\s<>\"{}|^`\\]*/)?"
CURIE: Final = re.compile(r"[\w-]+:[^\s/]\S*")
SCHEMES: Final = ("http://", "https://", "urn:")
"""How an IRI begins that is written without angle brackets."""
_LOCAL = re.compile(r"[\w]([\w.-]*[\w-])?")


XMLNS: Final = "http://www.w3.org/2000/xmlns/"
WIKIBASE: Final = "http://wikiba.se/ontology#"
ENDPOINT_PREFIXES: Final = {
    "schema": SCHEMA_ORG_HTTP,
    "dct": DCTERMS,
    "dcat": "http://www.w3.org/ns/dcat#",
    "void": "http://rdfs.org/ns/void#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "geof": "http://www.opengis.net/def/function/geosparql/",
    "wgs84": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "time": "http://www.w3.org/2006/time#",
    "bibo": "http://purl.org/ontology/bibo/",
    "skosxl": "http://www.w3.org/2008/05/skos-xl#",
    "dbo": "http://dbpedia.org/ontology/",
    "dbp": "http://dbpedia.org/property/",
    "dbr": "http://dbpedia.org/resource/",
    "up": "http://purl.uniprot.org/core/",
    "wd": "http://www.wikidata.org/entity/",
    "wdt": "http://www.wikidata.org/prop/direct/",
    "wdtn": "http://www.wikidata.org/prop/direct-normalized/",
    "wds": "http://www.wikidata.org/entity/statement/",
    "p": "http://www.wikidata.org/prop/",
    "ps": "http://www.wikidata.org/prop/statement/",
    "psv": "http://www.wikidata.org/prop/statement/value/",
    "psn": "http://www.wikidata.org/prop/statement/value-normalized/",
    "pq": "http://www.wikidata.org/prop/qualifier/",
    "pqv": "http://www.wikidata.org/prop/qualifier/value/",
    "pr": "http://www.wikidata.org/prop/reference/",
    "wdno": "http://www.wikidata.org/prop/novalue/",
    "wikibase": WIKIBASE,
    "mwapi": "https://www.mediawiki.org/ontology#API/",
    "bd": "http://www.bigdata.com/rdf#",
    "hint": "http://www.bigdata.com/queryHints#",
    "gas": "http://www.bigdata.com/rdf/gas#",
}
"""Prefixes that endpoints know without a declaration, with their namespaces, beside those of motkg."""


@cache
def prefixes() -> dict[str, str]:
    """Return every known prefix with its namespace, as ``ontology/prefixes.ttl`` lists them."""
    with open(data_file("ontology", "prefixes.ttl"), encoding="utf-8") as file:
        return dict(re.findall(_PREFIX_LINE, file.read()))


def prefixes_under(base: str) -> dict[str, str]:
    """Return every known prefix with its namespace in a graph whose IRIs are below ``base``."""
    return {prefix: rebase(namespace, base) for prefix, namespace in prefixes().items()}


def expand(curie: str) -> NamedNode:
    """Turn a CURIE such as ``stage:commercialization`` into its IRI.

    Raises:
        QueryError: the text is not a CURIE or its prefix is unknown.

    """
    prefix, colon, local = curie.partition(":")
    if not colon:
        raise QueryError(f"'{curie}' is not a CURIE", hint="write prefix:name, for example stage:commercialization")
    if prefix not in prefixes():
        raise QueryError(f"unknown prefix '{prefix}:'", near=near_names(prefix, prefixes()))
    return NamedNode(prefixes()[prefix] + local)


def anonymous(node: object) -> bool:
    """Return whether a term is a blank node, or an IRI that stands for one (RDF 1.1 Concepts, section 3.5)."""
    return isinstance(node, BlankNode) or (isinstance(node, NamedNode) and "/.well-known/genid/" in node.value)


def written_iri(text: str, base: str = BASE) -> str:
    """Return the IRI that a user writes in full, in angle brackets or as a CURIE.

    An IRI below motkg's base stands for one below ``base``. The empty text is given where it looks like none; what
    looks like one may still hold characters that no IRI has.
    """
    bare = text[1:-1] if text.startswith("<") and text.endswith(">") else text
    prefix = bare.partition(":")[0]
    if CURIE.fullmatch(bare) and prefix in prefixes():
        return rebase(prefixes()[prefix] + bare[len(prefix) + 1 :], base)
    return bare if bare != text or bare.startswith(SCHEMES) else ""


@cache
def _namespaces() -> list[tuple[str, str]]:
    return sorted(((iri, prefix) for prefix, iri in prefixes().items()), key=lambda pair: -len(pair[0]))


@cache
def _namespaces_beside(declared: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    """Return the declared namespaces and the known ones whose prefixes are free, with prefixes, the longest first."""
    known = prefixes() | dict(declared)
    return sorted(((iri, prefix) for prefix, iri in known.items() if iri), key=lambda pair: -len(pair[0]))


_DECLARED: Final[ContextVar[tuple[tuple[str, str], ...]]] = ContextVar("declared prefixes", default=())


@contextmanager
def shortening(declared: tuple[tuple[str, str], ...]) -> Generator[None]:
    """Have ``compact`` also use prefixes that files declare while the block runs: pairs of prefix and namespace."""
    token = _DECLARED.set(declared)
    try:
        yield
    finally:
        _DECLARED.reset(token)


def declared_prefixes() -> tuple[tuple[str, str], ...]:
    """Return the prefixes that ``compact`` uses beside the known ones."""
    return _DECLARED.get()


def compact(iri: str) -> str:
    """Turn an IRI into the shortest CURIE that a Turtle parser reads back, or return it in angle brackets."""
    for namespace, prefix in _namespaces_beside(declared) if (declared := _DECLARED.get()) else _namespaces():
        if iri.startswith(namespace) and _LOCAL.fullmatch(local := iri[len(namespace) :]):
            return f"{prefix}:{local}"
    return f"<{iri}>"


def as_turtle(term: object) -> str:
    """Return a term of pyoxigraph as Turtle writes it; its own text of a triple term has no brackets."""
    return f"<<( {term} )>>" if isinstance(term, Triple) else str(term)


def rebase(iri: str, new: str, old: str = BASE) -> str:
    """Return an IRI below the old base under the new one; every other IRI stays as it is."""
    return new + iri[len(old) :] if iri.startswith(old) else iri


def term(local: str) -> NamedNode:
    """Return the IRI of a term of the motkg ontology by its local name."""
    return NamedNode(ONTOLOGY + local)


def checked_base(base: str) -> str:
    """Return a base IRI that a publisher chose, after a look whether IRIs can be made from it.

    Raises:
        QueryError: it is not an absolute http or https IRI that ends in a slash.

    """
    if not re.fullmatch(_BASE, base):
        raise QueryError(f"'{base}' cannot be a base IRI", hint="write an absolute http or https IRI that ends in /")
    return base


RELATIVE: Final = "https://relative.invalid/"
"""What stands before the path of a file that names no base itself: by RFC 6761 no such address ever exists."""
_OUTSIDE: Final[dict[str, int]] = {}


def base_of_file(path: Path) -> str:
    """Return the base IRI of a file that names none, which is no path of this machine.

    It is made of the path from the working folder, so that relative IRIs of one file to another lead there. A folder
    elsewhere has a number, and what is below it the path from there: files of the same name in two folders do not share
    their IRIs.
    """
    from pathlib import Path
    from urllib.parse import quote

    file = path.resolve()
    here = Path.cwd().resolve()
    if file.is_relative_to(here):
        return RELATIVE + quote(file.relative_to(here).as_posix())
    folder = next((each for each in file.parents if str(each) in _OUTSIDE), file.parent)
    number = _OUTSIDE.setdefault(str(folder), len(_OUTSIDE) + 1)
    return f"{RELATIVE}@{number}/{quote(file.relative_to(folder).as_posix())}"


def name_folders_of(files: Iterable[Path]) -> None:
    """Give the folders of files that are read together their numbers, those above others first."""
    for file in sorted(files, key=lambda file: len(file.parts)):
        base_of_file(file)


def file_reference(file: str) -> str:
    """Return a file as reports refer to it.

    The path is relative to the working folder if the file is below it, and a ``file:`` IRI otherwise.
    """
    from pathlib import Path
    from urllib.parse import quote

    path = Path(file)
    if not path.is_absolute():
        return quote(path.as_posix())
    try:
        return quote(path.relative_to(Path.cwd()).as_posix())
    except ValueError:
        return path.as_uri()
