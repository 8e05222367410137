"""Text of data is seen, and never commands the terminal that shows it."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.core.text import NOT_XML, counted, printable, printable_lines


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x07", r"\u001B[31mred\u0007"),
        ("a\nb\tc\r", r"a\nb\tc\r"),
        ("\x9b1m", r"\u009B1m"),
        ("abc\u202ecba", r"abc\u202Ecba"),
        ("値 ☕ \U0001f469\u200d\U0001f52c", "値 ☕ \U0001f469\u200d\U0001f52c"),
    ],
)
def test_what_cannot_be_seen_is_an_escape_and_all_else_stays(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text())
def test_no_control_character_and_no_change_of_direction_is_left(text: str) -> None:
    assert all(unicodedata.category(char) not in {"Cc", "Zl", "Zp"} for char in printable(text))
    directions = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    assert all(unicodedata.bidirectional(char) not in directions for char in printable(text))


def test_half_a_surrogate_pair_can_be_written() -> None:
    assert printable("a\ud800b\udfff").encode() == b"a\\uD800b\\uDFFF"


def test_lines_stay_lines() -> None:
    assert printable_lines("a\x1b\n\nb") == "a\\u001B\n\nb"


def test_xml_holds_what_production_2_of_xml_1_0_lists() -> None:
    allowed = [0x9, 0xA, 0xD, *range(0x20, 0xD800), *range(0xE000, 0xFFFE), 0x10000, 0x10FFFF]
    assert re.search(NOT_XML, "".join(map(chr, allowed))) is None
    refused = set(range(0x20)) - {0x9, 0xA, 0xD} | {0xD800, 0xDFFF, 0xFFFE, 0xFFFF}
    assert [code for code in refused if not re.fullmatch(NOT_XML, chr(code))] == []


def test_a_number_comes_with_its_noun_in_the_right_number() -> None:
    assert [counted(0, "row"), counted(1, "row"), counted(2000, "row")] == ["0 rows", "1 row", "2,000 rows"]
    assert [counted(1, "query", "queries"), counted(2, "query", "queries")] == ["1 query", "2 queries"]
