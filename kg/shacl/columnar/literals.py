"""Check and compare literals by the column.

Most are decided by regular expressions over a whole column, the others one at a time, by the rules of XML Schema and
SPARQL.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow.compute as pc
from pyoxigraph import Literal

from kg.columns.arrays import chosen, flags, numbers, unique, unique_pairs
from kg.columns.graph import TermKind
from kg.core.terms import XSD

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa
    from numpy.typing import NDArray

    from kg.columns.arrays import Ids, Mask, Positions
    from kg.columns.graph import Terms


NO_ORDER: Final = 2
"""What :meth:`Literals.compare` gives for two terms of which SPARQL cannot say which comes first."""

_CERTAIN_DAY: Final = "-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"
_CLOCK: Final = r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_CERTAIN: Final = {
    "integer": "^[+-]?[0-9]+$",
    "nonNegativeInteger": r"^\+?[0-9]+$",
    "positiveInteger": r"^\+?[1-9][0-9]*$",
    "int": "^-?[0-9]{1,9}$",
    "long": "^-?[0-9]{1,18}$",
    "decimal": r"^[+-]?[0-9]+(\.[0-9]*)?$",
    "double": r"^[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?$",
    "float": r"^[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?$",
    "boolean": "^(true|false|0|1)$",
    "gYear": "^[0-9]{4}$",
    "gYearMonth": "^[0-9]{4}-(0[1-9]|1[0-2])$",
    "date": f"^[0-9]{{4}}{_CERTAIN_DAY}$",
    "dateTime": rf"^[0-9]{{4}}{_CERTAIN_DAY}{_CLOCK}(\.[0-9]+)?Z?$",
    "string": "",
}
"""Expressions that only well-formed texts match; texts that do not match are judged one by one."""

_COMPARED_AS_NUMBERS: Final = frozenset(
    {"integer", "nonNegativeInteger", "positiveInteger", "int", "long", "decimal", "double"}
)
_NUMBER: Final = r"^[+-]?[0-9]{1,15}(\.[0-9]{1,15})?$"
_KEYS: Final = (
    ("date", "^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}$"),
    ("dateTime", "^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}$"),
    ("dateTime", "^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}Z$"),
)
_UNCERTAIN: Final = 1e-9
_FEW = 16
"""Below this number, judging literals one by one is faster."""


class Literals:
    """The literals of a dictionary: their datatypes, whether they are well formed, and their order."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms

    def of_datatype(self, ids: Ids, datatype: str) -> Mask:
        """Return which terms are literals of a datatype."""
        named = np.array([name == datatype for name in self._terms.datatypes] + [False], np.bool_)
        return np.asarray(named[self._terms.endings[ids]])

    def well_formed(self, ids: Ids, datatype: str) -> Mask:
        """Return which literals, all of one datatype and ascending, are well formed."""
        name = datatype.removeprefix(XSD) if datatype.startswith(XSD) else ""
        certain = np.zeros(len(ids), np.bool_)
        if name in _CERTAIN and len(ids) >= _FEW:
            certain = _matching(self._terms.written(ids), _CERTAIN[name])
        unsure = np.flatnonzero(~certain)
        nodes = self._terms.nodes(ids[unsure].tolist())
        certain[unsure] = [isinstance(node, Literal) and well_formed(node) for node in nodes]
        return certain

    def compare(self, left: Ids, right: Ids) -> NDArray[np.int8]:
        """Return -1, 0 or 1 as each left term is less than, equal to or greater than the right one, or ``NO_ORDER``."""
        if not len(left):
            return np.empty(0, np.int8)
        pairs = unique_pairs(left, right)
        found = self._compare_distinct(*pairs)
        keys = (left.astype(np.int64) << 32) | right
        distinct = (pairs[0].astype(np.int64) << 32) | pairs[1]
        return np.asarray(found[np.searchsorted(distinct, keys)])

    def _compare_distinct(self, left: Ids, right: Ids) -> NDArray[np.int8]:
        found = np.full(len(left), NO_ORDER, np.int8)
        kinds = self._terms.kinds
        both = np.flatnonzero((kinds[left] == TermKind.LITERAL) & (kinds[right] == TermKind.LITERAL))
        if not len(both):
            return found
        decided = self._decide(left, right, both, found) if len(both) >= _FEW else np.zeros(len(both), np.bool_)
        rest = both[~decided]
        nodes = zip(self._terms.nodes(left[rest].tolist()), self._terms.nodes(right[rest].tolist()), strict=True)
        for row, (a, b) in zip(rest.tolist(), nodes, strict=True):
            order = comparison(a, b) if isinstance(a, Literal) and isinstance(b, Literal) else None
            found[row] = NO_ORDER if order is None else order
        return found

    def _decide(self, left: Ids, right: Ids, both: Positions, orders: NDArray[np.int8]) -> Mask:
        """Store the orders that numeric keys of the literals decide, and return for which pairs they do."""
        first, second = left[both], right[both]
        distinct = unique(np.concatenate((first, second)))
        families, values, exact = self._keys(distinct)
        one, two = np.searchsorted(distinct, first), np.searchsorted(distinct, second)
        difference = values[one] - values[two]
        margin = np.where(
            exact[one] & exact[two], 0.0, _UNCERTAIN * np.maximum(np.abs(values[one]), np.abs(values[two]))
        )
        decided = (families[one] == families[two]) & (families[one] > 0)
        decided &= (np.abs(difference) > margin) | (exact[one] & exact[two])
        orders[both[decided]] = np.sign(difference[decided]).astype(np.int8)
        return np.asarray(decided)

    def _keys(self, ids: Ids) -> tuple[NDArray[np.int8], NDArray[np.float64], Mask]:
        """Return for each literal a family (0: none) and a key in the order of the family.

        ``exact`` is true where the key is the value itself.
        """
        families = np.zeros(len(ids), np.int8)
        values = np.zeros(len(ids), np.float64)
        exact = np.zeros(len(ids), np.bool_)
        codes = self._terms.endings[ids]
        for code in unique(codes).tolist():
            datatype = self._terms.datatypes[code]
            name = datatype.removeprefix(XSD) if datatype.startswith(XSD) else ""
            rows = np.flatnonzero(codes == code)
            forms = (
                [(1, _NUMBER)]
                if name in _COMPARED_AS_NUMBERS
                else [(n, form) for n, (kind, form) in enumerate(_KEYS, 2) if kind == name]
            )
            if forms:
                rows = rows[self.well_formed(ids[rows], datatype)]
            for family, form in forms:
                texts = self._terms.written(ids[rows])
                fits = _matching(texts, form)
                digits = texts if family == 1 else pc.replace_substring_regex(texts, "[^0-9]", "")
                decided = rows[fits]
                some = chosen(texts, np.flatnonzero(fits))
                families[decided] = family
                unsigned = pc.replace_substring_regex(chosen(digits, np.flatnonzero(fits)), r"^\+", "")
                values[decided] = numbers(pc.cast(unsigned, "float64"))
                exact[decided] = family > 1 or ~_matching(some, r"\.")
        return families, values, exact


def _matching(texts: pa.StringArray, pattern: str) -> Mask:
    return flags(pc.match_substring_regex(texts, pattern))


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
    "gMonthDay": r"--(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|"
    r"02-(?:0[1-9]|[12]\d))" + _ZONE,
    "duration": r"-?P(?=.)(\d+Y)?(\d+M)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?",
    "dayTimeDuration": r"-?P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?",
    "yearMonthDuration": r"-?P(?=.)(\d+Y)?(\d+M)?",
    "hexBinary": r"([0-9a-fA-F]{2})*",
    "base64Binary": r"(([A-Za-z0-9+/] ?){4})*(([A-Za-z0-9+/] ?){2}[AEIMQUYcgkosw048] ?=|[A-Za-z0-9+/] ?[AQgw] ?= ?=)?",
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
_CALENDAR: Final = {
    name: re.compile(rf"{form}(?P<zone>Z|[+-]\d\d:\d\d)?", re.ASCII)
    for name, form in (
        ("gYear", r"(?P<year>-?\d{4,})"),
        ("gYearMonth", r"(?P<year>-?\d{4,})-(?P<month>\d\d)"),
        ("gMonth", r"--(?P<month>\d\d)"),
        ("gMonthDay", r"--(?P<month>\d\d)-(?P<day>\d\d)"),
        ("gDay", r"---(?P<day>\d\d)"),
    )
}
_DURATION: Final = re.compile(
    r"(-)?P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?", re.ASCII
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
    """Compare two literals as SPARQL 1.1 does (sections 17.3 and 17.4).

    Numbers compare across datatypes as the wider of the two: a decimal beside a double is the double nearest to it.
    Strings, booleans, dates, times and dateTimes compare with their own kind; so do years, months, days and durations,
    in the order of XML Schema. A value without a time zone is only ordered against one with a zone when every zone
    would give the same order, and durations when every month has them in this order.

    Returns:
        -1, 0 or 1 as the first literal is less than, equal to or greater than the second; None when SPARQL cannot say.
    """
    for kind, read in _READERS:
        if kind(first) and kind(second):
            if not (well_formed(first) and well_formed(second)):
                return None
            widest = _wider(first.datatype.value, second.datatype.value)
            return _order(read(first, widest), read(second, widest))
    return None


def _order(first: object, second: object) -> int | None:
    if isinstance(first, _Duration) and isinstance(second, _Duration):
        signs = {_sign(one, two) for one, two in zip(first.lengths(), second.lengths(), strict=True)}
        return signs.pop() if len(signs) == 1 else None
    if isinstance(first, _Moment) and isinstance(second, _Moment):
        apart = first.seconds - second.seconds
        if first.zoned != second.zoned and abs(apart) <= _WIDEST_ZONE:
            return None
        return int(apart > 0) - int(apart < 0)
    try:
        return int(first > second) - int(first < second)  # type: ignore[operator]
    except TypeError:
        return None


def _sign(first: Decimal, second: Decimal) -> int:
    return int(first > second) - int(first < second)


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
    """A value like NaN: comparing it with anything is a type error, so the comparison has no result."""


@dataclass(frozen=True, slots=True)
class _Moment:
    """A point in time, in seconds from a fixed origin, and whether its zone is known."""

    seconds: Decimal
    zoned: bool


def _moment(literal: Literal, _widest: str) -> object:
    match = _MOMENT.fullmatch(literal.value)
    if match is None:
        return _Unordered()
    year, month, day, hour, minute, second, zone = match.groups()
    days = 0
    if year is not None:
        days = _day_number(int(year), int(month), int(day))
    elif hour == "24":
        hour = "00"
    minutes = (days * 24 + int(hour or 0)) * 60 + int(minute or 0) - _offset(zone)
    return _Moment(minutes * 60 + Decimal(second or 0), zone is not None)


def _calendar(literal: Literal, _widest: str) -> object:
    """Return the moment at which a year, month or day begins; what it leaves open is the same for all of its kind."""
    match = _CALENDAR[literal.datatype.value.removeprefix(XSD)].fullmatch(literal.value)
    if match is None:
        return _Unordered()
    parts = {name: value for name, value in match.groupdict().items() if value is not None}
    days = _day_number(int(parts.get("year", _LEAP_YEAR)), int(parts.get("month", 1)), int(parts.get("day", 1)))
    return _Moment(Decimal(days * 24 * 60 - _offset(parts.get("zone"))) * 60, "zone" in parts)


def _day_number(year: int, month: int, day: int) -> int:
    cycles, left = divmod(year, _CYCLE)
    return cycles * _DAYS_OF_CYCLE + date(_CYCLE + left, month, day).toordinal()


@dataclass(frozen=True, slots=True)
class _Duration:
    """Months and seconds, which have no common measure."""

    months: int
    seconds: Decimal

    def lengths(self) -> list[Decimal]:
        """Return the lengths from the four months by which XML Schema compares durations (part 2, 3.3.6.2)."""
        lengths: list[Decimal] = []
        for year, month in ((1696, 9), (1697, 2), (1903, 3), (1903, 7)):
            years, months = divmod(month - 1 + self.months, 12)
            days = _day_number(year + years, months + 1, 1) - _day_number(year, month, 1)
            lengths.append(days * 86_400 + self.seconds)
        return lengths


def _duration(literal: Literal, _widest: str) -> object:
    match = _DURATION.fullmatch(literal.value)
    if match is None:
        return _Unordered()
    sign = -1 if match[1] else 1
    years, months, days, hours, minutes = (int(part or 0) for part in match.groups()[1:6])
    seconds = Decimal((days * 24 + hours) * 60 + minutes) * 60 + Decimal(match[7] or 0)
    return _Duration(sign * (years * 12 + months), sign * seconds)


def _offset(zone: str | None) -> int:
    """Return the offset of a zone from UTC in minutes."""
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
    *((_of(name), _calendar) for name in _CALENDAR),
    (_of("duration", "dayTimeDuration", "yearMonthDuration"), _duration),
)
