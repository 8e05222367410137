"""What the grammar says in its notes and not in its productions: where names may stand (sections 18.2.1 and 19.8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.sparql.expressionnodes import Aggregate, Exists
from kg.sparql.messages import error
from kg.sparql.nodes import (
    Bind,
    BlankNode,
    Expression,
    Filter,
    GraphPattern,
    Group,
    Minus,
    Optional,
    Pattern,
    Projection,
    Query,
    SelectQuery,
    Service,
    SubSelect,
    TriplesBlock,
    Union,
    Values,
    Variable,
)
from kg.sparql.tree import Node, children, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.sparql.tokens import Source


def visible(pattern: Pattern) -> set[str]:  # noqa: PLR0911 - one case a row of the table
    """Return the names of the variables that are in scope after a pattern (section 18.2.1)."""
    match pattern:
        case Group(_, elements):
            return set().union(*map(visible, elements)) if elements else set()
        case Optional(_, group):
            return visible(group)
        case Union(_, groups):
            return set().union(*map(visible, groups))
        case GraphPattern(_, name, group) | Service(_, _, name, group):
            return visible(group) | ({name.name} if isinstance(name, Variable) else set())
        case Bind(_, _, variable):
            return {variable.name}
        case Values(_, variables, _):
            return {variable.name for variable in variables}
        case SubSelect():
            return selected(pattern)
        case Filter() | Minus():
            return set()
        case _:
            return {node.name for node in walk(pattern) if isinstance(node, Variable)}


def selected(query: SelectQuery | SubSelect) -> set[str]:
    """Return the names of the variables that a query or an inner query hands out."""
    if not query.selection.items:
        return visible(query.where) | (visible(query.values) if query.values else set())
    return {(item.variable if isinstance(item, Projection) else item).name for item in query.selection.items}


def check(query: Query, source: Source) -> None:
    """Look at the names of a query.

    Raises:
        QueryError: a name stands where it may not; the first such place of the text, by rule.

    """
    checker = _Checker(source)
    if query.where is not None:
        checker.group(query.where)
    if isinstance(query, SelectQuery):
        checker.selection(query)


class _Checker:
    """Goes through the groups of a query in the order of the text."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.labels: dict[str, int] = {}  # the label of a blank node and the number of its basic graph pattern
        self.patterns = 0

    def group(self, group: Group) -> None:
        """Check a group and what is inside."""
        seen: set[str] = set()
        self.patterns += 1
        mine = self.patterns
        for element in group.elements:
            if isinstance(element, TriplesBlock):
                self._labels(element, mine)
            elif isinstance(element, Filter):
                self._groups_inside(element)
            else:
                if isinstance(element, Bind) and element.variable.name in seen:
                    name = element.variable.name
                    hint = f"choose another name, or compare: FILTER(?{name} = …)"
                    raise error(
                        self.source,
                        element.variable.span,
                        f"?{name} has a value before this BIND in the same group",
                        hint=hint,
                    )
                self._groups_inside(element)
                self.patterns += 1
                mine = self.patterns
            seen |= visible(element)

    def _groups_inside(self, node: Node) -> None:
        """Check the groups and inner queries below a node, each once."""
        if isinstance(node, Group):
            self.group(node)
        elif isinstance(node, SubSelect):
            self.group(node.where)
            self.selection(node)
        else:
            for child in children(node):
                self._groups_inside(child)

    def _labels(self, block: TriplesBlock, pattern: int) -> None:
        """A blank node label belongs to one basic graph pattern (section 5.1.1)."""
        for node in walk(block):
            if isinstance(node, BlankNode) and node.label and self.labels.setdefault(node.label, pattern) != pattern:
                message = (
                    f"the blank node _:{node.label} also stands in another part of the query, where it is another node"
                )
                raise error(self.source, node.span, message, hint="use a variable to join the two parts")

    def selection(self, query: SelectQuery | SubSelect) -> None:
        """Check a SELECT clause against its pattern (19.8, note 12; section 11.4)."""
        for item in query.selection.items:
            if isinstance(item, Projection):
                self._groups_inside(item.expression)
        for node in (*query.modifiers.having, *query.modifiers.order_by, *query.modifiers.group_by):
            self._groups_inside(node)
        grouped = bool(query.modifiers.group_by) or any(map(_aggregates, _aggregating(query)))
        if grouped:
            self._grouping(query)
        taken = set() if grouped else visible(query.where)
        named: set[str] = set()
        for item in query.selection.items:
            variable = item.variable if isinstance(item, Projection) else item
            if isinstance(item, Projection) and variable.name in taken:
                message = f"?{variable.name} has a value in the pattern already, and AS gives it another"
                raise error(self.source, variable.span, message, hint="choose another name after AS")
            if variable.name in named:
                raise error(self.source, variable.span, f"?{variable.name} is selected twice")
            named.add(variable.name)

    def _grouping(self, query: SelectQuery | SubSelect) -> None:
        """In a grouped query only keys and aggregates can be selected (section 11.4)."""
        if not query.selection.items:
            hint = "name the keys and the aggregates that you want"
            raise error(
                self.source, query.selection.span, "SELECT * cannot stand with GROUP BY or an aggregate", hint=hint
            )
        keys = {c.expression.name for c in query.modifiers.group_by if isinstance(c.expression, Variable)}
        keys |= {c.variable.name for c in query.modifiers.group_by if c.variable}
        named: set[str] = set()
        for item in query.selection.items:
            loose = _outside_aggregates(item.expression) if isinstance(item, Projection) else iter((item,))
            for variable in loose:
                if variable.name in keys:
                    continue
                message = f"?{variable.name} is neither a key of the GROUP BY nor inside an aggregate"
                hint = (
                    f"add ?{variable.name} to GROUP BY, or aggregate it, for example (SAMPLE(?{variable.name}) AS ?one)"
                )
                if variable.name in named:
                    hint = f"?{variable.name} is made in the same SELECT: repeat its expression here"
                raise error(self.source, variable.span, message, hint=hint)
            if isinstance(item, Projection):
                named.add(item.variable.name)


def _aggregating(query: SelectQuery | SubSelect) -> Iterator[Node]:
    """Yield the expressions in which aggregates make the query a grouped one."""
    yield from (item.expression for item in query.selection.items if isinstance(item, Projection))
    yield from query.modifiers.having
    yield from query.modifiers.order_by


def _aggregates(node: Node) -> bool:
    """Return whether there is an aggregate in an expression, patterns inside EXISTS left out."""
    return isinstance(node, Aggregate) or (not isinstance(node, Exists) and any(map(_aggregates, children(node))))


def _outside_aggregates(expression: Expression | Node) -> Iterator[Variable]:
    """Yield the variables of an expression that no aggregate holds."""
    if isinstance(expression, Variable):
        yield expression
    elif not isinstance(expression, Aggregate | Exists):
        for child in children(expression):
            yield from _outside_aggregates(child)
