"""N-Triples and N-Quads, a block of lines at a time: where the terms of plain lines stand, and which lines are not plain.

A plain line is ``subject predicate object [graph] .`` with single spaces and nothing else: what every serializer
writes. Lines with comments, tabs or other spacing are left to a full parser. A plain line may still hold an ill-formed
term; whoever interns the terms judges each distinct one (`kg.columns.checking`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from kg.columns.arrays import unique
from kg.columns.arrow import numbers, slices, texts

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    Positions = NDArray[np.int64]
    Flags = NDArray[np.bool_]

_NEWLINE, _SPACE, _QUOTE, _DOT, _LESS, _GREATER, _UNDERSCORE, _COLON = b'\n ".<>_:'
_PARTS: Final = 6


class Block(NamedTuple):
    """The terms of the plain lines of a block: a dictionary of texts, and of each line three positions in it.

    The rest apart.
    """

    dictionary: pa.BinaryArray
    subjects: NDArray[np.int32]
    predicates: NDArray[np.int32]
    objects: NDArray[np.int32]
    graphs: tuple[str, ...]
    odd_lines: bytes


def read_block(text: bytes, *, quads: bool) -> Block:
    """Take a block of whole lines apart.

    With ``quads``, lines may name a graph, which is taken note of and left out.
    """
    buffer = np.frombuffer(text, np.uint8)
    marks = np.flatnonzero(buffer <= _SPACE)
    if len(marks) < 2:  # noqa: PLR2004 (a plain line has four)
        nothing = np.empty(0, np.int32)
        return Block(texts([]), nothing, nothing, nothing, (), text)
    at_end = np.flatnonzero(buffer[marks] == _NEWLINE)
    ends = marks[at_end]
    first = np.concatenate((np.zeros(1, np.int64), at_end[:-1] + 1))
    starts = np.concatenate((np.zeros(1, np.int64), ends[:-1] + 1))
    plain = at_end - first >= 3  # noqa: PLR2004 (three spaces: before predicate, object and full stop)
    np.minimum(first, len(marks) - 2, out=first)
    one, two = marks[first], marks[first + 1]
    stops = ends - 2
    plain &= (buffer[ends - 1] == _DOT) & (buffer[stops] == _SPACE) & (two + 1 < stops)
    plain &= (
        _is_subject(buffer, starts, one) & (buffer.take(one + 1, mode="clip") == _LESS) & (buffer[two - 1] == _GREATER)
    )
    heads = buffer.take(two + 1, mode="clip")
    plain &= (heads == _QUOTE) | (heads == _LESS) | (heads == _UNDERSCORE)
    if len(strange := marks[(buffer[marks] != _SPACE) & (buffer[marks] != _NEWLINE)]):
        plain[np.searchsorted(ends, strange)] = False
    graphs: tuple[str, ...] = ()
    if quads:
        stops, graphs = _without_graphs(text, buffer, stops, np.where(plain, marks[at_end - 2], two), two)
    odd = b"" if plain.all() else b"".join(text[starts[line] : ends[line] + 1] for line in np.flatnonzero(~plain))
    if odd:
        starts, one, two, stops = starts[plain], one[plain], two[plain], stops[plain]
    dictionary, parts = _encoded(text, starts, one, two, stops)
    return Block(dictionary, parts[0::_PARTS].copy(), parts[2::_PARTS].copy(), parts[4::_PARTS].copy(), graphs, odd)


def _is_subject(buffer: NDArray[np.uint8], starts: Positions, ends: Positions) -> Flags:
    heads = buffer[starts]
    iri = (heads == _LESS) & (buffer[ends - 1] == _GREATER)
    return np.asarray(iri | ((heads == _UNDERSCORE) & (buffer.take(starts + 1, mode="clip") == _COLON)))


def _without_graphs(
    text: bytes, buffer: NDArray[np.uint8], stops: Positions, before: Positions, two: Positions
) -> tuple[Positions, tuple[str, ...]]:
    """Move the end of each object before the name of its graph: a last part that is an IRI or blank node and no end of a literal."""
    heads, tails = buffer.take(before + 1, mode="clip"), buffer[stops - 1]
    lines = np.flatnonzero((before > two) & (((heads == _LESS) & (tails == _GREATER)) | (heads == _UNDERSCORE)))
    if not len(lines):
        return stops, ()
    offsets = np.empty(2 * len(lines), np.int32)
    offsets[0::2], offsets[1::2] = before[lines] + 1, stops[lines]
    names = slices(text, offsets).dictionary_encode()
    written = names.dictionary.to_pylist()
    codes = numbers(names.indices)[0::2]
    named = np.zeros(len(written), np.bool_)
    for code in unique(codes):
        named[code] = b'"' not in written[code]
    stops = stops.copy()
    chosen = lines[named[codes]]
    stops[chosen] = before[chosen]
    return stops, tuple(written[code].decode(errors="replace") for code in unique(codes) if named[code])


def _encoded(
    text: bytes, starts: Positions, one: Positions, two: Positions, stops: Positions
) -> tuple[pa.BinaryArray, NDArray[np.int32]]:
    """Intern the parts of lines without copying them: every second part is what stands between two terms."""
    if not len(starts):
        return texts([]), np.empty(0, np.int32)
    offsets = np.empty(_PARTS * len(starts), np.int32)
    for part, positions in enumerate((starts, one, one + 1, two, two + 1, stops)):
        offsets[part::_PARTS] = positions
    encoded = slices(text, offsets).dictionary_encode()
    return encoded.dictionary, numbers(encoded.indices)
