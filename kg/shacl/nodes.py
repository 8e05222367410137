"""Nodes, property paths and graphs of Python objects, with the namespaces and IRIs that the validator uses."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from kg.core.terms import OWL, OWL_IMPORTS, RDF, RDF_TYPE, RDFS, SH, XSD, compact, declared_prefixes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


Node = NamedNode | BlankNode | Literal | Triple
Subject = NamedNode | BlankNode | Triple


FIRST: Final = NamedNode(f"{RDF}first")
REST: Final = NamedNode(f"{RDF}rest")
NIL: Final = NamedNode(f"{RDF}nil")
SUBCLASS: Final = NamedNode(f"{RDFS}subClassOf")
IMPORTS: Final = OWL_IMPORTS
CLASSES: Final = (NamedNode(f"{RDFS}Class"), NamedNode(f"{OWL}Class"))


def text_in(node: Node) -> str:
    """Return the text inside an IRI, a literal or a blank node."""
    return str(node) if isinstance(node, Triple) else node.value


_TRUE: Final = Literal("true", datatype=NamedNode(f"{XSD}boolean"))


def is_true(values: Iterable[Node]) -> bool:
    """Return whether one of some values is the literal true; ``"1"^^xsd:boolean`` is another term."""
    return _TRUE in values


def sh(local: str) -> NamedNode:
    """Return the IRI of a SHACL term by its local name."""
    return NamedNode(SH + local)


class ShapeSyntaxError(Exception):
    """A shapes graph breaks a syntax rule of SHACL; the reader of shapes turns it into an ``InputError``."""

    def __init__(self, node: Node, message: str) -> None:
        self.node = node
        super().__init__(message)


class CannotSelectError(Exception):
    """A SPARQL query of a shape cannot run here; the message says why."""


REPEATS: Final = {"zeroOrMorePath": "*", "oneOrMorePath": "+", "zeroOrOnePath": "?"}


@dataclass(frozen=True, slots=True)
class InversePath:
    """A path followed backwards."""

    path: Path


@dataclass(frozen=True, slots=True)
class SequencePath:
    """Several paths, one after the other."""

    steps: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class AlternativePath:
    """Any one of several paths."""

    choices: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class RepeatedPath:
    """A path repeated: ``*`` (zero or more), ``+`` (one or more) or ``?`` (zero or one)."""

    path: Path
    sign: str


Path = NamedNode | InversePath | SequencePath | AlternativePath | RepeatedPath


def predicates_of(path: Path) -> Iterator[NamedNode]:
    """Yield every predicate that a path follows."""
    match path:
        case NamedNode():
            yield path
        case InversePath(inner) | RepeatedPath(inner):
            yield from predicates_of(inner)
        case SequencePath(parts) | AlternativePath(parts):
            for part in parts:
                yield from predicates_of(part)


def path_text(path: Path) -> str:
    """Write a path as SPARQL does, with CURIEs: ``qb:structure/^qb:component``."""
    return _path_text(path, declared_prefixes())


@lru_cache(maxsize=1024)
def _path_text(path: Path, _declared: tuple[tuple[str, str], ...]) -> str:
    match path:
        case NamedNode():
            return compact(path.value)
        case InversePath(inner):
            return f"^{_inner_text(inner)}"
        case SequencePath(steps):
            return "/".join(_inner_text(step) for step in steps)
        case AlternativePath(choices):
            return "|".join(_inner_text(choice) for choice in choices)
        case RepeatedPath(inner, sign):
            return f"{_inner_text(inner)}{sign}"


def _inner_text(path: Path) -> str:
    return path_text(path) if isinstance(path, NamedNode) else f"({path_text(path)})"


def path_sparql(path: Path) -> str:
    """Write a path as SPARQL does, with full IRIs."""
    match path:
        case NamedNode():
            return str(path)
        case InversePath(inner):
            return f"^({path_sparql(inner)})"
        case SequencePath(steps):
            return "/".join(f"({path_sparql(step)})" for step in steps)
        case AlternativePath(choices):
            return "|".join(f"({path_sparql(choice)})" for choice in choices)
        case RepeatedPath(inner, sign):
            return f"({path_sparql(inner)}){sign}"


def path_turtle(path: Path) -> str:
    """Write a path as a SHACL node in Turtle, with full IRIs."""
    match path:
        case NamedNode():
            return str(path)
        case InversePath(inner):
            return f"[ sh:inversePath {path_turtle(inner)} ]"
        case SequencePath(steps):
            return f"( {' '.join(map(path_turtle, steps))} )"
        case AlternativePath(choices):
            return f"[ sh:alternativePath ( {' '.join(map(path_turtle, choices))} ) ]"
        case RepeatedPath(inner, sign):
            word = next(form for form, mark in REPEATS.items() if mark == sign)
            return f"[ sh:{word} {path_turtle(inner)} ]"


Table = dict[Node, tuple[Node, ...]]
Values = dict[Node, tuple[Node, ...]]


class DataGraph:
    """The union of the graphs of some quads, indexed by predicate on demand; literals as written."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        self._pairs: dict[NamedNode, list[tuple[Subject, Node]]] = defaultdict(list)
        for subject, predicate, value, _ in quads:
            self._pairs[predicate].append((subject, value))
        self._forward: dict[NamedNode, Table] = {}
        self._backward: dict[NamedNode, Table] = {}
        self._members: dict[Node, frozenset[Node]] = {}

    def predicates(self) -> tuple[NamedNode, ...]:
        """Return every predicate of the graph."""
        return tuple(self._pairs)

    def triples(self) -> Iterator[tuple[Subject, NamedNode, Node]]:
        """Return the triples in order; one that is in several graphs comes several times."""
        return ((s, p, o) for p, pairs in self._pairs.items() for s, o in pairs)

    def forward(self, predicate: NamedNode) -> Mapping[Node, tuple[Node, ...]]:
        """Return the table subject → values of one predicate."""
        if predicate not in self._forward:
            self._forward[predicate] = _table(self._pairs.get(predicate, ()))
        return self._forward[predicate]

    def backward(self, predicate: NamedNode) -> Mapping[Node, tuple[Node, ...]]:
        """Return the table value → subjects of one predicate."""
        if predicate not in self._backward:
            self._backward[predicate] = _table((o, s) for s, o in self._pairs.get(predicate, ()))
        return self._backward[predicate]

    def mentions(self, node: Node) -> bool:
        """Return whether a statement of the graph uses a node; nodes with a type are found fastest."""
        if node in self._pairs or node in self.forward(RDF_TYPE) or node in self.backward(RDF_TYPE):
            return True
        return any(node in pair for pairs in self._pairs.values() for pair in pairs)

    def objects(self, subject: Node, predicate: NamedNode) -> tuple[Node, ...]:
        """Return the values that a subject has for a predicate."""
        return self.forward(predicate).get(subject, ())

    @cached_property
    def names(self) -> frozenset[str]:
        """Return the IRI of every subject, predicate and object of the graph."""
        nodes = {node for pairs in self._pairs.values() for pair in pairs for node in pair} | set(self._pairs)
        return frozenset(node.value for node in nodes if isinstance(node, NamedNode))

    def subclasses(self, cls: Node) -> set[Node]:
        """Return a class and its subclasses in the graph, by ``rdfs:subClassOf``."""
        return _reach(self.backward(SUBCLASS), cls)

    def members(self, cls: Node) -> frozenset[Node]:
        """Return the SHACL instances of a class: the nodes typed with it or with a subclass of it."""
        if cls not in self._members:
            typed = self.backward(RDF_TYPE)
            self._members[cls] = frozenset(node for sub in self.subclasses(cls) for node in typed.get(sub, ()))
        return self._members[cls]

    def values(self, path: Path, focus: Iterable[Node], *, backwards: bool = False) -> Values:
        """Return, for every focus node that has any, the value nodes that a path leads to, each once."""
        match path:
            case NamedNode():
                table = self.backward(path) if backwards else self.forward(path)
                return {node: table[node] for node in focus if node in table}
            case InversePath(inner):
                return self.values(inner, focus, backwards=not backwards)
            case SequencePath(steps):
                return self._sequence(tuple(reversed(steps)) if backwards else steps, focus, backwards=backwards)
            case AlternativePath(choices):
                nodes = tuple(focus)
                return _union(self.values(choice, nodes, backwards=backwards) for choice in choices)
            case RepeatedPath():
                return self._repeated(path, focus, backwards=backwards)

    def _sequence(self, steps: tuple[Path, ...], focus: Iterable[Node], *, backwards: bool) -> Values:
        reached = self.values(steps[0], focus, backwards=backwards)
        for step in steps[1:]:
            following = self.values(step, {node for nodes in reached.values() for node in nodes}, backwards=backwards)
            reached = {
                start: _unique(end for node in nodes for end in following.get(node, ()))
                for start, nodes in reached.items()
            }
        return {start: ends for start, ends in reached.items() if ends}

    def _repeated(self, path: RepeatedPath, focus: Iterable[Node], *, backwards: bool) -> Values:
        starts = tuple(focus)
        step: Values = {}
        asked: set[Node] = set()
        frontier: set[Node] = set(starts)
        while frontier:
            asked |= frontier
            new = self.values(path.path, frontier, backwards=backwards)
            step |= new
            frontier = set() if path.sign == "?" else {end for ends in new.values() for end in ends} - asked
        reached: Values = {}
        for start in starts:
            if path.sign == "?":
                ends = _unique((start, *step.get(start, ())))
            elif path.sign == "*":
                ends = tuple(_reach(step, start))
            else:
                ends = _unique(end for node in step.get(start, ()) for end in _reach(step, node))
            if ends:
                reached[start] = ends
        return reached


def _table(pairs: Iterable[tuple[Node, Node]]) -> Table:
    table: dict[Node, list[Node]] = defaultdict(list)
    for key, value in pairs:
        table[key].append(value)
    return {key: tuple(values) if len(values) == 1 else _unique(values) for key, values in table.items()}


def _unique(nodes: Iterable[Node]) -> tuple[Node, ...]:
    return tuple(dict.fromkeys(nodes))


def _union(tables: Iterable[Values]) -> Values:
    ends_by_start: dict[Node, dict[Node, None]] = defaultdict(dict)
    for table in tables:
        for start, ends in table.items():
            ends_by_start[start].update(dict.fromkeys(ends))
    return {start: tuple(ends) for start, ends in ends_by_start.items()}


def _reach(step: Mapping[Node, tuple[Node, ...]], start: Node) -> set[Node]:
    reached, waiting = {start}, [start]
    while waiting:
        for node in step.get(waiting.pop(), ()):
            if node not in reached:
                reached.add(node)
                waiting.append(node)
    return reached
