"""The report of a validation as frozen records, and the source positions of its results."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Protocol

from pyoxigraph import NamedNode

from kg.core.terms import SH
from kg.shacl.nodes import AlternativePath, InversePath, Path, RepeatedPath, SequencePath, path_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from pyoxigraph import Literal, Quad

    from kg.core.origin import Origin
    from kg.shacl.nodes import Node, Path

    Statement = tuple[Node, Node, Node]
    Values = Mapping[tuple[Node, Node], list[Node]]

LEVELS: Final = ("info", "warning", "violation")
"""The severities of SHACL in rising order; a severity of somebody's own counts as a violation."""

CONCERNS: Final = {
    "empty-target": "--allow-empty-targets",
    "no-shapes": "--allow-no-shapes",
    "empty-data": "--allow-empty-data",
    "unknown-shacl-term": "--allow-unknown-terms",
    "unknown-name": "--allow-unknown-names",
    "undeclared-term": "--allow-undeclared-terms",
    "ill-formed-shape": "--allow-ill-formed-shapes",
    "unread-import": "--allow-unread-imports",
    "unchecked-data": "--allow-unchecked-data",
    "unsupported-part": "--allow-unsupported-parts",
}
"""The kinds of concern, each with the flag of ``kg validate`` that allows it."""

REWRITTEN: Final = "rewritten-literals"
"""A kind of concern that needs no flag, since it comes allowed: nobody can help what a server does to literals."""

FORBIDDEN: Final = "forbidden-query"
"""A kind of concern that nothing allows: there must be no run. Who examines shapes for a run has to refuse it."""

PASSED: Final = "unsupported-part"
"""The kind of concern about what shapes say and motkg does not check; everything else that they say is checked."""

UNREADABLE: Final = "unreadable-input"
"""A kind of concern that nothing allows: without what cannot be read there was no validation."""


@dataclass(frozen=True, slots=True)
class Hint:
    """What helps to mend a result.

    Attributes:
        shape: the place of its shape, where the shape has no name.
        unknown: whether the data says nothing about the value.
        near: things that the value may be a misspelling of.
        branches: the shapes that the value was held against, each with what it finds wrong.
    """

    shape: Origin | None = None
    unknown: bool = False
    near: tuple[NamedNode, ...] = ()
    branches: tuple[Branch, ...] = ()


@dataclass(frozen=True, slots=True)
class Branch:
    """A shape that a value was held against, and its results; without results the value conforms to it."""

    shape: Node
    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """One violation: the parts of a ``sh:ValidationResult`` (W3C SHACL section 3.6.2) and the place of the statement.

    ``constraint`` is the node of a SPARQL-based constraint, the ``sh:sourceConstraint`` of its results. ``hint`` is
    what the data and the shapes files say that helps to mend it; engines set none.
    """

    focus: Node
    path: Path | None
    value: Node | None
    component: NamedNode
    shape: Node
    severity: NamedNode
    messages: tuple[Literal, ...] = ()
    origin: Origin | None = None
    constraint: Node | None = None
    hint: Hint | None = None

    @property
    def key(self) -> tuple[Node, Path | None, Node | None, NamedNode, Node, NamedNode]:
        """Return what two engines must agree on: everything but messages and origin."""
        return self.focus, self.path, self.value, self.component, self.shape, self.severity

    @property
    def level(self) -> str:
        """Return the severity as one of ``LEVELS``."""
        name = self.severity.value.removeprefix(SH).lower()
        return name if name in LEVELS else LEVELS[-1]


@dataclass(frozen=True, slots=True)
class EmptyTarget:
    """A target that matches nothing.

    ``near`` has the nearest names of the data when the target's own name occurs nowhere in it.
    """

    shape: Node
    kind: str
    term: Node
    known: bool
    near: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Concern:
    """A reason why a run checked less than it seems; an allowed concern does not make it fail.

    ``kind`` is a key of ``CONCERNS``, ``REWRITTEN``, ``FORBIDDEN`` or ``UNREADABLE``. An ``expected`` concern is
    allowed because shapes may cover more than the data: other targets matched, and no name of the data resembles the
    name that it is about.
    """

    kind: str
    message: str
    shape: Node | None = None
    term: Node | None = None
    near: tuple[str, ...] = ()
    origin: Origin | None = None
    allowed: bool = False
    expected: bool = False


@dataclass(frozen=True, slots=True)
class Delegation:
    """A shape that was delegated to pySHACL, and why."""

    shape: Node
    reason: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A shape that was not applied, to any node or to some, and why."""

    shape: Node
    reason: str


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds to load and to validate, the number of statements, and the peak memory in bytes (0: not known)."""

    load: float
    validate: float
    statements: int
    memory: int


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of one validation.

    Attributes:
        conforms: whether there is no result, of any severity.
        results: the violations, in an order that does not depend on the engine.
        empty_targets: targets that match nothing.
        delegated: shapes that pySHACL validated.
        about: statements about the nodes without names that results are about.
        left_out: shapes that no engine could apply to all their focus nodes.
        engine: ``columnar``, ``sparql``, ``pyshacl``, or ``none`` when nothing ran.
        focus_nodes: the number of distinct focus nodes.
        concerns: reasons why the run checked less than it seems.
        accepted: the number of results that a baseline removed.
        settled: the number of entries of the baseline that no longer occur.
        figures: time and memory, where measured.
        server: the address of the server that holds the data, or empty.
        beside: the number of focus nodes of the ontology that was read with the data.
        prefixes: the prefixes that the files declare, each with its namespace, by which a report shortens IRIs.
    """

    conforms: bool
    results: tuple[Result, ...]
    empty_targets: tuple[EmptyTarget, ...]
    delegated: tuple[Delegation, ...]
    engine: str
    focus_nodes: int
    concerns: tuple[Concern, ...] = ()
    accepted: int = 0
    settled: int = 0
    figures: Figures | None = None
    server: str = ""
    beside: int = 0
    prefixes: tuple[tuple[str, str], ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    about: tuple[Statement, ...] = ()

    @property
    def own_focus_nodes(self) -> int:
        """Return the number of focus nodes of the data itself, without those of the ontology."""
        return self.focus_nodes - self.beside

    def fails(self, level: str = LEVELS[0]) -> bool:
        """Return whether there is a result of at least this severity, or a concern that is not allowed."""
        wanted = LEVELS[LEVELS.index(level) :]
        return any(result.level in wanted for result in self.results) or any(
            not concern.allowed for concern in self.concerns
        )

    def allowing(self, kinds: Collection[str]) -> Report:
        """Return the report with concerns of some kinds allowed."""
        marked = tuple(replace(concern, allowed=concern.allowed or concern.kind in kinds) for concern in self.concerns)
        return replace(self, concerns=marked)


def sorted_results(results: Iterable[Result]) -> tuple[Result, ...]:
    """Return results in an order that does not depend on the engine."""
    return tuple(sorted(results, key=order_of))


def order_of(result: Result) -> tuple[str, ...]:
    """Return the sort key of a result in a report."""
    path = path_text(result.path) if result.path is not None else ""
    return str(result.focus), path, str(result.component), str(result.shape), str(result.value or "")


class Written(Protocol):
    """The places of triples, of the last value of a subject and predicate, and of subjects."""

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
    """Return the results with the place of the statement at fault, else of the path, else of the focus node."""
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
    """Return the results with the nearest place that ``written`` has, or else the one they had."""
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
    """Yield the statements that lead to the value of a result, the most specific first."""
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
