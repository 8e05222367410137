"""Terms without a name of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, NamedNode

if TYPE_CHECKING:
    from kg.columns.graph import Node


def anonymous(node: Node) -> bool:
    """Return whether a term is a blank node, or an IRI that stands for one (RDF 1.1 Concepts, section 3.5)."""
    return isinstance(node, BlankNode) or (isinstance(node, NamedNode) and "/.well-known/genid/" in node.value)
