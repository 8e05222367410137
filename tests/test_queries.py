"""Every query of the catalogue against its answer, which was worked out by hand from the documents.

Beside a query ``queries/<topic>/<name>.rq`` stands the folder ``tests/queries/<topic>/<name>``. Its ``expected.csv`` is
the whole answer, row by row. Where the answer is long, ``contains*.csv`` hold columns and rows that must be part of it,
each as often as written. Values for parameters stand in ``parameters.yaml``. Queries of the topic *firms* are asked of
the shipped graph together with six invented firms.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from rdflib.plugins.sparql import prepareQuery

from kg.core.resources import ontology_dir, queries_dir
from kg.core.terms import prefixes
from kg.graph.graph import Graph
from kg.query.catalogue.catalogue import Catalogue, CatalogueQuery
from kg.query.lint import Linter
from kg.query.results.w3c import to_csv
from kg.store.embedded.store import EmbeddedStore
from kg.store.protocol import Solutions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyoxigraph import Quad

    from kg.pipeline.building import Build

ANSWERS = Path(__file__).parent / "queries"
FIRMS = Path(__file__).parent / "data" / "firms"
CATALOGUE = tuple(Catalogue(queries_dir()))
NAMES = [f"{query.topic}/{query.name}" for query in CATALOGUE]
DECLARATION = re.compile(r"^PREFIX ([\w-]+): <([^>]*)>$", re.MULTILINE)
IN_BODY = re.compile(r'"[^"\n]*"|<[^>\s]*>|([A-Za-z][\w-]*):[A-Za-z]')

each_query = pytest.mark.parametrize("query", CATALOGUE, ids=NAMES)


@pytest.fixture(scope="module")
def about_firms(with_firms: list[Quad]) -> Graph:
    return Graph(EmbeddedStore.of(with_firms))


def test_the_invented_firms_conform(built_with_firms: Build) -> None:
    assert built_with_firms.report.conforms, built_with_firms.report.results


@pytest.fixture
def asked(query: CatalogueQuery, graph: Graph, about_firms: Graph) -> Graph:
    return about_firms if query.topic == "firms" else graph


def answer(query: CatalogueQuery, graph: Graph) -> tuple[list[str], list[list[str]]]:
    given = ANSWERS / query.topic / query.name / "parameters.yaml"
    parameters = yaml.safe_load(given.read_text(encoding="utf-8")) if given.is_file() else {}
    solutions = graph.query(f"{query.topic}/{query.name}", parameters)
    assert isinstance(solutions, Solutions)
    head, *rows = csv.reader(io.StringIO(to_csv(solutions)))
    return head, rows


def read_table(path: Path) -> tuple[list[str], list[list[str]]]:
    with path.open(encoding="utf-8", newline="") as lines:
        head, *rows = csv.reader(lines)
    return head, rows


def body_of(query: CatalogueQuery) -> str:
    lines = (line for line in query.text.splitlines() if not line.startswith(("#", "PREFIX")))
    return "\n".join(lines)


def terms_of_the_ontology() -> Iterator[str]:
    text = (ontology_dir() / "motkg.ttl").read_text(encoding="utf-8")
    return (
        match[1]
        for match in re.finditer(r"^motkg:(\w+) a owl:(?:Class|ObjectProperty|DatatypeProperty)\b", text, re.MULTILINE)
    )


def test_every_query_has_an_answer_and_every_answer_a_query() -> None:
    answered = {f"{path.parent.parent.name}/{path.parent.name}" for path in ANSWERS.glob("*/*/*.csv")}
    assert answered == set(NAMES)


@each_query
def test_answer(query: CatalogueQuery, asked: Graph) -> None:
    folder = ANSWERS / query.topic / query.name
    head, rows = answer(query, asked)
    if (folder / "expected.csv").is_file():
        assert (head, rows) == read_table(folder / "expected.csv")
    for path in sorted(folder.glob("contains*.csv")):
        columns, wanted = read_table(path)
        found = Counter(tuple(row[head.index(name)] for name in columns) for row in rows)
        assert not Counter(map(tuple, wanted)) - found, path.name


@each_query
def test_no_row_comes_twice(query: CatalogueQuery, asked: Graph) -> None:
    _, rows = answer(query, asked)
    assert [row for row, times in Counter(map(tuple, rows)).items() if times > 1] == []


@each_query
def test_header_tells_what_the_query_gives(query: CatalogueQuery, graph: Graph) -> None:
    solutions = graph.query(query.text)
    assert isinstance(solutions, Solutions)
    assert query.summary.endswith((".", "?"))
    assert query.tags
    assert query.questions
    assert tuple(query.columns) == solutions.variables
    assert all(query.columns.values())
    assert all(parameter.description for parameter in query.parameters.values())


@each_query
def test_declares_the_prefixes_that_it_uses_and_no_other(query: CatalogueQuery) -> None:
    declared = dict(DECLARATION.findall(query.text))
    used = {match[1] for match in IN_BODY.finditer(body_of(query)) if match[1]}
    assert declared.keys() == used
    assert declared.items() <= prefixes().items()


@each_query
def test_another_engine_reads_it_as_it_stands(query: CatalogueQuery) -> None:
    assert [str(name) for name in prepareQuery(query.text).algebra.PV] == list(query.columns)


@each_query
def test_orders_its_rows(query: CatalogueQuery) -> None:
    assert re.search(r"\nORDER BY [^\n{}]+\n\Z", query.text)


@pytest.fixture(scope="module")
def linter(graph: Graph) -> Linter:
    return Linter(graph.store)


@each_query
def test_lint_is_clean(query: CatalogueQuery, linter: Linter) -> None:
    assert [str(finding) for finding in linter.lint(query.text) if finding.counts] == []


@each_query
def test_binds_each_parameter_once(query: CatalogueQuery) -> None:
    bound = Counter(re.findall(r"\bVALUES \?(\w+) \{", body_of(query)))
    assert all(bound[name] == 1 for name in query.parameters)


# What the first row of a query is when its parameters are not the defaults: worked out by hand like the rest.
PAPER = "Kirihata on MOT and the valley of death"
OTHER_VALUES: list[tuple[str, dict[str, str], list[str]]] = [
    ("factors-at-stage", {"stage": "basic research"}, ["1", "human resources", "45", "29", PAPER]),
    (
        "factors-above-share",
        {"minimum": "45"},
        ["product development", "extracting visions and conceptualizing demand", "47", PAPER],
    ),
    ("unanswered-items", {"minimum": "11"}, ["bank", "necessity", "11", PAPER]),
    (
        "practices-supported-at-stage",
        {"stage": "stage:basic-research"},
        [
            "clarification and sharing of market needs",
            "0.364",
            "significant at 5 %",
            "0.0119",
            "significant at 5 %",
            PAPER,
        ],
    ),
    (
        "multiple-testing",
        {"level": "0.01"},
        ["commercialization", "venture capital", "0.0007", "1", "51", "0.0357", "false", "false", PAPER],
    ),
    (
        "used-but-uncorrelated",
        {"minimum": "40"},
        ["bank", "45", "0.193", "commercialization", "not significant at 10 %", PAPER],
    ),
    (
        "search-space",
        {"n": "10", "m": "20", "gatekeepers_a": "4", "gatekeepers_b": "5"},
        ["10", "20", "200", "4", "5", "20", "", ""],
    ),
    ("alliance-participants", {"alliance": "Mycogen and Kubota"}, ["Kubota Ltd.", "", "role", "partner"]),
    (
        "works-of-author",
        {"author": "J. Peter Killing"},
        [
            "Killing 1982",
            "How to make a global joint venture work : Learning to live with two parents is harder than managers think",
            "1982",
            "Harvard Business Review",
            "60",
            "3",
            "120-127",
            "",
        ],
    ),
]


@pytest.mark.parametrize(("name", "parameters", "first"), OTHER_VALUES, ids=[name for name, _, _ in OTHER_VALUES])
def test_parameters_change_the_answer(name: str, parameters: dict[str, str], first: list[str], graph: Graph) -> None:
    solutions = graph.query(name, parameters)
    assert isinstance(solutions, Solutions)
    assert next(iter(list(csv.reader(io.StringIO(to_csv(solutions))))[1:])) == first


def test_every_question_is_answered() -> None:
    assert {number for query in CATALOGUE for number in query.questions} == set(range(1, 61))


def test_every_term_of_the_ontology_occurs_in_a_query() -> None:
    used = {name for query in CATALOGUE for name in re.findall(r"\bmotkg:(\w+)", body_of(query))}
    assert sorted(set(terms_of_the_ontology()) - used) == []


def test_tidy_observations_has_each_printed_number_once(graph: Graph) -> None:
    head, rows = answer(graph.catalogue["tidy-observations"], graph)
    numbers = Counter((row[head.index("observation")], row[head.index("measure")]) for row in rows)
    assert max(numbers.values()) == 1
    cells = [row for row in rows if row[head.index("row")]]
    assert len(cells) == 15 + 18 + 21 + 16 + 14 + 25 + 25 + 35 + 35 + 51
    held = graph.store.query(
        "SELECT DISTINCT ?observation ?property WHERE { VALUES ?property { sdmx-measure:obsValue motkg:lowerBound motkg:upperBound }"
        " ?observation ?property ?value }",
    )
    assert isinstance(held, Solutions)
    assert len(rows) == len(held)
