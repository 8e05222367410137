"""Queries in forms that the embedded engine answers as the Recommendation says, where it answers others otherwise.

The engine (Oxigraph 0.5) reads the union of graphs as a list: a statement that stands in two of them gives two
solutions, although a graph is a set. It counts ``p|q`` once where both lead to the same node, and finds nothing at the
end of a path of length zero whose other end is a term that is no node of the graph. `conformed` writes such patterns as
other patterns with the solutions that SPARQL 1.1, section 18, gives them; everything else stays as it is. See
``docs/reference/engines.md``.

How often a solution comes makes no difference inside EXISTS and MINUS, in ASK and under DISTINCT, as long as nothing
between counts, limits or makes something new for each; there only triples that lose or add a solution are rewritten.

`kg.store.embedded.paths` takes triples and paths apart, `kg.store.embedded.loops` keeps values from outside out of
options.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar, cast

from kg.core.errors import QueryError
from kg.sparql.nodes import (
    NOWHERE,
    Aggregate,
    AskQuery,
    Bind,
    BlankNode,
    BlankNodeProperties,
    BuiltInCall,
    Collection,
    Comparison,
    ConstructQuery,
    DescribeQuery,
    Exists,
    Filter,
    GraphPattern,
    Group,
    In,
    Iri,
    Literal,
    Logical,
    Minus,
    Node,
    Optional,
    PropertyObjects,
    Row,
    Selection,
    SelectQuery,
    SubSelect,
    TriplesBlock,
    Unary,
    Union,
    Values,
    Variable,
    children,
    replace,
    transform,
    walk,
)
from kg.sparql.variables import Names, selected, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from kg.sparql.nodes import DatasetClause, Pattern, Query

N = TypeVar("N", bound=Node)
_NEW_EACH_TIME: Final = {"RAND", "UUID", "STRUUID", "BNODE"}
MOST_GRAPHS: Final = 64


def conformed(query: Query, known: Known) -> Query:
    """Return a query whose answers by the engine are the answers of ``query``; the same object where they are already.

    ``known`` answers which statements of the default graph may stand in several graphs, and what its nodes are.
    """
    dataset = _each_once(query.dataset)
    if len(dataset) < len(query.dataset):  # the engine reads a graph as often as it is named
        query = replace(query, dataset=dataset)
    better = Conforming(query, known).query()
    if any(isinstance(node, Optional) for node in walk(better)):
        from kg.store.embedded.loops import held_apart

        better = held_apart(better)
    return transform(better, _untagged)


def _untagged(node: Node) -> Node:
    """Return GROUP_CONCAT without the language tag that the engine keeps (18.5.1.7: it is a simple literal)."""
    if isinstance(node, Aggregate) and node.name == "GROUP_CONCAT" and isinstance(node.expression, Variable):
        return BuiltInCall(node.span, "STR", (node,))
    return node


def _each_once(clauses: tuple[DatasetClause, ...]) -> tuple[DatasetClause, ...]:
    return tuple({(clause.named, clause.iri.value): clause for clause in reversed(clauses)}.values())[::-1]


class Known(Protocol):
    """What is known of a store's default graph, the union of all."""

    def repeats(self, predicate: str | None) -> bool:
        """Return whether a statement with this predicate, or any, may stand in several graphs."""

    def named_graphs(self, most: int) -> Sequence[str] | None:
        """Return the names of the named graphs; None where there are more, or one has no IRI."""

    def is_node(self, term: Iri | Literal) -> bool:
        """Return whether a term is subject or object of a statement."""


class Conforming:
    """Rewrites one query."""

    def __init__(self, query: Query, known: Known) -> None:
        self._query = query
        self._known = known
        everything = list(walk(query))
        self._names = Names({node.name for node in everything if isinstance(node, Variable)})
        self._new_each_time = any(isinstance(n, BuiltInCall) and n.name in _NEW_EACH_TIME for n in everything)
        self._counts_all = any(isinstance(n, Aggregate) and n.expression is None and n.distinct for n in everything)
        graphs = {clause.iri.value for clause in query.dataset if not clause.named}
        self._several = len(graphs) > 1 or not query.dataset
        self._whole = not query.dataset
        self._in_exists = 0
        self._occurrences = Counter(node.name for node in everything if isinstance(node, Variable))
        self._around: list[Variable] = []  # the variables of the GRAPHs around, outermost first
        self._graph_variable: Variable | None = None  # of the innermost GRAPH, where it is one
        self._compares = any(isinstance(node, In | Comparison) for node in everything)

    def query(self) -> Query:
        """Return the query, or the same object where nothing is to be done."""
        query = self._query
        if query.where is None:
            return query
        if isinstance(query, SelectQuery):
            # no text can hide a new variable from a star that names none
            return self._selected(query, counts=True) if selected(query) else query
        before = self._names.made
        counts = self._always(query)
        if isinstance(query, ConstructQuery):
            counts = counts or any(isinstance(node, _BLANK) for part in query.template or () for node in walk(part))
        where = self._group(query.where, counts=counts, named=False)
        if where is query.where:
            return query
        if isinstance(query, ConstructQuery) and query.template is None:
            blocks = (part for part in query.where.elements if isinstance(part, TriplesBlock))
            query = replace(query, template=tuple(triples for block in blocks for triples in block.triples))
        if isinstance(query, DescribeQuery) and not query.targets and self._names.made > before and query.where:
            query = replace(query, targets=_variables(visible(query.where)))
        return replace(query, where=where)

    def _always(self, query: Query | SubSelect) -> bool:
        """Return whether the number of solutions matters whatever the form of a query."""
        modifiers = query.modifiers
        limited = modifiers.limit is not None or bool(modifiers.offset)
        return bool(modifiers.group_by or modifiers.having or self._new_each_time) or (
            limited and not isinstance(query, AskQuery)
        )

    def _selected(self, query: N, *, counts: bool, named: bool = False) -> N:
        asked = cast("Any", query)
        selection: Selection = asked.selection
        aggregates = any(_aggregates(item) for item in (*selection.items, *asked.modifiers.order_by))
        always = aggregates or self._always(asked)
        if selection.duplicates == "DISTINCT" and not (aggregates or _grouped(asked) or self._new_each_time):
            counts = False
        elif always:
            counts = True
        before = self._names.made
        around, self._graph_variable = self._graph_variable, None  # an inner query does not know it
        where = self._group(asked.where, counts=counts, named=named)
        self._graph_variable = around
        changes: dict[str, object] = {}
        if where is not asked.where:
            changes["where"] = where
        if self._names.made > before and not selection.items:
            changes["selection"] = selection = replace(
                selection, items=_variables(selected(asked)) or (self._names.fresh(),)
            )
        items = tuple(self._conditions(item, named=named) for item in selection.items)
        if any(new is not old for new, old in zip(items, selection.items, strict=True)):
            changes["selection"] = replace(selection, items=items)
        modifiers = self._conditions(asked.modifiers, named=named)
        if modifiers is not asked.modifiers:
            changes["modifiers"] = modifiers
        return replace(query, **changes) if changes else query

    def _group(self, group: Group, *, counts: bool, named: bool) -> Group:
        """Return a group; ``named`` says that it reads one named graph."""
        parts: list[Pattern] = []
        run: list[TriplesBlock] = []
        place = 0
        for element in group.elements:
            if isinstance(element, TriplesBlock):
                place = place if run else len(parts)
                run.append(element)
                continue
            if self._takes_nothing_away(element, group):
                continue
            if not isinstance(element, Filter):  # a filter does not end a basic graph pattern
                parts[place:place] = self._triples(run, counts=counts, named=named)
                run = []
            parts.append(self._part(element, counts=counts, named=named))
        parts[place:place] = self._triples(run, counts=counts, named=named)
        if self._graph_variable is not None and _leaves_graph_open(parts):
            parts.insert(0, GraphPattern(NOWHERE, self._graph_variable, Group(NOWHERE, ())))
        if len(parts) == len(group.elements) and all(map(_is, parts, group.elements)):
            return group
        return replace(group, elements=tuple(parts))

    def _takes_nothing_away(self, element: Pattern, group: Group) -> bool:
        """Return whether a MINUS shares no variable with what stands before it: the engine shares that of GRAPH."""
        if not isinstance(element, Minus) or not self._around or self._in_exists:
            return False
        before = group.elements[: group.elements.index(element)]
        return visible(element.group).isdisjoint(set().union(*map(visible, before)))

    def _part(self, part: Pattern, *, counts: bool, named: bool) -> Pattern:
        part = self._by_itself(part)
        if isinstance(part, SubSelect):
            return self._selected(part, counts=counts, named=named)
        if isinstance(part, GraphPattern):
            return self._graph(part, counts=counts)
        if isinstance(part, Group):
            return self._group(part, counts=counts, named=named)
        if isinstance(part, Minus):
            group = self._group(part.group, counts=False, named=named)
            return part if group is part.group else replace(part, group=group)
        changes: dict[str, object] = {}
        if hasattr(part, "group"):
            changes["group"] = self._group(part.group, counts=counts, named=named)
        if hasattr(part, "groups"):
            changes["groups"] = tuple(self._group(group, counts=counts, named=named) for group in part.groups)
        if not changes:
            return self._conditions(part, named=named)
        return replace(part, **changes) if any(new != getattr(part, name) for name, new in changes.items()) else part

    def _by_itself(self, part: Pattern) -> Pattern:
        """Return a part that is evaluated by itself with variables of its own where no other part is to see them.

        The engine evaluates one side of a join for each solution of the other, and an EXISTS inside sees that solution.
        A variable that such a part does not bind means nothing outside it, whatever its name is; nor does one that an
        inner query does not select, whose name the engine takes for that of a variable outside in some options.
        """
        if self._in_exists:
            return part
        if isinstance(part, Union):
            groups = tuple(self._with_own(group, _in_exists(group) - visible(group)) for group in part.groups)
            return part if all(map(_is, groups, part.groups)) else replace(part, groups=groups)
        if isinstance(part, SubSelect):
            return self._with_own(part, _names(part) - visible(part))
        if isinstance(part, Group | GraphPattern):
            return self._with_own(part, _in_exists(part) - visible(part))
        return part

    def _with_own(self, part: N, local: set[str]) -> N:
        """Return a part with other names for those of its local variables that stand elsewhere too."""
        if not local:
            return part
        inside = Counter(node.name for node in walk(part) if isinstance(node, Variable))
        shared = [name for name in sorted(local) if self._occurrences[name] > inside[name]]
        if not shared:
            return part
        own = {name: self._names.fresh() for name in shared}
        self._occurrences.update({own[name].name: inside[name] for name in shared})
        return transform(part, lambda node: own.get(node.name, node) if isinstance(node, Variable) else node)

    def _graph(self, part: GraphPattern, *, counts: bool) -> Pattern:
        """Return GRAPH with its group; a variable takes each graph, and is bound after the group only (18.6).

        Inside EXISTS it may have a value from outside, which the Recommendation puts in its place in the group too.
        """
        name = part.name
        if not isinstance(name, Variable):
            group = self._group_of_graph(part.group, None, counts=counts)
            return part if group is part.group else replace(part, group=group)
        inside = part.group
        after: tuple[Pattern, ...] = ()
        by_itself = not self._in_exists and _has_inner_query(inside)
        if by_itself or not (self._in_exists or _alike(inside, name.name)):
            inside, after = self._bound_after(inside, name)
        if by_itself:
            return self._graph_by_graph(part, inside, after, counts=counts)
        self._around.append(name)
        group = self._group_of_graph(inside, name, counts=counts)
        self._around.pop()
        before = [] if _reads(group.elements) else [GraphPattern(NOWHERE, name, Group(NOWHERE, ()))]
        if group is part.group and (not before or not group.elements):
            return part
        better = replace(part, group=group)
        return Group(NOWHERE, (*before, better, *after)) if before or after else better

    def _group_of_graph(self, group: Group, variable: Variable | None, *, counts: bool) -> Group:
        """Return the group of GRAPH, whose name is this variable."""
        around, self._graph_variable = self._graph_variable, variable
        better = self._group(group, counts=counts, named=True)
        self._graph_variable = around
        return better

    def _bound_after(self, group: Group, name: Variable) -> tuple[Group, tuple[Pattern, ...]]:
        """Return the group of GRAPH with another variable for its own, and what compares the two after it."""
        if not _named(group, name.name):
            return group, ()
        fresh = self._names.fresh()
        renamed = transform(group, lambda node: fresh if node == name else node)
        self._occurrences[fresh.name] = sum(node == fresh for node in walk(renamed))
        if name.name not in visible(group):
            return renamed, ()
        free = Unary(NOWHERE, "!", BuiltInCall(NOWHERE, "BOUND", (fresh,)))
        same = BuiltInCall(NOWHERE, "SAMETERM", (fresh, name))
        return renamed, (Filter(NOWHERE, Logical(NOWHERE, "||", (free, same))),)

    def _graph_by_graph(
        self, part: GraphPattern, inside: Group, after: tuple[Pattern, ...], *, counts: bool
    ) -> Pattern:
        """Return a union of the named graphs: the engine evaluates an inner query over all of them together.

        Raises:
            QueryError: there are too many graphs to name, or one is named by a blank node.

        """
        from kg.store.embedded.paths import iri

        graphs = self._known.named_graphs(MOST_GRAPHS)
        if graphs is None:
            place = part.span
            raise QueryError(
                f"line {place.line}, column {place.column}: this engine evaluates the inner query over all graphs "
                f"together, and not for each of more than {MOST_GRAPHS} graphs",
                hint="name the graph, or group by it instead: { SELECT ?g … { GRAPH ?g { … } } GROUP BY ?g }",
            )
        named = {clause.iri.value for clause in self._query.dataset if clause.named}
        group = self._group_of_graph(inside, None, counts=counts)
        variable = cast("Variable", part.name)
        branches = [
            Group(
                NOWHERE,
                (
                    GraphPattern(NOWHERE, iri(graph), self._with_own_labels(group)),
                    Values(NOWHERE, (variable,), (Row(NOWHERE, (iri(graph),)),)),
                    *after,
                ),
            )
            for graph in graphs
            if not self._query.dataset or graph in named
        ]
        if len(branches) > 1:
            return Union(NOWHERE, tuple(branches))
        return branches[0] if branches else Values(NOWHERE, (variable,), ())

    def _with_own_labels(self, group: Group) -> Group:
        """Return a group with new labels of blank nodes, each of which may stand in one pattern only."""
        labels: dict[str, str] = {}

        def renamed(node: Node) -> Node:
            if not isinstance(node, BlankNode) or not node.label:
                return node
            if node.label not in labels:
                labels[node.label] = self._names.fresh().name
            return replace(node, label=labels[node.label])

        return transform(group, renamed)

    def _conditions(self, node: N, *, named: bool) -> N:
        """Return an expression, or what holds one, with the groups of its EXISTS rewritten."""
        if not any(isinstance(below, Exists) for below in walk(node)):
            return node
        if isinstance(node, Exists):
            self._in_exists += 1
            group = self._group(node.group, counts=False, named=named)
            self._in_exists -= 1
            return node if group is node.group else replace(node, group=group)
        changes: dict[str, object] = {}
        for field in type(node).fields:
            value = getattr(node, field)
            new: object = value
            if isinstance(value, Node):
                new = self._conditions(value, named=named)
            elif type(value) is tuple:
                items = tuple(self._conditions(item, named=named) if isinstance(item, Node) else item for item in value)
                new = value if all(map(_is, items, value)) else items
            if new is not value:
                changes[field] = new
        return replace(node, **changes) if changes else node

    def _triples(self, blocks: Iterable[TriplesBlock], *, counts: bool, named: bool) -> tuple[Pattern, ...]:
        held = tuple(blocks)
        if not held:
            return ()
        repeats = self._known.repeats if counts and self._several and not named else _never
        is_node = self._known.is_node if self._whole and not named else _never
        if _is_plain(held, repeats):
            return held
        from kg.store.embedded.paths import Reading, Run

        reading = Reading(repeats, is_node, counts, self._compares, self._graph_variable)
        run = Run(held, self._names, reading)
        before = self._names.made
        better = run.rewritten()
        if self._counts_all and self._names.made > before and better != held:
            return (_only(run.variables() | {each.name for each in self._around[-1:]}, better, self._names),)
        return better


def _is_plain(blocks: Iterable[TriplesBlock], repeats: Callable[[str | None], bool]) -> bool:
    """Return whether triples are without paths and lists, and without statements that count once for each graph."""
    nodes = [node for block in blocks for node in walk(block)]
    verbs = [node.verb for node in nodes if isinstance(node, PropertyObjects)]
    return not any(isinstance(node, Collection) for node in nodes) and not any(
        repeats(verb.value if isinstance(verb, Iri) else None) if isinstance(verb, Iri | Variable) else True
        for verb in verbs
    )


_BLANK: Final = (BlankNode, BlankNodeProperties, Collection)


def _only(variables: Iterable[str], parts: tuple[Pattern, ...], names: Names) -> Group:
    """Return patterns in a group of their own from which no other variable leads outside."""
    from kg.store.embedded.paths import NO_MODIFIERS

    items = _variables(variables) or (names.fresh(),)
    query = SubSelect(NOWHERE, Selection(NOWHERE, "", items), Group(NOWHERE, parts), NO_MODIFIERS, None)
    return Group(NOWHERE, (query,))


def _has_inner_query(node: Node) -> bool:
    """Return whether there is an inner query below a node, EXISTS aside."""
    return isinstance(node, SubSelect) or (not isinstance(node, Exists) and any(map(_has_inner_query, children(node))))


def _alike(group: Group, name: str) -> bool:
    """Return whether a group of GRAPH has the same solutions whether its variable has a value inside or gets it after.

    So it is where no part names it, and where triples that stand before all other parts bind it, and no part evaluated
    by itself names it but triples.
    """
    if not _named(group, name):
        return True
    first, *others = (element for element in group.elements if not isinstance(element, Filter))
    if not isinstance(first, TriplesBlock) or not _binds(first, name):
        return False
    return all(
        isinstance(part, TriplesBlock | Bind) or _triples_alone(part) or not _named(part, name) for part in others
    )


def _names(node: Node) -> set[str]:
    return {below.name for below in walk(node) if isinstance(below, Variable)}


def _in_exists(node: Node) -> set[str]:
    return {name for below in walk(node) if isinstance(below, Exists) for name in _names(below)}


def _named(node: Node, name: str) -> bool:
    return any(isinstance(below, Variable) and below.name == name for below in walk(node))


def _binds(block: TriplesBlock, name: str) -> bool:
    """Return whether a plain triple of a block gives a variable a value in every solution."""
    return any(
        isinstance(each.verb, Iri | Variable)
        and any(isinstance(end, Variable) and end.name == name for end in (triples.subject, each.verb, *each.objects))
        for triples in block.triples
        for each in triples.properties
    )


def _triples_alone(part: Pattern) -> bool:
    """Return whether a part is an option of triples and filters, whose filters see what stands before them."""
    return isinstance(part, Optional) and all(isinstance(e, TriplesBlock | Filter) for e in part.group.elements)


def _reads(elements: Sequence[Pattern]) -> bool:
    """Return whether every solution of some elements has a statement behind it, by their triples alone."""
    from kg.store.embedded.paths import may_be_empty

    return any(
        isinstance(element, TriplesBlock)
        and any(
            isinstance(each.verb, Iri | Variable) or not may_be_empty(each.verb)
            for triples in element.triples
            for each in triples.properties
        )
        for element in elements
    )


def _leaves_graph_open(elements: Sequence[Pattern]) -> bool:
    """Return whether an option, MINUS or EXISTS may stand where the variable of the GRAPH around has no value yet.

    The engine would take a solution of one graph for one of all graphs there.
    """
    places = (index for index, element in enumerate(elements) if isinstance(element, Optional | Minus))
    first = next(places, None)
    if first is not None and not _reads(elements[:first]):
        return True
    return not _reads(elements) and any(
        isinstance(element, Filter | Bind) and any(isinstance(below, Exists) for below in walk(element))
        for element in elements
    )


def _variables(names: Iterable[str]) -> tuple[Variable, ...]:
    """Return variables in the order in which the engine gives those of ``*``."""
    return tuple(Variable(NOWHERE, name) for name in sorted(names))


def _grouped(query: Any) -> bool:  # noqa: ANN401 - a query or an inner query
    return bool(query.modifiers.group_by or query.modifiers.having)


def _aggregates(node: Node) -> bool:
    return any(isinstance(below, Aggregate) for below in walk(node))


def _never(_: object) -> bool:
    return False


def _is(one: object, other: object) -> bool:
    return one is other
