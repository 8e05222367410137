"""One way into every reader of RDF: a stream that the engine's parser reads as the syntax says.

A byte order mark is dropped, RDF/XML becomes simple XML in UTF-8 (``kg.core.rdfxml``), and contexts that JSON-LD names
are put into it from a folder of the user (``kg.core.contexts``). Nothing is fetched.
"""

from __future__ import annotations

import codecs
import io
import os
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from pyoxigraph import RdfFormat, parse

from kg.core.errors import Problem, RdfTextError

if TYPE_CHECKING:
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
