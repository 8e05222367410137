"""Write a graph, or the catalogue of queries, in a syntax of RDF: what ``kg export`` does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kg.core.terms import BASE
from kg.graph import open_graph

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.graph.opening import GraphSource


def export(
    graph: GraphSource | None = None,
    form: str = "",
    *,
    only: Iterable[str] | str = (),
    output: Path | str | None = None,
) -> str:
    """Write a graph in a syntax of RDF, sorted, so that equal graphs give equal files.

    Args:
        graph: what ``kg.open`` takes, or a graph that it returned; the shipped graph where it is left out.
        form: ``nq``, ``trig``, ``nt``, ``ttl``, ``rdf`` or ``jsonld``; taken from the name of ``output`` where it is
            empty, or else ``nq``. Syntaxes without named graphs get the union of the graphs. ``owl`` is the ontology
            alone in RDF/XML, with blank nodes for its class expressions, as Protégé and owlready2 read it.
        only: the named graphs to write, by IRI or by the end of it, such as ``kirihata-mot``; all where it is empty.
        output: a file to write as well, which appears whole or not at all.

    Returns:
        The text that was written.

    Raises:
        QueryError: the format or a named graph is unknown.
        StoreError: the graph cannot be opened, or the file cannot be written.

    Example:
        >>> kg.export(only="kanai-hara-1992").startswith("<https://w3id.org/motkg/")
        True

    """
    from kg.publishing.answers import dump

    chosen = form or (Path(output).suffix.removeprefix(".") if output is not None else "nq")
    names = (only,) if isinstance(only, str) else tuple(only)
    opened = open_graph(graph)
    return _written(dump(opened.store.quads(), chosen, names, opened.base), output)


def export_queries(graph: Path | str | None = None, *, target: str = "", output: Path | str | None = None) -> str:
    """Write the catalogue of queries as RDF: a record for each query, in Turtle.

    Args:
        graph: the folder of a build, under whose base IRI the records are written.
        target: the address of the endpoint where the queries can be sent.
        output: a file to write as well, which appears whole or not at all.

    Returns:
        The text that was written.

    Raises:
        StoreError: the folder holds no build, or the file cannot be written.

    Example:
        >>> "factors-at-stage" in kg.export_queries()
        True

    """
    from kg.core.resources import queries_dir
    from kg.pipeline.reading import read_manifest
    from kg.publishing.queries import turtle
    from kg.query.catalogue.catalogue import Catalogue

    base = read_manifest(Path(graph)).base if graph is not None else BASE
    return _written(turtle(Catalogue(queries_dir()), base, target), output)


def _written(text: bytes, output: Path | str | None) -> str:
    if output is not None:
        from kg.core.atomic import whole_file

        with whole_file(Path(output)) as building:
            building.write_bytes(text)
    return text.decode()
