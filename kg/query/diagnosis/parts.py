"""A group as a list of parts that can be left out one by one: triples one by one, paths in sequence step by step.

`minimal` finds a smallest list of parts that has no solution, by leaving parts out one by one.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Final, NamedTuple

from kg.core.terms import RDF
from kg.sparql import (
    NOWHERE,
    Bind,
    BlankNode,
    BlankNodeProperties,
    Collection,
    Filter,
    GraphPattern,
    Group,
    Iri,
    Literal,
    Minus,
    Node,
    Optional,
    PathInverse,
    PathNegated,
    PathSequence,
    PropertyObjects,
    SubSelect,
    TriplesBlock,
    TriplesSameSubject,
    TripleTerm,
    Union,
    Variable,
    replace,
    transform,
    visible,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from kg.sparql import GraphNode, Path, Pattern, Span, Verb

    Satisfiable = Callable[[Sequence["Part"]], bool]


End = Variable | Iri | Literal


class Triple(NamedTuple):
    """One statement of a pattern.

    ``verb`` is the node as written, of which ``inverse`` says that it was read against its arrow.
    """

    subject: End
    path: Verb
    object: End
    inverse: bool = False

    @property
    def is_type(self) -> bool:
        """Whether the triple states the class of something."""
        return isinstance(self.path, Iri) and self.path.value == f"{RDF}type"


class Part:
    """One part of a group, as a pattern that can stand alone, with its place in the text.

    Two parts are never equal: each stands in its own place.
    """

    __slots__ = ("graphs", "pattern", "span", "triple")

    def __init__(
        self, pattern: Pattern, span: Span, triple: Triple | None = None, graphs: tuple[Variable | Iri, ...] = ()
    ) -> None:
        self.pattern: Final = pattern
        self.span: Final = span
        self.triple: Final = triple
        self.graphs: Final = graphs

    @property
    def variables(self) -> set[str]:
        """The variables that it shares with other parts."""
        names = visible(self.pattern)
        if isinstance(self.pattern, Bind | Filter):
            names = {node.name for node in walk(self.pattern) if isinstance(node, Variable)}
        return names

    @property
    def removes(self) -> bool:
        """Whether the part can only remove solutions."""
        return isinstance(self.pattern, Filter | Minus)

    def standing(self, pattern: Pattern) -> Part:
        """Return the part with another pattern."""
        return Part(pattern, self.span, self.triple, self.graphs)


def group_of(parts: Iterable[Part]) -> Group:
    """Return the parts as a group; an inner query gets the braces that it needs beside others."""
    patterns = (part.pattern for part in parts)
    return Group(NOWHERE, tuple(Group(NOWHERE, (each,)) if isinstance(each, SubSelect) else each for each in patterns))


def triple_pattern(triple: Triple) -> TriplesBlock:
    """Return a triple as a pattern."""
    properties = PropertyObjects(NOWHERE, triple.path, (triple.object,))
    return TriplesBlock(NOWHERE, (TriplesSameSubject(NOWHERE, triple.subject, (properties,)),))


class Splitter:
    """Splits groups into parts. Blank nodes become variables, so that parts can stand apart."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._blank: dict[str, Variable] = {}
        self._terms: dict[str, TripleTerm] = {}  # by the name of the variable that stands for the term

    def parts(self, group: Group) -> list[Part]:
        """Return the parts of a group, in the order of the text."""
        found: list[Part] = []
        for element in group.elements:
            found += self._element(element)
        return found

    def _element(self, element: Pattern) -> list[Part]:
        if isinstance(element, TriplesBlock):
            return [self._part(triple, span) for triple, span in self._triples(element)]
        if isinstance(element, Group) and not any(
            isinstance(inner, Filter | Bind | Optional | Minus) for inner in element.elements
        ):
            return self.parts(element)
        if isinstance(element, GraphPattern) and all(
            isinstance(inner, TriplesBlock) for inner in element.group.elements
        ):
            return self.inside_graph(element)
        return [Part(element, element.span)]

    def inside_graph(self, pattern: GraphPattern) -> list[Part]:
        """Return the parts of a GRAPH pattern, each of which names the graph."""
        return [self._within(pattern, part) for part in self.parts(pattern.group)]

    def _within(self, outer: GraphPattern, part: Part) -> Part:
        match part.pattern:
            case Filter() | Bind():
                return part
            case Optional(span, group):
                inner: Pattern = Optional(span, self._wrapped(outer, group))
            case Minus(span, group):
                inner = Minus(span, self._wrapped(outer, group))
            case Union(span, groups):
                inner = Union(span, tuple(self._wrapped(outer, group) for group in groups))
            case pattern:
                inner = replace(outer, group=Group(pattern.span, (pattern,)))
        return Part(inner, part.span, part.triple, (*part.graphs, outer.name))

    @staticmethod
    def _wrapped(outer: GraphPattern, group: Group) -> Group:
        return Group(group.span, (replace(outer, group=group),))

    def _part(self, triple: Triple, span: Span) -> Part:
        return Part(transform(triple_pattern(triple), self._in_full), span, triple)

    def _in_full(self, node: Node) -> Node:
        return self._terms.get(node.name, node) if isinstance(node, Variable) else node

    def _triples(self, block: TriplesBlock) -> Iterator[tuple[Triple, Span]]:
        for same in block.triples:
            subject, inner = self._node(same.subject)
            yield from inner
            yield from self._properties(subject, same.properties)

    def _properties(self, subject: End, properties: Sequence[PropertyObjects]) -> Iterator[tuple[Triple, Span]]:
        for each in properties:
            for written in each.objects:
                object_, inner = self._node(written)
                span = each.span if len(each.objects) == 1 else written.span
                yield from ((triple, span) for triple in self._steps(subject, each.verb, object_))
                yield from inner

    def _steps(self, subject: End, verb: Verb | Path, object_: End) -> Iterator[Triple]:
        if isinstance(verb, PathSequence):
            here = subject
            for step in verb.paths[:-1]:
                there = self._fresh()
                yield from self._steps(here, step, there)
                here = there
            yield from self._steps(here, verb.paths[-1], object_)
        elif isinstance(verb, PathInverse) and isinstance(verb.path, Iri):
            yield Triple(object_, verb.path, subject, inverse=True)
        else:
            yield Triple(subject, verb, object_)

    def _node(self, node: GraphNode) -> tuple[End, list[tuple[Triple, Span]]]:
        """Return a node as one that a simple triple can have, and the triples that stood inside it."""
        match node:
            case BlankNode(_, label):
                fresh = (
                    self._fresh()
                    if not label
                    else self._blank.setdefault(label, Variable(NOWHERE, f"__blank_{len(self._blank)}"))
                )
                return fresh, []
            case BlankNodeProperties(_, properties):
                fresh = self._fresh()
                return fresh, list(self._properties(fresh, properties))
            case Collection(span, items):
                return self._list(span, items)
            case TripleTerm():
                fresh = self._fresh()
                self._terms[fresh.name] = transform(node, self._variable)
                return fresh, []
            case _:
                return node, []

    def _variable(self, node: Node) -> Node:
        """Return the variable that stands for a blank node, and any other node as it is."""
        return self._node(node)[0] if isinstance(node, BlankNode) else node

    def _list(self, span: Span, items: Sequence[GraphNode]) -> tuple[End, list[tuple[Triple, Span]]]:
        first: End = Iri(span, f"{RDF}nil", "")
        found: list[tuple[Triple, Span]] = []
        for item in reversed(items):
            value, inner = self._node(item)
            cell = self._fresh()
            found += [*inner, (Triple(cell, Iri(span, f"{RDF}first", ""), value), span)]
            found.append((Triple(cell, Iri(span, f"{RDF}rest", ""), first), span))
            first = cell
        return first, found

    def _fresh(self) -> Variable:
        return Variable(NOWHERE, f"__step_{next(self._numbers)}")


def components(parts: Sequence[Part]) -> list[list[Part]]:
    """Return the parts in lists that share no variable with each other."""
    groups: list[tuple[set[str], list[Part]]] = []
    for part in parts:
        names, members = set(part.variables), [part]
        for other in [group for group in groups if group[0] & names]:
            groups.remove(other)
            names |= other[0]
            members = other[1] + members
        groups.append((names, members))
    return [sorted(members, key=parts.index) for _, members in groups]


def constants(part: Part) -> Iterator[Iri | Literal]:
    """Yield the IRIs and literals that a part asks for, as they stand in the text.

    Not what stands for itself such as ``a``.
    """
    nodes: Iterable[Node] = walk(part.pattern)
    if part.triple:
        nodes = [node for end in (part.triple.subject, part.triple.path, part.triple.object) for node in walk(end)]
    excluded = {
        id(node) for negated in walk(part.pattern) if isinstance(negated, PathNegated) for node in walk(negated)
    }
    for node in nodes:
        if id(node) in excluded:
            continue  # a property that a path must not have can be any
        if (isinstance(node, Iri) and node.written not in {"a", ""}) or isinstance(node, Literal):
            yield node


def minimal(parts: Sequence[Part], satisfiable: Satisfiable) -> list[Part]:
    """Return parts that have no solution together, though they have one without any single one of them.

    ``parts`` must have no solution together. Parts that share no variable are never asked together: their solutions
    would be multiplied and not joined.
    """
    for part in parts:
        if not satisfiable([part]):
            return [part]
    wanted = _failing(parts, satisfiable) or list(parts)
    for part in reversed(wanted):
        if part in wanted:
            rest = _failing([other for other in wanted if other is not part], satisfiable)
            wanted = wanted if rest is None else rest
    return wanted


def _failing(parts: Sequence[Part], satisfiable: Satisfiable) -> list[Part] | None:
    """Return the first connected group of parts that has no solution."""
    return next((group for group in components(parts) if not satisfiable(group)), None)


def removing(parts: Sequence[Part], satisfiable: Satisfiable) -> list[Part]:
    """Return the fewest filters and exclusions that leave no solution of the rest; the rest alone has some."""
    removers = [part for part in parts if part.removes]
    for part in removers:
        if not satisfiable(keeping(parts, [part])):
            return [part]
    wanted = removers
    for part in reversed(removers):
        rest = [other for other in wanted if other is not part]
        if not satisfiable(keeping(parts, rest)):
            wanted = rest
    return wanted


def keeping(parts: Sequence[Part], removers: Sequence[Part]) -> list[Part]:
    """Return the parts with only some of their filters and exclusions, in their order."""
    return [part for part in parts if not part.removes or part in removers]
