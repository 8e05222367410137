"""RDF terms between pyoxigraph and rdflib, each literal as it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode

from kg.errors import StoreError

if TYPE_CHECKING:
    from rdflib.term import Node

    from kg.store.protocol import Term

_STRING: Final = NamedNode("http://www.w3.org/2001/XMLSchema#string")


def to_rdflib(term: Term) -> rdflib.term.Identifier:
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
