"""Read RDF files and quads into columns.

N-Triples and N-Quads are read in blocks of lines, without a Python object for each term. A plain line is
``subject predicate object [graph] .`` with single spaces: what every serializer writes. Other lines and other syntaxes
go through a full parser. Each distinct term is checked once, whatever the number of lines that use it.
"""

from __future__ import annotations

import os
from functools import partial
from itertools import accumulate, islice
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pyarrow as pa
from pyoxigraph import RdfFormat, parse, serialize

from kg.columns import arrays
from kg.columns.arrays import numbers, rows_with, slices, texts, unique
from kg.columns.graph import Columns, IllFormedError, TermKind, Terms, canonical_texts
from kg.core.errors import InputError, LimitError, Problem, near_names
from kg.core.inputs import RDF_ENDINGS, syntax_of_file, unwrapped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from pyoxigraph import Quad

    from kg.columns.arrays import Ids, Positions

    Rows = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]
    Flags = NDArray[np.bool_]

_BLOCK: Final = 1 << 23
_BATCH: Final = 1 << 16


class Part(NamedTuple):
    """The statements of one file with their own dictionary.

    ``by_line`` is true when each statement stands on the line of its number.
    """

    texts: pa.BinaryArray
    rows: Rows
    by_line: bool


def columns_of_quads(quads: Iterable[Quad]) -> Columns:
    """Return quads as columns; literals keep their lexical forms.

    Example:
        >>> from pyoxigraph import RdfFormat, parse
        >>> columns_of_quads(parse("<x:a> <x:p> 1, 2 .", RdfFormat.TURTLE)).size
        2

    """
    texts, rows = _of_quads(quads)
    return Columns.of_rows(Terms(texts), *rows)


def columns_of_files(paths: Iterable[Path]) -> Columns:
    """Read RDF files into columns; the ending of each name determines its syntax.

    Literals keep their lexical forms; blank nodes of different files stay distinct.

    Raises:
        InputError: a file cannot be opened, its ending is unknown, or it breaks its syntax; one problem for each such
            file.
        LimitError: the distinct terms are too many.

    """
    return read_files(paths).columns()


class FileStatements(NamedTuple):
    """The statements of several files in file order, as positions in one dictionary.

    Attributes:
        terms: the dictionary.
        rows: subjects, predicates and objects.
        bounds: the number of the first statement of each file, and the number of all statements.
        by_line: for each file, whether each line holds one statement, in the order of the lines.
        named_apart: whether the names of blank nodes tell the files apart.
        order: the numbers of the statements ordered by subject, where known.
    """

    terms: Terms
    rows: Rows
    bounds: tuple[int, ...]
    by_line: tuple[bool, ...]
    named_apart: bool
    order: Ids | None = None

    def about(self, subjects: Ids) -> Positions:
        """Return the numbers of the statements with these subjects (ascending), in order."""
        if self.order is None:
            wanted = np.zeros(self.terms.size, np.bool_)
            wanted[subjects] = True
            return np.flatnonzero(wanted[self.rows[0]])
        rows_by_subject = (rows_with(self.rows[0], self.order, subject) for subject in subjects.tolist())
        return np.sort(np.concatenate([np.empty(0, np.int64), *rows_by_subject]))

    def columns(self) -> Columns:
        """Return the statements as sorted columns, each once."""
        return Columns.of_rows(self.terms, *self.rows)


def read_files(paths: Iterable[Path]) -> FileStatements:
    """Read RDF files as :func:`columns_of_files` does, and keep apart what stands in which file.

    Raises:
        InputError: a file cannot be opened, its ending is unknown, or it breaks its syntax; one problem for each such
            file.
        LimitError: the distinct terms are too many.

    """
    parts: list[Part] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            parts.append(_of_file(path))
        except InputError as error:
            problems.extend(error.problems)
    if problems:
        raise InputError(problems)
    apart = sum(bool((Terms(part.texts).kinds == TermKind.BLANK).any()) for part in parts) > 1
    if apart:
        parts = [part._replace(texts=_with_blank_nodes_of(number, part.texts)) for number, part in enumerate(parts, 1)]
    texts, rows = _merged([(part.texts, part.rows) for part in parts])
    bounds = (0, *accumulate(len(part.rows[0]) for part in parts))
    return FileStatements(Terms(texts), rows, bounds, tuple(part.by_line for part in parts), apart)


def _of_file(path: Path) -> Part:
    from kg.core.rdfreading import naming_long_tokens, problem_of

    syntax = syntax_of_file(path)
    if syntax is None:
        near = tuple(f".{ending}" for ending in near_names(path.suffix.removeprefix("."), RDF_ENDINGS))
        known = f"one of .{', .'.join(RDF_ENDINGS)}"
        raise InputError([Problem(str(path), 0, 0, f"the ending '{path.suffix}' names no RDF syntax", known, near)])
    try:
        with naming_long_tokens(str(path)):
            return _part(path, syntax)
    except SyntaxError as error:
        raise InputError([problem_of(str(path), syntax, error)]) from error
    except (OSError, EOFError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError([Problem(str(path), 0, 0, f"the file cannot be read: {reason}")]) from error


def _parsed(path: Path, syntax: RdfFormat, base: str = "") -> Iterator[Quad]:
    from kg.core.rdfreading import parse_rdf

    with unwrapped(path.open("rb")) as content:
        yield from parse_rdf(content, syntax, base)


def _part(path: Path, syntax: RdfFormat) -> Part:
    if syntax in {RdfFormat.N_TRIPLES, RdfFormat.N_QUADS}:
        try:
            return Part(*_of_lines(_blocks(path), quads=syntax == RdfFormat.N_QUADS, trusted=False))
        except IllFormedError:
            return Part(*_of_quads(_parsed(path, syntax)), by_line=False)
    from kg.core.terms import base_of_file

    return Part(*_of_quads(_parsed(path, syntax, base_of_file(path))), by_line=False)


def _blocks(path: Path) -> Iterator[bytes]:
    """Yield the text of a file in blocks of whole lines."""
    rest = b""
    with unwrapped(path.open("rb")) as file:
        while read := file.read(_BLOCK):
            whole, newline, rest_of_read = read.rpartition(b"\n")
            if newline:
                yield b"".join((rest, whole, newline))
                rest = rest_of_read
            else:
                rest += read
    if rest:
        yield rest + b"\n"


def _of_quads(quads: Iterable[Quad]) -> tuple[pa.BinaryArray, Rows]:
    waiting = iter(quads)
    texts = iter(lambda: _written(islice(waiting, _BATCH)), b"")
    dictionary, rows, _ = _of_lines(texts, quads=True, trusted=True)
    return dictionary, rows


def _written(quads: Iterable[Quad]) -> bytes:
    return serialize(quads, format=RdfFormat.N_QUADS) or b""


def _of_lines(texts: Iterable[bytes], *, quads: bool, trusted: bool) -> tuple[pa.BinaryArray, Rows, bool]:
    """Read blocks of lines.

    Return the dictionary, the rows, and whether each line holds one statement whose subject and predicate are spelled
    as in the dictionary. ``trusted`` means that a serializer wrote the lines, so that every term is well formed and
    canonical.
    """
    plain = True
    blocks: list[Block] = []
    graphs: dict[str, None] = {}
    for block in _in_parallel(partial(read_block, quads=quads), texts):
        if block.odd_lines:
            plain = False
            blocks.extend(_odd(block.odd_lines, quads=quads))
        graphs |= dict.fromkeys(block.graphs)
        blocks.append(block._replace(odd_lines=b"", graphs=()))
    texts_found, rows = _merged(
        [(block.dictionary, (block.subjects, block.predicates, block.objects)) for block in blocks]
    )
    if not trusted:
        canonical_texts(arrays.texts([graph.encode() for graph in graphs]))
        texts_found, rows, as_written = _canonical(texts_found, rows)
        plain = plain and as_written
        _check_places(Terms(texts_found), rows)
    return texts_found, rows, plain


def _in_parallel(work: partial[Block], texts: Iterable[bytes]) -> Iterator[Block]:
    """Process the next blocks while the first is awaited; NumPy and Arrow release the interpreter lock."""
    waiting = iter(texts)
    first, second = next(waiting, None), next(waiting, None)
    if first is None:
        return
    if second is None:
        yield work(first)
        return
    from concurrent.futures import ThreadPoolExecutor

    workers = min(4, os.cpu_count() or 1)
    with ThreadPoolExecutor(workers) as pool:
        running = [pool.submit(work, first), pool.submit(work, second)]
        for text in waiting:
            running.append(pool.submit(work, text))
            if len(running) > workers + 1:
                yield running.pop(0).result()
        for future in running:
            yield future.result()


def _odd(lines: bytes, *, quads: bool) -> Iterator[Block]:
    """Read lines that are not plain with the full parser.

    Raises:
        IllFormedError: one is ill-formed; where it stands, a parser of the whole file says.

    """
    syntax = RdfFormat.N_QUADS if quads else RdfFormat.N_TRIPLES
    parsed = iter(parse(lines, syntax))
    try:
        while text := _written(islice(parsed, _BATCH)):
            yield read_block(text, quads=True)
    except SyntaxError as error:
        raise IllFormedError(str(error)) from error


def _canonical(texts: pa.BinaryArray, rows: Rows) -> tuple[pa.BinaryArray, Rows, bool]:
    """Replace each term by its canonical form, and return whether only literals had another one."""
    terms = Terms(texts)
    real = np.flatnonzero(terms.kinds != TermKind.NONE)
    rewritten = canonical_texts(texts if len(real) == terms.size else arrays.chosen(texts, real))
    if not rewritten:
        return texts, rows, True
    old = real[list(rewritten)]
    new = arrays.texts([text.encode() for text in rewritten.values()])
    everything = pa.concat_arrays([texts, new])
    encoded = everything.dictionary_encode()
    moved = arrays.numbers(encoded.indices)[: len(texts)].copy()
    moved[old] = arrays.numbers(encoded.indices)[len(texts) :]
    subjects, predicates, objects = rows
    only_literals = all(text.startswith('"') for text in rewritten.values())
    return encoded.dictionary, (moved[subjects], moved[predicates], moved[objects]), only_literals


def _check_places(terms: Terms, rows: Rows) -> None:
    subjects, predicates, objects = (np.bincount(terms.kinds[ids], minlength=len(TermKind)) for ids in rows)
    fine = subjects[: TermKind.LITERAL].sum() + predicates[TermKind.IRI] + objects[: TermKind.NONE].sum()
    if fine != sum(map(len, rows)):
        raise IllFormedError("a term stands where its kind may not")


def _with_blank_nodes_of(number: int, texts: pa.BinaryArray) -> pa.BinaryArray:
    blank = np.flatnonzero(Terms(texts).kinds == TermKind.BLANK)
    if not len(blank):
        return texts
    renamed = arrays.texts([b"_:f%d.%s" % (number, text[2:]) for text in arrays.chosen(texts, blank).to_pylist()])
    positions = np.arange(len(texts))
    positions[blank] = len(texts) + np.arange(len(blank))
    return arrays.chosen(pa.concat_arrays([texts, renamed]), positions)


def _merged(parts: list[tuple[pa.BinaryArray, Rows]]) -> tuple[pa.BinaryArray, Rows]:
    """Merge all parts into one dictionary."""
    if len(parts) == 1:
        return parts[0]
    if not parts:
        empty = np.empty(0, np.int32)
        return arrays.texts([]), (empty, empty, empty)
    codes = [arrays.integers(np.arange(len(texts), dtype=np.int32)) for texts, _ in parts]
    chunks = [pa.DictionaryArray.from_arrays(code, texts) for code, (texts, _) in zip(codes, parts, strict=True)]
    try:
        unified = pa.chunked_array(chunks).unify_dictionaries().chunks
    except (pa.ArrowInvalid, pa.ArrowCapacityError) as error:
        raise LimitError(
            f"the texts of the distinct terms take more than 2 GiB, and a validation holds no more: {error}"
        ) from error
    moved = [arrays.numbers(chunk.indices) for chunk in unified]
    columns = [
        np.concatenate([ids[rows[place]] for ids, (_, rows) in zip(moved, parts, strict=True)]) for place in range(3)
    ]
    return unified[0].dictionary, (columns[0], columns[1], columns[2])


_NEWLINE, _SPACE, _QUOTE, _DOT, _LESS, _GREATER, _UNDERSCORE, _COLON = b'\n ".<>_:'
_PARTS: Final = 6


class Block(NamedTuple):
    """The plain lines of a block: a dictionary of texts, and three positions in it for each line.

    ``graphs`` are the names of graphs in these lines, ``odd_lines`` the other lines as they are.
    """

    dictionary: pa.BinaryArray
    subjects: NDArray[np.int32]
    predicates: NDArray[np.int32]
    objects: NDArray[np.int32]
    graphs: tuple[str, ...]
    odd_lines: bytes


def read_block(text: bytes, *, quads: bool) -> Block:
    """Split a block of whole lines into terms.

    With ``quads``, lines may name a graph, which is recorded and removed.
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
    """Move the end of each object before the name of its graph.

    The name of a graph is a last part that is an IRI or blank node and not the end of a literal.
    """
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
