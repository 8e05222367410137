"""RDF terms as the Python values that people calculate with."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import Literal, NamedNode

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.store.protocol import Term

_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
_INTEGERS: Final = (
    "integer", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger",
    "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte", "gYear",
)  # fmt: skip
_READERS: Final[dict[str, Callable[[str], Any]]] = {
    **dict.fromkeys(_INTEGERS, int),
    "decimal": Decimal,
    "double": float,
    "float": float,
    "boolean": {"true": True, "1": True, "false": False, "0": False}.__getitem__,
    "date": dt.date.fromisoformat,
    "dateTime": dt.datetime.fromisoformat,
    "time": dt.time.fromisoformat,
}


def value_of(term: Term | None) -> Any:  # noqa: ANN401 - the type is that of the datatype
    """Return an int, Decimal, float, bool, date, datetime, time or str; an IRI in full; None for an unbound variable.

    A year is an int. A literal that is not of the form of its datatype, or whose datatype has no counterpart in Python,
    is its text.
    """
    if term is None:
        return None
    if isinstance(term, NamedNode):
        return term.value
    if not isinstance(term, Literal):
        return str(term)
    datatype = term.datatype.value
    reader = _READERS.get(datatype.removeprefix(_XSD)) if datatype.startswith(_XSD) else None
    if reader is None:
        return term.value
    try:
        return reader(term.value)
    except (ValueError, KeyError, InvalidOperation):
        return term.value
