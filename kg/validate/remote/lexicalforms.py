"""Lexical spaces of XML Schema datatypes as conditions of SPARQL (XML Schema 1.1 part 2, section 3)."""

from __future__ import annotations

from typing import Final

from pyoxigraph import Literal

_ZONE: Final = "(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))?"
_YEAR: Final = "-?([1-9][0-9]{3,}|0[0-9]{3})"
_LEAP: Final = "-?([0-9]*([02468][048]|[13579][26])00|[0-9]+[0-9](0[48]|[2468][048]|[13579][26]))"
_MONTH: Final = "(0[1-9]|1[0-2])"
_IN_MONTH: Final = "((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))"
_DAY: Final = f"({_YEAR}-{_IN_MONTH}|{_LEAP}-02-29)"
_TIME: Final = r"(([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?|24:00:00(\.0+)?)"
_NUMBER: Final = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"
_FORMS: Final = {
    "integer": "[+-]?[0-9]+",
    "nonNegativeInteger": r"\+?[0-9]+|-0+",
    "positiveInteger": r"\+?0*[1-9][0-9]*",
    "nonPositiveInteger": r"-[0-9]+|\+?0+",
    "negativeInteger": "-0*[1-9][0-9]*",
    "decimal": _NUMBER,
    "double": rf"{_NUMBER}([eE][+-]?[0-9]+)?|[+-]?INF|NaN",
    "float": rf"{_NUMBER}([eE][+-]?[0-9]+)?|[+-]?INF|NaN",
    "boolean": "true|false|1|0",
    "date": _DAY + _ZONE,
    "dateTime": f"{_DAY}T{_TIME}{_ZONE}",
    "dateTimeStamp": f"{_DAY}T{_TIME}{_ZONE.removesuffix('?')}",
    "time": _TIME + _ZONE,
    "gYear": _YEAR + _ZONE,
    "gYearMonth": f"{_YEAR}-{_MONTH}{_ZONE}",
    "gMonth": f"--{_MONTH}{_ZONE}",
    "gDay": f"---(0[1-9]|[12][0-9]|3[01]){_ZONE}",
    "anyURI": r'[^ \t\r\n<>"{}|\\^`]*',
    "language": "[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*",
    "normalizedString": r"[^\t\n\r]*",
    "hexBinary": "([0-9a-fA-F]{2})*",
}
_RANGES: Final = {
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-128, 127),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 255),
}


def ill_formed(name: str, v: str) -> str | None:
    """Gives the condition that a literal's text is not in the lexical space of an XML Schema datatype, or ``None`` where it is unknown."""
    if name == "string":
        return ""
    if name in _RANGES:
        low, high = _RANGES[name]
        value = f"<http://www.w3.org/2001/XMLSchema#decimal>(STR({v}))"
        return f'!REGEX(STR({v}), "^[+-]?[0-9]+$") || !COALESCE({value} >= {low} && {value} <= {high}, false)'
    if name not in _FORMS:
        return None
    return f"!REGEX(STR({v}), {Literal(f'^({_FORMS[name]})$')})"
