"""One way into every reader of RDF: a stream that the engine's parser reads as the syntax says.

A byte order mark is dropped, RDF/XML becomes simple XML in UTF-8 (``kg.core.rdfxml``), and contexts that JSON-LD names
are put into it from a folder of the user (``kg.core.contexts``). Nothing is fetched.

Files that take a reader far more memory or time than their size are refused before it sees them (``refuse_bombs``). A
reader expands entities of XML, and keeps a level for each bracket or element that is open: 500 bytes of entities are
gigabytes of text, and some thousand levels end the process. So depth and expansion are found by a scan first, which
takes a small part of the time of reading.
"""

from __future__ import annotations

import codecs
import io
import mmap
import os
import re
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

from pyoxigraph import RdfFormat, parse

from kg.core.errors import InputError, Problem, RdfTextError
from kg.core.inputs import is_wrapped, unwrapped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

    from pyoxigraph import QuadParser


_LONGEST_MARK: Final = 4
_WIDE: Final = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)


def problem_of(name: str, syntax: RdfFormat, error: SyntaxError) -> Problem:
    """Return an error of ``rdf_stream`` or of the parser as a problem of the file of that name."""
    line, column = error.lineno or 0, error.offset or 0
    if isinstance(error, RdfTextError):
        return Problem(name, line, column, str(error.msg), error.expected)
    if "LoadDocumentCallback" in str(error.msg):  # a context that is named in a way that is not looked for
        return Problem(name, line, column, "the file asks for a context, and nothing is fetched", "it in the file")
    return Problem(name, line, column, f"not {syntax.name}: {error.msg}")


def parse_rdf(stream: BinaryIO, syntax: RdfFormat, base: str = "", *, rename: bool = False) -> QuadParser:
    """Return the statements of a stream; ``rename`` gives blank nodes names that no other file has.

    Raises:
        SyntaxError: the text breaks its syntax; the iteration may raise it too.

    """
    return parse(rdf_stream(stream, syntax), format=syntax, base_iri=base or None, rename_blank_nodes=rename)


def rdf_stream(stream: BinaryIO, syntax: RdfFormat) -> BinaryIO:
    """Return a stream that the parser of a syntax reads as the syntax says.

    Raises:
        SyntaxError: the text cannot be read; reading the stream may raise it too.

    """
    if syntax == RdfFormat.RDF_XML:
        from kg.core.rdfxml import rdfxml_stream

        return rdfxml_stream(stream)
    head = stream.read(_LONGEST_MARK)
    if wide := next((name for mark, name in _WIDE if head.startswith(mark)), ""):
        raise RdfTextError(
            f"the text is in {wide}; {syntax.name} is always in UTF-8", 1, 1, "UTF-8: save it in that encoding"
        )
    rest = head.removeprefix(codecs.BOM_UTF8)
    if syntax in {RdfFormat.JSON_LD, RdfFormat.STREAMING_JSON_LD}:
        from kg.core.contexts import with_contexts

        return io.BytesIO(with_contexts(rest + stream.read()))
    if isinstance(stream, io.BufferedIOBase) and stream.seekable():
        stream.seek(-len(rest), os.SEEK_CUR)
        return stream
    return cast("BinaryIO", _After(rest, stream))


class _After:
    """A stream of which some bytes have been read already."""

    def __init__(self, first: bytes, stream: BinaryIO) -> None:
        self._first, self._stream = first, stream

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        if not self._first:
            return self._stream.read(size)
        end = len(self._first) if size < 0 else size
        first, self._first = self._first[:end], self._first[end:]
        return first + self._stream.read(size) if size < 0 else first


MOST_LEVELS: Final[dict[RdfFormat, int]] = {RdfFormat.RDF_XML: 1_000, RdfFormat.JSON_LD: 100}
MOST_TRIPLE_TERMS: Final = 64
"""Levels of triple terms in each other."""
MOST_EXPANDED: Final = 1 << 20
MOST_AMPLIFIED: Final = 10
"""Entities may expand to so many bytes, or to so many times the size of the file, whatever is more."""
_WIDEST: Final = 4
LONGEST: Final = 1 << 24
"""The bytes of a literal or another token that readers hold."""
_BLOCK: Final = 1 << 20
_STRING: Final = rb'"""(?:[^"\\]++|\\.|"{1,2}(?!"))*+"""|\'\'\'(?:[^\'\\]++|\\.|\'{1,2}(?!\'))*+\'\'\''
_TERMS: Final = re.compile(
    rb'<(?!<)[^<>"{}|^`\\\x00-\x20]*+>|'
    + _STRING
    + rb'|"(?:[^"\\\r\n]++|\\.)*+"|\'(?:[^\'\\\r\n]++|\\.)*+\'|#[^\r\n]*+'
    rb"|(?P<open><<)|(?P<close>>>)",
    re.DOTALL,
)
_JSON: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"|(?P<open>[\[{])|(?P<close>[\]}])', re.DOTALL)
_XML: Final = re.compile(
    rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|<![^>\[]*+(?:\[.*?\]\s*)?>"
    rb"|(?P<close></)|(?P<open><[^\s/>!?<][^<>\"']*+(?:\"[^\"]*+\"[^<>\"']*+|'[^']*+'[^<>\"']*+)*+(?<!/)>)",
    re.DOTALL,
)
_DECLARED: Final = b"<!ENTITY"
_ENTITY: Final = re.compile(rb"<!ENTITY\s+([^\s%\"'>]+)\s+(\"[^\"]*+\"|'[^']*+')")
_REFERENCE: Final = re.compile(rb"&([^\s;&#<>\"']{1,255}+);")


def refuse_bombs(name: str, syntax: RdfFormat, opened: Callable[[], BinaryIO]) -> None:
    """Refuse a file that is nested too deeply, or whose entities expand to too much.

    Args:
        name: what messages call the file.
        syntax: its syntax.
        opened: open it; it is read once, or twice where a first look is not enough.

    Raises:
        InputError: it is refused, with line and column.

    """
    if syntax == RdfFormat.RDF_XML:
        with opened() as file:
            if b"\0" in file.read(_WIDEST):
                return  # an encoding that is not scanned as it is; its reader bounds depth and entities itself
        _refuse_entities(name, opened)
    pattern, levels = (
        (_XML, MOST_LEVELS[syntax])
        if syntax == RdfFormat.RDF_XML
        else (_JSON, MOST_LEVELS[syntax])
        if syntax == RdfFormat.JSON_LD
        else (_TERMS, MOST_TRIPLE_TERMS)
    )
    with opened() as file:
        if not _may_be_deep(_blocks(file), syntax, levels):
            return
    with opened() as file:
        place = _too_deep(_whole(file), pattern, levels)
    if place:
        what = "triple terms are" if pattern is _TERMS else "it is"
        raise InputError([Problem(name, *place, f"{what} nested deeper than {levels:,} levels")])


def refuse_bombs_in(path: Path, syntax: RdfFormat) -> None:
    """Refuse a file on disk as ``refuse_bombs`` does; pipes and what cannot be opened are left to the reader.

    Raises:
        InputError: it is refused, with line and column.

    """
    if path.is_file():
        with suppress(OSError, EOFError):  # the reader says why
            refuse_bombs(str(path), syntax, partial(_opened, path))


@contextmanager
def naming_long_tokens(name: str, opened: Callable[[], BinaryIO] | None = None) -> Iterator[None]:
    """Turn the error of a reader that met a token of more than 16 MB into one that says where it is.

    ``opened`` opens what was read again; the file of that name where it is left out.

    Raises:
        InputError: the block met one.

    """
    try:
        yield
    except MemoryError as error:
        with (opened or partial(_opened, Path(name)))() as file:
            text = _whole(file)
            long = next((piece for piece in _TERMS.finditer(text) if piece.end() - piece.start() > LONGEST), None)
            place = _place(text, long.start()) if long else (0, 0)
        message = f"a literal or another token is longer than {LONGEST >> 20} MB, the most that is read"
        raise InputError([Problem(name, *place, message)]) from error


def _whole(file: BinaryIO) -> bytes | mmap.mmap:
    if isinstance(file, io.BufferedReader) and isinstance(file.raw, io.FileIO):  # not what unpacks one
        with suppress(OSError, ValueError):
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return file.read()


def _opened(path: Path) -> BinaryIO:
    content = path.open("rb")
    return unwrapped(content) if is_wrapped(path) else content


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: file.read(_BLOCK), b"")


_OPENING: Final = {RdfFormat.RDF_XML: (b"<",), RdfFormat.JSON_LD: (b"{", b"[")}


def _may_be_deep(blocks: Iterator[bytes], syntax: RdfFormat, levels: int) -> bool:
    """Return whether a file may be too deep; strings and comments are not told apart from brackets here."""
    signs = _OPENING.get(syntax, (b"<<",))
    first = next(blocks, b"")
    opened = sum(map(first.count, signs))
    if len(first) < _BLOCK:
        return opened > levels
    depth, before = 0, b""
    while first:
        if depth + opened > levels:
            ups = _steps(before + first, syntax)
            if depth + int(ups.max(initial=0)) > levels:
                return True
            depth = max(depth + int(ups[-1]) if len(ups) else depth, 0)
        else:
            depth = max(depth + opened - first.count(b">>"), 0)
        before = first[-1:]
        first = next(blocks, b"")
        opened = sum(map(first.count, signs))
    return False


def _steps(block: bytes, syntax: RdfFormat) -> Any:  # noqa: ANN401 - an array of NumPy, imported for large files alone
    """Return the depth after each byte of a block but the first, from 0."""
    import numpy as np

    array = np.frombuffer(block, np.uint8)
    before, after = array[:-1], array[1:]
    if syntax == RdfFormat.JSON_LD:
        ups = (after == ord("{")) | (after == ord("["))
        downs = (after == ord("}")) | (after == ord("]"))
    elif syntax == RdfFormat.RDF_XML:
        opening = before == ord("<")
        ups = opening & ~np.isin(after, np.frombuffer(b"/!?", np.uint8))
        downs = (opening & (after == ord("/"))) | ((before == ord("/")) & (after == ord(">")))
    else:
        ups, downs = (((before == ord(sign)) & (after == ord(sign))) for sign in "<>")
    return np.cumsum(ups.astype(np.int32) - downs)


def _too_deep(text: bytes | mmap.mmap, pattern: re.Pattern[bytes], levels: int) -> tuple[int, int] | None:
    """Return line and column of the first bracket or element that is too deep, if there is one."""
    depth = 0
    for piece in pattern.finditer(text):
        if piece.lastgroup == "open":
            depth += 1
            if depth > levels:
                return _place(text, piece.start())
        elif piece.lastgroup == "close":
            depth -= 1
    return None


def _place(text: bytes | mmap.mmap, offset: int) -> tuple[int, int]:
    before = text[:offset]
    return before.count(b"\n") + 1, len(before[before.rfind(b"\n") + 1 :].decode(errors="replace")) + 1


def _refuse_entities(name: str, opened: Callable[[], BinaryIO]) -> None:
    """Refuse XML whose entities expand to much more than its size."""
    with opened() as file:
        before = b""
        for block in _blocks(file):
            if _DECLARED in before + block:
                break
            before = block[-len(_DECLARED) :]
        else:
            return
    with opened() as file:
        text = _whole(file)
        size = len(text)
        most = max(MOST_EXPANDED, MOST_AMPLIFIED * size)
        sizes = _Expanded({found[1]: found[2][1:-1] for found in _ENTITY.finditer(text)}, most)
        try:
            total = sum(sizes.of(reference[1]) for reference in _REFERENCE.finditer(text))
        except RecursionError:
            total = most + 1
        if total > most:
            place = _place(text, text.find(_DECLARED))
            message = f"the entities of this file of {size:,} bytes expand to more than {most:,}"
            raise InputError([Problem(name, *place, message, expected="a file without entities that grow")])


class _Expanded:
    """The sizes of entities when everything in them is expanded; at most a little more than a limit."""

    def __init__(self, values: dict[bytes, bytes], most: int) -> None:
        self._values = values
        self._most = most
        self._known: dict[bytes, int] = {}

    def of(self, entity: bytes) -> int:
        """Return the size of one; one that refers to itself is larger than any."""
        if entity not in self._known:
            self._known[entity] = self._most + 1  # until it is known
            value = self._values.get(entity, b"")
            inner = sum(self.of(found[1]) for found in _REFERENCE.finditer(value))
            self._known[entity] = min(len(value) + inner, self._most + 1)
        return self._known[entity]
