"""Lexical forms of the datatypes that case files use (W3C XML Schema 1.1 Part 2)."""

from __future__ import annotations

import re
from calendar import monthrange
from typing import Final

XSD: Final = "http://www.w3.org/2001/XMLSchema#"

_ZONE: Final = r"(?:Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?"
_YEAR: Final = r"-?(?:[1-9][0-9]{3,}|0[0-9]{3})"
_MONTH: Final = r"(?:0[1-9]|1[0-2])"

_FORMS: Final = {
    f"{XSD}string": (re.compile(r".*", re.DOTALL), "a text"),
    f"{XSD}decimal": (re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"), "a decimal number such as 0.379"),
    f"{XSD}integer": (re.compile(r"[+-]?[0-9]+"), "a whole number such as 47"),
    f"{XSD}boolean": (re.compile(r"true|false|0|1"), "true or false"),
    f"{XSD}date": (
        re.compile(rf"({_YEAR})-({_MONTH})-(0[1-9]|[12][0-9]|3[01]){_ZONE}"),
        "a day of the calendar such as 1987-11-06",
    ),
    f"{XSD}gYearMonth": (re.compile(rf"{_YEAR}-{_MONTH}{_ZONE}"), "a year and month such as 1986-06"),
    f"{XSD}gYear": (re.compile(rf"{_YEAR}{_ZONE}"), "a year of four digits such as 1987"),
}

DATATYPES: Final = frozenset(_FORMS)


def expected_form(datatype: str) -> str:
    """Say in words what a value of the datatype looks like."""
    return _FORMS[datatype][1]


def lexical_pattern(datatype: str) -> str:
    """Return the regular expression of a datatype's lexical forms (for dates, without the lengths of months)."""
    return _FORMS[datatype][0].pattern


def is_lexical(text: str, datatype: str) -> bool:
    """Return whether ``text`` is in the lexical space of a datatype of ``DATATYPES``."""
    match = _FORMS[datatype][0].fullmatch(text)
    if match is None:
        return False
    if datatype != f"{XSD}date":
        return True
    year, month, day = match.groups()
    # The Gregorian calendar repeats every 400 years, before year 0 too, so that four digits of the year tell its
    # length.
    return int(day) <= monthrange(int(year[-4:]) % 400 + 400, int(month))[1]
