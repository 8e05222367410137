from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import RdfFormat, parse

from kg.evidence.statistics import derive_corrections, derive_statistics, level, p_value

if TYPE_CHECKING:
    from pyoxigraph import Triple

# Critical values of the product-moment correlation for 45 degrees of freedom, two-sided (Fisher and Yates, table VII):
# 10 % 0.2429, 5 % 0.2875, 1 % 0.3721.
CRITICAL = [(0.2429, 0.10), (0.2876, 0.05), (0.3721, 0.01)]


@pytest.mark.parametrize(("coefficient", "p"), CRITICAL)
def test_the_critical_values_of_the_tables_have_their_p(coefficient: float, p: float) -> None:
    assert p_value(coefficient, 47) == pytest.approx(p, abs=0.0005)
    assert p_value(-coefficient, 47) == pytest.approx(p, abs=0.0005)


def test_no_correlation_has_p_one_and_a_perfect_one_has_p_zero() -> None:
    assert p_value(0, 47) == 1
    assert p_value(1, 47) == 0


@pytest.mark.parametrize(
    ("p", "name"), [(0.009, "one-percent"), (0.05, "five-percent"), (0.0999, "ten-percent"), (0.11, "not-significant")]
)
def test_the_strictest_level_is_named(p: float, name: str) -> None:
    assert level(p) == name


@pytest.mark.parametrize(("coefficient", "size"), [(1.2, 47), (-1.01, 47), (0.3, 2)])
def test_what_cannot_be_a_correlation_is_refused(coefficient: float, size: int) -> None:
    with pytest.raises(ValueError, match=r"correlation|p-value"):
        p_value(coefficient, size)


# Of four pairs every coefficient is as probable as any other, so that p is 1 - |r|
STATED = """
@prefix : <https://w3id.org/motkg/id/paper/> . @prefix motkg: <https://w3id.org/motkg/ontology/> .
@prefix qb: <http://purl.org/linked-data/cube#> . @prefix measure: <http://purl.org/linked-data/sdmx/2009/measure#> .
:four motkg:sampleSize 4 . :three motkg:sampleSize 3 . :two motkg:sampleSize 2 .
"""


def observed(
    name: str, value: str, sample: str = ":four", table: str = ":t", kind: str = "CorrelationObservation"
) -> str:
    return f":{name} a motkg:{kind} ; measure:obsValue {value} ; motkg:sample {sample} ; qb:dataSet {table} .\n"


def told(triples: list[Triple]) -> dict[str, dict[str, str]]:
    """Return what is said of each statistic, by the last parts of the IRIs."""
    found: dict[str, dict[str, str]] = {}
    for triple in triples:
        thing = found.setdefault(triple.subject.value.removeprefix("https://w3id.org/motkg/id/derived/"), {})
        value = triple.object.value
        thing[re.split("[/#]", triple.predicate.value)[-1]] = value if " " in value else re.split("[/#]", value)[-1]
    return found


@pytest.mark.parametrize(
    ("value", "p", "significance"),
    [
        ("0.96", "0.0400", "five-percent"),
        ("-0.96", "0.0400", "five-percent"),
        ("0.995", "0.0050", "one-percent"),
        ("0.92", "0.0800", "ten-percent"),
        ("0.5", "0.5000", "not-significant"),
        ("0.0", "1.0000", "not-significant"),
        ("1", "0.0000", "one-percent"),
        ("-1", "0.0000", "one-percent"),
    ],
)
def test_a_printed_correlation_has_its_p_stated(value: str, p: str, significance: str) -> None:
    statements = derive_statistics(parse(STATED + observed("o", value), format=RdfFormat.TURTLE))
    assert told(statements) == {
        "p-value/paper/o": {
            "type": "DerivedStatistic",
            "label": f"two-sided p of r = {float(value):g}, n = 4",
            "statisticValue": p,
            "method": "t-test-of-correlation",
            "significance": significance,
            "wasDerivedFrom": "o",
        }
    }


@pytest.mark.parametrize(
    "statement",
    [
        observed("o", "1.01"),
        observed("o", "-1.01"),
        observed("o", "0.5", ":two"),
        observed("o", "0.5", ":unknown"),
        observed("o", "0.5", kind="ShareObservation"),
        observed("o", "0.5", kind="ShareObservation") + ":o motkg:about motkg:CorrelationObservation .",
    ],
)
def test_what_is_no_correlation_of_a_known_sample_has_no_p(statement: str) -> None:
    assert derive_statistics(parse(STATED + statement, format=RdfFormat.TURTLE)) == []


def test_three_pairs_are_enough() -> None:
    statements = derive_statistics(parse(STATED + observed("o", "0.5", ":three"), format=RdfFormat.TURTLE))
    assert told(statements)["p-value/paper/o"]["label"] == "two-sided p of r = 0.5, n = 3"


def test_the_tests_of_one_table_are_corrected_together() -> None:
    # of three: 0.005·3/1, 0.04·3/2 and 0.5·3/3; the one of the other table is a family of one
    text = "".join(observed(name, value) for name, value in (("a", "0.96"), ("b", "0.5"), ("c", "0.995")))
    text += observed("d", "0.96", table=":other")
    found = told(derive_corrections(parse(STATED + text, format=RdfFormat.TURTLE)))
    assert {name: (about["statisticValue"], about["wasDerivedFrom"]) for name, about in found.items()} == {
        "adjusted-p/paper/a": ("0.0600", "a"),
        "adjusted-p/paper/b": ("0.5000", "b"),
        "adjusted-p/paper/c": ("0.0150", "c"),
        "adjusted-p/paper/d": ("0.0400", "d"),
    }
    assert found["adjusted-p/paper/a"]["label"] == "p of r = 0.96, n = 4, corrected for 3 tests"
    assert found["adjusted-p/paper/a"]["method"] == "benjamini-hochberg-procedure"
    assert found["adjusted-p/paper/a"]["type"] == "DerivedStatistic"
