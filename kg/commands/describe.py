"""Describe a query of the catalogue or a thing of the graph: what ``kg describe`` does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.core.text import TextInNotebooks
from kg.graph import open_graph

if TYPE_CHECKING:
    from kg.graph.opening import GraphSource
    from kg.query.catalogue.catalogue import CatalogueQuery
    from kg.store.protocol import Solutions


@dataclass(frozen=True)
class Description(TextInNotebooks):
    """What a graph holds about a name.

    Attributes:
        iri: the thing that the name stands for; empty for a query of the catalogue.
        statements: the statements about the thing, with the columns direction, property, value, label and graph.
        query: the query of the catalogue that has the name.

    """

    iri: str = ""
    statements: Solutions | None = None
    query: CatalogueQuery | None = None

    def text(self, width: int = 0) -> str:
        """Return the description as text, in at most ``width`` columns; 0 sets no limit."""
        if self.query is not None:
            return _of_query(self.query)
        from kg.query.results.tables import to_table

        return f"<{self.iri}>\n{to_table(self.statements, width) if self.statements else ''}"

    def __str__(self) -> str:
        return self.text()


def describe(name: str, *, graph: GraphSource | None = None) -> Description:
    """Describe a query of the catalogue, or a term or thing of a graph.

    Args:
        name: the name of a query; or a label in any language, a CURIE, an IRI or the end of an IRI.
        graph: what ``kg.open`` takes, or a graph that it returned; the shipped graph where it is left out.

    Raises:
        QueryError: nothing has the name, or several things have it.
        StoreError: the graph cannot be opened.

    Example:
        >>> kg.describe("事業化").iri
        'https://w3id.org/motkg/concept/stage/commercialization'

    """
    opened = open_graph(graph)
    if name in opened.catalogue:
        return Description(query=opened.catalogue[name])
    iri = opened.find(name)
    return Description(iri, opened.describe(iri))


def _of_query(query: CatalogueQuery) -> str:
    from kg.query.catalogue.rendering import parameter_lines

    lines = [f"{query.topic}/{query.name}", f"  {query.summary}"]
    if query.description:
        lines += ["", *(f"  {line}" for line in query.description.strip().splitlines())]
    if query.parameters:
        lines += ["", "  parameters"]
        lines += [f"    --{line}" for line in parameter_lines(query)]
    if query.columns:
        lines += ["", "  columns"]
        lines += [f"    {column}  {about}" for column, about in query.columns.items()]
    body = [line for line in query.text.splitlines() if not line.startswith("#+")]
    return "".join(f"{line}\n" for line in [*lines, "", *(f"    {line}" for line in body)])
