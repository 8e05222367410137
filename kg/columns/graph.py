"""A graph in columns: a dictionary of distinct terms, and for each predicate sorted columns of subjects and objects.

The dictionary holds each term once, in the canonical form of N-Triples; its position is its identifier.
"""

from __future__ import annotations

from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from kg.columns import arrays
from kg.columns.arrays import EMPTY, chosen, distinct_of, flags, rows_of, unique_pairs
from kg.core.terms import RDF, XSD

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from kg.columns.arrays import Ids, Mask

    Node = NamedNode | BlankNode | Literal | Triple
    Table = tuple[Ids, Ids]

_QUOTE, _LESS, _UNDERSCORE = b'"<_'
_XSD_STRING: Final = f"{XSD}string"
_LANG_STRING: Final = f"{RDF}langString"


class TermKind(IntEnum):
    """The kind of a term. ``NONE`` marks texts of the dictionary that are not terms."""

    IRI = 0
    BLANK = 1
    LITERAL = 2
    TRIPLE = 3
    NONE = 4


def text_of(node: Node) -> str:
    """Return the canonical N-Triples form of a term, which is its form in the dictionary."""
    if isinstance(node, Triple):
        return f"<<( {text_of(node.subject)} {node.predicate} {text_of(node.object)} )>>"
    return str(node)


class Terms:
    """A dictionary of distinct terms. The position of a term never changes.

    :meth:`including` returns a longer dictionary instead of changing this one.
    """

    def __init__(self, texts: pa.BinaryArray) -> None:
        self.texts = texts
        self.size = len(texts)
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
        starts = self._offsets[:-1]
        heads = self._bytes[starts]
        table = np.full(256, TermKind.NONE, np.uint8)
        table[_LESS], table[_UNDERSCORE], table[_QUOTE] = TermKind.IRI, TermKind.BLANK, TermKind.LITERAL
        kinds = table[heads]
        kinds[(heads == _LESS) & (self._bytes.take(starts + 1, mode="clip") == _LESS)] = TermKind.TRIPLE
        return np.asarray(kinds)

    def including(self, nodes: Iterable[Node]) -> Terms:
        """Return a dictionary that includes these terms; present terms keep their positions."""
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
        new = arrays.texts([text.encode() for text in missing])
        return Terms(pa.concat_arrays([self.texts, new]))

    def look_up(self, nodes: Iterable[Node]) -> None:
        """Look up several terms in one pass, so that :meth:`find` is fast for each of them."""
        if wanted := list({text for node in nodes if (text := text_of(node)) not in self._positions}):
            self._look_up(wanted)

    def _look_up(self, wanted: list[str]) -> None:
        """Remember the positions of those texts that are there; one pass over the dictionary for all of them."""
        encoded = arrays.texts([text.encode() for text in wanted])
        positions = np.flatnonzero(arrays.flags(pc.is_in(self.texts, value_set=encoded)))
        texts = (text.decode() for text in arrays.chosen(self.texts, positions).to_pylist())
        self._positions |= dict(zip(texts, positions.tolist(), strict=True))

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
            texts = arrays.chosen(self.texts, np.array(new, np.int64)).to_pylist()
            document = b"".join(b"<x:x> <x:x> " + text + b" .\n" for text in texts)
            parsed = parse(document, RdfFormat.N_TRIPLES)
            self._nodes.update((position, quad.object) for position, quad in zip(new, parsed, strict=True))
        return [self._nodes[position] for position in wanted]

    def node(self, position: int) -> Node:
        """Return one term by its position."""
        return self.nodes((position,))[0]

    @cached_property
    def closing(self) -> NDArray[np.int32]:
        """Return where the inner text of each term ends.

        That is before the last quotation mark of a literal, and before the closing bracket of an IRI.
        """
        closing = self._offsets[1:] - 1
        literals = np.flatnonzero(self.kinds == TermKind.LITERAL)
        quotes = np.flatnonzero(self._bytes == _QUOTE)
        ends = self._offsets[literals + 1]
        closing[literals] = quotes[np.searchsorted(quotes, ends) - 1]
        return np.asarray(closing)

    @cached_property
    def _endings(self) -> tuple[NDArray[np.int32], list[str]]:
        """Return for each literal the code of its ending (datatype or language), and the list of all endings.

        Terms of other kinds have the code -1.
        """
        codes = np.full(self.size, -1, np.int32)
        literals = np.flatnonzero(self.kinds == TermKind.LITERAL)
        if not len(literals):
            return codes, []
        encoded = self._slices(self.closing[literals], self._offsets[literals + 1]).dictionary_encode()
        codes[literals] = arrays.numbers(encoded.indices)
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
        """Return the lower-case language tag of each code of :attr:`endings`; empty for none."""
        return [text[2:].partition("--")[0].lower() if text.startswith('"@') else "" for text in self._endings[1]]

    def written(self, ids: Ids) -> pa.StringArray:
        """Return the inner texts of IRIs and literals with the escapes of N-Triples; ``ids`` ascend."""
        return self._slices(self._offsets[ids] + 1, self.closing[ids]).cast(pa.string())

    def escaped(self, ids: Ids) -> Mask:
        """Return which texts of :meth:`written` hold an escape."""
        return arrays.flags(pc.match_substring(self.written(ids), "\\"))

    def _slices(self, starts: NDArray[np.int32], ends: NDArray[np.int32]) -> pa.BinaryArray:
        offsets = np.empty(2 * len(starts), np.int32)
        offsets[0::2], offsets[1::2] = starts, ends
        if not len(offsets):
            return arrays.texts([])
        parts = arrays.slices(self.texts.buffers()[2], offsets)
        return arrays.chosen(parts, np.arange(0, len(offsets), 2))


_NOTHING: Final[Table] = (EMPTY, EMPTY)


class Columns:
    """The union of the graphs of a data set as columns, each statement once.

    For each predicate there is one table of subjects and objects, ordered by subject, and on demand one ordered by
    object. ``terms`` may be replaced by a longer dictionary.
    """

    def __init__(self, terms: Terms, tables: dict[int, Table], backward: dict[int, Table] | None = None) -> None:
        """Take the tables ordered by subject, and any tables ordered by object that are known."""
        self.terms = terms
        self._forward = tables
        self._backward: dict[int, Table] = backward or {}
        self._known = terms.size

    @classmethod
    def of_rows(cls, terms: Terms, subjects: Ids, predicates: Ids, objects: Ids) -> Columns:
        """Sort rows of three identifiers into columns."""
        if not len(predicates):
            return cls(terms, {})
        used = np.flatnonzero(np.bincount(predicates, minlength=1))
        short = np.zeros(int(used[-1]) + 1, np.uint16 if len(used) <= np.iinfo(np.uint16).max else np.int32)
        short[used] = np.arange(len(used))
        codes = short[predicates]
        order = np.argsort(codes, kind="stable")
        bounds = np.concatenate((np.zeros(1, np.int64), np.cumsum(np.bincount(codes, minlength=len(used)))))
        tables: dict[int, Table] = {}
        for number, predicate in enumerate(used.tolist()):
            rows = order[bounds[number] : bounds[number + 1]]
            tables[predicate] = unique_pairs(subjects[rows], objects[rows])
        return cls(terms, tables)

    @property
    def size(self) -> int:
        """Return the number of distinct statements."""
        return sum(len(subjects) for subjects, _ in self._forward.values())

    def mentions(self, position: int) -> bool:
        """Return whether a term was in the dictionary from the start, that is, whether a statement uses it."""
        return position < self._known

    def predicates(self) -> tuple[int, ...]:
        """Return every predicate that some statement has."""
        return tuple(self._forward)

    def forward(self, predicate: int) -> Table:
        """Return subjects and objects of one predicate, in the order of the subjects."""
        return self._forward.get(predicate, _NOTHING)

    def backward(self, predicate: int) -> Table:
        """Return objects and subjects of one predicate, in the order of the objects."""
        if predicate not in self._backward:
            subjects, objects = self.forward(predicate)
            self._backward[predicate] = unique_pairs(objects, subjects)
        return self._backward[predicate]

    def chosen(self, predicate: int, wanted: Ids, *, backwards: bool = False) -> Table:
        """Return the rows of :meth:`forward` or :meth:`backward` whose key is wanted; ``wanted`` ascends."""
        keys, values = self.backward(predicate) if backwards else self.forward(predicate)
        if not len(keys):
            return keys, values
        if len(wanted) == 1:
            start, end = np.searchsorted(keys, wanted[0]), np.searchsorted(keys, wanted[0], "right")
            return keys[start:end], values[start:end]
        above = int(keys[-1]) + 1
        rows = rows_of(keys, wanted[: np.searchsorted(wanted, above)], above)
        return (keys, values) if len(rows) == len(keys) else (keys[rows], values[rows])

    def objects(self, predicate: int) -> Ids:
        """Return the distinct objects of one predicate in ascending order."""
        return distinct_of(self.backward(predicate)[0])

    def rows(self) -> Iterator[tuple[int, Ids, Ids]]:
        """Return each predicate with its subjects and objects."""
        return ((predicate, *table) for predicate, table in self._forward.items())


_PATH: Final = r"[A-Za-z0-9\-._~!$&'()*+,;=:@/]*"
_IRI: Final = rf"<(?:https?://[A-Za-z0-9.\-]+(?::[0-9]{{1,5}})?(?:/{_PATH})?(?:\?{_PATH})?(?:#{_PATH})?|urn:[a-z0-9]+:[A-Za-z0-9]{_PATH})>"
_TEXT: Final = r'"[^"\\\x00-\x1f\x7f\x{FFFE}\x{FFFF}]*"'
_PLAIN: Final = rf"^(?:{_IRI}|_:[A-Za-z0-9]+|{_TEXT}(?:@[a-z]{{2,3}}|\^\^{_IRI})?)$"
_NEVER_WRITTEN: Final = (
    f"^^<{XSD}string>",
    f"^^<{RDF}langString>",
    f"^^<{RDF}dirLangString>",
)


class IllFormedError(Exception):
    """A text that is not a term of RDF. A parser of the whole file finds the place."""


def canonical_texts(texts: pa.BinaryArray) -> dict[int, str]:
    """Return the positions of the terms that are not in the canonical form of N-Triples, with that form.

    Raises:
        IllFormedError: one of them is no term.

    """
    try:
        readable = texts.cast(pa.string())
    except pa.ArrowInvalid as error:
        raise IllFormedError(str(error)) from error
    plain = flags(pc.match_substring_regex(readable, _PLAIN))
    for ending in _NEVER_WRITTEN:
        plain &= ~flags(pc.ends_with(readable, ending))
    others = np.flatnonzero(~plain)
    if not len(others):
        return {}
    written = chosen(readable, others).to_pylist()
    document = "".join(f"<x:x> <x:x> {text} .\n" for text in written)
    try:
        parsed = [text_of(quad.object) for quad in parse(document, RdfFormat.N_TRIPLES)]
    except SyntaxError as error:
        raise IllFormedError(str(error)) from error
    if len(parsed) != len(written):
        raise IllFormedError("a term is followed by something else")
    pairs = zip(others.tolist(), written, parsed, strict=True)
    return {position: canonical for position, text, canonical in pairs if text != canonical}
