"""Variables of a query: which are in scope, where they may stand, and how they get values from outside.

`visible` and `selected` follow section 18.2.1 of SPARQL 1.1 Query; `check` applies the notes of section 19.8 that the
productions do not express. `bind` puts values into the syntax tree by data blocks, which mean the same on every store.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Literal as LiteralTerm
from pyoxigraph import NamedNode

from kg.core.errors import QueryError, near_names
from kg.sparql.nodes import (
    NOWHERE,
    Aggregate,
    Bind,
    BlankNode,
    ConstructQuery,
    DescribeQuery,
    Exists,
    Expression,
    Filter,
    GraphPattern,
    Group,
    Iri,
    Literal,
    Minus,
    Node,
    Optional,
    Pattern,
    Projection,
    Query,
    Row,
    SelectQuery,
    Service,
    Span,
    SubSelect,
    TriplesBlock,
    Union,
    Values,
    Variable,
    children,
    replace,
    transform,
    walk,
)
from kg.sparql.tokens import error

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kg.sparql.tokens import Source

    Term = NamedNode | LiteralTerm


class Names:
    """Names of variables that a query does not have."""

    def __init__(self, taken: set[str]) -> None:
        self._taken = taken
        self.made = 0

    def fresh(self) -> Variable:
        """Return a variable that stands nowhere else."""
        self.made += 1
        number = self.made
        while (name := f"_{number}") in self._taken:
            number += 1
        self._taken.add(name)
        return Variable(NOWHERE, name)


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
    """Return the names of the variables that a query or an inner query selects."""
    if not query.selection.items:
        return visible(query.where) | (visible(query.values) if query.values else set())
    return {(item.variable if isinstance(item, Projection) else item).name for item in query.selection.items}


def check(query: Query, source: Source) -> None:
    """Check where the names of a query stand.

    Raises:
        QueryError: a name stands where it may not; the first such place of the text, by rule.

    """
    checker = _Checker(source)
    if query.where is not None:
        checker.group(query.where)
    if isinstance(query, SelectQuery):
        checker.selection(query)


class _Checker:
    """Checks the groups of a query in the order of the text."""

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
        taken = _keys(query) if grouped else visible(query.where)
        named: set[str] = set()
        for item in query.selection.items:
            variable = item.variable if isinstance(item, Projection) else item
            if isinstance(item, Projection) and variable.name in taken:
                where = "as a key of GROUP BY" if grouped else "in the pattern"
                message = f"?{variable.name} has a value {where} already, and AS gives it another"
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
        keys = _keys(query)
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


def _keys(query: SelectQuery | SubSelect) -> set[str]:
    """Return the variables that a GROUP BY groups by or makes."""
    keys = {each.expression.name for each in query.modifiers.group_by if isinstance(each.expression, Variable)}
    return keys | {each.variable.name for each in query.modifiers.group_by if each.variable}


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


def bind(query: Query, terms: Mapping[str, Term]) -> Query:
    """Return a query in which variables have the given values.

    A block ``VALUES ?name { … }`` of that one variable, wherever it stands, gets the value in place of its data. A
    variable without such a block gets one at the start of the outermost group. The values go in as terms, never as
    text.

    Raises:
        QueryError: the query has no such variable, gives it a value itself, or hides it in an inner query where a value
            from
            outside would not reach it.

    """
    for name, term in terms.items():
        row = Row(NOWHERE, (as_node(term),))
        bound, count = _in_blocks(query, name, row)
        query = bound if count else _joined(query, name, row)
    return query


def as_node(term: Term) -> Iri | Literal:
    """Return the node of an RDF term.

    Raises:
        QueryError: it is a blank node, which names nothing outside its own graph, or a term that SPARQL 1.1 does not
            have.

    """
    if isinstance(term, NamedNode):
        return Iri(NOWHERE, term.value, f"<{term.value}>")
    if isinstance(term, LiteralTerm) and not term.direction:
        return Literal(NOWHERE, term.value, term.datatype.value, term.language or "")
    raise QueryError(f"{term} cannot be bound to a variable", hint="give an IRI or a literal")


def _in_blocks(query: Query, name: str, row: Row) -> tuple[Query, int]:
    """Put a row into every data block of one variable, and count the blocks."""
    count = 0

    def filled(node: Node) -> Node:
        nonlocal count
        if isinstance(node, Values) and [variable.name for variable in node.variables] == [name]:
            count += 1
            return replace(node, rows=(_at(node.rows[0].span if node.rows else node.span, row),))
        return node

    bound = transform(query, filled)
    return bound, count


def _at(span: Span, row: Row) -> Row:
    """Return a row that stands where another one stood."""
    return replace(row, span=span, values=tuple(replace(value, span=span) for value in row.values))


def _joined(query: Query, name: str, row: Row) -> Query:
    """Put a data block at the start of the outermost group."""
    _check_reach(query, name)
    block = Values(NOWHERE, (Variable(NOWHERE, name),), (row,))
    where = query.where or Group(NOWHERE, ())
    elements = where.elements
    if elements and isinstance(elements[0], SubSelect):
        elements = (Group(where.span, elements),)
    changed = replace(where, elements=(block, *elements))
    if isinstance(query, ConstructQuery) and query.template is None:
        template = tuple(
            triples for part in where.elements if isinstance(part, TriplesBlock) for triples in part.triples
        )
        return replace(query, template=template, where=changed)
    return replace(query, where=changed)


def _check_reach(query: Query, name: str) -> None:
    names = {node.name for node in walk(query) if isinstance(node, Variable)}
    if name not in names:
        raise QueryError(
            f"the query has no variable ?{name} to give a value",
            near=tuple(f"?{near}" for near in near_names(name, names)),
        )
    if name in _assigned(query):
        raise QueryError(
            f"the query gives ?{name} a value itself", hint=f"put VALUES ?{name} {{ … }} where the value is to act"
        )
    if name not in _reached(query):
        hint = f"put VALUES ?{name} {{ … }} where the value is to act"
        raise QueryError(f"?{name} stands only where a value given to the whole query does not reach it", hint=hint)


def _assigned(query: Query) -> set[str]:
    """Return the variables that the outermost level makes with AS."""
    assigned = {part.variable.name for part in (query.where.elements if query.where else ()) if isinstance(part, Bind)}
    assigned |= {each.variable.name for each in query.modifiers.group_by if each.variable}
    if isinstance(query, SelectQuery):
        assigned |= {item.variable.name for item in query.selection.items if isinstance(item, Projection)}
    return assigned


def _reached(query: Query) -> set[str]:
    """Return the variables that a data block at the start of the outermost group can restrict."""
    reached: set[str] = set()
    nodes: list[Node] = [*query.modifiers.group_by, *query.modifiers.having, *query.modifiers.order_by]
    if isinstance(query, SelectQuery):
        nodes += query.selection.items
    elif isinstance(query, DescribeQuery):
        nodes += query.targets
    elif isinstance(query, ConstructQuery):
        nodes += query.template or ()
    for element in query.where.elements if query.where else ():
        reached |= visible(element)
        if isinstance(element, Filter | Bind):
            nodes.append(element)
        elif isinstance(element, Minus):
            reached |= visible(element.group)
        elif isinstance(element, Optional):
            nodes += [part for part in element.group.elements if isinstance(part, Filter)]
    return reached | {node.name for start in nodes for node in walk(start) if isinstance(node, Variable)}
