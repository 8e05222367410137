"""A query as somebody wrote it, beside the text that a store is asked for it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from kg.core.terms import BASE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyoxigraph import Literal, NamedNode

    from kg.sparql import Query


class Asked(NamedTuple):
    """A query with its parameters bound and its IRIs below the base of a graph.

    ``text`` is what the store is asked. ``written`` is the text of the file or of the person, to whose lines places
    refer; ``file`` names the file, if it is one. ``terms`` are the values of parameters.
    """

    text: str
    written: str
    file: str = ""
    terms: Mapping[str, NamedNode | Literal] = MappingProxyType({})
    base: str = BASE

    def tree(self, written: str | None = None) -> Query:
        """Return the syntax tree of what is asked.

        Its nodes keep their places in ``written``, which may be another text.

        Raises:
            QueryError: the text is no query, or has no place for one of the values.

        """
        from kg import sparql
        from kg.query.catalogue.binding import moved

        tree = sparql.parse(self.written if written is None else written)
        return sparql.bind(moved(tree, self.base), self.terms)
