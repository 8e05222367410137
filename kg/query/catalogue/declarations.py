"""What the header of a query says of its parameters and its chart, and what may be wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kg.core.errors import near_names

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from decimal import Decimal

    from kg.query.catalogue.literals import Datatype

KEYS: Final = frozenset({"type", "scheme", "datatype", "description", "enumerate", "minimum", "maximum", "required"})
MARKS: Final = ("bar", "line", "point", "area", "rect", "tick")
CHANNELS: Final = ("x", "x2", "y", "y2", "color", "facet")


class Parameter(NamedTuple):
    """One parameter of a query: things of a class (a CURIE in ``type``), perhaps of one scheme, or literals of a datatype.

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
        """What the parameter takes, in a few words."""
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

    ``x2`` and ``y2`` are the far ends of ranges.
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
    from kg.query.catalogue.literals import NUMBERS

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
    from kg.query.catalogue.literals import DATATYPES

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
    lacking = [key for key in ("mark", "x", "y") if not about.get(key)]
    if lacking:
        return Fault("chart", f"the chart has no {lacking[0]}")
    if about["mark"] not in MARKS:
        return Fault(
            "mark",
            f"no mark is called '{about['mark']}': there are {', '.join(MARKS)}",
            near_names(about["mark"], MARKS),
        )
    return Chart(**about)
