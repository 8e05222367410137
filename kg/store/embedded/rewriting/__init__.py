"""Queries rewritten into forms with the same answers that the embedded engine evaluates better.

The engine orders joins without statistics, joins the patterns inside EXISTS anew for every solution outside, and reads
all of a property where a filter names the few values wanted. Each rewriting has conditions under which it changes no
answer, and leaves alone what does not meet them: see ``docs/decisions/rewriting.md``. What an answer leaves open stays
open: which rows a LIMIT without ORDER BY takes, the order of rows, and with it what SAMPLE and GROUP_CONCAT make of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.sparql.nodes import Exists, TripleTerm, replace, walk
from kg.store.embedded.rewriting.choices import choices_first
from kg.store.embedded.rewriting.correlation import exists_chained
from kg.store.embedded.rewriting.joins import equals_joined, halves_apart, selective_first
from kg.store.embedded.rewriting.patterns import each_alone, names

if TYPE_CHECKING:
    from kg.sparql.nodes import Group, Query
    from kg.store.embedded.rewriting.patterns import Count

__all__ = ["rewrite"]


def rewrite(query: Query, count: Count | None = None) -> Query:
    """Return a query with the same answers that runs better; the same object where nothing is to be gained for certain.

    ``count`` tells how many statements match a pattern, up to a limit. Without it, only rewritings that cannot lose are
    made.
    """
    if query.where is None or query.values is not None or _has_triple_terms(query):
        return query  # VALUES at the end is joined with the pattern, which so does not stand alone
    in_exists = names(node for node in walk(query) if isinstance(node, Exists))
    taken = names(query)  # grows by the variables that take the place of blank nodes

    def better(group: Group) -> Group:
        joined = choices_first(equals_joined(group, in_exists), count)
        return exists_chained(halves_apart(selective_first(joined, count), count), taken)

    where = each_alone(query.where, better)
    return query if where is query.where else replace(query, where=where)


def _has_triple_terms(query: Query) -> bool:
    """Return whether a query has variables inside terms, for which no rule was proved."""
    return any(isinstance(node, TripleTerm) for node in walk(query))
