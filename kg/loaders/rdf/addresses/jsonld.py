"""Statements of JSON-LD with the offset of the value that states them.

Contexts must be in the document (JSON-LD 1.1 section 4).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.core.terms import RDF, XSD
from kg.loaders.rdf.addresses.turtle import Stated, UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Resource = NamedNode | BlankNode


_TOKEN: Final = re.compile(r'[ \t\r\n]*(?:("(?:[^"\\]|\\.)*")|(-?[0-9][0-9.eE+-]*|true|false|null)|([][{}:,]))')
_TYPE, _FIRST, _REST, _NIL = (NamedNode(RDF + name) for name in ("type", "first", "rest", "nil"))
_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_WHOLE: Final = 1e21


@dataclass(frozen=True, slots=True)
class Value:
    """A value and where it starts: ``data`` is a scalar, a list of values, or a list of keys with values."""

    data: str | int | float | bool | list[Value] | dict[str, Value] | None
    at: int


def read_json(text: str) -> Value:
    """Read a text as JSON; of two equal keys the last counts.

    Raises:
        UnreadableError: the text is no JSON.

    """
    value, end = _value(text, 0)
    if text[end:].strip():
        raise UnreadableError(f"text behind the value at offset {end}")
    return value


def _token(text: str, position: int) -> tuple[str, int, int]:
    found = _TOKEN.match(text, position)
    if found is None:
        raise UnreadableError(f"no JSON token at offset {position}")
    return found[found.lastindex or 0], found.start(found.lastindex or 0), found.end()


def _value(text: str, position: int) -> tuple[Value, int]:
    word, at, end = _token(text, position)
    if word == "{":
        return _object(text, at, end)
    if word == "[":
        return _array(text, at, end)
    if word in "]}:,":
        raise UnreadableError(f"{word!r} at offset {at} is no value")
    return Value(json.loads(word), at), end


def _object(text: str, at: int, position: int) -> tuple[Value, int]:
    members: dict[str, Value] = {}
    word, _, end = _token(text, position)
    while word != "}":
        key = json.loads(word)
        colon, where, position = _token(text, end)
        if colon != ":" or not isinstance(key, str):
            raise UnreadableError(f"{colon!r} at offset {where}, expected ':'")
        members[key], position = _value(text, position)
        word, where, end = _token(text, position)
        if word == ",":
            word, where, end = _token(text, end)
        elif word != "}":
            raise UnreadableError(f"{word!r} at offset {where}, expected ',' or '}}'")
    return Value(members, at), end


def _array(text: str, at: int, position: int) -> tuple[Value, int]:
    items: list[Value] = []
    word, where, end = _token(text, position)
    while word != "]":
        item, position = _value(text, position)
        items.append(item)
        word, where, end = _token(text, position)
        if word == ",":
            position = end
        elif word != "]":
            raise UnreadableError(f"{word!r} at offset {where}, expected ',' or ']'")
    return Value(items, at), end


@dataclass(frozen=True, slots=True)
class _Term:
    iri: str
    kind: str = ""
    language: str | None = None
    container: tuple[str, ...] = ()
    reverse: bool = False


@dataclass(frozen=True, slots=True)
class _Context:
    base: str
    vocabulary: str = ""
    language: str = ""
    terms: dict[str, _Term] = field(default_factory=dict)

    def keyword(self, key: str) -> str:
        term = self.terms.get(key)
        return term.iri if term and term.iri.startswith("@") else key

    def named(self, name: str, *, vocabulary: bool) -> str:
        """Return the IRI of a name, as a term or as a reference relative to the base."""
        if vocabulary and (term := self.terms.get(name)):
            return term.iri
        prefix, colon, local = name.partition(":")
        if colon and not local.startswith("//") and (term := self.terms.get(prefix)):
            return term.iri + local
        if _ABSOLUTE.match(name) or name.startswith("_:"):
            return name
        return self.vocabulary + name if vocabulary else urljoin(self.base, name)

    def extended(self, value: Value) -> _Context:
        """Return the context with what a ``@context`` adds; one that has to be fetched adds nothing."""
        if isinstance(value.data, list):
            context = self
            for part in value.data:
                context = context.extended(part)
            return context
        if value.data is None:
            return _Context(self.base)
        if not isinstance(value.data, dict):
            return self
        text = {key: part.data for key, part in value.data.items() if isinstance(part.data, str)}
        raw = {key: part.data for key, part in value.data.items() if not key.startswith("@")}
        context = replace(
            self,
            base=urljoin(self.base, text.get("@base", "")),
            vocabulary=text.get("@vocab", self.vocabulary),
            language=text.get("@language", self.language),
            terms=dict(self.terms),
        )
        for _ in range(2):  # a term may be written with a prefix that is defined behind it
            context.terms.update((key, term) for key, data in raw.items() if (term := _term(context, key, data)))
        return context


def _term(context: _Context, key: str, data: object) -> _Term | None:
    if isinstance(data, str):
        return _Term(data if data.startswith("@") else context.named(data, vocabulary=True))
    if not isinstance(data, dict):
        return None
    parts = {name: value.data for name, value in data.items()}
    iri = parts.get("@reverse") or parts.get("@id") or key
    kind, container = parts.get("@type"), parts.get("@container")
    containers = (
        [container]
        if isinstance(container, str)
        else [part.data for part in container]
        if isinstance(container, list)
        else []
    )
    language = parts.get("@language")
    return _Term(
        str(iri) if str(iri).startswith("@") else _without(context, key).named(str(iri), vocabulary=True),
        kind
        if isinstance(kind, str) and kind.startswith("@")
        else context.named(kind, vocabulary=True)
        if isinstance(kind, str)
        else "",
        language if isinstance(language, str) else "" if "@language" in parts else None,
        tuple(map(str, containers)),
        "@reverse" in parts,
    )


def _without(context: _Context, key: str) -> _Context:
    return replace(context, terms={name: term for name, term in context.terms.items() if name != key})


def json_statements(text: str, base: str = "") -> Iterator[Stated]:
    """Return the statements of the node objects; values of rare containers are passed over.

    Raises:
        UnreadableError: the text is no JSON.

    """
    reader = _Reader()
    for _ in reader.nodes(read_json(text), _Context(base)):
        pass
    return iter(reader.found)


class _Reader:
    def __init__(self) -> None:
        self.found: list[Stated] = []
        self._anonymous = 0

    def nodes(self, value: Value, context: _Context) -> Iterator[tuple[Resource, int]]:
        """Read the node objects of a value and return each with its offset."""
        if isinstance(value.data, list):
            for item in value.data:
                yield from self.nodes(item, context)
        elif isinstance(value.data, dict):
            yield self._node(value, value.data, context), value.at

    def _node(self, value: Value, members: dict[str, Value], context: _Context) -> Resource:
        for key, inner in members.items():
            if key == "@context":
                context = context.extended(inner)
        named = next((v for key, v in members.items() if context.keyword(key) == "@id"), None)
        node, at = self._resource(named.data if named else None, context), named.at if named else value.at
        for key, inner in sorted(members.items(), key=lambda member: context.keyword(member[0]) != "@type"):
            self._entry(node, at, key, inner, context)
        return node

    def _entry(self, node: Resource, at: int, key: str, value: Value, context: _Context) -> None:
        match context.keyword(key):
            case "@type":
                for item in _items(value):
                    self._state(node, _TYPE, NamedNode(context.named(str(item.data), vocabulary=True)), at, item.at)
            case "@graph" | "@included":
                for _ in self.nodes(value, context):
                    pass
            case "@reverse" if isinstance(value.data, dict):
                for name, others in value.data.items():
                    self._reversed(node, context.named(name, vocabulary=True), others, context)
            case word if not word.startswith("@"):
                self._property(node, at, key, value, context)

    def _property(self, node: Resource, at: int, key: str, value: Value, context: _Context) -> None:
        term = context.terms.get(key) or _Term(context.named(key, vocabulary=True))
        if not _ABSOLUTE.match(term.iri):
            return
        if term.reverse:
            self._reversed(node, term.iri, value, context)
            return
        if "@language" in term.container and isinstance(value.data, dict):
            for tag, texts in value.data.items():
                for text in _items(texts):
                    self._state(node, NamedNode(term.iri), Literal(str(text.data), language=tag), at, text.at)
            return
        if "@list" in term.container:
            before = len(self.found)
            self._state(node, NamedNode(term.iri), self._list(_items(value), term, context), at, value.at, before)
            return
        for item in _items(value):
            before = len(self.found)
            for found, where in self._objects(item, term, context):
                self._state(node, NamedNode(term.iri), found, at, where, before)
                before = len(self.found)

    def _list(self, items: list[Value], term: _Term, context: _Context) -> Resource:
        """Read the members of a list and return its head."""
        head: Resource = _NIL
        last: tuple[Resource, int] | None = None
        for item in items:
            before = len(self.found)
            for found, where in self._objects(item, term, context):
                cell = self._resource(None, context)
                if last is None:
                    head = cell
                else:
                    self._state(last[0], _REST, cell, last[1], where, before)
                    before += 1
                self._state(cell, _FIRST, found, where, where, before)
                last, before = (cell, where), len(self.found)
        if last is not None:
            self._state(last[0], _REST, _NIL, last[1], last[1])
        return head

    def _objects(self, value: Value, term: _Term, context: _Context) -> Iterator[tuple[Resource | Literal, int]]:
        data = value.data
        if isinstance(data, dict):
            keys = {context.keyword(key): inner for key, inner in data.items()}
            if "@value" in keys:
                kind, tag = keys.get("@type"), keys.get("@language")
                plain = _Term(
                    "", context.named(str(kind.data), vocabulary=True) if kind else "", str(tag.data) if tag else ""
                )
                yield _literal(keys["@value"].data, plain, ""), keys["@value"].at
            elif "@set" in keys:
                for item in _items(keys["@set"]):
                    yield from self._objects(item, term, context)
            elif "@list" in keys:
                yield self._list(_items(keys["@list"]), term, context), value.at
            else:
                yield from self.nodes(value, context)
        elif isinstance(data, str) and term.kind in {"@id", "@vocab"}:
            yield self._resource(data, context, vocabulary=term.kind == "@vocab"), value.at
        elif data is not None:
            yield _literal(data, term, context.language), value.at

    def _reversed(self, node: Resource, iri: str, value: Value, context: _Context) -> None:
        for item in _items(value):
            others: Iterable[tuple[Resource, int]] = self.nodes(item, context)
            if isinstance(item.data, str):
                others = [(self._resource(item.data, context), item.at)]
            for other, at in others:
                self._state(other, NamedNode(iri), node, at, at)

    def _resource(self, name: object, context: _Context, *, vocabulary: bool = False) -> Resource:
        if not isinstance(name, str):
            self._anonymous += 1
            return BlankNode(f"anon{self._anonymous}")
        iri = context.named(name, vocabulary=vocabulary)
        return BlankNode(f"label-{iri[2:]}") if iri.startswith("_:") else NamedNode(iri)

    def _state(  # noqa: PLR0913, PLR0917 - a statement, its two places, and where it stands among the others
        self,
        subject: Resource,
        predicate: NamedNode,
        value: Resource | Literal,
        subject_at: int,
        object_at: int,
        before: int | None = None,
    ) -> None:
        """Record a statement, at the end or before those about the node that it leads to.

        Parsers name blank nodes in that order.
        """
        self.found.insert(
            len(self.found) if before is None else before, Stated(subject, predicate, value, subject_at, object_at)
        )


def _items(value: Value) -> list[Value]:
    return value.data if isinstance(value.data, list) else [value]


def _literal(data: object, term: _Term, language: str) -> Literal:
    kind = term.kind if not term.kind.startswith("@") else ""
    if isinstance(data, bool):
        return Literal(str(data).lower(), datatype=NamedNode(kind or f"{XSD}boolean"))
    if isinstance(data, int | float):
        whole = abs(data) < _WHOLE and float(data).is_integer() and kind != f"{XSD}double"
        text = str(int(data)) if whole else _double_of_whole(data) if isinstance(data, int) else _double(data)
        return Literal(text, datatype=NamedNode(kind or f"{XSD}{'integer' if whole else 'double'}"))
    if kind:
        return Literal(str(data), datatype=NamedNode(kind))
    tag = language if term.language is None else term.language
    return Literal(str(data), language=tag) if tag else Literal(str(data))


def _double_of_whole(number: int) -> str:
    """Write a whole number in that form with all its digits, as the parser does."""
    digits = str(abs(number))
    sign = "-" if number < 0 else ""
    return f"{sign}{digits[0]}.{digits[1:].rstrip('0') or '0'}E{len(digits) - 1}"


def _double(number: float) -> str:
    """Write a number in the canonical form of ``xsd:double`` (JSON-LD 1.1 API, section 8.6)."""
    mantissa, exponent = f"{number:.15E}".split("E")
    return f"{mantissa[:3]}{mantissa[3:].rstrip('0')}E{int(exponent)}" if number >= 0 else f"-{_double(-number)}"
