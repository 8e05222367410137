"""Find what changed in files since a state: added and removed statements, and the new lines of the others."""

from __future__ import annotations

import mmap
import re
from bisect import bisect_right
from collections import Counter, defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, count, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow.compute as pc
from pyoxigraph import BlankNode, NamedNode, parse

from kg.columns.arrays import chosen, texts
from kg.columns.snapshots.chunks import chunks_of
from kg.core.errors import InputError, Problem
from kg.core.origin import Origin
from kg.core.rdfreading import parse_rdf, problem_of
from kg.loaders.rdf.reading import rdf_source
from kg.shacl.incremental.lookups import ColumnLookups
from kg.shacl.incremental.state import known_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pyoxigraph import Quad

    from kg.columns.arrays import Positions
    from kg.shacl.incremental.lookups import Statement
    from kg.shacl.incremental.state import State
    from kg.shacl.nodes import Node


SHARE: Final = 20
"""A full read is estimated to be cheaper when more than one in so many statements is in a changed part."""


_ENDING: Final = tuple(texts([b".", b" "]))
"""What follows the three terms of a line, and what stands between its parts."""

_HEAD: Final = re.compile(rb"[ \t]*\S+[ \t]*<[^>]*>[ \t]*")


class TooMuchError(Exception):
    """So much changed that a full run is faster."""


@dataclass
class FileChanges:
    """Statements of changed parts of files, as often as they occur there.

    ``gone`` has them by rows of the state, ``come`` with their places.

    ``moved`` has, for each changed file by its number, on which line each chunk began, and on which it begins now, if
    it is still there. ``rows`` are the lines by now of statements that stand in other chunks as they did.
    """

    gone: list[Positions] = field(default_factory=list)
    come: list[tuple[Statement, Origin]] = field(default_factory=list)
    moved: dict[int, tuple[list[int], list[int | None]]] = field(default_factory=dict)
    rows: dict[int, int] = field(default_factory=dict)

    def line_now(self, number: int, line: int, first: int) -> int | None:
        """Return the line, from 0, on which a line of a file stands now, or None.

        ``first`` is the row of the first line of the file.
        """
        if number not in self.moved:
            return line
        starts, now = self.moved[number]
        chunk = bisect_right(starts, line) - 1
        begins = now[chunk]
        return self.rows.get(first + line) if begins is None else begins + line - starts[chunk]


def changes_of_files(state: State, names: Sequence[str]) -> FileChanges:
    """Compare files with those of a state; unknown files are new, and known files that are not named are removed.

    Raises:
        TooMuchError: a full run is cheaper.
        InputError: a file cannot be read, or what changed in it breaks its syntax.

    """
    changes = FileChanges()
    known = {file.name: number for number, file in enumerate(state.files)}
    most = state.statements.bounds[-1] // SHARE
    new = count(len(state.files))
    for name in names:
        if name not in known:
            _all_of(state, next(new), name, changes)
        elif not state.files[known[name]].untouched:
            _changed(state, known[name], changes)
        if len(changes.come) + sum(map(len, changes.gone)) > most:
            raise TooMuchError
    for name in known.keys() - set(names):
        changes.gone.append(np.arange(*state.statements.bounds[known[name] : known[name] + 2]))
        changes.moved[known[name]] = [0], [None]
    return changes


def _changed(state: State, number: int, changes: FileChanges) -> None:
    file = state.files[number]
    if state.statements.by_line[number]:
        _changed_lines(state, number, changes)
    elif known_file(file.name, lines=False).digests != file.digests:
        changes.gone.append(np.arange(*state.statements.bounds[number : number + 2]))
        _all_of(state, number, file.name, changes)


def _changed_lines(state: State, number: int, changes: FileChanges) -> None:
    file, first = state.files[number], state.statements.bounds[number]
    with _text(file.name) as text:
        old, lines = file.chunks, file.lines.tolist()
        new = list(chunks_of(text, dict(zip(old, (end - start for start, end in pairwise(lines)), strict=True))))
        waiting: dict[bytes, list[int]] = defaultdict(list)
        for place, chunk in reversed(list(enumerate(new[:-1]))):
            waiting[chunk.digest].append(place)
        now = [new[waiting[digest].pop()].line if waiting.get(digest) else None for digest in old]
        changes.moved[number] = lines[:-1] or [0], now or [None]
        left = sorted(place for places in waiting.values() for place in places)
        if sum(new[place + 1].line - new[place].line for place in left) > state.statements.bounds[-1] // SHARE:
            raise TooMuchError
        lost = [
            np.arange(first + start, first + end)
            for line, (start, end) in zip(now, pairwise(lines), strict=True)
            if line is None
        ]
        rows, others = _by_text(state, np.concatenate(lost) if lost else np.empty(0, np.int64))
        for place in left:
            for line, written in enumerate(text[new[place].start : new[place + 1].start].split(b"\n"), new[place].line):
                if (row := rows.pop(written, None)) is not None:
                    changes.rows[row] = line
                    if others and others[written]:
                        rows[written] = others[written].pop()
                elif written:
                    changes.come += _read(state, number, line, written)
        changes.gone.append(np.array(sorted(chain(rows.values(), *others.values())), np.int64))


def _by_text(state: State, rows: Positions) -> tuple[dict[bytes, int], dict[bytes, list[int]]]:
    """Return the rows of a state by their lines in a canonical file.

    The first mapping has the first row of each line, the second the other rows of equal lines.
    """
    parts = [chosen(state.columns.terms.texts, column[rows]) for column in state.statements.rows]
    lines = pc.binary_join_element_wise(*parts, *_ENDING).to_pylist()
    first = dict(zip(reversed(lines), reversed(rows.tolist()), strict=True))
    others: dict[bytes, list[int]] = defaultdict(list)
    if len(first) < len(lines):
        for text, row in reversed(list(zip(lines, rows.tolist(), strict=True))):
            if first[text] != row:
                others[text].append(row)
    return first, others


def _read(state: State, number: int, line: int, text: bytes) -> Iterator[tuple[Statement, Origin]]:
    file = state.files[number]
    syntax = rdf_source(Path(file.name)).syntax
    try:
        for quad in parse(text, format=syntax):
            head = _HEAD.match(text)
            yield (
                _named(quad, state, number),
                Origin(file.name, line + 1, len(text[: head.end() if head else 0].decode()) + 1),
            )
    except SyntaxError as error:
        raise InputError(
            [Problem(file.name, line + 1, error.offset or 0, f"not {syntax.name}: {error.msg}")]
        ) from error


def _all_of(state: State, number: int, name: str, changes: FileChanges) -> None:
    source = rdf_source(Path(name))
    try:
        with source.open() as content:
            for quad in parse_rdf(content, source.syntax, source.base):
                changes.come.append((_named(quad, state, number), Origin(name)))
    except SyntaxError as error:
        raise InputError([problem_of(name, source.syntax, error)]) from error
    changes.moved[number] = [0], [None]


def _named(quad: Quad, state: State, number: int) -> Statement:
    """Return a statement with its blank nodes named as in the state.

    Raises:
        TooMuchError: the state does not tell the blank nodes of its files apart, and another file has some now.

    """
    subject, predicate, value, _ = quad
    if isinstance(subject, BlankNode) or isinstance(value, BlankNode):
        if not state.statements.named_apart and (number or len(state.files) > 1):
            raise TooMuchError
        prefix = f"f{number + 1}." if state.statements.named_apart else ""
        subject = BlankNode(prefix + subject.value) if isinstance(subject, BlankNode) else subject
        value = BlankNode(prefix + value.value) if isinstance(value, BlankNode) else value
    return subject, predicate, value


def net_changes(
    state: State, gone: Iterable[Statement], come: Iterable[Statement]
) -> tuple[set[Statement], set[Statement]]:
    """Return the statements that are only in the new data and only in the old, whatever files repeat them."""
    difference = Counter(come)
    difference.subtract(Counter(gone))
    lookups = ColumnLookups(state.columns, {node for statement in difference for node in statement})
    times = _times_more(state, [statement for statement, more in difference.items() if more < 0])
    added: set[Statement] = set()
    removed: set[Statement] = set()
    for statement, more in difference.items():
        if more > 0 and not lookups.holds(statement):
            added.add(statement)
        elif more < 0 and times[statement] + 1 + more <= 0 and lookups.holds(statement):
            removed.add(statement)
    return added, removed


def _times_more(state: State, statements: Sequence[Statement]) -> Counter[Statement]:
    """Return how often each statement is repeated in the files of the state."""
    times: Counter[Statement] = Counter()
    subjects, predicates, objects = state.repeated
    if not len(subjects):
        return times
    find = state.columns.terms.find
    for statement in statements:
        s, p, o = (find(node) for node in statement)
        if s is not None and p is not None and o is not None:
            times[statement] = int(((subjects == s) & (predicates == p) & (objects == o)).sum())
    return times


def statements_at(state: State, rows: Positions) -> Iterator[Statement]:
    """Yield the statements of some rows."""
    nodes: list[list[Node]] = [state.columns.terms.nodes(column[rows].tolist()) for column in state.statements.rows]
    for subject, predicate, value in zip(*nodes, strict=True):
        if isinstance(predicate, NamedNode):
            yield subject, predicate, value


@contextmanager
def _text(name: str) -> Iterator[mmap.mmap | bytes]:
    """Map the text of a file into memory; an empty file cannot be."""
    try:
        with Path(name).open("rb") as file:
            if not Path(name).stat().st_size:
                yield b""
                return
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
                yield text
    except OSError as error:
        raise InputError([Problem(name, 0, 0, f"the file cannot be read: {error.strerror}")]) from error
