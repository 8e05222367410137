"""The catalogue as functions: ``graph.questions.factors_at_stage(stage="commercialization")``."""

from __future__ import annotations

import datetime as dt
import keyword
from decimal import Decimal
from inspect import Parameter as Argument
from inspect import Signature
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from kg.core.errors import did_you_mean, near_names
from kg.core.terms import compact
from kg.query.catalogue.binding import defaults
from kg.query.results.result import Result
from kg.query.results.typed import value_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kg.query.catalogue.catalogue import Catalogue, CatalogueQuery
    from kg.query.catalogue.declarations import Parameter

    Ask = Callable[[str, Mapping[str, str]], Result]

_TYPES: Final[dict[str, type]] = {
    "xsd:integer": int,
    "xsd:gYear": int,
    "xsd:decimal": Decimal,
    "xsd:double": float,
    "xsd:boolean": bool,
    "xsd:date": dt.date,
    "xsd:dateTime": dt.datetime,
}


class Questions:
    """One function for each query of the catalogue, its name with underscores."""

    def __init__(self, catalogue: Catalogue, ask: Ask) -> None:
        self._catalogue = catalogue
        self._ask = ask
        self._names = {name.replace("-", "_"): name for name in catalogue.names()}

    def __dir__(self) -> list[str]:
        """Return the names, for completion."""
        return sorted(self._names)

    def __getattr__(self, name: str) -> Question:
        """Return the function of one query.

        Raises:
            AttributeError: the catalogue has none of that name; the message tells the nearest.

        """
        if name.startswith("_") or name not in self._names:
            near = near_names(name, self._names) if not name.startswith("_") else ()
            hint = f"; {did_you_mean(near)}" if near else ""
            raise AttributeError(f"the catalogue has no question '{name}'{hint}", name=name, obj=self)
        return Question(self._catalogue[self._names[name]], self._ask)


class Question:
    """A query of the catalogue as a function of its parameters; its signature and documentation come from the file."""

    def __init__(self, query: CatalogueQuery, ask: Ask) -> None:
        self._query = query
        self._ask = ask
        self._names = {_identifier(name): name for name in query.parameters}
        self.__name__ = query.name.replace("-", "_")
        self.__qualname__ = f"Questions.{self.__name__}"
        self.__doc__ = _documentation(query)
        self.__signature__ = Signature(
            [_argument(query, each) for each in query.parameters.values()], return_annotation=Result
        )

    def __call__(self, **values: object) -> Result:
        """Ask the query. A value is a label, slug, CURIE or IRI of a thing, or a number or text.

        None keeps the default.

        Raises:
            QueryError: a parameter is unknown, or a value is not one that it takes.

        """
        given = {self._names.get(name, name): _written(value) for name, value in values.items() if value is not None}
        return self._ask(f"{self._query.topic}/{self._query.name}", given)

    def __repr__(self) -> str:
        bare = [each.replace(annotation=Argument.empty) for each in self.__signature__.parameters.values()]
        return f"<question {self.__name__}{Signature(bare)}>"


def _identifier(name: str) -> str:
    """Return the name of a parameter, with an underscore after a reserved word of Python, as in ``from_``."""
    return f"{name}_" if keyword.iskeyword(name) else name


def _written(value: object) -> str:
    """Return a value as a person would type it, in the lexical form of XML Schema."""
    if isinstance(value, (NamedNode, Literal)):
        return value.value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (Decimal, float)) and Decimal(value).is_finite():
        return f"{Decimal(repr(value)) if isinstance(value, float) else value:f}"
    return value.isoformat() if isinstance(value, dt.datetime) else str(value)


def _argument(query: CatalogueQuery, parameter: Parameter) -> Argument:
    terms = defaults(query).get(parameter.name, ())
    default = _readable(terms[0]) if len(terms) == 1 else None
    if parameter.required:
        default = Argument.empty
    return Argument(
        _identifier(parameter.name),
        Argument.KEYWORD_ONLY,
        default=default,
        annotation=_TYPES.get(parameter.datatype, str),
    )


def _readable(default: NamedNode | Literal) -> object:
    """Return a default as a person would pass it."""
    return compact(default.value).strip("<>") if isinstance(default, NamedNode) else value_of(default)


def _documentation(query: CatalogueQuery) -> str:
    parts = [query.summary, *([query.description.strip()] if query.description else [])]
    if query.parameters:
        about = [
            f"    {_identifier(each.name)}: {each.description} ({each.takes})" for each in query.parameters.values()
        ]
        parts.append("\n".join(["Args:", *about]))
    if query.columns:
        parts.append("\n".join(["Columns:", *(f"    {name}: {text}" for name, text in query.columns.items())]))
    return "\n\n".join(parts)
