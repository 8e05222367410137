"""From what a person types to a literal: the lexical forms of XML Schema 1.1 part 2, in the datatypes that parameters may have."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final, NamedTuple

from pyoxigraph import Literal

from kg.core.errors import QueryError, near_names
from kg.core.terms import expand

if TYPE_CHECKING:
    from decimal import Decimal

    from kg.query.catalogue.declarations import Parameter

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
    visible = "".join(
        mark if mark.isprintable() else mark.encode("unicode_escape").decode() for mark in value[: SHOWN + 1]
    )
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
    return parameter.datatype in NUMBERS and _number(parameter, value) in (
        _number(parameter, each) for each in parameter.enumerate
    )


def _within(parameter: Parameter, value: str) -> bool:
    if parameter.minimum is None and parameter.maximum is None:
        return True
    number = _number(parameter, value)
    return (parameter.minimum is None or parameter.minimum <= number) and (
        parameter.maximum is None or number <= parameter.maximum
    )


def _number(parameter: Parameter, value: str) -> Decimal:
    from decimal import Decimal

    return Decimal(repr(float(value))) if parameter.datatype == "xsd:double" else Decimal(value)
