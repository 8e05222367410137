"""Numbers as tables print them."""

from __future__ import annotations

import pytest

from kg.core.printed import Printed, prints_nothing, read_printed


@pytest.mark.parametrize(
    ("text", "number", "rest"),
    [
        ("0.478", "0.478", {}),
        (".402***", "0.402", {"marks": "***"}),  # APA leaves out the zero of what cannot exceed one
        ("\u22120.05", "-0.05", {}),
        ("\u2212.05", "-0.05", {}),
        ("\u20130.05", "-0.05", {}),
        ("+0.12", "0.12", {}),
        ("0.10", "0.10", {}),  # digits stay
        ("12 %", "12", {"percent": True}),
        ("12\u202f%", "12", {"percent": True}),
        ("12\uff05", "12", {"percent": True}),
        ("12 per cent", "12", {"percent": True}),
        ("0.906\u2217\u2217\u2217", "0.906", {"marks": "***"}),
        ("0.881\uff0a", "0.881", {"marks": "*"}),
        ("0.26 **", "0.26", {"marks": "**"}),
        ("0.3\u2020", "0.3", {"marks": "\u2020"}),
        ("0.3\u2021", "0.3", {"marks": "\u2021"}),
        ("0.12 n.s.", "0.12", {}),
        ("0.12ns", "0.12", {}),
        ("(.82)", "0.82", {"bracketed": True}),
        ("\uff10\uff0e\uff14\uff15", "0.45", {}),
        ("0\u00b705", "0.05", {}),
        ("1,234,567.8", "1234567.8", {}),
        ("1\u2009234", "1234", {}),
        ("1\u00a0234\u00a0567", "1234567", {}),
        ("1\u2019234", "1234", {}),
        ("12 (34.5%)", "12", {"second": "34.5", "second_percent": True}),
        ("3.2 (.7)", "3.2", {"second": "0.7"}),
        ("3 (Roadmap)", "3", {"word": "Roadmap"}),
        (" 7 ", "7", {}),
    ],
)
def test_a_number_is_read_as_it_is_printed(text: str, number: str, rest: dict[str, str | bool]) -> None:
    read = read_printed(text)
    assert read is not None
    assert read == Printed(number, read.written, **rest)  # type: ignore[arg-type]
    assert read.written in text
    assert not prints_nothing(text)


@pytest.mark.parametrize(
    "text",
    [
        "0,379",
        "1,23",
        "12,34",
        "1,2345",
        "1.2.3",
        "1 234",
        "0.26\u00b2",
        "\u00b2",
        "1e-5",
        "12.",
        "(.82",
        "0.12)",
        "- 1",
        "a",
    ],
)
def test_what_may_be_another_number_is_not_read(text: str) -> None:
    """A comma of decimals, a space between two numbers, a note that is printed as a power, half of a bracket."""
    assert read_printed(text) is None
    assert not prints_nothing(text)


@pytest.mark.parametrize(
    "text", ["", " ", "-", "\u2013", "\u2014", "\u2212", "\u2026", "n.a.", "N/A", "n.s.", "ns", "."]
)
def test_a_dash_prints_nothing(text: str) -> None:
    assert prints_nothing(text)
    assert read_printed(text) is None
