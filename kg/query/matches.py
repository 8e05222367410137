"""What the pattern of a query matched behind each row of its answer.

A row shows some variables of a pattern that had more of them. The pattern is asked again for all its variables, and its
solutions are laid under the rows by the values that both have. An inner query is taken in the same way under the
solutions of the pattern around it, so that the summands of a sum are found behind the sum. `revealed` gives names to
the unnamed nodes of a pattern: blank nodes, and the nodes between the steps of a path, become variables.
"""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeAlias

from pyoxigraph import NamedNode

from kg.core.errors import QueryError
from kg.query.diagnosis.parts import Splitter
from kg.sparql import (
    NOWHERE,
    Aggregate,
    Bind,
    BlankNode,
    BlankNodeProperties,
    BuiltInCall,
    Exists,
    GraphNode,
    GraphPattern,
    Group,
    GroupCondition,
    Iri,
    Modifiers,
    Node,
    PathSequence,
    Projection,
    PropertyObjects,
    Selection,
    SelectQuery,
    SubSelect,
    TriplesBlock,
    TriplesSameSubject,
    Variable,
    children,
    parse,
    replace,
    transform,
    walk,
    write,
)
from kg.store.protocol import Solutions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kg.store.protocol import QuadStore, Term


def revealed(query: SelectQuery) -> SelectQuery:
    """Return a query that matches the same, with a variable wherever its pattern has a node without a name.

    ``a/b`` stands for two triples with a new variable between them (SPARQL 1.1 section 18.2.2.3), and a blank node of a
    pattern is a variable that cannot be selected (section 4.1.4), so that no solution is won or lost.
    """
    names = _Names({node.name for node in walk(query) if isinstance(node, Variable)})

    def change(node: Node) -> Node:
        if isinstance(node, TriplesBlock):
            return replace(node, triples=tuple(part for triples in node.triples for part in _named(triples, names)))
        return node

    return transform(query, change)


class _Names:
    """Returns new variables, one for each label of a blank node."""

    def __init__(self, taken: set[str]) -> None:
        self._taken = taken
        self._labels: dict[str, Variable] = {}

    def fresh(self) -> Variable:
        number = 1
        while f"node{number}" in self._taken:
            number += 1
        self._taken.add(f"node{number}")
        return Variable(NOWHERE, f"node{number}")

    def of_blank(self, node: BlankNode) -> Variable:
        if not node.label:
            return self.fresh()
        if node.label not in self._labels:
            self._labels[node.label] = self.fresh()
        return self._labels[node.label]


def _named(triples: TriplesSameSubject, names: _Names) -> Iterator[TriplesSameSubject]:
    """Yield triples that say the same: each property with its one object, unnamed nodes named."""
    subject, waiting = _node(triples.subject, names)
    yield from waiting
    for verb, objects in ((each.verb, each.objects) for each in triples.properties):
        for written in objects:
            target, inside = _node(written, names)
            steps = verb.paths if isinstance(verb, PathSequence) else (verb,)
            start = subject
            for number, step in enumerate(steps, 1):
                end = target if number == len(steps) else names.fresh()
                yield TriplesSameSubject(NOWHERE, start, (PropertyObjects(NOWHERE, step, (end,)),))
                start = end
            yield from inside


def _node(node: GraphNode, names: _Names) -> tuple[GraphNode, list[TriplesSameSubject]]:
    """Return the node by its name, and the triples that stood in its brackets. Lists stay as they are."""
    if isinstance(node, BlankNode):
        return names.of_blank(node), []
    if isinstance(node, BlankNodeProperties):
        variable = names.fresh()
        return variable, list(_named(TriplesSameSubject(NOWHERE, variable, node.properties), names))
    return node, []


Binding: TypeAlias = "Mapping[str, Term | None]"

_UNMODIFIED: Final = Modifiers(NOWHERE, (), (), (), None, None)
_WITNESSED: Final = frozenset({"MIN", "MAX"})
_VOLATILE: Final = frozenset(
    {"RAND", "UUID", "STRUUID", "BNODE", "NOW"}
)  # which give another value each time that they are asked


def matched_things(text: str, solutions: Solutions, store: QuadStore) -> list[frozenset[str]]:
    """Return for each row the IRIs that the pattern of the query bound where it made the row.

    Behind a sum, count or average stand all members of its group; behind a smallest or largest value those that have
    it. An inner query that only counts, for example to rank a row among others, is left out: the others are no evidence
    for the row.

    Raises:
        QueryError: the text is no SELECT query.

    """
    query = parse(text)
    if not isinstance(query, SelectQuery):
        raise QueryError("only the rows of a SELECT query have evidence")
    pattern = _Matches(revealed(query), query, store, solutions.variables)
    named = frozenset(_named_things(query.where))
    return [pattern.behind(dict(zip(solutions.variables, row, strict=True))) | named for row in solutions.rows]


def hidden_keys(text: str, solutions: Solutions) -> tuple[str, frozenset[int]]:
    """Return the keys that a query groups by and does not select, and the ambiguous rows.

    The keys are in words; a row is ambiguous if its group cannot be told without them.

    Raises:
        QueryError: the text is no query.

    """
    query = parse(text)
    if not isinstance(query, SelectQuery):
        return "", frozenset()
    keys = [condition.variable or condition.expression for condition in query.modifiers.group_by]
    names = [key.name if isinstance(key, Variable) else "" for key in keys]
    seen = [index for index, name in enumerate(solutions.variables) if name in names]
    hidden = [
        f"?{name}" if name else "an expression without a name" for name in names if name not in solutions.variables
    ]
    shared = Counter(tuple(row[index] for index in seen) for row in solutions.rows)
    unknown = (
        number
        for number, row in enumerate(solutions.rows)
        if not seen or shared[tuple(row[index] for index in seen)] > 1
    )
    return " and ".join(hidden), frozenset(unknown) if hidden else frozenset()


def _named_things(group: Group) -> Iterator[str]:
    """Yield the things that every solution of a group is about, because a statement in it names them."""
    for element in group.elements:
        if isinstance(element, Group):
            yield from _named_things(element)
        elif isinstance(element, GraphPattern):
            yield from _named_things(element.group)
        elif isinstance(element, TriplesBlock):
            for part in Splitter().parts(Group(element.span, (element,))):
                if part.triple and not part.triple.is_type:
                    yield from (end.value for end in (part.triple.subject, part.triple.object) if isinstance(end, Iri))


class _Matches:
    """The solutions of the pattern of a query, of the whole query or an inner one, by the variables that it selects."""

    def __init__(
        self, query: SelectQuery | SubSelect, whole: SelectQuery, store: QuadStore, handed_out: tuple[str, ...]
    ) -> None:
        self._query = query
        self._whole = whole
        self._store = store
        self._bindings = list(_bindings(query))
        bound = {binding.variable.name for binding in self._bindings}
        computed = {item.variable.name for item in query.selection.items if isinstance(item, Projection)} - bound
        self._keys = tuple(name for name in handed_out if name not in computed)
        self._known: dict[tuple[Term | None, ...], frozenset[str]] = {}

    def behind(self, row: Binding) -> frozenset[str]:
        """Return the IRIs that the pattern bound where the query made the row."""
        key = tuple(row.get(name) for name in self._keys)
        if key not in self._known:
            solutions = self._solutions.get(key, ())
            own = {term.value for solution in solutions for term in solution.values() if isinstance(term, NamedNode)}
            deeper = [inner.behind(solution) for solution in solutions for inner in self._inner]
            self._known[key] = frozenset(own).union(*deeper)
        return self._known[key]

    @cached_property
    def _solutions(self) -> dict[tuple[Term | None, ...], list[Binding]]:
        """The solutions of the pattern by the values of the selected variables."""
        query = self._query
        where = Group(NOWHERE, (query.where, *self._bindings))
        everything = Selection(NOWHERE, "DISTINCT", ())
        text = write(
            SelectQuery(
                NOWHERE, self._whole.prologue, everything, self._whole.dataset, where, _UNMODIFIED, query.values
            )
        )
        answer = self._store.query(text)
        found: dict[tuple[Term | None, ...], list[Binding]] = {}
        for solution in Solutions.__iter__(answer) if isinstance(answer, Solutions) else ():
            found.setdefault(tuple(solution.get(name) for name in self._keys), []).append(solution)
        return found

    @cached_property
    def _inner(self) -> list[_Matches]:
        """The inner queries of the pattern, but for those that only count."""
        return [
            _Matches(inner, self._whole, self._store, tuple(_names(inner)))
            for inner in _inner_queries(self._query.where)
            if not _only_counts(inner)
        ]


def _names(query: SelectQuery | SubSelect) -> Iterator[str]:
    """Yield the names that an inner query selects; all that it mentions, for ``SELECT *``."""
    if not query.selection.items:
        yield from sorted({node.name for node in walk(query.where) if isinstance(node, Variable)})
    for item in query.selection.items:
        yield (item.variable if isinstance(item, Projection) else item).name


def _bindings(query: SelectQuery | SubSelect) -> Iterator[Bind]:
    """Yield what a query computes for each solution of its pattern, as parts of the pattern."""
    for condition in query.modifiers.group_by:
        if isinstance(condition, GroupCondition) and condition.variable:
            yield Bind(NOWHERE, condition.expression, condition.variable)
    grouped = bool(query.modifiers.group_by) or any(map(_aggregates, query.selection.items))
    alone = (
        sum(map(_aggregates, query.selection.items)) == 1
    )  # beside another aggregate the whole group is behind the row
    for item in query.selection.items:
        if not isinstance(item, Projection) or any(
            isinstance(node, BuiltInCall) and node.name in _VOLATILE for node in walk(item)
        ):
            continue
        if not grouped:
            yield Bind(NOWHERE, item.expression, item.variable)
        elif (
            alone
            and isinstance(item.expression, Aggregate)
            and item.expression.name in _WITNESSED
            and item.expression.expression
        ):
            yield Bind(NOWHERE, item.expression.expression, item.variable)


def _only_counts(query: SubSelect) -> bool:
    found = [node for item in query.selection.items for node in walk(item) if isinstance(node, Aggregate)]
    return bool(found) and all(aggregate.name == "COUNT" for aggregate in found)


def _aggregates(node: Node) -> bool:
    return any(isinstance(each, Aggregate) for each in walk(node))


def _inner_queries(node: Node) -> Iterator[SubSelect]:
    """Yield the inner queries right below a node, those of conditions left out."""
    for child in children(node):
        if isinstance(child, SubSelect):
            yield child
        elif not isinstance(child, Exists):
            yield from _inner_queries(child)
