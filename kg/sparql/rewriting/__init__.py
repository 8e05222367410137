"""Queries rewritten into forms with the same answers that the embedded engine evaluates better.

The engine orders joins without statistics, joins the patterns inside EXISTS anew for every solution outside, and reads all of a
property where a filter names the few values wanted. Each rewriting has conditions under which it changes no answer, and leaves
alone what does not meet them: see ``docs/decisions/rewriting.md``. What an answer leaves open stays open: which rows a LIMIT
without ORDER BY takes, the order of rows, and with it what SAMPLE and GROUP_CONCAT make of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.sparql.rewriting.choices import choices_first
from kg.sparql.rewriting.correlation import nested_exists
from kg.sparql.rewriting.differences import minus_looked_up
from kg.sparql.rewriting.equality import equals_joined
from kg.sparql.rewriting.halves import halves_apart
from kg.sparql.rewriting.order import selective_first
from kg.sparql.rewriting.outside import outside_exists
from kg.sparql.rewriting.required import required_joined
from kg.sparql.tree import replace

if TYPE_CHECKING:
    from kg.sparql.nodes import Group, Query
    from kg.sparql.rewriting.counts import Count

__all__ = ["rewrite"]


def rewrite(query: Query, count: Count | None = None) -> Query:
    """Gives a query with the same answers that runs better; the same object where nothing is to be gained for certain.

    ``count`` tells how many statements match a pattern, up to a limit. Without it, only rewritings that cannot lose are made.
    """
    if query.where is None:
        return query

    def better(group: Group) -> Group:
        joined = equals_joined(group)
        required = required_joined(joined)
        chosen = choices_first(required, count)
        if chosen is required:  # a join in place of an option gains where a look-up begins it
            chosen = choices_first(joined, count)
        return selective_first(minus_looked_up(chosen, count), count)

    where = halves_apart(outside_exists(query.where, better), count)
    changed = query if where is query.where else replace(query, where=where)
    return nested_exists(changed)
