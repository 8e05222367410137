"""A data graph in columns: value nodes along a path, instances of a class, focus nodes, similar names."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from pyoxigraph import NamedNode, RdfFormat, parse

from kg.columns.arrays import EMPTY, chosen, difference, join, member, packed, unique, unique_pairs
from kg.columns.graph import TermKind
from kg.core.errors import near_names
from kg.core.terms import RDF_TYPE
from kg.shacl.nodes import SUBCLASS, AlternativePath, InversePath, Path, RepeatedPath, SequencePath

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kg.columns import Columns
    from kg.columns.arrays import Ids, Mask
    from kg.columns.graph import Table
    from kg.shacl.columnar.literals import Literals
    from kg.shacl.nodes import Node, Subject
    from kg.shacl.shapes.shapes import Target

    Locals = Mapping[str, frozenset[str]]

_BATCH: Final = 1 << 16
_FEW: Final = 1 << 6


class ColumnGraph:
    """A graph in columns whose dictionary includes the terms that some shapes mention."""

    def __init__(self, columns: Columns, terms: Iterable[Node] = ()) -> None:
        self.columns = columns
        self.data_size = columns.terms.size
        self.terms = columns.terms.including((RDF_TYPE, SUBCLASS, *terms))
        self._members: dict[int, Ids] = {}

    @cached_property
    def literals(self) -> Literals:
        """Return the literals of the dictionary, for checks of datatypes and comparisons."""
        from kg.shacl.columnar.literals import Literals

        return Literals(self.terms)

    @property
    def size(self) -> int:
        """Return the number of positions in the dictionary."""
        return self.terms.size

    def forward(self, predicate: Node) -> Table:
        """Return subjects and objects of a predicate, ordered by subject."""
        return self.columns.forward(self.terms.position(predicate))

    def backward(self, predicate: Node) -> Table:
        """Return objects and subjects of a predicate, ordered by object."""
        return self.columns.backward(self.terms.position(predicate))

    def members(self, cls: Node) -> Ids:
        """Return the SHACL instances of a class: the nodes typed with it or with a subclass of it."""
        position = self.terms.position(cls)
        if position >= self.data_size:
            return EMPTY
        if position not in self._members:
            below = self._subclasses(position)
            self._members[position] = unique(
                self.columns.chosen(self.terms.position(RDF_TYPE), below, backwards=True)[1]
            )
        return self._members[position]

    def instances(self, ids: Ids, cls: Node) -> Mask:
        """Return for each position whether it is a SHACL instance of a class.

        For few positions their types are looked up, instead of all instances of the class.
        """
        position = self.terms.position(cls)
        if position >= self.data_size or position in self._members or len(ids) * _FEW > self.data_size:
            return self.among(ids, self.members(cls))
        nodes, types = self.values(RDF_TYPE, unique(ids))
        return self.among(ids, unique(nodes[self.among(types, self._subclasses(position))]))

    def _subclasses(self, position: int) -> Ids:
        """Return a class and all its subclasses; most classes have none."""
        cls = np.array([position], np.int32)
        above = self.backward(SUBCLASS)[0]
        place = int(np.searchsorted(above, cls[0]))
        if place == len(above) or above[place] != position:
            return cls
        return unique(self.values(RepeatedPath(SUBCLASS, "*"), cls, backwards=True)[1])

    def focus(self, target: Target) -> Ids:
        """Return the focus nodes of one target (W3C SHACL section 2.1.3)."""
        match target.kind, target.term:
            case "targetNode", term:
                return self.terms.positions((term,))
            case "target", _:
                return unique(self.terms.positions(target.nodes))
            case (("targetClass" | "implicit"), term):
                return self.members(term)
            case "targetSubjectsOf", NamedNode() as predicate:
                return unique(self.forward(predicate)[0])
            case "targetObjectsOf", NamedNode() as predicate:
                return unique(self.backward(predicate)[0])
            case _:
                return EMPTY

    def distinct(self, ids: Ids) -> Ids:
        """Return the distinct positions in ascending order, by a table of all positions where there are many."""
        if len(ids) * 16 < self.size:
            return unique(ids)
        table = np.zeros(self.size, np.bool_)
        table[ids] = True
        return np.flatnonzero(table).astype(np.int32)

    def among(self, ids: Ids, members: Ids) -> Mask:
        """Return for each position whether it is in ``members``, which ascend."""
        return member(ids, members, self.size)

    def values(self, path: Path, focus: Ids, *, backwards: bool = False) -> Table:
        """Return the pairs of a focus node and a value node that a path leads to, each once and in order.

        ``focus`` ascends.
        """
        match path:
            case NamedNode():
                return self.columns.chosen(self.terms.position(path), focus, backwards=backwards)
            case InversePath(inner):
                return self.values(inner, focus, backwards=not backwards)
            case SequencePath(steps):
                first, *others = reversed(steps) if backwards else steps
                pairs = self.values(first, focus, backwards=backwards)
                for step in others:
                    pairs = join(*pairs, *self.values(step, self.distinct(pairs[1]), backwards=backwards))
                return pairs
            case AlternativePath(choices):
                tables = [self.values(choice, focus, backwards=backwards) for choice in choices]
                return unique_pairs(np.concatenate([t[0] for t in tables]), np.concatenate([t[1] for t in tables]))
            case RepeatedPath():
                return self._repeated(path, focus, backwards=backwards)

    def _repeated(self, path: RepeatedPath, focus: Ids, *, backwards: bool) -> Table:
        """Follow a path repeatedly, from all focus nodes at once, until no new pair appears."""
        frontier = self.values(path.path, focus, backwards=backwards) if path.sign == "+" else (focus, focus)
        reached = packed(*frontier)
        while len(frontier[0]):
            step = self.values(path.path, self.distinct(frontier[1]), backwards=backwards)
            keys = packed(*join(*frontier, *step))
            keys = difference(keys, reached)
            reached = unique(np.concatenate((reached, keys)))
            frontier = (keys >> 32).astype(np.int32), (keys & 0xFFFFFFFF).astype(np.int32)
            if path.sign == "?":
                break
        return (reached >> 32).astype(np.int32), (reached & 0xFFFFFFFF).astype(np.int32)

    @cached_property
    def has_blank_nodes(self) -> bool:
        """Return whether a blank node stands in the dictionary."""
        return bool((self.terms.kinds == TermKind.BLANK).any())

    def mentions(self, node: Node) -> bool:
        """Return whether a statement of the graph uses a node."""
        position = self.terms.find(node)
        if position is None or position >= self.data_size:
            return False
        return any(position == p or position in s or position in o for p, s, o in self.columns.rows())

    @cached_property
    def locals_of(self) -> Locals:
        """Return the IRIs of the subjects, predicates and objects of the graph, as local names by their namespaces."""
        used = np.zeros(self.size, np.bool_)
        for predicate, subjects, objects in self.columns.rows():
            used[predicate] = True
            used[subjects] = True
            used[objects] = True
        ids = np.flatnonzero(used & (self.terms.kinds == TermKind.IRI))
        return locals_of(text.decode()[1:-1] for text in chosen(self.terms.texts, ids).to_pylist())

    def triples(self) -> Iterator[tuple[Subject, NamedNode, Node]]:
        """Yield every statement once."""
        for predicate, subjects, objects in self.columns.rows():
            name = self.terms.texts[predicate].as_py()
            for start in range(0, len(subjects), _BATCH):
                left = chosen(self.terms.texts, subjects[start : start + _BATCH]).to_pylist()
                right = chosen(self.terms.texts, objects[start : start + _BATCH]).to_pylist()
                text = b"".join(b"%b %b %b .\n" % (s, name, o) for s, o in zip(left, right, strict=True))
                for quad in parse(text, RdfFormat.N_TRIPLES):
                    yield quad.subject, quad.predicate, quad.object


def locals_of(iris: Iterable[str]) -> Locals:
    """Group IRIs by namespace: return the local names of each."""
    local_names: dict[str, set[str]] = defaultdict(set)
    for iri in iris:
        namespace, local = split(iri)
        local_names[namespace].add(local)
    return {namespace: frozenset(names) for namespace, names in local_names.items()}


def near_iris(iri: str, known: Locals) -> tuple[str, ...]:
    """Return known IRIs similar to one: in the same namespace, or else with the same local name in another."""
    namespace, local = split(iri)
    if near := near_names(local, sorted(known.get(namespace, ()))):
        return tuple(namespace + name for name in near)
    return tuple(sorted(other + local for other, names in known.items() if local in names))[:3]


def split(iri: str) -> tuple[str, str]:
    """Split an IRI into namespace and local name, after the last slash or number sign."""
    end = max(iri.rfind("/"), iri.rfind("#")) + 1
    return iri[:end], iri[end:]
