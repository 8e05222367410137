"""The rule that tells a query which mixes studies."""

from __future__ import annotations

import pytest

from kg.core.resources import queries_dir
from kg.query.catalogue.catalogue import Catalogue
from kg.query.lint.linter import known_prefixes
from kg.query.lint.studies import mixed_studies
from kg.sparql import parse

VALUE = "sdmx-measure:obsValue"
ONE = f"?a motkg:stage ?stage ; {VALUE} ?x ."
TWO = f"?b motkg:stage ?stage ; {VALUE} ?y ."


def places(text: str) -> list[tuple[int, int]]:
    """Return line and column of each finding."""
    findings = list(mixed_studies(text, parse(text, known=known_prefixes())))
    assert all(finding.rule == "mixed-studies" for finding in findings)
    return [(finding.span.line, finding.span.column) for finding in dict.fromkeys(findings)]


@pytest.mark.parametrize(
    "body",
    [
        f"{ONE} {TWO}",
        f"{ONE} OPTIONAL {{ {TWO} }}",
        f"{ONE} FILTER EXISTS {{ {TWO} FILTER(?y > ?x) }}",
        f"{ONE} {TWO} ?a qb:dataSet ?t . ?b qb:dataSet ?u .",
        f"{ONE} {TWO} ?a qb:dataSet ?t . ?b qb:dataSet ?u . FILTER(?t != ?u)",
        f"?a motkg:surveyItem specialist:lawyer ; {VALUE} ?x . ?b motkg:surveyItem specialist:lawyer ; {VALUE} ?y .",
        "?a motkg:measure ?m ; motkg:lowerBound ?x . ?b motkg:measure ?m ; motkg:upperBound ?y .",
        f"{ONE} {{ SELECT ?stage ?s (SUM(?y) AS ?sum) {{ {TWO} ?b motkg:sample ?s }} GROUP BY ?stage ?s }}",
    ],
)
def test_figures_that_meet_by_what_they_are_about_are_told(body: str) -> None:
    assert len(places(f"SELECT * {{ {body} }}")) == 1


@pytest.mark.parametrize(
    "body",
    [
        ONE,
        f"{ONE} ?c motkg:stage ?stage .",
        f"{ONE} ?b motkg:stage ?other ; {VALUE} ?y .",  # not about the same
        f"{ONE} {TWO} ?a qb:dataSet ?t . ?b qb:dataSet ?t .",
        f"{ONE} {TWO} ?a motkg:sample ?s . ?b motkg:sample ?s .",
        f"{ONE} {TWO} ?a motkg:statedAt / oa:hasSource ?d . ?b motkg:statedAt / oa:hasSource ?d .",
        f"{ONE} {TWO} ?a qb:dataSet ?t . ?b qb:dataSet ?u . FILTER(?t = ?u)",
        f"{ONE} {TWO} ?a qb:dataSet <https://e.org/t> . ?b qb:dataSet <https://e.org/t> .",
        f"?a motkg:about ?firm ; motkg:measure ?m ; {VALUE} ?x . ?b motkg:about ?firm ; motkg:measure ?m ; {VALUE} ?y .",
        f"{ONE} ?a motkg:sample ?s {{ SELECT ?stage ?s (SUM(?y) AS ?sum) {{ {TWO} ?b motkg:sample ?s }} GROUP BY ?stage ?s }}",
        f"?p prov:wasDerivedFrom ?a ; motkg:statisticValue ?v . {ONE}",
    ],
)
def test_figures_of_one_study_are_not(body: str) -> None:
    assert places(f"SELECT * {{ {body} }}") == []


@pytest.mark.parametrize(
    ("group", "count"),
    [
        ("", 1), ("GROUP BY ?stage", 1), ("GROUP BY ?stage ?t", 0), ("GROUP BY ?a", 0), ("GROUP BY ?stage ?s", 0),
        ("GROUP BY ?stage ?d", 0),
    ],
)  # fmt: skip
def test_a_sum_over_all_studies_is_told(group: str, count: int) -> None:
    pattern = f"{ONE} ?a qb:dataSet ?t ; motkg:sample ?s ; motkg:statedAt / oa:hasSource ?d ."
    assert len(places(f"SELECT (AVG(?x) AS ?mean) {{ {pattern} }} {group}")) == count
    assert places(f"SELECT (COUNT(?a) AS ?n) {{ {pattern} }} {group}") == []


def test_a_sum_of_one_named_table_is_not() -> None:
    assert places(f"SELECT (SUM(?x) AS ?sum) {{ {ONE} ?a qb:dataSet <https://e.org/t> }}") == []


def test_the_place_is_that_of_the_second_figure() -> None:
    assert places(f"SELECT * {{\n  {ONE}\n  {TWO}\n}}") == [(3, 27)]


def test_who_says_so_may_take_studies_together() -> None:
    assert places(f"#+ summary: All\n#+ across: studies\nSELECT * {{ {ONE} {TWO} }}") == []


@pytest.mark.parametrize("query", tuple(Catalogue(queries_dir())), ids=lambda query: query.name)
def test_the_catalogue_mixes_nothing(query: object) -> None:
    assert places(query.text) == []  # type: ignore[attr-defined]
