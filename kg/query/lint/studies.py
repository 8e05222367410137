"""A rule about studies: figures of two of them are joined, or taken together, by what they are about alone."""

from __future__ import annotations

import re
from itertools import chain, combinations
from typing import TYPE_CHECKING, Final, NamedTuple

from kg.core.terms import expand, term
from kg.query.diagnosis.parts import Splitter
from kg.query.lint.model import Finding
from kg.query.lint.variables import queries, scopes
from kg.sparql import Aggregate, Comparison, Filter, Iri, Projection, SelectQuery, SubSelect, Variable, visible, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.query.diagnosis.parts import Part
    from kg.sparql import Group, Node, Query, Span

ACROSS: Final = re.compile(r"^#\+ across: studies\s*$", re.MULTILINE)
"""The line of a header by which a query says that it takes studies together on purpose."""
_VALUES: Final = frozenset(
    node.value for node in (expand("sdmx-measure:obsValue"), term("lowerBound"), term("upperBound"))
)
_ABOUT: Final = frozenset(
    term(name).value
    for name in (
        "surveyItem", "stage", "factor", "practice", "specialist", "counterpart", "measure", "period",
        "surveyQuestion", "sourcingArrangement",
    )
)  # fmt: skip
_THING: Final = term("about").value
"""Relates a figure to one event, firm or programme, which belongs to one study."""
_STUDY: Final = frozenset(
    node.value
    for node in (
        expand("qb:dataSet"),
        expand("oa:hasSource"),
        *(term(name) for name in ("sample", "statedAt", "inTable", "drawnFrom", "reportedIn")),
    )
)
_ADVICE: Final = (
    "give both the same qb:dataSet, or the same motkg:sample for tables of one survey (for example "
    "?{first} qb:dataSet ?table . ?{second} qb:dataSet ?table)"
)


class _Statement(NamedTuple):
    subject: str
    predicate: str
    value: str
    span: Span


def mixed_studies(text: str, query: Query) -> Iterator[Finding]:
    """Find figures that are joined by their item, stage or factor and not by their study, and sums over all studies."""
    if ACROSS.search(text):
        return
    yield from _joined(query)
    for each in queries(query):
        if isinstance(each, SelectQuery | SubSelect):
            yield from _summed(each)


def _name(node: Node) -> str:
    return f"?{node.name}" if isinstance(node, Variable) else node.value if isinstance(node, Iri) else ""


def _statements(parts: Iterable[Part]) -> list[_Statement]:
    found = []
    for part in parts:
        triple = part.triple
        if triple is not None and isinstance(triple.path, Iri):
            statement = _Statement(_name(triple.subject), triple.path.value, _name(triple.object), part.span)
            if statement.subject:
                found.append(statement)
    return found


def _equal(parts: Iterable[Part]) -> list[tuple[str, str]]:
    """Return the pairs of variables that filters hold equal."""
    filters = (part.pattern.condition for part in parts if isinstance(part.pattern, Filter))
    return [
        (_name(each.left), _name(each.right))
        for expression in filters
        for each in walk(expression)
        if isinstance(each, Comparison) and each.operator == "=" and _name(each.left) and _name(each.right)
    ]


def _studies(start: str, statements: Iterable[_Statement], equal: Iterable[tuple[str, str]] = ()) -> set[str]:
    """Return the tables, samples and documents that a figure is said to come from, and the things that it is about."""
    statements = list(statements)
    found: set[str] = set()
    waiting = [start]
    while waiting:
        node = waiting.pop()
        for statement in statements:
            if (
                statement.subject == node
                and statement.predicate in {*_STUDY, _THING}
                and statement.value not in found | {""}
            ):
                found.add(statement.value)
                waiting.append(statement.value)
    return found.union(*({one, other} for one, other in equal if {one, other} & found))


def _joined(query: Query) -> Iterator[Finding]:
    seen: set[Span] = set()
    for scope in scopes(query):
        inside = Splitter().parts(scope.group)
        parts = [*inside, *chain.from_iterable(Splitter().parts(group) for group in scope.outer)]
        statements, equal = _statements(parts), _equal(parts)
        own = {statement.subject for statement in _statements(inside)}
        figures = {each.subject: each.span for each in statements if each.predicate in _VALUES}
        for one, other in combinations(sorted(figures, key=lambda name: figures[name].start), 2):
            shared = _about(one, statements) & _about(other, statements)
            things = {each.subject for each in statements if each.predicate == _THING}
            if not {one, other} & own or not shared or figures[other] in seen or {one, other} <= things:
                continue
            if not _studies(one, statements, equal) & _studies(other, statements, equal):
                seen.add(figures[other])
                yield _mixed(one, other, figures[other])
        for part in inside:
            if isinstance(part.pattern, SubSelect):
                yield from _beside(part.pattern, figures, statements, equal)


def _about(figure: str, statements: Iterable[_Statement]) -> set[str]:
    return {each.value for each in statements if each.subject == figure and each.predicate in _ABOUT and each.value}


def _mixed(one: str, other: str, span: Span) -> Finding:
    message = f"{other} is joined with {one} by what both are about, not by study: figures of different studies meet; "
    return Finding("mixed-studies", message + _ADVICE.format(first=one[1:], second=other[1:]), span)


def _beside(
    inner: SubSelect, figures: dict[str, Span], statements: list[_Statement], equal: list[tuple[str, str]]
) -> Iterator[Finding]:
    """Find sums for each study that stand beside a figure of any study."""
    within = _all_statements(inner.where)
    sums = {each.subject for each in within if each.predicate in _VALUES}
    names = {f"?{name}" for name in visible(inner)}
    keys = names & set(chain.from_iterable(_studies(figure, within) for figure in sums))
    about = names & set(chain.from_iterable(_about(figure, within) for figure in sums))
    for figure in figures:
        if keys and about & _about(figure, statements) and not keys & _studies(figure, statements, equal):
            yield _mixed(figure, min(sums), inner.span)


def _all_statements(group: Group) -> list[_Statement]:
    return _statements(part for scope in scopes(group) for part in Splitter().parts(scope.group))


def _summed(query: SelectQuery | SubSelect) -> Iterator[Finding]:
    """Find aggregates of figures that are grouped by no table, sample or document."""
    made = [item.expression for item in query.selection.items if isinstance(item, Projection)]
    aggregates = [node for each in made for node in walk(each) if isinstance(node, Aggregate)]
    if not aggregates:
        return
    statements = _all_statements(query.where)
    keys = {_name(condition.variable or condition.expression) for condition in query.modifiers.group_by}
    values = {each.value: each.subject for each in statements if each.predicate in _VALUES}
    for aggregate in aggregates:
        for variable in (node for node in walk(aggregate) if isinstance(node, Variable)):
            figure = values.get(_name(variable))
            if figure is None or any(each.subject == figure and each.predicate == _THING for each in statements):
                continue
            studies = _studies(figure, statements)
            if figure not in keys and not keys & studies and not any(not each.startswith("?") for each in studies):
                message = (
                    f"{_name(variable)} is taken over the figures of all studies; group by table or sample as well "
                    f"(for example {figure} qb:dataSet ?table … GROUP BY ?table)"
                )
                yield Finding("mixed-studies", message, aggregate.span)
                break
