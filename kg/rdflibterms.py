"""RDF terms between pyoxigraph and rdflib, each literal as it is written.

Import it only where rdflib is needed: loading that takes longer than most queries take to be answered.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode

from kg.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyoxigraph import Triple
    from rdflib.term import Node

_STRING: Final = NamedNode("http://www.w3.org/2001/XMLSchema#string")
_SWITCH: Final = threading.RLock()


@contextmanager
def literals_as_written() -> Iterator[None]:
    """Keeps rdflib from rewriting lexical forms while the block runs; its default turns ill-typed literals valid.

    The switch is one for the whole process: what needs it in other threads waits.
    """
    with _SWITCH:
        before = rdflib.NORMALIZE_LITERALS
        rdflib.NORMALIZE_LITERALS = False
        try:
            yield
        finally:
            rdflib.NORMALIZE_LITERALS = before


def to_rdflib(term: NamedNode | BlankNode | Literal | Triple) -> rdflib.term.Identifier:
    """Gives a term as rdflib's; a literal keeps its lexical form even where rdflib would rewrite it.

    Raises:
        StoreError: the term is a quoted triple, which rdflib does not know.

    """
    if isinstance(term, NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, BlankNode):
        return rdflib.BNode(term.value)
    if isinstance(term, Literal):
        if term.language:
            return rdflib.Literal(term.value, lang=term.language)
        datatype = None if term.datatype == _STRING else rdflib.URIRef(term.datatype.value)
        return rdflib.Literal(term.value, datatype=datatype, normalize=False)
    raise StoreError(f"rdflib holds no triple terms: {term}")


def from_rdflib(node: Node) -> NamedNode | BlankNode | Literal:
    """Gives a node of rdflib as pyoxigraph's term.

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
