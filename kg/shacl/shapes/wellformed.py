"""The syntax rules of SHACL: values of properties, and SPARQL texts, which may reach no other graph."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.core.errors import InputError, Problem, QueryError
from kg.core.names import RDF_TYPE
from kg.core.namespaces import RDF, SH, XSD
from kg.core.terms import compact
from kg.shacl.nodes import ShapeSyntaxError, sh, text_in
from kg.shacl.report.report import FORBIDDEN, Concern
from kg.shacl.shapes.constraints import read_list, regular_expression
from kg.shacl.shapes.shapes import NODE_KINDS, SHAPE_LIST_PARAMETERS, SHAPE_PARAMETERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from kg.shacl.nodes import DataGraph, Node


_LANG_STRING: Final = f"{RDF}langString"


@dataclass(frozen=True, slots=True)
class _Rule:
    """What the values of a property of shapes must be: ``holds`` for each value, or for each member of the list that the value is."""

    holds: Callable[[Node], bool]
    wanted: str
    most: int = 0
    listed: bool = False


def _is_iri(node: Node) -> bool:
    return isinstance(node, NamedNode)


def _is_shape(node: Node) -> bool:
    return isinstance(node, NamedNode | BlankNode)


def _is_literal(node: Node) -> bool:
    return isinstance(node, Literal)


def _typed(*datatypes: str) -> Callable[[Node], bool]:
    return lambda node: isinstance(node, Literal) and node.datatype.value in datatypes


_STRING, _BOOLEAN = _typed(f"{XSD}string"), _typed(f"{XSD}boolean")
_TEXT: Final = _typed(f"{XSD}string", _LANG_STRING)


def _count(node: Node) -> bool:
    return isinstance(node, Literal) and node.datatype.value == f"{XSD}integer" and node.value.lstrip("+").isdecimal()


def _kind(node: Node) -> bool:
    return isinstance(node, NamedNode) and node.value.removeprefix(SH) in NODE_KINDS


_RULES: Final[dict[str, _Rule]] = {
    "targetNode": _Rule(lambda node: not isinstance(node, BlankNode), "an IRI or a literal"),
    **dict.fromkeys(("targetClass", "targetSubjectsOf", "targetObjectsOf", "class"), _Rule(_is_iri, "an IRI")),
    **dict.fromkeys(
        ("equals", "disjoint", "lessThan", "lessThanOrEquals", "entailment", "shapesGraph"), _Rule(_is_iri, "an IRI")
    ),
    **dict.fromkeys(("datatype", "severity"), _Rule(_is_iri, "one IRI", most=1)),
    **dict.fromkeys(("message", "name", "description"), _Rule(_TEXT, "a string, with or without a language")),
    **dict.fromkeys(
        ("deactivated", "uniqueLang", "closed", "qualifiedValueShapesDisjoint"),
        _Rule(_BOOLEAN, "one xsd:boolean", most=1),
    ),
    "nodeKind": _Rule(_kind, "one of the six kinds of node", most=1),
    **dict.fromkeys(
        ("minCount", "maxCount", "minLength", "maxLength", "qualifiedMinCount", "qualifiedMaxCount"),
        _Rule(_count, "one xsd:integer of at least 0", most=1),
    ),
    **dict.fromkeys(
        ("minExclusive", "minInclusive", "maxExclusive", "maxInclusive"), _Rule(_is_literal, "one literal", most=1)
    ),
    "pattern": _Rule(_STRING, "an xsd:string"),
    "flags": _Rule(_STRING, "one xsd:string", most=1),
    "in": _Rule(lambda _: True, "one list", most=1, listed=True),
    "languageIn": _Rule(_STRING, "one list of xsd:string", most=1, listed=True),
    "ignoredProperties": _Rule(_is_iri, "one list of IRIs", most=1, listed=True),
    **dict.fromkeys(SHAPE_PARAMETERS, _Rule(_is_shape, "a shape, which is an IRI or a blank node")),
    "qualifiedValueShape": _Rule(_is_shape, "a shape, which is an IRI or a blank node", most=1),
    **dict.fromkeys(SHAPE_LIST_PARAMETERS, _Rule(_is_shape, "a list of shapes", listed=True)),
    "sparql": _Rule(_is_shape, "a constraint, which is an IRI or a blank node"),
    "path": _Rule(_is_shape, "one path", most=1),
}
_OF_QUERIES: Final[dict[str, _Rule]] = {
    "select": _Rule(_STRING, "one xsd:string", most=1),
    "ask": _Rule(_STRING, "one xsd:string", most=1),
    "prefixes": _Rule(_is_shape, "an IRI or a blank node"),
    "prefix": _Rule(_STRING, "one xsd:string", most=1),
    "namespace": _Rule(
        _typed(f"{XSD}anyURI", f"{XSD}string"), "one xsd:anyURI", most=1
    ),  # the W3C shapes for shapes write a string
    "declare": _Rule(_is_shape, "a prefix declaration, which is an IRI or a blank node"),
}


def ill_formed(graph: DataGraph, shapes: Iterable[Node]) -> Iterator[Concern]:
    """Yield each breach of a rule by one of the shapes, or by a query or prefix declaration of the graph."""
    for shape in shapes:
        for local, rule in _RULES.items():
            yield from _breaches(graph, shape, local, rule)
        yield from _both_kinds(graph, shape)
        yield from _patterns(graph, shape)
    for local, rule in _OF_QUERIES.items():
        for node in graph.forward(sh(local)):
            yield from _breaches(graph, node, local, rule)


def _breaches(graph: DataGraph, node: Node, local: str, rule: _Rule) -> Iterator[Concern]:
    values = graph.objects(node, sh(local))
    if not values:
        return
    if rule.most and len(values) > rule.most:
        yield _breach(node, f"has {len(values)} values of sh:{local}, expected {rule.wanted}")
        return
    for value in values:
        try:
            members = read_list(graph, value) if rule.listed else (value,)
        except ShapeSyntaxError:
            yield _breach(node, f"has an sh:{local} that is no well-formed list, expected {rule.wanted}")
            continue
        for member in members:
            if not rule.holds(member):
                yield _breach(node, f"has {member} for sh:{local}, expected {rule.wanted}")


def _both_kinds(graph: DataGraph, shape: Node) -> Iterator[Concern]:
    types = graph.objects(shape, RDF_TYPE)
    if sh("NodeShape") in types and (sh("PropertyShape") in types or graph.objects(shape, sh("path"))):
        yield _breach(shape, "is a node shape and a property shape at once")
    if isinstance(shape, Literal):
        yield _breach(shape, "is a literal, expected an IRI or a blank node")


def _patterns(graph: DataGraph, shape: Node) -> Iterator[Concern]:
    flags = "".join(value.value for value in graph.objects(shape, sh("flags")) if isinstance(value, Literal))
    for value in graph.objects(shape, sh("pattern")):
        if isinstance(value, Literal):
            try:
                regular_expression(value.value, flags)
            except ValueError as error:
                yield _breach(shape, f"has an sh:pattern that cannot be run: {error}")


def _breach(node: Node, text: str) -> Concern:
    name = (
        compact(node.value)
        if isinstance(node, NamedNode)
        else f"shape {node}"
        if isinstance(node, BlankNode)
        else str(node)
    )
    return Concern("ill-formed-shape", f"{name} {text}", node)


_TEXTS: Final = ("select", "ask", "construct", "update")
_READ_LATER: Final = ("sparql", "validator", "nodeValidator", "propertyValidator")
"""Terms whose values are read with their shapes, so that a query which is no SPARQL makes the shape an ill-formed one."""
_REACHING: Final = re.compile(r"service|from|load|\\u", re.IGNORECASE)
_ESCAPE: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_PREFIX: Final = re.compile(r"[\w.-]*")
_NAMESPACE: Final = re.compile(r"[^\x00-\x20<>\"{}|^`\\]*")


def refuse_texts(graph: DataGraph) -> None:
    """Refuse a shapes graph with any SPARQL text that reaches beyond the data graph or that the parser cannot read.

    Raises:
        InputError: there is one, or a prefix declaration that would add to the text of a query.

    """
    refused = [Problem("shapes graph", 0, 0, concern.message) for concern in refused_texts(graph, unread=True)]
    if refused:
        raise InputError(refused)


def refused_texts(graph: DataGraph, *, unread: bool = False) -> Iterator[Concern]:
    """Return a concern for each text that reaches beyond the data graph, and for each that only another engine would read.

    With ``unread``, that is each text which the parser cannot read; otherwise constraints and validators are left to
    the reader of shapes.
    """
    yield from _refused_declarations(graph)
    later = set() if unread else {node for local in _READ_LATER for node in graph.backward(sh(local))}
    for local in _TEXTS:
        for holder, terms in graph.forward(sh(local)).items():
            for text in map(text_in, terms):
                reason = _reason(graph, holder, text, tolerant=holder in later)
                if reason:
                    yield Concern(FORBIDDEN, f"{_name(graph, holder)} has a SPARQL query {reason}", holder, sh(local))


def _refused_declarations(graph: DataGraph) -> Iterator[Concern]:
    """Find prefix declarations that are more than a prefix and a namespace: engines paste them before the query."""
    for local, pattern in (("prefix", _PREFIX), ("namespace", _NAMESPACE)):
        for holder, terms in graph.forward(sh(local)).items():
            if not all(pattern.fullmatch(text_in(term)) for term in terms):
                yield Concern(
                    FORBIDDEN, f"{_name(graph, holder)} has an sh:{local} that is no {local}", holder, sh(local)
                )


def _reason(graph: DataGraph, holder: Node, text: str, *, tolerant: bool) -> str:
    if tolerant and not _REACHING.search(text):
        return ""
    from kg.shacl.shapes.queries import prologue, with_path

    try:
        complete = "".join(prologue(graph, holder)) + with_path(text, "<urn:path>")
    except ShapeSyntaxError as error:
        return "" if tolerant else f"whose prefixes cannot be read: it {error}"
    # Some engines resolve escapes in the whole text before they parse it, others only within names and strings.
    unreadable = ""
    for variant in dict.fromkeys((complete, _ESCAPE.sub(_resolved, complete))):
        try:
            if reached := _reached(variant):
                return reached
        except QueryError as error:
            unreadable = unreadable or f"that cannot be read: {error}"
    return "" if tolerant else unreadable


def _reached(text: str) -> str:
    from kg import sparql

    query = sparql.parse(text)
    if any(isinstance(node, sparql.Service) for node in sparql.walk(query)):
        return "with SERVICE, which would send data of the graph to another address"
    return "with FROM, but what it asks is the data graph" if query.dataset else ""


def _resolved(escape: re.Match[str]) -> str:
    code = int(escape[1] or escape[2], 16)
    return chr(code) if code <= 0x10FFFF else escape[0]  # noqa: PLR2004 - the last character of Unicode


def _name(graph: DataGraph, node: Node) -> str:
    """Name a node by its IRI, or by that of the nearest node with an IRI which leads to it."""
    nearest, seen = [node], {node}
    while nearest:
        named = sorted(each.value for each in nearest if isinstance(each, NamedNode))
        if named:
            return compact(named[0])
        above = dict.fromkeys(
            parent for each in nearest for name in graph.predicates() for parent in graph.backward(name).get(each, ())
        )
        nearest = [parent for parent in above if parent not in seen]
        seen.update(nearest)
    return f"shape {node}" if isinstance(node, BlankNode) else str(node)
