"""Which literals are well formed, and which of two comes first (XML Schema 1.1 part 2; SPARQL 1.1 section 17.3)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from kg.validate.nodes import XSD

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
    "gMonthDay": r"--(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|[12]\d))" + _ZONE,
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
_COMPILED: Final = {name: re.compile(pattern, re.ASCII if "\\w" not in pattern else 0) for name, pattern in _PATTERNS.items()}
_NUMBERS: Final = frozenset((*_INTEGER_RANGES, "decimal", "double", "float"))
_LEAP_YEAR: Final = 2000
_ANY_DAY: Final = date(1972, 12, 31)
_WIDEST_ZONE: Final = timedelta(hours=14)


def well_formed(literal: Literal) -> bool:
    """Tells whether a literal's lexical form is in the lexical space of its datatype; an unknown datatype accepts every form."""
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
    """Gives -1, 0 or 1 as the first literal is less than, equal to or greater than the second, or ``None`` when SPARQL cannot say.

    Numbers compare across their datatypes; strings, booleans, dates, times and dateTimes compare with their own kind. A
    dateTime without a time zone is only ordered against one with a zone when every zone would give the same order.
    """
    for kind, read in _READERS:
        if kind(first) and kind(second):
            if not (well_formed(first) and well_formed(second)):
                return None
            return _order(read(first.value, first.datatype.value), read(second.value, second.datatype.value))
    return None


def _order(first: object, second: object) -> int | None:
    if isinstance(first, datetime) and isinstance(second, datetime) and (first.tzinfo is None) != (second.tzinfo is None):
        low, high = _order_zones(first, second)
        return low if low == high else None
    try:
        return int(first > second) - int(first < second)  # type: ignore[operator]
    except TypeError:
        return None


def _order_zones(first: datetime, second: datetime) -> tuple[int | None, int | None]:
    def shifted(moment: datetime, shift: timedelta) -> datetime:
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC) + shift

    low, high = (_order(shifted(first, shift), shifted(second, shift)) for shift in (-_WIDEST_ZONE, _WIDEST_ZONE))
    return low, high


def _of(*names: str) -> Callable[[Literal], bool]:
    datatypes = frozenset(f"{XSD}{name}" for name in names)
    return lambda literal: literal.datatype.value in datatypes


def _number(text: str, datatype: str) -> object:
    if datatype in {f"{XSD}double", f"{XSD}float"}:
        value = float(text.replace("INF", "inf"))
        return value if value == value else _Unordered()  # noqa: PLR0124 (NaN is the only value that differs from itself)
    return Decimal(text)


class _Unordered:
    """Not a number: comparing it with anything is a type error, so that the comparison has no answer."""


def _moment(text: str, datatype: str) -> object:
    if datatype == f"{XSD}date":
        match = re.match(r".*?-\d\d-\d\d", text)
        day = match.group() if match else text
        text = f"{day}T00:00:00{text[len(day) :]}"
    midnight = re.search(r"T24:00:00(\.0+)?", text)
    if midnight:
        text = text.replace(midnight.group(), "T00:00:00")
    try:
        moment = datetime.fromisoformat(text)
        return moment + timedelta(days=1) if midnight else moment
    except (ValueError, OverflowError):
        return _Unordered()


def _clock(text: str, _datatype: str) -> object:
    try:
        return datetime.combine(_ANY_DAY, time.fromisoformat(text))
    except ValueError:
        return _Unordered()


_READERS: Final[tuple[tuple[Callable[[Literal], bool], Callable[[str, str], object]], ...]] = (
    (_of(*_NUMBERS), _number),
    (_of("string"), lambda text, _: text),
    (_of("boolean"), lambda text, _: text in {"true", "1"}),
    (_of("dateTime", "dateTimeStamp"), _moment),
    (_of("date"), _moment),
    (_of("time"), _clock),
)
