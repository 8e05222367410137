"""Statements of RDF/XML with the offset of the element that states them or has the attribute that does.

The grammar is that of RDF 1.1 XML Syntax, section 7.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin
from xml.parsers import expat

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.core.terms import RDF, RDF_TYPE, XML
from kg.loaders.rdf.addresses.turtle import Stated, UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator

_NOT_PROPERTIES: Final = {
    RDF + name for name in ("about", "ID", "nodeID", "resource", "datatype", "parseType", "bagID")
}


@dataclass(slots=True)
class _Element:
    """An open element: ``subject`` of a node element.

    ``predicate`` and, once known, ``value`` of a property element.
    """

    at: int
    base: str
    language: str
    subject: NamedNode | BlankNode | None = None
    predicate: NamedNode | None = None
    datatype: str = ""
    opaque: bool = False
    filled: bool = False
    text: str = ""
    listed: bool = False
    items: int = 0
    members: list[tuple[NamedNode | BlankNode, int]] = field(default_factory=list)


def xml_statements(text: str, base: str = "") -> Iterator[Stated]:
    """Return the statements of the elements and attributes; XML literals are passed over.

    Raises:
        UnreadableError: the text is no XML.

    """
    reader = _Reader(text, base)
    try:
        reader.parser.Parse(text.encode(), True)  # noqa: FBT003 - expat has no keyword for it
    except expat.ExpatError as error:
        raise UnreadableError(str(error)) from error
    return iter(reader.found)


class _Reader:
    def __init__(self, text: str, base: str) -> None:
        self.found: list[Stated] = []
        self._bytes = text.encode()
        self._plain = len(self._bytes) == len(text)
        self._stack: list[_Element] = [_Element(0, base, "")]
        self._anonymous = 0
        self.parser = expat.ParserCreate(encoding="utf-8", namespace_separator="")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters

    def _offset(self) -> int:
        index = self.parser.CurrentByteIndex
        return index if self._plain else len(self._bytes[:index].decode())

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        parent = self._stack[-1]
        base = attributes.pop(f"{XML}base", parent.base)
        language = attributes.pop(f"{XML}lang", parent.language)
        element = _Element(self._offset(), base, language)
        self._stack.append(element)
        if parent.opaque:
            element.opaque = True
        elif parent.subject is not None:
            self._property(element, parent, name, attributes)
        elif name != f"{RDF}RDF":
            self._node(element, parent, name, attributes)

    def _node(self, element: _Element, parent: _Element, name: str, attributes: dict[str, str]) -> None:
        subject = self._subject(element, attributes)
        element.subject = subject
        if parent.predicate is not None:
            parent.members.append((subject, element.at))
            parent.filled = True
        if name != f"{RDF}Description":
            self.found.append(Stated(subject, RDF_TYPE, NamedNode(name), element.at, element.at))
        self._attributes(subject, element, attributes)

    def _subject(self, element: _Element, attributes: dict[str, str]) -> NamedNode | BlankNode:
        if (about := attributes.get(f"{RDF}about")) is not None:
            return NamedNode(urljoin(element.base, about))
        if (identifier := attributes.get(f"{RDF}ID")) is not None:
            return NamedNode(urljoin(element.base, f"#{identifier}"))
        if (label := attributes.get(f"{RDF}nodeID")) is not None:
            return BlankNode(f"label-{label}")
        return self._fresh()

    def _property(self, element: _Element, parent: _Element, name: str, attributes: dict[str, str]) -> None:
        if name == f"{RDF}li":
            parent.items += 1
            name = f"{RDF}_{parent.items}"
        element.predicate = NamedNode(name)
        element.datatype = attributes.get(f"{RDF}datatype", "")
        subject = parent.subject
        kind = attributes.get(f"{RDF}parseType")
        if subject is None or kind == "Literal":
            element.opaque = True
            return
        if kind == "Collection":
            element.listed = element.filled = True
            return
        value: NamedNode | BlankNode | None = None
        if (resource := attributes.get(f"{RDF}resource")) is not None:
            value = NamedNode(urljoin(element.base, resource))
        elif (label := attributes.get(f"{RDF}nodeID")) is not None:
            value = BlankNode(f"label-{label}")
        elif kind == "Resource" or any(key not in _NOT_PROPERTIES for key in attributes):
            value = self._fresh()
        if value is not None:
            element.filled = True
            self._attributes(value, element, attributes)
            self.found.append(Stated(subject, element.predicate, value, parent.at, element.at))
        if kind == "Resource":
            element.subject = value

    def _attributes(self, subject: NamedNode | BlankNode, element: _Element, attributes: dict[str, str]) -> None:
        for key, text in attributes.items():
            if key in _NOT_PROPERTIES or key.startswith(XML):
                continue
            value = (
                NamedNode(urljoin(element.base, text))
                if key == RDF_TYPE.value
                else _literal(text, "", element.language)
            )
            self.found.append(Stated(subject, NamedNode(key), value, element.at, element.at))

    def _characters(self, text: str) -> None:
        self._stack[-1].text += text

    def _end(self, name: str) -> None:  # noqa: ARG002 - expat hands it over
        element = self._stack.pop()
        owner = self._stack[-1]
        if element.predicate is not None and owner.subject is not None:
            if element.listed:
                self._collection(owner, element)
            elif element.subject is None:
                for member, _ in element.members:
                    self.found.append(Stated(owner.subject, element.predicate, member, owner.at, element.at))
        if element.predicate is not None and owner.subject is not None and not (element.filled or element.opaque):
            value = _literal(element.text, element.datatype, element.language)
            self.found.append(Stated(owner.subject, element.predicate, value, owner.at, element.at))

    def _collection(self, owner: _Element, element: _Element) -> None:
        """State a list, in the order in which parsers do, since blank nodes are named by it."""
        cells: list[NamedNode | BlankNode] = [*(self._fresh() for _ in element.members), NamedNode(f"{RDF}nil")]
        if owner.subject is not None and element.predicate is not None:
            self.found.append(Stated(owner.subject, element.predicate, cells[0], owner.at, element.at))
        for cell, rest, (member, at) in zip(cells, cells[1:], element.members, strict=False):
            self.found.append(Stated(cell, NamedNode(f"{RDF}rest"), rest, at, at))
            self.found.append(Stated(cell, NamedNode(f"{RDF}first"), member, at, at))

    def _fresh(self) -> BlankNode:
        self._anonymous += 1
        return BlankNode(f"anon{self._anonymous}")


def _literal(text: str, datatype: str, language: str) -> Literal:
    if datatype:
        return Literal(text, datatype=NamedNode(datatype))
    return Literal(text, language=language) if language else Literal(text)
