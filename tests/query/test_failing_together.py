"""Parts of a query that leave solutions each, but none together, are told together."""

from __future__ import annotations

import pytest
from pyoxigraph import RdfFormat, parse

from kg.query.diagnosis import diagnose
from kg.store.embedded import EmbeddedStore

DATA = """
@prefix ex: <https://example.org/> .
ex:a ex:size 3 ; ex:year 1990 . ex:b ex:size 30 ; ex:year 2010 . ex:c ex:leads ex:d . ex:e ex:owns ex:f .
"""
PREFIX = "PREFIX ex: <https://example.org/>"


@pytest.fixture(scope="module")
def store() -> EmbeddedStore:
    return EmbeddedStore.of(parse(DATA, format=RdfFormat.TURTLE))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("?s > 10", "?y < 2000"),
        ("?s > 10", "MINUS { ?f ex:year 2010 }"),
        ("?s > 10", "NOT EXISTS { ?f ex:year 2010 }"),
        ("EXISTS { ?f ex:size 30 }", "?y < 2000"),
        ("EXISTS { ?f ex:size 30 }", "EXISTS { ?f ex:year 1990 }"),
        ("MINUS { ?f ex:size 3 }", "MINUS { ?f ex:size 30 }"),
    ],
)
def test_filters_and_exclusions(store: EmbeddedStore, first: str, second: str) -> None:
    written = " ".join(part if part.startswith("MINUS") else f"FILTER({part})" for part in (first, second))
    for part in (first, second):
        alone = part if part.startswith("MINUS") else f"FILTER({part})"
        assert diagnose(f"{PREFIX} SELECT * {{ ?f ex:size ?s ; ex:year ?y {alone} }}", store).causes == ()
    diagnosis = diagnose(f"{PREFIX} SELECT * {{ ?f ex:size ?s ; ex:year ?y {written} }}", store)
    together, *others = diagnosis.causes
    assert together.sentence == f"no solution fulfils all of these, though some fulfil each: '{first}', '{second}'"
    assert all(cause.sentence.startswith(("where '", f"where '{first}'")) for cause in others)


def test_patterns(store: EmbeddedStore) -> None:
    diagnosis = diagnose(f"{PREFIX} SELECT * {{ ?x ex:leads ?y . ?x ex:owns ?z }}", store)
    assert diagnosis.causes[0].sentence == (
        "each of these has solutions, but not together, joined by ?x: '?x <https://example.org/leads> ?y' and "
        "'?x <https://example.org/owns> ?z'"
    )
