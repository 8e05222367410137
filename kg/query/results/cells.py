"""What the formats share: terms as people read them, and which columns are numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.core.terms import compact

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.store.protocol import Solutions, Term

XSD: Final = "http://www.w3.org/2001/XMLSchema#"
Tabular: TypeAlias = "Solutions | bool"  # what every format of results can hold

_NUMBERS: Final = ("#integer", "#decimal", "#double", "#float")


def readable(term: Term | None) -> str:
    """Return a term as people read it: the text of a literal, an IRI as a CURIE, nothing for an unbound one."""
    if term is None:
        return ""
    if isinstance(term, Literal):
        return term.value
    return compact(term.value) if isinstance(term, NamedNode) else str(term)


def plain(term: Term) -> str:
    """Return the text of a literal, a whole IRI, or the label of a blank node."""
    if isinstance(term, (NamedNode, Literal)):
        return term.value
    return f"_:{term.value}" if isinstance(term, BlankNode) else str(term)


def numeric_columns(solutions: Solutions) -> list[bool]:
    """Say of each column whether it holds numbers and nothing else, so that it is set flush right."""
    return [_numbers(row[index] for row in solutions.rows) for index in range(len(solutions.variables))]


def _numbers(terms: Iterable[Term | None]) -> bool:
    bound = [term for term in terms if term is not None]
    return bool(bound) and all(isinstance(term, Literal) and term.datatype.value.endswith(_NUMBERS) for term in bound)
