"""A query of the catalogue, the places in it that can be broken, and what a broken one says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import Literal as LiteralTerm

from kg.sparql import Filter, Iri, PropertyObjects, TriplesBlock, Values, Variable, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from kg.query.diagnosis import Kind
    from kg.sparql import Node, SelectQuery, Span
    from kg.store.protocol import Solutions

RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


@dataclass(frozen=True)
class Broken:
    """A broken query: which kinds name its cause rightly, where, and which replacement is right (none asked where empty)."""

    way: str
    query: str
    text: str
    kinds: frozenset[Kind]
    start: int | None = None
    replacement: str = ""

    def __str__(self) -> str:
        return f"{self.way}: {self.query}"


@dataclass(frozen=True)
class Source:
    """A query of the catalogue that has an answer, with its tree and its answer."""

    name: str
    text: str
    tree: SelectQuery
    answer: Solutions

    def broken(
        self, way: str, kinds: Iterable[Kind], start: int | None, *edits: tuple[int, int, str], replacement: str = ""
    ) -> Broken:
        text = self.text
        for begin, end, new in sorted(edits, reverse=True):
            text = text[:begin] + new + text[end:]
        return Broken(way, self.name, text, frozenset(kinds), start, replacement)

    def swap(self, way: str, kinds: Iterable[Kind], span: Span, new: str, replacement: str = "") -> Broken:
        return self.broken(way, kinds, span.start, (span.start, span.end, new), replacement=replacement)

    def added(self, way: str, kinds: Iterable[Kind], new: str, marked: str = "") -> Broken:
        """Writes something more at the end of the outermost group; the cause stands at ``marked`` within it."""
        place = self.tree.where.span.end - 1
        start = place + new.index(marked or new.strip()) if marked or new.strip() else place
        return self.broken(way, kinds, start, (place, place, new))

    def nodes(self) -> Iterator[Node]:
        """Gives the nodes of the triples, data blocks and filters that stand right in the outermost group."""
        for element in self.tree.where.elements:
            if isinstance(element, TriplesBlock | Filter | Values):
                yield from walk(element)

    def properties(self) -> Iterator[PropertyObjects]:
        return (node for node in self.nodes() if isinstance(node, PropertyObjects))

    def classes(self) -> Iterator[Iri]:
        for node in self.properties():
            if isinstance(node.verb, Iri) and node.verb.value == RDF_TYPE:
                yield from (each for each in node.objects if isinstance(each, Iri))

    def verbs(self) -> Iterator[Iri]:
        for node in self.properties():
            yield from (each for each in walk(node.verb) if isinstance(each, Iri) and each.value != RDF_TYPE)

    def concepts(self) -> Iterator[Iri]:
        taken = {id(node) for node in (*self.classes(), *self.verbs())}
        for node in self.nodes():
            if isinstance(node, Iri) and id(node) not in taken and node.value != RDF_TYPE and "/concept/" in node.value:
                yield node

    def bound(self) -> set[str]:
        """Gives the variables of the triples that stand right in the outermost group."""
        blocks = (element for element in self.tree.where.elements if isinstance(element, TriplesBlock))
        return {node.name for block in blocks for node in walk(block) if isinstance(node, Variable)}

    def values(self, fits: Callable[[LiteralTerm], bool]) -> Iterator[tuple[str, LiteralTerm]]:
        """Gives a value of each column of a variable that the triples bind and that holds only literals that fit."""
        for column, name in enumerate(self.answer.variables):
            column_values = [row[column] for row in self.answer.rows if row[column] is not None]
            if (
                name in self.bound()
                and column_values
                and all(isinstance(value, LiteralTerm) and fits(value) for value in column_values)
            ):
                yield name, column_values[0]


def typo(name: str) -> str:
    """Swaps the two letters in the middle of a name that differ."""
    middle = len(name) // 2
    place = next(i for i in [*range(middle, len(name) - 1), *range(middle, 0, -1)] if name[i] != name[i + 1])
    return name[:place] + name[place + 1] + name[place] + name[place + 2 :]
