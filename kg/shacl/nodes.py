"""The words that every part of the validator shares: nodes, namespaces and the IRIs used in code."""

from __future__ import annotations

from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

Node = NamedNode | BlankNode | Literal | Triple
Subject = NamedNode | BlankNode | Triple

SH: Final = "http://www.w3.org/ns/shacl#"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"

TYPE: Final = NamedNode(f"{RDF}type")
FIRST: Final = NamedNode(f"{RDF}first")
REST: Final = NamedNode(f"{RDF}rest")
NIL: Final = NamedNode(f"{RDF}nil")
SUBCLASS: Final = NamedNode(f"{RDFS}subClassOf")
IMPORTS: Final = NamedNode("http://www.w3.org/2002/07/owl#imports")
CLASSES: Final = (NamedNode(f"{RDFS}Class"), NamedNode("http://www.w3.org/2002/07/owl#Class"))


def text_in(node: Node) -> str:
    """Return the text inside an IRI, a literal or a blank node."""
    return str(node) if isinstance(node, Triple) else node.value


def sh(local: str) -> NamedNode:
    """Return the IRI of a SHACL term by its local name."""
    return NamedNode(SH + local)


class ShapeSyntaxError(Exception):
    """A shapes graph breaks a syntax rule of SHACL; the reader of shapes turns it into an ``InputError``."""

    def __init__(self, node: Node, message: str) -> None:
        self.node = node
        super().__init__(message)


class ForbiddenQueryError(ShapeSyntaxError):
    """A query holds what must not stand beside pre-bound variables.

    A processor has to report a failure (W3C SHACL appendix A).
    """


class CannotSelectError(Exception):
    """A SPARQL query of a shape cannot be run here; the message says why."""
