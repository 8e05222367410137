"""Parameters: from what a person types to an RDF term, and from there into the query."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from kg.errors import QueryError, near_names
from kg.query.catalogue import values_block
from kg.store.protocol import Solutions
from kg.terms import compact, expand, prefixes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.query.catalogue import CatalogueQuery, Parameter
    from kg.store.protocol import QuadStore

_LEXICAL: Final = {
    "xsd:integer": re.compile(r"[+-]?[0-9]+"),
    "xsd:decimal": re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"),
    "xsd:gYear": re.compile(r"-?[0-9]{4,}"),
    "xsd:string": re.compile(r"[^\x00]*"),
}
_CANDIDATES: Final = """
SELECT ?thing (STR(?label) AS ?text) WHERE {
  ?thing a/rdfs:subClassOf* %s %s .
  OPTIONAL { ?thing rdfs:label|skos:prefLabel|skos:altLabel ?label }
}
"""


def bind(query: CatalogueQuery, values: Mapping[str, str], store: QuadStore) -> str:
    """Gives the text of a query with its parameters bound; a parameter without a value keeps its default.

    Values are turned into RDF terms and written back in N-Triples form, which no value can break out of.

    Raises:
        QueryError: a parameter is unknown, or a value is not one that its parameter takes.

    """
    text = query.text
    for name, value in values.items():
        parameter = query.parameters.get(name)
        if parameter is None:
            known = ", ".join(query.parameters) or "none"
            raise QueryError(
                f"'{query.name}' has no parameter '{name}'",
                hint=f"its parameters: {known}",
                near=near_names(name, query.parameters),
            )
        term = str(resolve(parameter, value, store))
        block = values_block(name).search(text)
        if block:
            text = f"{text[: block.start('value')]} {term} {text[block.end('value') :]}"
    return text


def resolve(parameter: Parameter, value: str, store: QuadStore) -> NamedNode | Literal:
    """Turns a label, slug, CURIE or IRI into the thing that a parameter takes, or a number or text into its literal.

    Raises:
        QueryError: nothing, or more than one thing, answers to the value.

    """
    if parameter.datatype:
        if not _LEXICAL[parameter.datatype].fullmatch(value):
            raise QueryError(f"'{value}' is no {parameter.datatype}, which parameter '{parameter.name}' takes")
        return Literal(value, datatype=expand(parameter.datatype))
    names = _names(parameter, store)
    for key in (value, value.strip("<>"), value.casefold()):
        things = names.get(key, set())
        if len(things) == 1:
            return NamedNode(next(iter(things)))
        if things:
            choice = ", ".join(sorted(compact(thing) for thing in things))
            raise QueryError(f"'{value}' is the name of several things", hint=f"say which: {choice}")
    readable = sorted(name for name in names if not name.startswith("http"))
    hint = f"parameter '{parameter.name}' takes {parameter.type}: {', '.join(_examples(names))}"
    raise QueryError(f"nothing is called '{value}'", hint=hint, near=near_names(value.casefold(), readable))


def _names(parameter: Parameter, store: QuadStore) -> dict[str, set[str]]:
    """Gives every name, in lower case too, by which a thing of the parameter's type may be called."""
    names: dict[str, set[str]] = {}
    of_scheme = f"; skos:inScheme {expand(parameter.scheme)}" if parameter.scheme else ""
    answer = store.query(_CANDIDATES % (expand(parameter.type), of_scheme))
    if isinstance(answer, Solutions):
        for thing, label in answer.rows:
            if isinstance(thing, NamedNode):
                iri = thing.value
                own = {iri, compact(iri), iri.rsplit("/", 1)[1], "/".join(iri.rsplit("/", 2)[1:])}
                if isinstance(label, Literal):
                    own |= {label.value, label.value.casefold()}
                for name in own:
                    names.setdefault(name, set()).add(iri)
    return names


def _examples(names: Mapping[str, set[str]]) -> list[str]:
    iris = sorted({iri for things in names.values() for iri in things})
    shown = [compact(iri) for iri in iris[:8]]
    known = tuple(prefixes().values())
    return [*shown, "…"] if len(iris) > len(shown) else shown or [f"(no such thing among {len(known)} namespaces)"]
