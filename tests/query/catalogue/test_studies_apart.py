"""Studies stay apart: what a query answers over several studies is what it answers over each, taken together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from studies import write_study

from kg.commands.build import build
from kg.core.resources import queries_dir
from kg.graph import open_graph
from kg.query.catalogue.catalogue import Catalogue

if TYPE_CHECKING:
    from pathlib import Path

    from kg.query.catalogue.catalogue import CatalogueQuery

CATALOGUE = tuple(Catalogue(queries_dir()))
SHARES = ("factors", "severity", "existence", "internal-necessity", "internal-practice")
HELP = ("specialist-necessity", "specialist-practice")
Rows = dict[str, frozenset[tuple[str, ...]]]


def rows(*folders: Path) -> Rows:
    """Return the answers of all queries over some studies, built together."""
    graph = open_graph(build(*folders))
    return {
        query.name: frozenset(tuple(map(str, row)) for row in graph.query(f"{query.topic}/{query.name}").rows)
        for query in CATALOGUE
    }


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> tuple[Rows, list[Rows]]:
    """The answers over three studies together, and over each of them: a whole survey, a part of it, and coefficients."""
    folder = tmp_path_factory.mktemp("studies")
    studies = [
        write_study(folder / "alpha", ("correlation", *SHARES, *HELP), seed=1, year=1999, size=60),
        write_study(
            folder / "beta",
            ("correlation", "factors"),
            seed=2,
            year=2005,
            size=33,
            stages=("Basic Research", "Commercialization"),
        ),
        write_study(folder / "gamma", ("correlation",), seed=3, year=2010, size=80),
    ]
    return rows(*studies), [rows(study) for study in studies]


@pytest.mark.parametrize(
    "query", [query for query in CATALOGUE if not query.across_studies], ids=lambda query: query.name
)
def test_the_answer_over_studies_is_the_union_of_the_answers_over_each(
    query: CatalogueQuery, answers: tuple[Rows, list[Rows]]
) -> None:
    together, apart = answers
    assert together[query.name] == frozenset[tuple[str, ...]]().union(*(each[query.name] for each in apart))


@pytest.mark.parametrize("query", [query for query in CATALOGUE if query.across_studies], ids=lambda query: query.name)
def test_a_query_that_says_so_takes_studies_together(query: CatalogueQuery, answers: tuple[Rows, list[Rows]]) -> None:
    together, apart = answers
    assert together[query.name] != frozenset[tuple[str, ...]]().union(*(each[query.name] for each in apart))


def test_the_studies_speak_of_the_same_things(answers: tuple[Rows, list[Rows]]) -> None:
    _, (alpha, beta, gamma) = answers
    assert all(len(each["significant-correlations"]) > 3 for each in (alpha, beta, gamma))
    items = [{row[:2] for row in each["recomputed-significance"]} for each in (alpha, beta, gamma)]
    assert items[0] & items[1]
    assert len(alpha["factors-across-stages"]) == 14
    assert not beta["factors-across-stages"]  # product development was not asked about
    assert len(beta["factors-at-stage"]) == 7
    assert {row[6] for row in gamma["specialists-by-stage"]} == {"None"}  # coefficients and nothing else
