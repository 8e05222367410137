"""Lexical spaces of XML Schema 1.1 part 2, and the order that SPARQL gives to literals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode

from kg.core.terms import XSD
from kg.shacl.columnar.literals import comparison, well_formed


def typed(text: str, datatype: str) -> Literal:
    return Literal(text, datatype=NamedNode(XSD + datatype))


@pytest.mark.parametrize(
    ("datatype", "good", "bad"),
    [
        ("integer", ["0", "-5", "+12", "007"], ["", "1.0", "1e3", " 1", "\u0663"]),
        ("byte", ["-128", "127"], ["128", "-129", "300", "c"]),
        ("unsignedByte", ["0", "255"], ["-1", "256"]),
        ("nonNegativeInteger", ["0", "+5", "-0"], ["-1"]),
        ("positiveInteger", ["1"], ["0"]),
        ("negativeInteger", ["-1"], ["0"]),
        ("long", ["9223372036854775807"], ["9223372036854775808"]),
        ("decimal", ["1", "1.", ".5", "-0.10"], ["1e5", ".", "", "INF", "1,5"]),
        ("double", ["1e5", "-INF", "+INF", "NaN", "1.", "2E-3"], ["inf", "1e", "e5", ""]),
        ("boolean", ["true", "false", "1", "0"], ["True", "yes", ""]),
        (
            "date",
            ["2020-02-29", "1987-11-06Z", "-0044-03-15", "12020-01-01"],
            ["2021-02-29", "2020-13-01", "2020-1-1", "1987-11-06T00:00:00"],
        ),
        ("date", ["1987-11-06+09:00", "1987-11-06-14:00"], ["1987-11-06+14:01", "1987-11-06+9:00"]),
        ("dateTime", ["2020-01-01T24:00:00", "2020-01-01T10:00:00.5-14:00"], ["2020-01-01", "2020-01-01T24:00:01"]),
        ("dateTime", ["1987-11-06T00:00:00Z"], ["2020-01-01T25:00:00", "2020-02-30T10:00:00"]),
        ("dateTimeStamp", ["2020-01-01T00:00:00Z"], ["2020-01-01T00:00:00"]),
        ("time", ["23:59:59.999", "24:00:00"], ["24:00:01", "1:00:00"]),
        ("gYear", ["1987", "-0044", "12020"], ["87", "01987", "1987-11"]),
        ("gYearMonth", ["1986-06"], ["1986-13", "1986"]),
        ("gMonthDay", ["--02-29"], ["--02-30", "--04-31", "02-29"]),
        ("duration", ["P1Y", "-P1DT2H", "PT0.5S"], ["P", "PT", "1Y", "P1H"]),
        ("dayTimeDuration", ["P1D"], ["P1Y"]),
        ("yearMonthDuration", ["P1Y2M"], ["P1D"]),
        ("hexBinary", ["", "0aFF"], ["0", "0g"]),
        ("base64Binary", ["", "TWFu", "TWE=", "TQ=="], ["TQ", "T===", "TR=="]),
        ("language", ["en", "zh-Hant-TW"], ["", "en_US", "abcdefghi"]),
        ("token", ["", "a b"], [" a", "a  b", "a\tb"]),
        ("normalizedString", [" a "], ["a\nb"]),
        ("NCName", ["_a-1.b"], ["1a", "a:b", ""]),
        ("anyURI", ["", "https://example.org/a?b#c", "a b", "<a>", "http://example.org/{id}|\\^`"], []),
        ("string", ["", "anything\n"], []),
    ],
)
def test_a_literal_is_well_formed_when_its_text_is_in_the_lexical_space(
    datatype: str, good: list[str], bad: list[str]
) -> None:
    assert [text for text in good if not well_formed(typed(text, datatype))] == []
    assert [text for text in bad if well_formed(typed(text, datatype))] == []


def test_a_datatype_that_is_not_known_accepts_every_text() -> None:
    assert well_formed(Literal("§", datatype=NamedNode("https://example.org/code")))


@pytest.mark.parametrize(
    ("first", "second", "order"),
    [
        (typed("10", "integer"), typed("9.5", "decimal"), 1),
        (typed("0.1", "decimal"), typed("0.10", "decimal"), 0),
        (typed("1e0", "double"), typed("1", "byte"), 0),
        (typed("-INF", "double"), typed("0", "integer"), -1),
        (typed("NaN", "double"), typed("0", "integer"), None),
        (typed("many", "decimal"), typed("0", "integer"), None),
        (Literal("a"), Literal("b"), -1),
        (Literal("a"), typed("1", "integer"), None),
        (Literal("a", language="en"), Literal("b", language="en"), None),
        (typed("false", "boolean"), typed("1", "boolean"), -1),
        (typed("1987-11-06", "date"), typed("1987-11-07", "date"), -1),
        (typed("1987-11-06", "date"), typed("1987-11-06T00:00:00", "dateTime"), None),
        (typed("2002-10-10T12:00:00-05:00", "dateTime"), typed("2002-10-10T17:00:00Z", "dateTime"), 0),
        (typed("2002-10-10T24:00:00", "dateTime"), typed("2002-10-11T00:00:00", "dateTime"), 0),
        (typed("2002-10-10T12:00:00", "dateTime"), typed("2002-10-10T12:00:00Z", "dateTime"), None),
        (typed("2002-10-09T12:00:00", "dateTime"), typed("2002-10-12T12:00:00Z", "dateTime"), -1),
        (typed("10:00:00", "time"), typed("10:00:01", "time"), -1),
    ],
)
def test_literals_are_ordered_as_in_sparql(first: Literal, second: Literal, order: int | None) -> None:
    assert comparison(first, second) == order
    assert comparison(second, first) == (None if order is None else -order)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3), st.integers())
def test_numbers_compare_by_value_whatever_their_datatype(left: object, right: int) -> None:
    assert comparison(typed(f"{left:f}", "decimal"), typed(str(right), "integer")) == (left > right) - (left < right)


@pytest.mark.parametrize(
    ("first", "second", "order"),
    [
        (("0.1", "decimal"), ("0.1", "double"), 0),
        (("0.1", "decimal"), ("1e-1", "float"), 0),
        (("0.1", "float"), ("0.1", "double"), 1),
        (("16777217", "float"), ("16777216", "integer"), 0),
        (("16777217", "integer"), ("16777216", "float"), 0),
        (("9007199254740993", "integer"), ("9007199254740992", "double"), 0),
        (("9007199254740993", "integer"), ("9007199254740992", "decimal"), 1),
        (("1e39", "float"), ("INF", "double"), 0),
        (("INF", "float"), ("99999999999999999999999999999", "integer"), 1),
        (("NaN", "double"), ("NaN", "float"), None),
    ],
)
def test_numbers_of_two_datatypes_compare_as_the_wider_one(
    first: tuple[str, str], second: tuple[str, str], order: int | None
) -> None:
    assert comparison(typed(*first), typed(*second)) == order
    assert comparison(typed(*second), typed(*first)) == (None if order is None else -order)


@pytest.mark.parametrize(
    ("datatype", "first", "second", "order"),
    [
        ("date", "-0044-03-15", "0000-01-01", -1),
        ("date", "0000-12-31", "0001-01-01", -1),
        ("date", "-0001-12-31", "-0001-12-31", 0),
        ("date", "12026-01-01", "2026-01-01", 1),
        ("dateTime", "-0044-03-15T00:00:00Z", "2020-01-01T00:00:00", -1),
        ("dateTime", "-0001-12-31T24:00:00", "0000-01-01T00:00:00", 0),
        ("dateTime", "2019-12-31T24:00:00Z", "2020-01-01T14:00:00+14:00", 0),
        ("dateTime", "2020-01-01T00:00:00.000000000001", "2020-01-01T00:00:00", 1),
        ("dateTime", "2020-01-01T00:00:00", "2020-01-01T14:00:00Z", None),
        ("dateTime", "2020-01-01T00:00:00", "2020-01-01T14:00:00.001Z", -1),
        ("time", "24:00:00", "00:00:00", 0),
        ("time", "10:00:00+01:00", "09:30:00Z", -1),
        ("gYear", "1999", "2000", -1),
        ("gYear", "-0044", "0001", -1),
        ("gYear", "12020", "2020", 1),
        ("gYear", "2000Z", "2000+09:00", 1),
        ("gYear", "2000", "2000Z", None),
        ("gYear", "2000", "2001Z", -1),
        ("gYearMonth", "2000-02", "2000-10", -1),
        ("gYearMonth", "2001-01", "2000-12", 1),
        ("gMonth", "--02", "--11", -1),
        ("gMonthDay", "--02-29", "--03-01", -1),
        ("gMonthDay", "--12-31", "--12-31", 0),
        ("gDay", "---09", "---31", -1),
        ("dayTimeDuration", "P1D", "PT24H", 0),
        ("dayTimeDuration", "-P1D", "PT0.5S", -1),
        ("yearMonthDuration", "P1Y", "P13M", -1),
        ("duration", "P1M", "P28D", None),
        ("duration", "P1M", "P27D", 1),
        ("duration", "P1M", "P32D", -1),
        ("duration", "P1Y", "P12M", 0),
        ("duration", "-P1M", "-P32D", 1),
        ("duration", "P1Y", "P365D", None),
        ("duration", "P99999Y", "P1D", 1),
    ],
)
def test_points_and_lengths_of_time_compare_as_in_xml_schema(
    datatype: str, first: str, second: str, order: int | None
) -> None:
    assert comparison(typed(first, datatype), typed(second, datatype)) == order
    assert comparison(typed(second, datatype), typed(first, datatype)) == (None if order is None else -order)
