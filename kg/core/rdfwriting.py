"""Statements in the syntaxes of RDF: what is written reads back as the same statements, or is refused.

RDF/XML is written here, because it has limits that its writer has to know: names of properties, line ends, characters
that XML 1.0 does not have. The engine writes the other syntaxes.
"""

from __future__ import annotations

import io
import re
from functools import lru_cache
from typing import IO, TYPE_CHECKING, Final, TypeAlias, cast

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, RdfFormat, Triple, serialize

from kg.core.errors import QueryError
from kg.core.terms import ITS, RDF, XML, XMLNS, XSD
from kg.core.text import refuse_alien

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pyoxigraph import Literal

Statements: TypeAlias = "Iterable[Quad] | Iterable[Triple]"

_ASK_FOR_OTHERS: Final = "ask for Turtle or N-Triples"
_NOT_PROPERTIES: Final = frozenset(
    RDF + name
    for name in (
        "RDF", "ID", "about", "parseType", "resource", "nodeID", "datatype", "Description", "li", "aboutEach",
        "aboutEachPrefix", "bagID",
    )
)  # fmt: skip
"""What RDF/XML, section 7.2.7, forbids as the name of a property, and rdf:li, which reads as rdf:_1."""
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_TEXT_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;"})


def rdf_bytes(statements: Statements, syntax: RdfFormat, known: dict[str, str] | None = None) -> bytes:
    """Return statements in a syntax; see ``write_rdf``.

    Raises:
        QueryError: the syntax cannot hold one of them.

    """
    output = io.BytesIO()
    write_rdf(statements, output, syntax, known)
    return output.getvalue()


def write_rdf(
    statements: Statements, output: IO[bytes], syntax: RdfFormat, known: dict[str, str] | None = None
) -> None:
    """Write statements in a syntax; ``known`` are the prefixes to use.

    Raises:
        QueryError: the syntax cannot hold one of them. A part may have been written.

    """
    if syntax == RdfFormat.RDF_XML:
        for line in _xml_lines(statements, known or {}):
            output.write(line.encode())
        return
    if syntax in {RdfFormat.JSON_LD, RdfFormat.STREAMING_JSON_LD}:
        statements = cast("Iterable[Quad]", _without_triple_terms(statements))
    prefixes = known if syntax in {RdfFormat.TRIG, RdfFormat.TURTLE, RdfFormat.N3} else None
    serialize(statements, output, format=syntax, prefixes=prefixes)


def _without_triple_terms(statements: Statements) -> Iterator[Quad | Triple]:
    for statement in statements:
        if isinstance(statement.object, Triple):
            raise QueryError(
                f"JSON-LD cannot hold the triple term <<( {statement.object} )>>",
                hint="ask for Turtle, TriG, N-Triples, N-Quads or RDF/XML",
            )
        yield statement


def _xml_lines(statements: Statements, known: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines of RDF/XML; a description holds the statements about one subject that follow each other."""
    names = {iri: prefix for prefix, iri in {**known, "rdf": RDF}.items() if _NAME.fullmatch(prefix)}
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF'
    yield from (f' xmlns:{prefix}="{_escaped(iri)}"' for iri, prefix in names.items())
    yield ">\n"
    current: NamedNode | BlankNode | Triple | None = None
    for statement in statements:
        if isinstance(statement, Quad) and not isinstance(statement.graph_name, DefaultGraph):
            raise QueryError(f"RDF/XML cannot hold the graph {statement.graph_name}", hint="ask for TriG or N-Quads")
        if statement.subject != current:
            if current is not None:
                yield "\t</rdf:Description>\n"
            current = statement.subject
            yield f"\t<rdf:Description {_node('about', current)}>\n"
        yield f"\t\t{_property(statement, names)}\n"
    yield "</rdf:RDF>\n" if current is None else "\t</rdf:Description>\n</rdf:RDF>\n"


def _node(attribute: str, node: object) -> str:
    if isinstance(node, NamedNode):
        return f'rdf:{attribute}="{_escaped(node.value)}"'
    if isinstance(node, BlankNode):
        return f'rdf:nodeID="{_node_name(node.value)}"'
    raise QueryError(f"RDF/XML cannot hold the subject {node}", hint=_ASK_FOR_OTHERS)


def _node_name(label: str) -> str:
    """Return a name of XML for the label of a blank node: another one for each label."""
    if _NAME.fullmatch(label) and not label.startswith("_"):
        return label
    return "_" + re.sub("[^A-Za-z0-9]", lambda match: f"_{ord(match[0]):x}_", label)


def _property(statement: Quad | Triple, names: Mapping[str, str]) -> str:
    name, declaration = _element(statement.predicate.value, names)
    value = statement.object
    if isinstance(value, NamedNode | BlankNode):
        return f"<{name}{declaration} {_node('resource', value)}/>"
    if isinstance(value, Triple):
        about, inner = _node("about", value.subject), _property(value, names)
        described = f"<rdf:Description {about}>{inner}</rdf:Description>"
        return f'<{name}{declaration} rdf:version="1.2" rdf:parseType="Triple">{described}</{name}>'
    refuse_alien(value.value, "RDF/XML", f"{_ASK_FOR_OTHERS}, or for JSON-LD")
    return f"<{name}{declaration}{_kind(value)}>{_escaped(value.value)}</{name}>"


def _kind(value: Literal) -> str:
    if value.direction:
        direction = f'xmlns:its="{ITS}" its:version="2.0" its:dir="{value.direction.value}"'
        return f' xml:lang="{_escaped(value.language or "")}" rdf:version="1.2-basic" {direction}'
    if value.language:
        return f' xml:lang="{_escaped(value.language)}"'
    if value.datatype.value == f"{XSD}string":
        return ""
    return f' rdf:datatype="{_escaped(value.datatype.value)}"'


def _element(iri: str, names: Mapping[str, str]) -> tuple[str, str]:
    namespace, local = _split(iri)
    if prefix := names.get(namespace):
        return f"{prefix}:{local}", ""
    return local, f' xmlns="{_escaped(namespace)}"'


@lru_cache(maxsize=4096)
def _split(iri: str) -> tuple[str, str]:
    """Return the namespace and the local name of a property: the longest end of its IRI that is a name of XML.

    Raises:
        QueryError: there is none, or RDF/XML forbids the property.

    """
    if iri in _NOT_PROPERTIES:
        raise QueryError(f"RDF/XML cannot say the property <{iri}>, which means something else there", hint=_HINT)
    start = max(iri.rfind(mark) for mark in "/#:?&=;,!$'()*+%@~[]") + 1
    for at in range(start, len(iri)):
        if iri[:at] not in {XML, XMLNS} and _is_name(iri[at:]):
            return iri[:at], iri[at:]
    raise QueryError(
        f"RDF/XML cannot say the property <{iri}>, because its end is no name of XML",
        hint=_HINT,
    )


_HINT: Final = "ask for Turtle, N-Triples or JSON-LD"


def _is_name(text: str) -> bool:
    """Return whether a text without a colon is a name of XML, for parsers of every edition of XML 1.0."""
    if text.isascii():
        return _NAME.fullmatch(text) is not None
    from xml.parsers import expat

    try:
        expat.ParserCreate(encoding="utf-8").Parse(f"<{text}/>".encode(), True)  # noqa: FBT003 - it has no keyword
    except expat.ExpatError:
        return False
    return True


def _escaped(text: str) -> str:
    return text.translate(_TEXT_ESCAPES)
