"""Which written statement a result is about, and so where to point."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from pyoxigraph import NamedNode

from kg.shacl.shapes.paths import AlternativePath, InversePath, Path, RepeatedPath, SequencePath

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pyoxigraph import Quad

    from kg.core.origin import Origin
    from kg.shacl.nodes import Node
    from kg.shacl.report.report import Result

    Statement = tuple[Node, Node, Node]
    Values = Mapping[tuple[Node, Node], list[Node]]


class Written(Protocol):
    """Where triples, the last value of a subject with a predicate, and subjects are written."""

    @property
    def triples(self) -> Mapping[Statement, Origin]:
        """The origin of each triple."""

    @property
    def predicates(self) -> Mapping[tuple[Node, Node], Origin]:
        """The origin of the last value that a subject has for a predicate."""

    @property
    def subjects(self) -> Mapping[Node, Origin]:
        """The origin of the first statement about a subject."""


@dataclass(slots=True)
class _Noted:
    triples: dict[Statement, Origin] = field(default_factory=dict)
    predicates: dict[tuple[Node, Node], Origin] = field(default_factory=dict)
    subjects: dict[Node, Origin] = field(default_factory=dict)


def with_origins(results: Iterable[Result], quads: Iterable[Quad], origins: Mapping[Quad, Origin]) -> list[Result]:
    """Add to each result the place of the statement at fault, else of the last value of its path, else of the focus node."""
    kept = list(results)
    if not kept:
        return kept
    about = subjects_of(kept)
    focus = {result.focus for result in kept}
    noted = _Noted()
    mentioned: dict[Node, Origin] = {}
    for quad in quads:
        if (quad.subject in about or quad.object in about) and (origin := origins.get(quad)) is not None:
            statement = (quad.subject, quad.predicate, quad.object)
            if statement not in noted.triples:
                noted.triples[statement] = noted.predicates[quad.subject, quad.predicate] = origin
            noted.subjects.setdefault(quad.subject, origin)
            if quad.object in focus:
                mentioned.setdefault(quad.object, origin)
    noted.subjects = mentioned | noted.subjects
    return located(kept, noted)


def subjects_of(results: Iterable[Result]) -> set[Node]:
    """Return the subjects of the statements that some results may be about."""
    return {node for result in results for node in (result.focus, result.value) if node is not None}


def located(results: Iterable[Result], written: Written) -> list[Result]:
    """Return the results, each with the nearest place that ``written`` knows, or with the origin that it had."""
    values: dict[tuple[Node, Node], list[Node]] = defaultdict(list)
    pairs: dict[tuple[Node, Node], Origin] = {}
    for (subject, predicate, value), origin in written.triples.items():
        values[subject, predicate].append(value)
        pairs.setdefault((subject, value), origin)
    return [replace(result, origin=_origin(result, written, values, pairs) or result.origin) for result in results]


def _origin(
    result: Result, written: Written, values: Values, pairs: Mapping[tuple[Node, Node], Origin]
) -> Origin | None:
    if (
        result.path is None
        and result.value is not None
        and (origin := pairs.get((result.focus, result.value))) is not None
    ):
        return origin  # a query that gives a value may leave out its path
    for statement in _at_fault(result, values):
        if (origin := written.triples.get(statement)) is not None:
            return origin
    for predicate in _first_predicates(result.path):
        if (origin := written.predicates.get((result.focus, predicate))) is not None:
            return origin
    return written.subjects.get(result.focus)


def _at_fault(result: Result, values: Values) -> Iterator[Statement]:
    """Yield the statements that a value is reached by, the most telling first."""
    if result.value is None or result.path is None:
        return
    for predicate in _first_predicates(result.path):
        yield result.focus, predicate, result.value
    for predicate in _inverse_predicates(result.path):
        yield result.value, predicate, result.focus
    match result.path:
        case SequencePath((NamedNode() as first, NamedNode() as second)):
            for between in values.get((result.focus, first), ()):
                if result.value in values.get((between, second), ()):
                    yield result.focus, first, between


def _first_predicates(path: Path | None) -> Iterator[NamedNode]:
    match path:
        case NamedNode():
            yield path
        case SequencePath(steps):
            yield from _first_predicates(steps[0])
        case AlternativePath(choices):
            for choice in choices:
                yield from _first_predicates(choice)
        case RepeatedPath(inner):
            yield from _first_predicates(inner)


def _inverse_predicates(path: Path) -> Iterator[NamedNode]:
    match path:
        case InversePath(NamedNode() as predicate):
            yield predicate
        case AlternativePath(choices):
            for choice in choices:
                yield from _inverse_predicates(choice)
