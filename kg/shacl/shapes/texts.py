"""Check every SPARQL text of a shapes graph before an engine sees it: none may reach an address or another graph."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, NamedNode

from kg.core.errors import InputError, Problem, QueryError
from kg.core.terms import compact
from kg.shacl.nodes import ShapeSyntaxError, sh, text_in
from kg.shacl.report.report import FORBIDDEN, Concern
from kg.shacl.shapes.shapes import DECLARATION_TEXTS, QUERY_TEXTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.shacl.nodes import DataGraph, Node

_READ_LATER: Final = ("sparql", "validator", "nodeValidator", "propertyValidator")
"""Terms whose values are parsed with their shapes.

A query that is not valid SPARQL makes its shape ill-formed.
"""
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


def parsed_later(graph: DataGraph) -> set[Node]:
    """Return the constraints and validators, whose texts are parsed with their shapes."""
    return {node for local in _READ_LATER for node in graph.backward(sh(local))}


def refused_texts(graph: DataGraph, *, unread: bool = False) -> Iterator[Concern]:
    """Return a concern for each text that reaches beyond the data graph or that only another engine would read.

    Functions are for another engine, with ``unread`` constraints and validators too; otherwise these are left to the
    reader of shapes. Texts that belong to neither are never run.
    """
    yield from _refused_declarations(graph)
    run = graph.members(sh("SPARQLFunction")) | (parsed_later(graph) if unread else set())
    for local in QUERY_TEXTS:
        for holder, terms in graph.forward(sh(local)).items():
            for text in map(text_in, terms):
                reason = _reason(graph, holder, text, tolerant=holder not in run)
                if reason:
                    yield Concern(FORBIDDEN, f"{_name(graph, holder)} has a SPARQL query {reason}", holder, sh(local))


def _refused_declarations(graph: DataGraph) -> Iterator[Concern]:
    """Find prefix declarations that are more than a prefix and a namespace: engines paste them before the query."""
    for local, pattern in zip(DECLARATION_TEXTS, (_PREFIX, _NAMESPACE), strict=True):
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
        named = sorted(node_above.value for node_above in nearest if isinstance(node_above, NamedNode))
        if named:
            return compact(named[0])
        above = dict.fromkeys(
            parent
            for node_above in nearest
            for name in graph.predicates()
            for parent in graph.backward(name).get(node_above, ())
        )
        nearest = [parent for parent in above if parent not in seen]
        seen.update(nearest)
    return f"shape {node}" if isinstance(node, BlankNode) else str(node)
