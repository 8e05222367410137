"""The dictionary of a graph: every distinct term once, in the canonical form of N-Triples, known by its position."""

from __future__ import annotations

from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from kg.columns import arrow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from kg.columns.arrays import Ids, Mask
    from kg.columns.mapped import Mapped

    Node = NamedNode | BlankNode | Literal | Triple

_QUOTE, _LESS, _UNDERSCORE = b'"<_'
_XSD_STRING: Final = "http://www.w3.org/2001/XMLSchema#string"
_LANG_STRING: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"


class Kind(IntEnum):
    """What a term is. ``NONE`` marks texts of the dictionary that are no terms."""

    IRI = 0
    BLANK = 1
    LITERAL = 2
    TRIPLE = 3
    NONE = 4


def text_of(node: Node) -> str:
    """Return the canonical N-Triples form of a term, which is how the dictionary spells it."""
    if isinstance(node, Triple):
        return f"<<( {text_of(node.subject)} {node.predicate} {text_of(node.object)} )>>"
    return str(node)


class Terms:
    """Distinct terms by their positions, which do not change.

    Asking for terms that are not there gives a longer dictionary.
    """

    def __init__(self, texts: pa.BinaryArray, mapped: Mapped | None = None) -> None:
        self.texts = texts
        self.size = len(texts)
        self._mapped = mapped
        self._nodes: dict[int, Node] = {}
        self._positions: dict[str, int] = {}
        self._by_node: dict[Node, int] = {}

    @property
    def data(self) -> NDArray[np.uint8]:
        """Return the bytes of all texts, one after the other."""
        return self._bytes

    @property
    def offsets(self) -> NDArray[np.int32]:
        """Return where each text begins in :attr:`data`, and where the last one ends."""
        return self._offsets

    @cached_property
    def _offsets(self) -> NDArray[np.int32]:
        buffer = self.texts.buffers()[1]
        return np.frombuffer(buffer, np.int32, self.size + 1) if self.size else np.zeros(1, np.int32)

    @cached_property
    def _bytes(self) -> NDArray[np.uint8]:
        buffer = self.texts.buffers()[2]
        return np.frombuffer(buffer, np.uint8) if buffer is not None else np.empty(0, np.uint8)

    @cached_property
    def kinds(self) -> NDArray[np.uint8]:
        """Return the kind of every term."""
        if self._mapped is not None:
            return self._mapped.kinds(self.size)
        starts = self._offsets[:-1]
        heads = self._bytes[starts]
        table = np.full(256, Kind.NONE, np.uint8)
        table[_LESS], table[_UNDERSCORE], table[_QUOTE] = Kind.IRI, Kind.BLANK, Kind.LITERAL
        kinds = table[heads]
        kinds[(heads == _LESS) & (self._bytes.take(starts + 1, mode="clip") == _LESS)] = Kind.TRIPLE
        return np.asarray(kinds)

    def including(self, nodes: Iterable[Node]) -> Terms:
        """Return a dictionary that knows these terms too; terms that are in this one keep their positions."""
        wanted = list(dict.fromkeys(text for node in nodes if (text := text_of(node)) not in self._positions))
        if not wanted:
            return self
        self._look_up(wanted)
        missing = [text for text in wanted if text not in self._positions]
        if not missing:
            return self
        longer = self._followed_by(missing)
        longer._positions = self._positions | {text: self.size + number for number, text in enumerate(missing)}  # noqa: SLF001 (a Terms too)
        return longer

    def _followed_by(self, missing: list[str]) -> Terms:
        new = arrow.texts([text.encode() for text in missing])
        if self._mapped is not None and self._mapped.append(self.size, Terms(new)):
            return Terms(self._mapped.texts(self.size + len(new)), self._mapped)
        return Terms(pa.concat_arrays([self.texts, new]))

    def look_up(self, nodes: Iterable[Node]) -> None:
        """Look for several terms together, which makes :meth:`find` quick for each of them."""
        if wanted := list({text for node in nodes if (text := text_of(node)) not in self._positions}):
            self._look_up(wanted)

    def _look_up(self, wanted: list[str]) -> None:
        """Remember the positions of those texts that are there; one pass over the dictionary for all of them."""
        if self._mapped is not None:
            self._positions |= self._mapped.find(wanted)
            return
        encoded = arrow.texts([text.encode() for text in wanted])
        found = np.flatnonzero(arrow.flags(pc.is_in(self.texts, value_set=encoded)))
        texts = (text.decode() for text in arrow.chosen(self.texts, found).to_pylist())
        self._positions |= dict(zip(texts, found.tolist(), strict=True))

    def find(self, node: Node) -> int | None:
        """Return the position of a term, or ``None`` when it is not in the dictionary."""
        text = text_of(node)
        if text not in self._positions:
            self._look_up([text])
        return self._positions.get(text)

    def position(self, node: Node) -> int:
        """Return the position of a term that the dictionary was made to include.

        Raises:
            KeyError: :meth:`including` was never asked for it.

        """
        if (position := self._by_node.get(node)) is None:
            position = self._by_node[node] = self._positions[text_of(node)]
        return position

    def positions(self, nodes: Iterable[Node]) -> Ids:
        """Return the positions of several terms in ascending order, each once."""
        return np.array(sorted({self.position(node) for node in nodes}), np.int32)

    def nodes(self, ids: Iterable[int]) -> list[Node]:
        """Return terms by their positions."""
        wanted = list(ids)
        if new := sorted({position for position in wanted if position not in self._nodes}):
            texts = arrow.chosen(self.texts, np.array(new, np.int64)).to_pylist()
            document = b"".join(b"<x:x> <x:x> " + text + b" .\n" for text in texts)
            parsed = parse(document, RdfFormat.N_TRIPLES)
            self._nodes.update((position, quad.object) for position, quad in zip(new, parsed, strict=True))
        return [self._nodes[position] for position in wanted]

    def node(self, position: int) -> Node:
        """Return one term by its position."""
        return self.nodes((position,))[0]

    @cached_property
    def closing(self) -> NDArray[np.int32]:
        """Return where the text inside each term ends: before the last quotation mark of a literal, before the bracket of an IRI."""
        if self._mapped is not None:
            return self._mapped.closing(self.size)
        closing = self._offsets[1:] - 1
        literals = np.flatnonzero(self.kinds == Kind.LITERAL)
        quotes = np.flatnonzero(self._bytes == _QUOTE)
        ends = self._offsets[literals + 1]
        closing[literals] = quotes[np.searchsorted(quotes, ends) - 1]
        return np.asarray(closing)

    @cached_property
    def _endings(self) -> tuple[NDArray[np.int32], list[str]]:
        """Return, for every literal, the position of what follows its text in a list of all such endings.

        -1 for other terms.
        """
        if self._mapped is not None:
            return self._mapped.codes(self.size), self._mapped.endings
        codes = np.full(self.size, -1, np.int32)
        literals = np.flatnonzero(self.kinds == Kind.LITERAL)
        if not len(literals):
            return codes, []
        encoded = self._slices(self.closing[literals], self._offsets[literals + 1]).dictionary_encode()
        codes[literals] = arrow.numbers(encoded.indices)
        return codes, [text.decode() for text in encoded.dictionary.to_pylist()]

    @property
    def endings(self) -> NDArray[np.int32]:
        """Return the code of datatype and language of every literal; -1 for other terms."""
        return self._endings[0]

    @property
    def ending_texts(self) -> list[str]:
        """Return the text that each code of :attr:`endings` stands for."""
        return self._endings[1]

    @cached_property
    def datatypes(self) -> list[str]:
        """Return the datatype IRI that each code of :attr:`endings` stands for."""
        return [
            text[4:-1] if text.startswith('"^^') else _LANG_STRING if text.startswith('"@') else _XSD_STRING
            for text in self._endings[1]
        ]

    @cached_property
    def languages(self) -> list[str]:
        """Return the language tag in small letters that each code of :attr:`endings` stands for, empty where there is none."""
        return [text[2:].partition("--")[0].lower() if text.startswith('"@') else "" for text in self._endings[1]]

    def written(self, ids: Ids) -> pa.StringArray:
        """Return the text inside IRIs and literals, escapes as in N-Triples; ``ids`` ascend."""
        return self._slices(self._offsets[ids] + 1, self.closing[ids]).cast(pa.string())

    def escaped(self, ids: Ids) -> Mask:
        """Describe which texts of :meth:`written` hold an escape."""
        return arrow.flags(pc.match_substring(self.written(ids), "\\"))

    def _slices(self, starts: NDArray[np.int32], ends: NDArray[np.int32]) -> pa.BinaryArray:
        offsets = np.empty(2 * len(starts), np.int32)
        offsets[0::2], offsets[1::2] = starts, ends
        if not len(offsets):
            return arrow.texts([])
        parts = arrow.slices(self.texts.buffers()[2], offsets)
        return arrow.chosen(parts, np.arange(0, len(offsets), 2))
