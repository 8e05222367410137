"""The answers of the embedded store are those of the Recommendation where its engine has others: solutions and their number.

Generated queries over graphs that share statements, with paths of every form, are held to the definitions of the
algebra, worked out by trying everything (`tests/support/algebra.py`), duplicates counted.
"""

from __future__ import annotations

import os
from collections import Counter
from random import Random
from typing import TYPE_CHECKING

import pytest
from algebra import Dataset, solutions
from nestedqueries import make_data, make_query
from pyoxigraph import QuerySolutions, RdfFormat, Store

from kg.core.errors import QueryError
from kg.sparql import Exists, Minus, SelectQuery, SubSelect, Values, parse, walk
from kg.sparql.variables import selected
from kg.store.embedded.store import EmbeddedStore

if TYPE_CHECKING:
    from collections.abc import Callable

NIGHTLY = bool(os.environ.get("MOTKG_NIGHTLY"))
QUERIES = 3_000 if NIGHTLY else 600
PARTS = range(10 if NIGHTLY else 1)
SEED = os.environ.get("MOTKG_SEED", "1992")
QUERIES_OF_A_STORE = 8


@pytest.mark.parametrize("part", PARTS)
def test_answers_are_those_of_the_algebra(part: int, record_testsuite_property: Callable[[str, object], None]) -> None:
    asked = answered = otherwise = number = 0
    departures: list[str] = []
    while asked < QUERIES:
        number += 1
        random = Random(f"{SEED}/conforming/{part}/{number}")  # noqa: S311 - the same queries every time
        engine = Store()
        engine.load(make_data(random, shared=random.choice((0, 30, 60))).encode(), format=RdfFormat.TRIG)
        store, data = EmbeddedStore(engine), Dataset.of(engine)
        for text in (make_query(random, paths=True) for _ in range(QUERIES_OF_A_STORE)):
            try:
                query = parse(text)
            except QueryError:
                continue  # a variable gets two values, which the generator does not look at
            if _open(query) or not selected(query):  # nor at rows without a column
                continue
            asked += 1
            found = store.select(text)
            expected = Counter(tuple(row.get(name) for name in found.variables) for row in solutions(query, data))
            direct = engine.query(text, use_default_graph_as_union="FROM" not in text)
            assert isinstance(direct, QuerySolutions)
            assert found.variables == tuple(variable.value for variable in direct.variables), text
            otherwise += Counter(tuple(row) for row in direct) != expected
            answered += bool(expected)
            if Counter(found.rows) != expected:
                departures.append(f"MOTKG_SEED={SEED}, part {part}, store {number}:\n{text}\n{store.rewritten(text)}")
            assert Counter(store.select(text).rows) == Counter(found.rows), f"asked again: {text}"
    summary = f"{asked} asked, {answered} with answers, {otherwise} that the engine answers otherwise, {len(departures)} departures"
    record_testsuite_property(f"conforming queries, MOTKG_SEED={SEED}, part {part}", summary)
    assert answered > asked / 4, summary
    assert otherwise > asked / 10, summary
    assert not departures, "\n\n".join([summary, *departures[:5]])


def _open(query: object) -> bool:
    """Return whether EXISTS holds what the Recommendation leaves open there: data blocks, inner queries and MINUS."""
    assert isinstance(query, SelectQuery)
    exists = (node for node in walk(query) if isinstance(node, Exists))
    return any(isinstance(below, Values | SubSelect | Minus) for each in exists for below in walk(each))
