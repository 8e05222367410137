"""Which literals are well formed, and which of two comes first (XML Schema 1.1 part 2; SPARQL 1.1 section 17.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from kg.shacl.nodes import XSD

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyoxigraph import Literal

_INTEGER_RANGES: Final[dict[str, tuple[int | None, int | None]]] = {
    "integer": (None, None),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-128, 127),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 255),
}
_ZONE: Final = r"(Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))?"
_YEAR: Final = r"(-?(?:[1-9]\d{3,}|0\d{3}))"
_DAY: Final = _YEAR + r"-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
_TIME: Final = r"(?:([01]\d|2[0-3]):([0-5]\d):([0-5]\d(?:\.\d+)?)|24:00:00(?:\.0+)?)"
_NAME_START: Final = r"[^\W\d]"
_PATTERNS: Final = {
    "decimal": r"[+-]?(\d+(\.\d*)?|\.\d+)",
    "double": r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|[+-]?INF|NaN",
    "float": r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|[+-]?INF|NaN",
    "boolean": r"true|false|1|0",
    "date": _DAY + _ZONE,
    "dateTime": _DAY + "T" + _TIME + _ZONE,
    "dateTimeStamp": _DAY + "T" + _TIME + _ZONE.removesuffix("?"),
    "time": _TIME + _ZONE,
    "gYear": _YEAR + _ZONE,
    "gYearMonth": _YEAR + r"-(0[1-9]|1[0-2])" + _ZONE,
    "gMonth": r"--(0[1-9]|1[0-2])" + _ZONE,
    "gDay": r"---(0[1-9]|[12]\d|3[01])" + _ZONE,
    "gMonthDay": r"--(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|[12]\d))"
    + _ZONE,
    "duration": r"-?P(?=.)(\d+Y)?(\d+M)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?",
    "dayTimeDuration": r"-?P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?",
    "yearMonthDuration": r"-?P(?=.)(\d+Y)?(\d+M)?",
    "hexBinary": r"([0-9a-fA-F]{2})*",
    "base64Binary": r"(([A-Za-z0-9+/] ?){4})*(([A-Za-z0-9+/] ?){2}[AEIMQUYcgkosw048] ?=|[A-Za-z0-9+/] ?[AQgw] ?= ?=)?",
    "anyURI": r"[^\s<>\"{}|\\^`]*",
    "language": r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*",
    "normalizedString": r"[^\t\n\r]*",
    "token": r"|[^\s]+( [^\s]+)*",
    "Name": rf"({_NAME_START}|:)[\w.:\u00b7-]*",
    "NCName": rf"{_NAME_START}[\w.\u00b7-]*",
    "NMTOKEN": r"[\w.:\u00b7-]+",
}
_COMPILED: Final = {
    name: re.compile(pattern, re.ASCII if "\\w" not in pattern else 0) for name, pattern in _PATTERNS.items()
}
_NUMBERS: Final = frozenset((*_INTEGER_RANGES, "decimal", "double", "float"))
_LEAP_YEAR: Final = 2000
_CYCLE: Final = 400
"""The years after which the Gregorian calendar repeats itself, and their days."""
_DAYS_OF_CYCLE: Final = 146_097
_MOMENT: Final = re.compile(
    r"(?:(-?\d{4,})-(\d\d)-(\d\d))?T?(?:(\d\d):(\d\d):(\d\d(?:\.\d+)?))?(Z|[+-]\d\d:\d\d)?", re.ASCII
)
_WIDEST_ZONE: Final = 14 * 60 * 60


def well_formed(literal: Literal) -> bool:
    """Return whether a literal's lexical form is in the lexical space of its datatype.

    An unknown datatype accepts every form.
    """
    return _well_formed(literal.value, literal.datatype.value)


@lru_cache(maxsize=65536)
def _well_formed(text: str, datatype: str) -> bool:
    name = datatype.removeprefix(XSD) if datatype.startswith(XSD) else ""
    if name in _INTEGER_RANGES:
        if re.fullmatch(r"[+-]?[0-9]+", text) is None:
            return False
        low, high = _INTEGER_RANGES[name]
        return (low is None or int(text) >= low) and (high is None or int(text) <= high)
    if name not in _COMPILED:
        return True
    match = _COMPILED[name].fullmatch(text)
    if match is None:
        return False
    return name not in {"date", "dateTime", "dateTimeStamp"} or _day_exists(*match.groups()[:3])


def _day_exists(year: str, month: str, day: str) -> bool:
    number = int(year)
    try:
        date(_LEAP_YEAR + number % 400, int(month), int(day))
    except ValueError:
        return False
    return True


def comparison(first: Literal, second: Literal) -> int | None:
    """Return -1, 0 or 1 as the first literal is less than, equal to or greater than the second, or ``None`` when SPARQL cannot say.

    Numbers compare across their datatypes, as the wider of the two (SPARQL 1.1 section 17.3): a decimal beside a double
    is the double nearest to it. Strings, booleans, dates, times and dateTimes compare with their own kind. A dateTime
    without a time zone is only ordered against one with a zone when every zone would give the same order.
    """
    for kind, read in _READERS:
        if kind(first) and kind(second):
            if not (well_formed(first) and well_formed(second)):
                return None
            widest = _wider(first.datatype.value, second.datatype.value)
            return _order(read(first, widest), read(second, widest))
    return None


def _order(first: object, second: object) -> int | None:
    if isinstance(first, _Moment) and isinstance(second, _Moment):
        apart = first.seconds - second.seconds
        if first.zoned != second.zoned and abs(apart) <= _WIDEST_ZONE:
            return None
        return int(apart > 0) - int(apart < 0)
    try:
        return int(first > second) - int(first < second)  # type: ignore[operator]
    except TypeError:
        return None


def _of(*names: str) -> Callable[[Literal], bool]:
    datatypes = frozenset(f"{XSD}{name}" for name in names)
    return lambda literal: literal.datatype.value in datatypes


def _wider(first: str, second: str) -> str:
    return next((name for name in ("double", "float") if f"{XSD}{name}" in {first, second}), "")


def _number(literal: Literal, widest: str) -> object:
    if not widest:
        return Decimal(literal.value)
    text = literal.value.replace("INF", "inf")
    narrow = widest == "float" or literal.datatype.value == f"{XSD}float"
    with np.errstate(over="ignore"):  # what is too large for a datatype is infinite in it
        value = float(np.float32(text)) if narrow else float(text)
    return value if value == value else _Unordered()  # noqa: PLR0124 (NaN is the only value that differs from itself)


class _Unordered:
    """Not a number: comparing it with anything is a type error, so that the comparison has no answer."""


@dataclass(frozen=True, slots=True)
class _Moment:
    """A point of time, in seconds from a fixed one, and whether its zone is known."""

    seconds: Decimal
    zoned: bool


def _moment(literal: Literal, _widest: str) -> object:
    match = _MOMENT.fullmatch(literal.value)
    if match is None:
        return _Unordered()
    year, month, day, hour, minute, second, zone = match.groups()
    days = 0
    if year is not None:
        cycles, left = divmod(int(year), _CYCLE)
        days = cycles * _DAYS_OF_CYCLE + date(_CYCLE + left, int(month), int(day)).toordinal()
    elif hour == "24":
        hour = "00"
    minutes = (days * 24 + int(hour or 0)) * 60 + int(minute or 0) - _offset(zone)
    return _Moment(minutes * 60 + Decimal(second or 0), zone is not None)


def _offset(zone: str | None) -> int:
    """Return the minutes by which a zone is ahead of UTC."""
    if zone is None or zone == "Z":
        return 0
    hours, minutes = zone[1:].split(":")
    return (int(hours) * 60 + int(minutes)) * (-1 if zone[0] == "-" else 1)


_READERS: Final[tuple[tuple[Callable[[Literal], bool], Callable[[Literal, str], object]], ...]] = (
    (_of(*_NUMBERS), _number),
    (_of("string"), lambda literal, _: literal.value),
    (_of("boolean"), lambda literal, _: literal.value in {"true", "1"}),
    (_of("dateTime", "dateTimeStamp"), _moment),
    (_of("date"), _moment),
    (_of("time"), _moment),
)
