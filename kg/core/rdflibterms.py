"""RDF terms between pyoxigraph and rdflib, each literal as it is written.

Import it only where rdflib is needed: loading that takes longer than most queries take to be answered.
"""

from __future__ import annotations

import socket
import threading
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Final

import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode
from rdflib.plugins.sparql import evaluate
from rdflib.plugins.sparql.sparql import QueryContext

from kg.core.errors import StoreError
from kg.core.terms import XSD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyoxigraph import Triple
    from rdflib.term import Node

_STRING: Final = NamedNode(f"{XSD}string")
_SWITCH: Final = threading.RLock()


@contextmanager
def literals_as_written() -> Iterator[None]:
    """Keep rdflib from rewriting lexical forms while the block runs; its default turns ill-typed literals valid.

    The switch is one for the whole process: what needs it in other threads waits.
    """
    with _SWITCH:
        before = rdflib.NORMALIZE_LITERALS
        rdflib.NORMALIZE_LITERALS = False
        try:
            yield
        finally:
            rdflib.NORMALIZE_LITERALS = before


@contextmanager
def offline(*, refusing_graphs: bool = False) -> Iterator[None]:
    """Keep this thread from every address while the block runs, whatever asks for one; other threads go on as they are.

    ``refusing_graphs`` refuses FROM as well, which otherwise finds what is held under the name.

    Raises:
        StoreError: something was refused, also where the engine took that for a solution less and went on.

    """
    refused: list[str] = []
    doors: list[tuple[Any, str, str]] = [
        (evaluate, "evalServiceQuery", "SERVICE"),
        (socket.socket, "connect", "a connection"),
        (socket.socket, "connect_ex", "a connection"),
        (socket.socket, "sendto", "a connection"),
        (socket, "getaddrinfo", "an address"),
        *([(QueryContext, "load", "FROM")] if refusing_graphs else []),
    ]
    with _SWITCH, ExitStack() as stack:
        for owner, name, what in doors:
            stack.enter_context(_closed(owner, name, what, refused))
        yield
        if refused:
            raise StoreError(_beyond(refused[0]))


@contextmanager
def _closed(owner: Any, name: str, what: str, refused: list[str]) -> Iterator[None]:  # noqa: ANN401 - a class or a module
    before, inherited, thread = getattr(owner, name), name not in vars(owner), threading.get_ident()

    def closed(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - as the function in whose place it stands
        if threading.get_ident() != thread:
            return before(*arguments, **named)
        refused.append(what)
        raise StoreError(_beyond(what))

    setattr(owner, name, closed)
    try:
        yield
    finally:
        if inherited:
            delattr(owner, name)
        else:
            setattr(owner, name, before)


def _beyond(what: str) -> str:
    return f"{what} would reach beyond the graph, which nothing that is evaluated here may"


def to_rdflib(term: NamedNode | BlankNode | Literal | Triple) -> rdflib.term.Identifier:
    """Return a term as rdflib's; a literal keeps its lexical form even where rdflib would rewrite it.

    Raises:
        StoreError: the term is a triple term or a text with a direction, which rdflib does not know.

    """
    if isinstance(term, NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, BlankNode):
        return rdflib.BNode(term.value)
    if isinstance(term, Literal):
        if term.direction:
            raise StoreError(f"rdflib holds no texts with a direction: {term}")
        if term.language:
            return rdflib.Literal(term.value, lang=term.language)
        datatype = None if term.datatype == _STRING else rdflib.URIRef(term.datatype.value)
        return rdflib.Literal(term.value, datatype=datatype, normalize=False)
    raise StoreError(f"rdflib holds no triple terms: {term}")


def from_rdflib(node: Node) -> NamedNode | BlankNode | Literal:
    """Return a node of rdflib as pyoxigraph's term.

    Raises:
        StoreError: the node is no RDF term.

    """
    if isinstance(node, rdflib.URIRef):
        return NamedNode(str(node))
    if isinstance(node, rdflib.BNode):
        return BlankNode(str(node))
    if isinstance(node, rdflib.Literal):
        if node.language:
            return Literal(str(node), language=node.language)
        return Literal(str(node), datatype=NamedNode(str(node.datatype)) if node.datatype else _STRING)
    raise StoreError(f"no RDF term: {node!r}")
