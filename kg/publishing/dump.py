"""The graph as files in the syntaxes that linked data is published in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, serialize

from kg.core.errors import QueryError, near_names
from kg.core.terms import prefixes

if TYPE_CHECKING:
    from collections.abc import Iterable

FORMATS: Final = {
    "nq": RdfFormat.N_QUADS,
    "trig": RdfFormat.TRIG,
    "nt": RdfFormat.N_TRIPLES,
    "ttl": RdfFormat.TURTLE,
    "rdf": RdfFormat.RDF_XML,
    "jsonld": RdfFormat.JSON_LD,
}


def dump(quads: Iterable[Quad], form: str, graphs: Iterable[str] = ()) -> bytes:
    """Return quads as sorted text; syntaxes without graphs get the union.

    ``graphs`` keeps only those whose IRI ends so.

    Raises:
        QueryError: the format is unknown, or a graph that was asked for is not there.

    """
    if form not in FORMATS:
        raise QueryError(
            f"no format is called '{form}'", hint=f"formats: {', '.join(FORMATS)}", near=near_names(form, FORMATS)
        )
    kept = _of_graphs(list(quads), tuple(graphs))
    syntax = FORMATS[form]
    if not syntax.supports_datasets:
        kept = [Quad(*triple, DefaultGraph()) for triple in {(q.subject, q.predicate, q.object) for q in kept}]
    if syntax in {RdfFormat.N_QUADS, RdfFormat.N_TRIPLES}:
        return lines(kept).encode()
    ordered = sorted(kept, key=lambda quad: (str(quad.graph_name), str(quad)))
    known = prefixes() if syntax in {RdfFormat.TRIG, RdfFormat.TURTLE, RdfFormat.RDF_XML} else None
    return serialize(ordered, format=syntax, prefixes=known) or b""


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
