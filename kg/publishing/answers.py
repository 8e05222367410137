"""Graphs and answers as files: the syntaxes of linked data, and the formats of tables and truth values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, RdfFormat

from kg.core.errors import QueryError, near_names
from kg.core.terms import BASE, RDFS, SKOS, anonymous, prefixes_under
from kg.query.results import FORMATS as TABLE_FORMATS
from kg.query.results import encode, find_format, format_of_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kg.query.results.answers import ExplainedFalse
    from kg.store.protocol import Answer

_Term = TypeVar("_Term")

_LABEL: Final = NamedNode(f"{RDFS}label")

FORMATS: Final = {
    "nq": RdfFormat.N_QUADS,
    "trig": RdfFormat.TRIG,
    "nt": RdfFormat.N_TRIPLES,
    "ttl": RdfFormat.TURTLE,
    "rdf": RdfFormat.RDF_XML,
    "jsonld": RdfFormat.JSON_LD,
    "owl": RdfFormat.RDF_XML,
}


def dump(quads: Iterable[Quad], form: str, graphs: Iterable[str] = (), base: str = BASE) -> bytes:
    """Return quads as sorted text; syntaxes without graphs get the union.

    ``graphs`` keeps only those whose IRI ends so. ``base`` is the base IRI of the graph, under which its prefixes are.
    ``owl`` is RDF/XML for tools of OWL: the ontology unless graphs are named, with class expressions as blank nodes,
    because an expression with an IRI is no expression to them, and ``rdfs:label`` for every preferred label.

    Raises:
        QueryError: the format is unknown or cannot hold a value, or a graph that was asked for is not there.

    """
    if form not in FORMATS:
        raise QueryError(
            f"no format is called '{form}'", hint=f"formats: {', '.join(FORMATS)}", near=near_names(form, FORMATS)
        )
    graphs = tuple(graphs)
    kept = _of_graphs(list(quads), ("ontology",) if form == "owl" and not graphs else graphs)
    syntax = FORMATS[form]
    if form == "owl":
        kept = _with_labels(_with_blank_nodes(kept))
    if not syntax.supports_datasets:
        kept = [Quad(*triple, DefaultGraph()) for triple in {(q.subject, q.predicate, q.object) for q in kept}]
    if syntax in {RdfFormat.N_QUADS, RdfFormat.N_TRIPLES}:
        return lines(kept).encode()
    from kg.core.rdfwriting import rdf_bytes

    ordered = sorted(kept, key=lambda quad: (str(quad.graph_name), str(quad)))
    return rdf_bytes(ordered, syntax, prefixes_under(base))


def _with_blank_nodes(quads: list[Quad]) -> list[Quad]:
    """Return quads with blank nodes for the IRIs that stand for some, named by their order, which is that of quads."""
    nodes: dict[str, BlankNode] = {}

    def node(term: _Term) -> _Term | BlankNode:
        if isinstance(term, NamedNode) and anonymous(term):
            return nodes.setdefault(term.value, BlankNode(f"n{len(nodes) + 1}"))
        return term

    return [Quad(node(q.subject), q.predicate, node(q.object), q.graph_name) for q in sorted(quads, key=str)]


def _with_labels(quads: list[Quad]) -> list[Quad]:
    """Add ``rdfs:label`` beside ``skos:prefLabel``, its subproperty (SKOS, S10): editors show nothing else."""
    return [
        *quads,
        *(Quad(q.subject, _LABEL, q.object, q.graph_name) for q in quads if q.predicate.value == f"{SKOS}prefLabel"),
    ]


def lines(quads: Iterable[Quad]) -> str:
    """Return N-Quads with one statement a line, sorted by code point, which makes equal graphs equal texts."""
    return "".join(sorted(f"{quad} .\n" for quad in quads))


def _of_graphs(quads: list[Quad], wanted: tuple[str, ...]) -> list[Quad]:
    if not wanted:
        return quads
    names = {q.graph_name.value for q in quads if isinstance(q.graph_name, NamedNode)}
    chosen = {name for name in names if any(name == end or name.endswith(f"/graph/{end}") for end in wanted)}
    for end in wanted:
        if not any(name == end or name.endswith(f"/graph/{end}") for name in chosen):
            slugs = {name.rpartition("/graph/")[2] for name in names}
            raise QueryError(
                f"no graph is called '{end}'", hint=f"graphs: {', '.join(sorted(slugs))}", near=near_names(end, slugs)
            )
    return [q for q in quads if isinstance(q.graph_name, NamedNode) and q.graph_name.value in chosen]


# The names by which people know the syntaxes of graphs, with the suffixes of their files, which name them in
# `kg.publishing.answers`.
GRAPH_NAMES: Final = {
    "turtle": "ttl",
    "n-triples": "nt",
    "json-ld": "jsonld",
    "rdf/xml": "rdf",
    "trig": "trig",
    "n-quads": "nq",
}
_OTHER_SUFFIXES: Final = {"json": "jsonld", "xml": "rdf"}


def choose_format(answer: Answer | ExplainedFalse, form: str, suffix: str) -> str:
    """Return the name of the format for an answer: the one asked for, else that of the file, else a table or Turtle.

    Raises:
        QueryError: there is no such format, or not for this kind of answer.

    """
    if not isinstance(answer, list):
        if form in {*GRAPH_NAMES, *GRAPH_NAMES.values()} - TABLE_FORMATS.keys():
            raise QueryError(
                f"{form} holds graphs, and the query gives a table", hint=f"formats: {', '.join(TABLE_FORMATS)}"
            )
        return find_format(form).name if form else format_of_file(suffix).name if suffix else "table"
    wanted = form or suffix.removeprefix(".").lower() or "ttl"
    chosen = GRAPH_NAMES.get(wanted, wanted if form else _OTHER_SUFFIXES.get(wanted, wanted))
    if chosen not in GRAPH_NAMES.values():
        hint = f"formats of graphs: {', '.join(GRAPH_NAMES)}"
        raise QueryError(
            f"{wanted} is no format of graphs, and the query gives a graph",
            hint=hint,
            near=near_names(wanted, GRAPH_NAMES),
        )
    return chosen


def answer_bytes(
    answer: Answer | ExplainedFalse, form: str, labels: Mapping[str, str] | None = None, base: str = BASE
) -> bytes:
    """Return an answer in a format that ``choose_format`` gave.

    ``labels`` are for the drawn table, ``base`` is the base IRI of the graph that answered.

    Raises:
        QueryError: the package that the format needs is missing, or the format cannot hold the answer.

    """
    if isinstance(answer, list):
        from pyoxigraph import Quad

        return dump([Quad(triple.subject, triple.predicate, triple.object) for triple in answer], form, base=base)
    return encode(answer, form, labels)
