"""Numbers as documents print them: which digits, marks and signs make one, and which do not."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kg.loaders.cases.context import XSD, is_lexical
from kg.loaders.cases.values import number_in


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("7", "7"),
        ("0.478***", "0.478"),
        ("-0.12", "-0.12"),
        ("9%", "9"),
        ("9 per cent", "9"),
        ("9 percent", "9"),
        ("1,590", "1590"),
        ("999,999", "999999"),
        ("12,345,678.5", "12345678.5"),
        ("1234567", "1234567"),
        ("3 (Roadmap)", "3"),
    ],
)
def test_a_printed_number_has_its_value(printed: str, number: str) -> None:
    assert number_in(printed) == Decimal(number)


@pytest.mark.parametrize(
    "printed",
    ["1234,567", "1,23", "1,2345", ",590", "0,590", "1,590,", "1.", "1,590.5,6", "-", "", "about 9", "12 (34.5%)"],
)
def test_what_is_no_number_has_no_value(printed: str) -> None:
    """Commas part groups of three digits, the first of one to three without a leading zero; a point has digits after it."""
    assert number_in(printed) is None


@pytest.mark.parametrize(
    ("date", "valid"),
    [
        ("1987-11-06", True),
        ("1987-02-29", False),
        ("1988-02-29", True),
        # of the years that end a century only those of 400 are leap years
        ("1600-02-29", True),
        ("1700-02-29", False),
        ("1900-02-29", False),
        ("2000-02-29", True),
        ("2400-02-29", True),
        ("12000-02-29", True),
        ("12100-02-29", False),
        ("-0400-02-29", True),
        ("1987-04-31", False),
        ("1987-12-31", True),
        ("1987-12-32", False),
        ("1987-00-01", False),
        ("1987-13-01", False),
        ("1987-01-00", False),
        ("01987-01-01", False),
        ("987-01-01", False),
        ("1987-11-06Z", True),
        ("1987-11-06+14:00", True),
        ("1987-11-06+14:01", False),
        ("1987-11-06+13:59", True),
        ("1987-11-06-00:60", False),
        ("", False),
    ],
)
def test_a_date_is_a_day_of_the_calendar(date: str, valid: bool) -> None:  # noqa: FBT001 - a column of the table
    assert is_lexical(date, f"{XSD}date") is valid


@pytest.mark.parametrize(
    ("datatype", "good", "bad"),
    [
        ("decimal", ["1", "-1.5", "+.5", "1.", "00.10"], ["", ".", "1e3", "1,5", "--1", "1.5.2", "INF"]),
        ("integer", ["0", "-07", "+12345678901234567890"], ["", "1.0", "-", "1 2"]),
        ("boolean", ["true", "false", "0", "1"], ["", "True", "01", "yes"]),
        ("gYear", ["1987", "-0044", "12000", "1987Z"], ["87", "01987", "1987-01", ""]),
        ("gYearMonth", ["1986-06", "1986-12Z"], ["1986-13", "1986-00", "1986-6", "1986"]),
        ("string", ["", "any\ntext"], []),
    ],
)
def test_values_are_in_the_lexical_space_of_their_datatype(datatype: str, good: list[str], bad: list[str]) -> None:
    assert [text for text in good if not is_lexical(text, XSD + datatype)] == []
    assert [text for text in bad if is_lexical(text, XSD + datatype)] == []
