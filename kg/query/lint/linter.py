"""Apply the rules to a query, against the ontology and the names of a store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.core.errors import QueryError
from kg.core.terms import BASE, rebase
from kg.query.lint.model import Finding
from kg.query.lint.ontology import Ontology, class_clashes, wrong_values
from kg.query.lint.patterns import cartesian_products, duplicates, limits_without_order
from kg.query.lint.studies import mixed_studies
from kg.query.lint.terms import known_prefixes, unknown_terms, unused_prefixes, wrong_prefixes
from kg.query.lint.variables import unbound_in_expressions, unbound_projections, used_once
from kg.query.vocabulary import Vocabulary
from kg.sparql import Iri, Span, parse, replace, transform

if TYPE_CHECKING:
    from kg.sparql import Node, Query
    from kg.store.protocol import QuadStore


class Linter:
    """Checks queries against the ontology and the names of one store."""

    def __init__(self, store: QuadStore, base: str = BASE) -> None:
        self._base = base
        self._vocabulary = Vocabulary.of(store)
        self._ontology = Ontology(store)

    def lint(self, text: str) -> list[Finding]:
        """Return the findings of a query in the order of its text; of a text that is no query, the syntax error.

        Raises:
            StoreError: the store cannot be read.

        """
        try:
            query = parse(text, known=known_prefixes())
        except QueryError as error:
            place = Span(0, 0, error.line or 1, error.column or 1)
            return [Finding("syntax", str(error).replace("\n", "; "), place)]
        findings = [*wrong_prefixes(query, self._vocabulary), *unused_prefixes(text, query)]
        query = self._below_base(query)
        findings += [
            *unknown_terms(query, self._vocabulary, self._ontology),
            *unbound_projections(query),
            *unbound_in_expressions(query),
            *used_once(query),
            *cartesian_products(query),
            *duplicates(query),
            *class_clashes(query, self._ontology),
            *wrong_values(query, self._ontology),
            *limits_without_order(query),
            *mixed_studies(text, query),
        ]
        return sorted(dict.fromkeys(findings), key=lambda finding: (finding.span, finding.rule))

    def _below_base(self, query: Query) -> Query:
        """Return the query with its own IRIs where the store has them."""
        if self._base == BASE:
            return query

        def rebased(node: Node) -> Node:
            return replace(node, value=rebase(node.value, self._base)) if isinstance(node, Iri) else node

        return replace(transform(query, rebased), prologue=query.prologue)


def lint(text: str, store: QuadStore, base: str = BASE) -> list[Finding]:
    """Return the findings of one query, in the order of its text; use a `Linter` for several queries.

    Args:
        text: the query; of a text that is no query the syntax error is the only finding.
        store: the store whose ontology and names the query is checked against.
        base: the base IRI of the graph in the store.

    Raises:
        StoreError: the store cannot be read.

    Example:
        >>> [finding.rule for finding in lint("SELECT ?firm { ?firm a motkg:Frim }", graph.store)]
        ['unknown-term', 'single-use']

    """
    return Linter(store, base).lint(text)
