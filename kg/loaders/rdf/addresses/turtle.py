"""Statements of Turtle, TriG, N-Triples and N-Quads with the offset or line of what states them."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple
from urllib.parse import urljoin

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse

from kg.core.terms import RDF, XSD

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

# What the parser has read holds no other characters beyond ASCII in names than may stand there, so all of them pass:
# classes that spell out the ranges of the grammar take Python longer to compile than a small file takes to be
# validated.
_LETTER: Final = r"[^\x00-@\[-`{-\x7f]"  # PN_CHARS_BASE
_START: Final = r"[^\x00-/:-@\[-^`{-\x7f]"  # PN_CHARS_U and digits
_NAME: Final = r"[^\x00-,./:-@\[-^`{-\x7f]"  # PN_CHARS
_PREFIX: Final = rf"(?:{_LETTER}(?:(?:{_NAME}|\.)*{_NAME})?)?"
_ESCAPED: Final = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_LOCAL: Final = rf"(?:{_START}|:|{_ESCAPED})(?:(?:{_NAME}|[.:]|{_ESCAPED})*(?:{_NAME}|:|{_ESCAPED}))?"
_TOKEN: Final = re.compile(
    r"(?P<space>[ \t\r\n]+|\#[^\r\n]*)"
    r"|(?P<iri><[^\x00-\x20<>\"{}|^`\\]*(?:\\u[0-9A-Fa-f]{4}[^\x00-\x20<>\"{}|^`\\]*|\\U[0-9A-Fa-f]{8}[^\x00-\x20<>\"{}|^`\\]*)*>)"
    r"|(?P<long>\"\"\"(?:[^\"\\]|\\.|\"(?!\"\"))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*''')"
    r"|(?P<string>\"(?:[^\"\\\r\n]|\\.)*\"|'(?:[^'\\\r\n]|\\.)*')"
    rf"|(?P<blank>_:{_START}(?:(?:{_NAME}|\.)*{_NAME})?)"
    rf"|(?P<name>{_PREFIX}:(?:{_LOCAL})?)"
    r"|(?P<double>[+-]?(?:[0-9]+\.[0-9]*|\.?[0-9]+)[eE][+-]?[0-9]+)|(?P<decimal>[+-]?[0-9]*\.[0-9]+)|(?P<integer>[+-]?[0-9]+)"
    r"|(?P<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)|(?P<word>[A-Za-z]+)|(?P<mark>\^\^|[][(){}.;,])",
    re.DOTALL,
)
_ESCAPE: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_CONTROL: Final = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}
_TYPE, _FIRST, _REST, _NIL = (NamedNode(RDF + name) for name in ("type", "first", "rest", "nil"))
_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_TRIPLE_QUOTES: Final = 3
Term = NamedNode | BlankNode | Literal
_HEAD: Final = re.compile(rb"[ \t]*((?:<[^>]*>|_:\S+))[ \t]*<[^>]*>[ \t]*")


class UnreadableError(Exception):
    """A file holds what the index of positions does not read; its statements then have no lines."""


class Token(NamedTuple):
    """A token: its kind, its text, and the offset of its first character."""

    kind: str
    text: str
    start: int


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a text but spaces and comments; one of kind ``end`` closes them.

    Raises:
        UnreadableError: a character starts no token.

    """
    position, size, match = 0, len(text), _TOKEN.match
    while position < size:
        found = match(text, position)
        if found is None:
            raise UnreadableError(f"no token at offset {position}")
        kind = found.lastgroup or ""
        if kind != "space":
            yield Token(kind, found[0], position)
        position = found.end()
    yield Token("end", "", size)


def unescaped(text: str) -> str:
    """Replace the escapes of a string or IRI by what they stand for."""
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(match: re.Match[str]) -> str:
    short, long, single = match.groups()
    return chr(int(short or long, 16)) if short or long else _CONTROL.get(single, single)


class Stated(NamedTuple):
    """A triple, and the offsets of its subject's and its object's first characters."""

    subject: NamedNode | BlankNode
    predicate: NamedNode
    object: Term
    subject_at: int
    object_at: int


def statements(text: str, base: str = "") -> Iterator[Stated]:
    """Return the triples of a Turtle or TriG text in the order in which pyoxigraph gives them.

    Graph names are left out.

    Raises:
        UnreadableError: the text is no Turtle or TriG of RDF 1.1.

    """
    return iter(_Reader(text, base).read())


class _Reader:
    """Reads by recursive descent.

    ``[]`` and ``()`` get nodes whose names start with ``anon``, which no label of the text collides with.
    """

    def __init__(self, text: str, base: str) -> None:
        self._tokens = tokens(text)
        self._token = next(self._tokens)
        self._base = base
        self._prefixes: dict[str, str] = {}
        self._found: list[Stated] = []
        self._held: Stated | None = None
        self._anonymous = 0

    def read(self) -> list[Stated]:
        while self._token.kind != "end":
            self._statement()
        return self._found

    def _next(self) -> Token:
        token = self._token
        self._token = next(self._tokens, Token("end", "", token.start))
        return token

    def _expect(self, mark: str) -> None:
        token = self._next()
        if token.text != mark:
            raise UnreadableError(f"{token.text!r} at offset {token.start}, expected {mark!r}")

    def _statement(self) -> None:
        token = self._token
        word = token.text.lower()
        if token.kind == "tag" and word in {"@prefix", "@base"}:
            self._directive(word[1:])
            self._expect(".")
        elif token.kind == "word" and word in {"prefix", "base"}:
            self._directive(word)
        elif token.kind == "word" and word == "graph":
            self._next()
            self._graph(self._term(self._next()))
        elif token.text == "{":
            self._block()
        else:
            self._triples_or_graph()

    def _directive(self, word: str) -> None:
        self._next()
        name = self._next().text if word == "prefix" else ""
        iri = self._next()
        if iri.kind != "iri":
            raise UnreadableError(f"{iri.text!r} at offset {iri.start} is no IRI")
        if word == "base":
            self._base = self._resolved(iri.text)
        else:
            self._prefixes[name[:-1]] = self._resolved(iri.text)

    def _triples_or_graph(self) -> None:
        start = self._token
        subject, listed = self._subject()
        if self._token.text == "{":
            self._graph(subject)
            return
        if not (listed and self._token.text in {".", "}"}):
            self._predicates(subject, start.start)
        self._expect(".")

    def _graph(self, name: Term) -> None:
        if not isinstance(name, NamedNode):
            raise UnreadableError("a graph without an IRI: the names of blank nodes would not be those of the loader")
        self._block()

    def _block(self) -> None:
        self._expect("{")
        while self._token.text != "}":
            start = self._token
            subject, listed = self._subject()
            if not (listed and self._token.text in {".", "}"}):
                self._predicates(subject, start.start)
            if self._token.text != "}":
                self._expect(".")
        self._next()

    def _subject(self) -> tuple[NamedNode | BlankNode, bool]:
        """Return a subject, and whether it is a property list that may stand alone."""
        token = self._next()
        if token.text == "[":
            node = self._fresh()
            filled = self._token.text != "]"
            if filled:
                self._predicates(node, token.start)
            self._expect("]")
            self._release()
            return node, filled
        if token.text == "(":
            return self._collection(lambda _: None), False
        return self._resource(token), False

    def _predicates(self, subject: NamedNode | BlankNode, subject_at: int) -> None:
        while True:
            token = self._next()
            predicate = _TYPE if token.text == "a" and token.kind == "word" else self._term(token)
            if not isinstance(predicate, NamedNode):
                raise UnreadableError(f"{token.text!r} at offset {token.start} is no predicate")
            while True:
                self._object(subject, predicate, subject_at)
                if self._token.text not in {"]", ")"}:
                    self._release()
                if self._token.text != ",":
                    break
                self._next()
            if self._token.text != ";":
                return
            while self._token.text == ";":
                self._next()
            if self._token.text in {".", "]", "}"}:
                return

    def _object(
        self,
        subject: NamedNode | BlankNode,
        predicate: NamedNode,
        subject_at: int,
        before: Callable[[], None] = lambda: None,
    ) -> None:
        """Read an object.

        ``before`` states what pyoxigraph returns after it has read the first token of a member of a collection.
        """
        token = self._next()

        def state(node: Term) -> None:
            self._found.append(Stated(subject, predicate, node, subject_at, token.start))

        if token.text in {"[", "("} or token.kind in {"string", "long"}:
            before()
            self._release()
        if token.text == "[":
            node = self._fresh()
            if self._token.text != "]":
                self._predicates(node, token.start)
            self._expect("]")
            state(node)
            self._release()
        elif token.text == "(":
            self._collection(state)
        elif token.kind in {"string", "long"}:
            suffixed = self._token.kind == "tag" or self._token.text == "^^"
            state(self._literal(token))
            self._held = None if suffixed else self._found.pop()
        else:
            state(self._term(token))
            before()
            self._release()

    def _release(self) -> None:
        """State what a string without a suffix said: pyoxigraph does so only after the token behind it."""
        if self._held is not None:
            self._found.append(self._held)
            self._held = None

    def _collection(self, link: Callable[[NamedNode | BlankNode], None]) -> NamedNode | BlankNode:
        """Read a collection behind its opening bracket; ``link`` states the triple whose object the collection is."""
        if self._token.text == ")":
            self._next()
            link(_NIL)
            return _NIL
        head = node = self._fresh()
        pending: Callable[[], None] = partial(link, head)
        while True:
            at = self._token.start
            self._object(node, _FIRST, at, pending)
            if self._token.text == ")":
                self._found.append(Stated(node, _REST, _NIL, at, self._next().start))
                self._release()
                return head
            old, node = node, self._fresh()
            pending = partial(self._found.append, Stated(old, _REST, node, at, at))

    def _fresh(self) -> BlankNode:
        self._anonymous += 1
        return BlankNode(f"anon{self._anonymous}")

    def _resource(self, token: Token) -> NamedNode | BlankNode:
        node = self._term(token)
        if isinstance(node, Literal):
            raise UnreadableError(f"{token.text!r} at offset {token.start} is a literal")
        return node

    def _term(self, token: Token) -> Term:
        kind, text, start = token
        if kind == "name":
            prefix, _, local = text.partition(":")
            if prefix not in self._prefixes:
                raise UnreadableError(f"prefix {prefix!r} at offset {start} is not declared")
            return NamedNode(self._prefixes[prefix] + unescaped(local))
        if kind == "iri":
            return NamedNode(self._resolved(text))
        if kind == "blank":
            return BlankNode(f"label-{text[2:]}")
        if kind in {"integer", "decimal", "double"}:
            return Literal(text, datatype=NamedNode(XSD + kind))
        if kind == "word" and text in {"true", "false"}:
            return Literal(text, datatype=NamedNode(f"{XSD}boolean"))
        raise UnreadableError(f"{text!r} at offset {start} is no term")

    def _literal(self, token: Token) -> Literal:
        quotes = _TRIPLE_QUOTES if token.kind == "long" else 1
        value = unescaped(token.text[quotes:-quotes])
        if self._token.kind == "tag":
            return Literal(value, language=self._next().text[1:])
        if self._token.text == "^^":
            self._next()
            datatype = self._term(self._next())
            if isinstance(datatype, NamedNode):
                return Literal(value, datatype=datatype)
            raise UnreadableError(f"a datatype at offset {token.start} is no IRI")
        return Literal(value)

    def _resolved(self, text: str) -> str:
        iri = unescaped(text[1:-1])
        return iri if _ABSOLUTE.match(iri) or not self._base else urljoin(self._base, iri)


def line_statements(content: BinaryIO, wanted: Collection[object]) -> Iterator[tuple[int, Stated]]:
    """Yield line numbers and statements.

    When a blank node is wanted every line counts, because names go by first mention.

    Raises:
        SyntaxError: a line that is read closely breaks the syntax.

    """
    subjects = {str(node).encode() for node in wanted if isinstance(node, NamedNode)}
    everything = any(isinstance(node, BlankNode) for node in wanted)
    for number, line in enumerate(content, 1):
        if not everything and line.lstrip().split(b">", 1)[0] + b">" not in subjects and b"\\" not in line:
            continue
        head = _HEAD.match(line)
        if head is None:
            continue
        subject_at, object_at = (len(line[:offset].decode()) for offset in (head.start(1), head.end()))
        for quad in parse(line, format=RdfFormat.N_QUADS, rename_blank_nodes=False):
            if isinstance(quad.subject, NamedNode | BlankNode) and not hasattr(quad.object, "predicate"):
                yield number, Stated(quad.subject, quad.predicate, quad.object, subject_at, object_at)
