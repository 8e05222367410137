"""Which statements a pattern of a query matched: the pattern asked again with some of its variables bound.

`Lookup` returns statements of a store by their parts, whichever store it is, and asks each question once. `ways` finds
the statements along a property path.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from kg.explanation.model import MOST
from kg.query.matches import revealed
from kg.sparql import (
    NOWHERE,
    Exists,
    Filter,
    Group,
    Iri,
    Minus,
    Modifiers,
    Node,
    PathAlternative,
    PathInverse,
    PathRepeat,
    PathSequence,
    Projection,
    Row,
    Selection,
    SelectQuery,
    SubSelect,
    TriplesBlock,
    Values,
    Variable,
    children,
    visible,
    write,
)
from kg.sparql import Iri as IriNode
from kg.sparql import Literal as LiteralNode
from kg.sparql.variables import as_node
from kg.store.protocol import Solutions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kg.sparql import Path
    from kg.store.protocol import QuadStore, Term

    Way: TypeAlias = tuple[Term, tuple[Triple, ...]]
    Bindings: TypeAlias = Mapping[str, Term | None]


_PLACES = ("?s", "?p", "?o")


class Lookup:
    """Looks up statements by subject, predicate and object, any of which may be ``None``."""

    def __init__(self, store: QuadStore) -> None:
        self._store = store
        self._known: dict[tuple[Term | None, ...], tuple[Quad, ...]] = {}

    def quads(self, subject: Term | None, predicate: Term | None, value: Term | None) -> tuple[Quad, ...]:
        """Return the statements with their graphs.

        What no query can name, a blank node or a literal as subject, is in none.
        """
        pattern = (subject, predicate, value)
        if pattern not in self._known:
            self._known[pattern] = () if _unnameable(pattern) else self._ask(pattern)
        return self._known[pattern]

    def triples(self, subject: Term | None, predicate: Term | None, value: Term | None) -> list[Triple]:
        """Return the statements, each once, whatever graphs they are in."""
        return list(dict.fromkeys(quad.triple for quad in self.quads(subject, predicate, value)))

    def graphs(self, statement: Triple) -> list[str]:
        """Return the IRIs of the graphs that hold a statement; empty for the default graph."""
        found = self.quads(statement.subject, statement.predicate, statement.object)
        return [getattr(quad.graph_name, "value", "") for quad in found]

    def _ask(self, pattern: tuple[Term | None, ...]) -> tuple[Quad, ...]:
        subject, predicate, value = (
            str(node) if node is not None else name for node, name in zip(pattern, _PLACES, strict=True)
        )
        answer = self._store.query(f"SELECT ?s ?p ?o ?g WHERE {{ GRAPH ?g {{ {subject} {predicate} {value} }} }}")
        found = []
        for row in Solutions.__iter__(answer) if isinstance(answer, Solutions) else ():
            parts = [node if node is not None else row[name[1:]] for node, name in zip(pattern, _PLACES, strict=True)]
            found.append(Quad(*parts, row["g"]))  # type: ignore[arg-type, call-arg]
        return tuple(found)


def _unnameable(pattern: tuple[Term | None, ...]) -> bool:
    return (
        any(isinstance(node, BlankNode) for node in pattern)
        or isinstance(pattern[0], Literal)
        or isinstance(pattern[1], Literal)
    )


def ways(start: Term, path: Path, lookup: Lookup, end: Term | None = None) -> Iterator[Way]:
    """Yield the nodes that a path leads to from a node, each with the statements on the way.

    ``end`` is the only one of interest.

    Repeated paths give the shortest way to each node. Negated property sets give no way: that something else holds is
    all they say.
    """
    if isinstance(path, Iri):
        yield from ((triple.object, (triple,)) for triple in lookup.triples(start, NamedNode(path.value), end))
    elif isinstance(path, PathInverse):
        yield from _backwards(start, path.path, lookup, end)
    elif isinstance(path, PathAlternative):
        for one in path.paths:
            yield from ways(start, one, lookup, end)
    elif isinstance(path, PathSequence):
        yield from _in_order(start, path.paths, lookup, end)
    elif isinstance(path, PathRepeat):
        yield from _repeated(start, path, lookup)


def _backwards(start: Term, path: Path, lookup: Lookup, end: Term | None) -> Iterator[Way]:
    if isinstance(path, Iri):
        yield from ((triple.subject, (triple,)) for triple in lookup.triples(end, NamedNode(path.value), start))
    elif isinstance(path, PathInverse):
        yield from ways(start, path.path, lookup, end)
    elif isinstance(path, PathAlternative):
        for one in path.paths:
            yield from _backwards(start, one, lookup, end)
    elif isinstance(path, PathSequence):
        turned = tuple(PathInverse(one.span, one) for one in reversed(path.paths))
        yield from _in_order(start, turned, lookup, end)
    elif isinstance(path, PathRepeat):
        yield from _repeated(start, PathRepeat(path.span, PathInverse(path.span, path.path), path.modifier), lookup)


def _in_order(start: Term, paths: tuple[Path, ...], lookup: Lookup, end: Term | None) -> Iterator[Way]:
    first, rest = paths[0], paths[1:]
    for middle, way in ways(start, first, lookup, None if rest else end):
        if not rest:
            yield middle, way
        else:
            yield from ((last, way + further) for last, further in _in_order(middle, rest, lookup, end))


def _repeated(start: Term, path: PathRepeat, lookup: Lookup) -> Iterator[Way]:
    if path.modifier in {"*", "?"}:
        yield start, ()
    seen: set[Term] = set()
    waiting: list[Way] = [(start, ())]
    steps = 0
    while waiting and not (steps and path.modifier == "?"):
        steps += 1
        reached: list[Way] = []
        for node, way in waiting:
            for further, last in ways(node, path.path, lookup):
                if further not in seen:
                    seen.add(further)
                    reached.append((further, way + last))
        yield from reached
        waiting = reached


_UNMODIFIED: Final = Modifiers(NOWHERE, (), (), (), None, None)


def matches(query: SelectQuery, bindings: Bindings, store: QuadStore, lookup: Lookup) -> list[tuple[Triple, ...]]:
    """Return, for each solution of the pattern of a query that has the given values, the statements that it matched.

    What a pattern asks not to be there is no statement. Inner queries give the statements that they matched under the
    solution. At most ``MOST`` solutions of a pattern are looked at.
    """
    return list(_matches(revealed(query), query, bindings, store, lookup))


def _matches(
    query: SelectQuery | SubSelect, whole: SelectQuery, bindings: Bindings, store: QuadStore, lookup: Lookup
) -> Iterator[tuple[Triple, ...]]:
    bound = {name: term for name, term in bindings.items() if isinstance(term, NamedNode | Literal)}
    block = Values(
        NOWHERE, tuple(Variable(NOWHERE, name) for name in bound), (Row(NOWHERE, tuple(map(as_node, bound.values()))),)
    )
    elements = (block, Group(NOWHERE, query.where.elements)) if bound else query.where.elements
    everything = Selection(NOWHERE, "DISTINCT", ())
    with_values = SelectQuery(
        NOWHERE, whole.prologue, everything, whole.dataset, Group(NOWHERE, elements), _UNMODIFIED, query.values
    )
    answer = store.query(write(with_values))
    rows = list(Solutions.__iter__(answer))[:MOST] if isinstance(answer, Solutions) else []
    for row in rows:
        yield tuple(dict.fromkeys(_stated(query.where, whole, row, store, lookup)))


def _stated(node: Node, whole: SelectQuery, row: Bindings, store: QuadStore, lookup: Lookup) -> Iterator[Triple]:
    for child in children(node):
        if isinstance(child, TriplesBlock):
            yield from _of_block(child, row, lookup)
        elif isinstance(child, SubSelect):
            handed = {name: row.get(name) for name in _handed_out(child)}
            for inner in _matches(child, whole, handed, store, lookup):
                yield from inner
        elif not isinstance(child, Minus | Filter | Exists):
            yield from _stated(child, whole, row, store, lookup)


def _handed_out(query: SubSelect) -> list[str]:
    """Return the variables of an inner query that keep their values on the way out; those that it computes do not."""
    items = [item.name for item in query.selection.items if not isinstance(item, Projection)]
    return items if query.selection.items else sorted(visible(query.where))


def _of_block(block: TriplesBlock, row: Bindings, lookup: Lookup) -> Iterator[Triple]:
    for triples in block.triples:
        subject = _term(triples.subject, row)
        for property_objects in triples.properties:
            for written in property_objects.objects:
                value = _term(written, row)
                if subject is None or value is None:
                    continue
                if isinstance(property_objects.verb, Variable):
                    predicate = row.get(property_objects.verb.name)
                    yield from lookup.triples(subject, predicate, value) if predicate is not None else ()
                else:
                    yield from next(
                        (way for end, way in ways(subject, property_objects.verb, lookup, value) if end == value), ()
                    )


def _term(node: Node, row: Bindings) -> Term | None:
    if isinstance(node, Variable):
        return row.get(node.name)
    if isinstance(node, IriNode):
        return NamedNode(node.value)
    if isinstance(node, LiteralNode):
        if node.language:
            return Literal(node.value, language=node.language)
        return Literal(node.value, datatype=NamedNode(node.datatype)) if node.datatype else Literal(node.value)
    return None
