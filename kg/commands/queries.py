"""List the catalogue of queries: what ``kg queries`` does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.core.errors import QueryError, near_names
from kg.core.resources import queries_dir
from kg.core.text import TextInNotebooks
from kg.query.catalogue.catalogue import Catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.query.catalogue.catalogue import CatalogueQuery


@dataclass(frozen=True)
class QueryList(TextInNotebooks):
    """Queries of the catalogue, by topic and name."""

    queries: tuple[CatalogueQuery, ...]

    def __iter__(self) -> Iterator[CatalogueQuery]:
        return iter(self.queries)

    def __len__(self) -> int:
        return len(self.queries)

    def render(self, form: str = "text") -> str:
        """Return the list as ``text``, ``json`` or ``markdown``.

        Raises:
            QueryError: there is no such format.

        """
        from kg.query.catalogue.rendering import render_catalogue

        return render_catalogue(self.queries, form)

    def __str__(self) -> str:
        return self.render()


def queries(tag: str = "") -> QueryList:
    """List the queries of the catalogue.

    Args:
        tag: list only the queries with this tag or topic; all where it is empty.

    Raises:
        QueryError: no query has the tag.

    Example:
        >>> [query.name for query in kg.queries("advice")][:2]
        ['evidence-at-stage', 'evidence-in-general']

    """
    catalogue = list(Catalogue(queries_dir()))
    chosen = tuple(query for query in catalogue if not tag or tag in {query.topic, *query.tags})
    if not chosen:
        known = {label for query in catalogue for label in (query.topic, *query.tags)}
        raise QueryError(
            f"no query has the tag '{tag}'", hint=f"tags: {', '.join(sorted(known))}", near=near_names(tag, known)
        )
    return QueryList(chosen)
