"""Queries of the catalogue broken in one known way each: what is changed, and what a diagnosis has to name.

Nothing is random: each way goes through the catalogue in its order and takes the first places at which the change
leaves no answer.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from breakage import names, patterns, values
from breakage.source import Broken, Source, typo
from kg.core.errors import QueryError
from kg.query.diagnosis import is_empty
from kg.sparql import SelectQuery, parse
from kg.store.protocol import Solutions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from kg.query.catalogue.catalogue import CatalogueQuery
    from kg.store.protocol import QuadStore

__all__ = ["OF_EACH", "WAYS", "Broken", "Source", "broken_queries", "sources", "typo"]

WAYS: tuple[Callable[[Source], Iterator[Broken]], ...] = (
    names.misspelt_class,
    names.misspelt_property,
    names.misspelt_concept,
    names.class_in_lower_case,
    names.http_for_https,
    names.hash_for_slash,
    names.missing_slash,
    names.prefix_of_another_namespace,
    names.iri_with_http,
    values.unknown_language,
    values.missing_language,
    values.text_without_its_language,
    values.text_in_other_case,
    values.text_with_other_spaces,
    values.number_as_text,
    values.label_pattern_without_language,
    values.text_for_a_thing,
    patterns.turned_property,
    values.too_strict_filter,
    values.concept_of_another_scheme,
    patterns.wrong_graph,
    patterns.unknown_graph,
    patterns.misspelt_variable_in_filter,
    patterns.another_class,
    patterns.second_class,
    names.property_without_statements,
    names.class_without_members,
    names.class_for_a_property,
    patterns.minus_of_everything,
    patterns.not_exists_of_everything,
    patterns.too_strict_having,
    patterns.offset_beyond,
    patterns.limit_of_nothing,
    values.values_that_do_not_fit,
    values.failing_bind,
    values.number_compared_with_text,
    values.text_function_on_a_thing,
    values.search_in_other_case,
    patterns.text_joined_with_a_thing,
)
OF_EACH = 3


def sources(catalogue: Iterable[CatalogueQuery], store: QuadStore) -> list[Source]:
    """Gives the queries of the catalogue that have an answer in the store."""
    found = []
    for query in catalogue:
        answer = store.query(query.text)
        tree = parse(query.text)
        assert isinstance(answer, Solutions)
        assert isinstance(tree, SelectQuery)
        if not is_empty(answer, tree):
            found.append(Source(query.name, query.text, tree, answer))
    return found


def broken_queries(way: Callable[[Source], Iterator[Broken]], usable: list[Source], store: QuadStore) -> list[Broken]:
    """Gives the first queries that one way of breaking leaves without an answer, no two from one query."""
    return list(islice(_empty_ones(way, usable, store), OF_EACH))


def _empty_ones(way: Callable[[Source], Iterator[Broken]], usable: list[Source], store: QuadStore) -> Iterator[Broken]:
    turned = usable[WAYS.index(way) :] + usable[: WAYS.index(way)]  # not always the first queries of the catalogue
    for source in turned:
        for broken in way(source):
            try:
                answer = store.query(broken.text)
            except QueryError:
                continue
            if is_empty(answer, parse(broken.text)):
                yield broken
                break
