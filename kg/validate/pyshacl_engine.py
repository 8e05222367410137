"""The reference engine: pySHACL behind the same report."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from kg.errors import InputError, Problem, StoreError
from kg.validate.data import DataGraph
from kg.validate.nodes import CLASSES, TYPE, XSD, Node, sh
from kg.validate.results import read_results
from kg.validate.vocabulary import DELEGATED, TARGETS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    import rdflib
    from rdflib.term import Node as RdflibNode

    from kg.validate.report import Result
    from kg.validate.shapes import Shapes


def run_pyshacl(triples: Iterable[tuple[Node, NamedNode, Node]], shapes: Shapes, only: Collection[Node] | None = None) -> list[Result]:
    """Validates with pySHACL, all shapes or only those named; all other shapes then keep their constraints but lose their targets.

    Raises:
        StoreError: pySHACL is not installed.
        InputError: pySHACL refuses the shapes.

    """
    try:
        import pyshacl  # noqa: PLC0415 (slow to import, and needed only here)
        import rdflib  # noqa: PLC0415
    except ImportError as error:
        raise StoreError("pySHACL is not installed: install it with 'pip install pyshacl'") from error
    with _literals_as_written(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about recursion and odd literals, in words of its own, on standard error
        shapes_graph = _rdflib_graph(_without_other_targets(shapes, only))
        data_graph = _rdflib_graph(triples)
        try:
            _, report, text = pyshacl.validate(
                data_graph, shacl_graph=shapes_graph, inplace=True, advanced=_needs_advanced(shapes, only), max_validation_depth=30
            )
        except Exception as error:  # pySHACL and the SPARQL of rdflib raise whatever they like, Exception itself among it
            raise InputError([Problem("shapes graph", 0, 0, f"pySHACL cannot run it: {error}")]) from error
        if not isinstance(report, rdflib.Graph):
            raise InputError([Problem("shapes graph", 0, 0, f"pySHACL gave no report: {text}")])
        return list(read_results(DataGraph(quads_of(report))))


def _needs_advanced(shapes: Shapes, only: Collection[Node] | None) -> bool:
    if any(quad.predicate == TYPE and quad.object == sh("SPARQLFunction") for quad in shapes.quads):
        return True
    targets = (target for shape in shapes.with_targets() if only is None or shape.node in only for target in shape.targets)
    return any(target.kind in DELEGATED for target in targets)


def _without_other_targets(shapes: Shapes, only: Collection[Node] | None) -> Iterator[Quad]:
    target_terms = {sh(kind) for kind in (*TARGETS, *DELEGATED)}
    for quad in shapes.quads:
        gives_target = quad.predicate in target_terms or (quad.predicate == TYPE and quad.object in CLASSES)
        if only is None or quad.subject in only or not gives_target:
            yield quad


@contextmanager
def _literals_as_written() -> Iterator[None]:
    """Keeps rdflib from rewriting lexical forms while pySHACL runs; its default turns ill-typed literals valid."""
    import rdflib  # noqa: PLC0415

    before = rdflib.NORMALIZE_LITERALS
    rdflib.NORMALIZE_LITERALS = False
    try:
        yield
    finally:
        rdflib.NORMALIZE_LITERALS = before


def _rdflib_graph(quads: Iterable[Quad | tuple[Node, NamedNode, Node]]) -> rdflib.Graph:
    import rdflib  # noqa: PLC0415

    graph = rdflib.Graph()
    known: dict[Node, RdflibNode] = {}

    def convert(node: Node) -> RdflibNode:
        if node not in known:
            known[node] = _to_rdflib(node)
        return known[node]

    for subject, predicate, value, *_graph in quads:
        graph.add((convert(subject), convert(predicate), convert(value)))
    return graph


def _to_rdflib(node: Node) -> RdflibNode:
    import rdflib  # noqa: PLC0415

    if isinstance(node, NamedNode):
        return rdflib.URIRef(node.value)
    if isinstance(node, BlankNode):
        return rdflib.BNode(node.value)
    if isinstance(node, Triple):
        raise StoreError("pySHACL cannot validate triple terms")
    if node.language:
        return rdflib.Literal(node.value, lang=node.language)
    return rdflib.Literal(node.value, datatype=None if node.datatype.value == f"{XSD}string" else rdflib.URIRef(node.datatype.value))


def quads_of(graph: rdflib.Graph) -> Iterator[Quad]:
    """Gives the statements of an rdflib graph."""
    for subject, predicate, value in graph:
        yield Quad(_from_rdflib(subject), _from_rdflib(predicate), _from_rdflib(value))  # type: ignore[arg-type]


def _from_rdflib(node: RdflibNode) -> Node:
    import rdflib  # noqa: PLC0415

    if isinstance(node, rdflib.URIRef):
        return NamedNode(str(node))
    if isinstance(node, rdflib.BNode):
        return BlankNode(str(node))
    if isinstance(node, rdflib.Literal):
        if node.language:
            return Literal(str(node), language=node.language)
        return Literal(str(node), datatype=NamedNode(str(node.datatype) if node.datatype else f"{XSD}string"))
    raise StoreError(f"pySHACL gave a node that is no RDF term: {node!r}")
