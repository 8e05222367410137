"""The catalogue as linked data, in the form of the SIB's SPARQL examples.

Each query is a record, with its parameters in SHACL and its columns in CSVW.

Terms: ``sh:SPARQLExecutable`` and its kin, ``sh:parameter`` (SHACL, section 6.2.1: the local name of
``sh:path`` is the variable), ``csvw:tableSchema`` (Metadata Vocabulary for Tabular Data), ``schema:keywords`` and
``schema:target``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, serialize

from kg.core.terms import BASE, CSVW, SCHEMA_ORG, SPEX, expand, prefixes, rebase
from kg.query.catalogue.binding import defaults, rebased
from kg.query.catalogue.rendering import body_of
from kg.store.protocol import query_form

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kg.query.catalogue.catalogue import CatalogueQuery
    from kg.query.catalogue.declarations import Parameter

    Node = NamedNode | BlankNode | Literal
    Pair = tuple[str, Node]

_FURTHER: Final = {
    "csvw": CSVW,
    "schema": SCHEMA_ORG,
    "spex": SPEX,
}
_WRITTEN: Final = ("rdf", "rdfs", "xsd", "sh", "dcterms", "skos", "motkg", "scheme", "foaf")
# The class and the property of each form of query; SHACL has none for DESCRIBE.
_FORMS: Final = {
    "SELECT": ("sh:SPARQLSelectExecutable", "sh:select"),
    "ASK": ("sh:SPARQLAskExecutable", "sh:ask"),
    "CONSTRUCT": ("sh:SPARQLConstructExecutable", "sh:construct"),
    "DESCRIBE": ("sh:SPARQLExecutable", "spex:describe"),
}


def query_iri(query: CatalogueQuery, base: str = BASE) -> str:
    """Return the IRI of a query of the catalogue."""
    return f"{base}query/{query.topic}/{query.name}"


def turtle(queries: Iterable[CatalogueQuery], base: str = BASE, target: str = "") -> bytes:
    """Return the records of queries in Turtle, sorted.

    ``target`` is the address of the endpoint where they can be asked.
    """
    quads = [quad for query in queries for quad in records(query, base, target)]
    known = {prefix: rebase(iri, base) for prefix, iri in prefixes().items() if prefix in _WRITTEN}
    return serialize(sorted(quads, key=str), format=RdfFormat.TURTLE, prefixes={**known, **_FURTHER}) or b""


def records(query: CatalogueQuery, base: str = BASE, target: str = "") -> Iterator[Quad]:
    """Yield the statements about one query.

    Raises:
        QueryError: its text is no query.

    """
    text = body_of(query)
    kind, holds = _FORMS[query_form(text)]
    iri = query_iri(query, base)
    about: list[Pair] = [
        ("rdf:type", _term("sh:SPARQLExecutable")),
        ("rdf:type", _term(kind)),
        ("rdfs:comment", _english(query.summary)),
        (holds, Literal(text if base == BASE else rebased(text, base))),
        *(("schema:keywords", Literal(word)) for word in dict.fromkeys((query.topic, *query.tags))),
    ]
    if query.description:
        about.append(("dcterms:description", _english(query.description.strip())))
    if query.parameters:
        about.append(("rdf:type", _term("sh:Parameterizable")))
    if target:
        about.append(("schema:target", NamedNode(target)))
    yield from _about(NamedNode(iri), about)
    for number, parameter in enumerate(query.parameters.values(), 1):
        yield from _about(NamedNode(iri), [("sh:parameter", NamedNode(f"{iri}#parameter-{parameter.name}"))])
        yield from _parameter(query, parameter, number, base)
    yield from _columns(query, base)


def _parameter(query: CatalogueQuery, parameter: Parameter, number: int, base: str) -> Iterator[Quad]:
    iri = query_iri(query, base)
    own = NamedNode(f"{iri}#parameter-{parameter.name}")
    about: list[Pair] = [
        ("rdf:type", _term("sh:Parameter")),
        ("sh:path", NamedNode(f"{iri}#{parameter.name}")),
        ("sh:description", _english(parameter.description)),
        ("sh:order", Literal(number)),
        ("sh:optional", Literal(not parameter.required)),
        ("sh:class", _term(parameter.type, base)) if parameter.type else ("sh:datatype", _term(parameter.datatype)),
    ]
    limits = (("sh:minInclusive", parameter.minimum), ("sh:maxInclusive", parameter.maximum))
    about += [
        (name, Literal(str(limit), datatype=expand(parameter.datatype))) for name, limit in limits if limit is not None
    ]
    values = defaults(query).get(parameter.name, ())
    if len(values) == 1 and not parameter.required:
        about.append(("sh:defaultValue", _moved(values[0], base)))
    if parameter.enumerate:
        allowed: list[Node] = [
            _term(value, base) if parameter.type else Literal(value, datatype=expand(parameter.datatype))
            for value in parameter.enumerate
        ]
        first, cells = _list(f"{query.topic}-{query.name}-{parameter.name}", allowed)
        about.append(("sh:in", first))
        yield from cells
    if parameter.scheme:
        inside = NamedNode(f"{iri}#parameter-{parameter.name}-scheme")
        about.append(("sh:property", inside))
        scheme: list[Pair] = [("sh:path", _term("skos:inScheme")), ("sh:hasValue", _term(parameter.scheme, base))]
        yield from _about(inside, [("rdf:type", _term("sh:PropertyShape")), *scheme])
    yield from _about(own, about)


def _columns(query: CatalogueQuery, base: str) -> Iterator[Quad]:
    """Yield the table that the query answers with: its schema and the columns in their order."""
    iri = query_iri(query, base)
    if not query.columns:
        return
    columns = [NamedNode(f"{iri}#column-{name}") for name in query.columns]
    first, cells = _list(f"{query.topic}-{query.name}-columns", columns)
    yield from _about(NamedNode(iri), [("schema:result", NamedNode(f"{iri}#result"))])
    table: list[Pair] = [("rdf:type", _term("csvw:Table")), ("csvw:tableSchema", NamedNode(f"{iri}#schema"))]
    yield from _about(NamedNode(f"{iri}#result"), table)
    yield from _about(NamedNode(f"{iri}#schema"), [("rdf:type", _term("csvw:Schema")), ("csvw:column", first)])
    yield from cells
    for column, (name, about) in zip(columns, query.columns.items(), strict=True):
        described: list[Pair] = [("csvw:name", Literal(name)), ("dcterms:description", _english(about))]
        yield from _about(column, [("rdf:type", _term("csvw:Column")), *described])


def _list(name: str, members: Sequence[Node]) -> tuple[BlankNode, list[Quad]]:
    """Return an RDF list, its cells named after what it lists so that equal catalogues give equal files."""
    cells = [BlankNode(f"{name}-{number}") for number in range(1, len(members) + 1)]
    rests: list[Node] = [*cells[1:], _term("rdf:nil")]
    quads = [
        quad
        for cell, member, rest in zip(cells, members, rests, strict=True)
        for quad in _about(cell, [("rdf:first", member), ("rdf:rest", rest)])
    ]
    return cells[0], quads


def _about(subject: NamedNode | BlankNode, pairs: Iterable[Pair]) -> Iterator[Quad]:
    return (Quad(subject, _term(name), value) for name, value in pairs)


def _term(curie: str, base: str = BASE) -> NamedNode:
    prefix, _, local = curie.partition(":")
    return NamedNode(_FURTHER[prefix] + local if prefix in _FURTHER else rebase(expand(curie).value, base))


def _moved(term: NamedNode | Literal, base: str) -> NamedNode | Literal:
    return NamedNode(rebase(term.value, base)) if isinstance(term, NamedNode) else term


def _english(text: str) -> Literal:
    return Literal(text, language="en")
