"""What the header of a query declares: parameters, their datatypes and allowed values, and the chart.

`read_parameter` and `read_chart` read a declaration or return its first `Fault`. `read_literal` turns what a person
types into the literal of a parameter; the lexical forms are those of XML Schema 1.1, part 2.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pyoxigraph import Literal

from kg.core.errors import QueryError, near_names
from kg.core.terms import expand
from kg.core.text import printable

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from decimal import Decimal


SHOWN: Final = 80


class Datatype(NamedTuple):
    """The lexical form of a datatype, as a regular expression, and an example of it."""

    pattern: str
    example: str

    def match(self, text: str) -> re.Match[str] | None:
        """Return the match of a whole text that is of this form."""
        return re.fullmatch(self.pattern, text)


_ZONE: Final = r"(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?"
_DAY: Final = r"(?P<day>-?([1-9][0-9]{3,}|0[0-9]{3})-[0-9]{2}-[0-9]{2})"
DATATYPES: Final = {
    "xsd:string": Datatype(r"[^\x00\ud800-\udfff\ufffe\uffff]*", "any text"),
    "xsd:integer": Datatype(r"[+-]?[0-9]+", "12"),
    "xsd:decimal": Datatype(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)", "0.05"),
    "xsd:double": Datatype(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?", "1.5e3"),
    "xsd:boolean": Datatype(r"true|false|1|0", "true or false"),
    "xsd:date": Datatype(_DAY + _ZONE, "1987-11-06"),
    "xsd:dateTime": Datatype(
        rf"{_DAY}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?{_ZONE}", "1987-11-06T09:30:00Z"
    ),
    "xsd:gYear": Datatype(r"-?([1-9][0-9]{3,}|0[0-9]{3})" + _ZONE, "1987"),
}
NUMBERS: Final = frozenset({"xsd:integer", "xsd:decimal", "xsd:double"})


def shown(value: str) -> str:
    """Return what a person typed for a message: short, and with marks that do not print spelt out."""
    escaped = printable(value[: SHOWN + 1])
    visible = "".join(mark if mark.isprintable() else mark.encode("unicode_escape").decode() for mark in escaped)
    return f"'{visible[:SHOWN]}…'" if len(value) > SHOWN else f"'{visible}'"


def read_literal(parameter: Parameter, value: str) -> Literal:
    """Return the literal of a parameter's datatype that a text writes.

    Raises:
        QueryError: the text is not of the lexical form, or the value is not one of those that the parameter allows.

    """
    datatype = DATATYPES[parameter.datatype]
    if parameter.datatype != "xsd:string":
        value = unicodedata.normalize("NFKC", value).strip(
            " "
        )  # full-width digits, and the spaces that come along with a copied number
    found = datatype.match(value)
    if not found or not _is_day(found.groupdict().get("day")):
        hint = (
            f"write {datatype.example}"
            if parameter.datatype != "xsd:string"
            else "it holds a code that stands for no character"
        )
        raise QueryError(
            f"{shown(value)} is no {parameter.datatype}, which parameter '{parameter.name}' takes", hint=hint
        )
    if parameter.enumerate and not _listed(parameter, value):
        hint = f"it takes {', '.join(parameter.enumerate)}"
        near = near_names(value, parameter.enumerate) if len(value) <= SHOWN else ()
        raise QueryError(f"parameter '{parameter.name}' does not take {shown(value)}", hint=hint, near=near)
    if not _within(parameter, value):
        raise QueryError(
            f"parameter '{parameter.name}' does not take {shown(value)}", hint=f"it takes {parameter.takes}"
        )
    return Literal(value, datatype=expand(parameter.datatype))


def _is_day(written: str | None) -> bool:
    """Return whether a day is in the calendar, which repeats after 400 years: so do years that Python does not know."""
    if written is None:
        return True
    import datetime as dt

    year, month, day = written.removeprefix("-").split("-")
    try:
        dt.date(int(year[-4:]) % 400 + 400, int(month), int(day))
    except ValueError:
        return False
    return True


def _listed(parameter: Parameter, value: str) -> bool:
    if value in parameter.enumerate:
        return True
    return parameter.datatype in NUMBERS and _number_of(parameter, value) in (
        _number_of(parameter, each) for each in parameter.enumerate
    )


def _within(parameter: Parameter, value: str) -> bool:
    if parameter.minimum is None and parameter.maximum is None:
        return True
    number = _number_of(parameter, value)
    return (parameter.minimum is None or parameter.minimum <= number) and (
        parameter.maximum is None or number <= parameter.maximum
    )


def _number_of(parameter: Parameter, value: str) -> Decimal:
    from decimal import Decimal

    return Decimal(repr(float(value))) if parameter.datatype == "xsd:double" else Decimal(value)


KEYS: Final = frozenset({"type", "scheme", "datatype", "description", "enumerate", "minimum", "maximum", "required"})
MARKS: Final = ("bar", "line", "point", "area", "rect", "tick", "graph")
CHANNELS: Final = ("x", "x2", "y", "y2", "color", "facet")


class Parameter(NamedTuple):
    """One parameter of a query.

    Its values are things of a class (a CURIE in ``type``), perhaps of one scheme, or literals of a datatype.

    ``enumerate`` holds the only values allowed, things as CURIEs, literals in their lexical form; ``minimum`` and
    ``maximum`` are allowed too. Where a parameter is ``required``, the value in the file is an example and not a
    default.
    """

    name: str
    description: str
    type: str = ""
    datatype: str = ""
    scheme: str = ""
    enumerate: tuple[str, ...] = ()
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    required: bool = False

    @property
    def takes(self) -> str:
        """The values that the parameter takes, in words."""
        words = self.type or self.datatype
        if self.scheme:
            words += f" of {self.scheme}"
        if self.minimum is not None and self.maximum is not None:
            words += f" from {self.minimum} to {self.maximum}"
        elif self.minimum is not None:
            words += f", at least {self.minimum}"
        elif self.maximum is not None:
            words += f", at most {self.maximum}"
        return words + (f": {', '.join(self.enumerate)}" if self.enumerate else "")


class Chart(NamedTuple):
    """A chart by the mark it draws and the columns behind its channels.

    ``x2`` and ``y2`` are the far ends of ranges. Of a graph ``x`` is where an arrow begins, ``y`` where it ends, and
    ``color`` its sign.
    """

    mark: str
    x: str
    y: str
    x2: str = ""
    y2: str = ""
    color: str = ""
    facet: str = ""
    title: str = ""

    @property
    def columns(self) -> dict[str, str]:
        """The column of each channel in use."""
        return {channel: column for channel in CHANNELS if (column := getattr(self, channel))}


class Fault(NamedTuple):
    """What is wrong with a declaration: the word of the header where it shows, a sentence, and near names."""

    word: str
    message: str
    near: tuple[str, ...] = ()


def read_parameter(name: str, about: object) -> Parameter | Fault:
    """Return the parameter that an entry of a header declares, or the first fault of that entry."""
    if not isinstance(about, dict):
        return Fault(name, f"parameter '{name}' needs keys such as type and description")
    fault = _wrong_keys(name, about) or _wrong_values(name, about)
    if fault:
        return fault
    return Parameter(
        name=name,
        description=about.get("description", ""),
        type=about.get("type", ""),
        datatype=about.get("datatype", ""),
        scheme=about.get("scheme", ""),
        enumerate=tuple(map(str, about.get("enumerate", ()))),
        minimum=_number(about.get("minimum")),
        maximum=_number(about.get("maximum")),
        required=about.get("required", False),
    )


def _wrong_keys(name: str, about: Mapping[str, Any]) -> Fault | None:

    unknown = sorted(map(str, about.keys() - KEYS))
    if unknown:
        return Fault(unknown[0], f"unknown key '{unknown[0]}' of parameter '{name}'", near_names(unknown[0], KEYS))
    for key in ("type", "scheme", "datatype", "description"):
        if not isinstance(about.get(key, ""), str):
            return Fault(key, f"'{key}' of parameter '{name}' is no text")
    if len(about.keys() & {"type", "datatype"}) != 1:
        return Fault(name, f"parameter '{name}' needs either a type or a datatype")
    if "scheme" in about and "type" not in about:
        return Fault("scheme", f"parameter '{name}' takes literals, which are in no scheme")
    limits = sorted(about.keys() & {"minimum", "maximum"})
    if limits and about.get("datatype") not in NUMBERS:
        return Fault(limits[0], f"parameter '{name}' is no number and has no {limits[0]}")
    return None


def _wrong_values(name: str, about: Mapping[str, Any]) -> Fault | None:

    datatype = about.get("datatype")
    if datatype is not None and datatype not in DATATYPES:
        return Fault("datatype", f"parameters cannot be of datatype '{datatype}'", near_names(datatype, DATATYPES))
    for key in ("minimum", "maximum"):
        if key in about and _number(about[key]) is None:
            return Fault(key, f"'{key}' of parameter '{name}' is no number")
    if not isinstance(about.get("required", False), bool):
        return Fault("required", f"'required' of parameter '{name}' is neither true nor false")
    return _wrong_list(name, about["enumerate"], DATATYPES.get(datatype or "")) if "enumerate" in about else None


def _wrong_list(name: str, allowed: object, datatype: Datatype | None) -> Fault | None:
    if (
        not isinstance(allowed, list)
        or not allowed
        or not all(isinstance(value, (str, int, float)) for value in allowed)
    ):
        return Fault("enumerate", f"'enumerate' of parameter '{name}' is no list of values")
    if any(isinstance(value, bool) for value in allowed):
        return Fault(
            "enumerate",
            f"'enumerate' of parameter '{name}' holds a word that YAML reads as true or false; put it in quotes",
        )
    wrong = [str(value) for value in allowed if datatype and not datatype.match(str(value))]
    return (
        Fault("enumerate", f"'{wrong[0]}', which parameter '{name}' should allow, is not of its datatype")
        if wrong
        else None
    )


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    from decimal import Decimal

    number = Decimal(str(value))
    return number if number.is_finite() else None


def read_chart(about: object, columns: Collection[str]) -> Chart | Fault:  # noqa: PLR0911 - one return a fault
    """Return the chart that a header declares for a query with these columns, or its first fault."""
    if not isinstance(about, dict):
        return Fault("chart", "a chart needs keys such as mark, x and y")
    known = Chart._fields
    unknown = [str(key) for key in about if key not in known]
    if unknown:
        return Fault(unknown[0], f"unknown key '{unknown[0]}' of the chart", near_names(unknown[0], known))
    for key, value in about.items():
        if not isinstance(value, str):
            return Fault(key, f"'{key}' of the chart needs a text")
        if key in CHANNELS and value not in columns:
            return Fault(key, f"the chart's {key} is no column: '{value}'", near_names(value, columns))
    needed = ("mark", "x", "y", "color") if about.get("mark") == "graph" else ("mark", "x", "y")
    lacking = [key for key in needed if not about.get(key)]
    if lacking:
        return Fault("chart", f"the chart has no {lacking[0]}")
    if about["mark"] not in MARKS:
        return Fault(
            "mark",
            f"no mark is called '{about['mark']}': there are {', '.join(MARKS)}",
            near_names(about["mark"], MARKS),
        )
    return Chart(**about)
