"""Numbers as documents print them: which digits, marks and signs make one, and which do not."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kg.loaders.cases.values import CELL, number_in


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
    ["1234,567", "1,23", "1,2345", ",590", "0,590", "1,590,", "1.", ".5", "1,590.5,6", "-", "", "about 9", "9****"],
)
def test_what_is_no_number_has_no_value(printed: str) -> None:
    """Commas part groups of three digits, the first of one to three without a leading zero; a point has digits on both sides."""
    assert number_in(printed) is None


def test_the_parts_of_a_cell_are_told_apart() -> None:
    form = CELL.fullmatch("0.478*** (Roadmap)")
    assert form
    assert form.groupdict() == {"number": "0.478", "percent": "", "stars": "***", "word": "Roadmap"}
