"""RDF/XML for a parser that knows less of XML: read by expat, written anew where it has what the parser cannot read.

The engine's parser reads UTF-8 only, ends a text at comments, processing instructions and CDATA sections, keeps line
ends and whitespace of attributes as they are written, refuses ``xml:lang=""`` and passes over values of
``rdf:parseType`` that it does not know. In XML literals it drops comments and declares namespaces twice. What is
written anew has none of these and states the same.
"""

from __future__ import annotations

import codecs
import io
import mmap
import re
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple, Self, cast
from xml.parsers import expat

from kg.core.errors import RdfTextError
from kg.core.terms import ITS, RDF, XML

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_BLOCK: Final = 1 << 20
_HEAD: Final = 1 << 10
_DEEPEST: Final = 1000
_DECLARATION: Final = re.compile(rb"<\?xml\s[^>]*?\?>")
_ENCODING: Final = re.compile(rb"""\sencoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']""")
_BEYOND: Final = re.compile(
    rb"""<[?]|<!(?!--)|\r|xml:lang\s*=\s*(?:""|'')|=\s*(?:"[^"<\n\t]*[\n\t]|'[^'<\n\t]*[\n\t])"""
    rb"""|parseType\s*=\s*["'](?!(?:Resource|Collection|Triple)["'])"""
)
"""What the engine's parser cannot read as XML says, or not always; so are the comments that end a text."""
_COMMENT_IN_TEXT: Final = re.compile(rb"<!--.*?-->\s*+(?!<[^!?/]|<!--|\Z)", re.DOTALL)
_REFERENCE: Final = re.compile(rb"&([A-Za-z_:\x80-\xff][\w.:\x80-\xff-]*);")
_PREDEFINED: Final = frozenset({b"amp", b"lt", b"gt", b"quot", b"apos"})
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0?\0", "utf-16-le"),
    (b"\0<\0?", "utf-16-be"),
)
_WIDE: Final = ("utf-16", "utf-32", "utf16", "utf32", "ucs-2", "ucs-4", "iso-10646-ucs")
_NO_ENCODINGS: Final = frozenset(
    {"unicode_escape", "raw_unicode_escape", "punycode", "idna", "undefined", "mbcs", "oem"}
)
_ELEMENTS_INSIDE: Final = {"Resource": "node", "Collection": "property", "Triple": "property"}
"""What the elements in a property element of a parse type are the children of."""
_LITERAL: Final = frozenset({"literal", "markup"})
"""Properties that are XML literals, and the elements in them."""
_NOT_MOVED: Final = frozenset(
    RDF + name
    for name in ("ID", "about", "nodeID", "resource", "datatype", "parseType", "bagID", "version", "type", "annotation",
                 "annotationNodeID", "aboutEach", "aboutEachPrefix", "li", "Description", "RDF")
)  # fmt: skip
_TEXT: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_VALUE: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}
)


def encoding_of(head: bytes) -> str:
    """Return the encoding of a document that begins so, for a codec that drops a byte order mark.

    Raises:
        SyntaxError: the encoding that the document declares is unknown, or cannot be its own.

    """
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), "")
    if marked:
        return "utf-8-sig" if marked == "utf-8" else marked
    declaration = _DECLARATION.match(head)
    declared = _ENCODING.search(declaration[0]) if declaration else None
    if declared is None:
        return "utf-8"
    name = declared[1].decode()
    try:
        codec = codecs.lookup(name)
    except LookupError:
        codec = None
    if codec is None or codec.name in _NO_ENCODINGS or not getattr(codec, "_is_text_encoding", True):
        raise RdfTextError(f"the declared encoding {name} is unknown", 1, 1, "UTF-8, or the encoding of the text")
    if name.lower().startswith(_WIDE):
        message = f"the declared encoding is {name}, and the declaration itself is not in it"
        raise RdfTextError(message, 1, 1, "UTF-8, or the encoding of the text")
    return codec.name


def decoded(content: bytes) -> str:
    """Return the text of a document in its own encoding.

    Raises:
        SyntaxError: the encoding is unknown, or the bytes are not in it.

    """
    encoding = encoding_of(content[:_HEAD])
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        before = content[: error.start].decode(encoding, "replace")
        raise _broken(encoding, before) from error


def _broken(encoding: str, before: str, line: int = 1, column: int = 1) -> RdfTextError:
    """Return the error of a byte behind a text that begins at a place."""
    lines = before.count("\n")
    column = len(before) - before.rfind("\n") if lines else column + len(before)
    declared = "the XML declaration, or a byte order mark, to say the encoding of the text"
    return RdfTextError(f"the text is not in {encoding.upper()}", line + lines, column, declared)


def rdfxml_stream(stream: BinaryIO) -> BinaryIO:
    """Return a stream that a parser of simple XML in UTF-8 can read: the stream itself, where it is such.

    Reading raises SyntaxError, with line and column, where the document is no XML.
    """
    return stream if _is_simple(stream) else cast("BinaryIO", Rewritten(stream))


def _is_simple(stream: BinaryIO) -> bool:
    """Return whether a stream is a file or a text in memory that has nothing beyond simple XML."""
    raw = stream.raw if isinstance(stream, io.BufferedReader) else stream
    if isinstance(raw, io.BytesIO):
        with raw.getbuffer() as content:
            return _is_simple_text(content)
    if not isinstance(raw, io.FileIO):
        return False
    try:
        with mmap.mmap(raw.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return _is_simple_text(content)
    except (OSError, ValueError):  # a file without an address in memory, or an empty one
        return False


def _is_simple_text(content: memoryview | mmap.mmap) -> bool:
    head = bytes(content[:_HEAD])
    declaration = _DECLARATION.match(head)
    declared = _ENCODING.search(declaration[0]) if declaration else None
    if any(head.startswith(mark) for mark, _ in _MARKS) or (
        declared and declared[1].lower() not in {b"utf-8", b"utf8"}
    ):
        return False
    start = declaration.end() if declaration else 0
    return _BEYOND.search(content, start) is None and _COMMENT_IN_TEXT.search(content, start) is None


class Rewritten:
    """A binary stream of what a document says, written in simple XML."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._text: _Text | None = None
        self._writer = _Writer()
        self._entities = _Entities(self._writer.parser)
        self._ready = b""
        self._ended = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        while not self._ended and (size < 0 or len(self._ready) < size):
            self._feed(self._stream.read(_BLOCK))
            self._ready += self._writer.written()
        end = len(self._ready) if size < 0 else size
        taken, self._ready = self._ready[:end], self._ready[end:]
        return taken

    def _feed(self, block: bytes) -> None:
        if self._text is None:
            while block and len(block) < _HEAD and (more := self._stream.read(_BLOCK)):
                block += more
            self._text = _Text(encoding_of(block[:_HEAD]))
        content = self._text.next(block).encode()
        try:
            self._writer.parser.Parse(content, not block)
        except expat.ExpatError as error:
            message = expat.ErrorString(error.code)
            raise SyntaxError(message, (None, error.lineno, error.offset + 1, None)) from error
        self._entities.check(content)
        self._ended = not block


class _Text:
    """The text of bytes that come in blocks."""

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._line, self._column = 1, 1

    def next(self, block: bytes) -> str:
        """Return the text of the next block; an empty one is the end.

        Raises:
            RdfTextError: the bytes are not in the encoding.

        """
        try:
            text = self._decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            before = error.object[: error.start].decode(self._encoding, "replace")
            raise _broken(self._encoding, before, self._line, self._column) from error
        lines = text.count("\n")
        self._line += lines
        self._column = len(text) - text.rfind("\n") if lines else self._column + len(text)
        return text


class _Entities:
    """The entities that a document declares, and those that it refers to.

    The parser leaves out in silence what another file declares, where the document names one.
    """

    def __init__(self, parser: expat.XMLParserType) -> None:
        self._declared: set[bytes] | None = None
        self._in_subset = False
        self._referred: set[bytes] = set()
        self._last = b""
        parser.StartDoctypeDeclHandler = self._start
        parser.EndDoctypeDeclHandler = self._end
        parser.EntityDeclHandler = self._declare

    def _start(self, *_: object) -> None:
        self._declared, self._in_subset = set(), True

    def _end(self) -> None:
        self._in_subset = False

    def _declare(self, name: str, is_parameter: int, value: str | None, *_: object) -> None:
        if self._declared is not None and not is_parameter and value is not None:
            self._declared.add(name.encode())

    def check(self, content: bytes) -> None:
        """Look at the next part of the document, after the parser has.

        Raises:
            RdfTextError: it refers to an entity that the document does not declare.

        """
        if self._declared is None:
            return
        seen = self._last + content
        self._referred.update(_REFERENCE.findall(seen))
        self._last = seen[-_HEAD:]
        unknown = self._referred - self._declared - _PREDEFINED
        if unknown and not self._in_subset:
            message = f"the entity &{min(unknown).decode(errors='replace')}; is not declared in this file"
            raise RdfTextError(f"{message}, and no other file is read", 0, 0, "its declaration in this file")


class _Open(NamedTuple):
    """An open element: what its children are children of, its language, and the prefixes in its scope."""

    inside: str
    language: str
    prefixes: Mapping[str, str]


class _Writer:
    """Writes the events of a parser as simple XML."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(encoding="utf-8")
        self.parser.ordered_attributes = True
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.CommentHandler = self._comment
        self.parser.ProcessingInstructionHandler = self._instruction
        self._parts = ['<?xml version="1.0" encoding="UTF-8"?>']
        self._stack = [_Open("", "", {"xml": XML})]
        self._waiting = ""
        self._language = ""
        self._text: list[str] = []

    def written(self) -> bytes:
        """Return what was written since the last call."""
        content = "".join(self._parts).encode()
        self._parts.clear()
        return content

    def _start(self, name: str, attributes: Sequence[str]) -> None:
        self._flush()
        if len(self._stack) > _DEEPEST:
            place = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
            raise RdfTextError(f"it is nested deeper than {_DEEPEST:,} levels", *place)
        parent = self._stack[-1]
        pairs = list(zip(attributes[::2], attributes[1::2], strict=True))
        language = next((value for key, value in pairs if key == "xml:lang"), parent.language)
        declared = {key[len("xmlns:") :]: value for key, value in pairs if key == "xmlns" or key.startswith("xmlns:")}
        prefixes = {**parent.prefixes, **declared} if declared else parent.prefixes
        inside = parent.inside
        if inside in _LITERAL:
            if inside == "literal":  # the elements of a literal take the namespaces in scope with them
                scope = {**prefixes, "xml": ""} | dict.fromkeys(declared, "")
                pairs += [(f"xmlns:{prefix}" if prefix else "xmlns", iri) for prefix, iri in scope.items() if iri]
            inside = "markup"
            self._parts.append(f"<{name}{_written(pairs)}>".translate(_TEXT))
        else:
            pairs = [(key, value) for key, value in pairs if key != "xml:lang"]
            if not inside and (_full(name, prefixes) == f"{RDF}RDF" or (name == "RDF" and ("xmlns", RDF) in pairs)):
                inside = "document"
                self._parts.append(f"<{name}{_written(pairs)}>")
            elif inside == "node":
                inside = self._property(name, pairs, language, prefixes)
            else:
                inside = "node"
                self._node(name, pairs, language, prefixes)
        self._stack.append(_Open(inside, language, prefixes))

    def _node(self, name: str, pairs: list[tuple[str, str]], language: str, prefixes: Mapping[str, str]) -> None:
        """Write the start of a node; properties among its attributes become elements, which alone have its language."""
        moved = [(key, value) for key, value in pairs if language and _is_property(key, prefixes)]
        self._parts.append(f"<{name}{_written([pair for pair in pairs if pair not in moved])}>")
        tag = language.translate(_VALUE)
        self._parts += [f'<{key} xml:lang="{tag}">{value.translate(_TEXT)}</{key}>' for key, value in moved]

    def _property(self, name: str, pairs: list[tuple[str, str]], language: str, prefixes: Mapping[str, str]) -> str:
        """Write the start of a property, or keep it until it is known whether it has text; return what is inside."""
        inside = "property"
        for place, (key, kind) in enumerate(pairs):
            if _full(key, prefixes) == f"{RDF}parseType":
                inside = _ELEMENTS_INSIDE.get(kind, "literal")
                if inside == "literal":
                    pairs[place] = f"{key.partition(':')[0]}:datatype", f"{RDF}XMLLiteral"
        self._waiting = f"<{name}{_written(pairs)}"
        self._language = language if inside == "property" else ""
        if inside == "literal":
            self._flush()
        return inside

    def _characters(self, text: str) -> None:
        if self._stack[-1].inside in _LITERAL:
            self._parts.append(text.translate(_TEXT).translate(_TEXT))
        else:
            (self._text if self._waiting else self._parts).append(text.translate(_TEXT))

    def _comment(self, text: str) -> None:
        if self._stack[-1].inside in _LITERAL:
            self._parts.append(f"<!--{text}-->".translate(_TEXT))

    def _instruction(self, target: str, text: str) -> None:
        if self._stack[-1].inside in _LITERAL:
            self._parts.append(f"<?{target} {text}?>".translate(_TEXT) if text else f"<?{target}?>".translate(_TEXT))

    def _flush(self) -> None:
        """Write the start of a property that was kept, with its text."""
        if self._waiting:
            self._parts += [f"{self._waiting}>", *self._text]
            self._waiting = ""
            self._text.clear()

    def _end(self, name: str) -> None:
        if self._stack.pop().inside == "markup":
            self._parts.append(f"</{name}>".translate(_TEXT))
            return
        if self._waiting and self._language:
            self._waiting += f' xml:lang="{self._language.translate(_VALUE)}"'
        self._flush()
        self._parts.append(f"</{name}>")


def _full(name: str, prefixes: Mapping[str, str]) -> str:
    prefix, colon, local = name.partition(":")
    return prefixes.get(prefix, "") + local if colon else ""


def _is_property(key: str, prefixes: Mapping[str, str]) -> bool:
    iri = _full(key, prefixes)
    return bool(iri) and not key.startswith(("xml", "XML")) and not iri.startswith(ITS) and iri not in _NOT_MOVED


def _written(pairs: Sequence[tuple[str, str]]) -> str:
    return "".join(f' {key}="{value.translate(_VALUE)}"' for key, value in pairs)
