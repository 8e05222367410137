"""What the formats of results share: readable terms, columns of numbers, and empty answers with explanations."""

from __future__ import annotations

import os
import re
from importlib import import_module
from typing import TYPE_CHECKING, Final, TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kg.core import cache
from kg.core.errors import QueryError
from kg.core.terms import as_turtle, compact
from kg.store.protocol import Solutions

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from types import ModuleType

    from kg.query.catalogue.binding import PreparedQuery
    from kg.query.diagnosis import Diagnosis
    from kg.store.protocol import Answer, QuadStore, Term


Tabular: TypeAlias = "Solutions | bool"  # what every format of results can hold

_NUMBERS: Final = ("#integer", "#decimal", "#double", "#float")


def readable(term: Term | None) -> str:
    """Return a term as people read it: the text of a literal, an IRI as a CURIE, nothing for an unbound one."""
    if term is None:
        return ""
    if isinstance(term, Literal):
        return term.value
    if isinstance(term, Triple):
        subject, predicate, value = (str(part) if isinstance(part, Literal) else readable(part) for part in term)
        return f"<<( {subject} {predicate} {value} )>>"
    return compact(term.value) if isinstance(term, NamedNode) else str(term)


def plain(term: Term) -> str:
    """Return the text of a literal, a whole IRI, the label of a blank node, or a triple term as Turtle writes it."""
    if isinstance(term, (NamedNode, Literal)):
        return term.value
    return f"_:{term.value}" if isinstance(term, BlankNode) else as_turtle(term)


def numeric_columns(solutions: Solutions) -> list[bool]:
    """Return for each column whether it holds only numbers, so that it is aligned to the right."""
    return [_numbers(row[index] for row in solutions.rows) for index in range(len(solutions.variables))]


def _numbers(terms: Iterable[Term | None]) -> bool:
    bound = [term for term in terms if term is not None]
    return bool(bound) and all(isinstance(term, Literal) and term.datatype.value.endswith(_NUMBERS) for term in bound)


_NOTHING: Final = frozenset({"", "0", "0.0"})


def seems_empty(answer: Answer) -> bool:
    """Return whether an answer is no, has no rows or statements, or only one row of nothing but zeros and empty cells.

    Such a row is an empty answer where aggregates made it, which only the query can tell; ``diagnose`` looks.
    """
    if not isinstance(answer, Solutions):
        return not answer
    if len(answer.rows) > 1:
        return False
    return all(term is None or getattr(term, "value", None) in _NOTHING for row in answer.rows for term in row)


# What may be an error for values of some types, so that a filter drops their solutions or a cell stays empty: orders,
# differences, calculations, functions of texts, numbers and dates, casts.
_MAY_LOSE: Final = re.compile(
    r"""^[^#\n]*(?:[<>]= | != | [?$)\w"]\s*[<>]\s | [<>]\s*[?$] | \bNOT\s+IN\b | [?$]\w+\s*[-+*/]\s*[?$\w(]
    | \)\s*[-+/]\s*[?$\d(]
    | \b(?:CONTAINS|STR(?:STARTS|ENDS|BEFORE|AFTER|LEN)|SUBSTR|[UL]CASE|REGEX|REPLACE|CONCAT|ABS|CEIL|FLOOR|ROUND
    |YEAR|MONTH|DAY|HOURS|MINUTES|SECONDS|TIMEZONE|TZ|SUM|AVG|IRI|URI|STRDT|STRLANG|xsd:\w+)\s*\(
    | \bCONSTRUCT\b)""",
    re.VERBOSE | re.IGNORECASE | re.MULTILINE,
)


_IRI: Final = re.compile(r"<[^<>\s:]*:[^<>\s]*>")


def may_lose(text: str) -> bool:
    """Return whether type errors may leave something out of the answer to a query, by the form of its text."""
    return _MAY_LOSE.search(_IRI.sub("", text)) is not None


_COMPLETE: Final = "complete"


def unbound_in(answer: Solutions) -> set[str]:
    """Return the names of the columns that have cells without a value."""
    return {name for place, name in enumerate(answer.variables) if any(row[place] is None for row in answer.rows)}


def losses_of(prepared: PreparedQuery, store: QuadStore, unbound: Callable[[], Collection[str]]) -> Diagnosis | None:
    """Return what type errors left out of an answer; None where they left out nothing.

    ``unbound`` gives the names of the columns that have cells without a value.

    That they left out nothing is kept in the user's cache for a store on disk, as long as its files do not change.
    """
    if not may_lose(prepared.text):
        return None
    folder = getattr(store, "folder", None)
    state = cache.fingerprint([os.fspath(folder)]) if folder else None
    name = cache.key(state, prepared.text) if state else ""
    if name and cache.read(_COMPLETE, name) is not None:
        return None
    from kg.query.diagnosis import losses

    found = losses(prepared, store, unbound())
    if found is None and name:
        cache.write(_COMPLETE, name, b"")
    return found if found is not None and found.causes else None


class PartialSolutions(Solutions):
    """An answer with what type errors left out of it."""

    __slots__ = ("losses",)

    losses: Diagnosis

    def __init__(
        self, variables: tuple[str, ...], rows: tuple[tuple[Term | None, ...], ...], losses: Diagnosis
    ) -> None:
        super().__init__(variables, rows)
        object.__setattr__(self, "losses", losses)


class PartialStatements(list["Triple"]):
    """The statements of an answer with what was left out of it."""

    def __init__(self, triples: Iterable[Triple], losses: Diagnosis) -> None:
        super().__init__(triples)
        self.losses = losses


class ExplainedSolutions(Solutions):
    """An empty answer with the reasons why it is empty."""

    __slots__ = ("diagnosis",)

    diagnosis: Diagnosis

    def __init__(
        self, variables: tuple[str, ...], rows: tuple[tuple[Term | None, ...], ...], diagnosis: Diagnosis
    ) -> None:
        super().__init__(variables, rows)
        object.__setattr__(self, "diagnosis", diagnosis)

    def why_empty(self) -> list[str]:
        """Return the causes in words, the most probable first."""
        return self.diagnosis.sentences()


class ExplainedFalse:
    """The answer no with the reasons for it."""

    __slots__ = ("diagnosis",)

    def __init__(self, diagnosis: Diagnosis) -> None:
        self.diagnosis: Final = diagnosis

    def __bool__(self) -> bool:
        """Return the answer."""
        return False

    def why_empty(self) -> list[str]:
        """Return the causes in words, the most probable first."""
        return self.diagnosis.sentences()


def optional_package(name: str, extra: str, purpose: str) -> ModuleType:
    """Import a package of an optional extra.

    Raises:
        QueryError: it is not installed; the hint says how to install the extra.

    """
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name.partition(".")[0]:
            raise
        raise QueryError(
            f"{purpose} needs the package {error.name}", hint=f"install it with: pip install 'motkg[{extra}]'"
        ) from error
