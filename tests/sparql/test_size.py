"""Texts that an engine cannot hold are refused with their place, and everything that reads a text takes linear time.

The engine of this project and its own parser recurse once for each bracket, operator of a chain and clause of a group.
"""

from __future__ import annotations

import gc
import time
from contextlib import suppress
from random import Random
from typing import TYPE_CHECKING

import pytest

from kg.core import text as texts
from kg.core.errors import QueryError, near_names
from kg.sparql import parse, walk, write
from kg.sparql.size import MOST_CHARACTERS, MOST_CLAUSES, MOST_OPERATORS, MOST_PIECES, refuse_large
from kg.sparql.terms import DEEPEST
from kg.sparql.tokens import tokenise
from kg.store.embedded import EmbeddedStore
from kg.store.embedded.prepared import as_read, in_full
from kg.store.embedded.rewriting import rewrite
from kg.store.embedded.writable import WritableEmbeddedStore
from kg.store.protocol import names_graphs, refuse_services

if TYPE_CHECKING:
    from collections.abc import Callable

CHAINS: dict[str, Callable[[int], str]] = {
    "+": lambda n: f"SELECT (1{'+1' * n} AS ?x) {{}}",
    "-": lambda n: f"SELECT (1{'-?y' * n} AS ?x) {{}}",
    "&&": lambda n: f"SELECT * {{ ?s ?p ?o FILTER(true{' && true' * n}) }}",
    "|| of calls": lambda n: f"ASK {{ ?s ?p ?o FILTER(?o=1{' || regex(str(?o), ?p)' * n}) }}",
    "!": lambda n: f"ASK {{ FILTER({'!' * n}true) }}",
    "/": lambda n: f"ASK {{ ?s <urn:p>{'/<urn:p>' * n} ?o }}",
    "|": lambda n: f"ASK {{ ?s <urn:p>{'|<urn:p>' * n} ?o }}",
    "HAVING": lambda n: f"SELECT ?s {{ ?s ?p ?o }} GROUP BY ?s HAVING (true){'(true)' * n}",
}
CLAUSES: dict[str, Callable[[int], str]] = {
    "OPTIONAL": lambda n: f"ASK {{ {' '.join(f'OPTIONAL {{ ?s <urn:p{i}> ?o{i} }}' for i in range(n))} }}",
    "BIND": lambda n: f"ASK {{ {' '.join(f'BIND(1 AS ?x{i})' for i in range(n))} }}",
    "SELECT": lambda n: f"SELECT {' '.join(f'(1 AS ?x{i})' for i in range(n))} {{}}",
    "MINUS": lambda n: f"ASK {{ ?s ?p ?o {'MINUS { ?s <urn:p> ?o } ' * n} }}",
    "UNION": lambda n: f"ASK {{ {{}} {'UNION { ?s <urn:p> ?o } ' * n} }}",
    "FILTER": lambda n: f"ASK {{ ?s ?p ?o {'filter(?o > 1) ' * n} }}",
    "aggregates": lambda n: f"SELECT {' '.join(f'(COUNT(?s) AS ?x{i})' for i in range(n))} {{ ?s ?p ?o }}",
}
BRACKETS = ("(", ")"), ("{", "}"), ("[ ?p ", " ]")


@pytest.mark.parametrize("kind", CHAINS)
def test_a_chain_is_refused_beyond_its_limit_and_no_sooner(kind: str) -> None:
    refuse_large(CHAINS[kind](MOST_OPERATORS - 1))  # * of SELECT counts too
    with pytest.raises(QueryError, match=r"a chain has more than 2,500 operators") as caught:
        EmbeddedStore.of([]).query(CHAINS[kind](20_000))
    assert caught.value.line == 1
    assert (caught.value.column or 0) > MOST_OPERATORS


@pytest.mark.parametrize("kind", CLAUSES)
def test_clauses_are_refused_beyond_their_limit_and_no_sooner(kind: str) -> None:
    refuse_large(CLAUSES[kind](MOST_CLAUSES))
    with pytest.raises(QueryError, match=r"the query has more than 1,000 clauses"):
        EmbeddedStore.of([]).query(CLAUSES[kind](4_000))


@pytest.mark.parametrize(("opening", "closing"), BRACKETS)
def test_brackets_are_refused_beyond_their_limit(opening: str, closing: str) -> None:
    inside = "1" if opening != "{" else ""
    text = f"ASK {{ ?s ?p ?o {{ ?s ?p {opening * 20_000}{inside}{closing * 20_000} }} }}"
    with pytest.raises(QueryError, match=f"brackets are nested more than {DEEPEST} deep"):
        EmbeddedStore.of([]).query(text)
    with pytest.raises(QueryError, match=f"brackets are nested more than {DEEPEST} deep"):
        WritableEmbeddedStore.in_memory().update(text.replace("ASK", "INSERT {} WHERE"))


@pytest.mark.parametrize("kind", ["&&", "+", "FILTER"])
def test_what_is_not_refused_is_answered_and_can_be_read_and_written(kind: str) -> None:
    text = (CHAINS | CLAUSES)[kind](900)
    query = parse(text)
    assert sum(1 for _ in walk(query)) > 900
    assert parse(write(query)) is not None
    assert rewrite(query, lambda *_: None) is not None
    EmbeddedStore.of([]).query(text)


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT * {{ VALUES ?x {{ {'-1 ' * 10_000} }} }}",
        f"SELECT * {{ VALUES (?x ?y) {{ {'(1 2)' * 10_000} }} }}",
        f"ASK {{ ?s ?p {', '.join(f'-{n}' for n in range(10_000))} }}",
        f"ASK {{ ?s ?p ?o FILTER(?o IN ({', '.join(f'-{n}' for n in range(10_000))})) }}",
        f"ASK {{ ?s ?p '{'+1 && ( OPTIONAL { ' * 10_000}' }}",
        f"# {'+1 && ( OPTIONAL { ' * 10_000}\nASK {{}}",
        f"ASK {{ {' '.join(f'?s ex:as-union-{n} <urn:a/b/c+d-{n}> .' for n in range(10_000))} }}",
        f"ASK {{ {' '.join(f'?optional ex:optional {n} ; ex:filter -{n} .' for n in range(10_000))} }}",
    ],
    ids=["values", "rows", "objects", "in", "text", "comment", "names", "statements"],
)
def test_data_are_no_chain(text: str) -> None:
    refuse_large(text)


RUNS = ("x", "a-", "a.", "a:", "\\\\n", "é", "<", "%41", "# ", "? ", "_:", "@a ", "9.", "^^", "|| ")


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("reader", [refuse_large, tokenise, in_full, as_read, names_graphs, refuse_services])
def test_a_text_is_read_in_linear_time(reader: Callable[[str], object], run: str) -> None:
    """Four times the text takes about four times as long; square time would be sixteen times."""
    for shape in ("SELECT * {{ ?s ?p '{}' }}", "SELECT * {{ ?s ?p ?o }} # {}", "SELECT * {{ ?s ?p {} }}"):
        short, long = (_seconds(reader, shape.format(run * (size // len(run)))) for size in (10_000, 40_000))
        assert long < 8 * short + 0.2


def _seconds(reader: Callable[[str], object], text: str) -> float:
    """The processor's time, without what collecting the garbage of other tests takes."""
    gc.disable()
    begin = time.process_time()
    try:
        with suppress(QueryError):
            reader(text)
        return time.process_time() - begin
    finally:
        gc.enable()


def test_names_that_are_too_long_for_a_slip_are_compared_with_nothing() -> None:
    begin = time.process_time()
    assert near_names("x" * 100_000, ["x" * 100_000] * 10) == ()
    assert time.process_time() - begin < 0.5


def test_what_counts_as_shallow_stays_below_every_limit() -> None:
    assert texts._SHALLOW <= DEEPEST
    assert texts._MANY <= MOST_OPERATORS
    assert min(MOST_PIECES, MOST_CHARACTERS) >= texts._LONG_TEXT
    assert texts._GROUPS <= MOST_CLAUSES


PIECES = (
    "(",
    "{",
    "[",
    ")",
    "}",
    "]",
    "(",
    "{",
    ")",
    "}",
    "'",
    '"',
    "#",
    "\n",
    "<a>",
    "<",
    "<<",
    ">>",
    " x ",
    " FILTER ",
    "(x)",
    "e:a\\)",
)


def test_what_counts_as_shallow_is_never_refused() -> None:
    """For texts of any brackets in literals, comments and IRIs or outside, as deep as the limit and a little deeper."""
    shallow = 0
    for seed in range(300):
        random = Random(seed)  # noqa: S311 - the same texts every time
        deep = "".join(random.choice("({[") for _ in range(random.randint(5, 80)))
        text = " " * 2_000 + "".join(random.choices(PIECES, k=30)) + deep + "".join(random.choices(PIECES, k=30))
        if texts.is_shallow(text):
            shallow += 1
            refuse_large(text)
    assert 50 < shallow < 250


def test_innermost_groups_are_no_level_each() -> None:
    groups = "{ ?a ?b ?c } " * 100
    assert texts.is_shallow(f"ASK {{ {groups} }} {' ' * 2_000}")
    assert not texts.is_shallow(f"ASK {'{' * 66} {groups} {'}' * 66} {' ' * 2_000}")


def test_a_long_text_without_brackets_is_looked_at_all_the_same() -> None:
    assert texts.is_shallow(f"ASK {{ ?s ?p {'?o , ' * 400} ?o }}")
    assert not texts.is_shallow(f"SELECT * {{ VALUES ?x {{ {'1 ' * 60_000} }} }}")
    with pytest.raises(QueryError, match="words and signs"):
        parse(f"SELECT * {{ VALUES ?x {{ {'1 ' * 1_000_001} }} }}")
